//! Quoting with a limit: what market makers without an obligation have in common.
//!
//! At each act it takes back its quotes and lays new ones on both sides, between `near` and `far`
//! ticks behind the best price (a negative `near` is inside the spread). When it holds more than
//! `alarm` of its limit, it stops buying and sells at the best bid until it holds no more than
//! `calm` of it; short the same way round. When the price has moved more than `scare` over the last
//! `memory`, it quotes nothing until that is over, and only flattens; or it stays away for about as
//! long as `away` says (a half to one and a half of it), and then comes back whatever prices do.
//! While trading stands still it takes its quotes back, and afterwards it begins anew: what scared
//! it before a pause is forgotten. Where the best prices are farther than `widest` from the middle,
//! it takes no notice of them and quotes so far from the middle: who comes back to an empty market
//! makes one.

use crate::desk::{self, Look};
use crate::lately::Lately;
use crate::working::{self, Working};
use pitfloor_model::units::{Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Params, Role, Wait};

/// A maker who may leave at any time.
#[derive(Clone, Debug)]
pub struct Quoting {
    role: Role,
    rate: Wait,
    /// Ticks behind the best price: the nearest and the farthest.
    near: i64,
    far: i64,
    size: Qty,
    limit: f64,
    alarm: f64,
    calm: f64,
    scare: f64,
    widest: f64,
    lately: Lately,
    /// How long it stays away when it was scared, and until when it does.
    away: Option<Span>,
    back: Time,
    is_flattening: bool,
    working: Working<2>,
}

impl Quoting {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let limit = params.lots("max_position");
        let alarm = params.number("alarm");
        let near = params.number("near") as i64;
        Self {
            role: *role,
            rate: params.wait("rate"),
            near,
            far: (params.number("far") as i64).max(near),
            size: params.lots("size"),
            limit: limit.0 as f64,
            alarm,
            calm: params.number("calm").min(alarm),
            scare: params.number("scare") * desk::BASIS_POINT,
            widest: params.number("widest") * desk::BASIS_POINT,
            lately: Lately::new(params.span("memory")),
            away: params.span_or_never("away"),
            back: Time::ZERO,
            is_flattening: false,
            working: Working::new(role, limit),
        }
    }

    /// True while it dares not quote, by the range of prices that it remembers.
    fn is_scared(&mut self, cx: &mut Context<'_>, range: f64) -> bool {
        let now = cx.now();
        let Some(away) = self.away else { return range > self.scare };
        if now < self.back {
            // What happens while it is away does not keep it away.
            self.lately.forget();
            return true;
        }
        if range > self.scare {
            let long = away.0 as f64 * (0.5 + cx.dice().unit());
            self.back = now.after(Span(long as u64));
        }
        range > self.scare
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() {
            return;
        }
        let Some(look) = Look::of(&cx.view(), instrument, reference) else {
            // After a pause it begins anew: what scared it lies before.
            self.lately.forget();
            self.back = Time::ZERO;
            return self.working.take_back(cx);
        };
        let range = self.lately.range(cx.now(), look.price);
        let is_scared = self.is_scared(cx, range);
        self.working.take_back(cx);
        let away = self.working.away(cx);
        let share = away.abs() as f64 / self.limit;
        self.is_flattening = share >= self.alarm || (self.is_flattening && share > self.calm);
        if self.is_flattening {
            cx.because("flatten: too much of it", || {
                [("lots", away as f64), ("limit", self.limit)]
            });
            self.working.step(cx, &look, 0, self.size);
            return;
        }
        if is_scared {
            return;
        }
        cx.because("quote both sides", || [("lots", away as f64), ("price_ticks", look.price)]);
        let step = cx.instrument(instrument).limits.price_step as i64;
        for side in Side::BOTH {
            let behind = cx.dice().between(self.near, self.far) * step;
            let price = self.place(&look, side, behind, step);
            let price = desk::price(cx.instrument(instrument), side, price.0 as f64);
            self.working.rest(cx, side, price, i128::from(self.size.0));
        }
    }

    /// So far behind the best price of `side`, and never at or beyond the other one.
    fn place(&self, look: &Look, side: Side, behind: i64, step: i64) -> Price {
        let middle = Price(look.price as i64);
        let best = look.best(side).unwrap_or(middle);
        let widest = (look.price * self.widest) as i64;
        match side {
            Side::Buy => {
                let most = look.ask.map_or(i64::MAX, |ask| ask.0 - step);
                Price((best.0.max(middle.0 - widest) - behind).min(most))
            }
            Side::Sell => {
                let least = look.bid.map_or(i64::MIN, |bid| bid.0 + step);
                Price((best.0.min(middle.0 + widest) + behind).max(least))
            }
        }
    }
}

impl Agent for Quoting {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => self.working.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::Floor;

    fn quoted(kind: &str, changes: &[(&str, &str)]) -> (Floor, pitfloor_model::units::AccountId) {
        let mut floor = Floor::new(1);
        let mut outside = Vec::new();
        floor.quote(10_000, 10, &mut outside);
        let agent = floor.seat(kind, &[changes, &[("rate", "100ms")]].concat());
        floor.pass(Span::secs(1));
        (floor, agent)
    }

    #[test]
    fn both_makers_quote_both_sides_each_in_its_place() {
        let (fast, slow) = (quoted("hft-maker", &[]), quoted("intermediary", &[]));
        let (bid, ask) = fast.0.best();
        assert!(bid > Some(9_990) && ask < Some(10_010) && bid < ask, "inside: {bid:?} {ask:?}");
        assert_eq!(slow.0.best(), (Some(9_990), Some(10_010)), "behind the best");
        for (floor, agent) in [fast, slow] {
            let placed = floor.placed_by(agent);
            assert!(placed.iter().any(|it| it.side == Side::Buy));
            assert!(placed.iter().any(|it| it.side == Side::Sell));
            assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        }
    }

    #[test]
    fn too_much_of_it_is_sold_at_any_best_price() {
        let changes = [("max_position", "20"), ("size", "5"), ("alarm", "0.5"), ("calm", "0.1")];
        let (mut floor, agent) = quoted("hft-maker", &changes);
        for _ in 0..40 {
            floor.take(Side::Sell, 9_991, 5);
            floor.pass(Span::millis(150));
        }
        let (least, most) = floor.ever_held(agent, 500);
        assert!(least >= 480 && most <= 520, "{least} to {most}");
        let takes = floor
            .placed_by(agent)
            .iter()
            .filter(|it| it.tif == pitfloor_model::command::Tif::Ioc && it.side == Side::Sell)
            .count();
        assert!(takes > 0, "it crossed the spread to get rid of it");
    }

    #[test]
    fn a_moving_price_drives_it_out() {
        let (mut floor, agent) = quoted("intermediary", &[("scare", "50"), ("memory", "10s")]);
        let mut outside = Vec::new();
        let before = floor.placed_by(agent).len();
        floor.quote(9_900, 10, &mut outside);
        // What was quoted at 10 000 is still there; this takes it.
        floor.take(Side::Sell, 9_950, 2_000_000);
        floor.pass(Span::secs(5));
        let meanwhile = floor.placed_by(agent)[before..].to_vec();
        let rests =
            |it: &pitfloor_model::command::Order| it.tif == pitfloor_model::command::Tif::Gtc;
        assert!(meanwhile.iter().filter(|it| rests(it)).count() <= 4, "{meanwhile:?}");
        floor.pass(Span::secs(20));
        assert!(floor.placed_by(agent).len() > before + 50, "and it comes back");
    }

    /// How many orders it rests in each ten seconds after a fall, in a market that swings on.
    fn comes_back(changes: &[(&str, &str)]) -> Vec<usize> {
        let changes = [changes, &[("scare", "50"), ("memory", "10s"), ("size", "1")]].concat();
        let (mut floor, agent) = quoted("intermediary", &changes);
        // What was quoted at 10 000 is still there; these take it.
        floor.take(Side::Sell, 9_000, 2_000_000);
        floor.take(Side::Buy, 11_000, 2_000_000);
        let mut outside = Vec::new();
        let mut placed = Vec::new();
        let mut before = floor.placed_by(agent).len();
        for ten in 0..6 {
            for second in 0..10 {
                let mid = if (ten * 10 + second) % 4 < 2 { 9_800 } else { 9_900 };
                floor.quote(mid, 10, &mut outside);
                floor.pass(Span::secs(1));
            }
            let now = floor.placed_by(agent).len();
            placed.push(now - before);
            before = now;
        }
        placed
    }

    #[test]
    fn who_stays_away_for_a_time_comes_back_although_prices_swing_on() {
        let (never, back) = (comes_back(&[]), comes_back(&[("away", "20s")]));
        let later = |placed: &[usize]| placed[1..].iter().sum::<usize>();
        assert!(later(&back) > 30 && later(&back) > 3 * later(&never), "{back:?} {never:?}");
        assert_eq!(back.iter().min(), Some(&0), "it was away: {back:?}");
    }

    #[test]
    fn in_an_empty_market_it_quotes_no_wider_than_it_may() {
        for (changes, bid, ask) in
            [(&[][..], 9_000, 11_000), (&[("widest", "50"), ("far", "0")][..], 9_950, 10_050)]
        {
            let mut floor = Floor::new(1);
            floor.quote(10_000, 1_000, &mut Vec::new());
            let agent = floor.seat("intermediary", &[changes, &[("rate", "100ms")]].concat());
            floor.pass(Span::millis(150));
            let placed = floor.placed_by(agent);
            let price = |side| placed.iter().find(|it| it.side == side).unwrap().price.unwrap().0;
            assert!(price(Side::Buy) <= bid && price(Side::Buy) > bid - 10, "{placed:?}");
            assert!(price(Side::Sell) >= ask && price(Side::Sell) < ask + 10, "{placed:?}");
        }
    }
}
