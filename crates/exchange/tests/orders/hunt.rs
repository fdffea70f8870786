//! Random histories over everything that may be asked: whatever happens, the books hold together,
//! and the events alone tell what each order has left.

use crate::floor::Floor;
use pitfloor_model::event::Event;
use pitfloor_testkit::generate::{Profile, World};
use pitfloor_testkit::story;

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
