//! Who trades several instruments at once, in whole markets: what they are said to do to prices, they do.
//!
//! Each market is run with and without them, on the same dice of everybody else's.
#![allow(missing_docs)]

use pitfloor_agents::KINDS;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Side, Time};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::kernel::{Kernel, Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use std::collections::BTreeMap;

/// Looks at the market once a second, and writes down why those who are traced act.
struct Spectator<F> {
    next: u64,
    figure: F,
    sum: f64,
    looks: f64,
    rules: BTreeMap<&'static str, u64>,
}

impl<F: FnMut(&Seen<'_>) -> Option<f64>> Observer for Spectator<F> {
    fn saw(&mut self, seen: &Seen<'_>) {
        if seen.stamped.at.0 >= self.next {
            self.next = seen.stamped.at.0 + 1_000_000_000;
            if let Some(figure) = (self.figure)(seen) {
                self.sum += figure;
                self.looks += 1.0;
            }
        }
    }

    fn decided(&mut self, decision: Decision) {
        *self.rules.entry(decision.rule).or_default() += 1;
    }
}

/// The mean of a figure over the run, and why the traced acted.
fn watch(
    text: &str,
    figure: impl FnMut(&Seen<'_>) -> Option<f64>,
) -> (f64, BTreeMap<&'static str, u64>, Kernel) {
    let scenario = Scenario::parse(text, &[], KINDS).unwrap_or_else(|bad| panic!("{bad}"));
    let mut spectator = Spectator { next: 0, figure, sum: 0.0, looks: 0.0, rules: BTreeMap::new() };
    let mut kernel = scenario.kernel();
    kernel.run(Time(scenario.span().0), &mut spectator);
    (spectator.sum / spectator.looks, spectator.rules, kernel)
}

fn mid(seen: &Seen<'_>, id: u32) -> Option<f64> {
    let quote = seen.board.quote(InstrumentId(id));
    let ((bid, _), (ask, _)) = quote.bid.zip(quote.ask)?;
    Some((bid.0 as f64 + ask.0 as f64) / 2.0)
}

/// How often one place bids more than the other asks.
fn is_crossed(seen: &Seen<'_>, [one, other]: [u32; 2]) -> Option<f64> {
    let best = |id: u32, side: Side| {
        let quote = seen.board.quote(InstrumentId(id));
        if side == Side::Buy { quote.bid } else { quote.ask }.map(|(price, _)| price)
    };
    let gap = |a, b| Some(best(a, Side::Buy)? > best(b, Side::Sell)?);
    Some(f64::from(u8::from(gap(one, other)? || gap(other, one)?)))
}

/// A share listed in two places, with a crowd and market makers of its own in each.
fn two_places(others: &str) -> String {
    let mut text = "span = \"20m\"\n".to_owned();
    for place in ["ACME.N", "ACME.L"] {
        text += &format!(
            r#"
            [[instrument]]
            symbol = "{place}"
            price = "100.00"
            [[agents]]
            kind = "noise"
            name = "crowd-{}"
            count = 60
            shares = 2000
            cash = 1000000
            instruments = ["{place}"]
            [[agents]]
            kind = "market-maker"
            name = "maker-{}"
            count = 2
            shares = 20000
            cash = 10000000
            instruments = ["{place}"]
            "#,
            &place[5..],
            &place[5..],
        );
    }
    text + others
}

#[test]
fn arbitrage_keeps_two_places_together() {
    let apart = |seen: &Seen<'_>| Some((mid(seen, 0)? - mid(seen, 1)?).abs());
    let group = "[[agents]]\nkind = \"cross-venue\"\ncount = 2\nshares = 20000\ncash = 5000000\n\
                 max_position = 15000\nlatency = \"500us\"\ntrace = \"on\"\n";
    let (without, _, _) = watch(&two_places(""), apart);
    let (with, rules, kernel) = watch(&two_places(group), apart);
    println!("ticks apart: {without:.2} without, {with:.2} with; {rules:?}");
    assert!(with < 0.5 * without, "{with} {without}");
    let (crossed_without, _, _) = watch(&two_places(""), |seen| is_crossed(seen, [0, 1]));
    let (crossed_with, _, _) = watch(&two_places(group), |seen| is_crossed(seen, [0, 1]));
    println!("crossed: {crossed_without:.3} without, {crossed_with:.3} with");
    assert!(crossed_with < 0.2 && crossed_without > 0.5);
    // They end with as many shares in both places together, and with more money.
    for account in [124, 125].map(AccountId) {
        let lots = |id| kernel.exchange().lots(account, InstrumentId(id)).unwrap().total;
        assert!((lots(0) + lots(1) - 40_000).abs() <= 100, "but for what is on its way");
        let cash = kernel.exchange().cash(account, CurrencyId(0)).unwrap().total.0;
        assert!(cash > 500_000_000 - 100 * 10_100, "{cash}");
    }
    assert!(rules["buy here, sell there"] > 50);
}

#[test]
fn who_is_faster_than_the_makers_earns_from_them() {
    let won = |latency: &str, seed: u64| {
        let text = format!(
            r#"
            span = "20m"
            seed = {seed}
            [[instrument]]
            symbol = "FAST"
            price = "100.00"
            [instrument.fundamental]
            volatility = "0.02"
            [[instrument]]
            symbol = "SLOW"
            price = "100.00"
            [[agents]]
            kind = "noise"
            count = 120
            shares = 2000
            cash = 1000000
            [[agents]]
            kind = "market-maker"
            count = 4
            shares = 20000
            cash = 10000000
            latency = "2ms"
            [[agents]]
            kind = "informed"
            count = 8
            shares = 5000
            cash = 5000000
            instruments = ["FAST"]
            [[agents]]
            kind = "cross-venue"
            count = 2
            shares = 20000
            cash = 5000000
            max_position = 15000
            latency = "20ms"
            [[agents]]
            kind = "latency-arbitrage"
            shares = 2000
            cash = 5000000
            latency = "{latency}"
            trace = "on"
            "#
        );
        let (_, rules, kernel) = watch(&text, |_| Some(0.0));
        let account = AccountId(134);
        let lots = kernel.exchange().lots(account, InstrumentId(1)).unwrap().total;
        let cash = kernel.exchange().cash(account, CurrencyId(0)).unwrap().total.0;
        assert!((lots - 2_000).abs() <= 500, "{lots}");
        (cash as f64 / 100.0 - 5_000_000.0 + (lots - 2_000) as f64 * 100.0, rules)
    };
    let (mut fast, mut slow) = (0.0, 0.0);
    for seed in 1..=3 {
        let ((near, rules), (far, _)) = (won("100us", seed), won("500ms", seed));
        println!("seed {seed}: fast {near:.0}, slow {far:.0}; {rules:?}");
        assert!(rules["take the old price"] > 100, "{rules:?}");
        (fast, slow) = (fast + near, slow + far);
    }
    assert!(fast > 0.0 && fast > 2.0 * slow, "{fast} {slow}");
}

fn currencies(others: &str) -> String {
    let mut text = "span = \"20m\"\n".to_owned();
    for code in ["EUR", "JPY"] {
        text += &format!("[[currencies]]\ncode = \"{code}\"\n");
    }
    for (symbol, base, quote, price, tick) in [
        ("EURUSD", "EUR", "USD", "1.1000", "0.0001"),
        ("USDJPY", "USD", "JPY", "150.00", "0.01"),
        ("EURJPY", "EUR", "JPY", "165.00", "0.01"),
    ] {
        text += &format!(
            "[[instrument]]\nkind = \"fx\"\nsymbol = \"{symbol}\"\nbase = \"{base}\"\n\
             currency = \"{quote}\"\nprice = \"{price}\"\ntick = \"{tick}\"\n\
             [[agents]]\nkind = \"noise\"\nname = \"crowd-{symbol}\"\ncount = 60\n\
             cash = 10000000\ncash_in = {{ EUR = \"10000000\", JPY = \"1000000000\" }}\n\
             instruments = [\"{symbol}\"]\n"
        );
    }
    text + others
}

#[test]
fn circles_keep_three_rates_together() {
    // How far the euro in yen is from where the other two rates put it, in basis points.
    let apart = |seen: &Seen<'_>| {
        let (eur, jpy, cross) = (mid(seen, 0)?, mid(seen, 1)?, mid(seen, 2)?);
        Some((1e4 * (cross * 1e4 / (eur * jpy) - 1.0)).abs())
    };
    let group = "[[agents]]\nkind = \"triangular\"\ncount = 2\ncash = 50000000\n\
                 cash_in = { EUR = \"50000000\", JPY = \"5000000000\" }\nlatency = \"500us\"\n\
                 trace = \"on\"\n";
    let (without, _, _) = watch(&currencies(""), apart);
    let (with, rules, _) = watch(&currencies(group), apart);
    println!("basis points apart: {without:.2} without, {with:.2} with; {rules:?}");
    assert!(with < 0.6 * without, "{with} {without}");
    assert!(rules["once round"] > 50);
}

fn fund(others: &str) -> String {
    let mut text = "span = \"20m\"\n".to_owned();
    for (symbol, price) in [("FUND", "125.00"), ("ONE", "100.00"), ("TWO", "50.00")] {
        text += &format!(
            "[[instrument]]\nsymbol = \"{symbol}\"\nprice = \"{price}\"\n\
             [[agents]]\nkind = \"noise\"\nname = \"crowd-{symbol}\"\ncount = 60\nshares = 2000\n\
             cash = 1000000\ninstruments = [\"{symbol}\"]\n"
        );
    }
    text + others
}

#[test]
fn a_fund_is_kept_at_what_it_is_made_of() {
    let apart = |seen: &Seen<'_>| {
        let (fund, one, two) = (mid(seen, 0)?, mid(seen, 1)?, mid(seen, 2)?);
        Some((1e4 * (fund / (one + two / 2.0) - 1.0)).abs())
    };
    let group = "[[agents]]\nkind = \"index-arbitrage\"\ncount = 2\nshares = 20000\n\
                 cash = 10000000\nweights = \"1 0.5\"\nmax_position = 5000\nsize = 20\n\
                 latency = \"500us\"\ntrace = \"on\"\n";
    let (without, _, _) = watch(&fund(""), apart);
    let (with, rules, _) = watch(&fund(group), apart);
    println!("basis points apart: {without:.2} without, {with:.2} with; {rules:?}");
    assert!(with < 0.6 * without, "{with} {without}");
    assert!(rules.keys().any(|rule| rule.starts_with("sell the index")));
    assert!(rules.keys().any(|rule| rule.starts_with("buy the index")));
}

#[test]
fn pairs_find_two_shares_whose_values_come_back() {
    let mut text = "span = \"1h\"\nseed = 2\n".to_owned();
    for symbol in ["LEFT", "RIGHT"] {
        text += &format!(
            r#"
            [[instrument]]
            symbol = "{symbol}"
            price = "100.00"
            [instrument.fundamental]
            volatility = "0.04"
            half_life = "1m"
            [[agents]]
            kind = "noise"
            name = "crowd-{symbol}"
            count = 60
            shares = 5000
            cash = 1000000
            instruments = ["{symbol}"]
            [[agents]]
            kind = "informed"
            name = "knows-{symbol}"
            count = 6
            shares = 5000
            cash = 1000000
            instruments = ["{symbol}"]
            "#
        );
    }
    text += "[[agents]]\nkind = \"pairs\"\ncount = 4\nshares = 2000\ncash = 500000\nenter = 1.5\n\
             trace = \"on\"\n";
    let (_, rules, _) = watch(&text, |_| Some(0.0));
    println!("{rules:?}");
    let opened =
        rules.iter().filter(|(rule, _)| rule.ends_with(": cheap") || rule.ends_with(": dear"));
    assert!(opened.map(|(_, count)| count).sum::<u64>() >= 8, "{rules:?}");
    assert!(rules["close the pair: usual again"] >= 4, "{rules:?}");
}
