//! Changing and cancelling live orders.

use super::clearing::Ask;
use super::money::limit_need;
use super::{Answer, Live, Place, Reference, rank};
use pitfloor_model::command::{Change, Filter, MassReason};
use pitfloor_model::event::{CancelReason, Event, Phase, Reject, Terms};
use pitfloor_model::order::{Kind, PostOnly, Tif};
use pitfloor_model::trading::{ReplacePriority, ReplaceQty};
use pitfloor_model::units::{AccountId, InstrumentId, OrderKey, Price, Qty, Side};

impl Reference {
    pub(super) fn replace(&mut self, key: OrderKey, price: Price, qty: Qty) -> Answer {
        self.amend(key, Change { price: Some(price), qty: Some(qty), ..Change::default() })
    }

    pub(super) fn amend(&mut self, key: OrderKey, change: Change) -> Answer {
        let member = self.member(key.account).ok_or(Reject::UnknownAccount)?;
        if member.blocked && !self.is_the_houses(key.order) {
            return Err(Reject::KillSwitch);
        }
        let old = self.order(key).ok_or(Reject::UnknownOrder)?;
        if matches!(self.market(old.instrument).phase, Phase::Halt | Phase::Closed) {
            return Err(Reject::PhaseForbids);
        }
        let total = self.total_after(&old, &change);
        self.check_change(&old, &change, total)?;
        if total <= old.traded.0 {
            self.end_cancelled(key, CancelReason::ReplacedToDone);
            return Ok(());
        }
        let new = changed(&old, &change, total);
        self.check_changed_limits(&new, &change)?;
        let same_trigger = new.terms.kind == old.terms.kind;
        let keeps = new.terms != old.terms || new.leaves != old.leaves;
        let kept = keeps
            && new.terms.price == old.terms.price
            && same_trigger
            && new.leaves.0 <= old.leaves.0
            && self.rules(old.instrument).replace_priority == ReplacePriority::KeepOnDecrease;
        self.check_funds(&old, &new, kept)?;
        let triggered = new.terms.kind.trigger();
        if let (Some(trigger), false) = (triggered, same_trigger)
            && !self.rules(old.instrument).trigger_at_once
            && self.met_now(old.instrument, old.terms.side, new.terms.kind, trigger.on)
        {
            return Err(Reject::StopAlreadyMet);
        }
        if let (Place::Book, Some(price)) = (old.place, new.terms.price) {
            let mode: Option<PostOnly> = old.terms.with.post_only;
            self.check_maker(old.instrument, old.terms.side, price, mode)?;
        }
        self.change(&old, new, &change, kept, same_trigger);
        self.drain();
        Ok(())
    }

    /// The total quantity that the change leads to.
    fn total_after(&self, old: &Live, change: &Change) -> u64 {
        match (change.qty, self.rules(old.instrument).replace_qty) {
            (None, _) => old.traded.0 + old.leaves.0,
            (Some(qty), ReplaceQty::Total) => qty.0,
            (Some(qty), ReplaceQty::Open) => old.traded.0.saturating_add(qty.0),
        }
    }

    /// The checks of what is named.
    fn check_change(&self, old: &Live, change: &Change, total: u64) -> Answer {
        let instrument = old.instrument;
        if let Some(qty) = change.qty {
            self.check_qty(qty, instrument)?;
        }
        if total > 1 << 41 {
            return Err(Reject::QtyOverMax);
        }
        for price in [change.price, change.trigger].into_iter().flatten() {
            self.check_tick(price, instrument)?;
        }
        if let Some(price) = change.price {
            self.check_distance(price, instrument)?;
        }
        if (change.price.is_some() || change.qty.is_some())
            && let Some(price) = change.price.or(old.terms.price)
        {
            let value = i128::from(price.0).abs() * i128::from(total);
            self.check_notional(value * self.tick_value(instrument), instrument)?;
        }
        if let Some(tif) = change.tif {
            let rests = |tif: Tif| matches!(tif, Tif::Gtc | Tif::Gtd(_) | Tif::Day);
            if !rests(tif) || !rests(old.terms.tif) {
                return Err(Reject::IllegalCombination);
            }
            self.check_expiry(tif, instrument)?;
        }
        if let Some(display) = change.display {
            self.check_shown(display, Qty(total), instrument)?;
        }
        if let (Some(display), true) =
            (old.terms.with.display, change.qty.is_some() || change.display.is_some())
        {
            match change.display {
                Some(display) => self.check_parts(display, &[], Qty(total), instrument)?,
                None => self.check_parts(display, &old.tranches, Qty(total), instrument)?,
            }
        }
        let has_price = match old.terms.kind {
            Kind::Limit | Kind::StopLimit(_) | Kind::TakeProfitLimit(_) | Kind::ImbalanceOnly => {
                true
            }
            kind => kind.is_peg(),
        };
        let has_trigger = old.place == Place::Dormant && old.terms.kind.trigger().is_some();
        if change.price.is_some() && !has_price
            || change.trigger.is_some() && !has_trigger
            || change.display.is_some() && old.terms.with.display.is_none()
            || old.place == Place::Sleeping
        {
            return Err(Reject::NotReplaceable);
        }
        self.check_band(old.terms.side, change.price, instrument)
    }

    /// What names price or quantity is held against the sender's limits like a new order.
    fn check_changed_limits(&mut self, new: &Live, change: &Change) -> Answer {
        if change.price.is_none() && change.qty.is_none() {
            return Ok(());
        }
        self.check_limits(Ask {
            key: new.key,
            instrument: new.instrument,
            side: new.terms.side,
            price: new.terms.price,
            qty: new.leaves,
            changes: true,
        })
    }

    /// The new need must be there once the old is given back.
    fn check_funds(&self, old: &Live, new: &Live, kept: bool) -> Answer {
        if !matches!(old.place, Place::Book | Place::Waiting(_)) {
            return Ok(());
        }
        let side = old.terms.side;
        let price = if old.is_peg() && !kept {
            self.peg_price(old.instrument, side, old.terms.kind, new.terms.price)
        } else {
            new.limit
        };
        let Some(price) = price else { return Ok(()) };
        let need = limit_need(side, price, new.leaves, self.tick_value(old.instrument));
        self.afford(old.key.account, old.instrument, need, Some(old.key))
    }

    fn change(&mut self, old: &Live, new: Live, change: &Change, kept: bool, same_trigger: bool) {
        let (key, instrument, side) = (old.key, old.instrument, old.terms.side);
        let peg = old.is_peg();
        let at = self.at(key).expect("the order is live");
        self.live[at] = new.clone();
        let more = change.trigger.is_some()
            || change.tif.is_some()
            || change.display.is_some()
            || change.tag.is_some();
        let Some(from) = old.level() else {
            self.tell_amended(key, kept);
            if !kept {
                let stamp = self.next_stamp();
                self.one_mut(key).stamp = stamp;
            }
            if !same_trigger {
                let queue = &mut self.market_mut(instrument).queue;
                queue.retain(|(queued, _)| *queued != key);
                self.join_if_met(key);
            }
            return;
        };
        if !peg {
            self.out.push(Event::Replaced {
                instrument,
                key,
                side,
                from,
                left: old.leaves,
                price: new.limit.expect("what rests has a level"),
                qty: Qty(new.traded.0 + new.leaves.0),
                leaves: new.leaves,
                kept,
            });
        }
        if peg || more {
            self.tell_amended(key, kept);
        }
        if kept {
            let live = self.one_mut(key);
            live.shown.0 = live.shown.0.min(live.leaves.0);
            return;
        }
        self.one_mut(key).place = Place::Entering;
        if peg {
            let to = self.peg_price(instrument, side, new.terms.kind, new.terms.price);
            let live = self.one_mut(key);
            live.limit = to;
            match to {
                None => {
                    live.place = Place::Parked;
                    self.tell_parked(key, Some(from));
                    return;
                }
                Some(to) => {
                    let from = Some(from);
                    self.out.push(Event::Repriced { instrument, key, side, from, to });
                }
            }
        }
        self.enter(key);
    }

    fn tell_amended(&mut self, key: OrderKey, kept: bool) {
        let live = self.one_mut(key);
        live.terms.qty = Qty(live.traded.0 + live.leaves.0);
        let (instrument, terms): (_, Terms) = (live.instrument, live.terms);
        self.out.push(Event::Amended { instrument, key, terms, kept });
    }

    pub(super) fn reduce(&mut self, key: OrderKey, by: Qty) -> Answer {
        self.member(key.account).ok_or(Reject::UnknownAccount)?;
        let old = self.order(key).ok_or(Reject::UnknownOrder)?;
        if by.0 == 0 {
            return Err(Reject::ZeroQty);
        }
        if !by.0.is_multiple_of(self.qty_step(old.instrument)) {
            return Err(Reject::OffLot);
        }
        if old.place == Place::Sleeping {
            return Err(Reject::NotReplaceable);
        }
        if by.0 >= old.leaves.0 {
            self.end_cancelled(key, CancelReason::User);
            return Ok(());
        }
        let live = self.one_mut(key);
        live.leaves.0 -= by.0;
        live.shown.0 = live.shown.0.min(live.leaves.0);
        let (instrument, side, leaves) = (live.instrument, live.terms.side, live.leaves);
        match old.level() {
            None => self.tell_amended(key, true),
            Some(price) => {
                self.out.push(Event::Reduced { instrument, key, side, price, by, leaves });
            }
        }
        Ok(())
    }

    pub(super) fn cancel(&mut self, key: OrderKey) -> Answer {
        self.member(key.account).ok_or(Reject::UnknownAccount)?;
        self.at(key).ok_or(Reject::UnknownOrder)?;
        self.end_cancelled(key, CancelReason::User);
        Ok(())
    }

    pub(super) fn mass_cancel(&mut self, filter: &Filter, why: MassReason) -> Answer {
        if let Some(instrument) = filter.instrument {
            self.known(instrument)?;
        }
        if let Some(account) = filter.account {
            self.member(account).ok_or(Reject::UnknownAccount)?;
        }
        let why = match why {
            MassReason::Asked => CancelReason::Mass,
            MassReason::Disconnect => CancelReason::Disconnect,
        };
        self.sweep(filter, why);
        Ok(())
    }

    /// Ends every order that fits, and counts them.
    pub(super) fn sweep(&mut self, filter: &Filter, why: CancelReason) {
        let (orders, qty) = self.end_swept(|live| fits(live, filter), why);
        let account = filter.account.unwrap_or(AccountId(u32::MAX));
        self.out.push(Event::MassCancelled { account, orders, qty });
    }

    /// Ends the orders that `fits` says yes to, in the order of a mass cancel.
    pub(super) fn end_swept(
        &mut self,
        fits: impl Fn(&Live) -> bool,
        why: CancelReason,
    ) -> (u32, Qty) {
        let mut fitting: Vec<&Live> = self.live.iter().filter(|live| fits(live)).collect();
        fitting.sort_by_key(|live| {
            let side = live.terms.side;
            let (group, level) = match (live.place, live.level()) {
                (_, Some(level)) => (u8::from(side == Side::Sell), rank(side, level)),
                (Place::Parked, _) => (2, 0),
                (Place::Waiting(_), _) => (3, 0),
                _ => (4, 0),
            };
            (live.instrument.0, group, level, live.stamp.0)
        });
        let keys: Vec<OrderKey> = fitting.into_iter().map(|live| live.key).collect();
        let (mut orders, mut qty) = (0, Qty(0));
        for key in keys {
            if let Some(at) = self.at(key) {
                orders += 1;
                qty.0 += self.live[at].leaves.0;
                self.end_cancelled(key, why);
            }
        }
        (orders, qty)
    }

    /// Ends every order of these instruments, without counting.
    pub(super) fn cancel_all_of(&mut self, instruments: &[InstrumentId], why: CancelReason) {
        let _ = self.end_swept(|live| instruments.contains(&live.instrument), why);
    }
}

/// The price in an order's terms, or that its wait for an auction gave it.
fn own_price(live: &Live) -> Option<Price> {
    if live.is_peg() { live.terms.price } else { live.limit }
}

fn fits(live: &Live, filter: &Filter) -> bool {
    let price = live.level().or(own_price(live));
    filter.account.is_none_or(|account| account == live.key.account)
        && filter.instrument.is_none_or(|instrument| instrument == live.instrument)
        && filter.side.is_none_or(|side| side == live.terms.side)
        && filter.tag.is_none_or(|tag| tag == live.terms.with.tag)
        && filter.session.is_none_or(|session| session == live.terms.with.session)
        && filter.prices.is_none_or(|(lowest, highest)| {
            price.is_some_and(|price| lowest.0 <= price.0 && price.0 <= highest.0)
        })
}

/// The order as the change leaves it, in the place it has.
fn changed(old: &Live, change: &Change, total: u64) -> Live {
    let mut new = old.clone();
    new.leaves = Qty(total - old.traded.0);
    new.terms.tif = change.tif.unwrap_or(old.terms.tif);
    new.terms.with.tag = change.tag.unwrap_or(old.terms.with.tag);
    if let Some(display) = change.display {
        new.terms.with.display = Some(display);
        if old.terms.with.display != Some(display) || !old.tranches.is_empty() {
            // The size of the next part and of all later ones.
            new.tranches.clear();
        }
    }
    if let Some(price) = change.price {
        new.terms.price = Some(price);
        if !old.is_peg() {
            new.limit = Some(price);
        }
    }
    if let Some(to) = change.trigger {
        match &mut new.terms.kind {
            Kind::Stop(trigger)
            | Kind::StopLimit(trigger)
            | Kind::TakeProfit(trigger)
            | Kind::TakeProfitLimit(trigger) => trigger.price = to,
            _ => unreachable!("only what has a trigger may change it"),
        }
    }
    new
}
