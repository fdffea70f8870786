//! Whatever happens, the views are the exchange's own book: rebuilt from events alone, rebuilt from
//! public messages alone, and rebuilt from a snapshot taken on the way. Checked after every command.

mod market;

use market::{ACCOUNTS, INSTRUMENTS, Market, any_command, venue};
use pitfloor_exchange::Exchange;
use pitfloor_feed::level2::{LevelChange, Levels, Quote};
use pitfloor_feed::level3::{Orders, Position};
use pitfloor_feed::publish::{Body, Detail, Message, Publisher, ShownOrder};
use pitfloor_feed::receive::{BookFromFeed, Heard};
use pitfloor_feed::tape::{Print, Tape};
use pitfloor_model::command::{Command, Filter, Order, OrderList, Stamped, Stp};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::sync::Arc;

const DETAILS: [Detail; 3] = [Detail::Level1, Detail::Level2, Detail::Level3];

/// Everything this crate can build of one instrument.
struct Views {
    instrument: InstrumentId,
    levels: Levels,
    orders: Orders,
    /// One at the far end of each feed.
    books: Vec<BookFromFeed>,
}

impl Views {
    fn new(instrument: InstrumentId) -> Self {
        let book = |detail| BookFromFeed::new(instrument, detail);
        Self {
            instrument,
            levels: Levels::new(instrument),
            orders: Orders::new(instrument),
            books: DETAILS.map(book).into(),
        }
    }

    fn agree_with(&self, exchange: &Exchange) {
        let best = |side| exchange.best(self.instrument, side);
        let quote = Quote { bid: best(Side::Buy), ask: best(Side::Sell) };
        assert_eq!(self.levels.quote(), quote, "level 1 from events");
        for book in &self.books {
            assert_eq!(book.quote(), quote, "level 1 from {:?}", book.detail());
            assert_eq!(book.phase(), exchange.phase(self.instrument));
        }
        Side::BOTH.into_iter().for_each(|side| self.side_agrees_with(exchange, side));
    }

    fn side_agrees_with(&self, exchange: &Exchange, side: Side) {
        let levels: Vec<_> = exchange.levels(self.instrument, side).collect();
        let lots: Vec<_> = levels.iter().map(|level| (level.price, level.qty)).collect();
        assert_eq!(self.levels.levels(side).collect::<Vec<_>>(), lots, "level 2 from events");
        let counted: Vec<_> = levels.iter().map(|l| (l.price, l.qty, l.orders)).collect();
        let kept = self.orders.levels(side).map(|l| (l.price, l.qty, l.orders));
        assert_eq!(kept.collect::<Vec<_>>(), counted, "orders at each price");

        let queue: Vec<_> = exchange.queue(self.instrument, side).collect();
        let queue: Vec<_> = queue.iter().map(|o| (o.key, o.price, o.leaves, o.stamp)).collect();
        let kept = self.orders.queue(side).map(|o| (o.key, o.price, o.shown, o.stamp));
        assert_eq!(kept.collect::<Vec<_>>(), queue, "level 3 from events");

        let shown =
            queue.iter().map(|&(_, price, qty, stamp)| ShownOrder { stamp, side, price, qty });
        let shown: Vec<_> = shown.collect();
        for book in &self.books {
            if book.detail() >= Detail::Level2 {
                assert_eq!(book.levels(side).collect::<Vec<_>>(), lots, "from {:?}", book.detail());
            }
            if book.detail() == Detail::Level3 {
                assert_eq!(book.orders(side).collect::<Vec<_>>(), shown, "level 3 from messages");
            }
        }
        self.positions_agree_with(side, &queue);
    }

    fn positions_agree_with(&self, side: Side, queue: &[(OrderKey, Price, Qty, impl Sized)]) {
        for (place, (key, price, ..)) in queue.iter().enumerate() {
            let ahead = queue[..place].iter().filter(|(_, other, ..)| other == price);
            let count = u32::try_from(ahead.clone().count()).unwrap();
            let qty = Qty(ahead.map(|(_, _, leaves, _)| leaves.0).sum());
            assert_eq!(self.orders.position(*key), Some(Position { orders: count, qty }));
            assert_eq!(self.orders.order(*key).map(|order| order.side), Some(side));
        }
    }
}

/// The market, everything built from it, and the messages so far.
struct Floor {
    market: Market,
    publishers: Vec<Publisher>,
    views: Vec<Views>,
    /// Of each feed, from its first message.
    messages: [Vec<Message>; 3],
    tape: Vec<Print>,
}

impl Floor {
    fn open() -> Self {
        Self {
            market: Market::open(),
            publishers: DETAILS.map(|detail| Publisher::new(&venue(), detail)).into(),
            views: INSTRUMENTS.map(Views::new).into(),
            messages: Default::default(),
            tape: Vec::new(),
        }
    }

    fn play(&mut self, command: Command) -> Vec<Event> {
        let (stamped, events) = self.market.apply(command);
        for views in &mut self.views {
            for event in &events {
                for change in views.levels.apply(event).into_iter().flatten() {
                    assert_eq!(change.after, shown_at(&views.levels, change));
                }
                views.orders.apply(event);
            }
        }
        self.publish(&stamped, &events);
        for event in &events {
            self.tape.extend(Print::of(&stamped, event));
        }
        self.views.iter().for_each(|views| views.agree_with(&self.market.exchange));
        events
    }

    fn publish(&mut self, stamped: &Stamped, events: &[Event]) {
        for (feed, publisher) in self.publishers.iter_mut().enumerate() {
            let told = self.messages[feed].len();
            publisher.publish(stamped, events, &mut self.messages[feed]);
            for message in &self.messages[feed][told..] {
                assert_eq!(message.at, stamped.at);
                let book = &mut self.views[message.instrument.index()].books[feed];
                assert_eq!(book.apply(message), Ok(Heard::New));
            }
        }
    }
}

fn shown_at(levels: &Levels, change: LevelChange) -> Qty {
    levels.lots_at(change.price, change.side)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Level 1, 2 and 3, from events and from messages, are the exchange's book after every
    /// command; the tapes in the feeds are the tape of the events, and no quote is told twice.
    #[test]
    fn every_view_is_the_exchanges_own_book(
        commands in prop::collection::vec(any_command(), 1..250),
    ) {
        let mut floor = Floor::open();
        commands.into_iter().for_each(|command| drop(floor.play(command)));
        for messages in &floor.messages {
            prop_assert_eq!(prints(messages), floor.tape.clone());
        }
        for instrument in INSTRUMENTS {
            let mut told = Quote::default();
            for message in floor.messages[0].iter().filter(|m| m.instrument == instrument) {
                if let Body::Quote(quote) = message.body {
                    prop_assert_ne!(quote, std::mem::replace(&mut told, quote), "told again");
                }
            }
        }
        let mut tape = Tape::default();
        floor.tape.iter().filter(|p| p.instrument == INSTRUMENTS[0]).for_each(|p| tape.push(p));
        prop_assert_eq!(tape.last, floor.market.exchange.last_price(INSTRUMENTS[0]));
    }

    /// A listener who comes late starts from a snapshot, passes over what is in it, and ends with
    /// the same book as one who heard everything.
    #[test]
    fn a_snapshot_is_as_good_as_having_heard_everything(
        commands in prop::collection::vec(any_command(), 1..150),
        late in 0_usize..150,
    ) {
        let mut floor = Floor::open();
        let mut snapshots = Vec::new();
        for (step, command) in commands.iter().enumerate() {
            if step == late.min(commands.len() - 1) {
                let of = |p: &Publisher| INSTRUMENTS.map(|id| p.snapshot(id).unwrap());
                snapshots = floor.publishers.iter().map(of).collect();
            }
            floor.play(command.clone());
        }
        for (feed, of_feed) in snapshots.iter().enumerate() {
            for (views, snapshot) in floor.views.iter_mut().zip(of_feed) {
                let mut late = BookFromFeed::from_snapshot(snapshot).unwrap();
                let channel = |m: &&Message| m.instrument == views.instrument;
                for message in floor.messages[feed].iter().filter(channel) {
                    let known = if message.seq <= snapshot.seq { Heard::Known } else { Heard::New };
                    prop_assert_eq!(late.apply(message), Ok(known));
                }
                prop_assert_eq!(late.seq(), views.books[feed].seq());
                views.books[feed] = late;
                views.agree_with(&floor.market.exchange);
            }
        }
    }

    /// Who trades and how they number their orders reaches no message: the same market under other
    /// names tells the public the same, to the last byte.
    #[test]
    fn the_public_cannot_tell_who_is_who(
        commands in prop::collection::vec(any_command(), 1..150),
    ) {
        let (mut known, mut masked) = (Floor::open(), Floor::open());
        for command in commands {
            known.play(command.clone());
            masked.play(under_another_name(command));
        }
        prop_assert_eq!(known.messages, masked.messages);
    }
}

/// The trades that a feed told of.
fn prints(messages: &[Message]) -> Vec<Print> {
    let print = |message: &Message| match message.body {
        Body::Trade(print) => Some(print),
        Body::Level { .. }
        | Body::Order(_)
        | Body::Quote(_)
        | Body::Phase(_)
        | Body::Indicative(_)
        | Body::Uncrossed { .. }
        | Body::CallExtended
        | Body::Bands(_)
        | Body::ShortSalesRestricted(_) => None,
    };
    messages.iter().filter_map(print).collect()
}

/// The same command from the account next to it with the same means, which numbers its orders
/// backwards.
fn under_another_name(command: Command) -> Command {
    let other =
        |key: OrderKey| OrderKey::new(AccountId(key.account.0 ^ 1), OrderId(900 - key.order.0));
    let renamed = |order: Order| {
        let OrderKey { account, order: number } = other(order.key());
        Order { account, order: number, ..order }
    };
    match command {
        Command::Place(order) => Command::Place(renamed(order)),
        Command::PlaceVaried { order, tranches } => {
            Command::PlaceVaried { order: renamed(order), tranches }
        }
        Command::PlaceList(list) => {
            let members = list.members.iter().copied().map(renamed).collect();
            Command::PlaceList(Arc::new(OrderList { shape: list.shape, members }))
        }
        Command::Amend { key, change } => Command::Amend { key: other(key), change },
        Command::MassCancel { filter, why } => {
            let account = filter.account.map(|account| AccountId(account.0 ^ 1));
            Command::MassCancel { filter: Filter { account, ..filter }, why }
        }
        Command::KillSwitch { account, on } => {
            Command::KillSwitch { account: AccountId(account.0 ^ 1), on }
        }
        Command::SetGroup { account, group } => {
            Command::SetGroup { account: AccountId(account.0 ^ 1), group }
        }
        Command::Replace { key, price, qty } => Command::Replace { key: other(key), price, qty },
        Command::Reduce { key, by } => Command::Reduce { key: other(key), by },
        Command::Cancel { key } => Command::Cancel { key: other(key) },
        venue @ (Command::OpenAccount { .. }
        | Command::Deposit { .. }
        | Command::Deliver { .. }
        | Command::SetPhase { .. }
        | Command::EndCall { .. }
        | Command::SetBands { .. }
        | Command::SetReference { .. }
        | Command::RestrictShortSales { .. }
        | Command::AdvanceTime
        | Command::Clear(_)) => venue,
    }
}

/// The histories above are no quiet ones: each kind of event that moves a book comes up, and the
/// moments that are easy to get wrong do too.
#[test]
fn the_histories_go_everywhere() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..40 {
        let history = prop::collection::vec(any_command(), 200).new_tree(&mut runner).unwrap();
        let mut floor = Floor::open();
        for command in history.current() {
            seen.extend(floor.play(command).iter().filter_map(moment));
        }
    }
    let expected = [
        "amended",
        "cancelled at rest",
        "cancelled on arrival",
        "crossed",
        "expired at rest",
        "expired on arrival",
        "halted",
        "prevented: ExpireBoth",
        "prevented: ExpireMaker",
        "prevented: ExpireTaker",
        "reduced",
        "reopened",
        "replaced: kept",
        "replaced: moved",
        "replaced: requeued at its price",
        "rested",
        "self-trade",
        "traded",
        "uncrossed",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(ACCOUNTS % 2, 0, "every account has a neighbour with the same means");
}

fn moment(event: &Event) -> Option<String> {
    let name = match *event {
        Event::Traded { maker, taker, .. } if maker.account == taker.account => "self-trade",
        Event::Traded { .. } => "traded",
        Event::Rested { .. } => "rested",
        Event::Replaced { kept: true, .. } => "replaced: kept",
        Event::Replaced { from, price, .. } if from == price => "replaced: requeued at its price",
        Event::Replaced { .. } => "replaced: moved",
        Event::Reduced { .. } => "reduced",
        Event::Prevented { mode, .. } => {
            assert_ne!(mode, Stp::None);
            return Some(format!("prevented: {mode:?}"));
        }
        Event::Cancelled { price: None, .. } => "cancelled on arrival",
        Event::Cancelled { .. } => "cancelled at rest",
        Event::ExpiredInMatch { price: None, .. } => "expired on arrival",
        Event::ExpiredInMatch { .. } => "expired at rest",
        Event::PhaseChanged { to: Phase::Halt, .. } => "halted",
        Event::PhaseChanged { from: Phase::ReopenCall, to: Phase::Continuous, .. } => "reopened",
        Event::Refreshed { .. } => "refreshed",
        Event::Repriced { .. } => "repriced",
        Event::Parked { .. } => "parked",
        Event::Triggered { .. } => "triggered",
        Event::Amended { .. } => "amended",
        Event::Armed { .. } => "armed",
        Event::Expired { .. } => "expired",
        Event::Crossed { .. } => "crossed",
        Event::Uncrossed { .. } => "uncrossed",
        Event::Accepted { .. }
        | Event::Rejected { .. }
        | Event::PhaseChanged { .. }
        | Event::Indicative { .. }
        | Event::CallExtended { .. }
        | Event::MassCancelled { .. }
        | Event::Unspent { .. }
        | Event::Transferred { .. }
        | Event::BandsChanged { .. }
        | Event::ReferenceSet { .. }
        | Event::ShortSalesRestricted { .. }
        | Event::KillSwitched { .. }
        | Event::GroupSet { .. }
        | Event::Clearing(_)
        | Event::TimeAdvanced { .. }
        | Event::AccountOpened { .. }
        | Event::Deposited { .. }
        | Event::Delivered { .. } => return None,
    };
    Some(name.to_owned())
}
