//! What an engine answers, and where its answers go while it is measured.
//!
//! Every contestant hands the same 64-byte reports to the same sink behind the same function
//! pointer. The sink counts and folds two digests, of the trades and of every report as it comes; in
//! the pass that is not timed it also writes the report stream, line by line, into SHA-256. So every
//! round is compared report by report: what was taken first, then the trades, then the remainder.

use crate::digest::Mix;
use crate::file::hex;
use pitfloor_model::units::Side;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// One answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Report {
    /// What happened.
    pub kind: Reported,
    /// The side of the order; of the taker in a trade.
    pub side: Side,
    /// The number of the record that caused it.
    pub seq: u64,
    /// The order; the maker in a trade.
    pub id: u64,
    /// The taker in a trade, otherwise 0.
    pub taker: u64,
    /// Limit, trade price, or where it rested, in ticks.
    pub price: i64,
    /// How much, in lots.
    pub qty: u64,
}

const _: () = assert!(size_of::<Report>() == 64, "a report is one line of the cache");

/// What a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reported {
    /// A new order was taken.
    New,
    /// Two orders met.
    Trade,
    /// An order left the book because its owner asked.
    Cancelled,
    /// An order has new terms.
    Modified,
    /// There was no such order to cancel.
    CancelRejected,
    /// There was no such order to modify.
    ModifyRejected,
    /// What was left of an immediate order was cancelled.
    Remainder,
}

impl Report {
    /// A report about one order.
    #[inline]
    #[must_use]
    pub const fn of(kind: Reported, seq: u64, side: Side, id: u64, price: i64, qty: u64) -> Self {
        Self { kind, side, seq, id, taker: 0, price, qty }
    }

    /// `mix` with every field folded in, word by word; what, on which side and because of which
    /// record share one.
    #[inline]
    const fn folded_into(&self, mix: Mix) -> Mix {
        let Self { kind, side, seq, id, taker, price, qty } = *self;
        let mix = mix.with(kind as u64 | (side as u64) << 8 | seq << 16).with(id).with(taker);
        mix.with(price.cast_unsigned()).with(qty)
    }

    /// The number of its line in the stream.
    const fn line_type(&self) -> u8 {
        match self.kind {
            Reported::New => 0,
            Reported::Trade => 1,
            Reported::Cancelled | Reported::Remainder => 2,
            Reported::Modified => 3,
            Reported::CancelRejected => 4,
            Reported::ModifyRejected => 5,
        }
    }

    fn write_line(&self, text: &mut String) {
        let Self { seq, id, taker, price, qty, .. } = *self;
        let (line, side) = (self.line_type(), u8::from(self.side == Side::Sell));
        let written = match self.kind {
            Reported::New | Reported::Modified => {
                write!(text, "{line},{seq},{side},{id},{price},{qty}")
            }
            Reported::Trade => write!(text, "{line},{seq},{price},{qty},{id},{taker}"),
            Reported::Cancelled | Reported::Remainder => {
                write!(text, "{line},{seq},{side},{id},{price}")
            }
            Reported::CancelRejected | Reported::ModifyRejected => {
                write!(text, "{line},{seq},{id}")
            }
        };
        written.expect("text takes everything");
    }
}

/// Where reports go.
#[derive(Debug)]
pub struct Sink {
    tell: fn(&mut Told, &Report),
    told: Told,
}

/// What reports came to.
#[derive(Debug, Default)]
pub struct Told {
    counts: [u64; 7],
    lots: u64,
    cost: i128,
    trades: Mix,
    all: Mix,
    stream: Stream,
}

impl Sink {
    /// One that counts and folds the trade digest.
    #[must_use]
    pub fn counting() -> Self {
        // Nobody may know which function it is: the call is part of what every contestant pays.
        Self { tell: std::hint::black_box(count), told: Told::default() }
    }

    /// One that writes the report stream too.
    #[must_use]
    pub fn writing() -> Self {
        Self { tell: std::hint::black_box(count_and_write), told: Told::default() }
    }

    /// Takes `report`.
    #[inline]
    pub fn tell(&mut self, report: &Report) {
        (self.tell)(&mut self.told, report);
    }

    /// What came so far.
    #[must_use]
    pub const fn told(&self) -> &Told {
        &self.told
    }

    /// The SHA-256 of the stream, for a sink that writes it.
    #[must_use]
    pub fn into_sha256(self) -> String {
        self.told.stream.finish()
    }
}

impl Told {
    /// How many reports of `kind` came.
    #[must_use]
    pub const fn count(&self, kind: Reported) -> u64 {
        self.counts[kind as usize]
    }

    /// How many came of all kinds.
    #[must_use]
    pub fn reports(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The lots that traded.
    #[must_use]
    pub const fn lots(&self) -> u64 {
        self.lots
    }

    /// The sum of price times lots over the trades, in ticks × lots.
    #[must_use]
    pub const fn cost(&self) -> i128 {
        self.cost
    }

    /// The digest of all reports, in the order in which they came.
    #[must_use]
    pub const fn report_digest(&self) -> u64 {
        self.all.0
    }

    /// The digest of the trades.
    #[must_use]
    pub const fn trade_digest(&self) -> u64 {
        self.trades.0
    }
}

#[inline]
fn count(told: &mut Told, report: &Report) {
    told.counts[report.kind as usize] += 1;
    told.all = report.folded_into(told.all);
    if report.kind == Reported::Trade {
        told.lots += report.qty;
        told.cost += i128::from(report.price) * i128::from(report.qty);
        told.trades = told.trades.trade(report.id, report.taker, report.price, report.qty);
    }
}

fn count_and_write(told: &mut Told, report: &Report) {
    count(told, report);
    told.stream.take(report);
}

/// The lines of one record wait here until the next record's come: they are sorted by type.
#[derive(Debug, Default)]
struct Stream {
    waiting: Vec<Report>,
    text: String,
    /// Whether a line has been written: line feeds stand between lines only.
    begun: bool,
    hash: Sha256,
}

/// How much text is gathered before it is hashed.
const TEXT_BYTES: usize = 1 << 16;

impl Stream {
    fn take(&mut self, report: &Report) {
        if self.waiting.last().is_some_and(|last| last.seq != report.seq) {
            self.write();
        }
        self.waiting.push(*report);
    }

    fn write(&mut self) {
        self.waiting.sort_by_key(Report::line_type); // stable: trades keep their order
        for report in &self.waiting {
            if std::mem::replace(&mut self.begun, true) {
                self.text.push('\n');
            }
            report.write_line(&mut self.text);
        }
        self.waiting.clear();
        if self.text.len() > TEXT_BYTES {
            self.hash.update(&self.text);
            self.text.clear();
        }
    }

    fn finish(mut self) -> String {
        self.write();
        self.hash.update(&self.text);
        hex(&self.hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Vec<Report> {
        let of = Report::of;
        vec![
            of(Reported::New, 0, Side::Sell, 1, 100, 5),
            of(Reported::New, 1, Side::Buy, 2, 99, 7),
            of(Reported::Modified, 2, Side::Buy, 2, 101, 8),
            Report { taker: 2, ..of(Reported::Trade, 2, Side::Buy, 1, 100, 5) },
            of(Reported::New, 3, Side::Sell, 3, -4, 9),
            Report { taker: 3, ..of(Reported::Trade, 3, Side::Sell, 2, 101, 3) },
            of(Reported::Remainder, 3, Side::Sell, 3, -4, 6),
            of(Reported::CancelRejected, 4, Side::Buy, 2, 0, 0),
            of(Reported::ModifyRejected, 5, Side::Buy, 2, 0, 0),
            of(Reported::New, 6, Side::Buy, 4, 50, 1),
            of(Reported::Cancelled, 7, Side::Buy, 4, 50, 1),
        ]
    }

    const LINES: &str = "0,0,1,1,100,5\n0,1,0,2,99,7\n1,2,100,5,1,2\n3,2,0,2,101,8\n\
                         0,3,1,3,-4,9\n1,3,101,3,2,3\n2,3,1,3,-4\n4,4,2\n5,5,2\n\
                         0,6,0,4,50,1\n2,7,0,4,50";

    #[test]
    fn the_stream_is_sorted_by_record_and_type_and_joined_by_line_feeds() {
        let mut sink = Sink::writing();
        story().iter().for_each(|report| sink.tell(report));
        assert_eq!(sink.into_sha256(), hex(&Sha256::digest(LINES)));
        assert_eq!(Sink::writing().into_sha256(), hex(&Sha256::digest("")));
    }

    #[test]
    fn a_long_stream_is_hashed_in_pieces() {
        let (mut sink, mut text) = (Sink::writing(), String::new());
        for seq in 0..20_000 {
            sink.tell(&Report::of(Reported::New, seq, Side::Buy, seq, 5, 1));
            text += &format!("{}0,{seq},0,{seq},5,1", if seq == 0 { "" } else { "\n" });
        }
        assert!(text.len() > 3 * TEXT_BYTES);
        assert_eq!(sink.into_sha256(), hex(&Sha256::digest(text)));
    }

    #[test]
    fn a_sink_counts_what_it_is_told() {
        let mut sink = Sink::counting();
        story().iter().for_each(|report| sink.tell(report));
        let told = sink.told();
        let counts = [Reported::New, Reported::Trade, Reported::Cancelled, Reported::Remainder];
        assert_eq!(counts.map(|kind| told.count(kind)), [4, 2, 1, 1]);
        assert_eq!((told.lots(), told.cost(), told.reports()), (8, 803, 11));
        let trades = Mix::default().trade(1, 2, 100, 5).trade(2, 3, 101, 3);
        assert_eq!(told.trade_digest(), trades.0);
    }

    #[test]
    fn the_digest_of_all_reports_sees_every_field_and_the_order() {
        let of = |reports: &[Report]| {
            let mut sink = Sink::counting();
            reports.iter().for_each(|report| sink.tell(report));
            sink.told().report_digest()
        };
        let one = Report::of(Reported::New, 3, Side::Buy, 4, 5, 6);
        let (same, next) = (of(&[one]), Report { seq: 4, ..one });
        for other in [
            Report { kind: Reported::Modified, ..one },
            Report { side: Side::Sell, ..one },
            Report { id: 5, ..one },
            Report { taker: 1, ..one },
            Report { price: -5, ..one },
            Report { qty: 7, ..one },
            next,
        ] {
            assert_ne!(of(&[other]), same, "{other:?}");
        }
        assert_ne!(of(&[one, next]), of(&[next, one]));
    }
}
