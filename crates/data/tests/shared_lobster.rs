//! The published LOBSTER samples through the real exchange. They may not be copied into the
//! repository, so the tests look for them in `PITFLOOR_SHARED` or beside the repository, and say so
//! when they are not there.

use pitfloor_data::error::DataError;
use pitfloor_data::history::{Check, Executions, HistoryReport, Options, Record, replay};
use pitfloor_data::lobster::{Action, BookReader, MessageReader};
use pitfloor_data::source::Source;
use pitfloor_exchange::{EventDigest, Exchange};
use pitfloor_model::event::Event;
use pitfloor_model::units::Span;
use std::path::PathBuf;

/// The folder of the samples, where it is there.
fn samples() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let shared = std::env::var_os("PITFLOOR_SHARED").map_or_else(beside, PathBuf::from);
    let samples = shared.join("data/lobster");
    if samples.is_dir() {
        return Some(samples);
    }
    println!("skipped: no samples in {}", samples.display());
    None
}

/// The hour of AAPL messages, opened with the ten levels that another sample shows.
fn aapl_hour(samples: &std::path::Path) -> Record {
    Record {
        messages: samples.join("AAPL_2012-06-21_34200000_37800000_message_50.csv.zst"),
        opening: Some(samples.join("AAPL_first998_orderbook_10.csv.zst")),
        ..Record::default()
    }
}

fn run(record: &Record, executions: Executions) -> HistoryReport {
    let options = Options { executions, ..Options::default() };
    replay(record, &options, &mut |_, _| {}).unwrap()
}

#[test]
fn the_best_quotes_of_the_aapl_hour_are_the_recorded_ones() {
    let Some(samples) = samples() else { return };
    let book = samples.join("AAPL_2012-06-21_34200000_57600000_orderbook_1.csv.zst");
    let record = Record { book: Some(book), ..aapl_hour(&samples) };
    for executions in [Executions::Recorded, Executions::Aggressive] {
        let report = run(&record, executions);
        println!("{executions:?}: {report:?}");
        assert_eq!(report.messages, 91_997);
        assert_eq!((report.trades, report.hidden_executions), (4_067, 2_201));
        assert_eq!(report.states, Some(23_439));
        assert!(report.states_equal >= Some(23_422), "{:?}", report.states_equal);
        assert_eq!(report.states_crossed, Some(0));
        assert_eq!((report.rows, report.transitions), (None, None));
        assert_eq!(report.failures(), Vec::<String>::new());
    }
}

#[test]
fn the_exchange_chooses_the_makers_that_traded() {
    let Some(samples) = samples() else { return };
    let report = run(&aapl_hour(&samples), Executions::Aggressive);
    let (all, same) = (report.aggressors.unwrap(), report.aggressors_same_maker.unwrap());
    println!("{same} of {all}; {:?}", report.skipped);
    assert_eq!((all, same), (4_055, 4_031));
    assert_eq!(report.failures(), Vec::<String>::new());
    assert_eq!(run(&aapl_hour(&samples), Executions::Recorded).aggressors, None);
}

#[test]
fn ten_levels_agree_in_every_row_of_the_first_minute() {
    let Some(samples) = samples() else { return };
    let record = Record {
        book: Some(samples.join("AAPL_first998_orderbook_10.csv.zst")),
        book_messages: Some(samples.join("AAPL_first998_message_10.csv")),
        opening: None,
        ..aapl_hour(&samples)
    };
    for executions in [Executions::Recorded, Executions::Aggressive] {
        let report = run(&record, executions);
        assert_eq!(
            (report.rows, report.rows_equal, report.levels),
            (Some(998), Some(998), Some(10))
        );
        assert_eq!(report.states_equal, None);
    }
}

#[test]
fn every_pair_of_rows_of_the_amzn_day_is_one_message_apart() {
    let Some(samples) = samples() else { return };
    let record = Record {
        messages: samples.join("AMZN_2012-06-21_34200000_57600000_message_1.csv.zst"),
        book: Some(samples.join("AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.zst")),
        ..Record::default()
    };
    for executions in [Executions::Recorded, Executions::Aggressive] {
        let report = run(&record, executions);
        println!("{report:?}");
        assert_eq!((report.messages, report.trades), (57_515, 8_974));
        assert_eq!(report.hidden_executions, 2_445);
        assert_eq!((report.transitions, report.levels), (Some(57_514), Some(1)));
        assert_eq!(report.transitions_inconsistent, Some(0));
        assert_eq!(report.transitions_revealed, Some(13_953));
        assert_eq!((report.states, report.rows), (None, None));
    }
}

/// What the observer is shown is the whole history: applied to a new exchange it gives the same
/// events and the same digest, dropped copies and all.
#[test]
fn the_commands_of_a_replay_replay() {
    let Some(samples) = samples() else { return };
    let mut history = Vec::new();
    let mut told: Vec<Event> = Vec::new();
    let options = Options::default();
    let report = replay(&aapl_hour(&samples), &options, &mut |stamped, events| {
        history.push(stamped.clone());
        told.extend_from_slice(events);
    })
    .unwrap();
    let venue = pitfloor_data::history::venue(&options.symbol, options.tick).unwrap();
    let (mut exchange, mut digest) = (Exchange::new(venue), EventDigest::new());
    let mut events = Vec::new();
    let mut all = Vec::new();
    for stamped in &history {
        events.clear();
        exchange.apply(stamped, &mut events);
        digest.fold(stamped, &events);
        all.extend_from_slice(&events);
    }
    assert_eq!(all, told);
    assert_eq!(digest.finish(), report.digest);
}

#[test]
fn every_sample_is_read_to_its_end() {
    let Some(samples) = samples() else { return };
    for (file, rows) in [
        ("AAPL_2012-06-21_34200000_37800000_message_50.csv.zst", 91_997),
        ("AAPL_first998_message_10.csv", 999),
        ("AMZN_2012-06-21_34200000_57600000_message_1.csv.zst", 57_515),
    ] {
        let file = samples.join(file);
        let messages: Vec<_> =
            MessageReader::open(&file).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(messages.len(), rows);
        assert_eq!(Source::count_rows(&file).unwrap(), rows as u64);
    }
    for (file, rows, levels) in [
        ("AAPL_2012-06-21_34200000_57600000_orderbook_1.csv.zst", 118_497, 1),
        ("AAPL_first998_orderbook_10.csv.zst", 999, 10),
        ("AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.zst", 57_515, 1),
    ] {
        let mut reader = BookReader::open(&samples.join(file)).unwrap();
        let read = reader.by_ref().collect::<Result<Vec<_>, _>>().unwrap().len();
        assert_eq!((read, reader.levels()), (rows, Some(levels)));
    }
}

#[test]
fn times_of_the_samples_are_exact() {
    let Some(samples) = samples() else { return };
    let file = samples.join("AMZN_2012-06-21_34200000_57600000_message_1.csv.zst");
    let messages: Vec<_> = MessageReader::open(&file).unwrap().map(Result::unwrap).collect();
    assert_eq!(messages[0].at, Span(34_200_017_459_617));
    assert_eq!(messages.last().unwrap().at, Span(57_599_959_359_650));
    assert!(matches!(messages[0].action, Action::Hidden(print) if print.price.0 == 2_238_200));
}

/// A sample cut anywhere inside its compressed stream is refused, not read as a shorter day.
#[test]
fn a_cut_sample_is_refused() {
    let Some(samples) = samples() else { return };
    let whole = std::fs::read(samples.join("AAPL_first998_orderbook_10.csv.zst")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.csv.zst");
    for cut in [whole.len() - 1, whole.len() / 2, 20] {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let refused = BookReader::open(&file)
            .and_then(|reader| reader.collect::<Result<Vec<_>, _>>())
            .unwrap_err();
        let DataError::Bad(bad) = refused else { panic!("the record is at fault: {refused}") };
        assert_eq!(bad.field, "compressed stream");
    }
}

#[test]
fn the_check_can_be_asked_for_by_name() {
    let Some(samples) = samples() else { return };
    let record = Record {
        messages: samples.join("AAPL_first998_message_10.csv"),
        book: Some(samples.join("AAPL_first998_orderbook_10.csv.zst")),
        ..Record::default()
    };
    let options = Options { check: Some(Check::Transitions), ..Options::default() };
    let report = replay(&record, &options, &mut |_, _| {}).unwrap();
    println!("{report:?}");
    assert_eq!((report.transitions, report.transitions_inconsistent), (Some(998), Some(0)));
}
