//! Stories of exposures whose figures can be worked out on paper.

use super::{Asked, Blow, Marks, Position, Risk, TooLittle, gains, risk};
use pitfloor_model::clearing::Fact;
use pitfloor_model::contract::{Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time, TradeId,
};

const ACME: InstrumentId = InstrumentId(0);
const BOLT: InstrumentId = InstrumentId(1);
const FUTURE: InstrumentId = InstrumentId(2);
const CALL: InstrumentId = InstrumentId(3);
const PUT: InstrumentId = InstrumentId(4);
const EURO_SHARE: InstrumentId = InstrumentId(5);
const MINUTE: Span = Span(60_000_000_000);
const YEAR: u64 = 365 * 86_400_000_000_000;

/// A trade of one lot.
pub(super) fn print(instrument: u32, price: i64) -> Event {
    let key = |account| OrderKey::new(AccountId(account), OrderId(1));
    let (maker, taker, aggressor) = (key(1), key(2), Side::Buy);
    let (trade, instrument) = (TradeId(1), InstrumentId(instrument));
    let (price, qty) = (Price(price), Qty(1));
    Event::Traded { trade, instrument, maker, taker, aggressor, price, qty }
}

pub(super) const fn split(instrument: u32, num: u32, den: u32) -> Event {
    Event::Clearing(Fact::Split { instrument: InstrumentId(instrument), num, den })
}

/// Two shares at 0.01, a future and two options of a year on the first, and a share in euro.
fn venue() -> Venue {
    let (usd, eur) = (CurrencyId(0), CurrencyId(1));
    let currencies = vec![Currency::new("USD", 2).unwrap(), Currency::new("EUR", 2).unwrap()];
    let expiry = Time(YEAR);
    let future = Future { underlying: Some(ACME), lots: 1, expiry, delivery: Delivery::Cash };
    let choice = |right| Choice {
        underlying: ACME,
        right,
        style: Style::European,
        strike: Price(10_000),
        lots: 1,
        expiry,
        delivery: Delivery::Cash,
    };
    let of = |kind, symbol| Instrument::new(kind, symbol, usd, "0.01", "1").unwrap();
    let listed = vec![
        Instrument::equity("ACME", usd, "0.01").unwrap(),
        Instrument::equity("BOLT", usd, "0.01").unwrap(),
        of(InstrumentKind::Future(future), "ACME-F"),
        of(InstrumentKind::Option(choice(Right::Call)), "ACME-C"),
        of(InstrumentKind::Option(choice(Right::Put)), "ACME-P"),
        Instrument::equity("EURO", eur, "0.01").unwrap(),
    ];
    Venue::new("XPIT", currencies, listed).unwrap()
}

/// ACME goes up and down by ten ticks in turn, BOLT by as much the other way; the euro share by one.
fn marks(intervals: i64) -> Marks {
    let start = [10_000, 10_000, 10_000, 796, 796, 500].map(Price).to_vec();
    let mut marks = Marks::new(start, MINUTE);
    for n in 1..=intervals {
        let up = n % 2;
        let at = Time((n.unsigned_abs() - 1) * MINUTE.0 + 1);
        let prints = [print(0, 10_000 + 10 * up), print(1, 10_000 - 10 * up), print(5, 500 + up)];
        marks.see(at, &prints);
    }
    marks.until(Time(intervals.unsigned_abs() * MINUTE.0));
    marks
}

const fn asked(horizon: Span) -> Asked {
    Asked { level: 0.95, horizon, seed: 7, paths: 100_000 }
}

const fn held(instrument: InstrumentId, lots: i128) -> Position {
    Position { instrument, lots }
}

fn of(positions: &[Position], horizon: Span) -> Risk {
    let all = risk(&marks(400), &venue(), positions, asked(horizon)).unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), [&CurrencyId(0)]);
    all.into_values().next().unwrap()
}

fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "found {found}, expected {expected} +- {within}");
}

#[test]
fn a_share_that_swings_by_a_dime_costs_a_dime_a_share() {
    let found = of(&[held(ACME, 100)], MINUTE);
    near(found.gross, 1_000_000.0, 0.0);
    // Half of all minutes lost ten cents a share; there is nothing between.
    assert_eq!((found.historical.var, found.historical.es), (1_000.0, 1_000.0));
    let sd = 1_000.0 * (400.0_f64 / 399.0).sqrt();
    near(found.normal.sd, sd, 1e-9);
    near(found.normal.loss.var, 1.644_853_627 * sd, 1e-5);
    near(found.normal.loss.es, 2.062_712_807_5 * sd, 1e-5);
    let drawn = found.drawn;
    near(drawn.loss.var, found.normal.loss.var, 4.0 * drawn.var_se);
    near(drawn.loss.es, found.normal.loss.es, 4.0 * drawn.es_se);
    assert!(drawn.var_se < 0.02 * sd && drawn.var_se > 0.0);
}

#[test]
fn a_longer_horizon_costs_the_root_of_it() {
    let (one, four) = (of(&[held(ACME, 1)], MINUTE), of(&[held(ACME, 1)], Span(4 * MINUTE.0)));
    near(four.historical.var, 2.0 * one.historical.var, 1e-9);
    near(four.normal.loss.es, 2.0 * one.normal.loss.es, 1e-9);
}

#[test]
fn what_goes_the_other_way_takes_the_risk_away_and_shares_sum_to_the_whole() {
    let hedged = of(&[held(ACME, 100), held(BOLT, 100)], MINUTE);
    near(hedged.historical.var, 0.0, 1e-9);
    near(hedged.normal.sd, 0.0, 1e-6);
    near(hedged.gross, 2_000_000.0, 0.0);
    let half = of(&[held(ACME, 100), held(BOLT, 40)], MINUTE);
    assert_eq!(half.held, [ACME, BOLT]);
    near(half.historical.var, 600.0, 1e-9);
    near(half.normal.parts.iter().sum(), half.normal.loss.var, 1e-9);
    assert!(half.normal.parts[1] < 0.0, "the hedge earns its place: {:?}", half.normal.parts);
}

#[test]
fn who_is_short_loses_when_prices_rise_and_nothing_is_no_risk() {
    let short = of(&[held(ACME, -100)], MINUTE);
    assert_eq!(short.historical.var, 1_000.0);
    let none = risk(&marks(400), &venue(), &[held(ACME, 0)], asked(MINUTE)).unwrap();
    assert!(none.is_empty());
}

#[test]
fn each_currency_stands_for_itself() {
    let both = [held(ACME, 100), held(EURO_SHARE, 10)];
    let all = risk(&marks(400), &venue(), &both, asked(MINUTE)).unwrap();
    let var = |currency| all[&CurrencyId(currency)].historical.var;
    assert_eq!((all.len(), var(0), var(1)), (2, 1_000.0, 10.0));
}

#[test]
fn too_little_history_and_bad_questions_are_refused_in_words() {
    let said = |marks: &Marks, asked| {
        let refused: TooLittle = risk(marks, &venue(), &[held(ACME, 1)], asked).unwrap_err();
        refused.to_string()
    };
    let short = said(&marks(29), asked(MINUTE));
    assert_eq!(short, "found 29 intervals of 60 s, expected at least 30");
    let sure = said(&marks(30), Asked { level: 1.0, ..asked(MINUTE) });
    assert!(sure.contains("above 0 and below 1"), "{sure}");
    let few = said(&marks(30), Asked { paths: 99, ..asked(MINUTE) });
    assert!(few.contains("paths") && few.contains("at least 100"), "{few}");
    assert!(said(&marks(30), asked(Span(0))).contains("above 0"));
}

fn hit(positions: &[Position], moves: &[(InstrumentId, f64)]) -> Vec<f64> {
    let prices = [10_000, 10_000, 10_000, 796, 796, 500].map(Price);
    let blow = Blow { moves: moves.to_vec() };
    let found = gains(&venue(), &prices, Time::ZERO, positions, &blow);
    found.iter().map(|gain| gain.amount).collect()
}

#[test]
fn a_blow_moves_what_it_names_and_the_futures_on_it() {
    let all = [held(ACME, 100), held(BOLT, 100), held(FUTURE, -100)];
    assert_eq!(hit(&all, &[(ACME, -0.1)]), [-100_000.0, 0.0, 100_000.0]);
    assert_eq!(hit(&all, &[(ACME, -0.1), (FUTURE, -0.2)]), [-100_000.0, 0.0, 200_000.0]);
    assert_eq!(hit(&all, &[(BOLT, 0.05)]), [0.0, 50_000.0, 0.0]);
}

#[test]
fn options_are_valued_anew_and_keep_parity() {
    // At the money, a year, 7.96: a volatility of a fifth. Black and Scholes without interest give
    // 3.59 to the call and 13.59 to the put when the share stands at 90.
    let found = hit(&[held(CALL, 100), held(PUT, 100)], &[(ACME, -0.1)]);
    near(found[0], 100.0 * (359.0 - 796.0), 150.0);
    near(found[1], 100.0 * (1_359.0 - 796.0), 150.0);
    near(found[0] - found[1], -100_000.0, 1.0);
    // Much more than a tangent says: the holder of both gains either way.
    let up = hit(&[held(CALL, 100), held(PUT, 100)], &[(ACME, 0.3)]);
    assert!(up.iter().sum::<f64>() > 0.0 && found.iter().sum::<f64>() > 0.0);
}

#[test]
fn an_option_no_volatility_explains_moves_by_what_exercise_pays() {
    let prices = [12_000, 10_000, 10_000, 1_500, 796, 500].map(Price);
    let blow = Blow { moves: vec![(ACME, -0.25)] };
    let found = gains(&venue(), &prices, Time::ZERO, &[held(CALL, 1)], &blow);
    near(found[0].amount, -2_000.0, 1e-6);
    assert_eq!((found[0].instrument, found[0].currency), (CALL, CurrencyId(0)));
}
