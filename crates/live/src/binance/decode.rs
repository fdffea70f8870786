//! What Binance's stream messages say, made into records. Figures are texts, times milliseconds or
//! microseconds.

use crate::message::{Field, Message, Reject};
use crate::moment::Told;
use crate::post::{Post, TradeName};
use crate::told::More;
use pitfloor_data::record::{Bar, BarMore, Depth, Quote, Resting, Top, Trade, What};
use pitfloor_data::symbols::Scale;
use pitfloor_model::units::Side;

/// What prices and sizes mean: billionths and hundred-millionths.
pub const SCALE: Scale = Scale { price: -9, size: -8 };

const PRICE: u32 = 9;
const SIZE: u32 = 8;

/// Reads one payload of the stream `stream` (empty where it is not told) and tells what it says.
///
/// # Errors
///
/// When a field that is needed is missing or holds something else; nothing was told then.
pub fn read(stream: &str, message: &Message<'_>, post: &mut Post) -> Result<(), Reject> {
    let kind = message.words("e");
    match kind.as_str() {
        "trade" | "aggTrade" => trade(&kind, message, post),
        "depthUpdate" => changes(message, post),
        "kline" => kline(message, post),
        "bookTicker" | "" if message.get("u").is_some() => quote(message, post),
        "" if message.get("lastUpdateId").is_some() => partial(stream, message, post),
        _ => {
            post.unknown(if kind.is_empty() { stream } else { &kind });
            Ok(())
        }
    }
}

fn size(field: Field<'_>) -> Option<u64> {
    u64::try_from(field.decimal(SIZE)?).ok()
}

fn number(message: &Message<'_>, name: &'static str) -> Result<u64, Reject> {
    message.need(name, "a number", |field| u64::try_from(field.integer()?).ok())
}

fn at(message: &Message<'_>, name: &'static str) -> Result<Option<Told>, Reject> {
    message.need(name, "a time", Field::moment).map(Some)
}

fn trade(kind: &str, message: &Message<'_>, post: &mut Post) -> Result<(), Reject> {
    let channel = if kind == "trade" { "trade" } else { "aggTrade" };
    let (price, qty) = (message.decimal("p", PRICE)?, message.size("q", SIZE)?);
    let trade = number(message, if kind == "trade" { "t" } else { "a" })?;
    // Whose order was there first: the buyer's, so a seller came.
    let buyer_was_there = message.need("m", "true or false", Field::flag)?;
    let at = at(message, "T")?;
    let symbol = post.symbol(&message.text("s")?, SCALE)?;
    let market = message.words("X");
    if !market.is_empty() && market != "MARKET" {
        post.counters.not_market += 1;
        return Ok(());
    }
    let name = TradeName { symbol, exchange: channel.to_owned(), id: trade.to_string() };
    if !post.first_time(name) {
        return Ok(());
    }
    let aggressor = Some(if buyer_was_there { Side::Sell } else { Side::Buy });
    let mut more = More::default();
    for name in ["f", "l"] {
        if message.get(name).is_some() {
            more.words.push((name, message.words(name)));
        }
    }
    let told = Trade { price, qty, aggressor, trade, cross: false };
    post.tell(symbol, channel, at, What::Trade(told), more);
    Ok(())
}

fn quote(message: &Message<'_>, post: &mut Post) -> Result<(), Reject> {
    let side = |price: &'static str, qty: &'static str| {
        let (price, qty) = (message.decimal(price, PRICE)?, message.size(qty, SIZE)?);
        Ok::<_, Reject>((price != 0 && qty != 0).then_some(Top { price, qty }))
    };
    let quote = Quote { bid: side("b", "B")?, ask: side("a", "A")? };
    let at = message.may("E", "a time", Field::moment)?;
    let id = number(message, "u")?;
    let symbol = post.symbol(&message.text("s")?, SCALE)?;
    let words = vec![("u", id.to_string())];
    post.tell(symbol, "bookTicker", at, What::Quote(quote), More { words, ..More::default() });
    Ok(())
}

fn changes(message: &Message<'_>, post: &mut Post) -> Result<(), Reject> {
    let before = message.may("pu", "a number", |field| u64::try_from(field.integer()?).ok())?;
    let depth = Depth {
        first: number(message, "U")?,
        last: number(message, "u")?,
        before,
        bids: levels(message, "b")?,
        asks: levels(message, "a")?,
        whole: false,
    };
    let at = at(message, "E")?;
    let symbol = post.symbol(&message.text("s")?, SCALE)?;
    post.tell(symbol, "depth", at, What::Depth(Box::new(depth)), More::default());
    Ok(())
}

/// A few levels that are the whole of what is shown; only the stream says of which instrument.
fn partial(stream: &str, message: &Message<'_>, post: &mut Post) -> Result<(), Reject> {
    let name = stream.split('@').next().filter(|name| !name.is_empty());
    let name =
        name.ok_or_else(|| Reject::new("stream", stream, "a stream that names its instrument"))?;
    let last = number(message, "lastUpdateId")?;
    let (bids, asks) = (levels(message, "bids")?, levels(message, "asks")?);
    let depth = Depth { first: last, last, before: None, bids, asks, whole: true };
    let symbol = post.symbol(&name.to_uppercase(), SCALE)?;
    post.tell(symbol, "partial", None, What::Depth(Box::new(depth)), More::default());
    Ok(())
}

fn levels(message: &Message<'_>, name: &'static str) -> Result<Vec<Resting>, Reject> {
    let (mut levels, mut good) = (Vec::new(), true);
    let list = message.need(name, "a list of prices and sizes", Some)?.each(&mut |item| {
        let mut pair = Vec::new();
        item.each(&mut |figure| {
            if pair.len() < 3 {
                pair.push(figure);
            }
        });
        let level = match pair[..] {
            [price, qty] => price.decimal(PRICE).zip(size(qty)),
            _ => None,
        };
        good &= level.is_some();
        levels.extend(level.map(|(price, qty)| Resting { price, qty, orders: 0 }));
    });
    if list && good {
        Ok(levels)
    } else {
        Err(Reject::new(name, "no such list", "prices and sizes"))
    }
}

fn kline(message: &Message<'_>, post: &mut Post) -> Result<(), Reject> {
    let bar = message.need("k", "an object", Some)?.message()?;
    let (start, end) = (at(&bar, "t")?, at(&bar, "T")?);
    let span_ns = match (start, end) {
        // The venue names the last millisecond of the bar, or the last microsecond.
        (Some(Told::At(start)), Some(Told::At(end))) if end > start => {
            end.0.abs_diff(start.0).next_multiple_of(1_000_000_000)
        }
        _ => return Err(Reject::new("k", "no span", "a start and an end")),
    };
    let more = BarMore {
        count: bar.may("n", "a count", |n| u64::try_from(n.integer()?).ok())?,
        turnover: bar.may("q", "a sum", |q| q.rounded(PRICE))?.map(i128::from),
        bought: bar.may("V", "a size", size)?,
        ..BarMore::default()
    };
    let what = What::Bar(Bar {
        open: bar.decimal("o", PRICE)?,
        high: bar.decimal("h", PRICE)?,
        low: bar.decimal("l", PRICE)?,
        close: bar.decimal("c", PRICE)?,
        volume: Some(bar.size("v", SIZE)?),
        span_ns,
        more: Some(Box::new(more)),
    });
    let closed = bar.need("x", "true or false", Field::flag)?;
    let symbol = post.symbol(&message.text("s")?, SCALE)?;
    let words = vec![("i", bar.words("i")), ("x", closed.to_string())];
    post.tell(symbol, "kline", start, what, More { words, revises: !closed, ..More::default() });
    Ok(())
}
