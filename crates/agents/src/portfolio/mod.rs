//! Portfolios: how much of what to hold, and how much of it on credit.
//!
//! [`risk_parity`] divides one fund's money so that every part carries its share of the risk;
//! [`leveraged_fund`] borrows more the cheaper it thinks a share is.

pub mod leveraged_fund;
pub mod risk_parity;
