//! What may be lost, and whether that was right.

use crate::given::{Given, json_named, json_number, json_numbers};
use crate::model::{
    ANY, INSIDE, Input, Model, NOT_NEGATIVE, POSITIVE, SHARE, Takes, above, at_least,
};
use pitfloor_pricing::Outside;
use pitfloor_pricing::risk::backtest;
use pitfloor_pricing::risk::components::components;
use pitfloor_pricing::risk::portfolio::Portfolio;
use pitfloor_pricing::risk::stress::{Answer, Move, Position, apply};
use pitfloor_pricing::risk::value_at_risk::{Loss, Profit, cornish_fisher, historical};
use pitfloor_pricing::risk::volatility::{Garch, ewma};
use serde_json::{Value, json};

const MCNEIL: &str = "McNeil, Frey and Embrechts, Quantitative Risk Management";
const LEVEL: Input = Input::number("p", "level, such as 0.99", INSIDE);
const DAYS: Input = Input::number("days", "days", POSITIVE);
const LOSS: &[(&str, &str)] = &[("var", "money, a loss"), ("es", "money, a loss")];

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "var_es",
        about: "value at risk and expected shortfall of a normal or Student profit",
        inputs: &[
            Input::new("dist", "", Takes::Word(&["normal", "student"])).or("\"normal\""),
            LEVEL,
            Input::number("mean", "money a day", ANY).or("0"),
            Input::number("sd", "money a day; of student the scale", NOT_NEGATIVE).or("1"),
            Input::number("nu", "degrees of freedom, of student", above(1.0)).or("4"),
            DAYS.or("1"),
        ],
        outputs: LOSS,
        source: MCNEIL,
        example: r#"{"dist": "student", "p": 0.99, "nu": 3}"#,
        function: var_es,
    },
    Model {
        name: "var_es_historical",
        about: "value at risk and expected shortfall of profits as they were",
        inputs: &[Input::new("r", "money a day, profits", Takes::Numbers(ANY)), LEVEL],
        outputs: LOSS,
        source: MCNEIL,
        example: r#"{"r": [0.01, -0.02, 0.03, 0.005, -0.01, 0.025, -0.005, 0.015, -0.03, 0.02],
                     "p": 0.95}"#,
        function: |given| Ok(told(historical(&given.numbers("r"), given.number("p"))?)),
    },
    Model {
        name: "var_es_portfolio",
        about: "value at risk of positions with a covariance, and each one's share",
        inputs: &[
            Input::new("amounts", "money", Takes::Numbers(ANY)),
            Input::new("cov", "of daily returns", Takes::Matrix),
            LEVEL,
            DAYS.or("1"),
        ],
        outputs: &[
            ("var", "money, a loss"),
            ("es", "money, a loss"),
            ("sd", "money"),
            ("parts", "list: money, each one's part of var"),
        ],
        source: "Hull, value at risk (the linear model); Tasche 1999",
        example: r#"{"amounts": [1e7, 5e6], "cov": [[4e-4, 6e-5], [6e-5, 1e-4]], "p": 0.99,
                     "days": 10}"#,
        function: var_es_portfolio,
    },
    Model {
        name: "var_es_simulated",
        about: "the same by drawing, with standard errors",
        inputs: &[
            Input::new("amounts", "money", Takes::Numbers(ANY)),
            Input::new("cov", "of daily returns", Takes::Matrix),
            LEVEL,
            DAYS.or("1"),
            Input::whole("seed", "of the dice", 0, u64::MAX).or("1"),
            Input::whole("paths", "draws", 100, 10_000_000).or("100000"),
        ],
        outputs: &[
            ("var", "money, a loss"),
            ("es", "money, a loss"),
            ("var_se", "money, standard error"),
            ("es_se", "money, standard error"),
        ],
        source: "Hull, value at risk (Monte Carlo); Manistre and Hancock 2005 for the errors",
        example: r#"{"amounts": [1e7, 5e6], "cov": [[4e-4, 6e-5], [6e-5, 1e-4]], "p": 0.99,
                     "paths": 10000}"#,
        function: var_es_simulated,
    },
    Model {
        name: "cornish_fisher",
        about: "normal quantile of a loss, corrected for skewness and excess kurtosis",
        inputs: &[
            LEVEL,
            Input::number("skew", "of profits", ANY).or("0"),
            Input::number("exkurt", "of profits", at_least(-2.0)).or("0"),
        ],
        outputs: &[("", "standard deviations, a loss")],
        source: "Cornish and Fisher 1938",
        example: r#"{"p": 0.95, "skew": -0.5, "exkurt": 4}"#,
        function: |given| {
            let [p, skew, exkurt] = ["p", "skew", "exkurt"].map(|name| given.number(name));
            cornish_fisher(p, skew, exkurt).map(json_number)
        },
    },
    Model {
        name: "kupiec",
        about: "likelihood ratio of a count of exceptions",
        inputs: &[
            Input::whole("n", "days", 1, backtest::DAYS_MOST),
            Input::whole("x", "exceptions, at most n", 0, backtest::DAYS_MOST),
            Input::number("p", "share of exceptions that was meant", INSIDE).or("0.01"),
        ],
        outputs: &[("LR", "chi-squared, one degree of freedom"), ("p_value", "probability")],
        source: "Kupiec 1995",
        example: r#"{"n": 250, "x": 7, "p": 0.01}"#,
        function: |given| {
            let (n, x, p) = (given.whole("n"), given.whole("x"), given.number("p"));
            let found = backtest::kupiec(n, x, p)?;
            Ok(json_named(&[("LR", found.lr), ("p_value", found.p_value)]))
        },
    },
    Model {
        name: "basel_zone",
        about: "green, yellow or red by a count of exceptions",
        inputs: &[
            Input::whole("n", "days", 1, backtest::DAYS_MOST).or("250"),
            Input::whole("x", "exceptions, at most n", 0, backtest::DAYS_MOST),
            Input::number("p", "share of exceptions that was meant", INSIDE).or("0.01"),
        ],
        outputs: &[
            ("zone", "green, yellow or red"),
            ("cumulative", "probability of so many or fewer"),
        ],
        source: "Basel Committee 1996, backtesting",
        example: r#"{"x": 5}"#,
        function: |given| {
            let (n, x, p) = (given.whole("n"), given.whole("x"), given.number("p"));
            let (zone, cumulative) = backtest::basel_zone(n, x, p)?;
            Ok(json!({"zone": zone.name(), "cumulative": json_number(cumulative)}))
        },
    },
    Model {
        name: "ewma",
        about: "next volatility, exponentially weighted",
        inputs: &[
            Input::number("lambda", "share kept", SHARE).or("0.94"),
            Input::number("sigma", "per period: last volatility", NOT_NEGATIVE),
            Input::number("u", "per period: last return", ANY),
        ],
        outputs: &[("", "per period")],
        source: "RiskMetrics 1996",
        example: r#"{"sigma": 0.01, "u": 0.02}"#,
        function: |given| {
            let [lambda, sigma, u] = ["lambda", "sigma", "u"].map(|name| given.number(name));
            ewma(lambda, sigma, u).map(json_number)
        },
    },
    Model {
        name: "garch_long_run",
        about: "volatility that a GARCH(1,1) returns to",
        inputs: &[
            Input::number("omega", "per period", NOT_NEGATIVE),
            Input::number("alpha", "weight of the last return", NOT_NEGATIVE),
            Input::number(
                "beta",
                "weight of the last variance; alpha + beta below 1",
                NOT_NEGATIVE,
            ),
        ],
        outputs: &[("", "per period")],
        source: "Bollerslev 1986",
        example: r#"{"omega": 2e-6, "alpha": 0.13, "beta": 0.86}"#,
        function: |given| {
            let [omega, alpha, beta] = ["omega", "alpha", "beta"].map(|name| given.number(name));
            Ok(json_number(Garch::new(omega, alpha, beta)?.long_run()))
        },
    },
    Model {
        name: "stress",
        about: "what each position gains when several factors move at once",
        inputs: &[
            Input::new("delta", "a row for each position: money per unit of move", Takes::Matrix),
            Input::new("gamma", "the same, to second order", Takes::Matrix).or("null"),
            Input::new("moves", "one for each factor", Takes::Numbers(ANY)),
        ],
        outputs: &[("gains", "list: money"), ("total", "money")],
        source: "Hull, value at risk (the quadratic model)",
        example: r#"{"delta": [[1000, 0], [-400, 50]], "gamma": [[0, 0], [2000, 0]],
                     "moves": [-0.2, 0.3]}"#,
        function: stress,
    },
    Model {
        name: "principal_components",
        about: "variances, shares and directions that the columns of rows move along",
        inputs: &[Input::new("rows", "a row a day, a column a thing that moves", Takes::Matrix)],
        outputs: &[
            ("variances", "list, largest first"),
            ("shares", "list: of all variance"),
            ("directions", "list of lists, length 1"),
        ],
        source: "Jolliffe, Principal Component Analysis; Litterman and Scheinkman 1991",
        example: r#"{"rows": [[1, 2], [-2, -4.5], [0.5, 1], [3, 5.5]]}"#,
        function: principal_components,
    },
];

fn told(loss: Loss) -> Value {
    json_named(&[("var", loss.var), ("es", loss.es)])
}

fn var_es(given: &Given) -> Result<Value, Outside> {
    let (mean, sd) = (given.number("mean"), given.number("sd"));
    let profit = match given.word("dist") {
        "normal" => Profit::Normal { mean, sd },
        _ => Profit::Student { mean, scale: sd, nu: given.number("nu") },
    };
    profit.loss(given.number("p"), given.number("days")).map(told)
}

fn portfolio(given: &Given) -> Result<Portfolio, Outside> {
    Portfolio::new(given.numbers("amounts"), given.matrix("cov"))
}

fn var_es_portfolio(given: &Given) -> Result<Value, Outside> {
    let found = portfolio(given)?.normal(given.number("p"), given.number("days"))?;
    Ok(json!({
        "var": json_number(found.loss.var), "es": json_number(found.loss.es),
        "sd": json_number(found.sd), "parts": json_numbers(&found.parts),
    }))
}

fn var_es_simulated(given: &Given) -> Result<Value, Outside> {
    let (p, days) = (given.number("p"), given.number("days"));
    let paths = given.count("paths") as usize;
    let found = portfolio(given)?.drawn(p, days, given.whole("seed"), paths)?;
    Ok(json_named(&[
        ("var", found.loss.var),
        ("es", found.loss.es),
        ("var_se", found.var_se),
        ("es_se", found.es_se),
    ]))
}

fn stress(given: &Given) -> Result<Value, Outside> {
    let (delta, sizes) = (given.matrix("delta"), given.numbers("moves"));
    let gamma = if given.is_none("gamma") {
        delta.iter().map(|row| vec![0.0; row.len()]).collect()
    } else {
        given.matrix("gamma")
    };
    let shape = |rows: &[Vec<f64>]| rows.iter().map(Vec::len).collect::<Vec<_>>();
    if shape(&delta).iter().any(|columns| *columns != sizes.len()) {
        return Err(Outside::new("delta", "rows of other lengths", "a column for each move"));
    }
    if shape(&gamma) != shape(&delta) {
        return Err(Outside::new("gamma", "other rows or columns", "the shape of delta"));
    }
    let name = |factor: usize| format!("factor {}", factor + 1);
    let answer = |(factor, (delta, gamma)): (usize, (&f64, &f64))| Answer {
        factor: name(factor),
        delta: *delta,
        gamma: *gamma,
    };
    let position = |(row, (delta, gamma)): (usize, (&Vec<f64>, &Vec<f64>))| Position {
        name: format!("position {}", row + 1),
        answers: delta.iter().zip(gamma).enumerate().map(answer).collect(),
    };
    let book: Vec<Position> = delta.iter().zip(&gamma).enumerate().map(position).collect();
    let moves: Vec<Move> =
        sizes.iter().enumerate().map(|(i, size)| Move { factor: name(i), size: *size }).collect();
    let (gains, total) = apply(&book, &moves)?;
    Ok(json!({"gains": json_numbers(&gains), "total": json_number(total)}))
}

fn principal_components(given: &Given) -> Result<Value, Outside> {
    let found = components(&given.matrix("rows"))?;
    let variances: Vec<f64> = found.axes.iter().map(|axis| axis.value).collect();
    let directions: Vec<Value> =
        found.axes.iter().map(|axis| json_numbers(&axis.direction)).collect();
    Ok(json!({
        "variances": json_numbers(&variances), "shares": json_numbers(&found.shares),
        "directions": directions,
    }))
}
