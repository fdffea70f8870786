//! Margins that rise as prices fall, and sales that follow.
//!
//! Source: Brunnermeier & Pedersen (2009), Review of Financial Studies 22(6). Speculators hold what
//! customers want to sell, as far as their capital carries the margin `σ̄ + θ|Δp|`; what they cannot
//! hold presses the price below its value. A loss takes capital, less is held, the price falls, the
//! margin rises, and what was lost does not come back with the value.

use crate::Ecology;
use pitfloor_pricing::Outside;
use pitfloor_published::given::{json_number, json_numbers};
use pitfloor_published::model::{ANY, Input, Model, NOT_NEGATIVE, POSITIVE};
use serde_json::json;

/// The most iterations of a step.
pub const ITERATIONS_MOST: usize = 1_000;
/// How close two iterates of the price must be.
const CLOSE: f64 = 1e-12;

/// The parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// `v`: the value, money.
    pub value: f64,
    /// `Z`: units that customers want to sell.
    pub supply: f64,
    /// `kappa`: units that move the price by 1.
    pub depth: f64,
    /// `sigma`: margin a unit in calm times, money.
    pub margin: f64,
    /// `theta`: money of margin per money of the last change.
    pub destabilising: f64,
    /// `W`: capital, money.
    pub capital: f64,
    /// Change of the value, money.
    pub shock: f64,
    /// Steps in each of three parts: before the shock, after it, after it is undone.
    pub steps: usize,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The price after each step.
    pub prices: Vec<f64>,
    /// What speculators hold after each step.
    pub held: Vec<f64>,
    /// Capital after each step.
    pub capital: Vec<f64>,
    /// The largest move from the price before the shock, over the shock; no number without one.
    pub amplification: f64,
    /// The price in the end less the price before the shock.
    pub lasting: f64,
    /// Whether capital limited what was held at some moment.
    pub bound: bool,
}

/// Where speculators stand.
#[derive(Clone, Copy, Debug)]
struct State {
    price: f64,
    held: f64,
    capital: f64,
}

impl Parameters {
    /// All three parts.
    ///
    /// # Errors
    ///
    /// [`Outside`] when the price of a step is not found within [`ITERATIONS_MOST`] iterations.
    pub fn run(&self) -> Result<Outcome, Outside> {
        let held = self.supply.min(self.capital / self.margin);
        let price = self.value - (self.supply - held) / self.depth;
        let mut now = State { price, held, capital: self.capital };
        let mut change = 0.0;
        let mut states = Vec::with_capacity(3 * self.steps);
        for part in [0.0, self.shock, 0.0] {
            for _ in 0..self.steps {
                let next = self.step(now, self.value + part, change)?;
                change = next.price - now.price;
                now = next;
                states.push(now);
            }
        }
        let before = states[self.steps - 1].price;
        let part = &states[self.steps..2 * self.steps];
        let farthest = part.iter().fold(0.0_f64, |m, state| m.max((state.price - before).abs()));
        Ok(Outcome {
            amplification: farthest / self.shock.abs(),
            lasting: now.price - before,
            bound: states.iter().any(|state| state.held < self.supply),
            prices: states.iter().map(|state| state.price).collect(),
            held: states.iter().map(|state| state.held).collect(),
            capital: states.iter().map(|state| state.capital).collect(),
        })
    }

    /// One step at a value, after a price change of `last`: price, holding and capital that agree.
    fn step(&self, was: State, value: f64, last: f64) -> Result<State, Outside> {
        let margin = self.margin + self.destabilising * last.abs();
        let mut price = was.price;
        for _ in 0..ITERATIONS_MOST {
            let capital = was.capital + was.held * (price - was.price);
            let held = self.supply.min(capital.max(0.0) / margin);
            let implied = value - (self.supply - held) / self.depth;
            if (implied - price).abs() <= CLOSE * implied.abs().max(1.0) {
                return Ok(State { price: implied, held, capital });
            }
            price += 0.5 * (implied - price);
        }
        Err(Outside::new("kappa", self.depth, "a market deep enough for a price to be found"))
    }
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E19",
    model: Model {
        name: "margin_spiral",
        about: "margins that rise as prices fall: how far a shock goes, and what stays of it",
        inputs: &[
            Input::number("v", "money: the value", ANY).or("100"),
            Input::number("Z", "units for sale", POSITIVE).or("10"),
            Input::number("kappa", "units per money: depth", POSITIVE).or("20"),
            Input::number("sigma", "money a unit: margin in calm times", POSITIVE).or("1"),
            Input::number("theta", "margin per change of the price", NOT_NEGATIVE).or("0.5"),
            Input::number("W", "money: capital", NOT_NEGATIVE).or("10"),
            Input::number("shock", "money: change of the value", ANY).or("-0.2"),
            Input::whole("steps", "steps before, after, and after undoing it", 2, 100_000)
                .or("100"),
        ],
        outputs: &[
            ("amplification", "largest move of the price over the shock"),
            ("lasting", "money: the price in the end less the price before"),
            ("bound", "whether capital limited what was held"),
            ("prices", "list: money"),
            ("held", "list: units"),
            ("capital", "list: money"),
        ],
        source: "Brunnermeier and Pedersen 2009",
        example: "{}",
        function: |given| {
            let number = |name: &str| given.number(name);
            let with = Parameters {
                value: number("v"),
                supply: number("Z"),
                depth: number("kappa"),
                margin: number("sigma"),
                destabilising: number("theta"),
                capital: number("W"),
                shock: number("shock"),
                steps: given.count("steps") as usize,
            };
            let found = with.run()?;
            Ok(json!({
                "amplification": json_number(found.amplification),
                "lasting": json_number(found.lasting), "bound": found.bound,
                "prices": json_numbers(&found.prices), "held": json_numbers(&found.held),
                "capital": json_numbers(&found.capital),
            }))
        },
    },
};
