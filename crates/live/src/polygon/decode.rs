//! What Polygon's messages say, made into records. Letters mean other things in other types, so each
//! type is read by itself.

use super::session::Settings;
use crate::message::{Field, Message, Reject};
use crate::moment::Told;
use crate::post::{Post, TradeName};
use crate::told::More;
use pitfloor_data::record::{
    Bar, BarMore, Depth, Imbalance, Moment, Quote, Resting, State, Status, Top, Trade, What,
};
use pitfloor_data::symbols::SymbolId;
use pitfloor_model::units::Side;
use std::collections::HashMap;

/// The types that are known, as the venue writes them, and the field that names the instrument.
pub const KINDS: [(&str, &str); 18] = [
    ("T", "sym"),
    ("Q", "sym"),
    ("A", "sym"),
    ("AM", "sym"),
    ("LULD", "T"),
    ("NOI", "T"),
    ("XT", "pair"),
    ("XQ", "pair"),
    ("XL2", "pair"),
    ("XA", "pair"),
    ("XAS", "pair"),
    ("C", "p"),
    ("CA", "pair"),
    ("CAS", "pair"),
    ("V", "T"),
    ("FMV", "sym"),
    ("LV", "sym"),
    ("status", "status"),
];

/// How long nothing may have come for a sequence to begin anew: between two sessions, never in one.
pub const SESSION_PAUSE_NS: i64 = 3 * 3_600 * 1_000_000_000;

/// The last number of each instrument and type. Looked up, never iterated.
pub type Sequences = HashMap<(SymbolId, &'static str), (i64, Moment)>;

struct Reading<'m, 'a> {
    message: &'m Message<'a>,
    settings: &'m Settings,
    post: &'m mut Post,
    symbol: SymbolId,
    kind: &'static str,
    at: Option<Told>,
}

/// Reads one message of `kind` about `name` and tells what it says.
///
/// # Errors
///
/// When a field that is needed is missing or holds something else; nothing was told then.
pub fn read(
    kind: &'static str,
    name: &str,
    message: &Message<'_>,
    settings: &Settings,
    sequences: &mut Sequences,
    post: &mut Post,
) -> Result<(), Reject> {
    let time = if matches!(kind, "A" | "AM" | "XA" | "XAS" | "CA" | "CAS") { "s" } else { "t" };
    let at = Some(message.need(time, "a time", Field::moment)?);
    let symbol = post.symbol(name, settings.scale)?;
    let mut reading = Reading { message, settings, post, symbol, kind, at };
    match kind {
        "T" | "XT" => reading.trade(sequences),
        "Q" | "XQ" => reading.quote(("bp", "bs"), ("ap", "as"), sequences),
        "C" => reading.rate(),
        "A" | "AM" | "XA" | "XAS" | "CA" | "CAS" => reading.bar(),
        "LULD" => reading.bands(),
        "NOI" => reading.imbalance(),
        "XL2" => reading.book(),
        _ => reading.value(),
    }
}

impl Reading<'_, '_> {
    fn price(&mut self, name: &'static str) -> Result<i64, Reject> {
        self.message.decimal(name, self.digits().0)
    }

    fn size(&self, name: &'static str) -> Result<u64, Reject> {
        self.message.size(name, self.digits().1)
    }

    fn digits(&self) -> (u32, u32) {
        let scale = self.settings.scale;
        let digits = |power: i8| if power < 0 { u32::from(power.unsigned_abs()) } else { 0 };
        (digits(scale.price), digits(scale.size))
    }

    fn more(&self) -> More {
        let received = self.message.get("r").and_then(Field::moment);
        More {
            exchange: self.message.words("x"),
            conditions: self.message.texts("c"),
            tape: self.message.words("z"),
            received: received.and_then(|told| match told {
                Told::At(at) => Some(at),
                Told::Blank => None,
            }),
            ..More::default()
        }
    }

    fn words(&self, more: &mut More, names: &[&'static str]) {
        let found = names.iter().filter(|name| self.message.get(name).is_some());
        more.words.extend(found.map(|name| {
            let list = self.message.texts(name);
            (*name, list.join(","))
        }));
    }

    fn tell(&mut self, what: What, more: More) {
        self.post.tell(self.symbol, self.kind, self.at, what, more);
    }

    /// Whether the number of a message is the one before it again; a lower one opens a gap, which the
    /// record itself closes. Higher ones may leave out as many as they like.
    fn again(&mut self, sequences: &mut Sequences) -> Result<bool, Reject> {
        let Some(number) = self.message.may("q", "a number", Field::integer)? else {
            return Ok(false);
        };
        let now = self.post.now().at;
        let topic = (self.symbol, self.kind);
        let Some((last, heard)) = sequences.insert(topic, (number, now)) else { return Ok(false) };
        let same_session = now.0.saturating_sub(heard.0) < SESSION_PAUSE_NS;
        if number == last && same_session {
            self.post.counters.duplicates += 1;
            return Ok(true);
        }
        if number < last && same_session {
            self.post.open_gap(topic, heard, &"the sequence ran backwards".into());
        }
        Ok(false)
    }

    fn trade(&mut self, sequences: &mut Sequences) -> Result<(), Reject> {
        let (price, qty) = (self.price("p")?, self.size("s")?);
        let mut more = self.more();
        let aggressor = match (self.kind, more.conditions.first().map(String::as_str)) {
            ("XT", Some("1")) => Some(Side::Sell),
            ("XT", Some("2")) => Some(Side::Buy),
            _ => None,
        };
        let id = self.message.words("i");
        let name =
            TradeName { symbol: self.symbol, exchange: more.exchange.clone(), id: id.clone() };
        if !id.is_empty() && !self.post.first_time(name) {
            return Ok(());
        }
        self.again(sequences)?;
        let trade = id.parse().unwrap_or(0);
        if trade == 0 {
            more.id = id;
        }
        self.words(&mut more, &["trfi", "trft", "q"]);
        self.tell(What::Trade(Trade { price, qty, aggressor, trade, cross: false }), more);
        Ok(())
    }

    fn side(&mut self, (price, size): (&'static str, &'static str)) -> Result<Option<Top>, Reject> {
        let Some(_) = self.message.get(price) else { return Ok(None) };
        let (price, qty) = (self.price(price)?, self.size(size)?);
        let lots = (self.kind == "Q" && self.settings.market == "stocks")
            .then_some(self.settings.quote_sizes);
        let qty = lots.map_or(Some(qty), |lots| lots.shares(qty));
        let qty = qty.ok_or_else(|| Reject::new(size, "a size", "a size that fits the scale"))?;
        Ok((price != 0 && qty != 0).then_some(Top { price, qty }))
    }

    fn quote(
        &mut self,
        bid: (&'static str, &'static str),
        ask: (&'static str, &'static str),
        sequences: &mut Sequences,
    ) -> Result<(), Reject> {
        let quote = Quote { bid: self.side(bid)?, ask: self.side(ask)? };
        if self.kind == "Q" && self.again(sequences)? {
            return Ok(());
        }
        self.count(quote);
        let mut more = self.more();
        if self.message.get("bx").is_some() {
            more.exchange = self.message.words("bx");
            more.ask_exchange = self.message.words("ax");
        }
        self.words(&mut more, &["i", "q", "bt", "at"]);
        self.tell(What::Quote(quote), more);
        Ok(())
    }

    fn count(&mut self, quote: Quote) {
        if let (Some(bid), Some(ask)) = (quote.bid, quote.ask) {
            self.post.counters.crossed += u64::from(bid.price > ask.price);
            self.post.counters.locked += u64::from(bid.price == ask.price);
        }
    }

    /// A rate of two currencies: prices without sizes.
    fn rate(&mut self) -> Result<(), Reject> {
        let top = |price| (price != 0).then_some(Top { price, qty: 0 });
        let quote = Quote { bid: top(self.price("b")?), ask: top(self.price("a")?) };
        self.count(quote);
        let more = self.more();
        self.tell(What::Quote(quote), More { conditions: Vec::new(), ..more });
        Ok(())
    }

    fn bar(&mut self) -> Result<(), Reject> {
        let (price, size) = self.digits();
        let usual =
            if matches!(self.kind, "A" | "XAS" | "CAS") { 1_000_000_000 } else { 60_000_000_000 };
        let end = self.message.may("e", "a time", Field::moment)?;
        let span_ns = match (self.at, end) {
            (Some(Told::At(start)), Some(Told::At(end))) if end > start => end.0.abs_diff(start.0),
            _ => usual,
        };
        let read = |field: Field<'_>| u64::try_from(field.decimal(size)?).ok();
        let volume = self.message.may("v", "a size that fits the scale", read)?;
        let vwap = self.message.may("vw", "a price", |vw| vw.rounded(price))?;
        let count = self.message.may("n", "a count", |n| u64::try_from(n.integer()?).ok())?;
        let more = Some(Box::new(BarMore { count, vwap, ..BarMore::default() }));
        let (open, close) = (self.price("o")?, self.price("c")?);
        let (high, low) = (self.price("h")?, self.price("l")?);
        if low > open.min(close) || high < open.max(close) {
            return Err(Reject::new("h", "a bar outside its own prices", "high and low around"));
        }
        let mut words = More::default();
        self.words(&mut words, &["av", "op", "a", "z", "otc", "dv"]);
        self.tell(What::Bar(Bar { open, high, low, close, volume, span_ns, more }), words);
        Ok(())
    }

    fn bands(&mut self) -> Result<(), Reject> {
        let (high, low) = (self.price("h")?, self.price("l")?);
        let indicators = self.message.texts("i");
        let mut more = self.more();
        more.conditions.clone_from(&indicators);
        self.tell(What::Bands { low, high }, more.clone());
        let states = [("17", State::Halted, 17), ("18", State::Trading, 18)];
        for (_, state, code) in
            states.into_iter().filter(|(word, ..)| indicators.iter().any(|i| i == word))
        {
            self.tell(What::Status(Status { state, code, reason: [0; 4] }), more.clone());
        }
        Ok(())
    }

    fn imbalance(&mut self) -> Result<(), Reject> {
        let (price, size) = self.digits();
        let left = self.message.need("o", "a size", |left| left.decimal(size))?;
        let told = Imbalance {
            paired: self.size("p")?,
            left: left.unsigned_abs(),
            side: match left {
                0 => None,
                1.. => Some(Side::Buy),
                _ => Some(Side::Sell),
            },
            reference: None,
            near: self.message.may("b", "a price", |near| near.decimal(price))?,
            far: None,
        };
        let mut more = self.more();
        self.words(&mut more, &["a", "at", "i"]);
        self.tell(What::Imbalance(Box::new(told)), more);
        Ok(())
    }

    /// The whole book of one exchange.
    fn book(&mut self) -> Result<(), Reject> {
        let (bids, asks) = (self.levels("b")?, self.levels("a")?);
        let depth = Depth { bids, asks, whole: true, ..Depth::default() };
        let more = self.more();
        self.tell(What::Depth(Box::new(depth)), More { conditions: Vec::new(), ..more });
        Ok(())
    }

    fn levels(&self, name: &'static str) -> Result<Vec<Resting>, Reject> {
        let (price, size) = self.digits();
        let (mut levels, mut good) = (Vec::new(), true);
        let list = self.message.need(name, "a list of prices and sizes", Some)?.each(&mut |item| {
            let mut pair = Vec::new();
            item.each(&mut |figure| {
                if pair.len() < 3 {
                    pair.push(figure);
                }
            });
            let level = match pair[..] {
                [p, s] => p.decimal(price).zip(s.decimal(size).and_then(|s| u64::try_from(s).ok())),
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

    fn value(&mut self) -> Result<(), Reject> {
        let name = if self.kind == "FMV" { "fmv" } else { "val" };
        let digits = self.digits().0;
        let value = self.message.need(name, "a number", |value| value.rounded(digits))?;
        self.tell(What::Value(value), More::default());
        Ok(())
    }
}
