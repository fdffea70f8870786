//! Small worlds completely: every history of a few commands, not a sample of them.
//!
//! Three accounts, three prices, two sizes. Accounts are alike, so of histories that differ only in
//! who is who one is enough: an account acts only after those before it have. Nothing else is left
//! out. An ordinary run goes four commands deep, three where accounts are poor or meet themselves;
//! `PITFLOOR_NIGHTLY_DEPTH` says how deep instead for places and cancels, and the others, which have
//! more to choose from, go one command less deep than that.

use crate::pit::difference;
use pitfloor_exchange::Exchange;
use pitfloor_model::command::{Command, Order, Stamped, Stp};
use pitfloor_model::event::Credit;
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use pitfloor_testkit::{Reference, story};

const ACCOUNTS: u32 = 3;
const PRICES: [Price; 3] = [Price(-1), Price(0), Price(1)];
const SIZES: [Qty; 2] = [Qty(1), Qty(2)];
const ACME: InstrumentId = InstrumentId(0);

/// What can be asked, besides placing limit orders and cancelling.
#[derive(Clone, Copy)]
struct Alphabet {
    market: bool,
    changes: bool,
    /// The mode of every order, so that accounts also meet themselves in each way.
    stp: Stp,
}

/// One history, as far as it has gone.
#[derive(Clone)]
struct Branch {
    exchange: Exchange,
    plain: Reference,
    history: Vec<Command>,
    /// The owner of each order placed so far, which is numbered by its place.
    owners: Vec<AccountId>,
    accounts_used: u32,
}

/// A world in which every account has the same: either credit, or a little cash and one share.
fn start(credit: Credit) -> Branch {
    let venue = story::venue();
    let (mut exchange, mut plain) = (Exchange::new(venue.clone()), Reference::new(venue));
    for account in (0..ACCOUNTS).map(AccountId) {
        let mut opening = vec![Command::OpenAccount { account, credit }];
        if credit == Credit::None {
            opening.push(Command::Deposit { account, currency: CurrencyId(0), cash: Cash(2) });
            opening.push(Command::Deliver { account, instrument: ACME, qty: Qty(2) });
        }
        for command in opening {
            let stamped = Stamped { seq: 0, at: Time::ZERO, command };
            exchange.apply(&stamped, &mut Vec::new());
            plain.apply(&stamped);
        }
    }
    Branch { exchange, plain, history: Vec::new(), owners: Vec::new(), accounts_used: 0 }
}

fn choices(branch: &Branch, alphabet: Alphabet) -> Vec<Command> {
    let mut choices = Vec::new();
    let order = OrderId(branch.owners.len() as u64);
    for account in (0..ACCOUNTS.min(branch.accounts_used + 1)).map(AccountId) {
        for side in Side::BOTH {
            for qty in SIZES {
                for price in PRICES {
                    let limit = Order::limit(account, order, ACME, side, price, qty);
                    choices.push(Command::Place(limit.with_stp(alphabet.stp)));
                }
                if alphabet.market {
                    let market = Order::market(account, order, ACME, side, qty);
                    choices.push(Command::Place(market.with_stp(alphabet.stp)));
                }
            }
        }
    }
    for (order, account) in (0..).map(OrderId).zip(&branch.owners) {
        let key = OrderKey::new(*account, order);
        choices.push(Command::Cancel { key });
        if alphabet.changes {
            choices.push(Command::Reduce { key, by: Qty(1) });
            for price in PRICES {
                choices.extend(SIZES.map(|qty| Command::Replace { key, price, qty }));
            }
        }
    }
    choices
}

/// Plays every history of `depth` more commands; how many commands that were.
fn explore(branch: &Branch, alphabet: Alphabet, depth: u32) -> u64 {
    if depth == 0 {
        return 0;
    }
    let mut played = 0;
    let (mut events, seq) = (Vec::new(), branch.history.len() as u64);
    for command in choices(branch, alphabet) {
        let mut next = branch.clone();
        let stamped = Stamped { seq, at: Time::ZERO, command: command.clone() };
        events.clear();
        next.exchange.apply(&stamped, &mut events);
        let plainly = next.plain.apply(&stamped);
        next.history.push(command.clone());
        let differs = if events == plainly {
            difference(&next.exchange, &next.plain)
        } else {
            Some(format!("told {events:?}, plainly {plainly:?}"))
        };
        if let Some(what) = differs {
            let told: Vec<String> = next.history.iter().map(story::write).collect();
            panic!("the exchange and the plain reference differ:\n{}\n{what}", told.join("\n"));
        }
        if let Command::Place(order) = &command {
            next.owners.push(order.account);
            next.accounts_used = next.accounts_used.max(order.account.0 + 1);
        }
        played += 1 + explore(&next, alphabet, depth - 1);
    }
    played
}

/// How deep to go: `ordinary`, or at night what the night says, `less` some.
fn depth(ordinary: u32, less: u32) -> u32 {
    let Ok(text) = std::env::var("PITFLOOR_NIGHTLY_DEPTH") else { return ordinary };
    let depth: u32 = text.parse().expect("PITFLOOR_NIGHTLY_DEPTH: a number of commands");
    depth.saturating_sub(less).max(1)
}

#[test]
fn every_short_history_of_places_and_cancels() {
    let alphabet = Alphabet { market: false, changes: false, stp: Stp::ExpireTaker };
    let played = explore(&start(Credit::Unlimited), alphabet, depth(4, 0));
    println!("{played} commands");
    assert!(played > 36);
}

#[test]
fn every_short_history_of_everything() {
    let alphabet = Alphabet { market: true, changes: true, stp: Stp::ExpireTaker };
    let played = explore(&start(Credit::Unlimited), alphabet, depth(4, 1));
    println!("{played} commands");
    assert!(played > 36);
}

#[test]
fn every_short_history_of_poor_accounts() {
    let alphabet = Alphabet { market: true, changes: true, stp: Stp::ExpireTaker };
    let played = explore(&start(Credit::None), alphabet, depth(3, 1));
    println!("{played} commands");
    assert!(played > 36);
}

#[test]
fn every_short_history_in_each_mode_of_self_trade_prevention() {
    for stp in [Stp::None, Stp::ExpireMaker, Stp::ExpireBoth] {
        let alphabet = Alphabet { market: true, changes: false, stp };
        let played = explore(&start(Credit::None), alphabet, depth(3, 1));
        assert!(played > 36);
    }
}
