//! Working orders: what an agent has in the book and on its way, and what it may still ask for.
//!
//! For agents that quote and now and then take. Room is reckoned from what is certain: holdings as
//! far as told, less everything that may still be filled (what rests, what was taken back and is
//! not confirmed, what trades at once and has not ended). So a limit of a position holds exactly,
//! however far away the venue is, and nothing is asked for that could not be paid or delivered.
//!
//! Whoever uses it asks for [`Own::All`](pitfloor_sim::agent::Own::All), to hear when what it took
//! back is gone, and acts only while [`Working::is_sure`].

use crate::desk::{self, Look};
use crate::orders::{InFlight, Orders, Resting};
use pitfloor_model::command::Tif;
use pitfloor_model::event::Event;
use pitfloor_model::units::{Cash, OrderId, Price, Qty, Side};
use pitfloor_sim::agent::{Context, Interest, Own};
use pitfloor_sim::params::Role;

/// Up to `N` resting orders and one that trades at once.
#[derive(Clone, Debug)]
pub(crate) struct Working<const N: usize> {
    role: Role,
    /// How far holdings may move from what they were at the start.
    most: Qty,
    home: i128,
    flight: InFlight,
    resting: Orders<N>,
    leaving: Orders<N>,
}

/// What whoever works orders must be told.
pub(crate) fn interest() -> Interest {
    Interest { own: Own::All, ..Interest::default() }
}

impl<const N: usize> Working<N> {
    /// Nothing yet, for who plays `role` and may move its holdings by `most`.
    pub(crate) fn new(role: &Role, most: Qty) -> Self {
        Self {
            role: *role,
            most,
            home: 0,
            flight: InFlight::default(),
            resting: Orders::new(),
            leaving: Orders::new(),
        }
    }

    /// Takes note of what it starts with.
    pub(crate) fn start(&mut self, cx: &Context<'_>) {
        self.home = cx.position(self.role.instrument);
    }

    /// Takes in what the agent is told of its own orders.
    pub(crate) fn told(&mut self, cx: &Context<'_>, event: &Event) {
        self.flight.told(cx.account(), event);
        self.resting.told(cx.account(), event);
        self.leaving.told(cx.account(), event);
    }

    /// True when nothing that was asked for is undecided, other than what rests.
    pub(crate) fn is_sure(&self) -> bool {
        self.flight.has_landed() && self.leaving.is_empty()
    }

    /// How many lots more than at the start it holds.
    pub(crate) fn away(&self, cx: &Context<'_>) -> i128 {
        cx.position(self.role.instrument) - self.home
    }

    /// The orders that rest.
    pub(crate) fn resting(&self) -> impl Iterator<Item = Resting> {
        self.resting.iter()
    }

    /// Takes everything off the book that rests there.
    ///
    /// # Panics
    ///
    /// While what was taken back before is not confirmed.
    pub(crate) fn take_back(&mut self, cx: &mut Context<'_>) {
        assert!(self.leaving.is_empty(), "what was taken back before is gone");
        self.leaving = std::mem::take(&mut self.resting);
        self.leaving.iter().for_each(|old| cx.cancel(old.order));
    }

    /// Rests up to `wanted` lots at `price`, as far as there is room.
    pub(crate) fn rest(
        &mut self,
        cx: &mut Context<'_>,
        side: Side,
        price: Price,
        wanted: i128,
    ) -> Option<OrderId> {
        self.rest_until(cx, side, price, wanted, Tif::Gtc)
    }

    /// The same for as long as `tif` says.
    pub(crate) fn rest_until(
        &mut self,
        cx: &mut Context<'_>,
        side: Side,
        price: Price,
        wanted: i128,
        tif: Tif,
    ) -> Option<OrderId> {
        if self.resting.is_full() {
            return None;
        }
        let qty = self.room(cx, side, price, wanted)?;
        let draft = cx.draft(self.role.instrument, side, Some(price), qty);
        let order = cx.place(draft.until(tif));
        self.resting.add(Resting { order, side, price, leaves: qty, since: cx.now() });
        Some(order)
    }

    /// Takes up to `wanted` lots at `limit` or better, at once or not at all.
    pub(crate) fn take(
        &mut self,
        cx: &mut Context<'_>,
        side: Side,
        limit: Price,
        wanted: i128,
    ) -> Option<OrderId> {
        let qty = self.room(cx, side, limit, wanted)?;
        let order = cx.take(self.role.instrument, side, limit, qty);
        self.flight.send(order, qty);
        Some(order)
    }

    /// Takes a step towards holding `target` lots more than at the start: at most `size` lots at
    /// the best price of the other side, at once or not at all. None while the last step is in
    /// flight.
    pub(crate) fn step(
        &mut self,
        cx: &mut Context<'_>,
        look: &Look,
        target: i128,
        size: Qty,
    ) -> Option<OrderId> {
        let gap = target - self.away(cx);
        let side = if gap > 0 { Side::Buy } else { Side::Sell };
        let best = look.best(side.opposite()).filter(|_| gap != 0)?;
        self.take(cx, side, best, gap.abs().min(i128::from(size.0)))
    }

    /// As many of `wanted` lots as it may ask for; none while an order is in flight.
    pub(crate) fn room(
        &self,
        cx: &Context<'_>,
        side: Side,
        price: Price,
        wanted: i128,
    ) -> Option<Qty> {
        if !self.flight.has_landed() {
            return None;
        }
        let instrument = cx.instrument(self.role.instrument);
        let (away, most) = (self.away(cx), i128::from(self.most.0));
        let spoken = self.resting.committed_lots(side) + self.leaving.committed_lots(side);
        let room = match side {
            Side::Buy => {
                let committed = self.resting.committed_cash(instrument).0
                    + self.leaving.committed_cash(instrument).0;
                let cash = Cash(committed);
                (most - away - spoken).min(desk::can_buy(cx, self.role.instrument, cash, price))
            }
            Side::Sell => {
                let can = desk::can_sell(cx, self.role.instrument, price);
                (most + away).min(can) - spoken
            }
        };
        desk::lots(instrument, room.min(wanted))
    }
}
