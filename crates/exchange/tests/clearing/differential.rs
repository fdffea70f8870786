//! Random worlds with every kind of instrument and everything that may be asked of a clearing house.
//!
//! An ordinary run plays [`WORLDS`] of them; `PITFLOOR_NIGHTLY_WORLDS` says how many instead, and
//! `PITFLOOR_NIGHTLY_FIRST_SEED` where they begin.

use pitfloor_exchange::Exchange;
use pitfloor_model::clearing::Fund;
use pitfloor_model::command::Stamped;
use pitfloor_model::event::Event;
use pitfloor_model::units::{CurrencyId, InstrumentId};
use pitfloor_testkit::generate::{Profile, World, renumber};
use pitfloor_testkit::{Invariants, Reference, shrink, story};

const WORLDS: u64 = 200;

/// Commands after the opening.
const HISTORY: usize = 200;

const FUNDS: [Fund; 5] = [Fund::Outside, Fund::Fees, Fund::Between, Fund::Guarantee, Fund::House];

/// Plays `history` on both; what differs first, if anything does.
fn first_difference(world: &World, history: &[Stamped]) -> Option<String> {
    let (mut exchange, mut plain) =
        (Exchange::new(world.venue().clone()), Reference::new(world.venue().clone()));
    let mut invariants = Invariants::new(world.venue().clone());
    for stamped in history {
        let mut events = Vec::new();
        exchange.apply(stamped, &mut events);
        let plainly = plain.apply(stamped);
        if events != plainly {
            let (told, plainly) = (tell(&events), tell(&plainly));
            return Some(format!("told:\n{told}\nplainly:\n{plainly}"));
        }
        if let Err(broken) = invariants.look(stamped, &events) {
            return Some(broken.to_string());
        }
        if let Some(what) = differ(&exchange, &plain).or_else(|| untold(&exchange, &invariants)) {
            return Some(what);
        }
    }
    None
}

/// What an account or fund has and events do not say, or the other way round (C-3).
fn untold(exchange: &Exchange, invariants: &Invariants) -> Option<String> {
    let (ledger, told) = (exchange.ledger(), invariants.told());
    for currency in (0..exchange.venue().currencies().len() as u16).map(CurrencyId) {
        for fund in FUNDS {
            if ledger.fund(fund, currency).0 != told.fund(fund, currency) {
                return Some(format!("{fund:?} {currency:?} has what nobody told"));
            }
        }
        for account in ledger.accounts() {
            let held = exchange.cash(account, currency).map(|held| held.total.0);
            if held != Some(told.cash(account, currency)) {
                return Some(format!("{account:?} {currency:?}: {held:?} was not told"));
            }
        }
    }
    for instrument in (0..exchange.venue().instruments().len() as u32).map(InstrumentId) {
        for account in ledger.accounts() {
            let held = exchange.lots(account, instrument).map(|held| held.total);
            if held != Some(told.lots(account, instrument)) {
                return Some(format!("{account:?} {instrument:?}: {held:?} was not told"));
            }
        }
    }
    None
}

fn tell(events: &[Event]) -> String {
    events.iter().map(|event| format!("  {}", story::tell(event))).collect::<Vec<_>>().join("\n")
}

/// Where the two stand differently.
fn differ(exchange: &Exchange, plain: &Reference) -> Option<String> {
    let (house, ledger) = (exchange.clearing(), exchange.ledger());
    for statement in plain.statements() {
        let account = statement.account;
        for (currency, said) in (0..).map(CurrencyId).zip(&statement.cash) {
            let held = exchange.cash(account, currency).map(|h| (h.total, h.reserved));
            if held != Some(*said) {
                return Some(format!("{account:?} {currency:?}: {held:?}, plainly {said:?}"));
            }
        }
        for (instrument, said) in (0..).map(InstrumentId).zip(&statement.lots) {
            let held = exchange.lots(account, instrument);
            let held = held.map(|h| (h.total, h.reserved));
            if held != Some(*said) {
                return Some(format!("{account:?} {instrument:?}: {held:?}, plainly {said:?}"));
            }
        }
        let owed: Vec<_> = house
            .obligations(account)
            .iter()
            .map(|o| (o.instrument, o.traded, o.due, o.lots, o.cash.0))
            .collect();
        let plainly = plain.obligations(account);
        if owed != plainly {
            return Some(format!("{account:?} owes {owed:?}, plainly {plainly:?}"));
        }
    }
    for currency in (0..exchange.venue().currencies().len() as u16).map(CurrencyId) {
        for fund in FUNDS {
            let (held, said) = (ledger.fund(fund, currency), plain.fund(fund, currency));
            if held != said {
                return Some(format!("{fund:?} {currency:?}: {held:?}, plainly {said:?}"));
            }
        }
    }
    for instrument in (0..exchange.venue().instruments().len() as u32).map(InstrumentId) {
        let (held, said) = (ledger.transit(instrument), plain.in_transit(instrument));
        if held != said {
            return Some(format!("{instrument:?}: {held} on its way, plainly {said}"));
        }
        let (held, said) = (house.carried_at(instrument), plain.carried_price(instrument));
        if held != said {
            return Some(format!("{instrument:?}: carried at {held:?}, plainly {said:?}"));
        }
    }
    assert!(plain.resum().0.iter().chain(&plain.resum().1).all(|sum| *sum == 0));
    let (cash, lots) = ledger.resum();
    if cash.iter().chain(&lots).any(|sum| *sum != 0) {
        return Some(format!("cash {cash:?} and lots {lots:?} do not sum to nothing"));
    }
    None
}

fn number_from(variable: &str, ordinary: u64) -> u64 {
    let Ok(text) = std::env::var(variable) else { return ordinary };
    text.parse().unwrap_or_else(|_| panic!("{variable}: found {text:?}, expected a number"))
}

#[test]
fn everything_is_cleared_as_the_page_says() {
    let worlds = number_from("PITFLOOR_NIGHTLY_WORLDS", WORLDS);
    let first = number_from("PITFLOOR_NIGHTLY_FIRST_SEED", 0);
    for seed in first..first + worlds {
        let world = World::of(Profile::Clearing, seed);
        let length = world.opening().len() + HISTORY;
        let history: Vec<Stamped> = world.history(seed ^ 0xC1EA).take(length).collect();
        let differs = |history: &[Stamped]| {
            let play = || first_difference(&world, &renumber(history));
            std::panic::catch_unwind(play).unwrap_or_else(|_| Some("a panic".to_owned()))
        };
        if differs(&history).is_some() {
            let shortest = shrink(&history, |history| differs(history).is_some());
            let told: Vec<String> = shortest
                .iter()
                .map(|s| format!("at {}\n{}", s.at.0, story::write(&s.command)))
                .collect();
            let what = differs(&shortest).unwrap_or_default();
            let venue = world.venue().instruments();
            let kinds: Vec<String> = venue
                .iter()
                .map(|i| format!("{:?} {:?} {:?}", i.kind(), i.currency(), i.clearing))
                .collect();
            panic!(
                "world {seed} differs:\n{}\n{what}\n{}\n{:?}",
                told.join("\n"),
                kinds.join("\n"),
                world.venue().clearing()
            );
        }
    }
}
