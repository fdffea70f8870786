//! The example runs, and says what happened: twice the same.
#![allow(missing_docs)]

use std::path::PathBuf;
use std::process::Command;

/// Where cargo puts an example, beside the tests that it built in the same go.
fn built(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("this test is a file");
    path.pop();
    path.pop();
    path.join("examples").join(name)
}

#[test]
fn a_dealer_market_settles_through_the_exchange() {
    let example = built("request_for_quote");
    if !example.exists() {
        eprintln!("skipped: {} was not built with this test", example.display());
        return;
    }
    let run = || Command::new(&example).output().expect("an example starts");
    let (one, two) = (run(), run());
    let said = String::from_utf8_lossy(&one.stdout).into_owned();
    assert!(one.status.success(), "{}", String::from_utf8_lossy(&one.stderr));
    assert_eq!(one.stdout, two.stdout, "it is the same market every time");
    let expected = [
        "  8s Lapsed { request: 0, dealer: AccountId(1) }",
        "  8s Failed { request: 0, dealer: AccountId(3), why: Maker(ShortSale) }",
        "  8s Done { request: 0, trade: TradeId(0), dealer: AccountId(2), price: Price(9985) }",
        " 12s Refused(NoQuote)",
        " 13s Done { request: 1, trade: TradeId(1), dealer: AccountId(2), price: Price(9960) }",
        "account 0: 200 lots, 8000500 cents",
        "account 2: 300 lots, 1999500 cents",
        "2 trades; the journal alone tells the same: true",
    ];
    for line in expected {
        assert!(said.lines().any(|said| said == line), "{line:?} is missing in\n{said}");
    }
}
