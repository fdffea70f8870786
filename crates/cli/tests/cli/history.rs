//! `pitfloor history lobster`: real Nasdaq orders through the exchange.

use crate::program::{folder, pitfloor, shared};

fn file(name: &str) -> Option<String> {
    shared(&format!("lobster/{name}")).map(|path| path.display().to_string())
}

#[test]
fn an_hour_of_aapl_agrees_with_the_recorded_book() {
    let names = [
        "AAPL_2012-06-21_34200000_37800000_message_50.csv.zst",
        "AAPL_2012-06-21_34200000_57600000_orderbook_1.csv.zst",
        "AAPL_first998_orderbook_10.csv.zst",
    ];
    let [Some(messages), Some(book), Some(opening)] = names.map(file) else { return };
    let at = folder();
    let args = [
        "history",
        "lobster",
        "--messages",
        &messages,
        "--book",
        &book,
        "--opening",
        &opening,
        "--check",
        "--json",
    ];
    let said = pitfloor(at.path(), args).well().json();
    assert_eq!(said["messages"], 91_997);
    assert_eq!(said["states"], 23_439);
    assert!(said["states_equal"].as_u64().unwrap() >= 23_422);
    assert_eq!(said["states_crossed"], 0);
    assert_eq!(said["hidden_executions"], 2_201);
    let (sent, same) =
        (said["aggressors"].as_f64().unwrap(), said["aggressors_same_maker"].as_f64().unwrap());
    assert!(sent > 4_000.0 && same / sent >= 0.994, "{same} of {sent}");
    assert_eq!(said["transitions"], serde_json::Value::Null, "what does not apply is null");
    assert!(said["messages_per_cpu_s"].as_f64().unwrap() > 0.0);
}

#[test]
fn ten_levels_agree_row_by_row() {
    let names = [
        "AAPL_2012-06-21_34200000_37800000_message_50.csv.zst",
        "AAPL_first998_orderbook_10.csv.zst",
        "AAPL_first998_message_10.csv",
    ];
    let [Some(messages), Some(book), Some(own)] = names.map(file) else { return };
    let at = folder();
    let args = [
        "history",
        "lobster",
        "--messages",
        &messages,
        "--book",
        &book,
        "--book-messages",
        &own,
        "--check",
        "--json",
    ];
    let said = pitfloor(at.path(), args).well().json();
    assert_eq!(
        (&said["rows"], &said["rows_equal"], &said["levels"]),
        (&998.into(), &998.into(), &10.into())
    );
}

#[test]
fn a_day_of_amzn_has_no_inconsistent_transition() {
    let names = [
        "AMZN_2012-06-21_34200000_57600000_message_1.csv.zst",
        "AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.zst",
    ];
    let [Some(messages), Some(book)] = names.map(file) else { return };
    let at = folder();
    let args =
        ["history", "lobster", "--messages", &messages, "--book", &book, "--check", "--json"];
    let said = pitfloor(at.path(), args).well().json();
    assert_eq!(
        (&said["transitions"], &said["transitions_inconsistent"]),
        (&57_514.into(), &0.into())
    );
    assert_eq!(said["transitions_revealed"], 13_953);
}

/// A record of our own: a bid and an ask, a trade, and a cancel.
const MESSAGES: &str = "34200.5,1,11,100,1000000,1\n34201,1,12,100,1000200,-1\n\
                        34202,4,12,40,1000200,-1\n34203,3,11,100,1000000,1\n";
const BOOK: &str = "9999999999,0,1000000,100\n1000200,100,1000000,100\n\
                    1000200,60,1000000,100\n1000200,60,-9999999999,0\n";

#[test]
fn a_record_of_our_own_agrees_and_a_false_one_does_not() {
    let at = folder();
    let write = |name: &str, text: &str| std::fs::write(at.path().join(name), text).unwrap();
    write("messages.csv", MESSAGES);
    write("book.csv", BOOK);
    write("false.csv", &BOOK.replace(",60,", ",61,"));
    let args = |book: &'static str| {
        ["history", "lobster", "--messages", "messages.csv", "--book", book, "--check", "--json"]
    };
    assert_eq!(pitfloor(at.path(), args("book.csv")).well().json()["transitions_inconsistent"], 0);
    let said = pitfloor(at.path(), args("false.csv"));
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.err.contains("transitions_inconsistent"), "{}", said.err);
}

#[test]
fn a_damaged_record_is_refused_with_file_line_and_field() {
    let at = folder();
    let table = [
        (MESSAGES.replace("34202,", "34100,"), "line 3"),
        (MESSAGES.replace(",4,12", ",9,12"), "line 3"),
        (MESSAGES.replace("1000200,-1\n34202", "1000250,-1\n34202"), "line 2"),
        (MESSAGES[..MESSAGES.len() - 12].to_owned(), "line 4"),
    ];
    for (text, line) in table {
        std::fs::write(at.path().join("m.csv"), &text).unwrap();
        let said = pitfloor(at.path(), ["history", "lobster", "--messages", "m.csv"]);
        assert_eq!(said.status, 2, "{text}: {}", said.err);
        for part in ["m.csv", line, "found", "expected"] {
            assert!(said.err.contains(part), "{part} in {}", said.err);
        }
    }
}

#[test]
fn agents_and_recorded_orders_trade_in_one_book() {
    let at = folder();
    std::fs::write(at.path().join("messages.csv"), MESSAGES).unwrap();
    let set = ["--set", "span=2m"];
    let args = [
        "history",
        "lobster",
        "--messages",
        "messages.csv",
        "--with",
        "far-apart",
        "--out",
        "w",
        "--json",
        "--quiet",
    ];
    let said = pitfloor(at.path(), args.iter().chain(&set)).well().json();
    assert!(said["trades"].as_u64().unwrap() > 10);
    assert!(said["departure"]["mean_abs_ticks"].is_number(), "{said}");
    let page = std::fs::read_to_string(at.path().join("w/report.html")).unwrap();
    assert!(page.contains("ecorded"), "the report tells of the record");
    let told =
        ["history", "lobster", "--messages", "messages.csv", "--with", "far-apart", "--quiet"];
    let told = pitfloor(at.path(), told.iter().chain(&set)).well().out;
    assert!(told.contains("departed from the record by"), "{told}");
    let replayed = pitfloor(at.path(), ["replay", "w", "--json"]).well().json();
    assert_eq!(replayed["digest"], said["digest"]);
}

#[test]
fn agents_beside_a_real_hour_move_the_market_away_from_it() {
    let Some(messages) = file("AAPL_2012-06-21_34200000_37800000_message_50.csv.zst") else {
        return;
    };
    let Some(opening) = file("AAPL_first998_orderbook_10.csv.zst") else { return };
    let at = folder();
    let args = [
        "history",
        "lobster",
        "--messages",
        &messages,
        "--opening",
        &opening,
        "--with",
        "far-apart",
        "--set",
        "instrument.ACME.price=585.33",
        "--set",
        "span=10m",
        "--out",
        "w",
        "--json",
        "--quiet",
    ];
    let said = pitfloor(at.path(), args).well().json();
    assert!(said["commands"].as_u64().unwrap() > 10_000);
    assert!(said["departure"]["compared_s"].as_f64().unwrap() > 590.0, "{}", said["departure"]);
}

#[test]
fn a_trigger_ends_a_run_beside_the_record_too() {
    let at = folder();
    std::fs::write(at.path().join("messages.csv"), MESSAGES).unwrap();
    let text = include_str!("../../../../scenarios/far-apart.toml");
    let stop = "\n[[trigger]]\nname = \"enough\"\ntrades = 100\nthen = [\"stop\"]\n";
    std::fs::write(at.path().join("mine.toml"), format!("{text}{stop}")).unwrap();
    let args =
        ["history", "lobster", "--messages", "messages.csv", "--with", "mine.toml", "--json"];
    let said = pitfloor(at.path(), args).well();
    assert!(said.err.contains("enough: ends the run at"), "{}", said.err);
    assert!((100..150).contains(&said.json()["trades"].as_u64().unwrap()));
}
