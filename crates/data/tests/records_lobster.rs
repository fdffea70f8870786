//! LOBSTER files in the one shape of all readers.

mod shared;

use pitfloor_data::lobster::LobsterRecords;
use pitfloor_data::record::{Clock, Moment, State, What};
use pitfloor_data::records::Records;
use std::collections::BTreeMap;

fn kind(what: &What) -> &'static str {
    match what {
        What::Add(_) => "submit",
        What::Reduce(_) => "partial_cancel",
        What::Delete(_) => "delete",
        What::Execute(_) => "exec_visible",
        What::Trade(_) => "exec_hidden",
        _ => "other",
    }
}

#[test]
fn a_recorded_day_is_so_many_of_each() {
    let Some(set) = shared::set("lobster") else { return };
    let file = set.join("AMZN_2012-06-21_34200000_57600000_message_1.csv.zst");
    let mut records = LobsterRecords::open(&file).unwrap();
    let mut mix: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut first, mut last) = (None, Moment(0));
    for record in records.by_ref() {
        let record = record.unwrap();
        *mix.entry(kind(&record.what)).or_default() += 1;
        first.get_or_insert(record.at);
        assert!(record.at >= last, "time goes on");
        last = record.at;
    }
    let expected = [
        ("delete", 18_235),
        ("exec_hidden", 2_445),
        ("exec_visible", 8_974),
        ("partial_cancel", 16),
        ("submit", 27_845),
    ];
    assert_eq!(mix, expected.into());
    assert_eq!((records.so_far().read, records.so_far().skipped_in_all()), (57_515, 0));
    assert_eq!((records.symbols().all()[0].name.as_str(), records.clock()), ("AMZN", Clock::Utc));
    // 34200.017459617 s after midnight in New York on 2012-06-21, four hours behind UTC.
    let midnight = 1_340_251_200_000_000_000_i64;
    assert_eq!(first.unwrap().0 - midnight, 34_200_017_459_617);
    assert_eq!(last.0 - midnight, 57_599_959_359_650);
}

#[test]
fn a_renamed_file_does_not_know_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.csv");
    std::fs::write(&file, "1.5,1,7,100,5853300,-1\n").unwrap();
    let records = LobsterRecords::open(&file).unwrap();
    assert_eq!(
        (records.clock(), records.symbols().all()[0].name.as_str()),
        (Clock::Midnight, "RECORD")
    );
    let at: Vec<Moment> = records.map(|record| record.unwrap().at).collect();
    assert_eq!(at, [Moment(1_500_000_000)]);
}

#[test]
fn nothing_comes_after_damage() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ACME_2012-01-20_0_1_message_1.csv");
    std::fs::write(&file, "1.5,7,0,1,-1,-1\n2,1,7,100,5853300,-1\n1,1,8,1,1,1\n3,1,9,1,1,1\n")
        .unwrap();
    let mut records = LobsterRecords::open(&file).unwrap();
    let halt = records.next().unwrap().unwrap();
    assert!(matches!(halt.what, What::Status(status) if status.state == State::Halted));
    assert_eq!(halt.at, Moment(1_327_035_601_500_000_000), "five hours behind UTC in winter");
    assert!(records.next().unwrap().is_ok());
    let said = records.next().unwrap().unwrap_err().to_string();
    assert!(said.contains("line 3, time: found 1.000000000, expected no earlier"), "{said}");
    assert!(records.next().is_none());
    assert_eq!((records.stands_at(), records.so_far().given), (3, 2));
    assert!(LobsterRecords::open(&file).unwrap().whole().is_err(), "all or nothing");
}
