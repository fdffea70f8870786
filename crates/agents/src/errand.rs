//! An errand: so many lots of one instrument, got by one order after another, and counted.
//!
//! What strategies share that have to reach a number of lots and not a lot more: execution, pairs,
//! baskets. At most one order is alive at a time, resting or at once, and the next goes out when
//! the end of the last is known. So what is done is exact, however far away the venue is, and no
//! fill can come twice. It counts its own fills instead of looking at holdings: two errands may
//! then move the same currency, and other business of the same account does not disturb it.

use crate::desk::{self, BASIS_POINT};
use crate::orders::became;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{Cash, InstrumentId, OrderId, Price, Qty, Side};
use pitfloor_sim::agent::Context;

/// How far from the best price an order goes that must trade: 5 %, where brokers' protection of
/// market orders lies too.
pub const REACH: f64 = 500.0 * BASIS_POINT;

/// How an order is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Trades at once, as far as [`REACH`] from the best price of the other side.
    Market,
    /// Trades at once at the best price of the other side, and no further.
    Touch,
    /// Rests at the best price of its own side.
    Rest,
    /// Asks for the best price of the other side, and rests there when that has gone.
    Meet,
    /// Trades in the batch auction that comes next, at its limit or better; only where there are
    /// batches.
    Batch,
}

/// What is asked of the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Buy or sell.
    pub side: Side,
    /// At most so many lots.
    pub lots: u64,
    /// How.
    pub manner: Manner,
    /// At no worse price.
    pub limit: Option<Price>,
    /// Cash that is spoken for by other orders.
    pub spoken: Cash,
}

/// An order that may still trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Alive {
    order: OrderId,
    side: Side,
    price: Price,
    left: u64,
    rests: bool,
    leaving: bool,
}

/// Lots to be bought and sold, and what has become of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    instrument: InstrumentId,
    /// Lots bought less lots sold, as far as told.
    done: i128,
    /// Lots bought and lots sold together.
    traded: u64,
    alive: Option<Alive>,
}

impl Errand {
    /// Nothing done yet.
    #[must_use]
    pub const fn new(instrument: InstrumentId) -> Self {
        Self { instrument, done: 0, traded: 0, alive: None }
    }

    /// Where.
    #[must_use]
    pub const fn instrument(&self) -> InstrumentId {
        self.instrument
    }

    /// Lots bought less lots sold, as far as told.
    #[must_use]
    pub const fn done(&self) -> i128 {
        self.done
    }

    /// Lots bought and lots sold together, as far as told.
    #[must_use]
    pub const fn traded(&self) -> u64 {
        self.traded
    }

    /// True when no order is alive: what is done is then final.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.alive.is_none()
    }

    /// True when what rests is being taken back.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.alive.is_some_and(|alive| alive.leaving)
    }

    /// What the order that is alive may still trade.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.alive.map_or(0, |alive| alive.left)
    }

    /// Cash that the order that is alive may still cost, in the currency of the instrument.
    #[must_use]
    pub fn spoken(&self, cx: &Context<'_>) -> Cash {
        let buys = self.alive.filter(|alive| alive.side == Side::Buy);
        let definition = cx.instrument(self.instrument);
        let cost = |alive: Alive| definition.cost(alive.price, Qty(alive.left));
        buys.filter(|_| !definition.kind().is_margined()).map_or(Cash::ZERO, cost)
    }

    /// Takes in what this agent is told.
    pub fn told(&mut self, cx: &Context<'_>, event: &Event) {
        for (order, filled) in became(cx.account(), event).into_iter().flatten() {
            let Some(alive) = self.alive.as_mut().filter(|alive| alive.order == order) else {
                continue;
            };
            let Some(qty) = filled else {
                self.alive = None;
                continue;
            };
            alive.left = alive.left.saturating_sub(qty.0);
            let lots = i128::from(qty.0);
            self.done += if alive.side == Side::Buy { lots } else { -lots };
            self.traded += qty.0;
            if alive.left == 0 {
                self.alive = None;
            }
        }
    }

    /// Takes back what rests, if anything does and that has not been asked for already.
    pub fn withdraw(&mut self, cx: &mut Context<'_>) {
        if let Some(alive) = self.alive.as_mut().filter(|alive| alive.rests && !alive.leaving) {
            alive.leaving = true;
            cx.cancel(alive.order);
        }
    }

    /// The price at which an order of `side` would go out in this manner, and never beyond `limit`;
    /// none when nobody stands where it would have to, or nobody trades.
    #[must_use]
    pub fn price(
        &self,
        cx: &mut Context<'_>,
        side: Side,
        manner: Manner,
        limit: Option<Price>,
    ) -> Option<Price> {
        let view = cx.view();
        let phase = view.phase(self.instrument);
        if manner == Manner::Batch {
            return limit.filter(|_| phase == Phase::PeriodicCall);
        }
        if phase != Phase::Continuous {
            return None;
        }
        let best = |side| view.best(self.instrument, side).map(|(price, _)| price);
        let definition = cx.instrument(self.instrument);
        let price = match manner {
            Manner::Rest => best(side)
                .or_else(|| view.last(self.instrument).map(|print| print.price))
                .or(limit)?,
            Manner::Touch | Manner::Meet => best(side.opposite())?,
            Manner::Market => {
                let best = best(side.opposite())?.0 as f64;
                let away = best.abs() * REACH;
                let ticks = if side == Side::Buy { best + away } else { best - away };
                desk::price(definition, side, ticks)
            }
            Manner::Batch => unreachable!("it asks for its limit"),
        };
        let Some(limit) = limit else { return Some(price) };
        // An order that must trade and whose limit nobody meets would come back for nothing.
        let rests = matches!(manner, Manner::Rest | Manner::Meet);
        let met = best(side.opposite()).is_some_and(|best| side.accepts(limit, best));
        (rests || met).then(|| match side {
            Side::Buy => price.min(limit),
            Side::Sell => price.max(limit),
        })
    }

    /// Sends an order for no more than this agent can pay for or has, and says why: `rule`, with
    /// how many lots, at which price, and `figure`. Says how many it asked for; none when that is
    /// nothing, or when there is nobody to trade with.
    ///
    /// # Panics
    ///
    /// When an order is alive.
    pub fn send(
        &mut self,
        cx: &mut Context<'_>,
        ask: Ask,
        rule: &'static str,
        figure: (&'static str, f64),
    ) -> Option<Qty> {
        assert!(self.is_free(), "one order at a time");
        let Ask { side, lots, manner, limit, spoken } = ask;
        let price = self.price(cx, side, manner, limit)?;
        let means = match side {
            Side::Buy => desk::can_buy(cx, self.instrument, spoken, price),
            Side::Sell => desk::can_sell(cx, self.instrument, price),
        };
        let qty = desk::lots(cx.instrument(self.instrument), means.min(i128::from(lots)))?;
        cx.because(rule, || [("lots", qty.0 as f64), ("price_ticks", price.0 as f64), figure]);
        let rests = matches!(manner, Manner::Rest | Manner::Meet);
        let order = if rests {
            cx.limit(self.instrument, side, price, qty)
        } else {
            cx.take(self.instrument, side, price, qty)
        };
        let (left, leaving) = (qty.0, false);
        self.alive = Some(Alive { order, side, price, left, rests, leaving });
        Some(qty)
    }
}
