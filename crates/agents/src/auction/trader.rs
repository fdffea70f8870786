//! A trader of the laboratory: units with private values, and a rule that names prices.
//!
//! In the experiments of Smith (1962) and Gode & Sunder (1993) a buyer has units with values that
//! fall, a seller units with costs that rise, and both deal in them one by one, in that order. Here
//! such a trader stands before a real book. It wakes at random, takes back what it left there, and
//! places an order of one lot at the price that its rule names, never beyond the value or cost of
//! its present unit. When anybody trades, everybody's orders are taken back, as the experiment
//! clears both quotes.
//!
//! What it hears: a better best price is a shout that nobody has accepted yet; a print is a shout
//! of the resting side that was accepted.

use crate::desk;
use crate::working::{self, Working};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{Price, Qty, Side, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Parameter, Params, Role, Takes, Wait};

/// Buyer or seller.
pub(super) const SIDE: Parameter = Parameter {
    name: "side",
    takes: Takes::Choice(&["by-turn", "buyer", "seller"]),
    default: "by-turn",
    about: "by-turn: even members of the group buy, odd ones sell",
};
/// How values are given out.
pub(super) const VALUES: Parameter = Parameter {
    name: "values",
    takes: Takes::Choice(&["ladder", "uniform"]),
    default: "ladder",
    about: "ladder: in steps from the best on, member by member; uniform: drawn between both bests",
};
/// The first rung.
pub(super) const VALUE_BEST: Parameter = Parameter {
    name: "value_best",
    takes: Takes::Price,
    default: "150",
    about: "value of the first buyer's first unit",
};
/// The first rung of the other side.
pub(super) const COST_BEST: Parameter = Parameter {
    name: "cost_best",
    takes: Takes::Price,
    default: "10",
    about: "cost of the first seller's first unit",
};
/// From rung to rung.
pub(super) const VALUE_STEP: Parameter = Parameter {
    name: "value_step",
    takes: Takes::Price,
    default: "8",
    about: "how much less every further unit is worth to the buyers",
};
/// From rung to rung of the other side.
pub(super) const COST_STEP: Parameter = Parameter {
    name: "cost_step",
    takes: Takes::Price,
    default: "8",
    about: "how much more every further unit costs the sellers",
};
/// How many each has.
pub(super) const UNITS: Parameter = Parameter {
    name: "units",
    takes: Takes::Count(1, UNITS_MAX),
    default: "3",
    about: "units of each trader in a period, one lot each",
};
/// The highest price.
pub(super) const PRICE_MAX: Parameter = Parameter {
    name: "price_max",
    takes: Takes::Price,
    default: "200",
    about: "highest price that a seller names",
};
/// How often it acts.
pub(super) const RATE: Parameter = Parameter {
    name: "rate",
    takes: Takes::Wait,
    default: "exp(mean = 1s)",
    about: "wait between two acts",
};
/// When units are given out anew.
pub(super) const PERIOD: Parameter = Parameter {
    name: "period",
    takes: Takes::SpanOrNever,
    default: "5m",
    about: "how often all units are given out anew; what was learned is kept",
};

/// The most units of one trader.
pub const UNITS_MAX: u64 = 1 << 10;

/// The tag of the timer at which a period begins.
const NEW_PERIOD: u64 = 1;

/// What a rule knows of itself: the side, and the value or cost of the unit in hand, in ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Buyer or seller.
    pub side: Side,
    /// Value or cost.
    pub limit: f64,
    /// Whether there is a unit left; without one it listens only, and `limit` is that of the last.
    pub is_active: bool,
}

/// What stands, in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// The best bid.
    pub bid: Option<f64>,
    /// The best ask.
    pub ask: Option<f64>,
    /// The highest price that anybody names.
    pub top: f64,
}

/// Somebody named a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shout {
    /// Bid or ask.
    pub side: Side,
    /// In ticks.
    pub price: f64,
    /// Whether somebody traded at it.
    pub is_accepted: bool,
}

/// How a trader comes to its price.
pub trait Rule: Send {
    /// Why it names that price, for those who trace it.
    const WHY: &'static str;

    /// The price to name now, in ticks; none to wait. It is cut to the limit of the unit.
    fn price(&mut self, unit: &Unit, standing: &Standing, dice: &mut Dice) -> Option<f64>;

    /// Takes in a shout.
    fn hear(&mut self, _unit: &Unit, _shout: &Shout, _dice: &mut Dice) {}
}

/// A trader with the rule `R`.
#[derive(Clone, Debug)]
pub struct Trader<R> {
    role: Role,
    rate: Wait,
    period: Option<Span>,
    side: Side,
    /// Its place among those of its side.
    place: usize,
    is_drawn: bool,
    best: [f64; 2],
    step: f64,
    top: f64,
    /// Values or costs of this period, in the order of trading, and how many are gone.
    units: Box<[f64]>,
    gone: usize,
    standing: Standing,
    working: Working<1>,
    rule: R,
}

impl<R: Rule> Trader<R> {
    /// One that plays `role` by `rule`.
    pub fn new(params: &Params, role: &Role, rule: R) -> Self {
        let by_turn = params.choice("side") == "by-turn";
        let side = match params.choice("side") {
            "buyer" => Side::Buy,
            "seller" => Side::Sell,
            _ if role.index.is_multiple_of(2) => Side::Buy,
            _ => Side::Sell,
        };
        let ticks = |name| params.price(name).0 as f64;
        let best = [ticks("value_best"), ticks("cost_best")];
        let step = if side == Side::Buy { -ticks("value_step") } else { ticks("cost_step") };
        let units = vec![0.0; params.count("units") as usize].into();
        let working = Working::new(role, Qty::MOST);
        Self {
            role: *role,
            rate: params.wait("rate"),
            period: params.span_or_never("period"),
            side,
            place: if by_turn { role.index / 2 } else { role.index } as usize,
            is_drawn: params.choice("values") == "uniform",
            best,
            step,
            top: ticks("price_max"),
            units,
            gone: 0,
            standing: Standing::default(),
            working,
            rule,
        }
    }

    /// Gives out the units of a period.
    fn begin(&mut self, cx: &mut Context<'_>) {
        let count = self.units.len();
        let first = if self.side == Side::Buy { self.best[0] } else { self.best[1] };
        let (low, high) = (self.best[0].min(self.best[1]), self.best[0].max(self.best[1]));
        for (nth, unit) in self.units.iter_mut().enumerate() {
            *unit = if self.is_drawn {
                low + (high - low) * cx.dice().unit()
            } else {
                (first + self.step * (self.place * count + nth) as f64).max(1.0)
            };
        }
        self.units.sort_by(f64::total_cmp);
        if self.side == Side::Buy {
            self.units.reverse();
        }
        self.gone = 0;
    }

    fn unit(&self) -> Unit {
        let last = self.units.len() - 1;
        let limit = self.units[self.gone.min(last)];
        Unit { side: self.side, limit, is_active: self.gone <= last }
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        if !self.working.is_sure() {
            return;
        }
        self.working.take_back(cx);
        let (view, instrument) = (cx.view(), self.role.instrument);
        let unit = self.unit();
        if view.phase(instrument) != Phase::Continuous || !unit.is_active {
            return;
        }
        let best = |side| view.best(instrument, side).map(|(price, _)| price.0 as f64);
        let standing = Standing { bid: best(Side::Buy), ask: best(Side::Sell), top: self.top };
        let Some(named) = self.rule.price(&unit, &standing, cx.dice()) else { return };
        let within = match self.side {
            Side::Buy => named.min(unit.limit),
            Side::Sell => named.max(unit.limit),
        };
        let price = desk::price(cx.instrument(instrument), self.side, within);
        // A bid below one step would cost more than the unit is worth.
        if self.side == Side::Buy && price.0 as f64 > unit.limit {
            return;
        }
        cx.because(R::WHY, || [("limit_ticks", unit.limit), ("price_ticks", price.0 as f64)]);
        self.working.rest(cx, self.side, price, 1);
    }

    /// A better best price is a shout.
    fn see(&mut self, best: [Option<(Price, Qty)>; 2], cx: &mut Context<'_>) {
        let [bid, ask] = best.map(|best| best.map(|(price, _)| price.0 as f64));
        let unit = self.unit();
        let before = std::mem::replace(&mut self.standing, Standing { bid, ask, top: self.top });
        let higher = |new: &f64| before.bid.is_none_or(|old| *new > old);
        let lower = |new: &f64| before.ask.is_none_or(|old| *new < old);
        let bid = bid.filter(higher).map(|price| (Side::Buy, price));
        let ask = ask.filter(lower).map(|price| (Side::Sell, price));
        for (side, price) in [bid, ask].into_iter().flatten() {
            self.rule.hear(&unit, &Shout { side, price, is_accepted: false }, cx.dice());
        }
    }
}

impl<R: Rule> Agent for Trader<R> {
    fn interest(&self) -> Interest {
        let of = vec![self.role.instrument];
        Interest { trades: of.clone(), quotes: of, ..working::interest() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                self.begin(cx);
                desk::wake_first(self.rate, cx);
                if let Some(period) = self.period {
                    cx.wake_at(cx.now().after(period), NEW_PERIOD);
                }
            }
            Notice::Timer(NEW_PERIOD) => {
                self.begin(cx);
                if let Some(period) = self.period {
                    cx.wake_at(cx.now().after(period), NEW_PERIOD);
                }
            }
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(event) => {
                self.working.told(cx, event);
                if matches!(event, Event::Traded { .. } | Event::Crossed { .. }) {
                    self.gone += 1;
                }
            }
            Notice::Print(print) => {
                let unit = self.unit();
                if let Some(aggressor) = print.aggressor {
                    let (side, price) = (aggressor.opposite(), print.price.0 as f64);
                    self.rule.hear(&unit, &Shout { side, price, is_accepted: true }, cx.dice());
                }
                if self.working.is_sure() {
                    self.working.take_back(cx);
                }
            }
            Notice::Quote(_, quote) => self.see([quote.bid, quote.ask], cx),
            Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}
