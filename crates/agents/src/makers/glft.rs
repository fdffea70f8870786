//! Guéant, Lehalle & Fernandez-Tapia: a dealer with bounds to what he may hold.
//!
//! **What it does.** Keeps one bid and one ask, each at the distance from the mid that is best for what it
//! holds and for the time that is left, and none at all on the side on which it is full.
//!
//! **In formulas.** With inventory q in units of `size`, |q| ≤ Q, volatility σ, risk aversion γ, and orders
//! that are traded with at the rate A e^(−kδ): v'_q = α q² v_q − η (v_(q−1) + v_(q+1)), v(T) = 1, with
//! α = kγσ²/2 and η = A (1 + γ/k)^(−(1+k/γ)); the bid stands (1/k) ln(v_q/v_(q+1)) + (1/γ) ln(1 + γ/k)
//! below the mid, the ask (1/k) ln(v_q/v_(q−1)) + (1/γ) ln(1 + γ/k) above it. Far from the end both tend to
//! (1/γ) ln(1 + γ/k) ± (2q ± 1)/2 · √(σ²γ/(2kA) (1 + γ/k)^(1+k/γ)): `form = "asymptotic"`.
//!
//! **What it assumes.** As Avellaneda & Stoikov's dealer: a mid that walks, orders of others that reach as
//! deep as an exponential law says. Q is `max_position` over `size`; in the asymptotic form the bounds hold
//! just so. When a horizon is over, a new one begins.
//!
//! **What it learns.** As `avellaneda-stoikov`; the exact form is solved anew when A and k are new, with the
//! σ of that moment.
//!
//! **How it turns.** The larger Q, the more it is like the asymptotic form near the middle; near the
//! bounds and near the end it quotes closer to the mid than that on the side that brings it home.
//!
//! **Source.** Guéant, Lehalle & Fernandez-Tapia (2013), *Dealing with the inventory risk: a solution to the
//! market making problem*, Mathematics and Financial Economics 7(4).

use super::avellaneda_stoikov::{Desk, common, left};
use pitfloor_model::units::Span;
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Mismatch, Parameter, Params, Role, Takes};

const COMMON: [Parameter; 10] = common!();

/// The widest bounds, in units of `size`, for which the exact form is solved.
const BOUND_MOST: u64 = 1_000;

/// Moments at which the exact form is kept; between them the earlier one counts.
const MOMENTS: usize = 1_024;

/// The most steps that solving takes. What lies further from the end than they reach is as it is there: by
/// then it has long settled.
const STEPS_MOST: usize = 200_000;

/// The kind `glft`.
pub static KIND: Kind = Kind {
    name: "glft",
    about: "quotes both sides, the better the closer it is to its bounds, and never beyond them",
    source: "Guéant, Lehalle & Fernandez-Tapia 2013",
    parameters: &[
        Parameter {
            name: "gamma",
            takes: Takes::Number(1e-9, 1e6),
            default: "0.1",
            about: "γ: risk aversion, per unit of the currency",
        },
        Parameter {
            name: "horizon",
            takes: Takes::Span,
            default: "1h",
            about: "T: how far ahead it reckons; then it begins anew",
        },
        Parameter {
            name: "form",
            takes: Takes::Choice(&["exact", "asymptotic"]),
            default: "asymptotic",
            about: "by the time that is left, or as far from the end",
        },
        COMMON[0],
        COMMON[1],
        COMMON[2],
        COMMON[3],
        COMMON[4],
        COMMON[5],
        COMMON[6],
        COMMON[7],
        COMMON[8],
        COMMON[9],
    ],
    build: Build::Checked { check, build: |params, role| Box::new(Glft::new(params, role)) },
};

fn check(params: &Params) -> Result<(), Mismatch> {
    let (most, size) = (params.lots("max_position").0, params.lots("size").0);
    let units = most / size;
    let good = (1..=BOUND_MOST).contains(&units);
    let expected = format!("{size} to {} lots: 1 to {BOUND_MOST} times size", BOUND_MOST * size);
    let found = format!("{most} lots");
    if good { Ok(()) } else { Err(Mismatch { name: "max_position", found, expected }) }
}

/// What the law needs to know, in units of the currency and seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// σ: deviation of the mid per √s.
    pub volatility: f64,
    /// A: how often an order at the mid is traded with, per second.
    pub intensity: f64,
    /// k: how fast that falls with the distance.
    pub decay: f64,
    /// γ: risk aversion.
    pub gamma: f64,
    /// Q: the bounds of the inventory, in orders.
    pub bound: u64,
}

impl Law {
    /// (1/γ) ln(1 + γ/k): what a fill is worth at the least.
    fn base(&self) -> f64 {
        libm::log1p(self.gamma / self.decay) / self.gamma
    }

    /// (1 + γ/k)^(1+k/γ).
    fn power(&self) -> f64 {
        let Self { gamma, decay, .. } = *self;
        libm::exp((1.0 + decay / gamma) * libm::log1p(gamma / decay))
    }

    /// How far the bid and the ask stand off the mid at inventory `q`, far from the end.
    #[must_use]
    pub fn asymptotic(&self, q: f64) -> [f64; 2] {
        let Self { volatility, intensity, decay, gamma, bound } = *self;
        let slope = volatility * volatility * gamma / (2.0 * decay * intensity) * self.power();
        let half = libm::sqrt(slope) / 2.0;
        let (bid, ask) = ((2.0 * q + 1.0) * half, (1.0 - 2.0 * q) * half);
        let bound = bound as f64;
        [
            if q >= bound { f64::INFINITY } else { self.base() + bid },
            if q <= -bound { f64::INFINITY } else { self.base() + ask },
        ]
    }

    /// The exact form up to `horizon` seconds from the end.
    #[must_use]
    pub fn solve(&self, horizon: f64) -> Exact {
        let (alpha, eta) = (
            self.decay * self.gamma * self.volatility * self.volatility / 2.0,
            self.intensity / self.power(),
        );
        let wide = self.bound as f64;
        // Steps so short that sixteen terms of the exponential's series are all that a float holds.
        let steps = libm::ceil(2.0 * (alpha * wide * wide + 2.0 * eta) * horizon / MOMENTS as f64);
        let steps = (steps.max(1.0) as usize).min(STEPS_MOST / MOMENTS);
        let step =
            (horizon / (MOMENTS * steps) as f64).min(0.5 / (alpha * wide * wide + 2.0 * eta));
        let mut v = vec![1.0; 2 * self.bound as usize + 1];
        let mut ratios = vec![self.ratios(&v)];
        for _ in 0..MOMENTS {
            for _ in 0..steps {
                advance(&mut v, self.bound, alpha, eta, step);
            }
            ratios.push(self.ratios(&v));
        }
        Exact { law: *self, between: step * steps as f64, ratios: ratios.into() }
    }

    /// (1/k) ln(v_q/v_(q+1)) for q from −Q to Q − 1.
    fn ratios(&self, v: &[f64]) -> Box<[f64]> {
        v.windows(2).map(|pair| libm::log(pair[0] / pair[1]) / self.decay).collect()
    }
}

/// v at `step` seconds further from the end, up to a factor that no ratio of its entries shows.
fn advance(v: &mut [f64], bound: u64, alpha: f64, eta: f64, step: f64) {
    const TERMS: u32 = 16;
    let mut term = v.to_vec();
    for n in 1..=TERMS {
        let by = step / f64::from(n);
        let next = (0..v.len()).map(|at| {
            let q = at as f64 - bound as f64;
            let below = if at > 0 { term[at - 1] } else { 0.0 };
            let above = term.get(at + 1).copied().unwrap_or(0.0);
            by * (eta * (below + above) - alpha * q * q * term[at])
        });
        term = next.collect();
        v.iter_mut().zip(&term).for_each(|(v, term)| *v += term);
    }
    let largest = v.iter().copied().fold(0.0, f64::max);
    v.iter_mut().for_each(|v| *v /= largest);
}

/// The law solved for every inventory and a thousand moments.
#[derive(Clone, Debug)]
pub struct Exact {
    law: Law,
    /// Seconds between two moments.
    between: f64,
    ratios: Box<[Box<[f64]>]>,
}

impl Exact {
    /// How far the bid and the ask stand off the mid at inventory `q`, with `left` seconds to go, at the
    /// solved moment nearest to that; infinitely far on the side on which there is no room.
    #[must_use]
    pub fn distances(&self, q: i64, left: f64) -> [f64; 2] {
        let moment = libm::round(left / self.between) as usize;
        let ratios = &self.ratios[moment.min(self.ratios.len() - 1)];
        let (bound, base) = (self.law.bound as i64, self.law.base());
        let at = (q + bound).clamp(0, 2 * bound) as usize;
        [
            ratios.get(at).filter(|_| q < bound).map_or(f64::INFINITY, |ratio| base + ratio),
            if q > -bound { base - ratios[at.saturating_sub(1)] } else { f64::INFINITY },
        ]
    }
}

/// A dealer with bounds.
#[derive(Clone, Debug)]
pub struct Glft {
    desk: Desk,
    gamma: f64,
    horizon: Span,
    exact: bool,
    solved: Option<Box<Exact>>,
}

impl Glft {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            desk: Desk::new(params, role),
            gamma: params.number("gamma"),
            horizon: params.span("horizon"),
            exact: params.choice("form") == "exact",
            solved: None,
        }
    }

    fn law(&self) -> Law {
        let known = &self.desk.known;
        let (volatility, intensity, decay) = (known.volatility, known.intensity, known.decay);
        Law { volatility, intensity, decay, gamma: self.gamma, bound: self.desk.bound() }
    }

    fn distances(&mut self, q: f64, left: f64) -> [f64; 2] {
        let law = self.law();
        if !self.exact {
            return law.asymptotic(q);
        }
        let horizon = self.horizon.0 as f64 / 1e9;
        let solved = self.solved.get_or_insert_with(|| Box::new(law.solve(horizon)));
        // A part of an order counts as one where it takes room.
        let nearest = if q > 0.0 { libm::ceil(q) } else { libm::floor(q) };
        solved.distances(nearest as i64, left)
    }

    fn requote(&mut self, cx: &mut Context<'_>) {
        let Some((look, new)) = self.desk.look(cx) else { return };
        if new {
            self.solved = None;
        }
        let (q, left) = (self.desk.inventory(cx), left(cx.now(), self.horizon));
        let distances = self.distances(q, left);
        cx.because("stand by within bounds", || {
            let [bid, ask] = distances;
            [("inventory_units", q), ("bid_distance", bid), ("ask_distance", ask), ("left_s", left)]
        });
        self.desk.stand(cx, &look, distances);
    }
}

impl Agent for Glft {
    fn interest(&self) -> Interest {
        Interest { own: Own::All, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.desk.begin(cx),
            Notice::Timer(_) => {
                self.requote(cx);
                self.desk.again(cx);
            }
            Notice::Own(event) => {
                if self.desk.told(cx, event) {
                    self.requote(cx);
                }
            }
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Law = Law { volatility: 0.3, intensity: 0.9, decay: 0.3, gamma: 0.01, bound: 30 };

    /// Worked out independently: the paper's figures at t = 0, T = 600.
    #[test]
    fn the_papers_market() {
        let solved = PAPER.solve(600.0);
        let known = [
            (-2, 3.176_796, 3.449_280),
            (-1, 3.244_919, 3.381_168),
            (0, 3.313_045, 3.313_045),
            (1, 3.381_168, 3.244_919),
            (5, 3.653_479, 2.972_522),
        ];
        for (q, bid, ask) in known {
            let found = solved.distances(q, 600.0);
            assert!(
                (found[0] - bid).abs() < 2e-6 && (found[1] - ask).abs() < 2e-6,
                "{q}: {found:?}"
            );
        }
        let far = PAPER.asymptotic(0.0);
        assert!((far[0] - 3.312_915).abs() < 1e-6 && far[0] == far[1], "{far:?}");
    }

    #[test]
    fn on_the_side_that_is_full_it_does_not_stand() {
        let solved = PAPER.solve(600.0);
        for left in [0.0, 10.0, 600.0] {
            let (long, short) = (solved.distances(30, left), solved.distances(-30, left));
            assert!(long[0].is_infinite() && long[1].is_finite(), "{long:?}");
            assert!(short[1].is_infinite() && short[0].is_finite(), "{short:?}");
        }
        assert!(
            PAPER.asymptotic(30.0)[0].is_infinite() && PAPER.asymptotic(-30.0)[1].is_infinite()
        );
    }

    /// At the end nothing is left to fear: only the fill counts.
    #[test]
    fn at_the_end_it_stands_alike_whatever_it_holds() {
        let solved = PAPER.solve(600.0);
        let base = libm::log1p(0.01 / 0.3) / 0.01;
        for q in -29..30 {
            assert!(solved.distances(q, 0.0).iter().all(|far| (far - base).abs() < 1e-12), "{q}");
        }
    }
}
