//! Recordings of Coinbase's streams: the exchange's own form, and the one of its newer interface.

use crate::capture::json::{Fields, Row, across, rows, side};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits, rfc3339};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Flags, Moment, Quote, Resting, Top, Trade, What};
use crate::symbols::SymbolId;
use pitfloor_model::units::Side;
use std::collections::BTreeSet;
use std::path::Path;

/// The machine that understands Coinbase's frames.
#[derive(Clone, Debug, Default)]
pub struct Coinbase {
    /// Of which instruments the whole book was told since the last connection.
    known: BTreeSet<SymbolId>,
}

impl Coinbase {
    /// Opens a recording.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        Capture::open(&[file], Self::default(), SCALE, limits())
    }

    fn depth(
        &mut self,
        symbol: SymbolId,
        at: Option<Moment>,
        heard: Option<Moment>,
        depth: Depth,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let whole = depth.whole;
        if whole {
            self.known.insert(symbol);
        } else if !self.known.contains(&symbol) {
            out.skip("a change before the whole book");
            return Ok(());
        }
        let record = out.tell(symbol, at, heard, None, What::Depth(Box::new(depth)))?;
        if whole {
            record.flags = record.flags.and(Flags::SNAPSHOT);
        }
        Ok(())
    }

    /// One event of the newer form's book.
    fn updates(
        &mut self,
        event: &Fields<'_>,
        frame: &Frame<'_>,
        at: Moment,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let whole = match &*event.text("type")? {
            "snapshot" => true,
            "update" => false,
            other => return Err(Fault::new("type", other, "snapshot or update")),
        };
        let symbol = out.symbol(&event.text("product_id")?)?;
        let mut depth = Depth { whole, ..Depth::default() };
        for raw in event.list("updates")? {
            let update = Fields::inner("updates", raw)?;
            let price = update.price("price_level", &mut out.ruler)?;
            let qty = update.size("new_quantity", &mut out.ruler)?;
            let level = Resting { price, qty, orders: 0 };
            match side("side", &update.text("side")?, ["bid", "offer"])? {
                Side::Buy => depth.bids.push(level),
                Side::Sell => depth.asks.push(level),
            }
        }
        self.depth(symbol, Some(at), frame.heard, depth, out)
    }

    /// A frame of the newer form.
    fn newer(
        &mut self,
        channel: &str,
        fields: &Fields<'_>,
        frame: &Frame<'_>,
        out: &mut Out,
    ) -> Result<(), Fault> {
        if !["l2_data", "market_trades"].contains(&channel) {
            out.skip("a channel of another kind");
            return Ok(());
        }
        let at = fields.rfc3339("timestamp")?;
        for raw in fields.list("events")? {
            let event = Fields::inner("events", raw)?;
            if channel == "l2_data" {
                self.updates(&event, frame, at, out)?;
                continue;
            }
            let old = event.word("type") == "snapshot";
            for raw in event.list("trades")? {
                let trade = Fields::inner("trades", raw)?;
                // Here the side is that of the taker.
                let taker = side("side", &trade.text("side")?, ["BUY", "SELL"])?;
                tell_trade(&trade, taker, old, frame.heard, out)?;
            }
        }
        Ok(())
    }
}

fn tell_trade(
    fields: &Fields<'_>,
    aggressor: Side,
    old: bool,
    heard: Option<Moment>,
    out: &mut Out,
) -> Result<(), Fault> {
    let symbol = out.symbol(&fields.text("product_id")?)?;
    let (price, qty) =
        (fields.price("price", &mut out.ruler)?, fields.traded("size", &mut out.ruler)?);
    let number = fields.whole("trade_id")?;
    let at = Some(rfc3339("time", &fields.text("time")?)?);
    let trade = Trade { price, qty, aggressor: Some(aggressor), trade: number, cross: false };
    let record = out.tell(symbol, at, heard, Some(number), What::Trade(trade))?;
    if old {
        record.flags = record.flags.and(Flags::SNAPSHOT);
    }
    Ok(())
}

/// Changes are rows of a side, a price and a size.
fn changes(rows: &[Row<'_>], out: &mut Out) -> Result<Depth, Fault> {
    let mut depth = Depth::default();
    for row in rows {
        let price = out.ruler.price("changes", row.cell("changes", 1)?)?;
        let qty = out.ruler.size("changes", row.cell("changes", 2)?)?;
        let level = Resting { price, qty, orders: 0 };
        match side("changes", row.cell("changes", 0)?, ["buy", "sell"])? {
            Side::Buy => depth.bids.push(level),
            Side::Sell => depth.asks.push(level),
        }
    }
    Ok(depth)
}

impl Decode for Coinbase {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        if fields.get("channel").is_some() && fields.get("type").is_none() {
            let channel = fields.text("channel")?;
            return Ok(self.newer(&channel, &fields, frame, out)?);
        }
        let kind = fields.text("type")?;
        match &*kind {
            "snapshot" => {
                let symbol = out.symbol(&fields.text("product_id")?)?;
                let bids = fields.levels("bids", &mut out.ruler)?;
                let asks = fields.levels("asks", &mut out.ruler)?;
                let depth = Depth { bids, asks, whole: true, ..Depth::default() };
                self.depth(symbol, None, frame.heard, depth, out)?;
            }
            "l2update" => {
                let symbol = out.symbol(&fields.text("product_id")?)?;
                let depth = changes(&rows("changes", fields.need("changes")?)?, out)?;
                self.depth(symbol, Some(fields.rfc3339("time")?), frame.heard, depth, out)?;
            }
            "match" | "last_match" => {
                // The side told is the maker's.
                let maker = side("side", &fields.text("side")?, ["buy", "sell"])?;
                tell_trade(&fields, across(maker), &*kind == "last_match", frame.heard, out)?;
            }
            "ticker" => {
                let symbol = out.symbol(&fields.text("product_id")?)?;
                let bid = Top { price: fields.price("best_bid", &mut out.ruler)?, qty: 0 };
                let ask = Top { price: fields.price("best_ask", &mut out.ruler)?, qty: 0 };
                let quote = Quote { bid: Some(bid), ask: Some(ask) };
                let (seq, at) = (fields.whole("sequence")?, fields.rfc3339("time")?);
                out.tell(symbol, Some(at), frame.heard, Some(seq), What::Quote(quote))?;
            }
            "error" => out.skip("an error that the venue told"),
            "subscriptions" | "heartbeat" | "status" => out.skip("an answer to a command"),
            _ => out.skip("a message of another kind"),
        }
        Ok(())
    }

    fn connected(&mut self, _out: &mut Out) {
        self.known.clear();
    }
}
