//! Parameters by name: what they are called, their units, defaults and ranges; and those of what is
//! no process of one price: the noise of a market, and a curve.

use super::curve::CurveProcess;
use super::noise::Noise;
use super::ou::OrnsteinUhlenbeck;
use crate::Outside;

/// A parameter of a process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// As the literature names it.
    pub name: &'static str,
    /// What it is when nobody says.
    pub default: f64,
    /// From where to where it may be set.
    pub range: (f64, f64),
    /// The same in words.
    pub expected: &'static str,
    /// What it means, with its unit.
    pub about: &'static str,
}

/// What `said` says of each of `parameters`, and the default of each of which it says nothing.
///
/// # Errors
///
/// [`Outside`], naming the first that is not in its range.
pub fn values(
    parameters: &[Parameter],
    said: impl Fn(&str) -> Option<f64>,
) -> Result<Vec<f64>, Outside> {
    let value = |parameter: &Parameter| {
        let value = said(parameter.name).unwrap_or(parameter.default);
        let (least, most) = parameter.range;
        let holds = (least..=most).contains(&value);
        let refuse = || Outside::new(parameter.name, value, parameter.expected);
        holds.then_some(value).ok_or_else(refuse)
    };
    parameters.iter().map(value).collect()
}

/// A parameter, in one line of a table.
pub(super) const fn of(
    name: &'static str,
    default: f64,
    range: (f64, f64),
    expected: &'static str,
    about: &'static str,
) -> Parameter {
    Parameter { name, default, range, expected, about }
}

const RATE: &str = "a rate from 0 to 1e6";
const MONEY: &str = "from 0 to 1e6";
const LOTS: &str = "lots from 1 to 1e9";
const BELOW_ONE: (f64, f64) = (0.0, 0.999_999);
const SHARE: &str = "a share from 0 to 0.999999";

/// Of [`Noise`]; times are seconds.
pub static NOISE: &[Parameter] = &[
    of("tick", 0.01, (1e-9, 1e6), "from 1e-9 to 1e6", "the step of prices"),
    of("spread", 0.02, (0.0, 1e6), MONEY, "from bid to ask before rounding to the tick"),
    of("rate", 1.0, (0.0, 1e6), RATE, "trades a second, on average"),
    of("branching", 0.5, BELOW_ONE, SHARE, "how many trades one trade brings on by itself"),
    of("decay", 0.5, (1e-6, 1e6), "a rate from 1e-6 to 1e6", "how fast that fades, per second"),
    of("imbalance", 0.0, (-1.0, 1.0), "a share from -1 to 1", "buys less sells, of all trades"),
    of("persistence", 0.3, BELOW_ONE, SHARE, "autocorrelation of the sides of two trades in a row"),
    of("size", 100.0, (1.0, 1e9), LOTS, "of a trade, on average"),
    of("depth", 500.0, (1.0, 1e9), LOTS, "at the best prices, on average"),
    of("impact", 1e-5, (0.0, 1e6), MONEY, "how far a lot moves the mid"),
    of("recovery", 0.1, (0.0, 1e6), RATE, "how fast that fades, per second"),
];

/// The noise of a market, by name.
///
/// # Errors
///
/// [`Outside`], naming the parameter.
pub fn noise(said: impl Fn(&str) -> Option<f64>) -> Result<Noise, Outside> {
    let p = values(NOISE, said)?;
    let [tick, spread, rate, branching] = [p[0], p[1], p[2], p[3]];
    let [decay, imbalance, persistence, size] = [p[4], p[5], p[6], p[7]];
    let [depth, impact, recovery] = [p[8], p[9], p[10]];
    let flow = Noise {
        tick,
        spread,
        rate,
        branching,
        decay,
        imbalance,
        persistence,
        size,
        depth,
        impact,
        recovery,
    };
    flow.check()?;
    Ok(flow)
}

const PULL: (f64, f64) = (1e-6, 1e6);
const PULLS: &str = "a rate from 1e-6 to 1e6";
const LEVEL: (f64, f64) = (-1.0, 1.0);
const LEVELS: &str = "a rate from -1 to 1";
const WIDE: (f64, f64) = (0.0, 10.0);
const WIDTH: &str = "from 0 to 10";
const TOGETHER: &str = "a correlation from -1 to 1";

/// Of [`CurveProcess`]. Rates are fractions a year, continuous.
pub static CURVE: &[Parameter] = &[
    of("level_theta", 0.2, PULL, PULLS, "the pull of the level"),
    of("level_mu", 0.045, LEVEL, LEVELS, "its mean: the rate for long times"),
    of("level_sigma", 0.008, WIDE, WIDTH, "its noise"),
    of("slope_theta", 0.5, PULL, PULLS, "the pull of the slope"),
    of("slope_mu", -0.015, LEVEL, LEVELS, "its mean: the shortest rate less the longest"),
    of("slope_sigma", 0.012, WIDE, WIDTH, "its noise"),
    of("hump_theta", 1.2, PULL, PULLS, "the pull of the hump"),
    of("hump_mu", -0.01, LEVEL, LEVELS, "its mean"),
    of("hump_sigma", 0.03, WIDE, WIDTH, "its noise"),
    of("rho_level_slope", -0.5, LEVEL, TOGETHER, "of their noise"),
    of("rho_level_hump", 0.1, LEVEL, TOGETHER, "of their noise"),
    of("rho_slope_hump", 0.3, LEVEL, TOGETHER, "of their noise"),
    of("decay", 1.4, (1e-3, 1e3), "from 0.001 to 1000 years", "after which the shapes fade"),
];

/// A curve that wanders, by name.
///
/// # Errors
///
/// [`Outside`], naming the parameter, or `corr` when the three correlations do not go together.
pub fn curve(said: impl Fn(&str) -> Option<f64>) -> Result<CurveProcess, Outside> {
    let p = values(CURVE, said)?;
    let shape =
        |at: usize| OrnsteinUhlenbeck { reversion: p[at], mean: p[at + 1], noise: p[at + 2] };
    let (one, two, three) = (p[9], p[10], p[11]);
    let noise = [[1.0, one, two], [one, 1.0, three], [two, three, 1.0]];
    CurveProcess::new([shape(0), shape(3), shape(6)], noise, p[12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::dice::seeded;
    use crate::process::noise::{Market, Shown};

    #[test]
    fn defaults_are_in_their_ranges_and_what_is_not_is_refused_by_name() {
        for (all, make) in [
            (NOISE, (|name, x| noise(|wanted| (wanted == name).then_some(x)).map(drop)) as Make),
            (CURVE, |name, x| curve(|wanted| (wanted == name).then_some(x)).map(drop)),
        ] {
            for parameter in all {
                let name = parameter.name;
                make(name, parameter.default).unwrap();
                for bad in [parameter.range.1 + 1.0 + parameter.range.1, f64::NAN] {
                    let why = make(name, bad).unwrap_err();
                    assert_eq!((why.field, why.expected), (name, parameter.expected));
                }
            }
        }
        let apart = |name: &str| name.starts_with("rho").then_some(-0.9);
        assert_eq!(curve(apart).unwrap_err().field, "corr");
    }

    type Make = fn(&'static str, f64) -> Result<(), Outside>;

    /// The first trade and the first yields from a seed: they never change.
    #[test]
    fn the_first_values_are_frozen() {
        let mut dice = seeded(7);
        let mut market = Market::new(noise(|_| None).unwrap(), &mut dice).unwrap();
        let mut told = Vec::new();
        market.until(60.0, 100.0, &mut dice, &mut |at, shown| {
            if let Shown::Print(print) = shown {
                told.push((at.to_bits(), print.price, print.lots));
            }
        });
        assert_eq!(told[..2], FIRST_TRADES);
        let process = curve(|_| None).unwrap();
        let shapes = process.step(process.start(), 0.1, &mut seeded(7));
        assert_eq!(shapes.map(f64::to_bits), FIRST_SHAPES);
    }

    const FIRST_TRADES: [(u64, i64, u64); 2] =
        [(4_598_312_408_238_197_656, 9_999, 83), (4_608_906_530_596_418_580, 9_998, 81)];
    const FIRST_SHAPES: [u64; 3] =
        [4_587_250_281_660_127_611, 13_803_748_718_927_437_807, 4_569_676_116_644_201_764];
}
