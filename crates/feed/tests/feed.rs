//! The public feed, told as stories: what each channel says, what it never says, and how a listener
//! finds its way back.

mod market;

use market::{INSTRUMENTS, Market, key, limit, venue};
use pitfloor_feed::level2::Quote;
use pitfloor_feed::publish::{
    Body, Detail, Message, OrderUpdate, Publisher, ShownBook, ShownOrder, Snapshot, Status,
};
use pitfloor_feed::receive::{BookFromFeed, FeedError, Heard};
use pitfloor_model::command::{Command, Order, Stp};
use pitfloor_model::event::{Phase, PhaseReason};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Price, Qty, Side, Stamp, Time};

const ACME: InstrumentId = INSTRUMENTS[0];

/// What a feed of `detail` says when `commands` are carried out on an open market.
fn told(detail: Detail, commands: &[Command]) -> Vec<Message> {
    let (mut market, mut publisher) = (Market::open(), Publisher::new(&venue(), detail));
    let mut messages = Vec::new();
    for command in commands {
        let (stamped, events) = market.apply(command.clone());
        publisher.publish(&stamped, &events, &mut messages);
    }
    messages
}

/// The messages in a few words each.
fn words(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| format!("{} {}", message.seq, say(&message.body))).collect()
}

fn say(body: &Body) -> String {
    let best = |side: Option<(Price, Qty)>| {
        side.map_or("-".into(), |(price, qty)| format!("{}x{}", price.0, qty.0))
    };
    match body {
        Body::Trade(p) => match p.aggressor {
            Some(side) => format!("trade {}x{} by {side}", p.price.0, p.qty.0),
            None => format!("auction {}x{}", p.price.0, p.qty.0),
        },
        Body::Level { side, price, qty } => format!("{side} {} shows {}", price.0, qty.0),
        Body::Order(OrderUpdate::Add(o)) => {
            format!("add #{} {} {}x{}", o.stamp.0, o.side, o.price.0, o.qty.0)
        }
        Body::Order(OrderUpdate::Reduce { stamp, by }) => {
            format!("reduce #{} by {}", stamp.0, by.0)
        }
        Body::Order(OrderUpdate::Delete { stamp }) => format!("delete #{}", stamp.0),
        Body::Order(OrderUpdate::Execute { stamp, qty }) => {
            format!("execute #{} {}", stamp.0, qty.0)
        }
        Body::Quote(quote) => format!("quote {} / {}", best(quote.bid), best(quote.ask)),
        Body::Phase(phase) => format!("{phase:?}"),
        Body::Indicative(said) => {
            let price = said.price.map_or("-".into(), |price| price.0.to_string());
            format!("indicative {price}x{}, imbalance {}", said.qty.0, said.imbalance.0)
        }
        Body::Uncrossed { surplus, .. } => format!("uncrossed, surplus {}", surplus.0),
        Body::CallExtended => "extended".into(),
        Body::Bands(bands) => {
            bands.map_or("no bands".into(), |b| format!("bands {} to {}", b.lower.0, b.upper.0))
        }
        Body::ShortSalesRestricted(on) => format!("short sales restricted: {on}"),
    }
}

/// Two sellers and a buyer who takes the first of them and part of the second, then rests.
fn sweep() -> [Command; 3] {
    [
        limit(2, 1, Side::Sell, 101, 5),
        limit(3, 1, Side::Sell, 102, 5),
        limit(2, 2, Side::Buy, 102, 7),
    ]
}

#[test]
fn level_1_tells_the_quote_once_per_command_and_only_when_it_changed() {
    let mut commands = sweep().to_vec();
    commands.push(limit(3, 2, Side::Sell, 110, 1)); // Far from the touch: nothing to tell.
    assert_eq!(
        words(&told(Detail::Level1, &commands)),
        ["1 quote - / 101x5", "2 trade 101x5 by buy", "3 trade 102x2 by buy", "4 quote - / 102x3",]
    );
}

#[test]
fn level_2_tells_what_each_level_shows_now() {
    assert_eq!(
        words(&told(Detail::Level2, &sweep())),
        [
            "1 sell 101 shows 5",
            "2 sell 102 shows 5",
            "3 trade 101x5 by buy",
            "4 sell 101 shows 0",
            "5 trade 102x2 by buy",
            "6 sell 102 shows 3",
        ]
    );
}

#[test]
fn level_3_tells_of_every_order_by_its_stamp() {
    let mut commands = sweep().to_vec();
    commands.extend([
        limit(2, 3, Side::Buy, 99, 8),
        Command::Reduce { key: key(2, 3), by: Qty(2) },
        Command::Replace { key: key(2, 3), price: Price(99), qty: Qty(5) },
        Command::Replace { key: key(2, 3), price: Price(100), qty: Qty(5) },
        Command::Cancel { key: key(2, 3) },
    ]);
    assert_eq!(
        words(&told(Detail::Level3, &commands)),
        [
            "1 add #0 sell 101x5",
            "2 add #1 sell 102x5",
            "3 trade 101x5 by buy",
            "4 execute #0 5",
            "5 trade 102x2 by buy",
            "6 execute #1 2",
            "7 add #2 buy 99x8",
            "8 reduce #2 by 2",
            "9 reduce #2 by 1", // A pure decrease keeps its place, and its name.
            "10 delete #2",
            "11 add #3 buy 100x5",
            "12 delete #3",
        ]
    );
}

#[test]
fn self_trade_prevention_looks_like_an_order_that_left() {
    let own = Order::limit(AccountId(2), OrderId(9), ACME, Side::Buy, Price(101), Qty(3));
    let commands = [limit(2, 1, Side::Sell, 101, 5), Command::Place(own.with_stp(Stp::ExpireBoth))];
    let words = words(&told(Detail::Level3, &commands));
    assert_eq!(words, ["1 add #0 sell 101x5", "2 delete #0"]);
}

#[test]
fn what_is_private_makes_no_message() {
    let commands = [
        limit(0, 1, Side::Buy, 1_000_000, 500), // Cannot pay.
        Command::Cancel { key: key(0, 77) },    // There is no such order.
        Command::Place(Order::market(AccountId(2), OrderId(1), ACME, Side::Buy, Qty(1))), // Alone.
        Command::Deliver { account: AccountId(0), instrument: ACME, qty: Qty(1) },
    ];
    for detail in [Detail::Level1, Detail::Level2, Detail::Level3] {
        assert_eq!(told(detail, &commands), []);
    }
}

#[test]
fn every_instrument_has_its_own_numbers() {
    let bolt = |order| {
        Order::limit(AccountId(2), OrderId(order), INSTRUMENTS[1], Side::Buy, Price(50), Qty(1))
    };
    let commands = [
        limit(2, 1, Side::Buy, 100, 1),
        Command::Place(bolt(2)),
        limit(2, 3, Side::Buy, 100, 1),
        Command::Place(bolt(4)),
    ];
    let numbers = told(Detail::Level2, &commands);
    let numbers: Vec<_> = numbers.iter().map(|m| (m.instrument.0, m.seq)).collect();
    assert_eq!(numbers, [(0, 1), (1, 1), (0, 2), (1, 2)]);
}

#[test]
fn a_halt_is_public_and_the_book_stays() {
    let halt =
        Command::SetPhase { instrument: ACME, to: Phase::Halt, why: PhaseReason::Regulatory };
    let messages = told(Detail::Level2, &[limit(2, 1, Side::Buy, 100, 4), halt]);
    assert_eq!(words(&messages), ["1 buy 100 shows 4", "2 Halt"]);
    let mut book = BookFromFeed::new(ACME, Detail::Level2);
    for message in &messages {
        assert_eq!(book.apply(message), Ok(Heard::New));
    }
    assert_eq!(book.phase(), Phase::Halt);
    let quote = Quote { bid: Some((Price(100), Qty(4))), ask: None };
    assert_eq!(book.quote(), quote);
}

#[test]
fn a_missing_message_is_noticed_and_a_snapshot_leads_back() {
    let (mut market, mut publisher) = (Market::open(), Publisher::new(&venue(), Detail::Level3));
    let mut messages = Vec::new();
    let mut play = |command, messages: &mut Vec<Message>| {
        let (stamped, events) = market.apply(command);
        publisher.publish(&stamped, &events, messages);
        publisher.snapshot(ACME).unwrap()
    };
    let mut snapshot = None;
    for command in sweep() {
        snapshot = Some(play(command, &mut messages));
    }
    let snapshot = snapshot.unwrap();
    play(limit(3, 2, Side::Buy, 90, 1), &mut messages);

    let mut book = BookFromFeed::new(ACME, Detail::Level3);
    assert_eq!(book.apply(&messages[0]), Ok(Heard::New));
    let gap = FeedError::Gap { expected: 2, found: 3 };
    assert_eq!(book.apply(&messages[2]), Err(gap));
    assert_eq!(book.apply(&messages[3]), Err(FeedError::Gap { expected: 2, found: 4 }));
    assert_eq!(gap.to_string(), "seq: found 3, expected 2: messages are missing");
    assert_eq!(book.seq(), 1, "the book is as it was");

    let mut book = BookFromFeed::from_snapshot(&snapshot).unwrap();
    assert_eq!(book.seq(), 6);
    for message in &messages[..6] {
        assert_eq!(book.apply(message), Ok(Heard::Known));
    }
    assert_eq!(book.apply(&messages[6]), Ok(Heard::New));
    let best = |price, qty| Some((Price(price), Qty(qty)));
    assert_eq!(book.quote(), Quote { bid: best(90, 1), ask: best(102, 3) });
}

/// A Level 3 book with one order, stamp 7: buy 5 at 100; and a message that comes next.
fn one_order() -> (BookFromFeed, impl Fn(Body) -> Message) {
    let order = ShownOrder { stamp: Stamp(7), side: Side::Buy, price: Price(100), qty: Qty(5) };
    let snapshot = Snapshot {
        instrument: ACME,
        seq: 4,
        status: Status::default(),
        book: ShownBook::Level3(vec![order]),
    };
    let message = |body| Message { instrument: ACME, seq: 5, at: Time(1), body };
    (BookFromFeed::from_snapshot(&snapshot).unwrap(), message)
}

#[test]
fn messages_that_make_no_sense_are_refused_and_change_nothing() {
    let (mut book, next) = one_order();
    let (seven, eight) = (Stamp(7), Stamp(8));
    let add = |stamp, qty| {
        let (side, price) = (Side::Buy, Price(100));
        OrderUpdate::Add(ShownOrder { stamp, side, price, qty: Qty(qty) })
    };
    for (update, wrong) in [
        (OrderUpdate::Delete { stamp: eight }, FeedError::NotThere { stamp: eight, qty: Qty(0) }),
        (
            OrderUpdate::Execute { stamp: seven, qty: Qty(6) },
            FeedError::NotThere { stamp: seven, qty: Qty(6) },
        ),
        (
            OrderUpdate::Execute { stamp: seven, qty: Qty(0) },
            FeedError::NotThere { stamp: seven, qty: Qty(0) },
        ),
        (
            OrderUpdate::Reduce { stamp: seven, by: Qty(5) },
            FeedError::NotThere { stamp: seven, qty: Qty(5) },
        ),
        (add(seven, 1), FeedError::NoPlace(seven)),
        (add(Stamp(6), 1), FeedError::NoPlace(Stamp(6))),
        (add(eight, 0), FeedError::NoPlace(eight)),
        (add(eight, u64::MAX), FeedError::NoPlace(eight)),
    ] {
        assert_eq!(book.apply(&next(Body::Order(update))), Err(wrong), "{update:?}");
    }
    let level = Body::Level { side: Side::Buy, price: Price(100), qty: Qty(1) };
    let other = Err(FeedError::OtherDetail(Detail::Level3));
    assert_eq!(book.apply(&next(level)), other);
    assert_eq!(book.apply(&next(Body::Quote(Quote::default()))), other);
    let mut foreign = next(Body::Phase(Phase::Halt));
    foreign.instrument = INSTRUMENTS[1];
    let (expected, found) = (ACME, INSTRUMENTS[1]);
    assert_eq!(book.apply(&foreign), Err(FeedError::Foreign { expected, found }));

    assert_eq!((book.seq(), book.phase()), (4, Phase::Continuous));
    assert_eq!(book.orders(Side::Buy).map(|order| order.qty.0).collect::<Vec<_>>(), [5]);
    let reduce = OrderUpdate::Reduce { stamp: seven, by: Qty(4) };
    assert_eq!(book.apply(&next(Body::Order(reduce))), Ok(Heard::New));
    assert_eq!(book.levels(Side::Buy).collect::<Vec<_>>(), [(Price(100), Qty(1))]);
}

#[test]
fn snapshots_of_no_possible_book_are_refused() {
    let snapshot = |book| Snapshot { instrument: ACME, seq: 1, status: Status::default(), book };
    let refused = |book| BookFromFeed::from_snapshot(&snapshot(book)).unwrap_err().to_string();
    let twice = vec![(Price(100), Qty(1)), (Price(100), Qty(2))];
    assert_eq!(
        refused(ShownBook::Level2 { bids: twice, asks: vec![] }),
        "level: found 2 lots at 100, expected each level once with lots"
    );
    let empty = vec![(Price(100), Qty(0))];
    assert_eq!(
        refused(ShownBook::Level2 { bids: vec![], asks: empty }),
        "level: found 0 lots at 100, expected each level once with lots"
    );
    let order = ShownOrder { stamp: Stamp(3), side: Side::Buy, price: Price(1), qty: Qty(1) };
    assert_eq!(
        refused(ShownBook::Level3(vec![order, order])),
        "order: found stamp 3, expected an order for the back of its queue"
    );
}

#[test]
fn a_feed_of_a_venue_knows_its_instruments_only() {
    let publisher = Publisher::new(&venue(), Detail::Level1);
    assert_eq!(publisher.snapshot(INSTRUMENTS[1]).map(|s| s.seq), Some(0));
    assert_eq!(publisher.snapshot(InstrumentId(2)), None);
}
