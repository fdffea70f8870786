//! What the public hears of auctions, bands and pauses, and what it never hears: reserves, orders
//! that are not shown, whatever sleeps or waits, and who was paired with whom.

use pitfloor_feed::publish::{Body, Detail, Indication, Message, OrderUpdate, Publisher, Status};
use pitfloor_feed::receive::{BookFromFeed, Heard};
use pitfloor_model::command::{Command, Kind, Order, Stamped, Stp, Trigger};
use pitfloor_model::event::{CancelReason, Entry, Event, Phase, PhaseReason, Terms};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, Time,
    TradeId,
};

const ACME: InstrumentId = InstrumentId(0);
const BOLT: InstrumentId = InstrumentId(1);
const DETAILS: [Detail; 3] = [Detail::Level1, Detail::Level2, Detail::Level3];

fn venue() -> Venue {
    let usd = Currency::new("USD", 2).unwrap();
    let share = |symbol| Instrument::equity(symbol, CurrencyId(0), "0.01").unwrap();
    Venue::new("XPIT", vec![usd], vec![share("ACME"), share("BOLT")]).unwrap()
}

const fn key(account: u32) -> OrderKey {
    OrderKey::new(AccountId(account), OrderId(1))
}

fn limit(account: u32, side: Side, price: i64, qty: u64) -> Order {
    Order::limit(AccountId(account), OrderId(1), ACME, side, Price(price), Qty(qty))
}

fn accepted(order: &Order, entry: Entry) -> Event {
    let Order { instrument, side, kind, price, qty, tif, stp, with, .. } = *order;
    let terms = Terms { side, kind, price, qty, tif, stp, with };
    Event::Accepted { instrument, key: order.key(), terms, entry }
}

fn rested(order: &Order, shown: u64, stamp: u64) -> Event {
    let (instrument, key, side) = (order.instrument, order.key(), order.side);
    let (price, qty, stamp) = (order.price.unwrap(), Qty(shown), Stamp(stamp));
    Event::Rested { instrument, key, side, price, qty, stamp }
}

/// What a feed of `detail` says of commands that caused these events, and the book at its far end.
fn told(detail: Detail, steps: &[&[Event]]) -> (Vec<Message>, BookFromFeed) {
    let (mut publisher, mut messages) = (Publisher::new(&venue(), detail), Vec::new());
    for (seq, events) in (0..).zip(steps) {
        let stamped = Stamped { seq, at: Time(seq), command: Command::AdvanceTime };
        publisher.publish(&stamped, events, &mut messages);
    }
    let mut book = BookFromFeed::new(ACME, detail);
    for message in messages.iter().filter(|message| message.instrument == ACME) {
        assert_eq!(book.apply(message), Ok(Heard::New));
    }
    let late = BookFromFeed::from_snapshot(&publisher.snapshot(ACME).unwrap()).unwrap();
    assert_eq!(
        (late.status(), late.quote(), late.seq()),
        (book.status(), book.quote(), book.seq())
    );
    (messages, book)
}

#[test]
fn what_is_not_shown_makes_no_message() {
    let hidden = limit(1, Side::Sell, 101, 50).hidden();
    let whole = limit(2, Side::Buy, 99, 50).all_or_none();
    let mid = limit(3, Side::Buy, 100, 50).of_kind(Kind::PegMid);
    let stop = limit(4, Side::Sell, 90, 50).of_kind(Kind::StopLimit(Trigger::last(Price(91))));
    let (instrument, side) = (ACME, Side::Sell);
    let reduced = Event::Reduced {
        instrument,
        key: hidden.key(),
        side,
        price: Price(101),
        by: Qty(10),
        leaves: Qty(40),
    };
    let gone = |order: &Order, price: Option<i64>, left| Event::Cancelled {
        instrument,
        key: order.key(),
        side: order.side,
        price: price.map(Price),
        left: Qty(left),
        why: CancelReason::Mass,
    };
    let (account, orders, qty) = (AccountId(1), 2, Qty(90));
    let quiet: Vec<Event> = vec![
        accepted(&hidden, Entry::Entering),
        rested(&hidden, 0, 0),
        accepted(&whole, Entry::Entering),
        rested(&whole, 0, 1),
        accepted(&mid, Entry::Entering),
        rested(&mid, 0, 2),
        accepted(&stop, Entry::Dormant),
        reduced,
        Event::Repriced { instrument, key: mid.key(), side: Side::Buy, from: None, to: Price(98) },
        Event::Parked { instrument, key: mid.key(), side: Side::Buy, from: Some(Price(98)) },
        Event::Triggered { instrument, key: stop.key(), price: Price(91) },
        Event::Armed { instrument, key: stop.key(), qty: Qty(50) },
        Event::Unspent { instrument, key: key(9), cash: Cash(5) },
        Event::ReferenceSet { instrument, of: Benchmark::Mark, price: Price(100) },
        Event::Transferred {
            instrument,
            maker: hidden.key(),
            taker: key(9),
            aggressor: Side::Buy,
            price: Price(101),
            qty: Qty(1),
        },
        Event::KillSwitched { account, on: true },
        Event::GroupSet { account, group: Some(7) },
        gone(&hidden, Some(101), 40),
        gone(&whole, Some(99), 50),
        gone(&stop, None, 50),
        Event::MassCancelled { account, orders, qty },
        Event::TimeAdvanced { at: Time(3) },
    ];
    for detail in DETAILS {
        let (messages, _) = told(detail, &[&quiet]);
        assert_eq!(messages, [], "{detail:?}");
    }
}

/// Of an iceberg with 100 lots the public sees five; when they are gone, an order with another
/// stamp comes, of which nobody can tell whose it is.
#[test]
fn the_reserve_of_an_iceberg_is_nobodys_business() {
    let iceberg = limit(1, Side::Sell, 101, 100).iceberg(Qty(5));
    let traded = Event::Traded {
        trade: TradeId(0),
        instrument: ACME,
        maker: iceberg.key(),
        taker: key(2),
        aggressor: Side::Buy,
        price: Price(101),
        qty: Qty(5),
    };
    let refreshed = Event::Refreshed {
        instrument: ACME,
        key: iceberg.key(),
        side: Side::Sell,
        price: Price(101),
        shown: Qty(5),
        stamp: Stamp(9),
    };
    let entered = [accepted(&iceberg, Entry::Entering), rested(&iceberg, 5, 0)];
    let (messages, book) = told(Detail::Level3, &[&entered, &[traded, refreshed]]);
    let updates: Vec<_> = messages
        .iter()
        .filter_map(|message| match message.body {
            Body::Order(OrderUpdate::Add(order)) => Some((order.stamp.0, order.qty.0)),
            Body::Order(OrderUpdate::Execute { stamp, qty }) => Some((stamp.0, qty.0)),
            _ => None,
        })
        .collect();
    assert_eq!(updates, [(0, 5), (0, 5), (9, 5)]);
    assert_eq!(book.levels(Side::Sell).collect::<Vec<_>>(), [(Price(101), Qty(5))]);
}

/// A call, an indication, and the auction: one print, what is left over, and the book after it.
#[test]
fn an_auction_is_told_as_one_print() {
    let (buy, sell) = (limit(1, Side::Buy, 102, 8), limit(2, Side::Sell, 100, 5));
    let phase =
        |from, to| Event::PhaseChanged { instrument: ACME, from, to, why: PhaseReason::CallEnded };
    let price = Some(Price(101));
    let (surplus, side) = (Qty(3), Some(Side::Buy));
    let indicative =
        Event::Indicative { instrument: ACME, price, qty: Qty(5), imbalance: surplus, side };
    let crossed = |trade, qty| Event::Crossed {
        trade: TradeId(trade),
        instrument: ACME,
        buy: buy.key(),
        sell: sell.key(),
        price: Price(101),
        qty: Qty(qty),
    };
    let uncrossed = Event::Uncrossed { instrument: ACME, price, qty: Qty(5), surplus, side };
    let call = [phase(Phase::Continuous, Phase::ReopenCall)];
    let orders = [rested(&buy, 8, 0), rested(&sell, 5, 1), indicative];
    let auction =
        [crossed(0, 2), crossed(1, 3), uncrossed, phase(Phase::ReopenCall, Phase::Continuous)];
    for detail in DETAILS {
        let (_, waiting) = told(detail, &[&call, &orders]);
        let indication = Indication { price, qty: Qty(5), imbalance: surplus, side };
        let status = Status { phase: Phase::ReopenCall, indication, ..Status::default() };
        assert_eq!(waiting.status(), status);

        let (messages, book) = told(detail, &[&call, &orders, &auction]);
        let prints: Vec<_> = messages
            .iter()
            .filter_map(|message| match message.body {
                Body::Trade(print) => Some((print.price.0, print.qty.0, print.aggressor)),
                _ => None,
            })
            .collect();
        assert_eq!(prints, [(101, 5, None)], "{detail:?}");
        assert!(messages.iter().any(|m| m.body == Body::Uncrossed { surplus, side }));
        assert_eq!(book.status(), Status::default(), "the call is over");
        assert_eq!(book.quote().bid, Some((Price(102), Qty(3))));
        assert_eq!(book.quote().ask, None);
    }
}

#[test]
fn bands_and_the_short_sale_test_are_public() {
    let bands = Some(Bands { lower: Price(95), upper: Price(105) });
    let steps = [
        Event::BandsChanged { instrument: ACME, from: None, to: bands },
        Event::ShortSalesRestricted { instrument: ACME, on: true },
        Event::CallExtended { instrument: ACME },
    ];
    for detail in DETAILS {
        let (messages, book) = told(detail, &[&steps]);
        let bodies: Vec<Body> = messages.iter().map(|message| message.body).collect();
        let expected = [Body::Bands(bands), Body::ShortSalesRestricted(true), Body::CallExtended];
        assert_eq!(bodies, expected);
        assert_eq!((book.status().bands, book.status().short_sales_restricted), (bands, true));
    }
}

/// One command may end orders of several instruments: each channel has its quote.
#[test]
fn a_command_that_touches_two_instruments_tells_both() {
    let acme = limit(1, Side::Buy, 99, 5);
    let bolt = Order { instrument: BOLT, ..limit(2, Side::Buy, 98, 4) };
    let expired = |order: &Order| Event::Expired {
        instrument: order.instrument,
        key: order.key(),
        side: order.side,
        price: order.price,
        left: order.qty,
    };
    let there = [[rested(&acme, 5, 0)], [rested(&bolt, 4, 1)]];
    let over = [expired(&acme), expired(&bolt), expired(&limit(3, Side::Buy, 90, 0))];
    let (messages, _) = told(Detail::Level1, &[&there[0], &there[1], &over]);
    let quotes = messages.iter().map(|message| {
        let Body::Quote(quote) = message.body else { panic!("only quotes: {message:?}") };
        (message.instrument, message.seq, quote.bid)
    });
    assert_eq!(
        quotes.collect::<Vec<_>>(),
        [
            (ACME, 1, Some((Price(99), Qty(5)))),
            (BOLT, 1, Some((Price(98), Qty(4)))),
            (ACME, 2, None),
            (BOLT, 2, None),
        ]
    );
}

/// Self-trade prevention that only makes an order smaller looks like an order that was reduced.
#[test]
fn a_transfer_is_no_print() {
    let maker = limit(1, Side::Sell, 101, 5);
    let taker = limit(2, Side::Buy, 101, 2);
    let prevented = Event::Prevented {
        instrument: ACME,
        maker: maker.key(),
        taker: taker.key(),
        price: Price(101),
        qty: Qty(2),
        mode: Stp::Transfer,
    };
    let moved = Event::Transferred {
        instrument: ACME,
        maker: maker.key(),
        taker: taker.key(),
        aggressor: Side::Buy,
        price: Price(101),
        qty: Qty(2),
    };
    let there = [accepted(&maker, Entry::Entering), rested(&maker, 5, 0)];
    let arrives = [accepted(&taker, Entry::Entering), prevented, moved];
    let (messages, book) = told(Detail::Level3, &[&there, &arrives]);
    let reduced = OrderUpdate::Reduce { stamp: Stamp(0), by: Qty(2) };
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1].body, Body::Order(reduced));
    assert_eq!(book.quote().ask, Some((Price(101), Qty(3))));
}
