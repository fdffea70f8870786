//! Days, fees, interest and movements, told in the trade's words: `docs/CLEARING.md`, sections 2, 3,
//! 5 and 9.

mod desk;
mod fees;
mod interest;
mod money;
mod movements;
mod settlement;
mod statements;
