//! A scenario: a whole market written down, complete and checked.
//!
//! Read from TOML, as a person would write it; every value is checked when it is read, so that
//! building the market cannot fail. [`Scenario::to_toml`] gives it back with every default written
//! out: that text alone makes the same market again.

mod activity;
mod cleared;
mod contract;
mod currency;
mod curve;
mod fundamental;
mod group;
mod happening;
mod house;
mod latency;
mod listing;
mod margins;
mod means;
mod moment;
mod occasion;
mod opening;
mod reading;
mod rules;
mod schedule_of_terms;
mod shares;
mod start;
mod supervision;
mod timetable;
mod trigger;

pub use latency::latency;
pub use occasion::{News, Occasions};

use crate::dice::Dice;
use crate::fields::{BadScenario, Fields, Setting, Settings, line_of};
use crate::going_home::GoingHome;
use crate::kernel::{Endowment, Kernel};
use crate::latency::Latency;
use crate::params::{Build, Kind, Params, Role};
use crate::schedule::{Schedule, Timetable};
use crate::trigger::Trigger;
use crate::world::activity::{Activity, Law};
use crate::world::{Change, Model, Wander, World};
use curve::CurveOf;
use house::House;
use pitfloor_model::clearing::RiskLimits;
use pitfloor_model::event::Credit;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Span, Time};
use pitfloor_operations::curves::Curves;
use pitfloor_supervision::Bench;
use reading::Reading;
use std::sync::Arc;
use supervision::Supervision;

/// A market, ready to be built.
#[derive(Clone)]
pub struct Scenario {
    name: String,
    seed: u64,
    span: Span,
    start: Start,
    venue: Arc<Venue>,
    listings: Vec<Listing>,
    groups: Vec<Group>,
    activity: Option<Law>,
    triggers: Vec<Trigger>,
    supervision: Supervision,
    /// The clearing house, when the scenario asks for more than settling at once.
    house: Option<House>,
    occasions: Occasions,
    /// What money costs, in the currencies that have a curve.
    curves: Vec<CurveOf>,
    complete: String,
}

/// When the run begins, by the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    text: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub unix_s: i64,
    /// How far local time is ahead of UTC, in seconds.
    pub offset_s: i32,
}

/// What is known of an instrument before the first trade, and what moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listing {
    /// Its price before the first trade.
    pub reference: Price,
    /// Its hidden value, if that has a path of its own.
    pub fundamental: Option<Wander>,
    /// How its hidden value follows from another one, if it does.
    pub model: Option<Model>,
    /// Its day, if it has one; else it trades continuously from the start.
    pub timetable: Option<Timetable>,
}

/// Agents of one kind with the same parameters.
#[derive(Clone)]
pub struct Group {
    /// What it is called; its members are `name-0`, `name-1`, …
    pub name: String,
    /// What they are.
    pub kind: &'static Kind,
    /// How many.
    pub count: u32,
    /// What each brings along in cash.
    pub cash: Cash,
    /// What each brings along in other currencies.
    pub cash_in: Vec<(CurrencyId, Cash)>,
    /// What each brings along of the instrument it trades.
    pub shares: Qty,
    /// What each brings along of other instruments.
    pub lots: Vec<(InstrumentId, Qty)>,
    /// Whether they may owe.
    pub credit: Credit,
    /// Who answers for each of them, in turn; nobody when there is none.
    pub carriers: Vec<AccountId>,
    /// What each of them puts into the guarantee fund.
    pub contribution: Cash,
    /// What each of them may do.
    pub limits: RiskLimits,
    /// What they trade: dealt out one instrument each, in turn; or all of them, for kinds that trade
    /// several at once.
    pub instruments: Vec<InstrumentId>,
    /// Their links.
    pub latency: Latency,
    /// When each of them closes what it has opened; none: never.
    pub flat_at: Option<Span>,
    /// How long each of them is busy with what it is told, before it sends what it wants.
    pub think: Span,
    /// Whether they wait by the market's own clock.
    pub by_activity: bool,
    /// Whether their decisions are traced.
    pub trace: bool,
    /// Their parameters, as text, with every default.
    pub settings: Vec<(&'static str, String)>,
    params: Vec<Params>,
}

/// The most agents of one group, and of all: every account the venue can open.
pub const AGENTS_MAX: u64 = AccountId::COUNT_MAX as u64;

/// The longest run: 366 days.
pub const SPAN_MAX: Span = Span::secs(366 * 86_400);

/// The finest grid of a fundamental: a run draws once for every step of it.
pub const STEP_MIN: Span = Span::millis(1);

/// The most cash that an agent brings along, in minor units: every account that the venue can open
/// may have this much before its books are full.
pub const CASH_MOST: Cash = Cash(1 << 96);

/// The first currency of a scenario, in which accounts are measured.
const CASH: CurrencyId = CurrencyId(0);

impl Scenario {
    /// Reads a scenario whose agents are of the given kinds, with settings from outside in place of
    /// what the text says.
    ///
    /// # Errors
    ///
    /// The first thing that cannot be used: line, field, what was found, what was expected.
    pub fn parse(
        text: &str,
        settings: &[Setting],
        kinds: &[&'static Kind],
    ) -> Result<Self, BadScenario> {
        let document = toml::de::DeTable::parse(text).map_err(|error| bad_toml(text, &error))?;
        let settings = Settings::new(settings);
        let root = Fields::new(text, "", vec![String::new()], document.get_ref(), &settings);
        Reading::new().scenario(root, &settings, kinds)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The seed of all dice.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// How long it lasts, in simulated time.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// When it begins, by the calendar.
    #[must_use]
    pub const fn start(&self) -> &Start {
        &self.start
    }

    /// What is traded.
    #[must_use]
    pub const fn venue(&self) -> &Arc<Venue> {
        &self.venue
    }

    /// What is known of each instrument beforehand.
    #[must_use]
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// Who trades.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What the run waits for, and what is done then; a trigger's number is its place here.
    #[must_use]
    pub fn triggers(&self) -> &[Trigger] {
        &self.triggers
    }

    /// The same scenario with every default written out.
    #[must_use]
    pub fn to_toml(&self) -> &str {
        &self.complete
    }

    /// How many agents there are.
    #[must_use]
    pub fn agents(&self) -> u64 {
        self.groups.iter().map(|group| u64::from(group.count)).sum()
    }

    /// The group that each account belongs to: accounts are numbered through the groups in order.
    #[must_use]
    pub fn group_of(&self, account: AccountId) -> Option<usize> {
        let mut first = 0_u64;
        self.groups.iter().position(|group| {
            first += u64::from(group.count);
            u64::from(account.0) < first
        })
    }

    /// Everybody's part, in the order of accounts: group, name, and what he brings along.
    pub fn cast(&self) -> impl Iterator<Item = (&Group, String, Vec<Role>, Endowment)> + '_ {
        self.groups.iter().flat_map(move |group| {
            (0..group.count).map(move |index| {
                let roles = group.legs(index).map(|leg| {
                    let instrument = group.instruments[leg];
                    let reference = self.listings[instrument.index()].reference;
                    Role { instrument, reference, index }
                });
                let roles: Vec<Role> = roles.collect();
                let endowment = group.endowment(&roles);
                (group, format!("{}-{index}", group.name), roles, endowment)
            })
        })
    }

    /// The world around the market.
    #[must_use]
    pub fn world(&self) -> World {
        let symbols = self.venue.instruments().iter().map(Instrument::symbol);
        let laws = self.listings.iter().map(|listing| listing.fundamental);
        let world = World::new(self.seed, symbols.zip(laws));
        let mut world = world.with_curves(self.curves());
        for (id, listing) in (0..).map(InstrumentId).zip(&self.listings) {
            if let Some(model) = listing.model {
                let listed = self.venue.instruments();
                let on = model.on().map_or(1.0, |on| listed[on.index()].price_f64(Price(1)));
                world.follow(id, model.against(on), self.seed, listed[id.index()].symbol());
            }
        }
        if let Some(law) = &self.activity {
            world.quicken(Activity::new(law.clone(), self.seed));
        }
        for (at, change) in self.occasions.changes() {
            world.change(at, change);
        }
        world
    }

    /// The curves that bonds and futures are valued on, before anything moves them.
    fn curves(&self) -> Curves {
        Curves::new(self.curves.iter().map(|of| of.curve.clone()).collect())
    }

    /// The same with everything that was announced for them.
    fn curves_through(&self) -> Curves {
        let mut curves = self.curves();
        for (at, change) in self.occasions.changes() {
            if let Change::Rates(moved) = change {
                curves.announce(at, moved);
            }
        }
        curves
    }

    /// The market, with everybody seated, before its first moment.
    #[must_use]
    pub fn kernel(&self) -> Kernel {
        let mut kernel = Kernel::new(self.venue.clone(), self.seed, self.world());
        for (group, name, roles, endowment) in self.cast() {
            let account = kernel.seat(&name, group.latency, &endowment, group.agent(&roles));
            if group.by_activity {
                kernel.live_by_activity(account);
            }
            if group.trace {
                kernel.trace(account);
            }
            kernel.think(account, group.think);
        }
        if let Some(house) = &self.house {
            kernel.open_outside(&house.endowment());
        }
        for command in self.opening() {
            kernel.inject(Time::ZERO, command);
        }
        for news in self.occasions.news() {
            kernel.announce(news.at, news.notice());
        }
        for trigger in &self.triggers {
            kernel.arm(trigger.clone());
        }
        kernel.supervise(self.bench());
        kernel
    }

    /// Those who watch the market and say venue commands: the schedule, whoever ends the pauses that
    /// the exchange begins, and the supervisors of the scenario, in this order.
    #[must_use]
    pub fn bench(&self) -> Bench {
        let mut schedule = Schedule::new(self.listings.len());
        for (id, listing) in (0..).map(InstrumentId).zip(&self.listings) {
            let Some(timetable) = &listing.timetable else { continue };
            // A colon is in no agent's name: these dice are nobody else's.
            let symbol = self.venue.instruments()[id.index()].symbol();
            let mut dice = Dice::new(self.seed, &format!("schedule:{symbol}"));
            schedule.add(id, timetable, listing.reference, &mut dice);
        }
        // Who has nothing to say is not asked after every command.
        let bench = if schedule.is_empty() { Bench::new() } else { Bench::new().with(schedule) };
        let bench = self.supervision.seat(bench, self);
        match &self.house {
            None => bench,
            Some(house) => bench.with(house.operations(self)),
        }
    }

    /// What was announced before the run: dividends, splits, outages, news, in their order.
    #[must_use]
    pub const fn occasions(&self) -> &Occasions {
        &self.occasions
    }
}

impl Group {
    /// Which of the group's instruments its member number `index` trades.
    fn legs(&self, index: u32) -> std::ops::Range<usize> {
        match self.kind.build {
            Build::One(_) | Build::Checked { .. } => {
                let dealt = index as usize % self.instruments.len();
                dealt..dealt + 1
            }
            Build::Legs { .. } => 0..self.instruments.len(),
        }
    }

    /// What a member that plays `roles` brings along.
    fn endowment(&self, roles: &[Role]) -> Endowment {
        let cash = std::iter::once((CASH, self.cash)).chain(self.cash_in.iter().copied());
        let shares = roles.iter().map(|role| (role.instrument, self.shares));
        let lots = shares.chain(self.lots.iter().copied());
        Endowment { credit: self.credit, cash: cash.collect(), lots: lots.collect() }
    }

    /// Makes the agent for `roles`, which one member plays.
    ///
    /// # Panics
    ///
    /// When they are not those of a member of this group.
    #[must_use]
    pub fn agent(&self, roles: &[Role]) -> Box<dyn crate::agent::Agent> {
        let index = roles.first().expect("everybody trades something").index;
        let agent = self.kind.agent(&self.params[self.legs(index)], roles);
        match self.flat_at {
            None => agent,
            Some(at) => Box::new(GoingHome::new(agent, at, roles)),
        }
    }
}

/// `text` as an amount of `currency`, at most `most`; says so when it is more.
fn cash_of(currency: &Currency, text: &str, most: Cash) -> Result<Cash, String> {
    let unit = 10_f64.powi(currency.decimals() as i32);
    let far = |amount: f64| amount.is_finite() && amount * unit >= most.0 as f64;
    let less = || format!("an amount of at most {}", currency.show(most));
    match currency.cash(text) {
        Ok(cash) if cash <= most => Ok(cash),
        Ok(_) => Err(less()),
        Err(_) if text.parse().is_ok_and(far) => Err(less()),
        Err(bad) => Err(bad.expected),
    }
}

fn bad_toml(text: &str, error: &toml::de::Error) -> BadScenario {
    BadScenario {
        line: error.span().map(|span| line_of(text, span.start)),
        field: "scenario".to_owned(),
        found: format!("something that cannot be read ({})", error.message()),
        expected: "TOML".to_owned(),
        near: None,
    }
}
