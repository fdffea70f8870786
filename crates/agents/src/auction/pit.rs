//! The laboratory for the tests: six buyers and six sellers of one kind, and what came of a period.

use crate::floor::{ACME, Floor};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Side, Span};
use pitfloor_sim::latency::Latency;

/// Buyers, and as many sellers.
const PAIRS: u32 = 6;
const UNITS: usize = 3;
/// Five minutes of twelve traders who act once a second: the 3 000 quotes and more of a period.
const PERIOD: Span = Span::secs(300);

/// Value 150 − 8k, cost 10 + 8k: the defaults.
pub(crate) const SYMMETRIC: [(&str, &str); 0] = [];
/// Value 160 − 6k, cost 60 + 0.5k.
pub(crate) const FLAT_SUPPLY: [(&str, &str); 4] =
    [("value_best", "160"), ("value_step", "6"), ("cost_best", "60"), ("cost_step", "0.5")];

pub(crate) struct Pit {
    pub(crate) floor: Floor,
    traders: Vec<AccountId>,
    values: Vec<f64>,
    costs: Vec<f64>,
    seen: usize,
}

/// What came of a period.
pub(crate) struct Period {
    /// The share of the greatest surplus that was gained.
    pub(crate) efficiency: f64,
    /// Prices in units of the currency.
    pub(crate) prices: Vec<f64>,
}

impl Pit {
    pub(crate) fn new(kind: &str, seed: u64, changes: &[(&str, &str)]) -> Self {
        let mut floor = Floor::new(seed);
        let means = Floor::means(1_000_000, 5_000);
        let near = Latency::Fixed(Span::micros(100));
        let seat = |index| {
            let name = format!("{kind}-{index}");
            floor.seat_as(kind, &name, index, near, &means, changes)
        };
        let traders = (0..2 * PAIRS).map(seat).collect();
        let of = |name: &str, other: f64| {
            let found = changes.iter().find(|(known, _)| *known == name);
            found.map_or(other, |(_, text)| text.parse().unwrap())
        };
        let rung = |nth: usize| nth as f64;
        let count = PAIRS as usize * UNITS;
        let (value, step) = (of("value_best", 150.0), of("value_step", 8.0));
        let values = (0..count).map(|nth| value - step * rung(nth)).collect();
        let (cost, step) = (of("cost_best", 10.0), of("cost_step", 8.0));
        let costs = (0..count).map(|nth| cost + step * rung(nth)).collect();
        Self { floor, traders, values, costs, seen: 0 }
    }

    /// Lets a period go by. Efficiency is that of the ladder of values.
    pub(crate) fn period(&mut self) -> Period {
        self.floor.pass(PERIOD);
        let (mut gone, mut gained) = (vec![0; self.traders.len()], 0.0);
        let mut prices = Vec::new();
        let events: Vec<Event> = self.floor.events().copied().collect();
        for event in events.iter().skip(self.seen) {
            let Event::Traded { instrument: ACME, maker, taker, aggressor, price, .. } = *event
            else {
                continue;
            };
            prices.push(price.0 as f64 / 100.0);
            for (key, side) in [(taker, aggressor), (maker, aggressor.opposite())] {
                let place = self.traders.iter().position(|it| *it == key.account).unwrap();
                let rung = place / 2 * UNITS + gone[place];
                gone[place] += 1;
                gained += if side == Side::Buy { self.values[rung] } else { -self.costs[rung] };
                assert_eq!(side == Side::Buy, place % 2 == 0, "even members buy");
                assert!(gone[place] <= UNITS, "no more than its units");
            }
        }
        self.seen = events.len();
        let gains = self.values.iter().zip(&self.costs).map(|(value, cost)| value - cost);
        let most: f64 = gains.filter(|gain| *gain > 0.0).sum();
        Period { efficiency: gained / most, prices }
    }
}
