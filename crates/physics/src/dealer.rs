//! V-50 and GLFT: dealers in the market for which their laws were solved.
//!
//! Step by step, over many paths: the dealer moves one bid and one ask of one lot to where his law wants
//! them, through the book; then, on each side, somebody comes with an order of one lot that trades at
//! once or not at all, whose limit lies δ* = (1/k) ln(A·dt/u) from the mid, u even on (0, 1): it trades
//! exactly when the quote is nearer, with probability min(1, A e^(−kδ) dt); then the mid moves by ±σ√dt.
//! The mid is nobody's: dealer and takers draw the same one from the same stream.

use crate::estimate::{deviation, kurtosis, mean};
use crate::exact::{DEALINGS, Dealing};
use crate::pit::{FIRST, Pit, REFERENCE, seconds};
use crate::{Case, Row, scaled};
use pitfloor_agents::makers::avellaneda_stoikov as stoikov;
use pitfloor_agents::makers::glft::{self, Exact};
use pitfloor_agents::makers::quoting::Quoting;
use pitfloor_model::units::{CurrencyId, Price, Qty, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::dice::Dice;

/// Paths at full length.
const PATHS: u64 = 10_000;
const BOUNDED_PATHS: u64 = 40;

/// A fill that is expected fewer times than this says nothing of how often it comes.
const FILLS_LEAST: f64 = 30.0;

/// The market that the laws take for granted.
#[derive(Clone, Copy)]
struct Street {
    volatility: f64,
    intensity: f64,
    decay: f64,
    step_s: f64,
    steps: u64,
    /// What a tick is worth.
    tick: f64,
}

/// Avellaneda & Stoikov's.
const STOIKOV: Street =
    Street { volatility: 2.0, intensity: 140.0, decay: 1.5, step_s: 0.005, steps: 200, tick: 1e-4 };

/// Guéant, Lehalle & Fernandez-Tapia's.
const GLFT: Street =
    Street { volatility: 0.3, intensity: 0.9, decay: 0.3, step_s: 0.05, steps: 12_000, tick: 1e-3 };

impl Street {
    fn step(&self) -> Span {
        seconds(self.step_s)
    }

    /// How likely a quote `distance` off the mid trades in a step.
    fn chance(&self, distance: f64) -> f64 {
        (self.intensity * libm::exp(-self.decay * distance) * self.step_s).min(1.0)
    }
}

/// Where in its paths a run is, and where the mid is by then, in ticks.
struct Walk {
    street: Street,
    mid: f64,
    step: u64,
    dice: Dice,
}

impl Walk {
    fn new(street: Street, seed: u64) -> Self {
        Self { street, mid: REFERENCE.0 as f64, step: 0, dice: Dice::new(seed, "mid") }
    }

    /// One step later; after the last one, at the start of the next path.
    fn go(&mut self) {
        if self.step == self.street.steps {
            (self.step, self.mid) = (0, REFERENCE.0 as f64);
            return;
        }
        let size = self.street.volatility * libm::sqrt(self.street.step_s) / self.street.tick;
        self.mid += if self.dice.side() == Side::Buy { size } else { -size };
        self.step += 1;
    }

    fn left(&self) -> f64 {
        (self.street.steps - self.step) as f64 * self.street.step_s
    }

    const fn is_over(&self) -> bool {
        self.step == self.street.steps
    }
}

/// A dealer's law.
enum Law {
    Inventory(stoikov::Law),
    /// Always this far off.
    Symmetric(f64),
    Bounded(Box<Exact>),
}

impl Law {
    fn distances(&self, q: i128, left: f64) -> [f64; 2] {
        match self {
            Self::Inventory(law) => law.distances(q as f64, left),
            Self::Symmetric(half) => [*half; 2],
            Self::Bounded(exact) => exact.distances(q as i64, left),
        }
    }
}

/// How often a quote traded at one inventory, and how often it should have.
#[derive(Clone, Copy, Default)]
struct Fills {
    found: f64,
    expected: f64,
    variance: f64,
}

struct Dealer {
    walk: Walk,
    law: Law,
    quoting: Quoting,
    paths: u64,
    /// Cash and lots when the path began.
    began: (i128, i128),
    /// By inventory, the bid's and the ask's; for bounded dealers.
    fills: Vec<[Fills; 2]>,
    bound: i128,
    /// What stood in the last step: the inventory, and the chance of each side.
    stood: Option<(i128, [f64; 2])>,
    hit: [f64; 2],
    farthest: i128,
}

struct Takers {
    walk: Walk,
    paths: u64,
}

impl Dealer {
    fn new(street: Street, seed: u64, law: Law, paths: u64, bound: i128) -> Self {
        let fills = vec![[Fills::default(); 2]; (2 * bound + 1) as usize];
        Self {
            walk: Walk::new(street, seed),
            law,
            quoting: Quoting::new(FIRST, Price(1), None),
            paths,
            began: (0, 0),
            fills,
            bound,
            stood: None,
            hit: [0.0; 2],
            farthest: 0,
        }
    }

    fn holds(cx: &Context<'_>) -> (i128, i128) {
        (cx.cash(CurrencyId(0)).0, cx.position(FIRST))
    }

    /// Notes what traded in the step that is over.
    fn note(&mut self) {
        if let Some((q, chances)) = self.stood.take()
            && let Some(fills) = self.fills.get_mut((q + self.bound) as usize)
        {
            for ((fill, p), hit) in fills.iter_mut().zip(chances).zip(self.hit) {
                fill.found += hit;
                fill.expected += p;
                fill.variance += p * (1.0 - p);
            }
        }
        self.hit = [0.0; 2];
    }

    fn turn(&mut self, cx: &mut Context<'_>) {
        self.note();
        let (cash, lots) = Self::holds(cx);
        if self.walk.step == 0 {
            self.began = (cash, lots);
        }
        let q = lots - self.began.1;
        self.farthest = self.farthest.max(q.abs());
        let (mid, street) = (self.walk.mid, self.walk.street);
        if self.walk.is_over() {
            let profit = ((cash - self.began.0) as f64 + q as f64 * mid) * street.tick;
            cx.because("path", || [("profit", profit), ("inventory", q as f64)]);
            self.quoting.quote(cx, [None; 2]);
            self.paths -= 1;
        } else {
            let [below, above] = self.law.distances(q, self.walk.left());
            let bid = Price(libm::floor(mid - below / street.tick) as i64);
            let ask = Price(libm::ceil(mid + above / street.tick) as i64);
            let there = |distance: f64, price| distance.is_finite().then_some((price, Qty(1)));
            self.quoting.quote(cx, [there(below, bid), there(above, ask)]);
            let off = [mid - bid.0 as f64, ask.0 as f64 - mid].map(|ticks| ticks * street.tick);
            let chance = |far: f64, off| if far.is_finite() { street.chance(off) } else { 0.0 };
            self.stood =
                (self.bound > 0).then(|| (q, [chance(below, off[0]), chance(above, off[1])]));
        }
        self.walk.go();
    }

    fn conclude(&self, cx: &mut Context<'_>) {
        let farthest = self.farthest as f64;
        cx.because("farthest", || [("inventory", farthest)]);
        for (q, sides) in (-self.bound..).zip(&self.fills) {
            for (side, fills) in [0.0, 1.0].into_iter().zip(sides) {
                let Fills { found, expected, variance } = *fills;
                cx.because("fills", || {
                    let of = [("inventory", q as f64), ("side", side), ("found", found)];
                    [of[0], of[1], of[2], ("expected", expected), ("variance", variance)]
                });
            }
        }
    }
}

impl Agent for Dealer {
    fn interest(&self) -> Interest {
        Interest { own: Own::All, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Own(event) => {
                if let Some((side, ..)) = self.quoting.told(cx, event) {
                    self.hit[side as usize] += 1.0;
                }
            }
            _ => {
                self.turn(cx);
                if self.paths > 0 {
                    cx.wake_in(self.walk.street.step());
                } else {
                    self.conclude(cx);
                }
            }
        }
    }
}

impl Agent for Takers {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        let street = self.walk.street;
        match notice {
            Notice::Own(_) => return,
            // They come when the dealer has done what he does at his moment.
            Notice::Start => return cx.wake_in(Span(1)),
            _ if self.walk.is_over() => self.paths -= 1,
            _ => {
                for side in [Side::Sell, Side::Buy] {
                    let u = 1.0 - cx.dice().unit();
                    let reach = libm::log(street.intensity * street.step_s / u) / street.decay;
                    let away = if side == Side::Sell { -reach } else { reach };
                    let limit = Price(libm::round(self.walk.mid + away / street.tick) as i64);
                    cx.take(FIRST, side, limit, Qty(1));
                }
            }
        }
        self.walk.go();
        if self.paths > 0 {
            cx.wake_in(street.step());
        }
    }
}

fn play(street: Street, law: Law, paths: u64, bound: i128, seed: u64) -> crate::pit::Said {
    let mut pit = Pit::new(1, seed);
    pit.seat_traced("dealer", Box::new(Dealer::new(street, seed, law, paths, bound)));
    pit.seat("takers", Box::new(Takers { walk: Walk::new(street, seed), paths }));
    pit.play()
}

pub(crate) fn avellaneda_stoikov(scale: f64) -> Vec<Case> {
    let paths = scaled(PATHS, scale, 100);
    DEALINGS.iter().map(|row| dealing(row, paths)).collect()
}

fn dealing(row: &'static Dealing, paths: u64) -> Case {
    let Dealing { gamma, symmetric, profit, profit_deviation, inventory_deviation } = *row;
    let law = stoikov::Law { gamma, volatility: STOIKOV.volatility, decay: STOIKOV.decay };
    let steps = 0..STOIKOV.steps;
    let left = |step| (STOIKOV.steps - step) as f64 * STOIKOV.step_s;
    let spread = steps.map(|step| law.spread(left(step))).sum::<f64>() / STOIKOV.steps as f64;
    let name = format!("γ = {gamma}, {}", if symmetric { "symmetric" } else { "inventory" });
    let play = move |seed| {
        let law = if symmetric { Law::Symmetric(spread / 2.0) } else { Law::Inventory(law) };
        let said = play(STOIKOV, law, paths, 0, seed);
        let ended: Vec<Vec<f64>> = said.figures("path").collect();
        let profits: Vec<f64> = ended.iter().map(|path| path[0]).collect();
        let inventories: Vec<f64> = ended.iter().map(|path| path[1]).collect();
        let n = libm::sqrt(paths as f64);
        let of_mean = |values: &[f64]| deviation(values) / n;
        let of_deviation =
            |values: &[f64]| deviation(values) * libm::sqrt((kurtosis(values) - 1.0) / 4.0) / n;
        let drawn = |what, found, exact, error| Row::drawn(what, found, exact, error);
        vec![
            drawn("profit", mean(&profits), profit, of_mean(&profits)),
            drawn("its deviation", deviation(&profits), profit_deviation, of_deviation(&profits)),
            drawn("inventory at the end", mean(&inventories), 0.0, of_mean(&inventories)),
            drawn(
                "its deviation at the end",
                deviation(&inventories),
                inventory_deviation,
                of_deviation(&inventories),
            ),
        ]
    };
    Case::new(name, play)
}

pub(crate) fn glft(scale: f64) -> Vec<Case> {
    [30, 3].map(|bound| bounded(bound, scaled(BOUNDED_PATHS, scale, 2))).into()
}

fn bounded(bound: u64, paths: u64) -> Case {
    let play = move |seed| {
        let Street { volatility, intensity, decay, step_s, steps, .. } = GLFT;
        let law = glft::Law { volatility, intensity, decay, gamma: 0.01, bound };
        let law = Law::Bounded(Box::new(law.solve(steps as f64 * step_s)));
        let said = play(GLFT, law, paths, i128::from(bound), seed);
        let farthest = said.figures("farthest").next().expect("the last path ends")[0];
        let mut rows = vec![Row::band("farthest from nothing", farthest, 0.0, bound as f64)];
        for fills in said.figures("fills") {
            let [q, side, found, expected, variance] = fills[..] else {
                unreachable!("five figures of fills")
            };
            if expected >= FILLS_LEAST {
                let side = if side == 0.0 { "bid" } else { "ask" };
                let what = format!("fills of the {side} at {q:+}");
                rows.push(Row::drawn(what, found, expected, libm::sqrt(variance)));
            } else if q.abs() == bound as f64 && (q > 0.0) == (side == 0.0) {
                rows.push(Row::band(format!("fills where it is full, at {q:+}"), found, 0.0, 0.0));
            }
        }
        rows
    };
    Case::new(format!("bounds of ±{bound}"), play)
}
