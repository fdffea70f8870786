//! What the invariants let pass, and that they catch whatever they are for: each violation is one
//! that a market could commit, made by hand.

use super::*;
use crate::Reference;
use crate::generate::World;
use crate::story::{read, venue_of};
use pitfloor_model::event::{Credit, Entry, PhaseReason, Reject};
use pitfloor_model::order::Stp;
use pitfloor_model::units::{OrderId, Side, TradeId};

const ACME: InstrumentId = InstrumentId(0);
const BUY: Side = Side::Buy;
const SELL: Side = Side::Sell;

/// A market that is told what it is to have done.
struct Tape {
    seen: Invariants,
    seq: u64,
}

impl Tape {
    /// Accounts 1 to 4 are open; 3 and 4 are one owner.
    fn new() -> Self {
        Self::under("rules")
    }

    fn under(rules: &str) -> Self {
        let mut tape = Self { seen: Invariants::new(venue_of(rules)), seq: 0 };
        for account in (1..=4).map(AccountId) {
            let credit = Credit::Unlimited;
            let line = format!("open {} credit", account.0);
            tape.good(&line, vec![Event::AccountOpened { account, credit }]);
        }
        for account in [3, 4] {
            let set = Event::GroupSet { account: AccountId(account), group: Some(1) };
            tape.good(&format!("group {account} 1"), vec![set]);
        }
        tape
    }

    fn step(&mut self, line: &str, events: Vec<Event>) -> Result<(), Broken> {
        let mut stamped = read(line)[0].clone();
        (stamped.seq, stamped.at) = (self.seq, Time(self.seq));
        self.seq += 1;
        self.seen.look(&stamped, &events)
    }

    fn good(&mut self, line: &str, events: Vec<Event>) {
        self.step(line, events).unwrap_or_else(|broken| panic!("{line}: {broken}"));
    }

    /// `rule` is what breaks.
    fn bad(mut self, rule: &str, line: &str, events: Vec<Event>) {
        let broken = self.step(line, events).expect_err("this cannot be");
        assert_eq!(broken.rule, rule, "{line}: {broken}");
    }

    /// An order that rests whole, with stamp `stamp`.
    fn rests(mut self, line: &str, stamp: u64) -> Self {
        let order = order(line);
        let price = order.price.expect("a limit order");
        let shown = match order.with.display {
            _ if order.with.hidden || order.with.all_or_none => Qty(0),
            Some(display) => display,
            None => order.qty,
        };
        let (key, side) = (order.key(), order.side);
        let rests =
            Event::Rested { instrument: ACME, key, side, price, qty: shown, stamp: Stamp(stamp) };
        self.good(line, vec![accepted(line), rests]);
        self
    }

    /// An order that sleeps.
    fn sleeps(mut self, line: &str) -> Self {
        self.good(line, vec![enters(line, Entry::Dormant)]);
        self
    }
}

fn order(line: &str) -> Order {
    match &read(line)[0].command {
        Command::Place(order) => *order,
        other => panic!("no order: {other:?}"),
    }
}

fn enters(line: &str, entry: Entry) -> Event {
    let order = order(line);
    let Order { side, kind, price, qty, tif, stp, with, .. } = order;
    let terms = Terms { side, kind, price, qty, tif, stp, with };
    Event::Accepted { instrument: ACME, key: order.key(), terms, entry }
}

fn accepted(line: &str) -> Event {
    enters(line, Entry::Entering)
}

fn key(account: u32, order: u64) -> OrderKey {
    OrderKey::new(AccountId(account), OrderId(order))
}

fn rested(key: OrderKey, side: Side, price: i64, qty: u64, stamp: u64) -> Event {
    let (price, qty, stamp) = (Price(price), Qty(qty), Stamp(stamp));
    Event::Rested { instrument: ACME, key, side, price, qty, stamp }
}

/// A buyer takes.
fn traded(n: u64, maker: OrderKey, taker: OrderKey, price: i64, qty: u64) -> Event {
    Event::Traded {
        trade: TradeId(n),
        instrument: ACME,
        maker,
        taker,
        aggressor: BUY,
        price: Price(price),
        qty: Qty(qty),
    }
}

fn crossed(n: u64, buy: OrderKey, sell: OrderKey, price: i64, qty: u64) -> Event {
    let (trade, price, qty) = (TradeId(n), Price(price), Qty(qty));
    Event::Crossed { trade, instrument: ACME, buy, sell, price, qty }
}

fn uncrossed(price: Option<i64>, qty: u64) -> Event {
    let price = price.map(Price);
    Event::Uncrossed { instrument: ACME, price, qty: Qty(qty), surplus: Qty(0), side: None }
}

fn cancelled(key: OrderKey, price: Option<i64>, left: u64, why: CancelReason) -> Event {
    let (price, left) = (price.map(Price), Qty(left));
    Event::Cancelled { instrument: ACME, key, side: BUY, price, left, why }
}

fn in_match(key: OrderKey, price: Option<i64>, left: u64) -> Event {
    let (price, left) = (price.map(Price), Qty(left));
    Event::ExpiredInMatch { instrument: ACME, key, side: BUY, price, left }
}

fn prevented(maker: OrderKey, taker: OrderKey, price: i64, qty: u64, mode: Stp) -> Event {
    let (price, qty) = (Price(price), Qty(qty));
    Event::Prevented { instrument: ACME, maker, taker, price, qty, mode }
}

fn phase(from: Phase, to: Phase) -> Event {
    Event::PhaseChanged { instrument: ACME, from, to, why: PhaseReason::Scheduled }
}

const TAKE: &str = "2 buy 1 @ 100 x3";

/// A book with one sell order, 1/1, five lots at 100.
fn book() -> Tape {
    Tape::new().rests("1 sell 1 @ 100 x5", 0)
}

#[test]
fn what_a_market_does_passes() {
    let mut tape = book();
    tape.good(TAKE, vec![accepted(TAKE), traded(0, key(1, 1), key(2, 1), 100, 3)]);
    assert_eq!(tape.seen.live(), 1, "the buyer is filled");
    tape.good("1 cancel 1", vec![cancelled(key(1, 1), Some(100), 2, CancelReason::User)]);
    tape.good("1 cancel 1", vec![Event::Rejected { key: key(1, 1), why: Reject::UnknownOrder }]);
    assert_eq!(tape.seen.live(), 0);
}

#[test]
fn g5_quantities_add_up() {
    let left = |left| cancelled(key(1, 1), Some(100), left, CancelReason::User);
    book().bad("G5", "1 cancel 1", vec![left(4)]);
    book().bad("G5", "1 cancel 1", vec![left(6)]);
    let reduced = |by, leaves| Event::Reduced {
        instrument: ACME,
        key: key(1, 1),
        side: SELL,
        price: Price(100),
        by: Qty(by),
        leaves: Qty(leaves),
    };
    book().bad("G5", "1 reduce 1 by 2", vec![reduced(2, 2)]);
    book().bad("G5", "1 reduce 1 by 5", vec![reduced(5, 0)]);
    let mut tape = book();
    tape.good("1 reduce 1 by 2", vec![reduced(2, 3)]);
    tape.bad("G5", "1 cancel 1", vec![left(5)]);
    let replaced = |left, qty, leaves| Event::Replaced {
        instrument: ACME,
        key: key(1, 1),
        side: SELL,
        from: Price(100),
        left: Qty(left),
        price: Price(100),
        qty: Qty(qty),
        leaves: Qty(leaves),
        kept: true,
    };
    book().bad("G5", "1 replace 1 @ 100 x4", vec![replaced(4, 4, 4)]);
    book().bad("G5", "1 replace 1 @ 100 x4", vec![replaced(5, 4, 3)]);
    book().bad("priority", "1 replace 1 @ 100 x9", vec![replaced(5, 9, 9)]);
    let line = "2 buy 1 @ 99 x3";
    let rests = rested(key(2, 1), BUY, 99, 2, 1);
    book().bad("G5", line, vec![accepted(line), rests]);
}

#[test]
fn g6_an_order_ends_once_and_is_silent_afterwards() {
    let end = cancelled(key(1, 1), Some(100), 5, CancelReason::User);
    book().bad("G6", "1 cancel 1", vec![end, end]);
    let fill = traded(0, key(1, 1), key(2, 1), 100, 3);
    let late = cancelled(key(2, 1), None, 0, CancelReason::Remainder);
    book().bad("G6", TAKE, vec![accepted(TAKE), fill, late]);
    let again = "1 sell 1 @ 101 x1";
    book().bad("G6", again, vec![accepted(again), rested(key(1, 1), SELL, 101, 1, 1)]);
    let unknown = rested(key(2, 9), BUY, 99, 2, 1);
    book().bad("G6", "advance", vec![unknown]);
}

#[test]
fn g8_nothing_goes_beyond_limit_quantity_or_band() {
    let take = |price, qty| vec![accepted(TAKE), traded(0, key(1, 1), key(2, 1), price, qty)];
    book().bad("G8", TAKE, take(100, 0));
    book().bad("G8", TAKE, take(100, 4));
    book().bad("G2", TAKE, take(99, 3));
    let low = "2 buy 1 @ 99 x3";
    let beyond = vec![accepted(low), traded(0, key(1, 1), key(2, 1), 100, 3)];
    book().bad("G8", low, beyond);
    let mut banded = book();
    let to = Some(Bands { lower: Price(80), upper: Price(99) });
    let bands = Event::BandsChanged { instrument: ACME, from: None, to };
    banded.good("bands 80 99", vec![bands]);
    banded.bad("G8", TAKE, take(100, 3));
    // An iceberg trades no more at a time than it shows.
    let iceberg = Tape::new().rests("1 sell 1 @ 100 x5 show 2", 0);
    iceberg.bad("G8", TAKE, take(100, 3));
    let amount = "2 buy 1 amount 250 x9";
    let spent = traded(0, key(1, 1), key(2, 1), 100, 3);
    book().bad("G8", amount, vec![accepted(amount), spent]);
    let repriced = |to| Event::Repriced {
        instrument: ACME,
        key: key(2, 1),
        side: BUY,
        from: Some(Price(100)),
        to: Price(to),
    };
    book().bad("G8", TAKE, vec![accepted(TAKE), repriced(101)]);
    let moved = vec![accepted(TAKE), repriced(99), traded(0, key(1, 1), key(2, 1), 100, 3)];
    book().bad("G8", TAKE, moved);
    let unlimited = "2 buy 1 to-limit x9";
    let rest = vec![
        accepted(unlimited),
        traded(0, key(1, 1), key(2, 1), 100, 5),
        rested(key(2, 1), BUY, 99, 4, 1),
    ];
    book().bad("G8", unlimited, rest);
}

#[test]
fn money_by_amount_is_accounted_for() {
    let amount = "2 buy 1 amount 250 x9";
    let unspent = |cash| Event::Unspent { instrument: ACME, key: key(2, 1), cash: Cash(cash) };
    let events = |cash| {
        let fill = traded(0, key(1, 1), key(2, 1), 100, 2);
        let end = cancelled(key(2, 1), None, 7, CancelReason::Budget);
        vec![accepted(amount), fill, unspent(cash), end]
    };
    book().good(amount, events(50));
    book().bad("G8", amount, events(49));
    let filled = "2 buy 1 amount 250 x2";
    let fill = traded(0, key(1, 1), key(2, 1), 100, 2);
    book().good(filled, vec![accepted(filled), fill, unspent(50)]);
}

#[test]
fn g1_g4_nobody_is_passed_over() {
    let two = || book().rests("3 sell 1 @ 101 x5", 1).rests("3 sell 2 @ 100 x5", 2);
    let market = "2 buy 1 market x3";
    let take = |maker, price| vec![accepted(market), traded(0, maker, key(2, 1), price, 3)];
    two().good(market, take(key(1, 1), 100));
    two().bad("G4", market, take(key(3, 1), 101));
    two().bad("G1", market, take(key(3, 2), 100));
    // Where a level is shared, later orders have their share.
    let mut shared = Tape::under("rules allocation pro-rata")
        .rests("1 sell 1 @ 100 x5", 0)
        .rests("3 sell 2 @ 100 x5", 1);
    shared.good(market, take(key(3, 2), 100));
    let unseen = || Tape::new().rests("1 sell 1 @ 100 x5 hidden", 0).rests("3 sell 2 @ 100 x5", 1);
    unseen().bad("G1", market, take(key(1, 1), 100));
    unseen().good(market, take(key(3, 2), 100));
    // What is all or none and larger is passed over.
    let mut whole = Tape::new().rests("1 sell 1 @ 99 x5 aon", 0).rests("3 sell 2 @ 100 x5", 1);
    whole.good(market, take(key(3, 2), 100));
}

#[test]
fn all_or_none_is_whole() {
    let market = "2 buy 1 market x3";
    let part = vec![accepted(market), traded(0, key(1, 1), key(2, 1), 100, 3)];
    Tape::new().rests("1 sell 1 @ 100 x5 aon", 0).bad("all-or-none", market, part);
    let whole = "2 buy 1 @ 100 x7 aon";
    let part = vec![accepted(whole), traded(0, key(1, 1), key(2, 1), 100, 5)];
    book().bad("G14", whole, part);
}

#[test]
fn an_auction_has_one_price_and_says_it() {
    let call = || {
        let mut tape = Tape::new();
        let to = phase(Phase::Continuous, Phase::ReopenCall);
        tape.good("phase ReopenCall", vec![to]);
        tape.rests("1 sell 1 @ 99 x5", 0).rests("2 buy 1 @ 101 x2", 1).rests("3 buy 1 @ 100 x3", 2)
    };
    let (first, second) = (key(2, 1), key(3, 1));
    let seller = key(1, 1);
    let held = |one: i64, two: i64, said: Option<i64>, qty| {
        let back = phase(Phase::ReopenCall, Phase::Continuous);
        let (a, b) = (crossed(0, first, seller, one, 2), crossed(1, second, seller, two, 3));
        vec![a, b, uncrossed(said, qty), back]
    };
    let mut good = call();
    good.good("end-call", held(100, 100, Some(100), 5));
    assert_eq!(good.seen.live(), 0);
    call().bad("G2", "end-call", held(100, 99, Some(100), 5));
    call().bad("G8", "end-call", held(101, 101, Some(101), 5));
    call().bad("G8", "end-call", held(98, 98, Some(98), 5));
    call().bad("auction", "end-call", held(100, 100, Some(100), 4));
    call().bad("auction", "end-call", held(100, 100, Some(99), 5));
    call().bad("auction", "end-call", vec![crossed(0, first, seller, 100, 2)]);
    call().bad("auction", "end-call", vec![uncrossed(Some(100), 0)]);
    call().bad("numbers", "end-call", vec![crossed(7, first, seller, 100, 2)]);
    call().bad("sides", "end-call", vec![crossed(0, seller, first, 100, 2)]);
    let market = "4 buy 1 market x1";
    let trade = vec![accepted(market), traded(0, seller, key(4, 1), 99, 1)];
    call().bad("phase", market, trade);
    let cross = vec![crossed(0, first, seller, 100, 2)];
    Tape::new()
        .rests("1 sell 1 @ 102 x5", 0)
        .rests("2 buy 1 @ 101 x2", 1)
        .bad("phase", "advance", cross);
}

#[test]
fn a_book_left_crossed_is_seen() {
    let mut tape = Tape::new();
    let to = |from, to| vec![phase(from, to)];
    tape.good("phase ReopenCall", to(Phase::Continuous, Phase::ReopenCall));
    let tape = tape.rests("1 sell 1 @ 99 x5", 0).rests("2 buy 1 @ 99 x2", 1);
    tape.bad("G3", "phase Continuous", to(Phase::ReopenCall, Phase::Continuous));
    let line = "2 buy 1 @ 100 x2";
    book().bad("G3", line, vec![accepted(line), rested(key(2, 1), BUY, 100, 2, 1)]);
    book().rests("2 buy 1 @ 100 x9 aon", 1);
}

#[test]
fn stamps_and_trade_numbers_only_grow() {
    let line = "2 buy 1 @ 99 x3";
    for (stamp, rule) in [(0, "stamps"), (4, "stamps"), (5, "")] {
        let mut tape = book().rests("1 sell 2 @ 101 x5", 4);
        let said = tape.step(line, vec![accepted(line), rested(key(2, 1), BUY, 99, 3, stamp)]);
        assert_eq!(said.err().map_or("", |broken| broken.rule), rule, "stamp {stamp}");
    }
    let skipped = vec![accepted(TAKE), traded(1, key(1, 1), key(2, 1), 100, 3)];
    book().bad("numbers", TAKE, skipped);
}

#[test]
fn prevention_says_so_before_it_ends_anybody() {
    let book = || Tape::new().rests("3 sell 1 @ 100 x5", 0);
    let (maker, taker) = (key(3, 1), key(4, 1));
    let line = |mode: &str| format!("4 buy 1 @ 100 x3 stp {mode}");
    let take = line("taker");
    let meets = prevented(maker, taker, 100, 3, Stp::ExpireTaker);
    book().good(&take, vec![accepted(&take), meets, in_match(taker, None, 3)]);
    book().bad("prevention", &take, vec![accepted(&take), in_match(taker, None, 3)]);
    book().bad("prevention", &take, vec![accepted(&take), meets, in_match(maker, Some(100), 5)]);
    let rests = rested(taker, BUY, 99, 3, 1);
    book().bad("prevention", &take, vec![accepted(&take), meets, rests]);
    let trade = traded(0, maker, taker, 100, 3);
    book().bad("prevention", &take, vec![accepted(&take), trade]);
    let none = line("none");
    book().good(&none, vec![accepted(&none), trade]);
    let stranger = "2 buy 1 @ 100 x3";
    let strangers = prevented(maker, key(2, 1), 100, 3, Stp::ExpireTaker);
    book().bad("prevention", stranger, vec![accepted(stranger), strangers]);
    let less = line("decrement");
    let lose = |qty| prevented(maker, taker, 100, qty, Stp::Decrement);
    book().good(&less, vec![accepted(&less), lose(3), in_match(taker, None, 0)]);
    book().bad("prevention", &less, vec![accepted(&less), lose(3)]);
    book().bad("G8", &less, vec![accepted(&less), lose(4)]);
    book().bad("G5", &less, vec![accepted(&less), lose(2), in_match(taker, None, 3)]);
    let mut after = book();
    after.good(&less, vec![accepted(&less), lose(3), in_match(taker, None, 0)]);
    after.good("3 cancel 1", vec![cancelled(maker, Some(100), 2, CancelReason::User)]);
    let moved = Event::Transferred {
        instrument: ACME,
        maker,
        taker,
        aggressor: BUY,
        price: Price(100),
        qty: Qty(3),
    };
    let transfer = line("transfer");
    book().bad("prevention", &transfer, vec![accepted(&transfer), moved]);
}

#[test]
fn g14_no_order_is_lost() {
    book().bad("G14", TAKE, vec![accepted(TAKE)]);
    let part = vec![accepted(TAKE), traded(0, key(1, 1), key(2, 1), 100, 2)];
    book().bad("G14", TAKE, part);
    book().bad("answer", TAKE, vec![]);
    let triggered = Event::Triggered { instrument: ACME, key: key(2, 1), price: Price(100) };
    let stop = || Tape::new().sleeps("2 buy 1 stop 100 x3");
    stop().bad("G14", "advance", vec![triggered]);
    let refused = Event::Rejected { key: key(2, 1), why: Reject::InsufficientCash };
    let mut tape = stop();
    tape.good("advance", vec![triggered, refused]);
    assert_eq!(tape.seen.live(), 0, "refused when it fired");
    book().bad(
        "place",
        "advance",
        vec![Event::Triggered { key: key(1, 1), instrument: ACME, price: Price(100) }],
    );
    let on = Event::KillSwitched { account: AccountId(1), on: true };
    let all = |orders, qty| Event::MassCancelled { account: AccountId(1), orders, qty: Qty(qty) };
    let end = cancelled(key(1, 1), Some(100), 5, CancelReason::KillSwitch);
    book().good("kill 1 on", vec![on, end, all(1, 5)]);
    book().bad("G14", "kill 1 on", vec![on, all(0, 0)]);
    book().bad("G14", "kill 1 on", vec![on, end, all(1, 4)]);
}

#[test]
fn icebergs_are_refreshed_when_a_part_is_used_up() {
    let refreshed = |shown, stamp| Event::Refreshed {
        instrument: ACME,
        key: key(1, 1),
        side: SELL,
        price: Price(100),
        shown: Qty(shown),
        stamp: Stamp(stamp),
    };
    let iceberg = || Tape::new().rests("1 sell 1 @ 100 x5 show 2", 0);
    let take = |qty: u64, event| {
        let line = format!("2 buy 1 @ 100 x{qty}");
        let fill = traded(0, key(1, 1), key(2, 1), 100, qty);
        (line.clone(), vec![accepted(&line), fill, event])
    };
    let (line, events) = take(2, refreshed(2, 1));
    iceberg().good(&line, events);
    let (line, events) = take(1, refreshed(2, 1));
    iceberg().bad("iceberg", &line, events);
    let (line, events) = take(2, refreshed(4, 1));
    iceberg().bad("G8", &line, events);
    let (line, events) = take(2, refreshed(2, 0));
    iceberg().bad("stamps", &line, events);
}

#[test]
fn children_grow_with_their_parent() {
    let armed = |qty| Event::Armed { instrument: ACME, key: key(2, 2), qty: Qty(qty) };
    let child = || Tape::new().sleeps("2 sell 2 stop 90 x9");
    let end = |left| cancelled(key(2, 2), None, left, CancelReason::User);
    let mut grows = child();
    grows.good("advance", vec![armed(3)]);
    grows.good("advance", vec![armed(5)]);
    grows.good("2 cancel 2", vec![end(5)]);
    let mut shrinks = child();
    shrinks.good("advance", vec![armed(3)]);
    shrinks.bad("G5", "advance", vec![armed(3)]);
    let mut forgets = child();
    forgets.good("advance", vec![armed(3)]);
    forgets.bad("G5", "2 cancel 2", vec![end(9)]);
}

#[test]
fn time_phases_and_bands_are_what_they_were() {
    let early = "1 sell 1 @ 100 x5 gtd 900";
    let over = Event::Expired {
        instrument: ACME,
        key: key(1, 1),
        side: SELL,
        price: Some(Price(100)),
        left: Qty(5),
    };
    Tape::new().rests(early, 0).bad("expiry", "advance", vec![over]);
    Tape::new().rests("1 sell 1 @ 100 x5 gtd 7", 0).good("advance", vec![over]);
    Tape::new().bad("phase", "halt", vec![phase(Phase::Halt, Phase::Closed)]);
    let bands = Some(Bands { lower: Price(1), upper: Price(2) });
    let changed = Event::BandsChanged { instrument: ACME, from: bands, to: None };
    Tape::new().bad("bands", "bands none", vec![changed]);
    Tape::new().bad("time", "advance", vec![Event::TimeAdvanced { at: Time(0) }]);
    let twice = Event::AccountOpened { account: AccountId(1), credit: Credit::None };
    Tape::new().bad("account", "open 1", vec![twice]);
    let stranger = "7 buy 1 @ 5 x1";
    Tape::new().bad("account", stranger, vec![accepted(stranger)]);
    Tape::new().bad("terms", "2 buy 1 @ 6 x1", vec![accepted("2 buy 1 @ 5 x1")]);
}

/// The market written for the eye keeps them, in plain worlds and in full ones.
#[test]
fn whatever_is_asked_they_hold() {
    let worlds = (0..60).map(World::random).chain((0..120).map(World::full));
    for (seed, world) in (0..).zip(worlds) {
        let (mut plain, mut seen) =
            (Reference::new(world.venue().clone()), Invariants::new(world.venue().clone()));
        for stamped in world.history(seed).take(300) {
            let events = plain.apply(&stamped);
            if let Err(broken) = seen.look(&stamped, &events) {
                panic!("{broken}\nafter {stamped:?}\nof {events:#?}");
            }
        }
    }
}
