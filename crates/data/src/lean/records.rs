//! Lean's zips of ticks, bars and open interest, in the one shape of all readers.
//!
//! A zip holds one table, or one for each contract. A row's time is in milliseconds after midnight of the
//! day in the table's name, or `yyyymmdd hh:mm`, on the clock of the market's data zone (which is not
//! always the venue's: futures of CME are in UTC). Shares and options are in ten-thousandths of a dollar,
//! all else in units. A bar is stamped with its start.

use super::day;
use super::name::{self, Named, Shape};
use crate::decimal::figure;
use crate::error::{DataError, Fault};
use crate::opening::{Archive, Limits, Stream};
use crate::record::{Bar, Clock, Flags, Moment, Quote, QuoteBar, Record, Swing, Top, Trade, What};
use crate::records::{Count, Records};
use crate::symbols::{Scale, SymbolId, Symbols};
use crate::zone::{Day, Zone};
use std::path::Path;

/// What a market's tables mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// On whose clock its times are.
    pub zone: Zone,
    /// Whether prices are in ten-thousandths.
    pub ten_thousandths: bool,
    /// How long a bar is, where neither the name nor the folder says so.
    pub resolution: Option<Resolution>,
}

/// How fine a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// Single trades or quotes.
    Tick,
    /// Bars of a second.
    Second,
    /// Of a minute.
    Minute,
    /// Of an hour.
    Hour,
    /// Of a day.
    Daily,
}

/// Reads all tables of a zip, one after the other.
pub struct LeanRecords {
    archive: Archive,
    market: Market,
    folder: Option<Resolution>,
    table: Option<Table>,
    next: usize,
    symbols: Symbols,
    count: Count,
    ended: bool,
}

/// One table of the zip.
struct Table {
    stream: Stream,
    named: Named,
    resolution: Resolution,
    day: Option<Day>,
    symbol: SymbolId,
    before: Moment,
}

/// Prices are kept so fine, in digits behind the point.
const PRICE_DIGITS: u32 = 8;

/// The same for sizes: coins are divisible.
const SIZE_DIGITS: u32 = 8;

/// The scale of all tables.
pub const SCALE: Scale = Scale { price: -(PRICE_DIGITS as i8), size: -(SIZE_DIGITS as i8) };

/// One unit of size.
const UNIT: u64 = 10_u64.pow(SIZE_DIGITS);

impl Market {
    /// Shares and their options in the United States.
    #[must_use]
    pub fn us_equity() -> Self {
        Self { zone: Zone::new_york(), ten_thousandths: true, resolution: None }
    }

    /// Indices of the United States, told in units on Chicago's clock.
    ///
    /// # Panics
    ///
    /// Never: the program carries the zone.
    #[must_use]
    pub fn us_index() -> Self {
        let zone = Zone::named("America/Chicago").expect("the program carries its zones");
        Self { zone, ten_thousandths: false, resolution: None }
    }

    /// Futures, currencies and coins, told in units on the clock of UTC.
    #[must_use]
    pub const fn utc() -> Self {
        Self { zone: Zone::UTC, ten_thousandths: false, resolution: None }
    }
}

impl Resolution {
    /// How long a bar is, in nanoseconds; a tick has no length.
    #[must_use]
    pub const fn span_ns(self) -> u64 {
        const SECOND: u64 = 1_000_000_000;
        match self {
            Self::Tick => 0,
            Self::Second => SECOND,
            Self::Minute => 60 * SECOND,
            Self::Hour => 3_600 * SECOND,
            Self::Daily => 86_400 * SECOND,
        }
    }
}

impl LeanRecords {
    /// Opens a zip.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is no zip.
    pub fn open(file: &Path, market: Market, limits: Limits) -> Result<Self, DataError> {
        let archive = Archive::open(file, limits)?;
        let folder = |path: &Path| match path.file_name()?.to_str()? {
            "tick" => Some(Resolution::Tick),
            "second" => Some(Resolution::Second),
            "minute" => Some(Resolution::Minute),
            "hour" => Some(Resolution::Hour),
            "daily" => Some(Resolution::Daily),
            _ => None,
        };
        let folder = file.ancestors().skip(1).take(3).find_map(folder);
        let (symbols, count) = (Symbols::default(), Count::default());
        let (table, next, ended) = (None, 0, false);
        Ok(Self { archive, market, folder, table, next, symbols, count, ended })
    }

    /// How many tables the zip has.
    #[must_use]
    pub fn tables(&self) -> usize {
        self.archive.members().len()
    }

    fn read(&mut self) -> Result<Option<Record>, DataError> {
        loop {
            if self.table.is_none() && !self.open_next()? {
                return Ok(None);
            }
            let table = self.table.as_mut().expect("a table is open");
            if !table.stream.next_line()? {
                self.table = None;
                continue;
            }
            self.count.read += 1;
            let ten_thousandths = self.market.ten_thousandths;
            let read = table.row(&self.market.zone, ten_thousandths, &mut self.count.rounded);
            let record =
                read.map_err(|fault| fault.at(table.stream.file(), table.stream.line_number()))?;
            self.count.given += 1;
            return Ok(Some(Record { seq: self.count.read, ..record }));
        }
    }

    fn open_next(&mut self) -> Result<bool, DataError> {
        let Some(member) = self.archive.members().get(self.next) else { return Ok(false) };
        let named = name::read(&member.name);
        let stream = self.archive.stream(self.next)?;
        self.next += 1;
        let refuse = |fault: Fault| fault.at(stream.file(), 0);
        let known = named.resolution.or(self.folder).or(self.market.resolution);
        let resolution = known.or(named.day.is_none().then_some(Resolution::Daily));
        let resolution = resolution.ok_or_else(|| {
            let expected = "tick, second, minute, hour or daily, in it or in its folder";
            refuse(Fault::new("name", format!("{:?}", member.name), expected))
        })?;
        let symbol = self.symbols.add(named.symbol.clone(), SCALE).map_err(refuse)?;
        if self.market.ten_thousandths {
            self.symbols.trade_in(symbol, "USD").map_err(refuse)?;
        }
        let day = named.day.map(|date| Day::new(date, self.market.zone.clone()));
        let before = Moment(i64::MIN);
        self.table = Some(Table { stream, named, resolution, day, symbol, before });
        Ok(true)
    }
}

/// The cells of a row, read one by one.
struct Cells<'a> {
    cells: std::slice::Split<'a, u8, fn(&u8) -> bool>,
    ten_thousandths: bool,
    rounded: &'a mut u64,
}

impl Table {
    fn row(
        &mut self,
        zone: &Zone,
        ten_thousandths: bool,
        rounded: &mut u64,
    ) -> Result<Record, Fault> {
        let comma: fn(&u8) -> bool = |byte| *byte == b',';
        let mut cells = Cells { cells: self.stream.line().split(comma), ten_thousandths, rounded };
        let at = self.time(cells.next("time")?, zone)?;
        if at < self.before {
            let expected = "a time not before that of the line before";
            return Err(Fault::new("time", format!("{} ns", at.0), expected));
        }
        let span_ns = self.resolution.span_ns();
        let (what, flags) = match (self.named.shape, self.resolution) {
            (Shape::Trade, Resolution::Tick) => cells.trade()?,
            (Shape::Quote, Resolution::Tick) => cells.quote()?,
            (Shape::Trade, _) => (cells.bar(span_ns)?, Flags::LAST),
            (Shape::Quote, _) => (cells.quote_bar(span_ns)?, Flags::LAST),
            (Shape::OpenInterest, _) => {
                let contracts = cells.size("open interest")?.unwrap_or(0) / UNIT;
                (What::OpenInterest(contracts), Flags::LAST)
            }
        };
        if let Some(more) = cells.cells.next() {
            let found = format!("\"{}\"", more.escape_ascii());
            return Err(Fault::new("one field more", found, "the end of the line"));
        }
        self.before = at;
        Ok(Record { at, heard: None, seq: 0, symbol: self.symbol, flags, what })
    }

    /// Milliseconds after midnight, or `20140605 09:30`.
    fn time(&self, text: &[u8], zone: &Zone) -> Result<Moment, Fault> {
        const EXPECTED: &str = "milliseconds after midnight, or a time such as 20140606 09:30";
        let refuse = || Fault::new("time", format!("\"{}\"", text.escape_ascii()), EXPECTED);
        let Some((date, clock)) = text.split_once_at(b' ') else {
            let day = self.day.as_ref().ok_or_else(refuse)?;
            let nanos = figure(text, 6).filter(|figure| !figure.rounded).ok_or_else(refuse)?;
            return day.at(nanos.mantissa);
        };
        let date = day("time", std::str::from_utf8(date).map_err(|_| refuse())?)?;
        let [
            h1 @ b'0'..=b'2',
            h2 @ b'0'..=b'9',
            b':',
            m1 @ b'0'..=b'5',
            m2 @ b'0'..=b'9',
            rest @ ..,
        ] = clock
        else {
            return Err(refuse());
        };
        let (hour, minute) = ((h1 - b'0') * 10 + h2 - b'0', (m1 - b'0') * 10 + m2 - b'0');
        if hour > 23 || !matches!(rest, b"" | b":00") {
            return Err(refuse());
        }
        zone.moment(date.at(hour as i8, minute as i8, 0, 0))
    }
}

trait SplitOnce {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])>;
}

impl SplitOnce for [u8] {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])> {
        let at = self.iter().position(|other| *other == byte)?;
        Some((&self[..at], &self[at + 1..]))
    }
}

impl<'a> Cells<'a> {
    fn next(&mut self, field: &'static str) -> Result<&'a [u8], Fault> {
        self.cells.next().ok_or_else(|| Fault::new(field, "the end of the line", "one field more"))
    }

    /// A price that is not negative; none where the cell is empty.
    fn price(&mut self, field: &'static str) -> Result<Option<i64>, Fault> {
        let text = self.next(field)?;
        if text.is_empty() {
            return Ok(None);
        }
        let digits = if self.ten_thousandths { PRICE_DIGITS - 4 } else { PRICE_DIGITS };
        let figure = figure(text, digits).filter(|figure| figure.mantissa >= 0);
        let figure = figure.ok_or_else(|| {
            let found = format!("\"{}\"", text.escape_ascii());
            Fault::new(field, found, "a price, not negative")
        })?;
        *self.rounded += u64::from(figure.rounded);
        Ok(Some(figure.mantissa))
    }

    fn size(&mut self, field: &'static str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.cells.next() else { return Ok(None) };
        if text.is_empty() {
            return Ok(None);
        }
        let read = figure(text, SIZE_DIGITS);
        let size = read.and_then(|figure| u64::try_from(figure.mantissa).ok());
        let size = size.ok_or_else(|| {
            let found = format!("\"{}\"", text.escape_ascii());
            Fault::new(field, found, "a size, not negative")
        })?;
        *self.rounded += u64::from(read.is_some_and(|figure| figure.rounded));
        Ok(Some(size))
    }

    /// Whether the source doubts the row: the last cell of a tick.
    fn tail(&mut self) -> Result<Flags, Fault> {
        let (exchange, conditions) = (self.cells.next(), self.cells.next());
        match (exchange, conditions, self.cells.next()) {
            (None, None, None) | (Some(_), Some(_), Some(b"0")) => Ok(Flags::LAST),
            (Some(_), Some(_), Some(b"1")) => Ok(Flags::LAST.and(Flags::SUSPECT)),
            (_, _, Some(found)) => {
                let found = format!("\"{}\"", found.escape_ascii());
                Err(Fault::new("suspicious", found, "0 or 1"))
            }
            _ => Err(Fault::new("suspicious", "the end of the line", "0 or 1")),
        }
    }

    fn trade(&mut self) -> Result<(What, Flags), Fault> {
        let price = self.price("price")?.filter(|price| *price > 0);
        let price = price.ok_or_else(|| Fault::new("price", "nothing", "more than 0"))?;
        let qty = self.size("size")?;
        let qty = qty.filter(|qty| *qty > 0);
        let qty = qty.ok_or_else(|| Fault::new("size", "nothing", "more than 0"))?;
        let what = What::Trade(Trade { price, qty, aggressor: None, trade: 0, cross: false });
        Ok((what, self.tail()?))
    }

    /// Bid, size, ask, size; or bid and ask alone. A price of 0 is no price.
    fn quote(&mut self) -> Result<(What, Flags), Fault> {
        let bare = self.cells.clone().count() == 2;
        let mut top = |price: &'static str, size: &'static str| -> Result<Option<Top>, Fault> {
            let price = self.price(price)?.filter(|price| *price > 0);
            let qty = if bare { None } else { self.size(size)? };
            Ok(price.map(|price| Top { price, qty: qty.unwrap_or(0) }))
        };
        let quote = Quote { bid: top("bid", "bid size")?, ask: top("ask", "ask size")? };
        Ok((What::Quote(quote), self.tail()?))
    }

    fn swing(&mut self) -> Result<Option<[i64; 4]>, Fault> {
        let (open, high) = (self.price("open")?, self.price("high")?);
        let (low, close) = (self.price("low")?, self.price("close")?);
        let (open, high, low, close) = match (open, high, low, close) {
            (Some(open), Some(high), Some(low), Some(close)) => (open, high, low, close),
            (None, None, None, None) => return Ok(None),
            _ => return Err(Fault::new("open, high, low, close", "some", "all or none")),
        };
        if low > open.min(close) || high < open.max(close) {
            let found = format!("{open}, {high}, {low}, {close}");
            return Err(Fault::new("open, high, low, close", found, "all between low and high"));
        }
        Ok(Some([open, high, low, close]))
    }

    fn bar(&mut self, span_ns: u64) -> Result<What, Fault> {
        let swing = self.swing()?;
        let [open, high, low, close] =
            swing.ok_or_else(|| Fault::new("open", "nothing", "a price"))?;
        let volume = self.size("volume")?;
        Ok(What::Bar(Bar { open, high, low, close, volume, span_ns, more: None }))
    }

    fn quote_bar(&mut self, span_ns: u64) -> Result<What, Fault> {
        let sized = self.cells.clone().count() != 8;
        let mut side = || -> Result<Option<Swing>, Fault> {
            let swing = self.swing()?;
            let qty = if sized { self.size("size")? } else { None };
            Ok(swing.map(|[open, high, low, close]| Swing { open, high, low, close, qty }))
        };
        let bar = QuoteBar { bid: side()?, ask: side()?, span_ns };
        Ok(What::QuoteBar(Box::new(bar)))
    }
}

impl Iterator for LeanRecords {
    type Item = Result<Record, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Records for LeanRecords {
    fn file(&self) -> &Path {
        self.archive.file()
    }

    fn stands_at(&self) -> u64 {
        self.count.read
    }

    fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    fn clock(&self) -> Clock {
        Clock::Utc
    }

    fn so_far(&self) -> &Count {
        &self.count
    }
}
