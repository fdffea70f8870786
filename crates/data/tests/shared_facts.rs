//! Prints.
use pitfloor_data::tape::{Options, read};
use pitfloor_facts::catalogue::{Ask, FACTS};
use std::path::PathBuf;

fn shared(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("PITFLOOR_SHARED").unwrap()).join("data/lobster").join(name)
}

#[test]
fn zz_print() {
    for (a, b) in [
        (
            "AMZN_2012-06-21_34200000_57600000_message_1.csv.zst",
            "AMZN_2012-06-21_34200000_57600000_orderbook_1.csv.zst",
        ),
        ("AAPL_first998_message_10.csv", "AAPL_first998_orderbook_10.csv.zst"),
    ] {
        let start = 0;
        let _ = start;
        let files = [shared(a), shared(b)];
        let tape = read(&files, &Options::default()).unwrap();
        println!(
            "{:?} fills {} cancels {:?} spread {:?}",
            tape.noted,
            tape.fills,
            tape.cancels,
            tape.spread_mean()
        );
        for fact in &FACTS {
            let f = (fact.measure)(&tape, Ask { draws: None });
            println!(
                "{} {} {:?} holds {:?} n {} {:?}",
                fact.id,
                fact.name,
                fact.class,
                f.holds(),
                f.n,
                f.void
            );
            for p in f.parts {
                println!("      {} = {:?} {:?}", p.name, p.value, p.band);
            }
        }
    }
}
