//! What an order of an account with margin must have behind it (C-34): enough to begin with the
//! worst position that it could come to, open orders counted.

use crate::amount::{had, needed};
use crate::asset::{Asset, Need, Settles};
use crate::house::ClearingHouse;
use crate::ledger::Exposed;
use crate::margin::Stake;
use crate::positions::{Counting, Course, Positions};
use pitfloor_model::clearing::Margin;
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId};

impl ClearingHouse {
    /// Says whether `need` is there for `account`, once `freed` has been given back to it.
    ///
    /// # Errors
    ///
    /// When it is not. Of who has no margin, lots are asked for before cash; of who has,
    /// [`Reject::NotLocated`], [`Reject::ShortSale`] and [`Reject::InsufficientMargin`] in this
    /// order.
    #[inline]
    pub fn afford(
        &self,
        account: AccountId,
        asset: Asset,
        need: Need,
        freed: Need,
    ) -> Result<(), Reject> {
        match self.credit(account) {
            Some(Credit::Unlimited) => Ok(()),
            Some(Credit::None) if asset.settles == Settles::Margined => Err(Reject::NeedsMargin),
            Some(Credit::Margin | Credit::Portfolio)
                if !matches!(asset.settles, Settles::Currency { .. }) =>
            {
                self.afford_margin(account, asset, need, freed)
            }
            _ => self.ledger.afford(account, asset, need, freed),
        }
    }

    #[inline(never)]
    fn afford_margin(
        &self,
        account: AccountId,
        asset: Asset,
        need: Need,
        freed: Need,
    ) -> Result<(), Reject> {
        if need.lots == 0 && need.buys == 0 {
            return Ok(());
        }
        let before = self.ledger.exposed(account, asset.instrument);
        let after = Exposed {
            lots: before.lots,
            buys: before.buys + need.buys - freed.buys,
            sells: before.sells + need.lots - freed.lots,
        };
        let listing = &self.listings[asset.instrument.index()];
        if need.lots > 0 {
            let short = after.sells - after.lots;
            if listing.locate && short > self.borrowable(account, asset.instrument) {
                return Err(Reject::NotLocated);
            }
            if listing.margin == Margin::Full && short > 0 {
                return Err(Reject::ShortSale);
            }
        }
        let scene = self.scene();
        let stake = scene.stake_at(asset.instrument, need.limit);
        let Course { counting, others } = self.courses[account.0 as usize];
        // The usual case: an account that trades one instrument.
        if counting == Counting::But(asset.instrument) {
            let value = others.value + scene.adds(&scene.stake(asset.instrument), before.lots);
            let needed = |has| scene.initial(&stake, has);
            return self.weigh(account, value, others.initial, needed, [before, after]);
        }
        let (value, others) = self.besides(account, asset.instrument);
        let needed = |has| self.behind(account, &stake, has);
        self.weigh(account, value, others, needed, [before, after])
    }

    /// Is there enough behind the order? With `value` its positions add to equity, `others` need so
    /// much, and this one what `needed` says, `before` the order and `after` it.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn weigh(
        &self,
        account: AccountId,
        value: i128,
        others: i128,
        needed: impl Fn(Exposed) -> i128,
        [before, after]: [Exposed; 2],
    ) -> Result<(), Reject> {
        let with = needed(after);
        if self.cash_in_base(account) + value >= others + with || with <= needed(before) {
            return Ok(());
        }
        Err(Reject::InsufficientMargin)
    }

    /// What the positions of `account` add to its equity, and what those in other instruments than
    /// this, and where groups are asked in other groups, need to begin with.
    fn besides(&self, account: AccountId, instrument: InstrumentId) -> (i128, i128) {
        let held = self.held(account);
        let sums = self.sums(account).expect("accounts with margin are watched");
        let own = if held.groups.is_empty() {
            held.counted(instrument).initial
        } else {
            held.groups[self.listings[instrument.index()].group as usize].needed
        };
        (sums.value, sums.initial - own)
    }

    /// What an instrument and the open orders in it need to begin with; with its group where groups
    /// are asked.
    #[inline]
    fn behind(&self, account: AccountId, stake: &Stake<'_>, has: Exposed) -> i128 {
        let (scene, instrument) = (self.scene(), stake.asset.instrument);
        let held = self.held(account);
        if held.groups.is_empty() {
            return scene.initial(stake, has);
        }
        let alone = held.counted(instrument).initial;
        let listing = &self.listings[instrument.index()];
        let group = held.groups[listing.group as usize];
        let rates = scene.rates(stake.asset);
        let worst = [has.lots + has.buys, has.lots - has.sells].map(|lots| {
            let by_itself = match listing.scan {
                Some(_) => 0,
                None => needed(rates, stake.maintenance(lots)) - alone,
            };
            let mut group = group;
            group.shift(listing, has.lots, lots, by_itself);
            group.requirement(rates, scene.portfolio_least)
        });
        worst[0].max(worst[1])
    }

    fn held(&self, account: AccountId) -> &Positions {
        let held = self.owners[account.0 as usize].positions.as_ref();
        held.expect("accounts with margin are watched")
    }

    /// Says whether `account`, which has margin, keeps what its positions and orders need to begin
    /// with when it gives `cash` away (C-70).
    pub(crate) fn can_give(
        &self,
        account: AccountId,
        currency: CurrencyId,
        cash: i128,
    ) -> Result<(), Reject> {
        let sums = self.sums(account).expect("accounts with margin are watched");
        let (rates, has) = (&self.rates[currency.index()], self.ledger.balance(account, currency));
        let others = self.cash_in_base(account) - had(rates, has);
        let left = others + had(rates, has - cash) + sums.value;
        if left >= sums.initial { Ok(()) } else { Err(Reject::InsufficientMargin) }
    }
}
