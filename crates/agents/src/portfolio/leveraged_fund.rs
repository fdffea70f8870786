//! Leveraged fund: buys what it thinks is cheap, on credit, and must sell when it falls.
//!
//! **What it does.** At each of its moments it observes what the share is worth, with an error of
//! its own. The cheaper the share, the more of it the fund wants, as a multiple of its own wealth,
//! up to the most that it may borrow. While it borrows less than that, it buys when the price
//! falls, like any value investor. At the limit this turns round: a falling price takes its wealth
//! faster than its holdings, and it has to sell because the price has fallen. That is how funds
//! that look for bargains make crashes.
//!
//! **In formulas.** With price p, observed value V = fundamental · (1 + ε), ε normal with standard
//! deviation `noise`, the mispricing is m = max(0, (V − p)/V). Its leverage is λ = min(β m,
//! `lambda_max`), and at most 1/`margin` on credit or 1 without; it wants λ W/p lots, where its
//! wealth W is its cash (less what it owes) and what it holds at p. It goes there in steps of at
//! most `size` lots, at the best price of the other side, and never sells short. When W has fallen
//! below `default_at` of what it began with it is finished: it sells what it has and does nothing
//! more.
//!
//! **What it assumes.** That there is a fundamental; what has none it leaves alone. To borrow at
//! all its group needs `credit = "margin"` (then `margin` is .5, Regulation T's initial margin),
//! `"portfolio"` or `"unlimited"`. In the paper investors bring money to funds that do well and
//! take it from those that do not, and a fund that has failed begins again after a while; here
//! nobody does, so that a fund's wealth is its own doing.
//!
//! **Source.** Thurner, Farmer & Geanakoplos (2012), *Leverage causes fat tails and clustered
//! volatility*, Quantitative Finance 12(5). There m = V − p with V = 1, β from 5 to 50, and the
//! price that clears the market is solved for; here it comes from the book.

use crate::desk::{self, BASIS_POINT, Look};
use crate::orders::InFlight;
use pitfloor_model::units::{Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `leveraged-fund`.
pub static KIND: Kind = Kind {
    name: "leveraged-fund",
    about: "buys what it thinks is cheap, on credit, and must sell when it falls",
    source: "Thurner, Farmer & Geanakoplos 2012",
    parameters: &[
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 5s)",
            about: "wait between two observations",
        },
        Parameter {
            name: "noise",
            takes: Takes::Number(0.0, 10_000.0),
            default: "5",
            about: "standard deviation of its error, in basis points of the value",
        },
        Parameter {
            name: "beta",
            takes: Takes::Number(0.0, 100_000.0),
            default: "500",
            about: "β: leverage for each unit of mispricing; 500: a full position at 20 basis points",
        },
        Parameter {
            name: "lambda_max",
            takes: Takes::Number(0.0, 100.0),
            default: "2",
            about: "the most leverage: what it holds, as a multiple of its wealth",
        },
        Parameter {
            name: "margin",
            takes: Takes::Number(0.01, 1.0),
            default: "0.5",
            about: "share of a position that must be its own, when it may borrow",
        },
        Parameter {
            name: "default_at",
            takes: Takes::Number(0.0, 1.0),
            default: "0.1",
            about: "share of its first wealth below which it is finished",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "50", about: "lots per order" },
    ],
    build: Build::One(|params, role| Box::new(LeveragedFund::new(params, role))),
};

/// A fund that borrows.
#[derive(Clone, Debug)]
pub struct LeveragedFund {
    role: Role,
    rate: Wait,
    noise: f64,
    beta: f64,
    lambda_max: f64,
    margin: f64,
    default_at: f64,
    size: Qty,
    flight: InFlight,
    /// Its first wealth, in minor units; none before its first look.
    first: Option<f64>,
    finished: bool,
}

impl LeveragedFund {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        Self {
            role: *role,
            rate: params.wait("rate"),
            noise: params.number("noise") * BASIS_POINT,
            beta: params.number("beta"),
            lambda_max: params.number("lambda_max"),
            margin: params.number("margin"),
            default_at: params.number("default_at"),
            size: params.lots("size"),
            flight: InFlight::default(),
            first: None,
            finished: false,
        }
    }

    fn act(&mut self, cx: &mut Context<'_>, value: f64) {
        let Role { instrument, reference, .. } = self.role;
        let seen = value * (1.0 + self.noise * cx.dice().normal());
        let Some(look) = Look::of(&cx.view(), instrument, reference) else { return };
        if look.price <= 0.0 || seen <= 0.0 || !self.flight.has_landed() {
            return;
        }
        let definition = cx.instrument(instrument);
        let lot = definition.cost(Price(1), Qty(1)).0 as f64 * look.price;
        let held = cx.position(instrument);
        let wealth = cx.cash(definition.currency()).0 as f64 + held as f64 * lot;
        let first = *self.first.get_or_insert(wealth);
        self.finished |= wealth < self.default_at * first;
        let mispricing = (1.0 - look.price / seen).max(0.0);
        let most = if cx.may_owe() { 1.0 / self.margin } else { 1.0 };
        let leverage = (self.beta * mispricing).min(self.lambda_max).min(most);
        let target = libm::floor((leverage * wealth / lot).max(0.0)) as i128;
        let (target, rule) = if self.finished {
            (0, "finished: sell what is left")
        } else if target > held {
            (target, "buy what is cheap")
        } else if leverage < self.lambda_max.min(most) {
            (target, "sell what is cheap no more")
        } else {
            (target, "sell: it owes too much")
        };
        let side = if target > held { Side::Buy } else { Side::Sell };
        let Some(limit) = look.best(side.opposite()) else { return };
        let mut wanted = (target - held).abs().min(i128::from(self.size.0));
        if side == Side::Sell {
            wanted = wanted.min(held);
        } else {
            // At this price, which is dearer than the one between the quotes.
            let dear = definition.cost(limit, Qty(1)).0 as f64;
            let room = most.min(self.lambda_max) * (wealth - held as f64 * (dear - lot).max(0.0));
            wanted = wanted.min(libm::floor(room / dear) as i128 - held);
        }
        if let Some(qty) = desk::lots(definition, wanted) {
            cx.because(rule, || {
                [("mispricing", mispricing), ("leverage", held as f64 * lot / wealth)]
            });
            self.flight.send(cx.take(instrument, side, limit, qty), qty);
        }
    }
}

impl Agent for LeveragedFund {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                // Nothing to know: then there is nothing to do, ever.
                if cx.fundamental(self.role.instrument).is_some() {
                    desk::wake_first(self.rate, cx);
                }
            }
            Notice::Timer(_) => {
                if let Some(value) = cx.fundamental(self.role.instrument) {
                    self.act(cx, value);
                }
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => self.flight.told(cx.account(), event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::floor::{Floor, USD};
    use pitfloor_model::event::Credit;
    use pitfloor_model::units::{AccountId, Side, Span};
    use pitfloor_sim::dice::Dice;
    use pitfloor_sim::kernel::Endowment;
    use pitfloor_sim::latency::Latency;

    const SURE: [(&str, &str); 2] = [("rate", "1s"), ("noise", "0")];

    /// With 100 000 dollars and no shares, of which so many may be borrowed against.
    fn seat(floor: &mut Floor, credit: Credit, changes: &[(&str, &str)]) -> AccountId {
        let means = Endowment { credit, ..Floor::means(100_000, 0) };
        let near = Latency::Fixed(Span::millis(1));
        let changes = [changes, &SURE[..]].concat();
        floor.seat_as("leveraged-fund", "fund", 0, near, &means, &changes)
    }

    /// What it holds as a multiple of its wealth, at a price in ticks.
    fn leverage(floor: &Floor, account: AccountId, ticks: i64) -> f64 {
        let held = floor.held(account) as f64 * ticks as f64;
        let cash = floor.kernel.exchange().cash(account, USD).unwrap().total.0 as f64;
        held / (cash + held)
    }

    #[test]
    fn wants_the_more_the_cheaper_it_is() {
        for (value, wanted) in [(9_990.0, 0.0), (10_010.0, 0.5), (10_020.0, 1.0), (10_100.0, 2.0)] {
            let mut floor = Floor::worth(1, value, 0.0);
            floor.quote(10_000, 1, &mut Vec::new());
            let agent = seat(&mut floor, Credit::Unlimited, &[]);
            floor.pass(Span::secs(120));
            let found = leverage(&floor, agent, 10_000);
            assert!((found - wanted).abs() < 0.01, "worth {value}: {found}");
            assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        }
    }

    #[test]
    fn who_may_not_owe_holds_what_is_his() {
        let mut floor = Floor::worth(1, 10_100.0, 0.0);
        floor.quote(10_000, 1, &mut Vec::new());
        let agent = seat(&mut floor, Credit::None, &[]);
        floor.pass(Span::secs(120));
        assert_eq!(floor.held(agent), 999);
        assert!(floor.refusals().is_empty());
    }

    #[test]
    fn at_its_limit_it_sells_because_the_price_has_fallen() {
        let mut floor = Floor::worth(1, 10_500.0, 0.0);
        let mut before = Vec::new();
        floor.quote(10_000, 1, &mut before);
        let changes = [("lambda_max", "5"), ("margin", "0.2"), ("size", "1000")];
        let agent = seat(&mut floor, Credit::Unlimited, &changes);
        floor.pass(Span::secs(30));
        let full = floor.held(agent);
        assert!((4_990..=5_000).contains(&full), "{full}");
        floor.quote(9_500, 1, &mut before);
        floor.pass(Span::secs(30));
        // A twentieth off the price is a quarter of its wealth: 75 000 times five, at 95.
        assert!((3_900..=3_955).contains(&floor.held(agent)), "{}", floor.held(agent));
        assert!((leverage(&floor, agent, 9_500) - 5.0).abs() < 0.02);
    }

    #[test]
    fn below_the_limit_it_buys_because_the_price_has_fallen() {
        let mut floor = Floor::worth(1, 10_010.0, 0.0);
        let mut before = Vec::new();
        floor.quote(10_000, 1, &mut before);
        let agent = seat(&mut floor, Credit::Unlimited, &[]);
        floor.pass(Span::secs(60));
        let held = floor.held(agent);
        floor.quote(9_990, 1, &mut before);
        floor.pass(Span::secs(60));
        assert!(floor.held(agent) > held + 300, "{held} {}", floor.held(agent));
    }

    #[test]
    fn a_fund_that_has_lost_nearly_all_sells_out_for_good() {
        let mut floor = Floor::worth(1, 10_500.0, 0.0);
        let mut before = Vec::new();
        floor.quote(10_000, 1, &mut before);
        let changes = [("lambda_max", "5"), ("margin", "0.2"), ("size", "5000")];
        let agent = seat(&mut floor, Credit::Unlimited, &changes);
        floor.pass(Span::secs(30));
        floor.quote(8_100, 1, &mut before);
        floor.pass(Span::secs(30));
        assert_eq!(floor.held(agent), 0);
        floor.quote(10_000, 1, &mut before);
        let orders = floor.placed_by(agent).len();
        floor.pass(Span::secs(60));
        assert_eq!((floor.held(agent), floor.placed_by(agent).len()), (0, orders));
    }

    #[test]
    fn leaves_alone_what_has_no_value() {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let agent = seat(&mut floor, Credit::Margin, &[]);
        floor.pass(Span::secs(60));
        assert!(floor.asked_by(agent).is_empty());
    }

    /// Random prices, on credit or not: never short, never beyond its limit when it buys, and
    /// nothing is refused to who may owe nothing.
    #[test]
    fn never_buys_beyond_its_limit_and_never_goes_short() {
        for seed in 0..12 {
            let credit = if seed % 2 == 0 { Credit::None } else { Credit::Unlimited };
            let mut floor = Floor::worth(seed, 10_000.0, 5.0);
            let changes =
                [("lambda_max", "3"), ("margin", "0.25"), ("size", "300"), ("noise", "20")];
            let agent = seat(&mut floor, credit, &changes);
            let (mut dice, mut before) = (Dice::new(seed, "prices"), Vec::new());
            let mut held = 0;
            for _ in 0..200 {
                let mid = 10_000 + dice.between(-40, 40);
                floor.quote(mid, 1, &mut before);
                floor.pass(Span::millis(500 + dice.below(2_000)));
                let now = floor.held(agent);
                assert!(now >= 0);
                if now > held {
                    let most = if credit == Credit::None { 1.0 } else { 3.0 };
                    let found = leverage(&floor, agent, mid + 1);
                    assert!(found <= most + 1e-9, "{seed}: {found}");
                }
                held = now;
            }
            let bought = floor.placed_by(agent).iter().any(|order| order.side == Side::Buy);
            assert!(bought && floor.refusals().is_empty(), "{:?}", floor.refusals());
        }
    }
}
