//! The exchange and the plain reference are asked the same and must answer the same, event by event,
//! and stand the same after every command.
//!
//! An ordinary run asks a million times. `PITFLOOR_NIGHTLY_COMMANDS` says how many times instead, and
//! `PITFLOOR_NIGHTLY_FIRST_SEED` where the seeds begin, so that nights add up.

use crate::pit::{check, difference};
use pitfloor_exchange::Exchange;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::instrument::Venue;
use pitfloor_testkit::generate::{World, histories, stamp};
use pitfloor_testkit::{Reference, shrink, story};
use proptest::prelude::*;
use std::sync::Arc;

const ORDINARY_COMMANDS: u64 = 1_000_000;

/// Commands in most histories; every 16th is eight times as long.
const HISTORY: usize = 250;

/// Plays `history` on both; the first difference, if there is one.
fn first_difference(venue: &Arc<Venue>, history: impl Iterator<Item = Stamped>) -> Option<String> {
    let (mut exchange, mut plain) = (Exchange::new(venue.clone()), Reference::new(venue.clone()));
    let mut events = Vec::new();
    for stamped in history {
        events.clear();
        exchange.apply(&stamped, &mut events);
        let plainly = plain.apply(&stamped);
        if events != plainly {
            return Some(format!("at {stamped:?}:\n  told {events:?}\n  plainly {plainly:?}"));
        }
        if let Some(difference) = difference(&exchange, &plain) {
            return Some(format!("after {stamped:?}: {difference}"));
        }
    }
    None
}

/// Holds both against each other; a difference is made short and told as a story.
fn agree(world: &World, history: &[Stamped]) {
    if first_difference(world.venue(), history.iter().cloned()).is_none() {
        return;
    }
    let differs = |commands: &[Command]| {
        first_difference(world.venue(), stamp(commands).into_iter()).is_some()
    };
    let commands: Vec<Command> = history.iter().map(|stamped| stamped.command.clone()).collect();
    let shortest = shrink(&commands, differs);
    let told: Vec<String> = shortest.iter().map(story::write).collect();
    let what = first_difference(world.venue(), stamp(&shortest).into_iter());
    panic!(
        "the exchange and the plain reference differ:\n{}\n{}\non {:#?}",
        told.join("\n"),
        what.unwrap_or_default(),
        world.venue()
    );
}

fn number_from(variable: &str, ordinary: u64) -> u64 {
    let Ok(text) = std::env::var(variable) else { return ordinary };
    text.parse().unwrap_or_else(|_| panic!("{variable}: found {text:?}, expected a number"))
}

#[test]
fn the_exchange_agrees_with_the_plain_reference() {
    let commands = number_from("PITFLOOR_NIGHTLY_COMMANDS", ORDINARY_COMMANDS);
    let first_seed = number_from("PITFLOOR_NIGHTLY_FIRST_SEED", 0);
    let (mut asked, mut seed) = (0, first_seed);
    while asked < commands {
        let world = if seed % 8 == 7 { World::on_credit(seed) } else { World::random(seed) };
        let length = if seed % 16 == 5 { HISTORY * 8 } else { HISTORY };
        let same = first_difference(world.venue(), world.history(seed).take(length)).is_none();
        if !same {
            println!("seed {seed}");
            agree(&world, &world.history(seed).take(length).collect::<Vec<_>>());
        }
        asked += length as u64;
        seed += 1;
    }
    println!("{asked} commands, seeds {first_seed} to {seed}, no difference");
}

/// The invariants look at everything after every command, so there are fewer histories of these.
#[test]
fn the_invariants_hold_in_every_history() {
    for seed in 0..200 {
        let world = World::random(0x1234 + seed);
        let mut exchange = Exchange::new(world.venue().clone());
        let mut events = Vec::new();
        for stamped in world.history(seed).take(HISTORY) {
            events.clear();
            exchange.apply(&stamped, &mut events);
            assert!(!events.is_empty(), "every command has an answer: {stamped:?}");
            check(&exchange);
        }
    }
}

/// A refusal leaves everything as it was, to the last private field.
#[test]
fn a_refused_command_changes_nothing() {
    let mut refused = 0;
    for seed in 0..12 {
        let world = World::random(0x5678 + seed);
        let mut exchange = Exchange::new(world.venue().clone());
        let mut events = Vec::new();
        for mut stamped in world.history(seed).take(HISTORY) {
            stamped.at = pitfloor_model::units::Time::ZERO;
            let before = format!("{exchange:?}");
            events.clear();
            exchange.apply(&stamped, &mut events);
            if let [pitfloor_model::event::Event::Rejected { .. }] = events.as_slice() {
                refused += 1;
                assert_eq!(format!("{exchange:?}"), before, "{stamped:?}");
            }
        }
    }
    assert!(refused > 800, "only {refused} refusals");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// The same, through proptest, which brings its own seeds and a shrinker of its own.
    #[test]
    fn any_history_agrees((world, history) in histories(1..120)) {
        prop_assert_eq!(first_difference(world.venue(), history.iter().cloned()), None);
    }
}
