//! Views of the market, built from events alone.
//!
//! An exchange answers every command with events, and each event says all that a reader needs: what
//! traded, where an order rests, from which price it left. This crate listens to them and shows what
//! people look at:
//!
//! * [`level2`]: the shown lots at every price, and the best of both sides ([`level2::Quote`], which
//!   is level 1). Fast enough to follow every event of a running market; start here;
//! * [`level3`]: every order in its queue, and who stands before whom;
//! * [`tape`]: the trades and what they add up to; [`bars`]: the tape cut by time, trades or lots;
//! * [`publish`]: what of all this the *public* may know, as numbered messages; [`receive`]: the book
//!   as somebody rebuilds it who hears nothing but those messages.
//!
//! Every view is a machine that is told: it opens nothing, reads no clock and asks nobody. It cannot
//! reach the exchange, and so cannot influence what it reports. Feed two of them the same events and
//! they show the same.
//!
//! What this crate must never know: the exchange (only its tests do, to check that levels and queues
//! rebuilt here are the exchange's own after every command), sockets, files, any time that no event
//! told it. What must never leave it in a [`publish::Message`]: an account or an order number.
//!
//! Events are the exchange's own words, so one that contradicts those before it is a mistake of the
//! program and panics. Messages come from outside, so a bad one is an error ([`receive::FeedError`]).
//!
//! # Examples
//!
//! Somebody offers five lots at 101, and two of them are bought:
//!
//! ```
//! use pitfloor_feed::level2::Levels;
//! use pitfloor_feed::publish::{Body, Detail, Publisher};
//! use pitfloor_feed::receive::{BookFromFeed, Heard};
//! use pitfloor_model::command::{Command, Order, Stamped};
//! use pitfloor_model::event::Event;
//! use pitfloor_model::instrument::{Currency, Instrument, Venue};
//! use pitfloor_model::units::*;
//!
//! let acme = InstrumentId(0);
//! let (seller, buyer) = (AccountId(1), AccountId(2));
//! let offer = Order::limit(seller, OrderId(1), acme, Side::Sell, Price(101), Qty(5));
//! let taker = Order::market(buyer, OrderId(1), acme, Side::Buy, Qty(2));
//! let rested = Event::Rested {
//!     instrument: acme,
//!     key: offer.key(),
//!     side: Side::Sell,
//!     price: Price(101),
//!     qty: Qty(5),
//!     stamp: Stamp(0),
//! };
//! let traded = Event::Traded {
//!     trade: TradeId(0),
//!     instrument: acme,
//!     maker: offer.key(),
//!     taker: taker.key(),
//!     aggressor: Side::Buy,
//!     price: Price(101),
//!     qty: Qty(2),
//! };
//!
//! // A view of one's own, from the events.
//! let mut levels = Levels::new(acme);
//! levels.apply(&rested);
//! let [change, _] = levels.apply(&traded);
//! let change = change.expect("a trade changes a level");
//! assert_eq!((change.before, change.after), (Qty(5), Qty(3)));
//! assert_eq!(levels.best(Side::Sell), Some((Price(101), Qty(3))));
//!
//! // The same in public: numbered messages, and a book at the far end.
//! let usd = Currency::new("USD", 2)?;
//! let share = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
//! let venue = Venue::new("XPIT", vec![usd], vec![share])?;
//! let mut publisher = Publisher::new(&venue, Detail::Level2);
//! let mut messages = Vec::new();
//! for (seq, order, event) in [(0, offer, rested), (1, taker, traded)] {
//!     let stamped = Stamped { seq, at: Time(seq), command: Command::Place(order) };
//!     publisher.publish(&stamped, &[event], &mut messages);
//! }
//! assert!(matches!(messages[1].body, Body::Trade(print) if print.qty == Qty(2)));
//!
//! let mut book = BookFromFeed::new(acme, Detail::Level2);
//! for message in &messages {
//!     assert_eq!(book.apply(message), Ok(Heard::New));
//! }
//! assert_eq!(book.quote(), levels.quote());
//! # Ok::<(), pitfloor_model::instrument::BadDefinition>(())
//! ```

pub mod bars;
mod ladder;
pub mod level2;
pub mod level3;
pub mod publish;
mod queues;
pub mod receive;
pub mod relay;
mod shown;
pub mod tape;
