//! Every row of the table: it is complete, it gives what it says it gives, it refuses what it does
//! not take, and it says again what was published.
#![allow(missing_docs)]

use pitfloor_published::given::Given;
use pitfloor_published::model::{Model, Takes};
use pitfloor_published::{check, evaluate, find, models};
use serde_json::{Map, Value, json};

fn example(model: &Model) -> Map<String, Value> {
    check::object(model.example).unwrap_or_else(|wrong| panic!("{}: {wrong}", model.name))
}

fn eval(name: &str, inputs: Value) -> Value {
    let inputs = inputs.as_object().expect("an object");
    evaluate(name, inputs).unwrap_or_else(|wrong| panic!("{wrong}"))["value"].clone()
}

fn refused(name: &str, inputs: Value) -> String {
    let inputs = inputs.as_object().expect("an object");
    evaluate(name, inputs).expect_err("it is refused").to_string()
}

#[test]
fn every_model_says_what_it_is() {
    let names: Vec<&str> = models().map(|model| model.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "each name once: {names:?}");
    for model in models() {
        assert!(!model.about.is_empty() && !model.source.is_empty(), "{}", model.name);
        assert!(!model.outputs.is_empty(), "{}", model.name);
        for input in model.inputs {
            let bare = matches!(input.takes, Takes::Word(_));
            assert!(bare || !input.unit.is_empty(), "{}: {} has no unit", model.name, input.name);
        }
        assert_eq!(find(model.name).map(|found| found.name), Ok(model.name));
    }
}

#[test]
fn every_model_gives_what_it_says_to_its_example() {
    for model in models() {
        let said = evaluate(model.name, &example(model)).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert_eq!(said["model"], model.name);
        let inputs: Vec<&str> = model.inputs.iter().map(|input| input.name).collect();
        let told: Vec<&String> = said["inputs"].as_object().expect("an object").keys().collect();
        assert_eq!(told, inputs, "all inputs, defaults filled in");
        let value = &said["value"];
        for (name, _) in
            model.outputs.iter().filter(|(name, _)| !["", "mN", "bermudanN"].contains(name))
        {
            assert!(value.get(name).is_some(), "{}: {name} in {value}", model.name);
        }
        assert!(
            !value.is_null() && !value.to_string().contains("\"nan\""),
            "{}: {value}",
            model.name
        );
        let again = evaluate(model.name, said["inputs"].as_object().expect("an object"));
        assert_eq!(again.as_ref(), Ok(&said), "what it tells can be asked again");
    }
}

/// Something that an input never takes, for each kind of input, and numbers past both ends.
fn never(takes: Takes) -> Vec<Value> {
    let mut wrong = vec![json!({"a": 1}), json!("what")];
    match takes {
        Takes::Number(domain) => {
            wrong.extend([json!("inf"), json!("nan"), json!(true), json!([1.0])]);
            let past = |bound: f64, by: f64| json!(bound + by * bound.abs().max(1.0));
            wrong.extend(domain.low.map(|low| past(low.at, -1e-6)));
            wrong.extend(domain.high.map(|high| past(high.at, 1e-6)));
            let open = [domain.low, domain.high].into_iter().flatten().filter(|end| !end.included);
            wrong.extend(open.map(|end| json!(end.at)));
        }
        Takes::Whole(least, most) => {
            wrong.extend([json!(1.5), json!(-1), json!(null)]);
            wrong.extend(least.checked_sub(1).map(Value::from));
            wrong.extend(most.checked_add(1).map(Value::from));
        }
        Takes::Word(_) | Takes::Flag => wrong.push(json!(1)),
        Takes::Day => wrong.extend([json!("2026-02-30"), json!(20_260_105)]),
        Takes::Numbers(_) => wrong.extend([json!(1.0), json!([1.0, null]), json!(["inf"])]),
        Takes::Gaps(_) => wrong.extend([json!(1.0), json!([1.0, "x"]), json!(["nan"])]),
        Takes::Matrix => wrong.extend([json!([1.0]), json!([[1.0, "x"]])]),
        Takes::Counts => wrong.extend([json!(0), json!([1, 0]), json!("5..1")]),
    }
    wrong
}

#[test]
fn every_input_refuses_what_it_does_not_take_and_names_it() {
    let mut tried = 0;
    for model in models() {
        for input in model.inputs {
            let none = |wrong: &Value| wrong.is_null() && input.default == Some("null");
            for wrong in never(input.takes).into_iter().filter(|wrong| !none(wrong)) {
                let mut inputs = example(model);
                inputs.insert(input.name.to_owned(), wrong.clone());
                let refusal = evaluate(model.name, &inputs)
                    .expect_err(&format!("{}: {} is {wrong}", model.name, input.name));
                let says = refusal.to_string();
                let begins = format!("{}: {}: found ", model.name, input.name);
                assert!(says.starts_with(&begins) && says.contains(", expected "), "{says}");
                tried += 1;
            }
            if input.default.is_none() {
                let mut inputs = example(model);
                inputs.remove(input.name);
                let says = evaluate(model.name, &inputs).expect_err("it is required").to_string();
                let begins = format!("{}: {}: found nothing, expected ", model.name, input.name);
                assert!(says.starts_with(&begins), "{says}");
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn defaults_are_taken_by_their_own_inputs() {
    for model in models() {
        let mut inputs = example(model);
        for input in model.inputs {
            if let Some(default) = input.default {
                let default: Value = serde_json::from_str(default).expect("JSON");
                inputs.insert(input.name.to_owned(), default);
            }
        }
        assert!(Given::read(model, &inputs).is_ok(), "{}", model.name);
    }
}

#[test]
fn refusals_read_like_this() {
    assert_eq!(
        refused("bond", json!({"cpn": 0.09, "y": 0.09, "n": 10, "frq": 2})),
        "bond: unknown field \"frq\"; did you mean `freq`?; expected face, cpn, y, n, freq"
    );
    assert_eq!(
        refused("bond", json!({"cpn": 0.09, "n": 10})),
        "bond: y: found nothing, expected a number (per year, compounded with each coupon)"
    );
    assert_eq!(
        refused("bond", json!({"cpn": "9%", "y": 0.09, "n": 10})),
        "bond: cpn: found \"9%\", expected a number of at least 0 (per year, share of the face)"
    );
    assert_eq!(
        refused("bond", json!({"cpn": 0.09, "y": -2.0, "n": 10})),
        "bond: y: found -2, expected a rate above −100 % a period"
    );
    assert_eq!(
        refused("var_es", json!({"dist": "cauchy", "p": 0.99})),
        "var_es: dist: found \"cauchy\", expected \"normal\" or \"student\""
    );
    assert_eq!(
        refused("nelson_siegel_svensson", json!({"p": [1, 2, "x"], "t": []})),
        "nelson_siegel_svensson: p: found \"x\" at place 3, expected a list of numbers \
         ([β0, β1, β2, β3, λ1, λ2])"
    );
    assert_eq!(
        refused("vasichek", json!({})),
        "found no model \"vasichek\"; did you mean `vasicek`?"
    );
    assert_eq!(refused("", json!({})), "found no model \"\"");
    assert_eq!(
        refused("var_es_portfolio", json!({"amounts": [1, 1], "cov": [[1, 2], [2, 1]], "p": 0.9})),
        "var_es_portfolio: cov: found a pivot of -3, expected a positive semidefinite matrix"
    );
    assert_eq!(
        refused("luld_bands", json!({"ref": 1.0000001, "prev_close": 1})),
        "luld_bands: ref: found 1.0000001, expected a price of up to six decimals"
    );
    assert_eq!(
        refused("luld_bands", json!({"ref": 1, "prev_close": 1, "on": "1999-01-04"})),
        "luld_bands: on: found 1999-01-04, expected a day that a row of the rule covers"
    );
}

/// The worked figures of Regulation T and FINRA Rule 4210.
#[test]
fn margin_calls_come_at_the_published_prices() {
    let near = |value: &Value, expected: f64| {
        let found = value.as_f64().expect("a number");
        assert!((found - expected).abs() < 5e-5, "{found} is {expected}");
    };
    let long = eval("margin", json!({"position": "long", "S": 40, "qty": 1000}));
    near(&long["call_at"], 26.6667);
    near(&long["initial"], 20_000.0);
    let short = eval("margin", json!({"position": "short", "S": 50, "qty": 1000}));
    near(&short["call_at"], 57.6923);
    for (price, kept) in
        [(50.0, 15.0), (16.0, 5.0), (10.0, 5.0), (5.0, 5.0), (4.5, 4.5), (1.0, 2.5)]
    {
        near(&eval("margin", json!({"position": "short", "S": price}))["maintenance"], kept);
    }
    let written = |position, strike, premium| {
        let inputs = json!({"position": position, "S": 100, "K": strike, "premium": premium});
        eval("margin", inputs)["maintenance"].clone()
    };
    near(&written("call", 105, 3), 1_800.0);
    near(&written("put", 95, 2), 1_700.0);
    assert_eq!(
        refused("margin", json!({"position": "call", "S": 100, "premium": 3})),
        "margin: K: found nothing, expected a number, for what was written"
    );
}

#[test]
fn trading_years_are_as_published() {
    let years = [(2024, 252, 10, 3), (2025, 250, 11, 3), (2026, 251, 10, 2), (2027, 251, 10, 1)];
    for (year, days, holidays, early) in years {
        let told = eval("trading_year", json!({"year": year}));
        let count = |name: &str| told[name].as_array().expect("a list").len();
        assert_eq!(
            (told["days"].as_u64(), count("holidays"), count("early")),
            (Some(days), holidays, early)
        );
    }
    let mourned = eval("trading_year", json!({"year": 2025}))["holidays"].to_string();
    assert!(mourned.contains("01-09"), "{mourned}");
}

/// Captions of published tables are accepted anywhere, and are no inputs.
#[test]
fn captions_are_ignored() {
    let said =
        evaluate("hazard", json!({"spread": 0.02, "rows": "a", "cols": 1}).as_object().unwrap());
    assert_eq!(said.unwrap()["inputs"], json!({"spread": 0.02, "R": 0.4, "T": 5}));
}

/// The specification's tables, to the digits shown: model, inputs, output, value, digits' worth.
#[test]
fn values_without_entries_are_met() {
    let table = [
        ("accrued", json!({"cpn": 0.08, "days": 62, "period": 181}), "", 1.370_165_745_9, 1e-10),
        (
            "bond_curve",
            json!({"cpn": 0.06, "zeros": [0.05, 0.058, 0.064, 0.068]}),
            "price",
            98.385_062_77,
            1e-8,
        ),
        (
            "bond_curve",
            json!({"cpn": 0.06, "zeros": [0.05, 0.058, 0.064, 0.068]}),
            "yield",
            0.067_624,
            5e-7,
        ),
        (
            "bond_curve",
            json!({"cpn": 0.1, "zeros": [0.12, 0.12, 0.12, 0.12, 0.12, 0.12]}),
            "duration",
            2.653_010_04,
            1e-8,
        ),
        ("psa", json!({"month": 20}), "SMM", 0.003_396_05, 1e-8),
        ("hazard", json!({"spread": 0.02, "R": 0.4, "T": 5}), "hazard", 0.033_333, 1e-6),
        ("hazard", json!({"spread": 0.02, "R": 0.4, "T": 5}), "pd", 0.153_518, 1e-6),
        (
            "merton_credit",
            json!({"E0": 3, "sigma_E": 0.8, "r": 0.05, "D": 10, "T": 1}),
            "V",
            12.395_387,
            1e-6,
        ),
        ("var_es", json!({"p": 0.975}), "es", 2.337_802_792_2, 1e-10),
        ("var_es", json!({"dist": "student", "p": 0.99, "nu": 3}), "es", 7.003_082_036_2, 1e-10),
        (
            "cornish_fisher",
            json!({"p": 0.95, "skew": -0.5, "exkurt": 4}),
            "",
            1.701_563_582_8,
            1e-10,
        ),
        ("kupiec", json!({"n": 250, "x": 7, "p": 0.01}), "LR", 5.496_990_447_8, 1e-10),
        (
            "garch_long_run",
            json!({"omega": 2e-6, "alpha": 0.13, "beta": 0.86}),
            "",
            0.014_142,
            1e-6,
        ),
        ("ewma", json!({"sigma": 0.01, "u": 0.02}), "", 0.010_862_78, 1e-8),
        ("ou", json!({"theta": 5}), "half_life", 34.9346, 5e-5),
        ("ou", json!({"theta": 2, "sigma": 3}), "sd", 1.5, 1e-12),
        ("ac_lvar", json!({}), "lvar", 1_877_135.65, 0.01),
        ("ac_lvar", json!({}), "lam", 1.694e-6, 5e-10),
        ("almgren_chriss", json!({"lam": 1e-6, "alpha": 0.02}), "drift", 11_080.33, 0.01),
        ("ow_continuous", json!({"X0": 1e5, "rho": 2.2231}), "block", 23_679.287_7, 1e-4),
        ("ow_continuous", json!({"X0": 1e5, "rho": 2.2231}), "rate", 52_641.424_5, 1e-4),
        ("cst_make_spread", json!({}), "p", 0.269, 0.008),
        ("hawkes", json!({"mu": 0.2, "alpha": 1.2, "beta": 2}), "fano_inf", 6.25, 1e-12),
        ("hawkes", json!({"mu": 0.5, "alpha": 0.8, "beta": 1}), "rate", 2.5, 1e-12),
        ("sqrt_impact", json!({"sigma": 0.02, "Q": 1, "V": 100}), "bp", 20.0, 1e-12),
        ("zi_law", json!({"alpha": 0.5, "mu": 20, "delta": 0.5}), "epsilon", 0.025, 1e-15),
        ("roll", json!({"cov": -0.0001}), "", 0.02, 1e-15),
        ("lmsr", json!({"b": 100, "shares": 50}), "C", 69.314_718_056_0, 1e-10),
        ("lmsr", json!({"b": 100, "shares": 50}), "price", 0.622_459_331_2, 1e-10),
        ("constant_product", json!({"x": 1e3, "y": 1e3, "dx": 100}), "", 90.661_089_388_0, 1e-10),
        ("impermanent_loss", json!({"r": 2}), "", -0.057_190_958_418, 1e-12),
        ("bft_quorum", json!({"f": 33}), "quorum", 67.0, 0.0),
        ("bft_quorum", json!({"n": 100}), "f", 33.0, 0.0),
    ];
    for (name, inputs, output, wanted, within) in table {
        let value = eval(name, inputs);
        let found = if output.is_empty() { &value } else { &value[output] };
        let found = found.as_f64().expect("a number");
        assert!((found - wanted).abs() <= within, "{name} {output}: {found} {wanted}");
    }
    let zone = |x: u64| eval("basel_zone", json!({"x": x}))["zone"].clone();
    assert_eq!([zone(4), zone(5), zone(9), zone(10)], ["green", "yellow", "yellow", "red"]);
}

#[test]
fn rules_are_exact() {
    assert_eq!(eval("mwcb_levels", json!({"close": 2681.66})), json!([2493.94, 2333.04, 2145.33]));
    let bands = |at: f64, tier: u64, close: f64, double: bool| {
        eval("luld_bands", json!({"ref": at, "tier": tier, "prev_close": close, "double": double}))
    };
    assert_eq!(bands(50.25, 1, 49.0, true), json!([45.23, 55.28]));
    assert_eq!(bands(0.6, 2, 0.7, false), json!([0.45, 0.75]));
    assert_eq!(bands(33.33, 1, 33.0, false), json!([31.66, 35.0]));
    let rule =
        |price: f64| eval("rule201", json!({"prev_close": 40.0, "price": price, "nbb": 35.90}));
    let wanted = |yes: bool, lowest: Value| json!({"triggered": yes, "trigger_price": 36.0, "lowest_short": lowest});
    assert_eq!(rule(36.01), wanted(false, Value::Null));
    assert_eq!(rule(36.00), wanted(true, json!(35.91)));
}

#[test]
fn lists_without_entries_are_met() {
    let near = |name: &str, inputs: Value, wanted: &[f64], within: f64| {
        let value = eval(name, inputs);
        let found: Vec<f64> = value
            .as_array()
            .expect("a list")
            .iter()
            .map(|x| x.as_f64().expect("a number"))
            .collect();
        assert_eq!(found.len(), wanted.len(), "{name}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < within, "{name}: {found} {wanted}");
        }
    };
    let means = [2.605_634, 1.864_198, 1.602_941, 1.571_429, 1.638_298];
    near("cst_queue_mean", json!({}), &means, 1e-6);
    let looks = json!({"delta": [1, 2, 5, 10, 30, 100]});
    near("epps", looks, &[0.1704, 0.2943, 0.5063, 0.6411, 0.7467, 0.7840], 6e-5);
    let pairs = json!({"pairs": [[1, 2], [1, 3], [2, 1], [3, 1], [5, 2]]});
    near("cont_de_larrard", pairs, &[0.302347, 0.209389, 0.697653, 0.790611, 0.756022], 1e-6);
}

#[test]
fn the_worked_order_is_told_exactly() {
    let fills = json!([
        [4000, 50.05, 50.03, 50.06],
        [3000, 50.08, 50.07, 50.07],
        [1000, 50.10, 50.09, 50.12]
    ]);
    let told = eval(
        "execution_quality",
        json!({"side": "buy", "qty": 10000, "decision": 50.0, "arrival": 50.02, "fills": fills,
               "close": 50.2, "fee": 0.005}),
    );
    let wanted = [
        ("average", 50.0675),
        ("effective", 0.03),
        ("realised", -0.0075),
        ("impact", 0.0375),
        ("delay", 160.0),
        ("trading", 380.0),
        ("opportunity", 400.0),
        ("fees", 40.0),
        ("total", 980.0),
        ("bp", 19.6),
    ];
    for (name, wanted) in wanted {
        let found = told[name].as_f64().expect("a number");
        assert!((found - wanted).abs() < 1e-8, "{name}: {found}");
    }
}

/// Of two ways to say the same, one must be taken.
#[test]
fn either_or_is_either_or() {
    for (name, none, both) in [
        ("roll", json!({}), json!({"p": [1, 2, 1, 2], "cov": 1})),
        ("bft_quorum", json!({}), json!({"n": 4, "f": 1})),
    ] {
        assert!(refused(name, none).contains("found neither of"), "{name}");
        assert!(refused(name, both).contains("found both"), "{name}");
    }
    assert_eq!(
        refused("cont_de_larrard", json!({"n": 1})),
        "cont_de_larrard: p: found nothing, expected n and p, or pairs alone"
    );
    assert!(refused("cont_de_larrard", json!({"pairs": [[1, 2.5]]})).contains("found [1.0, 2.5]"));
    assert!(refused("cont_de_larrard", json!({"pairs": [], "n": 1})).contains("pairs alone"));
    let hedged = json!({"vol": [0.1, 0.1], "corr": [[1, 0.5], [0.5, 1]], "budget": [0.5, 0.6]});
    assert_eq!(
        refused("risk_budget", hedged),
        "risk_budget: budget: found a sum of 1.1, expected shares that sum to 1"
    );
    assert_eq!(
        refused("hawkes", json!({"mu": 1, "alpha": 3, "beta": 2})),
        "hawkes: alpha: found 3, a spectral radius of 1.5, expected below beta: a radius below 1"
    );
}
