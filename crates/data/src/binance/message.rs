//! The frames of Binance's streams and the answers of its REST interface.

use crate::capture::Ruler;
use crate::capture::json::{Fields, text};
use crate::error::Fault;
use crate::record::{Bar, BarMore, Depth, Moment, Quote, Top, Trade};
use pitfloor_model::units::Side;
use std::borrow::Cow;

/// What a frame says.
#[derive(Clone, Debug, PartialEq)]
pub enum Message<'a> {
    /// Levels changed.
    Change {
        /// Of which book.
        symbol: Cow<'a, str>,
        /// When.
        at: Moment,
        /// What.
        depth: Depth,
    },
    /// The whole book, as deep as it was asked for.
    Snapshot {
        /// Of which book, where the answer says it.
        symbol: Option<Cow<'a, str>>,
        /// When, where the answer says it.
        at: Option<Moment>,
        /// The book; its number is [`Depth::last`].
        depth: Depth,
    },
    /// The best prices.
    Best {
        /// Of which book.
        symbol: Cow<'a, str>,
        /// When, where the stream says it: spot does not.
        at: Option<Moment>,
        /// The number of the change after which they were the best.
        update: u64,
        /// The prices.
        quote: Quote,
    },
    /// A trade, or all trades of one taker at one price.
    Trade {
        /// Of which instrument.
        symbol: Cow<'a, str>,
        /// When.
        at: Moment,
        /// What.
        trade: Trade,
    },
    /// A closed bar.
    Bar {
        /// Of which instrument.
        symbol: Cow<'a, str>,
        /// When it began.
        at: Moment,
        /// The bar.
        bar: Bar,
    },
    /// Something that is no record, and why.
    Other(&'static str),
}

/// What the frame `bytes` says.
pub(crate) fn read<'a>(bytes: &'a [u8], ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    let outer = Fields::of(bytes)?;
    let (stream, fields) = match outer.get("data") {
        Some(data) if data.starts_with('[') => return Ok(Message::Other("a list of tickers")),
        Some(data) => (outer.word("stream"), Fields::inner("data", data)?),
        None => (Cow::Borrowed(""), outer),
    };
    let Some(kind) = fields.get("e") else { return unnamed(&stream, &fields, ruler) };
    match &*text("e", kind)? {
        "depthUpdate" => change(&fields, ruler),
        "trade" | "aggTrade" => trade(&fields, ruler),
        "bookTicker" => best(&fields, ruler),
        "kline" => bar(&fields, ruler),
        "serverShutdown" => Ok(Message::Other("the venue shuts down")),
        "24hrTicker" | "24hrMiniTicker" => Ok(Message::Other("a ticker of the day")),
        "markPriceUpdate" => Ok(Message::Other("a mark price")),
        "forceOrder" => Ok(Message::Other("a liquidation order")),
        _ => Ok(Message::Other("a message of another kind")),
    }
}

/// Messages that do not say what they are: by their fields.
fn unnamed<'a>(stream: &str, fields: &Fields<'a>, ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    if fields.get("lastUpdateId").is_some() {
        if stream.contains("@depth") {
            return Ok(Message::Other("a partial book, which is not numbered"));
        }
        return snapshot(fields, ruler);
    }
    if fields.get("u").is_some() && fields.get("b").is_some() {
        return best(fields, ruler);
    }
    if fields.get("id").is_some() || fields.get("code").is_some() {
        return Ok(Message::Other("an answer to a command"));
    }
    Ok(Message::Other("a message of another kind"))
}

/// On futures an event was sent some time after it took place, and says both.
fn when(fields: &Fields<'_>) -> Result<Option<Moment>, Fault> {
    match (fields.get("T"), fields.get("E")) {
        (Some(_), _) => fields.epoch("T").map(Some),
        (None, Some(_)) => fields.epoch("E").map(Some),
        (None, None) => Ok(None),
    }
}

fn change<'a>(fields: &Fields<'a>, ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    let at = when(fields)?.ok_or_else(|| Fault::new("E", "nothing", "a time"))?;
    let (first, last) = (fields.whole("U")?, fields.whole("u")?);
    if first > last {
        let expected = format!("at most u, which is {last}");
        return Err(Fault::new("U", first.to_string(), expected));
    }
    let before = fields.get("pu").map(|_| fields.whole("pu")).transpose()?;
    let (bids, asks) = sides(fields, "b", "a", ruler)?;
    let depth = Depth { first, last, before, bids, asks, whole: false };
    Ok(Message::Change { symbol: fields.text("s")?, at, depth })
}

fn snapshot<'a>(fields: &Fields<'a>, ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    let last = fields.whole("lastUpdateId")?;
    let (bids, asks) = sides(fields, "bids", "asks", ruler)?;
    let depth = Depth { first: last, last, before: None, bids, asks, whole: true };
    let symbol = fields.get("symbol").map(|raw| text("symbol", raw)).transpose()?;
    Ok(Message::Snapshot { symbol, at: when(fields)?, depth })
}

type Sides = (Vec<crate::record::Resting>, Vec<crate::record::Resting>);

fn sides(
    fields: &Fields<'_>,
    bids: &'static str,
    asks: &'static str,
    ruler: &mut Ruler,
) -> Result<Sides, Fault> {
    fields.need(bids)?;
    fields.need(asks)?;
    Ok((fields.levels(bids, ruler)?, fields.levels(asks, ruler)?))
}

fn best<'a>(fields: &Fields<'a>, ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    let bid = Top { price: fields.price("b", ruler)?, qty: fields.size("B", ruler)? };
    let ask = Top { price: fields.price("a", ruler)?, qty: fields.size("A", ruler)? };
    let quote = Quote { bid: Some(bid), ask: Some(ask) };
    let (symbol, update) = (fields.text("s")?, fields.whole("u")?);
    Ok(Message::Best { symbol, at: when(fields)?, update, quote })
}

fn trade<'a>(fields: &Fields<'a>, ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    if !["", "MARKET"].contains(&&*fields.word("X")) {
        return Ok(Message::Other("a trade that is none of the market"));
    }
    let number = if fields.get("a").is_some() { "a" } else { "t" };
    // The buyer was the maker: so the seller came.
    let aggressor = if fields.truth("m")? { Side::Sell } else { Side::Buy };
    let (price, qty) = (fields.price("p", ruler)?, fields.traded("q", ruler)?);
    let trade = fields.whole(number)?;
    let trade = Trade { price, qty, aggressor: Some(aggressor), trade, cross: false };
    Ok(Message::Trade { symbol: fields.text("s")?, at: fields.epoch("T")?, trade })
}

fn bar<'a>(fields: &Fields<'a>, ruler: &mut Ruler) -> Result<Message<'a>, Fault> {
    let bar = fields.object("k")?;
    if !bar.truth("x")? {
        return Ok(Message::Other("a bar that is not closed"));
    }
    let (at, end) = (bar.epoch("t")?, bar.epoch("T")?);
    let (open, high) = (bar.price("o", ruler)?, bar.price("h", ruler)?);
    let (low, close) = (bar.price("l", ruler)?, bar.price("c", ruler)?);
    if low > open.min(close) || high < open.max(close) || end < at {
        let found = format!("{open}, {high}, {low}, {close}");
        return Err(Fault::new("k", found, "all between low and high"));
    }
    let more = BarMore {
        count: Some(bar.whole("n")?),
        bought: Some(bar.size("V", ruler)?),
        ..BarMore::default()
    };
    // The end is told as the last millisecond that belongs to it.
    let span_ns = (end.0 - at.0).unsigned_abs() + 1_000_000;
    let (volume, more) = (Some(bar.size("v", ruler)?), Some(Box::new(more)));
    let bar = Bar { open, high, low, close, volume, span_ns, more };
    Ok(Message::Bar { symbol: fields.text("s")?, at, bar })
}
