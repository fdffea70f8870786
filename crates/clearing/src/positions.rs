//! What the positions of an account come to, kept as running sums, so that an order is answered
//! without a look at all of them.
//!
//! Accounts with margin and accounts with limits are watched so; others pay nothing for it. Whatever
//! moves lots, prices or rates says which lines are to be counted again; a sum is never adjusted by
//! anything but the difference between what a line counted for and what it counts for.

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
    /// What they add to equity (C-32).
    pub(crate) value: i128,
    /// What they are worth, long and short added up (C-60).
    pub(crate) exposure: i128,
    /// What they need to begin with: open orders counted (C-34), with [`Credit::Portfolio`] by
    /// groups and without them (C-36).
    pub(crate) initial: i128,
    /// By [`Listing::group`]; of [`Credit::Portfolio`] alone.
    pub(crate) groups: Vec<Group>,
}

/// What one instrument counts for at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    value: i128,
    exposure: i128,
    /// By itself: open orders counted; in a group what it needs to go on without a scan.
    initial: i128,
    /// In its group.
    lots: i128,
    active: bool,
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

impl Positions {
    pub(crate) fn new(scene: &Scene<'_>, credit: Credit) -> Self {
        let groups = scene.listings.iter().map(|listing| listing.group + 1).max().unwrap_or(0);
        let groups = if credit == Credit::Portfolio { groups as usize } else { 0 };
        Self {
            counted: vec![Counted::default(); scene.listings.len()],
            active: Vec::new(),
            value: 0,
            exposure: 0,
            initial: 0,
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
        let rates = scene.rates(stake.asset);
        let value = stake.value(has.lots);
        let counted = &mut self.counted[instrument.index()];
        let before = *counted;
        counted.exposure = needed(rates, value.abs());
        counted.value = match stake.asset.settles {
            Settles::Margined => 0,
            _ => had(rates, value),
        };
        counted.lots = has.lots;
        if !counted.active && has != Exposed::default() {
            counted.active = true;
            self.active.push(instrument);
        }
        if self.groups.is_empty() {
            counted.initial = scene.initial(&stake, has);
            self.initial += counted.initial - before.initial;
        } else {
            let listing = &scene.listings[instrument.index()];
            let alone = listing.scan.is_none().then(|| stake.maintenance(has.lots));
            counted.initial = alone.map_or(0, |alone| needed(rates, alone));
            let group = &mut self.groups[listing.group as usize];
            self.initial -= group.needed;
            group.shift(listing, before.lots, has.lots, counted.initial - before.initial);
            group.needed = group.requirement(rates, scene.portfolio_least);
            self.initial += group.needed;
        }
        self.value += counted.value - before.value;
        self.exposure += counted.exposure - before.exposure;
    }

    /// Counts everything again, by prices and rates that may be others now.
    pub(crate) fn count_all(
        &mut self,
        scene: &Scene<'_>,
        mut has: impl FnMut(InstrumentId) -> Exposed,
    ) {
        (self.value, self.exposure, self.initial) = (0, 0, 0);
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

    /// What they must have behind them to go on, or nothing without a position (C-35).
    pub(crate) fn maintenance(&self, scene: &Scene<'_>) -> Option<i128> {
        self.held().next()?;
        if !self.groups.is_empty() {
            return Some(self.initial);
        }
        let each = self.held().map(|instrument| {
            let stake = scene.stake(instrument);
            let lots = self.counted[instrument.index()].lots;
            needed(scene.rates(stake.asset), stake.maintenance(lots))
        });
        Some(each.sum())
    }

    /// The instruments in which the account has a position, in no order.
    pub(crate) fn held(&self) -> impl Iterator<Item = InstrumentId> + '_ {
        self.active.iter().copied().filter(|at| self.counted[at.index()].lots != 0)
    }

    /// What an instrument is counted with for what the account needs.
    pub(crate) fn initial_of(&self, instrument: InstrumentId) -> i128 {
        self.counted[instrument.index()].initial
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
        let at = self.watched.partition_point(|other| *other < account);
        self.watched.insert(at, account);
        self.plain = false;
    }

    /// Lots or orders of `account` in `instrument` are others now.
    #[inline]
    pub(crate) fn recount(&mut self, account: AccountId, instrument: InstrumentId) {
        if self.watched.is_empty() {
            return;
        }
        let portfolio_least = self.venue.clearing().portfolio_least.0;
        let scene = Scene { listings: &self.listings, rates: &self.rates, portfolio_least };
        if let Some(positions) = &mut self.owners[account.0 as usize].positions {
            positions.count(&scene, instrument, self.ledger.exposed(account, instrument));
        }
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
        }
    }
}
