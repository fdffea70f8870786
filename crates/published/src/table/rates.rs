//! Curves, short rates, and how they move.

use crate::given::{Given, json_number, json_numbers};
use crate::model::{ANY, Input, Model, NOT_NEGATIVE, POSITIVE, Takes};
use pitfloor_pricing::Outside;
use pitfloor_pricing::rates::announcement::Announcement;
use pitfloor_pricing::rates::bootstrap::ParBonds;
use pitfloor_pricing::rates::curve::{Between, Curve};
use pitfloor_pricing::rates::shock::{Shock, key_rates};
use pitfloor_pricing::rates::short_rate::ShortRate;
use pitfloor_pricing::rates::svensson::Svensson;
use serde_json::{Value, json};

const SVENSSON: &str = "Nelson and Siegel 1987; Svensson 1994";
const VASICEK: &str = "Vasicek 1977";
const CIR: &str = "Cox, Ingersoll and Ross 1985";

const P: Input = Input::new("p", "[β0, β1, β2, β3, λ1, λ2]", Takes::Numbers(ANY));
const T_LIST: Input = Input::new("t", "years", Takes::Numbers(NOT_NEGATIVE));
const R: Input = Input::number("r", "per year: the short rate now", ANY);
const A: Input = Input::number("a", "per year: speed of return", NOT_NEGATIVE);
const B: Input = Input::number("b", "per year: mean of the short rate", ANY);
const S: Input = Input::number("s", "per root year", NOT_NEGATIVE);
const T: Input = Input::number("T", "years", NOT_NEGATIVE);
const TIMES: Input = Input::new("times", "years, rising", Takes::Numbers(POSITIVE));
const ZEROS: Input =
    Input::new("zeros", "per year, continuous; one for each time", Takes::Numbers(ANY));
const BETWEENS: &[&str] = &["zero_rate", "log_discount", "discount"];
const BETWEEN: Input =
    Input::new("between", "what is straight between two times", Takes::Word(BETWEENS))
        .or("\"log_discount\"");

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "nelson_siegel_svensson",
        about: "zero rates of a six-parameter curve",
        inputs: &[P, T_LIST],
        outputs: &[("", "list: per year, continuous")],
        source: SVENSSON,
        example: r#"{"p": [0.06, -0.02, 0.01, 0, 1.5, 1.0], "t": [0.25, 1, 2, 5, 10, 30]}"#,
        function: |given| svensson(given, Svensson::yield_at),
    },
    Model {
        name: "nelson_siegel_svensson_forward",
        about: "instantaneous forward rates of the same curve",
        inputs: &[P, T_LIST],
        outputs: &[("", "list: per year, continuous")],
        source: SVENSSON,
        example: r#"{"p": [0.06, -0.02, 0.01, 0, 1.5, 1.0], "t": [0, 1, 30]}"#,
        function: |given| svensson(given, Svensson::forward),
    },
    Model {
        name: "nelson_siegel_svensson_discount",
        about: "discounts of the same curve",
        inputs: &[P, T_LIST],
        outputs: &[("", "list: per unit")],
        source: SVENSSON,
        example: r#"{"p": [0.06, -0.02, 0.01, 0, 1.5, 1.0], "t": [0, 1, 30]}"#,
        function: |given| svensson(given, Svensson::discount),
    },
    Model {
        name: "vasicek",
        about: "zero-coupon price when dr = a(b − r)dt + s dW",
        inputs: &[R, A, B, S, T],
        outputs: &[("", "per unit of face")],
        source: VASICEK,
        example: r#"{"r": 0.05, "a": 0.1, "b": 0.05, "s": 0.01, "T": 1}"#,
        function: |given| short_rate(given).vasicek(given.number("T")).map(json_number),
    },
    Model {
        name: "cir",
        about: "zero-coupon price when dr = a(b − r)dt + s√r dW",
        inputs: &[
            Input::number("r", "per year: the short rate now", NOT_NEGATIVE),
            A,
            Input::number("b", "per year: mean of the short rate", NOT_NEGATIVE),
            S,
            T,
        ],
        outputs: &[("", "per unit of face")],
        source: CIR,
        example: r#"{"r": 0.05, "a": 0.5, "b": 0.05, "s": 0.1, "T": 10}"#,
        function: |given| short_rate(given).cir(given.number("T")).map(json_number),
    },
    Model {
        name: "par_bootstrap",
        about: "zero rates from par rates, tenor by tenor; a missing rate is null, never 0",
        inputs: &[
            Input::new("tenors", "years, rising", Takes::Numbers(POSITIVE)),
            Input::new("pars", "per year; one for each tenor", Takes::Gaps(ANY)),
            Input::whole("freq", "coupons a year", 1, 12).or("2"),
            BETWEEN,
            Input::number("gap_most", "years: the widest hole to bridge", POSITIVE).or("10"),
        ],
        outputs: &[
            ("tenors", "years"),
            ("zeros", "per year, continuous"),
            ("discounts", "per unit"),
        ],
        source: "Hull, Options, Futures and Other Derivatives, bootstrap",
        example: r#"{"tenors": [0.5, 1, 2, 5, 10], "pars": [0.04, 0.042, null, 0.045, 0.047]}"#,
        function: par_bootstrap,
    },
    Model {
        name: "curve_shock",
        about: "zero rates after a parallel move, a tilt, or a move of one key tenor",
        inputs: &[
            TIMES,
            ZEROS,
            BETWEEN,
            Input::new("kind", "", Takes::Word(&["parallel", "slope", "key"])),
            Input::number("by", "per year; a slope: per year and year of distance", ANY),
            Input::number("pivot", "years: where a slope turns", NOT_NEGATIVE).or("0"),
            Input::new("keys", "years, rising: the key tenors", Takes::Numbers(POSITIVE))
                .or("[2, 5, 10, 30]"),
            Input::whole("key", "which of the keys, from 1", 1, 1_000).or("1"),
        ],
        outputs: &[("times", "years"), ("zeros", "per year, continuous")],
        source: "Ho 1992, key rate durations",
        example: r#"{"times": [1, 5, 30], "zeros": [0.03, 0.04, 0.045], "kind": "key", "by": 0.01,
                     "keys": [1, 5, 30], "key": 2}"#,
        function: curve_shock,
    },
    Model {
        name: "rate_announcement",
        about: "zero rates after a central bank said more or less than was expected",
        inputs: &[
            TIMES,
            ZEROS,
            BETWEEN,
            Input::number("expected", "per year: the rate that was expected", ANY),
            Input::number("announced", "per year: the rate that was said", ANY),
            Input::number("path", "per year: surprise about later rates", ANY).or("0"),
            Input::number("reversion", "per year: speed of return", NOT_NEGATIVE).or("0.3"),
        ],
        outputs: &[("times", "years"), ("zeros", "per year, continuous")],
        source: "Vasicek 1977; Gürkaynak, Sack and Swanson 2005; Nelson and Siegel 1987",
        example: r#"{"times": [1, 5, 30], "zeros": [0.03, 0.04, 0.045], "expected": 0.03,
                     "announced": 0.0325}"#,
        function: rate_announcement,
    },
];

fn svensson(
    given: &Given,
    read: impl Fn(&Svensson, f64) -> Result<f64, Outside>,
) -> Result<Value, Outside> {
    let p: Vec<f64> = given.numbers("p");
    let count = p.len();
    let six =
        p.try_into().map_err(|_| Outside::new("p", format!("{count} numbers"), "6 numbers"))?;
    let curve = Svensson::new(six)?;
    let rates: Result<Vec<f64>, _> = given.numbers("t").iter().map(|t| read(&curve, *t)).collect();
    Ok(json_numbers(&rates?))
}

fn short_rate(given: &Given) -> ShortRate {
    let [r, a, b, s] = ["r", "a", "b", "s"].map(|name| given.number(name));
    ShortRate { r, a, b, s }
}

fn between(given: &Given) -> Between {
    let word = given.word("between");
    let found = Between::ALL.into_iter().find(|(name, _)| *name == word);
    found.expect("the words are its names").1
}

fn par_bootstrap(given: &Given) -> Result<Value, Outside> {
    let (tenors, pars) = (given.numbers("tenors"), given.gaps("pars"));
    if tenors.len() != pars.len() {
        let found = format!("{} with {} tenors", pars.len(), tenors.len());
        return Err(Outside::new("pars", found, "as many"));
    }
    let (per_year, gap_most) = (given.count("freq"), given.number("gap_most"));
    let bonds = ParBonds { per_year, between: between(given), gap_most };
    let quotes: Vec<_> = tenors.into_iter().zip(pars).collect();
    let curve = bonds.zero_curve(&quotes)?;
    let (tenors, zeros): (Vec<f64>, Vec<f64>) = curve.points().iter().copied().unzip();
    let discounts: Result<Vec<f64>, _> = tenors.iter().map(|t| curve.discount(*t)).collect();
    Ok(json!({
        "tenors": json_numbers(&tenors), "zeros": json_numbers(&zeros),
        "discounts": json_numbers(&discounts?),
    }))
}

fn curve(given: &Given) -> Result<Curve, Outside> {
    Curve::new(super::points(given, "times", "zeros")?, between(given))
}

fn told(curve: &Curve) -> Value {
    let (times, zeros): (Vec<f64>, Vec<f64>) = curve.points().iter().copied().unzip();
    json!({"times": json_numbers(&times), "zeros": json_numbers(&zeros)})
}

fn curve_shock(given: &Given) -> Result<Value, Outside> {
    let by = given.number("by");
    let shock = match given.word("kind") {
        "parallel" => Shock::Parallel { by },
        "slope" => Shock::Slope { pivot: given.number("pivot"), by_year: by },
        _ => {
            let (shocks, key) = (key_rates(&given.numbers("keys"), by)?, given.count("key"));
            let found = || Outside::new("key", key, "the number of one of the keys");
            *shocks.get(key as usize - 1).ok_or_else(found)?
        }
    };
    shock.on(&curve(given)?).map(|curve| told(&curve))
}

fn rate_announcement(given: &Given) -> Result<Value, Outside> {
    let target = given.number("announced") - given.number("expected");
    let (path, reversion) = (given.number("path"), given.number("reversion"));
    let moved = Announcement { target, path, reversion }.on(&curve(given)?)?;
    Ok(told(&moved))
}
