//! What clearing asks by the rules of a day: margin of one position, and the trading days of a year.

use crate::given::{Given, json_number};
use crate::model::{Bound, Domain, Input, Model, Takes};
use jiff::civil::Date;
use pitfloor_pricing::Outside;
use pitfloor_supervision::calendar::{Calendar, Day};
use pitfloor_supervision::margin::MarginRules;
use pitfloor_supervision::rows::Rows;
use serde_json::{Value, json};

const PRICES: Domain = Domain {
    low: Some(Bound { at: 0.0, included: false }),
    high: Some(Bound { at: 1e9, included: true }),
};
const AMOUNTS: Domain = Domain {
    low: Some(Bound { at: 0.0, included: true }),
    high: Some(Bound { at: 1e9, included: true }),
};

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "margin",
        about: "margin of one position: to begin with, to go on, and the price that calls for more",
        inputs: &[
            Input::new(
                "position",
                "long and short: shares; call and put: options written",
                Takes::Word(&["long", "short", "call", "put"]),
            ),
            Input::number("S", "dollars: the share's price", PRICES),
            Input::number("qty", "shares or contracts", PRICES).or("1"),
            Input::number("K", "dollars: the strike of what was written", PRICES).or("null"),
            Input::number("premium", "dollars a share", AMOUNTS).or("null"),
            Input::whole("multiplier", "shares a contract", 1, 1_000_000).or("100"),
            Input::new("on", "day whose rules hold", Takes::Day).or("\"2026-01-05\""),
        ],
        outputs: &[
            ("initial", "dollars: equity to begin with; of a short sale beside its proceeds"),
            ("maintenance", "dollars: equity to go on"),
            ("call_at", "dollars: called below (long) or above (short); null for options"),
        ],
        source: "12 CFR 220.12 (Regulation T); FINRA Rule 4210 (c), (f)",
        example: r#"{"position": "short", "S": 50, "qty": 1000}"#,
        function: margin,
    },
    Model {
        name: "trading_year",
        about: "trading days of the US exchanges in a year",
        inputs: &[Input::whole("year", "a calendar year", 2008, 2999)],
        outputs: &[
            ("days", "how many are traded"),
            ("holidays", "full closures on weekdays, as month-day"),
            ("early", "days that close at 13:00, as month-day"),
        ],
        source: "NYSE Rule 7.2 and closures of its own",
        example: r#"{"year": 2025}"#,
        function: trading_year,
    },
];

/// A share of so many ten-thousandths.
fn bips(bips: u32) -> f64 {
    f64::from(bips) / 1e4
}

fn margin(given: &Given) -> Result<Value, Outside> {
    let uncovered = |_| Outside::new("on", given.day("on"), "a day that a row of the rules covers");
    let rules = MarginRules::new(&Rows::shipped(), "US", given.day("on")).map_err(uncovered)?;
    let (price, qty) = (given.number("S"), given.number("qty"));
    let says = &rules.maintenance;
    let told = |initial: f64, maintenance: f64, call_at: Option<f64>| {
        Ok(json!({
            "initial": json_number(initial), "maintenance": json_number(maintenance),
            "call_at": call_at.map(json_number),
        }))
    };
    match given.word("position") {
        "long" => {
            let (begin, keep) = (bips(rules.initial.long_bips), bips(says.long_bips));
            // The debt stays; equity ÷ value falls to what must stay.
            let call_at = price * (1.0 - begin) / (1.0 - keep);
            told(price * qty * begin, price * qty * keep, Some(call_at))
        }
        "short" => {
            let begin = bips(rules.initial.short_bips);
            let credit = price * (1.0 + begin);
            told(price * qty * begin, short(says, price) * qty, Some(short_call(says, credit)))
        }
        written => {
            let need = |name: &'static str| {
                let missing = || Outside::new(name, "nothing", "a number, for what was written");
                given.number_or_none(name).ok_or_else(missing)
            };
            let (strike, premium) = (need("K")?, need("premium")?);
            let (out, least) = if written == "call" {
                ((strike - price).max(0.0), price)
            } else {
                ((price - strike).max(0.0), strike)
            };
            let share = bips(rules.naked.bips) * price - out;
            let a_share = premium + share.max(bips(rules.naked.least_bips) * least);
            let all = a_share * qty * given.whole("multiplier") as f64;
            told(all, all, None)
        }
    }
}

/// What a share sold short needs to go on, at `price`.
fn short(says: &pitfloor_supervision::known::MaintenanceMarginSays, price: f64) -> f64 {
    if price < says.cheap_below.dollars() {
        (bips(says.cheap_bips) * price).max(says.cheap_least.dollars())
    } else {
        (bips(says.short_bips) * price).max(says.short_least.dollars())
    }
}

/// The price above which `credit` a share is no longer enough.
fn short_call(says: &pitfloor_supervision::known::MaintenanceMarginSays, credit: f64) -> f64 {
    let by_share = credit / (1.0 + bips(says.short_bips));
    let by_least = credit - says.short_least.dollars();
    let dear = by_share.min(by_least);
    if dear >= says.cheap_below.dollars() {
        return dear;
    }
    let cheap = (credit / (1.0 + bips(says.cheap_bips))).min(credit - says.cheap_least.dollars());
    cheap.max(0.0)
}

fn trading_year(given: &Given) -> Result<Value, Outside> {
    let refuse = || Outside::new("year", given.whole("year"), "a year that the calendar covers");
    let year = i16::try_from(given.whole("year")).map_err(|_| refuse())?;
    let mut date = Date::new(year, 1, 1).map_err(|_| refuse())?;
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let epoch = jiff::tz::TimeZone::UTC.to_timestamp(midnight).map_err(|_| refuse())?;
    let epoch = i64::try_from(epoch.as_nanosecond()).map_err(|_| refuse())?;
    let calendar = Calendar::new(&Rows::shipped(), "US", epoch).map_err(|_| refuse())?;
    let (mut days, mut holidays, mut early) = (0, Vec::new(), Vec::new());
    while date.year() == year {
        let name = || format!("{:02}-{:02}", date.month(), date.day());
        match calendar.day(date) {
            Day::Full => days += 1,
            Day::Early => {
                days += 1;
                early.push(name());
            }
            Day::Holiday(_) => holidays.push(name()),
            Day::Weekend => {}
        }
        date = date.tomorrow().map_err(|_| refuse())?;
    }
    Ok(json!({ "days": days, "holidays": holidays, "early": early }))
}
