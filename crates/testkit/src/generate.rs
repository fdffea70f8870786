//! Random worlds and random histories over everything that may be asked.
//!
//! A [`World`] is a venue with a few accounts; [`World::history`] is an endless stream of commands
//! for it. Both come from a seed, and the same seed gives the same history on every machine. Few
//! prices, few accounts, few order numbers and small sizes, so that orders meet, collide, are
//! cancelled and reused often; cash and holdings are tight, so that risk refusals occur; about one
//! command in eight is wrong in some way, and now and then an instrument leaves `Continuous` and
//! comes back.
//!
//! Worlds and histories like these ([`World::random`], [`World::on_credit`]) speak of plain limit and
//! market orders under the usual rules. [`World::full`] draws the switches of the market as well, and
//! its histories say everything that can be said: every kind of order, lists, amendments, mass
//! cancels, auctions, bands, references, and moments that pass; [`Profile`] says what they
//! concentrate on.
//!
//! For property tests, [`worlds`] and [`histories`] are proptest strategies over the same streams:
//! a failing history is made shorter by leaving commands out.

mod clearing;
mod clock;
mod dice;
mod full;
mod orders;
mod profile;

pub use clock::Clock;
pub use dice::Dice;
pub use profile::Profile;

use pitfloor_model::command::{Command, Instructions, Kind, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{Credit, Phase, PhaseReason};
use pitfloor_model::instrument::{Currency, Instrument, Limits, Venue};
use pitfloor_model::trading::TradingRules;
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use profile::random_rules;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

/// Accounts of a world, numbered from 0; the last of them has unlimited credit.
pub const ACCOUNTS: u32 = 4;

/// Order numbers in use, from 0. Few, so that they are used again and again.
pub const ORDERS: u64 = 12;

/// Different prices in one instrument, at most.
pub const PRICES: i64 = 12;

/// A venue, its accounts, and the prices and sizes that are asked there.
#[derive(Clone, Debug)]
pub struct World {
    seed: u64,
    venue: Arc<Venue>,
    /// None for a plain world.
    profile: Option<Profile>,
    credit: Vec<Credit>,
    corners: Vec<Corner>,
}

/// Where the orders for one instrument lie.
#[derive(Clone, Debug)]
struct Corner {
    /// The lowest price, in ticks; the others are above it in `price_step`s.
    lowest: i64,
    prices: i64,
    /// The smallest size; the others are its multiples.
    lots: u64,
    sizes: u64,
}

impl World {
    /// A world with accounts 0 to 2 without credit and account 3 with unlimited credit.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let credit = vec![Credit::None, Credit::None, Credit::None, Credit::Unlimited];
        Self::with_credit(seed, None, credit)
    }

    /// A world in which every account has unlimited credit, so that only the book decides.
    #[must_use]
    pub fn on_credit(seed: u64) -> Self {
        Self::with_credit(seed, None, vec![Credit::Unlimited; ACCOUNTS as usize])
    }

    /// A world of any profile but the symmetric one, whose histories say everything.
    #[must_use]
    pub fn full(seed: u64) -> Self {
        let profiles = Profile::ALL.len() as u64 - 1;
        Self::of(Profile::ALL[(seed % profiles) as usize], seed)
    }

    /// A world whose histories say everything, and some of it more often.
    #[must_use]
    pub fn of(profile: Profile, seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0xC4ED);
        let either = |dice: &mut Dice| dice.pick(&[Credit::None, Credit::Unlimited]);
        let credit = match profile {
            Profile::Symmetric => vec![Credit::Unlimited; ACCOUNTS as usize],
            Profile::Clearing => clearing::CREDIT.to_vec(),
            _ => vec![Credit::None, either(&mut dice), either(&mut dice), Credit::Unlimited],
        };
        Self::with_credit(seed, Some(profile), credit)
    }

    /// A world whose histories have a mirror image; see [`crate::mirror`].
    #[must_use]
    pub fn symmetric(seed: u64) -> Self {
        Self::of(Profile::Symmetric, seed)
    }

    fn with_credit(seed: u64, profile: Option<Profile>, credit: Vec<Credit>) -> Self {
        let mut dice = Dice::new(seed);
        if profile == Some(Profile::Clearing) {
            let (venue, corners) = clearing::venue(&mut dice);
            return Self { seed, venue: Arc::new(venue), profile, credit, corners };
        }
        let currencies = vec![
            Currency::new("USD", 2).expect("a currency"),
            Currency::new("EUR", 4).expect("a currency"),
        ];
        let count = 1 + dice.below(if profile.is_some() { 2 } else { 3 });
        let (mut instruments, mut corners) = (Vec::new(), Vec::new());
        for n in 0..count {
            let (mut instrument, corner) = random_instrument(n, &mut dice);
            if let Some(profile) = profile {
                if !dice.one_in(3) {
                    let Limits { price_step, qty_step, .. } = instrument.limits;
                    instrument.limits = Limits { price_step, qty_step, ..Limits::default() };
                }
                instrument.rules = random_rules(profile, &instrument, &corner, &mut dice);
            }
            instruments.push(instrument);
            corners.push(corner);
        }
        let venue = Venue::new("XPIT", currencies, instruments).expect("a venue that agrees");
        Self { seed, venue: Arc::new(venue), profile, credit, corners }
    }

    /// The venue of this world.
    #[must_use]
    pub fn venue(&self) -> &Arc<Venue> {
        &self.venue
    }

    /// The commands that open the accounts and give them a little to begin with.
    #[must_use]
    pub fn opening(&self) -> Vec<Command> {
        let mut dice = Dice::new(self.seed ^ 0x0BE7);
        let mut commands = Vec::new();
        for (account, credit) in (0..).map(AccountId).zip(&self.credit) {
            commands.push(Command::OpenAccount { account, credit: *credit });
            commands.push(self.deposit(account, &mut dice));
            commands.push(self.deposit(account, &mut dice));
            commands.push(self.deliver(account, &mut dice));
            commands.push(self.deliver(account, &mut dice));
        }
        match self.profile {
            None => {}
            Some(Profile::Clearing) => commands.extend(self.clearing_settings(&mut dice)),
            Some(_) => commands.extend(self.settings(&mut dice)),
        }
        commands
    }

    /// The history `seed` of this world: first the opening, then whatever the dice say, without
    /// end.
    #[must_use]
    pub fn history(&self, seed: u64) -> History {
        let (dice, pending) = (Dice::new(seed), self.opening().into());
        let clock = if self.profile.is_some() { Clock::new() } else { Clock::steady() };
        History { world: self.clone(), dice, pending, clock }
    }

    /// What happens next: mostly a single command; sometimes an order with its later changes, or an
    /// instrument's way through other phases and back, with other commands in between.
    ///
    /// The moments in a full world's commands are counted from their arrival: see [`Clock`].
    pub fn burst(&self, dice: &mut Dice, commands: &mut impl Extend<Command>) {
        if let Some(profile) = self.profile {
            return self.stretch(profile, dice, commands);
        }
        match dice.below(300) {
            0..2 => self.excursion(dice, commands),
            2..60 => self.life(dice, commands),
            _ => commands.extend([self.command(dice)]),
        }
    }

    /// An order and what its owner does to it later: replaced at the same price as often as not.
    fn life(&self, dice: &mut Dice, commands: &mut impl Extend<Command>) {
        let account = AccountId(dice.below(self.credit.len() as u64) as u32);
        let key = OrderKey { account, order: OrderId(dice.below(ORDERS)) };
        let order = self.order(key, dice);
        commands.extend([Command::Place(order)]);
        for _ in 0..=dice.below(2) {
            for _ in 0..dice.below(3) {
                commands.extend([self.command(dice)]);
            }
            let elsewhere = self.price(self.instrument(dice), dice);
            let price = if dice.one_in(3) { elsewhere } else { order.price.unwrap_or(elsewhere) };
            let less = order.qty.0.saturating_sub(1).min(self.corner(InstrumentId(0)).lots);
            let qty = match dice.below(4) {
                0 => self.qty(self.instrument(dice), dice),
                1 => order.qty,
                _ => Qty(order.qty.0 - less),
            };
            commands.extend([match dice.below(5) {
                0 => self.reduce(key, dice),
                _ => Command::Replace { key, price, qty },
            }]);
        }
    }

    fn excursion(&self, dice: &mut Dice, commands: &mut impl Extend<Command>) {
        let (instrument, why) = (self.instrument(dice), PhaseReason::Scheduled);
        for _ in 0..=dice.below(3) {
            let to = if dice.one_in(2) { Phase::Halt } else { dice.pick(&Phase::ALL) };
            commands.extend([Command::SetPhase { instrument, to, why }]);
            for _ in 0..dice.below(4) {
                commands.extend([self.command(dice)]);
            }
        }
        // Whatever phase it is in by now, this leads back; steps that do not apply are refused.
        let home =
            [Phase::PreOpen, Phase::OpenCall, Phase::Halt, Phase::ReopenCall, Phase::Continuous];
        commands.extend(home.map(|to| Command::SetPhase { instrument, to, why }));
    }

    /// A single command.
    #[must_use]
    pub fn command(&self, dice: &mut Dice) -> Command {
        let account = self.account(dice);
        let key = OrderKey { account, order: OrderId(dice.below(ORDERS)) };
        match dice.below(100) {
            0..74 => Command::Place(self.order(key, dice)),
            74..80 => self.replace(key, dice),
            80..83 => self.reduce(key, dice),
            83..91 => Command::Cancel { key },
            91..94 => self.deposit(account, dice),
            94..98 => self.deliver(account, dice),
            98 => {
                let credit = dice.pick(&[Credit::None, Credit::Unlimited]);
                let beyond = dice.pick(&[account, AccountId(AccountId::COUNT_MAX)]);
                Command::OpenAccount { account: beyond, credit }
            }
            _ => {
                let to = dice.pick(&[Phase::Continuous, Phase::OpenCall]);
                let why = PhaseReason::Scheduled;
                Command::SetPhase { instrument: self.instrument(dice), to, why }
            }
        }
    }

    fn account(&self, dice: &mut Dice) -> AccountId {
        if dice.one_in(60) {
            return dice.pick(&[AccountId(ACCOUNTS), AccountId::VENUE, AccountId(1 << 20)]);
        }
        AccountId(dice.below(self.credit.len() as u64) as u32)
    }

    fn instrument(&self, dice: &mut Dice) -> InstrumentId {
        InstrumentId(dice.below(self.corners.len() as u64) as u32)
    }

    fn order(&self, key: OrderKey, dice: &mut Dice) -> Order {
        let instrument = self.instrument(dice);
        let market = dice.one_in(7);
        let mut order = Order {
            account: key.account,
            order: key.order,
            instrument,
            side: dice.pick(&Side::BOTH),
            kind: if market { Kind::Market } else { Kind::Limit },
            price: (!market).then(|| self.price(instrument, dice)),
            qty: self.qty(instrument, dice),
            tif: if market || dice.one_in(6) { Tif::Ioc } else { Tif::Gtc },
            stp: dice.pick(&[Stp::None, Stp::ExpireTaker, Stp::ExpireMaker, Stp::ExpireBoth]),
            with: Instructions::NONE,
        };
        if dice.one_in(9) {
            self.spoil(&mut order, instrument, dice);
            // Two things wrong at once show which is told first.
            if dice.one_in(3) {
                self.spoil(&mut order, instrument, dice);
            }
        }
        order
    }

    /// Makes one of the terms wrong, or at least suspicious.
    fn spoil(&self, order: &mut Order, instrument: InstrumentId, dice: &mut Dice) {
        match dice.below(6) {
            0 => {
                let none = InstrumentId(self.corners.len() as u32);
                order.instrument = dice.pick(&[none, InstrumentId(u32::MAX)]);
            }
            1 => order.qty = self.bad_qty(instrument, dice),
            2 => order.price = None,
            3 | 4 => order.price = Some(self.bad_price(instrument, dice)),
            _ => order.tif = Tif::Gtc,
        }
    }

    fn replace(&self, key: OrderKey, dice: &mut Dice) -> Command {
        // The sender does not say which instrument; most worlds have few enough to guess.
        let guess = self.instrument(dice);
        let (mut price, mut qty) = (self.price(guess, dice), self.qty(guess, dice));
        if dice.one_in(10) {
            price = self.bad_price(guess, dice);
        }
        if dice.one_in(10) {
            qty = self.bad_qty(guess, dice);
        }
        Command::Replace { key, price, qty }
    }

    fn reduce(&self, key: OrderKey, dice: &mut Dice) -> Command {
        let guess = self.instrument(dice);
        let by = match dice.below(8) {
            0 => self.bad_qty(guess, dice),
            1 => self.qty(guess, dice),
            _ => Qty(self.corner(guess).lots),
        };
        Command::Reduce { key, by }
    }

    fn deposit(&self, account: AccountId, dice: &mut Dice) -> Command {
        let instrument = self.instrument(dice);
        let cash = match dice.below(30) {
            0 => dice.pick(&[0, -1, i128::MIN, i128::MAX, 1 << 120, (1 << 120) + 1]),
            _ => self.typical_value(instrument) * i128::from(1 + dice.below(8)) / 4 + 1,
        };
        let listed = self.venue.instruments()[instrument.0 as usize].currency();
        let currency = if dice.one_in(40) { CurrencyId(2) } else { listed };
        Command::Deposit { account, currency, cash: Cash(cash) }
    }

    fn deliver(&self, account: AccountId, dice: &mut Dice) -> Command {
        let instrument = self.instrument(dice);
        let lots = self.corner(instrument).lots * dice.below(9) + dice.below(2);
        let unlisted = InstrumentId(self.corners.len() as u32);
        let instrument = if dice.one_in(40) { unlisted } else { instrument };
        Command::Deliver { account, instrument, qty: Qty(lots) }
    }

    fn price(&self, instrument: InstrumentId, dice: &mut Dice) -> Price {
        let corner = self.corner(instrument);
        Price(corner.lowest + self.step(instrument) * dice.below(corner.prices as u64) as i64)
    }

    fn qty(&self, instrument: InstrumentId, dice: &mut Dice) -> Qty {
        let corner = self.corner(instrument);
        Qty(corner.lots * (1 + dice.below(corner.sizes)))
    }

    /// Off the grid, beyond it, or far from where the others are.
    fn bad_price(&self, instrument: InstrumentId, dice: &mut Dice) -> Price {
        let lowest = self.corner(instrument).lowest;
        let far = self.step(instrument) * PRICES * 5;
        let beyond = Price::FARTHEST.0 + 1;
        dice.pick(&[
            Price(lowest.saturating_add(1)),
            Price(lowest.saturating_add(far)),
            Price(lowest.saturating_sub(far)),
            Price::FARTHEST,
            Price(beyond),
            Price(-beyond),
            Price(i64::MAX),
            Price(i64::MIN),
        ])
    }

    fn bad_qty(&self, instrument: InstrumentId, dice: &mut Dice) -> Qty {
        let limits = &self.venue.instruments()[instrument.0 as usize].limits;
        let odd = self.corner(instrument).lots + 1;
        let (min, max) = (limits.qty_min.0, limits.qty_max.0);
        dice.pick(&[0, 0, min - 1, max, max + 1, odd, odd, u64::MAX, u64::MAX - 1].map(Qty))
    }

    /// What an order of middling size and price is worth, in minor units.
    fn typical_value(&self, instrument: InstrumentId) -> i128 {
        let (corner, of) = (self.corner(instrument), &self.venue.instruments()[instrument.index()]);
        let price = i128::from(corner.lowest).abs() + i128::from(self.step(instrument)) * 6;
        price * i128::from(corner.lots * 3) * i128::from(of.tick_cash())
    }

    fn corner(&self, instrument: InstrumentId) -> &Corner {
        &self.corners[instrument.0 as usize]
    }

    fn lots_of(&self, instrument: InstrumentId) -> u64 {
        self.corners.get(instrument.index()).map_or(1, |corner| corner.lots)
    }

    fn rules_of(&self, instrument: InstrumentId) -> &TradingRules {
        &self.venue.instruments()[instrument.index()].rules
    }

    fn step(&self, instrument: InstrumentId) -> i64 {
        let step = self.venue.instruments()[instrument.0 as usize].limits.price_step;
        i64::try_from(step).expect("worlds have small steps")
    }
}

fn random_instrument(n: u64, dice: &mut Dice) -> (Instrument, Corner) {
    let price_step = dice.pick(&[1, 1, 1, 2, 5]);
    let qty_step = dice.pick(&[1, 1, 1, 2, 5]);
    let prices = 2 + dice.below(PRICES as u64 - 1) as i64;
    let (step, farthest) = (price_step as i64, Price::FARTHEST.0);
    let top = step * (prices - 1);
    let vast = dice.one_in(12);
    // Ordinary prices, prices around zero, negative prices, and the ends of the scale.
    let lowest = match (vast, dice.below(4)) {
        (false, 0 | 1) => dice.pick(&[100, 10, 1_000]),
        (false, 2) => -top / 2,
        (false, _) => -100,
        (true, 0 | 1) => farthest - top - step,
        (true, _) => -farthest,
    };
    let lowest = lowest.div_euclid(step) * step;
    let lots = if vast { (1 << 20) * qty_step } else { qty_step };
    let sizes = 2 + dice.below(5);
    let currency = CurrencyId(dice.below(2) as u16);
    let tick = dice.pick(&["0.01", "0.05", "0.01"]);
    let symbol = format!("S{n}");
    let mut instrument = Instrument::equity(&symbol, currency, tick).expect("a share");
    let highest = i128::from(lowest).abs().max(i128::from(lowest + top).abs());
    let tight = (highest * i128::from(lots * sizes)).max(1);
    instrument.limits = Limits {
        price_step,
        qty_step,
        qty_min: Qty(lots * dice.pick(&[1, 1, 1, 1, 1, 2])),
        qty_max: dice.pick(&[Qty::MOST, Qty(lots * sizes), Qty(lots * (sizes + 3))]),
        notional_max: if dice.one_in(6) { Cash(tight) } else { Limits::NOTIONAL_MOST },
        price_distance_max: dice.one_in(4).then_some(price_step * (1 + dice.below(6))),
        live_orders_max: if dice.one_in(3) { 1 + dice.below(4) as u32 } else { 1 << 20 },
    };
    (instrument, Corner { lowest, prices, lots, sizes })
}

/// An endless history. Numbers count up from 0 and time never runs backwards.
#[derive(Clone, Debug)]
pub struct History {
    world: World,
    dice: Dice,
    pending: VecDeque<Command>,
    clock: Clock,
}

impl Iterator for History {
    type Item = Stamped;

    fn next(&mut self) -> Option<Stamped> {
        while self.pending.is_empty() {
            self.world.burst(&mut self.dice, &mut self.pending);
        }
        let command = self.pending.pop_front()?;
        Some(self.clock.stamp(command, &mut self.dice))
    }
}

/// Numbers `history` anew from 0 and leaves its moments: what is left of it after [`crate::shrink`].
#[must_use]
pub fn renumber(history: &[Stamped]) -> Vec<Stamped> {
    let numbered = |(seq, stamped): (u64, &Stamped)| Stamped { seq, ..stamped.clone() };
    (0..).zip(history).map(numbered).collect()
}

/// Numbers `commands` from 0, one nanosecond apart: what is left of a history after [`crate::shrink`].
#[must_use]
pub fn stamp(commands: &[Command]) -> Vec<Stamped> {
    let stamped =
        |(seq, command): (u64, &Command)| Stamped { seq, at: Time(seq), command: command.clone() };
    (0..).zip(commands).map(stamped).collect()
}

/// Any world.
pub fn worlds() -> impl Strategy<Value = World> {
    any::<u64>().no_shrink().prop_map(World::random)
}

/// A world, and a history of it with a number of steps in `steps` after the opening.
pub fn histories(steps: Range<usize>) -> impl Strategy<Value = (World, Vec<Stamped>)> {
    let seeds = prop::collection::vec(any::<u64>().no_shrink(), steps);
    (worlds(), seeds).prop_map(|(world, seeds)| {
        let mut commands = world.opening();
        for seed in seeds {
            world.burst(&mut Dice::new(seed), &mut commands);
        }
        let history = stamp(&commands);
        (world, history)
    })
}

/// Any full world, and a history of it with a number of steps in `steps` after the opening.
pub fn full_histories(steps: Range<usize>) -> impl Strategy<Value = (World, Vec<Stamped>)> {
    let seeds = prop::collection::vec(any::<u64>().no_shrink(), steps);
    (any::<u64>().no_shrink().prop_map(World::full), seeds).prop_map(|(world, seeds)| {
        let (mut clock, mut dice) = (Clock::new(), Dice::new(0));
        let stamp = |command| clock.stamp(command, &mut dice);
        let mut history: Vec<Stamped> = world.opening().into_iter().map(stamp).collect();
        for seed in seeds {
            let (mut dice, mut commands) = (Dice::new(seed), Vec::new());
            world.burst(&mut dice, &mut commands);
            history.extend(commands.into_iter().map(|command| clock.stamp(command, &mut dice)));
        }
        (world, history)
    })
}

#[cfg(test)]
mod tests;
