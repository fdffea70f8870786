//! The crowd host: a real race, and what holds whoever wins it.

mod stage;

use pitfloor_exchange::Exchange;
use pitfloor_model::command::Command;
use pitfloor_model::event::{Credit, Event};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Price, Qty, Side, Span, Time};
use pitfloor_server::crowd::{Crowd, Gone, Hours, Left, Limits, Links, crowd};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::{Build, Kind, Params, Role};
use pitfloor_sim::scenario::Scenario;
use stage::{ACME, Record, busy, holds};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Until so many commands; the time is only there so that a broken test ends.
fn until(commands_max: u64) -> Hours {
    Hours { commands_max, ..Hours::of(Duration::from_secs(300)) }
}

async fn run(scenario: &Scenario, hours: Hours) -> (Crowd, Record) {
    let mut record = Record::default();
    let crowd = crowd(scenario, hours, &mut record).await;
    assert_eq!(crowd.commands, record.tally.commands, "all that was taken in was seen");
    holds(scenario, &record, &crowd.exchange);
    (crowd, record)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_race_replays_exactly_every_time() {
    let scenario = busy("", &[]);
    for _ in 0..4 {
        let (crowd, record) = run(&scenario, until(800)).await;
        assert!(crowd.commands >= 800 && record.tally.trades > 0, "{}", record.tally.trades);
        assert_eq!((crowd.gone, crowd.pauses, crowd.stopped), (vec![], vec![], None));
        assert!(record.stamped().is_sorted_by_key(|stamped| stamped.at));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_race_through_small_queues_replays_exactly() {
    let limits = Limits { commands: 1, public: 2, private: 1 << 10, in_flight: 64 };
    for links in [Links::Machine, Links::Scenario] {
        let scenario = busy("", &[]);
        let (crowd, _) = run(&scenario, Hours { limits, links, ..until(500) }).await;
        assert_eq!(crowd.gone, []);
    }
}

/// With a clock that jumps from timer to timer, time is what the scenario says it is.
#[tokio::test(start_paused = true)]
async fn it_closes_when_time_is_up() {
    for links in [Links::Machine, Links::Scenario] {
        let hours = Hours { links, ..Hours::of(Duration::from_secs(5)) };
        let (crowd, record) = run(&busy("", &[]), hours).await;
        let (last, end) = (record.stamped().last().unwrap().at, Time(5_000_000_000));
        assert!(end.since(last) < Span::secs(1) && last <= end.after(Span::millis(2)), "{last}");
        assert!(record.tally.trades > 50, "{}", record.tally.trades);
        assert_eq!((crowd.gone, crowd.missed), (vec![], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn accounts_open_as_in_the_simulation() {
    let scenario = busy("", &[]);
    let (_, record) = run(&scenario, Hours::of(Duration::ZERO)).await;
    let mut plain = Record::default();
    scenario.kernel().run(Time::ZERO, &mut plain);
    let opening = |record: &Record| -> Vec<Command> {
        let commands = record.stamped().iter().map(|stamped| stamped.command.clone());
        let opens = |command: &Command| {
            matches!(
                command,
                Command::OpenAccount { .. } | Command::Deposit { .. } | Command::Deliver { .. }
            )
        };
        commands.filter(opens).collect()
    };
    assert_eq!(opening(&record), opening(&plain));
    let first = Command::OpenAccount { account: AccountId(0), credit: Credit::None };
    assert_eq!(opening(&record)[0], first);
}

/// Panics when its first timer rings.
struct Nervous;

impl Agent for Nervous {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => cx.wake_in(Span::millis(1)),
            _ => panic!("too many orders"),
        }
    }
}

static NERVOUS: Kind = Kind {
    name: "nervous",
    about: "panics",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, _: &Role| Box::new(Nervous)),
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_panics_is_named_and_the_others_go_on() {
    let scenario = busy("[[agents]]\n kind = 'nervous'\n count = 2", &[&NERVOUS]);
    let (crowd, _) = run(&scenario, until(800)).await;
    let why = Left::Panicked("too many orders".to_owned());
    let gone = [40, 41].map(|account| Gone {
        name: format!("nervous-{}", account - 40),
        account: AccountId(account),
        why: why.clone(),
    });
    assert_eq!(crowd.gone, gone);
    assert_eq!(why.to_string(), "it panicked: too many orders");
}

/// How many commands the venue has received in the run of the sleepy reader.
static RECEIVED: AtomicU64 = AtomicU64::new(0);
/// What it was told and shown: trades, and the volume with the last price.
static TOLD: Mutex<Vec<(Price, Qty)>> = Mutex::new(Vec::new());
static SHOWN: Mutex<Vec<(u128, Price)>> = Mutex::new(Vec::new());

/// Wants to be told of every trade and of every quote, and dozes over every tenth notice until the
/// market is far ahead.
struct Sleepy(u64);

impl Agent for Sleepy {
    fn interest(&self) -> Interest {
        Interest { trades: vec![ACME], quotes: vec![ACME], ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        if let Notice::Print(print) = notice {
            TOLD.lock().unwrap().push((print.price, print.qty));
        }
        if let Some(last) = cx.view().last(ACME) {
            SHOWN.lock().unwrap().push((cx.view().volume(ACME), last.price));
        }
        self.0 += 1;
        let wait_for = RECEIVED.load(Ordering::SeqCst) + 100;
        while self.0.is_multiple_of(10) && RECEIVED.load(Ordering::SeqCst) < wait_for.min(1_500) {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
}

static SLEEPY: Kind = Kind {
    name: "sleepy",
    about: "dozes",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, _: &Role| Box::new(Sleepy(0))),
};

struct Count(Record);

impl Observer for Count {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.0.saw(seen);
        RECEIVED.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn who_reads_too_slowly_misses_some_and_is_told_nothing_false() {
    let scenario = busy("[[agents]]\n kind = 'sleepy'", &[&SLEEPY]);
    let limits = Limits { public: 16, ..Limits::default() };
    let mut count = Count(Record::default());
    let crowd = crowd(&scenario, Hours { limits, ..until(2_000) }, &mut count).await;
    let record = count.0;
    holds(&scenario, &record, &crowd.exchange);
    assert!(crowd.missed >= 50, "{} missed", crowd.missed);
    assert_eq!(crowd.gone, []);

    let trades = trades_of(&scenario, &record);
    let told = TOLD.lock().unwrap();
    assert!(told.len() < trades.len(), "{} of {}", told.len(), trades.len());
    let mut all = trades.iter();
    assert!(told.iter().all(|print| all.any(|trade| trade == print)), "real trades, in order");

    let mut volume = 0;
    let volumes = trades.iter().map(|(price, qty)| {
        volume += u128::from(qty.0);
        (volume, *price)
    });
    let (volumes, shown) = (volumes.collect::<BTreeSet<_>>(), SHOWN.lock().unwrap());
    assert!(shown.len() > 10 && shown.iter().all(|shown| volumes.contains(shown)));
    assert!(shown.is_sorted_by_key(|(volume, _)| *volume));
}

/// The trades in ACME, from the journal.
fn trades_of(scenario: &Scenario, record: &Record) -> Vec<(Price, Qty)> {
    let (mut exchange, mut trades) = (Exchange::new(scenario.venue().clone()), Vec::new());
    for stamped in record.stamped() {
        let mut events = Vec::new();
        exchange.apply(stamped, &mut events);
        trades.extend(events.iter().filter_map(|event| match event {
            Event::Traded { instrument: ACME, price, qty, .. } => Some((*price, *qty)),
            _ => None,
        }));
    }
    trades
}

/// Asks for ten thousand answers at the start, in a task that will not read one of them before it
/// has sent its last order.
struct Chatterbox(InstrumentId);

impl Agent for Chatterbox {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        if *notice == Notice::Start {
            for _ in 0..10_000 {
                cx.cancel(OrderId(1));
            }
            cx.limit(self.0, Side::Buy, Price(1), Qty(1));
        }
    }
}

static CHATTERBOX: Kind = Kind {
    name: "chatterbox",
    about: "does not listen",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, role: &Role| Box::new(Chatterbox(role.instrument))),
};

#[tokio::test(start_paused = true)]
async fn who_lets_private_messages_pile_up_is_closed_with_the_reason() {
    // So much is on its way from the start that it does not listen before half of it is out.
    let limits = Limits { private: 100, in_flight: 5_000, ..Limits::default() };
    let scenario = busy("[[agents]]\n kind = 'chatterbox'", &[&CHATTERBOX]);
    let (crowd, _) = run(&scenario, Hours { limits, ..Hours::of(Duration::from_secs(2)) }).await;
    let [gone] = crowd.gone.as_slice() else { panic!("{:?}", crowd.gone) };
    assert_eq!((gone.name.as_str(), &gone.why), ("chatterbox-0", &Left::FellBehind(100)));
    assert_eq!(gone.why.to_string(), "it was closed: it left 100 private messages unread");
}

/// The same chatter through an open ear: every answer is read, nothing is dropped.
#[tokio::test(start_paused = true)]
async fn who_listens_hears_every_answer() {
    let scenario = busy("[[agents]]\n kind = 'chatterbox'", &[&CHATTERBOX]);
    let limits = Limits { commands: 16, ..Limits::default() };
    let (crowd, record) =
        run(&scenario, Hours { limits, ..Hours::of(Duration::from_secs(2)) }).await;
    assert_eq!(crowd.gone, []);
    let cancels = |stamped: &&pitfloor_model::command::Stamped| {
        stamped.command.account() == AccountId(40)
            && matches!(stamped.command, Command::Cancel { .. })
    };
    assert_eq!(record.stamped().iter().filter(cancels).count(), 10_000);
}
