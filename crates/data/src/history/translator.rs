//! Recorded messages as commands.
//!
//! A [`Translator`] does no I/O and asks no exchange: it is told one message after the other and
//! says which commands bring the same about. So it serves the replay of a record by itself as well
//! as a simulation in which agents trade beside the recorded flow. There, agents may have consumed
//! an order that a later message speaks of; the exchange then refuses that command, as it would
//! refuse anybody's.
//!
//! **Unknown orders.** Orders that rested before the record begins have numbers that the record
//! never introduced. The opening book knows their levels: it is placed as one *opening order* per
//! level, and a message about an unknown order takes its shares from the opening order at its side
//! and price. Without one there it is skipped.

use crate::lobster::{Action, BookRow, Halt, Message, Named};
use pitfloor_model::command::{Command, Order, Stp};
use pitfloor_model::event::{Credit, Phase, PhaseReason};
use pitfloor_model::units::{
    AccountId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Time,
};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Where the recorded flow goes, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslatorOptions {
    /// What is traded.
    pub instrument: InstrumentId,
    /// The account of every recorded resting order.
    pub makers: AccountId,
    /// The account that sends recorded executions as orders; another one than `makers`.
    pub takers: AccountId,
    /// How executions of visible orders are brought about.
    pub executions: Executions,
    /// The time since midnight that is the start of the run. Earlier messages happen at the start.
    pub start: Span,
    /// The book before the first message, as far as it is known.
    pub opening: BookRow,
}

/// How executions of visible orders are brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Executions {
    /// The shares are taken from the order that the message names, without a trade.
    Recorded,
    /// An immediate-or-cancel order for the recorded shares at the recorded price arrives on the
    /// other side, and the exchange decides whom it meets.
    Aggressive,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Translation {
    /// An order was placed, reduced or cancelled.
    Quoted,
    /// A visible order traded.
    Executed(Execution),
    /// The trading phase changes.
    Phase,
    /// A hidden execution: the visible book does not move.
    Hidden,
    /// Nothing, or not all of it, could be carried out.
    Skipped(Skip),
}

/// A recorded execution of a visible order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Execution {
    /// The resting order.
    pub maker: OrderKey,
    /// True when the record introduced that order; false for an opening order.
    pub introduced: bool,
    /// The shares.
    pub qty: Qty,
    /// The order sent for it, with [`Executions::Aggressive`].
    pub taker: Option<OrderKey>,
}

/// Why a message was not carried out as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// An auction trade: it has no order in the book.
    CrossTrade,
    /// It speaks of an order that the record did not introduce, where no opening order rests.
    UnknownOrder,
    /// It speaks of a known order, at another price or side than it was submitted.
    OtherTerms,
    /// It submits an order under a number that is live.
    NumberTaken,
    /// It takes more shares than its order has left; all that were left were taken.
    MoreThanLeft,
    /// It asks for the trading phase that there is already, or for one that cannot follow.
    PhaseStands,
}

/// Turns recorded messages into commands, one after the other.
#[derive(Clone, Debug)]
pub struct Translator {
    options: TranslatorOptions,
    /// The recorded orders that should be live. Looked up, never iterated.
    live: HashMap<OrderId, Quoted, BuildHasherDefault<NumberHasher>>,
    /// What is left of the opening orders.
    opening: BTreeMap<(Side, Price), (OrderId, Qty)>,
    takers: u64,
    phase: Phase,
}

/// A recorded order in the book.
#[derive(Clone, Copy, Debug)]
struct Quoted {
    side: Side,
    price: Price,
    leaves: Qty,
}

/// Opening orders are numbered from here: recorded numbers are below, the venue's own above.
const OPENING_ORDERS: u64 = 1 << 62;

impl Translator {
    /// A translator at the beginning of a record.
    ///
    /// # Panics
    ///
    /// When `makers` and `takers` are the same account: an order number would mean two orders.
    #[must_use]
    pub fn new(options: TranslatorOptions) -> Self {
        assert_ne!(options.makers, options.takers, "makers and takers have an account each");
        let levels = Side::BOTH
            .into_iter()
            .flat_map(|side| options.opening.side(side).iter().map(move |depth| (side, *depth)));
        let opening = (OPENING_ORDERS..)
            .zip(levels)
            .map(|(order, (side, depth))| ((side, depth.price), (OrderId(order), depth.qty)))
            .collect();
        let live = HashMap::default();
        Self { options, live, opening, takers: 0, phase: Phase::Continuous }
    }

    /// Opens the two accounts and places what is left of the opening book, best level first.
    #[must_use]
    pub fn opening(&self) -> Vec<Command> {
        let (makers, takers) = (self.options.makers, self.options.takers);
        let open = |account| Command::OpenAccount { account, credit: Credit::Unlimited };
        let mut commands = vec![open(makers), open(takers)];
        commands.extend(self.opening_orders());
        commands
    }

    /// The orders of the opening book, bids and asks, best first on each side.
    pub fn opening_orders(&self) -> impl Iterator<Item = Command> + '_ {
        let order = |((side, price), (order, qty)): (&(Side, Price), &(OrderId, Qty))| {
            self.place(self.options.makers, *order, *side, *price, *qty)
        };
        let bids = self.opening.range((Side::Buy, Price(i64::MIN))..(Side::Sell, Price(i64::MIN)));
        let asks = self.opening.range((Side::Sell, Price(i64::MIN))..);
        bids.rev().map(order).chain(asks.map(order))
    }

    /// When `message` happens in the run.
    #[must_use]
    pub const fn time(&self, message: &Message) -> Time {
        Time(message.at.0.saturating_sub(self.options.start.0))
    }

    /// Appends the commands that bring about what `message` says; all of them happen at
    /// [`Translator::time`] of it.
    pub fn translate(&mut self, message: &Message, commands: &mut Vec<Command>) -> Translation {
        match &message.action {
            Action::Submit(named) => self.submit(named, commands),
            Action::Reduce(named) => self.withdraw(named, false, commands),
            Action::Delete(named) => self.withdraw(named, true, commands),
            Action::Execute(named) => self.execute(named, commands),
            Action::Hidden(_) => Translation::Hidden,
            Action::Cross(_) => Translation::Skipped(Skip::CrossTrade),
            Action::Trading(halt) => self.trading(*halt, commands),
        }
    }

    /// The command that takes `execution` from the order it names, whatever the mode.
    #[must_use]
    pub const fn as_recorded(execution: &Execution) -> Command {
        Command::Reduce { key: execution.maker, by: execution.qty }
    }

    fn submit(&mut self, named: &Named, commands: &mut Vec<Command>) -> Translation {
        if self.live.contains_key(&named.order) {
            return Translation::Skipped(Skip::NumberTaken);
        }
        let Named { order, side, price, qty } = *named;
        self.live.insert(order, Quoted { side, price, leaves: qty });
        commands.push(self.place(self.options.makers, order, side, price, qty));
        Translation::Quoted
    }

    fn withdraw(
        &mut self,
        named: &Named,
        wholly: bool,
        commands: &mut Vec<Command>,
    ) -> Translation {
        let (order, taken, skip) = match self.take(named, wholly) {
            Ok(taken) => taken,
            Err(skip) => return Translation::Skipped(skip),
        };
        let key = OrderKey::new(self.options.makers, order);
        let gone = wholly && order == named.order;
        commands.push(if gone {
            Command::Cancel { key }
        } else {
            Command::Reduce { key, by: taken }
        });
        skip.map_or(Translation::Quoted, Translation::Skipped)
    }

    fn execute(&mut self, named: &Named, commands: &mut Vec<Command>) -> Translation {
        let (order, qty, skip) = match self.take(named, false) {
            Ok(taken) => taken,
            Err(skip) => return Translation::Skipped(skip),
        };
        let maker = OrderKey::new(self.options.makers, order);
        let mut execution = Execution { maker, introduced: order == named.order, qty, taker: None };
        if let Some(skip) = skip {
            commands.push(Self::as_recorded(&execution));
            return Translation::Skipped(skip);
        }
        match self.options.executions {
            Executions::Recorded => commands.push(Self::as_recorded(&execution)),
            Executions::Aggressive => {
                self.takers += 1;
                let taker = OrderKey::new(self.options.takers, OrderId(self.takers));
                execution.taker = Some(taker);
                commands.push(self.aggressor(taker, named));
            }
        }
        Translation::Executed(execution)
    }

    /// Takes the shares that `named` speaks of from what is remembered: which order has them, how
    /// many there were to take, and whether that was less than recorded.
    fn take(&mut self, named: &Named, wholly: bool) -> Result<(OrderId, Qty, Option<Skip>), Skip> {
        let Some(quoted) = self.live.get_mut(&named.order) else {
            return self.take_from_opening(named);
        };
        if quoted.side != named.side || quoted.price != named.price {
            return Err(Skip::OtherTerms);
        }
        let taken = if wholly { quoted.leaves } else { named.qty.min(quoted.leaves) };
        quoted.leaves = quoted.leaves.less(taken);
        if quoted.leaves.is_zero() {
            self.live.remove(&named.order);
        }
        Ok((named.order, taken, (taken < named.qty).then_some(Skip::MoreThanLeft)))
    }

    fn take_from_opening(&mut self, named: &Named) -> Result<(OrderId, Qty, Option<Skip>), Skip> {
        let place = (named.side, named.price);
        let (order, leaves) = self.opening.get_mut(&place).ok_or(Skip::UnknownOrder)?;
        let (order, taken) = (*order, named.qty.min(*leaves));
        *leaves = leaves.less(taken);
        if leaves.is_zero() {
            self.opening.remove(&place);
        }
        Ok((order, taken, (taken < named.qty).then_some(Skip::MoreThanLeft)))
    }

    /// Halts and resumptions; trading resumes by way of the reopening call.
    fn trading(&mut self, halt: Halt, commands: &mut Vec<Command>) -> Translation {
        let steps: &[Phase] = match (halt, self.phase) {
            (Halt::Stop, Phase::Continuous | Phase::ReopenCall) => &[Phase::Halt],
            (Halt::Quote, Phase::Halt) => &[Phase::ReopenCall],
            (Halt::Trade, Phase::Halt) => &[Phase::ReopenCall, Phase::Continuous],
            (Halt::Trade, Phase::ReopenCall) => &[Phase::Continuous],
            (Halt::Stop | Halt::Quote | Halt::Trade, _) => {
                return Translation::Skipped(Skip::PhaseStands);
            }
        };
        for to in steps {
            self.phase = *to;
            let (instrument, why) = (self.options.instrument, PhaseReason::Regulatory);
            commands.push(Command::SetPhase { instrument, to: *to, why });
        }
        Translation::Phase
    }

    const fn place(
        &self,
        account: AccountId,
        order: OrderId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> Command {
        let order = Order::limit(account, order, self.options.instrument, side, price, qty);
        Command::Place(order.with_stp(Stp::None))
    }

    /// The order that must have arrived for `named` to trade.
    const fn aggressor(&self, taker: OrderKey, named: &Named) -> Command {
        let Named { side, price, qty, .. } = *named;
        let (instrument, side) = (self.options.instrument, side.opposite());
        let order = Order::limit(taker.account, taker.order, instrument, side, price, qty);
        Command::Place(order.with_stp(Stp::None).ioc())
    }
}

impl Default for TranslatorOptions {
    /// Instrument 0, accounts 0 and 1, executions as recorded, times since midnight, nothing known
    /// of the opening book.
    fn default() -> Self {
        Self {
            instrument: InstrumentId(0),
            makers: AccountId(0),
            takers: AccountId(1),
            executions: Executions::Recorded,
            start: Span::ZERO,
            opening: BookRow::default(),
        }
    }
}

impl Skip {
    /// What it is called in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CrossTrade => "cross_trade",
            Self::UnknownOrder => "unknown_order",
            Self::OtherTerms => "other_terms",
            Self::NumberTaken => "number_taken",
            Self::MoreThanLeft => "more_than_left",
            Self::PhaseStands => "phase_stands",
        }
    }
}

/// Spreads order numbers, which are nearly consecutive, over a table. A record is no adversary, and
/// nothing depends on the order of the table.
#[derive(Clone, Copy, Debug, Default)]
struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        // Fibonacci hashing (Knuth, TAOCP 3, §6.4); the rotation brings the good bits down.
        let spread = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread.rotate_left(32);
    }
}
