//! V-55: how wide the spread becomes when nobody knows anything.
//!
//! Zero intelligence through the book at six sets of rates; the mean spread over time, in ticks, over
//! the mean-field law (μ/α)(0.28 + 1.86 ε^¾), ε = δ/μ. The law is 15 to 35 % too wide everywhere, so the
//! ratio is held to what others found, within 0.05. A window half as wide again must change nothing.

use crate::exact::ZERO;
use crate::pit::{FIRST, Pit, seconds};
use crate::{Case, Row};
use pitfloor_model::units::Time;
use pitfloor_sim::kernel::{Observer, Seen};

/// How long it is watched at full length.
const SPAN_S: f64 = 20_000.0;

/// How long until the book has forgotten that it was empty, in lives of an order.
const WARM_LIVES: f64 = 10.0;

/// The window, in spreads.
const SPREADS: f64 = 6.0;

struct Spread {
    from: f64,
    at: f64,
    now: f64,
    sum: f64,
    time: f64,
}

impl Spread {
    fn until(&mut self, now: f64) {
        let time = now - self.at.max(self.from);
        if time > 0.0 {
            self.sum += self.now * time;
            self.time += time;
        }
        self.at = now;
    }
}

impl Observer for Spread {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.until(seen.stamped.at.0 as f64 / 1e9);
        let quote = seen.board.quote(FIRST);
        // While a side is empty, the last spread counts on.
        if let (Some((bid, _)), Some((ask, _))) = (quote.bid, quote.ask) {
            self.now = (ask.0 - bid.0) as f64;
        }
    }
}

/// The law of Smith, Farmer, Gillemot & Krishnamurthy (2003) for the mean spread.
fn law([alpha, mu, delta]: [f64; 3]) -> f64 {
    mu / alpha * (0.28 + 1.86 * libm::pow(delta / mu, 0.75))
}

fn spread([alpha, mu, delta]: [f64; 3], window: f64, span: f64, seed: u64) -> f64 {
    let mut pit = Pit::new(1, seed);
    let text = |number: f64| number.to_string();
    let changes = [
        ("limits", text(alpha)),
        ("markets", text(mu)),
        ("cancels", text(delta)),
        ("window", text(window)),
    ];
    let changes: Vec<(&str, &str)> = changes.iter().map(|(n, v)| (*n, v.as_str())).collect();
    pit.seat_kind("zero-intelligence", &changes);
    let from = WARM_LIVES / delta;
    let mut spread = Spread { from, at: 0.0, now: 0.0, sum: 0.0, time: 0.0 };
    let end = from + span;
    pit.kernel.run(Time::ZERO.after(seconds(end)), &mut spread);
    spread.until(end);
    spread.sum / spread.time
}

pub(crate) fn cases(scale: f64) -> Vec<Case> {
    let span = (SPAN_S * scale).max(200.0);
    // Chance alone moves a mean over less time further: as one over its root.
    let change_most = 0.01 * libm::sqrt(SPAN_S / span);
    let set = move |(rates, ticks, ratio): ([f64; 3], f64, f64)| {
        let [alpha, mu, delta] = rates;
        let play = move |seed| {
            let window = (SPREADS * ticks).ceil();
            let found = spread(rates, window, span, seed);
            let wider = spread(rates, (1.5 * window).ceil(), span, seed + 1_000);
            let over = found / law(rates);
            vec![
                Row::band("mean spread over the law", over, ratio - 0.05, ratio + 0.05),
                Row::band("the same, in [0.55, 0.95]", over, 0.55, 0.95),
                Row::band(
                    "change by a wider window",
                    wider / found - 1.0,
                    -change_most,
                    change_most,
                ),
            ]
        };
        Case::new(format!("α = {alpha}, μ = {mu}, δ = {delta}"), play)
    };
    let mut cases: Vec<Case> = ZERO.into_iter().map(set).collect();
    cases.push(Case::new("s·α/μ rises with ε".to_owned(), move |seed| rises(span, seed)));
    cases
}

/// The spread in units of μ/α at two ε of the same α and μ: how coarse the ticks are matters too.
fn rises(span: f64, seed: u64) -> Vec<Row> {
    let scaled = |set: usize| {
        let (rates, ticks, _) = ZERO[set];
        let window = (SPREADS * ticks).ceil();
        spread(rates, window, span / 4.0, seed) * rates[0] / rates[1]
    };
    let row = |(low, high): (usize, usize)| {
        let epsilon = |set: usize| ZERO[set].0[2] / ZERO[set].0[1];
        let what = format!("rise from ε = {} to {}", epsilon(low), epsilon(high));
        Row::band(what, scaled(high) - scaled(low), 0.001, 1.0)
    };
    [(1, 0), (4, 5)].map(row).into()
}
