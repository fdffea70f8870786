//! A sender's own limits are asked for at the gate, in whatever way an order comes or changes (C-60),
//! and acts meet the block of an account.

use crate::stage::{ACME, ANN, BOB, NEXT, Stage, refusal, share};
use pitfloor_model::clearing::{Act, RiskLimits};
use pitfloor_model::command::Command;
use pitfloor_model::event::{CancelReason, Credit, Event, Phase, PhaseReason, Reject};
use pitfloor_model::order::{
    Arm, Change, Instructions, Kind, Order, OrderList, Shape, Stp, Tif, Trigger, Watched,
};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{Cash, OrderId, OrderKey, Price, Qty, Side};
use std::sync::Arc;

/// Ann may send orders for 10 lots at most, and is 5 long; Bob is free.
fn market() -> Stage {
    let mut stage = Stage::on(vec![share("ACME"), share("NEXT")]);
    stage.open(ANN, Credit::None, 1_000_000).open(BOB, Credit::None, 1_000_000);
    stage.lots(ANN, ACME, 100).lots(BOB, ACME, 100).trade(ANN, BOB, ACME, 100, 1);
    let limits = RiskLimits { qty_max: Some(Qty(10)), ..RiskLimits::default() };
    stage.act(Act::SetLimits { account: ANN, limits });
    stage
}

fn buy(id: u64, qty: u64) -> Order {
    Order::limit(ANN, OrderId(id), ACME, Side::Buy, Price(90), Qty(qty))
}

/// Every way in which a new order can come.
fn ways(qty: u64) -> Vec<(&'static str, Command)> {
    let trigger = Trigger { price: Price(150), on: Watched::Last };
    let shown = Instructions { display: Some(Qty(1)), ..Instructions::NONE };
    let list = |shape, qty: [u64; 2]| {
        let legs = [buy(50, qty[0]), buy(51, qty[1])].map(|leg| Order { side: Side::Sell, ..leg });
        let legs = legs.map(|leg| Order { price: Some(Price(120)), ..leg });
        Command::PlaceList(Arc::new(OrderList { shape, members: legs.to_vec() }))
    };
    let stop = Order { kind: Kind::Stop(trigger), price: None, ..buy(50, qty) };
    vec![
        ("limit", Command::Place(buy(50, qty))),
        ("market", Command::Place(Order::market(ANN, OrderId(50), ACME, Side::Sell, Qty(qty)))),
        ("immediate", Command::Place(Order { tif: Tif::Ioc, ..buy(50, qty) })),
        ("for the day", Command::Place(Order { tif: Tif::Day, ..buy(50, qty) })),
        ("at the close", Command::Place(Order { tif: Tif::AtClose, ..buy(50, qty) })),
        ("stop", Command::Place(stop)),
        ("peg", Command::Place(Order { kind: Kind::PegPrimary { offset: 0 }, ..buy(50, qty) })),
        ("iceberg", Command::Place(Order { with: shown, ..buy(50, qty) })),
        (
            "drawn iceberg",
            Command::PlaceVaried {
                order: Order { with: shown, ..buy(50, qty) },
                tranches: vec![Qty(1)].into(),
            },
        ),
        ("one of two", list(Shape::Oco, [qty, qty])),
        ("parent and child", list(Shape::Oto(Arm::FirstFill), [qty, qty])),
    ]
}

#[test]
fn every_way_in_asks_for_the_limits() {
    let mut stage = market();
    stage.order(BOB, ACME, Side::Buy, 80, 50);
    for (way, command) in ways(11) {
        let before = stage.exchange.ledger().clone();
        let told = stage.apply(command);
        assert_eq!(refusal(&told), Some(Reject::RiskQty), "{way}: {told:?}");
        assert_eq!(stage.exchange.ledger(), &before, "{way} changed something");
    }
    for (way, command) in ways(10) {
        let mut stage = stage.clone();
        let told = stage.apply(command);
        assert_eq!(refusal(&told), None, "{way}: {told:?}");
    }
}

/// A child sleeps until its parent fills, and is asked about when it comes all the same.
#[test]
fn a_child_is_asked_about_with_its_parent() {
    let mut stage = market();
    let limits = RiskLimits { notional_max: Some(Cash(5_000)), ..RiskLimits::default() };
    stage.act(Act::SetLimits { account: ANN, limits });
    let list = |price| {
        let child = Order { side: Side::Sell, price: Some(Price(price)), ..buy(51, 10) };
        let members = vec![buy(50, 10), child];
        let list = OrderList { shape: Shape::Oto(Arm::FirstFill), members };
        Command::PlaceList(Arc::new(list))
    };
    assert_eq!(refusal(&stage.apply(list(501))), Some(Reject::RiskNotional));
    assert_eq!(refusal(&stage.apply(list(500))), None);
}

/// The same where plain orders take the careful way: in a call, under bands, with somebody blocked.
#[test]
fn the_careful_way_asks_too() {
    let mut call = market();
    call.phase(ACME, Phase::Halt);
    call.phase(ACME, Phase::ReopenCall);
    let mut banded = market();
    let bands = Some(Bands { lower: Price(50), upper: Price(150) });
    banded.apply(Command::SetBands { instrument: ACME, bands });
    let mut odd = market();
    odd.apply(Command::KillSwitch { account: BOB, on: true });
    for stage in [&mut call, &mut banded, &mut odd] {
        let told = stage.apply(Command::Place(buy(50, 11)));
        assert_eq!(refusal(&told), Some(Reject::RiskQty));
        assert_eq!(refusal(&stage.apply(Command::Place(buy(50, 10)))), None);
        let replaced = |qty| Command::Replace {
            key: OrderKey::new(ANN, OrderId(50)),
            price: Price(91),
            qty: Qty(qty),
        };
        assert_eq!(refusal(&stage.apply(replaced(11))), Some(Reject::RiskQty));
        assert_eq!(refusal(&stage.apply(replaced(9))), None);
    }
}

#[test]
fn a_change_of_price_or_quantity_asks_too() {
    let mut stage = market();
    stage.apply(Command::Place(buy(50, 10)));
    let key = OrderKey::new(ANN, OrderId(50));
    let replaced = |qty| Command::Replace { key, price: Price(90), qty: Qty(qty) };
    assert_eq!(refusal(&stage.apply(replaced(11))), Some(Reject::RiskQty));
    let limits = RiskLimits { qty_max: Some(Qty(4)), ..RiskLimits::default() };
    stage.act(Act::SetLimits { account: ANN, limits });
    let amend = |change| Command::Amend { key, change };
    let tagged = Change { tag: Some(3), ..Change::default() };
    assert_eq!(refusal(&stage.apply(amend(tagged))), None, "a tag is nobody's risk");
    let cheaper = Change { price: Some(Price(80)), ..Change::default() };
    assert_eq!(refusal(&stage.apply(amend(cheaper))), Some(Reject::RiskQty));
    let smaller = Change { qty: Some(Qty(4)), ..Change::default() };
    assert_eq!(refusal(&stage.apply(amend(smaller))), None);
}

/// The limits come after all that is wrong with an order itself, and before what it needs.
#[test]
fn limits_are_asked_for_before_what_an_order_needs() {
    let mut stage = market();
    let first = |stage: &mut Stage, order: Order| refusal(&stage.apply(Command::Place(order)));
    let short = Order { instrument: NEXT, side: Side::Sell, ..buy(50, 11) };
    assert_eq!(first(&mut stage, short), Some(Reject::RiskQty));
    let short = Order { qty: Qty(10), ..short };
    assert_eq!(first(&mut stage, short), Some(Reject::ShortSale));
    let nothing = Order { qty: Qty(0), ..short };
    assert_eq!(first(&mut stage, nothing), Some(Reject::ZeroQty));
    stage.phase(NEXT, Phase::Halt);
    assert_eq!(first(&mut stage, Order { qty: Qty(11), ..short }), Some(Reject::PhaseForbids));
}

/// Two orders may be sent a second; what is refused for its need counts, what is refused before
/// does not.
#[test]
fn orders_are_counted_where_the_limits_are_asked_for() {
    let mut stage = market();
    let limits = RiskLimits { rate_max: Some(2), ..RiskLimits::default() };
    stage.act(Act::SetLimits { account: ANN, limits });
    let place = |stage: &mut Stage, id, qty| refusal(&stage.apply(Command::Place(buy(id, qty))));
    assert_eq!(place(&mut stage, 50, 0), Some(Reject::ZeroQty));
    assert_eq!(place(&mut stage, 50, 1_000_000), Some(Reject::InsufficientCash));
    assert_eq!(place(&mut stage, 50, 1), None);
    assert_eq!(place(&mut stage, 51, 1), Some(Reject::RiskRate));
    let key = OrderKey::new(ANN, OrderId(50));
    let cancelled = stage.apply(Command::Cancel { key });
    assert!(matches!(cancelled[..], [Event::Cancelled { .. }]), "a cancel always passes");
    stage.at(1_000_000_000);
    assert_eq!(place(&mut stage, 51, 1), None);
}

/// What a changed order needs is asked once, with its old leaves counted on both sides: a peg that
/// asks for no more lots moves as far as a plain order that is replaced.
#[test]
fn a_changed_peg_enters_again_with_what_it_was_admitted_with() {
    let mut stage = Stage::on(vec![share("ACME")]);
    stage.open(ANN, Credit::Margin, 1_000).open(BOB, Credit::Unlimited, 0);
    stage.order(BOB, ACME, Side::Buy, 10, 1);
    let plain = Order::limit(ANN, OrderId(77), ACME, Side::Buy, Price(10), Qty(20));
    let key = plain.key();
    stage.apply(Command::Place(Order { kind: Kind::PegPrimary { offset: 0 }, ..plain }));
    stage.order(BOB, ACME, Side::Buy, 100, 1);
    let told = stage.apply(Command::Replace { key, price: Price(200), qty: Qty(20) });
    let [Event::Amended { .. }, Event::Repriced { from, to, .. }, Event::Rested { qty, .. }] =
        told[..]
    else {
        panic!("{told:?}");
    };
    assert_eq!((from, to, qty), (Some(Price(10)), Price(100), Qty(20)));
    let more = Command::Replace { key, price: Price(200), qty: Qty(21) };
    assert_eq!(refusal(&stage.apply(more)), Some(Reject::InsufficientMargin));
}

/// What waits for the close at any price may trade as well as what has a limit: its lots count, until
/// they are taken back.
#[test]
fn a_market_order_that_waits_for_an_auction_counts_against_a_position_limit() {
    let mut stage = Stage::on(vec![share("ACME")]);
    stage.open(ANN, Credit::Unlimited, 0);
    let limits = RiskLimits { position_max: Some(3), ..RiskLimits::default() };
    stage.act(Act::SetLimits { account: ANN, limits });
    let market = |id, qty| Order::market(ANN, OrderId(id), ACME, Side::Sell, Qty(qty));
    let waiting = Order { tif: Tif::AtClose, ..market(70, 2) };
    let key = waiting.key();
    assert_eq!(refusal(&stage.apply(Command::Place(waiting))), None);
    let rejected = |stage: &mut Stage| refusal(&stage.order(ANN, ACME, Side::Sell, 100, 2));
    assert_eq!(rejected(&mut stage), Some(Reject::RiskPosition));
    assert_eq!(refusal(&stage.apply(Command::Reduce { key, by: Qty(1) })), None);
    assert_eq!(rejected(&mut stage), None, "one waits and two rest");
    assert_eq!(rejected(&mut stage), Some(Reject::RiskPosition));
    assert_eq!(refusal(&stage.apply(Command::Cancel { key })), None);
    assert_eq!(refusal(&stage.order(ANN, ACME, Side::Sell, 100, 1)), None);
    assert_eq!(refusal(&stage.order(ANN, ACME, Side::Sell, 100, 1)), Some(Reject::RiskPosition));
}

/// A taker that meets its owner's order and goes on pays for what stands behind it.
#[test]
fn a_market_order_pays_for_what_stands_behind_its_owners_orders() {
    for (stp, needed) in [(Stp::Transfer, 11), (Stp::Decrement, 11), (Stp::ExpireMaker, 22)] {
        for (cash, why) in [(needed - 1, Some(Reject::InsufficientCash)), (needed, None)] {
            let mut stage = Stage::on(vec![share("ACME")]);
            stage.open(ANN, Credit::None, cash).open(BOB, Credit::Unlimited, 0);
            stage.lots(ANN, ACME, 1);
            stage.order(ANN, ACME, Side::Sell, 10, 1);
            stage.order(BOB, ACME, Side::Sell, 11, 5);
            let market = Order::market(ANN, OrderId(70), ACME, Side::Buy, Qty(2));
            let told = stage.apply(Command::Place(Order { stp, ..market }));
            assert_eq!(refusal(&told), why, "{stp:?} with {cash}");
            assert_eq!(stage.cash(ANN), if why.is_none() { 0 } else { cash }, "{stp:?}");
        }
    }
}

/// Margin for a later member of a list is asked at its own limit, the lots of the earlier ones
/// counted as open orders are.
#[test]
fn a_later_member_is_asked_at_its_own_limit() {
    let mut stage = Stage::on(vec![share("ACME")]);
    stage.open(ANN, Credit::Margin, 900);
    let leg =
        |id, price, qty| Order::limit(ANN, OrderId(id), ACME, Side::Buy, Price(price), Qty(qty));
    let list = |id, qty| {
        let members = vec![leg(id, 120, qty), leg(id + 1, 100, qty)];
        Command::PlaceList(Arc::new(OrderList { shape: Shape::Oco, members }))
    };
    assert_eq!(refusal(&stage.apply(list(80, 5))), Some(Reject::InsufficientMargin));
    assert_eq!(refusal(&stage.apply(list(80, 4))), None, "8 at 100, not at 120");
}

/// A market order asks for what it could trade now: woken by the closing auction it finds nobody, and
/// ends like any other that does.
#[test]
fn a_child_that_wakes_when_the_market_has_closed_needs_nothing() {
    let mut stage = Stage::on(vec![share("ACME")]);
    stage.open(ANN, Credit::None, 0).open(BOB, Credit::None, 1_000).lots(ANN, ACME, 9);
    let wanted = Order::limit(BOB, OrderId(90), ACME, Side::Buy, Price(104), Qty(5));
    stage.apply(Command::Place(Order { tif: Tif::AtClose, ..wanted }));
    let parent = Order::limit(ANN, OrderId(91), ACME, Side::Sell, Price(104), Qty(5));
    let child = Order::market(ANN, OrderId(92), ACME, Side::Sell, Qty(5));
    let members = vec![parent, child];
    let list = OrderList { shape: Shape::Oto(Arm::FirstFill), members };
    assert_eq!(refusal(&stage.apply(Command::PlaceList(Arc::new(list)))), None);
    let mut told = Vec::new();
    for to in [Phase::CloseCall, Phase::Closed] {
        let why = PhaseReason::Scheduled;
        told = stage.apply(Command::SetPhase { instrument: ACME, to, why });
    }
    let Some(Event::Cancelled { key, left, why, .. }) = told.last() else { panic!("{told:?}") };
    assert_eq!((key.order, *left, *why), (OrderId(92), Qty(5), CancelReason::Remainder));
    assert_eq!(stage.held(ANN, ACME), 4);
}
