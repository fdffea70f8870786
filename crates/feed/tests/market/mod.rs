//! A small market for the tests: a venue of two instruments, and whatever may be asked of it.

// Each test file uses its part of this one.
#![allow(dead_code)]

use pitfloor_exchange::Exchange;
use pitfloor_model::command::{Command, Instructions, Kind, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{Credit, Event, Phase, PhaseReason};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use proptest::prelude::*;
use std::sync::Arc;

/// The instruments of [`venue`].
pub(crate) const INSTRUMENTS: [InstrumentId; 2] = [InstrumentId(0), InstrumentId(1)];

/// The accounts that [`any_command`] speaks for; the last two have credit.
pub(crate) const ACCOUNTS: u32 = 4;

pub(crate) fn venue() -> Arc<Venue> {
    let usd = Currency::new("USD", 2).unwrap();
    let share = |symbol| Instrument::equity(symbol, CurrencyId(0), "0.01").unwrap();
    Arc::new(Venue::new("XPIT", vec![usd], vec![share("ACME"), share("BOLT")]).unwrap())
}

/// An exchange with the journal's numbers and times around it.
pub(crate) struct Market {
    pub(crate) exchange: Exchange,
    seq: u64,
}

impl Market {
    /// A venue whose accounts are open and funded.
    pub(crate) fn open() -> Self {
        let mut market = Self { exchange: Exchange::new(venue()), seq: 0 };
        for account in (0..ACCOUNTS).map(AccountId) {
            let credit = if account.0 < 2 { Credit::None } else { Credit::Unlimited };
            market.apply(Command::OpenAccount { account, credit });
            let (currency, cash) = (CurrencyId(0), Cash(20_000));
            market.apply(Command::Deposit { account, currency, cash });
            for instrument in INSTRUMENTS {
                market.apply(Command::Deliver { account, instrument, qty: Qty(100) });
            }
        }
        market
    }

    /// Carries out the next command, ten nanoseconds after the last.
    pub(crate) fn apply(&mut self, command: Command) -> (Stamped, Vec<Event>) {
        let stamped = Stamped { seq: self.seq, at: Time(self.seq * 10), command };
        self.seq += 1;
        let mut events = Vec::new();
        self.exchange.apply(&stamped, &mut events);
        (stamped, events)
    }
}

/// A limit order for ACME that may trade with its own account.
pub(crate) fn limit(account: u32, order: u64, side: Side, price: i64, qty: u64) -> Command {
    let (account, order) = (AccountId(account), OrderId(order));
    let order = Order::limit(account, order, INSTRUMENTS[0], side, Price(price), Qty(qty));
    Command::Place(order.with_stp(Stp::None))
}

pub(crate) fn key(account: u32, order: u64) -> OrderKey {
    OrderKey::new(AccountId(account), OrderId(order))
}

fn any_key() -> impl Strategy<Value = OrderKey> {
    // Few names, so that most of them are live most of the time.
    (0..ACCOUNTS, 1_u64..9).prop_map(|(account, order)| key(account, order))
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn any_instrument() -> impl Strategy<Value = InstrumentId> {
    prop_oneof![4 => Just(INSTRUMENTS[0]), 1 => Just(INSTRUMENTS[1])]
}

fn any_order() -> impl Strategy<Value = Command> {
    let stp = vec![Stp::None, Stp::ExpireTaker, Stp::ExpireMaker, Stp::ExpireBoth];
    let kind = prop_oneof![
        8 => Just((Kind::Limit, Tif::Gtc)),
        1 => Just((Kind::Limit, Tif::Ioc)),
        1 => Just((Kind::Market, Tif::Ioc)),
    ];
    let terms = (any_instrument(), any_side(), kind, prop::sample::select(stp));
    (any_key(), terms, 95_i64..106, 1_u64..13).prop_map(|(key, terms, price, qty)| {
        let (instrument, side, (kind, tif), stp) = terms;
        Command::Place(Order {
            account: key.account,
            order: key.order,
            instrument,
            side,
            kind,
            price: (kind == Kind::Limit).then_some(Price(price)),
            qty: Qty(qty),
            tif,
            stp,
            with: Instructions::NONE,
        })
    })
}

fn any_phase() -> impl Strategy<Value = Command> {
    // A halt leads back through a reopening call: mostly the way back, so that most of the time is
    // continuous.
    let to = prop_oneof![
        2 => Just(Phase::Halt),
        4 => Just(Phase::ReopenCall),
        8 => Just(Phase::Continuous),
        1 => Just(Phase::PeriodicCall),
    ];
    (any_instrument(), to).prop_map(|(instrument, to)| Command::SetPhase {
        instrument,
        to,
        why: PhaseReason::Scheduled,
    })
}

/// Whatever may be asked while the market is open.
pub(crate) fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        12 => any_order(),
        5 => (any_key(), 95_i64..106, 1_u64..13).prop_map(|(key, price, qty)| {
            Command::Replace { key, price: Price(price), qty: Qty(qty) }
        }),
        3 => (any_key(), 1_u64..7).prop_map(|(key, by)| Command::Reduce { key, by: Qty(by) }),
        2 => any_key().prop_map(|key| Command::Cancel { key }),
        2 => any_phase(),
    ]
}
