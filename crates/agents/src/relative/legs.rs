//! Legs: several instruments that are to be traded together, so that none is left alone.
//!
//! Each leg has an aim in lots, counted from the beginning by its own fills. When aims are set, all
//! legs go out at once. Whatever is not done after a time-out is taken back and crosses, however
//! far from the best price up to [`REACH`](crate::errand::REACH), and again every second until it
//! is done: half a trade is a risk that nobody wanted. After a minute of that the legs stay where
//! they are, and the strategy goes on from there.

use crate::errand::{Ask, Errand, Manner};
use pitfloor_model::event::Event;
use pitfloor_model::units::{Cash, Side, Span, Time};
use pitfloor_sim::agent::Context;
use pitfloor_sim::params::Role;

/// How often what must cross is tried again when it finds nobody.
pub const AGAIN: Span = Span::secs(1);

/// How often it is tried before the legs stay as they are: a minute.
const TRIES_MOST: u32 = 60;

/// The tag of its own timers: no strategy gives it.
pub const LOOK: u64 = u64::MAX - 1;

/// Several legs and their aims.
#[derive(Clone, Debug)]
pub struct Legs {
    legs: Box<[Leg]>,
    /// How legs go out at first.
    manner: Manner,
    timeout: Span,
    /// From when on whatever is not done crosses.
    deadline: Time,
    crosses: bool,
    tries: u32,
    looks: bool,
    /// What the strategy went by, for those who trace it.
    figure: (&'static str, f64),
}

#[derive(Clone, Copy, Debug)]
struct Leg {
    errand: Errand,
    aim: i128,
}

impl Legs {
    /// One leg for each of `roles`; they go out in this manner, and cross `timeout` later.
    #[must_use]
    pub fn new(roles: &[Role], manner: Manner, timeout: Span) -> Self {
        let leg = |role: &Role| Leg { errand: Errand::new(role.instrument), aim: 0 };
        let legs = roles.iter().map(leg).collect();
        let (deadline, figure) = (Time::ZERO, ("", 0.0));
        Self { legs, manner, timeout, deadline, crosses: false, tries: 0, looks: false, figure }
    }

    /// Lots bought less lots sold of leg number `leg`, as far as told.
    #[must_use]
    pub const fn done(&self, leg: usize) -> i128 {
        self.legs[leg].errand.done()
    }

    /// True when every leg is where it should be and no order is alive.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.legs.iter().all(|leg| leg.errand.is_free() && leg.errand.done() == leg.aim)
    }

    /// True when no order is alive: what is done is then final, wherever it is.
    #[must_use]
    pub fn landed(&self) -> bool {
        self.legs.iter().all(|leg| leg.errand.is_free())
    }

    /// New aims: all legs go out at once. `rule` and `figure` say why.
    pub fn aim(
        &mut self,
        cx: &mut Context<'_>,
        aims: &[i128],
        rule: &'static str,
        figure: (&'static str, f64),
    ) {
        for (leg, aim) in self.legs.iter_mut().zip(aims) {
            leg.aim = *aim;
        }
        (self.figure, self.crosses, self.tries) = (figure, false, 0);
        self.deadline = cx.now().after(self.timeout);
        cx.wake_at(self.deadline, LOOK);
        self.go_out(cx, rule);
    }

    /// Gives up what is not done: the aims are where the legs are. Only what rests must still come
    /// back.
    pub fn rest_content(&mut self, cx: &mut Context<'_>) {
        for leg in &mut self.legs {
            leg.errand.withdraw(cx);
            leg.aim = leg.errand.done();
        }
    }

    /// Something happened to one of its orders.
    pub fn told(&mut self, cx: &mut Context<'_>, event: &Event) {
        let mut back = false;
        for leg in &mut self.legs {
            let leaving = leg.errand.is_leaving();
            leg.errand.told(cx, event);
            back |= leaving && leg.errand.is_free();
        }
        if back && self.crosses {
            self.go_out(cx, "cross the leg that is open");
        }
    }

    /// A look that it asked for: after the time-out, what is not done crosses.
    pub fn look(&mut self, cx: &mut Context<'_>) {
        self.looks = false;
        if cx.now() < self.deadline || self.settled() {
            return;
        }
        self.crosses = true;
        self.tries += 1;
        if self.tries > TRIES_MOST {
            return self.rest_content(cx);
        }
        self.go_out(cx, "cross the leg that is open");
        if !std::mem::replace(&mut self.looks, true) {
            cx.wake_at(cx.now().after(AGAIN), LOOK);
        }
    }

    fn go_out(&mut self, cx: &mut Context<'_>, rule: &'static str) {
        for place in 0..self.legs.len() {
            let spoken = self.spoken(cx, place);
            let leg = &mut self.legs[place];
            let away = leg.aim - leg.errand.done();
            if !leg.errand.is_free() {
                if self.crosses {
                    leg.errand.withdraw(cx);
                }
                continue;
            }
            if away == 0 {
                continue;
            }
            let side = if away > 0 { Side::Buy } else { Side::Sell };
            let manner = if self.crosses { Manner::Market } else { self.manner };
            let lots = away.unsigned_abs() as u64;
            leg.errand.send(cx, Ask { side, lots, manner, limit: None, spoken }, rule, self.figure);
        }
    }

    /// Cash that the other legs' orders may still cost, in the currency of leg number `place`.
    fn spoken(&self, cx: &Context<'_>, place: usize) -> Cash {
        let currency = |leg: &Leg| cx.instrument(leg.errand.instrument()).currency();
        let own = currency(&self.legs[place]);
        let same = self.legs.iter().filter(|leg| currency(leg) == own);
        Cash(same.map(|leg| leg.errand.spoken(cx).0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::Hall;
    use pitfloor_model::units::{AccountId, InstrumentId, Price};
    use pitfloor_sim::agent::{Agent, Interest, Notice, Own};

    /// Wants so many lots of each of two shares, a second after the start, and nothing else.
    struct Wants {
        legs: Legs,
        aims: [i128; 2],
    }

    impl Agent for Wants {
        fn interest(&self) -> Interest {
            Interest { own: Own::All, ..Interest::default() }
        }

        fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
            match notice {
                Notice::Start => cx.wake_in(Span::secs(1)),
                Notice::Timer(LOOK) => self.legs.look(cx),
                Notice::Timer(_) => self.legs.aim(cx, &self.aims, "wants", ("nothing", 0.0)),
                Notice::Own(event) => self.legs.told(cx, event),
                _ => {}
            }
        }
    }

    /// Both shares at 100, so many lots of each; who wants has so much money and so many lots.
    fn hall(
        manner: Manner,
        aims: [i128; 2],
        shown: [u64; 2],
        (cash, lots): (i128, u64),
    ) -> (Hall, AccountId) {
        let mut hall = Hall::of_shares(&["ONE", "TWO"]);
        for (id, shown) in (0..).zip(shown) {
            hall.quote(id, 9_999, 10_000, shown);
        }
        let role = |id| {
            let (instrument, reference) = (InstrumentId(id), Price(10_000));
            Role { instrument, reference, index: 0 }
        };
        let legs = Legs::new(&[role(0), role(1)], manner, Span::secs(3));
        let wants = Box::new(Wants { legs, aims });
        let account = hall.seat_agent("wants", Span::millis(1), cash, lots, wants);
        (hall, account)
    }

    fn held(hall: &Hall, account: AccountId) -> [i128; 2] {
        [hall.held(account, 0), hall.held(account, 1)]
    }

    #[test]
    fn both_are_paid_from_one_purse() {
        let (mut hall, account) = hall(Manner::Touch, [60, 60], [500, 500], (10_000, 0));
        hall.pass(Span::secs(2));
        assert_eq!(held(&hall, account), [60, 40], "{:?}", hall.refusals());
        assert!(hall.refusals().is_empty());
    }

    #[test]
    fn what_rests_waits_for_the_time_out_and_then_crosses_until_it_is_done() {
        let (mut hall, account) = hall(Manner::Meet, [60, -60], [500, 20], (100_000, 100));
        hall.pass(Span::secs(3));
        assert_eq!(held(&hall, account), [160, 80], "twenty have met somebody");
        hall.quote(1, 9_900, 9_902, 30);
        hall.pass(Span::millis(900));
        assert_eq!(held(&hall, account)[1], 80, "the rest stands where it was");
        hall.pass(Span::millis(200));
        assert_eq!(held(&hall, account)[1], 50, "and crosses three seconds after it was sent");
        hall.quote(1, 9_890, 9_892, 500);
        hall.pass(Span::secs(2));
        assert_eq!(held(&hall, account), [160, 40]);
        assert_eq!(hall.rules()[..2], ["wants"; 2]);
        assert!(hall.rules()[2..].iter().all(|rule| *rule == "cross the leg that is open"));
    }

    #[test]
    fn after_a_minute_it_stays_where_it_is() {
        let (mut hall, account) = hall(Manner::Touch, [60, 60], [500, 0], (100_000, 0));
        hall.pass(Span::secs(80));
        assert_eq!(held(&hall, account), [60, 0]);
        hall.quote(1, 9_999, 10_000, 500);
        hall.pass(Span::secs(10));
        assert_eq!(held(&hall, account), [60, 0], "somebody comes too late");
    }
}
