//! The paced host: the simulated history at any speed, and guests who join it.

mod stage;

use pitfloor_model::command::{Command, Order};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::order::{Change, OrderList, Shape};
use pitfloor_model::units::{AccountId, Cash, OrderId, Price, Qty, Side, Span, Time};
use pitfloor_server::doors::{Closed, Control, Desk, OUTSIDE_BACKLOG_MAX, Unsent, doors};
use pitfloor_server::pace::{End, LAG_MAX, Pace, paced};
use pitfloor_server::speed::Speed;
use pitfloor_sim::history::{Replay, Tally};
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Seen};
use pitfloor_sim::trigger::{Then, Trigger, When};
use stage::{ACME, Record, USD, busy, simulated};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

fn secs(secs: u64) -> Time {
    Time::ZERO.after(Span::secs(secs))
}

fn speed(text: &str) -> Speed {
    text.parse().unwrap()
}

fn trigger(when: When, then: Then) -> Trigger {
    Trigger { name: "bell".to_owned(), when, then: vec![then] }
}

/// A guest with means for many small orders.
fn guest(kernel: &mut Kernel) -> AccountId {
    kernel.open_outside(&Endowment::new(vec![(USD, Cash(1 << 60))], vec![]))
}

/// A bid so low that it only waits.
fn bid(account: AccountId, number: u64) -> Command {
    Command::Place(Order::limit(account, OrderId(number), ACME, Side::Buy, Price(1), Qty(1)))
}

/// When the venue received `command`.
fn received(record: &Record, command: Command) -> Option<Time> {
    record.stamped().iter().find(|stamped| stamped.command == command).map(|stamped| stamped.at)
}

/// Runs from the start to `until` without a word from outside, and says how long it took.
async fn alone(text: &str, until: Time) -> (Record, Duration) {
    let (mut kernel, mut record) = (busy("", &[]).kernel(), Record::default());
    let ((_desk, mut doors), began) = (doors(), Instant::now());
    let mut pace = Pace::new(speed(text));
    assert_eq!(paced(&mut kernel, &mut pace, until, &mut doors, &mut record).await, End::Reached);
    assert_eq!(kernel.now(), until);
    assert_eq!(pace.slipped(), Duration::ZERO);
    (record, began.elapsed())
}

/// Runs to `until` at real speed, while `outside` does as it likes at the desk.
async fn with<F>(until: Time, outside: impl FnOnce(Desk) -> F) -> (Record, Pace, End, Duration)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (mut kernel, mut record) = (busy("", &[]).kernel(), Record::default());
    let ((desk, mut doors), began) = (doors(), Instant::now());
    let outside = tokio::spawn(outside(desk));
    let mut pace = Pace::new(Speed::REAL);
    let end = paced(&mut kernel, &mut pace, until, &mut doors, &mut record).await;
    let took = began.elapsed();
    drop(doors);
    outside.await.unwrap();
    (record, pace, end, took)
}

/// `took`, as far as clocks that tick in milliseconds can tell.
#[track_caller]
fn about(took: Duration, expected: Duration) {
    let late = took.checked_sub(expected);
    assert!(late.is_some_and(|late| late < Duration::from_millis(10)), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn at_any_speed_the_history_is_the_simulated_one() {
    let plain = simulated(&busy("", &[]), secs(10));
    assert!(plain.tally.trades > 100 && plain.tally.commands > 1_000);
    for (text, took) in [("0.1", 100_000), ("1", 10_000), ("10", 1_000), ("1000", 10), ("max", 0)] {
        let (record, wall) = alone(text, secs(10)).await;
        assert_eq!(record.digests(), plain.digests(), "{text}");
        assert_eq!(record.stamped(), plain.stamped(), "{text}");
        about(wall, Duration::from_millis(took));
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_and_changes_of_speed_leave_history_alone() {
    let (record, pace, end, took) = with(secs(20), async |desk| {
        let steps = [
            (700, Control::Pause),                 // 0.7 s of the market have passed
            (60_000, Control::Resume),             // and still have
            (300, Control::Speed(speed("10"))),    // 1 s
            (500, Control::Speed(speed("0.5"))),   // 6 s
            (1_000, Control::Pause),               // 6.5 s
            (1_000, Control::Speed(speed("100"))), // a pause outlasts a change of speed
            (1_000, Control::Resume),
            (100, Control::Speed(Speed::REAL)), // 16.5 s
        ];
        for (wait, control) in steps {
            sleep(Duration::from_millis(wait)).await;
            desk.tell(control).await.unwrap();
        }
        sleep(Duration::from_secs(3_600)).await;
    })
    .await;
    assert_eq!((end, pace.speed(), pace.is_paused()), (End::Reached, Speed::REAL, false));
    assert_eq!(record.digests(), simulated(&busy("", &[]), secs(20)).digests());
    let steps = 700 + 60_000 + 300 + 500 + 1_000 + 1_000 + 1_000 + 100;
    about(took, Duration::from_millis(steps + 3_500));
}

#[tokio::test(start_paused = true)]
async fn as_fast_as_it_goes_can_be_slowed_down_and_held() {
    let (record, _, end, took) = with(secs(20), async |desk| {
        desk.tell(Control::Speed(Speed::MAX)).await.unwrap();
        desk.tell(Control::Pause).await.unwrap();
        sleep(Duration::from_secs(5)).await;
        desk.tell(Control::Resume).await.unwrap();
        sleep(Duration::from_secs(3_600)).await;
    })
    .await;
    assert_eq!(end, End::Reached);
    assert_eq!(record.digests(), simulated(&busy("", &[]), secs(20)).digests());
    about(took, Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_guest_joins_and_the_journal_replays() {
    let scenario = busy("", &[]);
    let (mut kernel, mut record) = (scenario.kernel(), Record::default());
    let guest = guest(&mut kernel);
    let order = Order::limit(guest, OrderId(1), ACME, Side::Buy, Price(10_200), Qty(3));
    let (desk, mut doors) = doors();
    let outside = tokio::spawn(async move {
        sleep(Duration::from_millis(500)).await;
        desk.send(Command::Place(order)).await
    });
    let mut pace = Pace::new(speed("10"));
    let end = paced(&mut kernel, &mut pace, secs(10), &mut doors, &mut record).await;
    assert_eq!((end, outside.await.unwrap()), (End::Reached, Ok(())));

    // Half a second of ours is five of the market, give or take a tick of the timer.
    let at = received(&record, Command::Place(order)).unwrap();
    assert!(at.since(secs(5)) < Span::millis(50) && at >= secs(5), "{at}");
    assert_eq!(kernel.exchange().lots(guest, ACME).unwrap().total, 3);
    assert_ne!(record.digests(), simulated(&scenario, secs(10)).digests());

    let (mut replay, mut again) = (Replay::new(scenario.venue().clone()), Tally::new());
    replay.all(record.stamped(), &mut again).unwrap();
    assert_eq!((again.digest(), again.journal_digest()), record.digests());
    assert_eq!(replay.exchange().lots(guest, ACME), kernel.exchange().lots(guest, ACME));
    assert_eq!(replay.exchange().cash(guest, USD), kernel.exchange().cash(guest, USD));
}

#[tokio::test(start_paused = true)]
async fn while_time_stands_still_orders_wait_at_the_door() {
    let order = bid(AccountId(0), 1_000_000);
    let sent = order.clone();
    let (record, ..) = with(secs(2), async move |desk| {
        sleep(Duration::from_secs(1)).await;
        desk.tell(Control::Pause).await.unwrap();
        sleep(Duration::from_secs(9)).await;
        desk.send(sent).await.unwrap();
        sleep(Duration::from_secs(9)).await;
        desk.tell(Control::Resume).await.unwrap();
        sleep(Duration::from_secs(3_600)).await;
    })
    .await;
    let at = received(&record, order).unwrap();
    assert!(at >= secs(1) && at.since(secs(1)) < Span::millis(5), "{at}");
}

#[tokio::test(start_paused = true)]
async fn a_market_that_everybody_left_goes_on() {
    let left = with(secs(2), async |desk| desk.tell(Control::Pause).await.unwrap());
    let (record, _, end, _) = left.await;
    assert_eq!(end, End::Reached);
    assert_eq!(record.digests(), simulated(&busy("", &[]), secs(2)).digests());
}

#[tokio::test(start_paused = true)]
async fn somebody_outside_ends_it() {
    let (record, _, end, took) = with(secs(20), async |desk| {
        sleep(Duration::from_secs(3)).await;
        desk.tell(Control::Stop).await.unwrap();
        assert_eq!(desk.tell(Control::Resume).await, Ok(()), "the doors outlast the run");
        until_refused(&desk).await;
    })
    .await;
    assert_eq!(end, End::Asked);
    about(took, Duration::from_secs(3));
    let last = record.stamped().last().unwrap().at;
    assert!(last <= secs(3).after(Span::millis(2)), "{last}");
    let all = simulated(&busy("", &[]), secs(20));
    assert_eq!(record.stamped(), &all.stamped()[..record.stamped().len()], "a beginning of it");
}

/// Orders from 2^63 on are the venue's: they pass a kill switch. Nobody outside enters one, in whatever
/// form, or touches one.
#[tokio::test(start_paused = true)]
async fn a_guest_has_no_numbers_of_the_venue() {
    let (desk, doors) = doors();
    let order =
        |number| Order::limit(AccountId(0), OrderId(number), ACME, Side::Buy, Price(1), Qty(1));
    let first = OrderId::VENUE_FIRST.0;
    let list = |second| OrderList { shape: Shape::Oco, members: vec![order(5), order(second)] };
    let key = order(first).key();
    let change = Change { tag: Some(4), ..Change::default() };
    for refused in [
        Command::Place(order(first)),
        Command::PlaceVaried { order: order(first), tranches: vec![Qty(1)].into() },
        Command::PlaceList(Arc::new(list(first))),
        Command::Replace { key, price: Price(2), qty: Qty(1) },
        Command::Amend { key, change },
        Command::Reduce { key, by: Qty(1) },
        Command::Cancel { key },
    ] {
        let said = desk.send(refused).await;
        assert_eq!(said, Err(Unsent::VenueNumber(OrderId::VENUE_FIRST)));
    }
    let why = Unsent::VenueNumber(OrderId::VENUE_FIRST).to_string();
    let found = "order 9223372036854775808: found a number of the venue's own";
    assert_eq!(why, format!("{found}, expected one below 2^63"));
    assert_eq!(doors.waiting(), 0);
    desk.send(Command::Place(order(first - 1))).await.unwrap();
    desk.send(Command::PlaceList(Arc::new(list(6)))).await.unwrap();
    desk.send(Command::AdvanceTime).await.unwrap();
    assert_eq!(doors.waiting(), 3);
}

/// Keeps sending until the doors are gone, and looks at what the desk says then.
async fn until_refused(desk: &Desk) {
    while desk.send(bid(AccountId(0), 7)).await.is_ok() {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(desk.send(bid(AccountId(0), 8)).await, Err(Unsent::Closed(Closed)));
    assert_eq!(desk.tell(Control::Pause).await, Err(Closed));
    assert_eq!(Closed.to_string(), "the market has closed");
}

#[tokio::test(start_paused = true)]
async fn pause_points_give_control_back_and_the_run_goes_on() {
    let scenario = busy("", &[]);
    let mut kernel = scenario.kernel();
    kernel.arm(trigger(When::At(secs(1)), Then::Pause));
    kernel.arm(trigger(When::Trades(100), Then::Pause));
    kernel.arm(trigger(When::At(secs(8)), Then::Stop));
    let (mut record, (_desk, mut doors)) = (Record::default(), doors());
    let mut pace = Pace::new(speed("10"));
    let mut ends = Vec::new();
    loop {
        let end = paced(&mut kernel, &mut pace, secs(10), &mut doors, &mut record).await;
        ends.push(end);
        match end {
            // However long somebody looks around, the market's time does not pass.
            End::Paused(_) => sleep(Duration::from_secs(77)).await,
            End::Reached | End::Stopped(_) | End::Asked => break,
        }
        if end == End::Paused(1) {
            assert_eq!(record.tally.trades, 100);
        }
    }
    let mut pauses = ends[..2].to_vec();
    pauses.sort_by_key(|end| if *end == End::Paused(0) { 0 } else { 1 });
    assert_eq!(pauses, [End::Paused(0), End::Paused(1)]);
    assert_eq!((&ends[2..], kernel.now()), (&[End::Stopped(2)][..], secs(8)));
    assert_eq!(pace.slipped(), Duration::ZERO);
    assert_eq!(record.digests(), simulated(&scenario, secs(8)).digests());
}

#[tokio::test(start_paused = true)]
async fn a_trigger_halts_a_paced_market_too() {
    let scenario = busy("", &[]);
    let mut kernel = scenario.kernel();
    for then in Then::phases(ACME, &[Phase::Halt]) {
        kernel.arm(trigger(When::Trades(20), then));
    }
    let (mut record, (_desk, mut doors)) = (Record::default(), doors());
    let mut pace = Pace::new(speed("100"));
    paced(&mut kernel, &mut pace, secs(10), &mut doors, &mut record).await;
    assert_eq!(kernel.exchange().phase(ACME), Phase::Halt);
}

/// Counts what is accepted of one account, in the order of its numbers.
struct InOrder(AccountId, Vec<u64>);

impl Observer for InOrder {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            if let Event::Accepted { key, .. } = event
                && key.account == self.0
            {
                self.1.push(key.order.0);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_flood_waits_and_nothing_is_lost_or_overtaken() {
    const FLOOD: u64 = 5 * OUTSIDE_BACKLOG_MAX as u64;
    for text in ["1", "max"] {
        let mut kernel = busy("", &[]).kernel();
        let guest = guest(&mut kernel);
        let ((desk, mut doors), mut seen) = (doors(), InOrder(guest, Vec::new()));
        let flood = tokio::spawn(async move {
            for number in 1..=FLOOD {
                desk.send(bid(guest, number)).await.unwrap();
            }
        });
        // Before the market takes anything the door fills up, and no further.
        for _ in 0..4 * OUTSIDE_BACKLOG_MAX {
            tokio::task::yield_now().await;
        }
        assert_eq!(doors.waiting(), OUTSIDE_BACKLOG_MAX);
        assert!(!flood.is_finished());
        let mut pace = Pace::new(speed(text));
        let (mut until, mut took_in) = (0, 0);
        while seen.1.len() < FLOOD as usize {
            until += 5;
            let end = paced(&mut kernel, &mut pace, secs(until), &mut doors, &mut seen).await;
            assert_eq!(end, End::Reached);
            assert!(seen.1.len() > took_in, "a market that runs takes in");
            took_in = seen.1.len();
        }
        flood.await.unwrap();
        assert!(seen.1.iter().copied().eq(1..=FLOOD), "{text}: {} accepted", seen.1.len());
    }
}

/// Orders before and after a pause point arrive in the order in which they were sent, although the
/// market's time was set back to the pause.
#[tokio::test(start_paused = true)]
async fn a_pause_point_lets_nobody_overtake() {
    let mut kernel = busy("", &[]).kernel();
    let guest = guest(&mut kernel);
    for trades in (97..4_000).step_by(97) {
        kernel.arm(trigger(When::Trades(trades), Then::Pause));
    }
    let ((desk, mut doors), mut seen) = (doors(), InOrder(guest, Vec::new()));
    let sender = tokio::spawn(async move {
        for number in 1..=20_000 {
            desk.send(bid(guest, number)).await.unwrap();
            // A second of the market passes in each tick: too much for one turn, so that commands
            // come in, stamped with the end of the tick, while the market is still on its way there.
            if number % 200 == 0 {
                sleep(Duration::from_millis(1)).await;
            }
        }
    });
    let mut pace = Pace::new(speed("1000"));
    let mut pauses = 0;
    while paced(&mut kernel, &mut pace, secs(200), &mut doors, &mut seen).await != End::Reached {
        pauses += 1;
    }
    sender.await.unwrap();
    assert!(pauses > 20, "{pauses}");
    assert!(seen.1.iter().copied().eq(1..=20_000), "{} accepted", seen.1.len());
}

/// A laptop that was asleep for an hour goes on from where it was, and says what it gave up.
#[tokio::test(start_paused = true)]
async fn a_market_far_behind_lets_its_time_slip() {
    let (record, pace, end, took) = with(secs(10), async |_desk| {
        sleep(Duration::from_secs(3)).await;
        tokio::time::advance(Duration::from_secs(3_600)).await;
        sleep(Duration::from_secs(3_600)).await;
    })
    .await;
    assert_eq!(end, End::Reached);
    assert_eq!(record.digests(), simulated(&busy("", &[]), secs(10)).digests());
    let hour = Duration::from_secs(3_600);
    assert!(pace.slipped() > hour - LAG_MAX && pace.slipped() <= hour, "{:?}", pace.slipped());
    about(took, Duration::from_secs(10) + pace.slipped());
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "time is monotonic")]
async fn the_past_cannot_be_run_to() {
    let (mut kernel, (_desk, mut doors)) = (busy("", &[]).kernel(), doors());
    kernel.run(secs(2), &mut ());
    paced(&mut kernel, &mut Pace::new(Speed::MAX), secs(1), &mut doors, &mut ()).await;
}
