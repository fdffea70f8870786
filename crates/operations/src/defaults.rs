//! The default of a member: its positions and those of whom it carries are closed in the market, and
//! when nothing is left, what they owe is drawn from the waterfall.

use crate::Desk;
use crate::closing::Closing;
use crate::prices::Prices;
use pitfloor_model::clearing::{Act, Fact};
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The one who manages defaults.
#[derive(Clone, Debug)]
pub struct Defaults {
    closing: Closing,
    carriers: BTreeMap<AccountId, AccountId>,
    /// Each member in default, and whose positions are closed for it.
    open: BTreeMap<AccountId, BTreeSet<AccountId>>,
}

impl Defaults {
    /// Closes as `closing` does.
    #[must_use]
    pub const fn new(closing: Closing) -> Self {
        Self { closing, carriers: BTreeMap::new(), open: BTreeMap::new() }
    }

    /// `member` and all that it carries, directly or not.
    fn carried(&self, member: AccountId) -> BTreeSet<AccountId> {
        let mut all = BTreeSet::from([member]);
        loop {
            let more = self.carriers.iter().filter(|(_, carrier)| all.contains(*carrier));
            let more: Vec<_> = more.map(|(account, _)| *account).collect();
            let before = all.len();
            all.extend(more);
            if all.len() == before {
                return all;
            }
        }
    }

    /// The members of whom nothing is left to close.
    fn closed(&self) -> impl Iterator<Item = AccountId> + '_ {
        let flat = |accounts: &BTreeSet<AccountId>| {
            accounts.iter().all(|account| self.closing.is_flat(*account))
        };
        self.open.iter().filter(move |(_, accounts)| flat(accounts)).map(|(member, _)| *member)
    }
}

impl Desk for Defaults {
    fn see(&mut self, at: Time, event: &Event, _: &Prices) {
        self.closing.see(event);
        match *event {
            Event::Clearing(Fact::CarrierSet { account, carrier: Some(carrier) }) => {
                self.carriers.insert(account, carrier);
            }
            Event::Clearing(Fact::CarrierSet { account, carrier: None }) => {
                self.carriers.remove(&account);
            }
            Event::Clearing(Fact::Defaulted { member }) => {
                let accounts = self.carried(member);
                for account in &accounts {
                    self.closing.begin(at, *account);
                }
                self.open.insert(member, accounts);
            }
            Event::Clearing(Fact::Covered { member, .. }) => {
                for account in self.open.remove(&member).unwrap_or_default() {
                    self.closing.end(account);
                }
            }
            _ => {}
        }
    }

    fn due(&self) -> Option<Time> {
        self.closing.due()
    }

    fn take(&mut self, at: Time, prices: &Prices, out: &mut Vec<Command>) {
        self.closing.take(at, prices, out);
        for member in self.closed().collect::<Vec<_>>() {
            if !self.open[&member].iter().any(|account| self.closing.is_closing(*account)) {
                out.push(Command::Clear(Box::new(Act::Cover { member })));
            }
        }
    }
}
