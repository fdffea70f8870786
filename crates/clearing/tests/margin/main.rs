//! Valuation, margin, borrowing and limits, told in the trade's words: `docs/CLEARING.md`, sections
//! 4, 5 and 8.

mod borrowing;
mod calls;
mod desk;
mod history;
mod limits;
mod orders;
mod portfolio;
mod valuation;
