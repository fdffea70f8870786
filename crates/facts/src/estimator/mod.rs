//! The measures, each a pure function: what it takes, its source, and `None` where there is no answer.
//!
//! Sums run from the first value to the last and transcendental functions come from `libm`, so equal
//! samples give equal bits on every machine. No estimator knows what market a sample is of.

pub mod arrivals;
pub mod bootstrap;
pub mod bounce;
pub mod correlation;
pub mod diffusion;
pub mod epps;
pub mod gamma;
pub mod garch;
pub mod hawkes;
pub mod impact;
pub mod line;
pub mod memory;
pub mod moments;
mod nelder_mead;
pub mod response;
pub mod returns;
pub mod season;
pub mod serial;
pub mod tail;

pub use arrivals::{fano, weibull_shape};
pub use bounce::roll;
pub use correlation::{pearson, spearman};
pub use diffusion::{realised_variance, variance_ratio, variance_ratio_of};
pub use gamma::gamma_shape;
pub use line::slope;
pub use memory::{dfa, gph};
pub use moments::{excess_kurtosis, mean, median, quantile, skewness, variance};
pub use response::response;
pub use returns::log_returns;
pub use serial::{autocorrelation, ljung_box};
pub use tail::hill;

/// How many there are, as a float.
#[allow(clippy::cast_precision_loss)]
pub(crate) const fn count<T>(values: &[T]) -> f64 {
    values.len() as f64
}
