//! Chiarella–Iori traders: each weighs value, trend and noise, forecasts a price, and quotes around
//! it.
//!
//! Each trader draws once how much it believes in value, *g*₁ ~ |N(0, σ₁²)|, in trends, *g*₂ ~ N(0,
//! σ₂²) (below zero it bets against them), and in noise, *n* ~ |N(0, n₀²)|. When it acts, it looks
//! back over τᵢ = τ(1 + *g*₁)/(1 + |*g*₂|) steps, at least one: who believes in value looks far,
//! who believes in trends looks near. With *r̄* the mean log return a step over that window, it
//! forecasts
//!
//! *r̂* = [*g*₁ ln(*p*_f/*p*)/τ + *g*₂ *r̄* + *n* ε]/(*g*₁ + |*g*₂| + *n*),  ε ~ N(0, s²),
//!
//! and the price *p̂* = *p*·exp(*r̂* τᵢ), at most a factor e away. In the simple form it buys when
//! *p̂* > *p*, with a limit at *p̂*(1 − *k*), and else sells at *p̂*(1 + *k*), *k* even between 0
//! and `spread_max`. In the form `cara` it has constant absolute risk aversion α and would hold
//! π(*x*) = ln(*p̂*/*x*)/(α *V* *x*) lots at the price *x* (in units of the currency; *V* is the
//! variance of returns in its window): it draws *x* evenly between the price at which all its cash
//! would be spent and *p̂*, and orders the difference between π(*x*) and what it holds. Orders that
//! do not trade at once live τ steps.
//!
//! A step is `step` long; in the papers one trader acts in each, so `rate` should be `step` times
//! the number of traders. *p*_f is the fundamental value where the instrument has one, else the
//! price before the first trade. Where only one side is quoted, and beyond the last trade, that
//! quote is the price. The past is the public tape of trades, as far back as it is kept (1 024
//! trades). Trends (σ₂ > 0) are what makes returns fat-tailed. That they alone make volatility
//! last, as the papers find, does not show here: who trades on value alone overshoots it before
//! this book, and swings.
//!
//! Source: Chiarella & Iori (2002), *A simulation analysis of the microstructure of double auction
//! markets*, Quantitative Finance 2(5); Chiarella, Iori & Perelló (2009), *The impact of
//! heterogeneous trading rules on the limit order book and order flows*, Journal of Economic
//! Dynamics and Control 33(3).

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::command::Tif;
use pitfloor_model::units::{Price, Qty, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `chiarella`.
pub static KIND: Kind = Kind {
    name: "chiarella",
    about: "weighs value, trend and noise, and quotes around its forecast",
    source: "Chiarella & Iori 2002; Chiarella, Iori & Perelló 2009",
    parameters: &[
        Parameter {
            name: "form",
            takes: Takes::Choice(&["simple", "cara"]),
            default: "simple",
            about: "simple: fixed size at a drawn distance; cara: size by risk aversion",
        },
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 100s)",
            about: "wait between two acts",
        },
        Parameter {
            name: "step",
            takes: Takes::Span,
            default: "1s",
            about: "the unit of time of the windows",
        },
        Parameter {
            name: "value_weight",
            takes: Takes::Number(0.0, 1e3),
            default: "10",
            about: "σ₁: how strongly traders believe in value",
        },
        Parameter {
            name: "trend_weight",
            takes: Takes::Number(0.0, 1e3),
            default: "1.4",
            about: "σ₂: how strongly they believe in trends, either way",
        },
        Parameter {
            name: "noise_weight",
            takes: Takes::Number(0.0, 1e3),
            default: "1",
            about: "n₀: how strongly they believe in nothing",
        },
        Parameter {
            name: "noise",
            takes: Takes::Number(0.0, 1.0),
            default: "0.0001",
            about: "s: standard deviation of the noise in the forecast, a step",
        },
        Parameter {
            name: "window",
            takes: Takes::Count(1, 100_000),
            default: "200",
            about: "τ: steps that a trader without beliefs looks back; how long orders live",
        },
        Parameter {
            name: "spread_max",
            takes: Takes::Number(0.0, 0.99),
            default: "0.5",
            about: "k: how far from the forecast limits may lie, as a share (simple form)",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "1",
            about: "lots an order (simple form)",
        },
        Parameter {
            name: "aversion",
            takes: Takes::Number(1e-9, 1e9),
            default: "0.1",
            about: "α: risk aversion, for each unit of the currency (form cara)",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "1000",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Chiarella::new(params, role))),
};

/// Orders of one trader that may rest at once.
const RESTING_MAX: usize = 4;
/// Forecasts go no further than a factor e.
const FORECAST_MOST: f64 = 1.0;
/// A window without a move has this variance a step, rather than none.
const VARIANCE_LEAST: f64 = 1e-10;
/// Halvings in the search for a price.
const HALVINGS: u32 = 60;

/// A trader with beliefs.
#[derive(Clone, Debug)]
pub struct Chiarella {
    role: Role,
    is_cara: bool,
    rate: Wait,
    step: Span,
    /// σ₁, σ₂ and n₀ until the start, then what was drawn.
    weights: [f64; 3],
    noise: f64,
    window: f64,
    spread_max: f64,
    size: Qty,
    aversion: f64,
    working: Working<RESTING_MAX>,
}

/// The price that `look` shows. Where only one side is quoted, and beyond the last trade, it is
/// that quote: else traders who all think a thing cheap would wait for ever for somebody to offer
/// it.
fn price(look: &Look) -> f64 {
    let ticks = |best: Option<Price>| best.map(|price| price.0 as f64);
    match (ticks(look.bid), ticks(look.ask)) {
        (Some(bid), None) => look.price.max(bid),
        (None, Some(ask)) => look.price.min(ask),
        (Some(_), Some(_)) | (None, None) => look.price,
    }
}

/// The forecast log return a step.
fn forecast([value, trend, noise]: [f64; 3], to_value: f64, past: f64, shock: f64) -> f64 {
    let all = value + trend.abs() + noise;
    if all > 0.0 { (value * to_value + trend * past + noise * shock) / all } else { 0.0 }
}

/// What somebody with this risk aversion would hold at `price`.
fn demand(forecast: f64, price: f64, aversion: f64, variance: f64) -> f64 {
    libm::log(forecast / price) / (aversion * variance * price)
}

/// The price between nothing and `high` at which `falling` comes down to zero.
fn root(high: f64, falling: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, high);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if falling(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

impl Chiarella {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            is_cara: params.choice("form") == "cara",
            rate: params.wait("rate"),
            step: params.span("step"),
            weights: ["value_weight", "trend_weight", "noise_weight"].map(|it| params.number(it)),
            noise: params.number("noise"),
            window: params.count("window") as f64,
            spread_max: params.number("spread_max"),
            size: params.lots("size"),
            aversion: params.number("aversion"),
            working: Working::new(role, params.lots("max_position")),
        }
    }

    /// The mean log return a step over the last `steps` steps, and the variance of returns a step,
    /// as far as the tape goes back.
    fn past(&self, cx: &mut Context<'_>, price: f64, steps: f64) -> (f64, f64) {
        let from = cx.now().before(Span((steps * self.step.0 as f64) as u64));
        let (mut later, mut squares) = (price, 0.0);
        for print in cx.view().prints(self.role.instrument) {
            let earlier = print.price.0 as f64;
            let step = libm::log(later / earlier);
            (later, squares) = (earlier, squares + step * step);
            if print.at <= from {
                break;
            }
        }
        (libm::log(price / later) / steps, (squares / steps).max(VARIANCE_LEAST))
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let look = Look { price: price(&look), ..look };
        let [value, trend, _] = self.weights;
        let steps = (self.window * (1.0 + value) / (1.0 + trend.abs())).max(1.0);
        let (past, variance) = self.past(cx, look.price, steps);
        let worth = cx.fundamental(instrument).unwrap_or(reference.0 as f64).max(1.0);
        let to_value = libm::log(worth / look.price) / self.window;
        let shock = self.noise * cx.dice().normal();
        let rate = forecast(self.weights, to_value, past, shock);
        let far = (rate * steps).clamp(-FORECAST_MOST, FORECAST_MOST);
        let expected = look.price * libm::exp(far);
        let (side, ticks, wanted) = if self.is_cara {
            self.by_risk(cx, expected, variance)
        } else {
            self.plain(cx, &look, expected)
        };
        let price = desk::price(cx.instrument(instrument), side, ticks);
        if let Some(qty) = self.working.room(cx, side, price, wanted) {
            cx.because("quote around its forecast", || {
                [
                    ("forecast_ticks", expected),
                    ("price_ticks", look.price),
                    ("trend_bp", past / desk::BASIS_POINT),
                ]
            });
            let life = Span((self.window * self.step.0 as f64) as u64);
            let until = Tif::Gtd(cx.now().after(life));
            self.working.rest_until(cx, side, price, i128::from(qty.0), until);
        }
    }

    fn plain(&self, cx: &mut Context<'_>, look: &Look, expected: f64) -> (Side, f64, i128) {
        let away = self.spread_max * cx.dice().unit();
        let size = i128::from(self.size.0);
        if expected > look.price {
            (Side::Buy, expected * (1.0 - away), size)
        } else {
            (Side::Sell, expected * (1.0 + away), size)
        }
    }

    fn by_risk(&self, cx: &mut Context<'_>, expected: f64, variance: f64) -> (Side, f64, i128) {
        let instrument = cx.instrument(self.role.instrument);
        let unit = instrument.price_f64(Price(1));
        let held = cx.position(self.role.instrument) as f64;
        let tick_cash = instrument.cost(Price(1), Qty(1)).0 as f64;
        let cash = cx.cash(instrument.currency()).0 as f64 / tick_cash * unit;
        let expected = expected * unit;
        let wanted = |price: f64| demand(expected, price, self.aversion, variance) - held;
        // Spending falls as the price rises: at the lowest price all cash is spent.
        let lowest = root(expected, |price| price * wanted(price) - cash);
        let price = lowest + (expected - lowest) * cx.dice().unit();
        let lots = wanted(price);
        let side = if lots > 0.0 { Side::Buy } else { Side::Sell };
        (side, price / unit, lots.abs() as i128)
    }
}

impl Agent for Chiarella {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                let [value, trend, noise] = self.weights;
                let draws = [cx.dice().normal(), cx.dice().normal(), cx.dice().normal()];
                self.weights = [value * draws[0].abs(), trend * draws[1], noise * draws[2].abs()];
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => self.working.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, params, refuses};
    use pitfloor_sim::latency::Latency;

    #[test]
    fn beliefs_are_weighed() {
        assert_eq!(forecast([1.0, 0.0, 0.0], 0.02, 0.5, 0.5), 0.02);
        assert_eq!(forecast([1.0, -1.0, 2.0], 0.02, 0.04, 0.01), 0.0);
        assert_eq!(forecast([0.0; 3], 1.0, 1.0, 1.0), 0.0, "who believes nothing expects nothing");
    }

    /// π falls with the price, is nothing at the forecast, and what is spent at the root is the
    /// cash.
    #[test]
    fn risk_says_how_much() {
        let demand = |price| demand(101.0, price, 0.1, 1e-3);
        assert!(demand(101.0).abs() < 1e-12 && demand(100.0) > 0.0 && demand(102.0) < 0.0);
        let lowest = root(101.0, |price| price * (demand(price) - 5.0) - 10_000.0);
        assert!((lowest * (demand(lowest) - 5.0) - 10_000.0).abs() < 1e-3, "{lowest}");
    }

    #[test]
    fn who_believes_in_value_buys_below_it_and_sells_above() {
        for (value, side) in [(12_000.0, Side::Buy), (8_000.0, Side::Sell)] {
            for form in ["simple", "cara"] {
                let mut floor = Floor::worth(1, value, 0.0);
                floor.quote(10_000, 10, &mut Vec::new());
                let sure =
                    [("trend_weight", "0"), ("noise_weight", "0"), ("rate", "1s"), ("form", form)];
                let agent = floor.seat("chiarella", &sure);
                floor.pass(Span::secs(60));
                let placed = floor.placed_by(agent);
                let right = placed.iter().filter(|order| order.side == side).count();
                assert!(!placed.is_empty(), "{form} {value}");
                // By risk aversion it may also sell what it has too much of.
                assert!(form == "cara" || right == placed.len(), "{form} {value}: {placed:?}");
                assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
            }
        }
    }

    #[test]
    fn what_does_not_trade_goes_after_a_while() {
        let mut floor = Floor::new(1);
        let changes = [("rate", "1s"), ("window", "5"), ("max_position", "10")];
        floor.seat("chiarella", &changes);
        floor.pass(Span::secs(100));
        let live = |side| floor.kernel.board().levels(ACME).levels(side).count();
        assert!(live(Side::Buy) + live(Side::Sell) <= RESTING_MAX);
        let ended = |event: &&pitfloor_model::event::Event| {
            matches!(event, pitfloor_model::event::Event::Expired { .. })
        };
        assert!(floor.events().filter(ended).count() > 20);
    }

    /// A hundred traders of whom one acts a second: log returns of mid prices, second by second,
    /// after a while of settling; and the bids by their distance from the mid, 4 % apart.
    fn crowd(seed: u64, trend: &str, steps: u64) -> (Vec<f64>, [f64; 15]) {
        let mut floor = Floor::new(seed);
        let means = Floor::means(1_000_000, 1_000);
        for index in 0..100 {
            let near = Latency::Fixed(Span::millis(1));
            let changes = [("trend_weight", trend), ("rate", "exp(mean = 100s)")];
            floor.seat_as("chiarella", &format!("trader-{index}"), index, near, &means, &changes);
        }
        let (mut prices, mut depth) = (Vec::new(), [0.0; 15]);
        for step in 0..steps {
            floor.pass(Span::secs(1));
            let (Some(bid), Some(ask)) = floor.best() else { continue };
            if step < steps / 5 {
                continue;
            }
            let mid = (bid + ask) as f64 / 2.0;
            prices.push(mid);
            for (price, qty) in floor.kernel.board().levels(ACME).levels(Side::Buy) {
                let away = (mid - price.0 as f64) / mid / 0.04;
                if let Some(bin) = depth.get_mut(away as usize) {
                    *bin += qty.0 as f64;
                }
            }
        }
        (prices.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect(), depth)
    }

    fn excess_kurtosis(returns: &[f64]) -> f64 {
        let count = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / count;
        let moment = |power| returns.iter().map(|r| (r - mean).powi(power)).sum::<f64>() / count;
        moment(4) / moment(2).powi(2) - 3.0
    }

    /// Over ten steps, the mean of twenty seeds, and in most of them.
    #[test]
    fn trends_make_tails_fat_and_the_book_has_a_hump() {
        let (mut tails, mut fatter, mut hump) = ([0.0; 2], 0, [0.0; 15]);
        for seed in 1..=20 {
            let both = ["0", "1.4"].map(|trend| {
                let (returns, depth) = crowd(seed, trend, 4_000);
                if trend != "0" {
                    hump.iter_mut().zip(depth).for_each(|(sum, lots)| *sum += lots);
                }
                let longer = returns.chunks_exact(10).map(|steps| steps.iter().sum());
                excess_kurtosis(&longer.collect::<Vec<f64>>())
            });
            fatter += u32::from(both[0] < both[1]);
            tails.iter_mut().zip(both).for_each(|(sum, tail)| *sum += tail / 20.0);
        }
        assert!(tails[0] < tails[1] && fatter > 10, "excess kurtosis {tails:?}, {fatter} of 20");
        let most = (0..15).max_by(|a, b| hump[*a].total_cmp(&hump[*b])).unwrap();
        assert!(most > 0 && hump[14] < hump[most] / 2.0, "behind the best, then fewer: {hump:?}");
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "spread_max", "1", "a number from 0 to 0.99");
        assert!(Chiarella::new(&params(&KIND, &[("form", "cara")]), &Floor::role(0)).is_cara);
    }
}
