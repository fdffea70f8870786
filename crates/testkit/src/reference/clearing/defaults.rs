//! Chapter 10: members that cannot pay, and who pays for them.

use super::super::{Answer, Reference};
use super::{amount, in_proportion, possible};
use pitfloor_model::clearing::{Fact, Fund, Layer, Payment};
use pitfloor_model::event::{CancelReason, Event, Reject};
use pitfloor_model::units::{AccountId, Cash};

impl Reference {
    fn contribution(&self, account: AccountId) -> i128 {
        self.house.contributions.get(&account).copied().unwrap_or(0)
    }

    /// C-80
    pub(super) fn contribute(&mut self, member: AccountId, cash: Cash) -> Answer {
        self.account_known(member)?;
        amount(cash)?;
        possible(!self.is_carried(member) && !self.house.defaulted.contains(&member))?;
        if self.free_cash(member, self.base(), None) < cash.0 {
            return Err(Reject::InsufficientCash);
        }
        self.paid(member, self.base(), -cash.0, Payment::Contribution, None);
        *self.house.contributions.entry(member).or_default() += cash.0;
        Ok(())
    }

    /// C-81
    pub(super) fn default_of(&mut self, member: AccountId) -> Answer {
        self.account_known(member)?;
        possible(!self.is_carried(member) && !self.house.defaulted.contains(&member))?;
        let group = self.carried_by(member);
        for account in &group {
            let blocked = self.member(*account).is_some_and(|member| member.blocked);
            if !blocked {
                self.block(*account);
                self.out.push(Event::KillSwitched { account: *account, on: true });
            }
            self.house.defaulted.insert(*account);
            let _ = self.end_swept(|live| live.key.account == *account, CancelReason::Default);
        }
        self.fact(Fact::Defaulted { member });
        Ok(())
    }

    /// C-82
    pub(super) fn cover(&mut self, member: AccountId) -> Answer {
        self.account_known(member)?;
        possible(!self.is_carried(member))?;
        let group = self.carried_by(member);
        for account in &group {
            possible(self.house.defaulted.contains(account))?;
            let empty = |instrument| self.holds(*account, instrument) == 0;
            possible(self.instruments().into_iter().all(empty))?;
        }
        let mut debts = Vec::new();
        for account in &group {
            for currency in self.currencies() {
                let cash = self.has(*account, currency);
                if cash < 0 {
                    debts.push((*account, currency, -cash));
                }
            }
        }
        let mut left: i128 =
            debts.iter().map(|(_, currency, cash)| self.asked_in_base(*currency, *cash)).sum();
        self.draw_margin(member, &group, &mut left);
        self.draw_contributions(member, &group, &mut left);
        let skin = (self.venue.clearing().skin.0 - self.house.skin_given).min(left);
        self.house.skin_given += skin;
        self.drawn(member, Layer::Skin, skin, &mut left);
        self.draw_others(member, &mut left);
        for (account, currency, cash) in debts {
            self.paid(account, currency, cash, Payment::Cover, None);
        }
        for currency in self.currencies() {
            self.funded(Fund::Between, Fund::House, currency, self.between(currency));
        }
        self.fact(Fact::Covered { member, loss: Cash(left) });
        Ok(())
    }

    fn drawn(&mut self, member: AccountId, layer: Layer, cash: i128, left: &mut i128) {
        *left -= cash;
        if cash > 0 {
            self.fact(Fact::Drawn { member, layer, cash: Cash(cash), left: Cash(*left) });
        }
    }

    /// The defaulters' own cash, account by account, currency by currency.
    fn draw_margin(&mut self, member: AccountId, group: &[AccountId], left: &mut i128) {
        let mut sum = 0;
        for account in group {
            for currency in self.currencies() {
                let cash = self.has(*account, currency);
                let worth = self.worth(currency, cash);
                let rest = *left - sum;
                if cash <= 0 || worth == 0 || rest == 0 {
                    continue;
                }
                let taken = if worth <= rest { cash } else { self.least_worth(currency, rest) };
                self.paid(*account, currency, -taken, Payment::Cover, None);
                sum += worth.min(rest);
            }
        }
        self.drawn(member, Layer::Margin, sum, left);
    }

    /// What they contributed.
    fn draw_contributions(&mut self, member: AccountId, group: &[AccountId], left: &mut i128) {
        let mut sum = 0;
        for account in group {
            let given = self.contribution(*account).min(*left - sum);
            if given > 0 {
                *self.house.contributions.entry(*account).or_default() -= given;
                sum += given;
            }
        }
        self.funded(Fund::Guarantee, Fund::House, self.base(), sum);
        self.drawn(member, Layer::OwnContribution, sum, left);
    }

    /// What others contributed, and what they are asked for again.
    fn draw_others(&mut self, member: AccountId, left: &mut i128) {
        let base = self.base();
        let others: Vec<AccountId> = self
            .owners()
            .into_iter()
            .filter(|a| self.contribution(*a) > 0 && !self.house.defaulted.contains(a))
            .collect();
        let weights: Vec<i128> = others.iter().map(|a| self.contribution(*a)).collect();
        let all = weights.iter().sum::<i128>().min(*left);
        for (account, given) in others.iter().zip(in_proportion(all, &weights)) {
            *self.house.contributions.entry(*account).or_default() -= given;
        }
        self.funded(Fund::Guarantee, Fund::House, base, all);
        self.drawn(member, Layer::Guarantee, all, left);

        let bips = i128::from(self.venue.clearing().assessment_bips);
        let bounds: Vec<i128> = others
            .iter()
            .zip(&weights)
            .map(|(account, weight)| {
                let free = self.free_cash(*account, base, None).max(0);
                (weight * bips / 10_000).min(free)
            })
            .collect();
        let given = in_rounds(*left, &weights, &bounds);
        for (account, given) in others.iter().zip(&given) {
            self.paid(*account, base, -given, Payment::Contribution, None);
        }
        let sum = given.iter().sum();
        self.funded(Fund::Guarantee, Fund::House, base, sum);
        self.drawn(member, Layer::Assessment, sum, left);
    }
}

/// Shares of `all` among those not yet at their bounds, until nothing is left or nobody can give.
fn in_rounds(all: i128, weights: &[i128], bounds: &[i128]) -> Vec<i128> {
    let mut given = vec![0; weights.len()];
    loop {
        let left = all - given.iter().sum::<i128>();
        let open: Vec<usize> = (0..weights.len()).filter(|at| given[*at] < bounds[*at]).collect();
        if left == 0 || open.is_empty() {
            return given;
        }
        let shares = in_proportion(left, &open.iter().map(|at| weights[*at]).collect::<Vec<_>>());
        for (at, share) in open.into_iter().zip(shares) {
            given[at] = (given[at] + share).min(bounds[at]);
        }
    }
}
