//! Bonds, notes and pools of mortgages.

use crate::given::{Given, json_named, json_number, json_numbers};
use crate::model::{ANY, Input, Model, NOT_NEGATIVE, POSITIVE, Takes, above, between};
use pitfloor_pricing::Outside;
use pitfloor_pricing::bond::floating::Floating;
use pitfloor_pricing::bond::flows::Flows;
use pitfloor_pricing::bond::level::Level;
use pitfloor_pricing::bond::pool::{Month, Pool, average_life, cpr, smm};
use pitfloor_pricing::bond::{dated, dated::Dated, schedule::Schedule};
use pitfloor_pricing::rates::curve::{Between, Curve};
use pitfloor_pricing::rates::day_count::DayCount;
use serde_json::{Map, Value, json};

const FABOZZI: &str = "Fabozzi, Fixed Income Mathematics";
const HULL: &str = "Hull, Options, Futures and Other Derivatives, interest rates";

const FACE: Input = Input::number("face", "money", POSITIVE);
const CPN: Input = Input::number("cpn", "per year, share of the face", NOT_NEGATIVE);
const PERIODS: Input = Input::whole("n", "coupon periods", 1, 12_000);
const FREQ: Input = Input::whole("freq", "coupons a year", 1, 365);

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "bond",
        about: "price, durations and convexity of a level-coupon bond at a yield",
        inputs: &[
            FACE.or("100"),
            CPN,
            Input::number("y", "per year, compounded with each coupon", ANY),
            PERIODS,
            FREQ.or("2"),
        ],
        outputs: &[
            ("price", "money"),
            ("macaulay", "years"),
            ("modified", "years"),
            ("convexity", "years squared"),
            ("dv01", "money per basis point"),
        ],
        source: FABOZZI,
        example: r#"{"face": 100, "cpn": 0.09, "y": 0.09, "n": 10, "freq": 2}"#,
        function: bond,
    },
    Model {
        name: "bond_yield",
        about: "the yield of a level-coupon bond from its price",
        inputs: &[
            FACE.or("100"),
            CPN,
            Input::number("price", "money", POSITIVE),
            PERIODS,
            FREQ.or("2"),
        ],
        outputs: &[("", "per year, compounded with each coupon")],
        source: FABOZZI,
        example: r#"{"cpn": 0.06, "price": 70.3569883321885, "n": 50}"#,
        function: bond_yield,
    },
    Model {
        name: "bond_curve",
        about: "a level-coupon bond on zero rates: price, continuous yield, duration, spread",
        inputs: &[
            FACE.or("100"),
            CPN,
            FREQ.or("2"),
            Input::new("zeros", "per year, continuous; one for each coupon", Takes::Numbers(ANY)),
            Input::new("price", "money; then its spread over the zeros too", PRICE_OR_NONE)
                .or("null"),
        ],
        outputs: &[
            ("price", "money"),
            ("yield", "per year, continuous"),
            ("duration", "years"),
            ("spread", "per year, continuous; null without a price"),
        ],
        source: HULL,
        example: r#"{"cpn": 0.06, "zeros": [0.05, 0.058, 0.064, 0.068]}"#,
        function: bond_curve,
    },
    Model {
        name: "accrued",
        about: "interest that has accrued within a coupon period",
        inputs: &[
            FACE.or("100"),
            CPN,
            FREQ.or("2"),
            Input::number("days", "days since the last coupon", NOT_NEGATIVE),
            Input::number("period", "days of the coupon period", POSITIVE),
        ],
        outputs: &[("", "money")],
        source: "ICMA Rule Book, rule 251",
        example: r#"{"cpn": 0.08, "days": 62, "period": 181}"#,
        function: accrued,
    },
    Model {
        name: "bond_dated",
        about: "clean and dirty price of a bond between coupons, by a day count",
        inputs: &[
            FACE.or("100"),
            CPN,
            Input::whole("freq", "coupons a year: a divisor of 12", 1, 12).or("2"),
            Input::new("issue", "first day of interest", Takes::Day),
            Input::new("maturity", "last coupon's day", Takes::Day),
            Input::new("settle", "day of payment", Takes::Day),
            Input::number("y", "per year, compounded with each coupon", ANY),
            Input::new("day_count", "convention", Takes::Word(DAY_COUNTS)).or("\"ACT/ACT ICMA\""),
        ],
        outputs: &[("clean", "money"), ("dirty", "money"), ("accrued", "money")],
        source: "ICMA rule 251; ISDA 2006 Definitions 4.16; Fabozzi, Bond Markets",
        example: r#"{"cpn": 0.08, "issue": "2020-01-10", "maturity": "2030-07-10",
                     "settle": "2021-03-13", "y": 0.07}"#,
        function: bond_dated,
    },
    Model {
        name: "year_fraction",
        about: "years between two days by a day count",
        inputs: &[
            Input::new("from", "day", Takes::Day),
            Input::new("to", "day", Takes::Day),
            Input::new("day_count", "convention", Takes::Word(YEAR_FRACTIONS)),
        ],
        outputs: &[("", "years")],
        source: "ISDA 2006 Definitions 4.16; SIFMA for 30/360",
        example: r#"{"from": "2003-11-01", "to": "2004-05-01", "day_count": "ACT/ACT ISDA"}"#,
        function: year_fraction,
    },
    Model {
        name: "floating_note",
        about: "a floating-rate note set from and discounted on zero rates",
        inputs: &[
            FACE.or("100"),
            Input::number("margin", "per year, above the rate", ANY).or("0"),
            PERIODS,
            FREQ.or("2"),
            Input::number("fixed", "per year, simple: the running coupon's rate", ANY),
            Input::number("next", "years until the running coupon", POSITIVE),
            Input::new("times", "years, rising", Takes::Numbers(POSITIVE)),
            Input::new("zeros", "per year, continuous; one for each time", Takes::Numbers(ANY)),
            Input::number("spread", "per year, continuous: the discount margin", ANY).or("0"),
        ],
        outputs: &[("", "money, dirty")],
        source: "Hull, valuation of floating-rate bonds; Fabozzi, Floating-Rate Securities",
        example: r#"{"n": 2, "fixed": 0.05, "next": 0.5, "times": [0.5, 1], "zeros": [0.05, 0.055]}"#,
        function: floating_note,
    },
    Model {
        name: "mbs_psa",
        about: "months of a mortgage pool prepaid by the PSA standard",
        inputs: &[
            Input::number("bal", "money", POSITIVE),
            Input::number("WAC", "per year", between(0.0, 10.0)),
            Input::number("PTR", "per year, at most WAC", between(0.0, 10.0)),
            Input::whole("WAM", "months", 1, 1_200),
            Input::number("PSA", "percent of the standard", between(0.0, 1_666.0)).or("100"),
            Input::whole("age", "months", 0, 1_200).or("0"),
            Input::new("months", "which months to show", Takes::Counts).or("[1, 2, 27, 100]"),
        ],
        outputs: &[
            (
                "mN",
                "month N: number, balance, SMM, payment, net interest, scheduled, prepaid, principal, cash flow",
            ),
            ("WAL", "years"),
        ],
        source: "Fabozzi, The Handbook of Mortgage-Backed Securities; PSA standard",
        example: r#"{"bal": 4e8, "WAC": 0.08125, "PTR": 0.075, "WAM": 357, "PSA": 165, "age": 3}"#,
        function: mbs_psa,
    },
    Model {
        name: "psa",
        about: "the PSA standard of early repayment in one month",
        inputs: &[
            Input::whole("month", "months of age", 1, 1_200),
            Input::number("PSA", "percent of the standard", between(0.0, 1_666.0)).or("100"),
        ],
        outputs: &[("CPR", "per year"), ("SMM", "per month")],
        source: "Public Securities Association, standard prepayment model",
        example: r#"{"month": 20}"#,
        function: psa,
    },
];

const PRICE_OR_NONE: Takes = Takes::Number(above(0.0));
const DAY_COUNTS: &[&str] =
    &["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT ISDA", "ACT/ACT ICMA"];
const YEAR_FRACTIONS: &[&str] = &["30/360", "30E/360", "ACT/360", "ACT/365F", "ACT/ACT ISDA"];

fn level(given: &Given) -> Level {
    let (face, cpn) = (given.number("face"), given.number("cpn"));
    Level { face, cpn, n: given.count("n"), freq: given.count("freq") }
}

fn bond(given: &Given) -> Result<Value, Outside> {
    let found = level(given).at_yield(given.number("y"))?;
    Ok(json_named(&[
        ("price", found.price),
        ("macaulay", found.macaulay),
        ("modified", found.modified),
        ("convexity", found.convexity),
        ("dv01", found.dv01),
    ]))
}

fn bond_yield(given: &Given) -> Result<Value, Outside> {
    level(given).yield_of(given.number("price")).map(json_number)
}

fn bond_curve(given: &Given) -> Result<Value, Outside> {
    let (zeros, freq) = (given.numbers("zeros"), given.count("freq"));
    let n = u32::try_from(zeros.len()).expect("lists are short");
    if n == 0 {
        return Err(Outside::new("zeros", "an empty list", "a rate for each coupon"));
    }
    let flows = Flows::level(given.number("face"), given.number("cpn"), n, freq)?;
    let times = flows.list().iter().map(|(time, _)| *time);
    let curve = Curve::new(times.zip(zeros).collect(), Between::ZeroRate)?;
    let price = flows.value(&curve, 0.0)?;
    let rate = flows.yield_of(price)?;
    let asked = given.number_or_none("price");
    let spread = asked.map(|price| flows.spread_of(&curve, price)).transpose()?;
    Ok(json!({
        "price": json_number(price), "yield": json_number(rate),
        "duration": json_number(flows.duration(rate)), "spread": spread.map(json_number),
    }))
}

fn accrued(given: &Given) -> Result<Value, Outside> {
    let [face, cpn, freq] = ["face", "cpn", "freq"].map(|name| given.number(name));
    dated::accrued(face, cpn, freq, given.number("days"), given.number("period")).map(json_number)
}

fn bond_dated(given: &Given) -> Result<Value, Outside> {
    let schedule = Schedule::new(given.day("issue"), given.day("maturity"), given.count("freq"))?;
    let day_count = DayCount::named(given.word("day_count")).expect("the words are its names");
    let (face, cpn) = (given.number("face"), given.number("cpn"));
    let bond = Dated { face, cpn, schedule, day_count };
    let (settle, y) = (given.day("settle"), given.number("y"));
    Ok(json_named(&[
        ("clean", bond.clean(settle, y)?),
        ("dirty", bond.dirty(settle, y)?),
        ("accrued", bond.accrued(settle)?),
    ]))
}

fn year_fraction(given: &Given) -> Result<Value, Outside> {
    let day_count = DayCount::named(given.word("day_count")).expect("the words are its names");
    day_count.years(given.day("from"), given.day("to"), None).map(json_number)
}

fn floating_note(given: &Given) -> Result<Value, Outside> {
    let note = Floating {
        face: given.number("face"),
        margin: given.number("margin"),
        n: given.count("n"),
        freq: given.count("freq"),
        fixed: given.number("fixed"),
        next: given.number("next"),
    };
    let curve = Curve::new(super::points(given, "times", "zeros")?, Between::LogDiscount)?;
    note.value(&curve, given.number("spread")).map(json_number)
}

fn mbs_psa(given: &Given) -> Result<Value, Outside> {
    let pool = Pool {
        bal: given.number("bal"),
        wac: given.number("WAC"),
        ptr: given.number("PTR"),
        wam: given.count("WAM"),
        psa: given.number("PSA"),
        age: given.count("age"),
    };
    let months = pool.months()?;
    let mut value = Map::new();
    for n in given.counts("months") {
        // A pool that ends earlier has no such month.
        if let Some(month) = usize::try_from(n).ok().and_then(|n| months.get(n - 1)) {
            value.insert(format!("m{n}"), json_numbers(&row(month)));
        }
    }
    value.insert("WAL".to_owned(), json_number(average_life(&months)));
    Ok(Value::Object(value))
}

fn row(month: &Month) -> [f64; 9] {
    let Month { balance, smm, payment, net_interest, scheduled, prepaid, .. } = *month;
    let (principal, cash) = (month.principal, month.cash_flow);
    let at = f64::from(month.month);
    [at, balance, smm, payment, net_interest, scheduled, prepaid, principal, cash]
}

fn psa(given: &Given) -> Result<Value, Outside> {
    let yearly = cpr(given.count("month"), given.number("PSA"))?;
    Ok(json_named(&[("CPR", yearly), ("SMM", smm(yearly))]))
}
