//! Opening and postings explain every balance of the exchange's own ledger, over random histories.

use pitfloor_accounts::posting::postings;
use pitfloor_accounts::{Accounts, Holder, Item, Method};
use pitfloor_exchange::Exchange;
use pitfloor_model::clearing::{Fact, Fund, Payment};
use pitfloor_model::event::Event;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::*;
use pitfloor_testkit::generate::{World, full_histories};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

fn compare(accounts: &Accounts, exchange: &Exchange, venue: &Venue) -> Result<(), TestCaseError> {
    for id in exchange.ledger().accounts() {
        let none = pitfloor_accounts::Account::default();
        let account = accounts.account(id).unwrap_or(&none);
        for currency in (0..venue.currencies().len()).map(|at| CurrencyId(at as u16)) {
            let held = exchange.cash(id, currency).unwrap().total;
            prop_assert_eq!(account.cash(currency), held, "cash of {:?}", id);
        }
        for instrument in (0..venue.instruments().len()).map(|at| InstrumentId(at as u32)) {
            let held = exchange.lots(id, instrument).unwrap().total;
            prop_assert_eq!(account.lots(instrument), held, "lots of {:?}", id);
            let position = account.positions().find(|(of, _)| *of == instrument);
            prop_assert_eq!(position.map_or(0, |(_, position)| position.lots()), held);
        }
    }
    for currency in (0..venue.currencies().len()).map(|at| CurrencyId(at as u16)) {
        for fund in [Fund::Outside, Fund::Fees, Fund::Between, Fund::Guarantee, Fund::House] {
            let held = accounts.held(Holder::Fund(fund), Item::Cash(currency));
            prop_assert_eq!(held, exchange.ledger().fund(fund, currency).0, "{:?}", fund);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_balance_is_explained((world, history) in full_histories(200..300)) {
        let venue: &Arc<Venue> = world.venue();
        let references = vec![Price(100); venue.instruments().len()];
        let mut exchange = Exchange::new(venue.clone());
        let mut fifo = Accounts::new(venue.clone(), references.clone(), Method::Fifo, 1_000);
        let mut average = Accounts::new(venue.clone(), references.clone(), Method::Average, 0);
        let mut events = Vec::new();
        for stamped in &history {
            events.clear();
            exchange.apply(stamped, &mut events);
            fifo.see(stamped.at, &events);
            average.see(stamped.at, &events);
            let mut sums: BTreeMap<Item, i128> = BTreeMap::new();
            for event in &events {
                postings(event, venue, &mut |posting| {
                    *sums.entry(posting.item).or_default() += posting.amount;
                });
                prop_assert!(sums.values().all(|sum| *sum == 0), "{event:?} is in pairs");
            }
            compare(&fifo, &exchange, venue)?;
            compare(&average, &exchange, venue)?;
        }
        for (id, account) in fifo.accounts() {
            // What is there is what was brought, and earned, and not yet earned.
            for currency in (0..venue.currencies().len()).map(|at| CurrencyId(at as u16)) {
                let gain = fifo.unrealised(id, &references).get(&currency).copied().unwrap_or_default();
                let explained = account.brought(currency).0 + account.earned(currency, venue).0 + gain.0;
                let value: i128 = account
                    .positions()
                    .filter(|(of, _)| venue.instruments()[of.index()].currency() == currency)
                    .map(|(of, position)| {
                        let definition = &venue.instruments()[of.index()];
                        100 * position.lots() * i128::from(definition.tick_cash())
                    })
                    .sum();
                prop_assert_eq!(account.cash(currency).0 + value, explained);
            }
            let last: BTreeMap<_, _> =
                account.entries().iter().map(|entry| (entry.item, entry.balance)).collect();
            for (item, balance) in last {
                let held = match item {
                    Item::Cash(currency) => account.cash(currency).0,
                    Item::Lots(instrument) => account.lots(instrument),
                };
                prop_assert_eq!(balance, held, "the history ends where the account stands");
            }
        }
    }
}

/// Worlds of the generator have accounts at all.
#[test]
fn the_histories_are_no_quiet_ones() {
    let opening = World::full(7).opening();
    assert!(opening.len() > 4, "{opening:?}");
}

fn venue() -> Arc<Venue> {
    let usd = Currency::new("USD", 2).unwrap();
    let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
    let call = Instrument::equity("CALL", CurrencyId(0), "0.01").unwrap();
    Arc::new(Venue::new("XPIT", vec![usd], vec![acme, call]).unwrap())
}

const ANN: AccountId = AccountId(1);
const ACME: InstrumentId = InstrumentId(0);
const CALL: InstrumentId = InstrumentId(1);
const USD: CurrencyId = CurrencyId(0);

fn bought(of: InstrumentId, price: i64, qty: u64) -> Event {
    let key = |account| OrderKey::new(account, OrderId(1));
    Event::Traded {
        trade: TradeId(0),
        instrument: of,
        maker: key(AccountId(2)),
        taker: key(ANN),
        aggressor: Side::Buy,
        price: Price(price),
        qty: Qty(qty),
    }
}

fn paid(cash: i128, why: Payment, of: InstrumentId) -> Event {
    let (account, currency, cash, instrument) = (ANN, USD, Cash(cash), Some(of));
    Event::Clearing(Fact::Paid { account, currency, cash, why, instrument })
}

fn moved(of: InstrumentId, lots: i64, why: pitfloor_model::clearing::Movement) -> Event {
    Event::Clearing(Fact::Moved { account: ANN, instrument: of, lots, why })
}

/// A right that cost 300 is exercised at 10,000 for delivery: the share cost 10,300, and nothing is
/// earned until it is sold.
#[test]
fn an_exercise_for_delivery_carries_the_premium_into_the_share() {
    use pitfloor_model::clearing::Movement::Exercise;
    let mut accounts = Accounts::new(venue(), vec![Price(0); 2], Method::Fifo, 10);
    accounts.see(Time(1), &[bought(CALL, 300, 1)]);
    accounts.see(
        Time(2),
        &[
            moved(CALL, -1, Exercise),
            paid(-10_000, Payment::Exercise, CALL),
            moved(ACME, 1, Exercise),
        ],
    );
    let ann = accounts.account(ANN).unwrap();
    assert_eq!((ann.lots(CALL), ann.lots(ACME), ann.cash(USD)), (0, 1, Cash(-10_300)));
    assert_eq!(ann.positions().next().unwrap().1.cost(), 10_300);
    assert_eq!((ann.realised(CALL), ann.realised(ACME)), (Cash(0), Cash(0)));
    let gain = accounts.unrealised(ANN, &[Price(10_500), Price(0)]);
    assert_eq!(gain[&USD], Cash(200));
}

#[test]
fn a_worthless_expiry_loses_the_premium_and_a_cash_exercise_earns_the_difference() {
    use pitfloor_model::clearing::Movement::{Exercise, Expiry};
    let mut accounts = Accounts::new(venue(), vec![Price(0); 2], Method::Fifo, 10);
    accounts.see(Time(1), &[bought(CALL, 300, 2)]);
    accounts.see(Time(2), &[moved(CALL, -1, Exercise), paid(450, Payment::Exercise, CALL)]);
    assert_eq!(accounts.account(ANN).unwrap().realised(CALL), Cash(150));
    accounts.see(Time(3), &[moved(CALL, -1, Expiry)]);
    let ann = accounts.account(ANN).unwrap();
    assert_eq!((ann.realised(CALL), ann.lots(CALL)), (Cash(-150), 0));
}

#[test]
fn a_dividend_is_income_and_a_split_changes_no_cost() {
    use pitfloor_model::clearing::Movement::Split;
    let mut accounts = Accounts::new(venue(), vec![Price(0); 2], Method::Average, 10);
    accounts.see(Time(1), &[bought(ACME, 70_000, 3)]);
    accounts.see(Time(2), &[paid(90, Payment::Dividend, ACME)]);
    accounts.see(Time(3), &[moved(ACME, 18, Split)]);
    let ann = accounts.account(ANN).unwrap();
    assert_eq!((ann.lots(ACME), ann.income(Payment::Dividend, USD)), (21, Cash(90)));
    assert_eq!(ann.positions().next().unwrap().1.cost(), 210_000);
    assert_eq!(ann.earned(USD, &venue()), Cash(90));
    assert_eq!(ann.entries().last().unwrap().balance, 21);
}
