//! Triggers in a crowd: they do to a race what they do to a simulation, and the journal knows.

mod stage;

use pitfloor_exchange::Exchange;
use pitfloor_model::command::{Command, Stamped};
use pitfloor_model::event::{Event, Phase, Reject};
use pitfloor_model::units::{AccountId, InstrumentId, OrderId, Price, Qty, Side, Span, Time};
use pitfloor_server::crowd::{Crowd, Hours, Limits, crowd};
use pitfloor_sim::agent::Interest;
use pitfloor_sim::agent_async::{AsyncAgent, Floor};
use pitfloor_sim::kernel::Progress;
use pitfloor_sim::params::{Build, Kind, Params, Role};
use pitfloor_sim::scenario::Scenario;
use stage::{ACME, BOLT, Record, busy, holds};
use std::time::Duration;

/// Until so many commands; the time is only there so that a broken test ends.
fn until(commands_max: u64) -> Hours {
    Hours { commands_max, ..Hours::of(Duration::from_secs(300)) }
}

async fn run(scenario: &Scenario, hours: Hours) -> (Crowd, Record) {
    let mut record = Record::default();
    let crowd = crowd(scenario, hours, &mut record).await;
    assert_eq!(crowd.commands, record.tally.commands, "all that was taken in was seen");
    assert_eq!(crowd.gone, []);
    holds(scenario, &record, &crowd.exchange);
    (crowd, record)
}

/// Bids the least there is for ever, halt or no halt. The others look first, and wait.
static STUBBORN: Kind = Kind {
    name: "stubborn",
    about: "does not look",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, _: &Role| {
        let bids = |floor: Floor| async move {
            loop {
                floor.limit(ACME, Side::Buy, Price(1), Qty(1)).await;
                floor.sleep(Span::millis(30)).await;
            }
        };
        Box::new(AsyncAgent::new(Interest::default(), bids))
    }),
};

/// Asks for nothing that is there, as fast as it goes, without a pause.
static FLOOD: Kind = Kind {
    name: "flood",
    about: "asks",
    source: "these tests",
    parameters: &[],
    build: Build::One(|_: &Params, _: &Role| {
        let asks = |floor: Floor| async move {
            floor.with(|cx| (0..60_000).for_each(|_| cx.cancel(OrderId(1)))).await;
        };
        Box::new(AsyncAgent::new(Interest::default(), asks))
    }),
};

/// The busy market with these triggers, and somebody who asks for what he cannot have.
fn with(bells: &str) -> Scenario {
    busy(&format!("[[agents]]\n kind = 'stubborn'\n {bells}"), &[&STUBBORN])
}

fn secs(secs: u64) -> Time {
    Time::ZERO.after(Span::secs(secs))
}

/// What became of one command.
struct Step {
    stamped: Stamped,
    events: Vec<Event>,
}

/// The whole history, from the journal alone.
fn steps(scenario: &Scenario, record: &Record) -> Vec<Step> {
    let mut exchange = Exchange::new(scenario.venue().clone());
    let step = |stamped: &Stamped| {
        let mut events = Vec::new();
        exchange.apply(stamped, &mut events);
        Step { stamped: stamped.clone(), events }
    };
    record.stamped().iter().map(step).collect()
}

impl Step {
    fn traded(&self, on: InstrumentId) -> bool {
        let on =
            |event: &Event| matches!(event, Event::Traded { instrument, .. } if *instrument == on);
        self.events.iter().any(on)
    }

    fn places(&self, on: InstrumentId) -> bool {
        matches!(self.stamped.command, Command::Place(order) if order.instrument == on)
    }

    fn refused(&self) -> Option<Reject> {
        self.events.iter().find_map(|event| match event {
            Event::Rejected { why, .. } => Some(*why),
            _ => None,
        })
    }

    fn phase(&self) -> Option<(InstrumentId, Phase)> {
        match self.stamped.command {
            Command::SetPhase { instrument, to, .. } => Some((instrument, to)),
            _ => None,
        }
    }
}

/// Where the history of ACME is halted and where it trades again, as places in the journal.
fn halt(steps: &[Step]) -> (usize, usize) {
    let phases: Vec<_> = steps.iter().filter_map(Step::phase).collect();
    let expected = [Phase::Halt, Phase::ReopenCall, Phase::Continuous].map(|to| (ACME, to));
    assert_eq!(phases, expected, "each trigger fires once, through the journal");
    let at = |to| steps.iter().position(|step| step.phase() == Some((ACME, to))).unwrap();
    (at(Phase::Halt), at(Phase::ReopenCall))
}

/// Holds a halted market to what a halt is: nothing trades, what comes is refused, the neighbour
/// goes on, and afterwards all is as before.
fn assert_halted_between(steps: &[Step], (halt, reopen): (usize, usize)) {
    let during = &steps[halt + 1..reopen];
    assert!(!during.iter().any(|step| step.traded(ACME)), "nothing trades in a halt");
    let orders: Vec<&Step> = during.iter().filter(|step| step.places(ACME)).collect();
    assert!(orders.len() > 5, "the crowd goes on asking: {}", orders.len());
    for order in orders {
        assert_eq!(order.refused(), Some(Reject::PhaseForbids), "{:?}", order.stamped);
    }
    assert!(during.iter().any(|step| step.places(BOLT) && step.refused().is_none()));
    for (part, name) in [(&steps[..halt], "before"), (&steps[reopen..], "after")] {
        assert!(part.iter().any(|step| step.traded(ACME)), "{name}");
        assert!(!part.iter().any(|step| step.refused() == Some(Reject::PhaseForbids)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_is_halted_and_reopened_in_the_middle_of_a_race() {
    let bells = "
        [[trigger]]
        trades = 20
        instrument = 'ACME'
        then = ['halt']
        [[trigger]]
        commands = 600
        instrument = 'ACME'
        then = ['reopen']";
    let scenario = with(bells);
    for limits in [Limits::default(), Limits { commands: 1, public: 2, ..Limits::default() }] {
        let (_, record) = run(&scenario, Hours { limits, ..until(900) }).await;
        let steps = steps(&scenario, &record);
        let (halt, reopen) = halt(&steps);
        assert_halted_between(&steps, (halt, reopen));
        let trades = steps[..halt].iter().flat_map(|step| &step.events);
        let trades = trades.filter(|event| matches!(event, Event::Traded { .. })).count();
        assert!(steps[halt - 1].events.iter().any(|e| matches!(e, Event::Traded { .. })));
        assert!((20..40).contains(&trades), "at once after the twentieth: {trades}");
        assert_eq!(reopen, 600, "at once after the six hundredth command");
        assert_eq!(steps[halt].stamped.at, steps[halt - 1].stamped.at);
    }
}

/// By the clock: what is due at a moment is stamped with it, and nothing later goes before it.
#[tokio::test(start_paused = true)]
async fn moments_come_by_the_clock() {
    let bells = "
        [[trigger]]
        at = '4s'
        instrument = 'ACME'
        then = ['reopen', 'pause']
        [[trigger]]
        at = '2s'
        instrument = 'ACME'
        then = ['pause', 'halt']";
    let scenario = with(bells);
    let (crowd, record) = run(&scenario, Hours::of(Duration::from_secs(6))).await;
    let steps = steps(&scenario, &record);
    let (halt, reopen) = halt(&steps);
    assert_halted_between(&steps, (halt, reopen));
    assert_eq!((steps[halt].stamped.at, steps[reopen].stamped.at), (secs(2), secs(4)));
    assert!(steps[..halt].iter().all(|step| step.stamped.at <= secs(2)));
    assert!(steps[halt..].iter().all(|step| step.stamped.at >= secs(2)));
    // Both were pause points: the crowd went on, and says so.
    assert_eq!((crowd.pauses, crowd.stopped), (vec![1, 0], None));
}

/// The clock of a real race is ahead of its timers: the moment goes first all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_order_overtakes_a_moment() {
    let bells: String = (1..=40)
        .map(|n| {
            let word = if n % 2 == 1 { "halt" } else { "reopen" };
            let at = n * 5;
            format!("[[trigger]]\n at = '{at}ms'\n instrument = 'ACME'\n then = ['{word}']\n")
        })
        .collect();
    let scenario = busy(&format!("[[agents]]\n kind = 'flood'\n {bells}"), &[&FLOOD]);
    let (_, record) = run(&scenario, Hours::of(Duration::from_millis(205))).await;
    let steps = steps(&scenario, &record);
    let halts: Vec<Time> = steps
        .iter()
        .filter(|step| matches!(step.phase(), Some((_, Phase::Halt))))
        .map(|step| step.stamped.at)
        .collect();
    let on_time = |n: u64| Time::ZERO.after(Span::millis(10 * n - 5));
    assert_eq!(halts, (1..=20).map(on_time).collect::<Vec<_>>(), "stamped with their moments");
    assert!(record.tally.commands > 1_000, "in a flood: {}", record.tally.commands);
    assert!(record.stamped().is_sorted_by_key(|stamped| stamped.at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_the_last_thing_that_happens() {
    let bells = "
        [[trigger]]
        commands = 700
        instrument = 'ACME'
        then = ['pause']
        [[trigger]]
        commands = 701
        instrument = 'ACME'
        then = ['halt', 'stop']
        [[trigger]]
        commands = 702
        then = ['pause']";
    let scenario = busy(bells, &[]);
    for _ in 0..4 {
        let (crowd, record) = run(&scenario, until(5_000)).await;
        assert_eq!((crowd.commands, crowd.stopped, crowd.pauses), (701, Some(1), vec![0]));
        let last = record.stamped().last().unwrap().command.clone();
        assert!(!matches!(last, Command::SetPhase { .. }), "not even what it sends itself");
        assert_eq!(crowd.exchange.phase(ACME), Phase::Continuous);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_comes_at_its_moment() {
    let bells = "
        [[trigger]]
        at = '3s'
        then = ['stop']
        [[trigger]]
        at = '3s'
        instrument = 'ACME'
        then = ['halt']";
    let (crowd, record) = run(&busy(bells, &[]), Hours::of(Duration::from_secs(60))).await;
    assert_eq!(crowd.stopped, Some(0));
    let last = record.stamped().last().unwrap().at;
    assert!(last <= secs(3) && secs(3).since(last) < Span::secs(1), "{last}");
    assert_eq!(crowd.exchange.phase(ACME), Phase::Continuous, "nothing follows a stop");
}

/// The opening is one act, and what is due at its end happens before anybody trades, in the order
/// in which the simulation has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_opening_sets_off_is_as_in_the_simulation() {
    let bells = "
        [[trigger]]
        commands = 5
        instrument = 'ACME'
        then = ['halt']
        [[trigger]]
        commands = 6
        instrument = 'BOLT'
        then = ['halt']
        [[trigger]]
        event = 'phase-changed'
        instrument = 'ACME'
        then = ['reopen', 'pause']";
    let scenario = busy(bells, &[]);
    let (crowd, record) = run(&scenario, until(400)).await;
    assert_eq!(crowd.pauses, [2]);
    let mut simulated = Record::default();
    assert_eq!(scenario.kernel().run(secs(0), &mut simulated), Progress::Reached);
    let phases = |record: &Record| -> Vec<(InstrumentId, Phase)> {
        steps(&scenario, record).iter().filter_map(Step::phase).collect()
    };
    let (ours, theirs) = (phases(&record), phases(&simulated));
    assert_eq!(ours, theirs);
    let order = [
        (ACME, Phase::Halt),
        (BOLT, Phase::Halt),
        (ACME, Phase::ReopenCall),
        (ACME, Phase::Continuous),
    ];
    assert_eq!(ours, order);
    let steps = steps(&scenario, &record);
    let first_order =
        steps.iter().position(|step| matches!(step.stamped.command, Command::Place(_)));
    let last_phase = steps.iter().rposition(|step| step.phase().is_some());
    assert!(last_phase < first_order);
    assert!(!steps.iter().any(|step| step.traded(BOLT)) && steps.iter().any(|s| s.traded(ACME)));
}

/// A stop in the opening leaves everybody with what he brought along.
#[tokio::test(start_paused = true)]
async fn a_stop_in_the_opening_lets_everybody_in_first() {
    let bell = "[[trigger]]\n commands = 2\n then = ['stop']";
    let (crowd, record) = run(&busy(bell, &[]), Hours::of(Duration::from_secs(5))).await;
    assert_eq!((crowd.stopped, record.tally.trades), (Some(0), 0));
    let opened = |stamped: &&Stamped| matches!(stamped.command, Command::OpenAccount { .. });
    assert_eq!(record.stamped().iter().filter(opened).count(), 40);
    assert!(crowd.exchange.cash(AccountId(39), stage::USD).is_some());
}

/// A market that nobody waits in is over before its moments come.
#[tokio::test(start_paused = true)]
async fn without_anybody_there_is_nothing_to_wait_for() {
    let text = "
        [[instrument]]
        symbol = 'ACME'
        price = '100.00'
        [[trigger]]
        at = '1s'
        then = ['stop']";
    let scenario = Scenario::parse(text, &[], &[]).unwrap();
    let over = crowd(&scenario, Hours::of(Duration::from_secs(5)), &mut ()).await;
    assert_eq!((over.commands, over.stopped), (0, None));
}
