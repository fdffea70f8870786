//! V-57: self-exciting flow comes at its rate and in its bursts.
//!
//! One type of message, market orders that buy, against an offer that they never exhaust. Trades are
//! counted in windows a thousand times as long as excitement lasts: their mean is μ/(1−n), and their
//! variance over their mean the Fano factor that theory gives, within a tenth.

use crate::estimate::{deviation, mean, moment};
use crate::exact::HAWKES;
use crate::pit::{Pit, REFERENCE, seconds};
use crate::{Case, Row, scaled};
use pitfloor_model::units::{Price, Qty, Side, Time};
use pitfloor_sim::kernel::{Observer, Seen};

/// Windows at full length.
const WINDOWS: u64 = 4_000;

/// Lives of excitement in a window.
const LIVES: f64 = 1_000.0;

struct Counts {
    window: f64,
    counts: Vec<f64>,
}

impl Observer for Counts {
    fn saw(&mut self, seen: &Seen<'_>) {
        let window = (seen.stamped.at.0 as f64 / 1e9 / self.window) as usize;
        let trades = seen.events.iter().filter(|event| event.is_trade()).count();
        if let Some(count) = self.counts.get_mut(window) {
            *count += trades as f64;
        }
    }
}

pub(crate) fn cases(scale: f64) -> Vec<Case> {
    let windows = scaled(WINDOWS, scale, 100);
    HAWKES.map(|rates| case(rates, windows)).into()
}

fn case([mu, alpha, beta]: [f64; 3], windows: u64) -> Case {
    let play = move |seed| {
        let mut pit = Pit::new(1, seed);
        pit.rest(Side::Sell, Price(REFERENCE.0 + 1), Qty::MOST);
        let text = [mu, alpha, beta].map(|number| number.to_string());
        pit.seat_kind(
            "hawkes",
            &[
                ("messages", "market-buy"),
                ("baseline", &text[0]),
                ("excitation", &text[1]),
                ("decay", &text[2]),
                ("depth", "0"),
            ],
        );
        let window = LIVES / beta;
        // The first window is not counted: it began with no excitement at all.
        let mut counts = Counts { window, counts: vec![0.0; windows as usize + 1] };
        let end = (windows + 1) as f64 * window;
        pit.kernel.run(Time::ZERO.after(seconds(end)), &mut counts);
        let counts = &counts.counts[1..];
        let n = alpha / beta;
        let (rate, error) = (mean(counts) / window, deviation(counts) / window);
        let decay = (beta - alpha) * window;
        let fano =
            1.0 + n * (2.0 - n) / ((1.0 - n) * (1.0 - n)) * (1.0 + libm::expm1(-decay) / decay);
        // A tenth at full length: four and a half standard errors of a variance.
        let within = 0.1 * libm::sqrt(WINDOWS as f64 / windows as f64) * fano;
        let found = moment(counts, 2) / mean(counts);
        vec![
            Row::drawn("rate per second", rate, mu / (1.0 - n), error / libm::sqrt(windows as f64)),
            Row::band("Fano factor", found, fano - within, fano + within),
        ]
    };
    Case::new(format!("μ = {mu}, α = {alpha}, β = {beta}"), play)
}
