//! Kyle's auctions, carried out: an insider, noise, and dealers who price by the flow.
//!
//! Source: Kyle (1985), Econometrica 53(6); the equilibrium is the theory's. Dealers do not see the
//! value; that their slope is right shows when what is left of the value is regressed on the flow.

use crate::dice::Dice;
use crate::{Ecology, SEED};
use libm::sqrt;
use pitfloor_pricing::Outside;
use pitfloor_published::given::{json_number, json_numbers};
use pitfloor_published::model::{Input, Model, POSITIVE};
use pitfloor_theory::kyle::Auctions;
use serde_json::json;

/// What repeated runs of auctions come to; lists have one element for each auction.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The slopes that dealers used.
    pub lambda: Vec<f64>,
    /// Slopes of the value left unknown on the flow.
    pub regressed: Vec<f64>,
    /// Their standard errors.
    pub regressed_se: Vec<f64>,
    /// Mean squares of the value left unknown after each auction.
    pub left: Vec<f64>,
    /// Their standard errors, of a normal error.
    pub left_se: Vec<f64>,
    /// Mean profit of the insider, and its standard error.
    pub profit: (f64, f64),
    /// Mean profit of the dealers, and its standard error.
    pub dealers: (f64, f64),
}

/// `runs` runs of all auctions.
///
/// # Errors
///
/// [`Outside`] when a parameter lies outside its domain.
pub fn auctions(with: &Auctions, runs: u32, seed: u64) -> Result<Outcome, Outside> {
    let found = with.equilibrium()?;
    let n = with.count as usize;
    let mut worth = Dice::new(seed, "value");
    let mut noise = Dice::new(seed, "noise");
    let noise_sd = sqrt(with.noise / f64::from(with.count));
    // Sums of flow², flow × what is left, what is left², and what is left after.
    let mut sums = vec![[0.0; 4]; n];
    let (mut profits, mut losses) = ([0.0; 2], [0.0; 2]);
    for _ in 0..runs {
        // The price begins at 0: what is left of the value is all of it.
        let mut left = sqrt(with.variance) * worth.normal();
        let (mut profit, mut dealt) = (0.0, 0.0);
        for (at, sums) in sums.iter_mut().enumerate() {
            let ordered = found.beta_dt[at] * left;
            let flow = ordered + noise_sd * noise.normal();
            let after = left - found.lambda[at] * flow;
            for (sum, x) in
                sums.iter_mut().zip([flow * flow, flow * left, left * left, after * after])
            {
                *sum += x;
            }
            profit += ordered * after;
            dealt -= flow * after;
            left = after;
        }
        for (sums, x) in [(&mut profits, profit), (&mut losses, dealt)] {
            sums[0] += x;
            sums[1] += x * x;
        }
    }
    let count = f64::from(runs);
    let estimate = |[sum, squares]: [f64; 2]| {
        let mean = sum / count;
        (mean, sqrt((squares / count - mean * mean).max(0.0) / count))
    };
    let slope = |[flows, both, ..]: &[f64; 4]| both / flows;
    let slope_se = |[flows, both, lefts, _]: &[f64; 4]| {
        let residual = (lefts - both * both / flows) / (count - 1.0);
        sqrt(residual.max(0.0) / flows)
    };
    Ok(Outcome {
        regressed: sums.iter().map(slope).collect(),
        regressed_se: sums.iter().map(slope_se).collect(),
        left: sums.iter().map(|sums| sums[3] / count).collect(),
        left_se: sums.iter().map(|sums| sums[3] / count * sqrt(2.0 / count)).collect(),
        lambda: found.lambda,
        profit: estimate(profits),
        dealers: estimate(losses),
    })
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E12",
    model: Model {
        name: "kyle_auctions",
        about: "an insider among noise: auctions carried out, and what the flow tells",
        inputs: &[
            Input::whole("N", "auctions", 1, 1_000).or("2"),
            Input::number("Sigma0", "money²: variance of the value", POSITIVE).or("1"),
            Input::number("su2", "lots²: variance of noise over all auctions", POSITIVE).or("1"),
            Input::whole("runs", "runs", 2, 10_000_000).or("100000"),
            SEED.or("1"),
        ],
        outputs: &[
            ("lambda", "list: slopes that dealers used"),
            ("regressed", "list: slopes of the value left unknown on the flow"),
            ("regressed_se", "list: standard errors"),
            ("left", "list: money², mean square of the value left unknown"),
            ("left_se", "list: standard errors"),
            ("profit", "money: of the insider"),
            ("profit_se", "standard error"),
            ("dealers", "money: of the dealers"),
            ("dealers_se", "standard error"),
        ],
        source: "Kyle 1985",
        example: r#"{"runs": 1000}"#,
        function: |given| {
            let (variance, noise) = (given.number("Sigma0"), given.number("su2"));
            let with = Auctions { count: given.count("N"), variance, noise };
            let found = auctions(&with, given.count("runs"), given.whole("seed"))?;
            Ok(json!({
                "lambda": json_numbers(&found.lambda),
                "regressed": json_numbers(&found.regressed),
                "regressed_se": json_numbers(&found.regressed_se),
                "left": json_numbers(&found.left), "left_se": json_numbers(&found.left_se),
                "profit": json_number(found.profit.0), "profit_se": json_number(found.profit.1),
                "dealers": json_number(found.dealers.0),
                "dealers_se": json_number(found.dealers.1),
            }))
        },
    },
};
