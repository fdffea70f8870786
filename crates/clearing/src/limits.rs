//! Limits that an account meets before the market does (C-60 to C-62).

use crate::amount::needed;
use crate::calls::CallStatus;
use crate::count;
use crate::house::{Ask, ClearingHouse};
use pitfloor_model::clearing::{Fact, RiskLimits};
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, Price, Qty, Side};

/// The limits of an account, and what is counted for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited {
    pub(crate) limits: RiskLimits,
    /// The second of the clock in which was last counted.
    second: u64,
    /// How many orders and replacements were counted in it.
    count: u64,
}

/// Nanoseconds of a second of the clock.
const SECOND_NS: u64 = 1_000_000_000;

impl ClearingHouse {
    pub(crate) fn may_set_limits(
        &self,
        account: AccountId,
        limits: &RiskLimits,
    ) -> Result<(), Reject> {
        self.known(account)?;
        if limits.qty_max == Some(Qty::ZERO) {
            return Err(Reject::ZeroQty);
        }
        let amounts = [limits.notional_max, limits.exposure_max, limits.loss_max];
        for cash in amounts.into_iter().flatten() {
            count::amount(Some(cash.0).filter(|cash| *cash > 0))?;
        }
        Ok(())
    }

    pub(crate) fn set_limits(
        &mut self,
        account: AccountId,
        limits: &RiskLimits,
        out: &mut Vec<Event>,
    ) {
        let credit = self.credit(account).expect("whoever asks has asked whether he may");
        if limits.exposure_max.is_some() || limits.loss_max.is_some() {
            self.watch(account, credit);
        }
        let any = *limits != RiskLimits::default();
        let limited = Limited { limits: *limits, second: 0, count: 0 };
        let place = &mut self.owners[account.0 as usize].limited;
        self.limited += usize::from(any);
        self.limited -= usize::from(place.is_some());
        *place = any.then(|| Box::new(limited));
        out.push(Event::Clearing(Fact::LimitsSet { account }));
    }

    /// The limits of `account`; those of one without any limit nothing.
    #[must_use]
    pub fn limits(&self, account: AccountId) -> RiskLimits {
        let owner = self.owners.get(account.0 as usize);
        let limited = owner.and_then(|owner| owner.limited.as_ref());
        limited.map_or_else(RiskLimits::default, |limited| limited.limits)
    }

    /// Says whether the sender's own limits let him ask for this, and counts that he asked.
    ///
    /// # Errors
    ///
    /// When one of them does not.
    #[inline]
    pub fn admit(&mut self, ask: &Ask) -> Result<(), Reject> {
        if self.limited == 0 && self.overdue == 0 && !ask.closing {
            return Ok(());
        }
        self.admit_limited(ask)
    }

    #[inline(never)]
    fn admit_limited(&mut self, ask: &Ask) -> Result<(), Reject> {
        let owner = &self.owners[ask.account.0 as usize];
        let only_reduces = ask.closing || owner.call == CallStatus::Overdue;
        let mut reduce_only = only_reduces;
        if let Some(limited) = &owner.limited {
            let limits = limited.limits;
            self.one_order(ask, &limits)?;
            self.all_orders(ask, &limits)?;
            collar(ask, &limits)?;
            self.rate(ask, &limits)?;
            self.loss(ask.account, &limits)?;
            reduce_only |= limits.reduce_only;
        }
        if reduce_only && !self.reduces(ask) {
            return Err(Reject::ReduceOnly);
        }
        Ok(())
    }

    /// What one order may be.
    fn one_order(&self, ask: &Ask, limits: &RiskLimits) -> Result<(), Reject> {
        if limits.qty_max.is_some_and(|most| ask.qty > most) {
            return Err(Reject::RiskQty);
        }
        let notional = self.price(ask).map(|price| ask.asset.cost(price, ask.qty).abs());
        let beyond = |most| notional.is_some_and(|notional| notional > most);
        if limits.notional_max.is_some_and(|most| beyond(most.0)) {
            return Err(Reject::RiskNotional);
        }
        Ok(())
    }

    /// What it could come to together with what there is.
    fn all_orders(&self, ask: &Ask, limits: &RiskLimits) -> Result<(), Reject> {
        if let Some(most) = limits.position_max {
            let lots = self.ledger.exposed(ask.account, ask.asset.instrument).lots;
            let worst = match ask.side {
                Side::Buy => self.open_with(ask) + lots,
                Side::Sell => self.open_with(ask) - lots,
            };
            if worst > i128::from(most) {
                return Err(Reject::RiskPosition);
            }
        }
        if let Some(most) = limits.exposure_max {
            let sums = self.sums(ask.account);
            let held = sums.expect("an account with such a limit is watched").exposure;
            let order = self.price(ask).map_or(0, |price| ask.asset.cost(price, ask.qty).abs());
            let order = needed(&self.rates[ask.asset.currency.index()], order);
            if held + order > most.0 {
                return Err(Reject::RiskExposure);
            }
        }
        Ok(())
    }

    /// Counts what was asked in this second of the clock.
    fn rate(&mut self, ask: &Ask, limits: &RiskLimits) -> Result<(), Reject> {
        let Some(most) = limits.rate_max else { return Ok(()) };
        let limited = self.owners[ask.account.0 as usize].limited.as_mut();
        let limited = limited.expect("the account has limits");
        let second = ask.at.0 / SECOND_NS;
        if limited.second != second {
            (limited.second, limited.count) = (second, 0);
        }
        limited.count += 1;
        if limited.count > u64::from(most) { Err(Reject::RiskRate) } else { Ok(()) }
    }

    fn loss(&self, account: AccountId, limits: &RiskLimits) -> Result<(), Reject> {
        let morning = self.owners[account.0 as usize].morning;
        if let (Some(most), Some(morning)) = (limits.loss_max, morning) {
            let now = self.equity(account).expect("whoever asks is open");
            if morning - now.0 >= most.0 {
                return Err(Reject::RiskLoss);
            }
        }
        Ok(())
    }

    /// True when it brings the position nearer to nothing, whatever of it trades.
    fn reduces(&self, ask: &Ask) -> bool {
        let lots = self.ledger.exposed(ask.account, ask.asset.instrument).lots;
        let other_side = match ask.side {
            Side::Buy => -lots,
            Side::Sell => lots,
        };
        self.open_with(ask) <= other_side
    }

    /// Lots of the account's open orders on the order's side, and of the order.
    fn open_with(&self, ask: &Ask) -> i128 {
        let exposed = self.ledger.exposed(ask.account, ask.asset.instrument);
        let open = match ask.side {
            Side::Buy => exposed.buys,
            Side::Sell => exposed.sells,
        };
        open + i128::from(ask.qty.0) - i128::from(ask.freed.0)
    }

    /// What an order is worth a lot: its limit, else the last print, else what it is carried at.
    fn price(&self, ask: &Ask) -> Option<Price> {
        ask.limit.or(ask.last).or(self.listings[ask.asset.instrument.index()].carried)
    }
}

/// How far the limit lies from the last print.
fn collar(ask: &Ask, limits: &RiskLimits) -> Result<(), Reject> {
    if let (Some(bips), Some(limit), Some(last)) = (limits.collar_bips, ask.limit, ask.last) {
        let (limit, last) = (i128::from(limit.0), i128::from(last.0));
        if (limit - last).abs() * 10_000 > last.abs() * i128::from(bips) {
            return Err(Reject::RiskCollar);
        }
    }
    Ok(())
}
