//! What Alpaca's messages say, made into records.

use super::settings::{Channel, Market, Settings};
use crate::message::{Field, Message, Reject};
use crate::moment::Told;
use crate::post::{Post, TradeName};
use crate::told::{Earlier, More};
use pitfloor_data::record::{
    Bar, BarMore, Depth, Imbalance, News, Quote, Resting, State, Statistic, Status, Top, Trade,
    What,
};
use pitfloor_data::symbols::SymbolId;
use pitfloor_model::units::Side;
use std::collections::BTreeSet;

/// The statistic that is the index price of a perpetual contract.
pub const INDEX: u16 = 1;
/// Its mark price.
pub const MARK: u16 = 2;
/// Its funding rate.
pub const FUNDING: u16 = 3;

/// The instrument under which articles stand.
pub const NEWS: &str = "news";

const MINUTE_NS: u64 = 60_000_000_000;
const DAY_NS: u64 = 1_440 * MINUTE_NS;

/// What is known of the instruments while a connection lasts.
#[derive(Debug, Default)]
pub struct Books {
    /// Those whose whole book was told since the connection was made.
    whole: BTreeSet<SymbolId>,
}

impl Books {
    /// The connection is no more.
    pub fn forget(&mut self) {
        self.whole.clear();
    }
}

/// One message on its way to be a record.
struct Reading<'m, 'a> {
    message: &'m Message<'a>,
    settings: &'m Settings,
    post: &'m mut Post,
    symbol: SymbolId,
    channel: Channel,
    at: Option<Told>,
}

/// Reads one message of `channel` and tells what it says.
///
/// # Errors
///
/// When a field that is needed is missing or holds something else; nothing was told then.
pub fn read(
    channel: Channel,
    message: &Message<'_>,
    settings: &Settings,
    books: &mut Books,
    post: &mut Post,
) -> Result<(), Reject> {
    let (name, time) = match channel {
        Channel::News => (NEWS.into(), "created_at"),
        _ => (message.text("S")?, "t"),
    };
    let at = Some(message.need(time, "a time", Field::moment)?);
    let symbol = post.symbol(&name, settings.scale)?;
    let mut reading = Reading { message, settings, post, symbol, channel, at };
    match channel {
        Channel::Trades => reading.trade(),
        Channel::Quotes => reading.quote(),
        Channel::Bars => reading.bar(MINUTE_NS, false),
        Channel::UpdatedBars => reading.bar(MINUTE_NS, true),
        Channel::DailyBars => reading.bar(DAY_NS, true),
        Channel::Statuses => reading.status(),
        Channel::Lulds => reading.bands(),
        Channel::Imbalances => reading.imbalance(),
        Channel::Corrections => reading.correction(),
        Channel::CancelErrors => reading.cancel(),
        Channel::Orderbooks => reading.book(books),
        Channel::News => reading.news(),
        Channel::Pricing => reading.pricing(),
    }
}

impl Reading<'_, '_> {
    fn price(&mut self, name: &'static str) -> Result<i64, Reject> {
        let price = self.message.decimal(name, digits(self.settings.scale.price))?;
        let off = self.settings.tick.is_some_and(|tick| price % tick != 0);
        self.post.counters.off_tick += u64::from(off);
        Ok(price)
    }

    fn size(&self, name: &'static str) -> Result<u64, Reject> {
        self.message.size(name, digits(self.settings.scale.size))
    }

    fn number(&self, name: &'static str) -> Result<u64, Reject> {
        let read = |field: Field<'_>| u64::try_from(field.integer()?).ok();
        Ok(self.message.may(name, "a number of a trade", read)?.unwrap_or(0))
    }

    /// What most messages of a market carry beside what they are about.
    fn more(&self) -> Result<More, Reject> {
        let received = match self.message.may("r", "a time", Field::moment) {
            Ok(Some(Told::At(at))) => Some(at),
            _ => None,
        };
        Ok(More {
            exchange: self.message.words("x"),
            conditions: self.message.texts("c"),
            tape: self.message.words("z"),
            received,
            ..More::default()
        })
    }

    fn tell(&mut self, what: What, more: More) {
        self.post.tell(self.symbol, self.channel.name(), self.at, what, more);
    }

    fn trade(&mut self) -> Result<(), Reject> {
        let (price, qty, trade) = (self.price("p")?, self.size("s")?, self.number("i")?);
        let aggressor = match self.message.words("tks").as_str() {
            "B" => Some(Side::Buy),
            "S" => Some(Side::Sell),
            _ => None,
        };
        let more = self.more()?;
        let name = self.name(&more.exchange, trade);
        if trade != 0 && !self.post.first_time(name) {
            return Ok(());
        }
        self.tell(What::Trade(Trade { price, qty, aggressor, trade, cross: false }), more);
        Ok(())
    }

    fn name(&self, exchange: &str, trade: u64) -> TradeName {
        let (exchange, id) = (exchange.to_owned(), trade.to_string());
        TradeName { symbol: self.symbol, exchange, id }
    }

    fn side(&mut self, price: &'static str, size: &'static str) -> Result<Option<Top>, Reject> {
        let (price, qty) = (self.price(price)?, self.size(size)?);
        let lots = (self.settings.market() == Market::Stocks).then_some(self.settings.quote_sizes);
        let qty = lots.map_or(Some(qty), |lots| lots.shares(qty));
        let qty = qty.ok_or_else(|| Reject::new(size, "a size", "a size that fits the scale"))?;
        // A side without a price, or with nothing at it, is no side that anybody could trade with.
        Ok((price != 0 && qty != 0).then_some(Top { price, qty }))
    }

    fn quote(&mut self) -> Result<(), Reject> {
        let quote = Quote { bid: self.side("bp", "bs")?, ask: self.side("ap", "as")? };
        if let (Some(bid), Some(ask)) = (quote.bid, quote.ask) {
            self.post.counters.crossed += u64::from(bid.price > ask.price);
            self.post.counters.locked += u64::from(bid.price == ask.price);
        }
        let mut more = self.more()?;
        if self.message.get("bx").is_some() {
            more.exchange = self.message.words("bx");
            more.ask_exchange = self.message.words("ax");
        }
        self.tell(What::Quote(quote), more);
        Ok(())
    }

    fn bar(&mut self, span_ns: u64, revises: bool) -> Result<(), Reject> {
        let price = digits(self.settings.scale.price);
        let count = self.message.may("n", "a count", |n| u64::try_from(n.integer()?).ok())?;
        let vwap = self.message.may("vw", "a price", |vw| vw.rounded(price))?;
        let more = BarMore { count, vwap, ..BarMore::default() };
        let bar = Bar {
            open: self.price("o")?,
            high: self.price("h")?,
            low: self.price("l")?,
            close: self.price("c")?,
            volume: Some(self.size("v")?),
            span_ns,
            more: Some(Box::new(more)),
        };
        let within = bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close);
        if !within {
            return Err(Reject::new("h", "a bar outside its own prices", "high and low around"));
        }
        self.tell(What::Bar(bar), More { revises, ..More::default() });
        Ok(())
    }

    fn status(&mut self) -> Result<(), Reject> {
        let code = self.message.text("sc")?;
        let (reason, mut more) = (self.message.words("rc"), self.more()?);
        let state = state(&more.tape, &code, &reason);
        let mut short = [0; 4];
        short.iter_mut().zip(reason.bytes()).for_each(|(to, from)| *to = from);
        let number = code.bytes().take(2).fold(0, |sum, byte| sum << 8 | u16::from(byte));
        let words = [("sc", "sc"), ("sm", "sm"), ("rc", "rc"), ("rm", "rm")];
        more.words = words.map(|(name, field)| (name, self.message.words(field))).to_vec();
        self.tell(What::Status(Status { state, code: number, reason: short }), more);
        Ok(())
    }

    fn bands(&mut self) -> Result<(), Reject> {
        let (high, low) = (self.price("u")?, self.price("d")?);
        let mut more = self.more()?;
        more.words.push(("i", self.message.words("i")));
        self.tell(What::Bands { low, high }, more);
        Ok(())
    }

    fn imbalance(&mut self) -> Result<(), Reject> {
        let near = Some(self.price("p")?);
        let (paired, left) = (0, 0);
        let told = Imbalance { paired, left, side: None, reference: None, near, far: None };
        let more = self.more()?;
        self.tell(What::Imbalance(Box::new(told)), more);
        Ok(())
    }

    /// A trade as it was told before.
    fn earlier(
        &mut self,
        id: &'static str,
        price: &'static str,
        size: &'static str,
    ) -> Result<Earlier, Reject> {
        let exchange = self.message.words("x");
        let trade = self
            .message
            .need(id, "a number of a trade", |field| u64::try_from(field.integer()?).ok())?;
        let (price, qty) = (self.price(price)?, self.size(size)?);
        let name = self.name(&exchange, trade);
        let known = self.post.remembers(&name);
        Ok(Earlier { exchange, trade, price, qty, known })
    }

    /// Two records: the trade that was told is no more, and the corrected one took its place.
    fn correction(&mut self) -> Result<(), Reject> {
        let (price, qty) = (self.price("cp")?, self.size("cs")?);
        let trade = self.number("ci")?;
        let earlier = self.earlier("oi", "op", "os")?;
        let old = self.more_of(&earlier, "oc")?;
        self.tell(What::Broken { trade: earlier.trade }, old);
        let new = self.more_of(&earlier, "cc")?;
        let name = self.name(&earlier.exchange, trade);
        if trade != earlier.trade {
            self.post.first_time(name);
        }
        let new = More { revises: true, ..new };
        self.tell(What::Trade(Trade { price, qty, aggressor: None, trade, cross: false }), new);
        Ok(())
    }

    fn more_of(&self, earlier: &Earlier, conditions: &str) -> Result<More, Reject> {
        let conditions = self.message.texts(conditions);
        Ok(More { conditions, earlier: Some(earlier.clone()), ..self.more()? })
    }

    fn cancel(&mut self) -> Result<(), Reject> {
        let earlier = self.earlier("i", "p", "s")?;
        let trade = earlier.trade;
        let mut more = More { earlier: Some(earlier), ..self.more()? };
        more.words.push(("a", self.message.words("a")));
        self.tell(What::Broken { trade }, more);
        Ok(())
    }

    fn book(&mut self, books: &mut Books) -> Result<(), Reject> {
        let whole = self.message.may("r", "true or false", Field::flag)?.unwrap_or(false);
        if !whole && !books.whole.contains(&self.symbol) {
            self.post.counters.before_book += 1;
            return Ok(());
        }
        let depth =
            Depth { bids: self.levels("b")?, asks: self.levels("a")?, whole, ..Depth::default() };
        books.whole.insert(self.symbol);
        self.tell(What::Depth(Box::new(depth)), More::default());
        Ok(())
    }

    fn levels(&self, name: &'static str) -> Result<Vec<Resting>, Reject> {
        let (price, size) = (digits(self.settings.scale.price), digits(self.settings.scale.size));
        let (mut levels, mut wrong) = (Vec::new(), None);
        let Some(field) = self.message.get(name) else { return Ok(levels) };
        let list = field.each(&mut |item| {
            let level = item.message().and_then(|level| {
                let (price, qty) = (level.decimal("p", price)?, level.size("s", size)?);
                Ok(Resting { price, qty, orders: 0 })
            });
            match level {
                Ok(level) => levels.push(level),
                Err(reject) => wrong = Some(reject),
            }
        });
        match wrong {
            Some(reject) => Err(reject),
            None if !list => Err(Reject::new(name, "no list", "a list of prices and sizes")),
            None => Ok(levels),
        }
    }

    fn news(&mut self) -> Result<(), Reject> {
        let id = self.message.need("id", "a number or text", Field::words)?.into_owned();
        let long = |name: &str| {
            let text = self.message.get(name).and_then(Field::text);
            text.map_or_else(String::new, std::borrow::Cow::into_owned)
        };
        let updated = self.message.may("updated_at", "a time", Field::moment)?;
        let article = News {
            id,
            headline: long("headline"),
            summary: long("summary"),
            source: long("source"),
            symbols: self.message.texts("symbols"),
        };
        let names = ["author", "url", "content", "updated_at"];
        let words = names.map(|name| (name, long(name))).to_vec();
        let revises =
            matches!((self.at, updated), (Some(Told::At(at)), Some(Told::At(late))) if late > at);
        self.tell(What::News(Box::new(article)), More { words, revises, ..More::default() });
        Ok(())
    }

    fn pricing(&mut self) -> Result<(), Reject> {
        let (scale, next) = (digits(self.settings.scale.price), self.message.words("ft"));
        let size = digits(self.settings.scale.size);
        let open = self.message.may("oi", "a size", |oi| u64::try_from(oi.decimal(size)?).ok())?;
        let mut found = Vec::new();
        for (kind, name) in [(INDEX, "ip"), (MARK, "mp"), (FUNDING, "fr")] {
            let figure = self.message.may(name, "a number", |figure| figure.rounded(scale))?;
            found.extend(figure.map(|price| (kind, price)));
        }
        for (kind, price) in found {
            let mut more = self.more()?;
            if kind == FUNDING {
                more.words.push(("ft", next.clone()));
            }
            let figure = Statistic { kind, price: Some(price), quantity: None };
            self.tell(What::Statistic(figure), more);
        }
        if let Some(open) = open {
            self.tell(What::OpenInterest(open), More::default());
        }
        Ok(())
    }
}

/// How many digits behind the point a scale has.
fn digits(power: i8) -> u32 {
    if power < 0 { u32::from(power.unsigned_abs()) } else { 0 }
}

/// What the codes of the two tapes of halts mean.
#[must_use]
pub fn state(tape: &str, code: &str, reason: &str) -> State {
    match (tape, code, reason) {
        ("A" | "B", "2", "M") => State::Paused,
        ("A" | "B", "2", _) => State::Halted,
        ("A" | "B", "3", _) => State::Trading,
        ("C" | "O", "H", "T5" | "LUDP" | "LUDS") => State::Paused,
        ("C" | "O", "H", _) => State::Halted,
        ("C" | "O", "Q", _) => State::Quoting,
        ("C" | "O", "T", _) => State::Trading,
        ("C" | "O", "P", _) => State::Paused,
        _ => State::Other,
    }
}
