//! The realism report on a recorded day: AMZN on 2012-06-21, top of the book (LOBSTER sample).
//!
//! The expected figures were computed once by other code from the same files; each must come out to
//! one in the last digit shown. The recording is not part of the repository; where it is absent, the
//! tests say so and end.

use pitfloor_data::tape::{Kind, Options, kind, read};
use pitfloor_facts::catalogue::Class;
use pitfloor_facts::tape::Tape;
use pitfloor_facts::verdict::{Report, Verdict};
use std::path::PathBuf;

fn shared(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let path = root.join("data/lobster").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

fn amazon() -> Option<Tape> {
    let messages = shared("AMZN_2012-06-21_34200000_57600000_message_1.csv.zst")?;
    let book = shared("AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.zst")?;
    Some(read(&[messages, book], &Options::default()).expect("the recording is sound"))
}

/// The table of the page on validity: fact, figure (empty: its value), what was found, in the digits
/// shown.
const TABLE: &[(&str, &str, &str)] = &[
    ("F1", "ρ(1)", ".054"),
    ("F1", "ρ(2)", "-.009"),
    ("F1", "ρ(3)", ".020"),
    ("F2", "excess kurtosis, 1 s", "32.0"),
    ("F2", "Hill 5%, 1 s", "2.99"),
    ("F2", "", "5.57"),
    ("F2", "Hill 5%", "3.72"),
    ("F2", "excess kurtosis, 60 s", "3.36"),
    ("F2", "Hill 5%, 60 s", "2.84"),
    ("F5", "", "4.28"),
    ("F6", "", ".147"),
    ("F6", "ρ(5)", ".091"),
    ("F6", "ρ(10)", ".069"),
    ("F6", "ρ(20)", ".043"),
    ("F8", "", ".44"),
    ("F8", "DFA H of |r|", ".68"),
    ("F9", "", ".04"),
    ("F10", "", ".34"),
    ("M1", "", ".725"),
    ("M1", "C(1)", ".62"),
    ("M1", "C(5)", ".22"),
    ("M1", "C(10)", ".079"),
    ("M1", "C(50)", ".018"),
    ("M5", "R(1)", ".0157"),
    ("M5", "R(10)", ".0464"),
    ("M5", "R(100)", ".0512"),
    ("M5", "R(500)", ".0284"),
    ("M5", "", "3.27"),
    ("M5", "R(500)/R(100)", ".55"),
    ("M6", "", "2.6"),
    ("M12", "k of events", ".29"),
    ("M12", "", ".28"),
    ("M12", "Fano 1 s", "5.3"),
    ("M12", "Fano 10 s", "9.3"),
    ("M12", "Fano 100 s", "32.4"),
    ("M13", "", ".82"),
    ("M14", "", "1.30"),
    ("M14", "last / median", "3.45"),
    ("M16", "Roll", ".013"),
    ("M16", "effective", ".095"),
    ("M17", "", ".29"),
    ("M17", "ΔP(up) from every row", ".22"),
    ("M18", "", "1.6"),
    ("M19", "", "1.00"),
];

#[test]
fn a_recorded_day_has_the_figures_that_others_found() {
    let Some(tape) = amazon() else { return };
    assert_eq!(tape.trades().count(), 6_591, "8 974 fills are so many trades");
    let noted = tape.noted;
    assert_eq!((noted.hidden, noted.crossed, noted.locked, noted.gaps), (2_445, 0, 0, 0));
    let report = Report::of(&[tape]);
    for (id, figure, expected) in TABLE {
        let judged = report.fact(id).expect("it is in the catalogue");
        let found = match *figure {
            "" => judged.value,
            name => judged.parts.iter().find(|part| part.name == name).and_then(|p| p.value),
        };
        let found = found.unwrap_or_else(|| panic!("{id} {figure} has a value"));
        let decimals = expected.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let (wanted, last): (f64, f64) =
            (expected.parse().expect("a number"), 10_f64.powi(-(decimals as i32)));
        // To one in the last digit, after rounding to it.
        let rounded = (found / last).round() * last;
        assert!((rounded - wanted).abs() <= last * 1.001, "{id} {figure}: {found} is {expected}");
    }
    // Every gate that the day can judge holds; the others are void, with their values told.
    let void = ["F4", "F8", "M1", "M5", "M14"];
    for judged in report.facts.iter() {
        let id = judged.fact.id;
        let gate = matches!(judged.fact.class, Class::Gate | Class::GateWhere(_));
        if void.contains(&id) {
            assert_eq!(judged.verdict, Verdict::Void, "{id}");
            assert_eq!(judged.seeds_hold, 1, "{id}: all its figures lie in their bands");
        } else if gate && judged.value.is_some() && id != "M6" {
            assert_eq!(judged.verdict, Verdict::Pass, "{id} {:?}", judged.parts);
        } else if gate {
            assert_eq!(judged.verdict, Verdict::Void, "{id} cannot be told from one such tape");
        }
    }
    assert_eq!(report.verdict, Verdict::Void, "a day is too little for the whole");
    let passing = report.facts.iter().filter(|judged| judged.verdict == Verdict::Pass).count();
    assert!(passing >= 9, "{passing}");
}

#[test]
fn files_are_known_by_what_is_in_them() {
    let Some(messages) = shared("AAPL_first998_message_10.csv") else { return };
    let Some(book) = shared("AAPL_first998_orderbook_10.csv.zst") else { return };
    assert_eq!(kind(&messages).unwrap(), Kind::Messages);
    assert_eq!(kind(&book).unwrap(), Kind::Book);
    // Any order will do; ten levels tell the shape of the book, which is thickest behind the best.
    let tape = read(&[book, messages], &Options::default()).unwrap();
    let shape = tape.shape.mean();
    assert!(tape.shape.snapshots >= 3 && shape.iter().sum::<f64>() > 1_000.0);
    let first = tape.days[0].open_ns;
    assert_eq!((first, tape.days[0].close_ns), (34_200_000_000_000, 57_600_000_000_000));
    // The file ends in the first minutes: that silence is told, and nothing is judged by it.
    assert!(tape.noted.gaps == 1 && tape.silent_share() > 0.9);
    let report = Report::of(&[tape]);
    assert!(report.facts.iter().all(|judged| judged.verdict == Verdict::Void));
    let why = format!("{:?}", report.fact("F1").unwrap().void);
    assert!(why.contains("silent for 100%"), "{why}");
}
