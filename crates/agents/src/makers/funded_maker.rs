//! Funded maker: quotes as much as those who lend to it let it carry.
//!
//! **What it does.** It keeps one bid and one ask around what it thinks the thing is worth, with
//! `capital` of its own behind them. Who lends it the rest asks for a margin on every lot that it
//! holds, and asks for more when prices have moved: he cannot tell news from a thin market. So a
//! fall leaves it with less capital and higher margins at once. The more of its capital is tied
//! up, the less it quotes, and the lower when it is long, the higher when it is short. When what
//! it holds needs more than it has, it must sell at whatever is bid, and the price falls further:
//! that is the spiral. When its capital is gone, it sells what it has and is out of business.
//!
//! **In formulas.** With price p, value v, lots held more than at the start x, and R the range of
//! prices over the last `memory` as a share of p: the margin on a lot is m p with m = `margin` +
//! `theta` R, its capital W = `capital` + what it has gained since the start, and the most that it
//! may hold L = W/(m p), no more than `max_position`. Its orders are for q lots: `size`, and no
//! more than a quarter of what L leaves on their side. The bid stands at v (1 − `spread`/2 −
//! `funds` m (x + q)/L), the ask at v (1 + `spread`/2 − `funds` m (x − q)/L): each what the lot is
//! worth to it once it has traded. While |x| > L it quotes nothing and takes, `size` lots at a
//! time, what leads back to L.
//!
//! **What it assumes.** That it knows the fundamental value, as the paper's speculators do;
//! without one it takes the mid for it. What it brings along to deliver (`shares`) is lent and
//! hedged: only what it trades counts. `theta = 0` is a lender who can tell: margins stay as they
//! are.
//!
//! **Source.** Brunnermeier & Pedersen (2009), *Market liquidity and funding liquidity*, Review of
//! Financial Studies 22(6): margins of an uninformed financier, the distance from
//! the value as the margin times the shadow cost of capital, |Λ| = m (φ − 1), and
//! the spirals of losses and margins. There φ follows from all speculators'
//! capital; here it is each one's own, φ − 1 = `funds` |x|/L.

use crate::desk::{self, BASIS_POINT, Look};
use crate::lately::Lately;
use crate::working::{self, Working};
use pitfloor_model::units::{Cash, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The share of the room that is left which one order takes.
const OF_ROOM: f64 = 0.25;

/// The kind `funded-maker`.
pub static KIND: Kind = Kind {
    name: "funded-maker",
    about: "quotes as much as is lent to it, against margins that rise with volatility",
    source: "Brunnermeier & Pedersen 2009",
    parameters: &[
        Parameter {
            name: "refresh",
            takes: Takes::Wait,
            default: "1s",
            about: "wait between two looks at its quotes",
        },
        Parameter {
            name: "spread",
            takes: Takes::Number(0.0, 10_000.0),
            default: "4",
            about: "from its bid to its ask when it holds nothing, in basis points of the price",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "100", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "2000",
            about: "how far its holdings may move from what it started with, in lots",
        },
        Parameter {
            name: "capital",
            takes: Takes::Number(0.0, 1e15),
            default: "20000",
            about: "W at first: its own money behind its position, in units of the currency",
        },
        Parameter {
            name: "margin",
            takes: Takes::Number(0.0001, 10.0),
            default: "0.05",
            about: "what is asked on a lot when prices stand still, as a share of its value",
        },
        Parameter {
            name: "theta",
            takes: Takes::Number(0.0, 1_000.0),
            default: "2",
            about: "θ: how much more for each unit of the range of prices",
        },
        Parameter {
            name: "memory",
            takes: Takes::Span,
            default: "5m",
            about: "over which the lender sees that range",
        },
        Parameter {
            name: "funds",
            takes: Takes::Number(0.0, 100.0),
            default: "0.1",
            about: "what the last of its capital must earn, as a share of the margin that it pays",
        },
    ],
    build: Build::One(|params, role| Box::new(FundedMaker::new(params, role))),
};

/// A dealer on borrowed money.
#[derive(Clone, Debug)]
pub struct FundedMaker {
    role: Role,
    refresh: Wait,
    spread: f64,
    size: Qty,
    most: f64,
    /// In units of the currency, until the start; then in minor units.
    capital: f64,
    margin: f64,
    theta: f64,
    lately: Lately,
    funds: f64,
    /// Cash at the start.
    cash: Cash,
    is_out: bool,
    working: Working<2>,
}

impl FundedMaker {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let most = params.lots("max_position");
        Self {
            role: *role,
            refresh: params.wait("refresh"),
            spread: params.number("spread") * BASIS_POINT,
            size: params.lots("size"),
            most: most.0 as f64,
            capital: params.number("capital"),
            margin: params.number("margin"),
            theta: params.number("theta"),
            lately: Lately::new(params.span("memory")),
            funds: params.number("funds"),
            cash: Cash::ZERO,
            is_out: false,
            working: Working::new(role, most),
        }
    }

    fn start(&mut self, cx: &mut Context<'_>) {
        let currency = cx.instrument(self.role.instrument).currency();
        let decimals = cx.venue().currencies()[currency.0 as usize].decimals();
        self.capital *= libm::pow(10.0, f64::from(decimals));
        self.cash = cx.cash(currency);
        self.working.start(cx);
        desk::wake_first(self.refresh, cx);
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let Role { instrument, reference, .. } = self.role;
        if !self.working.is_sure() {
            return;
        }
        let look = Look::of(&cx.view(), instrument, reference).filter(|look| look.price > 0.0);
        self.working.take_back(cx);
        let Some(look) = look else { return };
        let definition = cx.instrument(instrument);
        let lot = definition.cost(Price(1), Qty(1)).0 as f64 * look.price;
        let held = self.working.away(cx) as f64;
        let gained = (cx.cash(definition.currency()).0 - self.cash.0) as f64 + held * lot;
        let wealth = self.capital + gained;
        self.is_out |= wealth <= 0.0;
        let margin = self.margin + self.theta * self.lately.range(cx.now(), look.price);
        let limit = if self.is_out { 0.0 } else { (wealth / (lot * margin)).min(self.most) };
        let figures = || [("lots", held), ("limit", limit), ("margin", margin), ("wealth", wealth)];
        if held.abs() > limit {
            cx.because("it holds more than is lent to it", figures);
            let target = libm::trunc(limit * held.signum()) as i128;
            self.working.step(cx, &look, target, self.size);
            return;
        }
        if self.is_out {
            return;
        }
        cx.because("quote what is lent to it", figures);
        let value = cx.fundamental(instrument).unwrap_or(look.price);
        for side in Side::BOTH {
            let sign = if side == Side::Buy { 1.0 } else { -1.0 };
            let room = libm::floor((limit - sign * held) * OF_ROOM);
            let lots = room.min(self.size.0 as f64);
            let tied = (held + sign * lots) / limit.max(1.0);
            let away = sign * self.spread / 2.0 + self.funds * margin * tied;
            let price = self.not_through(&look, side, value * (1.0 - away), cx);
            self.working.rest(cx, side, price, lots as i128);
        }
    }

    /// That price, or one step from the best price of the other side where it would trade at once.
    fn not_through(&self, look: &Look, side: Side, ticks: f64, cx: &Context<'_>) -> Price {
        let definition = cx.instrument(self.role.instrument);
        let step = definition.limits.price_step as f64;
        let ticks = match (side, look.best(side.opposite())) {
            (_, None) => ticks,
            (Side::Buy, Some(ask)) => ticks.min(ask.0 as f64 - step),
            (Side::Sell, Some(bid)) => ticks.max(bid.0 as f64 + step),
        };
        desk::price(definition, side, ticks)
    }
}

impl Agent for FundedMaker {
    fn interest(&self) -> Interest {
        working::interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.start(cx),
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.refresh, cx);
            }
            Notice::Own(event) => self.working.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{Floor, refuses};
    use pitfloor_model::units::{AccountId, OrderId, Span};

    /// Capital of 10 000 dollars behind shares at 100 dollars: 2 000 lots at a margin of 5 %.
    fn seated(changes: &[(&str, &str)]) -> (Floor, AccountId, Vec<OrderId>) {
        seated_on(Floor::new(1), changes)
    }

    fn seated_on(mut floor: Floor, changes: &[(&str, &str)]) -> (Floor, AccountId, Vec<OrderId>) {
        let mut outside = Vec::new();
        floor.quote(10_000, 50, &mut outside);
        let usual = [
            ("capital", "10000"),
            ("size", "800"),
            ("spread", "20"),
            ("funds", "0"),
            ("theta", "0"),
        ];
        let means = Floor::means(1_000_000, 5_000);
        let near = pitfloor_sim::latency::Latency::Fixed(Span::millis(1));
        let changes = [changes, &usual[..]].concat();
        let maker = floor.seat_as("funded-maker", "funded", 0, near, &means, &changes);
        floor.pass(Span::secs(2));
        (floor, maker, outside)
    }

    /// The last order of each side: its price and its lots.
    fn last(floor: &Floor, maker: AccountId) -> [(i64, u64); 2] {
        let placed = floor.placed_by(maker);
        Side::BOTH.map(|side| {
            let order = placed.iter().rfind(|order| order.side == side).expect("it quotes");
            (order.price.expect("a limit").0, order.qty.0)
        })
    }

    #[test]
    fn quotes_a_quarter_of_what_is_lent_to_it() {
        let (floor, maker, _) = seated(&[]);
        assert_eq!(last(&floor, maker), [(9_990, 500), (10_010, 500)]);
        let (floor, maker, _) = seated(&[("capital", "40000")]);
        assert_eq!(last(&floor, maker), [(9_990, 500), (10_010, 500)], "max_position is 2 000");
        let (floor, maker, _) = seated(&[("margin", "0.1")]);
        assert_eq!(last(&floor, maker), [(9_990, 250), (10_010, 250)]);
    }

    /// As the formulas say, with 500 lots bought at its first bid.
    #[test]
    fn leans_against_what_ties_up_its_capital() {
        let known = Floor::worth(1, 10_000.0, 0.0);
        let (mut floor, maker, _) = seated_on(known, &[("funds", "0.1")]);
        let (empty, full) = (0.001 + 0.1 * 0.05 * 0.25, 0.001 + 0.1 * 0.05 * 875.0 / 2_000.0);
        let bid = |away: f64| (10_000.0 * (1.0 - away)).floor() as i64;
        assert_eq!(last(&floor, maker)[0], (bid(empty), 500));
        floor.take(Side::Sell, 9_900, 500);
        floor.pass(Span::secs(5));
        let [(bids_at, bids), (asks_at, asks)] = last(&floor, maker);
        assert_eq!((bids_at, asks_at), (bid(full), 10_014));
        assert_eq!((bids, asks), (375, 625));
        assert_eq!(floor.held(maker), 5_500);
    }

    #[test]
    fn a_move_of_prices_makes_margins_rise_and_quotes_small() {
        let (mut floor, maker, mut outside) = seated(&[("memory", "30s"), ("theta", "2")]);
        floor.quote(9_800, 50, &mut outside);
        floor.pass(Span::secs(5));
        // Its bid was met on the way: half as much is lent to it, and a part of that is used.
        let [(_, early), _] = last(&floor, maker);
        assert!(early < 250, "0.05 + 2 × 0.02: {early}");
        floor.pass(Span::secs(60));
        let [(_, later), _] = last(&floor, maker);
        assert!(later > early + 100, "the lender has forgotten: {early} {later}");
    }

    #[test]
    fn quotes_by_what_it_is_worth_where_that_is_known() {
        let mut floor = Floor::worth(1, 10_030.0, 0.0);
        floor.quote(10_000, 50, &mut Vec::new());
        let maker = floor.seat("funded-maker", &[("spread", "20"), ("funds", "0")]);
        floor.pass(Span::secs(5));
        assert_eq!(last(&floor, maker).map(|(price, _)| price), [10_019, 10_041]);
    }

    /// Its bid is hit on the way down, by those who quote from outside.
    fn after_a_fall(to: i64, changes: &[(&str, &str)]) -> (Floor, AccountId) {
        let (mut floor, maker, mut outside) = seated(changes);
        for _ in 0..8 {
            floor.take(Side::Sell, 9_940, 600);
            floor.pass(Span::secs(2));
        }
        assert!(floor.held(maker) > 5_900, "{}", floor.held(maker));
        floor.quote(to, 50, &mut outside);
        floor.pass(Span::secs(30));
        (floor, maker)
    }

    #[test]
    fn must_sell_when_it_holds_more_than_is_lent_to_it() {
        // Forty per cent of its capital lost, and margins twice as high.
        let (floor, maker) = after_a_fall(9_600, &[("theta", "2")]);
        let sold = floor.placed_by(maker).iter().any(|order| {
            order.side == Side::Sell && order.tif == pitfloor_model::command::Tif::Ioc
        });
        assert!(sold && floor.held(maker) < 5_600, "{}", floor.held(maker));
        let (calm, other) = after_a_fall(9_600, &[("capital", "60000")]);
        assert!(calm.held(other) > 5_900, "who has enough keeps it: {}", calm.held(other));
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    }

    #[test]
    fn whose_capital_is_gone_is_out_of_business() {
        let (mut floor, maker) = after_a_fall(8_800, &[]);
        assert_eq!(floor.held(maker), 5_000);
        let before = floor.placed_by(maker).len();
        floor.pass(Span::secs(600));
        assert_eq!(floor.placed_by(maker).len(), before);
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "margin", "0", "a number from 0.0001 to 10");
    }
}
