//! What a clearing house knows and does beside settling trades at once.
//!
//! [`terms`] is what it is told before the first trade, and never changes; [`act`] everything it may
//! be asked to do; [`fact`] everything that may come of it. `docs/CLEARING.md` has the rules.

pub mod act;
pub mod fact;
pub mod terms;

pub use act::{Act, Distribution, RiskLimits, Valuation};
pub use fact::{Fact, Fund, Layer, Movement, Payment};
pub use terms::{ClearingTerms, Fee, Fees, HouseTerms, Margin, Ratio};
