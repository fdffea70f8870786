//! The markets in which all of this is played: shares without end, participants without distance or
//! limit, and somebody who collects what they say of themselves.

use pitfloor_model::command::{Command, Order};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, CurrencyId, InstrumentId, OrderId, Price, Qty, Side, Span, Time,
};
use pitfloor_sim::agent::Agent;
use pitfloor_sim::decision::Decision;
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Seen};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::{Params, Role};
use pitfloor_sim::world::World;
use std::sync::Arc;

/// The first share.
pub(crate) const FIRST: InstrumentId = InstrumentId(0);

/// The second one, where there are two.
pub(crate) const SECOND: InstrumentId = InstrumentId(1);

/// The price before the first trade, in ticks: far from zero, so that nothing is.
pub(crate) const REFERENCE: Price = Price(1_000_000);

/// A market of so many shares.
pub(crate) struct Pit {
    pub(crate) kernel: Kernel,
}

/// Everything that traced agents said, with the figures of each.
#[derive(Default)]
pub(crate) struct Said(pub(crate) Vec<Decision>);

impl Observer for Said {
    fn saw(&mut self, _: &Seen<'_>) {}

    fn decided(&mut self, decision: Decision) {
        self.0.push(decision);
    }
}

impl Said {
    /// The figures of the decisions called `rule`, in order.
    pub(crate) fn figures(&self, rule: &str) -> impl Iterator<Item = Vec<f64>> {
        let said = self.0.iter().filter(move |decision| decision.rule == rule);
        said.map(|decision| decision.figures.iter().map(|(_, figure)| *figure).collect())
    }
}

impl Pit {
    /// Shares whose ticks are all that matters.
    pub(crate) fn new(shares: u32, seed: u64) -> Self {
        let usd = Currency::new("USD", 2).expect("a currency");
        let share = |n| Instrument::equity(&format!("P{n}"), CurrencyId(0), "0.01");
        let listed = (0..shares).map(|n| share(n).expect("a share")).collect();
        let venue = Venue::new("PITS", vec![usd], listed).expect("a venue");
        Self { kernel: Kernel::new(Arc::new(venue), seed, World::default()) }
    }

    /// Seats `agent` where the venue is, with no limit to what it may owe.
    pub(crate) fn seat(&mut self, name: &str, agent: Box<dyn Agent>) -> AccountId {
        let here = Latency::Fixed(Span::ZERO);
        self.kernel.seat(name, here, &Endowment::unlimited(), agent)
    }

    /// The same for one whose figures are wanted.
    pub(crate) fn seat_traced(&mut self, name: &str, agent: Box<dyn Agent>) {
        let account = self.seat(name, agent);
        self.kernel.trace(account);
    }

    /// Seats an agent of the built-in `kind`, for the first share.
    pub(crate) fn seat_kind(&mut self, kind: &str, changes: &[(&str, &str)]) {
        let kind = pitfloor_agents::find(kind).expect("a kind that there is");
        let definition = &self.kernel.exchange().venue().instruments()[0];
        let params = Params::of(kind, changes, definition).unwrap_or_else(|why| panic!("{why}"));
        let agent = kind.agent(&[params], &[role(FIRST)]);
        self.seat(kind.name, agent);
    }

    /// An order from outside that nobody takes back.
    pub(crate) fn rest(&mut self, side: Side, price: Price, qty: Qty) {
        let account = self.kernel.open_outside(&Endowment::unlimited());
        let order = Order::limit(account, OrderId(1), FIRST, side, price, qty);
        self.kernel.inject(self.kernel.now(), Command::Place(order));
    }

    /// Plays until nobody has anything left to do, and collects what was said.
    pub(crate) fn play(mut self) -> Said {
        let mut said = Said::default();
        self.kernel.run(Time(u64::MAX), &mut said);
        said
    }
}

/// The part of whoever trades `instrument`.
pub(crate) const fn role(instrument: InstrumentId) -> Role {
    Role { instrument, reference: REFERENCE, index: 0 }
}

/// So many seconds.
pub(crate) fn seconds(seconds: f64) -> Span {
    Span((seconds * 1e9) as u64)
}
