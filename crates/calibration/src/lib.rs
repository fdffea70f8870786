//! Calibration: settings of a scenario, searched until its market looks like a real one.
//!
//! A [`vary::Vary`] says which setting may go from where to where; [`market::tape`] runs a scenario and
//! watches it as a tape; an [`aim::Aim`] says how far what the facts measure there is from where they
//! should be; [`search::Search`] proposes points and remembers the best. The search draws from its own
//! seed, so a calibration is as reproducible as a run: the same command finds the same scenario.
//!
//! The method is that of simulated moments: McFadden (1989), Econometrica 57(5); Franke & Westerhoff
//! (2012), Journal of Economic Dynamics and Control 36(8), for agent-based markets.
//!
//! What this crate must never know: any file, any clock.

pub mod aim;
pub mod market;
pub mod search;
pub mod trial;
pub mod vary;
