//! The agents of these tests: one that does anything at all, and one that does what it is told.

use pitfloor_model::command::{Command, Stp};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, Price, Qty, Side, Span, Time,
};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::kernel::{Endowment, Kernel};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};
use pitfloor_sim::world::World;
use std::sync::{Arc, Mutex};

pub(crate) const ACME: InstrumentId = InstrumentId(0);
pub(crate) const ZINC: InstrumentId = InstrumentId(1);
pub(crate) const USD: CurrencyId = CurrencyId(0);

/// What is done at every call, before anything else.
pub(crate) type Witness = Box<dyn FnMut(&Notice, &mut Context<'_>) + Send>;

/// Does anything at all, at random: limits around the price it sees, market orders, cancels,
/// replaces and reduces of whatever it ever placed, in every self-trade prevention mode.
pub(crate) struct Noise {
    pub(crate) instrument: InstrumentId,
    pub(crate) reference: Price,
    pub(crate) every: Wait,
    pub(crate) size: u64,
    pub(crate) reach: i64,
    pub(crate) until: Time,
    pub(crate) interest: Interest,
    pub(crate) witness: Option<Witness>,
    placed: u64,
}

impl Noise {
    pub(crate) fn new(instrument: InstrumentId, every: Span) -> Self {
        Self {
            instrument,
            reference: Price(1_000),
            every: Wait::Exponential(every),
            size: 9,
            reach: 12,
            until: Time(u64::MAX),
            interest: Interest::default(),
            witness: None,
            placed: 0,
        }
    }

    pub(crate) fn witnessed(mut self, interest: Interest, witness: Witness) -> Self {
        self.interest = interest;
        self.witness = Some(witness);
        self
    }

    pub(crate) fn until(mut self, until: Time) -> Self {
        self.until = until;
        self
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let view = cx.view();
        let seen = view.price(self.instrument).map_or(self.reference.0, |price| price as i64);
        let centre = seen + i64::from(cx.fundamental(self.instrument).is_some_and(|v| v > 1e3));
        let side = cx.dice().side();
        let price = Price((centre + cx.dice().between(-self.reach, self.reach)).max(1));
        let qty = Qty(1 + cx.dice().below(self.size));
        let old = OrderId(1 + cx.dice().below(self.placed.max(1)));
        let stp = [Stp::None, Stp::ExpireTaker, Stp::ExpireMaker, Stp::ExpireBoth];
        let stp = stp[cx.dice().below(4) as usize];
        match cx.dice().below(10) {
            0..=5 => {
                let order = cx.draft(self.instrument, side, Some(price), qty).with_stp(stp);
                self.placed = cx.place(order).0;
            }
            6 => self.placed = cx.market(self.instrument, side, qty).0,
            7 => cx.cancel(old),
            8 => cx.replace(old, price, qty),
            _ => cx.reduce(old, Qty(1)),
        }
    }
}

impl Agent for Noise {
    fn interest(&self) -> Interest {
        self.interest.clone()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        if let Some(witness) = &mut self.witness {
            witness(notice, cx);
        }
        match notice {
            Notice::Start => {}
            Notice::Timer(_) => self.act(cx),
            Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => return,
        }
        let wait = self.every.draw(cx.dice());
        if cx.now().after(wait) <= self.until {
            cx.wake_in(wait);
        }
    }
}

/// One thing to do, under the agent's own next order number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Limit(Side, i64, u64),
    Market(Side, u64),
    Cancel(u64),
    /// Only look.
    Look,
}

/// What a planned agent noted at one call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Note {
    pub(crate) at: Time,
    pub(crate) notice: Notice,
    pub(crate) position: i128,
    pub(crate) cash: Cash,
    pub(crate) seen_at: Time,
}

/// The notes of a planned agent, readable from outside.
pub(crate) type Notes = Arc<Mutex<Vec<Note>>>;

/// Does what is planned at the moments planned, and notes every call.
pub(crate) struct Planned {
    plan: Vec<(Time, Act)>,
    interest: Interest,
    notes: Notes,
}

impl Planned {
    pub(crate) fn new(plan: &[(u64, Act)]) -> (Self, Notes) {
        Self::curious(plan, Interest::default())
    }

    /// With moments in milliseconds.
    pub(crate) fn curious(plan: &[(u64, Act)], interest: Interest) -> (Self, Notes) {
        let plan = plan.iter().map(|(at, act)| (ms(*at), *act)).collect();
        let notes = Notes::default();
        (Self { plan, interest, notes: notes.clone() }, notes)
    }
}

impl Agent for Planned {
    fn interest(&self) -> Interest {
        self.interest.clone()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        let (at, notice) = (cx.now(), *notice);
        let (position, cash, seen_at) = (cx.position(ACME), cx.cash(USD), cx.view().at());
        self.notes.lock().unwrap().push(Note { at, notice, position, cash, seen_at });
        match notice {
            Notice::Start => {
                for (tag, (at, _)) in (0..).zip(&self.plan) {
                    cx.wake_at(*at, tag);
                }
            }
            Notice::Timer(tag) => match self.plan[tag as usize].1 {
                Act::Limit(side, price, qty) => {
                    cx.limit(ACME, side, Price(price), Qty(qty));
                }
                Act::Market(side, qty) => {
                    cx.market(ACME, side, Qty(qty));
                }
                Act::Cancel(order) => cx.cancel(OrderId(order)),
                Act::Look => {}
            },
            Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}

/// The moment so many milliseconds after the start.
pub(crate) fn ms(n: u64) -> Time {
    Time(n * 1_000_000)
}

/// Two shares in steps of a cent.
pub(crate) fn venue() -> Arc<Venue> {
    let share = |symbol| Instrument::equity(symbol, USD, "0.01").unwrap();
    let usd = Currency::new("USD", 2).unwrap();
    Arc::new(Venue::new("XPIT", vec![usd], vec![share("ACME"), share("ZINC")]).unwrap())
}

/// An empty market.
pub(crate) fn market(seed: u64) -> Kernel {
    Kernel::new(venue(), seed, World::default())
}

/// A thousand dollars times a thousand, and a thousand of each share.
pub(crate) fn rich() -> Endowment {
    Endowment::new(vec![(USD, Cash(100_000_000))], vec![(ACME, Qty(1_000)), (ZINC, Qty(1_000))])
}

/// Seats a planned agent so far from the venue; gives back its account and its notes.
pub(crate) fn plan(
    kernel: &mut Kernel,
    name: &str,
    away_ms: u64,
    plan: &[(u64, Act)],
) -> (AccountId, Notes) {
    let (agent, notes) = Planned::new(plan);
    let latency = Latency::Fixed(Span::millis(away_ms));
    (kernel.seat(name, latency, &rich(), Box::new(agent)), notes)
}

/// An order of an outsider.
pub(crate) fn outside(account: AccountId, order: u64, side: Side, price: i64, qty: u64) -> Command {
    let order = OrderId(order);
    Command::Place(pitfloor_model::command::Order::limit(
        account,
        order,
        ACME,
        side,
        Price(price),
        Qty(qty),
    ))
}

/// How many seeds a property is tried on: `usual`, or what the nightly run asks for.
pub(crate) fn seeds(usual: u64) -> std::ops::Range<u64> {
    let first = std::env::var("PITFLOOR_NIGHTLY_FIRST_SEED")
        .map_or(0, |first| first.parse().expect("PITFLOOR_NIGHTLY_FIRST_SEED is a seed"));
    first..first + nightly().unwrap_or(usual)
}

/// How much longer than usual a run is: nightly runs are.
pub(crate) fn longer() -> u64 {
    if nightly().is_some() { 20 } else { 1 }
}

fn nightly() -> Option<u64> {
    let asked = std::env::var("PITFLOOR_NIGHTLY_SEEDS").ok()?;
    Some(asked.parse().expect("PITFLOOR_NIGHTLY_SEEDS is a number of seeds"))
}

/// [`Noise`] for scenarios, with a parameter of every sort.
pub(crate) static NOISE: Kind = Kind {
    name: "noise",
    about: "does anything at all",
    source: "these tests",
    parameters: &[
        Parameter {
            name: "every",
            takes: Takes::Wait,
            default: "exp(mean = 200ms)",
            about: "waits between actions",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "9", about: "largest order" },
        Parameter { name: "reach", takes: Takes::Price, default: "0.10", about: "how far away" },
        Parameter { name: "until", takes: Takes::Span, default: "1h", about: "when it goes home" },
        Parameter { name: "zeal", takes: Takes::Number(0.0, 1.0), default: "0.5", about: "unused" },
        Parameter { name: "lives", takes: Takes::Count(1, 9), default: "3", about: "unused" },
        Parameter {
            name: "mood",
            takes: Takes::Choice(&["calm", "wild"]),
            default: "calm",
            about: "wild ones act four times as often",
        },
    ],
    build: Build::One(noise),
};

/// A kind that never does anything.
pub(crate) static IDLE: Kind = Kind {
    name: "idle",
    about: "watches",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_, _| Box::new(Planned::new(&[]).0)),
};

/// The kinds of these tests.
pub(crate) static KINDS: [&Kind; 2] = [&NOISE, &IDLE];

fn noise(params: &Params, role: &Role) -> Box<dyn Agent> {
    let mean = params.wait("every").mean();
    let every = match params.choice("mood") {
        "wild" => Wait::Exponential(Span((mean.0 / 4).max(1))),
        _ => params.wait("every"),
    };
    Box::new(Noise {
        reference: role.reference,
        every,
        size: params.lots("size").0,
        reach: params.price("reach").0,
        until: Time::ZERO.after(params.span("until")),
        ..Noise::new(role.instrument, mean)
    })
}
