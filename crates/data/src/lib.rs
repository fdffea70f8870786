//! Recorded markets: reading what was recorded, and driving it through the real exchange.
//!
//! Readers have one shape: a [`records::Records`] gives [`record::Record`]s whose instruments are
//! [`symbols::Symbols`]; [`opening`] unwraps a file by what it holds, within limits.
//! [`source`] opens a table or text by what it contains, not by what it is called; [`lobster`] reads the
//! message and book files of LOBSTER; [`history`] sends recorded messages through an
//! [`Exchange`](pitfloor_exchange::Exchange) and says how far its book agrees with the recorded
//! one; [`lean`] reads bars and what companies did to their shares; [`tape`] makes of records what
//! stylised facts are computed from. Start reading at [`history::replay`].
//!
//! A damaged record is never guessed at: every refusal is a [`error::DataError`] that names the
//! file, the line and the field, what was found there and what was expected.
//!
//! What this crate must never know: the rules of the market. It asks the exchange, and compares.
//!
//! # Examples
//!
//! ```
//! use pitfloor_data::history::{Options, Record, replay};
//!
//! # let folder = tempfile::tempdir()?;
//! let messages = folder.path().join("messages.csv");
//! std::fs::write(&messages, "34200.000000001,1,11,100,1000000,1\n34200.5,4,11,40,1000000,1\n")?;
//! let record = Record { messages, ..Record::default() };
//! let report = replay(&record, &Options::default(), &mut |_command, _events| {})?;
//! assert_eq!((report.messages, report.trades), (2, 1));
//! assert_eq!(report.aggressors_same_maker, Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod databento;
pub mod decimal;
pub mod door;
pub mod error;
pub mod events;
pub mod history;
pub mod itch;
pub mod lean;
pub mod lobster;
pub mod measure;
pub mod opening;
pub mod record;
pub mod records;
pub mod source;
pub mod symbols;
pub mod table;
pub mod tape;
pub mod zone;
