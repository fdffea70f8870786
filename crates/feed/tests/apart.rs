//! Orders of which more is left than is shown: the views against a plain list of orders.
//!
//! [`Floor`] is no exchange: it does to its orders what dice say, as long as the rules allow such an
//! event, and tells the views. So they meet sequences that no sensible history would have.

use pitfloor_feed::level2::Levels;
use pitfloor_feed::level3::Orders;
use pitfloor_model::command::{Instructions, Kind, Order, Stp};
use pitfloor_model::event::{CancelReason, Entry, Event, Reject, Terms};
use pitfloor_model::order::{Trigger, Watched};
use pitfloor_model::units::{
    AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, TradeId,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ACME: InstrumentId = InstrumentId(0);

/// An order as the list keeps it. Out of the book it has no price and shows nothing.
#[derive(Clone, Copy, Debug)]
struct Live {
    key: OrderKey,
    side: Side,
    sort: Sort,
    price: Option<i64>,
    leaves: u64,
    traded: u64,
    shown: u64,
    stamp: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sort {
    Plain,
    Iceberg(u64),
    Hidden,
    Peg,
    Waiting,
}

#[derive(Default)]
struct Floor {
    live: Vec<Live>,
    numbers: u64,
    stamps: u64,
    events: Vec<Event>,
}

impl Live {
    fn shows(&self) -> u64 {
        match self.sort {
            Sort::Plain | Sort::Peg => self.leaves,
            Sort::Iceberg(display) => display.min(self.leaves),
            Sort::Hidden | Sort::Waiting => 0,
        }
    }

    /// What a taker meets of it at once.
    fn offers(&self) -> u64 {
        if self.sort == Sort::Hidden { self.leaves } else { self.shown }
    }

    fn terms(&self) -> Terms {
        let mut with = Instructions::NONE;
        let mut kind = Kind::Limit;
        match self.sort {
            Sort::Plain | Sort::Waiting => {}
            Sort::Iceberg(display) => with.display = Some(Qty(display)),
            Sort::Hidden => with.hidden = true,
            Sort::Peg => kind = Kind::PegPrimary { offset: 0 },
        }
        let Order { tif, stp, .. } =
            Order::limit(self.key.account, self.key.order, ACME, self.side, Price(1), Qty(1));
        let (price, qty) = (self.price.map(Price), Qty(self.leaves + self.traded));
        Terms { side: self.side, kind, price, qty, tif, stp, with }
    }
}

impl Floor {
    fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    fn place(&mut self, side: Side, sort: Sort, away: i64, qty: u64) {
        self.numbers += 1;
        let key = OrderKey::new(AccountId(1), OrderId(self.numbers));
        let price = Some(if side == Side::Buy { 100 - away } else { 101 + away });
        let mut order = Live { key, side, sort, price, leaves: qty, traded: 0, shown: 0, stamp: 0 };
        let entry = if sort == Sort::Waiting { Entry::Waiting } else { Entry::Entering };
        self.tell(Event::Accepted { instrument: ACME, key, terms: order.terms(), entry });
        if sort == Sort::Waiting {
            order.price = None;
            self.live.push(order);
            return;
        }
        self.rest(order);
    }

    fn rest(&mut self, mut order: Live) {
        (order.shown, order.stamp) = (order.shows(), self.stamps);
        self.stamps += 1;
        let Live { key, side, shown, stamp, .. } = order;
        let (price, qty, stamp) = (Price(order.price.unwrap()), Qty(shown), Stamp(stamp));
        self.tell(Event::Rested { instrument: ACME, key, side, price, qty, stamp });
        self.live.push(order);
    }

    /// Shows the next part if the last is used up.
    fn refresh(&mut self, key: OrderKey) {
        let stamp = self.stamps;
        let found = self.live.iter_mut().find(|order| order.key == key);
        let Some(order) = found.filter(|order| order.shown == 0 && order.leaves > 0) else {
            return;
        };
        let Sort::Iceberg(display) = order.sort else { return };
        (order.shown, order.stamp) = (display.min(order.leaves), stamp);
        let (side, price, shown) = (order.side, Price(order.price.unwrap()), Qty(order.shown));
        let stamp = Stamp(stamp);
        self.stamps += 1;
        self.tell(Event::Refreshed { instrument: ACME, key, side, price, shown, stamp });
    }

    /// In the book on `side`: best price first, then the shown by stamp, then the others.
    fn line(&self, side: Side) -> Vec<Live> {
        let mut line: Vec<Live> =
            self.live.iter().filter(|o| o.side == side && o.price.is_some()).copied().collect();
        let worse = |order: &Live| match side {
            Side::Buy => -order.price.unwrap(),
            Side::Sell => order.price.unwrap(),
        };
        line.sort_by_key(|order| (worse(order), order.shown == 0, order.stamp));
        line
    }

    fn lose(&mut self, key: OrderKey, qty: u64, traded: bool) {
        let order = self.live.iter_mut().find(|order| order.key == key).unwrap();
        order.shown -= order.shown.min(qty);
        order.leaves -= qty;
        order.traded += if traded { qty } else { 0 };
        self.live.retain(|order| order.leaves > 0);
    }

    /// A taker comes from nowhere: `how` says whether it trades or is prevented.
    fn meet(&mut self, side: Side, most: u64, hidden: bool, how: Stp) {
        let Some(maker) = self.line(side).first().copied() else { return };
        let qty = most.min(maker.offers());
        self.numbers += 1;
        let taker = OrderKey::new(AccountId(2), OrderId(self.numbers));
        let aggressor = side.opposite();
        let mut order =
            Order::limit(taker.account, taker.order, ACME, aggressor, Price(1), Qty(qty));
        if hidden {
            order = order.hidden();
        }
        let Order { side: _, kind, price, tif, stp, with, .. } = order;
        let terms = Terms { side: aggressor, kind, price, qty: Qty(qty), tif, stp, with };
        let entry = Entry::Entering;
        self.tell(Event::Accepted { instrument: ACME, key: taker, terms, entry });
        let price = Price(maker.price.unwrap());
        let (maker, trade, qty) = (maker.key, TradeId(self.numbers), Qty(qty));
        if how == Stp::None {
            let instrument = ACME;
            self.tell(Event::Traded { trade, instrument, maker, taker, aggressor, price, qty });
            self.lose(maker, qty.0, true);
        } else {
            self.tell(Event::Prevented { instrument: ACME, maker, taker, price, qty, mode: how });
            if how == Stp::Transfer {
                self.tell(Event::Transferred {
                    instrument: ACME,
                    maker,
                    taker,
                    aggressor,
                    price,
                    qty,
                });
            }
            self.lose(maker, qty.0, false);
            let (left, price) = (Qty::ZERO, Some(price));
            if self.live.iter().all(|order| order.key != maker) {
                let key = maker;
                self.tell(Event::ExpiredInMatch { instrument: ACME, key, side, price, left });
            }
            let (key, side, price) = (taker, aggressor, None);
            self.tell(Event::ExpiredInMatch { instrument: ACME, key, side, price, left });
        }
        self.refresh(maker);
    }

    fn change(&mut self, at: usize, how: u64, by: u64) {
        if self.live.is_empty() {
            return;
        }
        let order = self.live[at % self.live.len()];
        let Live { key, side, leaves, .. } = order;
        let smaller = leaves - by.min(leaves - 1);
        match (how % 6, order.price) {
            (0, price) => {
                self.live.retain(|other| other.key != key);
                let (price, left) = (price.map(Price), Qty(leaves));
                let why = CancelReason::Mass;
                self.tell(Event::Cancelled { instrument: ACME, key, side, price, left, why });
            }
            (1, price) => {
                self.live.retain(|other| other.key != key);
                let (price, left) = (price.map(Price), Qty(leaves));
                self.tell(Event::Expired { instrument: ACME, key, side, price, left });
            }
            (2, Some(price)) if smaller < leaves => {
                self.shrink(key, smaller);
                let (price, by, leaves) = (Price(price), Qty(leaves - smaller), Qty(smaller));
                self.tell(Event::Reduced { instrument: ACME, key, side, price, by, leaves });
            }
            (_, None) => {
                self.shrink(key, smaller);
                let order = self.live.iter().find(|other| other.key == key).unwrap();
                let terms = order.terms();
                self.tell(Event::Amended { instrument: ACME, key, terms, kept: true });
            }
            (_, Some(from)) if order.sort == Sort::Peg => self.move_peg(order, from, how / 6),
            (kept, Some(from)) => {
                let kept = kept == 3;
                let to = if kept { from } else { from + if side == Side::Buy { -1 } else { 1 } };
                let leaves = if kept { smaller } else { leaves + by };
                self.tell(Event::Replaced {
                    instrument: ACME,
                    key,
                    side,
                    from: Price(from),
                    left: Qty(order.leaves),
                    price: Price(to),
                    qty: Qty(order.traded + leaves),
                    leaves: Qty(leaves),
                    kept,
                });
                if kept {
                    self.shrink(key, leaves);
                } else {
                    self.live.retain(|other| other.key != key);
                    self.rest(Live { price: Some(to), leaves, ..order });
                }
            }
        }
    }

    fn move_peg(&mut self, order: Live, from: i64, how: u64) {
        let Live { key, side, .. } = order;
        let (at, from) = (Price(from), Some(Price(from)));
        self.live.retain(|other| other.key != key);
        match how % 3 {
            0 => {
                self.tell(Event::Parked { instrument: ACME, key, side, from });
                self.live.push(Live { price: None, shown: 0, ..order });
            }
            1 => {
                let to = if side == Side::Buy { 97 } else { 104 };
                let (price, to) = (Some(to), Price(to));
                self.tell(Event::Repriced { instrument: ACME, key, side, from, to });
                self.rest(Live { price, ..order });
            }
            // Larger: it loses its place, and says its price before it stands again.
            _ => {
                let larger = Live { leaves: order.leaves + 3, ..order };
                let (terms, to) = (larger.terms(), at);
                self.tell(Event::Amended { instrument: ACME, key, terms, kept: false });
                self.tell(Event::Repriced { instrument: ACME, key, side, from, to });
                self.rest(larger);
            }
        }
    }

    /// What is not shown goes first.
    fn shrink(&mut self, key: OrderKey, leaves: u64) {
        let order = self.live.iter_mut().find(|other| other.key == key).unwrap();
        (order.leaves, order.shown) = (leaves, order.shown.min(leaves));
    }

    /// What `side` has for an auction of `volume` lots, in the order in which it goes.
    fn auction_list(&self, side: Side, mut volume: u64) -> Vec<(OrderKey, u64)> {
        let waiting = self.live.iter().filter(|o| o.side == side && o.price.is_none());
        let mut list: Vec<_> = waiting.map(|order| (order.key, order.leaves)).collect();
        volume = volume.saturating_sub(list.iter().map(|(_, qty)| qty).sum());
        let mut levels = BTreeMap::<i64, Vec<Live>>::new();
        for order in self.line(side) {
            let rank = if side == Side::Buy { -order.price.unwrap() } else { order.price.unwrap() };
            levels.entry(rank).or_default().push(order);
        }
        for mut level in levels.into_values() {
            level.sort_by_key(|order| order.stamp);
            let all: u64 = level.iter().map(|order| order.leaves).sum();
            if all <= volume {
                list.extend(level.iter().map(|order| (order.key, order.leaves)));
            } else {
                list.extend(level.iter().map(|order| (order.key, order.shown)));
                list.extend(level.iter().map(|order| (order.key, order.leaves - order.shown)));
            }
            volume = volume.saturating_sub(all);
        }
        list.retain(|(_, qty)| *qty > 0);
        list
    }

    fn auction(&mut self, share: u64) {
        for peg in self.live.clone() {
            if let (Sort::Peg, Some(from)) = (peg.sort, peg.price) {
                self.move_peg(peg, from, 0);
            }
        }
        self.live.retain(|order| order.sort != Sort::Peg || order.price.is_some());
        let of = |side| self.live.iter().filter(move |o| o.side == side).map(|o| o.leaves).sum();
        let most: u64 = Side::BOTH.map(of).into_iter().min().unwrap();
        let mut volume = most * share / 100;
        let mut lists = Side::BOTH.map(|side| self.auction_list(side, volume).into_iter());
        let (mut buying, mut selling) = (lists[0].next(), lists[1].next());
        while volume > 0 {
            let ((buy, bought), (sell, sold)) = (buying.unwrap(), selling.unwrap());
            let qty = bought.min(sold).min(volume);
            self.numbers += 1;
            let (trade, price) = (TradeId(self.numbers), Price(100));
            let crossed =
                Event::Crossed { trade, instrument: ACME, buy, sell, price, qty: Qty(qty) };
            self.tell(crossed);
            self.lose(buy, qty, true);
            self.lose(sell, qty, true);
            volume -= qty;
            buying = if bought > qty { Some((buy, bought - qty)) } else { lists[0].next() };
            selling = if sold > qty { Some((sell, sold - qty)) } else { lists[1].next() };
        }
        let mut used_up: Vec<Live> = self.live.clone();
        used_up.sort_by_key(|order| order.stamp);
        used_up.iter().for_each(|order| self.refresh(order.key));
    }

    fn shown(&self, side: Side) -> Vec<(OrderKey, i64, u64, u64)> {
        let line = self.line(side).into_iter().filter(|order| order.shown > 0);
        line.map(|o| (o.key, o.price.unwrap(), o.shown, o.stamp)).collect()
    }
}

/// Both views after the events, which they are told one by one.
#[derive(Debug)]
struct Views(Levels, Orders);

impl Views {
    fn new() -> Self {
        Self(Levels::new(ACME), Orders::new(ACME))
    }

    fn hear(&mut self, events: &[Event]) {
        for event in events {
            let before = Side::BOTH.map(|side| self.0.levels(side).collect::<Vec<_>>());
            let changes = self.0.apply(event);
            for change in changes.into_iter().flatten() {
                assert_eq!(self.0.lots_at(change.price, change.side), change.after);
                let at = before[usize::from(change.side == Side::Sell)]
                    .iter()
                    .find(|(price, _)| *price == change.price);
                assert_eq!(at.map_or(Qty::ZERO, |(_, qty)| *qty), change.before);
            }
            let orders = self.1.apply(event);
            assert_eq!(changes.map(|c| c.is_some()), orders.map(|o| o.is_some()), "{event:?}");
        }
    }

    fn agree_with(&self, floor: &Floor) {
        for side in Side::BOTH {
            let shown = floor.shown(side);
            let told = self.1.queue(side).map(|o| (o.key, o.price.0, o.shown.0, o.stamp.0));
            assert_eq!(told.collect::<Vec<_>>(), shown, "level 3, {side}");
            let mut levels = Vec::<(i64, u64)>::new();
            for (_, price, qty, _) in shown {
                match levels.last_mut() {
                    Some((last, sum)) if *last == price => *sum += qty,
                    _ => levels.push((price, qty)),
                }
            }
            let told = self.0.levels(side).map(|(price, qty)| (price.0, qty.0));
            assert_eq!(told.collect::<Vec<_>>(), levels, "level 2, {side}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Icebergs, hidden orders and pegs come, trade, shrink, move, park, cross in auctions and go,
    /// among plain orders: the views show what the list shows, after every step.
    #[test]
    fn the_views_show_what_is_shown_and_nothing_else(
        steps in prop::collection::vec((0_u8..10, 0_usize..64, 0_u64..64, 1_u64..40), 1..120),
    ) {
        let (mut floor, mut views) = (Floor::default(), Views::new());
        for (step, at, how, qty) in steps {
            let side = if at % 2 == 0 { Side::Buy } else { Side::Sell };
            match step {
                0..=3 => {
                    let sorts =
                        [Sort::Plain, Sort::Iceberg(1 + how % 7), Sort::Hidden, Sort::Peg, Sort::Waiting];
                    let away = i64::try_from(how % 5).unwrap();
                    floor.place(side, sorts[at / 2 % 5], away, qty);
                }
                4 | 5 => floor.meet(side, qty, how % 3 == 0, Stp::None),
                6 => floor.meet(side, qty, how % 3 == 0, Stp::Decrement),
                7 if how % 3 == 0 => floor.meet(side, qty, how % 2 == 0, Stp::Transfer),
                7 | 8 => floor.change(at, how, qty),
                _ => floor.auction((how * 2).min(100)),
            }
            views.hear(&std::mem::take(&mut floor.events));
            views.agree_with(&floor);
        }
    }
}

#[test]
fn an_iceberg_shows_a_part_at_a_time_and_each_new_part_goes_to_the_back() {
    let (mut floor, mut views) = (Floor::default(), Views::new());
    floor.place(Side::Sell, Sort::Iceberg(5), 0, 12);
    floor.place(Side::Sell, Sort::Plain, 0, 4);
    floor.meet(Side::Sell, 5, false, Stp::None);
    views.hear(&floor.events);
    let queue: Vec<_> = views.1.queue(Side::Sell).map(|o| (o.key.order.0, o.shown.0)).collect();
    assert_eq!(queue, [(2, 4), (1, 5)]);
    assert_eq!(views.0.best(Side::Sell), Some((Price(101), Qty(9))));
}

#[test]
fn nobody_sees_what_is_hidden() {
    let (mut floor, mut views) = (Floor::default(), Views::new());
    floor.place(Side::Buy, Sort::Hidden, 0, 12);
    floor.meet(Side::Buy, 5, true, Stp::None);
    floor.change(0, 2, 3);
    for event in &floor.events {
        assert_eq!((views.0.apply(event), views.1.apply(event)), ([None; 2], [None; 2]));
    }
    assert!(floor.events.iter().any(|event| matches!(event, Event::Traded { .. })));
    assert!(floor.events.iter().any(|event| matches!(event, Event::Reduced { .. })));
}

/// A stop sleeps under a name; it is triggered and refused, and the name is free for an ordinary
/// order, all of which is shown.
#[test]
fn a_triggered_order_that_is_refused_is_forgotten() {
    let key = OrderKey::new(AccountId(1), OrderId(7));
    let plain = Order::limit(key.account, key.order, ACME, Side::Sell, Price(101), Qty(5));
    let accepted = |order: Order, entry| {
        let Order { side, kind, price, qty, tif, stp, with, .. } = order;
        let terms = Terms { side, kind, price, qty, tif, stp, with };
        Event::Accepted { instrument: ACME, key, terms, entry }
    };
    let stop = Kind::StopLimit(Trigger { price: Price(90), on: Watched::Last });
    let rested = Event::Rested {
        instrument: ACME,
        key,
        side: Side::Sell,
        price: Price(101),
        qty: Qty(5),
        stamp: Stamp(1),
    };
    let by_kept = |kept| Event::Replaced {
        instrument: ACME,
        key,
        side: Side::Sell,
        from: Price(101),
        left: Qty(5),
        price: Price(101),
        qty: Qty(2),
        leaves: Qty(2),
        kept,
    };
    let mut views = Views::new();
    views.hear(&[
        accepted(plain.of_kind(stop), Entry::Dormant),
        Event::rejected(key.account, key.order, Reject::DuplicateOrder),
        Event::Triggered { instrument: ACME, key, price: Price(90) },
        Event::rejected(key.account, key.order, Reject::ShortSale),
        accepted(plain, Entry::Entering),
        rested,
        by_kept(true),
    ]);
    assert_eq!(views.0.best(Side::Sell), Some((Price(101), Qty(2))));
    assert_eq!(format!("{:?}", views.0).matches("Apart").count(), 0, "nobody is remembered");
}
