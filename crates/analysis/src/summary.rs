//! The figures that a run is summed up in: counts over the venue, prices and quotes per instrument.
//!
//! Start reading at [`Summary::see`].

use crate::series::{Weighted, lots, spread};
use pitfloor_feed::level2::Quote;
use pitfloor_feed::tape::{Print, Tape};
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{CancelReason, Event, Reject};
use pitfloor_model::instrument::Venue;
use pitfloor_model::units::{InstrumentId, Time};

/// Counts and figures of a run so far.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Counts over the whole venue.
    pub counts: Counts,
    /// Figures per instrument, in the venue's order.
    pub instruments: Vec<Figures>,
}

/// How much of everything there was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Commands carried out or refused.
    pub commands: u64,
    /// Events told.
    pub events: u64,
    /// Orders accepted.
    pub orders: u64,
    /// Orders that their owners ended.
    pub cancels: u64,
    /// Meetings of two orders, those of auctions included.
    pub trades: u64,
    /// Lots traded, over all instruments.
    pub volume: u128,
    /// Commands refused, by reason, in the order of [`Reject::ALL`].
    rejected: [u64; Reject::ALL.len()],
}

/// Figures of one instrument.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Trades, volume, last, high and low price, and the volume-weighted average.
    pub tape: Tape,
    /// For how long which spread stood.
    pub spread: SpreadTimes,
    /// Lots at the best bid, weighted by nanoseconds; an empty side counts as zero.
    pub bid_best: Weighted,
    /// Lots at the best ask, likewise.
    pub ask_best: Weighted,
    quote: Option<Quote>,
    seen_until: Time,
}

/// A distribution of spreads over the time that both sides were there.
///
/// Exact up to [`SpreadTimes::EXACT`] ticks; beyond, spreads within 1/128 of each other share a
/// bin, so that the bins are fewer than 8,000 whatever the spreads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpreadTimes {
    total: Weighted,
    nanos: Vec<u128>,
}

impl Summary {
    /// Nothing has happened yet on `venue`.
    #[must_use]
    pub fn new(venue: &Venue) -> Self {
        let instruments = vec![Figures::default(); venue.instruments().len()];
        Self { counts: Counts::default(), instruments }
    }

    /// Takes note of a command and what came of it.
    ///
    /// # Panics
    ///
    /// When an event is of an instrument that the venue does not list.
    pub fn see(&mut self, stamped: &Stamped, events: &[Event]) {
        self.counts.commands += 1;
        for event in events {
            self.counts.see(event);
            if let Some(print) = Print::of(stamped, event) {
                self.instruments[print.instrument.index()].tape.push(&print);
            }
        }
    }

    /// From `at` on the best of `instrument` is `quote`.
    ///
    /// # Panics
    ///
    /// When the venue does not list the instrument.
    pub fn stands(&mut self, at: Time, instrument: InstrumentId, quote: Quote) {
        let figures = &mut self.instruments[instrument.index()];
        figures.run_until(at);
        figures.quote = Some(quote);
    }

    /// Lets every book stand as it is until `at`: the end of the run.
    pub fn run_until(&mut self, at: Time) {
        for figures in &mut self.instruments {
            figures.run_until(at);
        }
    }
}

impl Default for Counts {
    fn default() -> Self {
        let rejected = [0; Reject::ALL.len()];
        Self { commands: 0, events: 0, orders: 0, cancels: 0, trades: 0, volume: 0, rejected }
    }
}

impl Counts {
    /// Commands refused.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected.iter().sum()
    }

    /// Commands refused, by reason; reasons that never applied are left out.
    pub fn rejected_by_reason(&self) -> impl Iterator<Item = (Reject, u64)> + '_ {
        Reject::ALL.into_iter().zip(self.rejected).filter(|(_, count)| *count > 0)
    }

    fn see(&mut self, event: &Event) {
        self.events += 1;
        match event {
            Event::Accepted { .. } => self.orders += 1,
            Event::Rejected { why, .. } => self.rejected[*why as usize] += 1,
            Event::Traded { qty, .. } | Event::Crossed { qty, .. } => {
                self.trades += 1;
                self.volume += u128::from(qty.0);
            }
            Event::Cancelled { why, .. } => match why {
                CancelReason::User => self.cancels += 1,
                CancelReason::Remainder
                | CancelReason::ReplacedToDone
                | CancelReason::Mass
                | CancelReason::Disconnect
                | CancelReason::KillSwitch
                | CancelReason::FillOrKill
                | CancelReason::MinQty
                | CancelReason::Band
                | CancelReason::Budget
                | CancelReason::OcoSibling
                | CancelReason::ParentGone
                | CancelReason::AuctionOver
                | CancelReason::Unfunded
                | CancelReason::Cascade
                | CancelReason::CorporateAction
                | CancelReason::Default => {}
            },
            Event::Rested { .. }
            | Event::Replaced { .. }
            | Event::Reduced { .. }
            | Event::Prevented { .. }
            | Event::ExpiredInMatch { .. }
            | Event::PhaseChanged { .. }
            | Event::Refreshed { .. }
            | Event::Repriced { .. }
            | Event::Parked { .. }
            | Event::Triggered { .. }
            | Event::Amended { .. }
            | Event::Armed { .. }
            | Event::Expired { .. }
            | Event::Indicative { .. }
            | Event::Uncrossed { .. }
            | Event::CallExtended { .. }
            | Event::MassCancelled { .. }
            | Event::Unspent { .. }
            | Event::Transferred { .. }
            | Event::BandsChanged { .. }
            | Event::ReferenceSet { .. }
            | Event::ShortSalesRestricted { .. }
            | Event::KillSwitched { .. }
            | Event::GroupSet { .. }
            | Event::Clearing(_)
            | Event::TimeAdvanced { .. }
            | Event::AccountOpened { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => {}
        }
    }
}

impl Figures {
    /// The mean spread in ticks, weighted by the time that both sides were there.
    #[must_use]
    pub fn spread_mean_ticks(&self) -> Option<f64> {
        self.spread.total.mean()
    }

    fn run_until(&mut self, at: Time) {
        let stood = at.since(self.seen_until).0;
        self.seen_until = self.seen_until.max(at);
        let Some(quote) = self.quote else { return };
        if let Some(spread) = spread(quote) {
            self.spread.add(spread, stood);
        }
        self.bid_best.add(lots(quote.bid), stood);
        self.ask_best.add(lots(quote.ask), stood);
    }
}

impl SpreadTimes {
    /// Spreads up to this many ticks have a bin each.
    pub const EXACT: u64 = 256;

    /// Bins per doubling beyond [`SpreadTimes::EXACT`], as a power of two.
    const FINENESS: u32 = 7;

    /// Adds that `spread` ticks stood for `nanos`.
    pub fn add(&mut self, spread: u64, nanos: u64) {
        if nanos == 0 {
            return;
        }
        self.total.add(spread, nanos);
        let bin = Self::bin(spread);
        if bin >= self.nanos.len() {
            self.nanos.resize(bin + 1, 0);
        }
        self.nanos[bin] += u128::from(nanos);
    }

    /// The mean in ticks.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.total.mean()
    }

    /// The spread that was not exceeded during `share` of the time, in ticks; beyond
    /// [`SpreadTimes::EXACT`] the low end of its bin. `share` lies between 0 and 1.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let wanted = self.total.weight as f64 * share;
        let mut passed = 0_u128;
        for (bin, nanos) in self.nanos.iter().enumerate() {
            passed += nanos;
            if *nanos > 0 && passed as f64 >= wanted {
                return Some(Self::low_end(bin));
            }
        }
        None
    }

    /// The share of the time that the spread was exactly `ticks`, for spreads below
    /// [`SpreadTimes::EXACT`].
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn share_at(&self, ticks: u64) -> Option<f64> {
        let exact = usize::try_from(ticks).ok().filter(|_| ticks < Self::EXACT)?;
        let stood = self.nanos.get(exact).copied().unwrap_or(0);
        (self.total.weight > 0).then(|| stood as f64 / self.total.weight as f64)
    }

    const fn bin(spread: u64) -> usize {
        if spread < Self::EXACT {
            return spread as usize;
        }
        // Spreads of one binary length share an octave, whose bins the next seven bits choose.
        let octave = spread.ilog2();
        let within = (spread >> (octave - Self::FINENESS)) & ((1 << Self::FINENESS) - 1);
        let octaves = octave - Self::EXACT.ilog2();
        Self::EXACT as usize + ((octaves << Self::FINENESS) as usize) + within as usize
    }

    const fn low_end(bin: usize) -> u64 {
        let bin = bin as u64;
        if bin < Self::EXACT {
            return bin;
        }
        let (octaves, within) = (
            (bin - Self::EXACT) >> Self::FINENESS,
            (bin - Self::EXACT) & ((1 << Self::FINENESS) - 1),
        );
        let shift = Self::EXACT.ilog2() as u64 + octaves - Self::FINENESS as u64;
        ((1 << Self::FINENESS) + within) << shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Command;
    use pitfloor_model::instrument::{Currency, Instrument};
    use pitfloor_model::units::{
        AccountId, CurrencyId, OrderId, OrderKey, Price, Qty, Side, Stamp, TradeId,
    };

    const ACME: InstrumentId = InstrumentId(0);

    fn summary() -> Summary {
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let usd = Currency::new("USD", 2).unwrap();
        Summary::new(&Venue::new("XPIT", vec![usd], vec![acme]).unwrap())
    }

    const fn key(account: u32) -> OrderKey {
        OrderKey::new(AccountId(account), OrderId(1))
    }

    const fn at(seq: u64, at: u64) -> Stamped {
        Stamped { seq, at: Time(at), command: Command::Cancel { key: key(1) } }
    }

    const fn quote(bid: (i64, u64), ask: (i64, u64)) -> Quote {
        Quote { bid: Some((Price(bid.0), Qty(bid.1))), ask: Some((Price(ask.0), Qty(ask.1))) }
    }

    const fn traded(price: i64, qty: u64) -> Event {
        Event::Traded {
            trade: TradeId(0),
            instrument: ACME,
            maker: key(1),
            taker: key(2),
            aggressor: Side::Buy,
            price: Price(price),
            qty: Qty(qty),
        }
    }

    const fn cancelled(why: CancelReason) -> Event {
        let (side, price, left) = (Side::Buy, Some(Price(1)), Qty(1));
        Event::Cancelled { instrument: ACME, key: key(1), side, price, left, why }
    }

    #[test]
    fn every_reason_has_its_own_place() {
        for (place, why) in Reject::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, place, "{why}");
        }
    }

    #[test]
    fn counts_say_what_happened_and_why_not() {
        let mut summary = summary();
        let rejected = |why| Event::rejected(AccountId(1), OrderId(1), why);
        let qty = Qty(1);
        let (instrument, key, side, price, stamp) = (ACME, key(1), Side::Buy, Price(1), Stamp(0));
        let rested = Event::Rested { instrument, key, side, price, qty, stamp };
        summary.see(&at(0, 0), &[traded(100, 3), traded(101, 4), rested]);
        summary.see(&at(1, 1), &[cancelled(CancelReason::User)]);
        summary.see(&at(2, 1), &[cancelled(CancelReason::Remainder)]);
        summary.see(&at(3, 2), &[rejected(Reject::ShortSale)]);
        summary.see(&at(4, 2), &[rejected(Reject::ShortSale)]);
        summary.see(&at(5, 2), &[rejected(Reject::OffTick)]);
        let counts = &summary.counts;
        assert_eq!((counts.commands, counts.events, counts.cancels), (6, 8, 1));
        assert_eq!((counts.trades, counts.volume, counts.orders), (2, 7, 0));
        assert_eq!(counts.rejected(), 3);
        let reasons: Vec<_> = counts.rejected_by_reason().collect();
        assert_eq!(reasons, [(Reject::OffTick, 1), (Reject::ShortSale, 2)]);
    }

    #[test]
    fn an_auction_counts_its_pairings_and_prints_once() {
        let mut summary = summary();
        let crossed = |trade, qty| Event::Crossed {
            trade: TradeId(trade),
            instrument: ACME,
            buy: key(1),
            sell: key(2),
            price: Price(101),
            qty: Qty(qty),
        };
        let (price, surplus, side) = (Some(Price(101)), Qty(2), Some(Side::Buy));
        let uncrossed = Event::Uncrossed { instrument: ACME, price, qty: Qty(7), surplus, side };
        summary.see(&at(0, 0), &[crossed(0, 3), crossed(1, 4), uncrossed]);
        assert_eq!((summary.counts.trades, summary.counts.volume), (2, 7));
        let tape = &summary.instruments[0].tape;
        assert_eq!((tape.trades, tape.volume, tape.last), (1, 7, Some(Price(101))));
    }

    #[test]
    fn prices_of_the_day() {
        let mut summary = summary();
        summary.see(&at(0, 0), &[traded(100, 1), traded(104, 3)]);
        summary.see(&at(1, 0), &[traded(98, 1)]);
        let tape = &summary.instruments[0].tape;
        assert_eq!((tape.last, tape.high), (Some(Price(98)), Some(Price(104))));
        assert_eq!((tape.low, tape.vwap()), (Some(Price(98)), Some(102.0)));
    }

    #[test]
    fn the_mean_spread_weighs_each_by_its_time_and_leaves_out_one_sided_times() {
        let mut summary = summary();
        let one_sided = Quote { bid: Some((Price(1), Qty(1))), ask: None };
        summary.stands(Time(10), ACME, quote((100, 4), (102, 8))); // 2 for 30
        summary.stands(Time(40), ACME, quote((100, 4), (108, 8))); // 8 for 10
        summary.stands(Time(50), ACME, one_sided); // nothing for 50
        summary.run_until(Time(100));
        let figures = &summary.instruments[0];
        assert_eq!(figures.spread_mean_ticks(), Some((2.0 * 30.0 + 8.0 * 10.0) / 40.0));
        assert_eq!(figures.spread.quantile(0.5), Some(2));
        assert_eq!(figures.spread.quantile(0.9), Some(8));
        assert_eq!(figures.spread.share_at(2), Some(0.75));
        let ask_mean = figures.ask_best.mean().unwrap();
        assert!((ask_mean - 8.0 * 40.0 / 90.0).abs() < 1e-12, "zero lots while nobody asked");
    }

    #[test]
    fn a_market_that_never_was_has_no_figures() {
        let mut summary = summary();
        summary.run_until(Time(1_000));
        let figures = &summary.instruments[0];
        assert_eq!(figures.spread_mean_ticks(), None);
        assert_eq!(figures.spread.quantile(0.5), None);
        assert_eq!(figures.tape.vwap(), None);
    }

    #[test]
    fn bins_are_few_and_never_far_off() {
        let mut last = 0;
        for spread in (0..5_000).chain((13..64).map(|power| (1_u64 << power) + 12_345)) {
            let (bin, low) =
                (SpreadTimes::bin(spread), SpreadTimes::low_end(SpreadTimes::bin(spread)));
            assert!(bin >= last, "wider spreads are in later bins");
            assert!(low <= spread && spread - low <= spread / 128, "{low} stands for {spread}");
            last = bin;
        }
        assert!(SpreadTimes::bin(u64::MAX) < 8_000);
        assert_eq!(SpreadTimes::low_end(SpreadTimes::bin(255)), 255);
        assert_eq!(SpreadTimes::low_end(SpreadTimes::bin(256)), 256);
    }
}
