//! Every kind in random markets: within its own limit, within its means, and home when told to.
//!
//! Whatever the kind: who may not owe never owes and never sells what he has not got; nothing he
//! asks is refused except what news crossed on the way; with `max_position` his holdings never move
//! further from what he started with, after any single trade; with `flat_at` he ends with what he
//! started with, and nothing of his is reserved.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_model::command::Command;
use pitfloor_model::event::{Event, Reject};
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, OrderKey, Side, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::{Build, Kind};
use pitfloor_sim::scenario::Scenario;
use std::collections::BTreeMap;

/// Kinds of which nothing of this can be asked, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("zero-intelligence", "a whole market's flow from one account with unlimited credit"),
    ("cont-stoikov-talreja", "a whole market's flow from one account with unlimited credit"),
    ("splitter", "a whole market's large orders from one account with unlimited credit"),
    ("queue-reactive", "a whole market's flow from one account with unlimited credit"),
    ("hawkes", "a whole market's flow from one account with unlimited credit"),
    ("value", "as in ABIDES, it has unlimited credit and no limit"),
    ("u-noise", "as in ABIDES, it has unlimited credit and no limit"),
    ("ma-momentum", "as in ABIDES, it has unlimited credit and no limit"),
    ("adaptive-maker", "as in ABIDES, it has unlimited credit and no limit"),
    ("pov-buyer", "as in ABIDES, it has unlimited credit and no limit"),
];

/// Who is seated, so many of each, with so many shares.
const MEMBERS: u32 = 3;
const SHARES: i128 = 400;
const LIMIT: i128 = 120;

fn market(kind: &'static Kind, seed: u64, flat: bool) -> Scenario {
    let mut legs = match kind.build {
        Build::One(_) | Build::Checked { .. } => 1,
        Build::Legs { least, .. } => least,
    };
    let pairs = kind.name == "triangular";
    let mut text = format!("seed = {seed}\nspan = \"12m\"\n");
    let mut symbols = Vec::new();
    if pairs {
        for code in ["EUR", "JPY"] {
            text += &format!("[[currencies]]\ncode = \"{code}\"\n");
        }
        for (symbol, base, quote, price, tick) in [
            ("EURUSD", "EUR", "USD", "1.1000", "0.0001"),
            ("USDJPY", "USD", "JPY", "150.00", "0.01"),
            ("EURJPY", "EUR", "JPY", "165.00", "0.01"),
        ] {
            text += &format!(
                "[[instrument]]\nkind = \"fx\"\nsymbol = \"{symbol}\"\nbase = \"{base}\"\n\
                 currency = \"{quote}\"\nprice = \"{price}\"\ntick = \"{tick}\"\n"
            );
            symbols.push(symbol);
        }
        legs = 3;
    } else {
        for symbol in ["AAA", "BBB", "CCC"].into_iter().take(legs) {
            text += &format!(
                "[[instrument]]\nsymbol = \"{symbol}\"\nprice = \"100.00\"\n\
                 [instrument.fundamental]\nvolatility = \"0.1\"\n"
            );
            symbols.push(symbol);
        }
    }
    assert_eq!(symbols.len(), legs, "{}", kind.name);
    let means = if pairs {
        "cash = 10000000\ncash_in = { EUR = \"10000000\", JPY = \"1000000000\" }\n".to_owned()
    } else {
        "cash = 100000000\nshares = 100000\n".to_owned()
    };
    for symbol in &symbols {
        text += &format!(
            "[[agents]]\nkind = \"noise\"\nname = \"crowd-{symbol}\"\ncount = 40\n{means}\
             rate = \"exp(mean = 1s)\"\ninstruments = [\"{symbol}\"]\n\
             [[agents]]\nkind = \"informed\"\nname = \"knows-{symbol}\"\ncount = 3\n{means}\
             instruments = [\"{symbol}\"]\n"
        );
    }
    let list = symbols.iter().map(|symbol| format!("\"{symbol}\"")).collect::<Vec<_>>().join(", ");
    text += &format!(
        "[[agents]]\nkind = \"{}\"\nname = \"they\"\ncount = {MEMBERS}\ninstruments = [{list}]\n",
        kind.name
    );
    text += if pairs {
        "cash = 300000\ncash_in = { EUR = \"300000\", JPY = \"40000000\" }\n"
    } else {
        "cash = 60000\nshares = 400\n"
    };
    if has(kind, "max_position") {
        text += &format!("max_position = {LIMIT}\n");
    }
    if flat {
        text += "flat_at = \"10m\"\n";
    }
    Scenario::parse(&text, &[], KINDS).unwrap_or_else(|bad| panic!("{}: {bad}", kind.name))
}

fn has(kind: &Kind, name: &str) -> bool {
    kind.parameters.iter().any(|parameter| parameter.name == name)
}

/// What those who are watched hold, trade by trade.
struct Watched {
    first: u32,
    held: BTreeMap<(AccountId, InstrumentId), i128>,
    farthest: i128,
    least: i128,
    orders: u64,
    refused: Vec<Event>,
}

impl Watched {
    fn moves(&mut self, key: OrderKey, instrument: InstrumentId, lots: i128) {
        if key.account.0 >= self.first {
            let held = self.held.entry((key.account, instrument)).or_insert(0);
            *held += lots;
            self.farthest = self.farthest.max(held.abs());
            self.least = self.least.min(*held);
        }
    }
}

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        if let Command::Place(order) = &seen.stamped.command
            && order.account.0 >= self.first
        {
            self.orders += 1;
        }
        for event in seen.events {
            match *event {
                Event::Traded { instrument, maker, taker, aggressor, qty, .. } => {
                    let lots = i128::from(qty.0) * if aggressor == Side::Buy { 1 } else { -1 };
                    self.moves(taker, instrument, lots);
                    self.moves(maker, instrument, -lots);
                }
                // A cancellation that a fill has overtaken finds nothing.
                Event::Rejected { key, why }
                    if key.account.0 >= self.first && why != Reject::UnknownOrder =>
                {
                    self.refused.push(*event);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_kind_keeps_its_limit_and_its_means_and_goes_home() {
    let mut acted = 0;
    for kind in KINDS.iter().filter(|kind| EXEMPT.iter().all(|(name, _)| *name != kind.name)) {
        for (seed, flat) in [(1, false), (2, true), (3, true)] {
            let scenario = market(kind, seed, flat);
            let first = scenario.agents() as u32 - MEMBERS;
            let mut watched = Watched {
                first,
                held: BTreeMap::new(),
                farthest: 0,
                least: 0,
                orders: 0,
                refused: Vec::new(),
            };
            let mut kernel = scenario.kernel();
            kernel.run(Time(scenario.span().0), &mut watched);
            let said = format!("{} seed {seed}", kind.name);
            println!("{said}: {} orders, {} lots away", watched.orders, watched.farthest);
            acted += u32::from(watched.orders > 0);
            assert!(watched.refused.is_empty(), "{said}: {:?}", watched.refused);
            if has(kind, "max_position") {
                assert!(watched.farthest <= LIMIT, "{said}: {}", watched.farthest);
            }
            let shares = kind.name != "triangular";
            assert!(!shares || watched.least >= -SHARES, "{said} sold what it had not got");
            for account in (first..first + MEMBERS).map(AccountId) {
                for currency in 0..scenario.venue().currencies().len() as u16 {
                    let cash = kernel.exchange().cash(account, CurrencyId(currency)).unwrap();
                    assert!(cash.total.0 >= 0, "{said}: {cash:?}");
                }
                for id in (0..scenario.venue().instruments().len() as u32).map(InstrumentId) {
                    if flat && shares {
                        let lots = kernel.exchange().lots(account, id).unwrap();
                        assert_eq!((lots.total, lots.reserved), (SHARES, 0), "{said}");
                    }
                }
            }
        }
    }
    println!("{acted} of {} runs acted", 3 * KINDS.len());
    assert!(acted >= 2 * KINDS.len() as u32, "{acted}");
}
