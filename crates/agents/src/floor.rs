//! A small trading floor for the tests: one share, two outside accounts with no limit to their
//! means (one rests, the other takes), and a record of everything that was asked and answered.

use pitfloor_model::command::{Command, Order, Stamped};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time,
};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Seen};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::{Kind, Params, Role};
use pitfloor_sim::world::{Fundamental, World};
use std::sync::Arc;

pub(crate) const ACME: InstrumentId = InstrumentId(0);
pub(crate) const USD: CurrencyId = CurrencyId(0);
pub(crate) const REFERENCE: Price = Price(10_000);

/// Everything that was asked, with everything it caused, and why those who are traced did it.
#[derive(Default)]
pub(crate) struct Record(pub(crate) Vec<(Stamped, Vec<Event>)>, pub(crate) Vec<Decision>);

impl Observer for Record {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.0.push((seen.stamped.clone(), seen.events.to_vec()));
    }

    fn decided(&mut self, decision: Decision) {
        self.1.push(decision);
    }
}

pub(crate) struct Floor {
    pub(crate) kernel: Kernel,
    pub(crate) record: Record,
    outside: AccountId,
    taker: AccountId,
    orders: u64,
}

impl Floor {
    /// An empty floor; the share has no fundamental.
    pub(crate) fn new(seed: u64) -> Self {
        Self::with_world(seed, World::default())
    }

    /// A floor whose share is worth `mean` ticks and diffuses by `volatility` ticks per √s.
    pub(crate) fn worth(seed: u64, mean: f64, volatility: f64) -> Self {
        let law = Fundamental {
            mean,
            reversion_per_s: 1e-4,
            volatility,
            jumps_per_s: 0.0,
            jump_size: 0.0,
            jump_mean: 0.0,
            step: Span::millis(100),
        };
        Self::with_world(seed, World::new(seed, [("ACME", Some(law))]))
    }

    fn with_world(seed: u64, world: World) -> Self {
        let mut kernel = Kernel::new(Self::venue(), seed, world);
        let outside = kernel.open_outside(&Endowment::unlimited());
        let taker = kernel.open_outside(&Endowment::unlimited());
        Self { kernel, record: Record::default(), outside, taker, orders: 0 }
    }

    pub(crate) fn venue() -> Arc<Venue> {
        let acme = Instrument::equity("ACME", USD, "0.01").unwrap();
        Arc::new(Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], vec![acme]).unwrap())
    }

    pub(crate) fn role(index: u32) -> Role {
        Role { instrument: ACME, reference: REFERENCE, index }
    }

    /// So many dollars and shares.
    pub(crate) fn means(dollars: i128, shares: u64) -> Endowment {
        Endowment::new(vec![(USD, Cash(dollars * 100))], vec![(ACME, Qty(shares))])
    }

    /// Seats an agent of `kind`, called the same, 1 ms away, with $100,000 and 500 shares.
    pub(crate) fn seat(&mut self, kind: &str, changes: &[(&str, &str)]) -> AccountId {
        let (near, means) = (Latency::Fixed(Span::millis(1)), Self::means(100_000, 500));
        self.seat_as(kind, kind, 0, near, &means, changes)
    }

    pub(crate) fn seat_as(
        &mut self,
        kind: &str,
        name: &str,
        index: u32,
        latency: Latency,
        means: &Endowment,
        changes: &[(&str, &str)],
    ) -> AccountId {
        let kind = crate::find(kind).unwrap();
        let params = Params::of(kind, changes, &Self::venue().instruments()[0]).unwrap();
        let agent = kind.agent(&[params], &[Self::role(index)]);
        self.kernel.seat(name, latency, means, agent)
    }

    /// Lets `span` go by.
    pub(crate) fn pass(&mut self, span: Span) {
        let until = self.kernel.now().after(span);
        self.kernel.run(until, &mut self.record);
    }

    /// Rests a limit order from outside, now.
    pub(crate) fn rest(&mut self, side: Side, price: i64, qty: u64) -> OrderId {
        self.orders += 1;
        let order = OrderId(self.orders);
        let limit = Order::limit(self.outside, order, ACME, side, Price(price), Qty(qty));
        self.send(Command::Place(limit));
        order
    }

    /// Takes from outside, now; what does not trade is cancelled.
    pub(crate) fn take(&mut self, side: Side, price: i64, qty: u64) {
        self.orders += 1;
        let order = OrderId(self.orders);
        let limit = Order::limit(self.taker, order, ACME, side, Price(price), Qty(qty));
        self.send(Command::Place(limit.ioc()));
    }

    /// Takes an order from outside off the book, now.
    pub(crate) fn cancel(&mut self, order: OrderId) {
        self.send(Command::Cancel { key: OrderKey::new(self.outside, order) });
    }

    /// Rests 1,000,000 lots on both sides, `half` ticks from `mid`, in place of `before`.
    pub(crate) fn quote(&mut self, mid: i64, half: i64, before: &mut Vec<OrderId>) {
        for order in before.drain(..) {
            self.cancel(order);
        }
        before.push(self.rest(Side::Buy, mid - half, 1_000_000));
        before.push(self.rest(Side::Sell, mid + half, 1_000_000));
    }

    /// Says `command` to the venue, now.
    pub(crate) fn send(&mut self, command: Command) {
        let now = self.kernel.now();
        self.kernel.inject(now, command);
        self.kernel.run(now, &mut self.record);
    }

    /// What `account` asked for itself, in order.
    pub(crate) fn asked_by(&self, account: AccountId) -> Vec<Command> {
        let commands = self.record.0.iter().map(|(stamped, _)| stamped.command.clone());
        let own = |command: &Command| match command {
            Command::Place(_)
            | Command::PlaceVaried { .. }
            | Command::PlaceList(_)
            | Command::Replace { .. }
            | Command::Amend { .. }
            | Command::Reduce { .. }
            | Command::Cancel { .. }
            | Command::MassCancel { .. } => command.account() == account,
            Command::OpenAccount { .. }
            | Command::Deposit { .. }
            | Command::Deliver { .. }
            | Command::SetPhase { .. }
            | Command::EndCall { .. }
            | Command::SetBands { .. }
            | Command::SetReference { .. }
            | Command::RestrictShortSales { .. }
            | Command::KillSwitch { .. }
            | Command::SetGroup { .. }
            | Command::Clear(_)
            | Command::AdvanceTime => false,
        };
        commands.filter(own).collect()
    }

    /// The orders that `account` placed, in order.
    pub(crate) fn placed_by(&self, account: AccountId) -> Vec<Order> {
        let order = |command| if let Command::Place(order) = command { Some(order) } else { None };
        self.asked_by(account).into_iter().filter_map(order).collect()
    }

    /// All events so far.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Event> {
        self.record.0.iter().flat_map(|(_, events)| events)
    }

    /// All refusals so far.
    pub(crate) fn refusals(&self) -> Vec<Event> {
        self.events().filter(|event| matches!(event, Event::Rejected { .. })).copied().collect()
    }

    /// What `account` owns.
    pub(crate) fn held(&self, account: AccountId) -> i128 {
        self.kernel.exchange().lots(account, ACME).unwrap().total
    }

    /// The least and the most that `account`, which started with `start` lots, ever owned: after
    /// every single trade.
    pub(crate) fn ever_held(&self, account: AccountId, start: i128) -> (i128, i128) {
        let (mut held, mut least, mut most) = (start, start, start);
        for event in self.events() {
            if let Event::Traded { maker, taker, aggressor, qty, .. } = *event {
                let taken = i128::from(qty.0) * if aggressor == Side::Buy { 1 } else { -1 };
                held += if taker.account == account { taken } else { 0 };
                held -= if maker.account == account { taken } else { 0 };
                (least, most) = (least.min(held), most.max(held));
            }
        }
        assert_eq!(held, self.held(account), "the trades add up");
        (least, most)
    }

    /// The best bid and ask, in ticks.
    pub(crate) fn best(&self) -> (Option<i64>, Option<i64>) {
        let quote = self.kernel.board().quote(ACME);
        (quote.bid.map(|(price, _)| price.0), quote.ask.map(|(price, _)| price.0))
    }

    pub(crate) fn now(&self) -> Time {
        self.kernel.now()
    }
}

/// The parameters of `kind` with `changes`.
pub(crate) fn params(kind: &Kind, changes: &[(&str, &str)]) -> Params {
    Params::of(kind, changes, &Floor::venue().instruments()[0]).unwrap()
}

/// Expects `found` in `field` of `kind` to be refused, with all three named.
pub(crate) fn refuses(kind: &Kind, field: &str, found: &str, expected: &str) {
    let bad = Params::of(kind, &[(field, found)], &Floor::venue().instruments()[0]).unwrap_err();
    assert_eq!(bad, format!("{field}: found {found:?}, expected {expected}"));
}
