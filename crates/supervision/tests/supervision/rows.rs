//! Rules as rows with dates: what is refused, what holds when, what a file changes.

use jiff::civil::date;
use pitfloor_supervision::known::{LuldSays, SettlementSays};
use pitfloor_supervision::rows::{BadRows, Rows, Status};

/// Rows of a rule nobody knows, one per line: first day, last day or `-`.
fn text(rows: &[(&str, &str)]) -> String {
    let row = |(from, to): &(&str, &str)| {
        let to = if *to == "-" { String::new() } else { format!("valid_to = {to}\n") };
        format!(
            "[[rule]]\nrule_id = \"r\"\nmarket = \"M\"\nvalid_from = {from}\n{to}\
             status = \"confirmed\"\nsource = \"s\"\nparameters = {{ n = 1 }}\n"
        )
    };
    rows.iter().map(row).collect()
}

#[test]
fn rows_that_follow_each_other_are_taken_in_any_order() {
    let rows = Rows::parse(&text(&[("2021-01-01", "-"), ("2020-01-01", "2020-12-31")])).unwrap();
    let found = |day| rows.row("r", "M", day).map(|row| row.valid_from);
    assert_eq!(found(date(2020, 1, 1)), Ok(date(2020, 1, 1)));
    assert_eq!(found(date(2020, 12, 31)), Ok(date(2020, 1, 1)));
    assert_eq!(found(date(2021, 1, 1)), Ok(date(2021, 1, 1)));
    assert_eq!(found(date(2999, 1, 1)), Ok(date(2021, 1, 1)));
}

#[test]
fn an_overlap_is_refused_with_the_rule_and_both_rows() {
    for to in ["2021-01-01", "-"] {
        let refused = Rows::parse(&text(&[("2020-01-01", to), ("2021-01-01", "-")])).unwrap_err();
        assert!(matches!(refused, BadRows::Overlap { .. }), "{refused}");
        let told = refused.to_string();
        for part in ["r (M)", "2020-01-01", "from 2021-01-01 on"] {
            assert!(told.contains(part), "{told}");
        }
    }
}

#[test]
fn a_gap_is_refused_with_the_rule_and_both_rows() {
    let rows = [("2020-01-01", "2020-12-30"), ("2021-01-01", "-")];
    let told = Rows::parse(&text(&rows)).unwrap_err().to_string();
    assert_eq!(
        told,
        "rule r (M): no row holds between 2020-01-01 to 2020-12-30 and from 2021-01-01 on"
    );
}

#[test]
fn a_row_that_ends_before_it_begins_is_refused() {
    let refused = Rows::parse(&text(&[("2020-01-02", "2020-01-01")])).unwrap_err();
    assert!(matches!(refused, BadRows::Backwards(_)), "{refused}");
}

#[test]
fn a_day_without_a_row_is_refused_and_not_guessed() {
    let rows = Rows::parse(&text(&[("2020-01-01", "2020-12-31")])).unwrap();
    for day in [date(2019, 12, 31), date(2021, 1, 1)] {
        let told = rows.row("r", "M", day).unwrap_err().to_string();
        assert_eq!(
            told,
            format!("rule r (M): no row holds on {day} (rows: 2020-01-01 to 2020-12-31)")
        );
    }
    assert!(matches!(rows.row("r", "N", date(2020, 1, 1)), Err(BadRows::NoRule(_))));
    let refused = rows.from::<toml::Table>("r", "M", date(2020, 6, 1)).unwrap_err();
    assert!(refused.to_string().contains("2021-01-01"), "a run has no last day: {refused}");
}

#[test]
fn what_is_not_a_row_is_refused() {
    let good = text(&[("2020-01-01", "-")]);
    for (from, to) in [
        ("rule_id", "rule_di"),
        ("2020-01-01", "2020-13-01"),
        ("2020-01-01", "\"1st of May\""),
        ("2020-01-01", "2020-01-01T00:00:00"),
        ("confirmed", "certain"),
        ("parameters = { n = 1 }", "parameters = 1"),
        ("source = \"s\"", ""),
    ] {
        let refused = Rows::parse(&good.replace(from, to));
        assert!(matches!(refused, Err(BadRows::Text(_))), "{from} -> {to}: {refused:?}");
    }
}

#[test]
fn parameters_that_a_known_rule_cannot_have_are_refused() {
    let shipped = Rows::shipped().text();
    for (from, to, what) in [
        ("tier_1_bips = 500", "tier_1_bips = 5001", "tier_1_bips is 5001, expected 1 to 5000"),
        ("limit_state_s = 15", "limit_state_s = 0", "limit_state_s is 0"),
        ("pause_s = 300", "pause = 300", "pause"),
        ("low = \"0.75\"", "low = \"3.01\"", "low and high are not in rising order"),
        ("low = \"0.75\"", "low = \"0.00001\"", "is not an amount"),
        ("level_2_bips = 1300", "level_2_bips = 700", "the three levels"),
        ("fall_bips = 1000", "fall_bips = 10000", "fall_bips is 10000"),
        ("velocity_s = 5", "velocity_s = 604801", "velocity_s is 604801"),
        ("dynamic_bips = 200", "dynamic_bips = 0", "dynamic_bips is 0"),
        ("open = \"09:30\"", "open = \"9:30\"", "is not a time"),
        ("open = \"09:30\"", "open = \"16:30\"", "not in rising order"),
        ("zone = \"UTC0\"", "zone = \"Nowhere/Town\"", "zone"),
        ("name = \"National", "title = \"National", "title"),
        ("days = 2", "days = 31", "days is 31"),
    ] {
        let spoilt = shipped.replacen(from, to, 1);
        assert_ne!(spoilt, shipped, "{from} is there to be spoilt");
        let told = Rows::parse(&spoilt).unwrap_err().to_string();
        assert!(told.contains(what), "{to}: {told}");
    }
}

#[test]
fn a_file_replaces_rows_and_adds_others() {
    let sooner = r#"
        [[rule]]
        rule_id = "settlement"
        market = "US"
        valid_from = 2024-05-28
        valid_to = 2029-12-31
        status = "unconfirmed"
        source = "a file"
        parameters = { days = 1 }

        [[rule]]
        rule_id = "settlement"
        market = "US"
        valid_from = 2030-01-01
        status = "unconfirmed"
        source = "a file"
        parameters = { days = 0 }
    "#;
    let rows = Rows::shipped().with(sooner).unwrap();
    assert_eq!(rows.all().len(), Rows::shipped().all().len() + 1);
    let row = rows.row("settlement", "US", date(2031, 1, 1)).unwrap();
    assert_eq!((row.says(), row.source.as_str()), (Ok(SettlementSays { days: 0 }), "a file"));

    let overlapping = sooner.replace("valid_to = 2029-12-31\n", "");
    let refused = Rows::shipped().with(&overlapping).unwrap_err();
    assert!(matches!(refused, BadRows::Overlap { .. }), "{refused}");
}

#[test]
fn the_text_of_rows_gives_the_same_rows_again() {
    let shipped = Rows::shipped();
    assert_eq!(Rows::parse(&shipped.text()), Ok(shipped));
}

#[test]
fn the_rows_that_ship_have_sources_and_say_how_sure_they_are() {
    let rows = Rows::shipped();
    assert!(rows.all().iter().all(|row| !row.source.is_empty()));
    let status = |rule, market, day| rows.row(rule, market, day).unwrap().status;
    assert_eq!(status("luld", "US", date(2019, 1, 2)), Status::Unconfirmed);
    assert_eq!(status("luld", "US", date(2026, 1, 2)), Status::Confirmed);
    assert_eq!(status("pause", "*", date(2026, 1, 2)), Status::Unconfirmed);
    let on = rows.on(date(2025, 1, 9)).map(|row| row.rule_id.as_str()).collect::<Vec<_>>();
    assert!(on.contains(&"closure.2025-01-09"), "{on:?}");
    assert!(!rows.on(date(2025, 1, 10)).any(|row| row.rule_id.starts_with("closure.")));
}

#[test]
fn versions_answer_for_every_day_of_a_run() {
    let rows = Rows::shipped();
    let luld = rows.from::<LuldSays>("luld", "US", date(2019, 6, 3)).unwrap();
    assert_eq!(luld.on(date(2020, 2, 23)).doubled_after_open_s, 900);
    assert_eq!(luld.on(date(2020, 2, 24)).doubled_after_open_s, 0);
    assert_eq!(luld.all().count(), 2);
    assert!(rows.from::<LuldSays>("luld", "US", date(2010, 5, 6)).is_err(), "no bands in 2010");
}

#[test]
fn rows_become_json_for_whoever_lists_them() {
    let rows = Rows::shipped();
    let row = rows.row("sho.201", "US", date(2026, 1, 2)).unwrap();
    let json = serde_json::to_value(row).unwrap();
    assert_eq!(json["rule_id"], "sho.201");
    assert_eq!(json["valid_from"], "2011-02-28");
    assert_eq!(json["status"], "confirmed");
    assert_eq!(json["parameters"]["fall_bips"], 1_000);
    assert_eq!(json.get("valid_to"), None);
}
