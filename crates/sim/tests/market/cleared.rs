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

/// [`ALL`] with one piece of text in place of another, and what is said of it.
fn said(from: &str, to: &str) -> String {
    assert_eq!(ALL.matches(from).count(), 1, "{from} is there once");
    match parse(&ALL.replace(from, to)) {
        Ok(_) => "nothing".to_owned(),
        Err(bad) => bad.to_string(),
    }
}

/// What cannot be used is named.
#[test]
fn every_bad_table_is_named() {
    let moment = "expected a time after the start such as \"2h30m\", or a moment such as \
                  \"2026-01-16T16:00:00-05:00\"";
    let rows = [
        ("code = \"EUR\"", "code = \"USD\"", "line 5: currencies[0].code: found \"USD\", expected each currency once".to_owned()),
        ("rate = \"1.08\"", "rate = 0", "line 6: currencies[0].rate: found \"0\", expected what one EUR is worth, more than 0, with few enough digits".to_owned()),
        ("debit = \"4.5%\"", "debit = 4.5", "line 8: currencies[0].debit: found \"4.5\", expected a share from \"-1000%\" to \"1000%\"".to_owned()),
        ("cycle = 1", "cycle = 6", "line 16: instrument[0].clearing.cycle: found \"6\", expected a whole number of business days from 0 to 5".to_owned()),
        ("maker_fee = \"-0.0020/lot\"", "maker_fee = \"2\"", "line 17: instrument[0].clearing.maker_fee: found \"2\", expected \"0\", \"0.0035/lot\", \"10ppm\", \"-0.2bp\" or \"0.65/lot + 2ppm, least 1.00\"".to_owned()),
        ("kind = \"crypto\"", "kind = \"cripto\"", "line 29: instrument[1].kind: found \"cripto\", expected one of equity, crypto, bond, option, warrant, future, perpetual, fx; did you mean `crypto`?".to_owned()),
        ("coupon = \"4%\"", "coupon = \"4%\"\nfrequency = 3", "line 37: instrument[2].frequency: found \"3\", expected 0, 1, 2, 4 or 12 coupons a year".to_owned()),
        ("maturity = \"2031-01-05T09:35:00-05:00\"", "maturity = \"soon\"", format!("line 37: instrument[2].maturity: found \"soon\", {moment}")),
        ("underlying = \"ACME\"\nstyle", "underlying = \"FUT\"\nstyle", "line 46: instrument[3].underlying: found \"FUT\", expected something that is no contract itself".to_owned()),
        ("underlying = \"ACME\"\nstyle", "underlying = \"ACMY\"\nstyle", "line 46: instrument[3].underlying: found \"ACMY\", expected instruments of the scenario: ACME, COIN, BOND, CALL, WARR, FUT, PERP, EURUSD; did you mean `ACME`?".to_owned()),
        ("strike = 101", "strike = \"101.001\"", "line 48: instrument[3].strike: found \"101.001\", expected a multiple of the tick 0.01 of ACME".to_owned()),
        ("expiry = \"15m\"", "expiry = \"2025-01-01T00:00:00Z\"", "line 49: instrument[3].expiry: found \"2025-01-01T00:00:00Z\", expected a moment after the start, 2026-01-05T09:30:00-05:00".to_owned()),
        ("base = \"EUR\"", "base = \"USD\"", "line 83: instrument[7].base: found \"USD\", expected another currency of the scenario".to_owned()),
        ("carrier = \"bank\"", "carrier = \"crowd\"", "line 103: agents[1].carrier: found \"crowd\", expected an earlier group or one of its agents, NAME or NAME-0, or none".to_owned()),
        ("cash_in = { EUR = \"500000\" }", "cash_in = { GBP = 1 }", "line 100: agents[1].cash_in: found \"GBP\", expected currencies beside the first: EUR".to_owned()),
        ("WARR = 400 }", "CALL = 400 }", "line 101: agents[1].lots: found \"CALL\", expected a share, coin, bond or warrant: nobody brings along what somebody else owes, or a pair".to_owned()),
        ("qty_max = 500", "qty_max = 0", "line 105: agents[1].limits.qty_max: found \"0\", expected a whole number from 1 to 1099511627776, or none".to_owned()),
        ("amount = \"0.25\"", "amount = 0", "line 112: event[0].amount: found \"0\", expected more than zero".to_owned()),
        ("at = \"6m\"", "at = \"4m\"", "line 115: event[1].at: found a moment before the event above, expected events in the order of their moments".to_owned()),
        ("what = \"stall\"", "what = \"stal\"", "line 129: event[3].what: found \"stal\", expected one of dividend, split, merger, rename, funding, fx, interest, borrow, cycle, stall, default, outage, network-outage, send, news, rates; did you mean `stall`?".to_owned()),
        ("agent = \"crowd-3\"", "agent = \"crowd-64\"", "line 130: event[3].agent: found \"crowd-64\", expected an agent: NAME-0, \u{2026}".to_owned()),
        ("until = \"12m\"", "until = \"10m\"", "line 136: event[4].until: found a moment that is not later, expected a moment after `at`".to_owned()),
        ("settles = [\"14m30s\"]", "settles = [\"13m\"]", "line 155: clearing.settles: found days that overlap, expected days that follow each other: each settles after its end and before the next ends".to_owned()),
        ("settles = [\"14m30s\"]", "settles = []", "line 155: clearing.settles: found 0 moments, expected as many as day_ends: each day is settled once".to_owned()),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .map(|(from, to, wanted)| (to, said(from, to), wanted))
        .filter(|(_, found, wanted)| found != *wanted)
        .map(|(to, found, wanted)| format!("{to}\n  said     {found}\n  expected {wanted}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_has_ended_is_not_split_and_a_future_is_not_split_under() {
    let event = |at: &str, what: &str| {
        format!("{ALL}\n")
            .replace("[clearing]", &format!("[[event]]\nat = \"{at}\"\n{what}\n\n[clearing]"))
    };
    let said = |text: String| parse(&text).map(drop).unwrap_err().to_string();
    let late = said(event("16m", "what = \"borrow\"\ninstrument = \"CALL\""));
    assert!(
        late.ends_with(
            "found an instrument that is at its end by then, expected one that still trades"
        ),
        "{late}"
    );
    let under = said(event("16m", "what = \"split\"\ninstrument = \"ACME\"\nratio = \"7:1\""));
    assert!(
        under.ends_with(
            "found \"ACME\", expected a share, coin or bond that no future or perpetual is on"
        ),
        "{under}"
    );
    let overlap = said(event(
        "13m30s",
        "what = \"outage\"\nuntil = \"15m\"\n\n[[event]]\nat = \"14m\"\nwhat = \"outage\"\nuntil = \"16m\"",
    ));
    assert!(
        overlap.ends_with("found a moment in another outage, expected outages that do not overlap"),
        "{overlap}"
    );
    let carried = said(event("16m", "what = \"default\"\nagent = \"crowd-0\""));
    assert!(
        carried
            .ends_with("found one who is carried, expected a member: somebody whom nobody carries"),
        "{carried}"
    );
}
