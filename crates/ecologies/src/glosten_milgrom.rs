//! Glosten and Milgrom's dealer, trading: quotes that learn from each trade.
//!
//! Source: Glosten & Milgrom (1985), Journal of Financial Economics 14; the quotes are the theory's.
//! The value is drawn once a run and never told; whoever is informed trades on it.

use crate::dice::Dice;
use crate::{Ecology, SEED};
use libm::sqrt;
use pitfloor_pricing::Outside;
use pitfloor_published::given::{json_named, json_number};
use pitfloor_published::model::{ANY, Input, Model, SHARE};
use pitfloor_theory::glosten_milgrom::Belief;

/// The most arrivals of all runs together.
pub const ARRIVALS_MOST: u64 = 10_000_000_000;

/// What many runs come to: means and their standard errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Of the change of the mean value from the first belief to the last, money.
    pub change: (f64, f64),
    /// Of the change from each trade price to the next: a martingale's is 0.
    pub step: (f64, f64),
    /// Of the dealer's profit a run, money.
    pub profit: (f64, f64),
    /// The mean first spread, money.
    pub spread_first: f64,
    /// The mean last spread.
    pub spread_last: f64,
}

/// Sums that a mean and its standard error come from.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, x: f64) {
        self.count += 1.0;
        self.sum += x;
        self.squares += x * x;
    }

    fn estimate(self) -> (f64, f64) {
        let mean = self.sum / self.count;
        let variance = (self.squares / self.count - mean * mean).max(0.0);
        (mean, sqrt(variance / self.count))
    }
}

/// `runs` runs of `arrivals` each.
///
/// # Errors
///
/// [`Outside`] when the belief lies outside its domain.
pub fn trades(first: &Belief, arrivals: u32, runs: u32, seed: u64) -> Result<Outcome, Outside> {
    first.check()?;
    let all = u64::from(arrivals) * u64::from(runs);
    if all > ARRIVALS_MOST {
        let found = format!("{arrivals}, with {runs} runs {all}");
        return Err(Outside::new("arrivals", found, "at most 10000000000 in all"));
    }
    let mut world = Dice::new(seed, "value");
    let mut crowd = Dice::new(seed, "arrivals");
    let [mut change, mut step, mut profit, mut opening, mut closing] = [Sums::default(); 5];
    for _ in 0..runs {
        let high = world.chance(first.p_high);
        let value = if high { first.high } else { first.low };
        let (mut belief, mut earned, mut last) = (*first, 0.0, None::<f64>);
        for arrival in 0..arrivals {
            let (bid, ask) = belief.quotes()?;
            if arrival == 0 {
                opening.add(ask - bid);
            }
            let informed = crowd.chance(first.informed);
            let coin = crowd.chance(0.5);
            let buys = if informed { high } else { coin };
            let price = if buys { ask } else { bid };
            earned += if buys { price - value } else { value - price };
            if let Some(last) = last {
                step.add(price - last);
            }
            last = Some(price);
            belief = belief.after(buys);
        }
        let (bid, ask) = belief.quotes()?;
        closing.add(ask - bid);
        change.add(belief.mean() - first.mean());
        profit.add(earned);
    }
    Ok(Outcome {
        change: change.estimate(),
        step: step.estimate(),
        profit: profit.estimate(),
        spread_first: opening.estimate().0,
        spread_last: closing.estimate().0,
    })
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E13",
    model: Model {
        name: "glosten_milgrom_trades",
        about: "a dealer who may meet somebody that knows: trades carried out",
        inputs: &[
            Input::number("VL", "money: the lower value", ANY).or("90"),
            Input::number("VH", "money: the higher value, at least VL", ANY).or("110"),
            Input::number("pH", "probability of the higher value", SHARE).or("0.5"),
            Input::number("informed", "share of arrivals that know", SHARE).or("0.3"),
            Input::whole("arrivals", "trades a run", 2, 100_000).or("100"),
            Input::whole("runs", "runs", 2, 1_000_000).or("10000"),
            SEED.or("1"),
        ],
        outputs: &[
            ("change", "money: mean change of the belief's mean over a run"),
            ("change_se", "standard error"),
            ("step", "money: mean change from trade to trade"),
            ("step_se", "standard error"),
            ("profit", "money: mean profit of the dealer a run"),
            ("profit_se", "standard error"),
            ("spread_first", "money: mean"),
            ("spread_last", "money: mean"),
        ],
        source: "Glosten and Milgrom 1985, two values",
        example: r#"{"runs": 100}"#,
        function: |given| {
            let [low, high] = ["VL", "VH"].map(|name| given.number(name));
            let [p_high, informed] = ["pH", "informed"].map(|name| given.number(name));
            let first = Belief { low, high, p_high, informed };
            let (arrivals, runs) = (given.count("arrivals"), given.count("runs"));
            let found = trades(&first, arrivals, runs, given.whole("seed"))?;
            let mut value =
                json_named(&[("change", found.change.0), ("change_se", found.change.1)]);
            for (name, x) in [
                ("step", found.step.0),
                ("step_se", found.step.1),
                ("profit", found.profit.0),
                ("profit_se", found.profit.1),
                ("spread_first", found.spread_first),
                ("spread_last", found.spread_last),
            ] {
                value[name] = json_number(x);
            }
            Ok(value)
        },
    },
};
