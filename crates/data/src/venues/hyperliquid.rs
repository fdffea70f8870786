//! Hyperliquid's streams: books told whole each time, as deep as they are shown, and trades.

use crate::capture::json::{Fields, list, side};
use crate::capture::records::{Capture, Decode, Frame, Out, Refusal};
use crate::capture::{SCALE, limits};
use crate::error::{DataError, Fault};
use crate::record::{Depth, Resting, Trade, What};
use std::path::Path;

/// The machine that understands Hyperliquid's frames.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hyperliquid;

impl Hyperliquid {
    /// Opens a recording.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path) -> Result<Capture<Self>, DataError> {
        Capture::open(&[file], Self, SCALE, limits())
    }
}

fn levels(raw: &str, out: &mut Out) -> Result<Vec<Resting>, Fault> {
    let level = |raw: &str| {
        let fields = Fields::inner("levels", raw)?;
        let price = fields.price("px", &mut out.ruler)?;
        let qty = fields.size("sz", &mut out.ruler)?;
        let orders = fields.whole("n")?;
        let refuse = || Fault::new("n", orders.to_string(), "a count of orders");
        Ok(Resting { price, qty, orders: orders.try_into().map_err(|_| refuse())? })
    };
    list("levels", raw)?.into_iter().map(level).collect()
}

impl Decode for Hyperliquid {
    fn hear(&mut self, frame: &Frame<'_>, out: &mut Out) -> Result<(), Refusal> {
        let fields = Fields::of(frame.bytes)?;
        match &*fields.text("channel")? {
            "l2Book" => {
                let data = fields.object("data")?;
                let symbol = out.symbol(&data.text("coin")?)?;
                let sides = data.list("levels")?;
                let [bids, asks] = sides[..] else {
                    let found = format!("{} sides", sides.len());
                    return Err(Fault::new("levels", found, "2").into());
                };
                let (bids, asks) = (levels(bids, out)?, levels(asks, out)?);
                let depth = Depth { bids, asks, whole: true, ..Depth::default() };
                let (at, what) = (Some(data.epoch("time")?), What::Depth(Box::new(depth)));
                out.tell(symbol, at, frame.heard, None, what)?;
            }
            "trades" => {
                for raw in fields.list("data")? {
                    let data = Fields::inner("data", raw)?;
                    let symbol = out.symbol(&data.text("coin")?)?;
                    let price = data.price("px", &mut out.ruler)?;
                    let qty = data.traded("sz", &mut out.ruler)?;
                    // B: the buyer came; A: the seller did.
                    let aggressor = Some(side("side", &data.text("side")?, ["B", "A"])?);
                    let (number, at) = (data.whole("tid")?, Some(data.epoch("time")?));
                    let trade = Trade { price, qty, aggressor, trade: number, cross: false };
                    out.tell(symbol, at, frame.heard, Some(number), What::Trade(trade))?;
                }
            }
            "subscriptionResponse" | "pong" => out.skip("an answer to a command"),
            _ => out.skip("a channel of another kind"),
        }
        Ok(())
    }
}
