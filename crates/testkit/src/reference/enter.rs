//! How an order comes into the market: accepted, priced, matched, rested.

use super::checks::Asking;
use super::legal::Role;
use super::meet::Outcome;
use super::money::Need;
use super::{Answer, Link, Live, Meant, Place, Reference, accepts, other, rank};
use pitfloor_model::event::{CancelReason, Entry, Event, Phase, Reject, Terms};
use pitfloor_model::order::{Kind, Order, OrderList, PostOnly, Tif};
use pitfloor_model::units::{InstrumentId, OrderId, OrderKey, Price, Qty, Side};

impl Reference {
    pub(super) fn place(&mut self, order: Order, varied: Option<&[Qty]>) -> Answer {
        let asking = Asking {
            order: &order,
            role: Role::Alone,
            varied,
            earlier: &[],
            need: Need::default(),
            link: Ok(()),
        };
        // Only an iceberg has parts that could differ.
        self.check(asking)?;
        let entry = self.entry_of(&order, Role::Alone);
        self.tell_accepted(&order, entry);
        self.bring(order, varied.unwrap_or(&[]), Role::Alone, None, entry);
        self.start(order.key(), entry);
        self.drain();
        Ok(())
    }

    pub(super) fn place_list(&mut self, list: &OrderList) -> Result<(), (OrderKey, Reject)> {
        let link = super::lists::check_link(list);
        if list.members.is_empty() {
            let account = pitfloor_model::units::AccountId(u32::MAX);
            return Err((OrderKey { account, order: OrderId(0) }, Reject::BadLink));
        }
        let mut earlier: Vec<(Order, Role)> = Vec::new();
        let mut need = Need::default();
        for (at, order) in list.members.iter().enumerate() {
            let role = Role::of(list.shape, at);
            let asking = Asking { order, role, varied: None, earlier: &earlier, need, link };
            let own = self.check(asking).map_err(|why| (order.key(), why))?;
            need = need.with(own);
            earlier.push((*order, role));
        }
        self.lists += 1;
        let mut entries = Vec::new();
        for (at, (order, role)) in earlier.iter().enumerate() {
            let entry = self.entry_of(order, *role);
            self.tell_accepted(order, entry);
            let link = Link { list: self.lists, at, shape: list.shape };
            self.bring(*order, &[], *role, Some(link), entry);
            entries.push(entry);
        }
        for ((order, role), entry) in earlier.iter().zip(entries) {
            if !role.is_child() && self.at(order.key()).is_some() {
                self.start(order.key(), entry);
                self.drain();
            }
        }
        Ok(())
    }

    /// Puts an accepted order into the list of live orders.
    pub(super) fn bring(
        &mut self,
        order: Order,
        tranches: &[Qty],
        role: Role,
        link: Option<Link>,
        entry: Entry,
    ) {
        let limit = if self.waits_limited(&order) { self.price_got(&order) } else { order.price };
        let place = match entry {
            Entry::Entering => Place::Entering,
            Entry::Waiting => Place::Waiting(self.meant(order.tif)),
            Entry::Dormant if role.is_child() => Place::Sleeping,
            Entry::Dormant => Place::Dormant,
            Entry::Parked => Place::Parked,
        };
        let stamp = match entry {
            // Nobody asks for it before the order rests.
            Entry::Entering => pitfloor_model::units::Stamp(u64::MAX),
            _ => self.next_stamp(),
        };
        let amount = match order.kind {
            Kind::MarketByAmount { amount } => amount.0,
            _ => 0,
        };
        self.live.push(Live {
            key: order.key(),
            instrument: order.instrument,
            terms: terms_of(&order),
            place,
            limit: if place == Place::Parked { None } else { limit },
            leaves: order.qty,
            traded: Qty(0),
            shown: Qty(0),
            stamp,
            tranches: tranches.to_vec(),
            used: 0,
            accepted: self.now,
            extreme: None,
            amount,
            link,
            grows: 0,
            entered: false,
        });
    }

    fn start(&mut self, key: OrderKey, entry: Entry) {
        match entry {
            Entry::Waiting => {}
            Entry::Dormant => self.join_if_met(key),
            Entry::Parked => self.tell_parked(key, None),
            Entry::Entering => {
                self.take_price(key);
                self.enter(key);
            }
        }
    }

    pub(super) fn tell_parked(&mut self, key: OrderKey, from: Option<Price>) {
        let live = self.one(key);
        let (instrument, side) = (live.instrument, live.terms.side);
        self.out.push(Event::Parked { instrument, key, side, from });
    }

    /// The order as its sender would send it now, with what is left of it.
    pub(super) fn as_order(&self, key: OrderKey) -> Order {
        let live = self.one(key);
        Order {
            account: key.account,
            order: key.order,
            instrument: live.instrument,
            side: live.terms.side,
            kind: live.terms.kind,
            price: live.terms.price,
            qty: live.leaves,
            tif: live.terms.tif,
            stp: live.terms.stp,
            with: live.terms.with,
        }
    }

    /// Gives an entering order the price that it gets from the book; what becomes a limit order
    /// becomes one here.
    pub(super) fn take_price(&mut self, key: OrderKey) {
        let order = self.as_order(key);
        let got = self.price_got(&order);
        let once = order.kind.is_peg() && self.rules(order.instrument).peg_once;
        let market = matches!(order.kind, Kind::MarketProtected { .. } | Kind::MarketToLimit);
        let live = self.one_mut(key);
        live.limit = got;
        if once || market {
            live.terms.with.hidden |= order.kind == Kind::PegMid;
            live.terms.kind = Kind::Limit;
            live.terms.price = got;
        }
    }

    /// Prices, matches and rests an order that is between two places.
    pub(super) fn enter(&mut self, key: OrderKey) {
        self.one_mut(key).place = Place::Entering;
        if !self.one(key).is_peg() {
            self.reprice(key);
        }
        let live = self.one(key).clone();
        let first = !live.entered;
        let continuous = self.market(live.instrument).phase == Phase::Continuous;
        let least = if first { live.terms.with.min_qty } else { None };
        self.one_mut(key).entered = true;
        self.one_mut(key).terms.with.min_qty = None;
        if !continuous {
            match live.terms.tif {
                Tif::Fok => self.end_cancelled(key, CancelReason::FillOrKill),
                _ => self.rest(key, false),
            }
            return;
        }
        if live.terms.tif == Tif::Fok && self.dry_lots(key) < live.leaves.0 {
            self.end_cancelled(key, CancelReason::FillOrKill);
            return;
        }
        if least.is_some_and(|least| self.dry_lots(key) < least.0) {
            self.end_cancelled(key, CancelReason::MinQty);
            return;
        }
        if live.terms.with.all_or_none && self.dry_lots(key) < live.leaves.0 {
            self.rest(key, false);
            return;
        }
        let by_amount = matches!(live.terms.kind, Kind::MarketByAmount { .. });
        match self.walk(key) {
            Outcome::Ended => {}
            Outcome::Filled { amount } if by_amount => self.tell_unspent(&live, amount),
            Outcome::Filled { .. } => {}
            Outcome::Left { .. } if by_amount => {
                let amount = self.one(key).amount;
                self.tell_unspent(&live, amount);
                self.end_cancelled(key, CancelReason::Budget);
            }
            Outcome::Left { band } => self.rest(key, band),
        }
    }

    fn tell_unspent(&mut self, live: &Live, amount: i128) {
        let cash = pitfloor_model::units::Cash(amount);
        self.out.push(Event::Unspent { instrument: live.instrument, key: live.key, cash });
    }

    /// Short sale, post-only, band: one `Repriced` for each that applies.
    fn reprice(&mut self, key: OrderKey) {
        let live = self.one(key).clone();
        let (instrument, side) = (live.instrument, live.terms.side);
        if let (Some(price), Some(bid)) =
            (live.limit, self.short_bid(instrument, side, live.terms.with.mark))
            && price.0 <= bid.0
            && let Some(to) = self.inside(Side::Sell, bid, instrument)
        {
            self.move_to(key, to);
        }
        let continuous = self.market(instrument).phase == Phase::Continuous;
        if let (Some(price), Some(best)) =
            (self.one(key).limit, self.best_to_take(instrument, other(side)))
            && continuous
        {
            let moves = match live.terms.with.post_only {
                None | Some(PostOnly::Reject) => false,
                Some(PostOnly::Slide) => accepts(side, price, best),
                Some(PostOnly::SlideOrTake) => price.0 == best.0,
            };
            if let (true, Some(to)) = (moves, self.inside(side, best, instrument)) {
                self.move_to(key, to);
            }
        }
        if let Some(price) = self.one(key).limit {
            let to = self.banded(side, price, instrument);
            if to != price {
                self.move_to(key, to);
            }
        }
    }

    fn move_to(&mut self, key: OrderKey, to: Price) {
        let live = self.one_mut(key);
        let (instrument, side, from) = (live.instrument, live.terms.side, live.limit);
        live.limit = Some(to);
        live.terms.price = Some(to);
        self.out.push(Event::Repriced { instrument, key, side, from, to });
    }

    /// What is left rests at the back of its level, or ends.
    fn rest(&mut self, key: OrderKey, band: bool) {
        let live = self.one(key).clone();
        let (instrument, side) = (live.instrument, live.terms.side);
        let price = match (live.limit, live.terms.tif) {
            (Some(price), tif) if tif != Tif::Ioc => price,
            _ => {
                let why = if band { CancelReason::Band } else { CancelReason::Remainder };
                self.end_cancelled(key, why);
                return;
            }
        };
        let continuous = self.market(instrument).phase == Phase::Continuous;
        let best = self.best_to_take(instrument, other(side));
        let crosses = best.is_some_and(|best| accepts(side, price, best));
        if continuous && crosses && !live.terms.with.all_or_none {
            self.end_cancelled(key, CancelReason::Band);
            return;
        }
        let shown = if live.is_unseen() {
            Qty(0)
        } else {
            Qty(live.terms.with.display.map_or(live.leaves.0, |d| d.0.min(live.leaves.0)))
        };
        let before = self.best_shown(instrument, side);
        let improves = before.is_none_or(|before| rank(side, price) < rank(side, before));
        let stamp = self.next_stamp();
        if improves && !live.is_unseen() {
            let at = if side == Side::Buy { 0 } else { 1 };
            self.market_mut(instrument).top[at] = Some(stamp);
        }
        let live = self.one_mut(key);
        (live.place, live.stamp, live.shown, live.used) = (Place::Book, stamp, shown, 0);
        self.out.push(Event::Rested { instrument, key, side, price, qty: shown, stamp });
    }

    // ---- Prices from elsewhere ----

    /// The price of a peg by the references of this moment.
    pub(super) fn peg_price(
        &self,
        instrument: InstrumentId,
        side: Side,
        kind: Kind,
        cap: Option<Price>,
    ) -> Option<Price> {
        let own = self.best_plain(instrument, side).map(|price| i128::from(price.0));
        let opposite = self.best_plain(instrument, other(side)).map(|price| i128::from(price.0));
        let step = self.step(instrument);
        let towards = if side == Side::Buy { 1 } else { -1 };
        let mut ticks = match kind {
            Kind::PegPrimary { offset } => {
                let wanted = own? + i128::from(offset) * towards;
                match opposite {
                    Some(opposite) if side == Side::Buy => wanted.min(opposite - step),
                    Some(opposite) => wanted.max(opposite + step),
                    None => wanted,
                }
            }
            Kind::PegMarket { offset } => opposite? - i128::from(offset) * towards,
            Kind::PegMid => {
                let sum = own? + opposite?;
                match side {
                    Side::Buy => sum.div_euclid(2 * step) * step,
                    Side::Sell => -(-sum).div_euclid(2 * step) * step,
                }
            }
            _ => unreachable!("only pegs have references"),
        };
        if let Some(cap) = cap.map(|cap| i128::from(cap.0)) {
            ticks = if side == Side::Buy { ticks.min(cap) } else { ticks.max(cap) };
        }
        let bands = self.market(instrument).bands;
        match (side, bands) {
            (_, None) => {}
            (Side::Buy, Some(bands)) => ticks = ticks.min(i128::from(bands.upper.0)),
            (Side::Sell, Some(bands)) => ticks = ticks.max(i128::from(bands.lower.0)),
        }
        self.followed(ticks, instrument)
    }

    /// The limit of a market order that waits: the collar's bound around the reference.
    pub(super) fn waiting_limit(
        &self,
        instrument: InstrumentId,
        side: Side,
        meant: Meant,
    ) -> Option<Price> {
        let phase = match meant {
            Meant::Opening => Phase::OpenCall,
            Meant::Closing => Phase::CloseCall,
            Meant::Next => Phase::PeriodicCall,
        };
        let (lower, upper) = self.collar(instrument, phase)?;
        self.followed(if side == Side::Buy { upper } else { lower }, instrument)
    }
}

/// What an order says of itself.
pub(super) fn terms_of(order: &Order) -> Terms {
    Terms {
        side: order.side,
        kind: order.kind,
        price: order.price,
        qty: order.qty,
        tif: order.tif,
        stp: order.stp,
        with: order.with,
    }
}
