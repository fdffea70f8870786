//! What the people of a clearing house do: they watch the clock, the market and the accounts, and say
//! what is to be cleared now.
//!
//! The house itself (`crates/clearing`) carries out what it is told and never looks at a calendar. Here
//! are those who tell it: business days and settlement ([`days`]), valuations ([`valuer`]), what was
//! announced long ago, such as a dividend, a coupon or an expiry ([`agenda`]), the funding of
//! perpetuals ([`funding`]), the closing of
//! positions that an account cannot keep ([`liquidator`]), of those that a member leaves behind
//! ([`defaults`]), buying in what was not delivered ([`buy_in`]), and the network that carries coins
//! ([`network`]).
//!
//! Start reading at [`Operations`]. Each of them is a [`Desk`]; together they are one
//! [`Supervisor`], and what they say is journalled like everybody's, so a replay needs none of them.
//!
//! What this crate must never know: the exchange, the clock, dice, files.

pub mod agenda;
pub mod buy_in;
pub mod closing;
pub mod curves;
pub mod days;
pub mod defaults;
pub mod funding;
pub mod liquidator;
pub mod network;
pub mod prices;
pub mod valuer;

use pitfloor_model::clearing::Fact;
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{InstrumentId, Price, Time};
use pitfloor_supervision::Supervisor;
use prices::Prices;

/// One of the house's people.
pub trait Desk {
    /// Takes note of what happened at `at`: of trades, and of all that the venue and its house do. Of
    /// orders that come and go, and of single payments, a desk is not told.
    fn see(&mut self, _at: Time, _event: &Event, _prices: &Prices) {}

    /// When it next has something to say, if nothing happens before.
    fn due(&self) -> Option<Time>;

    /// Appends what it has to say at `at`, when it is due. Afterwards it is not due at the same
    /// moment again until it is shown something.
    fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>);
}

/// The desks of a house, and the prices that they all know.
pub struct Operations {
    prices: Prices,
    desks: Vec<Box<dyn Desk + Send>>,
    /// When the next of them has something to say: asked again whenever one has seen or said
    /// something, because the host asks after every command.
    due: Option<Time>,
}

impl Operations {
    /// Nobody yet, in a market where only `prices` are known.
    #[must_use]
    pub const fn new(prices: Prices) -> Self {
        Self { prices, desks: Vec::new(), due: None }
    }

    /// Seats `desk` after those who sit already: at one moment, who sits first speaks first.
    #[must_use]
    pub fn with(mut self, desk: impl Desk + Send + 'static) -> Self {
        self.desks.push(Box::new(desk));
        self.due = self.earliest();
        self
    }

    fn earliest(&self) -> Option<Time> {
        self.desks.iter().filter_map(|desk| desk.due()).min()
    }

    fn show(&mut self, at: Time, event: &Event) {
        self.prices.see(event);
        for desk in &mut self.desks {
            desk.see(at, event, &self.prices);
        }
    }
}

/// True for what the desks are shown. Most of what happens is neither a trade nor the house's doing,
/// and most of what the house does is to take a fee.
const fn concerns(event: &Event) -> bool {
    event.says_more_than_orders() && !matches!(event, Event::Clearing(Fact::Paid { .. }))
}

impl Supervisor for Operations {
    fn see(&mut self, at: Time, event: &Event) {
        self.see_all(at, std::slice::from_ref(event));
    }

    fn see_all(&mut self, at: Time, events: &[Event]) {
        let mut any = false;
        for event in events.iter().filter(|event| concerns(event)) {
            self.show(at, event);
            any = true;
        }
        if any {
            self.due = self.earliest();
        }
    }

    fn quote(&mut self, _: Time, of: InstrumentId, bid: Option<Price>, ask: Option<Price>) {
        self.prices.quote(of, bid, ask);
    }

    fn due(&self) -> Option<Time> {
        self.due
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        // Who is due earliest, and of those who sits first.
        let next = self
            .desks
            .iter()
            .enumerate()
            .filter(|(_, desk)| desk.due().is_some_and(|due| due <= at));
        let next = next.min_by_key(|(seat, desk)| (desk.due(), *seat)).map(|(seat, _)| seat);
        if let Some(seat) = next {
            self.desks[seat].take(at, &self.prices, out);
            self.due = self.earliest();
        }
    }
}
