//! Why two assets seem to have nothing in common when one looks often enough.
//!
//! Sources: Epps (1979), Journal of the American Statistical Association 74; Hayashi & Yoshida (2005),
//! Bernoulli 11(2). Both assets trade at Poisson rate `lam`, and the last price of each is looked at
//! every `delta`.

use crate::{Outside, not_negative, within};
use libm::expm1;

/// The correlation that is seen: `rho [1 - (1 - e^(-lam delta)) / (lam delta)]`; 0 when one looks all
/// the time.
///
/// # Errors
///
/// [`Outside`] when an argument lies outside its domain.
pub fn seen(rho: f64, lam: f64, delta: f64) -> Result<f64, Outside> {
    within("rho", rho, |x| x.abs() <= 1.0, "a number from -1 to 1")?;
    let trades = not_negative("lam", lam)? * not_negative("delta", delta)?;
    Ok(if trades == 0.0 { 0.0 } else { rho * (1.0 + expm1(-trades) / trades) })
}
