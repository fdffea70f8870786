//! Any bytes are a history that both engines tell alike, and in which the invariants hold.
//!
//! A fuzzer chooses the bytes in `fuzz/`; here a plain stream of random numbers does, and the seeds
//! that are kept in `fuzz/corpus/commands` are played as well.

use crate::pit::difference;
use pitfloor_exchange::Exchange;
use pitfloor_testkit::{Invariants, Reference, bytes, story};

/// Plays the history that `input` stands for; says how many commands it has.
///
/// # Errors
///
/// The first thing that is wrong, and the story up to there.
pub(crate) fn play(input: &[u8]) -> Result<usize, String> {
    let (world, history) = bytes::history(input);
    let venue = world.venue();
    let (mut exchange, mut plain) = (Exchange::new(venue.clone()), Reference::new(venue.clone()));
    let mut invariants = Invariants::new(venue.clone());
    let mut events = Vec::new();
    for (at, stamped) in history.iter().enumerate() {
        events.clear();
        exchange.apply(stamped, &mut events);
        let plainly = plain.apply(stamped);
        let wrong = if events == plainly {
            let broken = invariants.look(stamped, &events).err().map(|broken| broken.to_string());
            broken.or_else(|| difference(&exchange, &plain))
        } else {
            Some(format!("told {events:#?}\nplainly {plainly:#?}"))
        };
        if let Some(wrong) = wrong {
            let said = history[..=at].iter().map(|stamped| {
                format!("at {}\n{}\n", stamped.at.0, story::write(&stamped.command))
            });
            let said: String = said.collect();
            return Err(format!("{said}{wrong}\non {:#?}", venue.instruments()));
        }
    }
    Ok(history.len())
}

#[cfg(test)]
mod tests {
    use super::play;
    use pitfloor_testkit::generate::Dice;
    use std::fs;
    use std::path::PathBuf;

    /// How many strings of random bytes.
    const STRINGS: u64 = 4_000;

    /// No string is longer: four bytes choose the world, sixteen a command.
    const LENGTH_MAX: u64 = 4 + 16 * 100;

    #[test]
    fn random_bytes_are_told_alike() {
        let mut commands = 0;
        for seed in 0..STRINGS {
            let mut dice = Dice::new(seed);
            let length = dice.below(LENGTH_MAX + 1);
            let input: Vec<u8> = (0..length).map(|_| dice.below(256) as u8).collect();
            commands += play(&input).unwrap_or_else(|wrong| panic!("string {seed}: {wrong}"));
        }
        assert!(commands > 20 * STRINGS as usize, "only {commands} commands");
    }

    #[test]
    fn the_kept_seeds_are_told_alike() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/commands");
        let mut seeds = 0;
        for entry in fs::read_dir(folder).expect("the seeds are there") {
            let path = entry.expect("it can be read").path();
            let input = fs::read(&path).expect("a seed can be read");
            play(&input).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
            seeds += 1;
        }
        assert!(seeds >= 5, "only {seeds} seeds are kept");
    }
}
