//! A call written down and told, in the trade's words.

use pitfloor_exchange::auction::{
    Aggregate, CallRules, Collar, Discovery, Interest, Tie, Uncross, Verdict, close, discover,
};
use pitfloor_model::units::{Price, Qty, Side, Stamp};

/// The rules most stories are played by: one tick, no collar, the lower of equals.
pub(crate) fn reference(at: i64) -> CallRules {
    CallRules { reference: Some(Price(at)), ..no_reference() }
}

/// The same without a reference.
pub(crate) const fn no_reference() -> CallRules {
    CallRules { reference: None, collar: None, price_step: 1, tie: Tie::Lower }
}

/// The same with a collar.
pub(crate) const fn within(rules: CallRules, lower: i64, upper: i64) -> CallRules {
    let collar = Collar { lower: Price(lower), upper: Price(upper) };
    CallRules { collar: Some(collar), ..rules }
}

/// Reads a call: one order to a line, in the order of arrival.
///
/// `NAME buy|sell LOTS market|@PRICE [shows N] [io] [once]`. A handle is the place of the line;
/// `once` is for orders of this call alone, which market and imbalance-only orders always are.
pub(crate) fn read(text: &str) -> (Vec<Interest>, Vec<String>) {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (mut interests, mut names) = (Vec::new(), Vec::new());
    for (handle, line) in lines.enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (side, limit) = (words[1], words[3].strip_prefix('@'));
        let lots: u64 = words[2].parse().expect("lots are a number");
        let rest = &words[4..];
        let shows = rest.iter().position(|word| *word == "shows");
        let shown = shows.map_or(lots, |at| rest[at + 1].parse().expect("a number is shown"));
        let io = rest.contains(&"io");
        names.push(words[0].to_owned());
        interests.push(Interest {
            handle,
            side: if side == "buy" { Side::Buy } else { Side::Sell },
            limit: limit.map(|price| Price(price.parse().expect("a price is a number"))),
            shown: Qty(shown),
            hidden: Qty(lots - shown),
            stamp: Stamp(handle as u64),
            imbalance_only: io,
            stays: limit.is_some() && !io && !rest.contains(&"once"),
        });
    }
    (interests, names)
}

/// `101 x110, buy 10 over`, or `none`.
pub(crate) fn said(discovery: Discovery) -> String {
    let Discovery { price, qty, surplus, side } = discovery;
    let Some(price) = price else {
        assert_eq!((qty, surplus, side), (Qty(0), Qty(0), None), "no price, no volume");
        return "none".to_owned();
    };
    let over = side.map_or(String::new(), |side| format!(", {side} {} over", surplus.0));
    assert_eq!(side.is_none(), surplus.is_zero(), "a surplus is somebody's");
    format!("{} x{}{over}", price.0, qty.0)
}

/// What the call in `text` would say while it lasts.
pub(crate) fn indicative(text: &str, rules: &CallRules) -> String {
    said(discover(&Aggregate::of(&read(text).0), rules))
}

/// A call that has ended.
pub(crate) struct Ended {
    pub(crate) verdict: Verdict,
    pub(crate) said: String,
    /// `b1-s1 40`, in the order of the prints.
    pub(crate) pairings: Vec<String>,
    /// `b3 20+25`: shown and hidden lots filled, of those who got any.
    pub(crate) fills: Vec<String>,
    /// `b3 15 @100`, of limit orders with something left.
    pub(crate) left: Vec<String>,
}

/// Ends the call in `text`.
pub(crate) fn end(text: &str, rules: &CallRules) -> Ended {
    let (interests, names) = read(text);
    let mut uncross = Uncross::default();
    let verdict = close(&Aggregate::of(&interests), &interests, rules, &mut uncross);
    let pairings = uncross.pairings().iter();
    let pairings =
        pairings.map(|p| format!("{}-{} {}", names[p.buy], names[p.sell], p.qty.0)).collect();
    let (mut fills, mut left) = (Vec::new(), Vec::new());
    for (interest, fill) in interests.iter().zip(uncross.fills()) {
        assert_eq!(interest.handle, fill.handle, "fills stand where their interests stood");
        let (name, over) = (&names[fill.handle], interest.lots().less(fill.lots()));
        if !fill.lots().is_zero() {
            fills.push(format!("{name} {}+{}", fill.shown.0, fill.hidden.0));
        }
        if let Some(limit) = interest.limit.filter(|_| !over.is_zero()) {
            left.push(format!("{name} {} @{}", over.0, limit.0));
        }
    }
    Ended { verdict, said: said(uncross.discovery()), pairings, fills, left }
}
