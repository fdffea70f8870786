//! Avellaneda & Stoikov: a dealer who is paid for standing by, and for the risk of what he holds.
//!
//! **What it does.** Keeps one bid and one ask around a reservation price that moves against its
//! inventory: long, it asks less and bids less, so that it is rather sold out than bought up. The wider the
//! price may still swing until its horizon, the wider it quotes.
//!
//! **In formulas.** With mid s, inventory q (in units of `size`, counted from what it held at the start),
//! volatility σ, risk aversion γ, time to the horizon T − t, and orders that are traded with at the rate
//! A e^(−kδ) at a distance δ from the mid: r = s − q γ σ² (T − t), and the two quotes stand at r ± ½ [γ σ²
//! (T − t) + (2/γ) ln(1 + γ/k)]. All in units of the currency and seconds.
//!
//! **What it assumes.** A mid that walks without drift, orders of others that come by themselves and reach
//! as deep as an exponential law says, no one else's quotes. In a market it quotes no price through the
//! best one of the other side, keeps within ±`max_position`, and starts a new horizon when one is over.
//!
//! **What it learns.** σ from the mid's squared moves, forgotten exponentially over `memory`; A and k from
//! its own fills by distance, fitted anew every `learn`. With `never` what is given stays.
//!
//! **How it turns.** γ → 0 makes it quote 2/k wide whatever it holds; more γ makes it shed inventory
//! faster and earn less. In the paper's own market (`pitfloor bench physics --only V-50`) mean and
//! deviation of what it earns and holds are known exactly.
//!
//! **Source.** Avellaneda & Stoikov (2008), *High-frequency trading in a limit order book*, Quantitative
//! Finance 8(3).

use super::learned::Learned;
use super::quoting::{Quoting, room};
use crate::desk::{self, Look};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice, Own};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// Parameters that every maker of this folder takes after its own.
macro_rules! common {
    () => {
        [
            Parameter {
                name: "volatility",
                takes: Takes::Number(0.0, 1e9),
                default: "0.01",
                about: "σ at first: deviation of the mid, in units of the currency per √s",
            },
            Parameter {
                name: "intensity",
                takes: Takes::Number(1e-9, 1e9),
                default: "1",
                about: "A at first: how often an order at the mid is traded with, per second",
            },
            Parameter {
                name: "decay",
                takes: Takes::Number(1e-9, 1e9),
                default: "20",
                about: "k at first: how fast that falls with the distance, per unit of the currency",
            },
            Parameter {
                name: "memory",
                takes: Takes::SpanOrNever,
                default: "5m",
                about: "over how long σ is learned from moves of the mid",
            },
            Parameter {
                name: "learn",
                takes: Takes::SpanOrNever,
                default: "10m",
                about: "how often A and k are fitted to its own fills",
            },
            Parameter { name: "size", takes: Takes::Lots, default: "100", about: "lots per order" },
            Parameter {
                name: "max_position",
                takes: Takes::Lots,
                default: "2000",
                about: "how far its holdings may move from what it started with, in lots",
            },
            Parameter {
                name: "refresh",
                takes: Takes::Wait,
                default: "1s",
                about: "wait between two looks at its quotes",
            },
            Parameter {
                name: "lifetime",
                takes: Takes::SpanOrNever,
                default: "never",
                about: "after how long a quote is taken back and sent anew",
            },
            Parameter {
                name: "min_move",
                takes: Takes::Price,
                default: "0",
                about: "a quote that is nearer than this to where it should be stays; at least a tick",
            },
        ]
    };
}
pub(super) use common;

const COMMON: [Parameter; 10] = common!();

/// The kind `avellaneda-stoikov`.
pub static KIND: Kind = Kind {
    name: "avellaneda-stoikov",
    about: "quotes both sides around a price that moves against what it holds",
    source: "Avellaneda & Stoikov 2008",
    parameters: &[
        Parameter {
            name: "gamma",
            takes: Takes::Number(1e-9, 1e6),
            default: "0.1",
            about: "γ: risk aversion, per unit of the currency",
        },
        Parameter {
            name: "horizon",
            takes: Takes::Span,
            default: "1h",
            about: "T: how far ahead it reckons; then it begins anew",
        },
        COMMON[0],
        COMMON[1],
        COMMON[2],
        COMMON[3],
        COMMON[4],
        COMMON[5],
        COMMON[6],
        COMMON[7],
        COMMON[8],
        COMMON[9],
    ],
    build: Build::One(|params, role| Box::new(AvellanedaStoikov::new(params, role))),
};

/// What a dealer's law needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// γ: risk aversion, per unit of the currency.
    pub gamma: f64,
    /// σ: deviation of the mid, in units of the currency per √s.
    pub volatility: f64,
    /// k: how fast trades become rarer with the distance, per unit of the currency.
    pub decay: f64,
}

impl Law {
    /// How far the two quotes are apart with `left` seconds to go, in units of the currency.
    #[must_use]
    pub fn spread(&self, left: f64) -> f64 {
        let Self { gamma, volatility, decay } = *self;
        gamma * volatility * volatility * left + 2.0 / gamma * libm::log1p(gamma / decay)
    }

    /// How far the bid stands below the mid and the ask above it, for an inventory of `q` units.
    #[must_use]
    pub fn distances(&self, q: f64, left: f64) -> [f64; 2] {
        let half = self.spread(left) / 2.0;
        let shift = q * self.gamma * self.volatility * self.volatility * left;
        [half + shift, half - shift]
    }
}

/// What every maker here has, whatever its law.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) role: Role,
    pub(super) known: Learned,
    quoting: Quoting,
    size: Qty,
    max_position: Qty,
    refresh: Wait,
    start: i128,
}

impl Desk {
    pub(super) fn new(params: &Params, role: &Role) -> Self {
        let given = ["volatility", "intensity", "decay"].map(|name| params.number(name));
        let (memory, learn) = (params.span_or_never("memory"), params.span_or_never("learn"));
        let (min_move, lifetime) = (params.price("min_move"), params.span_or_never("lifetime"));
        Self {
            role: *role,
            // Distances are told apart in steps, which are known when it sees its instrument.
            known: Learned::new(given, 1.0, memory, learn),
            quoting: Quoting::new(role.instrument, min_move, lifetime),
            size: params.lots("size"),
            max_position: params.lots("max_position"),
            refresh: params.wait("refresh"),
            start: 0,
        }
    }

    /// The currency units of a tick.
    pub(super) fn tick(definition: &Instrument) -> f64 {
        definition.price_f64(Price(1))
    }

    pub(super) fn begin(&mut self, cx: &mut Context<'_>) {
        let definition = cx.instrument(self.role.instrument);
        let step = Self::tick(definition) * definition.limits.price_step as f64;
        self.known.tell_apart(step);
        self.start = cx.position(self.role.instrument);
        desk::wake_first(self.refresh, cx);
    }

    pub(super) fn again(&mut self, cx: &mut Context<'_>) {
        desk::wake_again(self.refresh, cx);
    }

    /// What it holds beyond what it began with, in units of its orders.
    pub(super) fn inventory(&self, cx: &Context<'_>) -> f64 {
        (cx.position(self.role.instrument) - self.start) as f64 / self.size.0 as f64
    }

    /// How many of its orders fit into its room.
    pub(super) fn bound(&self) -> u64 {
        self.max_position.0 / self.size.0
    }

    /// Learns from the market as it is; the mid in units of the currency, and whether A and k are new.
    /// None while nothing trades.
    pub(super) fn look(&mut self, cx: &mut Context<'_>) -> Option<(Look, bool)> {
        let Role { instrument, reference, .. } = self.role;
        let look = Look::of(&cx.view(), instrument, reference)?;
        let tick = Self::tick(cx.instrument(instrument));
        let new = self.known.see(cx.now(), look.price * tick, tick, &self.quoting);
        Some((look, new))
    }

    /// Stands `distances` off the mid, in units of the currency; not at all where they are infinite.
    pub(super) fn stand(&mut self, cx: &mut Context<'_>, look: &Look, distances: [f64; 2]) {
        let definition = cx.instrument(self.role.instrument);
        let (tick, step) = (Self::tick(definition), definition.limits.price_step as f64);
        let [mut bid, mut ask] =
            [look.price - distances[0] / tick, look.price + distances[1] / tick];
        if let Some(best) = look.best(Side::Sell) {
            bid = bid.min(best.0 as f64 - step);
        }
        if let Some(best) = look.best(Side::Buy) {
            ask = ask.max(best.0 as f64 + step);
        }
        let bid = desk::price(definition, Side::Buy, bid);
        let ask = desk::price(definition, Side::Sell, ask.max(bid.0 as f64 + step));
        let moved = cx.position(self.role.instrument) - self.start;
        let room = (moved, self.max_position);
        let [buys, sells] = room_of(cx, self, [bid, ask], room);
        let bid = buys.filter(|_| distances[0].is_finite()).map(|qty| (bid, qty));
        let ask = sells.filter(|_| distances[1].is_finite()).map(|qty| (ask, qty));
        self.quoting.quote(cx, [bid, ask]);
    }

    /// Takes in what became of an order; true when it traded.
    pub(super) fn told(&mut self, cx: &mut Context<'_>, event: &Event) -> bool {
        let Some((_, price, _)) = self.quoting.told(cx, event) else { return false };
        self.known.filled(price.0 as f64 * Self::tick(cx.instrument(self.role.instrument)));
        true
    }
}

fn room_of(
    cx: &Context<'_>,
    desk: &Desk,
    prices: [Price; 2],
    moved: (i128, Qty),
) -> [Option<Qty>; 2] {
    room(cx, desk.role.instrument, prices, moved, desk.size)
}

/// Seconds until the end of the horizon of `span` in which `now` lies.
pub(super) fn left(now: Time, span: Span) -> f64 {
    (span.0 - now.0 % span.0) as f64 / 1e9
}

/// A dealer who solved his problem.
#[derive(Clone, Debug)]
pub struct AvellanedaStoikov {
    desk: Desk,
    gamma: f64,
    horizon: Span,
}

impl AvellanedaStoikov {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let (gamma, horizon) = (params.number("gamma"), params.span("horizon"));
        Self { desk: Desk::new(params, role), gamma, horizon }
    }

    fn requote(&mut self, cx: &mut Context<'_>) {
        let Some((look, _)) = self.desk.look(cx) else { return };
        let (volatility, decay) = (self.desk.known.volatility, self.desk.known.decay);
        let law = Law { gamma: self.gamma, volatility, decay };
        let (q, left) = (self.desk.inventory(cx), left(cx.now(), self.horizon));
        let distances = law.distances(q, left);
        cx.because("stand by at a price", || {
            [
                ("inventory_units", q),
                ("bid_distance", distances[0]),
                ("ask_distance", distances[1]),
                ("volatility_per_root_s", volatility),
                ("decay_per_unit", decay),
            ]
        });
        self.desk.stand(cx, &look, distances);
    }
}

impl Agent for AvellanedaStoikov {
    fn interest(&self) -> Interest {
        Interest { own: Own::All, ..Interest::default() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => self.desk.begin(cx),
            Notice::Timer(_) => {
                self.requote(cx);
                self.desk.again(cx);
            }
            Notice::Own(event) => {
                if self.desk.told(cx, event) {
                    self.requote(cx);
                }
            }
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}
