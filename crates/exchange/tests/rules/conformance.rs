//! Plays the tapes of `conformance.txt`: commands, the events they must cause, and the book after
//! each, in plain text, so that another engine can run them as well.
//!
//! Each tape begins on an empty book with accounts 1 to 9 open on credit. `> ` is a command in the
//! language of stories, `= ` the levels after it (bids best first, `|`, asks best first), everything
//! else an event.

use crate::pit::Pit;

const TAPES: &str = include_str!("conformance.txt");

#[test]
fn the_exchange_plays_the_conformance_tapes() {
    let mut tapes = 0;
    for tape in TAPES.split("\n## ").skip(1) {
        let (title, lines) = tape.split_once('\n').expect("a tape has lines");
        play(title, lines);
        tapes += 1;
    }
    assert_eq!(tapes, 34, "the whole list is there");
}

fn play(title: &str, lines: &str) {
    let mut pit = Pit::open();
    let mut told: Vec<String> = Vec::new();
    let mut after = String::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        if let Some(command) = line.strip_prefix("> ") {
            assert!(told.is_empty(), "{title}: after {after:?} came also {told:?}");
            told = pit.play(command);
            told.reverse();
            after = command.to_owned();
        } else if let Some(book) = line.strip_prefix("= ") {
            assert!(told.is_empty(), "{title}: after {after:?} came also {told:?}");
            assert_eq!(pit.book(), book, "{title}: the book after {after:?}");
        } else {
            assert_eq!(told.pop().as_deref(), Some(line), "{title}: after {after:?}");
        }
    }
    assert!(told.is_empty(), "{title}: after {after:?} came also {told:?}");
}
