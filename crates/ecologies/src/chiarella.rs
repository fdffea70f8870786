//! Value and trend: prices that lean on what things are worth and run after themselves.
//!
//! Source: Majewski, Ciliberti & Bouchaud (2020), Journal of Economic Dynamics and Control 112, after
//! Chiarella (1992). In logarithms, `Δp = κ(V - p) + β tanh(γM) + σ_N ε`; the value is a random walk,
//! and the trend `M` an average of past changes. With little trend mispricing has one hump, with much
//! of it two.

use crate::dice::Dice;
use crate::sample::{deviation, excess_kurtosis, skewness};
use crate::{Ecology, SEED};
use libm::tanh;
use pitfloor_published::given::json_named;
use pitfloor_published::model::{ANY, Input, Model, NOT_NEGATIVE, SHARE, between};

/// The parameters; all per step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// `kappa`: the pull to the value.
    pub pull: f64,
    /// `beta`: the strength of trend followers.
    pub trend: f64,
    /// `gamma`: how soon they are all in.
    pub saturation: f64,
    /// `alpha`: the weight of the last change in the trend.
    pub memory: f64,
    /// `sigma_n`: noise of the price.
    pub noise: f64,
    /// `sigma_v`: noise of the value.
    pub value_noise: f64,
    /// `g`: drift of the value.
    pub growth: f64,
}

/// Mispricing, logarithm of the price less that of the value, after each of `steps` steps; and the
/// changes of the price.
#[must_use]
pub fn mispricing(with: &Parameters, steps: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut noise = Dice::new(seed, "noise");
    let mut news = Dice::new(seed, "value");
    let (mut price, mut value, mut trend) = (0.0, 0.0, 0.0);
    (0..steps)
        .map(|_| {
            let change = with.pull * (value - price)
                + with.trend * tanh(with.saturation * trend)
                + with.noise * noise.normal();
            value += with.growth + with.value_noise * news.normal();
            trend = (1.0 - with.memory) * trend + with.memory * change;
            price += change;
            (price - value, change)
        })
        .unzip()
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E9",
    model: Model {
        name: "extended_chiarella",
        about: "value and trend followers: how far prices stray from what things are worth",
        inputs: &[
            Input::number("kappa", "per step: pull to the value", between(0.0, 2.0)).or("0.05"),
            Input::number("beta", "per step: strength of the trend", NOT_NEGATIVE).or("0.02"),
            Input::number("gamma", "per change: saturation of the trend", NOT_NEGATIVE).or("50"),
            Input::number("alpha", "weight of the last change", SHARE).or("0.14285714285714285"),
            Input::number("sigma_n", "per root step: noise of the price", NOT_NEGATIVE).or("0.03"),
            Input::number("sigma_v", "per root step: noise of the value", NOT_NEGATIVE).or("0.01"),
            Input::number("g", "per step: drift of the value", ANY).or("0"),
            Input::whole("steps", "steps", 10, 10_000_000).or("200000"),
            SEED.or("1"),
        ],
        outputs: &[
            ("sd", "of the mispricing, logarithms"),
            ("skew", "of the mispricing"),
            ("exkurt", "of the mispricing; far below 0 where it has two humps"),
            ("return_sd", "of the changes of the price"),
            ("return_exkurt", "of the changes of the price"),
        ],
        source: "Majewski, Ciliberti and Bouchaud 2020; Chiarella 1992",
        example: r#"{"steps": 1000}"#,
        function: |given| {
            let with = Parameters {
                pull: given.number("kappa"),
                trend: given.number("beta"),
                saturation: given.number("gamma"),
                memory: given.number("alpha"),
                noise: given.number("sigma_n"),
                value_noise: given.number("sigma_v"),
                growth: given.number("g"),
            };
            let (off, changes) =
                mispricing(&with, given.count("steps") as usize, given.whole("seed"));
            Ok(json_named(&[
                ("sd", deviation(&off)),
                ("skew", skewness(&off)),
                ("exkurt", excess_kurtosis(&off)),
                ("return_sd", deviation(&changes)),
                ("return_exkurt", excess_kurtosis(&changes)),
            ]))
        },
    },
};
