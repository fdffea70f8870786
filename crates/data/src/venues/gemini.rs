//! Gemini's market data, version 2: the first `l2_updates` of an instrument is its whole book, together
//! with its last trades.

use crate::capture::json::{Fields, side};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, Resting, Trade, What};
use crate::symbols::SymbolId;
use pitfloor_model::units::Side;
use std::collections::BTreeSet;
use std::path::Path;

/// The machine that understands Gemini's frames.
#[derive(Clone, Debug, Default)]
pub struct Gemini {
    /// Of which instruments the whole book was told since the last connection.
    known: BTreeSet<SymbolId>,
}

impl Gemini {
    /// Opens a recording.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        Capture::open(&[file], Self::default(), SCALE, limits())
    }
}

fn trade(
    fields: &Fields<'_>,
    symbol: SymbolId,
    old: bool,
    heard: Option<Moment>,
    out: &mut Out,
) -> Result<(), Fault> {
    let aggressor = Some(side("side", &fields.text("side")?, ["buy", "sell"])?);
    let price = fields.price("price", &mut out.ruler)?;
    let qty = fields.traded("quantity", &mut out.ruler)?;
    let (number, at) = (fields.whole("event_id")?, Some(fields.epoch("timestamp")?));
    let trade = Trade { price, qty, aggressor, trade: number, cross: false };
    let record = out.tell(symbol, at, heard, Some(number), What::Trade(trade))?;
    if old {
        record.flags = record.flags.and(Flags::SNAPSHOT);
    }
    Ok(())
}

impl Decode for Gemini {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        match &*fields.text("type")? {
            "l2_updates" => {
                let symbol = out.symbol(&fields.text("symbol")?)?;
                let whole = self.known.insert(symbol);
                let mut depth = Depth { whole, ..Depth::default() };
                fields.need("changes")?;
                for row in fields.rows("changes")? {
                    let price = out.ruler.price("changes", row.cell("changes", 1)?)?;
                    let qty = out.ruler.size("changes", row.cell("changes", 2)?)?;
                    let level = Resting { price, qty, orders: 0 };
                    match side("changes", row.cell("changes", 0)?, ["buy", "sell"])? {
                        Side::Buy => depth.bids.push(level),
                        Side::Sell => depth.asks.push(level),
                    }
                }
                // The oldest of the last trades stands last.
                let trades = fields.get("trades").map(|_| fields.list("trades")).transpose()?;
                for raw in trades.into_iter().flatten().rev() {
                    trade(&Fields::inner("trades", raw)?, symbol, true, frame.heard, out)?;
                }
                let what = What::Depth(Box::new(depth));
                let record = out.tell(symbol, None, frame.heard, None, what)?;
                if whole {
                    record.flags = record.flags.and(Flags::SNAPSHOT);
                }
            }
            "trade" => {
                let symbol = out.symbol(&fields.text("symbol")?)?;
                trade(&fields, symbol, false, frame.heard, out)?;
            }
            "heartbeat" => out.skip("a heartbeat"),
            _ => out.skip("a message of another kind"),
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        self.known.clear();
    }
}
