//! Paths of a process, one for each symbol, moved on together.

use super::asked::{Said, number, numbers, refuse};
use crate::fail::Failure;
use pitfloor_pricing::Outside;
use pitfloor_pricing::process::basket::{Basket, Shocks};
use pitfloor_pricing::process::curve::{CurveProcess, Shapes};
use pitfloor_pricing::process::dice::named;
use pitfloor_pricing::process::gbm::GeometricBrownian;
use pitfloor_pricing::process::named::{self as processes, Process, State};
use pitfloor_pricing::process::settings::{CURVE, curve};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

/// What a basket takes.
const BASKET: [&str; 3] = ["drift", "v", "corr"];
/// The longest tenor, in years.
const TENOR_MOST: f64 = 100.0;
/// Where prices start.
const PRICE: f64 = 100.0;

/// All paths of a series.
pub(super) enum Paths {
    /// Each by itself.
    Alone(Vec<(Process, State, Xoshiro256PlusPlus)>),
    /// Prices with correlated shocks.
    Basket(Basket, Vec<f64>, Xoshiro256PlusPlus),
    /// Yields of one curve, for so many years each.
    Curve(CurveProcess, Shapes, Vec<f64>, Xoshiro256PlusPlus),
}

/// Names of processes of all kinds.
pub(super) fn known() -> Vec<&'static str> {
    processes::ALL.iter().map(|kind| kind.name).chain(["basket", "curve"]).collect()
}

impl Paths {
    /// The paths of `process` for `symbols`, with what was `set`, and the parameters it comes to.
    /// Each has dice of its own by its symbol's name, so that another symbol changes none of them.
    pub(super) fn new(
        process: &str,
        symbols: &[String],
        set: &[String],
        price: Option<f64>,
        seed: u64,
    ) -> Result<(Self, Value), Failure> {
        let dice = |name: &str| named(seed, &format!("generate/{name}"));
        if let Some(kind) = processes::find(process) {
            let said = Said::numbers("--set", set, kind.parameters)?;
            let made = kind.make(|name| said.number(name)).map_err(refuse("--set"))?;
            let usual = if let Process::Ou(law) = &made { law.mean } else { PRICE };
            let price = started(price.unwrap_or(usual), !matches!(made, Process::Ou(_)))?;
            let path = |symbol: &String| {
                let mut dice = dice(symbol);
                let state = made.start(price, &mut dice);
                (made, state, dice)
            };
            let parameters = said.complete(kind.parameters);
            return Ok((Self::Alone(symbols.iter().map(path).collect()), parameters));
        }
        match process {
            "basket" => {
                let (basket, parameters) = basket(symbols.len(), set)?;
                let price = started(price.unwrap_or(PRICE), true)?;
                Ok((Self::Basket(basket, vec![price; symbols.len()], dice("basket")), parameters))
            }
            "curve" => {
                if let Some(price) = price {
                    let what = format!("--price: found {price}, expected none: yields have means");
                    return Err(Failure::Input(what));
                }
                let said = Said::numbers("--set", set, CURVE)?;
                let process = curve(|name| said.number(name)).map_err(refuse("--set"))?;
                let years = symbols.iter().map(|tenor| years(tenor)).collect::<Result<_, _>>()?;
                let start = process.start();
                Ok((Self::Curve(process, start, years, dice("curve")), said.complete(CURVE)))
            }
            _ => {
                let near = pitfloor_sim::near_name(process, known());
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                let all = known().join(", ");
                let what = format!("PROCESS: found {process:?}, expected one of {all}{near}");
                Err(Failure::Input(what))
            }
        }
    }

    /// Whether a step of so many units of time can be drawn.
    pub(super) fn check_step(&self, units: f64) -> Result<(), Outside> {
        match self {
            Self::Alone(paths) => paths.iter().try_for_each(|path| path.0.check_step(units)),
            Self::Basket(..) | Self::Curve(..) => Ok(()),
        }
    }

    /// Moves all of them on by so many units of time.
    pub(super) fn step(&mut self, units: f64) {
        match self {
            Self::Alone(paths) => {
                for (process, state, dice) in paths {
                    *state = process.step(*state, units, dice);
                }
            }
            Self::Basket(basket, spots, dice) => basket.step(spots, units, dice),
            Self::Curve(process, shapes, _, dice) => *shapes = process.step(*shapes, units, dice),
        }
    }

    /// Where they are, in the order of the symbols.
    pub(super) fn values(&self) -> Vec<f64> {
        match self {
            Self::Alone(paths) => paths.iter().map(|path| path.1.value).collect(),
            Self::Basket(_, spots, _) => spots.clone(),
            Self::Curve(process, shapes, years, _) => {
                let value = |years: &f64| process.yield_at(*shapes, *years).expect("a tenor");
                years.iter().map(value).collect()
            }
        }
    }
}

fn started(price: f64, is_price: bool) -> Result<f64, Failure> {
    let least = if is_price { f64::MIN_POSITIVE } else { -1e12 };
    let holds = (least..=1e12).contains(&price);
    let refuse = || Failure::Input(format!("--price: found {price}, expected a price up to 1e12"));
    holds.then_some(price).ok_or_else(refuse)
}

/// One number for all symbols or one each, and correlations: one for all pairs, or all rows.
fn basket(count: usize, set: &[String]) -> Result<(Basket, Value), Failure> {
    let said = Said::read("--set", set, &BASKET)?;
    let each = |name: &str, usual: f64| {
        let Some(text) = said.text(name) else { return Ok(vec![usual; count]) };
        match numbers(text).filter(|all| [1, count].contains(&all.len())) {
            Some(one) if one.len() == 1 => Ok(vec![one[0]; count]),
            Some(all) => Ok(all),
            None => {
                let expected = format!("one number, or {count} with spaces between them");
                let what = format!("--set {name}: found {text:?}, expected {expected}");
                Err(Failure::Input(what))
            }
        }
    };
    let (drifts, volatilities) = (each("drift", 0.0)?, each("v", 0.2)?);
    let text = said.text("corr").unwrap_or("0.5");
    let rows: Option<Vec<Vec<f64>>> = text.split(';').map(numbers).collect();
    let shocks = match (number(text), rows) {
        (Some(of), _) => Shocks::alike(count, of),
        (None, Some(rows)) if rows.len() == count => Shocks::new(&rows),
        _ => {
            let expected = format!("one correlation, or {count} rows with ; between them");
            let what = format!("--set corr: found {text:?}, expected {expected}");
            return Err(Failure::Input(what));
        }
    };
    let parts = drifts.iter().zip(&volatilities);
    let parts = parts.map(|(&drift, &volatility)| GeometricBrownian { drift, volatility });
    let basket = shocks.and_then(|shocks| Basket::new(parts.collect(), shocks));
    let parameters = json!({"drift": drifts, "v": volatilities, "corr": text});
    Ok((basket.map_err(refuse("--set"))?, parameters))
}

/// A tenor such as `3mo` or `10y`, in years.
fn years(tenor: &str) -> Result<f64, Failure> {
    let month = |text: &str| number(text).map(|months| months / 12.0);
    let years = match tenor.strip_suffix("mo") {
        Some(months) => month(months),
        None => tenor.strip_suffix('y').and_then(number),
    };
    years.filter(|years| *years > 0.0 && *years <= TENOR_MOST).ok_or_else(|| {
        let expected = "a tenor such as 3mo or 10y, at most 100y";
        Failure::Input(format!("--symbols: found {tenor:?}, expected {expected}"))
    })
}
