//! Options and warrants.

use crate::given::{Given, json_named, json_number};
use crate::model::{
    ANY, Bound, Domain, Input, Model, NOT_NEGATIVE, POSITIVE, SHARE, Takes, between,
};
use pitfloor_pricing::Outside;
use pitfloor_pricing::option::american::american_option;
use pitfloor_pricing::option::binomial::{Style, binomial_crr};
use pitfloor_pricing::option::black_scholes::{Valuation, black_scholes, black76};
use pitfloor_pricing::option::heston::{Heston, heston};
use pitfloor_pricing::option::implied::implied_vol;
use pitfloor_pricing::option::jumps::{Jumps, merton_haug, merton_jump};
use pitfloor_pricing::option::least_squares::{Simulation, least_squares};
use pitfloor_pricing::option::warrant::{Issue, warrant};
use pitfloor_pricing::option::{Right, Vanilla};
use serde_json::{Map, Value};

const CP: Input = Input::new("cp", "c: call, p: put", Takes::Word(&["c", "p"]));
const S: Input = Input::number("S", "money: the underlying now", POSITIVE);
const K: Input = Input::number("K", "money: the strike", POSITIVE);
const R: Input = Input::number("r", "per year, continuous", ANY);
const Q: Input = Input::number("q", "per year, continuous: dividend yield", ANY).or("0");
const T: Input = Input::number("T", "years to expiry", NOT_NEGATIVE);
const V: Input = Input::number("v", "per root year: volatility", NOT_NEGATIVE);
const DATES: Domain = Domain {
    low: Some(Bound { at: 0.0, included: false }),
    high: Some(Bound { at: 10_000.0, included: true }),
};
const PER_YEAR: Input = Input::number("exercise_per_year", "dates a year", DATES).or("50");

const GREEKS: &[(&str, &str)] = &[
    ("price", "money"),
    ("delta", "per unit of the underlying"),
    ("gamma", "of delta, per unit of the underlying"),
    ("vega", "money per 1.00 of volatility"),
    ("theta", "money per year"),
    ("rho", "money per 1.00 of the rate"),
    ("vanna", "of delta, per 1.00 of volatility"),
    ("volga", "of vega, per 1.00 of volatility"),
];
const PRICE: &[(&str, &str)] = &[("", "money")];

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "black_scholes",
        about: "European option: price and sensitivities",
        inputs: &[CP.or("\"c\""), S, K, Q, R, T, V],
        outputs: GREEKS,
        source: "Black and Scholes 1973; Merton 1973",
        example: r#"{"cp": "c", "S": 100, "K": 100, "r": 0.05, "T": 1, "v": 0.2}"#,
        function: |given| black_scholes(&vanilla(given), given.number("v")).map(told),
    },
    Model {
        name: "black76",
        about: "European option on a forward or a future",
        inputs: &[
            CP.or("\"c\""),
            Input::number("F", "money: the forward now", POSITIVE),
            K,
            R,
            T,
            V,
        ],
        outputs: GREEKS,
        source: "Black 1976",
        example: r#"{"cp": "p", "F": 20, "K": 20, "r": 0.09, "T": 0.3333333333333333, "v": 0.25}"#,
        function: |given| {
            let option = terms(given, right(given), "F", 0.0);
            black76(&option, given.number("v")).map(told)
        },
    },
    Model {
        name: "implied_vol",
        about: "the volatility in a European option's price",
        inputs: &[
            CP.or("\"c\""),
            S,
            K,
            Q,
            R,
            Input::number("T", "years to expiry", POSITIVE),
            Input::number("price", "money", NOT_NEGATIVE),
        ],
        outputs: &[("", "per root year")],
        source: "Manaster and Koehler 1982",
        example: r#"{"S": 100, "K": 100, "r": 0.05, "T": 1, "price": 10.4505835722}"#,
        function: |given| implied_vol(&vanilla(given), given.number("price")).map(json_number),
    },
    Model {
        name: "binomial_crr",
        about: "option on a tree of equal steps",
        inputs: &[
            CP.or("\"p\""),
            S,
            K,
            Q,
            R,
            T,
            V,
            Input::whole("n", "steps", 1, 20_000).or("500"),
            Input::new("style", "", Takes::Word(&["american", "european"])).or("\"american\""),
        ],
        outputs: PRICE,
        source: "Cox, Ross and Rubinstein 1979",
        example: r#"{"S": 50, "K": 50, "r": 0.1, "T": 0.4166666666666667, "v": 0.4, "n": 100}"#,
        function: |given| {
            let american = given.word("style") == "american";
            let style = if american { Style::American } else { Style::European };
            let (v, n) = (given.number("v"), given.count("n"));
            binomial_crr(&vanilla(given), v, n, style).map(json_number)
        },
    },
    Model {
        name: "heston",
        about: "European option when the variance wanders",
        inputs: &[
            S.or("100"),
            K.or("100"),
            R.or("0"),
            Q,
            T.or("1"),
            Input::number("v0", "per year: variance now", VARIANCE).or("0.0175"),
            Input::number("kappa", "per year: speed of return", VARIANCE).or("1.5768"),
            Input::number("theta", "per year: mean variance", VARIANCE).or("0.0398"),
            Input::number("sigma", "volatility of the variance", VARIANCE).or("0.5751"),
            Input::number("rho", "correlation", between(-1.0, 1.0)).or("-0.5711"),
            CP.or("\"c\""),
        ],
        outputs: PRICE,
        source: "Heston 1993; Albrecher et al. 2007; Lewis 2000",
        example: "{}",
        function: |given| {
            let model = Heston {
                variance: given.number("v0"),
                reversion: given.number("kappa"),
                level: given.number("theta"),
                vol_of_vol: given.number("sigma"),
                correlation: given.number("rho"),
            };
            heston(&vanilla(given), &model).map(json_number)
        },
    },
    Model {
        name: "merton_haug",
        about: "European call with jumps whose mean factor is 1, as Haug writes it",
        inputs: &[
            S,
            K,
            R,
            T,
            Input::number("total_vol", "per root year: jumps included", NOT_NEGATIVE),
            Input::number("lam", "jumps per year", VARIANCE),
            Input::number("gamma", "share of the variance that jumps make", SHARE),
        ],
        outputs: PRICE,
        source: "Merton 1976; Haug 2007, 6.9.1, misprints corrected",
        example: r#"{"S": 100, "K": 100, "r": 0.08, "T": 0.25, "total_vol": 0.25, "lam": 1,
                     "gamma": 0.25}"#,
        function: |given| {
            let option = terms(given, Right::Call, "S", 0.0);
            let [vol, lam, gamma] = ["total_vol", "lam", "gamma"].map(|name| given.number(name));
            merton_haug(&option, vol, lam, gamma).map(json_number)
        },
    },
    Model {
        name: "merton_jump",
        about: "European option with log-normal jumps, compensated",
        inputs: &[
            S,
            K,
            R,
            Q,
            T,
            V,
            Input::number("lam", "jumps per year", VARIANCE),
            Input::number("muJ", "mean of a jump's logarithm", between(-10.0, 10.0)),
            Input::number("dJ", "its standard deviation", between(0.0, 10.0)),
            CP.or("\"c\""),
        ],
        outputs: PRICE,
        source: "Merton 1976",
        example: r#"{"S": 100, "K": 100, "r": 0.05, "T": 1, "v": 0.2, "lam": 1, "muJ": -0.1,
                     "dJ": 0.15}"#,
        function: |given| {
            let [rate, mean, deviation] = ["lam", "muJ", "dJ"].map(|name| given.number(name));
            let jumps = Jumps { rate, mean, deviation };
            merton_jump(&vanilla(given), given.number("v"), &jumps).map(json_number)
        },
    },
    Model {
        name: "american_option",
        about: "one option under three rules of exercise",
        inputs: &[S, K, R, Q, V, T, CP.or("\"p\""), PER_YEAR],
        outputs: &[
            ("american", "money: exercise at any moment"),
            ("bermudanN", "money: on N dates a year"),
            ("european", "money: at expiry"),
        ],
        source: "Longstaff and Schwartz 2001, table 1; finite differences after Le Floc'h 2014",
        example: r#"{"S": 36, "K": 40, "r": 0.06, "v": 0.2, "T": 1}"#,
        function: american,
    },
    Model {
        name: "american_simulated",
        about: "the Bermudan by least squares over simulated paths, with its standard error",
        inputs: &[
            S,
            K,
            R,
            Q,
            V,
            T,
            CP.or("\"p\""),
            PER_YEAR,
            Input::whole("seed", "of the dice", 0, u64::MAX).or("1"),
            Input::whole("paths", "paths, an even number", 4, 1_000_000).or("100000"),
        ],
        outputs: &[("price", "money"), ("se", "money, standard error")],
        source: "Longstaff and Schwartz 2001",
        example: r#"{"S": 36, "K": 40, "r": 0.06, "v": 0.2, "T": 1, "paths": 2000}"#,
        function: |given| {
            let simulation = Simulation { paths: given.count("paths"), seed: given.whole("seed") };
            let (v, dates) = (given.number("v"), given.number("exercise_per_year"));
            let found = least_squares(&vanilla(given), v, dates, simulation)?;
            Ok(json_named(&[("price", found.value), ("se", found.standard_error)]))
        },
    },
    Model {
        name: "warrant",
        about: "calls that a company writes on its own shares",
        inputs: &[
            S,
            K,
            Input::number("q", "per year, continuous: dividend yield", NOT_NEGATIVE).or("0"),
            R,
            T,
            V,
            Input::number("N", "shares before exercise", between(1e-9, 1e18)),
            Input::number("M", "warrants", between(0.0, 1e18)),
        ],
        outputs: &[
            ("galai_schneller", "money a warrant"),
            ("call", "money: a plain call"),
            ("simple", "money a warrant: the call diluted"),
            ("diluted", "the same"),
            ("total", "money: all warrants, diluted"),
            ("drop", "money a share"),
        ],
        source: "Galai and Schneller 1978; Hull, warrants",
        example: r#"{"S": 100, "K": 110, "r": 0.05, "T": 3, "v": 0.3, "N": 1e6, "M": 2e5}"#,
        function: |given| {
            let issue = Issue {
                terms: terms(given, Right::Call, "S", given.number("q")),
                volatility: given.number("v"),
                shares: given.number("N"),
                warrants: given.number("M"),
            };
            let found = warrant(&issue)?;
            Ok(json_named(&[
                ("galai_schneller", found.galai_schneller),
                ("call", found.call),
                ("simple", found.diluted),
                ("diluted", found.diluted),
                ("total", found.total),
                ("drop", found.drop),
            ]))
        },
    },
];

const VARIANCE: Domain = between(0.0, 1e6);

fn right(given: &Given) -> Right {
    if given.word("cp") == "c" { Right::Call } else { Right::Put }
}

fn terms(given: &Given, right: Right, spot: &str, dividend: f64) -> Vanilla {
    let (spot, strike) = (given.number(spot), given.number("K"));
    let (rate, time) = (given.number("r"), given.number("T"));
    Vanilla { right, spot, strike, rate, dividend, time }
}

fn vanilla(given: &Given) -> Vanilla {
    terms(given, right(given), "S", given.number("q"))
}

fn told(found: Valuation) -> Value {
    let Valuation { price, delta, gamma, vega, theta, rho, vanna, volga } = found;
    let values = [price, delta, gamma, vega, theta, rho, vanna, volga];
    GREEKS.iter().zip(values).map(|((name, _), x)| ((*name).to_owned(), json_number(x))).collect()
}

fn american(given: &Given) -> Result<Value, Outside> {
    let per_year = given.number("exercise_per_year");
    let found = american_option(&vanilla(given), given.number("v"), per_year)?;
    let mut value = Map::new();
    value.insert("american".to_owned(), json_number(found.american));
    value.insert(format!("bermudan{per_year}"), json_number(found.bermudan));
    value.insert("european".to_owned(), json_number(found.european));
    Ok(Value::Object(value))
}
