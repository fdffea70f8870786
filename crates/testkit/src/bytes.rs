//! Bytes into histories, so that whoever makes bytes (a fuzzer) makes histories.
//!
//! Any bytes will do. The first four choose a world; each sixteen after them are one command, whose
//! first throws of the dice they decide: a byte that changes changes one command, and mostly one
//! thing about it. What is missing at the end counts as zeros.

use crate::generate::{Clock, Dice, Profile, World};
use pitfloor_model::command::Stamped;

/// The most commands that bytes become, besides the opening; what follows is not looked at.
pub const COMMANDS_MAX: usize = 4_096;

/// How many bytes choose the world.
const HEAD: usize = 4;

/// The world and the history, opening included, that `bytes` stand for.
#[must_use]
pub fn history(bytes: &[u8]) -> (World, Vec<Stamped>) {
    let (head, body) = bytes.split_at(HEAD.min(bytes.len()));
    let mut seed = [0; HEAD];
    seed[..head.len()].copy_from_slice(head);
    let profile = Profile::ALL[usize::from(seed[0]) % Profile::ALL.len()];
    let world = World::of(profile, u64::from(u32::from_le_bytes(seed)));
    let (mut clock, mut dice) = (Clock::new(), Dice::new(0));
    let stamp = |command| clock.stamp(command, &mut dice);
    let mut history: Vec<Stamped> = world.opening().into_iter().map(stamp).collect();
    for frame in body.chunks(Dice::LOAD).take(COMMANDS_MAX) {
        let mut load = [0; Dice::LOAD];
        load[..frame.len()].copy_from_slice(frame);
        let mut dice = Dice::loaded(load);
        let command = world.full_command(&mut dice);
        history.push(clock.stamp(command, &mut dice));
    }
    (world, history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::write;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn lines(bytes: &[u8]) -> Vec<String> {
        let (world, history) = history(bytes);
        history[world.opening().len()..].iter().map(|stamped| write(&stamped.command)).collect()
    }

    #[test]
    fn no_bytes_are_an_opening() {
        let (world, history) = history(&[]);
        assert_eq!(history.len(), world.opening().len());
        assert!(!history.is_empty());
    }

    #[test]
    fn a_byte_changes_one_command() {
        let bytes: Vec<u8> = (0..HEAD + Dice::LOAD * 20).map(|n| (n * 37 % 251) as u8).collect();
        let before = lines(&bytes);
        assert_eq!(before.len(), 20);
        let mut differ = 0;
        for at in HEAD..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let after = lines(&changed);
            for (n, (one, other)) in before.iter().zip(&after).enumerate() {
                if n == (at - HEAD) / Dice::LOAD {
                    differ += u32::from(one != other);
                } else if !one.contains("gtd") {
                    assert_eq!(one, other, "byte {at} is none of command {n}");
                }
            }
        }
        assert!(differ > 200, "only {differ} of 320 bytes matter");
    }

    #[test]
    fn the_first_byte_chooses_what_it_is_about() {
        let worlds: BTreeSet<String> =
            (0..=255).map(|n| format!("{:?}", history(&[n]).0.venue())).collect();
        assert_eq!(worlds.len(), 256);
    }

    #[test]
    fn there_is_an_end_to_it() {
        assert_eq!(lines(&vec![0xA5; 1 << 20]).len(), COMMANDS_MAX);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_history(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let (_, history) = history(&bytes);
            prop_assert!(history.windows(2).all(|pair| pair[0].at <= pair[1].at));
            prop_assert!((0..).zip(&history).all(|(seq, stamped)| stamped.seq == seq));
            let again = super::history(&bytes).1;
            prop_assert_eq!(history, again);
        }
    }
}
