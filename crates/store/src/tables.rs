//! The tables of a run, as Parquet: what happened, for notebooks, databases and spreadsheets.
//!
//! One row type and one table per file: [`TradeTable`], [`OrderTable`], [`QuoteTable`],
//! [`AccountTable`], [`DecisionTable`]. Rows go out in row groups of [`ROWS_PER_GROUP`], compressed
//! with zstd, so a table of any length takes the memory of one group; the file appears under its
//! name when it is finished. Whole numbers are exact in the unit their column names; a price or an
//! amount that is also there as a DOUBLE is for reading and plotting.
//!
//! What a row means is said by whoever fills it. [`columns`] and [`rows`] read a file back.

mod sheet;

use pitfloor_model::units::{AccountId, Cash, OrderId, Price, Qty, Side, Time, TradeId};
use sheet::Sheet;
use std::path::Path;

pub use parquet::record::{Field, Row};
pub use sheet::{Column, Rows, TableError, columns, rows};

/// How many rows are held in memory before they go out together: below 20 MB of them.
pub const ROWS_PER_GROUP: usize = 1 << 16;

/// A row type and its table. A field is a column; the text behind it is the column's name.
macro_rules! table {
    (
        $(#[$row_doc:meta])* $row:ident<$life:lifetime>,
        $(#[$table_doc:meta])* $table:ident
        { $($(#[$doc:meta])* $field:ident: $kind:ty = $name:literal),* $(,)? }
    ) => {
        $(#[$row_doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $row<$life> {
            $($(#[$doc])* #[doc = concat!("\n\nColumn `", $name, "`.")] pub $field: $kind,)*
        }

        impl<$life> $row<$life> {
            fn columns() -> Vec<sheet::Stack> {
                vec![$(sheet::column::<$kind>($name)),*]
            }
        }

        $(#[$table_doc])*
        #[derive(Debug)]
        pub struct $table(Sheet);

        impl $table {
            /// Begins the table that will be the file `path`.
            ///
            /// # Errors
            ///
            /// When the file cannot be made.
            pub fn create(path: impl AsRef<Path>) -> Result<Self, TableError> {
                Sheet::create(path.as_ref(), $row::columns()).map(Self)
            }

            /// Adds a row. Every so often a whole group of them is written.
            ///
            /// # Errors
            ///
            /// When writing fails, or an amount has more than 38 digits. The table can then only
            /// be dropped.
            pub fn push(&mut self, row: &$row<'_>) -> Result<(), TableError> {
                let mut cells = self.0.row();
                $(cells.put(row.$field)?;)*
                cells.end()
            }

            /// Writes what is left, makes the file whole and returns how many rows it has.
            ///
            /// # Errors
            ///
            /// When writing fails or failed before; there is no file then.
            pub fn finish(self) -> Result<u64, TableError> {
                self.0.finish()
            }
        }
    };
}

table! {
    /// A trade.
    TradeRow<'a>,
    /// `trades.parquet`: every trade, in order.
    TradeTable {
        /// Number of the command that made it.
        seq: u64 = "seq",
        /// When, in nanoseconds since the start of the run.
        at: Time = "at_ns",
        /// The venue's number for it.
        trade: TradeId = "trade",
        /// What changed hands.
        symbol: &'a str = "symbol",
        /// Who bought.
        buyer: AccountId = "buyer",
        /// Who sold.
        seller: AccountId = "seller",
        /// The buyer's number for the order that bought.
        buy_order: OrderId = "buy_order",
        /// The seller's number for the order that sold.
        sell_order: OrderId = "sell_order",
        /// The maker's number for the order that was waiting; none in an auction.
        maker_order: Option<OrderId> = "maker_order",
        /// The taker's number for the order that arrived; none in an auction.
        taker_order: Option<OrderId> = "taker_order",
        /// The side of the taker: `buy` or `sell`; none in an auction, where nobody arrived.
        aggressor: Option<Side> = "aggressor",
        /// The price, in ticks of the instrument.
        price_ticks: Price = "price_ticks",
        /// The price, in units of the instrument's currency.
        price: f64 = "price",
        /// How much, in lots.
        qty: Qty = "qty",
    }
}

table! {
    /// Something that happened to an order. What the event does not say is none.
    OrderRow<'a>,
    /// `orders.parquet`: the lives of all orders, in order.
    OrderTable {
        /// Number of the command that made it happen.
        seq: u64 = "seq",
        /// When, in nanoseconds since the start of the run.
        at: Time = "at_ns",
        /// What happened, by the name of the event.
        event: &'a str = "event",
        /// What the order trades; none when it was refused before that was looked at.
        symbol: Option<&'a str> = "symbol",
        /// Its owner.
        account: AccountId = "account",
        /// Its owner's number for it.
        order: OrderId = "order",
        /// `buy` or `sell`.
        side: Option<Side> = "side",
        /// What kind of order it is.
        kind: Option<&'a str> = "kind",
        /// How long it stands.
        tif: Option<&'a str> = "tif",
        /// The price the event speaks of, in ticks of the instrument.
        price_ticks: Option<Price> = "price_ticks",
        /// The same, in units of the instrument's currency.
        price: Option<f64> = "price",
        /// The quantity the event speaks of, in lots.
        qty: Option<Qty> = "qty",
        /// What can still trade of it, in lots.
        leaves: Option<Qty> = "leaves",
        /// What of it is shown, in lots, where the event says so.
        shown: Option<Qty> = "shown",
        /// Why, where the event has a reason.
        reason: Option<&'a str> = "reason",
    }
}

table! {
    /// The best prices of an instrument, from this moment on. None is an empty side.
    QuoteRow<'a>,
    /// `quotes.parquet`: every change of the best prices and their quantities, in order.
    QuoteTable {
        /// Number of the command that changed them.
        seq: u64 = "seq",
        /// When, in nanoseconds since the start of the run.
        at: Time = "at_ns",
        /// Of what.
        symbol: &'a str = "symbol",
        /// The best bid, in ticks of the instrument.
        bid_ticks: Option<Price> = "bid_ticks",
        /// The best bid, in units of the instrument's currency.
        bid: Option<f64> = "bid",
        /// What is bid there, in lots.
        bid_qty: Option<Qty> = "bid_qty",
        /// The best ask, in ticks of the instrument.
        ask_ticks: Option<Price> = "ask_ticks",
        /// The best ask, in units of the instrument's currency.
        ask: Option<f64> = "ask",
        /// What is asked there, in lots.
        ask_qty: Option<Qty> = "ask_qty",
    }
}

table! {
    /// Why a traced agent acted, once.
    DecisionRow<'a>,
    /// `decisions.parquet`: why the traced agents acted, in order.
    DecisionTable {
        /// When, in nanoseconds since the start of the run.
        at: Time = "at_ns",
        /// The account it trades for.
        account: AccountId = "account",
        /// What it is called.
        name: &'a str = "name",
        /// The rule that spoke: one of the few of its kind.
        rule: &'a str = "rule",
        /// The figures that it went by: a JSON object of names and numbers.
        figures: &'a str = "figures",
        /// The first order that it led to, by the account's own numbers; none when there is none.
        first_order: Option<OrderId> = "first_order",
        /// The last of them.
        last_order: Option<OrderId> = "last_order",
    }
}

table! {
    /// A line of an account: its cash in one currency (no symbol), or its position in one
    /// instrument (no cash). Equity and P&L stand on the line of the currency they are in.
    AccountRow<'a>,
    /// `accounts.parquet`: the accounts as they are at the end of the run, a few lines each.
    AccountTable {
        /// The account.
        account: AccountId = "account",
        /// What its owner is called.
        name: &'a str = "name",
        /// What kind of participant that is.
        kind: &'a str = "kind",
        /// The instrument of the line; none on a line of cash.
        symbol: Option<&'a str> = "symbol",
        /// The currency of all amounts on the line.
        currency: &'a str = "currency",
        /// Cash, in the currency's minor unit, exact; negative is owed.
        cash_minor: Option<Cash> = "cash_minor",
        /// Cash, in units of the currency.
        cash: Option<f64> = "cash",
        /// What of the cash is kept for live orders, in the currency's minor unit, exact.
        reserved_minor: Option<Cash> = "reserved_minor",
        /// What of the cash is kept for live orders, in units of the currency.
        reserved: Option<f64> = "reserved",
        /// The position, in lots; negative is short.
        position_lots: Option<i64> = "position_lots",
        /// What of the position is kept for live orders, in lots.
        reserved_lots: Option<i64> = "reserved_lots",
        /// The price the position is valued at, in units of the currency.
        mark: Option<f64> = "mark",
        /// What the position is worth at that price, in units of the currency.
        value: Option<f64> = "value",
        /// Cash and the value of all positions in the currency, in units of it.
        equity: Option<f64> = "equity",
        /// Equity less what was brought in, in units of the currency.
        pnl: Option<f64> = "pnl",
    }
}

table! {
    /// A span of a series: where it opened, how far it went, where it closed.
    BarRow<'a>,
    /// Bars, in order of their ends. What a series without trades cannot say is none.
    BarTable {
        /// When it closed, in nanoseconds since 1970 UTC.
        at: Time = "at_ns",
        /// Of what.
        symbol: &'a str = "symbol",
        /// When it opened.
        open_at: Time = "open_at_ns",
        /// The first price.
        open: f64 = "open",
        /// The highest.
        high: f64 = "high",
        /// The lowest.
        low: f64 = "low",
        /// The last.
        close: f64 = "close",
        /// Lots traded.
        volume: Option<Qty> = "volume",
        /// How many trades.
        trades: Option<u64> = "trades",
        /// What a lot cost on average; none without trades.
        vwap: Option<f64> = "vwap",
    }
}

table! {
    /// A trade of a series: a print without accounts.
    PrintRow<'a>,
    /// Prints, in order.
    PrintTable {
        /// When, in nanoseconds since 1970 UTC.
        at: Time = "at_ns",
        /// Of what.
        symbol: &'a str = "symbol",
        /// Its number within the symbol, from 1.
        trade: u64 = "trade",
        /// The price.
        price: f64 = "price",
        /// How much, in lots.
        qty: Qty = "qty",
        /// The side of the taker.
        aggressor: Side = "aggressor",
    }
}

table! {
    /// The best prices of a series, from this moment on.
    TopRow<'a>,
    /// Best prices, in order.
    TopTable {
        /// When, in nanoseconds since 1970 UTC.
        at: Time = "at_ns",
        /// Of what.
        symbol: &'a str = "symbol",
        /// The best bid.
        bid: f64 = "bid",
        /// Lots bid there.
        bid_qty: Qty = "bid_qty",
        /// The best ask.
        ask: f64 = "ask",
        /// Lots asked there.
        ask_qty: Qty = "ask_qty",
    }
}

table! {
    /// A value of a series: an efficient price, a yield.
    ValueRow<'a>,
    /// Values, in order.
    ValueTable {
        /// When, in nanoseconds since 1970 UTC.
        at: Time = "at_ns",
        /// Of what.
        symbol: &'a str = "symbol",
        /// The value.
        value: f64 = "value",
    }
}
