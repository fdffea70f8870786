//! Queues of orders: which one ends first, and who is filled before.

use crate::given::{Given, json_named, json_number, json_numbers};
use crate::model::{Input, Model, NOT_NEGATIVE, Takes};
use pitfloor_pricing::Outside;
use pitfloor_theory::cont_de_larrard;
use pitfloor_theory::cont_stoikov_talreja::{Book, QUEUE_MOST, SPREAD_MOST};
use pitfloor_theory::queue_reactive;
use serde_json::{Value, json};

const CST: &str = "Cont, Stoikov and Talreja 2010";
const S: Input = Input::whole("S", "ticks: the spread", 1, SPREAD_MOST as u64);
const MU: Input = Input::number("mu", "market orders a side, per time", NOT_NEGATIVE);
const LAM: Input =
    Input::new("lam", "limit orders at 1, 2, … ticks, per time", Takes::Numbers(NOT_NEGATIVE));
const THETA: Input = Input::new(
    "theta",
    "cancels of one order at 1, 2, … ticks, per time",
    Takes::Numbers(NOT_NEGATIVE),
);
const TAIL_K: Input =
    Input::number("tail_k", "limit orders beyond the list: k / i^alpha", NOT_NEGATIVE);
const TAIL_ALPHA: Input = Input::number("tail_alpha", "the power in it", NOT_NEGATIVE);
const SIZE: Input = Input::whole("size", "rows and columns", 1, QUEUE_MOST as u64);

/// The book of the paper's stock.
const PAPER_LAM: &str = "[1.85, 1.51, 1.09, 0.88, 0.77]";
/// Its cancels.
const PAPER_THETA: &str = "[0.71, 0.81, 0.68, 0.56, 0.47]";

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "cst_mid_up",
        about: "probability that the mid's next move is up, by the two best queues",
        inputs: &[
            S.or("1"),
            MU.or("0.94"),
            LAM.or(PAPER_LAM),
            THETA.or(PAPER_THETA),
            TAIL_K.or("1.92"),
            TAIL_ALPHA.or("0.52"),
            SIZE.or("5"),
        ],
        outputs: &[("", "a row for each bid queue, a column for each ask queue: probabilities")],
        source: CST,
        example: r#"{"S": 2}"#,
        function: |given| Ok(table(&book(given).mid_up(given.count("size") as usize)?)),
    },
    Model {
        name: "cst_fill",
        about: "probability that the last bid in its queue is filled before the mid moves",
        inputs: &[
            S.or("1"),
            MU.or("0.94"),
            LAM.or(PAPER_LAM),
            THETA.or(PAPER_THETA),
            TAIL_K.or("1.92"),
            TAIL_ALPHA.or("0.52"),
            SIZE.or("5"),
        ],
        outputs: &[("", "a row for each bid queue, a column for each ask queue: probabilities")],
        source: CST,
        example: "{}",
        function: |given| Ok(table(&book(given).fill(given.count("size") as usize)?)),
    },
    Model {
        name: "cst_make_spread",
        about: "probability that the last orders of both bests are filled before the mid moves",
        inputs: &[
            S.or("1"),
            MU.or("0.94"),
            LAM.or(PAPER_LAM),
            THETA.or(PAPER_THETA),
            TAIL_K.or("1.92"),
            TAIL_ALPHA.or("0.52"),
            Input::whole("b", "orders at the bid, one's own the last", 1, QUEUE_MOST as u64)
                .or("1"),
            Input::whole("a", "orders at the ask, one's own the last", 1, QUEUE_MOST as u64)
                .or("1"),
            Input::whole("seed", "of the dice", 0, u64::MAX).or("1"),
            Input::whole("paths", "draws", 2, 10_000_000).or("100000"),
        ],
        outputs: &[("p", "probability"), ("se", "standard error")],
        source: CST,
        example: r#"{"b": 2, "a": 2, "paths": 10000}"#,
        function: |given| {
            let queues = ["b", "a"].map(|name| given.count(name) as usize);
            let (seed, paths) = (given.whole("seed"), given.count("paths"));
            let (p, se) = book(given).make_spread((queues[0], queues[1]), seed, paths)?;
            Ok(json_named(&[("p", p), ("se", se)]))
        },
    },
    Model {
        name: "cst_queue_mean",
        about: "mean queues away from the best prices",
        inputs: &[
            LAM.or(PAPER_LAM),
            THETA.or(PAPER_THETA),
            TAIL_K.or("1.92"),
            TAIL_ALPHA.or("0.52"),
            Input::whole("levels", "distances 1, 2, …", 1, SPREAD_MOST as u64).or("5"),
        ],
        outputs: &[("", "list: orders")],
        source: CST,
        example: "{}",
        function: |given| {
            let book = Book { spread: 1, market: 0.0, ..limits(given) };
            let means: Result<Vec<f64>, Outside> =
                (1..=given.count("levels")).map(|i| book.queue_mean(i)).collect();
            Ok(json_numbers(&means?))
        },
    },
    Model {
        name: "cont_de_larrard",
        about: "probability that the ask queue empties first, when both are random walks",
        inputs: &[
            Input::new("n", "orders at the bid", Takes::Counts).or("null"),
            Input::new("p", "orders at the ask", Takes::Counts).or("null"),
            Input::new("pairs", "rows [n, p], instead of both", Takes::Matrix).or("null"),
        ],
        outputs: &[("", "a row for each n, a column for each p; or a list, one for each pair")],
        source: "Cont and de Larrard 2013, lambda = mu + theta",
        example: r#"{"n": "1..3", "p": [1, 2]}"#,
        function: ups,
    },
    Model {
        name: "queue_reactive",
        about: "law of a queue whose flow depends on its length",
        inputs: &[
            Input::number("lam", "orders that come, per time", NOT_NEGATIVE),
            Input::number("mu", "orders that trade, per time", NOT_NEGATIVE),
            Input::number("theta", "cancels of one order, per time", NOT_NEGATIVE),
            Input::whole("terms", "lengths 0, 1, …", 1, queue_reactive::QUEUE_MOST as u64).or("8"),
        ],
        outputs: &[("", "list: probabilities")],
        source: "Huang, Lehalle and Rosenbaum 2015, model I",
        example: r#"{"lam": 1.85, "mu": 0.94, "theta": 0.71}"#,
        function: |given| {
            let [lam, mu, theta] = ["lam", "mu", "theta"].map(|name| given.number(name));
            let law = queue_reactive::invariant(lam, mu, theta)?;
            Ok(json_numbers(&law[..given.count("terms") as usize]))
        },
    },
    Model {
        name: "bft_quorum",
        about: "how many must agree when some of them lie",
        inputs: &[
            Input::whole("n", "members; or f", 1, 1_000_000).or("null"),
            Input::whole("f", "members that may lie; or n", 0, 333_333).or("null"),
        ],
        outputs: &[
            ("n", "members: 3f + 1 where f was given"),
            ("f", "members that may lie"),
            ("quorum", "members that must agree"),
        ],
        source: "Lamport, Shostak and Pease 1982; Castro and Liskov 1999",
        example: r#"{"f": 1}"#,
        function: |given| {
            let members = match (given.is_none("n"), given.is_none("f")) {
                (false, true) => given.whole("n"),
                (true, false) => 3 * given.whole("f") + 1,
                (none, _) => {
                    let found = if none { "neither of n and f" } else { "both n and f" };
                    return Err(Outside::new("n", found, "one of them"));
                }
            };
            let faults = pitfloor_theory::fault_tolerance::faults(members)?;
            let quorum = pitfloor_theory::fault_tolerance::quorum(members)?;
            Ok(json!({"n": members, "f": faults, "quorum": quorum}))
        },
    },
];

/// The book without its market orders.
fn limits(given: &Given) -> Book {
    Book {
        spread: 1,
        market: 0.0,
        limit: given.numbers("lam"),
        cancel: given.numbers("theta"),
        tail: given.number("tail_k"),
        tail_power: given.number("tail_alpha"),
    }
}

fn book(given: &Given) -> Book {
    Book { spread: given.count("S"), market: given.number("mu"), ..limits(given) }
}

fn table(rows: &[Vec<f64>]) -> Value {
    rows.iter().map(|row| json_numbers(row)).collect()
}

/// The most cells of a table.
const CELLS_MOST: usize = 10_000;

fn ups(given: &Given) -> Result<Value, Outside> {
    let alone = "n and p, or pairs alone";
    if !given.is_none("pairs") {
        if !(given.is_none("n") && given.is_none("p")) {
            return Err(Outside::new("pairs", "queues beside pairs", alone));
        }
        return given.matrix("pairs").iter().map(|row| pair(row)).collect();
    }
    if let Some(missing) = ["n", "p"].into_iter().find(|name| given.is_none(name)) {
        return Err(Outside::new(missing, "nothing", alone));
    }
    let (bids, asks) = (given.counts("n"), given.counts("p"));
    if bids.len() * asks.len() > CELLS_MOST {
        let found = format!("{} with {} of p", bids.len(), asks.len());
        return Err(Outside::new("n", found, "at most 10000 cells"));
    }
    let mut rows = Vec::new();
    for n in &bids {
        let row: Result<Vec<f64>, Outside> =
            asks.iter().map(|p| cont_de_larrard::up(*n, *p)).collect();
        rows.push(row?);
    }
    Ok(table(&rows))
}

fn pair(row: &[f64]) -> Result<Value, Outside> {
    let whole = |x: f64| x >= 0.0 && x.fract() == 0.0 && x <= cont_de_larrard::QUEUE_MOST as f64;
    match row {
        [n, p] if whole(*n) && whole(*p) => {
            cont_de_larrard::up(*n as u64, *p as u64).map(json_number)
        }
        _ => Err(Outside::new("pairs", format!("{row:?}"), "[n, p]: two queues of up to 1000")),
    }
}
