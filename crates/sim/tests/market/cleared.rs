//! What a clearing house knows, written down: every kind of instrument, credit, carriers, limits,
//! events. Each good table is read, gives itself back and makes a market; each bad one is named.

use crate::players::KINDS;
use pitfloor_model::clearing::{Act, Margin};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Delivery, InstrumentKind, Right, Style};
use pitfloor_model::event::Credit;
use pitfloor_model::units::{AccountId, Cash, InstrumentId, Price, Qty, Time};
use pitfloor_sim::BadScenario;
use pitfloor_sim::scenario::Scenario;

fn parse(text: &str) -> Result<Scenario, BadScenario> {
    Scenario::parse(text, &[], &KINDS)
}

fn good(text: &str) -> Scenario {
    parse(text).unwrap_or_else(|bad| panic!("{bad} in\n{text}"))
}

fn minutes(minutes: u64) -> Time {
    Time(minutes * 60_000_000_000)
}

/// One of everything.
pub(crate) const ALL: &str = r#"
span = "20m"

[[currencies]]
code = "EUR"
rate = "1.08"
credit = "1%"
debit = "4.5%"

[[instrument]]
symbol = "ACME"
price = 100
aliases = ["ACMX"]
[instrument.fundamental]
[instrument.clearing]
cycle = 1
maker_fee = "-0.0020/lot"
taker_fee = "0.0030/lot, least 0.01"
fee_tiers = ["10000: -0.0025/lot | 0.0028/lot"]
margin = "reg-t"
locate = true
borrow = 5000
borrow_rate = "3%"
buy_in_after = 4
fail_ppm = 100

[[instrument]]
symbol = "COIN"
kind = "crypto"
price = 50

[[instrument]]
symbol = "BOND"
kind = "bond"
face = 1000
coupon = "4%"
maturity = "2031-01-05T09:35:00-05:00"
lot = 10
price = 100
[instrument.fundamental]
yield = 0.04

[[instrument]]
symbol = "CALL"
kind = "option"
underlying = "ACME"
style = "european"
strike = 101
expiry = "15m"
price = "1.50"
[instrument.fundamental]
[instrument.clearing]
mark = "model(volatility = 0.2, rate = 0.03)"

[[instrument]]
symbol = "WARR"
kind = "warrant"
underlying = "ACME"
right = "put"
strike = 99
expiry = "2026-06-19T16:00:00-04:00"
delivery = "physical"
price = "3.20"

[[instrument]]
symbol = "FUT"
kind = "future"
underlying = "ACME"
lots = 10
expiry = "18m"
price = 100
[instrument.fundamental]

[[instrument]]
symbol = "PERP"
kind = "perpetual"
underlying = "COIN"
price = 50

[[instrument]]
symbol = "EURUSD"
kind = "fx"
base = "EUR"
tick = "0.0001"
price = "1.08"

[[agents]]
kind = "idle"
name = "bank"
count = 2
cash = 1000000
credit = "margin"
contribution = 50000

[[agents]]
kind = "noise"
name = "crowd"
count = 64
cash = 2000000
cash_in = { EUR = "500000" }
lots = { ACME = 400, COIN = 400, BOND = 400, WARR = 400 }
credit = "margin"
carrier = "bank"
[agents.limits]
qty_max = 500
rate_max = 1000

[[event]]
at = "5m"
what = "dividend"
instrument = "ACME"
amount = "0.25"

[[event]]
at = "6m"
what = "funding"
instrument = "PERP"
every = "2m"
cap = "0.5%"

[[event]]
at = "8m"
what = "fx"
currency = "EUR"
rate = "1.07"

[[event]]
at = "9m"
what = "stall"
agent = "crowd-3"

[[event]]
at = "10m"
what = "outage"
instruments = ["COIN"]
until = "12m"

[[event]]
at = "11m"
what = "news"
text = "ACME loses its largest customer"
instrument = "ACME"
jump = "-5%"

[[event]]
at = "13m"
what = "rates"
bips = 25

[clearing]
equity_least = 2000
call = "2m"
skin = 100000
day_ends = ["14m"]
settles = ["14m30s"]
value_every = "30s"
"#;

#[test]
fn everything_said_is_said_back_and_means_the_same() {
    let scenario = good(ALL);
    let again = good(scenario.to_toml());
    assert_eq!(again.to_toml(), scenario.to_toml());
    assert_eq!(again.venue(), scenario.venue());
    assert_eq!(again.opening(), scenario.opening());
    assert_eq!(again.occasions().items(), scenario.occasions().items());
    assert_eq!(again.occasions().news(), scenario.occasions().news());
}

#[test]
fn contracts_have_the_terms_that_were_written() {
    let scenario = good(ALL);
    let kind = |at: usize| scenario.venue().instruments()[at].kind();
    let InstrumentKind::Bond(bond) = kind(2) else { panic!("a bond, not {:?}", kind(2)) };
    assert_eq!((bond.face, bond.coupon_bips, bond.frequency), (Cash(100_000), 400, 2));
    let InstrumentKind::Option(call) = kind(3) else { panic!("an option, not {:?}", kind(3)) };
    assert_eq!((call.right, call.style, call.lots), (Right::Call, Style::European, 100));
    assert_eq!((call.strike, call.expiry), (Price(10_100), minutes(15)));
    assert_eq!((call.underlying, call.delivery), (InstrumentId(0), Delivery::Cash));
    assert_eq!(scenario.venue().instruments()[3].lot().to_string(), "100", "as it is a right to");
    let InstrumentKind::Warrant(warrant) = kind(4) else { panic!("not {:?}", kind(4)) };
    assert_eq!((warrant.right, warrant.style, warrant.lots), (Right::Put, Style::American, 1));
    assert_eq!(warrant.delivery, Delivery::Physical);
    let InstrumentKind::Future(future) = kind(5) else { panic!("a future, not {:?}", kind(5)) };
    assert_eq!((future.underlying, future.lots), (Some(InstrumentId(0)), 10));
    assert_eq!(kind(6), InstrumentKind::Perpetual { underlying: Some(InstrumentId(1)) });
    let euros = pitfloor_model::units::CurrencyId(1);
    assert_eq!(kind(7), InstrumentKind::Fx { base: euros, lot_cash: 100_000 });
    let terms = &scenario.venue().instruments()[0].clearing;
    assert_eq!((terms.cycle, terms.locate, terms.buy_in_after), (1, true, Some(4)));
    let Margin::Stock(stock) = terms.margin else { panic!("shares, not {:?}", terms.margin) };
    assert_eq!((stock.initial_long_bips, stock.short_least), (5_000, Cash(500)));
    assert_eq!(scenario.venue().clearing().call_ns, 120_000_000_000);
    assert_eq!(scenario.venue().clearing().equity_least, Cash(200_000));
}

#[test]
fn agents_are_carried_limited_and_may_owe() {
    let scenario = good(ALL);
    let crowd = &scenario.groups()[1];
    assert_eq!((crowd.credit, crowd.limits.qty_max), (Credit::Margin, Some(Qty(500))));
    assert_eq!(crowd.carriers, [AccountId(0), AccountId(1)]);
    let acts: Vec<Act> = scenario
        .opening()
        .into_iter()
        .map(|command| match command {
            Command::Clear(act) => *act,
            other => panic!("{other:?} is no act"),
        })
        .collect();
    let carried = |n, by| Act::SetCarrier { account: AccountId(n), carrier: Some(AccountId(by)) };
    for wanted in [carried(2, 0), carried(3, 1), carried(4, 0)] {
        assert!(acts.contains(&wanted), "{wanted:?}");
    }
    let contributions =
        acts.iter().filter(|act| matches!(act, Act::Contribute { cash: Cash(5_000_000), .. }));
    assert_eq!(contributions.count(), 2);
    assert!(matches!(acts.last(), Some(Act::Value { valuations }) if valuations.len() == 8));
}
