//! A market with a day and supervisors, in the three hosts: simulated and paced are one history, and
//! a crowd's journal replays; orders end by the clock in all of them.

mod stage;

use pitfloor_model::command::{Command, Tif};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{OrderId, Price, Qty, Side, Span, Time};
use pitfloor_server::crowd::{Hours, Links, crowd};
use pitfloor_server::doors::doors;
use pitfloor_server::pace::{End, Pace, paced};
use pitfloor_sim::agent::Interest;
use pitfloor_sim::agent_async::{AsyncAgent, Floor};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::{Build, Kind, Params, Role};
use pitfloor_sim::scenario::Scenario;
use stage::{ACME, Record, holds, simulated};
use std::time::Duration;

fn secs(secs: u64) -> Time {
    Time::ZERO.after(Span::secs(secs))
}

/// Offers one lot that stands for two seconds, and is quiet.
static BRIEF: Kind = Kind {
    name: "brief",
    about: "offers for two seconds",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, _: &Role| {
        let offers = |floor: Floor| async move {
            floor
                .with(|cx| {
                    let draft = cx.draft(ACME, Side::Sell, Some(Price(20_000)), Qty(1));
                    cx.place(pitfloor_model::command::Order { tif: Tif::Gtd(secs(2)), ..draft });
                })
                .await;
            floor.sleep(Span::secs(100)).await;
        };
        Box::new(AsyncAgent::new(Interest::default(), offers))
    }),
};

fn scenario(acme: &str, agents: &str) -> Scenario {
    let text = format!(
        "
        name = 'a-day'
        seed = 11
        span = '30s'
        start = '2026-03-02T09:30:00-05:00'
        [[instrument]]
        symbol = 'ACME'
        price = '100.00'
        {acme}
        [[instrument]]
        symbol = 'BOLT'
        price = '40.00'
        {agents}
        [supervision]
        luld_tier_1 = ['ACME']
        short_sale_test = ['ACME', 'BOLT']"
    );
    let all: Vec<&'static Kind> = pitfloor_agents::KINDS.iter().chain([&&BRIEF]).copied().collect();
    Scenario::parse(&text, &[], &all).unwrap_or_else(|bad| panic!("{bad}"))
}

const TRADERS: &str = "
        [[agents]]
        kind = 'noise'
        count = 20
        shares = 2000
        cash = '500000'
        rate = 'exp(mean = 150ms)'
        patience = '2s'
        [[agents]]
        kind = 'brief'
        shares = 10
        [[agents]]
        kind = 'market-maker'
        count = 3
        shares = 5000
        cash = '1000000'
        refresh = '100ms'
        latency = 'uniform(100us, 300us)'";

/// Opening call, auctions every 200 ms, closing call with a random end.
fn day() -> Scenario {
    let schedule = "[instrument.schedule]
        pre_open = '1s'
        open_call = '2s'
        periodic = '200ms'
        close_at = '15s'
        close_call = '3s'
        random_end = '1s'";
    scenario(schedule, TRADERS)
}

/// The phases that ACME entered and the auctions that it held, in a history.
#[derive(Default)]
struct Bells {
    phases: Vec<Phase>,
    auctions: usize,
}

impl Observer for Bells {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            match *event {
                Event::PhaseChanged { instrument: ACME, to, .. } => self.phases.push(to),
                Event::Uncrossed { instrument: ACME, .. } => self.auctions += 1,
                _ => {}
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_is_the_same_simulated_and_paced() {
    let (scenario, mut bells) = (day(), Bells::default());
    scenario.kernel().run(secs(25), &mut bells);
    use Phase::{CloseCall, Closed, Halt, OpenCall, PeriodicCall, PreOpen};
    let day = [Halt, Closed, PreOpen, OpenCall, Phase::Continuous, PeriodicCall];
    assert_eq!(bells.phases[..6], day);
    assert_eq!(bells.phases[6..], [Phase::Continuous, CloseCall, Closed]);
    assert!(bells.auctions > 50, "{} auctions", bells.auctions);

    let plain = simulated(&scenario, secs(25));
    assert!(plain.tally.trades > 20, "{} trades", plain.tally.trades);
    for speed in ["1", "10", "max"] {
        let (mut kernel, mut record) = (scenario.kernel(), Record::default());
        let ((_desk, mut doors), mut pace) = (doors(), Pace::new(speed.parse().unwrap()));
        let end = paced(&mut kernel, &mut pace, secs(25), &mut doors, &mut record).await;
        assert_eq!(end, End::Reached);
        assert_eq!(record.digests(), plain.digests(), "at speed {speed}");
        assert_eq!(record.stamped(), plain.stamped(), "at speed {speed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_crowds_day_replays() {
    let (scenario, mut watched) = (day(), (Record::default(), Bells::default()));
    let hours = Hours { links: Links::Scenario, ..Hours::of(Duration::from_secs(22)) };
    let crowd = crowd(&scenario, hours, &mut watched).await;
    let (record, bells) = watched;
    assert_eq!(crowd.gone, []);
    assert_eq!(bells.phases.last(), Some(&Phase::Closed));
    assert!(bells.auctions > 50, "{} auctions", bells.auctions);
    holds(&scenario, &record, &crowd.exchange);
}

/// Nobody says a word at the last moment of the only order; the sequencer does.
#[tokio::test(start_paused = true)]
async fn in_a_quiet_crowd_an_order_expires_on_time() {
    let scenario = scenario("", "[[agents]]\n kind = 'brief'\n shares = 10");
    let (mut record, plain) = (Record::default(), simulated(&scenario, secs(5)));
    let crowd = crowd(&scenario, Hours::of(Duration::from_secs(5)), &mut record).await;
    let ticks = |record: &Record| -> Vec<Time> {
        let all = record.stamped().iter();
        all.filter(|said| said.command == Command::AdvanceTime).map(|said| said.at).collect()
    };
    assert_eq!(ticks(&record), [secs(2)]);
    assert_eq!(ticks(&plain), [secs(2)]);
    let key = pitfloor_model::units::OrderKey::new(pitfloor_model::units::AccountId(0), OrderId(1));
    assert!(crowd.exchange.order(key).is_none(), "it is gone");
    holds(&scenario, &record, &crowd.exchange);
}
