//! Recorded flow through the real exchange, and how far the two agree.
//!
//! [`replay`] is the whole: it reads a record, turns every message into commands
//! ([`translator`]), applies them to an [`Exchange`](pitfloor_exchange::Exchange), and compares
//! what came out with what was recorded, in one of three ways ([`Check`]). What it found is a
//! [`HistoryReport`]. [`departure`] measures how far a simulated market went away from the recorded
//! one when agents trade in it too.
//!
//! **What follows what.** In both modes the book follows the record, so that one disagreement is
//! counted once and does not become many. With [`Executions::Recorded`] an execution takes its
//! shares from the order that the message names. With [`Executions::Aggressive`] it arrives as a
//! real immediate-or-cancel order on the other side, and the exchange chooses the maker by its own
//! rules. Where the head of the queue is the order named, that is how the book moves. Where it is
//! another one, the aggressor is sent to a copy of the exchange, made at that moment, so that its
//! choice is heard; the copy is dropped, and the original follows the record.

pub mod align;
pub mod departure;
mod replay;
mod report;
mod transitions;
pub mod translator;

pub use replay::{Observer, Options, Record, STATES_MAX, replay, venue};
pub use report::HistoryReport;
pub use translator::{Execution, Executions, Skip, Translation, Translator, TranslatorOptions};

/// How a record is compared with the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// After every message that the book file has a row for, all levels of the row are compared
    /// with the levels of the exchange.
    Rows,
    /// The distinct best quotes, one after the other, are aligned with those of a book file that
    /// was recorded with another selection of messages.
    States,
    /// Each row of a book file is set up as a book of its own, the next message applied, and the
    /// result compared with the next row. For files that hold only the messages that touch their
    /// levels, from which no whole book can be driven.
    Transitions,
}
