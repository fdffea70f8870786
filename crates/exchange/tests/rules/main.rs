//! The exchange against its rules: stories in the trade's words first, then the hunt.
//!
//! Start reading at `priority`; `pit` is what the stories are played on. The stories say what
//! `docs/RULES.md` says; `bug_classes` tells one for each mistake that real engines have made;
//! `conformance` plays tapes in plain text that any engine can run; `bytes` plays any bytes. The
//! hunting tests compare the exchange with the plain reference, command by command: random
//! histories in `differential`, small worlds completely in `exhaustive`; `twice` holds that a
//! history has one outcome: replayed, continued from a snapshot, or turned upside down.

mod bug_classes;
mod bytes;
mod conformance;
mod differential;
mod exhaustive;
mod extremes;
mod money;
mod orders;
mod phases;
mod pit;
mod priority;
mod refusals;
mod replace;
mod self_trade;
mod twice;
