//! What every order to be executed says: which side, how much, from when to when, and at what
//! price.
//!
//! The parameters that all kinds of this folder share, written once.

use pitfloor_model::units::{Price, Side, Span, Time};
use pitfloor_sim::params::{Mismatch, Parameter, Params, Takes};

/// Buy or sell.
pub const SIDE: Parameter = Parameter {
    name: "side",
    takes: Takes::Choice(&["buy", "sell"]),
    default: "buy",
    about: "what is to be done",
};

/// How much.
pub const LOTS: Parameter =
    Parameter { name: "lots", takes: Takes::Lots, default: "500", about: "how many lots in all" };

/// When it begins.
pub const START: Parameter = Parameter {
    name: "start",
    takes: Takes::Span,
    default: "1m",
    about: "when it begins, from the start of the run",
};

/// When it is over.
pub const END: Parameter = Parameter {
    name: "end",
    takes: Takes::Span,
    default: "11m",
    about: "when it is over, from the start of the run; after `start`",
};

/// The worst price.
pub const LIMIT: Parameter = Parameter {
    name: "limit",
    takes: Takes::Price,
    default: "0",
    about: "the worst price at which it trades; 0: any",
};

/// The price at which all of it is done at once.
pub const WOULD: Parameter = Parameter {
    name: "would",
    takes: Takes::Price,
    default: "0",
    about: "\"I would\" price: at this or better it takes at once all that is left; 0: none",
};

/// How irregular it is.
pub const JITTER: Parameter = Parameter {
    name: "jitter",
    takes: Takes::Number(0.0, 1.0),
    default: "0",
    about: "each slice begins later by up to this share of its interval, drawn evenly",
};

/// How slices are brought to the market.
pub const ORDERS: Parameter = Parameter {
    name: "orders",
    takes: Takes::Choice(&["market", "touch", "passive"]),
    default: "market",
    about: "market: at once, up to 5 % from the best price; touch: at once at the best price alone, again \
            each second; passive: rests at the best price of its own side, the rest crosses when the \
            interval is over",
};

/// What an order to be executed says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ticket {
    /// Buy or sell.
    pub side: Side,
    /// How many lots.
    pub lots: u64,
    /// When it begins.
    pub start: Time,
    /// When it is over.
    pub end: Time,
    /// The worst price.
    pub limit: Option<Price>,
    /// The price at which all that is left is taken.
    pub would: Option<Price>,
    /// Up to which share of its interval a slice is late.
    pub jitter: f64,
    /// How slices are brought to the market.
    pub style: Style,
}

/// How slices are brought to the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// At once, as far as it takes within reach.
    Market,
    /// At once, at the best price alone.
    Touch,
    /// At rest, and what is left crosses when the interval is over.
    Passive,
}

impl Ticket {
    /// Reads it.
    #[must_use]
    pub fn of(params: &Params) -> Self {
        let some = |name| Some(params.price(name)).filter(|price| price.0 > 0);
        let style = match params.choice("orders") {
            "market" => Style::Market,
            "touch" => Style::Touch,
            _ => Style::Passive,
        };
        Self {
            side: if params.choice("side") == "buy" { Side::Buy } else { Side::Sell },
            lots: params.lots("lots").0,
            start: Time::ZERO.after(params.span("start")),
            end: Time::ZERO.after(params.span("end")),
            limit: some("limit"),
            would: some("would"),
            jitter: params.number("jitter"),
            style,
        }
    }

    /// How long there is.
    #[must_use]
    pub const fn horizon(&self) -> Span {
        self.end.since(self.start)
    }
}

/// An end that comes after the start.
///
/// # Errors
///
/// When it does not.
pub fn check(params: &Params) -> Result<(), Mismatch> {
    let (start, end) = (params.span("start"), params.span("end"));
    if end > start {
        return Ok(());
    }
    let found = format!("{} s with a start of {} s", in_s(end), in_s(start));
    Err(Mismatch { name: "end", found, expected: "a moment after start".to_owned() })
}

fn in_s(span: Span) -> f64 {
    span.0 as f64 / 1e9
}
