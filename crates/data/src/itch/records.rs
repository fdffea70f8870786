//! ITCH messages in the one shape of all readers.
//!
//! A message names its stock by a number of the day, which a directory message explains before; a message
//! about a number that nothing named is refused. Deletions and executions repeat neither side nor price:
//! whoever needs them follows the book ([`crate::door`] does).

use super::message::{Body, Message, Stock};
use super::reader::Reader;
use super::wire::Text;
use crate::error::{DataError, Fault};
use crate::opening::Limits;
use crate::record::{
    Clock, Definition, Execution, Flags, Imbalance, Moment, Order, Record, State, Status, Touched,
    Trade, What,
};
use crate::records::{Count, Records};
use crate::symbols::{Scale, SymbolId, Symbols};
use crate::zone::{Day, Zone};
use jiff::civil::Date;
use pitfloor_model::units::Side;
use std::path::Path;

/// Reads a file as records.
pub struct ItchRecords {
    reader: Reader,
    day: Option<Day>,
    symbols: Symbols,
    /// The stock of each number of the day.
    stocks: Vec<Option<(Stock, SymbolId)>>,
    count: Count,
    ended: bool,
}

/// What concerns no single stock is of this instrument.
const MARKET: &str = "*";

const NOTHING: SymbolId = SymbolId(0);

impl ItchRecords {
    /// Opens a file of the day `date`; none: moments are since midnight.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path, date: Option<Date>, limits: Limits) -> Result<Self, DataError> {
        let reader = Reader::open(file, limits)?;
        let day = date.map(|date| Day::new(date, Zone::new_york()));
        let symbols = Symbols::one(MARKET, Scale::SHARES);
        let stocks = vec![None; 1 << 16];
        Ok(Self { reader, day, symbols, stocks, count: Count::default(), ended: false })
    }

    /// The reader below.
    #[must_use]
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    #[inline]
    fn read(&mut self) -> Result<Option<Record>, DataError> {
        let Some(message) = self.reader.next().transpose()? else { return Ok(None) };
        self.count.read += 1;
        let record = self.record(&message).map_err(|fault| self.reader.refuse(fault))?;
        self.count.given += 1;
        Ok(Some(record))
    }

    #[inline]
    fn record(&mut self, message: &Message) -> Result<Record, Fault> {
        let nanos = message.at_ns as i64;
        let at = self.day.as_ref().map_or(Ok(Moment(nanos)), |day| day.at(nanos))?;
        let (what, named, flags) = what(&message.body)?;
        let symbol = match named {
            Named::Stock(stock) => self.stock(message.locate, stock)?,
            Named::Number => self.known(message.locate)?,
            Named::Market => NOTHING,
        };
        Ok(Record { at, heard: None, seq: self.reader.read(), symbol, flags, what })
    }

    /// The instrument of a message that names its stock.
    #[inline]
    fn stock(&mut self, locate: u16, stock: Stock) -> Result<SymbolId, Fault> {
        match self.stocks[usize::from(locate)] {
            Some((known, symbol)) if known == stock => Ok(symbol),
            Some((known, _)) => {
                let found = format!("{stock:?} under number {locate}");
                Err(Fault::new("stock", found, format!("{known:?}, as before")))
            }
            None => {
                let name = stock.as_str();
                if name.is_empty() {
                    return Err(Fault::new("stock", "\"\"", "the name of a stock"));
                }
                let symbol = self.symbols.add(name, Scale::SHARES)?;
                self.symbols.trade_in(symbol, "USD")?;
                self.stocks[usize::from(locate)] = Some((stock, symbol));
                Ok(symbol)
            }
        }
    }

    #[inline]
    fn known(&self, locate: u16) -> Result<SymbolId, Fault> {
        let known = self.stocks[usize::from(locate)].map(|(_, symbol)| symbol);
        known.ok_or_else(|| {
            Fault::new("stock number", locate.to_string(), "one that a message named before")
        })
    }
}

/// How a message says of which stock it speaks.
enum Named {
    /// By name.
    Stock(Stock),
    /// By the day's number alone.
    Number,
    /// It concerns the whole market.
    Market,
}

#[inline]
fn what(body: &Body) -> Result<(What, Named, Flags), Fault> {
    let last = Flags::LAST;
    Ok(match body {
        Body::Add(add) => {
            (order(add.order, add.side, add.price, add.shares)?, Named::Stock(add.stock), last)
        }
        Body::AddNamed(add) => {
            (order(add.order, add.side, add.price, add.shares)?, Named::Stock(add.stock), last)
        }
        Body::Executed(done) => {
            let qty = shares(done.shares.into())?;
            let (order, trade) = (done.order, done.trade);
            let execution = Execution { order, qty, place: None, price: None, trade };
            (What::Execute(execution), Named::Number, last)
        }
        Body::ExecutedAt(done) => {
            let (qty, price) = (shares(done.shares.into())?, Some(money(done.price)?));
            let (order, trade) = (done.order, done.trade);
            let execution = Execution { order, qty, place: None, price, trade };
            let printed = done.printable.0 != b'N';
            let flags = if printed { last } else { last.and(Flags::UNPRINTED) };
            (What::Execute(execution), Named::Number, flags)
        }
        Body::Cancel(cancel) => {
            let qty = Some(shares(cancel.shares.into())?);
            let touched = Touched { order: cancel.order, qty, place: None };
            (What::Reduce(touched), Named::Number, last)
        }
        Body::Delete(delete) => {
            let touched = Touched { order: delete.order, qty: None, place: None };
            (What::Delete(touched), Named::Number, last)
        }
        Body::Replace(replace) => {
            let (price, qty) = (money(replace.price)?, shares(replace.shares.into())?);
            let (old, order) = (replace.order, replace.new);
            (What::Replace { old, order, side: None, price, qty }, Named::Number, last)
        }
        rest => seldom(rest)?,
    })
}

/// What is not said a hundred million times a day.
fn seldom(body: &Body) -> Result<(What, Named, Flags), Fault> {
    let last = Flags::LAST;
    Ok(match body {
        Body::Trade(trade) => {
            let (price, qty) = (money(trade.price)?, shares(trade.shares.into())?);
            // The side is that of the resting order, and says nothing since it is always B.
            let (aggressor, number) = (None, trade.trade);
            let trade_ = Trade { price, qty, aggressor, trade: number, cross: false };
            (What::Trade(trade_), Named::Stock(trade.stock), last)
        }
        Body::Cross(cross) => {
            let (price, qty) = (i64::from(cross.price), cross.shares);
            let trade = Trade { price, qty, aggressor: None, trade: cross.trade, cross: true };
            (What::Trade(trade), Named::Stock(cross.stock), last)
        }
        Body::Broken(broken) => (What::Broken { trade: broken.trade }, Named::Number, last),
        Body::Directory(of) => {
            let definition = Definition {
                lot: Some(u64::from(of.round_lot)),
                currency: Some(*b"USD"),
                class: format!("{}{}", of.classification.0 as char, of.sub_type.as_str()),
                ..Definition::default()
            };
            (What::Definition(Box::new(definition)), Named::Stock(of.stock), last)
        }
        Body::Trading(to) => {
            let state = match to.state.0 {
                b'H' => State::Halted,
                b'P' => State::Paused,
                b'Q' => State::Quoting,
                b'T' => State::Trading,
                other => return Err(letter("state", other, "H, P, Q or T")),
            };
            (status(state, to.state.0, to.reason), Named::Stock(to.stock), last)
        }
        Body::Operational(to) => {
            let state = match to.action.0 {
                b'H' => State::Halted,
                b'T' => State::Trading,
                other => return Err(letter("action", other, "H or T")),
            };
            let reason = Text([b'o', b'p', to.market.0, b' ']);
            (status(state, to.action.0, reason), Named::Stock(to.stock), last)
        }
        Body::System(event) => {
            let state = match event.event.0 {
                b'O' => State::Start,
                b'S' => State::PreOpen,
                b'Q' => State::Trading,
                b'M' | b'E' | b'C' => State::Closed,
                other => return Err(letter("event", other, "O, S, Q, M, E or C")),
            };
            (status(state, event.event.0, Text(*b"    ")), Named::Market, last)
        }
        Body::Noii(of) => {
            let side = match of.direction.0 {
                b'B' => Some(Side::Buy),
                b'S' => Some(Side::Sell),
                _ => None,
            };
            let price = |price: u32| (price > 0).then_some(i64::from(price));
            let imbalance = Imbalance {
                paired: of.paired,
                left: of.imbalance,
                side,
                reference: price(of.reference),
                near: price(of.near),
                far: price(of.far),
            };
            (What::Imbalance(Box::new(imbalance)), Named::Stock(of.stock), last)
        }
        Body::Collar(of) => {
            let (low, high) = (i64::from(of.lower), i64::from(of.upper));
            (What::Bands { low, high }, Named::Stock(of.stock), last)
        }
        Body::DirectListing(of) => {
            let (low, high) = (i64::from(of.collar_lower), i64::from(of.collar_upper));
            (What::Bands { low, high }, Named::Stock(of.stock), last)
        }
        Body::ShortSale(of) => (What::Note("short sale restriction"), Named::Stock(of.stock), last),
        Body::Participant(of) => (What::Note("market participant"), Named::Stock(of.stock), last),
        Body::Ipo(of) => (What::Note("offering"), Named::Stock(of.stock), last),
        Body::Retail(of) => (What::Note("retail interest"), Named::Stock(of.stock), last),
        Body::Breaker(_) => (What::Note("circuit breaker levels"), Named::Market, last),
        Body::Breached(_) => (What::Note("circuit breaker breached"), Named::Market, last),
        _ => unreachable!("orders and their ends are told before"),
    })
}

#[inline]
fn order(order: u64, side: Side, price: u32, qty: u32) -> Result<What, Fault> {
    Ok(What::Add(Order { order, side, price: money(price)?, qty: shares(qty.into())? }))
}

#[inline]
fn money(price: u32) -> Result<i64, Fault> {
    if price == 0 {
        return Err(Fault::new("price", "0", "more than 0"));
    }
    Ok(i64::from(price))
}

#[inline]
fn shares(shares: u64) -> Result<u64, Fault> {
    if shares == 0 {
        return Err(Fault::new("shares", "0", "at least 1"));
    }
    Ok(shares)
}

fn status(state: State, code: u8, reason: Text<4>) -> What {
    What::Status(Status { state, code: u16::from(code), reason: reason.0 })
}

fn letter(field: &'static str, found: u8, expected: &'static str) -> Fault {
    Fault::new(field, format!("\"{}\"", [found].escape_ascii()), expected)
}

impl Iterator for ItchRecords {
    type Item = Result<Record, DataError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Records for ItchRecords {
    fn file(&self) -> &Path {
        self.reader.file()
    }

    fn stands_at(&self) -> u64 {
        self.reader.read()
    }

    fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    fn clock(&self) -> Clock {
        if self.day.is_some() { Clock::Utc } else { Clock::Midnight }
    }

    fn so_far(&self) -> &Count {
        &self.count
    }
}
