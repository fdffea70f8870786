//! BitMEX's realtime tables: the levels of a book by number, quotes, trades.
//!
//! A level has a number, and only the message that inserts it says its price; so the machine remembers
//! them. What comes before the whole table (`partial`) is to be left out, as the venue says.

use crate::capture::json::{Fields, side};
use crate::capture::limits;
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, Quote, Resting, Top, Trade, What};
use crate::symbols::{Scale, SymbolId};
use pitfloor_model::units::Side;
use std::collections::BTreeMap;
use std::path::Path;

/// The machine that understands BitMEX's frames.
#[derive(Clone, Debug, Default)]
pub struct Bitmex {
    /// Of each instrument whose whole table was told: the prices of its levels.
    books: BTreeMap<SymbolId, BTreeMap<u64, (Side, i64)>>,
}

/// Sizes are contracts, and the cheapest coins cost fractions of a hundred-millionth of another.
pub const SCALE: Scale = Scale { price: -10, size: 0 };

/// The most levels of one book.
pub const LEVELS_MAX: usize = 1 << 20;

const SIDES: [&str; 2] = ["Buy", "Sell"];

impl Bitmex {
    /// Opens a recording.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        Capture::open(&[file], Self::default(), SCALE, limits())
    }

    fn levels(
        &mut self,
        action: &str,
        rows: &[Fields<'_>],
        heard: Option<Moment>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        if !["partial", "insert", "update", "delete"].contains(&action) {
            let expected = "partial, insert, update or delete";
            return Err(Fault::new("action", action, expected));
        }
        // A message may speak of several instruments, though none was seen to.
        let mut told: Vec<(SymbolId, Depth)> = Vec::new();
        for row in rows {
            let symbol = out.symbol(&row.text("symbol")?)?;
            let place = told.iter().position(|(known, _)| *known == symbol);
            let place = place.unwrap_or_else(|| {
                let whole = action == "partial";
                if whole {
                    self.books.insert(symbol, BTreeMap::new());
                }
                told.push((symbol, Depth { whole, ..Depth::default() }));
                told.len() - 1
            });
            let Some(known) = self.books.get_mut(&symbol) else { continue };
            let number = row.whole("id")?;
            let side = side("side", &row.text("side")?, SIDES)?;
            let unknown = || Fault::new("id", number.to_string(), "a level that was inserted");
            let (price, qty) = match action {
                "partial" | "insert" => {
                    let price = row.price("price", &mut out.ruler)?;
                    if known.len() == LEVELS_MAX {
                        let expected = format!("at most {LEVELS_MAX} levels");
                        return Err(Fault::new("id", "one more", expected));
                    }
                    known.insert(number, (side, price));
                    (price, row.traded("size", &mut out.ruler)?)
                }
                "update" => {
                    let (_, price) = *known.get(&number).ok_or_else(unknown)?;
                    (price, row.traded("size", &mut out.ruler)?)
                }
                _ => (known.remove(&number).ok_or_else(unknown)?.1, 0),
            };
            let level = Resting { price, qty, orders: 0 };
            match side {
                Side::Buy => told[place].1.bids.push(level),
                Side::Sell => told[place].1.asks.push(level),
            }
        }
        for (symbol, depth) in told {
            if !self.books.contains_key(&symbol) {
                out.skip("a change before the whole book");
                continue;
            }
            let whole = depth.whole;
            let record = out.tell(symbol, None, heard, None, What::Depth(Box::new(depth)))?;
            if whole {
                record.flags = record.flags.and(Flags::SNAPSHOT);
            }
        }
        Ok(())
    }
}

fn quote(row: &Fields<'_>, heard: Option<Moment>, out: &mut Out) -> Result<(), Fault> {
    let symbol = out.symbol(&row.text("symbol")?)?;
    let mut top = |price: &'static str, size: &'static str| -> Result<Option<Top>, Fault> {
        if row.get(price).is_none() {
            return Ok(None);
        }
        let (price, qty) = (row.price(price, &mut out.ruler)?, row.size(size, &mut out.ruler)?);
        Ok(Some(Top { price, qty }))
    };
    let quote = Quote { bid: top("bidPrice", "bidSize")?, ask: top("askPrice", "askSize")? };
    let at = Some(row.rfc3339("timestamp")?);
    out.tell(symbol, at, heard, None, What::Quote(quote))?;
    Ok(())
}

fn trade(row: &Fields<'_>, old: bool, heard: Option<Moment>, out: &mut Out) -> Result<(), Fault> {
    let symbol = out.symbol(&row.text("symbol")?)?;
    let price = row.price("price", &mut out.ruler)?;
    let qty = row.traded("size", &mut out.ruler)?;
    let aggressor = Some(side("side", &row.text("side")?, SIDES)?);
    let at = Some(row.rfc3339("timestamp")?);
    let trade = Trade { price, qty, aggressor, trade: 0, cross: false };
    let record = out.tell(symbol, at, heard, None, What::Trade(trade))?;
    if old {
        record.flags = record.flags.and(Flags::SNAPSHOT);
    }
    Ok(())
}

impl Decode for Bitmex {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        let table = fields.word("table");
        if !["orderBookL2", "orderBookL2_25", "quote", "trade"].contains(&&*table) {
            out.skip(if table.is_empty() { "an answer to a command" } else { "another table" });
            return Ok(());
        }
        let action = fields.text("action")?;
        let rows = fields.list("data")?;
        let rows: Result<Vec<_>, _> =
            rows.into_iter().map(|raw| Fields::inner("data", raw)).collect();
        let rows = rows?;
        if rows.is_empty() {
            out.skip("a message without rows");
        }
        match &*table {
            "quote" => {
                for row in &rows {
                    quote(row, frame.heard, out)?;
                }
            }
            "trade" => {
                for row in &rows {
                    trade(row, action == "partial", frame.heard, out)?;
                }
            }
            _ => self.levels(&action, &rows, frame.heard, out)?,
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        self.books.clear();
    }
}
