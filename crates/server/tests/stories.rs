//! An agent written as an `async fn`, in all three hosts.

mod stage;

use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, InstrumentId, Price, Qty, Side, Span, Time};
use pitfloor_server::crowd::{Hours, Links, crowd};
use pitfloor_server::doors::doors;
use pitfloor_server::pace::{End, Pace, paced};
use pitfloor_server::speed::Speed;
use pitfloor_sim::agent::{Interest, Notice};
use pitfloor_sim::agent_async::{AsyncAgent, Floor};
use pitfloor_sim::params::{Build, Kind, Params, Role};
use pitfloor_sim::scenario::Scenario;
use stage::{Record, busy, holds, simulated};
use std::time::Duration;

/// Buys at the price it sees, waits for the fill, offers it a tick higher, and takes the offer back
/// when nothing happens.
async fn scalp(floor: Floor, instrument: InstrumentId) {
    loop {
        let Some(price) = floor.with(move |cx| cx.view().price(instrument)).await else {
            floor.sleep(Span::millis(50)).await;
            continue;
        };
        let price = Price(price as i64);
        let bid = floor.limit(instrument, Side::Buy, price, Qty(2)).await;
        if !matches!(
            floor.next_within(Span::millis(200)).await,
            Some(Notice::Own(Event::Traded { .. }))
        ) {
            floor.cancel(bid).await;
            continue;
        }
        let offer = floor.limit(instrument, Side::Sell, Price(price.0 + 1), Qty(1)).await;
        if floor.next_within(Span::millis(100)).await.is_none() {
            floor.cancel(offer).await;
        }
    }
}

static SCALPER: Kind = Kind {
    name: "scalper",
    about: "scalps",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, role: &Role| {
        let instrument = role.instrument;
        Box::new(AsyncAgent::new(Interest::default(), move |floor| scalp(floor, instrument)))
    }),
};

/// Two of them in the busy market; its own forty come first.
fn market() -> Scenario {
    busy("[[agents]]\n kind = 'scalper'\n count = 2\n cash = '500000'", &[&SCALPER])
}

/// How many orders the two sent, and how many they took back.
fn activity(record: &Record) -> (usize, usize) {
    let own = |stamped: &&Stamped| [40, 41].map(AccountId).contains(&stamped.command.account());
    let count = |wanted: fn(&Command) -> bool| {
        record.stamped().iter().filter(own).filter(|stamped| wanted(&stamped.command)).count()
    };
    (
        count(|command| matches!(command, Command::Place(_))),
        count(|command| matches!(command, Command::Cancel { .. })),
    )
}

#[tokio::test(start_paused = true)]
async fn a_paced_story_is_the_simulated_one() {
    let (scenario, until) = (market(), Time::ZERO.after(Span::secs(20)));
    let plain = simulated(&scenario, until);
    let (placed, taken_back) = activity(&plain);
    assert!(placed > 100 && taken_back > 20, "{placed} {taken_back}");
    assert_eq!(simulated(&scenario, until).digests(), plain.digests());
    for speed in ["1", "37", "max"] {
        let (mut kernel, mut record) = (scenario.kernel(), Record::default());
        let (_desk, mut doors) = doors();
        let mut pace = Pace::new(speed.parse::<Speed>().unwrap());
        let end = paced(&mut kernel, &mut pace, until, &mut doors, &mut record).await;
        assert_eq!(end, End::Reached);
        assert_eq!(record.digests(), plain.digests(), "at {speed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_races_in_a_crowd_and_replays() {
    let (scenario, mut record) = (market(), Record::default());
    let hours = Hours { commands_max: 1_500, ..Hours::of(Duration::from_secs(300)) };
    let crowd = crowd(&scenario, hours, &mut record).await;
    assert_eq!(crowd.gone, []);
    holds(&scenario, &record, &crowd.exchange);
    assert!(activity(&record).0 > 5, "{:?}", activity(&record));
}

#[tokio::test(start_paused = true)]
async fn a_story_sleeps_by_the_clock_of_the_crowd() {
    let (scenario, mut record) = (market(), Record::default());
    let hours = Hours { links: Links::Scenario, ..Hours::of(Duration::from_secs(20)) };
    let crowd = crowd(&scenario, hours, &mut record).await;
    assert_eq!((crowd.gone, crowd.missed), (vec![], 0));
    holds(&scenario, &record, &crowd.exchange);
    let ((placed, _), (simulated, _)) =
        (activity(&record), activity(&simulated(&scenario, Time::ZERO.after(Span::secs(20)))));
    let (least, most) = (simulated / 2, simulated * 2);
    assert!((least..most).contains(&placed), "about as busy: {placed} and {simulated}");
}
