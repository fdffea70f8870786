//! What is said at the first moment, when everybody has what he brought along.

use super::Scenario;
use super::house::House;
use pitfloor_model::clearing::{Act, RiskLimits};
use pitfloor_model::command::Command;
use pitfloor_model::units::{AccountId, Time};
use pitfloor_operations::Desk;

impl Scenario {
    /// What the venue says at the first moment after all accounts are open and filled: rates, who
    /// answers for whom, limits, contributions and the first valuation. Nothing where a scenario says
    /// nothing of clearing.
    #[must_use]
    pub fn opening(&self) -> Vec<Command> {
        let Some(house) = &self.house else { return Vec::new() };
        let mut acts = house.acts.clone();
        let mut account = AccountId(0);
        let mut later = Vec::new();
        for group in &self.groups {
            for index in 0..group.count {
                if !group.carriers.is_empty() {
                    let carrier = group.carriers[index as usize % group.carriers.len()];
                    acts.push(Act::SetCarrier { account, carrier: Some(carrier) });
                }
                if group.limits != RiskLimits::default() {
                    acts.push(Act::SetLimits { account, limits: group.limits });
                }
                if group.contribution.0 > 0 {
                    later.push(Act::Contribute { member: account, cash: group.contribution });
                }
                account = AccountId(account.0 + 1);
            }
        }
        acts.append(&mut later);
        let mut said: Vec<Command> =
            acts.into_iter().map(|act| Command::Clear(Box::new(act))).collect();
        house.valuer(self).take(Time::ZERO, &House::prices(self), &mut said);
        said
    }

    /// What the clearing house's own account begins with, where there is one: it is opened after all
    /// agents'.
    #[must_use]
    pub fn house(&self) -> Option<crate::kernel::Endowment> {
        self.house.as_ref().map(House::endowment)
    }
}
