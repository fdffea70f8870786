//! Debtors who may not pay.

pub mod firm;
pub mod hazard;
