//! What the stories are played on: an exchange that is audited after every command.
//!
//! The audit believes events alone: what each order has left is added up from what was told of it,
//! and then compared with what the exchange says it has.

use pitfloor_exchange::book::Resting;
use pitfloor_exchange::{Exchange, LiveOrder, Whereabouts};
use pitfloor_model::command::Stamped;
use pitfloor_model::event::{Credit, Event, Phase, Reject};
use pitfloor_model::instrument::Venue;
use pitfloor_model::order::Stp;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Side};
use pitfloor_testkit::story;
use std::collections::BTreeMap;
use std::sync::Arc;

/// ACME, the instrument of a story that names none.
pub(crate) const ACME: InstrumentId = InstrumentId(0);

/// An exchange on which stories are played.
#[derive(Clone)]
pub(crate) struct Floor {
    pub(crate) exchange: Exchange,
    audit: Audit,
}

/// What has been told of each order that is live.
#[derive(Clone, Debug, Default)]
pub(crate) struct Audit {
    orders: BTreeMap<OrderKey, Told>,
    /// Who was triggered last in this command, and has not entered yet.
    triggered: Option<OrderKey>,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    leaves: u64,
    traded: u64,
}

impl Floor {
    /// A floor under the switches that `head` says (`rules ...`, `limits ...`), on which accounts 1
    /// to 9 have credit, so that the rules of matching alone decide.
    pub(crate) fn under(head: &str) -> Self {
        let mut floor = Self::empty(head);
        for account in 1..=9 {
            floor.play(&format!("open {account} credit"));
        }
        floor
    }

    /// The same under the usual switches.
    pub(crate) fn open() -> Self {
        Self::under("")
    }

    /// A floor on which nobody has an account.
    pub(crate) fn empty(head: &str) -> Self {
        Self::on(story::venue_of(head))
    }

    pub(crate) fn on(venue: Arc<Venue>) -> Self {
        Self { exchange: Exchange::new(venue), audit: Audit::default() }
    }

    /// Plays `story` and tells what happened.
    pub(crate) fn play(&mut self, story: &str) -> Vec<String> {
        let mut told = Vec::new();
        for stamped in story::read(story) {
            let at = stamped.at.max(self.exchange.now());
            told.extend(self.apply(&Stamped { at, ..stamped }).iter().map(story::tell));
        }
        told
    }

    /// Plays `story` and expects exactly these events, one per line; blank lines do not count.
    #[track_caller]
    pub(crate) fn expect(&mut self, story: &str, events: &str) -> &mut Self {
        let told = self.play(story);
        let expected: Vec<&str> =
            events.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(told, expected, "after:\n{story}");
        self
    }

    /// Plays one command and expects it to be refused for this reason, and to change nothing.
    #[track_caller]
    pub(crate) fn refuse(&mut self, line: &str, why: Reject) -> &mut Self {
        let before = format!("{:?}", self.exchange);
        let mut events = Vec::new();
        for stamped in story::read(line) {
            let at = stamped.at.max(self.exchange.now());
            events = self.apply(&Stamped { at, ..stamped });
        }
        let told = match events.as_slice() {
            [Event::Rejected { why, .. }] => Some(*why),
            _ => None,
        };
        assert_eq!(told, Some(why), "{line}: {events:?}");
        let after = format!("{:?}", self.exchange);
        assert_eq!(before, after, "a refused command changes nothing: {line}");
        self
    }

    /// Plays a story that only prepares the ground.
    pub(crate) fn after(mut self, story: &str) -> Self {
        self.play(story);
        self
    }

    /// Carries out one command, and audits.
    pub(crate) fn apply(&mut self, stamped: &Stamped) -> Vec<Event> {
        let mut events = Vec::new();
        self.exchange.apply(stamped, &mut events);
        assert!(!events.is_empty(), "every command has an answer: {stamped:?}");
        for event in &events {
            self.audit.hear(event);
        }
        self.audit.triggered = None;
        self.audit.check(&self.exchange);
        check(&self.exchange);
        events
    }

    /// The shown levels of ACME, best first: `100x7 99x1 | 101x5`, bids before asks.
    pub(crate) fn book(&self) -> String {
        let side = |side| -> Vec<String> {
            let levels = self.exchange.levels(ACME, side);
            levels.map(|level| format!("{}x{}", level.price.0, level.qty.0)).collect()
        };
        format!("{} | {}", side(Side::Buy).join(" "), side(Side::Sell).join(" ")).trim().to_owned()
    }

    /// Who is shown on `side` of ACME, in priority: `2/1x5 3/1x4`.
    pub(crate) fn queue(&self, side: Side) -> String {
        let queue = self.exchange.queue(ACME, side);
        let queue: Vec<String> = queue.map(|r| format!("{}x{}", r.key, r.leaves.0)).collect();
        queue.join(" ")
    }

    /// A live order.
    #[track_caller]
    pub(crate) fn order(&self, account: u32, order: u64) -> LiveOrder {
        let key = OrderKey::new(AccountId(account), OrderId(order));
        self.exchange.order(key).expect("the order is live")
    }

    /// True while an order is live.
    pub(crate) fn is_live(&self, account: u32, order: u64) -> bool {
        self.exchange.order(OrderKey::new(AccountId(account), OrderId(order))).is_some()
    }
}

impl Audit {
    pub(crate) fn hear(&mut self, event: &Event) {
        match *event {
            Event::Accepted { key, terms, .. } => {
                let told = Told { leaves: terms.qty.0, traded: 0 };
                let before = self.orders.insert(key, told);
                assert!(before.is_none(), "{key} is accepted once");
            }
            Event::Traded { maker, taker, qty, .. } => {
                assert!(qty.0 > 0, "no trade of nothing");
                self.trade(maker, qty.0);
                self.trade(taker, qty.0);
            }
            Event::Crossed { buy, sell, qty, .. } => {
                assert!(qty.0 > 0, "no trade of nothing");
                self.trade(buy, qty.0);
                self.trade(sell, qty.0);
            }
            Event::Prevented {
                maker, taker, qty, mode: Stp::Decrement | Stp::Transfer, ..
            } => {
                self.orders.get_mut(&maker).expect("the maker is live").leaves -= qty.0;
                self.orders.get_mut(&taker).expect("the taker is live").leaves -= qty.0;
            }
            Event::Replaced { key, leaves, left, qty, .. } => {
                let told = self.orders.get_mut(&key).expect("it is live");
                assert!(left.0 <= told.leaves, "what was left was told: {event:?}");
                told.leaves = leaves.0;
                assert_eq!(told.traded + told.leaves, qty.0, "a total is the sum of its parts");
            }
            Event::Reduced { key, by, leaves, .. } => {
                let told = self.orders.get_mut(&key).expect("it is live");
                told.leaves -= by.0;
                assert_eq!(told.leaves, leaves.0, "{event:?}");
            }
            Event::Amended { key, terms, .. } => {
                let told = self.orders.get_mut(&key).expect("it is live");
                told.leaves = terms.qty.0 - told.traded;
            }
            Event::Armed { key, qty, .. } => {
                let told = self.orders.get_mut(&key).expect("a child that wakes is live");
                told.leaves = qty.0 - told.traded;
            }
            Event::Cancelled { key, left, .. } => {
                let told = self.orders.remove(&key).expect("what is cancelled was live");
                // A child that has grown, and whose turn has not come, ends with what it had.
                assert!(left.0 <= told.leaves && left.0 > 0, "{event:?} after {told:?}");
            }
            Event::Expired { key, .. } => {
                self.orders.remove(&key).expect("what expires was live");
            }
            Event::ExpiredInMatch { key, .. } => {
                self.orders.remove(&key).expect("what ends was live");
            }
            Event::Triggered { key, .. } => {
                assert!(self.orders.contains_key(&key), "what is triggered was live");
                self.triggered = Some(key);
            }
            Event::Rejected { key, .. } if self.triggered == Some(key) => {
                self.orders.remove(&key);
            }
            _ => {}
        }
    }

    fn trade(&mut self, key: OrderKey, qty: u64) {
        let told = self.orders.get_mut(&key).expect("who trades is live");
        assert!(qty <= told.leaves, "{key} trades no more than it has: {qty} of {told:?}");
        told.leaves -= qty;
        told.traded += qty;
    }

    /// The orders that are live are those that have something left, and they have just that.
    pub(crate) fn check(&mut self, exchange: &Exchange) {
        self.orders.retain(|key, told| {
            let live = exchange.order(*key);
            assert_eq!(live.is_some(), told.leaves > 0, "{key}: {live:?} and {told:?}");
            let Some(live) = live else { return false };
            assert_eq!((live.leaves.0, live.traded.0), (told.leaves, told.traded), "{key}");
            assert!(live.shown <= live.leaves, "no more is shown than there is: {key}");
            true
        });
    }
}

/// What must hold after every command, whatever was asked.
pub(crate) fn check(exchange: &Exchange) {
    let venue = exchange.venue().clone();
    let instruments = (0..).zip(venue.instruments()).map(|(id, _)| InstrumentId(id));
    for instrument in instruments {
        let book = exchange.book(instrument).expect("it is listed");
        if exchange.phase(instrument) == Phase::Continuous {
            assert!(!book.is_crossed(), "no bid meets an ask at rest");
        }
        for side in Side::BOTH {
            check_side(exchange, instrument, side);
        }
    }
    let (cash, lots) = exchange.ledger().resum();
    assert!(cash.iter().all(|sum| *sum == 0), "cash sums to zero: {cash:?}");
    assert!(lots.iter().all(|sum| *sum == 0), "holdings sum to zero: {lots:?}");
    for account in exchange.ledger().accounts() {
        check_account(exchange, account);
    }
}

/// Shown levels are the sums of their queues, none is empty, and the better price comes first.
fn check_side(exchange: &Exchange, instrument: InstrumentId, side: Side) {
    let mut queue = exchange.queue(instrument, side).peekable();
    let mut before: Option<Price> = None;
    for level in exchange.levels(instrument, side) {
        let worse = before.is_none_or(|better| side.improves(better, level.price));
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
            assert_eq!((found.shown, found.price), (order.leaves, Some(order.price)));
            assert_eq!((found.side, found.stamp), (side, order.stamp));
        }
        assert!(orders > 0, "empty levels do not exist");
        assert_eq!((level.qty.0, level.orders), (lots, orders), "a level is the sum of its queue");
    }
    assert!(queue.next().is_none(), "every order waits at a level");
    if before.is_none() {
        assert_eq!(exchange.best(instrument, side), None);
    }
    check_veiled(exchange, instrument, side);
}

/// What levels hold without showing it is what orders hold back.
fn check_veiled(exchange: &Exchange, instrument: InstrumentId, side: Side) {
    let book = exchange.book(instrument).expect("it is listed");
    let held: u64 = book
        .orders(side)
        .map(|resting| {
            let order = exchange.order(resting.key).expect("it is live");
            order.leaves.0 - order.shown.0
        })
        .sum();
    let levels: u64 = book.all_levels(side).map(|level| level.hidden.0).sum();
    assert_eq!(levels, held, "what is held back belongs to somebody");
}

/// Every live order of an account in an instrument.
fn live_orders(
    exchange: &Exchange,
    account: AccountId,
    instrument: InstrumentId,
) -> Vec<LiveOrder> {
    let book = exchange.book(instrument).expect("it is listed");
    let plain = Side::BOTH.into_iter().flat_map(|side| book.orders(side));
    let plain = plain
        .filter(|resting| resting.key.account == account && resting.more == Resting::PLAIN)
        .map(|resting| exchange.order(resting.key).expect("it is live"));
    let special = exchange.engine().special_orders(account, instrument).map(|(_, order)| order);
    plain.chain(special).collect()
}

/// Orders are counted where they stand; without credit, what is reserved is what they need, and it
/// is there.
fn check_account(exchange: &Exchange, account: AccountId) {
    let venue = exchange.venue().clone();
    let checked = exchange.ledger().credit(account) == Some(Credit::None);
    let mut cash = vec![0; venue.currencies().len()];
    let mut sure = true;
    for (id, instrument) in (0..).zip(venue.instruments()) {
        let instrument_id = InstrumentId(id);
        let (mut lots, mut live, mut dormant) = (0, 0, 0);
        for order in live_orders(exchange, account, instrument_id) {
            match order.place {
                Whereabouts::Dormant => dormant += 1,
                Whereabouts::Parked => live += 1,
                Whereabouts::Book | Whereabouts::Waiting => {
                    live += 1;
                    let Some(price) = order.price else {
                        sure = false;
                        continue;
                    };
                    let cost = instrument.cost(price, order.leaves).0;
                    let currency = &mut cash[instrument.currency().index()];
                    match order.side {
                        Side::Buy => *currency += cost.max(0),
                        Side::Sell => {
                            *currency += (-cost).max(0);
                            lots += i128::from(order.leaves.0);
                        }
                    }
                }
            }
        }
        let standing = exchange.standing(account, instrument_id).expect("it is open");
        assert_eq!((standing.live, standing.dormant), (live, dormant), "{account:?} is counted");
        let holding = exchange.lots(account, instrument_id).expect("it is open");
        if !checked {
            assert_eq!(holding.reserved, 0);
        } else {
            assert!(holding.reserved <= holding.total, "{account:?} has what is reserved");
            assert!(!sure || holding.reserved == lots, "{account:?}: {holding:?} for {lots}");
        }
    }
    for (id, needed) in (0..).zip(cash) {
        let holding = exchange.cash(account, CurrencyId(id)).expect("it is open");
        if !checked {
            assert_eq!(holding.reserved.0, 0);
        } else {
            assert!(holding.reserved <= holding.total, "{account:?} has what is reserved");
            assert!(!sure || holding.reserved.0 == needed, "{account:?}: {holding:?} {needed}");
        }
    }
}
