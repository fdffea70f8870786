//! The hand that sends a whole market's flow: one account for everybody who is in it.
//!
//! A hundred thousand small traders who know nothing are one stream of orders, and cost as much as
//! one. The hand sends for all of them, remembers which orders still wait, and lets them meet each
//! other: its orders carry no self-trade prevention (`none`, by docs/RULES.md the owner may trade
//! with himself), because those who send them are different people in the model. It needs an
//! account with unlimited credit.

use super::live::{Live, LiveOrders};
use crate::desk;
use pitfloor_model::command::Stp;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Span};
use pitfloor_sim::agent::Context;
use pitfloor_sim::orders::became;
use pitfloor_sim::params::Role;

/// The orders of a flow, and where the best prices stood when it last looked.
#[derive(Clone, Debug)]
pub struct Hand {
    instrument: InstrumentId,
    size: Qty,
    live: LiveOrders,
    bid: Price,
    ask: Price,
    /// Whether somebody stands there.
    shown: [bool; 2],
    missed: u64,
}

/// The wait before the next event of a flow with so many events per second.
pub fn wait(cx: &mut Context<'_>, per_s: f64) -> Span {
    Span((cx.dice().exponential(1e9 / per_s) as u64).max(1))
}

impl Hand {
    /// A hand for the flow of `role`'s instrument, in orders of `size`. Until somebody quotes, the
    /// best prices are taken to be one step apart, the bid at the reference price.
    #[must_use]
    pub fn new(role: &Role, size: Qty) -> Self {
        Self {
            instrument: role.instrument,
            size,
            live: LiveOrders::new(),
            bid: role.reference,
            ask: Price(role.reference.0 + 1),
            shown: [false; 2],
            missed: 0,
        }
    }

    /// Sees where the best prices stand; a side on which nobody stands is taken to be where it last
    /// was, or one step off the other one where that has gone through it. False while orders do not
    /// trade as they arrive.
    pub fn look(&mut self, cx: &mut Context<'_>) -> bool {
        let (view, step) = (cx.view(), self.step(cx));
        let quote = view.quote(self.instrument);
        self.shown = [quote.bid.is_some(), quote.ask.is_some()];
        self.bid = quote.bid.map_or(self.bid, |(price, _)| price);
        self.ask = quote.ask.map_or(self.ask, |(price, _)| price);
        if self.ask.0 < self.bid.0 + step {
            match self.shown {
                [false, true] => self.bid.0 = self.ask.0 - step,
                _ => self.ask.0 = self.bid.0 + step,
            }
        }
        view.phase(self.instrument) == Phase::Continuous
    }

    /// The best price of `side` when it last looked.
    #[must_use]
    pub const fn best(&self, side: Side) -> Price {
        match side {
            Side::Buy => self.bid,
            Side::Sell => self.ask,
        }
    }

    /// True when somebody stood on `side` when it last looked.
    #[must_use]
    pub const fn is_shown(&self, side: Side) -> bool {
        self.shown[side as usize]
    }

    /// How many steps an order of `side` at `price` lies from the best price of the other side.
    #[must_use]
    pub fn distance(&self, cx: &Context<'_>, side: Side, price: Price) -> i64 {
        let away = match side {
            Side::Buy => self.ask.0 - price.0,
            Side::Sell => price.0 - self.bid.0,
        };
        away / self.step(cx)
    }

    /// The price that lies so many steps from the best price of the other side.
    #[must_use]
    pub fn at(&self, cx: &Context<'_>, side: Side, distance: i64) -> Price {
        let away = distance * self.step(cx);
        match side {
            Side::Buy => Price(self.ask.0 - away),
            Side::Sell => Price(self.bid.0 + away),
        }
    }

    fn step(&self, cx: &Context<'_>) -> i64 {
        i64::try_from(cx.instrument(self.instrument).limits.price_step).expect("a step is a price")
    }

    /// Sends a limit order to rest. Nothing is sent at a price below the first step, or when
    /// [`LiveOrders::MOST`] wait already.
    pub fn rest(&mut self, cx: &mut Context<'_>, side: Side, price: Price) {
        let definition = cx.instrument(self.instrument);
        let size = desk::lots(definition, i128::from(self.size.0));
        let Some(leaves) = size.filter(|_| price.0 > 0 && !self.live.is_full()) else {
            self.missed += 1;
            return;
        };
        let draft = cx.draft(self.instrument, side, Some(price), leaves).with_stp(Stp::None);
        let order = cx.place(draft);
        self.live.add(Live { order, side, price, leaves });
    }

    /// Sends a market order. Nothing is sent when nobody stands on the other side: such an order is
    /// dropped, and counted.
    pub fn take(&mut self, cx: &mut Context<'_>, side: Side) {
        let definition = cx.instrument(self.instrument);
        let size = desk::lots(definition, i128::from(self.size.0));
        match size.filter(|_| self.is_shown(side.opposite())) {
            Some(qty) => {
                let draft = cx.draft(self.instrument, side, None, qty).with_stp(Stp::None);
                cx.place(draft);
            }
            None => self.missed += 1,
        }
    }

    /// Takes an order off the book. It is forgotten at once: what it still trades before the venue
    /// hears of this is nobody's to cancel.
    pub fn cancel(&mut self, cx: &mut Context<'_>, live: Live) {
        self.live.remove(live.order);
        cx.cancel(live.order);
    }

    /// The orders that wait.
    #[must_use]
    pub const fn live(&self) -> &LiveOrders {
        &self.live
    }

    /// How many orders it did not send: market orders against nobody, and limits for which there was
    /// no room.
    #[must_use]
    pub const fn missed(&self) -> u64 {
        self.missed
    }

    /// Takes in what became of an order.
    pub fn told(&mut self, cx: &Context<'_>, event: &Event) {
        for (order, filled) in became(cx.account(), event).into_iter().flatten() {
            match filled {
                Some(qty) => self.live.fill(order, qty),
                None => {
                    self.live.remove(order);
                }
            }
        }
    }
}
