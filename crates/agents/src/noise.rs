//! Noise: a zero-intelligence trader.
//!
//! Source: Gode & Sunder (1993), *Allocative efficiency of markets with zero-intelligence traders*,
//! Journal of Political Economy 101(1), for traders that know nothing but their budget; Farmer,
//! Patelli & Zovko (2005), *The predictive power of zero intelligence in financial markets*, PNAS
//! 102(6), for the flow of market orders, limit orders and cancellations.
//!
//! It wakes at random, tosses a coin for the side, and sends a market order with probability
//! `market_share`, else a limit order at an exponentially distributed distance from the mid, now and
//! then on the far side of it (`crossing`). Orders that have waited longer than `patience` are taken
//! back, and the oldest when there is no room for another. It sells what it has and buys what it can
//! pay; when it can do no part of what the coin said, it does nothing. While nobody offers anything,
//! it sends limit orders only.

use crate::desk::{self, BASIS_POINT, Look};
use crate::orders::{Orders, Resting};
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `noise`.
pub static KIND: Kind = Kind {
    name: "noise",
    about: "buys and sells at random, within its means",
    source: "Gode & Sunder 1993; Farmer, Patelli & Zovko 2005",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 5s)",
            about: "wait between two acts",
        },
        Parameter {
            name: "market_share",
            takes: Takes::Number(0.0, 1.0),
            default: "0.2",
            about: "share of market orders among its orders",
        },
        Parameter {
            name: "distance",
            takes: Takes::Number(0.0, 10_000.0),
            default: "12",
            about: "mean distance of its limits from the mid, in basis points",
        },
        Parameter {
            name: "crossing",
            takes: Takes::Number(0.0, 1.0),
            default: "0.05",
            about: "share of limits on the far side of the mid",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "10",
            about: "largest order, in lots; sizes are drawn evenly from 1 to this",
        },
        Parameter {
            name: "patience",
            takes: Takes::Span,
            default: "15s",
            about: "how long an order may wait before it is taken back",
        },
    ],
    build: Build::One(|params, role| Box::new(Noise::new(params, role))),
};

/// How many orders one noise trader lets rest at once.
pub const RESTING_MAX: usize = 4;

/// How much dearer than the best price a market order may turn out, as this trader reckons.
const MARGIN: f64 = 1.02;

/// A zero-intelligence trader.
///
/// Most of a crowd is of this kind, so it is laid out in three cache lines: what every act needs, what
/// an act needs of its orders, and the rest of its orders.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Noise {
    instrument: InstrumentId,
    /// Whether it acts at a fixed rhythm, rather than at random with this mean wait.
    fixed: bool,
    wait: Span,
    reference: Price,
    market_share: f64,
    distance: f64,
    crossing: f64,
    size: Qty,
    patience: Span,
    orders: Orders<RESTING_MAX>,
}

impl Noise {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let rate = params.wait("rate");
        Self {
            instrument: role.instrument,
            fixed: matches!(rate, Wait::Fixed(_)),
            wait: rate.mean(),
            reference: role.reference,
            market_share: params.number("market_share"),
            distance: params.number("distance") * BASIS_POINT,
            crossing: params.number("crossing"),
            size: params.lots("size"),
            patience: params.span("patience"),
            orders: Orders::new(),
        }
    }

    const fn rate(&self) -> Wait {
        if self.fixed { Wait::Fixed(self.wait) } else { Wait::Exponential(self.wait) }
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        while let Some(old) = self.orders.forget_sent_by(cx.now().before(self.patience)) {
            cx.cancel(old);
        }
        let (view, instrument, reference) = (cx.view(), self.instrument, self.reference);
        let look = Look::of(&view, instrument, reference)
            .or_else(|| Look::in_call(&view, instrument, reference));
        let Some(look) = look else { return };
        let (side, wanted) = (cx.dice().side(), 1 + cx.dice().below(self.size.0));
        self.order(cx, &look, side, wanted);
    }

    /// Sends an order of `side`, unless this trader can afford no part of it.
    fn order(&mut self, cx: &mut Context<'_>, look: &Look, side: Side, wanted: u64) {
        let best = look.best(side.opposite());
        match best.filter(|_| cx.dice().chance(self.market_share)) {
            Some(best) => self.market(cx, side, best, wanted),
            None => self.limit(cx, look, side, wanted),
        }
    }

    fn market(&self, cx: &mut Context<'_>, side: Side, best: Price, wanted: u64) {
        if let Some(qty) = self.within_means(cx, side, best.0 as f64 * MARGIN, wanted) {
            cx.because("tossed a coin: market order", || [("best_ticks", best.0 as f64)]);
            cx.market(self.instrument, side, qty);
        }
    }

    fn limit(&mut self, cx: &mut Context<'_>, look: &Look, side: Side, wanted: u64) {
        let mid = look.price;
        let away = cx.dice().exponential(self.distance * mid);
        let away = if cx.dice().chance(self.crossing) { -away } else { away };
        let ticks = match side {
            Side::Buy => mid - away,
            Side::Sell => mid + away,
        };
        let Some(qty) = self.within_means(cx, side, ticks, wanted) else { return };
        if self.orders.is_full()
            && let Some(oldest) = self.orders.forget_oldest()
        {
            cx.cancel(oldest);
        }
        let price = desk::price(cx.instrument(self.instrument), side, ticks);
        cx.because("tossed a coin: limit order", || [("mid_ticks", mid), ("away_ticks", away)]);
        let order = cx.limit(self.instrument, side, price, qty);
        self.orders.add(Resting { order, side, price, leaves: qty, since: cx.now() });
    }

    /// As many of the `wanted` lots as are free to sell, or can be paid for at `ticks`.
    fn within_means(&self, cx: &Context<'_>, side: Side, ticks: f64, wanted: u64) -> Option<Qty> {
        let instrument = cx.instrument(self.instrument);
        let means = match side {
            Side::Buy => {
                let committed = self.orders.committed_cash(instrument);
                let price = desk::price(instrument, Side::Sell, ticks);
                desk::can_buy(cx, self.instrument, committed, price)
            }
            Side::Sell => {
                let price = desk::price(instrument, Side::Sell, ticks);
                let can = desk::can_sell(cx, self.instrument, price);
                can - self.orders.committed_lots(Side::Sell)
            }
        };
        desk::lots(instrument, means.min(i128::from(wanted)))
    }
}

impl Agent for Noise {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                desk::wake_first(self.rate(), cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                let wait = self.rate().draw(cx.dice());
                cx.wake_in(wait);
            }
            Notice::Own(event) => self.orders.told(cx.account(), event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;
    use pitfloor_model::command::{Command, Kind as OrderKind, Order};
    use pitfloor_model::units::OrderId;
    use pitfloor_sim::latency::Latency;

    /// A floor with a deep book five ticks around the reference, and one busy trader.
    fn busy(changes: &[(&str, &str)], minutes: u64) -> (Floor, Vec<Order>) {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 5, &mut Vec::new());
        let changes: Vec<_> = [("rate", "exp(mean = 1s)")].iter().chain(changes).copied().collect();
        let noise = floor.seat("noise", &changes);
        floor.pass(Span::secs(60 * minutes));
        let placed = floor.placed_by(noise);
        (floor, placed)
    }

    #[test]
    fn buys_as_often_as_it_sells() {
        let (floor, placed) = busy(&[("size", "1")], 100);
        assert!((5_600..6_400).contains(&placed.len()), "{}", placed.len());
        let buys = placed.iter().filter(|order| order.side == Side::Buy).count() as f64;
        let share = buys / placed.len() as f64;
        assert!((share - 0.5).abs() < 0.025, "four standard errors: {share}");
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn sends_as_many_market_orders_as_it_is_told_to() {
        let (_, placed) = busy(&[("size", "1"), ("market_share", "0.3")], 100);
        let markets = placed.iter().filter(|order| order.kind == OrderKind::Market).count() as f64;
        let share = markets / placed.len() as f64;
        assert!((share - 0.3).abs() < 0.024, "four standard errors: {share}");
    }

    #[test]
    fn limits_lie_around_the_mid_at_the_mean_distance() {
        let changes = [("size", "1"), ("market_share", "0"), ("crossing", "0"), ("distance", "20")];
        let mut floor = Floor::new(1);
        // Nothing trades here, so its own orders cannot move the mid far from the outside quotes.
        let noise =
            floor.seat("noise", &[&changes[..], &[("rate", "1s"), ("patience", "1ms")]].concat());
        let mut before = Vec::new();
        floor.quote(10_000, 1, &mut before);
        floor.pass(Span::secs(6_000));
        let away = |order: &Order| {
            let price = order.price.unwrap().0;
            if order.side == Side::Buy { 10_000 - price } else { price - 10_000 }
        };
        let placed = floor.placed_by(noise);
        assert!(placed.iter().all(|order| away(order) >= 0), "none crosses the mid");
        let mean = placed.iter().map(|order| away(order) as f64).sum::<f64>() / placed.len() as f64;
        // 20 ticks, and half a tick for rounding away from the mid.
        assert!((mean - 20.5).abs() < 1.1, "four standard errors: {mean}");
    }

    #[test]
    fn sizes_are_drawn_evenly() {
        let (_, placed) = busy(&[("size", "3")], 60);
        for size in 1..=3 {
            let drawn = placed.iter().filter(|order| order.qty == Qty(size)).count();
            let share = drawn as f64 / placed.len() as f64;
            assert!((share - 1.0 / 3.0).abs() < 0.035, "{size}: {share}");
        }
    }

    #[test]
    fn takes_its_orders_back_after_a_while() {
        let mut floor = Floor::new(1);
        let changes = [("market_share", "0"), ("rate", "1s"), ("patience", "2s")];
        let noise = floor.seat("noise", &changes);
        floor.pass(Span::secs(600));
        let live = |side| floor.kernel.board().levels(crate::floor::ACME).levels(side).count();
        assert!(live(Side::Buy) + live(Side::Sell) <= RESTING_MAX);
        let cancels = |command: &Command| matches!(command, Command::Cancel { .. });
        assert!(floor.asked_by(noise).iter().filter(|asked| cancels(asked)).count() > 500);
    }

    #[test]
    fn never_has_more_than_its_few_orders_in_the_book() {
        let mut floor = Floor::new(1);
        let noise =
            floor.seat("noise", &[("market_share", "0"), ("rate", "1s"), ("patience", "1h")]);
        for _ in 0..120 {
            floor.pass(Span::secs(1));
            let placed = floor.placed_by(noise);
            let live = |order: &&Order| floor.kernel.exchange().order(order.key()).is_some();
            assert!(placed.iter().filter(live).count() <= RESTING_MAX);
        }
    }

    /// Without shares it can only buy, without cash only sell; near the end of its means its orders
    /// get smaller rather than being refused.
    #[test]
    fn keeps_to_its_means() {
        for (dollars, shares) in [(3_000, 0), (0, 30), (1, 1)] {
            let mut floor = Floor::new(1);
            floor.quote(10_000, 5, &mut Vec::new());
            let (near, means) = (Latency::Fixed(Span::millis(1)), Floor::means(dollars, shares));
            floor.seat_as("noise", "poor", 0, near, &means, &[("rate", "100ms"), ("size", "40")]);
            floor.pass(Span::secs(600));
            let refusals = floor.refusals().len();
            let commands = floor.record.0.len();
            assert!(refusals * 100 <= commands, "{refusals} of {commands}");
            assert!(dollars == 1 || commands > 1_000, "it did act: {commands}");
        }
    }

    #[test]
    fn before_the_first_quote_it_starts_from_the_reference() {
        let mut floor = Floor::new(1);
        let noise = floor.seat("noise", &[("crossing", "0"), ("rate", "1s")]);
        floor.pass(Span::secs(10));
        let first = floor.placed_by(noise)[0];
        assert_eq!((first.order, first.kind), (OrderId(1), OrderKind::Limit));
        let price = first.price.unwrap();
        assert!(price > Price(9_900) && price < Price(10_100), "{price:?}");
    }

    /// A call takes limit orders, which its auction may bring together.
    #[test]
    fn sends_limit_orders_into_calls() {
        use pitfloor_model::event::{Phase, PhaseReason};
        let mut floor = Floor::new(1);
        floor.quote(10_000, 5, &mut Vec::new());
        let noise = floor.seat("noise", &[("rate", "1s"), ("market_share", "1")]);
        let (instrument, why) = (crate::floor::ACME, PhaseReason::Scheduled);
        let call = Command::SetPhase { instrument, to: Phase::PeriodicCall, why };
        floor.kernel.inject(floor.now(), call);
        floor.pass(Span::secs(60));
        let placed = floor.placed_by(noise);
        assert!(placed.len() > 30, "{}", placed.len());
        assert!(placed.iter().all(|order| order.kind == OrderKind::Limit), "{placed:?}");
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn waits_while_trading_is_halted() {
        use pitfloor_model::event::{Phase, PhaseReason};
        let mut floor = Floor::new(1);
        let noise = floor.seat("noise", &[("rate", "1s")]);
        let (to, why) = (Phase::Halt, PhaseReason::Regulatory);
        let halt = Command::SetPhase { instrument: crate::floor::ACME, to, why };
        floor.kernel.inject(floor.now(), halt);
        floor.pass(Span::secs(60));
        assert!(floor.placed_by(noise).is_empty());
    }
}
