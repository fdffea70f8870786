//! One history, one outcome: replayed, continued from a snapshot, or turned upside down.

use crate::pit::difference;
use pitfloor_exchange::{Digest, EventDigest, Exchange};
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Side};
use pitfloor_testkit::generate::{ACCOUNTS, World};
use pitfloor_testkit::{Reference, mirror};
use std::collections::BTreeMap;

fn run(exchange: &mut Exchange, history: &[Stamped]) -> (Digest, Vec<Event>) {
    let (mut digest, mut told) = (EventDigest::new(), Vec::new());
    for stamped in history {
        let before = told.len();
        exchange.apply(stamped, &mut told);
        digest.fold(stamped, &told[before..]);
    }
    (digest.finish(), told)
}

#[test]
fn a_replayed_history_is_the_live_one() {
    for seed in 0..40 {
        let world = World::random(seed);
        let history: Vec<Stamped> = world.history(seed).take(800).collect();
        let (mut live, mut replayed) =
            (Exchange::new(world.venue().clone()), Exchange::new(world.venue().clone()));
        let (once, again) = (run(&mut live, &history), run(&mut replayed, &history));
        assert_eq!(once.0.to_string(), again.0.to_string());
        assert_eq!(once.1, again.1);
        assert_eq!(format!("{live:?}"), format!("{replayed:?}"));
    }
}

#[test]
fn another_history_has_another_digest() {
    let world = World::random(3);
    let digest = |seed| {
        let history: Vec<Stamped> = world.history(seed).take(400).collect();
        run(&mut Exchange::new(world.venue().clone()), &history).0.to_string()
    };
    assert_ne!(digest(1), digest(2));
}

#[test]
fn continuing_from_a_snapshot_is_continuing() {
    for seed in 0..40 {
        let world = World::random(seed);
        let history: Vec<Stamped> = world.history(seed).take(800).collect();
        let mut live = Exchange::new(world.venue().clone());
        for cut in [0, 50, 333, 800] {
            let (before, after) = history.split_at(cut);
            let mut first = Exchange::new(world.venue().clone());
            run(&mut first, before);
            let kept = format!("{first:?}");
            let mut copy = first.clone();
            let went_on = run(&mut copy, after);
            assert_eq!(format!("{first:?}"), kept, "a snapshot does not move with its copy");
            let original = run(&mut first, after);
            assert_eq!(went_on.1, original.1);
            assert_eq!(format!("{copy:?}"), format!("{first:?}"));
            live = first;
        }
        let mut plain = Reference::new(world.venue().clone());
        history.iter().for_each(|stamped| drop(plain.apply(stamped)));
        assert_eq!(difference(&live, &plain), None);
    }
}

/// Negate every price and swap every side, and the events are negated and swapped, nothing else:
/// no rule is right on one side only. (All accounts have credit: who must own what is not
/// symmetric.)
#[test]
fn the_mirrored_history_has_the_mirrored_events() {
    let mut trades = 0;
    for seed in 0..150 {
        let world = World::on_credit(seed);
        let (mut upright, mut mirrored) =
            (Exchange::new(world.venue().clone()), Exchange::new(world.venue().clone()));
        let mut delivered: BTreeMap<(AccountId, InstrumentId), i128> = BTreeMap::new();
        for stamped in world.history(seed).take(400) {
            let (mut told, mut image) = (Vec::new(), Vec::new());
            upright.apply(&stamped, &mut told);
            mirrored.apply(&mirror::stamped(&stamped), &mut image);
            let expected: Vec<Event> = told.iter().map(mirror::event).collect();
            assert_eq!(image, expected, "at {stamped:?}");
            for event in &told {
                trades += u32::from(matches!(event, Event::Traded { .. }));
                if let Event::Delivered { account, instrument, qty } = event {
                    *delivered.entry((*account, *instrument)).or_default() += i128::from(qty.0);
                }
            }
        }
        for instrument in (0..world.venue().instruments().len() as u32).map(InstrumentId) {
            for side in Side::BOTH {
                let levels: Vec<_> = upright.levels(instrument, side).collect();
                let image: Vec<_> = mirrored
                    .levels(instrument, mirror::side(side))
                    .map(|level| pitfloor_exchange::book::Level {
                        price: mirror::price(level.price),
                        ..level
                    })
                    .collect();
                assert_eq!(image, levels);
            }
            for account in (0..ACCOUNTS).map(AccountId) {
                let brought = delivered.get(&(account, instrument)).copied().unwrap_or_default();
                let bought = upright.lots(account, instrument).unwrap().total - brought;
                let image = mirrored.lots(account, instrument).unwrap().total - brought;
                assert_eq!(image, -bought, "who bought has sold");
            }
        }
        for account in (0..ACCOUNTS).map(AccountId) {
            for currency in [CurrencyId(0), CurrencyId(1)] {
                // Selling at minus the price moves the same cash.
                assert_eq!(mirrored.cash(account, currency), upright.cash(account, currency));
            }
        }
    }
    assert!(trades > 3_000, "only {trades} trades");
}
