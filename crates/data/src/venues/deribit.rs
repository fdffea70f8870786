//! Deribit's subscriptions: books whose changes are chained by number, tickers, trades.

use crate::binance::sync::{Answer, Rule, Sync, Told};
use crate::capture::json::{Fields, bare, side};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits, shown};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, Quote, Resting, Top, Trade, What};
use crate::symbols::SymbolId;
use std::collections::BTreeMap;
use std::path::Path;

/// The machine that understands Deribit's frames.
#[derive(Clone, Debug, Default)]
pub struct Deribit {
    books: BTreeMap<SymbolId, Sync<Times>>,
    told: Vec<Told<Times>>,
}

type Times = (Option<Moment>, Option<Moment>);

impl Deribit {
    /// Opens a recording.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        Capture::open(&[file], Self::default(), SCALE, limits())
    }

    fn book(
        &mut self,
        data: &Fields<'_>,
        heard: Option<Moment>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let symbol = out.symbol(&data.text("instrument_name")?)?;
        let (at, number) = (data.epoch("timestamp")?, data.whole("change_id")?);
        let whole = match data.get("type").map(bare) {
            Some("snapshot") => true,
            Some("change") => false,
            // Books grouped by price are told whole each time, and do not say so.
            None => true,
            Some(other) => return Err(Fault::new("type", shown(other), "snapshot or change")),
        };
        let before = (!whole).then(|| data.whole("prev_change_id")).transpose()?;
        let (bids, asks) = (levels("bids", data, out)?, levels("asks", data, out)?);
        let first = before.unwrap_or(number);
        let depth = Depth { first, last: number, before, bids, asks, whole };
        let book = self.books.entry(symbol).or_insert_with(|| Sync::new(Rule::Futures));
        if whole {
            match book.snapshot(depth, (Some(at), heard), &mut self.told) {
                Answer::Book => {}
                Answer::TooOld => out.skip("a snapshot older than the changes that wait"),
                Answer::NotNeeded => out.skip("a snapshot older than the book"),
            }
        } else {
            book.change(depth, (Some(at), heard), &mut self.told);
        }
        for told in self.told.drain(..) {
            match told {
                Told::Book(depth, (at, heard)) | Told::Change(depth, (at, heard)) => {
                    let (seq, whole) = (Some(depth.last), depth.whole);
                    let record = out.tell(symbol, at, heard, seq, What::Depth(Box::new(depth)))?;
                    if whole {
                        record.flags = record.flags.and(Flags::SNAPSHOT);
                    }
                }
                Told::Gap { from, to, tag: (at, heard) } => {
                    out.tell(symbol, at, heard, Some(from), What::Gap { from, to })?;
                }
            }
        }
        Ok(())
    }
}

/// Rows of what became of a level, its price and its size; of grouped books without the first.
/// Combinations of contracts may cost less than nothing.
fn levels(key: &'static str, data: &Fields<'_>, out: &mut Out) -> Result<Vec<Resting>, Fault> {
    data.need(key)?;
    let level = |row: &crate::capture::json::Row<'_>| {
        let worded = ["new", "change", "delete"].contains(&row.cell(key, 0)?);
        let place = usize::from(worded);
        let price = out.ruler.signed_price(key, row.cell(key, place)?)?;
        let qty = out.ruler.size(key, row.cell(key, place + 1)?)?;
        let gone = worded && row.cell(key, 0)? == "delete";
        Ok(Resting { price, qty: if gone { 0 } else { qty }, orders: 0 })
    };
    data.rows(key)?.iter().map(level).collect()
}

/// A side without orders has the price 0.
fn top(
    price: &'static str,
    size: &'static str,
    data: &Fields<'_>,
    out: &mut Out,
) -> Result<Option<Top>, Fault> {
    let Some(raw) = data.get(price) else { return Ok(None) };
    let (price, qty) =
        (out.ruler.signed_price(price, bare(raw))?, data.size(size, &mut out.ruler)?);
    Ok((price != 0 || qty != 0).then_some(Top { price, qty }))
}

fn trade(data: &Fields<'_>, heard: Option<Moment>, out: &mut Out) -> Result<(), Fault> {
    let symbol = out.symbol(&data.text("instrument_name")?)?;
    let price = out.ruler.signed_price("price", bare(data.need("price")?))?;
    let qty = data.traded("amount", &mut out.ruler)?;
    let aggressor = Some(side("direction", &data.text("direction")?, ["buy", "sell"])?);
    let (at, seq) = (Some(data.epoch("timestamp")?), data.whole("trade_seq")?);
    let trade = Trade { price, qty, aggressor, trade: seq, cross: false };
    out.tell(symbol, at, heard, Some(seq), What::Trade(trade))?;
    Ok(())
}

impl Decode for Deribit {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        if fields.word("method") != "subscription" {
            out.skip("an answer to a command");
            return Ok(());
        }
        let params = fields.object("params")?;
        let channel = params.text("channel")?;
        match channel.split('.').next().unwrap_or_default() {
            "book" => self.book(&params.object("data")?, frame.heard, out)?,
            "ticker" | "quote" => {
                let data = params.object("data")?;
                let symbol = out.symbol(&data.text("instrument_name")?)?;
                let bid = top("best_bid_price", "best_bid_amount", &data, out)?;
                let ask = top("best_ask_price", "best_ask_amount", &data, out)?;
                let at = Some(data.epoch("timestamp")?);
                out.tell(symbol, at, frame.heard, None, What::Quote(Quote { bid, ask }))?;
            }
            "trades" => {
                for raw in params.list("data")? {
                    trade(&Fields::inner("data", raw)?, frame.heard, out)?;
                }
            }
            _ => out.skip("a channel of another kind"),
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        self.books.clear();
    }
}
