//! What the positions of an account come to, kept as running sums, so that an order is answered
//! without a look at all of them.
//!
//! Accounts with margin and accounts with limits are watched so; others pay nothing for it. Whatever
//! moves lots, prices or rates says which lines are to be counted again; a sum is never adjusted by
//! anything but the difference between what a line counted for and what it counts for.
//!
//! Most accounts trade one instrument for a while: its line changes with every order and fill, and
//! nobody asks in between. So one line of an account may lag behind ([`Counting::But`]); it is counted
//! when another one changes, and whoever reads the sums counts it on the way.

use crate::amount::{had, needed};
use crate::asset::Settles;
use crate::house::{ClearingHouse, Listing};
use crate::ledger::Exposed;
use crate::margin::{RightTo, Stake};
use crate::portfolio::Group;
use crate::{accrue::Rates, asset::Asset};
use pitfloor_model::contract::{Choice, InstrumentKind};
use pitfloor_model::event::Credit;
use pitfloor_model::units::{AccountId, InstrumentId, Price};

/// The positions of one watched account, in the base currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Positions {
    /// One line per instrument.
    counted: Vec<Counted>,
    /// The instruments in which the account has lots or orders, and perhaps others: each once.
    active: Vec<InstrumentId>,
    /// All lines together, as they were counted.
    pub(crate) sums: Sums,
    /// By [`Listing::group`]; of [`Credit::Portfolio`] alone.
    pub(crate) groups: Vec<Group>,
}

/// What a line counts for, or all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// What it adds to equity (C-32).
    pub(crate) value: i128,
    /// What it is worth, long and short added up (C-60).
    pub(crate) exposure: i128,
    /// What it needs to begin with: open orders counted (C-34). With [`Credit::Portfolio`] all of
    /// them by groups and without orders (C-36), and a line what it needs to go on without a scan.
    pub(crate) initial: i128,
}

/// What one instrument counted for when it was last counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    sums: Sums,
    /// In its group.
    lots: i128,
    active: bool,
}

/// How far the sums of an account have come, in one line of the cache for each account, apart from all
/// the rest: it is looked at with every change of a line, and an account that trades one instrument is
/// answered from it alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Course {
    pub(crate) counting: Counting,
    /// What all lines come to but the one that lags behind; nothing when none does.
    pub(crate) others: Sums,
}

/// Which of an account's lines count for what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Counting {
    /// The account is not watched: it has no sums.
    #[default]
    Unwatched,
    /// Every line counts for what it is.
    Whole,
    /// Every line but this one. Not with [`Credit::Portfolio`], where lines count in groups.
    But(InstrumentId),
}

/// What the prices and rates of one moment are.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) listings: &'a [Listing],
    pub(crate) rates: &'a [Rates],
    /// The least portfolio margin of a lot.
    pub(crate) portfolio_least: i128,
}

impl<'a> Scene<'a> {
    /// An instrument at the price at which it is carried.
    #[inline]
    pub(crate) fn stake(&self, instrument: InstrumentId) -> Stake<'a> {
        let listing = &self.listings[instrument.index()];
        let price = listing.carried.unwrap_or(Price(0));
        let right = match &listing.kind {
            InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => {
                Some(self.right_to(choice))
            }
            _ => None,
        };
        Stake { asset: listing.asset, terms: &listing.margin, price, right }
    }

    /// The same, at the larger of that price and an order's limit (C-34).
    #[inline]
    pub(crate) fn stake_at(&self, instrument: InstrumentId, limit: Option<Price>) -> Stake<'a> {
        let carried = self.listings[instrument.index()].carried;
        let price = carried.max(limit).unwrap_or(Price(0));
        Stake { price, ..self.stake(instrument) }
    }

    fn right_to(&self, choice: &Choice) -> RightTo {
        let underlying = &self.listings[choice.underlying.index()];
        let lots = i128::from(choice.lots);
        let worth = |price| crate::amount::times(underlying.asset.value(price, 1), lots).abs();
        let (right, strike) = (choice.right, worth(choice.strike));
        RightTo { right, underlying: underlying.carried.map(worth), strike }
    }

    pub(crate) fn rates(&self, asset: Asset) -> &'a Rates {
        &self.rates[asset.currency.index()]
    }

    /// What a position adds to equity, at the price at which it is carried: of a margined contract
    /// gains are paid, so that nothing is left to add.
    #[inline]
    pub(crate) fn adds(&self, stake: &Stake<'_>, lots: i128) -> i128 {
        match stake.asset.settles {
            Settles::Margined => 0,
            Settles::Lots | Settles::Currency { .. } => {
                had(self.rates(stake.asset), stake.value(lots))
            }
        }
    }

    /// What an instrument counts for by itself.
    #[inline]
    fn sums(&self, stake: &Stake<'_>, has: Exposed) -> Sums {
        Sums {
            value: self.adds(stake, has.lots),
            exposure: needed(self.rates(stake.asset), stake.value(has.lots).abs()),
            initial: self.initial(stake, has),
        }
    }

    /// What an instrument needs to begin with, its open orders counted: the larger of the worst it
    /// can come to, long and short (C-34).
    #[inline]
    pub(crate) fn initial(&self, stake: &Stake<'_>, exposed: Exposed) -> i128 {
        let Exposed { lots, buys, sells } = exposed;
        let initial = if buys == 0 && sells == 0 {
            stake.initial(lots)
        } else {
            stake.initial(lots + buys).max(stake.initial(lots - sells))
        };
        needed(self.rates(stake.asset), initial)
    }
}

impl Sums {
    /// The same with `now` in place of `before`.
    #[inline]
    const fn exchanged(self, before: Self, now: Self) -> Self {
        Self {
            value: self.value - before.value + now.value,
            exposure: self.exposure - before.exposure + now.exposure,
            initial: self.initial - before.initial + now.initial,
        }
    }
}

impl Positions {
    pub(crate) fn new(scene: &Scene<'_>, credit: Credit) -> Self {
        let groups = scene.listings.iter().map(|listing| listing.group + 1).max().unwrap_or(0);
        let groups = if credit == Credit::Portfolio { groups as usize } else { 0 };
        Self {
            counted: vec![Counted::default(); scene.listings.len()],
            active: Vec::new(),
            sums: Sums::default(),
            groups: vec![Group::default(); groups],
        }
    }

    /// Counts an instrument again: its lots or the account's orders in it are others now. O(1).
    #[inline]
    pub(crate) fn count(&mut self, scene: &Scene<'_>, instrument: InstrumentId, has: Exposed) {
        let stake = scene.stake(instrument);
        if matches!(stake.asset.settles, Settles::Currency { .. }) {
            return;
        }
        if has != Exposed::default() {
            self.activate(instrument);
        }
        if self.groups.is_empty() {
            let (now, counted) = (scene.sums(&stake, has), &mut self.counted[instrument.index()]);
            self.sums = self.sums.exchanged(counted.sums, now);
            counted.sums = now;
        } else {
            self.count_in_group(scene, &stake, has);
        }
    }

    fn count_in_group(&mut self, scene: &Scene<'_>, stake: &Stake<'_>, has: Exposed) {
        let (rates, instrument) = (scene.rates(stake.asset), stake.asset.instrument);
        let listing = &scene.listings[instrument.index()];
        let alone = listing.scan.is_none().then(|| stake.maintenance(has.lots));
        let now = Sums {
            value: scene.adds(stake, has.lots),
            exposure: needed(rates, stake.value(has.lots).abs()),
            initial: alone.map_or(0, |alone| needed(rates, alone)),
        };
        let counted = &mut self.counted[instrument.index()];
        let group = &mut self.groups[listing.group as usize];
        // What all need is the sum of what the groups do, not of what the lines do.
        let initial = self.sums.initial - group.needed;
        let more = now.initial - counted.sums.initial;
        group.shift(listing, counted.lots, has.lots, more);
        group.needed = group.requirement(rates, scene.portfolio_least);
        let initial = initial + group.needed;
        self.sums = Sums { initial, ..self.sums.exchanged(counted.sums, now) };
        (counted.sums, counted.lots) = (now, has.lots);
    }

    /// Counts everything again, by prices and rates that may be others now.
    pub(crate) fn count_all(
        &mut self,
        scene: &Scene<'_>,
        mut has: impl FnMut(InstrumentId) -> Exposed,
    ) {
        if self.groups.is_empty() {
            self.count_each(scene, has);
            return;
        }
        self.sums = Sums::default();
        self.groups.fill(Group::default());
        let active = std::mem::take(&mut self.active);
        for instrument in &active {
            self.counted[instrument.index()] = Counted::default();
        }
        self.active.reserve(active.len());
        for instrument in active {
            self.count(scene, instrument, has(instrument));
        }
    }

    /// The same where lines count by themselves; those with nothing in them are active no more.
    fn count_each(&mut self, scene: &Scene<'_>, mut has: impl FnMut(InstrumentId) -> Exposed) {
        let Self { counted, active, sums, .. } = self;
        *sums = Sums::default();
        active.retain(|instrument| {
            let (has, line) = (has(*instrument), &mut counted[instrument.index()]);
            line.active = has != Exposed::default();
            line.sums = Sums::default();
            if line.active {
                line.sums = scene.sums(&scene.stake(*instrument), has);
                *sums = sums.exchanged(Sums::default(), line.sums);
            }
            line.active
        });
    }

    /// What they must have behind them to go on, or nothing without a position (C-35).
    pub(crate) fn maintenance(
        &self,
        scene: &Scene<'_>,
        has: impl Fn(InstrumentId) -> Exposed,
    ) -> Option<i128> {
        let lots = self.active().map(|instrument| (instrument, has(instrument).lots));
        let mut held = lots.filter(|(_, lots)| *lots != 0).peekable();
        held.peek()?;
        if !self.groups.is_empty() {
            return Some(self.sums.initial);
        }
        let each = held.map(|(instrument, lots)| {
            let stake = scene.stake(instrument);
            needed(scene.rates(stake.asset), stake.maintenance(lots))
        });
        Some(each.sum())
    }

    /// The instruments in which the account has lots or orders, and perhaps others: each once, in no
    /// order.
    pub(crate) fn active(&self) -> impl Iterator<Item = InstrumentId> + '_ {
        self.active.iter().copied()
    }

    /// What an instrument counted for when it was last counted.
    pub(crate) fn counted(&self, instrument: InstrumentId) -> Sums {
        self.counted[instrument.index()].sums
    }

    /// What all lines come to but this one.
    fn without(&self, instrument: InstrumentId) -> Sums {
        self.sums.exchanged(self.counted(instrument), Sums::default())
    }

    fn activate(&mut self, instrument: InstrumentId) {
        let counted = &mut self.counted[instrument.index()];
        if !counted.active {
            counted.active = true;
            self.active.push(instrument);
        }
    }
}

impl ClearingHouse {
    /// What the prices and rates are now.
    #[inline]
    pub(crate) fn scene(&self) -> Scene<'_> {
        let portfolio_least = self.venue.clearing().portfolio_least.0;
        Scene { listings: &self.listings, rates: &self.rates, portfolio_least }
    }

    /// Begins to watch `account`, if it is not watched.
    pub(crate) fn watch(&mut self, account: AccountId, credit: Credit) {
        if self.owners[account.0 as usize].positions.is_some() {
            return;
        }
        let mut positions = Positions::new(&self.scene(), credit);
        for instrument in (0..).map(InstrumentId).take(self.listings.len()) {
            positions.count(&self.scene(), instrument, self.ledger.exposed(account, instrument));
        }
        self.owners[account.0 as usize].positions = Some(Box::new(positions));
        self.courses[account.0 as usize].counting = Counting::Whole;
        let at = self.watched.partition_point(|other| *other < account);
        self.watched.insert(at, account);
        self.plain = false;
    }

    /// Lots or orders of `account` in `instrument` are others now.
    #[inline]
    pub(crate) fn recount(&mut self, account: AccountId, instrument: InstrumentId) {
        match self.courses[account.0 as usize].counting {
            Counting::Unwatched => {}
            Counting::But(lagging) if lagging == instrument => {}
            Counting::Whole | Counting::But(_) => self.fall_behind(account, instrument),
        }
    }

    /// Counts what lagged behind until now, and lets `instrument` do so in its place; where lines
    /// count in groups, counts it at once.
    #[inline(never)]
    fn fall_behind(&mut self, account: AccountId, instrument: InstrumentId) {
        let asset = self.listings[instrument.index()].asset;
        if matches!(asset.settles, Settles::Currency { .. }) {
            return;
        }
        let place = account.0 as usize;
        let portfolio_least = self.venue.clearing().portfolio_least.0;
        let scene = Scene { listings: &self.listings, rates: &self.rates, portfolio_least };
        let positions = self.owners[place].positions.as_mut();
        let positions = positions.expect("whoever is watched has positions");
        if !positions.groups.is_empty() {
            positions.count(&scene, instrument, self.ledger.exposed(account, instrument));
            return;
        }
        if let Counting::But(lagging) = self.courses[place].counting {
            positions.count(&scene, lagging, self.ledger.exposed(account, lagging));
        }
        positions.activate(instrument);
        let others = positions.without(instrument);
        self.courses[place] = Course { counting: Counting::But(instrument), others };
    }

    /// What the positions of `account` come to now; none when it is not watched. O(1).
    pub(crate) fn sums(&self, account: AccountId) -> Option<Sums> {
        let Course { counting, others } = self.courses[account.0 as usize];
        if let Counting::But(lagging) = counting {
            let (scene, has) = (self.scene(), self.ledger.exposed(account, lagging));
            let now = scene.sums(&scene.stake(lagging), has);
            return Some(others.exchanged(Sums::default(), now));
        }
        self.owners[account.0 as usize].positions.as_ref().map(|positions| positions.sums)
    }

    /// What moved otherwise than by a trade is counted again.
    pub(crate) fn recount_stirred(&mut self) {
        for (account, instrument) in self.ledger.stirred() {
            self.recount(account, instrument);
        }
    }

    /// Prices or rates are others now: counts everything again, account by account.
    pub(crate) fn recount_all(&mut self) {
        self.recount_stirred();
        let portfolio_least = self.venue.clearing().portfolio_least.0;
        let scene = Scene { listings: &self.listings, rates: &self.rates, portfolio_least };
        let ledger = &self.ledger;
        for account in &self.watched {
            let positions = &mut self.owners[account.0 as usize].positions;
            let positions = positions.as_mut().expect("whoever is watched has positions");
            positions.count_all(&scene, |instrument| ledger.exposed(*account, instrument));
            // What lagged behind does so again with the next order: it goes on lagging, by the new prices.
            let course = &mut self.courses[account.0 as usize];
            if let Counting::But(lagging) = course.counting {
                positions.activate(lagging);
                course.others = positions.without(lagging);
            }
        }
    }
}
