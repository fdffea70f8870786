//! Every order of every kind has its reason.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_model::command::{Command, OrderList};
use pitfloor_model::units::{AccountId, OrderId, Time};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::Build;
use pitfloor_sim::scenario::Scenario;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Kinds that send nothing in this market, each with the reason.
const SILENT: &[(&str, &str)] = &[
    ("idle", "does nothing"),
    ("ma-momentum", "looks for half an hour before it acts"),
    ("pov-buyer", "begins after half an hour"),
    ("kyle-insider", "waits for auctions"),
    ("kyle-noise", "waits for auctions"),
    ("kyle-dealer", "waits for auctions"),
    ("news-trader", "waits for news"),
];

/// Kinds that send the flow of a whole market: seated in one of their own, which others then leave alone.
const FLOWS: &[&str] = &["zero-intelligence", "cont-stoikov-talreja", "queue-reactive", "hawkes"];

/// A lively market of two instruments and a currency pair with two members of every kind, all traced.
fn market(seed: u64) -> Scenario {
    let mut text = format!("seed = {seed}");
    text += r#"
        span = "20m"
        [[instrument]]
        symbol = "ACME"
        price = "100.00"
        [instrument.fundamental]
        volatility = "0.05"
        [[instrument]]
        symbol = "BOLT"
        price = "50.00"
        [instrument.fundamental]
        volatility = "0.03"
        [[instrument]]
        symbol = "CRUX"
        price = "100.00"
        [[agents]]
        kind = "noise"
        name = "crowd"
        instruments = ["ACME", "BOLT"]
        count = 80
        shares = 2000
    "#;
    for kind in KINDS {
        let legs = match kind.build {
            Build::One(_) | Build::Checked { .. } if FLOWS.contains(&kind.name) => "\"CRUX\"",
            Build::One(_) | Build::Checked { .. } => "\"ACME\"",
            Build::Legs { least: 0..=2, .. } => "\"ACME\", \"BOLT\"",
            Build::Legs { .. } => continue,
        };
        let _ = write!(
            text,
            "\n[[agents]]\nkind = \"{}\"\ncount = 2\ncash = 1000000\nshares = 5000\n\
             instruments = [{legs}]\ntrace = \"on\"\n",
            kind.name
        );
    }
    Scenario::parse(&text, &[], KINDS).unwrap_or_else(|bad| panic!("{bad}"))
}

#[derive(Default)]
struct Watched {
    orders: BTreeSet<(AccountId, OrderId)>,
    decisions: Vec<Decision>,
}

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        let mut placed = |order: &pitfloor_model::command::Order| {
            self.orders.insert((order.account, order.order));
        };
        match &seen.stamped.command {
            Command::Place(order) | Command::PlaceVaried { order, .. } => placed(order),
            Command::PlaceList(list) => {
                let OrderList { members, .. } = &**list;
                members.iter().for_each(placed);
            }
            _ => {}
        }
    }

    fn decided(&mut self, decision: Decision) {
        self.decisions.push(decision);
    }
}

/// Which kinds acted in a market, after every order was held against the reasons given.
fn acting(scenario: &Scenario) -> BTreeSet<&'static str> {
    let mut watched = Watched::default();
    scenario.kernel().run(Time(scenario.span().0), &mut watched);
    let mut because = BTreeSet::new();
    for decision in &watched.decisions {
        if let Some((first, last)) = decision.orders {
            for number in first.0..=last.0 {
                let fresh = because.insert((decision.account, OrderId(number)));
                assert!(fresh, "order {number} of {:?} has two reasons", decision.account);
            }
        }
    }
    let group = |account| &scenario.groups()[scenario.group_of(account).expect("a group")];
    let traced = watched.orders.iter().filter(|(account, _)| group(*account).trace);
    let kind = |(account, order): &(AccountId, OrderId)| {
        let kind = group(*account).kind.name;
        assert!(because.contains(&(*account, *order)), "{kind}: {order:?} has no reason");
        kind
    };
    traced.map(kind).collect()
}

#[test]
fn every_order_of_a_traced_agent_has_one_reason() {
    // What makes one kind act may not happen on one day: on one of three it does.
    let acts: BTreeSet<_> = (1..=3).flat_map(|seed| acting(&market(seed))).collect();
    for kind in KINDS.iter().filter(|kind| !matches!(kind.build, Build::Legs { .. })) {
        let silent = SILENT.iter().any(|(name, _)| *name == kind.name);
        assert_ne!(acts.contains(kind.name), silent, "{}: acts or is listed", kind.name);
    }
}
