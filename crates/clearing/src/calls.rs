//! Margin calls (C-35): who has less than he must, until when he may do something about it, and what
//! he may do after that.

use crate::house::ClearingHouse;
use pitfloor_model::clearing::Fact;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Cash, Span, Time};

/// How an account with margin stands to what it must have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallStatus {
    /// It had enough when it was last measured.
    #[default]
    Met,
    /// It has been called.
    Called {
        /// Until when it may do something about it.
        until: Time,
    },
    /// It has let that moment pass: it may only reduce.
    Overdue,
}

impl ClearingHouse {
    /// Measures every account with margin, in order of accounts.
    pub(crate) fn measure_all(&mut self, at: Time, out: &mut Vec<Event>) {
        for place in 0..self.watched.len() {
            let account = self.watched[place];
            if self.credit(account).is_some_and(Self::is_margin) {
                self.measure(at, account, out);
            }
        }
    }

    fn measure(&mut self, at: Time, account: AccountId, out: &mut Vec<Event>) {
        let equity = self.equity(account).expect("whoever is watched is open");
        let required = self.maintenance(account);
        let short = equity.0 < required;
        let call = &mut self.owners[account.0 as usize].call;
        let fact = match *call {
            CallStatus::Met if short => {
                let until = at.after(Span(self.venue.clearing().call_ns));
                *call = CallStatus::Called { until };
                Fact::Called { account, equity, required: Cash(required), until }
            }
            CallStatus::Called { .. } | CallStatus::Overdue if !short => {
                if *call == CallStatus::Overdue {
                    self.overdue -= 1;
                }
                *call = CallStatus::Met;
                Fact::Met { account }
            }
            CallStatus::Called { until } if until <= at => {
                *call = CallStatus::Overdue;
                self.overdue += 1;
                Fact::Overdue { account }
            }
            CallStatus::Met | CallStatus::Called { .. } | CallStatus::Overdue => return,
        };
        out.push(Event::Clearing(fact));
    }

    /// What an account with margin must have to go on.
    fn maintenance(&self, account: AccountId) -> i128 {
        let positions = self.owners[account.0 as usize].positions.as_ref();
        let positions = positions.expect("accounts with margin are watched");
        let least = self.venue.clearing().equity_least.0;
        let has = |instrument| self.ledger.exposed(account, instrument);
        positions.maintenance(&self.scene(), has).map_or(0, |needed| needed.max(least))
    }

    /// What `account` must have to go on with its positions, in the base currency; none when it has
    /// no margin.
    #[must_use]
    pub fn maintenance_requirement(&self, account: AccountId) -> Option<Cash> {
        self.credit(account).filter(|credit| Self::is_margin(*credit))?;
        Some(Cash(self.maintenance(account)))
    }

    /// What `account` must have before it may add to its positions and orders, in the base currency;
    /// none when it has no margin.
    #[must_use]
    pub fn initial_requirement(&self, account: AccountId) -> Option<Cash> {
        self.credit(account).filter(|credit| Self::is_margin(*credit))?;
        self.sums(account).map(|sums| Cash(sums.initial))
    }

    /// How `account` stood when it was last measured.
    #[must_use]
    pub fn call_status(&self, account: AccountId) -> CallStatus {
        self.owners.get(account.0 as usize).map_or(CallStatus::Met, |owner| owner.call)
    }
}
