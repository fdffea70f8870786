//! What makers must obviously do, on tapes.

use super::avellaneda_stoikov::Law;
use crate::floor::Floor;
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Side, Span};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::Params;

/// Given, not learned; a spread of 2/γ·ln(1 + γ/k) = 20 ticks when nothing can move.
const GIVEN: [(&str, &str); 8] = [
    ("volatility", "0"),
    ("decay", "10"),
    ("intensity", "1"),
    ("memory", "never"),
    ("learn", "never"),
    ("refresh", "1s"),
    ("gamma", "0.001"),
    ("size", "10"),
];

fn seat(kind: &str, changes: &[(&str, &str)]) -> (Floor, AccountId) {
    let mut floor = Floor::new(1);
    let changes: Vec<_> = GIVEN
        .iter()
        .filter(|(name, _)| changes.iter().all(|(other, _)| name != other))
        .chain(changes)
        .copied()
        .collect();
    let near = Latency::Fixed(Span::millis(1));
    let maker = floor.seat_as(kind, kind, 0, near, &Floor::means(1_000_000, 5_000), &changes);
    (floor, maker)
}

/// The last bid and ask that it asked for.
fn quotes(floor: &Floor) -> (i64, i64) {
    let (bid, ask) = floor.best();
    (bid.expect("a bid"), ask.expect("an ask"))
}

#[test]
fn with_nothing_to_fear_it_quotes_two_over_k() {
    let (mut floor, _) = seat("avellaneda-stoikov", &[]);
    floor.pass(Span::secs(5));
    // 2/0.001 · ln(1 + 0.001/10) = 0.19999 around 100.00: bids are rounded down, asks up.
    assert_eq!(quotes(&floor), (9_990, 10_010));
}

#[test]
fn long_it_asks_less_and_bids_less() {
    let (mut floor, maker) = seat("avellaneda-stoikov", &[("volatility", "0.05"), ("gamma", "1")]);
    floor.pass(Span::secs(5));
    let (bid, ask) = quotes(&floor);
    floor.take(Side::Sell, bid, 10);
    // A reference nobody moves: the mid is its own quotes', so only the reaction counts.
    floor.pass(Span::millis(10));
    let placed = floor.placed_by(maker);
    let moved = floor
        .asked_by(maker)
        .iter()
        .any(|asked| matches!(asked, Command::Replace { price, .. } if price.0 < ask));
    assert!(moved, "the ask comes down after a purchase");
    let bids: Vec<i64> =
        placed.iter().filter(|o| o.side == Side::Buy).map(|o| o.price.unwrap().0).collect();
    assert!(bids.last() < bids.first(), "and so does the bid: {bids:?}");
    assert_eq!(floor.held(maker), 5_010);
}

#[test]
fn the_reservation_price_is_the_papers() {
    let law = Law { gamma: 0.1, volatility: 2.0, decay: 1.5 };
    // γσ²(T−t) = 0.4 at the start; (2/γ) ln(1 + γ/k) = 1.29077.
    assert!((law.spread(1.0) - 1.690_770).abs() < 1e-6, "{}", law.spread(1.0));
    let [below, above] = law.distances(3.0, 1.0);
    assert!((below - above - 2.4).abs() < 1e-12, "3 units shift both by 1.2");
    assert!((below + above - law.spread(1.0)).abs() < 1e-12);
    assert_eq!(law.distances(3.0, 0.0), [law.spread(0.0) / 2.0; 2], "at the end it does not care");
}

#[test]
fn it_never_quotes_through_the_other_side() {
    let (mut floor, maker) = seat("avellaneda-stoikov", &[("decay", "1000")]);
    let mut outside = Vec::new();
    for mid in [10_000, 10_100, 9_900, 10_001] {
        floor.quote(mid, 1, &mut outside);
        floor.pass(Span::secs(5));
    }
    let took =
        |event: &&Event| matches!(event, Event::Traded { taker, .. } if taker.account == maker);
    let own = floor.events().filter(took);
    assert_eq!(own.count(), 0, "it only ever waits");
    assert!(floor.placed_by(maker).len() >= 2);
}

#[test]
fn quotes_have_a_lifetime() {
    let asks = |lifetime| {
        let (mut floor, maker) = seat("avellaneda-stoikov", &[("lifetime", lifetime)]);
        floor.pass(Span::secs(60));
        floor.placed_by(maker).len()
    };
    assert_eq!(asks("never"), 2, "nothing moves");
    assert!((14..=26).contains(&asks("5s")), "{}", asks("5s"));
}

#[test]
fn small_moves_are_not_worth_a_message() {
    let moves = |min_move| {
        let changes = [("min_move", min_move), ("decay", "5")];
        let (mut floor, maker) = seat("avellaneda-stoikov", &changes);
        let mut outside = Vec::new();
        for round in 0..20 {
            floor.quote(10_000 + round % 3, 2, &mut outside);
            floor.pass(Span::secs(2));
        }
        let asked = floor.asked_by(maker);
        asked.iter().filter(|asked| matches!(asked, Command::Replace { .. })).count()
    };
    assert!(moves("0") > 20 && moves("0.05") == 0, "{} {}", moves("0"), moves("0.05"));
}

#[test]
fn a_dealer_with_bounds_stops_at_them() {
    for form in ["exact", "asymptotic"] {
        let changes =
            [("form", form), ("max_position", "30"), ("volatility", "0.01"), ("horizon", "10m")];
        let (mut floor, maker) = seat("glft", &changes);
        for _ in 0..20 {
            floor.pass(Span::secs(2));
            if let (Some(bid), _) = floor.best() {
                floor.take(Side::Sell, bid, 10);
            }
        }
        assert_eq!(floor.held(maker), 5_030, "{form}: three orders, and no more");
        assert_eq!(floor.best().0, None, "{form}: it bids no longer");
        assert!(floor.best().1.is_some(), "{form}: it still offers");
    }
}

#[test]
fn bounds_that_are_no_whole_order_are_refused() {
    let definition = &Floor::venue().instruments()[0].clone();
    let glft = crate::find("glft").unwrap();
    let said =
        Params::of(glft, &[("size", "100"), ("max_position", "99")], definition).unwrap_err();
    let expected = "max_position: found 99 lots, expected 100 to 100000 lots: 1 to 1000 times size";
    assert_eq!(said, expected);
    let said = Params::of(glft, &[("form", "closed")], definition).unwrap_err();
    assert_eq!(said, "form: found \"closed\", expected one of exact, asymptotic");
    let stoikov = crate::find("avellaneda-stoikov").unwrap();
    let said = Params::of(stoikov, &[("gamma", "0")], definition).unwrap_err();
    assert_eq!(said, "gamma: found \"0\", expected a number from 0.000000001 to 1000000");
}

/// Volatility from the mid's moves, k from fills: in a market that has both, neither stays as given.
#[test]
fn it_learns_from_the_market() {
    use super::learned::Learned;
    use super::quoting::Quoting;
    use pitfloor_model::units::{Price, Time};
    use pitfloor_sim::dice::Dice;
    let mut dice = Dice::new(1, "mid");
    let quoting = Quoting::new(crate::floor::ACME, Price(1), None);
    let minute = Some(Span::secs(600));
    let mut learned = Learned::new([0.1, 1.0, 1.0], 0.01, minute, None);
    let mut mid = 100.0;
    for second in 0..6_000 {
        mid += 0.02 * dice.normal();
        learned.see(Time(second * 1_000_000_000), mid, 0.01, &quoting);
    }
    assert!((learned.volatility / 0.02 - 1.0).abs() < 0.12, "{}", learned.volatility);
    assert_eq!((learned.intensity, learned.decay), (1.0, 1.0), "given, for good");
}
