//! A scenario: a whole market written down, complete and checked.
//!
//! Read from TOML, as a person would write it; every value is checked when it is read, so that
//! building the market cannot fail. [`Scenario::to_toml`] gives it back with every default written
//! out: that text alone makes the same market again.

mod rules;
mod supervision;

use crate::dice::Dice;
use crate::fields::{BadScenario, Field, Fields, Setting, Settings, line_of, nearest};
use crate::kernel::{Endowment, Kernel};
use crate::latency::Latency;
use crate::params::{Kind, Params, Role, call, number, price_of, span};
use crate::schedule::{Schedule, Timetable};
use crate::trigger::{EventKind, Then, Trigger, When};
use crate::world::{Fundamental, World};
use pitfloor_model::command::Command;
use pitfloor_model::event::Phase;
use pitfloor_model::instrument::{
    BadDefinition, Currency, Instrument, InstrumentKind, Limits, Venue,
};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Price, Qty, Span, Time};
use pitfloor_supervision::Bench;
use std::fmt::Write as _;
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
    triggers: Vec<Trigger>,
    supervision: Supervision,
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
    /// Its hidden value, if it has one.
    pub fundamental: Option<Fundamental>,
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
    /// What each brings along of the instrument it trades.
    pub shares: Qty,
    /// What they trade: dealt out one instrument each, in turn.
    pub instruments: Vec<InstrumentId>,
    /// Their links.
    pub latency: Latency,
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

/// The currency of a scenario; one for now.
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
        Reading { known: Vec::new(), complete: String::new() }.scenario(root, &settings, kinds)
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
    pub fn cast(&self) -> impl Iterator<Item = (&Group, String, Role, Endowment)> + '_ {
        self.groups.iter().flat_map(move |group| {
            (0..group.count).map(move |index| {
                let instrument = group.instruments[index as usize % group.instruments.len()];
                let reference = self.listings[instrument.index()].reference;
                let name = format!("{}-{index}", group.name);
                let endowment =
                    Endowment::new(vec![(CASH, group.cash)], vec![(instrument, group.shares)]);
                (group, name, Role { instrument, reference, index }, endowment)
            })
        })
    }

    /// The world around the market.
    #[must_use]
    pub fn world(&self) -> World {
        let symbols = self.venue.instruments().iter().map(Instrument::symbol);
        World::new(self.seed, symbols.zip(self.listings.iter().map(|listing| listing.fundamental)))
    }

    /// The market, with everybody seated, before its first moment.
    #[must_use]
    pub fn kernel(&self) -> Kernel {
        let mut kernel = Kernel::new(self.venue.clone(), self.seed, self.world());
        for (group, name, role, endowment) in self.cast() {
            kernel.seat(&name, group.latency, &endowment, group.agent(&role));
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
        self.supervision.seat(Bench::new().with(schedule), self)
    }
}

impl Group {
    /// Makes the agent for `role`.
    #[must_use]
    pub fn agent(&self, role: &Role) -> Box<dyn crate::agent::Agent> {
        let at = role.index as usize % self.instruments.len();
        (self.kind.build)(&self.params[at], role)
    }
}

impl Start {
    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Local seconds since midnight of the first day at the moment `at` of the run.
    #[must_use]
    pub const fn clock_s(&self, at: Time) -> u64 {
        let midnight = (self.unix_s + self.offset_s as i64).rem_euclid(86_400) as u64;
        midnight + at.0 / 1_000_000_000
    }

    fn parse(text: &str) -> Result<Self, String> {
        let expected = "a moment such as \"2026-01-05T09:30:00-05:00\"";
        let moment = || {
            let pieces = jiff::fmt::temporal::Pieces::parse(text).ok()?;
            let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
            let local = pieces.date().to_datetime(time);
            let unix_s = offset.to_timestamp(local).ok()?.as_second();
            Some(Self { text: text.to_owned(), unix_s, offset_s: offset.seconds() })
        };
        moment().ok_or_else(|| expected.to_owned())
    }
}

/// A reading in progress: what could have been set, and the complete text so far.
struct Reading {
    known: Vec<String>,
    complete: String,
}

impl Reading {
    fn scenario(
        mut self,
        mut root: Fields<'_>,
        settings: &Settings<'_>,
        kinds: &[&'static Kind],
    ) -> Result<Scenario, BadScenario> {
        let name = self.text(&mut root, "name", "unnamed", |text| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let good = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
            good.then(|| text.to_owned()).ok_or_else(|| "1 to 64 letters, digits or - _ .".into())
        })?;
        let seed = self.text(&mut root, "seed", "1", |text| {
            let most = u64::MAX;
            text.parse().map_err(|_| format!("a whole number from 0 to {most}"))
        })?;
        let span = self.text(&mut root, "span", "30m", |text| {
            let span = span(text)?;
            (span <= SPAN_MAX).then_some(span).ok_or_else(|| "at most 366d".to_owned())
        })?;
        let start = self.text(&mut root, "start", "2026-01-05T09:30:00-05:00", Start::parse)?;
        let mic = self.text(&mut root, "mic", "XPIT", |text| {
            Venue::new(text, vec![], vec![]).map_err(|bad| bad.expected)?;
            Ok(text.to_owned())
        })?;
        let code = self.text(&mut root, "currency", "USD", |text| {
            Currency::new(text, 2).map(|_| text.to_owned()).map_err(|bad| bad.expected)
        })?;
        let decimals = self.text(&mut root, "decimals", "2", |text| {
            let most = Currency::DECIMALS_MAX;
            let decimals = text.parse().ok().filter(|decimals| *decimals <= most);
            decimals.ok_or_else(|| format!("a whole number from 0 to {most}"))
        })?;
        let currency = Currency::new(&code, decimals);
        let currency = currency.map_err(|bad| root.bad("currency", &bad.found, &bad.expected))?;
        let (mut venue, listings, market_makers) = self.venue(&mut root, &mic, currency)?;
        let groups = self.groups(&mut root, &venue, kinds)?;
        if market_makers.iter().any(Option::is_some) {
            venue = appoint(&root, &venue, &market_makers, &groups)?;
        }
        let supervision = self.supervision(&mut root, &venue, &listings, &start)?;
        let triggers = self.triggers(&mut root, &venue)?;
        self.known.extend(root.finish()?);
        settings.finish(&self.known)?;
        let (complete, venue) = (self.complete, Arc::new(venue));
        let made = Scenario {
            name,
            seed,
            span,
            start,
            venue,
            listings,
            groups,
            triggers,
            supervision,
            complete,
        };
        Ok(made)
    }

    fn venue(
        &mut self,
        root: &mut Fields<'_>,
        mic: &str,
        currency: Currency,
    ) -> Result<(Venue, Vec<Listing>, MarketMakers), BadScenario> {
        let tables = root.tables("instrument")?;
        if tables.is_empty() {
            return Err(root.bad("instrument", "none", "at least one [[instrument]]"));
        }
        let mut instruments: Vec<Instrument> = Vec::new();
        let (mut listings, mut market_makers) = (Vec::new(), Vec::new());
        for mut table in tables {
            self.head("[[instrument]]");
            let (instrument, listing, maker) = self.instrument(&mut table, mic, &currency)?;
            market_makers.push(maker);
            if instruments.iter().any(|other| other.symbol() == instrument.symbol()) {
                let found = format!("{:?} a second time", instrument.symbol());
                return Err(table.bad("symbol", &found, "each symbol once"));
            }
            self.known.extend(table.finish()?);
            instruments.push(instrument);
            listings.push(listing);
        }
        let venue = Venue::new(mic, vec![currency], instruments);
        venue
            .map(|venue| (venue, listings, market_makers))
            .map_err(|bad| root.bad(&bad.field, &bad.found, &bad.expected))
    }

    fn instrument(
        &mut self,
        table: &mut Fields<'_>,
        mic: &str,
        currency: &Currency,
    ) -> Result<(Instrument, Listing, Option<MarketMaker>), BadScenario> {
        let symbol = table.need("symbol", "what it is called")?.text()?.to_owned();
        table.also_known_as(format!("instrument.{symbol}"));
        self.keep("symbol", &symbol);
        let kind = self.text(table, "kind", "equity", |text| match text {
            "equity" => Ok(InstrumentKind::Equity),
            "crypto" => Ok(InstrumentKind::Crypto),
            _ => Err("one of equity, crypto".to_owned()),
        })?;
        let tick = self.text(table, "tick", "0.01", |text| Ok::<_, String>(text.to_owned()))?;
        let lot = self.text(table, "lot", "1", |text| Ok::<_, String>(text.to_owned()))?;
        let define = || {
            let instrument = Instrument::new(kind, &symbol, CASH, &tick, &lot)?;
            Venue::new(mic, vec![currency.clone()], vec![instrument])
        };
        let complain = |table: &Fields<'_>, bad: BadDefinition| {
            let known = ["symbol", "tick", "lot"].contains(&bad.field.as_str());
            table.bad(if known { &bad.field } else { "symbol" }, &bad.found, &bad.expected)
        };
        let alone = define().map_err(|bad| complain(table, bad))?;
        let mut instrument = alone.instruments()[0].clone();
        self.limits(table, &mut instrument, currency)?;
        let checked = Venue::new(mic, vec![currency.clone()], vec![instrument.clone()]);
        checked.map_err(|bad| table.bad(&bad.field, &bad.found, &bad.expected))?;
        let price = table.need("price", "its price before the first trade")?;
        let reference = price.read(|text| price_of(&instrument, text))?;
        if reference.0 == 0 && instrument.kind() == InstrumentKind::Equity {
            return Err(price.bad("more than zero"));
        }
        if reference.0 < 0 {
            return Err(price.bad("a price that is not negative"));
        }
        self.keep("price", price.text()?);
        let fundamental = match table.table("fundamental")? {
            None => None,
            Some(mut fields) => {
                self.head("[instrument.fundamental]");
                let law = self.fundamental(&mut fields, &instrument, reference)?;
                self.known.extend(fields.finish()?);
                Some(law)
            }
        };
        let mut fields = table.table_or_empty("rules")?;
        self.head("[instrument.rules]");
        let maker = self.rules(&mut fields, &mut instrument, currency)?;
        let maker = maker.map(|name| {
            let nobody = fields.bad("market_maker", &format!("{name:?}"), "an agent: NAME-0, …");
            MarketMaker { name, nobody }
        });
        let checked = Venue::new(mic, vec![currency.clone()], vec![instrument.clone()]);
        checked.map_err(|bad| fields.bad(&bad.field, &bad.found, &bad.expected))?;
        self.known.extend(fields.finish()?);
        let timetable = match table.table("schedule")? {
            None => None,
            Some(mut fields) => {
                self.head("[instrument.schedule]");
                let timetable = self.timetable(&mut fields)?;
                self.known.extend(fields.finish()?);
                Some(timetable)
            }
        };
        Ok((instrument, Listing { reference, fundamental, timetable }, maker))
    }

    fn timetable(&mut self, fields: &mut Fields<'_>) -> Result<Timetable, BadScenario> {
        let length = |text: &str| match text {
            "none" => Ok(Span::ZERO),
            _ => span(text).and_then(|length| {
                let short = length <= SPAN_MAX;
                short.then_some(length).ok_or_else(|| "at most 366d, or none".to_owned())
            }),
        };
        let pre_open = self.text(fields, "pre_open", "none", length)?;
        let open_call = self.text(fields, "open_call", "none", length)?;
        let periodic = self.text(fields, "periodic", "none", length)?;
        let close_at = self.text(fields, "close_at", "none", length)?;
        let close_call = self.text(fields, "close_call", "none", length)?;
        let random_end = self.text(fields, "random_end", "none", length)?;
        let some = |span: Span| (span > Span::ZERO).then_some(span);
        let close_at = some(close_at).map(|at| Time(at.0));
        if close_at.is_none() && close_call > Span::ZERO {
            return Err(fields.bad("close_call", "a length", "none without close_at"));
        }
        let open = Time::ZERO.after(pre_open).after(open_call).after(random_end);
        if close_at.is_some_and(|close| close <= open) {
            let expected = "a moment after the opening call";
            return Err(fields.bad("close_at", "a moment before the market is open", expected));
        }
        let periodic = some(periodic);
        Ok(Timetable { pre_open, open_call, periodic, close_at, close_call, random_end })
    }

    fn limits(
        &mut self,
        table: &mut Fields<'_>,
        instrument: &mut Instrument,
        currency: &Currency,
    ) -> Result<(), BadScenario> {
        let whole = |text: &str| {
            text.parse::<u64>().map_err(|_| format!("a whole number from 1 to {}", u64::MAX))
        };
        let mut limits = instrument.limits.clone();
        limits.price_step = self.text(table, "price_step", "1", whole)?;
        limits.qty_step = self.text(table, "qty_step", "1", whole)?;
        limits.qty_min = Qty(self.text(table, "qty_min", "1", whole)?);
        limits.qty_max = Qty(self.text(table, "qty_max", &Qty::MOST.0.to_string(), whole)?);
        limits.live_orders_max = self.text(table, "live_orders_max", "1048576", |text| {
            text.parse().map_err(|_| "a whole number from 1 to 4294967295".to_owned())
        })?;
        let most = Limits::NOTIONAL_MOST;
        limits.notional_max = self.text(table, "notional_max", &currency.show(most), |text| {
            cash_of(currency, text, most).and_then(|cash| {
                (cash.0 > 0).then_some(cash).ok_or_else(|| "more than zero".to_owned())
            })
        })?;
        limits.price_distance_max = self.text(table, "price_distance_max", "none", |text| {
            if text == "none" {
                return Ok(None);
            }
            let forward = u64::try_from(price_of(instrument, text)?.0);
            forward.map(Some).map_err(|_| "a distance that is not negative, or none".to_owned())
        })?;
        instrument.limits = limits;
        Ok(())
    }

    fn fundamental(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        reference: Price,
    ) -> Result<Fundamental, BadScenario> {
        let ticks = instrument.price_f64(Price(1));
        let money = |text: &str| number(text, 0.0, 1e12).map(|value| value / ticks);
        let process = self.text(fields, "process", "ou", |text| match text {
            "ou" => Ok(false),
            "jump" => Ok(true),
            _ => Err("one of ou, jump".to_owned()),
        })?;
        let mean = self.text(fields, "mean", &instrument.show(reference), |text| {
            number(text, -1e12, 1e12).map(|value| value / ticks)
        })?;
        // By default it wanders about a thousandth of its value in a minute, and forgets in hours.
        let usual = format!("{}", instrument.price_f64(reference) / 1e4);
        let volatility = self.text(fields, "volatility", &usual, money)?;
        let half_life = self.text(fields, "half_life", "2h", span)?;
        let step = self.text(fields, "step", "100ms", |text| {
            let step = span(text)?;
            (step >= STEP_MIN).then_some(step).ok_or_else(|| "at least 1ms".to_owned())
        })?;
        for name in if process { &[][..] } else { &["jump_every", "jump_size"] } {
            if let Some(field) = fields.take(name) {
                return Err(field.bad("nothing without process = \"jump\""));
            }
        }
        let (jump_every, jump_size) = if process {
            let usual = format!("{}", instrument.price_f64(reference) / 200.0);
            let every = self.text(fields, "jump_every", "20m", |text| {
                let every = span(text)?;
                (every >= step).then_some(every).ok_or_else(|| "at least the step".to_owned())
            })?;
            (Some(every), self.text(fields, "jump_size", &usual, money)?)
        } else {
            (None, 0.0)
        };
        Ok(Fundamental {
            mean,
            reversion_per_s: core::f64::consts::LN_2 / half_life.as_secs(),
            volatility,
            jumps_per_s: jump_every.map_or(0.0, |every| 1.0 / every.as_secs()),
            jump_size,
            step,
        })
    }

    fn groups(
        &mut self,
        root: &mut Fields<'_>,
        venue: &Venue,
        kinds: &[&'static Kind],
    ) -> Result<Vec<Group>, BadScenario> {
        let (mut groups, mut total) = (Vec::<Group>::new(), 0);
        for mut table in root.tables("agents")? {
            self.head("[[agents]]");
            let group = self.group(&mut table, venue, kinds)?;
            if groups.iter().any(|other| other.name == group.name) {
                let found = format!("{:?} a second time", group.name);
                return Err(table.bad("name", &found, "a name of its own for each group"));
            }
            total += u64::from(group.count);
            if total > AGENTS_MAX {
                let expected = format!("at most {AGENTS_MAX} agents in all");
                return Err(table.bad("count", &total.to_string(), &expected));
            }
            self.known.extend(table.finish()?);
            groups.push(group);
        }
        Ok(groups)
    }

    fn group(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
        kinds: &[&'static Kind],
    ) -> Result<Group, BadScenario> {
        let names = kinds.iter().map(|kind| (kind.name, *kind));
        let listed: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let field = table.need("kind", &format!("one of {}", listed.join(", ")))?;
        let kind = field.one_of("a kind of agent", names)?;
        self.keep("kind", kind.name);
        let name = self.text(table, "name", kind.name, |text| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            let good = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
            good.then(|| text.to_owned()).ok_or_else(|| "1 to 64 letters, digits or - _".into())
        })?;
        table.also_known_as(format!("agents.{name}"));
        let count = self.text(table, "count", "1", |text| {
            let count = text.parse().ok().filter(|count| u64::from(*count) <= AGENTS_MAX);
            count.ok_or_else(|| format!("a whole number from 0 to {AGENTS_MAX}"))
        })?;
        let currency = &venue.currencies()[CASH.index()];
        let cash = self.text(table, "cash", "100000", |text| {
            let cash = cash_of(currency, text, CASH_MOST)?;
            (cash.0 >= 0).then_some(cash).ok_or_else(|| "an amount that is not negative".to_owned())
        })?;
        let shares = self.text(table, "shares", "0", |text| {
            let lots = text.parse().ok().filter(|lots| *lots <= Qty::MOST.0);
            lots.map(Qty).ok_or_else(|| format!("a whole number of lots from 0 to {}", Qty::MOST.0))
        })?;
        let latency = self.text(table, "latency", "uniform(1ms, 5ms)", latency)?;
        let instruments = self.instruments(table, venue)?;
        let mut settings = Vec::new();
        let mut params = vec![Params::default(); instruments.len()];
        for parameter in kind.parameters {
            let field = table.take(parameter.name);
            let text = field.as_ref().map_or(Ok(parameter.default), Field::text)?;
            for (params, instrument) in params.iter_mut().zip(&instruments) {
                let definition = &venue.instruments()[instrument.index()];
                let value = parameter.takes.read(text, definition);
                let value = value.map_err(|expected| match &field {
                    Some(field) => field.bad(&expected),
                    None => table.bad(parameter.name, &format!("{text:?} (default)"), &expected),
                })?;
                params.set(parameter.name, value);
            }
            self.keep(parameter.name, text);
            settings.push((parameter.name, text.to_owned()));
        }
        Ok(Group { name, kind, count, cash, shares, instruments, latency, settings, params })
    }

    fn instruments(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Vec<InstrumentId>, BadScenario> {
        let all: Vec<&str> = venue.instruments().iter().map(Instrument::symbol).collect();
        let field = table.take("instruments");
        let chosen = match &field {
            None => all.iter().map(|symbol| (*symbol).to_owned()).collect(),
            Some(field) => field.list()?,
        };
        let listed: Vec<String> = chosen.iter().map(|symbol| format!("{symbol:?}")).collect();
        let _ = writeln!(self.complete, "instruments = [{}]", listed.join(", "));
        let mut instruments = Vec::new();
        for symbol in &chosen {
            let id = venue.find(symbol);
            if id.is_some_and(|id| instruments.contains(&id)) {
                let found = format!("{symbol:?} a second time");
                return Err(table.bad("instruments", &found, "each instrument once"));
            }
            instruments.push(id.ok_or_else(|| BadScenario {
                near: nearest(symbol, all.iter().copied()),
                ..table.bad(
                    "instruments",
                    &format!("{symbol:?}"),
                    &format!("instruments of the scenario: {}", all.join(", ")),
                )
            })?);
        }
        if instruments.is_empty() {
            return Err(table.bad("instruments", "none", "at least one"));
        }
        Ok(instruments)
    }

    fn triggers(
        &mut self,
        root: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Vec<Trigger>, BadScenario> {
        let mut triggers = Vec::new();
        for (index, mut table) in root.tables("trigger")?.into_iter().enumerate() {
            self.head("[[trigger]]");
            let usual = format!("trigger-{index}");
            let name =
                self.text(&mut table, "name", &usual, |text| Ok::<_, String>(text.to_owned()))?;
            table.also_known_as(format!("trigger.{name}"));
            let instrument = self.trigger_instrument(&mut table, venue)?;
            let when = self.when(&mut table, venue, instrument)?;
            let then = self.then(&mut table, instrument)?;
            self.known.extend(table.finish()?);
            triggers.push(Trigger { name, when, then });
        }
        Ok(triggers)
    }

    fn trigger_instrument(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
    ) -> Result<Option<InstrumentId>, BadScenario> {
        let Some(field) = table.take("instrument") else { return Ok(None) };
        let names = (0..).zip(venue.instruments()).map(|(id, i)| (i.symbol(), InstrumentId(id)));
        let instrument = field.one_of("an instrument", names)?;
        self.keep("instrument", field.text()?);
        Ok(Some(instrument))
    }

    fn when(
        &mut self,
        table: &mut Fields<'_>,
        venue: &Venue,
        instrument: Option<InstrumentId>,
    ) -> Result<When, BadScenario> {
        const WAYS: [&str; 6] = ["at", "at_or_above", "at_or_below", "event", "commands", "trades"];
        let mut given: Vec<(&str, Field)> = Vec::new();
        for way in WAYS {
            given.extend(table.take(way).map(|field| (way, field)));
        }
        let [(way, field)] = given.as_slice() else {
            if given.is_empty()
                && let Some(bad) = table.misspelt(&WAYS)
            {
                return Err(bad);
            }
            let ways: Vec<&str> = given.iter().map(|(way, _)| *way).collect();
            let found =
                if ways.is_empty() { "no condition".to_owned() } else { ways.join(" and ") };
            return Err(table.bad_whole(&found, &format!("exactly one of {}", WAYS.join(", "))));
        };
        let level = |table: &Fields<'_>| {
            let id = instrument
                .ok_or_else(|| table.bad("instrument", "nothing", "the instrument to watch"))?;
            Ok((id, field.read(|text| price_of(&venue.instruments()[id.index()], text))?))
        };
        let count = |text: &str| {
            let count = text.parse().ok().filter(|count| *count > 0);
            count.ok_or_else(|| "a whole number from 1".to_owned())
        };
        self.keep(way, field.text()?);
        Ok(match *way {
            "at" => When::At(Time(field.read(span)?.0)),
            "at_or_above" => level(table).map(|(id, price)| When::TradeAtOrAbove(id, price))?,
            "at_or_below" => level(table).map(|(id, price)| When::TradeAtOrBelow(id, price))?,
            "event" => When::Event(field.one_of("a kind of event", EventKind::ALL.into_iter())?),
            "commands" => When::Commands(field.read(count)?),
            _ => When::Trades(field.read(count)?),
        })
    }

    fn then(
        &mut self,
        table: &mut Fields<'_>,
        instrument: Option<InstrumentId>,
    ) -> Result<Vec<Then>, BadScenario> {
        const WORDS: [&str; 5] = ["pause", "stop", "halt", "reopen", "end-call"];
        let expected = "a list of pause, stop, halt, reopen, end-call";
        let field = table.need("then", expected)?;
        let words = field.list()?;
        if words.is_empty() {
            return Err(field.bad(expected));
        }
        let mut then = Vec::new();
        for word in &words {
            let on = || {
                let found = format!("nothing to {word}");
                instrument.ok_or_else(|| table.bad("instrument", &found, "an instrument"))
            };
            match word.as_str() {
                "pause" => then.push(Then::Pause),
                "stop" => then.push(Then::Stop),
                "halt" => then.extend(Then::phases(on()?, &[Phase::Halt])),
                "reopen" => {
                    then.extend(Then::phases(on()?, &[Phase::ReopenCall, Phase::Continuous]));
                }
                "end-call" => then.push(Then::Send(Command::EndCall { instrument: on()? })),
                _ => {
                    let near = nearest(word, WORDS.into_iter());
                    let bad = table.bad("then", &format!("{word:?}"), expected);
                    return Err(BadScenario { near, ..bad });
                }
            }
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        let _ = writeln!(self.complete, "then = [{}]", quoted.join(", "));
        Ok(then)
    }

    /// Reads a field or its default, and keeps it for the complete text.
    fn text<T>(
        &mut self,
        table: &mut Fields<'_>,
        name: &'static str,
        default: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, BadScenario> {
        let field = table.take(name);
        let value = match &field {
            Some(field) => field.read(read)?,
            None => read(default).map_err(|expected| {
                table.bad(name, &format!("{default:?} (default)"), &expected)
            })?,
        };
        let text = field.as_ref().map_or(Ok(default), Field::text)?;
        self.keep(name, text);
        Ok(value)
    }

    fn keep(&mut self, name: &str, text: &str) {
        let whole = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
        let bare = whole || matches!(text, "true" | "false");
        let value = if bare { text.to_owned() } else { toml::Value::from(text).to_string() };
        let _ = writeln!(self.complete, "{name} = {value}");
    }

    fn head(&mut self, head: &str) {
        let _ = writeln!(self.complete, "\n{head}");
    }
}

/// A designated market maker by the name of an agent, and the complaint if there is no such agent.
struct MarketMaker {
    name: String,
    nobody: BadScenario,
}

/// Those of all instruments, in order.
type MarketMakers = Vec<Option<MarketMaker>>;

/// The same venue with its designated market makers, who have accounts now.
fn appoint(
    root: &Fields<'_>,
    venue: &Venue,
    market_makers: &[Option<MarketMaker>],
    groups: &[Group],
) -> Result<Venue, BadScenario> {
    let mut instruments = venue.instruments().to_vec();
    for (instrument, maker) in instruments.iter_mut().zip(market_makers) {
        let Some(maker) = maker else { continue };
        let mut first = 0;
        let account = groups.iter().find_map(|group| {
            let number =
                maker.name.strip_prefix(&group.name).and_then(|rest| rest.strip_prefix('-'));
            let number = number.and_then(|number| number.parse::<u32>().ok());
            let before = first;
            first += group.count;
            number.filter(|number| *number < group.count).map(|number| AccountId(before + number))
        });
        instrument.rules.market_maker = Some(account.ok_or_else(|| maker.nobody.clone())?);
    }
    let made = Venue::new(venue.mic(), venue.currencies().to_vec(), instruments);
    made.map_err(|bad| root.bad(&bad.field, &bad.found, &bad.expected))
}

/// A latency: `"2ms"`, `"uniform(1ms, 5ms)"`, `"lognormal(median = 1ms, sigma = 0.5)"`,
/// `"distance(3866660)"` (metres).
///
/// # Errors
///
/// What was expected instead.
pub fn latency(text: &str) -> Result<Latency, String> {
    let delay = |text: &str| {
        let none = matches!(text, "0" | "0s" | "0ms" | "0us" | "0ns");
        let delay = if none { Span::ZERO } else { span(text)? };
        let short = delay <= Latency::MAX;
        short.then_some(delay).ok_or_else(|| "a delay of at most 10s".to_owned())
    };
    let expected = || {
        "\"2ms\", \"uniform(1ms, 5ms)\", \"lognormal(median = 1ms, sigma = 0.5)\" or \
         \"distance(3866660)\""
            .to_owned()
    };
    let Some(call) = call(text) else {
        let plain = span(text).is_ok();
        let fixed = delay(text).map(Latency::Fixed);
        return fixed.map_err(|long| if plain { long } else { expected() });
    };
    match (call.name, call.arguments.as_slice()) {
        ("uniform", [(None, low), (None, high)]) => {
            let (low, high) = (delay(low)?, delay(high)?);
            let ordered = low <= high;
            ordered
                .then_some(Latency::Uniform(low, high))
                .ok_or_else(|| "uniform(low, high), low first".into())
        }
        ("lognormal", [(Some("median"), median), (Some("sigma"), sigma)]) => {
            let sigma = number(sigma, 0.0, 10.0).map_err(|range| format!("for sigma {range}"))?;
            let median = delay(median).map_err(|time| format!("for the median {time}"))?;
            Ok(Latency::LogNormal { median, sigma })
        }
        ("distance", [(None | Some("line_m"), line)]) => {
            let line_m = number(line, 0.0, 1e9).map_err(|range| format!("in metres {range}"))?;
            Ok(Latency::Distance { line_m })
        }
        _ => Err(expected()),
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
