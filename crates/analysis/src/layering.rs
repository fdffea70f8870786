//! Layering: large orders that nobody was to meet, against executions on the other side.
//!
//! Who shows what he does not mean leaves a trace: orders that are large, rest behind the best
//! price, are taken back soon and hardly ever trade, while the same account trades on the other
//! side. This counts it, account by account, from commands and events alone. An order is a **wall**
//! when it rested with at least [`Criteria::times`] the lots of the mean order that had rested so
//! far, not at the best price of its side, and was taken back within [`Criteria::life`] with at
//! least nine tenths of it left. A wall is **answered** when its account traded on the other side
//! while it stood.
//!
//! Nothing here is proof: makers take back what they quote all day. [`Trace::is_suspicious`] asks
//! for many answered walls, and for far more lots in walls than were traded against them.

use pitfloor_feed::level2::Quote;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{CancelReason, Event};
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Price, Qty, Side, Span, Time};
use std::collections::{BTreeMap, VecDeque};

/// What counts as a wall, and as suspicious.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Criteria {
    /// How long it stands at most.
    pub life: Span,
    /// How many times the mean order's lots it has at least.
    pub times: f64,
    /// Answered walls that make an account suspicious.
    pub walls: u64,
    /// Lots in answered walls for each lot traded against them.
    pub lots: f64,
}

impl Default for Criteria {
    fn default() -> Self {
        Self { life: Span::secs(10), times: 5.0, walls: 10, lots: 5.0 }
    }
}

/// Executions of an account that are remembered: more than trade within the life of a wall.
pub const EXECUTIONS_MAX: usize = 256;

/// What an account has left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trace {
    /// Orders that rested.
    pub orders: u64,
    /// Walls among them.
    pub walls: u64,
    /// Walls while which it traded on the other side.
    pub answered: u64,
    /// Lots in those.
    pub wall_lots: u128,
    /// Lots that it traded on the other side meanwhile, each counted once.
    pub executed_lots: u128,
}

impl Trace {
    /// True when it looks like layering by `criteria`.
    #[must_use]
    pub fn is_suspicious(&self, criteria: &Criteria) -> bool {
        let many = self.answered >= criteria.walls;
        many && self.wall_lots as f64 >= criteria.lots * self.executed_lots as f64
    }
}

/// An order that rests.
#[derive(Clone, Copy, Debug)]
struct Live {
    side: Side,
    since: Time,
    size: Qty,
    left: Qty,
    is_large: bool,
    is_behind: bool,
}

/// One execution of an account.
#[derive(Clone, Copy, Debug)]
struct Execution {
    at: Time,
    instrument: InstrumentId,
    side: Side,
    lots: Qty,
    is_counted: bool,
}

/// The detector.
#[derive(Clone, Debug, Default)]
pub struct Layering {
    criteria: Criteria,
    live: BTreeMap<OrderKey, Live>,
    executions: BTreeMap<AccountId, VecDeque<Execution>>,
    traces: BTreeMap<AccountId, Trace>,
    /// Orders that rested so far and their lots, per instrument.
    rested: BTreeMap<InstrumentId, (u64, u128)>,
}

impl Layering {
    /// One that goes by `criteria`.
    #[must_use]
    pub fn new(criteria: Criteria) -> Self {
        Self { criteria, ..Self::default() }
    }

    /// Takes note of a command and what came of it; `quote` says the best prices of an instrument
    /// after it.
    pub fn see(
        &mut self,
        stamped: &Stamped,
        events: &[Event],
        quote: impl Fn(InstrumentId) -> Quote,
    ) {
        let at = stamped.at;
        for event in events {
            match *event {
                Event::Rested { instrument, key, side, price, qty, .. } => {
                    let best = quote(instrument);
                    self.rests(at, instrument, key, (side, price, qty), &best);
                }
                Event::Traded { instrument, maker, taker, aggressor, qty, .. } => {
                    self.trades(at, instrument, maker, aggressor.opposite(), qty);
                    self.trades(at, instrument, taker, aggressor, qty);
                }
                Event::Cancelled { instrument, key, why: CancelReason::User, .. } => {
                    self.leaves(at, instrument, key);
                }
                Event::Cancelled { key, .. }
                | Event::Expired { key, .. }
                | Event::ExpiredInMatch { key, .. } => {
                    self.live.remove(&key);
                }
                _ => {}
            }
        }
    }

    /// What each account has left behind, in the order of their numbers.
    pub fn traces(&self) -> impl Iterator<Item = (AccountId, Trace)> + '_ {
        self.traces.iter().map(|(account, trace)| (*account, *trace))
    }

    /// The accounts that look like layering.
    pub fn suspicious(&self) -> impl Iterator<Item = (AccountId, Trace)> + '_ {
        self.traces().filter(|(_, trace)| trace.is_suspicious(&self.criteria))
    }

    fn rests(
        &mut self,
        at: Time,
        instrument: InstrumentId,
        key: OrderKey,
        (side, price, qty): (Side, Price, Qty),
        best: &Quote,
    ) {
        let (orders, lots) = self.rested.entry(instrument).or_default();
        let is_large =
            *orders > 0 && qty.0 as f64 * *orders as f64 >= self.criteria.times * *lots as f64;
        (*orders, *lots) = (*orders + 1, *lots + u128::from(qty.0));
        let front = match side {
            Side::Buy => best.bid,
            Side::Sell => best.ask,
        };
        let is_behind = front.is_some_and(|(front, _)| front != price);
        let live = Live { side, since: at, size: qty, left: qty, is_large, is_behind };
        self.live.insert(key, live);
        self.traces.entry(key.account).or_default().orders += 1;
    }

    fn trades(&mut self, at: Time, instrument: InstrumentId, key: OrderKey, side: Side, lots: Qty) {
        if let Some(live) = self.live.get_mut(&key) {
            live.left = Qty(live.left.0.saturating_sub(lots.0));
            if live.left.is_zero() {
                self.live.remove(&key);
            }
        }
        let executions = self.executions.entry(key.account).or_default();
        if executions.len() == EXECUTIONS_MAX {
            executions.pop_front();
        }
        executions.push_back(Execution { at, instrument, side, lots, is_counted: false });
    }

    fn leaves(&mut self, at: Time, instrument: InstrumentId, key: OrderKey) {
        let Some(live) = self.live.remove(&key) else { return };
        let is_short = at.since(live.since) <= self.criteria.life;
        let is_whole = live.left.0 as f64 >= 0.9 * live.size.0 as f64;
        if !(live.is_large && live.is_behind && is_short && is_whole) {
            return;
        }
        let trace = self.traces.entry(key.account).or_default();
        trace.walls += 1;
        let mut is_answered = false;
        for execution in self.executions.entry(key.account).or_default() {
            let against = execution.instrument == instrument && execution.side != live.side;
            if against && execution.at >= live.since {
                is_answered = true;
                if !std::mem::replace(&mut execution.is_counted, true) {
                    trace.executed_lots += u128::from(execution.lots.0);
                }
            }
        }
        if is_answered {
            trace.answered += 1;
            trace.wall_lots += u128::from(live.size.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::command::Command;
    use pitfloor_model::units::{OrderId, Stamp, TradeId};

    const ACME: InstrumentId = InstrumentId(0);

    /// A tape of three accounts: 1 is many small traders, 2 the suspect, 3 a maker.
    #[derive(Default)]
    struct Tape {
        found: Layering,
        at: u64,
        orders: u64,
    }

    impl Tape {
        fn told(&mut self, event: Event) {
            let stamped =
                Stamped { seq: self.orders, at: Time(self.at), command: Command::AdvanceTime };
            let best = |price| Some((Price(price), Qty(10)));
            let quote = Quote { bid: best(99), ask: best(101) };
            self.found.see(&stamped, &[event], |_| quote);
        }

        fn rest(&mut self, account: u32, side: Side, price: i64, lots: u64) -> OrderKey {
            self.orders += 1;
            let key = OrderKey::new(AccountId(account), OrderId(self.orders));
            let (price, qty, stamp) = (Price(price), Qty(lots), Stamp(self.orders));
            self.told(Event::Rested { instrument: ACME, key, side, price, qty, stamp });
            key
        }

        fn take_back(&mut self, key: OrderKey, side: Side) {
            let (why, left) = (CancelReason::User, Qty(1));
            self.told(Event::Cancelled { instrument: ACME, key, side, price: None, left, why });
        }

        fn meets(&mut self, maker: OrderKey, lots: u64) {
            self.orders += 1;
            let (trade, price, qty) = (TradeId(self.orders), Price(101), Qty(lots));
            let taker = OrderKey::new(AccountId(1), OrderId(self.orders));
            let aggressor = Side::Buy;
            self.told(Event::Traded {
                trade,
                instrument: ACME,
                maker,
                taker,
                aggressor,
                price,
                qty,
            });
        }

        fn pass(&mut self, seconds: u64) {
            self.at += seconds * 1_000_000_000;
        }

        /// Small orders of account 1, so that there is a mean.
        fn crowd() -> Self {
            let mut tape = Self { found: Layering::new(Criteria::default()), ..Self::default() };
            (0..100).for_each(|_| {
                tape.rest(1, Side::Buy, 98, 10);
            });
            tape
        }

        /// One play: a small sell that is met, and a wall of so many lots that stands so long.
        fn play(&mut self, price: i64, lots: u64, seconds: u64, is_met: bool) {
            let meant = self.rest(2, Side::Sell, 101, 5);
            let wall = self.rest(2, Side::Buy, price, lots);
            self.pass(1);
            if is_met {
                self.meets(meant, 5);
            }
            self.pass(seconds - 1);
            self.take_back(wall, Side::Buy);
            self.pass(5);
        }

        fn suspects(&self) -> Vec<u32> {
            self.found.suspicious().map(|(account, _)| account.0).collect()
        }
    }

    #[test]
    fn walls_against_executions_are_found() {
        let mut tape = Tape::crowd();
        (0..12).for_each(|_| tape.play(98, 500, 3, true));
        assert_eq!(tape.suspects(), [2]);
        let trace = tape.found.traces().find(|(account, _)| account.0 == 2).unwrap().1;
        assert_eq!((trace.orders, trace.walls, trace.answered), (24, 12, 12));
        assert_eq!((trace.wall_lots, trace.executed_lots), (6_000, 60));
    }

    #[test]
    fn what_is_small_or_stands_long_or_at_the_best_or_is_not_answered_is_no_trace() {
        for (price, lots, seconds, is_met) in
            [(98, 20, 3, true), (98, 500, 30, true), (99, 500, 3, true), (98, 500, 3, false)]
        {
            let mut tape = Tape::crowd();
            (0..12).for_each(|_| tape.play(price, lots, seconds, is_met));
            assert!(tape.suspects().is_empty(), "{price} {lots} {seconds} {is_met}");
        }
    }

    #[test]
    fn a_wall_that_was_met_was_meant() {
        let mut tape = Tape::crowd();
        for _ in 0..12 {
            let meant = tape.rest(2, Side::Sell, 101, 5);
            let wall = tape.rest(2, Side::Buy, 98, 500);
            tape.pass(1);
            tape.meets(meant, 5);
            tape.meets(wall, 300);
            tape.take_back(wall, Side::Buy);
        }
        assert!(tape.suspects().is_empty());
    }
}
