//! Orders that end by the clock do so on time, also where nobody says a word.

use crate::players::{ACME, Act, market, ms, outside, plan, rich};
use pitfloor_model::command::{Command, Order, Tif};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, OrderId, Price, Qty, Side, Time};
use pitfloor_sim::kernel::{Kernel, Observer, Progress, Seen};

/// Every command with its moment, and what expired.
#[derive(Default)]
struct Clock {
    commands: Vec<(Time, Command)>,
    expired: Vec<(Time, OrderId)>,
}

impl Observer for Clock {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.commands.push((seen.stamped.at, seen.stamped.command.clone()));
        for event in seen.events {
            if let Event::Expired { key, .. } = event {
                self.expired.push((seen.stamped.at, key.order));
            }
        }
    }
}

impl Clock {
    /// The moments at which the clock itself had a command.
    fn ticks(&self) -> Vec<Time> {
        let ticks = self.commands.iter().filter(|(_, command)| *command == Command::AdvanceTime);
        ticks.map(|(at, _)| *at).collect()
    }
}

/// An outsider's offer that stands until `moment`.
fn offer(account: AccountId, order: u64, moment: Time) -> Command {
    let order = Order::limit(account, OrderId(order), ACME, Side::Sell, Price(1_000), Qty(1));
    Command::Place(Order { tif: Tif::Gtd(moment), ..order })
}

/// Three offers with two last moments, in a market that is quiet otherwise.
fn quiet() -> Kernel {
    let mut kernel = market(1);
    let account = kernel.open_outside(&rich());
    for (order, last) in [(1, 50), (2, 90), (3, 50)] {
        kernel.inject(ms(order), offer(account, order, ms(last)));
    }
    kernel
}

#[test]
fn in_a_quiet_market_orders_expire_at_their_last_moment() {
    let (mut kernel, mut clock) = (quiet(), Clock::default());
    assert_eq!(kernel.run(ms(200), &mut clock), Progress::Reached);
    let expected = [(ms(50), OrderId(1)), (ms(50), OrderId(3)), (ms(90), OrderId(2))];
    assert_eq!(clock.expired, expected);
    assert_eq!(clock.ticks(), [ms(50), ms(90)], "once for all that expires then");
    assert_eq!((kernel.due(), kernel.now()), (None, ms(200)));
}

/// A host that sleeps from moment to moment is woken for it.
#[test]
fn the_last_moment_is_due() {
    let (mut kernel, mut clock) = (quiet(), Clock::default());
    let mut moments = Vec::new();
    while let Some(due) = kernel.due() {
        moments.push(due);
        kernel.advance(due, &mut clock);
    }
    moments.dedup();
    assert_eq!(moments, [ms(0), ms(1), ms(2), ms(3), ms(50), ms(90)]);
    let (mut jumping, mut jumped) = (quiet(), Clock::default());
    jumping.run(ms(90), &mut jumped);
    assert_eq!(jumped.commands, clock.commands, "to step is to jump");
}

/// At its last moment an order is gone before anybody can meet it.
#[test]
fn whoever_comes_at_the_last_moment_comes_too_late() {
    let (mut kernel, mut clock) = (quiet(), Clock::default());
    let late = kernel.open_outside(&rich());
    kernel.inject(ms(50), outside(late, 1, Side::Buy, 1_000, 3));
    kernel.run(ms(60), &mut clock);
    assert_eq!(clock.expired, [(ms(50), OrderId(1)), (ms(50), OrderId(3))]);
    let best = kernel.exchange().best(ACME, Side::Buy);
    assert_eq!(best, Some((Price(1_000), Qty(2))), "it met the one that stood on");
}

/// A cancelled order has no last moment any more, and a market without such orders no ticks.
#[test]
fn without_last_moments_the_clock_says_nothing() {
    let (mut kernel, mut clock) = (market(1), Clock::default());
    let account = kernel.open_outside(&rich());
    kernel.inject(ms(1), offer(account, 1, ms(50)));
    let key = pitfloor_model::units::OrderKey::new(account, OrderId(1));
    kernel.inject(ms(2), Command::Cancel { key });
    plan(&mut kernel, "ann", 1, &[(10, Act::Limit(Side::Buy, 900, 1)), (70, Act::Look)]);
    kernel.run(ms(100), &mut clock);
    assert!(clock.commands.len() > 5, "there was a market");
    assert_eq!((clock.ticks(), clock.expired), (vec![], vec![]));
}
