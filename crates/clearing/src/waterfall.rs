//! What stands behind a member that cannot pay, and in which order it gives (C-80 to C-82): what it
//! has itself, its contribution, the house's own capital, the other members' contributions, and what
//! they are asked for again.
//!
//! Start reading at [`ClearingHouse::cover`]. A layer pays into the house's fund; out of that the
//! debts are paid, and what nobody gave is the house's loss.

use crate::count;
use crate::house::ClearingHouse;
use pitfloor_model::clearing::{Fact, Fund, Layer, Payment};
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, Cash, CurrencyId};

/// How many ten-thousandths a whole has.
const WHOLE_BIPS: i128 = 10_000;

/// What is still to be covered for a member, and where that is told.
struct Loss<'a> {
    member: AccountId,
    left: i128,
    out: &'a mut Vec<Event>,
}

impl Loss<'_> {
    /// A layer gave so much.
    fn draw(&mut self, layer: Layer, cash: i128) {
        if cash != 0 {
            self.left -= cash;
            let (member, cash, left) = (self.member, Cash(cash), Cash(self.left));
            self.out.push(Event::Clearing(Fact::Drawn { member, layer, cash, left }));
        }
    }
}

impl ClearingHouse {
    /// What `account` has in the guarantee fund.
    #[must_use]
    pub fn contribution(&self, account: AccountId) -> Cash {
        Cash(self.owners.get(account.0 as usize).map_or(0, |owner| owner.contribution))
    }

    /// True when `account`, or who carried it then, was declared in default.
    #[must_use]
    pub fn is_in_default(&self, account: AccountId) -> bool {
        self.owners.get(account.0 as usize).is_some_and(|owner| owner.in_default)
    }

    /// What is left of the house's own capital that stands behind defaults.
    #[must_use]
    pub const fn skin(&self) -> Cash {
        Cash(self.skin)
    }

    pub(crate) fn may_contribute(&self, member: AccountId, cash: Cash) -> Result<(), Reject> {
        self.known(member)?;
        if count::amount(Some(cash.0))? <= 0 {
            return Err(Reject::BadAmount);
        }
        if self.carrier(member).is_some() || self.is_in_default(member) {
            return Err(Reject::NotPossible);
        }
        self.has_free(member, self.venue.clearing().base, cash.0)
    }

    pub(crate) fn contribute(&mut self, member: AccountId, cash: Cash, out: &mut Vec<Event>) {
        let base = self.venue.clearing().base;
        self.pay(member, base, -cash.0, Payment::Contribution, None, out);
        self.owners[member.0 as usize].contribution += cash.0;
    }

    pub(crate) fn may_default(&self, member: AccountId) -> Result<(), Reject> {
        self.known(member)?;
        let is_member = self.carrier(member).is_none();
        if is_member && !self.is_in_default(member) { Ok(()) } else { Err(Reject::NotPossible) }
    }

    pub(crate) fn declare_default(&mut self, member: AccountId, out: &mut Vec<Event>) {
        for account in self.carried(member) {
            self.owners[account.0 as usize].in_default = true;
        }
        out.push(Event::Clearing(Fact::Defaulted { member }));
    }

    pub(crate) fn may_cover(&self, member: AccountId) -> Result<(), Reject> {
        self.known(member)?;
        let closed = |account: &AccountId| {
            let mut lines = self.listings.iter().map(|listing| {
                self.ledger.lots(*account, listing.asset.instrument).map_or(0, |line| line.total)
            });
            self.is_in_default(*account) && lines.all(|lots| lots == 0)
        };
        if self.carrier(member).is_none() && self.carried(member).iter().all(closed) {
            Ok(())
        } else {
            Err(Reject::NotPossible)
        }
    }

    pub(crate) fn cover(&mut self, member: AccountId, out: &mut Vec<Event>) {
        let ours = self.carried(member);
        let owed = self.debts(&ours).map(|(_, currency, cash)| self.rates(currency).up(-cash));
        let left = owed.fold(0, i128::saturating_add);
        let others: Vec<_> = self.contributors().filter(|(who, _)| !ours.contains(who)).collect();
        let mut loss = Loss { member, left, out };
        self.draw_margin(&ours, &mut loss);
        self.draw_own(&ours, &mut loss);
        let skin = loss.left.min(self.skin);
        self.skin -= skin;
        loss.draw(Layer::Skin, skin);
        self.draw_guarantee(&others, &mut loss);
        self.assess(&others, &mut loss);
        let left = loss.left;
        let debts: Vec<_> = self.debts(&ours).collect();
        for (account, currency, cash) in debts {
            self.pay(account, currency, -cash, Payment::Cover, None, out);
        }
        for currency in self.currencies() {
            self.tidy_between(currency, out);
        }
        out.push(Event::Clearing(Fact::Covered { member, loss: Cash(left) }));
    }

    fn currencies(&self) -> impl Iterator<Item = CurrencyId> + use<> {
        let end = u16::try_from(self.venue.currencies().len()).expect("currencies are numbered");
        (0..end).map(CurrencyId)
    }

    fn rates(&self, currency: CurrencyId) -> &crate::accrue::Rates {
        &self.rates[currency.index()]
    }

    /// What `accounts` have and owe, by account, then currency.
    fn balances<'a>(
        &'a self,
        accounts: &'a [AccountId],
    ) -> impl Iterator<Item = (AccountId, CurrencyId, i128)> + 'a {
        let both = move |account| self.currencies().map(move |currency| (account, currency));
        accounts.iter().copied().flat_map(both).map(|(account, currency)| {
            let cash = self.ledger.cash(account, currency).map_or(0, |line| line.total.0);
            (account, currency, cash)
        })
    }

    /// What `accounts` owe.
    fn debts<'a>(
        &'a self,
        accounts: &'a [AccountId],
    ) -> impl Iterator<Item = (AccountId, CurrencyId, i128)> + 'a {
        self.balances(accounts).filter(|(.., cash)| *cash < 0)
    }

    /// Who is not in default and has something in the guarantee fund, and how much.
    fn contributors(&self) -> impl Iterator<Item = (AccountId, i128)> + '_ {
        let all = (0..).map(AccountId).zip(&self.owners);
        let good = all.filter(|(_, owner)| owner.contribution > 0 && !owner.in_default);
        good.map(|(account, owner)| (account, owner.contribution))
    }

    /// Takes what the accounts have in whatever currency.
    fn draw_margin(&mut self, ours: &[AccountId], loss: &mut Loss<'_>) {
        let mut given = 0;
        let had: Vec<_> = self.balances(ours).filter(|(.., cash)| *cash > 0).collect();
        for (account, currency, cash) in had {
            let (rates, left) = (self.rates(currency), loss.left - given);
            let worth = rates.down(cash);
            if worth > 0 && left > 0 {
                let taken = if worth <= left { cash } else { rates.least_for(left) };
                given += worth.min(left);
                self.pay(account, currency, -taken, Payment::Cover, None, loss.out);
            }
        }
        loss.draw(Layer::Margin, given);
    }

    /// Takes what the member and those it carries have in the guarantee fund.
    fn draw_own(&mut self, ours: &[AccountId], loss: &mut Loss<'_>) {
        let mut given = 0;
        for account in ours {
            let contribution = &mut self.owners[account.0 as usize].contribution;
            let part = (*contribution).min(loss.left - given);
            *contribution -= part;
            given += part;
        }
        self.call_in(given, loss);
        loss.draw(Layer::OwnContribution, given);
    }

    /// Takes what others have in the guarantee fund, in proportion.
    fn draw_guarantee(&mut self, others: &[(AccountId, i128)], loss: &mut Loss<'_>) {
        let weights: Vec<_> = others.iter().map(|(_, contribution)| *contribution).collect();
        let given = loss.left.min(weights.iter().sum());
        for ((account, _), part) in others.iter().zip(count::proportional(given, &weights)) {
            self.owners[account.0 as usize].contribution -= part;
        }
        self.call_in(given, loss);
        loss.draw(Layer::Guarantee, given);
    }

    /// Asks others again, in proportion to what they had contributed.
    fn assess(&mut self, others: &[(AccountId, i128)], loss: &mut Loss<'_>) {
        let terms = self.venue.clearing();
        let (base, bips) = (terms.base, i128::from(terms.assessment_bips));
        let bounds = others.iter().map(|(account, contribution)| {
            let held = self.ledger.cash(*account, base).unwrap_or_default();
            let free = (held.total.0 - held.reserved.0).max(0);
            (contribution.saturating_mul(bips) / WHOLE_BIPS).min(free)
        });
        let bounds: Vec<_> = bounds.collect();
        let weights: Vec<_> = others.iter().map(|(_, contribution)| *contribution).collect();
        let parts = within_bounds(loss.left, &weights, &bounds);
        for ((account, _), part) in others.iter().zip(&parts) {
            self.pay(*account, base, -part, Payment::Contribution, None, loss.out);
        }
        let given = parts.iter().sum();
        self.call_in(given, loss);
        loss.draw(Layer::Assessment, given);
    }

    /// Moves what the guarantee fund gives to the house.
    fn call_in(&mut self, cash: i128, loss: &mut Loss<'_>) {
        let base = self.venue.clearing().base;
        self.move_fund(Fund::Guarantee, Fund::House, base, cash, loss.out);
    }
}

/// As much of `total` as `bounds` let through, in proportion to `weights`: what one cannot give is
/// asked of the others again.
fn within_bounds(total: i128, weights: &[i128], bounds: &[i128]) -> Vec<i128> {
    let mut given = vec![0; bounds.len()];
    let mut left = total.min(bounds.iter().sum());
    while left > 0 {
        let open: Vec<_> = (0..bounds.len()).filter(|at| given[*at] < bounds[*at]).collect();
        let shares: Vec<_> = open.iter().map(|at| weights[*at]).collect();
        for (at, share) in open.into_iter().zip(count::proportional(left, &shares)) {
            let part = share.min(bounds[at] - given[at]);
            given[at] += part;
            left -= part;
        }
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_cannot_give_the_others_are_asked_for() {
        assert_eq!(within_bounds(60, &[3, 2, 1], &[100, 100, 100]), [30, 20, 10]);
        assert_eq!(within_bounds(60, &[3, 2, 1], &[10, 100, 100]), [10, 33, 17]);
        assert_eq!(within_bounds(60, &[3, 2, 1], &[10, 5, 100]), [10, 5, 45]);
        assert_eq!(within_bounds(60, &[3, 2, 1], &[10, 5, 0]), [10, 5, 0], "no more than all");
        assert_eq!(within_bounds(0, &[3], &[10]), [0]);
        assert_eq!(within_bounds(10, &[], &[]), Vec::<i128>::new());
    }
}
