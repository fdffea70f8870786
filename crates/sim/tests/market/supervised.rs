//! Official rules on a real market: supervisors watch the kernel's own exchange, and what they say
//! is carried out by it. The tapes are those that the rules are defined by.

use crate::players::{ACME, KINDS};
use pitfloor_model::command::{Command, Order, SaleMark};
use pitfloor_model::event::{Event, Phase, Reject};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{
    AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time,
};
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Seen};
use pitfloor_sim::scenario::Scenario;

/// A kernel of `text` that is driven from outside, moment by moment, and what came of it.
struct Tape {
    kernel: Kernel,
    /// Two whose means nobody asks for.
    ann: AccountId,
    bob: AccountId,
    heard: Heard,
}

#[derive(Default)]
struct Heard(Vec<(Time, Event)>);

impl Observer for Heard {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.0.extend(seen.events.iter().map(|event| (seen.stamped.at, *event)));
    }
}

impl Tape {
    fn new(text: &str) -> Self {
        let scenario = Scenario::parse(text, &[], &KINDS).unwrap_or_else(|bad| panic!("{bad}"));
        let mut kernel = scenario.kernel();
        let [ann, bob] = [(); 2].map(|()| kernel.open_outside(&Endowment::unlimited()));
        Self { kernel, ann, bob, heard: Heard::default() }
    }

    /// Lets the venue have `command` at the second `at`, and gives what happened.
    fn send(&mut self, at: u64, command: Command) -> Vec<Event> {
        let at = secs(at);
        self.kernel.inject(at, command);
        self.until(at)
    }

    fn place(&mut self, at: u64, who: AccountId, order: u64, side: Side, price: i64) -> Vec<Event> {
        self.send(at, Command::Place(limit(who, order, side, price)))
    }

    fn cancel(&mut self, at: u64, who: AccountId, order: u64) {
        let ended = self.send(at, Command::Cancel { key: OrderKey::new(who, OrderId(order)) });
        assert!(matches!(ended[..], [Event::Cancelled { .. }, ..]), "{ended:?}");
    }

    /// Lets time pass, and gives what happened.
    fn until(&mut self, at: Time) -> Vec<Event> {
        let before = self.heard.0.len();
        self.kernel.run(at, &mut self.heard);
        self.heard.0[before..].iter().map(|(_, event)| *event).collect()
    }

    fn phase(&self) -> Phase {
        self.kernel.exchange().phase(ACME)
    }

    fn bands(&self) -> Option<(i64, i64)> {
        self.kernel.exchange().bands(ACME).map(|Bands { lower, upper }| (lower.0, upper.0))
    }

    /// The moments, in seconds, and prices of everything that traded.
    fn prints(&self) -> Vec<(u64, i64)> {
        let print = |(at, event): &(Time, Event)| match *event {
            Event::Traded { price, .. } | Event::Crossed { price, .. } => {
                Some((at.0 / 1_000_000_000, price.0))
            }
            _ => None,
        };
        self.heard.0.iter().filter_map(print).collect()
    }
}

fn secs(secs: u64) -> Time {
    Time::ZERO.after(Span::secs(secs))
}

/// Five lots of ACME.
fn limit(who: AccountId, order: u64, side: Side, price: i64) -> Order {
    Order::limit(who, OrderId(order), ACME, side, Price(price), Qty(5))
}

/// The scripted tape of limit up, limit down; it begins at 11:00:00, two minutes into the run.
#[test]
fn limit_down_pauses_and_reopens() {
    let mut tape = Tape::new(
        "start = '2026-01-05T10:58:00-05:00'
         [[instrument]]
         symbol = 'ACME'
         price = '98.00'
         [supervision]
         luld_tier_1 = ['ACME']",
    );
    let (ann, bob) = (tape.ann, tape.bob);
    tape.place(40, bob, 1, Side::Sell, 10_000);
    tape.place(40, ann, 1, Side::Buy, 10_000);
    tape.until(secs(119));
    assert_eq!(tape.bands(), Some((9_500, 10_500)), "five percent around 100.00");

    tape.place(120, ann, 2, Side::Buy, 9_998);
    tape.place(120, bob, 2, Side::Sell, 10_002);
    // 11:00:10: the offer comes to the lower band.
    tape.cancel(130, ann, 2);
    tape.place(130, ann, 3, Side::Buy, 9_490);
    tape.place(130, bob, 3, Side::Sell, 9_500);
    // 11:00:12: what would sell below the band is offered at it, and meets nobody.
    let repriced = tape.place(132, bob, 4, Side::Sell, 9_490);
    let to = repriced.iter().find_map(|event| match event {
        Event::Repriced { to, .. } => Some(to.0),
        _ => None,
    });
    assert_eq!(to, Some(9_500), "{repriced:?}");
    // 11:00:20: ten seconds were not enough.
    for order in [3, 4] {
        tape.cancel(140, bob, order);
    }
    tape.place(140, ann, 5, Side::Buy, 9_502);
    tape.place(140, bob, 5, Side::Sell, 9_506);
    // 11:00:30: a bid below the band is no limit state; 11:00:40: the offer is at it again.
    tape.cancel(150, ann, 5);
    tape.place(150, ann, 6, Side::Buy, 9_495);
    tape.place(150, bob, 6, Side::Sell, 9_505);
    tape.cancel(160, ann, 6);
    tape.place(160, bob, 7, Side::Sell, 9_500);
    tape.until(Time(secs(175).0 - 1));
    assert_eq!(tape.phase(), Phase::Continuous, "a moment before fifteen seconds are over");
    tape.until(secs(175));
    assert_eq!((tape.phase(), tape.bands()), (Phase::ReopenCall, None), "11:00:55");
    assert_eq!(tape.prints(), [(40, 10_000)], "nothing traded since");

    // In the pause orders come and go, and none trades, though these would meet.
    tape.place(200, ann, 8, Side::Buy, 9_600);
    tape.place(200, bob, 8, Side::Sell, 9_550);
    tape.cancel(201, ann, 3);
    tape.until(Time(secs(475).0 - 1));
    assert_eq!((tape.phase(), tape.prints().len()), (Phase::ReopenCall, 1));
    // 11:05:55: 5 lots from 95.00 to 95.04 without surplus; nearest to the last price is 95.04.
    tape.until(secs(475));
    assert_eq!(tape.prints(), [(40, 10_000), (475, 9_504)]);
    assert_eq!(tape.phase(), Phase::Continuous);
    assert_eq!(tape.bands(), Some((9_029, 9_979)), "five percent around 95.04");
    // 15:36:00: doubled in the last 25 minutes.
    tape.until(secs(16_680));
    assert_eq!(tape.bands(), Some((8_554, 10_454)));
}

/// Two who trade ten percent below the close, and a third who sells short then.
fn fallen(rules: &str) -> Tape {
    let mut tape = Tape::new(&format!(
        "start = '2026-01-05T10:00:00-05:00'
         [[instrument]]
         symbol = 'ACME'
         price = '40.00'
         {rules}
         [supervision]
         short_sale_test = ['ACME']"
    ));
    let (ann, bob) = (tape.ann, tape.bob);
    for (order, price, restricted) in [(1, 3_601, false), (2, 3_600, true)] {
        tape.place(order, ann, order, Side::Buy, price);
        let events = tape.place(order, bob, order, Side::Sell, price);
        let said = events.iter().any(|e| matches!(e, Event::ShortSalesRestricted { on: true, .. }));
        assert_eq!(said, restricted, "after a trade at {price}");
    }
    tape.place(3, ann, 3, Side::Buy, 3_590);
    tape
}

fn short(who: AccountId, order: u64, price: i64) -> Command {
    let mut order = limit(who, order, Side::Sell, price);
    order.with.mark = SaleMark::Short;
    Command::Place(order)
}

#[test]
fn after_a_fall_of_a_tenth_short_sales_stand_above_the_bid() {
    let mut tape = fallen("");
    let bob = tape.bob;
    let events = tape.send(4, short(bob, 3, 3_590));
    let rested = events.iter().find_map(|event| match event {
        Event::Rested { price, .. } => Some(price.0),
        _ => None,
    });
    assert_eq!(rested, Some(3_591), "{events:?}");
    assert_eq!(tape.prints().len(), 2, "it met nobody");
    // Who owns what he sells may sell at the bid.
    tape.place(5, bob, 4, Side::Sell, 3_590);
    assert_eq!(tape.prints().last(), Some(&(5, 3_590)));
    // Still so the day after (Tuesday, 15:59), and free from Wednesday's first moment on.
    let lifted = |events: &[Event]| {
        events.iter().any(|e| matches!(e, Event::ShortSalesRestricted { on: false, .. }))
    };
    assert!(!lifted(&tape.until(secs(38 * 3_600 - 1))), "until Tuesday's midnight");
    assert!(lifted(&tape.until(secs(38 * 3_600))), "Wednesday");
}

#[test]
fn a_venue_may_refuse_short_sales_at_the_bid() {
    let mut tape = fallen("[instrument.rules]\n short_action = 'reject'");
    let bob = tape.bob;
    let key = OrderKey::new(bob, OrderId(3));
    let why = Reject::ShortRestricted;
    assert_eq!(tape.send(4, short(bob, 3, 3_590)), [Event::Rejected { key, why }]);
    let taken = tape.send(5, short(bob, 3, 3_591));
    assert!(matches!(taken[..], [Event::Accepted { .. }, Event::Rested { .. }]), "{taken:?}");
}

/// The scripted tape of the market-wide circuit breaker: the run begins at 09:30.
#[test]
fn the_index_halts_the_whole_market() {
    let mut tape = Tape::new(
        "start = '2026-01-05T09:30:00-05:00'
         [[instrument]]
         symbol = 'ACME'
         price = '40.00'
         [[instrument]]
         symbol = 'SPX'
         price = '2681.66'
         [supervision]
         index = ['SPX']
         index_call = '1m'",
    );
    let clock = |hour: u64, minute: u64| hour * 3_600 + minute * 60 - (9 * 3_600 + 30 * 60);
    let both = |tape: &Tape| {
        [ACME, InstrumentId(1)].map(|instrument| tape.kernel.exchange().phase(instrument))
    };
    use Phase::{Closed, Continuous, Halt, ReopenCall};
    let steps = [
        ((9, 45), Some(249_395), Continuous),
        ((10, 0), Some(249_394), Halt),
        ((10, 14), None, Halt),
        ((10, 15), None, ReopenCall),
        ((10, 16), None, Continuous),
        ((11, 0), Some(245_000), Continuous),
        ((14, 0), Some(233_304), Halt),
        ((14, 15), None, ReopenCall),
        ((14, 16), None, Continuous),
        ((15, 0), Some(230_000), Continuous),
        ((15, 30), Some(214_533), Halt),
        ((15, 59), None, Halt),
        ((16, 0), None, Closed),
    ];
    for ((hour, minute), index, phase) in steps {
        let at = clock(hour, minute);
        if let Some(index) = index {
            let (instrument, of, price) = (InstrumentId(1), Benchmark::Index, Price(index));
            tape.send(at, Command::SetReference { instrument, of, price });
        }
        tape.until(secs(at));
        assert_eq!(both(&tape), [phase; 2], "at {hour}:{minute:02}");
    }
}
