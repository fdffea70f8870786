//! One bid and one ask, kept where their owner wants them.
//!
//! An order whose price is to change is replaced, one whose size is to change is taken back first and
//! sent anew when the venue has confirmed that. So there is at most one order a side, it never trades more
//! than it was sent for, and what its owner may come to hold is known however long messages take. Of two
//! orders that move the same way, the one in front moves first, so that they never meet.

use crate::desk;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::Context;

/// Where a bid and an ask should be, and for how much; none where there should be none.
pub type Wanted = [Option<(Price, Qty)>; 2];

/// A bid and an ask.
#[derive(Clone, Debug)]
pub struct Quoting {
    instrument: InstrumentId,
    /// Moves of fewer ticks are not worth a message.
    min_move: i64,
    lifetime: Option<Span>,
    wanted: Wanted,
    standing: [Option<Standing>; 2],
}

/// One of the two, as far as the venue has confirmed it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    order: OrderId,
    /// Its limit; while it moves, the one it moves to.
    pub price: Price,
    from: Price,
    total: Qty,
    traded: Qty,
    /// When it was sent.
    pub since: Time,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Placed,
    There,
    Moving,
    Leaving,
}

impl Standing {
    /// What it may still trade.
    #[must_use]
    pub const fn leaves(&self) -> Qty {
        Qty(self.total.0 - self.traded.0)
    }
}

impl Quoting {
    /// Nothing yet. Quotes move when they are `min_move` ticks off, and are sent anew when they have stood
    /// for `lifetime`.
    #[must_use]
    pub const fn new(instrument: InstrumentId, min_move: Price, lifetime: Option<Span>) -> Self {
        let min_move = if min_move.0 > 1 { min_move.0 } else { 1 };
        Self { instrument, min_move, lifetime, wanted: [None; 2], standing: [None; 2] }
    }

    /// What stands on `side`, or is on its way there.
    #[must_use]
    pub const fn standing(&self, side: Side) -> Option<Standing> {
        self.standing[side as usize]
    }

    /// Asks for what it takes that the two are as `wanted`.
    pub fn quote(&mut self, cx: &mut Context<'_>, wanted: Wanted) {
        self.wanted = wanted;
        let rising = matches!((wanted[0], self.standing[1]), (Some((bid, _)), Some(ask)) if bid >= ask.price);
        let order = if rising { [Side::Sell, Side::Buy] } else { [Side::Buy, Side::Sell] };
        for side in order {
            self.arrange(cx, side);
        }
    }

    fn arrange(&mut self, cx: &mut Context<'_>, side: Side) {
        let wanted = self.wanted[side as usize];
        let Some(standing) = &mut self.standing[side as usize] else {
            let Some((price, qty)) = wanted else { return };
            if self.meets_itself(side, price) {
                return;
            }
            let order = cx.limit(self.instrument, side, price, qty);
            let (since, state) = (cx.now(), State::Placed);
            let new =
                Standing { order, price, from: price, total: qty, traded: Qty(0), since, state };
            self.standing[side as usize] = Some(new);
            return;
        };
        if standing.state != State::There {
            return;
        }
        let old = self.lifetime.is_some_and(|lifetime| standing.since.after(lifetime) <= cx.now());
        match wanted {
            Some((price, qty)) if qty == standing.leaves() && !old => {
                if (price.0 - standing.price.0).abs() >= self.min_move {
                    (standing.from, standing.price) = (standing.price, price);
                    standing.state = State::Moving;
                    standing.since = cx.now();
                    cx.replace(standing.order, price, standing.total);
                }
            }
            _ => {
                standing.state = State::Leaving;
                cx.cancel(standing.order);
            }
        }
    }

    /// True when an order of `side` at `price` would trade with the one that stands opposite.
    fn meets_itself(&self, side: Side, price: Price) -> bool {
        self.standing[side.opposite() as usize].is_some_and(|other| match side {
            Side::Buy => price >= other.price.min(other.from),
            Side::Sell => price <= other.price.max(other.from),
        })
    }

    /// Takes in what became of an order. What traded of which side, at what limit, if something did.
    pub fn told(&mut self, cx: &mut Context<'_>, event: &Event) -> Option<(Side, Price, Qty)> {
        match *event {
            Event::Accepted { key, .. } => self.with(key, |standing| standing.state = State::There),
            Event::Replaced { key, .. } => self.with(key, |standing| {
                standing.from = standing.price;
                if standing.state == State::Moving {
                    standing.state = State::There;
                }
            }),
            Event::Traded { maker, taker, qty, .. } => {
                let key = if maker.account == cx.account() { maker } else { taker };
                return self.filled(key, qty);
            }
            Event::Crossed { buy, sell, qty, .. } => {
                let key = if buy.account == cx.account() { buy } else { sell };
                return self.filled(key, qty);
            }
            Event::Cancelled { key, .. } => {
                // Taken back to be sent anew: now is the time.
                if let Some(side) = self.forget(key) {
                    cx.because("the old quote is gone", || [("order", key.order.0 as f64)]);
                    self.arrange(cx, side);
                }
            }
            Event::ExpiredInMatch { key, .. } | Event::Expired { key, .. } => {
                self.forget(key);
            }
            Event::Rejected { key, why } => self.refused(key, why),
            // Plain limits that end rather than meet their own have no other fate.
            _ => {}
        }
        None
    }

    /// A refused replacement leaves the order as it was; any other refusal means that there is none.
    fn refused(&mut self, key: OrderKey, why: Reject) {
        let mut gone = why == Reject::UnknownOrder;
        self.with(key, |standing| {
            gone |= standing.state == State::Placed;
            standing.price = standing.from;
            standing.state = State::There;
        });
        if gone {
            self.forget(key);
        }
    }

    fn filled(&mut self, key: OrderKey, qty: Qty) -> Option<(Side, Price, Qty)> {
        let side = self.side(key)?;
        let standing = self.standing[side as usize].as_mut().expect("a side that it stands on");
        standing.traded.0 += qty.0;
        let price = standing.price;
        if standing.leaves().is_zero() {
            self.standing[side as usize] = None;
        }
        // What was wanted was wanted before this: the owner says anew what he wants.
        self.wanted = [None; 2];
        Some((side, price, qty))
    }

    fn side(&self, key: OrderKey) -> Option<Side> {
        [Side::Buy, Side::Sell].into_iter().find(|side| {
            self.standing[*side as usize].is_some_and(|standing| standing.order == key.order)
        })
    }

    fn with(&mut self, key: OrderKey, change: impl FnOnce(&mut Standing)) {
        if let Some(side) = self.side(key) {
            change(self.standing[side as usize].as_mut().expect("a side that it stands on"));
        }
    }

    fn forget(&mut self, key: OrderKey) -> Option<Side> {
        let side = self.side(key)?;
        self.standing[side as usize] = None;
        Some(side)
    }
}

/// What a maker may still buy and sell, in lots, on orders of `size`, when it has moved `moved` from where
/// it began and may move `most`: nothing on a side that has no room, and never more than it can pay for
/// or has.
#[must_use]
pub fn room(
    cx: &Context<'_>,
    instrument: InstrumentId,
    prices: [Price; 2],
    (moved, most): (i128, Qty),
    size: Qty,
) -> [Option<Qty>; 2] {
    use pitfloor_model::units::Cash;
    let (most, size) = (i128::from(most.0), i128::from(size.0));
    let buys = (most - moved).min(desk::can_buy(cx, instrument, Cash::ZERO, prices[0]));
    let sells = (most + moved).min(desk::can_sell(cx, instrument, prices[1]));
    [buys, sells].map(|room| desk::lots(cx.instrument(instrument), room.min(size)))
}
