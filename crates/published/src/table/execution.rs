//! Large orders: how to trade them, what they cost, and how portfolios and returns are judged.

use crate::given::{Given, json_named, json_number, json_numbers};
use crate::model::{ANY, Bound, Domain, Input, Model, NOT_NEGATIVE, POSITIVE, Takes, at_least};
use pitfloor_pricing::Outside;
use pitfloor_pricing::numeric::quantile;
use pitfloor_pricing::process::ou::OrnsteinUhlenbeck;
use pitfloor_theory::almgren_chriss::{self, Plan, Sale};
use pitfloor_theory::execution_quality::{Fill, Order};
use pitfloor_theory::obizhaeva_wang::{self, Purchase};
use pitfloor_theory::{impact, performance, risk_budget};
use serde_json::{Map, Value, json};

const X: Input = Input::number("X", "shares to sell", NOT_NEGATIVE);
const T: Input = Input::number("T", "days", POSITIVE);
const N: Input = Input::whole("N", "intervals", 1, almgren_chriss::INTERVALS_MOST as u64);
const SIG: Input = Input::number("sig", "money per root day", NOT_NEGATIVE);
const EPS: Input = Input::number("eps", "money a share: fixed cost", NOT_NEGATIVE);
const GAM: Input = Input::number("gam", "money per share²: permanent impact", NOT_NEGATIVE);
const ETA: Input = Input::number("eta", "money per share and share a day", POSITIVE);
const DRIFT: Input = Input::number("alpha", "money a day: drift of the price", ANY);
const LEVELS: Domain = Domain {
    low: Some(Bound { at: 0.5, included: true }),
    high: Some(Bound { at: 1.0, included: false }),
};
const PLAN: &[(&str, &str)] = &[
    ("kappa", "per day; below 0 the frequency of who likes risk"),
    ("kappa_cont", "per day, as intervals shrink"),
    ("halflife", "days: 1/kappa"),
    ("E", "money: expected cost"),
    ("V", "money²"),
    ("std", "money"),
    ("x", "list: shares left"),
    ("n", "list: shares sold in each interval"),
    ("drift", "shares: alpha / (2 lam sig²)"),
];

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "almgren_chriss",
        about: "the best way to sell much between moving the price and fearing its moves",
        inputs: &[
            Input::number("lam", "per unit of money: risk aversion", ANY),
            X.or("1e6"),
            T.or("5"),
            N.or("5"),
            SIG.or("0.95"),
            EPS.or("0.0625"),
            GAM.or("2.5e-7"),
            ETA.or("2.5e-6"),
            DRIFT.or("0"),
        ],
        outputs: PLAN,
        source: "Almgren and Chriss 2000",
        example: r#"{"lam": 1e-6}"#,
        function: |given| Ok(Value::Object(plan(&sale(given).plan(given.number("lam"))?))),
    },
    Model {
        name: "ac_lvar",
        about: "the same with the least cost at risk: E + z √V at a level",
        inputs: &[
            Input::number("p", "level, from 0.5 and below 1", LEVELS).or("0.95"),
            X.or("1e6"),
            T.or("5"),
            N.or("5"),
            SIG.or("0.95"),
            EPS.or("0.0625"),
            GAM.or("2.5e-7"),
            ETA.or("2.5e-6"),
            DRIFT.or("0"),
        ],
        outputs: &[
            ("lam", "per unit of money: the aversion that does it"),
            ("lvar", "money: E + z std"),
            ("z", "standard deviations: the normal quantile of p"),
            ("E", "money: expected cost"),
            ("std", "money"),
            ("x", "list: shares left"),
            ("n", "list: shares sold in each interval"),
        ],
        source: "Almgren and Chriss 2000, section 3.3",
        example: "{}",
        function: |given| {
            let z = quantile::normal(given.number("p"));
            let (lam, found) = sale(given).least_at_risk(z)?;
            let mut value = plan(&found);
            let at_risk = found.cost + z * found.variance.sqrt();
            value.insert("lam".to_owned(), json_number(lam));
            value.insert("lvar".to_owned(), json_number(at_risk));
            value.insert("z".to_owned(), json_number(z));
            Ok(Value::Object(value))
        },
    },
    Model {
        name: "obizhaeva_wang",
        about: "the best way to buy much from a book that fills up again",
        inputs: &[
            Input::number("X0", "lots to buy", ANY),
            Input::number("rho", "per time: how fast the book fills up", NOT_NEGATIVE),
            Input::number("T", "time", NOT_NEGATIVE).or("1"),
            Input::whole("N", "intervals", 1, obizhaeva_wang::INTERVALS_MOST as u64).or("10"),
            Input::number("q", "lots per unit of price: depth", POSITIVE),
        ],
        outputs: &[("x", "list: lots at 0, T/N, …, T"), ("cost", "money")],
        source: "Obizhaeva and Wang 2013",
        example: r#"{"X0": 100000, "rho": 2.2231, "q": 5000}"#,
        function: |given| {
            let found = purchase(given).schedule(given.count("N"))?;
            Ok(json!({"x": json_numbers(&found.x), "cost": json_number(found.cost)}))
        },
    },
    Model {
        name: "ow_continuous",
        about: "the same in continuous time",
        inputs: &[
            Input::number("X0", "lots to buy", ANY),
            Input::number("rho", "per time: how fast the book fills up", NOT_NEGATIVE),
            Input::number("T", "time", NOT_NEGATIVE).or("1"),
        ],
        outputs: &[("block", "lots at either end"), ("rate", "lots per time between")],
        source: "Obizhaeva and Wang 2013",
        example: r#"{"X0": 100000, "rho": 2.2231}"#,
        function: |given| {
            let [lots, resilience, horizon] = ["X0", "rho", "T"].map(|name| given.number(name));
            // The depth scales the cost alone.
            let bought = Purchase { lots, resilience, horizon, depth: 1.0 };
            let (block, rate) = bought.continuous()?;
            Ok(json_named(&[("block", block), ("rate", rate)]))
        },
    },
    Model {
        name: "sqrt_impact",
        about: "how far a large order moves the price",
        inputs: &[
            Input::number("Y", "of order 1", NOT_NEGATIVE).or("1"),
            Input::number("sigma", "share a day: volatility", NOT_NEGATIVE),
            Input::number("Q", "lots of the order", NOT_NEGATIVE),
            Input::number("V", "lots a day", POSITIVE),
        ],
        outputs: &[("impact", "share"), ("bp", "hundredths of a percent")],
        source: "Almgren et al. 2005; Tóth et al. 2011",
        example: r#"{"sigma": 0.02, "Q": 1, "V": 100}"#,
        function: |given| {
            let [y, sigma, lots, volume] = ["Y", "sigma", "Q", "V"].map(|name| given.number(name));
            let moved = impact::square_root(y, sigma, lots, volume)?;
            Ok(json_named(&[("impact", moved), ("bp", 1e4 * moved)]))
        },
    },
    Model {
        name: "execution_quality",
        about: "what an order cost, and where it went",
        inputs: &[
            Input::new("side", "", Takes::Word(&["buy", "sell"])),
            Input::number("qty", "shares meant", POSITIVE),
            Input::number("decision", "money: the mid when it was decided", POSITIVE),
            Input::number("arrival", "money: the mid when it arrived", POSITIVE),
            Input::new(
                "fills",
                "rows [qty, price, mid, mid later] or with bid, ask behind",
                Takes::Matrix,
            ),
            Input::number("close", "money: the price when the rest was given up", POSITIVE),
            Input::number("fee", "money a share", NOT_NEGATIVE).or("0"),
        ],
        outputs: &[
            ("average", "money: mean price"),
            ("effective", "money: mean effective spread"),
            ("realised", "money: mean realised spread"),
            ("impact", "money: effective less realised"),
            ("delay", "money"),
            ("trading", "money"),
            ("opportunity", "money"),
            ("fees", "money"),
            ("total", "money"),
            ("bp", "of the decision's price times qty"),
            ("quoted", "money: mean quoted spread; null without bids and asks"),
            ("eq", "effective over quoted; null likewise"),
            ("improvement", "money gained against the quote; null likewise"),
        ],
        source: "Perold 1988; 17 CFR 242.600",
        example: r#"{"side": "buy", "qty": 10000, "decision": 50.00, "arrival": 50.02,
                     "fills": [[4000, 50.05, 50.03, 50.06], [3000, 50.08, 50.07, 50.07],
                               [1000, 50.10, 50.09, 50.12]], "close": 50.20, "fee": 0.005}"#,
        function: execution_quality,
    },
    Model {
        name: "risk_budget",
        about: "weights by which each part carries its share of the risk",
        inputs: &[
            Input::new("vol", "of each part", Takes::Numbers(POSITIVE)),
            Input::new("corr", "correlations", Takes::Matrix),
            Input::new("budget", "shares of risk; null: equal", Takes::Numbers(POSITIVE))
                .or("null"),
        ],
        outputs: &[
            ("w", "list: weights that sum to 1"),
            ("vol", "of the whole"),
            ("residual", "the most that a share of risk is off"),
        ],
        source: "Maillard, Roncalli and Teiletche 2010; Griveau-Billion et al. 2013",
        example: r#"{"vol": [0.3, 0.2, 0.15], "corr": [[1, 0.8, 0.5], [0.8, 1, 0.3], [0.5, 0.3, 1]],
                     "budget": [0.5, 0.2, 0.3]}"#,
        function: |given| {
            let budget = (!given.is_none("budget")).then(|| given.numbers("budget"));
            let cov = risk_budget::covariance(&given.numbers("vol"), &given.matrix("corr"))?;
            let found = risk_budget::portfolio(&cov, budget.as_deref())?;
            Ok(json!({
                "w": json_numbers(&found.weights), "vol": json_number(found.volatility),
                "residual": json_number(found.residual),
            }))
        },
    },
    Model {
        name: "performance",
        about: "how a series of returns is judged",
        inputs: &[
            Input::new("r", "share a period: returns, two or more", Takes::Numbers(at_least(-1.0))),
            Input::number("per", "periods a year", POSITIVE).or("252"),
        ],
        outputs: &[
            ("mean", "share a period"),
            ("sd", "share a period, by n - 1"),
            ("sharpe_ann", "a year"),
            ("sharpe", "the same"),
            ("sortino_ann", "a year"),
            ("sortino", "the same"),
            ("vol", "share a year"),
            ("downdev", "share a period"),
            ("mdd", "share: the deepest fall"),
            ("cagr", "share a year"),
            ("calmar", "cagr over the deepest fall"),
            ("skew", "of the population"),
            ("exkurt", "of the population"),
            ("VaR95_linear", "share, a loss"),
            ("VaR80", "share, a loss"),
            ("ES_below_VaR80", "share, a loss"),
            ("omega0", "gains over losses"),
            ("hit", "share of periods that gained"),
            ("total", "share, over all"),
        ],
        source: "Sharpe 1994; Sortino and Price 1994; Keating and Shadwick 2002",
        example: r#"{"r": [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1]}"#,
        function: judged,
    },
    Model {
        name: "ou",
        about: "half-life and long-run spread of a level that is pulled back",
        inputs: &[
            Input::number("theta", "per year: the pull", POSITIVE),
            Input::number("sigma", "per root year: noise", NOT_NEGATIVE).or("1"),
            Input::number("per", "days a year", POSITIVE).or("252"),
        ],
        outputs: &[
            ("half_life", "days"),
            ("half_life_years", "years"),
            ("sd", "stationary standard deviation"),
        ],
        source: "Uhlenbeck and Ornstein 1930",
        example: r#"{"theta": 5}"#,
        function: |given| {
            let (reversion, noise) = (given.number("theta"), given.number("sigma"));
            let process = OrnsteinUhlenbeck { reversion, mean: 0.0, noise };
            process.check()?;
            let years = process.half_life();
            Ok(json_named(&[
                ("half_life", years * given.number("per")),
                ("half_life_years", years),
                ("sd", process.stationary_deviation()),
            ]))
        },
    },
];

fn sale(given: &Given) -> Sale {
    Sale {
        shares: given.number("X"),
        horizon: given.number("T"),
        intervals: given.count("N"),
        noise: given.number("sig"),
        fixed: given.number("eps"),
        permanent: given.number("gam"),
        temporary: given.number("eta"),
        drift: given.number("alpha"),
    }
}

fn plan(plan: &Plan) -> Map<String, Value> {
    let named = [
        ("kappa", plan.kappa),
        ("kappa_cont", plan.kappa_cont),
        ("halflife", plan.halflife),
        ("E", plan.cost),
        ("V", plan.variance),
        ("std", plan.variance.sqrt()),
        ("drift", plan.held_for_drift),
    ];
    let mut out: Map<String, Value> =
        named.into_iter().map(|(name, x)| (name.to_owned(), json_number(x))).collect();
    out.insert("x".to_owned(), json_numbers(&plan.left));
    out.insert("n".to_owned(), json_numbers(&plan.sold));
    out
}

fn purchase(given: &Given) -> Purchase {
    let [lots, resilience, horizon, depth] = ["X0", "rho", "T", "q"].map(|name| given.number(name));
    Purchase { lots, resilience, horizon, depth }
}

fn execution_quality(given: &Given) -> Result<Value, Outside> {
    let fill = |row: Vec<f64>| match row[..] {
        [qty, price, mid, later] => Ok(Fill { qty, price, mid, later, quote: None }),
        [qty, price, mid, later, bid, ask] => {
            Ok(Fill { qty, price, mid, later, quote: Some((bid, ask)) })
        }
        _ => Err(Outside::new("fills", format!("a row of {}", row.len()), "rows of 4 or 6")),
    };
    let fills: Result<Vec<Fill>, Outside> = given.matrix("fills").into_iter().map(fill).collect();
    let order = Order {
        buys: given.word("side") == "buy",
        qty: given.number("qty"),
        decision: given.number("decision"),
        arrival: given.number("arrival"),
        close: given.number("close"),
        fee: given.number("fee"),
        fills: fills?,
    };
    let found = order.quality()?;
    let mut value = json_named(&[
        ("average", found.average),
        ("effective", found.effective),
        ("realised", found.realised),
        ("impact", found.impact),
        ("delay", found.delay),
        ("trading", found.trading),
        ("opportunity", found.opportunity),
        ("fees", found.fees),
        ("total", found.total),
        ("bp", found.basis_points),
    ]);
    let against = found.against_quote;
    value["quoted"] = against.map_or(Value::Null, |(quoted, _, _)| json_number(quoted));
    value["eq"] = against.map_or(Value::Null, |(_, eq, _)| json_number(eq));
    value["improvement"] = against.map_or(Value::Null, |(_, _, gained)| json_number(gained));
    Ok(value)
}

fn judged(given: &Given) -> Result<Value, Outside> {
    let found = performance::performance(&given.numbers("r"), given.number("per"))?;
    Ok(json_named(&[
        ("mean", found.mean),
        ("sd", found.sd),
        ("sharpe_ann", found.sharpe),
        ("sharpe", found.sharpe),
        ("sortino_ann", found.sortino),
        ("sortino", found.sortino),
        ("vol", found.vol),
        ("downdev", found.downdev),
        ("mdd", found.mdd),
        ("cagr", found.cagr),
        ("calmar", found.calmar),
        ("skew", found.skew),
        ("exkurt", found.exkurt),
        ("VaR95_linear", found.var95),
        ("VaR80", found.var80),
        ("ES_below_VaR80", found.es80),
        ("omega0", found.omega),
        ("hit", found.hit),
        ("total", found.total),
    ]))
}
