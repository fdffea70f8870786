//! The gate: is an order well formed, within its limits, welcome now, and backed by its account?
//!
//! The order of the questions is the precedence of the answers, and part of the rules: the first
//! that fails is the refusal. `docs/RULES.md` numbers them as the comments here do.

use super::enter::Slide;
use super::house::House;
use super::legality::{Role, legal};
use super::meet::Taker;
use super::special::{NO_ID, Special};
use super::{Engine, name_at, phase};
use crate::book::Book;
use pitfloor_clearing::{Ask, Need};
use pitfloor_model::event::{Credit, Phase, Reject};
use pitfloor_model::instrument::{Instrument, Limits};
use pitfloor_model::order::{Delta, Kind, Order, SaleMark, Tif};
use pitfloor_model::trading::BandAction;
use pitfloor_model::units::{InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time};

/// What the members of a list before this one count for.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub(super) keys: Vec<OrderKey>,
    pub(super) live: u32,
    pub(super) dormant: u32,
    pub(super) need: Need,
}

/// Is the quantity one that the instrument trades in?
#[inline]
pub(super) fn qty(limits: &Limits, qty: Qty) -> Result<(), Reject> {
    if qty.is_zero() {
        Err(Reject::ZeroQty)
    } else if qty < limits.qty_min {
        Err(Reject::QtyUnderMin)
    } else if qty > limits.qty_max {
        Err(Reject::QtyOverMax)
    } else if is_off(qty.0, limits.qty_step) {
        Err(Reject::OffLot)
    } else {
        Ok(())
    }
}

/// The most that an order comes to, what has traded of it included, so that what it is worth can be
/// counted however often it is replaced.
const TOTAL_MOST: Qty = Qty(2 * Qty::MOST.0);

/// What an order comes to of which so much has traded and so much is to be open.
pub(super) fn total(traded: Qty, open: Qty) -> Result<Qty, Reject> {
    let total = Qty(traded.0.saturating_add(open.0));
    if total > TOTAL_MOST { Err(Reject::QtyOverMax) } else { Ok(total) }
}

/// True when `size` is no multiple of `step`. Most steps are 1, and dividing takes its time.
#[inline]
const fn is_off(size: u64, step: u64) -> bool {
    step != 1 && !size.is_multiple_of(step)
}

/// True when a distance or the size of a price is too large or off the grid.
#[inline]
const fn is_off_tick(limits: &Limits, size: u64) -> bool {
    size > Price::FARTHEST.0.unsigned_abs() || is_off(size, limits.price_step)
}

/// Is the price one that the instrument can have?
#[inline]
pub(super) fn on_tick(instrument: &Instrument, price: Price) -> Result<(), Reject> {
    let low = instrument.rules.positive_prices && price.0 <= 0;
    if low || is_off_tick(&instrument.limits, price.0.unsigned_abs()) {
        return Err(Reject::OffTick);
    }
    Ok(())
}

/// Is it near enough to where the instrument `last` traded?
#[inline]
pub(super) fn near(limits: &Limits, price: Price, last: Option<Price>) -> Result<(), Reject> {
    match (limits.price_distance_max, last) {
        (Some(most), Some(last)) if price.0.abs_diff(last.0) > most => Err(Reject::PriceTooFar),
        _ => Ok(()),
    }
}

/// Is the order worth no less and no more than one order may be?
#[inline]
pub(super) fn notional(instrument: &Instrument, price: Price, qty: Qty) -> Result<(), Reject> {
    worth(instrument, instrument.cost(price, qty).0.abs())
}

#[inline]
const fn worth(instrument: &Instrument, cash: i128) -> Result<(), Reject> {
    if cash < instrument.rules.notional_min.0 {
        Err(Reject::NotionalUnderMin)
    } else if cash > instrument.limits.notional_max.0 {
        Err(Reject::NotionalOverMax)
    } else {
        Ok(())
    }
}

/// 2 to 5, for a plain order that does not pass with ease.
#[inline(never)]
pub(super) fn plain_form(
    instrument: &Instrument,
    order: Order,
    book: &Book,
    last: Option<Price>,
) -> Result<(), Reject> {
    qty(&instrument.limits, order.qty)?;
    match (order.kind, order.price) {
        (Kind::Limit, Some(limit)) => {
            on_tick(instrument, limit)?;
            near(&instrument.limits, limit, last)?;
            return notional(instrument, limit, order.qty);
        }
        (Kind::Limit, None) => return Err(Reject::PriceMissing),
        (_, Some(_)) => return Err(Reject::PriceNotAllowed),
        (_, None) => {}
    }
    if let Some(best) = book.best_shown(order.side.opposite()) {
        notional(instrument, best, order.qty)?;
    }
    if order.tif == Tif::Ioc { Ok(()) } else { Err(Reject::IllegalCombination) }
}

/// 2 to 5, for a plain order that is replaced and does not pass with ease: `qty` is what was asked
/// for, `total` what that makes of the whole order.
#[cold]
#[inline(never)]
pub(super) fn plain_change(
    instrument: &Instrument,
    price: Price,
    qty: Qty,
    total: Qty,
    last: Option<Price>,
) -> Result<(), Reject> {
    self::qty(&instrument.limits, qty)?;
    if total > TOTAL_MOST {
        return Err(Reject::QtyOverMax);
    }
    on_tick(instrument, price)?;
    near(&instrument.limits, price, last)?;
    notional(instrument, price, total)
}

/// 3: does it have the price it needs, on the grid and not too far away?
fn prices(instrument: &Instrument, order: &Order, last: Option<Price>) -> Result<(), Reject> {
    let limits = &instrument.limits;
    let (must, may) = match order.kind {
        Kind::Limit | Kind::StopLimit(_) | Kind::TakeProfitLimit(_) | Kind::ImbalanceOnly => {
            (true, true)
        }
        Kind::PegPrimary { .. } | Kind::PegMarket { .. } | Kind::PegMid => (false, true),
        Kind::Market
        | Kind::MarketProtected { .. }
        | Kind::MarketToLimit
        | Kind::MarketByAmount { .. }
        | Kind::Stop(_)
        | Kind::TakeProfit(_)
        | Kind::Trailing(_)
        | Kind::TrailingLimit { .. } => (false, false),
    };
    match order.price {
        None if must => return Err(Reject::PriceMissing),
        Some(_) if !may => return Err(Reject::PriceNotAllowed),
        _ => {}
    }
    let trigger = order.kind.trigger().map(|trigger| trigger.price);
    let activation = order.kind.trail().and_then(|trail| trail.activation);
    for price in order.price.into_iter().chain(trigger).chain(activation) {
        on_tick(instrument, price)?;
    }
    let (distance, least) = match order.kind {
        Kind::MarketProtected { points } => (points, 0),
        Kind::TrailingLimit { offset, .. } => (offset, 0),
        Kind::PegPrimary { offset } => (offset.unsigned_abs(), 0),
        Kind::PegMarket { offset } => (offset, 1),
        _ => (0, 0),
    };
    if distance < least || is_off_tick(limits, distance) {
        return Err(Reject::OffTick);
    }
    order.price.map_or(Ok(()), |price| near(limits, price, last))
}

/// 7: an iceberg shows more than nothing and less than all.
pub(super) fn display(
    instrument: &Instrument,
    qty: Qty,
    display: Qty,
    tranches: Option<&[Qty]>,
) -> Result<(), Reject> {
    let off = |lots: Qty| lots.is_zero() || is_off(lots.0, instrument.limits.qty_step);
    if off(display) || display >= qty {
        return Err(Reject::BadDisplay);
    }
    if tranches.is_some_and(|sizes| sizes.is_empty() || sizes.iter().any(|size| off(*size))) {
        return Err(Reject::BadDisplay);
    }
    Ok(())
}

/// 7: the parts that it is shown in are not too many.
pub(super) fn parts(
    instrument: &Instrument,
    qty: Qty,
    display: Qty,
    tranches: Option<&[Qty]>,
) -> Result<(), Reject> {
    let most = u128::from(instrument.rules.tranches_max);
    let mut left = u128::from(qty.0.saturating_sub(display.0));
    let mut parts = 1;
    match tranches {
        None => parts += left.div_ceil(u128::from(display.0)),
        Some(sizes) => {
            if sizes.len() as u128 > most {
                return Err(Reject::TooManyTranches);
            }
            let round: u128 = sizes.iter().map(|size| u128::from(size.0)).sum();
            parts += left / round * sizes.len() as u128;
            left %= round;
            for size in sizes {
                if left == 0 {
                    break;
                }
                left = left.saturating_sub(u128::from(size.0));
                parts += 1;
            }
        }
    }
    if parts > most { Err(Reject::TooManyTranches) } else { Ok(()) }
}

/// 6: its last moment is still to come, and not too far away.
pub(super) fn expiry(instrument: &Instrument, tif: Tif, now: Time) -> Result<(), Reject> {
    let Tif::Gtd(moment) = tif else { return Ok(()) };
    let latest = instrument.rules.age_max.map(|age| now.after(age));
    if moment <= now || latest.is_some_and(|latest| moment > latest) {
        return Err(Reject::ExpiryPassed);
    }
    Ok(())
}

/// 9: a trailing stop follows at a distance that can be taken.
fn trail(instrument: &Instrument, kind: &Kind) -> Result<(), Reject> {
    let bad = match kind.trail().map(|trail| trail.delta) {
        None => false,
        Some(Delta::Ticks(ticks)) => ticks == 0 || is_off_tick(&instrument.limits, ticks),
        Some(Delta::Bips(bips)) => {
            !(1..=9_999).contains(&bips) || !instrument.rules.positive_prices
        }
    };
    if bad { Err(Reject::BadTrail) } else { Ok(()) }
}

impl Engine {
    /// 1: who asks, when, and is the name free?
    pub(super) fn may_come(
        &self,
        order: &Order,
        before: &Before,
        house: &dyn House,
    ) -> Result<(), Reject> {
        let pit = self.listed(order.instrument)?;
        house.credit(order.account).ok_or(Reject::UnknownAccount)?;
        if self.blocked.contains(&order.account) && order.order < OrderId::VENUE_FIRST {
            return Err(Reject::KillSwitch);
        }
        let rules = &self.instrument(order.instrument).rules;
        if !phase::may_place(pit.phase, order, rules.close_cutoff_at_call) {
            return Err(Reject::PhaseForbids);
        }
        if pit.unvalued {
            return Err(Reject::NoReference);
        }
        let taken = self.places.get(order.key(), |place| name_at(&self.pits, place)).is_some();
        if taken || before.keys.contains(&order.key()) {
            return Err(Reject::DuplicateOrder);
        }
        Ok(())
    }

    /// 2 to 9: is it well formed?
    pub(super) fn form(
        &self,
        order: &Order,
        tranches: Option<&[Qty]>,
        role: Role,
    ) -> Result<(), Reject> {
        let (pit, instrument) = (self.pit(order.instrument), self.instrument(order.instrument));
        qty(&instrument.limits, order.qty)?;
        prices(instrument, order, pit.last)?;
        if let Kind::MarketByAmount { amount } = order.kind {
            if amount.0 <= 0 {
                return Err(Reject::NotionalUnderMin);
            }
            worth(instrument, amount.0)?;
        } else {
            let trigger = order.kind.trigger().map(|trigger| trigger.price);
            let best = || pit.book.best_shown(order.side.opposite());
            if let Some(price) = order.price.or(trigger).or_else(best) {
                notional(instrument, price, order.qty)?;
            }
        }
        if !legal(&order.kind, order.tif, &order.with, role) {
            return Err(Reject::IllegalCombination);
        }
        expiry(instrument, order.tif, self.now)?;
        match (order.with.display, tranches) {
            (None, None) => {}
            (None, Some(_)) => return Err(Reject::BadDisplay),
            (Some(shown), tranches) => {
                display(instrument, order.qty, shown, tranches)?;
                parts(instrument, order.qty, shown, tranches)?;
            }
        }
        if let Some(least) = order.with.min_qty {
            let off = is_off(least.0, instrument.limits.qty_step);
            if least.is_zero() || least > order.qty || off {
                return Err(Reject::MinQtyOverQty);
            }
        }
        trail(instrument, &order.kind)
    }

    /// 11 and 12: may the market have it?
    pub(super) fn may_stand(
        &self,
        order: &Order,
        sleeps: bool,
        before: &Before,
        house: &dyn House,
    ) -> Result<(), Reject> {
        let at = order.instrument;
        let (pit, instrument) = (self.pit(at), self.instrument(at));
        self.within_bands(at, order.side, order.price)?;
        let standing = house.standing(order.account, at);
        let full = pit.live() + before.keys.len() >= Book::ORDERS_MAX;
        if sleeps {
            let dormant = standing.dormant + before.dormant;
            if full || dormant >= instrument.rules.dormant_max {
                return Err(Reject::TooManyDormant);
            }
        } else if !matches!(order.tif, Tif::Ioc | Tif::Fok)
            || (order.tif == Tif::Ioc && pit.phase == Phase::PeriodicCall)
        {
            let live = standing.live + before.live;
            if full || live >= instrument.limits.live_orders_max {
                return Err(Reject::TooManyOrders);
            }
        }
        Ok(())
    }

    /// 11: is it inside the bands, where the venue refuses what is not?
    pub(super) fn within_bands(
        &self,
        at: InstrumentId,
        side: Side,
        price: Option<Price>,
    ) -> Result<(), Reject> {
        let refuses = self.instrument(at).rules.band_action == BandAction::Reject;
        let beyond =
            |price: Price| self.pit(at).band(side).is_some_and(|band| side.improves(price, band));
        if refuses && price.is_some_and(beyond) { Err(Reject::PriceBand) } else { Ok(()) }
    }

    /// Between 12 and 13: do the sender's own limits let him ask for it?
    pub(super) fn within_limits(
        &self,
        order: &Order,
        house: &mut (impl House + ?Sized),
    ) -> Result<(), Reject> {
        let (at, freed) = (order.instrument, Qty::ZERO);
        house.admit(&self.ask(at, order.key(), order.side, order.price, order.qty, freed))
    }

    /// What is asked for, as far as the sender's own limits are concerned.
    #[inline]
    pub(super) fn ask(
        &self,
        at: InstrumentId,
        key: OrderKey,
        side: Side,
        limit: Option<Price>,
        qty: Qty,
        freed: Qty,
    ) -> Ask {
        let pit = self.pit(at);
        let (account, closing) = (key.account, key.order >= OrderId::VENUE_FIRST);
        let (asset, last) = (pit.asset, pit.last);
        Ask { at: self.now, account, asset, side, limit, qty, freed, last, closing }
    }

    /// 13: may it be sold short, and is its need there? Gives the need.
    pub(super) fn risk(
        &self,
        at: InstrumentId,
        special: &Special,
        before: Need,
        house: &dyn House,
    ) -> Result<Need, Reject> {
        let pit = self.pit(at);
        if pit.restricted
            && pit.phase == Phase::Continuous
            && special.side == Side::Sell
            && special.with.mark == SaleMark::Short
            && let Some(bid) = pit.book.best_shown(Side::Buy)
        {
            let refuses = self.instrument(at).rules.short_action == BandAction::Reject;
            if special.price.is_none_or(|price| refuses && price <= bid) {
                return Err(Reject::ShortRestricted);
            }
        }
        self.funds(at, special, before, house)
    }

    /// 13, without the short sale: is its need there? Gives the need.
    pub(super) fn funds(
        &self,
        at: InstrumentId,
        special: &Special,
        before: Need,
        house: &dyn House,
    ) -> Result<Need, Reject> {
        let pit = self.pit(at);
        let account = special.key.account;
        if house.credit(account) == Some(Credit::Unlimited) {
            return Ok(Need::default());
        }
        let need = self.need(at, special, house);
        let together = Need {
            cash: need.cash + before.cash,
            lots: need.lots + before.lots,
            buys: need.buys + before.buys,
            limit: need.limit,
        };
        // Nothing is asked of whoever needs nothing, whatever those before it need.
        let asked = Need {
            cash: if need.cash > 0 { together.cash } else { 0 },
            lots: if need.lots > 0 { together.lots } else { 0 },
            buys: if need.buys > 0 { together.buys } else { 0 },
            limit: need.limit,
        };
        house.afford(account, pit.asset, asked, Need::default())?;
        Ok(need)
    }

    /// What an order that is about to enter must have behind it.
    fn need(&self, at: InstrumentId, special: &Special, house: &dyn House) -> Need {
        let asset = self.pit(at).asset;
        let Special { side, leaves, .. } = *special;
        let all = i128::from(leaves.0);
        let (lots, buys) = if side == Side::Sell { (all, 0) } else { (0, all) };
        let limit = None;
        match special.kind {
            // A child can be woken where nothing trades: there it costs nothing, and ends.
            Kind::Market if !self.waits(at, special) && self.pit(at).phase != Phase::Continuous => {
                Need::default()
            }
            Kind::Market if !self.waits(at, special) => {
                let cost = self.dry_run(at, &taker(special)).cost;
                let cost = if side == Side::Sell { -cost } else { cost };
                Need { cash: cost.max(0), lots, buys, limit }
            }
            Kind::MarketByAmount { .. } if side == Side::Sell => {
                Need { cash: 0, lots, buys, limit }
            }
            Kind::MarketByAmount { amount } => Need { cash: amount.0, lots, buys, limit },
            // What waits for an auction without a limit is bounded by its collar.
            _ => self
                .acting_limit(at, special, house)
                .map_or(Need::default(), |acting| asset.need(side, acting, leaves)),
        }
    }

    /// 15 and 16: is there a price to go by, and would it take although it must not?
    pub(super) fn may_enter(
        &self,
        at: InstrumentId,
        special: &Special,
        house: &dyn House,
    ) -> Result<(), Reject> {
        let needs_one = match special.kind {
            Kind::MarketProtected { .. } | Kind::MarketToLimit => true,
            Kind::Market => {
                let checked = house.credit(special.key.account) != Some(Credit::Unlimited);
                checked && self.waits(at, special)
            }
            Kind::PegPrimary { .. } | Kind::PegMarket { .. } | Kind::PegMid => {
                self.instrument(at).rules.peg_once
            }
            _ => false,
        };
        if needs_one && self.acting_limit(at, special, house).is_none() {
            return Err(Reject::NoReference);
        }
        match self.slide(at, special, special.price) {
            Slide::Refused => Err(Reject::WouldTake),
            Slide::Stays | Slide::To(_) => Ok(()),
        }
    }

    /// Everything that is asked of a triggered order.
    pub(super) fn may_enter_triggered(
        &self,
        at: InstrumentId,
        id: super::special::Id,
        house: &dyn House,
    ) -> Result<(), Reject> {
        let special = self.pit(at).specials.get(id);
        self.within_bands(at, special.side, special.price)?;
        self.risk(at, special, Need::default(), house)?;
        self.may_enter(at, special, house)
    }
}

/// The taker that an order without a record would be.
fn taker(special: &Special) -> Taker {
    Taker {
        key: special.key,
        side: special.side,
        limit: special.limit,
        leaves: special.leaves,
        traded: special.traded,
        stp: special.stp,
        budget: special.budget.map(|cash| cash.0),
        id: NO_ID,
    }
}
