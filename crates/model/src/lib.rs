//! The words of the market: what there is, what may be asked, and what may be answered.
//!
//! Every other room speaks in these types. [`units`] gives whole numbers their names,
//! [`instrument`] says what can be traded and in which steps, [`contract`] what it is, [`trading`] by
//! which switches of its market, [`allocation`] how its levels are shared and [`clearing`] how it is
//! settled; [`order`] is everything that may be said of
//! an order, [`command`] everything that may be asked of an exchange, [`event`] everything it may
//! answer, and [`canon`] the one byte form of commands and events, which journals keep and digests
//! are taken over.
//!
//! Both vocabularies are closed: a new order type or a new answer is a new variant, and the
//! compiler then names every room that has to learn it.
//!
//! What this crate must never know: anything else of ours. No public type holds a float.
//!
//! # Examples
//!
//! ```
//! use pitfloor_model::command::Order;
//! use pitfloor_model::instrument::{Currency, Instrument, Venue};
//! use pitfloor_model::units::*;
//!
//! // One share of ACME, priced in cents.
//! let acme = Instrument::equity("ACME", CurrencyId(0), "0.01")?;
//! let venue = Venue::new("XPIT", vec![Currency::new("USD", 2)?], vec![acme])?;
//! let price = venue.instruments()[0].price("100.25")?;
//! assert_eq!(price, Price(10_025));
//!
//! let order = Order::limit(AccountId(1), OrderId(7), InstrumentId(0), Side::Buy, price, Qty(10));
//! assert_eq!(order.price, Some(Price(10_025)));
//! # Ok::<(), pitfloor_model::instrument::BadDefinition>(())
//! ```

pub mod allocation;
pub mod canon;
pub mod clearing;
pub mod command;
pub mod contract;
pub mod event;
pub mod instrument;
pub mod order;
pub mod trading;
pub mod units;
