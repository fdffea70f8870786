//! Whatever can be asked of a venue, in markets of every kind: the views are the exchange's own
//! shown book, from events and from public messages, after every command.

use pitfloor_exchange::Exchange;
use pitfloor_feed::level2::{Levels, Quote};
use pitfloor_feed::level3::Orders;
use pitfloor_feed::publish::{Body, Detail, Message, Publisher};
use pitfloor_feed::receive::{BookFromFeed, Heard};
use pitfloor_feed::tape::{Print, Tape};
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Side};
use pitfloor_testkit::generate::{World, full_histories};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DETAILS: [Detail; 3] = [Detail::Level1, Detail::Level2, Detail::Level3];

/// The exchange and everything that is built from what it says.
struct Floor {
    exchange: Exchange,
    levels: Vec<Levels>,
    orders: Vec<Orders>,
    publishers: Vec<Publisher>,
    /// By detail, then by instrument.
    books: Vec<Vec<BookFromFeed>>,
    tapes: Vec<Tape>,
    messages: Vec<Message>,
}

impl Floor {
    fn new(world: &World) -> Self {
        let venue = world.venue();
        let ids: Vec<_> = (0..).map(InstrumentId).take(venue.instruments().len()).collect();
        let books = |detail| ids.iter().map(|id| BookFromFeed::new(*id, detail)).collect();
        Self {
            exchange: Exchange::new(venue.clone()),
            levels: ids.iter().copied().map(Levels::new).collect(),
            orders: ids.iter().copied().map(Orders::new).collect(),
            publishers: DETAILS.map(|detail| Publisher::new(venue, detail)).into(),
            books: DETAILS.map(books).into(),
            tapes: vec![Tape::default(); ids.len()],
            messages: Vec::new(),
        }
    }

    fn play(&mut self, stamped: &Stamped) -> Vec<Event> {
        let mut events = Vec::new();
        self.exchange.apply(stamped, &mut events);
        for event in &events {
            self.levels.iter_mut().for_each(|levels| levels.hear(event, |_| ()));
            for orders in &mut self.orders {
                let _changes = orders.apply(event);
            }
            if let Some(print) = Print::of(stamped, event) {
                self.tapes[print.instrument.index()].push(&print);
            }
        }
        for (publisher, books) in self.publishers.iter_mut().zip(&mut self.books) {
            self.messages.clear();
            publisher.publish(stamped, &events, &mut self.messages);
            for message in &self.messages {
                assert_eq!(books[message.instrument.index()].apply(message), Ok(Heard::New));
                if let Body::Trade(print) = message.body {
                    assert!(!print.qty.is_zero());
                }
            }
        }
        events
    }

    fn agrees(&self) {
        for id in self.levels.iter().map(Levels::instrument) {
            let place = id.index();
            let best = |side| self.exchange.best(id, side);
            let quote = Quote { bid: best(Side::Buy), ask: best(Side::Sell) };
            assert_eq!(self.levels[place].quote(), quote, "level 1 from events");
            for books in &self.books {
                assert_eq!(books[place].quote(), quote, "from {:?}", books[place].detail());
                let status = books[place].status();
                assert_eq!(status.phase, self.exchange.phase(id));
                assert_eq!(status.bands, self.exchange.bands(id));
            }
            Side::BOTH.into_iter().for_each(|side| self.side_agrees(id, side));
        }
    }

    fn side_agrees(&self, id: InstrumentId, side: Side) {
        let place = id.index();
        let levels: Vec<_> = self.exchange.levels(id, side).map(|l| (l.price, l.qty)).collect();
        assert_eq!(self.levels[place].levels(side).collect::<Vec<_>>(), levels, "level 2");
        let queue = self.exchange.queue(id, side);
        let queue: Vec<_> = queue.map(|o| (o.key, o.price, o.leaves, o.stamp)).collect();
        let told = self.orders[place].queue(side).map(|o| (o.key, o.price, o.shown, o.stamp));
        assert_eq!(told.collect::<Vec<_>>(), queue, "level 3");
        let counted = self.exchange.levels(id, side).map(|l| (l.price, l.orders));
        let told = self.orders[place].levels(side).map(|l| (l.price, l.orders));
        assert_eq!(told.collect::<Vec<_>>(), counted.collect::<Vec<_>>(), "orders at each price");
        for books in &self.books[1..] {
            let told: Vec<_> = books[place].levels(side).collect();
            assert_eq!(told, levels, "from {:?}", books[place].detail());
        }
        let shown = self.books[2][place].orders(side).map(|o| (o.price, o.qty, o.stamp));
        let queue = queue.iter().map(|&(_, price, qty, stamp)| (price, qty, stamp));
        assert_eq!(shown.collect::<Vec<_>>(), queue.collect::<Vec<_>>(), "level 3 from messages");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Every order type, list, auction, band and venue command: what the views show is what the
    /// exchange shows, and the tape's last price is its own.
    #[test]
    fn every_view_is_the_exchanges_own_book((world, history) in full_histories(1..120)) {
        let mut floor = Floor::new(&world);
        for stamped in &history {
            floor.play(stamped);
            floor.agrees();
        }
        for (place, tape) in floor.tapes.iter().enumerate() {
            let id = InstrumentId(u32::try_from(place).unwrap());
            if let Some(last) = tape.last {
                prop_assert_eq!(Some(last), floor.exchange.last_price(id));
            }
        }
    }
}

/// The histories above go where views are easily wrong.
#[test]
fn the_histories_go_everywhere() {
    let mut seen = BTreeMap::<&str, u32>::new();
    for seed in 0..200 {
        let world = World::full(seed);
        let mut floor = Floor::new(&world);
        for stamped in world.history(seed).take(400) {
            for event in floor.play(&stamped) {
                let name = match event {
                    Event::Refreshed { .. } => "refreshed",
                    Event::Crossed { .. } => "crossed",
                    Event::Uncrossed { price: Some(_), .. } => "uncrossed",
                    Event::Repriced { from: Some(_), .. } => "repriced",
                    Event::Parked { from: Some(_), .. } => "parked",
                    Event::Triggered { .. } => "triggered",
                    Event::Expired { price: Some(_), .. } => "expired at rest",
                    Event::Amended { .. } => "amended",
                    Event::Transferred { .. } => "transferred",
                    Event::Rested { qty, .. } if qty.is_zero() => "rested unseen",
                    _ => continue,
                };
                *seen.entry(name).or_default() += 1;
            }
        }
        floor.agrees();
    }
    let rare: Vec<_> = seen.iter().filter(|(_, count)| **count < 20).collect();
    assert_eq!((seen.len(), rare), (10, vec![]), "{seen:?}");
}
