//! Chapters 1 and 8: who answers for whom, and what an account may ask of the market.

use super::super::{Answer, Reference};
use super::possible;
use pitfloor_model::clearing::{Fact, RiskLimits};
use pitfloor_model::event::Reject;
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side};

/// Numbers of orders that the house enters for an account begin here.
const HOUSE_FIRST: OrderId = OrderId(1 << 63);

/// An order, or what a change would make of one, that is held against its sender's limits.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ask {
    pub(in super::super) key: OrderKey,
    pub(in super::super) instrument: InstrumentId,
    pub(in super::super) side: Side,
    pub(in super::super) price: Option<Price>,
    pub(in super::super) qty: Qty,
    /// It takes the place of the live order of its name.
    pub(in super::super) changes: bool,
}

impl Reference {
    /// C-5
    pub(super) fn set_carrier(&mut self, account: AccountId, carrier: Option<AccountId>) -> Answer {
        self.account_known(account)?;
        if let Some(carrier) = carrier {
            self.account_known(carrier)?;
            possible(!self.carried_by(account).contains(&carrier))?;
            self.house.carriers.insert(account, carrier);
        } else {
            self.house.carriers.remove(&account);
        }
        self.fact(Fact::CarrierSet { account, carrier });
        Ok(())
    }

    /// The account and all that it carries, directly or not, in order.
    pub(super) fn carried_by(&self, account: AccountId) -> Vec<AccountId> {
        let mut carried = vec![account];
        loop {
            let more: Vec<AccountId> = self
                .house
                .carriers
                .iter()
                .filter(|(child, parent)| carried.contains(parent) && !carried.contains(child))
                .map(|(child, _)| *child)
                .collect();
            if more.is_empty() {
                carried.sort();
                return carried;
            }
            carried.extend(more);
        }
    }

    pub(super) fn is_carried(&self, account: AccountId) -> bool {
        self.house.carriers.contains_key(&account)
    }

    pub(super) fn set_limits(&mut self, account: AccountId, limits: RiskLimits) -> Answer {
        self.account_known(account)?;
        refused(limits.qty_max == Some(Qty(0)), Reject::ZeroQty)?;
        for cash in [limits.notional_max, limits.exposure_max, limits.loss_max] {
            cash.map_or(Ok(()), super::amount)?;
        }
        self.house.limits.insert(account, limits);
        self.house.asked.remove(&account);
        self.fact(Fact::LimitsSet { account });
        Ok(())
    }

    /// True for an order that the house enters for an account.
    pub(in super::super) fn is_the_houses(&self, order: OrderId) -> bool {
        order.0 >= HOUSE_FIRST.0
    }

    /// C-60 to C-62: the limits, in their order.
    pub(in super::super) fn check_limits(&mut self, ask: Ask) -> Answer {
        let account = ask.key.account;
        let limits = self.house.limits.get(&account).copied().unwrap_or_default();
        self.check_sizes(&ask, &limits)?;
        if let Some(most) = limits.rate_max {
            let second = self.now.0 / 1_000_000_000;
            let asked = self.house.asked.entry(account).or_insert((second, 0));
            if asked.0 != second {
                *asked = (second, 0);
            }
            asked.1 = asked.1.saturating_add(1);
            refused(asked.1 > most, Reject::RiskRate)?;
        }
        if let (Some(most), Some(before)) = (limits.loss_max, &self.house.equity_before) {
            let before = before.get(&account).copied().unwrap_or(0);
            refused(before - self.equity(account) >= most.0, Reject::RiskLoss)?;
        }
        let overdue = self.house.calls.get(&account).is_some_and(|call| call.overdue);
        if limits.reduce_only || overdue || self.is_the_houses(ask.key.order) {
            let (long, short) = self.open_with(&ask);
            let position = self.holds(account, ask.instrument);
            let beyond = match ask.side {
                Side::Buy => long > (-position).max(0),
                Side::Sell => short > position.max(0),
            };
            refused(beyond, Reject::ReduceOnly)?;
        }
        Ok(())
    }

    fn check_sizes(&self, ask: &Ask, limits: &RiskLimits) -> Answer {
        refused(limits.qty_max.is_some_and(|most| ask.qty.0 > most.0), Reject::RiskQty)?;
        let last = self.market(ask.instrument).last;
        let price = ask.price.or(last).or(self.carried_at(ask.instrument));
        let price = price.map_or(0, |price| i128::from(price.0).abs());
        let value = price * i128::from(ask.qty.0) * self.tick_value(ask.instrument);
        let over = limits.notional_max.is_some_and(|most| value > most.0);
        refused(over, Reject::RiskNotional)?;
        if let Some(most) = limits.position_max {
            let (buys, sells) = self.open_with(ask);
            let position = self.holds(ask.key.account, ask.instrument);
            let worst = match ask.side {
                Side::Buy => position + buys,
                Side::Sell => sells - position,
            };
            refused(worst > i128::from(most), Reject::RiskPosition)?;
        }
        if let Some(most) = limits.exposure_max {
            let mut exposure = self.asked_in_base(self.currency_of(ask.instrument), value);
            for instrument in self.instruments() {
                let lots = self.holds(ask.key.account, instrument);
                let value = self.carried_value(instrument, lots).abs();
                exposure += self.asked_in_base(self.currency_of(instrument), value);
            }
            refused(exposure > most.0, Reject::RiskExposure)?;
        }
        if let (Some(bips), Some(limit), Some(last)) = (limits.collar_bips, ask.price, last) {
            let (limit, last) = (i128::from(limit.0), i128::from(last.0));
            let far = (limit - last).abs() * 10_000 > last.abs() * i128::from(bips);
            refused(far, Reject::RiskCollar)?;
        }
        Ok(())
    }

    /// Lots of the open buys and sells with what is asked.
    fn open_with(&self, ask: &Ask) -> (i128, i128) {
        let but = if ask.changes { Some(ask.key) } else { None };
        let (buys, sells) = self.open_lots(ask.key.account, ask.instrument, but);
        let qty = i128::from(ask.qty.0);
        match ask.side {
            Side::Buy => (buys + qty, sells),
            Side::Sell => (buys, sells + qty),
        }
    }
}

fn refused(is: bool, why: Reject) -> Answer {
    if is { Err(why) } else { Ok(()) }
}
