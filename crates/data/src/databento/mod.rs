//! Databento's DBN files: any schema, versions 1 to 3, plain or packed.
//!
//! The bytes are decoded by Databento's own crate; here they become the one shape of all readers. Prices
//! are in billionths, times in nanoseconds of UTC: the venue's and, as the time heard, that of the capture.
//!
//! One row gives one record, but a row that tells a trade together with the best prices around it gives
//! two: the prices, then the trade. [`DbnRecords::rows`] counts rows.

mod decode;
mod records;

pub use records::DbnRecords;
