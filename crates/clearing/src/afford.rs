//! What an order of an account with margin must have behind it (C-34): enough to begin with the
//! worst position that it could come to, open orders counted.

use crate::amount::{had, needed};
use crate::asset::{Asset, Need, Settles};
use crate::house::ClearingHouse;
use crate::ledger::Exposed;
use crate::margin::Stake;
use crate::positions::Positions;
use pitfloor_model::clearing::Margin;
use pitfloor_model::event::{Credit, Reject};
use pitfloor_model::units::{AccountId, CurrencyId};

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
        let held = self.owners[account.0 as usize].positions.as_ref();
        let held = held.expect("accounts with margin are watched");
        let stake = self.scene().stake_at(asset.instrument, need.limit);
        let (others, with) = self.behind(held, &stake, after);
        if self.cash_in_base(account) + held.value >= others + with {
            return Ok(());
        }
        let (_, without) = self.behind(held, &stake, before);
        if with > without { Err(Reject::InsufficientMargin) } else { Ok(()) }
    }

    /// What all other positions need to begin with, and what this one and the open orders in it do,
    /// together with its group where groups are asked.
    fn behind(&self, held: &Positions, stake: &Stake<'_>, has: Exposed) -> (i128, i128) {
        let (scene, instrument) = (self.scene(), stake.asset.instrument);
        let alone = held.initial_of(instrument);
        if held.groups.is_empty() {
            return (held.initial - alone, scene.initial(stake, has));
        }
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
        (held.initial - group.needed, worst[0].max(worst[1]))
    }

    /// Says whether `account`, which has margin, keeps what its positions and orders need to begin
    /// with when it gives `cash` away (C-70).
    pub(crate) fn can_give(
        &self,
        account: AccountId,
        currency: CurrencyId,
        cash: i128,
    ) -> Result<(), Reject> {
        let held = self.owners[account.0 as usize].positions.as_ref();
        let held = held.expect("accounts with margin are watched");
        let (rates, has) = (&self.rates[currency.index()], self.ledger.balance(account, currency));
        let others = self.cash_in_base(account) - had(rates, has);
        let left = others + had(rates, has - cash) + held.value;
        if left >= held.initial { Ok(()) } else { Err(Reject::InsufficientMargin) }
    }
}
