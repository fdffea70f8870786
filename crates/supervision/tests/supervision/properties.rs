//! Random days: whatever happens, bands hold their reference, nothing is said that the phase
//! forbids, and the same day is the same again.

use super::floor::{ACME, Floor, cents, may, new_york};
use jiff::civil::date;
use pitfloor_model::event::{Event, Phase, PhaseReason};
use pitfloor_model::trading::Benchmark;
use pitfloor_model::units::*;
use pitfloor_supervision::known::LuldSays;
use pitfloor_supervision::luld::{self, Luld, Tier, bands};
use pitfloor_supervision::market_wide::{MarketWide, Setup};
use pitfloor_supervision::pauses::Pauses;
use pitfloor_supervision::rows::Rows;
use pitfloor_supervision::short_sale::ShortSales;
use pitfloor_supervision::{Bench, Supervisor};
use proptest::prelude::*;

const INDEX: InstrumentId = InstrumentId(1);

#[derive(Clone, Debug)]
enum Happening {
    Trade(i64),
    Quote(Option<i64>, Option<i64>),
    Index(i64),
    Moved(Phase, PhaseReason),
    Nothing,
}

fn happening() -> impl Strategy<Value = Happening> {
    let side = || proptest::option::weighted(0.8, 80_i64..130);
    let reason = prop_oneof![
        Just(PhaseReason::Scheduled),
        Just(PhaseReason::Velocity),
        Just(PhaseReason::Regulatory),
    ];
    let phase = prop::sample::select(Phase::ALL.to_vec());
    prop_oneof![
        4 => (80_i64..130).prop_map(Happening::Trade),
        4 => (side(), side()).prop_map(|(bid, ask)| Happening::Quote(bid, ask)),
        1 => (75_i64..110).prop_map(Happening::Index),
        1 => (phase, reason).prop_map(|(to, why)| Happening::Moved(to, why)),
        1 => Just(Happening::Nothing),
    ]
}

fn venue() -> Floor<Bench> {
    let rows = Rows::shipped();
    let calendar = new_york("2026-01-05T05:00:00Z");
    let (close, grid) = (Some(Price(10_000)), cents());
    let listing =
        luld::Listing { instrument: ACME, tier: Tier::One, grid, close, eligible_min: Qty(1) };
    let setup = Setup { index: INDEX, grid, close, instruments: 1, call: Span::secs(30) };
    let bench = Bench::new()
        .with(MarketWide::new(&rows, "US", calendar.clone(), setup).unwrap())
        .with(Luld::new(&rows, "US", calendar.clone(), &[listing]).unwrap())
        .with(ShortSales::new(&rows, "US", calendar.clone(), &[(ACME, close)]).unwrap())
        .with(Pauses::new(&rows, date(2026, 1, 5)).unwrap());
    let mut floor = Floor::new(bench, calendar, 1);
    floor.until("2026-01-05T09:00:00");
    floor
}

/// A day on which all that happens, each so many milliseconds after the other.
fn day(happenings: &[(u64, Happening)]) -> Vec<String> {
    let mut floor = venue();
    let mut at = floor.at("2026-01-05T09:00:00");
    for (later, happening) in happenings {
        at = at.after(Span::millis(*later));
        floor.pass(at);
        let phase = floor.phases[0];
        match *happening {
            Happening::Trade(price) if phase == Phase::Continuous => {
                let mut event = super::floor::trade(ACME, "1.00", 5);
                if let Event::Traded { price: at, .. } = &mut event {
                    *at = Price(price * 100);
                }
                floor.happens_at(at, event);
            }
            Happening::Quote(bid, ask) => {
                let cents = |price: Option<i64>| price.map(|price| Price(price * 100));
                floor.who.quote(at, ACME, cents(bid), cents(ask));
                floor.pass(at);
            }
            Happening::Index(price) => {
                let (instrument, of) = (INDEX, Benchmark::Index);
                let price = Price(price * 100);
                floor.happens_at(at, Event::ReferenceSet { instrument, of, price });
            }
            Happening::Moved(to, why) if may(phase, to) && to != phase => {
                let event = Event::PhaseChanged { instrument: ACME, from: phase, to, why };
                floor.phases[0] = to;
                floor.happens_at(at, event);
            }
            Happening::Trade(_) | Happening::Moved(..) | Happening::Nothing => {}
        }
    }
    floor.until("2026-01-08T00:00:00");
    floor.said()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Every command is checked against the phases where it is carried out, by the floor.
    #[test]
    fn nothing_is_said_that_the_phase_forbids_and_the_same_day_is_the_same_again(
        happenings in prop::collection::vec((0_u64..600_000, happening()), 1..80)
    ) {
        let said = day(&happenings);
        let bands = said.iter().rfind(|line| line.contains(" x ") || line.ends_with("free"));
        prop_assert!(bands.is_none_or(|line| line.ends_with("free")), "no bands at night: {said:?}");
        prop_assert_eq!(day(&happenings), said);
    }

    #[test]
    fn bands_hold_their_reference_and_are_the_plain_formula(
        reference in 1_i64..100_000_000,
        close in 1_i64..2_000,
        tier in prop::sample::select(vec![Tier::One, Tier::Two]),
        doubled: bool,
    ) {
        let says: LuldSays =
            Rows::shipped().row("luld", "US", date(2026, 1, 5)).unwrap().says().unwrap();
        let found = bands(&says, tier, cents(), Price(reference), Price(close), doubled);
        prop_assert!(found.lower.0 >= 0 && found.lower.0 <= reference, "{found:?}");
        prop_assert!(found.upper.0 >= reference, "{found:?}");
        // In hundredths of a cent, half up.
        let share = match (close, tier) {
            (301.., Tier::One) => 5 * reference,
            (301.., Tier::Two) => 10 * reference,
            (75..=300, _) => 20 * reference,
            _ => (75 * reference).min(1_500),
        } * if doubled { 2 } else { 1 };
        let up = |hundredths: i64| (hundredths + 50).div_euclid(100);
        prop_assert_eq!(found.lower.0, up(100 * reference - share).max(0));
        prop_assert_eq!(found.upper.0, up(100 * reference + share));
    }

    /// The mean of the machine against the mean of a list of all trades.
    #[test]
    fn the_reference_is_the_mean_of_the_last_five_minutes(
        trades in prop::collection::vec((0_u64..90, 9_000_i64..11_000), 1..60)
    ) {
        let calendar = new_york("2026-01-05T05:00:00Z");
        let (close, grid) = (Some(Price(10_000)), cents());
        let listing =
            luld::Listing { instrument: ACME, tier: Tier::Two, grid, close, eligible_min: Qty(1) };
        let who = Luld::new(&Rows::shipped(), "US", calendar.clone(), &[listing]).unwrap();
        let mut floor = Floor::new(who, calendar, 1);
        let open = floor.at("2026-01-05T09:30:00");
        let second = |n: u64| open.after(Span::secs(n));

        let (mut reference, mut since, mut now) = ((10_000_i64, 1_i64), 0, 0);
        let mut heard: Vec<(u64, i64)> = Vec::new();
        for (later, price) in trades {
            let at = now + later;
            // Second by second: nothing in this story happens between them. At one moment what
            // becomes old leaves first, then the trade is heard.
            for n in (now..=at).chain([at + 1]) {
                let arrived = n > at;
                let n = n.min(at);
                if arrived {
                    heard.push((at, price));
                }
                let last = heard.iter().filter(|(then, _)| then + 300 > n).map(|(_, price)| *price);
                let (sum, count) = last.fold((0, 0), |(sum, count), price| (sum + price, count + 1));
                let apart = (sum * reference.1 - reference.0 * count).abs();
                if count > 0 && n >= since + 30 && apart * 100 >= reference.0 * count {
                    (reference, since) = ((sum, count), n);
                }
            }
            let mut event = super::floor::trade(ACME, "1.00", 5);
            if let Event::Traded { price: at, .. } = &mut event {
                *at = Price(price);
            }
            floor.happens_at(second(at), event);
            now = at;
            let half_up = (2 * reference.0 + reference.1).div_euclid(2 * reference.1);
            prop_assert_eq!(floor.who.reference(ACME), Some(Price(half_up)), "at second {}", now);
        }
    }
}
