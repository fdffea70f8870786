//! Level 2: how many lots are shown at each price of one instrument.
//!
//! Start reading at [`Levels::apply`]. It is made to run inline on every event of a fast market:
//! an event changes at most one level a side, the best prices are one look away, and nothing is
//! allocated once the ladders have grown to their size (beyond a thousand levels a side, far ones
//! are), except for the orders that are not shown whole, each of which is remembered while it lives.
//!
//! How many *orders* stand at a price is not kept here: a trade does not say whether its maker is
//! done, so whoever counts orders must know every one of them. [`crate::level3::Orders`] does.

use crate::ladder::Ladder;
use crate::shown::{Plainly, Shown, Spot, Step};
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side};

/// The shown lots at every price of one instrument.
///
/// Two are equal when they show the same.
#[derive(Clone, Debug)]
pub struct Levels {
    shown: Shown,
    bids: Ladder<Qty>,
    asks: Ladder<Qty>,
}

/// What an event did to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LevelChange {
    /// The side of the book.
    pub side: Side,
    /// The price of the level.
    pub price: Price,
    /// The lots shown there before; zero when there was no such level.
    pub before: Qty,
    /// The lots shown there now; zero when the level is gone.
    pub after: Qty,
}

/// Level 1: the best price of each side and all the lots shown there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quote {
    /// The highest price somebody buys at.
    pub bid: Option<(Price, Qty)>,
    /// The lowest price somebody sells at.
    pub ask: Option<(Price, Qty)>,
}

impl Levels {
    /// The empty book of `instrument`. It is fed from the instrument's first event on.
    #[must_use]
    pub const fn new(instrument: InstrumentId) -> Self {
        let shown = Shown::new(instrument);
        Self { shown, bids: Ladder::new(Side::Buy), asks: Ladder::new(Side::Sell) }
    }

    /// The instrument whose book this is.
    #[must_use]
    pub const fn instrument(&self) -> InstrumentId {
        self.shown.instrument()
    }

    /// Takes note of `event` and says which levels it changed: at most one, in an auction one a
    /// side. Events of other instruments change nothing.
    ///
    /// # Panics
    ///
    /// When lots leave a level that does not show them: an event was left out or told twice.
    pub fn apply(&mut self, event: &Event) -> [Option<LevelChange>; 2] {
        let [first, second] = self.shown.read(event);
        [first.and_then(|step| self.step(step)), second.and_then(|step| self.step(step))]
    }

    /// The same, handing each change to `told`: for those who hear every event of a market.
    ///
    /// # Panics
    ///
    /// As [`Levels::apply`] does.
    #[inline]
    pub fn hear(&mut self, event: &Event, mut told: impl FnMut(LevelChange)) {
        let change = match self.shown.plainly(event) {
            Some(Plainly::Nothing) => return,
            Some(Plainly::Comes(side, price, qty)) => self.join(side, price, qty),
            Some(Plainly::Goes(side, price, qty)) => self.take(side, price, qty),
            None => {
                self.apply(event).into_iter().flatten().for_each(told);
                return;
            }
        };
        if let Some(change) = change {
            told(change);
        }
    }

    /// The best price of `side` and the lots shown there.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<(Price, Qty)> {
        self.ladder(side).best().map(|(price, qty)| (price, *qty))
    }

    /// The best of both sides.
    #[must_use]
    pub fn quote(&self) -> Quote {
        Quote { bid: self.best(Side::Buy), ask: self.best(Side::Sell) }
    }

    /// Every level of `side`, best first.
    pub fn levels(
        &self,
        side: Side,
    ) -> impl DoubleEndedIterator<Item = (Price, Qty)> + Clone + use<'_> {
        self.ladder(side).iter().map(|(price, qty)| (price, *qty))
    }

    /// The best `count` levels of `side`, best first; fewer when there are fewer.
    pub fn top(
        &self,
        side: Side,
        count: usize,
    ) -> impl Iterator<Item = (Price, Qty)> + Clone + use<'_> {
        self.levels(side).take(count)
    }

    /// How many levels `side` has.
    #[must_use]
    pub fn count(&self, side: Side) -> usize {
        self.ladder(side).len()
    }

    /// The lots shown on `side` at `price`.
    #[must_use]
    pub fn lots_at(&self, price: Price, side: Side) -> Qty {
        self.ladder(side).at(price).copied().unwrap_or(Qty::ZERO)
    }

    /// The lots shown on `side` at `price` or better: what could trade at once against it.
    ///
    /// Walks the levels up to `price`.
    #[must_use]
    pub fn lots_within(&self, price: Price, side: Side) -> Qty {
        let within = self.levels(side).take_while(|(level, _)| !side.improves(price, *level));
        Qty(within.map(|(_, qty)| qty.0).fold(0, u64::saturating_add))
    }

    /// Makes `side` show `after` lots at `price`; with zero the level goes.
    pub(crate) fn set(&mut self, side: Side, price: Price, after: Qty) {
        self.change(side, price, |_| after);
    }

    fn step(&mut self, step: Step) -> Option<LevelChange> {
        match step {
            Step::Join { side, price, qty, .. } => self.join(side, price, qty),
            Step::Take { side, at: Spot::Level(price), qty, .. } => self.take(side, price, qty),
            Step::Take { key, side, at: Spot::Best, qty } => {
                let best = self.ladder(side).best();
                let (price, _) = best.unwrap_or_else(|| panic!("what crosses is shown: {key}"));
                self.take(side, price, qty)
            }
        }
    }

    #[inline]
    fn join(&mut self, side: Side, price: Price, qty: Qty) -> Option<LevelChange> {
        self.change(side, price, |before| {
            Qty(before.0.checked_add(qty.0).expect("a level shows fewer than 2^64 lots"))
        })
    }

    #[inline]
    fn take(&mut self, side: Side, price: Price, qty: Qty) -> Option<LevelChange> {
        self.change(side, price, |before| {
            assert!(
                qty <= before,
                "what leaves a level was shown there: {} of {} lots at {side} {}",
                qty.0,
                before.0,
                price.0
            );
            before.less(qty)
        })
    }

    /// Turns the lots before into the lots after, in one search. A level without lots is no level.
    #[inline]
    fn change(
        &mut self,
        side: Side,
        price: Price,
        turn: impl FnOnce(Qty) -> Qty,
    ) -> Option<LevelChange> {
        let ladder = match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        let (before, after) = match ladder.find(price) {
            Ok(place) => {
                let level = ladder.rung_mut(place);
                let before = *level;
                *level = turn(before);
                let after = *level;
                if after.is_zero() {
                    ladder.remove(place);
                }
                (before, after)
            }
            Err(place) => {
                let after = turn(Qty::ZERO);
                if !after.is_zero() {
                    ladder.insert(place, price, after);
                }
                (Qty::ZERO, after)
            }
        };
        (before != after).then_some(LevelChange { side, price, before, after })
    }

    const fn ladder(&self, side: Side) -> &Ladder<Qty> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }
}

impl PartialEq for Levels {
    fn eq(&self, other: &Self) -> bool {
        let books = (&self.bids, &self.asks) == (&other.bids, &other.asks);
        books && self.instrument() == other.instrument()
    }
}

impl Eq for Levels {}

impl Quote {
    /// The best of `side`.
    #[must_use]
    pub const fn side(&self, side: Side) -> Option<(Price, Qty)> {
        match side {
            Side::Buy => self.bid,
            Side::Sell => self.ask,
        }
    }

    /// From the best bid up to the best ask, in ticks; none while a side is empty.
    #[must_use]
    pub fn spread(&self) -> Option<i64> {
        let ((bid, _), (ask, _)) = self.bid.zip(self.ask)?;
        Some(ask.0.saturating_sub(bid.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::event::CancelReason;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey, Stamp, TradeId};

    const ACME: InstrumentId = InstrumentId(0);

    const fn key(account: u32) -> OrderKey {
        OrderKey::new(AccountId(account), OrderId(1))
    }

    fn rested(account: u32, side: Side, price: i64, qty: u64) -> Event {
        let (key, stamp) = (key(account), Stamp(u64::from(account)));
        Event::Rested { instrument: ACME, key, side, price: Price(price), qty: Qty(qty), stamp }
    }

    fn traded(maker: u32, aggressor: Side, price: i64, qty: u64) -> Event {
        let (maker, taker, trade) = (key(maker), key(99), TradeId(0));
        let (price, qty) = (Price(price), Qty(qty));
        Event::Traded { trade, instrument: ACME, maker, taker, aggressor, price, qty }
    }

    fn replaced(account: u32, from: (i64, u64), to: (i64, u64), kept: bool) -> Event {
        Event::Replaced {
            instrument: ACME,
            key: key(account),
            side: Side::Buy,
            from: Price(from.0),
            left: Qty(from.1),
            price: Price(to.0),
            qty: Qty(to.1 + 1), // One has traded before; the total says so, what is shown does not.
            leaves: Qty(to.1),
            kept,
        }
    }

    /// The book after `events`, as `price x qty`, bids before asks and best first.
    fn book(events: &[Event]) -> (Vec<String>, Vec<String>) {
        let mut levels = Levels::new(ACME);
        for event in events {
            levels.apply(event);
        }
        let side = |side| levels.levels(side).map(|(p, q)| format!("{}x{}", p.0, q.0)).collect();
        (side(Side::Buy), side(Side::Sell))
    }

    #[test]
    fn orders_at_one_price_are_one_level_and_the_best_comes_first() {
        let (bids, asks) = book(&[
            rested(1, Side::Buy, 99, 5),
            rested(2, Side::Buy, 100, 7),
            rested(3, Side::Buy, 99, 1),
            rested(4, Side::Sell, 103, 2),
            rested(5, Side::Sell, 102, 4),
        ]);
        assert_eq!(bids, ["100x7", "99x6"]);
        assert_eq!(asks, ["102x4", "103x2"]);
    }

    #[test]
    fn a_trade_takes_from_the_makers_side() {
        let resting = [rested(1, Side::Sell, 101, 5), rested(2, Side::Buy, 100, 5)];
        let bought = [resting[0], resting[1], traded(1, Side::Buy, 101, 2)];
        assert_eq!(book(&bought), (vec!["100x5".into()], vec!["101x3".into()]));
        let sold = [resting[0], resting[1], traded(2, Side::Sell, 100, 5)];
        assert_eq!(book(&sold), (vec![], vec!["101x5".into()]));
    }

    #[test]
    fn a_replaced_order_leaves_its_level_unless_it_kept_its_place() {
        let resting = rested(1, Side::Buy, 100, 5);
        let smaller = replaced(1, (100, 5), (100, 3), true);
        assert_eq!(book(&[resting, smaller]).0, ["100x3"]);
        let moved = replaced(1, (100, 5), (98, 4), false);
        assert_eq!(book(&[resting, moved]).0, [""; 0], "it is nowhere until it rests");
        assert_eq!(book(&[resting, moved, rested(1, Side::Buy, 98, 4)]).0, ["98x4"]);
        let larger = replaced(1, (100, 5), (100, 9), false);
        assert_eq!(book(&[resting, larger, rested(1, Side::Buy, 100, 9)]).0, ["100x9"]);
    }

    #[test]
    fn an_ending_takes_what_was_left_from_where_it_rested() {
        let cancelled = |price: Option<i64>, left| Event::Cancelled {
            instrument: ACME,
            key: key(1),
            side: Side::Sell,
            price: price.map(Price),
            left: Qty(left),
            why: CancelReason::User,
        };
        let expired = Event::ExpiredInMatch {
            instrument: ACME,
            key: key(2),
            side: Side::Sell,
            price: Some(Price(101)),
            left: Qty(1),
        };
        let resting = [rested(1, Side::Sell, 101, 5), rested(2, Side::Sell, 101, 1)];
        let (_, asks) = book(&[resting[0], resting[1], cancelled(Some(101), 5)]);
        assert_eq!(asks, ["101x1"]);
        let (_, asks) = book(&[resting[0], resting[1], cancelled(None, 5)]);
        assert_eq!(asks, ["101x6"], "an order that never rested was never shown");
        let (_, asks) = book(&[resting[0], resting[1], expired, cancelled(Some(101), 5)]);
        assert_eq!(asks, [""; 0], "an empty level is no level");
    }

    #[test]
    fn a_change_names_what_was_there_and_what_is() {
        let mut levels = Levels::new(ACME);
        let (side, price) = (Side::Sell, Price(101));
        let change = |before, after| {
            [Some(LevelChange { side, price, before: Qty(before), after: Qty(after) }), None]
        };
        assert_eq!(levels.apply(&rested(1, Side::Sell, 101, 5)), change(0, 5));
        assert_eq!(levels.apply(&traded(1, Side::Buy, 101, 2)), change(5, 3));
        assert_eq!(levels.apply(&traded(1, Side::Buy, 101, 3)), change(3, 0));
        let elsewhere = Levels::new(InstrumentId(1)).apply(&rested(1, Side::Sell, 101, 5));
        assert_eq!(elsewhere, [None; 2], "another instrument's order");
    }

    #[test]
    fn the_quote_the_depth_and_the_lots_within_a_price() {
        let mut levels = Levels::new(ACME);
        assert_eq!(levels.quote(), Quote::default());
        for event in [
            rested(1, Side::Buy, 100, 7),
            rested(2, Side::Buy, 99, 5),
            rested(3, Side::Buy, 97, 1),
            rested(4, Side::Sell, 103, 2),
        ] {
            levels.apply(&event);
        }
        let quote = levels.quote();
        assert_eq!(quote.side(Side::Buy), Some((Price(100), Qty(7))));
        assert_eq!(quote.side(Side::Sell), Some((Price(103), Qty(2))));
        assert_eq!(quote.spread(), Some(3));
        let top: Vec<_> = levels.top(Side::Buy, 2).collect();
        assert_eq!(top, [(Price(100), Qty(7)), (Price(99), Qty(5))]);
        assert_eq!(levels.lots_at(Price(99), Side::Buy), Qty(5));
        assert_eq!(levels.lots_at(Price(98), Side::Buy), Qty::ZERO);
        assert_eq!(levels.lots_within(Price(98), Side::Buy), Qty(12));
        assert_eq!(levels.lots_within(Price(97), Side::Buy), Qty(13));
        assert_eq!(levels.lots_within(Price(102), Side::Sell), Qty::ZERO);
        assert_eq!(levels.count(Side::Buy), 3);
    }

    #[test]
    #[should_panic(expected = "what leaves a level was shown there: 6 of 5 lots at sell 101")]
    fn more_than_is_shown_cannot_trade() {
        book(&[rested(1, Side::Sell, 101, 5), traded(1, Side::Buy, 101, 6)]);
    }
}
