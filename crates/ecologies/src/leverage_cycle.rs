//! Funds that borrow to buy what is cheap: calm markets that break.
//!
//! Source: Thurner, Farmer & Geanakoplos (2012), Quantitative Finance 12(5). Noise traders hold an
//! amount of cash that wanders; funds buy below the value, the more aggressive the sooner, up to a
//! limit of leverage. Borrowing calms small moves; at the limit a fall forces sales, and tails are
//! fat. Investors bring and take cash by performance; a fund that is ruined comes back later.

use crate::dice::Dice;
use crate::sample::{autocorrelation, deviation, excess_kurtosis, hill, sizes, skewness};
use crate::{Ecology, SEED};
use libm::{exp, log};
use pitfloor_pricing::Outside;
use pitfloor_published::given::{Given, json_named, json_number};
use pitfloor_published::model::{
    Domain, Input, Model, NOT_NEGATIVE, POSITIVE, SHARE, Takes, at_least,
};
use serde_json::Value;

/// Halvings of the bracket in which the price lies.
const HALVINGS: u32 = 60;
/// The lowest price.
const PRICE_LEAST: f64 = 1e-4;
/// A fund below this share of its first wealth is ruined.
const RUINED: f64 = 0.1;
/// Steps until a ruined fund comes back.
const AWAY: u32 = 100;
/// Weight of the last return in a fund's performance, the benchmark, and what investors make of it.
const PERFORMANCE: (f64, f64, f64) = (0.1, 0.005, 0.15);

/// The parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// `beta`: aggressiveness of each fund.
    pub aggression: Vec<f64>,
    /// `lambda_max`: the limit of leverage.
    pub leverage: f64,
    /// `rho`: memory of noise traders, a step.
    pub memory: f64,
    /// `sigma`: their noise, a step.
    pub noise: f64,
    /// `V`: the value, money.
    pub value: f64,
    /// `N`: units there are.
    pub units: f64,
    /// `W0`: a fund's first wealth, money.
    pub wealth: f64,
}

/// A fund.
#[derive(Clone, Copy, Debug)]
struct Fund {
    aggression: f64,
    units: f64,
    cash: f64,
    wealth: f64,
    performance: f64,
    /// Steps until it comes back; 0: it is here.
    away: u32,
}

/// A history.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Changes of the logarithm of the price.
    pub returns: Vec<f64>,
    /// How often a fund was ruined.
    pub defaults: u32,
}

impl Fund {
    fn new(aggression: f64, wealth: f64) -> Self {
        Self { aggression, units: 0.0, cash: wealth, wealth, performance: 0.0, away: 0 }
    }

    /// Units that it wants at a price.
    fn wants(&self, price: f64, with: &Parameters) -> f64 {
        let (wealth, cheap) = (self.units * price + self.cash, with.value - price);
        if self.away > 0 || wealth <= 0.0 || cheap <= 0.0 {
            return 0.0;
        }
        (self.aggression * cheap).min(with.leverage) * wealth / price
    }

    /// Trades at the price, is judged, and is ruined or not: true when it is.
    fn settle(&mut self, price: f64, with: &Parameters) -> bool {
        if self.away > 0 {
            self.away -= 1;
            if self.away == 0 {
                *self = Self::new(self.aggression, with.wealth);
            }
            return false;
        }
        let wanted = self.wants(price, with);
        let mut wealth = self.units * price + self.cash;
        let earned = wealth / self.wealth - 1.0;
        let (last, benchmark, response) = PERFORMANCE;
        self.performance = (1.0 - last) * self.performance + last * earned;
        let flow = wealth * (response * (self.performance - benchmark)).max(-1.0);
        (self.units, self.cash) = (wanted, wealth - wanted * price + flow);
        wealth += flow;
        self.wealth = wealth;
        if wealth >= RUINED * with.wealth {
            return false;
        }
        (self.units, self.cash, self.away) = (0.0, 0.0, AWAY);
        true
    }
}

/// `steps` steps.
#[must_use]
pub fn history(with: &Parameters, steps: usize, seed: u64) -> History {
    let mut noise = Dice::new(seed, "noise");
    let mut funds: Vec<Fund> =
        with.aggression.iter().map(|beta| Fund::new(*beta, with.wealth)).collect();
    let rest = log(with.value * with.units);
    let (mut wandering, mut price) = (rest, with.value);
    let mut history = History { returns: Vec::with_capacity(steps), defaults: 0 };
    for _ in 0..steps {
        wandering =
            with.memory * wandering + with.noise * noise.normal() + (1.0 - with.memory) * rest;
        let before = price;
        price = clearing(with, &funds, exp(wandering));
        for fund in &mut funds {
            history.defaults += u32::from(fund.settle(price, with));
        }
        history.returns.push(log(price / before));
    }
    history
}

/// The price at which all units are held.
fn clearing(with: &Parameters, funds: &[Fund], cash: f64) -> f64 {
    let (mut low, mut high) = (PRICE_LEAST, 1.5 * with.value.max(cash / with.units));
    for _ in 0..HALVINGS {
        let price = 0.5 * (low + high);
        let wanted: f64 = funds.iter().map(|fund| fund.wants(price, with)).sum();
        if cash / price + wanted > with.units {
            low = price;
        } else {
            high = price;
        }
    }
    0.5 * (low + high)
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E20",
    model: Model {
        name: "leverage_cycle",
        about: "funds that borrow to buy what is cheap: calm markets that break",
        inputs: &[
            Input::new("beta", "list: aggressiveness of each fund", Takes::Numbers(POSITIVE))
                .or("[5, 10, 15, 20, 25, 30, 35, 40, 45, 50]"),
            Input::number("lambda_max", "limit of leverage", NOT_NEGATIVE).or("10"),
            Input::number("rho", "memory of noise traders, a step", SHARE).or("0.99"),
            Input::number("sigma", "their noise, a step", NOT_NEGATIVE).or("0.035"),
            Input::number("V", "money: the value", VALUES).or("1"),
            Input::number("N", "units", POSITIVE).or("1000"),
            Input::number("W0", "money: a fund's first wealth", POSITIVE).or("2"),
            Input::whole("steps", "steps", 200, 10_000_000).or("30000"),
            SEED.or("1"),
        ],
        outputs: &[
            ("std", "of the returns"),
            ("skew", "of the returns"),
            ("exkurt", "of the returns"),
            ("acf_abs", "autocorrelation of their sizes at lag 1"),
            ("hill", "tail exponent of the largest 1%"),
            ("defaults", "how often a fund was ruined"),
        ],
        source: "Thurner, Farmer and Geanakoplos 2012",
        example: r#"{"steps": 500}"#,
        function: told,
    },
};

/// The value lies well above the lowest price.
const VALUES: Domain = at_least(0.01);

fn told(given: &Given) -> Result<Value, Outside> {
    let aggression = given.numbers("beta");
    if aggression.len() > FUNDS_MOST {
        return Err(Outside::new("beta", aggression.len(), "at most 1000 funds"));
    }
    let with = Parameters {
        aggression,
        leverage: given.number("lambda_max"),
        memory: given.number("rho"),
        noise: given.number("sigma"),
        value: given.number("V"),
        units: given.number("N"),
        wealth: given.number("W0"),
    };
    let found = history(&with, given.count("steps") as usize, given.whole("seed"));
    let mut value = json_named(&[
        ("std", deviation(&found.returns)),
        ("skew", skewness(&found.returns)),
        ("exkurt", excess_kurtosis(&found.returns)),
        ("acf_abs", autocorrelation(&sizes(&found.returns), 1)),
        ("hill", hill(&found.returns, 0.01)),
    ]);
    value["defaults"] = json_number(f64::from(found.defaults));
    Ok(value)
}

/// The most funds.
const FUNDS_MOST: usize = 1_000;
