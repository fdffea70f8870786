//! LOBSTER: limit order book messages of NASDAQ, and the book after each of them.
//!
//! A record is a pair of files without headers. Every row of the *message* file is one event:
//! time, type, order id, size, price, direction ([`message`]). Row i of the *orderbook* file is the
//! state of the book **after** message i: ask price, ask size, bid price, bid size for each level,
//! best first ([`book`]). Prices are in ten-thousandths of a dollar.
//!
//! Source of the format: LOBSTER, "Data Structure", lobsterdata.com/info/DataStructure.php.
//!
//! Nothing is guessed: a row that does not say one thing exactly is refused. What cannot be seen in
//! one row (two rows of one moment exchanged, a digit that is another digit, the last number of a
//! book cut short with the end of its line) shows when the record is compared with the exchange, in
//! [`crate::history`].

pub mod book;
pub mod message;
pub(crate) mod number;
pub mod records;

pub use book::{BookReader, BookRow, Depth};
pub use message::{Action, Halt, Message, MessageReader, Named, Print, RecordedPrice};
pub use records::LobsterRecords;

/// How many ten-thousandths of a dollar one tick is: a cent.
pub const TICK_TENTHOUSANDTHS: i64 = 100;
