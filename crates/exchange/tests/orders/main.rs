//! Every order type, list, mechanism and venue command, story by story, then the hunt.
//!
//! `floor` is what the stories are played on: an exchange that is audited after every command, by
//! what its events alone say. The stories follow `docs/RULES.md` and `docs/ORDERS.md`; `hunt` plays
//! random histories over the whole language.

mod beside;
mod calls;
mod floor;
mod hunt;
mod lists;
mod market;
mod stops;
