//! What cannot be used is named: line, field, what was found, what was expected, what was perhaps
//! meant. Every message here is read by a person; the table below is the list of them.

use crate::players::KINDS;
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::{Setting, near_name};

/// A scenario that can be used, one field a line.
const GOOD: &str = r#"name = "good"
seed = 1
span = "1m"

[[instrument]]
symbol = "ACME"
price = 100
tick = "0.05"
lot = 1

[instrument.fundamental]
process = "jump"

[[instrument]]
symbol = "ZINC"
price = 20

[[agents]]
kind = "noise"
name = "crowd"
count = 3
cash = 1000
latency = "2ms"
instruments = ["ACME", "ZINC"]
every = "5s"
reach = "0.10"
zeal = 0.5

[[trigger]]
name = "breaker"
instrument = "ACME"
at_or_above = 110
then = ["halt"]
"#;

/// What is said of `text` with `settings`.
fn said(text: &str, settings: &[&str]) -> String {
    let read = || {
        let settings: Vec<Setting> =
            settings.iter().map(|setting| Setting::parse(setting)).collect::<Result<_, _>>()?;
        Scenario::parse(text, &settings, &KINDS)
    };
    match read() {
        Ok(_) => "nothing".to_owned(),
        Err(bad) => bad.to_string(),
    }
}

/// [`GOOD`] with one piece of text in place of another.
fn with(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from} is there once");
    GOOD.replace(from, to)
}

/// Changes of [`GOOD`], and what is said of each.
const CHANGED: &[(&str, &str, &str)] = &[
    (
        "seed = 1",
        "sede = 1",
        "line 2: sede: found an unknown field, expected one of name, seed, span, start, mic, currency, decimals, currencies, curve, instrument, activity, agents, event, clearing, supervision, trigger; did you mean `seed`?",
    ),
    (
        "span = \"1m\"",
        "sapn = \"1m\"",
        "line 3: sapn: found an unknown field, expected one of name, seed, span, start, mic, currency, decimals, currencies, curve, instrument, activity, agents, event, clearing, supervision, trigger; did you mean `span`?",
    ),
    (
        "lot = 1",
        "lots = 1",
        "line 9: instrument[0].lots: found an unknown field, expected one of symbol, kind, currency, tick, lot, price_step, qty_step, qty_min, qty_max, live_orders_max, notional_max, price_distance_max, price, fundamental, aliases, rules, schedule, clearing; did you mean `lot`?",
    ),
    (
        "process = \"jump\"",
        "proces = \"jump\"",
        "line 12: instrument[0].fundamental.proces: found an unknown field, expected one of process, mean, volatility, half_life, step, jump_every, jump_size, jump_mean; did you mean `process`?",
    ),
    (
        "count = 3",
        "cuont = 3",
        "line 21: agents[0].cuont: found an unknown field, expected one of kind, name, count, cash, cash_in, shares, lots, credit, carrier, contribution, latency, instruments, flat_at, think, clock, trace, every, size, reach, until, zeal, lives, mood, limits; did you mean `count`?",
    ),
    (
        "name = \"breaker\"",
        "nmae = \"breaker\"",
        "line 30: trigger[0].nmae: found an unknown field, expected one of name, instrument, at, at_or_above, at_or_below, event, commands, trades, then; did you mean `name`?",
    ),
    (
        "at_or_above = 110",
        "at_or_abov = 110",
        "line 32: trigger[0].at_or_abov: found an unknown field, expected one of at, at_or_above, at_or_below, event, commands, trades; did you mean `at_or_above`?",
    ),
    (
        "[[trigger]]",
        "[[triggers]]",
        "line 29: triggers: found an unknown field, expected one of name, seed, span, start, mic, currency, decimals, currencies, curve, instrument, activity, agents, event, clearing, supervision, trigger; did you mean `trigger`?",
    ),
    (
        "zeal = 0.5",
        "zeel = 0.5",
        "line 27: agents[0].zeel: found an unknown field, expected one of kind, name, count, cash, cash_in, shares, lots, credit, carrier, contribution, latency, instruments, flat_at, think, clock, trace, every, size, reach, until, zeal, lives, mood, limits; did you mean `zeal`?",
    ),
    (
        "zeal = 0.5",
        "xyzzy = { a = 1 }",
        "line 27: agents[0].xyzzy: found an unknown field, expected one of kind, name, count, cash, cash_in, shares, lots, credit, carrier, contribution, latency, instruments, flat_at, think, clock, trace, every, size, reach, until, zeal, lives, mood, limits",
    ),
    (
        "symbol = \"ACME\"",
        "symbl = \"ACME\"",
        "line 6: instrument[0].symbl: found an unknown field, expected symbol; did you mean `symbol`?",
    ),
    (
        "kind = \"noise\"",
        "kimd = \"noise\"",
        "line 19: agents[0].kimd: found an unknown field, expected kind; did you mean `kind`?",
    ),
    (
        "then = [\"halt\"]",
        "than = [\"halt\"]",
        "line 33: trigger[0].than: found an unknown field, expected then; did you mean `then`?",
    ),
    (
        "name = \"good\"",
        "name = \"\"",
        "line 1: name: found \"\", expected 1 to 64 letters, digits or - _ .",
    ),
    (
        "name = \"good\"",
        "name = \"a b\"",
        "line 1: name: found \"a b\", expected 1 to 64 letters, digits or - _ .",
    ),
    (
        "seed = 1",
        "seed = -1",
        "line 2: seed: found \"-1\", expected a whole number from 0 to 18446744073709551615",
    ),
    (
        "seed = 1",
        "seed = 18446744073709551616",
        "line 2: seed: found \"18446744073709551616\", expected a whole number from 0 to 18446744073709551615",
    ),
    (
        "seed = 1",
        "seed = 1.5",
        "line 2: seed: found \"1.5\", expected a whole number from 0 to 18446744073709551615",
    ),
    (
        "seed = 1",
        "seed = 0x10",
        "line 2: seed: found a number that is not decimal, expected text or a decimal number",
    ),
    ("seed = 1", "seed = [1]", "line 2: seed: found a list, expected a single value"),
    (
        "seed = 1",
        "seed = { a = 1 }",
        "line 2: seed: found a table, expected text or a decimal number",
    ),
    (
        "seed = 1",
        "seed = true",
        "line 2: seed: found \"true\", expected a whole number from 0 to 18446744073709551615",
    ),
    (
        "span = \"1m\"",
        "span = \"0s\"",
        "line 3: span: found \"0s\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    ("span = \"1m\"", "span = \"367d\"", "line 3: span: found \"367d\", expected at most 366d"),
    (
        "span = \"1m\"",
        "span = \"99999999999999999999d\"",
        "line 3: span: found \"99999999999999999999d\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "span = \"1m\"",
        "span = \"1 minute\"",
        "line 3: span: found \"1 minute\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "span = \"1m\"",
        "span = 60",
        "line 3: span: found \"60\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "span = \"1m\"",
        "start = \"yesterday\"",
        "line 3: start: found \"yesterday\", expected a moment such as \"2026-01-05T09:30:00-05:00\"",
    ),
    (
        "span = \"1m\"",
        "start = \"2026-01-05\"",
        "line 3: start: found \"2026-01-05\", expected a moment such as \"2026-01-05T09:30:00-05:00\"",
    ),
    (
        "span = \"1m\"",
        "start = \"2026-13-05T09:30:00-05:00\"",
        "line 3: start: found \"2026-13-05T09:30:00-05:00\", expected a moment such as \"2026-01-05T09:30:00-05:00\"",
    ),
    (
        "span = \"1m\"",
        "start = \"2026-01-05T09:30:00\"",
        "line 3: start: found \"2026-01-05T09:30:00\", expected a moment such as \"2026-01-05T09:30:00-05:00\"",
    ),
    (
        "span = \"1m\"",
        "mic = \"xpit\"",
        "line 3: mic: found \"xpit\", expected four capital letters or digits",
    ),
    (
        "span = \"1m\"",
        "currency = \"dollar\"",
        "line 3: currency: found \"dollar\", expected 3 to 5 capital letters",
    ),
    (
        "span = \"1m\"",
        "decimals = 19",
        "line 3: decimals: found \"19\", expected a whole number from 0 to 18",
    ),
    (
        "span = \"1m\"",
        "decimals = 1",
        "line 8: instrument[0].tick: found 0.05 with lot 1, expected tick x lot to be 1 to 1048576 times the smallest unit of USD (1 decimals) for ACME",
    ),
    (
        "symbol = \"ACME\"\n",
        "\n",
        "line 5: instrument[0].symbol: found nothing, expected what it is called",
    ),
    (
        "symbol = \"ACME\"",
        "symbol = \"AC ME\"",
        "line 6: instrument[0].symbol: found \"AC ME\", expected 1 to 16 letters, digits or . _ - /",
    ),
    (
        "symbol = \"ACME\"",
        "symbol = \"ZINC\"",
        "line 15: instrument[1].symbol: found \"ZINC\" a second time, expected each symbol once",
    ),
    (
        "price = 100\n",
        "\n",
        "line 5: instrument[0].price: found nothing, expected its price before the first trade",
    ),
    (
        "price = 100",
        "price = -100",
        "line 7: instrument[0].price: found \"-100\", expected a price that is not negative",
    ),
    (
        "price = 100",
        "price = 0",
        "line 7: instrument[0].price: found \"0\", expected more than zero",
    ),
    (
        "price = 100",
        "price = 100.01",
        "line 7: instrument[0].price: found \"100.01\", expected a multiple of the tick 0.05 of ACME",
    ),
    (
        "price = 100",
        "price = 9999999999999999999",
        "line 7: instrument[0].price: found \"9999999999999999999\", expected at most 230584300921369395.20 from zero",
    ),
    (
        "price = 100",
        "price = 99999999999999999999999999999999",
        "line 7: instrument[0].price: found \"99999999999999999999999999999999\", expected at most 230584300921369395.20 from zero",
    ),
    (
        "price = 100",
        "price = nan",
        "line 7: instrument[0].price: found \"nan\", expected a decimal number",
    ),
    (
        "price = 100",
        "price = inf",
        "line 7: instrument[0].price: found \"inf\", expected a decimal number",
    ),
    (
        "price = 100",
        "price = \"a lot\"",
        "line 7: instrument[0].price: found \"a lot\", expected a decimal number",
    ),
    (
        "price = 100",
        "kind = \"equty\"\nprice = 100",
        "line 7: instrument[0].kind: found \"equty\", expected one of equity, crypto, bond, option, warrant, future, perpetual, fx; did you mean `equity`?",
    ),
    (
        "tick = \"0.05\"",
        "tick = 0",
        "line 8: instrument[0].tick: found \"0\", expected more than zero",
    ),
    (
        "tick = \"0.05\"",
        "tick = -0.05",
        "line 8: instrument[0].tick: found \"-0.05\", expected more than zero",
    ),
    (
        "tick = \"0.05\"",
        "tick = 0.001",
        "line 8: instrument[0].tick: found 0.001 with lot 1, expected tick x lot to be 1 to 1048576 times the smallest unit of USD (2 decimals) for ACME",
    ),
    (
        "tick = \"0.05\"",
        "tick = 1000000",
        "line 8: instrument[0].tick: found 1000000 with lot 1, expected tick x lot to be 1 to 1048576 times the smallest unit of USD (2 decimals) for ACME",
    ),
    (
        "tick = \"0.05\"",
        "tick = \"fine\"",
        "line 8: instrument[0].tick: found \"fine\", expected a decimal number",
    ),
    ("lot = 1", "lot = 0", "line 9: instrument[0].lot: found \"0\", expected more than zero"),
    (
        "lot = 1",
        "lot = 0.5",
        "line 8: instrument[0].tick: found 0.05 with lot 0.5, expected tick x lot to be 1 to 1048576 times the smallest unit of USD (2 decimals) for ACME",
    ),
    (
        "lot = 1",
        "lot = 1e30",
        "line 9: instrument[0].lot: found \"1e30\", expected a decimal number",
    ),
    (
        "lot = 1",
        "qty_max = 1099511627777",
        "line 9: instrument[0].qty_max: found 1099511627777, expected at most 2^40 lots",
    ),
    (
        "lot = 1",
        "qty_max = 1e30",
        "line 9: instrument[0].qty_max: found \"1e30\", expected a whole number from 1 to 18446744073709551615",
    ),
    (
        "lot = 1",
        "qty_max = 99999999999999999999",
        "line 9: instrument[0].qty_max: found \"99999999999999999999\", expected a whole number from 1 to 18446744073709551615",
    ),
    (
        "lot = 1",
        "qty_min = 0",
        "line 9: instrument[0].qty_min: found 0, expected between 1 and qty_max",
    ),
    (
        "lot = 1",
        "qty_min = 5\nqty_max = 4",
        "line 9: instrument[0].qty_min: found 5, expected between 1 and qty_max",
    ),
    ("lot = 1", "qty_step = 0", "line 9: instrument[0].qty_step: found 0, expected at least 1 lot"),
    (
        "lot = 1",
        "price_step = 0",
        "line 9: instrument[0].price_step: found 0, expected at least 1 tick",
    ),
    (
        "lot = 1",
        "price_step = -1",
        "line 9: instrument[0].price_step: found \"-1\", expected a whole number from 1 to 18446744073709551615",
    ),
    (
        "lot = 1",
        "live_orders_max = 0",
        "line 9: instrument[0].live_orders_max: found 0, expected at least 1",
    ),
    (
        "lot = 1",
        "live_orders_max = 4294967296",
        "line 9: instrument[0].live_orders_max: found \"4294967296\", expected a whole number from 1 to 4294967295",
    ),
    (
        "lot = 1",
        "notional_max = 0",
        "line 9: instrument[0].notional_max: found \"0\", expected more than zero",
    ),
    (
        "lot = 1",
        "notional_max = 0.001",
        "line 9: instrument[0].notional_max: found \"0.001\", expected at most 2 decimals of USD",
    ),
    (
        "lot = 1",
        "notional_max = -1",
        "line 9: instrument[0].notional_max: found \"-1\", expected more than zero",
    ),
    (
        "lot = 1",
        "notional_max = 99999999999999999999999999999999",
        "line 9: instrument[0].notional_max: found \"99999999999999999999999999999999\", expected an amount of at most 12379400392853802748991242.24",
    ),
    (
        "lot = 1",
        "price_distance_max = -1",
        "line 9: instrument[0].price_distance_max: found \"-1\", expected a distance that is not negative, or none",
    ),
    (
        "lot = 1",
        "price_distance_max = 0.01",
        "line 9: instrument[0].price_distance_max: found \"0.01\", expected a multiple of the tick 0.05 of ACME",
    ),
    (
        "process = \"jump\"",
        "process = \"brownian\"",
        "line 12: instrument[0].fundamental.process: found \"brownian\", expected one of ou, jump, gbm, merton, heston, garch, regimes",
    ),
    (
        "process = \"jump\"",
        "mean = nan",
        "line 12: instrument[0].fundamental.mean: found \"nan\", expected a number from -1000000000000 to 1000000000000",
    ),
    (
        "process = \"jump\"",
        "mean = 1e13",
        "line 12: instrument[0].fundamental.mean: found \"1e13\", expected a number from -1000000000000 to 1000000000000",
    ),
    (
        "process = \"jump\"",
        "volatility = -0.1",
        "line 12: instrument[0].fundamental.volatility: found \"-0.1\", expected a number from 0 to 1000000000000",
    ),
    (
        "process = \"jump\"",
        "volatility = inf",
        "line 12: instrument[0].fundamental.volatility: found \"inf\", expected a number from 0 to 1000000000000",
    ),
    (
        "process = \"jump\"",
        "half_life = \"0s\"",
        "line 12: instrument[0].fundamental.half_life: found \"0s\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "process = \"jump\"",
        "half_life = 7",
        "line 12: instrument[0].fundamental.half_life: found \"7\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "process = \"jump\"",
        "step = \"1ns\"",
        "line 12: instrument[0].fundamental.step: found \"1ns\", expected at least 1ms",
    ),
    (
        "process = \"jump\"",
        "jump_every = \"5m\"",
        "line 12: instrument[0].fundamental.jump_every: found \"5m\", expected nothing without process = \"jump\"",
    ),
    (
        "process = \"jump\"",
        "process = \"jump\"\njump_every = \"never\"",
        "line 13: instrument[0].fundamental.jump_every: found \"never\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "process = \"jump\"",
        "process = \"jump\"\njump_every = \"10ms\"",
        "line 13: instrument[0].fundamental.jump_every: found \"10ms\", expected at least the step",
    ),
    (
        "[instrument.fundamental]\nprocess = \"jump\"",
        "fundamental = 7",
        "line 11: instrument[0].fundamental: found a number, expected a table",
    ),
    (
        "kind = \"noise\"\n",
        "\n",
        "line 18: agents[0].kind: found nothing, expected one of noise, idle",
    ),
    (
        "kind = \"noise\"",
        "kind = \"nosie\"",
        "line 19: agents[0].kind: found \"nosie\", expected a kind of agent: one of noise, idle; did you mean `noise`?",
    ),
    (
        "kind = \"noise\"",
        "kind = [\"noise\"]",
        "line 19: agents[0].kind: found a list, expected a single value",
    ),
    (
        "name = \"crowd\"",
        "name = \"the crowd\"",
        "line 20: agents[0].name: found \"the crowd\", expected 1 to 64 letters, digits or - _",
    ),
    (
        "count = 3",
        "count = -1",
        "line 21: agents[0].count: found \"-1\", expected a whole number from 0 to 1048576",
    ),
    (
        "count = 3",
        "count = 1e30",
        "line 21: agents[0].count: found \"1e30\", expected a whole number from 0 to 1048576",
    ),
    (
        "count = 3",
        "count = 1048577",
        "line 21: agents[0].count: found \"1048577\", expected a whole number from 0 to 1048576",
    ),
    (
        "count = 3",
        "count = \"many\"",
        "line 21: agents[0].count: found \"many\", expected a whole number from 0 to 1048576",
    ),
    (
        "count = 3",
        "shares = 1099511627777",
        "line 21: agents[0].shares: found \"1099511627777\", expected a whole number of lots from 0 to 1099511627776",
    ),
    (
        "count = 3",
        "shares = -1",
        "line 21: agents[0].shares: found \"-1\", expected a whole number of lots from 0 to 1099511627776",
    ),
    (
        "cash = 1000",
        "cash = -0.01",
        "line 22: agents[0].cash: found \"-0.01\", expected an amount that is not negative",
    ),
    (
        "cash = 1000",
        "cash = 0.001",
        "line 22: agents[0].cash: found \"0.001\", expected at most 2 decimals of USD",
    ),
    (
        "cash = 1000",
        "cash = 792281625142643375935439504",
        "line 22: agents[0].cash: found \"792281625142643375935439504\", expected an amount of at most 792281625142643375935439503.36",
    ),
    (
        "cash = 1000",
        "cash = 79228162514264337593543950335",
        "line 22: agents[0].cash: found \"79228162514264337593543950335\", expected an amount of at most 792281625142643375935439503.36",
    ),
    (
        "cash = 1000",
        "cash = 1e400",
        "line 22: agents[0].cash: found \"1e400\", expected a decimal number",
    ),
    (
        "cash = 1000",
        "cash = -inf",
        "line 22: agents[0].cash: found \"-inf\", expected a decimal number",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"fast\"",
        "line 23: agents[0].latency: found \"fast\", expected \"2ms\", \"uniform(1ms, 5ms)\", \"lognormal(median = 1ms, sigma = 0.5)\" or \"distance(3866660)\"",
    ),
    (
        "latency = \"2ms\"",
        "latency = 2",
        "line 23: agents[0].latency: found \"2\", expected \"2ms\", \"uniform(1ms, 5ms)\", \"lognormal(median = 1ms, sigma = 0.5)\" or \"distance(3866660)\"",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"11s\"",
        "line 23: agents[0].latency: found \"11s\", expected a delay of at most 10s",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"uniform(5ms, 1ms)\"",
        "line 23: agents[0].latency: found \"uniform(5ms, 1ms)\", expected uniform(low, high), low first",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"uniform(5ms)\"",
        "line 23: agents[0].latency: found \"uniform(5ms)\", expected \"2ms\", \"uniform(1ms, 5ms)\", \"lognormal(median = 1ms, sigma = 0.5)\" or \"distance(3866660)\"",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"uniform(1ms, soon)\"",
        "line 23: agents[0].latency: found \"uniform(1ms, soon)\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"lognormal(median = 1ms, sigma = -1)\"",
        "line 23: agents[0].latency: found \"lognormal(median = 1ms, sigma = -1)\", expected for sigma a number from 0 to 10",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"lognormal(median = 1ms, sigma = nan)\"",
        "line 23: agents[0].latency: found \"lognormal(median = 1ms, sigma = nan)\", expected for sigma a number from 0 to 10",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"distance(1e10)\"",
        "line 23: agents[0].latency: found \"distance(1e10)\", expected in metres a number from 0 to 1000000000",
    ),
    (
        "latency = \"2ms\"",
        "latency = \"gamma(1ms, 2)\"",
        "line 23: agents[0].latency: found \"gamma(1ms, 2)\", expected \"2ms\", \"uniform(1ms, 5ms)\", \"lognormal(median = 1ms, sigma = 0.5)\" or \"distance(3866660)\"",
    ),
    (
        "instruments = [\"ACME\", \"ZINC\"]",
        "instruments = [\"ACMEE\"]",
        "line 24: agents[0].instruments: found \"ACMEE\", expected instruments of the scenario: ACME, ZINC; did you mean `ACME`?",
    ),
    (
        "instruments = [\"ACME\", \"ZINC\"]",
        "instruments = []",
        "line 24: agents[0].instruments: found none, expected at least one",
    ),
    (
        "instruments = [\"ACME\", \"ZINC\"]",
        "instruments = [\"ACME\", \"ACME\"]",
        "line 24: agents[0].instruments: found \"ACME\" a second time, expected each instrument once",
    ),
    (
        "instruments = [\"ACME\", \"ZINC\"]",
        "instruments = \"ACME\"",
        "line 24: agents[0].instruments: found \"ACME\", expected a list",
    ),
    (
        "instruments = [\"ACME\", \"ZINC\"]",
        "instruments = [[\"ACME\"]]",
        "line 24: agents[0].instruments: found a list, expected a list of texts",
    ),
    (
        "every = \"5s\"",
        "every = \"exp(rate = 5s)\"",
        "line 25: agents[0].every: found \"exp(rate = 5s)\", expected a time such as \"5s\", or \"exp(mean = 5s)\"",
    ),
    (
        "every = \"5s\"",
        "every = \"0s\"",
        "line 25: agents[0].every: found \"0s\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "reach = \"0.10\"",
        "reach = 0.01",
        "line 26: agents[0].reach: found \"0.01\", expected a multiple of the tick 0.05 of ACME",
    ),
    (
        "reach = \"0.10\"",
        "reach = -0.05",
        "line 26: agents[0].reach: found \"-0.05\", expected not less than 0",
    ),
    (
        "reach = \"0.10\"",
        "reach = 9999999999999999999",
        "line 26: agents[0].reach: found \"9999999999999999999\", expected at most 230584300921369395.20 from zero",
    ),
    (
        "zeal = 0.5",
        "zeal = nan",
        "line 27: agents[0].zeal: found \"nan\", expected a number from 0 to 1",
    ),
    (
        "zeal = 0.5",
        "zeal = inf",
        "line 27: agents[0].zeal: found \"inf\", expected a number from 0 to 1",
    ),
    (
        "zeal = 0.5",
        "zeal = -inf",
        "line 27: agents[0].zeal: found \"-inf\", expected a number from 0 to 1",
    ),
    (
        "zeal = 0.5",
        "zeal = 1.0000001",
        "line 27: agents[0].zeal: found \"1.0000001\", expected a number from 0 to 1",
    ),
    (
        "zeal = 0.5",
        "lives = 10",
        "line 27: agents[0].lives: found \"10\", expected a whole number from 1 to 9",
    ),
    (
        "zeal = 0.5",
        "size = 0",
        "line 27: agents[0].size: found \"0\", expected a whole number from 1 to 1099511627776",
    ),
    (
        "zeal = 0.5",
        "size = 1099511627777",
        "line 27: agents[0].size: found \"1099511627777\", expected a whole number from 1 to 1099511627776",
    ),
    (
        "zeal = 0.5",
        "mood = \"wlid\"",
        "line 27: agents[0].mood: found \"wlid\", expected one of calm, wild; did you mean `wild`?",
    ),
    (
        "zeal = 0.5",
        "until = \"tomorrow\"",
        "line 27: agents[0].until: found \"tomorrow\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "zeal = 0.5",
        "[[agents]]\nkind = \"idle\"\nname = \"crowd\"",
        "line 29: agents[1].name: found \"crowd\" a second time, expected a name of its own for each group",
    ),
    (
        "at_or_above = 110",
        "at_or_above = 110.01",
        "line 32: trigger[0].at_or_above: found \"110.01\", expected a multiple of the tick 0.05 of ACME",
    ),
    (
        "at_or_above = 110\n",
        "\n",
        "line 29: trigger[0]: found no condition, expected exactly one of at, at_or_above, at_or_below, event, commands, trades",
    ),
    (
        "at_or_above = 110",
        "at_or_above = 110\ntrades = 5",
        "line 29: trigger[0]: found at_or_above and trades, expected exactly one of at, at_or_above, at_or_below, event, commands, trades",
    ),
    (
        "instrument = \"ACME\"",
        "instrument = \"ACNE\"",
        "line 31: trigger[0].instrument: found \"ACNE\", expected an instrument: one of ACME, ZINC; did you mean `ACME`?",
    ),
    (
        "instrument = \"ACME\"\n",
        "\n",
        "line 29: trigger[0].instrument: found nothing, expected the instrument to watch",
    ),
    (
        "instrument = \"ACME\"\nat_or_above = 110",
        "trades = 5",
        "line 29: trigger[0].instrument: found nothing to halt, expected an instrument",
    ),
    (
        "at_or_above = 110",
        "trades = 0",
        "line 32: trigger[0].trades: found \"0\", expected a whole number from 1",
    ),
    (
        "at_or_above = 110",
        "commands = -5",
        "line 32: trigger[0].commands: found \"-5\", expected a whole number from 1",
    ),
    (
        "at_or_above = 110",
        "at = \"noon\"",
        "line 32: trigger[0].at: found \"noon\", expected a time such as \"250us\", \"5s\" or \"6h30m\"",
    ),
    (
        "at_or_above = 110",
        "event = \"trade\"",
        "line 32: trigger[0].event: found \"trade\", expected a kind of event: one of traded, rejected, cancelled, prevented, phase-changed, triggered, expired, uncrossed, call-extended, bands-changed, short-sales-restricted; did you mean `traded`?",
    ),
    (
        "then = [\"halt\"]",
        "then = [\"hlat\"]",
        "line 33: trigger[0].then: found \"hlat\", expected a list of pause, stop, halt, reopen, end-call; did you mean `halt`?",
    ),
    (
        "then = [\"halt\"]",
        "then = [\"burn\"]",
        "line 33: trigger[0].then: found \"burn\", expected a list of pause, stop, halt, reopen, end-call",
    ),
    (
        "then = [\"halt\"]",
        "then = \"halt\"",
        "line 33: trigger[0].then: found \"halt\", expected a list",
    ),
    (
        "then = [\"halt\"]",
        "then = []",
        "line 33: trigger[0].then: found an empty list, expected a list of pause, stop, halt, reopen, end-call",
    ),
    (
        "then = [\"halt\"]",
        "",
        "line 29: trigger[0].then: found nothing, expected a list of pause, stop, halt, reopen, end-call",
    ),
];

/// Settings for [`GOOD`], and what is said of each.
const SET: &[(&str, &str)] = &[
    (
        "sede=5",
        "sede: found nothing of this name to set, expected a field of the scenario that can be set; did you mean `seed`?",
    ),
    ("seed", "setting: found \"seed\", expected field=value, such as agents.noise.count=500"),
    ("=5", "setting: found \"=5\", expected field=value, such as agents.noise.count=500"),
    ("", "setting: found \"\", expected field=value, such as agents.noise.count=500"),
    ("seed=", "seed: found \"\", expected a whole number from 0 to 18446744073709551615"),
    ("seed=-1", "seed: found \"-1\", expected a whole number from 0 to 18446744073709551615"),
    (
        "agents.crowd.cuont=5",
        "agents.crowd.cuont: found nothing of this name to set, expected a field of the scenario that can be set; did you mean `agents.crowd.count`?",
    ),
    (
        "agents.corwd.count=5",
        "agents.corwd.count: found nothing of this name to set, expected a field of the scenario that can be set; did you mean `agents.crowd.count`?",
    ),
    (
        "agents.crowd.count=many",
        "agents.crowd.count: found \"many\", expected a whole number from 0 to 1048576",
    ),
    (
        "agents.crowd.kind=idle",
        "agents.crowd.kind: found nothing of this name to set, expected a field of the scenario that can be set",
    ),
    (
        "agents.crowd.instruments=ACME,ZINK",
        "agents.crowd.instruments: found \"ZINK\", expected instruments of the scenario: ACME, ZINC; did you mean `ZINC`?",
    ),
    (
        "agents.crowd.instruments=",
        "agents.crowd.instruments: found \"\", expected instruments of the scenario: ACME, ZINC",
    ),
    (
        "agents.crowd=5",
        "agents.crowd: found nothing of this name to set, expected a field of the scenario that can be set; did you mean `agents.crowd.credit`?",
    ),
    (
        "agents=5",
        "agents: found nothing of this name to set, expected a field of the scenario that can be set",
    ),
    (
        "instrument.ACME.price=100.01",
        "instrument.ACME.price: found \"100.01\", expected a multiple of the tick 0.05 of ACME",
    ),
    ("instrument.ACME.tick=0", "instrument.ACME.tick: found \"0\", expected more than zero"),
    (
        "instrument.ACNE.tick=0.01",
        "instrument.ACNE.tick: found nothing of this name to set, expected a field of the scenario that can be set; did you mean `instrument.ACME.tick`?",
    ),
    (
        "instrument.ACME.symbol=X",
        "instrument.ACME.symbol: found nothing of this name to set, expected a field of the scenario that can be set",
    ),
    (
        "instrument.ACME.fundamental.mean=nan",
        "instrument.ACME.fundamental.mean: found \"nan\", expected a number from -1000000000000 to 1000000000000",
    ),
    (
        "instrument.ZINC.fundamental.mean=5",
        "instrument.ZINC.fundamental.mean: found nothing of this name to set, expected a field of the scenario that can be set; did you mean `instrument.ACME.fundamental.mean`?",
    ),
    (
        "trigger.breaker.at_or_above=1.001",
        "trigger.breaker.at_or_above: found \"1.001\", expected a multiple of the tick 0.05 of ACME",
    ),
    (
        "trigger.breaker.then=burn",
        "trigger.breaker.then: found \"burn\", expected a list of pause, stop, halt, reopen, end-call",
    ),
    (
        "trigger.breaker.trades=5",
        "line 29: trigger[0]: found at_or_above and trades, expected exactly one of at, at_or_above, at_or_below, event, commands, trades",
    ),
    (
        "latency=1ms",
        "latency: found nothing of this name to set, expected a field of the scenario that can be set",
    ),
    (
        "agents.crowd.latency=uniform(5ms, 1ms)",
        "agents.crowd.latency: found \"uniform(5ms, 1ms)\", expected uniform(low, high), low first",
    ),
];

/// Whole texts, and what is said of each.
const WHOLE: &[(&str, &str)] = &[
    ("", "instrument: found none, expected at least one [[instrument]]"),
    ("# nothing", "instrument: found none, expected at least one [[instrument]]"),
    ("name = \"only\"\n", "instrument: found none, expected at least one [[instrument]]"),
    (
        "name = \"x\n",
        "line 1: scenario: found something that cannot be read (invalid basic string, expected `\"`), expected TOML",
    ),
    (
        "[[instrument]\n",
        "line 1: scenario: found something that cannot be read (unclosed array table, expected `]`), expected TOML",
    ),
    (
        "seed = 1\nseed = 2\n",
        "line 2: scenario: found something that cannot be read (duplicate key), expected TOML",
    ),
    (
        "= 5\n",
        "line 1: scenario: found something that cannot be read (unquoted keys cannot be empty, expected letters, numbers, `-`, `_`), expected TOML",
    ),
    (
        "instrument = 5\n",
        "line 1: instrument: found a number, expected tables headed [[instrument]]",
    ),
    (
        "instrument = [5]\n",
        "line 1: instrument: found a list with a number in it, expected tables headed [[instrument]]",
    ),
    (
        "[instrument]\nsymbol = \"A\"\n",
        "line 1: instrument: found a table, expected tables headed [[instrument]]",
    ),
    ("[[instrument]]\n", "line 1: instrument[0].symbol: found nothing, expected what it is called"),
    (
        "seed = 1\n\n[[instrument]]\n",
        "line 3: instrument[0].symbol: found nothing, expected what it is called",
    ),
    (
        "[[instrument]]\nsymbol = \"A\"\nprice = 1\n[[agents]]\n",
        "line 4: agents[0].kind: found nothing, expected one of noise, idle",
    ),
    (
        "[[instrument]]\nsymbol = \"A\"\nprice = 1\n[[trigger]]\n",
        "line 4: trigger[0]: found no condition, expected exactly one of at, at_or_above, at_or_below, event, commands, trades",
    ),
    (
        "[[instrument]]\nsymbol = \"A\"\nprice = 1\nagents = 7\n",
        "line 4: instrument[0].agents: found an unknown field, expected one of symbol, kind, currency, tick, lot, price_step, qty_step, qty_min, qty_max, live_orders_max, notional_max, price_distance_max, price, fundamental, aliases, rules, schedule, clearing",
    ),
    (
        "[[instrument]]\nsymbol = \"A\"\nprice = 1\n\n[agents]\nkind = \"noise\"\n",
        "line 5: agents: found a table, expected tables headed [[agents]]",
    ),
    (
        "[[instrument]]\nsymbol = \"A\"\nprice = 1\ntick = 1\n[[agents]]\nkind = \"noise\"\n",
        "line 5: agents[0].reach: found \"0.10\" (default), expected a multiple of the tick 1 of A",
    ),
];

/// All disagreements at once, so that a change of wording is one look.
fn all_agree<'a>(rows: impl Iterator<Item = (String, String, &'a str)>) {
    let wrong: Vec<String> = rows
        .filter(|(_, said, expected)| said != expected)
        .map(|(what, said, expected)| format!("{what}\n  said     {said}\n  expected {expected}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(said(GOOD, &[]), "nothing");
}

#[test]
fn every_bad_field_is_named_with_its_place() {
    all_agree(CHANGED.iter().map(|(from, to, expected)| {
        (format!("{from} -> {to}"), said(&with(from, to), &[]), *expected)
    }));
}

#[test]
fn every_bad_setting_is_named() {
    all_agree(SET.iter().map(|(set, expected)| ((*set).to_owned(), said(GOOD, &[set]), *expected)));
}

#[test]
fn every_text_that_is_no_scenario_is_refused() {
    all_agree(
        WHOLE.iter().map(|(text, expected)| (format!("{text:?}"), said(text, &[]), *expected)),
    );
}

/// A setting stands in for what the text says, so that a bad text can be set right, and a good one
/// set wrong.
#[test]
fn settings_come_before_the_text() {
    let bad = with("seed = 1", "seed = -1");
    assert_eq!(said(&bad, &["seed=5"]), "nothing");
    assert_eq!(said(GOOD, &["seed=x", "seed=5"]), "nothing", "the last one counts");
    assert_ne!(said(GOOD, &["seed=5", "seed=x"]), "nothing");
}

/// A hundred thousand agents are many but may be; one too many for the venue may not.
#[test]
fn there_are_as_many_agents_as_accounts() {
    let most = with("count = 3", "count = 1048576");
    assert_eq!(said(&most, &[]), "nothing");
    let text = format!("{most}\n[[agents]]\nkind = \"idle\"\n");
    assert_eq!(
        said(&text, &[]),
        "line 35: agents[1].count: found 1048577, expected at most 1048576 agents in all"
    );
}

/// Whatever bytes a file holds, reading it ends with a scenario or a complaint.
#[test]
fn cut_anywhere_it_is_still_only_bad() {
    for end in (0..GOOD.len()).filter(|end| GOOD.is_char_boundary(*end)) {
        let cut = said(&GOOD[..end], &[]);
        assert!(cut == "nothing" || cut.contains(": found "), "{cut}");
    }
    for (at, _) in GOOD.char_indices() {
        for strange in ["\u{0}", "\"", "[", "=", "9", "-", "é", "\n"] {
            let changed = format!("{}{strange}{}", &GOOD[..at], &GOOD[at + 1..]);
            let said = said(&changed, &[]);
            assert!(said == "nothing" || said.contains(": found "), "{said}");
        }
    }
}

#[test]
fn only_near_names_are_offered() {
    assert_eq!(near_name("nosie", ["idle", "noise"]), Some("noise".to_owned()));
    assert_eq!(near_name("zzz", ["idle", "noise"]), None);
    assert_eq!(near_name("noise", []), None);
}
