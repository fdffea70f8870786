//! The gate: is the order well formed, within its limits, and welcome now?
//!
//! The order of the questions is the precedence of the answers, and part of the rules: the first
//! that fails is the refusal ([`Reject`] lists them in this order).

use crate::book::{Book, fills};
use crate::ledger::{Asset, Need};
use pitfloor_model::command::{Kind, Order, Tif};
use pitfloor_model::event::Reject;
use pitfloor_model::instrument::{Instrument, Limits};
use pitfloor_model::units::{Price, Qty, Side};

/// Is the quantity one that the instrument trades in?
pub(crate) fn qty(limits: &Limits, qty: Qty) -> Result<(), Reject> {
    if qty.is_zero() {
        Err(Reject::ZeroQty)
    } else if qty < limits.qty_min {
        Err(Reject::QtyUnderMin)
    } else if qty > limits.qty_max {
        Err(Reject::QtyOverMax)
    } else if !qty.0.is_multiple_of(limits.qty_step) {
        Err(Reject::OffLot)
    } else {
        Ok(())
    }
}

/// Is the price one that the instrument trades at, `last` being where it last traded?
pub(crate) fn price(limits: &Limits, price: Price, last: Option<Price>) -> Result<(), Reject> {
    let (size, far) = (price.0.unsigned_abs(), Price::FARTHEST.0.unsigned_abs());
    if size > far || !size.is_multiple_of(limits.price_step) {
        return Err(Reject::OffTick);
    }
    match (limits.price_distance_max, last) {
        (Some(most), Some(last)) if price.0.abs_diff(last.0) > most => Err(Reject::PriceTooFar),
        _ => Ok(()),
    }
}

/// Is the order worth no more than one order may be?
pub(crate) fn notional(instrument: &Instrument, price: Price, qty: Qty) -> Result<(), Reject> {
    if instrument.cost(price, qty).0.abs() > instrument.limits.notional_max.0 {
        return Err(Reject::NotionalOverMax);
    }
    Ok(())
}

/// Everything about a new order's own terms: quantity, price, value, combination.
pub(crate) fn terms(
    instrument: &Instrument,
    order: &Order,
    book: &Book,
    last: Option<Price>,
) -> Result<(), Reject> {
    let limits = &instrument.limits;
    qty(limits, order.qty)?;
    match (order.kind, order.price) {
        (Kind::Limit, None) => return Err(Reject::PriceMissing),
        (Kind::Market, Some(_)) => return Err(Reject::PriceNotAllowed),
        (Kind::Limit, Some(limit)) => price(limits, limit, last)?,
        _ => {}
    }
    if let Some(judged_at) = order.price.or_else(|| book.best(order.side.opposite())) {
        notional(instrument, judged_at, order.qty)?;
    }
    if order.kind == Kind::Market && order.tif != Tif::Ioc {
        return Err(Reject::IllegalCombination);
    }
    Ok(())
}

/// What a new order must have behind it: at its limit, or along its walk through `book`.
pub(crate) fn need(asset: Asset, order: &Order, book: &Book) -> Need {
    if let Some(limit) = order.price {
        return asset.need(order.side, limit, order.qty);
    }
    let makers = book.orders(order.side.opposite());
    let cost: i128 = fills(order.qty, order.account, order.stp, makers)
        .map(|fill| asset.cost(fill.maker.price, fill.qty))
        .sum();
    match order.side {
        Side::Buy => Need { cash: cost.max(0), lots: 0 },
        Side::Sell => Need { cash: (-cost).max(0), lots: i128::from(order.qty.0) },
    }
}
