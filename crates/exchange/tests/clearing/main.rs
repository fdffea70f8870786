//! The clearing house inside the exchange, held against the plain reference that was written from
//! `docs/CLEARING.md` alone: event by event, and after every command account by account, fund by
//! fund, obligation by obligation.

mod differential;
