//! The sixteen checks of a new order, in their order; the last four are in `risk`.

use super::clearing::Ask;
use super::legal::{Role, is_legal};
use super::money::Need;
use super::{Answer, FARTHEST, Reference};
use pitfloor_model::event::{Entry, Event, Phase, Reject};
use pitfloor_model::order::{Delta, Kind, Order, Tif};
use pitfloor_model::trading::BandAction;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side};

/// The most live orders of one instrument.
const LIVE_MOST: usize = 1 << 23;

/// An order that asks to come in, and what it comes with.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) order: &'a Order,
    pub(super) role: Role,
    pub(super) varied: Option<&'a [Qty]>,
    /// Earlier members of its list, which count as live.
    pub(super) earlier: &'a [(Order, Role)],
    /// What they need.
    pub(super) need: Need,
    /// What is wrong with its list.
    pub(super) link: Answer,
}

impl Reference {
    /// Checks 1 to 16; what the order needs, if it may come in.
    pub(super) fn check(&mut self, asking: Asking<'_>) -> Result<Need, Reject> {
        let Asking { order, role, varied, earlier, need, link } = asking;
        self.check_sender(order, earlier)?;
        self.check_qty(order.qty, order.instrument)?;
        self.check_prices(order)?;
        self.check_value(order)?;
        if !is_legal(order, role) {
            return Err(Reject::IllegalCombination);
        }
        self.check_expiry(order.tif, order.instrument)?;
        self.check_display(order, varied)?;
        if let Some(least) = order.with.min_qty {
            let off = !least.0.is_multiple_of(self.qty_step(order.instrument));
            if least.0 == 0 || least.0 > order.qty.0 || off {
                return Err(Reject::MinQtyOverQty);
            }
        }
        self.check_trail(order)?;
        link?;
        self.check_band(order.side, order.price, order.instrument)?;
        self.check_count(order, role, earlier)?;
        let Order { instrument, side, price, qty, .. } = *order;
        let changes = false;
        self.check_limits(Ask { key: order.key(), instrument, side, price, qty, changes })?;
        if role.is_child() {
            return Ok(Need::default());
        }
        let own = self.check_risk(order, need)?;
        self.check_moment(order)?;
        Ok(own)
    }

    /// Where a new order goes.
    pub(super) fn entry_of(&self, order: &Order, role: Role) -> Entry {
        let calls = self.market(order.instrument).phase == Phase::PeriodicCall;
        if order.kind.is_dormant() || role.is_child() {
            Entry::Dormant
        } else if matches!(order.tif, Tif::AtOpen | Tif::AtClose)
            || calls && (order.kind == Kind::Market || order.tif == Tif::Ioc)
        {
            Entry::Waiting
        } else if order.kind.is_peg() && self.price_got(order).is_none() {
            Entry::Parked
        } else {
            Entry::Entering
        }
    }

    /// Check 1.
    fn check_sender(&self, order: &Order, earlier: &[(Order, Role)]) -> Answer {
        if order.instrument.0 as usize >= self.markets.len() {
            return Err(Reject::UnknownInstrument);
        }
        let member = self.member(order.account).ok_or(Reject::UnknownAccount)?;
        if member.blocked && !self.is_the_houses(order.order) {
            return Err(Reject::KillSwitch);
        }
        if !self.phase_allows(order) {
            return Err(Reject::PhaseForbids);
        }
        self.check_valued(order.instrument)?;
        let same = |o: &Order| o.account == order.account && o.order == order.order;
        let taken = self.live.iter().any(|live| live.key == order.key());
        if taken || earlier.iter().any(|(o, _)| same(o)) {
            return Err(Reject::DuplicateOrder);
        }
        Ok(())
    }

    /// The table of what may be placed in which phase: every row that fits must say yes.
    fn phase_allows(&self, order: &Order) -> bool {
        let phase = self.market(order.instrument).phase;
        if matches!(phase, Phase::Halt | Phase::Closed) {
            return false;
        }
        let continuous = phase == Phase::Continuous;
        let mut allowed = true;
        if order.tif == Tif::AtOpen {
            allowed &= matches!(phase, Phase::PreOpen | Phase::OpenCall);
        }
        if order.tif == Tif::AtClose {
            let cut_off = self.rules(order.instrument).close_cutoff_at_call;
            allowed &= phase != Phase::PeriodicCall && !(phase == Phase::CloseCall && cut_off);
        }
        if order.tif == Tif::Ioc && matches!(order.kind, Kind::Market | Kind::Limit) {
            allowed &= continuous || phase == Phase::PeriodicCall;
        }
        let only_continuous = order.tif == Tif::Fok
            || matches!(
                order.kind,
                Kind::MarketProtected { .. } | Kind::MarketToLimit | Kind::MarketByAmount { .. }
            )
            || order.kind.is_peg()
            || order.with.post_only.is_some()
            || order.with.min_qty.is_some()
            || order.with.all_or_none;
        allowed && (continuous || !only_continuous)
    }

    /// Check 2.
    pub(super) fn check_qty(&self, qty: Qty, instrument: InstrumentId) -> Answer {
        let limits = &self.venue.instruments()[instrument.0 as usize].limits;
        if qty.0 == 0 {
            return Err(Reject::ZeroQty);
        }
        if qty.0 < limits.qty_min.0 {
            return Err(Reject::QtyUnderMin);
        }
        if qty.0 > limits.qty_max.0 {
            return Err(Reject::QtyOverMax);
        }
        if !qty.0.is_multiple_of(limits.qty_step) {
            return Err(Reject::OffLot);
        }
        Ok(())
    }

    pub(super) fn qty_step(&self, instrument: InstrumentId) -> u64 {
        self.venue.instruments()[instrument.0 as usize].limits.qty_step
    }

    /// Check 3.
    fn check_prices(&self, order: &Order) -> Answer {
        match order.kind {
            Kind::Limit | Kind::StopLimit(_) | Kind::TakeProfitLimit(_) | Kind::ImbalanceOnly => {
                order.price.ok_or(Reject::PriceMissing)?;
            }
            Kind::PegPrimary { .. } | Kind::PegMarket { .. } | Kind::PegMid => {}
            _ if order.price.is_some() => return Err(Reject::PriceNotAllowed),
            _ => {}
        }
        let trigger = order.kind.trigger().map(|trigger| trigger.price);
        let activation = order.kind.trail().and_then(|trail| trail.activation);
        for price in [order.price, trigger, activation].into_iter().flatten() {
            self.check_tick(price, order.instrument)?;
        }
        let distance = match order.kind {
            Kind::MarketProtected { points } => i128::from(points),
            Kind::TrailingLimit { offset, .. } => i128::from(offset),
            Kind::PegPrimary { offset } => i128::from(offset),
            Kind::PegMarket { offset: 0 } => return Err(Reject::OffTick),
            Kind::PegMarket { offset } => i128::from(offset),
            _ => 0,
        };
        if distance.abs() > FARTHEST || distance % self.step(order.instrument) != 0 {
            return Err(Reject::OffTick);
        }
        order.price.map_or(Ok(()), |price| self.check_distance(price, order.instrument))
    }

    pub(super) fn check_tick(&self, price: Price, instrument: InstrumentId) -> Answer {
        let ticks = i128::from(price.0);
        let below = self.rules(instrument).positive_prices && ticks <= 0;
        if ticks.abs() > FARTHEST || ticks % self.step(instrument) != 0 || below {
            return Err(Reject::OffTick);
        }
        Ok(())
    }

    pub(super) fn check_distance(&self, price: Price, instrument: InstrumentId) -> Answer {
        let most = self.venue.instruments()[instrument.0 as usize].limits.price_distance_max;
        if let (Some(most), Some(last)) = (most, self.market(instrument).last)
            && (i128::from(price.0) - i128::from(last.0)).abs() > i128::from(most)
        {
            return Err(Reject::PriceTooFar);
        }
        Ok(())
    }

    /// Check 4.
    fn check_value(&self, order: &Order) -> Answer {
        if let Kind::MarketByAmount { amount } = order.kind {
            if amount.0 <= 0 {
                return Err(Reject::NotionalUnderMin);
            }
            return self.check_notional(amount.0, order.instrument);
        }
        let trigger = order.kind.trigger().map(|trigger| trigger.price);
        let opposite = self.opposite(order.instrument, order.side);
        match order.price.or(trigger).or(opposite) {
            Some(price) => {
                let value = i128::from(price.0).abs() * i128::from(order.qty.0);
                self.check_notional(value * self.tick_value(order.instrument), order.instrument)
            }
            None => Ok(()),
        }
    }

    pub(super) fn check_notional(&self, value: i128, instrument: InstrumentId) -> Answer {
        let of = &self.venue.instruments()[instrument.0 as usize];
        if value < of.rules.notional_min.0 {
            return Err(Reject::NotionalUnderMin);
        }
        if value > of.limits.notional_max.0 {
            return Err(Reject::NotionalOverMax);
        }
        Ok(())
    }

    /// Check 6.
    pub(super) fn check_expiry(&self, tif: Tif, instrument: InstrumentId) -> Answer {
        if let Tif::Gtd(moment) = tif {
            let most = self.rules(instrument).age_max;
            let over = moment.0 <= self.now.0;
            if over || most.is_some_and(|most| moment.0 - self.now.0 > most.0) {
                return Err(Reject::ExpiryPassed);
            }
        }
        Ok(())
    }

    /// Check 7.
    fn check_display(&self, order: &Order, varied: Option<&[Qty]>) -> Answer {
        let step = self.qty_step(order.instrument);
        if let Some(tranches) = varied {
            let bad = |lots: &Qty| lots.0 == 0 || !lots.0.is_multiple_of(step);
            if order.with.display.is_none() || tranches.is_empty() || tranches.iter().any(bad) {
                return Err(Reject::BadDisplay);
            }
        }
        let Some(display) = order.with.display else { return Ok(()) };
        self.check_shown(display, order.qty, order.instrument)?;
        self.check_parts(display, varied.unwrap_or(&[]), order.qty, order.instrument)
    }

    pub(super) fn check_shown(&self, display: Qty, total: Qty, instrument: InstrumentId) -> Answer {
        let off = !display.0.is_multiple_of(self.qty_step(instrument));
        if display.0 == 0 || display.0 >= total.0 || off {
            return Err(Reject::BadDisplay);
        }
        Ok(())
    }

    /// Not more parts than allowed, and not more sizes of them.
    pub(super) fn check_parts(
        &self,
        display: Qty,
        tranches: &[Qty],
        total: Qty,
        instrument: InstrumentId,
    ) -> Answer {
        let most = self.rules(instrument).tranches_max as usize;
        if tranches.len() > most {
            return Err(Reject::TooManyTranches);
        }
        if tranches.is_empty() {
            let few = total.0.div_ceil(display.0) <= most as u64;
            return if few { Ok(()) } else { Err(Reject::TooManyTranches) };
        }
        let mut left = total.0.saturating_sub(display.0);
        let mut parts = 1;
        while left > 0 {
            let size = tranches[(parts - 1) % tranches.len()];
            left = left.saturating_sub(size.0);
            parts += 1;
            if parts > most {
                return Err(Reject::TooManyTranches);
            }
        }
        Ok(())
    }

    /// Check 9.
    fn check_trail(&self, order: &Order) -> Answer {
        let Some(trail) = order.kind.trail() else { return Ok(()) };
        let bad = match trail.delta {
            Delta::Ticks(ticks) => {
                let ticks = i128::from(ticks);
                ticks == 0 || ticks > FARTHEST || ticks % self.step(order.instrument) != 0
            }
            Delta::Bips(bips) => {
                bips == 0 || bips > 9_999 || !self.rules(order.instrument).positive_prices
            }
        };
        if bad { Err(Reject::BadTrail) } else { Ok(()) }
    }

    /// Check 11.
    pub(super) fn check_band(
        &self,
        side: Side,
        price: Option<Price>,
        instrument: InstrumentId,
    ) -> Answer {
        if self.rules(instrument).band_action == BandAction::Reject
            && price.is_some_and(|price| self.banded(side, price, instrument) != price)
        {
            return Err(Reject::PriceBand);
        }
        Ok(())
    }

    /// The price, or the band that it is beyond: the upper for a buy, the lower for a sell.
    pub(super) fn banded(&self, side: Side, price: Price, instrument: InstrumentId) -> Price {
        match (self.market(instrument).bands, side) {
            (Some(bands), Side::Buy) if price.0 > bands.upper.0 => bands.upper,
            (Some(bands), Side::Sell) if price.0 < bands.lower.0 => bands.lower,
            _ => price,
        }
    }

    /// Check 12.
    fn check_count(&self, order: &Order, role: Role, earlier: &[(Order, Role)]) -> Answer {
        let of = &self.venue.instruments()[order.instrument.0 as usize];
        let sleeps = |o: &Order, role: Role| o.kind.is_dormant() || role.is_child();
        let dormant = sleeps(order, role);
        let waits =
            order.tif == Tif::Ioc && self.market(order.instrument).phase == Phase::PeriodicCall;
        if !dormant && !waits && matches!(order.tif, Tif::Ioc | Tif::Fok) {
            return Ok(());
        }
        use super::Place::{Dormant, Sleeping};
        let here = self.live.iter().filter(|live| live.instrument == order.instrument);
        let all = here.clone().count() + earlier.len();
        let own = here.filter(|live| live.key.account == order.account);
        let same = own.filter(|l| matches!(l.place, Dormant | Sleeping) == dormant).count();
        let before = earlier.iter().filter(|(o, role)| sleeps(o, *role) == dormant);
        let before = before.filter(|(o, _)| dormant || !matches!(o.tif, Tif::Ioc | Tif::Fok));
        let count = same + before.count();
        if dormant && (count >= of.rules.dormant_max as usize || all >= LIVE_MOST) {
            return Err(Reject::TooManyDormant);
        }
        if !dormant && (count >= of.limits.live_orders_max as usize || all >= LIVE_MOST) {
            return Err(Reject::TooManyOrders);
        }
        Ok(())
    }

    /// Puts the event of an accepted order into the record.
    pub(super) fn tell_accepted(&mut self, order: &Order, entry: Entry) {
        let terms = super::enter::terms_of(order);
        let (instrument, key) = (order.instrument, order.key());
        self.out.push(Event::Accepted { instrument, key, terms, entry });
    }
}
