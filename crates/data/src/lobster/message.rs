//! The message file: one event of the market per row.

use crate::error::{DataError, Fault};
use crate::lobster::TICK_TENTHOUSANDTHS;
use crate::lobster::number::{nanoseconds, take_seconds, take_whole, whole};
use crate::source::{Cell, Source};
use pitfloor_model::units::{OrderId, Price, Qty, Side, Span};
use std::path::Path;

/// One row of a message file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// When, as time since midnight at the exchange.
    pub at: Span,
    /// What happened.
    pub action: Action,
}

/// What a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Type 1: a limit order joined the book.
    Submit(Named),
    /// Type 2: a part of an order was cancelled; `qty` is that part.
    Reduce(Named),
    /// Type 3: an order was cancelled; `qty` is all that was left of it.
    Delete(Named),
    /// Type 4: a visible order traded; `side` is the side of the **resting** order.
    Execute(Named),
    /// Type 5: a hidden order traded. It never was in the visible book.
    Hidden(Print),
    /// Type 6: an auction (cross) trade.
    Cross(Print),
    /// Type 7: trading was halted or resumed.
    Trading(Halt),
}

/// A visible order, as a message speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// The exchange's number for it.
    pub order: OrderId,
    /// Its side.
    pub side: Side,
    /// Its limit, in ticks.
    pub price: Price,
    /// The shares that the message concerns; more than nothing.
    pub qty: Qty,
}

/// A trade of orders that the visible book does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Print {
    /// The side of the resting order.
    pub side: Side,
    /// At which price; between two ticks, often.
    pub price: RecordedPrice,
    /// How many shares.
    pub qty: Qty,
}

/// A price as recorded, in ten-thousandths of a dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordedPrice(pub i64);

/// The steps of a halt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Halt {
    /// Price −1: trading stops.
    Stop,
    /// Price 0: quotes are collected again.
    Quote,
    /// Price 1: trading goes on.
    Trade,
}

/// Reads a message file row by row.
pub struct MessageReader {
    source: Source,
    tick: i64,
    before: Span,
}

/// How many cells a row has.
pub const COLUMNS: usize = 6;

/// A day, in nanoseconds: times are since midnight.
const DAY_NANOS: u64 = 86_400_000_000_000;

/// The row as it stands in the file.
struct Raw {
    at: Span,
    kind: i64,
    order: i64,
    size: i64,
    price: i64,
    direction: i64,
}

impl MessageReader {
    /// Opens a message file whose prices lie on a grid of cents.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is a table of another width.
    pub fn open(file: &Path) -> Result<Self, DataError> {
        Self::open_with_tick(file, TICK_TENTHOUSANDTHS)
    }

    /// Opens a message file whose prices lie on a grid of `tick` ten-thousandths of a dollar.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is a table of another width.
    ///
    /// # Panics
    ///
    /// When `tick` is not positive.
    pub fn open_with_tick(file: &Path, tick: i64) -> Result<Self, DataError> {
        assert!(tick > 0, "a tick is worth something");
        let source = Source::open(file)?;
        if let Some(columns) = source.columns().filter(|columns| *columns != COLUMNS) {
            let fault = Fault::new("columns", columns.to_string(), "6: time to direction");
            return Err(fault.at(file, 1));
        }
        Ok(Self { source, tick, before: Span::ZERO })
    }

    /// The row last read, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.source.line()
    }

    fn read(&mut self) -> Result<Option<Message>, DataError> {
        if !self.source.advance()? {
            return Ok(None);
        }
        let (tick, before) = (self.tick, self.before);
        let quick = self.source.text().and_then(Raw::quick);
        let message = self.source.read(|cells| {
            let raw = quick.map_or_else(|| Raw::read(cells), Ok)?;
            if raw.at < before {
                let expected = format!("no earlier than {} before it", show_time(before));
                return Err(Fault::new("time", show_time(raw.at), expected));
            }
            Ok(Message { at: raw.at, action: raw.action(tick)? })
        })?;
        self.before = message.at;
        Ok(Some(message))
    }
}

impl Iterator for MessageReader {
    type Item = Result<Message, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

impl Raw {
    /// The row that `line` is, where it is one without question. All others go the long way, which
    /// knows what is wrong with them.
    fn quick(mut line: &[u8]) -> Option<Self> {
        let line = &mut line;
        let raw = Self {
            at: Span(take_seconds(line).filter(|nanos| *nanos < DAY_NANOS)?),
            kind: take_whole(line)?,
            order: take_whole(line)?,
            size: take_whole(line)?,
            price: take_whole(line)?,
            direction: take_whole(line)?,
        };
        line.is_empty().then_some(raw)
    }

    fn read(cells: &mut dyn Iterator<Item = Cell<'_>>) -> Result<Self, Fault> {
        let raw = Self {
            at: time(cells.next())?,
            kind: number(cells.next(), "type", "a whole number from 1 to 7")?,
            order: number(cells.next(), "order id", "a whole number")?,
            size: number(cells.next(), "size", "a whole number of shares")?,
            price: number(cells.next(), "price", "a whole number of 1/10000 dollar")?,
            direction: number(cells.next(), "direction", "1 (buy) or -1 (sell)")?,
        };
        match cells.next() {
            None => Ok(raw),
            Some(more) => Err(Fault::new("field 7", more.show(), "the end of the row")),
        }
    }

    fn action(&self, tick: i64) -> Result<Action, Fault> {
        Ok(match self.kind {
            1 => Action::Submit(self.named(tick)?),
            2 => Action::Reduce(self.named(tick)?),
            3 => Action::Delete(self.named(tick)?),
            4 => Action::Execute(self.named(tick)?),
            5 => Action::Hidden(self.print()?),
            6 => Action::Cross(self.print()?),
            7 => Action::Trading(self.halt()?),
            other => {
                let expected = "1 submit, 2 partial cancel, 3 delete, 4 execution, 5 hidden \
                                execution, 6 cross or 7 halt";
                return Err(Fault::new("type", other.to_string(), expected));
            }
        })
    }

    fn named(&self, tick: i64) -> Result<Named, Fault> {
        let order = u64::try_from(self.order).ok().filter(|order| *order > 0);
        let order = order.ok_or_else(|| {
            Fault::new("order id", self.order.to_string(), "the number of an order, from 1")
        })?;
        let qty = self.qty()?;
        if self.price <= 0 || self.price % tick != 0 {
            let expected = format!("a positive multiple of the tick, {tick}");
            return Err(Fault::new("price", self.price.to_string(), expected));
        }
        let price = Price(self.price / tick);
        Ok(Named { order: OrderId(order), side: self.side()?, price, qty })
    }

    fn print(&self) -> Result<Print, Fault> {
        let qty = self.qty()?;
        if self.price <= 0 {
            return Err(Fault::new("price", self.price.to_string(), "more than 0"));
        }
        Ok(Print { side: self.side()?, price: RecordedPrice(self.price), qty })
    }

    fn halt(&self) -> Result<Halt, Fault> {
        match self.price {
            -1 => Ok(Halt::Stop),
            0 => Ok(Halt::Quote),
            1 => Ok(Halt::Trade),
            other => {
                let expected = "-1 (halt), 0 (quoting resumes) or 1 (trading resumes)";
                Err(Fault::new("price", other.to_string(), expected))
            }
        }
    }

    fn qty(&self) -> Result<Qty, Fault> {
        let qty = u64::try_from(self.size).ok().map(Qty);
        qty.filter(|qty| *qty > Qty::ZERO && *qty <= Qty::MOST).ok_or_else(|| {
            let expected = format!("from 1 to {} shares", Qty::MOST.0);
            Fault::new("size", self.size.to_string(), expected)
        })
    }

    fn side(&self) -> Result<Side, Fault> {
        match self.direction {
            1 => Ok(Side::Buy),
            -1 => Ok(Side::Sell),
            other => Err(Fault::new("direction", other.to_string(), "1 (buy) or -1 (sell)")),
        }
    }
}

fn time(cell: Option<Cell<'_>>) -> Result<Span, Fault> {
    const EXPECTED: &str = "seconds after midnight, below 86400";
    let cell = present(cell, "time", EXPECTED)?;
    let nanos = nanoseconds(&cell).filter(|nanos| *nanos < DAY_NANOS);
    nanos.map(Span).ok_or_else(|| Fault::new("time", cell.show(), EXPECTED))
}

/// The whole number that a row must have next.
pub(super) fn number(
    cell: Option<Cell<'_>>,
    field: &'static str,
    expected: &'static str,
) -> Result<i64, Fault> {
    let cell = present(cell, field, expected)?;
    whole(&cell).ok_or_else(|| Fault::new(field, cell.show(), expected))
}

fn present<'a>(
    cell: Option<Cell<'a>>,
    field: &'static str,
    expected: &'static str,
) -> Result<Cell<'a>, Fault> {
    cell.ok_or_else(|| Fault::new(field, "the end of the row", expected))
}

fn show_time(at: Span) -> String {
    format!("{}.{:09}", at.0 / 1_000_000_000, at.0 % 1_000_000_000)
}

impl Message {
    /// The visible order it speaks of, if one.
    #[must_use]
    pub const fn named(&self) -> Option<&Named> {
        match &self.action {
            Action::Submit(named)
            | Action::Reduce(named)
            | Action::Delete(named)
            | Action::Execute(named) => Some(named),
            Action::Hidden(_) | Action::Cross(_) | Action::Trading(_) => None,
        }
    }
}
