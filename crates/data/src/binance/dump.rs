//! The tables of depth that Binance offers: a row a level, the rows of one message one after the other.

use super::records::Options;
use crate::capture::records::{Out, Refusal};
use crate::capture::sheet::{ReadRow, Sheet, column};
use crate::capture::{epoch, json, shown};
use crate::error::{DataError, Fault};
use crate::opening::Limits;
use crate::record::{Depth, Flags, Moment, Resting, What};
use crate::symbols::SymbolId;
use std::path::Path;

/// Understands the rows.
#[derive(Clone, Debug, Default)]
pub struct DepthRows {
    /// Symbol, time, first and last number, side, kind, price, size; the number before, where told.
    places: [usize; 8],
    before: Option<usize>,
    /// The message that is being put together.
    open: Option<(SymbolId, Moment, Depth)>,
}

/// The most rows of one message.
pub const ROWS_MAX: usize = 1 << 20;

impl DepthRows {
    /// Opens a table of depth.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or read, or a column is missing.
    pub fn open(file: &Path, options: &Options) -> Result<Sheet<Self>, DataError> {
        Sheet::open(file, Self::default(), options.scale, Limits::default())
    }

    fn close(&mut self, out: &mut Out) -> Result<(), Fault> {
        let Some((symbol, at, depth)) = self.open.take() else { return Ok(()) };
        let (seq, whole) = (Some(depth.last), depth.whole);
        let record = out.tell(symbol, Some(at), None, seq, What::Depth(Box::new(depth)))?;
        if whole {
            record.flags = record.flags.and(Flags::SNAPSHOT);
        }
        Ok(())
    }
}

impl ReadRow for DepthRows {
    fn begin(&mut self, names: &[&str]) -> Result<(), Refusal> {
        const NAMES: [&str; 8] = [
            "symbol",
            "timestamp",
            "first_update_id",
            "last_update_id",
            "side",
            "update_type",
            "price",
            "qty",
        ];
        for (place, name) in self.places.iter_mut().zip(NAMES) {
            *place = column(names, name)?;
        }
        self.before = column(names, "pu").ok();
        Ok(())
    }

    fn row(&mut self, cells: &[&str], out: &mut Out) -> Result<(), Refusal> {
        let [symbol, time, first, last, side, kind, price, qty] =
            self.places.map(|place| cells[place]);
        let (symbol, at) = (out.symbol(symbol)?, epoch("timestamp", time)?);
        let first = json::whole("first_update_id", first)?;
        let last = json::whole("last_update_id", last)?;
        let whole = match kind {
            "snap" => true,
            "set" => false,
            _ => return Err(Fault::new("update_type", shown(kind), "snap or set").into()),
        };
        let price = out.ruler.price("price", price)?;
        let level = Resting { price, qty: out.ruler.size("qty", qty)?, orders: 0 };
        // A snapshot has none before it, and says so by -1.
        let before = self.before.map(|place| cells[place]).filter(|text| *text != "-1");
        let before = before.map(|text| json::whole("pu", text)).transpose()?;
        let same = self.open.as_ref().is_some_and(|(known, when, depth)| {
            (*known, *when) == (symbol, at) && (depth.last, depth.whole) == (last, whole)
        });
        if !same {
            self.close(out)?;
            let depth = Depth { first, last, before, whole, ..Depth::default() };
            self.open = Some((symbol, at, depth));
        }
        let (_, _, depth) = self.open.as_mut().expect("a message is open");
        let levels = match side {
            "b" => &mut depth.bids,
            "a" => &mut depth.asks,
            _ => return Err(Fault::new("side", shown(side), "b or a").into()),
        };
        if levels.len() == ROWS_MAX {
            let expected = format!("at most {ROWS_MAX}");
            return Err(Fault::new("rows of a message", "one more", expected).into());
        }
        levels.push(level);
        Ok(())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Refusal> {
        Ok(self.close(out)?)
    }
}
