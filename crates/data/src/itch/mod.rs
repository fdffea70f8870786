//! Nasdaq's TotalView-ITCH 5.0: every order of every stock of a day.
//!
//! A file is a row of messages, each after its length in two bytes, big-endian; Nasdaq publishes whole days
//! so, packed with gzip. [`reader::Reader`] gives the [`message::Message`]s as they stand,
//! [`records::ItchRecords`] the one shape of all readers, and [`writer::Writer`] writes them.

pub mod message;
pub mod reader;
pub mod recode;
pub mod records;
pub mod wire;
pub mod writer;

pub use message::{Body, Message};
pub use reader::Reader;
pub use recode::Recoder;
pub use records::ItchRecords;
pub use writer::Writer;
