//! Kraken's public streams: arrays of a channel's number, its messages, its name and the instrument.

use crate::capture::json::{Fields, Row, bare, list, rows, side, text};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits, seconds};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, Quote, Resting, Top, Trade, What};
use crate::symbols::SymbolId;
use std::collections::BTreeSet;
use std::path::Path;

/// The machine that understands Kraken's frames.
#[derive(Clone, Debug, Default)]
pub struct Kraken {
    /// Of which instruments the whole book was told since the last connection.
    known: BTreeSet<SymbolId>,
}

impl Kraken {
    /// Opens recordings of one session.
    ///
    /// # Errors
    ///
    /// When one cannot be opened.
    pub fn open(files: &[&Path]) -> Result<Capture<Self>, DataError> {
        Capture::open(files, Self::default(), SCALE, limits())
    }

    fn book(
        &mut self,
        symbol: SymbolId,
        parts: &[&str],
        heard: Option<Moment>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let (mut depth, mut latest) = (Depth::default(), None);
        for part in parts {
            let fields = Fields::inner("book", part)?;
            depth.whole |= fields.get("as").is_some() || fields.get("bs").is_some();
            for (key, bids) in [("as", false), ("a", false), ("bs", true), ("b", true)] {
                let levels = if bids { &mut depth.bids } else { &mut depth.asks };
                for row in fields.rows(key)? {
                    let (level, at) = level(key, &row, out)?;
                    levels.push(level);
                    latest = latest.max(Some(at));
                }
            }
        }
        let whole = depth.whole;
        if whole {
            self.known.insert(symbol);
        } else if !self.known.contains(&symbol) {
            out.skip("a change before the whole book");
            return Ok(());
        }
        let record = out.tell(symbol, latest, heard, None, What::Depth(Box::new(depth)))?;
        if whole {
            record.flags = record.flags.and(Flags::SNAPSHOT);
        }
        Ok(())
    }
}

fn level(key: &'static str, row: &Row<'_>, out: &mut Out) -> Result<(Resting, Moment), Fault> {
    let level = row.level(key, &mut out.ruler)?;
    Ok((level, seconds(key, row.cell(key, 2)?)?))
}

fn trades(symbol: SymbolId, raw: &str, heard: Option<Moment>, out: &mut Out) -> Result<(), Fault> {
    for row in rows("trade", raw)? {
        let price = out.ruler.price("trade", row.cell("trade", 0)?)?;
        let qty = out.ruler.traded("trade", row.cell("trade", 1)?)?;
        let at = Some(seconds("trade", row.cell("trade", 2)?)?);
        let aggressor = Some(side("trade", row.cell("trade", 3)?, ["b", "s"])?);
        let trade = Trade { price, qty, aggressor, trade: 0, cross: false };
        out.tell(symbol, at, heard, None, What::Trade(trade))?;
    }
    Ok(())
}

/// A price, the whole lots there, and their size.
fn top(key: &'static str, fields: &Fields<'_>, out: &mut Out) -> Result<Option<Top>, Fault> {
    let cells = fields.list(key)?;
    let [price, _, qty] = cells[..] else {
        return Err(Fault::new(key, format!("{} cells", cells.len()), "3"));
    };
    let price = out.ruler.price(key, bare(price))?;
    Ok(Some(Top { price, qty: out.ruler.size(key, bare(qty))? }))
}

impl Decode for Kraken {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        if frame.bytes.first() == Some(&b'{') {
            let fields = Fields::of(frame.bytes)?;
            out.skip(match &*fields.text("event")? {
                "heartbeat" => "a heartbeat",
                "systemStatus" | "subscriptionStatus" => "an answer to a command",
                _ => "a message of another kind",
            });
            return Ok(());
        }
        let raw = str::from_utf8(frame.bytes);
        let raw = raw.map_err(|_| Fault::new("frame", "no UTF-8", "an array"))?;
        let parts = list("frame", raw)?;
        let [_, messages @ .., channel, pair] = &parts[..] else {
            let expected = "a channel, messages, a name and an instrument";
            return Err(Fault::new("frame", format!("{} parts", parts.len()), expected).into());
        };
        let [first, ..] = messages else {
            return Err(Fault::new("frame", "no message", "one at least").into());
        };
        let (channel, symbol) = (text("channel", channel)?, out.symbol(&text("pair", pair)?)?);
        match &*channel {
            "trade" => trades(symbol, first, frame.heard, out)?,
            "ticker" => {
                let fields = Fields::inner("ticker", first)?;
                let quote = Quote { bid: top("b", &fields, out)?, ask: top("a", &fields, out)? };
                out.tell(symbol, None, frame.heard, None, What::Quote(quote))?;
            }
            book if book == "book" || book.starts_with("book-") => {
                self.book(symbol, messages, frame.heard, out)?;
            }
            _ => out.skip("a channel of another kind"),
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        self.known.clear();
    }
}
