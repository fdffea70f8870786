//! Who trades with whom at the price of a call.
//!
//! Each side forms one line: market orders by stamp; limits better than the price by price, then
//! stamp; at the price shown lots by stamp, then reserve and hidden lots by stamp; imbalance-only
//! orders behind all of them in the same order among themselves. Both lines then walk past each
//! other and pair wherever they overlap. O(n log n); the buffers are kept for the next call.

use super::{Discovery, Interest};
use pitfloor_model::units::{Price, Qty, Side, Stamp};

/// Two orders that trade with each other, at the price of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pairing {
    /// The handle of the buy.
    pub buy: usize,
    /// The handle of the sell.
    pub sell: usize,
    /// How much changes hands; more than nothing.
    pub qty: Qty,
}

/// What a call gives to one interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fill {
    /// The interest's handle.
    pub handle: usize,
    /// How many of its shown lots traded.
    pub shown: Qty,
    /// How many of its hidden lots traded. Its shown lots all trade before the first of these.
    pub hidden: Qty,
}

impl Fill {
    /// All lots that traded.
    #[must_use]
    pub const fn lots(&self) -> Qty {
        Qty(self.shown.0 + self.hidden.0)
    }
}

/// The outcome of a call. Keep it and compute the next one in it: it brings its own room.
#[derive(Clone, Debug, Default)]
pub struct Uncross {
    discovery: Discovery,
    pairings: Vec<Pairing>,
    fills: Vec<Fill>,
    buys: Vec<Turn>,
    sells: Vec<Turn>,
}

/// A place in the line of one side.
#[derive(Clone, Copy, Debug)]
struct Turn {
    order: Priority,
    /// Place in the slice of interests.
    index: usize,
    lots: u64,
}

/// What decides who comes first; compared from top to bottom, smaller first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Priority {
    imbalance_only: bool,
    /// None, a market order, comes first.
    limit: Option<i64>,
    /// Hidden lots at the price come after shown ones.
    hidden: bool,
    stamp: Stamp,
    index: usize,
}

impl Uncross {
    /// Decides who trades when `interests` uncross as `discovery` says.
    ///
    /// `discovery` must come from the same interests. Imbalance-only ones then absorb the surplus:
    /// [`Self::discovery`] says what has become of volume and surplus.
    ///
    /// # Panics
    ///
    /// When `discovery` is not of these interests: the lots it promises are not there.
    pub fn compute(&mut self, discovery: Discovery, interests: &[Interest]) {
        self.discovery = discovery;
        self.pairings.clear();
        self.fills.clear();
        let unfilled = |interest: &Interest| {
            let (handle, shown, hidden) = (interest.handle, Qty::ZERO, Qty::ZERO);
            Fill { handle, shown, hidden }
        };
        self.fills.extend(interests.iter().map(unfilled));
        if let Some(price) = discovery.price {
            line_up(&mut self.buys, Side::Buy, price, &discovery, interests);
            line_up(&mut self.sells, Side::Sell, price, &discovery, interests);
            self.pair(interests);
            self.absorb();
        }
    }

    /// Price, volume and surplus, after imbalance-only orders.
    #[must_use]
    pub const fn discovery(&self) -> Discovery {
        self.discovery
    }

    /// Who trades with whom, in the order in which the trades are printed.
    #[must_use]
    pub fn pairings(&self) -> &[Pairing] {
        &self.pairings
    }

    /// What each interest got, in the order in which the interests were given.
    #[must_use]
    pub fn fills(&self) -> &[Fill] {
        &self.fills
    }

    /// Walks both lines together until one ends.
    fn pair(&mut self, interests: &[Interest]) {
        let (mut buys, mut sells) = (self.buys.iter(), self.sells.iter());
        let (mut buy, mut sell) = (buys.next().copied(), sells.next().copied());
        while let (Some(bought), Some(sold)) = (&mut buy, &mut sell) {
            let lots = bought.lots.min(sold.lots);
            let name = |turn: &Turn| interests[turn.index].handle;
            self.pairings.push(Pairing { buy: name(bought), sell: name(sold), qty: Qty(lots) });
            for turn in [&mut *bought, &mut *sold] {
                turn.lots -= lots;
                give(&mut self.fills[turn.index], &interests[turn.index], turn.order.hidden, lots);
            }
            if bought.lots == 0 {
                buy = buys.next().copied();
            }
            if sold.lots == 0 {
                sell = sells.next().copied();
            }
        }
    }

    /// Moves from the surplus to the volume what imbalance-only orders took.
    fn absorb(&mut self) {
        let traded: u64 = self.pairings.iter().map(|pairing| pairing.qty.0).sum();
        let Discovery { qty, surplus, side, .. } = &mut self.discovery;
        let taken = traded.checked_sub(qty.0).expect("the volume discovered is there to trade");
        *qty = Qty(traded);
        *surplus = Qty(surplus.0.checked_sub(taken).expect("only the surplus is absorbed"));
        *side = side.filter(|_| !surplus.is_zero());
    }
}

/// Forms the line of `side`: everybody who accepts `price`, imbalance-only orders only where they
/// are opposite to the surplus.
fn line_up(
    line: &mut Vec<Turn>,
    side: Side,
    price: Price,
    discovery: &Discovery,
    interests: &[Interest],
) {
    line.clear();
    let absorbs = discovery.side == Some(side.opposite());
    for (index, interest) in interests.iter().enumerate() {
        let accepts = interest.limit.is_none_or(|limit| side.accepts(limit, price));
        if interest.side != side || !accepts || (interest.imbalance_only && !absorbs) {
            continue;
        }
        let mut join = |hidden, lots: Qty| {
            let order = priority(index, interest, hidden);
            if !lots.is_zero() {
                line.push(Turn { order, index, lots: lots.0 });
            }
        };
        if interest.limit == Some(price) {
            join(false, interest.shown);
            join(true, interest.hidden);
        } else {
            join(false, interest.lots());
        }
    }
    line.sort_unstable_by_key(|turn| turn.order);
}

fn priority(index: usize, interest: &Interest, hidden: bool) -> Priority {
    let Interest { side, limit, stamp, imbalance_only, .. } = *interest;
    let limit = limit.map(|limit| match side {
        Side::Buy => -limit.0,
        Side::Sell => limit.0,
    });
    Priority { imbalance_only, limit, hidden, stamp, index }
}

/// Notes `lots` more in `fill`: shown ones first, unless it is the turn of the hidden ones.
fn give(fill: &mut Fill, interest: &Interest, hidden: bool, lots: u64) {
    let seen = if hidden { 0 } else { lots.min(interest.shown.less(fill.shown).0) };
    fill.shown.0 += seen;
    fill.hidden.0 += lots - seen;
}
