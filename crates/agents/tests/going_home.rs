//! What every group can be told, whatever its kind: to go home at a moment, and to say why it acts.
#![allow(missing_docs)]

use pitfloor_model::command::{Command, Order};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, InstrumentId, Time};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::history::Tally;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;

fn market(momentum: &str) -> Scenario {
    let text = format!(
        r#"
        span = "10m"
        [[instrument]]
        symbol = "ACME"
        price = "100.00"
        [instrument.fundamental]
        volatility = "0.02"
        [[agents]]
        kind = "noise"
        count = 60
        shares = 500
        [[agents]]
        kind = "market-maker"
        shares = 5000
        cash = 1000000
        [[agents]]
        kind = "momentum"
        count = 10
        shares = 500
        interval = "1s"
        {momentum}
        "#
    );
    Scenario::parse(&text, &[], pitfloor_agents::KINDS).unwrap_or_else(|bad| panic!("{bad}"))
}

/// The momentum traders' orders, with their moments, and what was said of them.
#[derive(Default)]
struct Watched {
    orders: Vec<(Time, Order)>,
    decisions: Vec<Decision>,
    refused: u64,
}

const FIRST: u32 = 61;

impl Observer for Watched {
    fn saw(&mut self, seen: &Seen<'_>) {
        if let Command::Place(order) = &seen.stamped.command
            && order.account.0 >= FIRST
        {
            self.orders.push((seen.stamped.at, *order));
            let refused = |event: &&Event| matches!(event, Event::Rejected { .. });
            self.refused += seen.events.iter().filter(refused).count() as u64;
        }
    }

    fn decided(&mut self, decision: Decision) {
        self.decisions.push(decision);
    }
}

#[test]
fn who_is_told_to_be_flat_holds_at_the_end_what_he_held_at_the_start() {
    let held = |settings: &str| {
        let scenario = market(settings);
        let (mut kernel, mut watched) = (scenario.kernel(), Watched::default());
        kernel.run(Time(scenario.span().0), &mut watched);
        let lots = |account| kernel.exchange().lots(AccountId(account), InstrumentId(0)).unwrap();
        let held: Vec<_> = (FIRST..FIRST + 10).map(|account| lots(account).total).collect();
        assert!(
            (FIRST..FIRST + 10).all(|account| lots(account).reserved == 0 || settings.is_empty())
        );
        (held, watched)
    };
    let (restless, _) = held("");
    assert!(restless.iter().any(|held| *held != 500), "{restless:?}");
    let (flat, watched) = held("flat_at = \"8m\"");
    assert_eq!(flat, [500; 10]);
    let eight = 480_000_000_000;
    assert!(watched.orders.iter().any(|(at, _)| at.0 < eight), "they traded before");
    let last = watched.orders.iter().map(|(at, _)| at.0).max().unwrap();
    assert!(last > eight && last < eight + 30_000_000_000, "and then went home: {last}");
    assert_eq!(watched.refused, 0);
}

#[test]
fn a_trace_says_why_and_changes_nothing() {
    let (quiet, traced) = (market("flat_at = \"8m\""), market("flat_at = \"8m\"\n trace = \"on\""));
    let run = |scenario: &Scenario| {
        let (mut tally, mut watched) = (Tally::new(), Watched::default());
        scenario.kernel().run(Time(scenario.span().0), &mut (&mut tally, &mut watched));
        (tally.digest(), watched)
    };
    let ((digest, untold), (same, told)) = (run(&quiet), run(&traced));
    assert_eq!(digest, same, "who looks changes nothing");
    assert!(untold.decisions.is_empty(), "nobody asked");
    // Every order has its reason, and every reason names only orders that were placed.
    for (at, order) in &told.orders {
        let names = |decision: &&Decision| {
            let within = |(first, last)| (first..=last).contains(&order.order);
            decision.account == order.account && decision.orders.is_some_and(within)
        };
        let reasons: Vec<_> = told.decisions.iter().filter(names).collect();
        assert_eq!(reasons.len(), 1, "{order:?}");
        assert!(reasons[0].at <= *at && !reasons[0].figures.is_empty(), "{:?}", reasons[0]);
    }
    assert!(told.decisions.iter().any(|decision| decision.rule == "close what was opened"));
    assert!(
        told.decisions.iter().all(|decision| decision.account.0 >= FIRST),
        "the others are off"
    );
}
