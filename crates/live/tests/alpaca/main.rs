//! Alpaca's faults: for each that can happen there, what must come of it, and adapters that do it
//! wrong, which the same check must catch. The numbers are those of the table of faults.

mod greeting;
mod market;
mod play;
mod stories;
