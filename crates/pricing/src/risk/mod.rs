//! What may be lost, how that is measured, and how the measure is checked afterwards.

pub mod backtest;
pub mod components;
pub mod portfolio;
pub mod stress;
pub mod value_at_risk;
pub mod volatility;
