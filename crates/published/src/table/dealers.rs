//! Dealers, and those who know more than they do.

use crate::given::{Given, json_named, json_number, json_numbers};
use crate::model::{ANY, Input, Model, NOT_NEGATIVE, POSITIVE, SHARE, Takes, above, at_least};
use pitfloor_pricing::Outside;
use pitfloor_theory::avellaneda_stoikov::{Dealer, Moments, Strategy};
use pitfloor_theory::glosten_milgrom::Belief;
use pitfloor_theory::gueant;
use pitfloor_theory::kyle::{AUCTIONS_MOST, Auctions};
use serde_json::{Value, json};

const STRATEGY: Input = Input::new("strategy", "", Takes::Word(&["inventory", "symmetric"]));
const G: Input = Input::number("g", "per unit of money: risk aversion", NOT_NEGATIVE);
const SIG: Input = Input::number("sig", "money per root of time: volatility", NOT_NEGATIVE);
const K: Input = Input::number("k", "per unit of money: fading of fills", POSITIVE);
const A: Input = Input::number("A", "fills per time at distance 0", NOT_NEGATIVE);
const T: Input = Input::number("T", "time", NOT_NEGATIVE);
const DT: Input = Input::number("dt", "time: a step; T/dt whole, at most 5000", POSITIVE);

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "avellaneda_stoikov",
        about: "what a dealer earns who leans his quotes against his inventory, exactly",
        inputs: &[
            STRATEGY.or("\"inventory\""),
            G.or("0.1"),
            SIG.or("2"),
            K.or("1.5"),
            A.or("140"),
            T.or("1"),
            DT.or("0.005"),
        ],
        outputs: &[
            ("avg_spread", "money: time average of the quoted spread"),
            ("profit", "money, mean"),
            ("std_profit", "money"),
            ("final_q", "lots, mean"),
            ("std_q", "lots"),
        ],
        source: "Avellaneda and Stoikov 2008 (journal tables), exact moments of the stated rule",
        example: r#"{"strategy": "symmetric", "g": 0.1}"#,
        function: |given| Ok(told(&dealer(given).moments()?)),
    },
    Model {
        name: "avellaneda_stoikov_simulated",
        about: "the same by drawing, with standard errors",
        inputs: &[
            STRATEGY.or("\"inventory\""),
            G.or("0.1"),
            SIG.or("2"),
            K.or("1.5"),
            A.or("140"),
            T.or("1"),
            DT.or("0.005"),
            Input::whole("seed", "of the dice", 0, u64::MAX).or("1"),
            Input::whole("paths", "experiments", 2, 1_000_000).or("1000"),
        ],
        outputs: &[
            ("avg_spread", "money"),
            ("profit", "money, mean"),
            ("std_profit", "money"),
            ("final_q", "lots, mean"),
            ("std_q", "lots"),
            ("profit_se", "money, standard error"),
            ("std_profit_se", "money, standard error, by the sample's kurtosis"),
            ("final_q_se", "lots, standard error"),
            ("kurtosis", "of the profit; 3 when Gaussian"),
        ],
        source: "Avellaneda and Stoikov 2008, section 3.3",
        example: r#"{"paths": 100}"#,
        function: simulated,
    },
    Model {
        name: "glft",
        about: "quotes of a dealer with a limit to his inventory",
        inputs: &[
            Input::number("sigma", "money per root of time", NOT_NEGATIVE),
            Input::number("A", "fills per time at distance 0", POSITIVE),
            K,
            Input::number("gamma", "per unit of money: risk aversion", NOT_NEGATIVE),
            Input::whole("Q", "lots: the limit", 1, gueant::LIMIT_MOST as u64),
            Input::number("T", "time left", NOT_NEGATIVE),
            Input::new("q", "lots: whole inventories from -Q to Q", Takes::Numbers(ANY)).or("[0]"),
        ],
        outputs: &[
            ("delta_b", "list: money from the mid; inf at Q"),
            ("delta_a", "list: money from the mid; inf at -Q"),
            ("approx_b", "list: money, far from the end and from the limits"),
            ("approx_a", "list: the same"),
        ],
        source: "Guéant, Lehalle and Fernandez-Tapia 2013",
        example: r#"{"sigma": 0.3, "A": 0.9, "k": 0.3, "gamma": 0.01, "Q": 30, "T": 600,
                     "q": [-1, 0, 1]}"#,
        function: glft,
    },
    Model {
        name: "glosten_milgrom",
        about: "bid and ask of a dealer who may meet somebody that knows",
        inputs: &[
            Input::number("VL", "money: the lower value", ANY),
            Input::number("VH", "money: the higher value, at least VL", ANY),
            Input::number("pH", "probability of the higher value", SHARE).or("0.5"),
            Input::number("informed", "share of arrivals that know", SHARE),
        ],
        outputs: &[("", "[bid, ask]: money")],
        source: "Glosten and Milgrom 1985, two values",
        example: r#"{"VL": 90, "VH": 110, "pH": 0.7, "informed": 0.3}"#,
        function: |given| {
            let [low, high] = ["VL", "VH"].map(|name| given.number(name));
            let [p_high, informed] = ["pH", "informed"].map(|name| given.number(name));
            let (bid, ask) = Belief { low, high, p_high, informed }.quotes()?;
            Ok(json_numbers(&[bid, ask]))
        },
    },
    Model {
        name: "kyle",
        about: "auctions in which one who knows trades among those who do not",
        inputs: &[
            Input::whole("N", "auctions over a time of 1", 1, AUCTIONS_MOST as u64).or("1"),
            Input::number("Sigma0", "money²: variance of the value", POSITIVE).or("1"),
            Input::number("su2", "lots²: variance of noise over all auctions", POSITIVE).or("1"),
        ],
        outputs: &[
            ("lambda_n", "list: money per lot"),
            ("beta_dt", "list: lots per money of mispricing"),
            ("Sigma_n", "list: money², left after each auction"),
            ("SigmaN", "money², left in the end"),
            ("profit", "money, of the insider"),
        ],
        source: "Kyle 1985, theorem 2",
        example: r#"{"N": 2, "Sigma0": 1, "su2": 1}"#,
        function: |given| {
            let [variance, noise] = ["Sigma0", "su2"].map(|name| given.number(name));
            let found = Auctions { count: given.count("N"), variance, noise }.equilibrium()?;
            Ok(json!({
                "lambda_n": json_numbers(&found.lambda), "beta_dt": json_numbers(&found.beta_dt),
                "Sigma_n": json_numbers(&found.sigma),
                "SigmaN": found.sigma.last().copied().map(json_number),
                "profit": json_number(found.profit),
            }))
        },
    },
    Model {
        name: "roll",
        about: "the spread behind the bounce of trade prices",
        inputs: &[
            Input::new("p", "money: trade prices in order; or cov", Takes::Numbers(ANY)).or("null"),
            Input::number("cov", "money²: of each change with the next; or p", ANY).or("null"),
        ],
        outputs: &[("", "money; nan where the covariance is positive")],
        source: "Roll 1984",
        example: r#"{"cov": -0.0001}"#,
        function: |given| {
            let cov = match (given.is_none("p"), given.number_or_none("cov")) {
                (true, Some(cov)) => cov,
                (false, None) => pitfloor_theory::roll::covariance(&given.numbers("p"))?,
                (none, _) => {
                    let found = if none { "neither of p and cov" } else { "both p and cov" };
                    return Err(Outside::new("p", found, "one of them"));
                }
            };
            Ok(json_number(pitfloor_theory::roll::spread(cov)))
        },
    },
    Model {
        name: "zi_law",
        about: "scales and spread of a book of orders without any sense",
        inputs: &[
            Input::number("alpha", "limit orders per side, price and time", POSITIVE),
            Input::number("mu", "market orders of both sides, per time", POSITIVE),
            Input::number("delta", "cancels of one order, per time", POSITIVE),
            Input::number("sigma", "lots of an order", NOT_NEGATIVE).or("1"),
        ],
        outputs: &[
            ("spread", "prices, by the law; simulated books come to 0.65 to 0.85 of it"),
            ("epsilon", "delta sigma / mu"),
            ("p_c", "prices: mu / 2 alpha"),
            ("N_c", "lots: mu / 2 delta"),
            ("T", "time: 1 / delta"),
        ],
        source: "Smith, Farmer, Gillemot and Krishnamurthy 2003",
        example: r#"{"alpha": 0.5, "mu": 20, "delta": 0.5}"#,
        function: |given| {
            let [limit, market] = ["alpha", "mu"].map(|name| given.number(name));
            let [cancel, size] = ["delta", "sigma"].map(|name| given.number(name));
            let found = pitfloor_theory::zero_intelligence::Flow { limit, market, cancel, size }
                .scales()?;
            Ok(json_named(&[
                ("spread", found.spread),
                ("epsilon", found.granularity),
                ("p_c", found.price),
                ("N_c", found.lots),
                ("T", found.time),
            ]))
        },
    },
    Model {
        name: "epps",
        about: "correlation that is seen when last prices are looked at",
        inputs: &[
            Input::number("rho", "correlation", crate::model::between(-1.0, 1.0)).or("0.8"),
            Input::number("lam", "trades of each, per time", NOT_NEGATIVE).or("0.5"),
            Input::new("delta", "list: times between looks", Takes::Numbers(at_least(0.0))),
        ],
        outputs: &[("", "list: correlations")],
        source: "Epps 1979; Hayashi and Yoshida 2005",
        example: r#"{"delta": [1, 2, 5, 10, 30, 100]}"#,
        function: |given| {
            let (rho, lam) = (given.number("rho"), given.number("lam"));
            let seen = |delta: &f64| pitfloor_theory::epps::seen(rho, lam, *delta);
            let found: Result<Vec<f64>, Outside> =
                given.numbers("delta").iter().map(seen).collect();
            Ok(json_numbers(&found?))
        },
    },
    Model {
        name: "lmsr",
        about: "a market maker who is a formula: what shares of outcomes cost",
        inputs: &[
            Input::number("b", "shares: depth", POSITIVE),
            Input::new("q", "shares sold of each outcome", Takes::Numbers(ANY)).or("[0, 0]"),
            Input::whole("outcome", "from 0: which one is bought", 0, 99_999).or("0"),
            Input::number("shares", "shares bought; below 0 sold", ANY).or("0"),
        ],
        outputs: &[
            ("C", "money: what q cost altogether"),
            ("cost", "money: of the shares bought"),
            ("price", "money: of the next share of that outcome, afterwards"),
            ("prices", "list: of all outcomes, afterwards"),
        ],
        source: "Hanson 2003",
        example: r#"{"b": 100, "shares": 50}"#,
        function: lmsr,
    },
    Model {
        name: "constant_product",
        about: "what a pool of constant product pays out",
        inputs: &[
            Input::number("x", "reserve paid into", POSITIVE),
            Input::number("y", "reserve paid out of", POSITIVE),
            Input::number("fee", "share of what is paid in, below 1", SHARE).or("0.003"),
            Input::number("dx", "paid in", NOT_NEGATIVE),
        ],
        outputs: &[("", "paid out")],
        source: "Angeris et al. 2021",
        example: r#"{"x": 1000, "y": 1000, "dx": 100}"#,
        function: |given| {
            let [x, y, fee, dx] = ["x", "y", "fee", "dx"].map(|name| given.number(name));
            pitfloor_theory::pools::Pool { x, y, fee }.out(dx).map(json_number)
        },
    },
    Model {
        name: "impermanent_loss",
        about: "what a share of a pool lost beside having kept its parts",
        inputs: &[Input::number("r", "the price over what it was", NOT_NEGATIVE)],
        outputs: &[("", "share: 0 or below")],
        source: "Angeris et al. 2021",
        example: r#"{"r": 2}"#,
        function: |given| {
            pitfloor_theory::pools::impermanent_loss(given.number("r")).map(json_number)
        },
    },
    Model {
        name: "hawkes",
        about: "rate and clustering of events that bring on others",
        inputs: &[
            Input::number("mu", "per time: events that nothing brings on", NOT_NEGATIVE),
            Input::number("alpha", "per time: jump of the intensity; below beta", NOT_NEGATIVE),
            Input::number("beta", "per time: its fading", above(0.0)),
            Input::number("W", "time: a window", NOT_NEGATIVE).or("1"),
        ],
        outputs: &[
            ("rate", "per time"),
            ("branching", "alpha / beta"),
            ("fano", "variance over mean of counts in W"),
            ("fano_inf", "the same in an endless window"),
        ],
        source: "Hawkes 1971, exponential kernel",
        example: r#"{"mu": 0.5, "alpha": 0.8, "beta": 1}"#,
        function: |given| {
            let [base, jump, decay] = ["mu", "alpha", "beta"].map(|name| given.number(name));
            let process = pitfloor_theory::hawkes::Hawkes { base, jump, decay };
            Ok(json_named(&[
                ("rate", process.rate()?),
                ("branching", process.branching()?),
                ("fano", process.fano(given.number("W"))?),
                ("fano_inf", process.fano_endless()?),
            ]))
        },
    },
];

fn dealer(given: &Given) -> Dealer {
    let inventory = given.word("strategy") == "inventory";
    Dealer {
        strategy: if inventory { Strategy::Inventory } else { Strategy::Symmetric },
        aversion: given.number("g"),
        noise: given.number("sig"),
        fade: given.number("k"),
        arrivals: given.number("A"),
        horizon: given.number("T"),
        step: given.number("dt"),
    }
}

fn told(moments: &Moments) -> Value {
    json_named(&[
        ("avg_spread", moments.avg_spread),
        ("profit", moments.profit),
        ("std_profit", moments.std_profit),
        ("final_q", moments.final_q),
        ("std_q", moments.std_q),
    ])
}

fn simulated(given: &Given) -> Result<Value, Outside> {
    let drawn = dealer(given).simulate(given.whole("seed"), given.count("paths") as usize)?;
    let mut value = told(&drawn.moments);
    for (name, x) in [
        ("profit_se", drawn.profit_se),
        ("std_profit_se", drawn.std_profit_se),
        ("final_q_se", drawn.final_q_se),
        ("kurtosis", drawn.kurtosis),
    ] {
        value[name] = json_number(x);
    }
    Ok(value)
}

fn glft(given: &Given) -> Result<Value, Outside> {
    let dealer = gueant::Dealer {
        noise: given.number("sigma"),
        arrivals: given.number("A"),
        fade: given.number("k"),
        aversion: given.number("gamma"),
        limit: given.count("Q"),
        horizon: given.number("T"),
    };
    let whole = |q: f64| {
        let fits = q.fract() == 0.0 && q.abs() <= f64::from(dealer.limit);
        if fits { Ok(q as i64) } else { Err(Outside::new("q", q, "whole numbers from -Q to Q")) }
    };
    let held: Result<Vec<i64>, Outside> = given.numbers("q").into_iter().map(whole).collect();
    let quotes = dealer.quotes(&held?)?;
    let list =
        |of: fn(&gueant::Quotes) -> f64| json_numbers(&quotes.iter().map(of).collect::<Vec<f64>>());
    Ok(json!({
        "delta_b": list(|q| q.bid), "delta_a": list(|q| q.ask),
        "approx_b": list(|q| q.bid_asymptotic), "approx_a": list(|q| q.ask_asymptotic),
    }))
}

fn lmsr(given: &Given) -> Result<Value, Outside> {
    let maker =
        pitfloor_theory::scoring_rule::Maker { depth: given.number("b"), sold: given.numbers("q") };
    let outcome = given.count("outcome") as usize;
    let (after, cost) = maker.buy(outcome, given.number("shares"))?;
    let prices = after.prices();
    Ok(json!({
        "C": json_number(maker.cost()), "cost": json_number(cost),
        "price": json_number(prices[outcome]), "prices": json_numbers(&prices),
    }))
}
