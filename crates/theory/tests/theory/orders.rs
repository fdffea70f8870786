use crate::{names, near};
use pitfloor_pricing::numeric::quantile;
use pitfloor_theory::almgren_chriss::Sale;
use pitfloor_theory::execution_quality::{Fill, Order};
use pitfloor_theory::impact::square_root;
use pitfloor_theory::obizhaeva_wang::Purchase;
use proptest::prelude::*;

fn sale() -> Sale {
    Sale {
        shares: 1e6,
        horizon: 5.0,
        intervals: 5,
        noise: 0.95,
        fixed: 0.0625,
        permanent: 2.5e-7,
        temporary: 2.5e-6,
        drift: 0.0,
    }
}

#[test]
fn almgren_and_chriss_figures_are_met() {
    let table = [
        (2e-6, 0.8462971, 1_140_715.17, 449_367.65, [428_598.8, 182_932.8, 76_295.7, 27_643.4]),
        (1e-6, 0.6070762, 911_226.99, 603_430.67, [541_955.6, 289_854.2, 147_897.5, 62_141.8]),
        (0.0, 0.0, 662_500.0, 1_040_672.86, [8e5, 6e5, 4e5, 2e5]),
        (-2e-7, -0.2765615, 717_958.10, 1_258_654.32, [910_056.4, 750_948.6, 534_768.6, 277_946.3]),
    ];
    for (lam, kappa, cost, deviation, left) in table {
        let plan = sale().plan(lam).unwrap();
        near(plan.kappa, kappa, 1e-7);
        near(plan.cost, cost, 0.01);
        near(plan.variance.sqrt(), deviation, 0.01);
        for (found, wanted) in plan.left[1..5].iter().zip(left) {
            near(*found, wanted, 0.06);
        }
    }
    near(sale().plan(1e-6).unwrap().halflife, 1.647240, 1e-6);
    assert_eq!(sale().plan(0.0).unwrap().halflife, f64::INFINITY);
}

#[test]
fn selling_at_once_costs_what_it_costs() {
    let at_once = Sale { intervals: 1, horizon: 1.0, ..sale() }.plan(1e-6).unwrap();
    near(at_once.cost, 2_562_500.0, 1e-6);
    assert_eq!((at_once.variance, at_once.sold), (0.0, vec![1e6]));
}

#[test]
fn the_least_cost_at_risk_is_met() {
    let z = quantile::normal(0.95);
    let (lam, plan) = sale().least_at_risk(z).unwrap();
    near(lam, 1.694e-6, 5e-10);
    let at_risk =
        |plan: &pitfloor_theory::almgren_chriss::Plan| plan.cost + z * plan.variance.sqrt();
    near(at_risk(&plan), 1_877_135.65, 0.01);
    for factor in [0.8, 0.99, 1.01, 1.25] {
        assert!(at_risk(&sale().plan(lam * factor).unwrap()) > at_risk(&plan));
    }
    // Without fear the straight line; with endless fear all at once.
    assert_eq!(sale().least_at_risk(0.0).unwrap().1, sale().plan(0.0).unwrap());
    let (endless, at_once) = sale().least_at_risk(1e6).unwrap();
    assert_eq!((endless, at_once.sold[0], at_once.variance), (f64::INFINITY, 1e6, 0.0));
    assert_eq!(Sale { noise: 0.0, ..sale() }.least_at_risk(1.0).unwrap().0, 0.0);
}

#[test]
fn a_drift_is_worth_holding_for() {
    let rising = Sale { drift: 0.02, ..sale() };
    let plan = rising.plan(1e-6).unwrap();
    near(plan.held_for_drift, 11_080.33, 0.01);
    let still = sale().plan(1e-6).unwrap();
    assert!(plan.left[1..5].iter().zip(&still.left[1..5]).all(|(with, without)| with > without));
    // The limit without aversion continues the schedules with a little of it.
    let (little, none) = (rising.plan(1e-12).unwrap(), rising.plan(0.0).unwrap());
    for (little, none) in little.left.iter().zip(&none.left) {
        near(*little, *none, 1.0);
    }
    near(none.sold.iter().sum(), 1e6, 1e-6);
}

#[test]
fn sales_outside_their_domain_are_refused() {
    let good = sale();
    names(good.plan(f64::NAN), "lam");
    names(good.plan(-1e-5), "lam");
    names(Sale { shares: -1.0, ..good }.plan(0.0), "X");
    names(Sale { horizon: 0.0, ..good }.plan(0.0), "T");
    names(Sale { intervals: 0, ..good }.plan(0.0), "N");
    names(Sale { noise: -1.0, ..good }.plan(0.0), "sig");
    names(Sale { fixed: -1.0, ..good }.plan(0.0), "eps");
    names(Sale { permanent: -1.0, ..good }.plan(0.0), "gam");
    names(Sale { temporary: 1e-7, ..good }.plan(0.0), "eta");
    names(Sale { drift: f64::INFINITY, ..good }.plan(0.0), "alpha");
    names(good.least_at_risk(-1.0), "z");
}

/// E + lam V of any schedule, by the definitions.
fn objective(sale: &Sale, left: &[f64], lam: f64) -> f64 {
    let tau = sale.horizon / f64::from(sale.intervals);
    let (mut cost, mut risk) = (0.0, 0.0);
    for pair in left.windows(2) {
        let sold = pair[0] - pair[1];
        let pressed = sale.permanent * sold * pair[1];
        cost += pressed + sale.fixed * sold.abs() + sale.temporary / tau * sold * sold;
        cost -= sale.drift * tau * pair[1];
        risk += sale.noise * sale.noise * tau * pair[1] * pair[1];
    }
    cost + lam * risk
}

proptest! {
    /// All of it is sold, it costs what the definitions say, and nothing nearby is better.
    #[test]
    fn no_schedule_nearby_is_better(
        log_lam in -9.0..-4.0_f64, intervals in 1..30_u32, drift in -0.1..0.1_f64,
        at in 0..29_usize, push in -2_000.0..2_000.0_f64,
    ) {
        let sale = Sale { intervals, drift, fixed: 0.0, ..sale() };
        let lam = 10_f64.powf(log_lam);
        let plan = sale.plan(lam).unwrap();
        let sold: f64 = plan.sold.iter().sum();
        prop_assert!((sold - 1e6).abs() < 1e-6, "{sold}");
        let own = objective(&sale, &plan.left, lam);
        prop_assert!((plan.cost + lam * plan.variance - own).abs() < 1e-6 * own.abs());
        if at + 1 < intervals as usize {
            let mut other = plan.left.clone();
            other[at + 1] += push;
            prop_assert!(objective(&sale, &other, lam) >= own - 1e-9 * own.abs());
        }
    }

    /// The closed schedule solves the system it comes from: `M x` is the same in every row, and the
    /// cost is half of `x M x`.
    #[test]
    fn the_closed_schedule_solves_its_system(
        lots in -1e5..1e5_f64, resilience in 0.0..50.0_f64, intervals in 1..40_u32,
        depth in 1.0..1e4_f64,
    ) {
        let found =
            Purchase { lots, resilience, horizon: 1.0, depth }.schedule(intervals).unwrap();
        let bought: f64 = found.x.iter().sum();
        prop_assert!((bought - lots).abs() <= 1e-9 * lots.abs());
        let moment = |i: usize| i as f64 / f64::from(intervals);
        let stays = 0.5 / depth;
        let pressed: Vec<f64> = (0..found.x.len())
            .map(|i| {
                let fades = |j: usize| (-resilience * (moment(i) - moment(j)).abs()).exp();
                found.x.iter().enumerate().map(|(j, x)| x * (stays + stays * fades(j))).sum()
            })
            .collect();
        let scale = lots.abs() / depth;
        prop_assert!(pressed.iter().all(|y| (y - pressed[0]).abs() <= 1e-10 * scale));
        let half: f64 = 0.5 * found.x.iter().zip(&pressed).map(|(x, y)| x * y).sum::<f64>();
        prop_assert!((half - found.cost).abs() <= 1e-10 * scale * lots.abs());
    }
}

#[test]
fn obizhaeva_and_wangs_figures_are_met() {
    let table = [(0.5, 41_001.5, 1_999.7), (2.2231, 26_357.4, 5_253.9), (20.0, 10_222.9, 8_839.4)];
    let purchase = |resilience: f64| Purchase { lots: 1e5, resilience, horizon: 1.0, depth: 5e3 };
    for (resilience, block, middle) in table {
        let x = purchase(resilience).schedule(10).unwrap().x;
        near(x[0], block, 0.06);
        near(x[10], block, 0.06);
        near(x[5], middle, 0.06);
    }
    let (block, rate) = purchase(2.2231).continuous().unwrap();
    near(block, 23_679.287_7, 1e-4);
    near(rate, 52_641.424_5, 1e-4);
    // Many trades come to the continuous schedule: the block, and the rate times the step.
    let many = purchase(2.2231).schedule(10_000).unwrap().x;
    near(many[0], block, 5.0);
    near(many[5_000] * 1e4, rate, 10.0);
}

#[test]
fn a_book_that_never_or_always_fills_up_is_a_value() {
    let purchase = |resilience: f64| Purchase { lots: 1e5, resilience, horizon: 1.0, depth: 5e3 };
    let never = purchase(0.0).schedule(4).unwrap();
    assert_eq!(never.x, [5e4, 0.0, 0.0, 0.0, 5e4], "two equal blocks");
    near(never.cost, 1e6, 1e-6);
    let always = purchase(1e9).schedule(4).unwrap();
    assert_eq!(always.x, [2e4; 5], "equal parts");
    assert_eq!(Purchase { horizon: 0.0, ..purchase(1.0) }.continuous().unwrap(), (5e4, 5e4));
    names(Purchase { lots: f64::NAN, ..purchase(1.0) }.schedule(4), "X0");
    names(purchase(-1.0).schedule(4), "rho");
    names(Purchase { horizon: -1.0, ..purchase(1.0) }.continuous(), "T");
    names(Purchase { depth: 0.0, ..purchase(1.0) }.schedule(4), "q");
    names(purchase(1.0).schedule(0), "N");
}

#[test]
fn the_square_root_law_is_met() {
    near(square_root(1.0, 0.02, 1.0, 100.0).unwrap(), 0.002, 1e-15);
    assert_eq!(square_root(1.0, 0.02, 0.0, 100.0).unwrap(), 0.0);
    names(square_root(-1.0, 0.02, 1.0, 100.0), "Y");
    names(square_root(1.0, -0.02, 1.0, 100.0), "sigma");
    names(square_root(1.0, 0.02, -1.0, 100.0), "Q");
    names(square_root(1.0, 0.02, 1.0, 0.0), "V");
}

fn fill(qty: f64, price: f64, mid: f64, later: f64) -> Fill {
    Fill { qty, price, mid, later, quote: None }
}

fn order() -> Order {
    Order {
        buys: true,
        qty: 10_000.0,
        decision: 50.0,
        arrival: 50.02,
        close: 50.20,
        fee: 0.005,
        fills: vec![
            fill(4_000.0, 50.05, 50.03, 50.06),
            fill(3_000.0, 50.08, 50.07, 50.07),
            fill(1_000.0, 50.10, 50.09, 50.12),
        ],
    }
}

#[test]
fn the_worked_order_is_met() {
    let found = order().quality().unwrap();
    for (found, wanted) in [
        (found.average, 50.0675),
        (found.effective, 0.03),
        (found.realised, -0.0075),
        (found.impact, 0.0375),
        (found.delay, 160.0),
        (found.trading, 380.0),
        (found.opportunity, 400.0),
        (found.fees, 40.0),
        (found.total, 980.0),
        (found.basis_points, 19.6),
    ] {
        near(found, wanted, 1e-8);
    }
    assert_eq!(found.against_quote, None);
}

#[test]
fn fills_are_held_against_their_quotes() {
    let quoted =
        |price: f64| Fill { quote: Some((50.03, 50.05)), ..fill(300.0, price, 50.04, 50.04) };
    let one = Order { qty: 300.0, fills: vec![quoted(50.043)], ..order() };
    let (spread, ratio, improved) = one.quality().unwrap().against_quote.unwrap();
    near(spread, 0.02, 1e-9);
    near(ratio, 0.3, 1e-9);
    near(improved, 2.10, 1e-9);
    // A sale is the mirror of it.
    let sold = Order { buys: false, fills: vec![quoted(50.037)], ..one };
    near(sold.quality().unwrap().against_quote.unwrap().2, 2.10, 1e-9);
}

#[test]
fn an_order_without_fills_has_missed_all_of_it() {
    let found = Order { fills: vec![], ..order() }.quality().unwrap();
    near(found.total, 2_000.0, 1e-9);
    assert!(found.effective.is_nan() && found.against_quote.is_none());
}

#[test]
fn orders_outside_their_domain_are_refused() {
    names(Order { qty: 0.0, ..order() }.quality(), "qty");
    names(Order { decision: -1.0, ..order() }.quality(), "decision");
    names(Order { arrival: f64::NAN, ..order() }.quality(), "arrival");
    names(Order { close: 0.0, ..order() }.quality(), "close");
    names(Order { fee: -0.1, ..order() }.quality(), "fee");
    names(Order { qty: 7_999.0, ..order() }.quality(), "fills");
    let crossed = Fill { quote: Some((2.0, 1.0)), ..fill(1.0, 1.0, 1.0, 1.0) };
    names(Order { fills: vec![crossed], ..order() }.quality(), "fills");
    names(Order { fills: vec![fill(-1.0, 1.0, 1.0, 1.0)], ..order() }.quality(), "fills");
}
