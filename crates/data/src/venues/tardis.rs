//! Tables in the form of Tardis: `exchange,symbol,timestamp,local_timestamp,…`, both times in
//! microseconds, of trades, quotes, changes of levels, or whole books of some depth.
//!
//! An instrument is named as it is with its exchange before it: `deribit:BTC-PERPETUAL`.

use crate::capture::records::{Out, Refusal};
use crate::capture::sheet::{ReadRow, Sheet, column};
use crate::capture::{SCALE, epoch, json, shown};
use crate::error::{DataError, Fault};
use crate::opening::Limits;
use crate::record::{Depth, Flags, Moment, Quote, Resting, Top, Trade, What};
use crate::symbols::SymbolId;
use pitfloor_model::units::Side;
use std::path::Path;

/// Understands the rows.
#[derive(Clone, Debug, Default)]
pub struct Tardis {
    /// Exchange, symbol, the venue's time, the recorder's.
    head: [usize; 4],
    kind: Kind,
    /// The message that is being put together of rows of levels.
    open: Option<(SymbolId, Moment, Moment, Depth)>,
}

/// What a table tells, and where its columns are.
#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    Unknown,
    /// Side, price, amount.
    Trades([usize; 3]),
    /// Ask's amount and price, bid's price and amount.
    Quotes([usize; 4]),
    /// Whether it is a snapshot, side, price, amount.
    Levels([usize; 4]),
    /// Of each level: ask's price and amount, bid's price and amount.
    Books(Vec<[usize; 4]>),
}

/// The most rows of one message.
pub const ROWS_MAX: usize = 1 << 20;

impl Tardis {
    /// Opens a table; its columns tell what it holds.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or read, or its columns are of none of these tables.
    pub fn open(file: &Path) -> Result<Sheet<Self>, DataError> {
        Sheet::open(file, Self::default(), SCALE, Limits::default())
    }

    fn close(&mut self, out: &mut Out) -> Result<(), Fault> {
        let Some((symbol, at, heard, depth)) = self.open.take() else { return Ok(()) };
        let whole = depth.whole;
        let what = What::Depth(Box::new(depth));
        let record = out.tell(symbol, Some(at), Some(heard), None, what)?;
        if whole {
            record.flags = record.flags.and(Flags::SNAPSHOT);
        }
        Ok(())
    }

    fn level(
        &mut self,
        (symbol, at, heard): (SymbolId, Moment, Moment),
        whole: bool,
        side: Side,
        level: Resting,
        out: &mut Out,
    ) -> Result<(), Fault> {
        let same = self.open.as_ref().is_some_and(|(known, when, local, depth)| {
            (*known, *when, *local, depth.whole) == (symbol, at, heard, whole)
        });
        if !same {
            self.close(out)?;
            self.open = Some((symbol, at, heard, Depth { whole, ..Depth::default() }));
        }
        let (.., depth) = self.open.as_mut().expect("a message is open");
        let levels = match side {
            Side::Buy => &mut depth.bids,
            Side::Sell => &mut depth.asks,
        };
        if levels.len() == ROWS_MAX {
            return Err(Fault::new("rows of a message", "one more", format!("at most {ROWS_MAX}")));
        }
        levels.push(level);
        Ok(())
    }
}

fn kind(names: &[&str]) -> Result<Kind, Fault> {
    let all = |wanted: [&'static str; 4]| -> Result<[usize; 4], Fault> {
        let [a, b, c, d] = wanted.map(|name| column(names, name));
        Ok([a?, b?, c?, d?])
    };
    let has = |name: &str| names.contains(&name);
    if has("is_snapshot") {
        return all(["is_snapshot", "side", "price", "amount"]).map(Kind::Levels);
    }
    if has("asks[0].price") {
        let place = |name: String| names.iter().position(|found| *found == name);
        let level = |depth: usize| {
            let of = |what: &str| place(format!("{}[{depth}].{}", &what[..4], &what[5..]));
            Some([of("asks.price")?, of("asks.amount")?, of("bids.price")?, of("bids.amount")?])
        };
        return Ok(Kind::Books((0..).map_while(level).collect()));
    }
    if has("ask_price") {
        return all(["ask_amount", "ask_price", "bid_price", "bid_amount"]).map(Kind::Quotes);
    }
    let [side, price, amount, _] = all(["side", "price", "amount", "id"])?;
    Ok(Kind::Trades([side, price, amount]))
}

/// A price with its size; none where both are left out.
fn resting(price: &str, amount: &str, out: &mut Out) -> Result<Option<Resting>, Fault> {
    if price.is_empty() && amount.is_empty() {
        return Ok(None);
    }
    let price = out.ruler.signed_price("price", price)?;
    Ok(Some(Resting { price, qty: out.ruler.size("amount", amount)?, orders: 0 }))
}

impl ReadRow for Tardis {
    fn begin(&mut self, names: &[&str]) -> Result<(), Refusal> {
        const HEAD: [&str; 4] = ["exchange", "symbol", "timestamp", "local_timestamp"];
        for (place, name) in self.head.iter_mut().zip(HEAD) {
            *place = column(names, name)?;
        }
        self.kind = kind(names)?;
        Ok(())
    }

    fn row(&mut self, cells: &[&str], out: &mut Out) -> Result<(), Refusal> {
        let [exchange, symbol, at, heard] = self.head.map(|place| cells[place]);
        let symbol = out.symbol(&format!("{exchange}:{symbol}"))?;
        let (at, heard) = (epoch("timestamp", at)?, epoch("local_timestamp", heard)?);
        match &self.kind {
            Kind::Unknown => unreachable!("the columns came first"),
            Kind::Trades(places) => {
                let [side, price, amount] = places.map(|place| cells[place]);
                let aggressor = match side {
                    "unknown" => None,
                    side => Some(json::side("side", side, ["buy", "sell"])?),
                };
                let price = out.ruler.signed_price("price", price)?;
                let qty = out.ruler.traded("amount", amount)?;
                let trade = Trade { price, qty, aggressor, trade: 0, cross: false };
                out.tell(symbol, Some(at), Some(heard), None, What::Trade(trade))?;
            }
            Kind::Quotes(places) => {
                let [ask_size, ask, bid, bid_size] = places.map(|place| cells[place]);
                let top = |level: Resting| Top { price: level.price, qty: level.qty };
                let bid = resting(bid, bid_size, out)?.map(top);
                let ask = resting(ask, ask_size, out)?.map(top);
                let what = What::Quote(Quote { bid, ask });
                out.tell(symbol, Some(at), Some(heard), None, what)?;
            }
            Kind::Levels(places) => {
                let [whole, side, price, amount] = places.map(|place| cells[place]);
                let whole = match whole {
                    "true" => true,
                    "false" => false,
                    _ => {
                        let fault = Fault::new("is_snapshot", shown(whole), "true or false");
                        return Err(fault.into());
                    }
                };
                let side = json::side("side", side, ["bid", "ask"])?;
                let level = resting(price, amount, out)?;
                let level = level.ok_or_else(|| Fault::new("price", "nothing", "a price"))?;
                self.level((symbol, at, heard), whole, side, level, out)?;
            }
            Kind::Books(levels) => {
                let mut depth = Depth { whole: true, ..Depth::default() };
                for places in levels {
                    let [ask, ask_size, bid, bid_size] = places.map(|place| cells[place]);
                    depth.asks.extend(resting(ask, ask_size, out)?);
                    depth.bids.extend(resting(bid, bid_size, out)?);
                }
                let what = What::Depth(Box::new(depth));
                out.tell(symbol, Some(at), Some(heard), None, what)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out) -> Result<(), Refusal> {
        Ok(self.close(out)?)
    }
}
