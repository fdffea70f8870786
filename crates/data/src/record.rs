//! One thing that was recorded, in the one shape that every reader gives.
//!
//! A [`Record`] says when something happened at the venue, when whoever recorded it heard of it, of
//! which instrument it speaks, and [`What`] happened. All figures are whole numbers: a price is a
//! mantissa whose power of ten is the [`Scale`](crate::symbols::Scale) of its symbol, a size likewise.
//! Nothing goes through a float on its way here unless the file itself holds floats.

use crate::symbols::SymbolId;
use pitfloor_model::units::Side;

/// A moment in nanoseconds: since 1970 in UTC, negative before, or since midnight where a source does
/// not know its day. [`Clock`] says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

/// What zero means in the moments of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// 1970-01-01T00:00:00Z.
    Utc,
    /// Midnight of a day that the source does not name, in the venue's own zone.
    Midnight,
}

/// Something that was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When it happened at the venue.
    pub at: Moment,
    /// When the recorder heard of it, where it noted that.
    pub heard: Option<Moment>,
    /// The source's own number for it, else its place in the file, from 1.
    pub seq: u64,
    /// Of which instrument it speaks.
    pub symbol: SymbolId,
    /// What else is to be known of it.
    pub flags: Flags,
    /// What happened.
    pub what: What,
}

/// Marks of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// An order joined the book.
    Add(Order),
    /// An order has other terms from now on, under its old number.
    Modify(Order),
    /// The order `old` left, and another took its place in the market at the tail of its queue.
    Replace {
        /// The number that is no more.
        old: u64,
        /// The order that is there instead. A source that does not repeat the side leaves it out.
        order: u64,
        /// Its side, where the source says it.
        side: Option<Side>,
        /// Its limit.
        price: i64,
        /// Its size.
        qty: u64,
    },
    /// A part of an order was cancelled; `qty` is that part.
    Reduce(Touched),
    /// An order left the book without a trade; `qty` is what was left of it, where known.
    Delete(Touched),
    /// A resting order traded.
    Execute(Execution),
    /// A resting order traded; another record says what became of it in the book.
    Filled(Execution),
    /// The book is empty from now on.
    Clear,
    /// The size of one price is this from now on; nothing where it is 0.
    Level(Level),
    /// Several levels changed at once, or the whole book is told.
    Depth(Box<Depth>),
    /// The best prices are these from now on.
    Quote(Quote),
    /// A trade.
    Trade(Trade),
    /// A trade that was reported is no more.
    Broken {
        /// Which.
        trade: u64,
    },
    /// Trades over a span of time.
    Bar(Bar),
    /// Best prices over a span of time.
    QuoteBar(Box<QuoteBar>),
    /// Contracts outstanding.
    OpenInterest(u64),
    /// A figure of a series: a rate, a spread, an index, a settlement. The symbol says of what.
    Value(i64),
    /// A figure that the venue publishes of an instrument.
    Statistic(Statistic),
    /// Trading stops, goes on, or is otherwise than it was.
    Status(Status),
    /// The prices outside which nothing may trade.
    Bands {
        /// The lowest allowed.
        low: i64,
        /// The highest allowed.
        high: i64,
    },
    /// How an auction would come out.
    Imbalance(Box<Imbalance>),
    /// What an instrument is.
    Definition(Box<Definition>),
    /// Words about the market.
    News(Box<News>),
    /// A figure or decision that was announced beforehand.
    Announcement(Box<Announcement>),
    /// Messages are known to be missing between two numbers of the source, both included.
    Gap {
        /// The first that is missing.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Something that moves no market: the source's own word for it.
    Note(&'static str),
}

/// An order, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// The venue's number for it.
    pub order: u64,
    /// Its side.
    pub side: Side,
    /// Its limit.
    pub price: i64,
    /// What is left of it.
    pub qty: u64,
}

/// An order that a message speaks of without repeating all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Touched {
    /// The venue's number for it.
    pub order: u64,
    /// The size concerned, where the source says it.
    pub qty: Option<u64>,
    /// Where it rests, where the source says it.
    pub place: Option<Place>,
}

/// A side and a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The side.
    pub side: Side,
    /// The price.
    pub price: i64,
}

/// A resting order that traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Execution {
    /// The venue's number for the order.
    pub order: u64,
    /// What traded.
    pub qty: u64,
    /// Where it rested, where the source says it.
    pub place: Option<Place>,
    /// At which price, where it is not that of the order.
    pub price: Option<i64>,
    /// The venue's number for the trade, 0 where it has none.
    pub trade: u64,
}

/// All that rests at one price of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level {
    /// Which side.
    pub side: Side,
    /// Which price.
    pub price: i64,
    /// All that rests there; 0: nothing.
    pub qty: u64,
    /// In how many orders, where the source says it.
    pub orders: Option<u32>,
}

/// Levels that are told together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Depth {
    /// The source's first and last number of what is put together here; 0 where it has none.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// The last number of the message before it, where the source chains its messages so.
    pub before: Option<u64>,
    /// Price and size from here on, best first where it is a whole book.
    pub bids: Vec<Resting>,
    /// The same of the other side.
    pub asks: Vec<Resting>,
    /// True: this is the whole book, as deep as the source shows it. False: these levels changed.
    pub whole: bool,
}

/// A price and what rests there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resting {
    /// The price.
    pub price: i64,
    /// What rests there; 0: nothing.
    pub qty: u64,
    /// In how many orders; 0 where the source does not say.
    pub orders: u32,
}

/// The best prices with their sizes. A side that is empty, or that the source did not tell, is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quote {
    /// The best bid.
    pub bid: Option<Top>,
    /// The best ask.
    pub ask: Option<Top>,
}

/// A best price; its size is 0 where the source does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Top {
    /// The price.
    pub price: i64,
    /// The size there.
    pub qty: u64,
}

/// A trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trade {
    /// At which price.
    pub price: i64,
    /// How much.
    pub qty: u64,
    /// The side that arrived, where the source says it.
    pub aggressor: Option<Side>,
    /// The venue's number for it, 0 where it has none.
    pub trade: u64,
    /// Whether it came of an auction.
    pub cross: bool,
}

/// Trades over a span of time. [`Record::at`] is the start of the span.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bar {
    /// The first price.
    pub open: i64,
    /// The highest.
    pub high: i64,
    /// The lowest.
    pub low: i64,
    /// The last.
    pub close: i64,
    /// How much was traded; none where the source does not say, which is not nothing.
    pub volume: Option<u64>,
    /// How long the span is, in nanoseconds.
    pub span_ns: u64,
    /// What else the source tells of it.
    pub more: Option<Box<BarMore>>,
}

/// What only some sources tell of a bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BarMore {
    /// How many trades.
    pub count: Option<u64>,
    /// The mean price weighted by size, on the scale of prices.
    pub vwap: Option<i64>,
    /// Money that changed hands, on the scale of prices.
    pub turnover: Option<i128>,
    /// The part of the volume that buyers took.
    pub bought: Option<u64>,
    /// The last price as if all later actions of the company had been taken before.
    pub adjusted: Option<i64>,
    /// What was paid out on a share that day, on the scale of prices.
    pub dividend: Option<i64>,
    /// How many shares there are for one, in millionths; none where none was split.
    pub split_millionths: Option<u64>,
}

/// Best prices over a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct QuoteBar {
    /// The bid's open, high, low and close with the last size.
    pub bid: Option<Swing>,
    /// The ask's.
    pub ask: Option<Swing>,
    /// How long the span is, in nanoseconds.
    pub span_ns: u64,
}

/// How one side of a quote moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Swing {
    /// At the start.
    pub open: i64,
    /// The highest.
    pub high: i64,
    /// The lowest.
    pub low: i64,
    /// At the end.
    pub close: i64,
    /// The size at the end, where known.
    pub qty: Option<u64>,
}

/// A figure that a venue publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Statistic {
    /// Of what: the source's number for it.
    pub kind: u16,
    /// The figure, where it is a price.
    pub price: Option<i64>,
    /// The figure, where it is a size or a count.
    pub quantity: Option<i64>,
}

/// What an instrument is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status {
    /// What it does now.
    pub state: State,
    /// The source's own code and reason.
    pub code: u16,
    /// The reason, as the source numbers or spells it.
    pub reason: [u8; 4],
}

/// What an instrument, or a whole venue, can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Before anything.
    Start,
    /// Orders are taken, nothing trades.
    PreOpen,
    /// Quotes without trades.
    Quoting,
    /// Trading goes on.
    Trading,
    /// A pause of one instrument that ends by itself.
    Paused,
    /// Trading stopped until somebody lets it go on.
    Halted,
    /// Orders meet in an auction.
    Auction,
    /// Closed for the day.
    Closed,
    /// The source's word means none of these.
    Other,
}

/// How an auction would come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Imbalance {
    /// What would trade.
    pub paired: u64,
    /// What would be left.
    pub left: u64,
    /// The side of what would be left; none: neither, or not told.
    pub side: Option<Side>,
    /// The price that the auction's price is measured against.
    pub reference: Option<i64>,
    /// The price at which the book would clear, its far and near forms where there are two.
    pub near: Option<i64>,
    /// The far price.
    pub far: Option<i64>,
}

/// What an instrument is. [`crate::symbols::Symbol`] has its name and scales.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Definition {
    /// The source's number for it.
    pub number: u64,
    /// Its least step of price.
    pub tick: Option<i64>,
    /// Its round lot.
    pub lot: Option<u64>,
    /// Its currency, as three letters.
    pub currency: Option<[u8; 3]>,
    /// When it ends.
    pub expiry: Option<Moment>,
    /// The price of an option's right.
    pub strike: Option<i64>,
    /// Whether that right is to buy; none: no option.
    pub call: Option<bool>,
    /// The source's class of it.
    pub class: String,
}

/// Words about the market.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct News {
    /// The source's name for it.
    pub id: String,
    /// The headline.
    pub headline: String,
    /// What follows it.
    pub summary: String,
    /// Who wrote it.
    pub source: String,
    /// The symbols that the source names.
    pub symbols: Vec<String>,
}

/// A figure or decision that was announced beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Announcement {
    /// What was announced.
    pub name: String,
    /// The currency or venue it concerns, as the source says it.
    pub concerns: String,
    /// How much the source thinks it matters.
    pub impact: String,
    /// Figures by name, as the source wrote them: actual, forecast, previous, surprises.
    pub figures: Vec<(String, String)>,
    /// Whether it came on the day that had been announced; none where the source does not say.
    pub scheduled: Option<bool>,
}

impl Flags {
    /// No more records of the same event follow.
    pub const LAST: Self = Self(1);
    /// It tells what stood already; nothing happened.
    pub const SNAPSHOT: Self = Self(2);
    /// The source has no time of the venue for it: [`Record::at`] is when it was heard.
    pub const NO_EVENT_TIME: Self = Self(4);
    /// The source itself doubts it.
    pub const SUSPECT: Self = Self(8);
    /// Its time is before that of the record before it, and the source allows that.
    pub const BACKWARDS: Self = Self(16);
    /// It is no print of the tape: the volume is told elsewhere.
    pub const UNPRINTED: Self = Self(32);

    /// Whether all of `other` is marked.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These and those of `other`.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
