//! Recordings of Bitstamp's streams, new and old.
//!
//! Today a frame is an object with its channel: changes of levels (`diff_order_book_…`) with the time in
//! microseconds as their number, trades, orders. The old form has a word before the object:
//! `order_created {…}`, `trade {…}`, `order_book {…}`. The snapshots asked for over HTTP are of the same
//! numbers as the changes; what is not newer than they are is left out.

use super::orders::{Event, Orders};
use crate::binance::sync::{Answer, Rule, Sync, Told};
use crate::capture::json::{Fields, bare};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, Order, Trade, What};
use crate::symbols::SymbolId;
use pitfloor_model::units::Side;
use std::collections::BTreeMap;
use std::path::Path;

/// The machine that understands Bitstamp's frames.
#[derive(Clone, Debug)]
pub struct Bitstamp {
    /// Of which instrument messages of the old form are.
    symbol: String,
    orders: BTreeMap<SymbolId, Orders>,
    books: BTreeMap<SymbolId, Sync<Times>>,
    told: Vec<Told<Times>>,
}

type Times = (Option<Moment>, Option<Moment>);

impl Bitstamp {
    /// A machine that has heard nothing yet; `symbol` is that of messages that name none.
    #[must_use]
    pub fn new(symbol: &str) -> Self {
        let symbol = symbol.to_owned();
        Self { symbol, orders: BTreeMap::new(), books: BTreeMap::new(), told: Vec::new() }
    }

    /// Opens recordings of one session, say the streams and the snapshots that were asked for.
    ///
    /// # Errors
    ///
    /// When one cannot be opened.
    pub fn open(files: &[&Path], symbol: &str) -> Result<Capture<Self>, DataError> {
        Capture::open(files, Self::new(symbol), SCALE, limits())
    }

    /// The book of an instrument; none where no change or snapshot of it was heard.
    #[must_use]
    pub fn book(&self, symbol: SymbolId) -> Option<&Sync<Times>> {
        self.books.get(&symbol)
    }

    fn order(
        &mut self,
        name: &str,
        event: &str,
        fields: &Fields<'_>,
        heard: Option<Moment>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let event = match event {
            "order_created" => Event::Created,
            "order_changed" => Event::Changed,
            _ => Event::Deleted,
        };
        let key =
            if fields.get("microtimestamp").is_some() { "microtimestamp" } else { "datetime" };
        let at = Some(fields.epoch(key)?);
        let side = match bare(fields.need("order_type")?) {
            "0" => Side::Buy,
            "1" => Side::Sell,
            other => return Err(Fault::new("order_type", other, "0 (buy) or 1 (sell)")),
        };
        let (price, qty) =
            (fields.price("price", &mut out.ruler)?, fields.size("amount", &mut out.ruler)?);
        let order = Order { order: fields.whole("id")?, side, price, qty };
        let symbol = out.symbol(name)?;
        match self.orders.entry(symbol).or_default().event(event, order) {
            Ok((what, flags)) => {
                let record = out.tell(symbol, at, heard, None, what)?;
                record.flags = record.flags.and(flags);
            }
            Err(why) => out.skip(why),
        }
        Ok(())
    }

    /// A message of the old form.
    fn old(
        &mut self,
        word: &str,
        object: &str,
        frame: &Frame<'_>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let fields = Fields::of(object.as_bytes())?;
        let name = self.symbol.clone();
        match word {
            "order_created" | "order_changed" | "order_deleted" => {
                self.order(&name, word, &fields, frame.heard, out)
            }
            "trade" => trade(&name, &fields, frame.heard, out),
            "order_book" => {
                let symbol = out.symbol(&name)?;
                let depth = depth(&fields, 0, true, out)?;
                let what = What::Depth(Box::new(depth));
                let record = out.tell(symbol, None, frame.heard, None, what)?;
                record.flags = record.flags.and(Flags::SNAPSHOT);
                Ok(())
            }
            _ => {
                out.skip("a message of another kind");
                Ok(())
            }
        }
    }

    /// A snapshot or a change of levels, numbered by its microsecond.
    fn levels(
        &mut self,
        name: &str,
        fields: &Fields<'_>,
        whole: bool,
        heard: Option<Moment>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let at = fields.epoch("microtimestamp")?;
        let depth = depth(fields, fields.whole("microtimestamp")?, whole, out)?;
        let symbol = out.symbol(name)?;
        let book = self.books.entry(symbol).or_insert_with(|| Sync::new(Rule::Growing));
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

fn depth(fields: &Fields<'_>, number: u64, whole: bool, out: &mut Out) -> Result<Depth, Fault> {
    fields.need("bids")?;
    fields.need("asks")?;
    let bids = fields.levels("bids", &mut out.ruler)?;
    let asks = fields.levels("asks", &mut out.ruler)?;
    Ok(Depth { first: number, last: number, before: None, bids, asks, whole })
}

fn trade(
    name: &str,
    fields: &Fields<'_>,
    heard: Option<Moment>,
    out: &mut Out,
) -> Result<(), Fault> {
    let symbol = out.symbol(name)?;
    let [price, amount] = match fields.get("price_str") {
        Some(_) => ["price_str", "amount_str"],
        None => ["price", "amount"],
    };
    let (price, qty) =
        (fields.price(price, &mut out.ruler)?, fields.traded(amount, &mut out.ruler)?);
    let aggressor = match fields.get("type").map(bare) {
        None => None,
        Some("0") => Some(Side::Buy),
        Some("1") => Some(Side::Sell),
        Some(other) => return Err(Fault::new("type", other, "0 (buy) or 1 (sell)")),
    };
    let number = fields.whole("id")?;
    let at = fields.get("microtimestamp").map(|_| fields.epoch("microtimestamp")).transpose()?;
    let what = What::Trade(Trade { price, qty, aggressor, trade: number, cross: false });
    out.tell(symbol, at, heard, Some(number), what)?;
    Ok(())
}

impl Decode for Bitstamp {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        if frame.bytes.first().is_some_and(u8::is_ascii_lowercase) {
            let text = str::from_utf8(frame.bytes);
            let text = text.map_err(|_| Fault::new("frame", "no UTF-8", "a word and an object"))?;
            let split = text.split_once(' ');
            let (word, object) =
                split.ok_or_else(|| Fault::new("frame", text, "a word and an object"))?;
            return Ok(self.old(word, object, frame, out)?);
        }
        let fields = Fields::of(frame.bytes)?;
        if let Some(url) = frame.url {
            let Some((_, name)) = url.split_once("/order_book/") else {
                out.skip("an answer that is no book");
                return Ok(());
            };
            return Ok(self.levels(name.trim_end_matches('/'), &fields, true, frame.heard, out)?);
        }
        let (event, channel) = (fields.text("event")?, fields.word("channel"));
        match &*event {
            "data" => match channel.strip_prefix("diff_order_book_") {
                Some(name) => {
                    self.levels(name, &fields.object("data")?, false, frame.heard, out)?
                }
                None => out.skip("a channel of another kind"),
            },
            "trade" => {
                let name = channel.strip_prefix("live_trades_").unwrap_or_default();
                trade(name, &fields.object("data")?, frame.heard, out)?;
            }
            "order_created" | "order_changed" | "order_deleted" => {
                let name = channel.strip_prefix("live_orders_").unwrap_or_default();
                self.order(name, &event, &fields.object("data")?, frame.heard, out)?;
            }
            _ => out.skip("an answer to a command"),
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        for book in self.books.values_mut() {
            book.reconnected();
        }
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Refusal> {
        for (symbol, book) in &self.books {
            let tally = book.tally();
            if tally.heard > 0 && tally.books == 0 {
                let found = format!("none of {}", out.symbols.get(*symbol).name);
                return Err(Fault::new("snapshot", found, "one, asked for over HTTP").into());
            }
            let mut skip = |why: &'static str, count: u64| {
                if count > 0 {
                    *out.count.skipped.entry(why).or_default() += count;
                }
            };
            skip("a change that the snapshot holds", tally.dropped);
            skip("a change that was applied before", tally.repeated);
            skip("a change in a gap", book.waiting() as u64 + tally.overflowed);
            skip("a change that crosses the book", tally.crossed);
        }
        Ok(())
    }
}
