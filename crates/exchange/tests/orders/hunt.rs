//! Random histories over everything that may be asked: whatever happens, the books hold together,
//! and the events alone tell what each order has left.

use crate::floor::Floor;
use pitfloor_exchange::Exchange;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_testkit::generate::{Profile, World};
use pitfloor_testkit::{Reference, story};

/// Commands in one history.
const HISTORY: usize = 300;

/// Histories of each kind of world.
const WORLDS: u64 = 150;

fn play(profile: Profile, seed: u64) {
    let world = World::of(profile, seed);
    let mut floor = Floor::on(world.venue().clone());
    let mut said = Vec::new();
    for stamped in world.history(seed).take(HISTORY) {
        said.push(stamped.clone());
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            floor.apply(&stamped);
        }));
        if let Err(panic) = outcome {
            let from = said.len().saturating_sub(40);
            for command in &said[from..] {
                eprintln!("at {}\n{}", command.at.0, story::write(&command.command));
            }
            eprintln!("{profile:?} {seed}: {:?}", world.venue().instruments()[0].rules);
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn whatever_is_asked_the_books_hold_together() {
    for profile in Profile::ALL {
        for seed in 0..WORLDS {
            play(profile, seed);
        }
    }
}

/// A refused command leaves no trace, and one market played twice is one market.
#[test]
fn a_refusal_changes_nothing() {
    for seed in 0..WORLDS {
        let world = World::full(seed);
        let mut floor = Floor::on(world.venue().clone());
        for stamped in world.history(seed ^ 0xFEED).take(HISTORY) {
            let before = floor.clone();
            let events = floor.apply(&stamped);
            let refused = matches!(events.as_slice(), [Event::Rejected { .. }]);
            let was_live = match events.first() {
                Some(Event::Rejected { key, .. }) => before.exchange.order(*key).is_some(),
                _ => false,
            };
            if refused && before.exchange.now() == stamped.at {
                let (one, other) = (&before.exchange, &floor.exchange);
                assert_eq!(format!("{one:?}"), format!("{other:?}"), "{stamped:?} {was_live}");
            }
        }
    }
}

/// The exchange and the plain reference are asked the same and answer the same, event by event.
/// `PITFLOOR_NIGHTLY_WORLDS` says how many worlds of each kind are tried instead of the usual.
#[test]
fn the_plain_reference_tells_the_same() {
    let worlds = std::env::var("PITFLOOR_NIGHTLY_WORLDS").ok().and_then(|n| n.parse().ok());
    for profile in Profile::ALL {
        for seed in 0..worlds.unwrap_or(WORLDS) {
            let world = World::of(profile, seed);
            let history: Vec<Stamped> = world.history(seed ^ 0x0DD5).take(HISTORY).collect();
            if let Some(what) = first_difference(&world, &history) {
                let shortest = shrink_history(&world, history);
                let told: Vec<String> = shortest
                    .iter()
                    .map(|s| format!("at {}\n{}", s.at.0, story::write(&s.command)))
                    .collect();
                let what = first_difference(&world, &shortest).unwrap_or(what);
                let rules = &world.venue().instruments()[0].rules;
                panic!("{profile:?} {seed} differs:\n{}\n{what}\n{rules:?}", told.join("\n"));
            }
        }
    }
}

fn first_difference(world: &World, history: &[Stamped]) -> Option<String> {
    let mut exchange = Exchange::new(world.venue().clone());
    let mut plain = Reference::new(world.venue().clone());
    let mut events = Vec::new();
    for stamped in history {
        events.clear();
        exchange.apply(stamped, &mut events);
        let plainly = plain.apply(stamped);
        if events != plainly {
            let lines =
                |events: &[Event]| -> Vec<String> { events.iter().map(story::tell).collect() };
            let (told, plainly) = (lines(&events), lines(&plainly));
            return Some(format!("told    {told:?}\nplainly {plainly:?}"));
        }
    }
    None
}

/// Leaves out whatever is not needed for a difference; moments stay.
fn shrink_history(world: &World, mut history: Vec<Stamped>) -> Vec<Stamped> {
    let mut size = history.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < history.len() {
            let mut shorter = history.clone();
            shorter.drain(from..(from + size).min(history.len()));
            if first_difference(world, &shorter).is_some() {
                history = shorter;
            } else {
                from += size;
            }
        }
        size /= 2;
    }
    history
}
