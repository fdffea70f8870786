//! Informed: knows, roughly, what the thing is worth, and trades towards it.
//!
//! Source: Glosten & Milgrom (1985), *Bid, ask and transaction prices in a specialist market with
//! heterogeneously informed traders*, Journal of Financial Economics 14(1); Kyle (1985), *Continuous
//! auctions and insider trading*, Econometrica 53(6); the value agents of ABIDES (Byrd, Hybinette &
//! Balch 2020) for a trader that sees the fundamental through noise.
//!
//! It wakes at random, takes back what it left in the book, and observes the hidden fundamental value
//! with an error of its own, normally distributed with standard deviation `noise`. When the best
//! price is better than that by more than `edge`, it takes what it can at prices that keep the edge;
//! with probability `patient` it rests an order at the edge instead, where others may come to it.
//! What has no fundamental it leaves alone.
//!
//! With a `gap_half_life` it is sure of the news but not of the level: at every look it takes a
//! part of the gap between the price and the value for value, so that half of a gap that lasts is
//! value after that half-life of looks. What moves the price for long it stops standing against. In a
//! crowd whose half-lives h spread over many scales, with strengths falling like h^(−½), a steady
//! flow over a time T moves the price like T^(½) and is forgotten like t^(−½) (the propagator of Bouchaud,
//! Gefen, Potters & Wyart 2004, *Fluctuations and response in financial markets*, Quantitative
//! Finance 4(2)).
//!
//! It waits while an order that trades at once, or a cancellation, is on its way: so it always knows
//! what it may still be filled on, and `max_position` holds exactly, however far away the venue is.

pub mod glosten_milgrom_arrivals;
pub mod glosten_milgrom_dealer;
pub mod kyle;
pub mod kyle_dealer;
pub mod kyle_insider;
pub mod kyle_noise;

use crate::desk::{self, BASIS_POINT, Look};
use crate::orders::{InFlight, Orders, Resting};
use pitfloor_model::units::{Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `informed`.
pub static KIND: Kind = Kind {
    name: "informed",
    about: "sees the fundamental value through noise and trades towards it",
    source: "Glosten & Milgrom 1985; Kyle 1985; Byrd, Hybinette & Balch 2020",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 3s)",
            about: "wait between two observations",
        },
        Parameter {
            name: "noise",
            takes: Takes::Number(0.0, 10_000.0),
            default: "5",
            about: "standard deviation of its error, in basis points of the value",
        },
        Parameter {
            name: "opinion_half_life",
            takes: Takes::SpanOrNever,
            default: "never",
            about: "after how long half of its error is another: an opinion of its own; never: there \
                    is no opinion, the error is drawn anew at every look",
        },
        Parameter {
            name: "gap_half_life",
            takes: Takes::SpanOrNever,
            default: "never",
            about: "after how long, in looks at its mean `rate`, it takes half of a lasting gap between \
                    price and value for value: others may know what it does not; never: it trusts \
                    the value alone",
        },
        Parameter {
            name: "edge",
            takes: Takes::Number(0.0, 10_000.0),
            default: "4",
            about: "how much better than the value a price must be, in basis points",
        },
        Parameter {
            name: "patient",
            takes: Takes::Number(0.0, 1.0),
            default: "0.3",
            about: "how often it rests an order instead of taking",
        },
        Parameter {
            name: "calls",
            takes: Takes::Choice(&["wait", "join"]),
            default: "wait",
            about: "join: while a call collects orders, rest one at the edge; wait: until trading is continuous",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "60", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "1000",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::One(|params, role| Box::new(Informed::new(params, role))),
};

/// Somebody who knows more than the market.
#[derive(Clone, Debug)]
pub struct Informed {
    role: Role,
    rate: Wait,
    noise: f64,
    edge: f64,
    patient: f64,
    opinion: Option<Opinion>,
    gap: Gap,
    joins_calls: bool,
    size: Qty,
    max_position: Qty,
    /// Holdings at the start.
    home: i128,
    flight: InFlight,
    resting: Orders<1>,
    /// What it has taken back, until the venue confirms it: until then it may be filled.
    leaving: Orders<1>,
}

/// An error that lasts: an Ornstein–Uhlenbeck process, looked at whenever its owner looks.
#[derive(Clone, Copy, Debug)]
struct Opinion {
    half_life: Span,
    /// In standard deviations; none before the first look.
    held: Option<(Time, f64)>,
}

impl Opinion {
    fn at(&mut self, now: Time, dice: &mut Dice) -> f64 {
        let fresh = dice.normal();
        let opinion = self.held.map_or(fresh, |(then, held)| {
            let lives = now.since(then).as_secs() / self.half_life.as_secs();
            let kept = libm::exp2(-lives);
            held * kept + fresh * libm::sqrt(1.0 - kept * kept)
        });
        self.held = Some((now, opinion));
        opinion
    }
}

/// What of the gap between price and value it has come to take for value.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// What share of the rest it takes at each look.
    share: f64,
    /// As a share of the value.
    taken: f64,
}

impl Gap {
    /// It looks every `wait` on the mean, and takes half of a lasting gap in `half_life`.
    fn new(wait: Span, half_life: Option<Span>) -> Self {
        let lives = half_life.map_or(0.0, |half_life| wait.as_secs() / half_life.as_secs());
        Self { share: 1.0 - libm::exp2(-lives), taken: 0.0 }
    }

    fn see(&mut self, price: f64, value: f64) {
        self.taken += self.share * (price / value - 1.0 - self.taken);
    }
}

impl Informed {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let rate = params.wait("rate");
        Self {
            role: *role,
            rate,
            noise: params.number("noise") * BASIS_POINT,
            edge: params.number("edge") * BASIS_POINT,
            patient: params.number("patient"),
            opinion: params
                .span_or_never("opinion_half_life")
                .map(|half_life| Opinion { half_life, held: None }),
            gap: Gap::new(rate.mean(), params.span_or_never("gap_half_life")),
            joins_calls: params.choice("calls") == "join",
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            home: 0,
            flight: InFlight::default(),
            resting: Orders::new(),
            leaving: Orders::new(),
        }
    }

    /// True when nothing that it has asked for is undecided, other than what rests.
    fn is_sure(&self) -> bool {
        self.flight.has_landed() && self.leaving.is_empty()
    }

    fn act(&mut self, cx: &mut Context<'_>, value: f64) {
        self.leaving = std::mem::take(&mut self.resting);
        self.leaving.iter().for_each(|old| cx.cancel(old.order));
        let Role { instrument, reference, .. } = self.role;
        let view = cx.view();
        let call =
            || self.joins_calls.then(|| Look::in_call(&view, instrument, reference)).flatten();
        let (look, in_call) = match (Look::of(&view, instrument, reference), call()) {
            (Some(look), _) => (look, false),
            (None, Some(look)) => (look, true),
            (None, None) => return,
        };
        let now = cx.now();
        let error = match &mut self.opinion {
            None => cx.dice().normal(),
            Some(opinion) => opinion.at(now, cx.dice()),
        };
        if !in_call && value > 0.0 {
            self.gap.see(look.price, value);
        }
        let seen = value * (1.0 + self.gap.taken) * (1.0 + self.noise * error);
        if in_call || cx.dice().chance(self.patient) {
            self.rest(cx, &look, seen);
        } else {
            self.take(cx, &look, seen);
        }
    }

    /// Rests an order on the side that the market has wrong, at the edge or just behind the market.
    fn rest(&mut self, cx: &mut Context<'_>, look: &Look, seen: f64) {
        let side = if look.price < seen { Side::Buy } else { Side::Sell };
        let (instrument, edge) = (cx.instrument(self.role.instrument), self.at_edge(side, seen));
        let step = instrument.limits.price_step as f64;
        let best = look.best(side.opposite()).map(|best| best.0 as f64);
        let ticks = match side {
            Side::Buy => best.map_or(edge, |ask| edge.min(ask - step)),
            Side::Sell => best.map_or(edge, |bid| edge.max(bid + step)),
        };
        let price = desk::price(instrument, side, ticks);
        if let Some(qty) = self.within_means(cx, side, price) {
            cx.because("rest at the edge of what it is worth", || {
                [("worth_ticks", seen), ("price_ticks", look.price)]
            });
            let order = cx.limit(self.role.instrument, side, price, qty);
            self.resting.add(Resting { order, side, price, leaves: qty, since: cx.now() });
        }
    }

    /// Takes what is offered at prices that leave the edge.
    fn take(&mut self, cx: &mut Context<'_>, look: &Look, seen: f64) {
        for side in Side::BOTH {
            let edge = self.at_edge(side, seen);
            let limit = desk::price(cx.instrument(self.role.instrument), side, edge);
            if look.best(side.opposite()).is_some_and(|best| side.accepts(limit, best)) {
                if let Some(qty) = self.within_means(cx, side, limit) {
                    cx.because("take what is mispriced", || {
                        [("worth_ticks", seen), ("limit_ticks", limit.0 as f64)]
                    });
                    self.flight.send(cx.take(self.role.instrument, side, limit, qty), qty);
                }
                return;
            }
        }
    }

    /// The worst price for an order of `side` that leaves the edge, in ticks.
    fn at_edge(&self, side: Side, seen: f64) -> f64 {
        match side {
            Side::Buy => seen * (1.0 - self.edge),
            Side::Sell => seen * (1.0 + self.edge),
        }
    }

    /// How many lots it may ask for on `side`, by its limit, its cash and its holdings, and by what
    /// it has taken back and may be filled on before that is known.
    fn within_means(&self, cx: &Context<'_>, side: Side, price: Price) -> Option<Qty> {
        let instrument = cx.instrument(self.role.instrument);
        let (held, most) = (cx.position(self.role.instrument), i128::from(self.max_position.0));
        let spoken = self.leaving.committed_lots(side);
        let means = match side {
            Side::Buy => {
                let committed = self.leaving.committed_cash(instrument);
                let room = self.home + most - held - spoken;
                room.min(desk::can_buy(cx, self.role.instrument, committed, price))
            }
            Side::Sell => {
                let can = desk::can_sell(cx, self.role.instrument, price);
                (held - self.home + most).min(can) - spoken
            }
        };
        desk::lots(instrument, means.min(i128::from(self.size.0)))
    }
}

impl Agent for Informed {
    /// Whoever rests orders wants to know when what it took back is gone.
    fn interest(&self) -> Interest {
        let own = if self.patient > 0.0 { Own::All } else { Own::Fills };
        Interest { own, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.home = cx.position(self.role.instrument);
                // Nothing to know: then there is nothing to do, ever.
                if cx.fundamental(self.role.instrument).is_some() {
                    desk::wake_first(self.rate, cx);
                }
            }
            Notice::Timer(_) => {
                if self.is_sure()
                    && let Some(value) = cx.fundamental(self.role.instrument)
                {
                    self.act(cx, value);
                }
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => {
                self.flight.told(cx.account(), event);
                self.resting.told(cx.account(), event);
                self.leaving.told(cx.account(), event);
            }
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;
    use pitfloor_model::command::{Order, Tif};
    use pitfloor_model::units::{AccountId, Span};

    const SURE: [(&str, &str); 4] =
        [("noise", "0"), ("edge", "4"), ("patient", "0"), ("rate", "1s")];

    /// A floor where the share is worth `value` and an outsider quotes around `mid`.
    fn quoted(value: f64, mid: i64, changes: &[(&str, &str)]) -> (Floor, AccountId) {
        let mut floor = Floor::worth(1, value, 0.0);
        floor.quote(mid, 1, &mut Vec::new());
        let agent = floor.seat("informed", &[changes, &SURE[..]].concat());
        (floor, agent)
    }

    fn sides(placed: &[Order], side: Side) -> bool {
        !placed.is_empty() && placed.iter().all(|order| order.side == side)
    }

    #[test]
    fn buys_what_is_worth_more_and_sells_what_is_worth_less() {
        for (value, side) in [(10_020.0, Side::Buy), (9_980.0, Side::Sell)] {
            let (mut floor, agent) = quoted(value, 10_000, &[]);
            floor.pass(Span::secs(5));
            let placed = floor.placed_by(agent);
            assert!(sides(&placed, side), "{placed:?}");
            assert!(placed.iter().all(|order| order.tif == Tif::Ioc));
        }
    }

    #[test]
    fn leaves_a_price_alone_that_is_nearly_right() {
        let (mut floor, agent) = quoted(10_003.0, 10_000, &[]);
        floor.pass(Span::secs(60));
        assert!(floor.placed_by(agent).is_empty());
    }

    /// It drives the price to the value, less its edge, and no further.
    #[test]
    fn takes_until_the_price_is_right() {
        let mut floor = Floor::worth(1, 10_010.0, 0.0);
        for price in 10_001..10_020 {
            floor.rest(Side::Sell, price, 20);
        }
        floor.rest(Side::Buy, 9_990, 20);
        floor.seat("informed", &SURE);
        floor.pass(Span::secs(30));
        // Worth 10 010 less 4 basis points: 10 005.996, so 10 005 is the last good price.
        assert_eq!(floor.best(), (Some(9_990), Some(10_006)));
    }

    #[test]
    fn sees_through_noise_as_blurred_as_it_is_told() {
        // It buys at 10 001 when it sees 10 005.0 or more, 0.4 standard deviations below the value
        // (0.655 of the time), and sells at 9 999 when it sees 9 995.0 or less, 1.4 below (0.081).
        let changes = [("noise", "10"), ("size", "1"), ("max_position", "100000")];
        let (mut floor, agent) = quoted(10_009.0, 10_000, &changes);
        floor.pass(Span::secs(1_200));
        let placed = floor.placed_by(agent);
        let buys = placed.iter().filter(|order| order.side == Side::Buy).count();
        let sells = placed.len() - buys;
        assert!((786 - 66..786 + 66).contains(&buys), "four standard errors: {buys}");
        assert!((97 - 38..97 + 38).contains(&sells), "four standard errors: {sells}");
    }

    #[test]
    fn a_patient_one_waits_in_the_book_and_takes_its_order_back() {
        let (mut floor, agent) = quoted(10_020.0, 10_000, &[("patient", "1")]);
        floor.pass(Span::secs(10));
        let placed = floor.placed_by(agent);
        assert!(sides(&placed, Side::Buy));
        assert!(placed.iter().all(|order| order.price == Some(Price(10_000))), "{placed:?}");
        let live = |order: &&Order| floor.kernel.exchange().order(order.key()).is_some();
        assert_eq!(placed.iter().filter(live).count(), 1);
        assert!(floor.refusals().is_empty());
    }

    #[test]
    fn stays_within_its_limit_and_its_means() {
        for (value, max, held) in
            [(11_000.0, "150", 650), (9_000.0, "150", 350), (9_000.0, "5000", 0)]
        {
            for patient in ["0", "1"] {
                let changes = [("max_position", max), ("patient", patient)];
                let (mut floor, agent) = quoted(value, 10_000, &changes);
                for _ in 0..30 {
                    floor.pass(Span::secs(1));
                    let side = if value > 10_000.0 { Side::Sell } else { Side::Buy };
                    floor.take(side, 10_000, 100);
                }
                assert_eq!(floor.held(agent), held, "worth {value}, patient {patient}");
                assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
            }
        }
    }

    /// One look a second, a half-life of ten: of 40 ticks of gap it takes 20 for value in ten looks, 30
    /// in twenty, and from 36 ticks on (four half-lives, less what its edge of 4 leaves) it rests its case.
    #[test]
    fn takes_for_value_what_lasts() {
        let changes = [("gap_half_life", "10s"), ("size", "1"), ("max_position", "100000")];
        let (mut floor, agent) = quoted(10_040.0, 10_000, &changes);
        floor.pass(Span::secs(600));
        let bought = floor.placed_by(agent);
        assert!(sides(&bought, Side::Buy), "{bought:?}");
        // It buys at 10 001 while 10 040 - 40·(1 - 2^(-n/10)) is at least 10 005: 30 looks.
        assert!((29..=31).contains(&bought.len()), "{}", bought.len());
        assert_eq!(Gap::new(Span::secs(1), None).share, 0.0, "never");
    }

    #[test]
    fn leaves_alone_what_has_no_value() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let agent = floor.seat("informed", &SURE);
        floor.pass(Span::secs(60));
        assert!(floor.asked_by(agent).is_empty());
        assert_eq!(floor.kernel.due(), None);
    }
}
