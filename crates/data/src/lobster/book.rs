//! The orderbook file: the visible levels after each message.

use crate::error::{DataError, Fault};
use crate::lobster::TICK_TENTHOUSANDTHS;
use crate::lobster::message::{Action, Message, Named};
use crate::lobster::number::whole;
use crate::source::{Cell, Source};
use pitfloor_model::units::{Price, Qty, Side};
use std::path::Path;

/// A level: a price and all the shares that rest there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Depth {
    /// In ticks.
    pub price: Price,
    /// In shares; more than nothing.
    pub qty: Qty,
}

/// The visible book at one moment. Levels that the file marks as empty are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BookRow {
    /// Best, that is lowest, first.
    pub asks: Vec<Depth>,
    /// Best, that is highest, first.
    pub bids: Vec<Depth>,
}

/// Reads an orderbook file row by row.
pub struct BookReader {
    source: Source,
    tick: i64,
    levels: Option<usize>,
}

/// The most levels of a row.
pub const LEVELS_MAX: usize = 1 << 10;

/// What stands for a price where a level is empty, positive for asks and negative for bids.
pub const EMPTY_PRICE: i64 = 9_999_999_999;

impl BookReader {
    /// Opens an orderbook file of any number of levels, whose prices lie on a grid of cents.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is a table whose width is no whole number of levels.
    pub fn open(file: &Path) -> Result<Self, DataError> {
        Self::open_with_tick(file, TICK_TENTHOUSANDTHS)
    }

    /// Opens an orderbook file whose prices lie on a grid of `tick` ten-thousandths of a dollar.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or is a table whose width is no whole number of levels.
    ///
    /// # Panics
    ///
    /// When `tick` is not positive.
    pub fn open_with_tick(file: &Path, tick: i64) -> Result<Self, DataError> {
        assert!(tick > 0, "a tick is worth something");
        let source = Source::open(file)?;
        let levels = source.columns().map(levels_of).transpose();
        let levels = levels.map_err(|fault| fault.at(file, 1))?;
        Ok(Self { source, tick, levels })
    }

    /// The row last read, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.source.line()
    }

    /// How many levels the file holds; known once a row was read.
    #[must_use]
    pub const fn levels(&self) -> Option<usize> {
        self.levels
    }

    /// Reads the next row into `row`; false when there is none.
    ///
    /// # Errors
    ///
    /// When the row is damaged: cells missing or over, a bad number, a price off the grid, levels
    /// out of order, a size where there is no level or none where there is one.
    pub fn read(&mut self, row: &mut BookRow) -> Result<bool, DataError> {
        if !self.source.advance()? {
            return Ok(false);
        }
        row.asks.clear();
        row.bids.clear();
        let (tick, levels) = (self.tick, self.levels);
        self.levels = Some(self.source.read(|cells| fill(row, cells, tick, levels))?);
        Ok(true)
    }

    /// `fault`, at the row last read.
    pub(crate) fn refuse(&self, field: &'static str, found: String, expected: String) -> DataError {
        self.source.fault(Fault::new(field, found, expected))
    }
}

impl Iterator for BookReader {
    type Item = Result<BookRow, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = BookRow::default();
        self.read(&mut row).map(|more| more.then_some(row)).transpose()
    }
}

impl BookRow {
    /// One side of it, best first.
    #[must_use]
    pub fn side(&self, side: Side) -> &[Depth] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    /// The state before `message`, when this is the state after it.
    ///
    /// A row shows some levels only. Taking back a submission can uncover a level that no row
    /// shows, and then the result has one level fewer than there were.
    ///
    /// # Errors
    ///
    /// When `message` cannot have led to this state: the level it added to is not there. Says what
    /// was found and what was expected.
    pub fn before(&self, message: &Message) -> Result<Self, (String, String)> {
        let mut row = self.clone();
        match &message.action {
            Action::Submit(named) => row.take_back(named)?,
            Action::Reduce(named) | Action::Delete(named) | Action::Execute(named) => {
                row.give_back(named);
            }
            Action::Hidden(_) | Action::Cross(_) | Action::Trading(_) => {}
        }
        Ok(row)
    }

    fn side_mut(&mut self, side: Side) -> &mut Vec<Depth> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn take_back(&mut self, named: &Named) -> Result<(), (String, String)> {
        let levels = self.side_mut(named.side);
        let Some(at) = levels.iter().position(|level| level.price == named.price) else {
            let beyond =
                levels.last().is_some_and(|last| !named.side.improves(named.price, last.price));
            if beyond {
                return Ok(());
            }
            return Err(("no such level".to_owned(), expected_level(named)));
        };
        if levels[at].qty < named.qty {
            return Err((format!("{} shares there", levels[at].qty.0), expected_level(named)));
        }
        levels[at].qty = levels[at].qty.less(named.qty);
        if levels[at].qty.is_zero() {
            levels.remove(at);
        }
        Ok(())
    }

    fn give_back(&mut self, named: &Named) {
        let levels = self.side_mut(named.side);
        let at = levels
            .iter()
            .position(|level| !named.side.improves(level.price, named.price))
            .unwrap_or(levels.len());
        match levels.get_mut(at) {
            Some(level) if level.price == named.price => level.qty.0 += named.qty.0,
            Some(_) | None => levels.insert(at, Depth { price: named.price, qty: named.qty }),
        }
    }
}

fn expected_level(named: &Named) -> String {
    let Named { side, price, qty, .. } = named;
    format!("the {} shares to {side} at {} ticks that message 1 submitted", qty.0, price.0)
}

/// Fills `row` and says how many levels the file has, which `known` must agree with.
fn fill(
    row: &mut BookRow,
    cells: &mut dyn Iterator<Item = Cell<'_>>,
    tick: i64,
    known: Option<usize>,
) -> Result<usize, Fault> {
    let most = known.unwrap_or(LEVELS_MAX);
    let mut levels = 0;
    while levels < most {
        let Some(first) = cells.next() else { break };
        for side in [Side::Sell, Side::Buy] {
            let price = if side == Side::Sell { Some(first.clone()) } else { cells.next() };
            let level = depth(side, levels + 1, price, cells.next(), tick)?;
            push(row, side, levels + 1, level)?;
        }
        levels += 1;
    }
    if let Some(more) = cells.next() {
        let field = format!("field {}", 4 * levels + 1);
        return Err(Fault::new(field, more.show(), format!("the end of {levels} levels")));
    }
    if known.is_some_and(|known| known != levels) {
        let field = format!("ask price {}", levels + 1);
        return Err(Fault::new(field, "the end of the row", format!("{most} levels, as above")));
    }
    Ok(levels)
}

fn depth(
    side: Side,
    level: usize,
    price: Option<Cell<'_>>,
    size: Option<Cell<'_>>,
    tick: i64,
) -> Result<Option<Depth>, Fault> {
    let name = |what: &str| format!("{} {what} {level}", quote_word(side));
    let read = |cell: Option<Cell<'_>>, what: &str, expected: &'static str| match cell {
        None => Err(Fault::new(name(what), "the end of the row", expected)),
        Some(cell) => whole(&cell).ok_or_else(|| Fault::new(name(what), cell.show(), expected)),
    };
    let price = read(price, "price", "a whole number of 1/10000 dollar")?;
    let size = read(size, "size", "a whole number of shares")?;
    let empty = match side {
        Side::Sell => EMPTY_PRICE,
        Side::Buy => -EMPTY_PRICE,
    };
    if price == empty {
        return match size {
            0 => Ok(None),
            _ => Err(Fault::new(name("size"), size.to_string(), "0 where the level is empty")),
        };
    }
    if price <= 0 || price % tick != 0 {
        let expected = format!("a positive multiple of the tick, {tick}, or {empty} for no level");
        return Err(Fault::new(name("price"), price.to_string(), expected));
    }
    match u64::try_from(size).ok().filter(|size| *size > 0) {
        Some(size) => Ok(Some(Depth { price: Price(price / tick), qty: Qty(size) })),
        None => Err(Fault::new(name("size"), size.to_string(), "at least 1 share")),
    }
}

/// Puts `level` behind the better ones.
fn push(row: &mut BookRow, side: Side, number: usize, level: Option<Depth>) -> Result<(), Fault> {
    let Some(level) = level else { return Ok(()) };
    let levels = row.side_mut(side);
    let field = || format!("{} price {number}", quote_word(side));
    if levels.len() + 1 < number {
        let expected = "no level, as the one before is empty";
        return Err(Fault::new(field(), format!("{} ticks", level.price.0), expected));
    }
    if let Some(better) = levels.last().filter(|last| !side.improves(last.price, level.price)) {
        let expected = match side {
            Side::Buy => format!("less than the {} ticks of the level before", better.price.0),
            Side::Sell => format!("more than the {} ticks of the level before", better.price.0),
        };
        return Err(Fault::new(field(), format!("{} ticks", level.price.0), expected));
    }
    levels.push(level);
    Ok(())
}

fn levels_of(columns: usize) -> Result<usize, Fault> {
    let levels = columns / 4;
    if !columns.is_multiple_of(4) || levels == 0 || levels > LEVELS_MAX {
        return Err(Fault::new("columns", columns.to_string(), "4 for each level"));
    }
    Ok(levels)
}

const fn quote_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "bid",
        Side::Sell => "ask",
    }
}
