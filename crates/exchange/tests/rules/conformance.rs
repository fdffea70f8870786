//! Plays the tapes of `conformance/` on the exchange and on the plain reference: commands, the events
//! they must cause, and the levels after each. What a tape looks like is in `conformance/README.md`.
//!
//! To add one, write its commands and what they must cause; [`fills_in_what_a_tape_leaves_open`]
//! writes the rest into the file, to be read before it is believed.

mod told;

use crate::pit::{ACME, difference};
use pitfloor_exchange::Exchange;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::units::{Side, Time};
use pitfloor_testkit::{Invariants, Reference, story};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};
use told::Told;

/// The files and how many tapes each has: none is lost unnoticed.
const FILES: [(&str, usize); 15] = [
    ("01-book", 34),
    ("02-orders", 34),
    ("03-stops", 25),
    ("04-icebergs", 12),
    ("05-pegs", 14),
    ("06-lists", 18),
    ("07-self-trade", 15),
    ("08-changes", 15),
    ("09-phases", 14),
    ("10-auctions", 27),
    ("11-batches", 8),
    ("12-allocation", 19),
    ("13-guards", 17),
    ("14-refusals", 13),
    ("15-mistakes", 10),
];

/// The tapes about clearing, in a folder of their own.
const CLEARING: (&str, usize) = ("../clearing/chapters", 10);

/// The page whose rules they name.
const CLEARING_PAGE: &str = include_str!("../../../../docs/CLEARING.md");

/// The numbered rules, of which every one has a tape.
const RULES: &str = include_str!("../../../../conformance/RULES.md");

/// The page that says what there is.
const README: &str = include_str!("../../../../conformance/README.md");

/// The page whose sections the tapes name.
const PAGE: &str = include_str!("../../../../docs/RULES.md");

/// One tape of a file.
struct Tape<'a> {
    title: &'a str,
    /// The numbers of the rules that it shows, and the section of `docs/RULES.md` they are in.
    rules: Vec<&'a str>,
    section: &'a str,
    /// The market, in `rules` and `limits` lines.
    head: String,
    steps: Vec<Step<'a>>,
}

/// A command, what it must cause, and the levels after it.
struct Step<'a> {
    command: &'a str,
    events: Vec<&'a str>,
    book: Option<&'a str>,
}

fn path(file: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join(format!("../../conformance/tapes/{file}.tape"))
}

fn text(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The tapes of a file, and the words before the first.
fn read(text: &str) -> (&str, Vec<Tape<'_>>) {
    let (before, tapes) = text.split_once("\n## ").expect("a file has tapes");
    (before, tapes.split("\n## ").map(read_tape).collect())
}

fn read_tape(text: &str) -> Tape<'_> {
    let (title, lines) = text.split_once('\n').expect("a tape has lines");
    let mut tape = Tape { title, rules: vec![], section: "", head: String::new(), steps: vec![] };
    for line in lines.lines().filter(|line| !line.is_empty()) {
        if let Some(shown) = line.strip_prefix(": ") {
            let (rules, section) = shown.split_once(" of ").expect("rules of a section");
            (tape.rules, tape.section) = (rules.split(' ').collect(), section);
        } else if line.starts_with("rules ") || line.starts_with("limits ") || line == "cleared" {
            assert!(tape.steps.is_empty(), "{title}: the market is set up first");
            tape.head += &format!("{line}\n");
        } else if let Some(command) = line.strip_prefix("> ") {
            tape.steps.push(Step { command, events: vec![], book: None });
        } else {
            let step = tape.steps.last_mut().expect("a command comes before its events");
            match line.strip_prefix('=') {
                Some(book) => step.book = Some(book.trim()),
                None => step.events.push(line),
            }
        }
    }
    tape
}

/// Both engines, and whoever watches them.
struct Floor {
    exchange: Exchange,
    plain: Reference,
    invariants: Invariants,
    at: Time,
    commands: u64,
}

impl Floor {
    /// The market of a tape, in which accounts 1 to 9 have credit.
    fn open(head: &str) -> Self {
        let venue = story::venue_of(head);
        let mut floor = Self {
            exchange: Exchange::new(venue.clone()),
            plain: Reference::new(venue.clone()),
            invariants: Invariants::new(venue),
            at: Time::ZERO,
            commands: 0,
        };
        for account in 1..=9 {
            floor.play(&format!("open {account} credit")).expect("it is the same to both");
        }
        floor
    }

    /// What both say to a line; or in what they differ, or what cannot be.
    fn play(&mut self, line: &str) -> Result<Vec<Event>, String> {
        if let Some(moment) = line.strip_prefix("at ") {
            self.at = Time(moment.parse().expect("a moment is a number"));
            return Ok(vec![]);
        }
        let [read] = &story::read(line)[..] else { panic!("one command to a line: {line}") };
        let stamped = Stamped { seq: self.commands, at: self.at, command: read.command.clone() };
        self.commands += 1;
        let mut events = Vec::new();
        self.exchange.apply(&stamped, &mut events);
        let plainly = self.plain.apply(&stamped);
        if events != plainly {
            let (told, plainly) = (tell(&events), tell(&plainly));
            return Err(format!("told:\n{told}\nplainly:\n{plainly}"));
        }
        self.invariants.look(&stamped, &events).map_err(|broken| broken.to_string())?;
        difference(&self.exchange, &self.plain).map_or(Ok(events), Err)
    }

    /// The levels of ACME, best first: bids, a bar, asks.
    fn book(&self) -> String {
        let side = |side| -> Vec<String> {
            let levels = self.exchange.levels(ACME, side);
            levels.map(|level| format!("{}x{}", level.price.0, level.qty.0)).collect()
        };
        format!("{} | {}", side(Side::Buy).join(" "), side(Side::Sell).join(" ")).trim().to_owned()
    }
}

fn tell(events: &[Event]) -> String {
    events.iter().map(story::tell).collect::<Vec<_>>().join("\n")
}

/// Plays a tape; what is otherwise than it says.
fn play(tape: &Tape<'_>, told: &mut Told) -> Vec<String> {
    let mut floor = Floor::open(&tape.head);
    let mut wrong = Vec::new();
    for step in &tape.steps {
        let said = format!("{}: after {:?}", tape.title, step.command);
        let events = match floor.play(step.command) {
            Ok(events) => events,
            Err(differ) => {
                wrong.push(format!("{said} the two differ: {differ}"));
                return wrong;
            }
        };
        told.hear(&events);
        let (expected, found) = (step.events.join("\n"), tell(&events));
        if expected != found {
            wrong.push(format!("{said} expected\n{expected}\nfound\n{found}"));
        }
        let expected = if step.command.starts_with("at ") { None } else { Some(floor.book()) };
        if step.book != expected.as_deref() {
            wrong.push(format!("{said} the levels are {expected:?}, not {:?}", step.book));
        }
    }
    wrong
}

#[test]
fn the_exchange_and_the_reference_play_every_tape() {
    let (mut told, mut wrong) = (Told::default(), Vec::new());
    for (file, count) in FILES.into_iter().chain([CLEARING]) {
        let text = text(file);
        let (_, tapes) = read(&text);
        assert_eq!(tapes.len(), count, "tapes in {file}");
        wrong.extend(tapes.iter().flat_map(|tape| play(tape, &mut told)));
    }
    assert!(wrong.is_empty(), "{}\n{} steps are wrong", wrong.join("\n\n"), wrong.len());
    told.everything();
}

#[test]
fn every_file_is_played() {
    let folder = path("").parent().expect("the tapes have a folder").to_owned();
    let found: BTreeSet<String> = fs::read_dir(folder)
        .expect("the tapes are there")
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, FILES.map(|(file, _)| format!("{file}.tape")).into());
    let all: usize = FILES.iter().map(|(_, count)| count).sum();
    assert!(README.contains(&format!(" {all} of orders")), "the page says how many there are");
    for (file, count) in FILES {
        let row = format!("| [{file}](tapes/{file}.tape) | {count} |");
        assert!(README.contains(&row), "the page has no row {row:?}");
    }
}

/// A tape shows rules that are written down, and every rule that is written down is shown.
#[test]
fn every_rule_has_a_tape_and_every_tape_a_rule() {
    let numbered = RULES.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
    let written: BTreeSet<&str> =
        numbered.map(|(number, _)| number).filter(|number| *number != "rule").collect();
    let mut shown = BTreeSet::new();
    for (file, _) in FILES {
        let text = text(file);
        for tape in read(&text).1 {
            assert!(!tape.rules.is_empty(), "{}: of which rule?", tape.title);
            let section = format!("# {}\n", tape.section);
            assert!(PAGE.contains(&section), "{}: no section {}", tape.title, tape.section);
            shown.extend(tape.rules.iter().map(|rule| (*rule).to_owned()));
        }
    }
    let shown: BTreeSet<&str> = shown.iter().map(String::as_str).collect();
    assert_eq!(shown, written);
}

/// Every chapter of the page about clearing has a tape, and every tape rules of its chapter.
#[test]
fn every_chapter_of_clearing_has_a_tape() {
    let text = text(CLEARING.0);
    let tapes = read(&text).1;
    let shown: BTreeSet<&str> = tapes.iter().map(|tape| tape.section).collect();
    let chapters = CLEARING_PAGE.lines().filter_map(|line| line.strip_prefix("## "));
    assert_eq!(shown, chapters.collect());
    for tape in &tapes {
        let heading = format!("## {}\n", tape.section);
        let (_, chapter) = CLEARING_PAGE.split_once(&heading).expect("the chapter is there");
        for rule in &tape.rules {
            assert!(CLEARING_PAGE.contains(&format!("**{rule}**")), "{rule} of {}", tape.title);
        }
        let own = chapter.split("\n## ").next().unwrap_or_default();
        let first = tape.rules.first().expect("a rule");
        assert!(own.contains(&format!("**{first}**")), "{first} is not of {}", tape.section);
    }
}

/// Writes events and levels into the tapes where they have none. What is said already stays.
#[test]
#[ignore = "it writes into conformance/tapes"]
fn fills_in_what_a_tape_leaves_open() {
    for (file, _) in FILES.into_iter().chain([CLEARING]) {
        let text = text(file);
        let (before, tapes) = read(&text);
        let mut filled = format!("{}\n", before.trim_end());
        for tape in &tapes {
            filled += &fill_in(tape);
        }
        let again = read(&filled).1;
        assert_eq!(again.len(), tapes.len(), "no tape is lost");
        fs::write(path(file), &filled).expect("the tapes can be written");
    }
}

fn fill_in(tape: &Tape<'_>) -> String {
    let shown = format!(": {} of {}", tape.rules.join(" "), tape.section);
    let mut text = format!("\n## {}\n{shown}\n{}", tape.title, tape.head);
    let mut floor = Floor::open(&tape.head);
    for step in &tape.steps {
        let found = floor.play(step.command).unwrap_or_else(|differ| panic!("{differ}"));
        let events = if step.events.is_empty() { tell(&found) } else { step.events.join("\n") };
        text += &format!("> {}\n", step.command);
        if !events.is_empty() {
            let book = format!("= {}", step.book.map_or_else(|| floor.book(), str::to_owned));
            text += &format!("{events}\n{}\n", book.trim_end());
        }
    }
    text
}
