//! Chapter 3: business days and settlement.

use super::super::{Answer, Reference};
use super::{Obligation, countable, few_enough, possible};
use pitfloor_model::clearing::{ClearingTerms, Fact, Payment};
use pitfloor_model::event::Credit;
use pitfloor_model::units::{AccountId, Cash, InstrumentId};
use std::collections::BTreeMap;

/// What one account has to settle in one instrument.
#[derive(Clone, Copy, Debug, Default)]
struct Net {
    lots: i128,
    cash: i128,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Settled,
    /// By its own fault.
    Failed,
    /// By that of others.
    Missed,
}

impl Reference {
    pub(super) fn set_cycle(&mut self, instrument: InstrumentId, days: u8) -> Answer {
        self.known(instrument)?;
        self.alive(instrument)?;
        possible(days <= ClearingTerms::CYCLE_MAX)?;
        self.house.cycles.insert(instrument, days);
        self.fact(Fact::TermsChanged { instrument: Some(instrument), currency: None });
        Ok(())
    }

    /// Business days between a trade of now and its settlement.
    pub(super) fn cycle(&self, instrument: InstrumentId) -> u8 {
        let own = self.listed(instrument).clearing.cycle;
        self.house.cycles.get(&instrument).copied().unwrap_or(own)
    }

    /// C-21
    pub(super) fn end_day(&mut self) -> Answer {
        let today = self.house.day;
        let mut obligations = self.house.obligations.clone();
        obligations.retain(|obligation| obligation.lots != 0 || obligation.cash != 0);
        for obligation in &mut obligations {
            if obligation.due.is_none() {
                obligation.due = Some(today + u32::from(self.cycle(obligation.instrument)));
            }
        }
        self.house.obligations = obligations;
        self.give_back_located();
        self.house.day += 1;
        self.note_equity();
        self.fact(Fact::DayEnded { day: today });
        Ok(())
    }

    /// C-22: everything that is due, instrument by instrument.
    pub(super) fn settle_due(&mut self) -> Answer {
        for instrument in self.instruments() {
            for (account, net) in self.due(instrument) {
                few_enough(net.lots)?;
                if self.fails(account, instrument, net) {
                    countable(self.penalty(instrument, net.lots))?;
                }
            }
        }
        for instrument in self.instruments() {
            self.settle_instrument(instrument);
        }
        Ok(())
    }

    fn is_due(&self, obligation: &Obligation) -> bool {
        obligation.due.is_some_and(|due| due <= self.house.day)
    }

    /// What is due in the instrument, net by account.
    fn due(&self, instrument: InstrumentId) -> BTreeMap<AccountId, Net> {
        let mut due: BTreeMap<AccountId, Net> = BTreeMap::new();
        for obligation in &self.house.obligations {
            if obligation.instrument == instrument && self.is_due(obligation) {
                let net = due.entry(obligation.account).or_default();
                net.lots += obligation.lots;
                net.cash += obligation.cash;
            }
        }
        due
    }

    fn fails(&self, account: AccountId, instrument: InstrumentId, net: Net) -> bool {
        if self.house.stalled.contains(&account) && (net.lots < 0 || net.cash < 0) {
            return true;
        }
        let borrows = self
            .member(account)
            .is_some_and(|m| m.credit == Credit::Margin || m.credit == Credit::Portfolio);
        net.lots < 0 && !borrows && self.settled_lots(account, instrument) < -net.lots
    }

    /// The total without what is not settled yet.
    fn settled_lots(&self, account: AccountId, instrument: InstrumentId) -> i128 {
        let own = |o: &&Obligation| o.account == account && o.instrument == instrument;
        let open: i128 = self.house.obligations.iter().filter(own).map(|o| o.lots).sum();
        match self.pair(instrument) {
            None => self.holds(account, instrument) - open,
            // A pair's lots are cash of its base currency.
            Some((base, lot)) => (self.has(account, base) - open * lot).div_euclid(lot),
        }
    }

    fn penalty(&self, instrument: InstrumentId, lots: i128) -> i128 {
        let ppm = i128::from(self.listed(instrument).clearing.fail_ppm);
        if lots < 0 { self.carried_value(instrument, lots).abs() * ppm / 1_000_000 } else { 0 }
    }

    fn settle_instrument(&mut self, instrument: InstrumentId) {
        let due = self.due(instrument);
        let mut ends: BTreeMap<AccountId, End> = BTreeMap::new();
        // C-23: what receivers would get, less what was not delivered.
        let mut there = 0;
        for (account, net) in &due {
            let fails = self.fails(*account, instrument, *net);
            ends.insert(*account, if fails { End::Failed } else { End::Settled });
            if net.lots > 0 || fails {
                there += net.lots;
            }
        }
        let mut enough = true;
        for (account, net) in &due {
            if net.lots <= 0 || ends[account] == End::Failed {
                continue;
            }
            enough &= net.lots <= there;
            if enough {
                there -= net.lots;
            } else {
                ends.insert(*account, End::Missed);
            }
        }
        for (account, net) in due {
            self.end_obligation(account, instrument, net, ends[&account]);
        }
    }

    fn end_obligation(&mut self, account: AccountId, instrument: InstrumentId, net: Net, end: End) {
        let (key, currency) = ((account, instrument), self.currency_of(instrument));
        let lots = i64::try_from(net.lots).expect("lots that are too many were refused");
        match end {
            End::Settled => {
                let day = self.house.day;
                self.house.obligations.retain(|o| {
                    let own = o.account == account && o.instrument == instrument;
                    !(own && o.due.is_some_and(|due| due <= day))
                });
                self.house.failures.remove(&key);
                if net.lots != 0 || net.cash != 0 {
                    let cash = Cash(net.cash);
                    self.fact(Fact::Settled { account, instrument, lots, cash });
                }
            }
            End::Failed => {
                let days = self.house.failures.entry(key).or_default();
                *days = days.saturating_add(1);
                let days = *days;
                self.fact(Fact::Failed { account, instrument, lots, days });
                let penalty = self.penalty(instrument, net.lots);
                self.paid(account, currency, -penalty, Payment::Penalty, Some(instrument));
                let after = self.listed(instrument).clearing.buy_in_after;
                if net.lots < 0 && after.is_some_and(|after| days >= u16::from(after)) {
                    let lots = net.lots.unsigned_abs() as u64;
                    self.fact(Fact::BuyInDue { account, instrument, lots });
                }
            }
            End::Missed => {
                let days = self.house.failures.get(&key).copied().unwrap_or(0);
                self.fact(Fact::Failed { account, instrument, lots, days });
            }
        }
    }

    pub(super) fn stall(&mut self, account: AccountId, on: bool) -> Answer {
        self.account_known(account)?;
        if on {
            self.house.stalled.insert(account);
        } else {
            self.house.stalled.remove(&account);
        }
        self.fact(Fact::Stalled { account, on });
        Ok(())
    }
}
