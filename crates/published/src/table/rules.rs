//! What the rules of supervision make of prices: exact decimals, by rows with dates.

use crate::given::{Given, json_number};
use crate::model::{Bound, Domain, Input, Model, Takes};
use pitfloor_model::instrument::Decimal;
use pitfloor_model::units::Price;
use pitfloor_pricing::Outside;
use pitfloor_supervision::grid::Grid;
use pitfloor_supervision::known::{LuldSays, MarketWideSays, ShortSaleSays};
use pitfloor_supervision::luld::{self, Tier};
use pitfloor_supervision::market_wide;
use pitfloor_supervision::rows::{Row, Rows};
use pitfloor_supervision::short_sale;
use serde_json::{Value, json};

/// Ticks of a unit of currency: prices have up to six decimals.
const UNIT: i64 = 1_000_000;
/// Ticks of a cent.
const CENT: i64 = UNIT / 100;
/// The highest price.
const HIGHEST: f64 = 1e9;
const PRICES: Domain = Domain {
    low: Some(Bound { at: 0.0, included: false }),
    high: Some(Bound { at: HIGHEST, included: true }),
};

const ON: Input = Input::new("on", "day whose rules hold", Takes::Day).or("\"2026-01-05\"");
const CLOSE: Input = Input::number("prev_close", "dollars, up to six decimals", PRICES);

/// The models of this part.
pub(super) const MODELS: &[Model] = &[
    Model {
        name: "luld_bands",
        about: "price bands of limit up, limit down",
        inputs: &[
            Input::number("ref", "dollars, up to six decimals", PRICES),
            Input::whole("tier", "1 or 2", 1, 2).or("1"),
            CLOSE,
            Input::new("double", "whether the bands are doubled", Takes::Flag).or("false"),
            ON,
        ],
        outputs: &[("", "[lower, upper]: dollars, half up to the cent")],
        source: "NMS Plan to Address Extraordinary Market Volatility, appendix A",
        example: r#"{"ref": 50.25, "tier": 1, "prev_close": 49.0, "double": true}"#,
        function: luld_bands,
    },
    Model {
        name: "mwcb_levels",
        about: "index levels that halt the whole market",
        inputs: &[Input::number("close", "the index's last close, up to six decimals", PRICES), ON],
        outputs: &[("", "[level 1, level 2, level 3]: half up to 0.01; reached at or below")],
        source: "investor.gov, Stock Market Circuit Breakers",
        example: r#"{"close": 2681.66}"#,
        function: mwcb_levels,
    },
    Model {
        name: "rule201",
        about: "whether a trade sets off the price test of short sales, and the lowest short price",
        inputs: &[
            CLOSE,
            Input::number("price", "dollars: the trade, in regular hours", PRICES),
            Input::number("nbb", "dollars: the best bid, or null", PRICES).or("null"),
            Input::number("tick", "dollars: the smallest step above the bid", PRICES).or("0.01"),
            ON,
        ],
        outputs: &[
            ("triggered", "true or false"),
            ("trigger_price", "dollars: set off at or below"),
            ("lowest_short", "dollars; null when free, or without a bid"),
        ],
        source: "17 CFR 242.201",
        example: r#"{"prev_close": 40.00, "price": 36.00, "nbb": 35.90}"#,
        function: rule201,
    },
];

/// A price on the grid of millionths, exactly as it was written.
fn price(given: &Given, name: &'static str) -> Result<Price, Outside> {
    let written = given.decimal(name);
    let ticks = written.parse::<Decimal>().ok().and_then(|x| x.checked_mul(UNIT.into()));
    let whole = ticks.filter(Decimal::is_integer).and_then(|ticks| i64::try_from(ticks).ok());
    whole.map(Price).ok_or_else(|| Outside::new(name, written, "a price of up to six decimals"))
}

fn dollars(price: Price) -> f64 {
    price.0 as f64 / UNIT as f64
}

fn grid() -> Grid {
    Grid::new(UNIT, CENT).expect("both are within what a grid takes")
}

/// The row of `rule` in the United States on the day asked for.
fn row<'a>(rows: &'a Rows, rule: &str, given: &Given) -> Result<&'a Row, Outside> {
    let uncovered = |_| Outside::new("on", given.day("on"), "a day that a row of the rule covers");
    rows.row(rule, "US", given.day("on")).map_err(uncovered)
}

/// Rows that ship were checked when they were read.
const CHECKED: &str = "rows that ship say what their rule says";

fn luld_bands(given: &Given) -> Result<Value, Outside> {
    let rows = Rows::shipped();
    let says: LuldSays = row(&rows, "luld", given)?.says().expect(CHECKED);
    let tier = if given.whole("tier") == 1 { Tier::One } else { Tier::Two };
    let (at, close) = (price(given, "ref")?, price(given, "prev_close")?);
    let bands = luld::bands(&says, tier, grid(), at, close, given.flag("double"));
    Ok(json!([json_number(dollars(bands.lower)), json_number(dollars(bands.upper))]))
}

fn mwcb_levels(given: &Given) -> Result<Value, Outside> {
    let rows = Rows::shipped();
    let says: MarketWideSays = row(&rows, "mwcb", given)?.says().expect(CHECKED);
    let levels = market_wide::levels(&says, grid(), price(given, "close")?);
    Ok(levels.into_iter().map(|level| json_number(dollars(level))).collect())
}

fn rule201(given: &Given) -> Result<Value, Outside> {
    let rows = Rows::shipped();
    let says: ShortSaleSays = row(&rows, "sho.201", given)?.says().expect(CHECKED);
    let (close, trade) = (price(given, "prev_close")?, price(given, "price")?);
    let triggered = short_sale::sets_off(&says, close, trade);
    let bid = if given.is_none("nbb") { None } else { Some(price(given, "nbb")?) };
    let tick = price(given, "tick")?;
    let lowest = bid.filter(|_| triggered).map(|bid| Price(bid.0 + tick.0));
    // The highest price on the grid that sets it off.
    let kept = i128::from(close.0) * i128::from(10_000 - says.fall_bips) / 10_000;
    let trigger = Price(i64::try_from(kept).expect("less than the close"));
    Ok(json!({
        "triggered": triggered, "trigger_price": json_number(dollars(trigger)),
        "lowest_short": lowest.map(|price| json_number(dollars(price))),
    }))
}
