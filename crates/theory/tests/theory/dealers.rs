use crate::{names, near};
use pitfloor_theory::avellaneda_stoikov::{Dealer, Strategy, half_margin};
use pitfloor_theory::gueant;

fn dealer(strategy: Strategy, aversion: f64) -> Dealer {
    Dealer { strategy, aversion, noise: 2.0, fade: 1.5, arrivals: 140.0, horizon: 1.0, step: 0.005 }
}

/// The table of the journal, by its exact columns: profit, its deviation, that of the inventory.
const TABLE: [(f64, Strategy, f64, [f64; 3]); 6] = [
    (0.1, Strategy::Inventory, 1.4918, [64.8925, 6.5432, 2.9268]),
    (0.1, Strategy::Symmetric, 1.4918, [68.2228, 13.4558, 8.3994]),
    (0.01, Strategy::Inventory, 1.3490, [68.3996, 8.9606, 5.2125]),
    (0.01, Strategy::Symmetric, 1.3490, [68.6661, 13.6775, 8.7117]),
    (1.0, Strategy::Inventory, 3.0317, [31.4545, 4.8379, 1.6414]),
    (1.0, Strategy::Symmetric, 3.0317, [43.6853, 10.7332, 5.1714]),
];

#[test]
fn the_journals_table_is_met() {
    for (aversion, strategy, spread, [profit, std_profit, std_q]) in TABLE {
        let found = dealer(strategy, aversion).moments().unwrap();
        for (found, wanted) in [
            (found.avg_spread, spread),
            (found.profit, profit),
            (found.std_profit, std_profit),
            (found.std_q, std_q),
        ] {
            near(found, wanted, 6e-5);
        }
        near(found.final_q, 0.0, 1e-12);
    }
}

/// Two ways to the same figures that share only the rule: carried forward, and drawn.
#[test]
fn drawn_experiments_agree_within_four_standard_errors() {
    for (aversion, strategy, _, _) in TABLE {
        let dealer = dealer(strategy, aversion);
        let (exact, drawn) = (dealer.moments().unwrap(), dealer.simulate(7, 10_000).unwrap());
        near(drawn.moments.profit, exact.profit, 4.0 * drawn.profit_se);
        near(drawn.moments.std_profit, exact.std_profit, 4.0 * drawn.std_profit_se);
        near(drawn.moments.final_q, exact.final_q, 4.0 * drawn.final_q_se);
        near(drawn.moments.std_q, exact.std_q, 0.04 * exact.std_q);
        let wide = strategy == Strategy::Symmetric && aversion < 0.5;
        assert_eq!(drawn.kurtosis > 4.5, wide, "kurtosis {}", drawn.kurtosis);
    }
    let again = |seed| dealer(Strategy::Inventory, 0.1).simulate(seed, 100).unwrap();
    assert_eq!(again(3), again(3));
    assert_ne!(again(3), again(4));
}

#[test]
fn leaning_buys_safety_with_profit() {
    for aversion in [0.01, 0.1, 1.0] {
        let [lean, still] = [Strategy::Inventory, Strategy::Symmetric]
            .map(|strategy| dealer(strategy, aversion).moments().unwrap());
        assert!(lean.profit < still.profit && lean.std_profit < still.std_profit);
        assert!(lean.std_q < still.std_q);
    }
}

#[test]
fn limits_of_a_dealer_are_values() {
    let fearless = dealer(Strategy::Inventory, 0.0);
    near(fearless.moments().unwrap().avg_spread, 2.0 / 1.5, 1e-13);
    near(half_margin(1e-12, 1.5), half_margin(0.0, 1.5), 1e-12);
    let over = Dealer { horizon: 0.0, ..fearless };
    let found = over.moments().unwrap();
    assert_eq!((found.profit, found.std_profit, found.std_q), (0.0, 0.0, 0.0));
    let alone = Dealer { arrivals: 0.0, ..fearless }.moments().unwrap();
    assert_eq!((alone.profit, alone.std_q), (0.0, 0.0));
    // Without noise all risk is that of being filled.
    let calm = Dealer { noise: 0.0, ..dealer(Strategy::Symmetric, 0.1) }.moments().unwrap();
    assert!(calm.std_profit < 6.0 && calm.std_q > 8.0, "{calm:?}");
}

#[test]
fn a_dealer_outside_his_domain_is_refused() {
    let good = dealer(Strategy::Inventory, 0.1);
    names(Dealer { aversion: -0.1, ..good }.moments(), "g");
    names(Dealer { noise: f64::NAN, ..good }.moments(), "sig");
    names(Dealer { fade: 0.0, ..good }.moments(), "k");
    names(Dealer { arrivals: -1.0, ..good }.moments(), "A");
    names(Dealer { horizon: -1.0, ..good }.moments(), "T");
    names(Dealer { step: 0.0, ..good }.moments(), "dt");
    names(Dealer { step: 0.3, ..good }.moments(), "dt");
    names(Dealer { step: 1e-5, ..good }.moments(), "dt");
    names(good.simulate(1, 1), "paths");
}

fn limited() -> gueant::Dealer {
    gueant::Dealer {
        noise: 0.3,
        arrivals: 0.9,
        fade: 0.3,
        aversion: 0.01,
        limit: 30,
        horizon: 600.0,
    }
}

#[test]
fn the_figures_of_the_paper_on_limited_inventories_are_met() {
    let table = [
        (-2, 3.176796, 3.449280),
        (-1, 3.244919, 3.381168),
        (0, 3.313045, 3.313045),
        (1, 3.381168, 3.244919),
        (5, 3.653479, 2.972522),
    ];
    for (q, bid, ask) in table {
        let found = limited().quotes(&[q]).unwrap()[0];
        near(found.bid, bid, 1e-6);
        near(found.ask, ask, 1e-6);
    }
    near(limited().quotes(&[0]).unwrap()[0].bid_asymptotic, 3.312915, 1e-6);
}

#[test]
fn at_a_limit_one_side_is_not_quoted() {
    let found = limited().quotes(&[30, -30]).unwrap();
    assert_eq!((found[0].bid, found[1].ask), (f64::INFINITY, f64::INFINITY));
    assert!(found[0].ask.is_finite() && found[1].bid.is_finite());
}

#[test]
fn bids_mirror_asks_and_lean_the_right_way() {
    let held: Vec<i64> = (-29..30).collect();
    let dealer = limited();
    let quotes = dealer.quotes(&held).unwrap();
    for (quote, mirror) in quotes.iter().zip(quotes.iter().rev()) {
        near(quote.bid, mirror.ask, 1e-9);
        near(quote.bid_asymptotic, mirror.ask_asymptotic, 1e-12);
    }
    assert!(quotes.windows(2).all(|pair| pair[1].bid > pair[0].bid && pair[1].ask < pair[0].ask));
}

#[test]
fn little_time_and_no_fear_are_values() {
    let margin = half_margin(0.01, 0.3);
    let over = gueant::Dealer { horizon: 0.0, ..limited() }.quotes(&[0, 7]).unwrap();
    assert!(over.iter().all(|quote| quote.bid == margin && quote.ask == margin));
    let fearless = gueant::Dealer { aversion: 0.0, ..limited() }.quotes(&[0]).unwrap()[0];
    near(fearless.bid_asymptotic, 1.0 / 0.3, 1e-12);
    near(fearless.bid, 1.0 / 0.3, 0.01);
    // First order in time: v_q = 1 - (alpha q² - 2 eta) T in the middle.
    let short = 1e-4;
    let early = gueant::Dealer { horizon: short, ..limited() }.quotes(&[3]).unwrap()[0];
    let alpha = 0.3 * 0.01 * 0.09 / 2.0;
    near((early.bid - margin) * 0.3, alpha * (16.0 - 9.0) * short, 1e-12);
}

/// Inventories that are all but never held keep their digits.
#[test]
fn unlikely_inventories_have_quotes() {
    let wild = gueant::Dealer { noise: 3.0, limit: 60, ..limited() };
    let found = wild.quotes(&[55, 59]).unwrap();
    assert!(found.iter().all(|quote| quote.bid.is_finite() && quote.bid > 5.0), "{found:?}");
}

#[test]
fn a_limited_dealer_outside_his_domain_is_refused() {
    let good = limited();
    names(gueant::Dealer { noise: -1.0, ..good }.quotes(&[0]), "sigma");
    names(gueant::Dealer { arrivals: 0.0, ..good }.quotes(&[0]), "A");
    names(gueant::Dealer { fade: -1.0, ..good }.quotes(&[0]), "k");
    names(gueant::Dealer { aversion: -1.0, ..good }.quotes(&[0]), "gamma");
    names(gueant::Dealer { limit: 0, ..good }.quotes(&[0]), "Q");
    names(gueant::Dealer { limit: 101, ..good }.quotes(&[0]), "Q");
    names(gueant::Dealer { horizon: -1.0, ..good }.quotes(&[0]), "T");
    names(gueant::Dealer { horizon: 1e300, ..good }.quotes(&[0]), "T");
    names(good.quotes(&[31]), "q");
}
