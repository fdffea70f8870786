//! Random commands of every kind, and the stretches of history that take more than one.

use super::{ACCOUNTS, Dice, Profile, World};
use pitfloor_model::command::{Change, Command, Filter, MassReason, Tif};
use pitfloor_model::event::{Credit, Phase, PhaseReason};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time};

/// Order numbers in use in full worlds, from 0.
pub(super) const FULL_ORDERS: u64 = 24;

/// Numbers that accounts are grouped by, from 0.
const GROUPS: u64 = 2;

impl World {
    /// What the opening of a full world says after the accounts are open.
    pub(super) fn settings(&self, dice: &mut Dice) -> Vec<Command> {
        let mut commands = Vec::new();
        for instrument in (0..self.corners.len() as u32).map(InstrumentId) {
            let symmetric = self.profile == Some(Profile::Symmetric);
            for of in [Benchmark::Close, Benchmark::Mark, Benchmark::Index] {
                // A symmetric market never holds an auction without a reference.
                if (symmetric && of == Benchmark::Close) || dice.one_in(2) {
                    let price = self.middle(instrument);
                    commands.push(Command::SetReference { instrument, of, price });
                }
            }
        }
        for account in (0..ACCOUNTS).map(AccountId) {
            if dice.one_in(3) {
                commands
                    .push(Command::SetGroup { account, group: Some(dice.below(GROUPS) as u32) });
            }
        }
        commands
    }

    /// What happens next in a full world: mostly a single command.
    pub(super) fn stretch(
        &self,
        profile: Profile,
        dice: &mut Dice,
        commands: &mut impl Extend<Command>,
    ) {
        let calls = if profile == Profile::Auctions { 40 } else { 8 };
        match dice.below(1_000) {
            roll if roll < calls => self.calls(profile, dice, commands),
            40..55 => self.squeeze(profile, dice, commands),
            55..170 => self.later_changes(profile, dice, commands),
            _ => commands.extend([self.any_command(profile, dice)]),
        }
    }

    /// An order, then changes of it with other commands in between.
    fn later_changes(
        &self,
        profile: Profile,
        dice: &mut Dice,
        commands: &mut impl Extend<Command>,
    ) {
        let key = self.own_key(dice);
        let order = self.any_order(profile, key, dice);
        let elsewhere = self.middle(self.instrument(dice));
        commands.extend([Command::Place(order)]);
        for _ in 0..=dice.below(3) {
            self.some(profile, dice.below(3), dice, commands);
            let less = Qty(order.qty.0.saturating_sub(self.lots_of(order.instrument)));
            commands.extend([match dice.below(6) {
                0 => self.reduce(key, dice),
                1 => Command::Cancel { key },
                2 => Command::Replace {
                    key,
                    price: order.price.unwrap_or(elsewhere),
                    qty: dice.pick(&[less, less, order.qty]),
                },
                _ => self.amend(key, dice),
            }]);
        }
    }

    /// Bands around a few prices, and after a while wider or none.
    fn squeeze(&self, profile: Profile, dice: &mut Dice, commands: &mut impl Extend<Command>) {
        let instrument = self.instrument(dice);
        commands.extend([self.bands(instrument, dice)]);
        self.some(profile, 2 + dice.below(20), dice, commands);
        let wider = if dice.one_in(2) { None } else { Some(self.whole_range(instrument)) };
        commands.extend([Command::SetBands { instrument, bands: wider }]);
    }

    /// An instrument's way through calls and halts, and back to continuous trading.
    fn calls(&self, profile: Profile, dice: &mut Dice, commands: &mut impl Extend<Command>) {
        use Phase::{
            CloseCall, Closed, Continuous, Halt, OpenCall, PeriodicCall, PreOpen, ReopenCall,
        };
        let instrument = self.instrument(dice);
        let ways: [&[Option<Phase>]; 7] = [
            &[Some(CloseCall), None, Some(PreOpen), Some(OpenCall), None],
            &[Some(CloseCall), Some(Closed), Some(PreOpen), Some(OpenCall), Some(Continuous)],
            &[Some(PeriodicCall), None, None, None, Some(Continuous)],
            &[Some(PeriodicCall), None, Some(Halt), Some(ReopenCall), None],
            &[Some(Halt), Some(ReopenCall), Some(Continuous)],
            &[Some(Halt), Some(Closed), Some(PreOpen), Some(OpenCall), None],
            &[Some(ReopenCall), None],
        ];
        // None is the end of a call.
        for step in dice.pick(&ways) {
            let why = match step {
                Some(Halt) => PhaseReason::Regulatory,
                Some(ReopenCall) => dice.pick(&[PhaseReason::Scheduled, PhaseReason::LimitState]),
                _ => PhaseReason::Scheduled,
            };
            commands.extend([match step {
                Some(to) => Command::SetPhase { instrument, to: *to, why },
                None => Command::EndCall { instrument },
            }]);
            let busy = if profile == Profile::Auctions { 16 } else { 8 };
            self.some(profile, dice.below(busy), dice, commands);
        }
        self.way_home(instrument, commands);
    }

    /// Whatever phase it is in, this leads to continuous trading; steps that do not apply are
    /// refused.
    fn way_home(&self, instrument: InstrumentId, commands: &mut impl Extend<Command>) {
        let to = |to| Command::SetPhase { instrument, to, why: PhaseReason::Scheduled };
        let end = || Command::EndCall { instrument };
        commands.extend([
            end(),
            end(),
            to(Phase::Continuous),
            to(Phase::PreOpen),
            to(Phase::OpenCall),
            end(),
            end(),
        ]);
    }

    fn some(
        &self,
        profile: Profile,
        count: u64,
        dice: &mut Dice,
        commands: &mut impl Extend<Command>,
    ) {
        for _ in 0..count {
            commands.extend([self.any_command(profile, dice)]);
        }
    }

    /// A single command of a full world, of any kind; of a plain one as if it were for nothing in
    /// particular.
    #[must_use]
    pub fn full_command(&self, dice: &mut Dice) -> Command {
        self.any_command(self.profile.unwrap_or(Profile::Everything), dice)
    }

    /// A single command of any kind.
    pub(super) fn any_command(&self, profile: Profile, dice: &mut Dice) -> Command {
        if profile == Profile::Clearing && dice.one_in(3) {
            return Command::Clear(Box::new(self.act(dice)));
        }
        let account = self.account(dice);
        let mut key = OrderKey::new(account, OrderId(dice.below(FULL_ORDERS)));
        if profile == Profile::Clearing
            && let Some(number) = Self::house_number(dice)
        {
            key.order = number;
        }
        let instrument = self.instrument(dice);
        let lists = if profile == Profile::Lists { 200 } else { 40 };
        let varied = if profile == Profile::Unseen { 80 } else { 20 };
        match dice.below(1_000) {
            roll if roll < lists => self.list(profile, key, dice),
            roll if roll < lists + varied => self.varied(profile, key, dice),
            0..700 | 800..860 => Command::Place(self.any_order(profile, key, dice)),
            700..720 => self.replace(key, dice),
            720..750 => self.amend(key, dice),
            750..765 => self.reduce(key, dice),
            765..800 => Command::Cancel { key },
            860..867 => self.mass_cancel(dice),
            867..895 => self.deposit(account, dice),
            895..915 => self.deliver(account, dice),
            915..930 => self.bands(instrument, dice),
            930..955 => self.reference(profile, instrument, dice),
            955..962 if profile != Profile::Symmetric => {
                let often = if profile == Profile::Bands { 2 } else { 3 };
                Command::RestrictShortSales { instrument, on: dice.one_in(often) }
            }
            962..969 => Command::KillSwitch { account, on: dice.one_in(8) },
            969..975 => {
                let group = dice.one_in(2).then(|| dice.below(GROUPS) as u32);
                Command::SetGroup { account, group }
            }
            975..978 => {
                let account = dice.pick(&[account, AccountId(AccountId::COUNT_MAX)]);
                Command::OpenAccount { account, credit: Credit::Unlimited }
            }
            978..984 => Command::EndCall { instrument: self.maybe_unlisted(instrument, dice) },
            984..988 => {
                let to = dice.pick(&Phase::ALL);
                // What goes anywhere rarely comes back by itself.
                let to = if dice.one_in(2) { Phase::Continuous } else { to };
                let instrument = self.maybe_unlisted(instrument, dice);
                Command::SetPhase { instrument, to, why: PhaseReason::MarketWide }
            }
            _ => Command::AdvanceTime,
        }
    }

    fn own_key(&self, dice: &mut Dice) -> OrderKey {
        let account = AccountId(dice.below(self.credit.len() as u64) as u32);
        OrderKey::new(account, OrderId(dice.below(FULL_ORDERS)))
    }

    pub(super) fn maybe_unlisted(&self, instrument: InstrumentId, dice: &mut Dice) -> InstrumentId {
        if dice.one_in(40) { InstrumentId(self.corners.len() as u32) } else { instrument }
    }

    fn amend(&self, key: OrderKey, dice: &mut Dice) -> Command {
        let guess = self.instrument(dice);
        let mut change = Change::default();
        for _ in 0..=dice.below(2) {
            match dice.below(9) {
                0 | 1 => change.price = Some(self.price(guess, dice)),
                2 | 3 => change.qty = Some(self.qty(guess, dice)),
                4 => change.trigger = Some(self.price(guess, dice)),
                5 => {
                    let expiry = Tif::Gtd(Time(dice.below(150)));
                    change.tif = Some(dice.pick(&[Tif::Gtc, Tif::Day, expiry, expiry, Tif::Ioc]));
                }
                6 | 7 => change.display = Some(Qty(self.lots_of(guess) * dice.below(4))),
                _ => change.tag = Some(dice.below(3) as u32),
            }
        }
        if dice.one_in(15) {
            change.price = Some(self.bad_price(guess, dice));
        }
        if dice.one_in(15) {
            change.qty = Some(self.bad_qty(guess, dice));
        }
        if dice.one_in(40) {
            change = Change::default();
        }
        Command::Amend { key, change }
    }

    fn mass_cancel(&self, dice: &mut Dice) -> Command {
        let instrument = self.instrument(dice);
        let whose = self.account(dice);
        let (one, two) = (self.price(instrument, dice), self.price(instrument, dice));
        let filter = Filter {
            // Everybody's orders at once are rare: not much would be left to look at.
            account: (!dice.one_in(8)).then_some(whose),
            instrument: dice.one_in(2).then(|| self.maybe_unlisted(instrument, dice)),
            side: dice.one_in(2).then(|| dice.pick(&Side::BOTH)),
            prices: dice.one_in(3).then(|| (one.min(two), one.max(two))),
            tag: dice.one_in(3).then(|| dice.below(3) as u32),
            session: dice.one_in(3).then(|| dice.below(3) as u32),
        };
        Command::MassCancel { filter, why: dice.pick(&[MassReason::Asked, MassReason::Disconnect]) }
    }

    fn bands(&self, instrument: InstrumentId, dice: &mut Dice) -> Command {
        let (one, two) = (self.price(instrument, dice), self.price(instrument, dice));
        let mut bands = Bands { lower: one.min(two), upper: one.max(two) };
        match dice.below(12) {
            0 => bands = Bands { lower: bands.upper, upper: bands.lower },
            1 => bands.upper = self.bad_price(instrument, dice),
            2..5 => {
                return Command::SetBands { instrument, bands: None };
            }
            _ => {}
        }
        let instrument = self.maybe_unlisted(instrument, dice);
        Command::SetBands { instrument, bands: Some(bands) }
    }

    fn whole_range(&self, instrument: InstrumentId) -> Bands {
        let corner = self.corner(instrument);
        let top = corner.lowest + self.step(instrument) * (corner.prices - 1);
        Bands { lower: Price(corner.lowest), upper: Price(top) }
    }

    fn reference(&self, profile: Profile, instrument: InstrumentId, dice: &mut Dice) -> Command {
        let of = match profile {
            Profile::Stops => Benchmark::Mark,
            _ => dice.pick(&[Benchmark::Close, Benchmark::Index, Benchmark::Mark]),
        };
        let mut price = self.price(instrument, dice);
        if dice.one_in(8) {
            price = self.bad_price(instrument, dice);
        }
        let instrument = self.maybe_unlisted(instrument, dice);
        Command::SetReference { instrument, of, price }
    }

    fn middle(&self, instrument: InstrumentId) -> Price {
        let corner = self.corner(instrument);
        Price(corner.lowest + self.step(instrument) * (corner.prices / 2))
    }
}
