//! An order and its terms: everything that a sender may say about it.
//!
//! Names follow FIX (`OrdType`, `TimeInForce`, `ExecInst`) and the order-type vocabulary of exchange
//! rulebooks. Which terms go together is the exchange's to say: `docs/ORDERS.md` has the tables.

use crate::units::{
    AccountId, Cash, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time,
};

/// A new order with all its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Who pays and who owns.
    pub account: AccountId,
    /// The sender's number for it.
    pub order: OrderId,
    /// What is traded.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// How it finds its price.
    pub kind: Kind,
    /// The worst acceptable price. Limits must have one, pegs may, the market family has none.
    pub price: Option<Price>,
    /// How much; more than nothing. Of an order by amount, the most it may come to.
    pub qty: Qty,
    /// How long it stands.
    pub tif: Tif,
    /// What happens when it would trade with another order of the same owner.
    pub stp: Stp,
    /// Everything that most orders do not say.
    pub with: Instructions,
}

/// How an order finds its price (FIX `OrdType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Trades at its price or better.
    Limit,
    /// Trades at whatever price is there, until filled or the other side is empty.
    Market,
    /// A market order that becomes a limit so many ticks beyond the best opposite price at entry
    /// (CME).
    MarketProtected {
        /// How far it may go; 0 is the best price only.
        points: u64,
    },
    /// A market order that becomes a limit at the best opposite price at entry (CME).
    MarketToLimit,
    /// Trades for so much cash, maker by maker in whole lots.
    MarketByAmount {
        /// In minor units of the instrument's currency, fees not included.
        amount: Cash,
    },
    /// Becomes a market order when the market has moved through its trigger.
    Stop(Trigger),
    /// Becomes a limit order then.
    StopLimit(Trigger),
    /// Becomes a market order when the market has reached a better price (FIX "market if touched").
    TakeProfit(Trigger),
    /// Becomes a limit order then.
    TakeProfitLimit(Trigger),
    /// A stop whose trigger follows the market.
    Trailing(Trail),
    /// The same, entering as a limit order.
    TrailingLimit {
        /// How it follows.
        trail: Trail,
        /// How many ticks beyond the price that fired it its limit lies.
        offset: u64,
    },
    /// Priced off the best price of its own side.
    PegPrimary {
        /// Ticks towards the opposite side; negative is away from it.
        offset: i64,
    },
    /// Priced off the best opposite price.
    PegMarket {
        /// Ticks to the passive side; at least 1.
        offset: u64,
    },
    /// In the middle between the best prices, and never shown.
    PegMid,
    /// Takes part in an auction only against its surplus, at a price that it does not influence.
    ImbalanceOnly,
}

/// What a dormant order waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trigger {
    /// The price to reach.
    pub price: Price,
    /// Whose price.
    pub on: Watched,
}

/// How a trailing stop follows the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trail {
    /// How far behind.
    pub delta: Delta,
    /// Follows only from here on; none is from the first print.
    pub activation: Option<Price>,
    /// What it follows.
    pub on: Watched,
}

/// The distance of a trailing stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delta {
    /// In ticks; at least 1.
    Ticks(u64),
    /// In ten-thousandths of the price; 1 to 9,999.
    Bips(u32),
}

/// Which price moves a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Watched {
    /// The last trade.
    Last,
    /// The best price the order would trade against: a buy watches the ask.
    Quote,
    /// The venue's mark.
    Mark,
}

/// How long an order stands (FIX `TimeInForce`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tif {
    /// Good till cancelled: what does not trade at once rests.
    Gtc,
    /// Immediate or cancel: what does not trade at once is cancelled.
    Ioc,
    /// Fill or kill: everything at once or nothing.
    Fok,
    /// Until the market closes.
    Day,
    /// Until this moment, at which it no longer trades.
    Gtd(Time),
    /// For the opening auction only.
    AtOpen,
    /// For the closing auction only.
    AtClose,
}

/// Self-trade prevention: the **taker's** mode decides, maker by maker, at the moment of meeting.
///
/// Two orders have one owner when they have one account, or their accounts are in one trade group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stp {
    /// The owner may trade with himself.
    None,
    /// The incoming order ends with what it has left.
    ExpireTaker,
    /// The resting order ends; the incoming one goes on to the next.
    ExpireMaker,
    /// Both end.
    ExpireBoth,
    /// Both lose what would have traded; whoever has nothing left ends.
    Decrement,
    /// As `Decrement`; between two accounts of a group, lots and cash move, without a print.
    Transfer,
}

/// What most orders do not say (FIX `ExecInst` and its neighbours).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Instructions {
    /// It must not take.
    pub post_only: Option<PostOnly>,
    /// At least so much must trade at entry.
    pub min_qty: Option<Qty>,
    /// It trades whole or not at all.
    pub all_or_none: bool,
    /// How much of it is shown at a time: an iceberg.
    pub display: Option<Qty>,
    /// None of it is shown.
    pub hidden: bool,
    /// What a sell order sells.
    pub mark: SaleMark,
    /// The sender's label, for mass cancels; 0 is none.
    pub tag: u32,
    /// The connection it came by, for mass cancels; 0 is none.
    pub session: u32,
}

/// What an order that must not take does where it would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostOnly {
    /// It is refused.
    Reject,
    /// It stands one step inside the best opposite price.
    Slide,
    /// It slides where it would lock the market, and takes where it would cross it.
    SlideOrTake,
}

/// How a sell order is marked (Regulation SHO, Rule 200(g)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SaleMark {
    /// The seller owns what he sells. Buy orders are marked so too.
    #[default]
    Long,
    /// He does not.
    Short,
    /// He does not, and the price test does not bind him.
    ShortExempt,
}

/// Two or three orders that hang together, accepted or refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderList {
    /// How they hang together.
    pub shape: Shape,
    /// The orders: 2 to [`OrderList::MEMBERS_MAX`], of one account and one instrument.
    pub members: Vec<Order>,
}

/// How the members of a list hang together (FIX `ContingencyType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One cancels the other: two legs of one side and quantity.
    Oco,
    /// One triggers the other: a parent, and one or two children that sleep until it fills.
    Oto(Arm),
    /// A parent, and two children that are legs of an OCO. With a take-profit and a stop: a bracket.
    Otoco(Arm),
}

/// When a child wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arm {
    /// With its parent's first fill, and grows with each later one.
    FirstFill,
    /// When its parent is filled, with its whole quantity.
    FullFill,
}

/// What a replacement changes of a live order. None leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Change {
    /// Its limit.
    pub price: Option<Price>,
    /// Its total quantity, what has traded included.
    pub qty: Option<Qty>,
    /// Its trigger, while it sleeps.
    pub trigger: Option<Price>,
    /// How long it stands: `Gtc`, `Gtd` or `Day`.
    pub tif: Option<Tif>,
    /// How much an iceberg shows.
    pub display: Option<Qty>,
    /// The sender's label.
    pub tag: Option<u32>,
}

impl Order {
    /// A limit order that rests what does not trade, and ends itself rather than trade with its
    /// own account.
    #[must_use]
    pub const fn limit(
        account: AccountId,
        order: OrderId,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> Self {
        Self {
            account,
            order,
            instrument,
            side,
            kind: Kind::Limit,
            price: Some(price),
            qty,
            tif: Tif::Gtc,
            stp: Stp::ExpireTaker,
            with: Instructions::NONE,
        }
    }

    /// A market order: trades at once with whoever is there; the rest is cancelled.
    #[must_use]
    pub const fn market(
        account: AccountId,
        order: OrderId,
        instrument: InstrumentId,
        side: Side,
        qty: Qty,
    ) -> Self {
        Self {
            account,
            order,
            instrument,
            side,
            kind: Kind::Market,
            price: None,
            qty,
            tif: Tif::Ioc,
            stp: Stp::ExpireTaker,
            with: Instructions::NONE,
        }
    }

    /// The same order of another kind.
    #[must_use]
    pub const fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same order, immediate or cancel.
    #[must_use]
    pub const fn ioc(self) -> Self {
        self.until(Tif::Ioc)
    }

    /// The same order, standing otherwise.
    #[must_use]
    pub const fn until(mut self, tif: Tif) -> Self {
        self.tif = tif;
        self
    }

    /// The same order with another self-trade prevention.
    #[must_use]
    pub const fn with_stp(mut self, stp: Stp) -> Self {
        self.stp = stp;
        self
    }

    /// The same order, never taking.
    #[must_use]
    pub const fn post_only(mut self, mode: PostOnly) -> Self {
        self.with.post_only = Some(mode);
        self
    }

    /// The same order, showing so much at a time.
    #[must_use]
    pub const fn iceberg(mut self, display: Qty) -> Self {
        self.with.display = Some(display);
        self
    }

    /// The same order, not shown.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.with.hidden = true;
        self
    }

    /// The same order, trading at least so much at entry.
    #[must_use]
    pub const fn at_least(mut self, min_qty: Qty) -> Self {
        self.with.min_qty = Some(min_qty);
        self
    }

    /// The same order, whole or not at all.
    #[must_use]
    pub const fn all_or_none(mut self) -> Self {
        self.with.all_or_none = true;
        self
    }

    /// The same order with other instructions.
    #[must_use]
    pub const fn with(mut self, with: Instructions) -> Self {
        self.with = with;
        self
    }

    /// The name it will go by.
    #[must_use]
    pub const fn key(&self) -> OrderKey {
        OrderKey::new(self.account, self.order)
    }

    /// True for an order that says nothing but what every order says.
    #[must_use]
    #[inline]
    pub const fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Limit | Kind::Market)
            && matches!(self.tif, Tif::Gtc | Tif::Ioc)
            && self.with.says_nothing()
    }
}

impl Instructions {
    /// Nothing said.
    pub const NONE: Self = Self {
        post_only: None,
        min_qty: None,
        all_or_none: false,
        display: None,
        hidden: false,
        mark: SaleMark::Long,
        tag: 0,
        session: 0,
    };

    /// True when nothing is said. Asked of every order, so each part is asked by itself.
    #[must_use]
    #[inline]
    pub const fn says_nothing(&self) -> bool {
        let Self { post_only, min_qty, all_or_none, display, hidden, mark, tag, session } = self;
        *tag == 0
            && *session == 0
            && !*all_or_none
            && !*hidden
            && matches!(mark, SaleMark::Long)
            && post_only.is_none()
            && min_qty.is_none()
            && display.is_none()
    }
}

impl Kind {
    /// The trigger of a stop or take-profit with a fixed one.
    #[must_use]
    pub const fn trigger(&self) -> Option<Trigger> {
        match self {
            Self::Stop(trigger)
            | Self::StopLimit(trigger)
            | Self::TakeProfit(trigger)
            | Self::TakeProfitLimit(trigger) => Some(*trigger),
            Self::Limit
            | Self::Market
            | Self::MarketProtected { .. }
            | Self::MarketToLimit
            | Self::MarketByAmount { .. }
            | Self::Trailing(_)
            | Self::TrailingLimit { .. }
            | Self::PegPrimary { .. }
            | Self::PegMarket { .. }
            | Self::PegMid
            | Self::ImbalanceOnly => None,
        }
    }

    /// The trail of a trailing stop.
    #[must_use]
    pub const fn trail(&self) -> Option<Trail> {
        match self {
            Self::Trailing(trail) | Self::TrailingLimit { trail, .. } => Some(*trail),
            _ => None,
        }
    }

    /// True for what sleeps until a price is reached.
    #[must_use]
    pub const fn is_dormant(&self) -> bool {
        self.trigger().is_some() || self.trail().is_some()
    }

    /// True for what is priced off the book.
    #[must_use]
    pub const fn is_peg(&self) -> bool {
        matches!(self, Self::PegPrimary { .. } | Self::PegMarket { .. } | Self::PegMid)
    }
}

impl Trigger {
    /// At this price of the last trade.
    #[must_use]
    pub const fn last(price: Price) -> Self {
        Self { price, on: Watched::Last }
    }
}

impl Tif {
    /// True for what may rest in continuous trading.
    #[must_use]
    pub const fn rests(&self) -> bool {
        matches!(self, Self::Gtc | Self::Day | Self::Gtd(_))
    }

    /// Good till `span` from `now`.
    #[must_use]
    pub const fn good_for(now: Time, span: Span) -> Self {
        Self::Gtd(now.after(span))
    }
}

impl OrderList {
    /// The most members a list has.
    pub const MEMBERS_MAX: usize = 3;

    /// Two legs of which one cancels the other.
    #[must_use]
    pub fn oco(first: Order, second: Order) -> Self {
        Self { shape: Shape::Oco, members: vec![first, second] }
    }

    /// A parent and a child that wakes with the parent's fills.
    #[must_use]
    pub fn oto(parent: Order, child: Order) -> Self {
        Self { shape: Shape::Oto(Arm::FirstFill), members: vec![parent, child] }
    }

    /// A parent, and a take-profit and a stop for what it buys or sells.
    #[must_use]
    pub fn bracket(parent: Order, take_profit: Order, stop: Order) -> Self {
        Self { shape: Shape::Otoco(Arm::FirstFill), members: vec![parent, take_profit, stop] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_made_by_saying_what_is_special_about_it() {
        let (ann, acme) = (AccountId(1), InstrumentId(0));
        let plain = Order::limit(ann, OrderId(7), acme, Side::Buy, Price(100), Qty(30));
        assert!(plain.is_plain());
        let iceberg = plain.iceberg(Qty(10)).post_only(PostOnly::Slide).until(Tif::Day);
        assert_eq!(iceberg.with.display, Some(Qty(10)));
        assert_eq!(iceberg.with.post_only, Some(PostOnly::Slide));
        assert!(!iceberg.is_plain() && iceberg.tif.rests());
        assert!(!plain.hidden().is_plain() && !plain.at_least(Qty(1)).is_plain());
        assert!(!plain.of_kind(Kind::PegMid).is_plain() && !plain.until(Tif::Fok).tif.rests());
        assert_eq!(plain.with(Instructions::default()), plain);
        let none = Instructions::NONE;
        assert!(none.says_nothing());
        let says = [
            Instructions { post_only: Some(PostOnly::Reject), ..none },
            Instructions { min_qty: Some(Qty(0)), ..none },
            Instructions { all_or_none: true, ..none },
            Instructions { display: Some(Qty(0)), ..none },
            Instructions { hidden: true, ..none },
            Instructions { mark: SaleMark::Short, ..none },
            Instructions { tag: 1, ..none },
            Instructions { session: 1, ..none },
        ];
        assert!(says.iter().all(|with| !with.says_nothing() && !plain.with(*with).is_plain()));
    }

    #[test]
    fn what_sleeps_says_what_it_waits_for() {
        let trigger = Trigger::last(Price(5));
        let trail = Trail { delta: Delta::Ticks(3), activation: None, on: Watched::Mark };
        for kind in [Kind::Stop(trigger), Kind::TakeProfitLimit(trigger)] {
            assert_eq!((kind.trigger(), kind.trail()), (Some(trigger), None));
            assert!(kind.is_dormant() && !kind.is_peg());
        }
        let kind = Kind::TrailingLimit { trail, offset: 2 };
        assert_eq!((kind.trigger(), kind.trail()), (None, Some(trail)));
        assert!(Kind::PegMid.is_peg() && !Kind::PegMid.is_dormant());
    }

    #[test]
    fn a_list_has_a_shape() {
        let order = |id| {
            Order::limit(AccountId(1), OrderId(id), InstrumentId(0), Side::Buy, Price(1), Qty(1))
        };
        assert_eq!(OrderList::oco(order(1), order(2)).members.len(), 2);
        assert_eq!(OrderList::oto(order(1), order(2)).shape, Shape::Oto(Arm::FirstFill));
        let bracket = OrderList::bracket(order(1), order(2), order(3));
        assert_eq!(bracket.members.len(), OrderList::MEMBERS_MAX);
        assert_eq!(Tif::good_for(Time(5), Span(6)), Tif::Gtd(Time(11)));
    }
}
