//! Those who trade for the house: the liquidator, the default manager and the one who buys in. Each
//! is shown what happened and asked what it says; the market itself is not here.

use pitfloor_model::clearing::{Act, Fact, Movement};
use pitfloor_model::command::{Command, Filter, MassReason, Order, Tif};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time,
    TradeId,
};
use pitfloor_operations::Desk;
use pitfloor_operations::buy_in::BuyIn;
use pitfloor_operations::closing::{Closing, Policy};
use pitfloor_operations::defaults::Defaults;
use pitfloor_operations::liquidator::Liquidator;
use pitfloor_operations::prices::Prices;
use std::sync::Arc;

const ACME: InstrumentId = InstrumentId(0);
const ZINC: InstrumentId = InstrumentId(1);
const USD: CurrencyId = CurrencyId(0);
const ANN: AccountId = AccountId(1);
const BOB: AccountId = AccountId(2);
const DESK: AccountId = AccountId(9);
const FIRST: OrderId = OrderId::VENUE_FIRST;
const POLICY: Policy = Policy { delay: Span(10), every: Span(5), slice: Qty(40) };

fn venue() -> Arc<Venue> {
    let share = |name: &str| Instrument::equity(name, USD, "0.01").unwrap();
    let currencies = vec![Currency::new("USD", 2).unwrap()];
    Arc::new(Venue::new("XPIT", currencies, vec![share("ACME"), share("ZINC")]).unwrap())
}

fn prices() -> Prices {
    Prices::new([Price(100), Price(30)])
}

fn moved(account: AccountId, instrument: InstrumentId, lots: i64) -> Event {
    Event::Clearing(Fact::Moved { account, instrument, lots, why: Movement::Transfer })
}

fn traded(buyer: AccountId, seller: AccountId, price: i64, qty: u64) -> Event {
    let key = |account| OrderKey::new(account, OrderId(1));
    let (maker, taker, aggressor) = (key(seller), key(buyer), Side::Buy);
    let (price, qty) = (Price(price), Qty(qty));
    Event::Traded { trade: TradeId(0), instrument: ACME, maker, taker, aggressor, price, qty }
}

/// What `desk` says when it is due, and when that was.
fn next(desk: &mut dyn Desk) -> (u64, Vec<Command>) {
    let (at, mut out) = (desk.due().expect("it has something to say"), Vec::new());
    desk.take(at, &prices(), &mut out);
    (at.0, out)
}

fn order(n: u64, account: AccountId, of: InstrumentId, side: Side, qty: u64) -> Command {
    let order = OrderId(FIRST.0 + n);
    Command::Place(Order::market(account, order, of, side, Qty(qty)).until(Tif::Ioc))
}

fn clear_out(account: AccountId) -> Command {
    let filter = Filter { account: Some(account), ..Filter::default() };
    Command::MassCancel { filter, why: MassReason::Asked }
}

fn clear(act: Act) -> Command {
    Command::Clear(Box::new(act))
}

/// What is worth most is closed first, slice by slice, long or short.
#[test]
fn the_liquidator_closes_the_largest_position_until_the_call_is_met() {
    let mut desk = Liquidator::new(Closing::new(venue(), POLICY, FIRST));
    desk.see(Time(0), &moved(ANN, ACME, 50), &prices());
    desk.see(Time(0), &moved(ANN, ZINC, -100), &prices());
    assert_eq!(desk.due(), None, "nobody is overdue");
    desk.see(Time(7), &Event::Clearing(Fact::Overdue { account: ANN }), &prices());
    let sale = order(0, ANN, ACME, Side::Sell, 40);
    assert_eq!(next(&mut desk), (17, vec![clear_out(ANN), sale]));
    desk.see(Time(17), &traded(BOB, ANN, 100, 40), &prices());
    assert_eq!(next(&mut desk), (22, vec![order(1, ANN, ZINC, Side::Buy, 40)]));
    desk.see(Time(22), &moved(ANN, ZINC, 75), &prices());
    assert_eq!(next(&mut desk), (27, vec![order(2, ANN, ACME, Side::Sell, 10)]));
    desk.see(Time(28), &Event::Clearing(Fact::Met { account: ANN }), &prices());
    assert_eq!(desk.due(), None);
}

/// The positions of the member and of whom it carries are closed; then the loss is covered, once
/// each time it is asked, until the house says that it was.
#[test]
fn a_default_is_covered_when_nothing_is_left_to_close() {
    let mut desk = Defaults::new(Closing::new(venue(), POLICY, FIRST));
    let carried = Fact::CarrierSet { account: BOB, carrier: Some(ANN) };
    desk.see(Time(0), &Event::Clearing(carried), &prices());
    desk.see(Time(0), &moved(BOB, ACME, 30), &prices());
    desk.see(Time(5), &Event::Clearing(Fact::Defaulted { member: ANN }), &prices());
    let (at, said) = next(&mut desk);
    let sale = order(0, BOB, ACME, Side::Sell, 30);
    assert_eq!((at, said), (15, vec![clear_out(ANN), clear_out(BOB), sale]));
    desk.see(Time(15), &traded(DESK, BOB, 90, 30), &prices());
    assert_eq!(next(&mut desk), (20, vec![clear(Act::Cover { member: ANN })]));
    let covered = Fact::Covered { member: ANN, loss: Cash(0) };
    desk.see(Time(20), &Event::Clearing(covered), &prices());
    assert_eq!(desk.due(), None);
}

/// Bought at 104 and given at the 100 it is carried at: whoever failed pays the 4 between.
#[test]
fn what_buying_in_costs_beyond_the_carried_price_is_charged() {
    for (price, extra) in [(104, Some(60 * 4)), (97, None)] {
        let mut desk = BuyIn::new(venue(), DESK, POLICY, FIRST);
        let valued = Fact::Valued { instrument: ACME, price: Price(100) };
        desk.see(Time(0), &Event::Clearing(valued), &prices());
        let due = Fact::BuyInDue { account: BOB, instrument: ACME, lots: 60 };
        desk.see(Time(3), &Event::Clearing(due), &prices());
        assert_eq!(next(&mut desk), (13, vec![order(0, DESK, ACME, Side::Buy, 40)]));
        desk.see(Time(13), &traded(DESK, ANN, price, 40), &prices());
        assert_eq!(next(&mut desk), (18, vec![order(1, DESK, ACME, Side::Buy, 20)]));
        desk.see(Time(18), &traded(DESK, ANN, price, 20), &prices());
        let (from, to) = (DESK, BOB);
        let mut said = vec![clear(Act::Assign { from, to, instrument: ACME, lots: 60 })];
        if let Some(extra) = extra {
            let (from, to, cash) = (BOB, DESK, Cash(extra));
            said.push(clear(Act::Transfer { from, to, currency: USD, cash }));
        }
        assert_eq!(next(&mut desk), (23, said));
        assert_eq!(desk.due(), None, "nothing is left to buy");
    }
}
