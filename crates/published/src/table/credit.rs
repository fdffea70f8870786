//! Debtors who may not pay.

use crate::given::{Given, json_named, json_number};
use crate::model::{ANY, Bound, Domain, Input, Model, NOT_NEGATIVE, POSITIVE, SHARE};
use pitfloor_pricing::Outside;
use pitfloor_pricing::credit::firm::Seen;
use pitfloor_pricing::credit::hazard;
use serde_json::{Value, json};

const HULL: &str = "Hull, Options, Futures and Other Derivatives, credit risk";
const LOSES: Domain = Domain {
    low: Some(Bound { at: 0.0, included: true }),
    high: Some(Bound { at: 1.0, included: false }),
};

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "hazard",
        about: "hazard rate and probability of default behind a credit spread",
        inputs: &[
            Input::number("spread", "per year", NOT_NEGATIVE),
            Input::number("R", "share recovered", LOSES).or("0.4"),
            Input::number("T", "years", NOT_NEGATIVE).or("5"),
        ],
        outputs: &[("hazard", "per year"), ("pd", "probability of default by T")],
        source: HULL,
        example: r#"{"spread": 0.02, "R": 0.4, "T": 5}"#,
        function: hazard_of,
    },
    Model {
        name: "credit_spread",
        about: "price and spread of a risky zero-coupon promise at a constant hazard rate",
        inputs: &[
            Input::number("hazard", "per year", NOT_NEGATIVE),
            Input::number("R", "share recovered at T", SHARE).or("0.4"),
            Input::number("T", "years", NOT_NEGATIVE).or("5"),
            Input::number("r", "per year, continuous, riskless", ANY).or("0"),
        ],
        outputs: &[("price", "per unit of face"), ("spread", "per year, continuous")],
        source: HULL,
        example: r#"{"hazard": 0.03333333333333333}"#,
        function: credit_spread,
    },
    Model {
        name: "merton_credit",
        about: "assets, default probability and spread of a firm behind its shares",
        inputs: &[
            Input::number("E0", "money: value of the shares", POSITIVE),
            Input::number("sigma_E", "per root year: their volatility", NOT_NEGATIVE),
            Input::number("r", "per year, continuous, riskless", ANY),
            Input::number("D", "money: debt due", POSITIVE),
            Input::number("T", "years", NOT_NEGATIVE),
        ],
        outputs: &[
            ("V", "money: value of the assets"),
            ("sigma_V", "per root year"),
            ("pd", "probability, risk-neutral"),
            ("expected_loss", "share of the debt's riskless value"),
            ("recovery", "share; null without defaults"),
            ("spread", "per year, continuous; null at T = 0"),
        ],
        source: "Merton 1974; Hull, credit risk",
        example: r#"{"E0": 3, "sigma_E": 0.8, "r": 0.05, "D": 10, "T": 1}"#,
        function: merton_credit,
    },
];

fn hazard_of(given: &Given) -> Result<Value, Outside> {
    let rate = hazard::hazard(given.number("spread"), given.number("R"))?;
    let pd = hazard::default_by(rate, given.number("T"))?;
    Ok(json_named(&[("hazard", rate), ("pd", pd)]))
}

fn credit_spread(given: &Given) -> Result<Value, Outside> {
    let [rate, back, t, r] = ["hazard", "R", "T", "r"].map(|name| given.number(name));
    Ok(json_named(&[
        ("price", hazard::risky_zero(r, rate, back, t)?),
        ("spread", hazard::zero_spread(rate, back, t)?),
    ]))
}

fn merton_credit(given: &Given) -> Result<Value, Outside> {
    let [e0, sigma_e, r, d, t] = ["E0", "sigma_E", "r", "D", "T"].map(|name| given.number(name));
    let firm = Seen { e0, sigma_e, r, d, t }.firm()?;
    Ok(json!({
        "V": json_number(firm.v), "sigma_V": json_number(firm.sigma_v),
        "pd": json_number(firm.pd), "expected_loss": json_number(firm.expected_loss),
        "recovery": firm.recovery.map(json_number), "spread": firm.spread.map(json_number),
    }))
}
