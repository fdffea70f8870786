//! However far away the venue is: agents that act much more often than they are told what became of
//! it, in a market that gives them every reason to.

use crate::floor::Floor;
use pitfloor_model::units::{Side, Span};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::latency::Latency;

/// All act ten times a second; the venue is seconds away.
const FAR: [Latency; 4] = [
    Latency::Fixed(Span::millis(1_500)),
    Latency::Fixed(Span::secs(4)),
    Latency::Uniform(Span::millis(1), Span::secs(4)),
    Latency::LogNormal { median: Span::secs(1), sigma: 1.0 },
];

const HASTY: [(&str, &[(&str, &str)]); 6] = [
    ("momentum", &[("interval", "100ms"), ("short", "20"), ("long", "200")]),
    ("momentum", &[("interval", "exp(mean = 100ms)"), ("long", "200"), ("signal", "return")]),
    ("mean-reversion", &[("interval", "100ms"), ("half_life", "4s"), ("entry", "1")]),
    ("informed", &[("rate", "100ms"), ("patient", "0")]),
    ("informed", &[("rate", "exp(mean = 100ms)"), ("patient", "0.5")]),
    ("informed", &[("rate", "100ms"), ("patient", "1")]),
];

const STAIRS: [i64; 12] = [0, 1, 2, 3, 2, 1, 0, -1, -2, -3, -2, -1];

/// A share worth 10 000 whose price climbs stairs far above and below that, quoted thinly, with
/// somebody who now and then takes whatever rests. A step lasts twelve seconds, so that who is far
/// away can still meet a price that he saw. Says the least and the most that the agent ever owned, of 500 at
/// the start, and how many orders it sent.
fn swings(
    seed: u64,
    latency: Latency,
    kind: &str,
    changes: &[(&str, &str)],
) -> (i128, i128, usize) {
    let mut floor = Floor::worth(seed, 10_000.0, 0.0);
    let means = Floor::means(1_000_000, 500);
    let agent = floor.seat_as(kind, kind, 0, latency, &means, changes);
    let (mut dice, mut outside) = (Dice::new(seed, "swings"), Vec::new());
    for round in 0..900 {
        outside.drain(..).for_each(|order| floor.cancel(order));
        let mid = 10_000 + 40 * STAIRS[round / 60 % STAIRS.len()];
        for (side, price) in [(Side::Buy, mid - 1), (Side::Sell, mid + 1)] {
            outside.push(floor.rest(side, price, 1 + dice.below(60)));
        }
        if dice.chance(0.1) {
            let side = if mid > 10_000 { Side::Buy } else { Side::Sell };
            floor.take(side, mid, 1 + dice.below(80));
        }
        floor.pass(Span::millis(dice.below(400)));
    }
    let (least, most) = floor.ever_held(agent, 500);
    (least, most, floor.placed_by(agent).len())
}

/// Not by one lot, not for one moment, whether the limit is a multiple of the order size or not; and
/// not because nothing happens: each of them uses its limit to the last lot.
#[test]
fn nobody_ever_leaves_his_limit() {
    for (kind, changes) in HASTY {
        for (max, size) in [(70, "30"), (45, "100"), (120, "40")] {
            let limit = max.to_string();
            let changes = [changes, &[("max_position", &limit), ("size", size)]].concat();
            let (mut lowest, mut highest) = (500, 500);
            for (seed, latency) in (1..=3).flat_map(|seed| FAR.map(|latency| (seed, latency))) {
                let (least, most, placed) = swings(seed, latency, kind, &changes);
                let told = || format!("{kind} {changes:?} {latency:?} seed {seed}");
                assert!(least >= 500 - max && most <= 500 + max, "{least}..{most} {}", told());
                assert!(placed > 5, "{placed} orders: {}", told());
                (lowest, highest) = (lowest.min(least), highest.max(most));
            }
            assert_eq!((lowest, highest), (500 - max, 500 + max), "{kind} {changes:?}");
        }
    }
}

/// While one order is in flight there is no other: seconds of haste are one order a round trip.
#[test]
fn one_order_a_round_trip() {
    for (kind, changes) in HASTY {
        let latency = Latency::Fixed(Span::secs(2));
        let changes = [changes, &[("max_position", "400"), ("size", "1")]].concat();
        let mut floor = Floor::worth(1, 12_000.0, 0.0);
        let agent = floor.seat_as(kind, kind, 0, latency, &Floor::means(100_000, 500), &changes);
        let (mut outside, mut mid) = (Vec::new(), 10_000);
        for _ in 0..400 {
            mid += 3;
            floor.quote(mid, 1, &mut outside);
            floor.pass(Span::millis(200));
        }
        // Eighty seconds are twenty round trips; a patient one has two orders out, one that rests
        // and one that it has taken back.
        let placed = floor.placed_by(agent).len();
        assert!((5..=40).contains(&placed), "{kind} {changes:?}: {placed}");
        if !changes.contains(&("patient", "0.5")) && !changes.contains(&("patient", "1")) {
            assert!(placed <= 20, "{kind} {changes:?}: {placed}");
        }
    }
}
