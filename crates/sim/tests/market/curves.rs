//! Curves in a scenario: what is valued on them, what moves them, and every hole refused by its
//! place.

use crate::players::KINDS;
use pitfloor_model::units::{InstrumentId, Price, Time};
use pitfloor_sim::BadScenario;
use pitfloor_sim::scenario::Scenario;

fn parse(text: &str) -> Result<Scenario, BadScenario> {
    Scenario::parse(text, &[], &KINDS)
}

fn good(text: &str) -> Scenario {
    parse(text).unwrap_or_else(|bad| panic!("{bad} in\n{text}"))
}

/// Two bonds and a future on a share, on a curve of par bonds.
const ALL: &str = r#"
span = "20m"
start = "2026-01-05T10:00:00-05:00"

[[curve]]
currency = "USD"
kind = "par"
tenors = ["6mo", "1y", "2y", "5y", "10y"]
rates = ["3.60%", "3.55%", "3.50%", "3.80%", "4.25%"]

[[instrument]]
symbol = "T2"
kind = "bond"
coupon = "3.5%"
maturity = "2028-01-05T10:00:00-05:00"
price = "curve"
[instrument.fundamental]
volatility = 0

[[instrument]]
symbol = "T10"
kind = "bond"
coupon = "4.25%"
maturity = "2036-01-05T10:00:00-05:00"
price = "curve"
[instrument.fundamental]
volatility = 0

[[instrument]]
symbol = "FUT"
kind = "future"
underlying = "ACME"
expiry = "2027-01-05T10:00:00-05:00"
price = "curve"
[instrument.fundamental]

[[instrument]]
symbol = "ACME"
price = "100.00"
[instrument.fundamental]
volatility = 0

[[agents]]
kind = "noise"
count = 1

[[event]]
at = "10m"
what = "rates"
bips = 50
"#;

const T2: InstrumentId = InstrumentId(0);
const T10: InstrumentId = InstrumentId(1);
const FUT: InstrumentId = InstrumentId(2);

fn minutes(minutes: u64) -> Time {
    Time(minutes * 60_000_000_000)
}

/// What `of` is worth at two moments, in ticks.
fn worth(scenario: &Scenario, of: InstrumentId) -> [f64; 2] {
    let mut world = scenario.world();
    [9, 11].map(|at| world.fundamental(of, minutes(at)).expect("it has a value"))
}

/// A par bond costs its face. The future is carried at the zero rate of its year: 3.55 % half-yearly
/// is 3.518 % continuous.
#[test]
fn references_come_from_the_curve() {
    let scenario = good(ALL);
    let references: Vec<i64> =
        scenario.listings().iter().map(|listing| listing.reference.0).collect();
    for of in [T2, T10] {
        assert!((references[of.index()] - 10_000).abs() <= 2, "{references:?}");
    }
    let carried = 10_000.0 * 1.01775_f64.powi(2);
    assert!((references[FUT.index()] as f64 - carried).abs() <= 2.0, "{references:?}");
    let (_, _, roles, _) = scenario.cast().next().expect("somebody is there");
    assert_eq!(roles[0].reference, Price(references[0]), "agents begin with what the curve says");
}

/// Half a percent for all tenors: each loses its modified duration times that, nearly: 1.91 and 8.08
/// years on the curve; the future gains what it costs to carry the share for a year.
#[test]
fn a_shock_moves_the_curve_and_all_that_is_on_it() {
    let scenario = good(ALL);
    for (of, lost) in [(T2, 0.0096), (T10, 0.0400), (FUT, -0.0050)] {
        let [before, after] = worth(&scenario, of);
        let share = 1.0 - after / before;
        assert!((share - lost).abs() < 0.0006, "{of:?}: {share}");
    }
}

/// The ten-year tenor alone: the two-year bond stays, the ten-year one loses nearly all of it.
#[test]
fn one_tenor_moves_alone() {
    let key = "bips = 50\nmove = \"key\"\ntenor = \"10y\"\nbefore = \"5y\"";
    let scenario = good(&ALL.replace("bips = 50", key));
    let [before, after] = worth(&scenario, T2);
    assert!((1.0 - after / before).abs() < 1e-6, "{before} {after}");
    let [before, after] = worth(&scenario, T10);
    assert!((0.030..0.040).contains(&(1.0 - after / before)), "{before} {after}");
    let slope = "bips = 10\nmove = \"slope\"\npivot = \"2y\"\ncurrency = \"USD\"";
    let scenario = good(&ALL.replace("bips = 50", slope));
    let [before, after] = worth(&scenario, T10);
    assert!(after < before * 0.95, "eight tenths of a percent at ten years");
    let [before, after] = worth(&scenario, T2);
    assert!((1.0 - after / before).abs() < 1e-4, "the pivot stays");
}

/// The three ways of writing the same curve make the same prices.
#[test]
fn zero_rates_and_discounts_say_the_same() {
    let zeros = [0.02_f64, 0.03, 0.035];
    let text = |kind: &str, field: &str, cells: [String; 3]| {
        let cells = cells.map(|cell| format!("\"{cell}\"")).join(", ");
        let from = ALL.find("kind = \"par\"").expect("it is there");
        let to = ALL.find("[[instrument]]").expect("it is there");
        let curve = format!(
            "kind = \"{kind}\"\nbetween = \"zero_rate\"\ntenors = [\"1y\", \"5y\", \"10y\"]\n\
             {field} = [{cells}]\n\n"
        );
        [&ALL[..from], &curve, &ALL[to..]].concat()
    };
    let zero = good(&text("zero", "rates", zeros.map(|zero| format!("{}%", zero * 100.0))));
    let at = [1.0, 5.0, 10.0];
    let discounts = std::array::from_fn(|n| format!("{:.17}", (-zeros[n] * at[n]).exp()));
    let discount = good(&text("discount", "discounts", discounts));
    for (a, b) in zero.listings().iter().zip(discount.listings()) {
        assert_eq!(a.reference, b.reference);
    }
    assert_ne!(zero.listings()[1].reference, good(ALL).listings()[1].reference);
}

/// The house carries bonds and futures on the curve when it is told so, through every move of it.
#[test]
fn the_house_values_on_the_curve() {
    let bond = "[instrument.fundamental]\nvolatility = 0\n";
    let text =
        ALL.replacen(bond, &format!("{bond}[instrument.clearing]\nmark = \"curve\"\n"), 2).replace(
            "[instrument.fundamental]\n\n[[instrument]]\nsymbol = \"ACME\"",
            "[instrument.clearing]\nmark = \"curve(dividend = 0.01)\"\n\n\
             [[instrument]]\nsymbol = \"ACME\"",
        );
    let scenario = good(&text);
    assert_eq!(good(scenario.to_toml()).to_toml(), scenario.to_toml());
    let mut kernel = scenario.kernel();
    let mut carried = Vec::new();
    for at in [9, 12] {
        kernel.run(minutes(at), &mut ());
        let house = kernel.exchange().clearing();
        carried.push([T2, T10, FUT].map(|of| house.carried_at(of).expect("it was valued").0));
    }
    let [before, after] = carried[..] else { panic!("two looks") };
    for (n, lost) in [96, 400, -51].into_iter().enumerate() {
        assert!((before[n] - after[n] - lost).abs() <= 6, "{before:?} {after:?}");
    }
    assert!((before[2] - 10_255).abs() <= 3, "dividends are taken off: {before:?}");
}

/// What was read is written out and means the same again.
#[test]
fn a_curve_is_said_back() {
    for text in [ALL.to_owned(), ALL.replace("bips = 50", "bips = 5\nmove = \"slope\"")] {
        let first = good(&text);
        let second = good(first.to_toml());
        assert_eq!(first.to_toml(), second.to_toml());
        let of = |scenario: &Scenario| [T2, T10, FUT].map(|of| worth(scenario, of));
        assert_eq!(of(&first), of(&second));
    }
}

/// [`ALL`] with one piece of text in place of another, and what is said of it.
fn said(from: &str, to: &str) -> String {
    assert!(ALL.contains(from), "{from} is there");
    match parse(&ALL.replacen(from, to, 1)) {
        Ok(_) => "nothing".to_owned(),
        Err(bad) => bad.to_string(),
    }
}

#[test]
fn every_hole_is_refused_with_its_place() {
    let rates = "rates = [\"3.60%\", \"3.55%\", \"3.50%\", \"3.80%\", \"4.25%\"]";
    let tenors = "tenors = [\"6mo\", \"1y\", \"2y\", \"5y\", \"10y\"]";
    let with = |cell: &str| rates.replace("3.50%", cell);
    let holes = "one for each tenor: a curve has no holes";
    let free = "a rate that is not nothing: a missing one is left out with its tenor, and money \
                that is free costs 0.0001%";
    let rows = [
        (rates, with(""), format!("line 9: curve[0].rates: found nothing at tenor 2y, expected {holes}")),
        (rates, with("n/a"), format!("line 9: curve[0].rates: found nothing at tenor 2y, expected {holes}")),
        (rates, with("0%"), format!("line 9: curve[0].rates: found \"0%\" at tenor 2y, expected {free}")),
        (rates, with("3.5"), "line 9: curve[0].rates: found \"3.5\" at tenor 2y, expected rates from -100% to 100%".to_owned()),
        (rates, with("NaN%"), "line 9: curve[0].rates: found \"NaN%\" at tenor 2y, expected rates from -100% to 100%".to_owned()),
        (rates, "rates = [\"3.60%\"]".to_owned(), format!("line 9: curve[0].rates: found 1 for 5 tenors, expected {holes}")),
        (rates, String::new(), "line 5: curve[0].rates: found nothing, expected one for each tenor".to_owned()),
        (rates, rates.replace("4.25%", "95%"), "line 9: curve[0].rates: found 0.95 at tenor 10, expected par rates with discounts above 0".to_owned()),
        ("kind = \"par\"", "kind = \"discount\"".to_owned(), "line 5: curve[0].discounts: found nothing, expected one for each tenor".to_owned()),
        (tenors, tenors.replace("\"5y\"", "\"1y\""), "line 8: curve[0].tenors: found 1y after 2y, expected tenors that rise".to_owned()),
        (tenors, tenors.replace("\"1y\"", "\"6mo\""), "line 8: curve[0].tenors: found 6mo after 6mo, expected tenors that rise".to_owned()),
        (tenors, tenors.replace("\"10y\"", "\"20y\""), "line 8: curve[0].tenors: found nothing between 5y and 20y, expected no hole wider than `gap`".to_owned()),
        (tenors, tenors.replace("\"1y\"", "\"1.5y\""), "line 8: curve[0].tenors: found \"1.5y\", expected whole months or years such as \"6mo\" or \"10y\", at most 100y".to_owned()),
        (tenors, "tenors = []".to_owned(), "line 8: curve[0].tenors: found an empty list, expected at least one tenor".to_owned()),
        (tenors, tenors.replace("\"1y\"", "\"9mo\""), "line 9: curve[0].rates: found 0.75, expected a whole number of coupon periods, at most 1200".to_owned()),
        ("currency = \"USD\"", "currency = \"GBP\"".to_owned(), "line 6: curve[0].currency: found \"GBP\", expected one of USD".to_owned()),
        ("maturity = \"2036", "maturity = \"2046".to_owned(), "line 25: instrument[1].price: found \"curve\", expected a [[curve]] that reaches 20.00 years ahead; that of its currency ends at 10".to_owned()),
        ("price = \"100.00\"", "price = \"curve\"".to_owned(), "line 34: instrument[2].price: found \"curve\", expected a price: it is on nothing that has one".to_owned()),
        ("volatility = 0\n", "volatility = 0\n[instrument.clearing]\nmark = \"curve(dividend = 0)\"\n".to_owned(), "line 20: instrument[0].clearing.mark: found \"curve(dividend = 0)\", expected \"curve\" or \"curve(spread = 0.001)\"".to_owned()),
        ("symbol = \"ACME\"\n", "symbol = \"ACME\"\nclearing = { mark = \"curve\" }\n".to_owned(), "line 39: instrument[3].clearing.mark: found \"curve\", expected \"market\": a curve is for bonds and for futures on something".to_owned()),
        ("bips = 50", "bips = 50\ncurrency = \"EUR\"".to_owned(), "line 51: event[0].currency: found \"EUR\", expected all, or a currency that has a [[curve]]: USD".to_owned()),
        ("bips = 50", "bips = 50\nmove = \"key\"".to_owned(), "line 47: event[0].tenor: found nothing, expected the tenor that moves, such as \"10y\"".to_owned()),
        ("bips = 50", "bips = 50\nmove = \"key\"\ntenor = \"2y\"\nafter = \"1y\"".to_owned(), "line 53: event[0].after: found a tenor that is not longer, expected a longer one".to_owned()),
        ("bips = 50", "bips = 50\npivot = \"2y\"".to_owned(), "line 51: event[0].pivot: found \"2y\", expected nothing without move = \"slope\"".to_owned()),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .map(|(from, to, wanted)| (to, said(from, to), wanted))
        .filter(|(_, found, wanted)| found != *wanted)
        .map(|(to, found, wanted)| format!("{to}\n  said     {found}\n  expected {wanted}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A discount that is nothing or less, and a second curve of one currency.
#[test]
fn a_discount_is_above_nothing_and_a_currency_has_one_curve() {
    let discounts = "kind = \"discount\"\ntenors = [\"1y\", \"5y\"]\ndiscounts = ";
    let of = |cells: &str| {
        let from = ALL.find("kind = \"par\"").expect("it is there");
        let to = ALL.find("[[instrument]]").expect("it is there");
        let text = [&ALL[..from], discounts, cells, "\n\n", &ALL[to..]].concat();
        parse(&text).map(|_| ()).unwrap_err().to_string()
    };
    for cell in ["-0.2", "0"] {
        let said = of(&format!("[\"0.96\", \"{cell}\"]"));
        let found = format!("line 9: curve[0].discounts: found \"{cell}\" at tenor 5y");
        assert_eq!(said, format!("{found}, expected discounts above 0"));
    }
    let to = ALL.find("[[instrument]]").expect("it is there");
    let again = "[[curve]]\nkind = \"zero\"\ntenors = [\"1y\"]\nrates = [\"2%\"]\n\n";
    let text = [&ALL[..to], again, &ALL[to..]].concat();
    let bad = parse(&text).map(|_| ()).unwrap_err().to_string();
    let place = "line 11: curve[1].currency: found a second curve of USD";
    assert_eq!(bad, format!("{place}, expected one curve for each currency"));
}
