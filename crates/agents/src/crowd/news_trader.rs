//! A reader of news: trades on announcements, after a delay, by as much as they surprise.
//!
//! It keeps in mind what the instrument was worth before. When something is announced about the
//! instrument (or about everything), it understands after `delay` what that is worth, with an error
//! of `error` basis points, normally distributed. The surprise is by how much the value as it
//! understands it lies above what the price was when the news came. Beyond `threshold` it trades:
//! `size` lots for each per cent of surprise, at most `max_position`, bought (or sold) at prices
//! that leave half of the surprise to gain. After `hold` it goes back to what it started with.
//!
//! A `delay` of microseconds makes it a machine that reads a feed, one of seconds a person. What
//! has no fundamental value it leaves alone: announcements (`[[event]]` with `what = "news"` and a
//! `jump`, or `rates`) move that value, and nothing else says how good they are.
//!
//! Source: Andersen, Bollerslev, Diebold & Vega (2003), *Micro effects of macro announcements*,
//! American Economic Review 93(1), for prices that jump by the surprise within minutes; Foucault,
//! Hombert & Roşu (2016), *News trading and speed*, Journal of Finance 71(1), for who is first.

use crate::desk::{self, Look};
use crate::working::{self, Working};
use pitfloor_model::units::{Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `news-trader`.
pub static KIND: Kind = Kind {
    name: "news-trader",
    about: "trades on announcements by as much as they surprise",
    source: "Andersen, Bollerslev, Diebold & Vega 2003; Foucault, Hombert & Roşu 2016",
    parameters: &[
        Parameter {
            name: "delay",
            takes: Takes::Wait,
            default: "exp(mean = 2s)",
            about: "from the announcement to having understood it",
        },
        Parameter {
            name: "error",
            takes: Takes::Number(0.0, 10_000.0),
            default: "10",
            about: "standard deviation of its error about the value, in basis points",
        },
        Parameter {
            name: "threshold",
            takes: Takes::Number(0.0, 10_000.0),
            default: "20",
            about: "surprise that it acts on, in basis points",
        },
        Parameter {
            name: "size",
            takes: Takes::Lots,
            default: "100",
            about: "lots for each per cent of surprise",
        },
        Parameter {
            name: "pace",
            takes: Takes::Span,
            default: "500ms",
            about: "time between its orders while it trades",
        },
        Parameter {
            name: "hold",
            takes: Takes::Span,
            default: "10m",
            about: "after which it goes back to what it started with",
        },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "500",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Reader::new(params, role))),
};

/// The tag of the timer at which it has understood.
const UNDERSTOOD: u64 = 1;
/// One per cent.
const PERCENT: f64 = 0.01;

/// Somebody who reads the news.
#[derive(Clone, Debug)]
pub struct Reader {
    role: Role,
    delay: Wait,
    error: f64,
    threshold: f64,
    size: Qty,
    pace: Span,
    hold: Span,
    most: Qty,
    /// The price when the news came.
    before: f64,
    /// What it wants, and the worst price it would pay for it.
    plan: Option<Plan>,
    /// Whether a timer of its pace is on its way.
    is_awake: bool,
    working: Working<1>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Plan {
    target: i128,
    limit: f64,
    surprise: f64,
    until: Time,
}

impl Reader {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let most = params.lots("max_position");
        Self {
            role: *role,
            delay: params.wait("delay"),
            error: params.number("error") * desk::BASIS_POINT,
            threshold: params.number("threshold") * desk::BASIS_POINT,
            size: params.lots("size"),
            pace: params.span("pace"),
            hold: params.span("hold"),
            most,
            before: 0.0,
            plan: None,
            is_awake: false,
            working: Working::new(role, most),
        }
    }

    fn hear(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        let view = cx.view();
        self.before = view.price(instrument).unwrap_or(reference.0 as f64).max(1.0);
        let delay = self.delay.draw(cx.dice());
        cx.wake_at(cx.now().after(delay), UNDERSTOOD);
    }

    /// What the news are worth to it.
    fn understand(&mut self, cx: &mut Context<'_>) {
        let Some(value) = cx.fundamental(self.role.instrument) else { return };
        let seen = value * (1.0 + self.error * cx.dice().normal());
        let surprise = seen / self.before - 1.0;
        if surprise.abs() < self.threshold {
            return;
        }
        let most = self.most.0 as f64;
        let lots = (surprise / PERCENT * self.size.0 as f64).clamp(-most, most);
        let limit = self.before * (1.0 + surprise / 2.0);
        let until = cx.now().after(self.hold);
        self.plan = Some(Plan { target: lots as i128, limit, surprise, until });
        self.trade(cx);
    }

    fn trade(&mut self, cx: &mut Context<'_>) {
        let Some(plan) = self.plan else { return };
        if !self.is_awake {
            self.is_awake = true;
            cx.wake_in(self.pace);
        }
        let Role { instrument, reference, .. } = self.role;
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        let is_over = cx.now() >= plan.until;
        let target = if is_over { 0 } else { plan.target };
        let gap = target - self.working.away(cx);
        let side = if gap > 0 { Side::Buy } else { Side::Sell };
        if is_over && gap == 0 {
            self.plan = None;
        }
        let Some(best) = look.best(side.opposite()).filter(|_| gap != 0) else { return };
        let limit = desk::price(cx.instrument(instrument), side, plan.limit);
        if !self.working.is_sure() || !(is_over || side.accepts(limit, best)) {
            return;
        }
        let rule = if is_over { "the news are old" } else { "trade on the surprise" };
        cx.because(rule, || {
            [("surprise_bp", plan.surprise / desk::BASIS_POINT), ("price_ticks", look.price)]
        });
        self.working.take(cx, side, if is_over { best } else { limit }, gap.abs());
    }
}

impl Agent for Reader {
    fn interest(&self) -> Interest {
        Interest { news: true, ..working::interest() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.working.start(cx),
            Notice::News { about, .. } => {
                if about.is_none_or(|about| about == self.role.instrument) {
                    self.hear(cx);
                }
            }
            Notice::Timer(UNDERSTOOD) => self.understand(cx),
            Notice::Timer(_) => {
                self.is_awake = false;
                self.trade(cx);
            }
            Notice::Own(event) => self.working.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, refuses};
    use pitfloor_model::units::{InstrumentId, Price};

    /// A share that is worth `worth` and quoted at 10 000; news at the second second.
    fn after_news(
        worth: f64,
        about: Option<InstrumentId>,
        changes: &[(&str, &str)],
    ) -> (Floor, i128) {
        let mut floor = Floor::worth(1, worth, 0.0);
        floor.quote(10_000, 2, &mut Vec::new());
        let sure = [("error", "0"), ("delay", "1s")];
        let agent = floor.seat("news-trader", &[changes, &sure].concat());
        let news = Notice::News { number: 0, about };
        floor.kernel.announce(Time::ZERO.after(Span::secs(2)), news);
        floor.pass(Span::secs(2));
        assert!(floor.placed_by(agent).is_empty(), "nothing before the news are understood");
        floor.pass(Span::secs(20));
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        let held = floor.held(agent) - 500;
        (floor, held)
    }

    #[test]
    fn buys_good_news_and_sells_bad_ones_by_their_surprise() {
        assert_eq!(after_news(10_100.0, Some(ACME), &[]).1, 100);
        assert_eq!(after_news(10_300.0, None, &[]).1, 300);
        assert_eq!(after_news(9_800.0, Some(ACME), &[]).1, -200);
        assert_eq!(after_news(9_000.0, Some(ACME), &[]).1, -500, "no more than it may");
        assert_eq!(after_news(10_010.0, Some(ACME), &[]).1, 0, "not worth it");
        assert_eq!(after_news(10_300.0, Some(InstrumentId(7)), &[]).1, 0, "not its business");
    }

    #[test]
    fn pays_no_more_than_leaves_half_of_the_surprise() {
        let (floor, _) = after_news(10_100.0, Some(ACME), &[]);
        let limits: Vec<_> = floor
            .record
            .0
            .iter()
            .filter_map(|(stamped, _)| match &stamped.command {
                pitfloor_model::command::Command::Place(order) if order.account.0 > 1 => {
                    order.price
                }
                _ => None,
            })
            .collect();
        let half = |limit: &Price| (10_049..=10_050).contains(&limit.0);
        assert!(limits.len() == 1 && limits.iter().all(half), "{limits:?}");
    }

    #[test]
    fn goes_home_when_the_news_are_old() {
        let (mut floor, held) = after_news(10_100.0, Some(ACME), &[("hold", "1m")]);
        assert_eq!(held, 100);
        floor.pass(Span::secs(70));
        let agent = pitfloor_model::units::AccountId(2);
        assert_eq!(floor.held(agent), 500);
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "error", "-1", "a number from 0 to 10000");
    }
}
