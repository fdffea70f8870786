use crate::value;
use pitfloor_ecologies::auction::gode_sunder::Drawn;
use pitfloor_ecologies::auction::{
    Market, Period, Setting, Side, Standing, Trader, efficiencies, period, repeat,
};
use pitfloor_ecologies::dice::Dice;
use serde_json::{Value, json};

fn list(value: &Value, name: &str) -> Vec<f64> {
    value[name].as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

#[test]
fn those_without_intelligence_are_efficient_where_limits_bind() {
    let wanted = [("symmetric", 0.969, 0.895, 0.95), ("flat", 0.995, 0.988, 0.985)];
    for (market, mean, low, least) in wanted {
        let found = value("E1", json!({"market": market}));
        let (efficiency, worst) =
            (list(&found, "efficiency")[0], list(&found, "efficiency_low")[0]);
        assert!(efficiency >= least, "{market}: {efficiency}");
        assert!((efficiency - mean).abs() < 0.008 && (worst - low).abs() < 0.02, "{found}");
        let free = value("E1", json!({"market": market, "budget": false}));
        assert!(efficiency - list(&free, "efficiency")[0] > 0.0, "{market}: {free}");
    }
    let small = value("E1", json!({"market": "uniform"}));
    assert!((list(&small, "efficiency")[0] - 0.955).abs() < 0.01, "{small}");
    let large = json!({"market": "uniform", "size": 100, "quote_budget": 60_000, "runs": 40});
    let large = value("E1", large);
    assert!((list(&large, "efficiency")[0] - 0.964).abs() < 0.01, "{large}");
}

/// With turns enough, whoever knows no limit trades everything.
#[test]
fn without_limits_everything_is_traded() {
    let found = value("E1", json!({"budget": false, "runs": 20}));
    assert_eq!(list(&found, "trades"), [18.0]);
    assert!((list(&found, "efficiency")[0] - 0.105).abs() < 0.001, "{found}");
}

#[test]
fn learners_of_margins_come_closer_to_the_competitive_price() {
    for seed in [1, 2] {
        let learners = value("zip", json!({"seed": seed}));
        let off = list(&learners, "off");
        assert!(off[4] < off[0], "{off:?}");
        let drawn = value("E1", json!({"seed": seed, "runs": 50, "periods": 5}));
        let (learned, drawn) = (list(&learners, "efficiency"), list(&drawn, "efficiency"));
        for period in 2..5 {
            assert!(learned[period] >= drawn[period], "{seed}: {learned:?} {drawn:?}");
        }
    }
}

#[test]
fn the_aggressive_and_the_believers_beat_those_who_draw() {
    for seed in [1, 2] {
        let drawn = value("E1", json!({"seed": seed, "runs": 100}));
        let drawn = list(&drawn, "efficiency")[0];
        for name in ["adaptive_aggressive", "gjerstad_dickhaut"] {
            let found = list(&value(name, json!({"seed": seed})), "efficiency")[0];
            assert!(found >= drawn, "{name}: {found} {drawn}");
        }
    }
}

#[test]
fn the_competitive_price_and_the_greatest_gain() {
    let mut dice = Dice::new(1, "market");
    let (surplus, price) = Market::named("symmetric", 0, &mut dice).competitive();
    // Values 150, 142, … meet costs 10, 18, …: nine units gain 140, 124, …, 12.
    assert_eq!((surplus, price), ((0..9).map(|n| 140.0 - 16.0 * f64::from(n)).sum(), 80.0));
    let lone = Market { traders: vec![(Side::Buyer, vec![50.0]), (Side::Seller, vec![60.0])] };
    assert_eq!(lone.competitive().0, 0.0, "nobody gains");
    let pair = Market { traders: vec![(Side::Buyer, vec![90.0]), (Side::Seller, vec![60.0])] };
    assert_eq!(pair.competitive(), (30.0, 75.0));
}

/// A trader who says what he was told to say.
struct Told(Vec<f64>);

impl Trader for Told {
    fn quote(&mut self, _: f64, _: Standing) -> Option<f64> {
        self.0.pop()
    }

    fn hear(&mut self, _: &pitfloor_ecologies::auction::Heard, _: f64, _: bool) {}
}

/// The earlier of two quotes that meet is the price, and both owners give up a unit.
#[test]
fn the_earlier_quote_is_the_price() {
    let market = Market { traders: vec![(Side::Buyer, vec![90.0]), (Side::Seller, vec![60.0])] };
    let mut seats: Vec<Box<dyn Trader>> =
        vec![Box::new(Told(vec![80.0; 50])), Box::new(Told(vec![70.0; 50]))];
    let found = period(&market, &mut seats, 100, &mut Dice::new(3, "turns"));
    assert_eq!(found.prices.len(), 1);
    assert!([70.0, 80.0].contains(&found.prices[0]), "{found:?}");
    assert_eq!(found.efficiency, 1.0);
    assert_eq!(found.off, 5.0);
}

fn setting(runs: usize) -> Setting {
    let market = "symmetric".to_owned();
    Setting { market, size: 0, budget: 500, periods: 1, runs, seed: 9 }
}

fn drawn(side: Side, dice: Dice) -> Box<dyn Trader> {
    Box::new(Drawn::new(side, true, dice))
}

/// Runs have streams of their own: more of them leave the first as they were.
#[test]
fn one_run_more_changes_no_other() {
    let few: Vec<Vec<Period>> = repeat(&setting(3), drawn);
    let more = repeat(&setting(5), drawn);
    assert_eq!(few[..], more[..3]);
    assert_ne!(more[3], more[4]);
    assert_eq!(efficiencies(&more, 0).len(), 5);
}
