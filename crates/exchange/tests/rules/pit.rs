//! What the stories are played on: an exchange whose invariants are checked after every command.

use pitfloor_exchange::Exchange;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Credit, Event, Phase};
use pitfloor_model::instrument::{Limits, Venue};
use pitfloor_model::units::{
    AccountId, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Side, Stamp,
};
use pitfloor_testkit::{Reference, story};
use std::sync::Arc;

/// ACME, the instrument of a story that names none.
pub(crate) const ACME: InstrumentId = InstrumentId(0);

/// An exchange on which stories are played, and the plain reference, which is told the same.
pub(crate) struct Pit {
    pub(crate) exchange: Exchange,
    plain: Reference,
    told: Vec<Event>,
    told_plainly: Vec<Event>,
}

impl Pit {
    /// A pit in which nobody has an account.
    pub(crate) fn empty(limits: Limits) -> Self {
        Self::on(story::venue_with(limits))
    }

    fn on(venue: Arc<Venue>) -> Self {
        let (exchange, plain) = (Exchange::new(venue.clone()), Reference::new(venue));
        Self { exchange, plain, told: Vec::new(), told_plainly: Vec::new() }
    }

    /// A pit under the switches and limits that `head` says (`rules ...`, `limits ...`), in which
    /// accounts 1 to 9 have credit.
    pub(crate) fn under(head: &str) -> Self {
        Self::on(story::venue_of(head)).with_credit()
    }

    /// A pit in which accounts 1 to 9 have credit, so that only the book decides.
    pub(crate) fn with(limits: Limits) -> Self {
        Self::empty(limits).with_credit()
    }

    fn with_credit(mut self) -> Self {
        for account in 1..=9 {
            self.play(&format!("open {account} credit"));
        }
        self
    }

    /// The same, with no limits to speak of.
    pub(crate) fn open() -> Self {
        Self::with(Limits::default())
    }

    /// Plays `story` and tells what happened. After every command the invariants hold.
    pub(crate) fn play(&mut self, story: &str) -> Vec<String> {
        self.apply(&story::read(story)).iter().map(story::tell).collect()
    }

    /// Plays `story` and expects exactly these events, one per line.
    #[track_caller]
    pub(crate) fn expect(&mut self, story: &str, events: &str) {
        let told = self.play(story);
        let expected: Vec<&str> =
            events.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(told, expected, "after:\n{story}");
    }

    /// Plays `story` and tells the trades alone.
    pub(crate) fn trades(&mut self, story: &str) -> Vec<String> {
        let told = self.play(story);
        story::trades(&told).into_iter().map(str::to_owned).collect()
    }

    /// Carries out `commands` and returns what happened.
    pub(crate) fn apply(&mut self, commands: &[Stamped]) -> Vec<Event> {
        let mut happened = Vec::new();
        for stamped in commands {
            let before = happened.len();
            self.exchange.apply(stamped, &mut happened);
            assert!(happened.len() > before, "every command has an answer: {stamped:?}");
            check(&self.exchange);
            self.told_plainly.extend(self.plain.apply(stamped));
        }
        self.told.extend_from_slice(&happened);
        happened
    }

    /// The levels of ACME, best first: `100x7 99x1 | 101x5`, bids before asks.
    pub(crate) fn book(&self) -> String {
        let side = |side| -> Vec<String> {
            let levels = self.exchange.levels(ACME, side);
            levels.map(|level| format!("{}x{}", level.price.0, level.qty.0)).collect()
        };
        format!("{} | {}", side(Side::Buy).join(" "), side(Side::Sell).join(" ")).trim().to_owned()
    }

    /// Who waits on `side` of ACME, in priority: `2/1x5 3/1x4`.
    pub(crate) fn queue(&self, side: Side) -> String {
        let queue = self.exchange.queue(ACME, side);
        let queue: Vec<String> = queue.map(|r| format!("{}x{}", r.key, r.leaves.0)).collect();
        queue.join(" ")
    }

    /// The priority number of a live order.
    pub(crate) fn stamp(&self, account: u32, order: u64) -> Stamp {
        let key = OrderKey::new(AccountId(account), OrderId(order));
        self.exchange.order(key).expect("the order is live").stamp
    }

    /// Cash of `account` in minor units: what it has, and what of that is reserved.
    pub(crate) fn cash(&self, account: u32) -> (i128, i128) {
        let holding = self.exchange.cash(AccountId(account), CurrencyId(0)).expect("it is open");
        (holding.total.0, holding.reserved.0)
    }

    /// Lots of ACME of `account`: what it has, and what of that is reserved.
    pub(crate) fn lots(&self, account: u32) -> (i128, i128) {
        let holding = self.exchange.lots(AccountId(account), ACME).expect("it is open");
        (holding.total, holding.reserved)
    }
}

/// At the end of its own assertions, every story is also a comparison with the plain reference.
impl Drop for Pit {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.told, self.told_plainly, "the plain reference tells the same story");
            assert_eq!(difference(&self.exchange, &self.plain), None);
        }
    }
}

/// What must hold after every command, whatever was asked.
pub(crate) fn check(exchange: &Exchange) {
    let venue = exchange.venue().clone();
    for instrument in instruments(&venue) {
        for side in Side::BOTH {
            check_side(exchange, instrument, side);
        }
        let bid = exchange.best(instrument, Side::Buy).map(|(price, _)| price);
        let ask = exchange.best(instrument, Side::Sell).map(|(price, _)| price);
        if let (Some(bid), Some(ask), Phase::Continuous) = (bid, ask, exchange.phase(instrument)) {
            assert!(bid < ask, "no bid meets an ask at rest: {bid:?} and {ask:?}");
        }
    }
    let (cash, lots) = exchange.ledger().resum();
    assert!(cash.iter().all(|sum| *sum == 0), "cash sums to zero: {cash:?}");
    assert!(lots.iter().all(|sum| *sum == 0), "holdings sum to zero: {lots:?}");
    for account in exchange.ledger().accounts() {
        check_account(exchange, account);
    }
}

/// Levels are the sums of their queues, none is empty, and the better price comes first.
fn check_side(exchange: &Exchange, instrument: InstrumentId, side: Side) {
    let mut queue = exchange.queue(instrument, side).peekable();
    let mut before: Option<Price> = None;
    for level in exchange.levels(instrument, side) {
        let worse = before.is_none_or(|better| match side {
            Side::Buy => level.price < better,
            Side::Sell => level.price > better,
        });
        assert!(worse, "levels get worse from the best: {before:?} then {:?}", level.price);
        if before.is_none() {
            assert_eq!(exchange.best(instrument, side), Some((level.price, level.qty)));
        }
        before = Some(level.price);
        let (mut lots, mut orders, mut stamp) = (0, 0, None);
        while let Some(order) = queue.next_if(|order| order.price == level.price) {
            assert!(order.leaves.0 > 0, "a resting order has something left");
            assert!(stamp.is_none_or(|earlier| order.stamp > earlier), "earlier comes first");
            stamp = Some(order.stamp);
            lots += order.leaves.0;
            orders += 1;
            let found = exchange.order(order.key).expect("a resting order is live");
            assert_eq!((found.shown, found.side), (order.leaves, side));
            assert_eq!(found.price, Some(order.price));
        }
        assert!(orders > 0, "empty levels do not exist");
        assert_eq!((level.qty.0, level.orders), (lots, orders), "a level is the sum of its queue");
    }
    assert!(queue.next().is_none(), "every order waits at a level");
    if before.is_none() {
        assert_eq!(exchange.best(instrument, side), None);
    }
}

/// Without credit: what is reserved is what the live orders need, and it is there. With credit:
/// nothing is reserved.
fn check_account(exchange: &Exchange, account: AccountId) {
    let venue = exchange.venue().clone();
    let checked = exchange.ledger().credit(account) == Some(Credit::None);
    let mut needed_cash = vec![0; venue.currencies().len()];
    // Orders that wait for an auction are audited in `tests/orders`; here the book alone is.
    let beside = |at| exchange.engine().special_orders(account, at).next().is_some();
    let plain = !instruments(&venue).any(beside);
    for (instrument, of) in instruments(&venue).zip(venue.instruments()) {
        let mut needed_lots = 0;
        for side in Side::BOTH {
            for order in exchange.queue(instrument, side).filter(|o| o.key.account == account) {
                let lots = i128::from(order.leaves.0);
                let cost = i128::from(order.price.0) * lots * i128::from(of.tick_cash());
                needed_cash[of.currency().index()] += match side {
                    Side::Buy => cost.max(0),
                    Side::Sell => (-cost).max(0),
                };
                needed_lots += if side == Side::Sell { lots } else { 0 };
            }
        }
        let lots = exchange.lots(account, instrument).expect("it is open");
        let needed_lots = if checked { needed_lots } else { 0 };
        assert!(!plain || lots.reserved == needed_lots, "lots of {account:?}");
        assert!(!checked || lots.total >= lots.reserved, "{account:?} owns what it would sell");
    }
    for (currency, needed) in (0..).map(CurrencyId).zip(needed_cash) {
        let cash = exchange.cash(account, currency).expect("it is open");
        let needed = if checked { needed } else { 0 };
        assert!(!plain || cash.reserved.0 == needed, "cash of {account:?}");
        assert!(!checked || cash.total >= cash.reserved, "{account:?} can pay for its orders");
    }
}

/// The first thing in which the exchange and the plain reference stand differently.
pub(crate) fn difference(exchange: &Exchange, plain: &Reference) -> Option<String> {
    let venue = plain.venue();
    for instrument in instruments(venue) {
        let phase = (exchange.phase(instrument), plain.phase(instrument));
        if phase.0 != phase.1 {
            return Some(format!("phases of {instrument:?}: {phase:?}"));
        }
        let last = (exchange.last_price(instrument), plain.last_price(instrument));
        if last.0 != last.1 {
            return Some(format!("last prices of {instrument:?}: {last:?}"));
        }
        for side in Side::BOTH {
            let levels: Vec<_> =
                exchange.levels(instrument, side).map(|l| (l.price, l.qty, l.orders)).collect();
            let plainly = plain.levels(instrument, side);
            if levels != plainly {
                return Some(format!("{side} levels: {levels:?}, plainly {plainly:?}"));
            }
            let best = (exchange.best(instrument, side), plain.best(instrument, side));
            if best.0 != best.1 {
                return Some(format!("best {side} of {instrument:?}: {best:?}"));
            }
            let queue: Vec<_> = exchange
                .queue(instrument, side)
                .map(|r| {
                    let live = exchange.order(r.key).expect("a resting order is live");
                    (r.key, r.price, live.leaves, live.traded, r.stamp)
                })
                .collect();
            let shown = plain.priority(instrument, side).into_iter().filter(|w| !w.shown.is_zero());
            let plainly: Vec<_> =
                shown.map(|w| (w.key, w.price, w.leaves, w.traded, w.stamp)).collect();
            if queue != plainly {
                return Some(format!("{side} queue: {queue:?}, plainly {plainly:?}"));
            }
        }
    }
    for statement in plain.statements() {
        let account = statement.account;
        for (currency, plainly) in (0..).map(CurrencyId).zip(statement.cash) {
            let cash = exchange.cash(account, currency).map(|cash| (cash.total, cash.reserved));
            if cash != Some(plainly) {
                return Some(format!("cash of {account:?}: {cash:?}, plainly {plainly:?}"));
            }
        }
        for (instrument, plainly) in (0..).map(InstrumentId).zip(statement.lots) {
            let lots = exchange.lots(account, instrument).map(|lots| (lots.total, lots.reserved));
            if lots != Some(plainly) {
                return Some(format!("lots of {account:?}: {lots:?}, plainly {plainly:?}"));
            }
        }
    }
    None
}

fn instruments(venue: &Arc<Venue>) -> impl Iterator<Item = InstrumentId> + use<> {
    (0..venue.instruments().len() as u32).map(InstrumentId)
}
