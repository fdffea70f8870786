//! Completeness: a scenario given back says everything, and says it so that it makes the same
//! market again.

use crate::players::{KINDS, NOISE};
use pitfloor_model::units::{AccountId, Span, Time};
use pitfloor_sim::history::Tally;
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::{BadScenario, Setting};
use proptest::prelude::*;

fn parse(text: &str, settings: &[&str]) -> Result<Scenario, BadScenario> {
    let settings: Vec<Setting> =
        settings.iter().map(|setting| Setting::parse(setting).unwrap()).collect();
    Scenario::parse(text, &settings, &KINDS)
}

/// Both digests of the first seconds.
fn history(scenario: &Scenario, seconds: u64) -> (String, String) {
    let mut tally = Tally::new();
    scenario.kernel().run(Time::ZERO.after(Span::secs(seconds)), &mut tally);
    (tally.digest().to_string(), tally.journal_digest().to_string())
}

/// What a scenario says back makes the same scenario, whose kernel makes the same history.
fn stands_for_itself(scenario: &Scenario, seconds: u64) {
    let complete = scenario.to_toml();
    let again = parse(complete, &[]).unwrap_or_else(|bad| panic!("{bad} in\n{complete}"));
    assert_eq!(again.to_toml(), complete);
    assert_eq!(again.venue(), scenario.venue());
    assert_eq!(again.listings(), scenario.listings());
    assert_eq!((again.name(), again.seed()), (scenario.name(), scenario.seed()));
    assert_eq!((again.span(), again.start()), (scenario.span(), scenario.start()));
    assert_eq!(history(&again, seconds), history(scenario, seconds));
}

const SHORT: &str = "
    [[instrument]]
    symbol = \"ACME\"
    price = 100

    [[instrument]]
    symbol = \"ZINC\"
    price = 20.5
    tick = \"0.05\"
    notional_max = 50000
    price_distance_max = 2
    [instrument.fundamental]
    process = \"jump\"

    [[agents]]
    kind = \"noise\"
    count = 4
    shares = 100

    [[trigger]]
    instrument = \"ACME\"
    at_or_above = 101
    then = [\"halt\", \"pause\"]
";

/// The whole text: every default is written, in one place, in the order of reading.
#[test]
fn every_default_is_written_out() {
    let complete = parse(SHORT, &[]).unwrap();
    assert_eq!(
        complete.to_toml(),
        r#"name = "unnamed"
seed = 1
span = "30m"
start = "2026-01-05T09:30:00-05:00"
mic = "XPIT"
currency = "USD"
decimals = 2

[[instrument]]
symbol = "ACME"
kind = "equity"
currency = "USD"
tick = "0.01"
lot = 1
price_step = 1
qty_step = 1
qty_min = 1
qty_max = 1099511627776
live_orders_max = 1048576
notional_max = "12379400392853802748991242.24"
price_distance_max = "none"
price = 100
aliases = []

[instrument.rules]
allocation = "fifo"
top = false
lmm_percent = 0
split_percent = 0
market_maker = "none"
replace_priority = "keep-on-decrease"
replace_qty = "total"
band_action = "reprice"
short_action = "reprice"
trigger_at_once = false
peg_once = false
age_max = "none"
cascade_max = 1000
velocity_max = "none"
dormant_max = 1000
tranches_max = 100
positive_prices = false
notional_min = 0
collar = "10%"
auction_tie = "lower"
auction_reference = "by-call"
close_cutoff_at_call = false

[[instrument]]
symbol = "ZINC"
kind = "equity"
currency = "USD"
tick = "0.05"
lot = 1
price_step = 1
qty_step = 1
qty_min = 1
qty_max = 1099511627776
live_orders_max = 1048576
notional_max = 50000
price_distance_max = 2
price = "20.5"
aliases = []

[instrument.fundamental]
process = "jump"
mean = "20.50"
volatility = "0.00205"
half_life = "2h"
step = "100ms"
jump_every = "20m"
jump_size = "0.1025"
jump_mean = 0

[instrument.rules]
allocation = "fifo"
top = false
lmm_percent = 0
split_percent = 0
market_maker = "none"
replace_priority = "keep-on-decrease"
replace_qty = "total"
band_action = "reprice"
short_action = "reprice"
trigger_at_once = false
peg_once = false
age_max = "none"
cascade_max = 1000
velocity_max = "none"
dormant_max = 1000
tranches_max = 100
positive_prices = false
notional_min = 0
collar = "10%"
auction_tie = "lower"
auction_reference = "by-call"
close_cutoff_at_call = false

[[agents]]
kind = "noise"
name = "noise"
count = 4
cash = 100000
cash_in = {}
shares = 100
lots = {}
credit = "none"
carrier = "none"
contribution = 0
latency = "uniform(1ms, 5ms)"
instruments = ["ACME", "ZINC"]
flat_at = "never"
think = "none"
clock = "wall"
trace = "off"
every = "exp(mean = 200ms)"
size = 9
reach = "0.10"
until = "1h"
zeal = "0.5"
lives = 3
mood = "calm"

[[trigger]]
name = "trigger-0"
instrument = "ACME"
at_or_above = 101
then = ["halt", "pause"]
"#
    );
    stands_for_itself(&complete, 5);
}

#[test]
fn a_setting_is_part_of_the_complete_text() {
    let settings = [
        "agents.noise.count=7",
        "agents.noise.every = exp(mean = 100ms)",
        "instrument.ZINC.tick=0.01",
        "instrument.ZINC.fundamental.jump_size=0.25",
        "trigger.trigger-0.at_or_above=100.05",
        "seed=18446744073709551615",
        "agents.noise.instruments=ZINC, ACME",
        "name=set",
    ];
    let set = parse(SHORT, &settings).unwrap();
    assert_eq!((set.agents(), set.seed(), set.name()), (7, u64::MAX, "set"));
    for line in [
        "seed = \"18446744073709551615\"",
        "count = 7",
        "every = \"exp(mean = 100ms)\"",
        "tick = \"0.01\"",
        "jump_size = \"0.25\"",
        "at_or_above = \"100.05\"",
        "instruments = [\"ZINC\", \"ACME\"]",
    ] {
        assert!(set.to_toml().lines().any(|l| l == line), "{line} in\n{}", set.to_toml());
    }
    stands_for_itself(&set, 5);
    assert_ne!(history(&set, 5), history(&parse(SHORT, &[]).unwrap(), 5));
}

#[test]
fn the_last_of_two_settings_counts() {
    let twice = parse(SHORT, &["seed=5", "agents.noise.count=9", "seed=6", "seed=7"]).unwrap();
    assert_eq!((twice.seed(), twice.agents()), (7, 9));
}

#[test]
fn accounts_are_numbered_through_the_groups() {
    let text = format!("{SHORT}\n[[agents]]\nkind = \"idle\"\ncount = 0\nname = \"none\"\n");
    let text = format!("{text}[[agents]]\nkind = \"idle\"\ncount = 2\n");
    let scenario = parse(&text, &[]).unwrap();
    let group = |account| scenario.group_of(AccountId(account));
    assert_eq!([0, 3, 4, 5, 6].map(group), [Some(0), Some(0), Some(2), Some(2), None]);
    let names: Vec<String> = scenario.cast().map(|(_, name, ..)| name).collect();
    assert_eq!(names, ["noise-0", "noise-1", "noise-2", "noise-3", "idle-0", "idle-1"]);
    let symbols: Vec<u32> = scenario.cast().map(|(_, _, roles, _)| roles[0].instrument.0).collect();
    assert_eq!(symbols, [0, 1, 0, 1, 0, 1], "instruments are dealt out in turn");
    let kernel = scenario.kernel();
    let seats: Vec<(u32, &str)> =
        kernel.seats().iter().map(|s| (s.account().0, s.name())).collect();
    assert_eq!(seats[4], (4, "idle-0"));
}

#[test]
fn the_clock_on_the_wall_starts_at_the_start() {
    let start =
        |text: &str| parse(&format!("start = \"{text}\"\n{SHORT}"), &[]).unwrap().start().clone();
    let new_york = start("2026-01-05T09:30:00-05:00");
    assert_eq!((new_york.unix_s, new_york.offset_s), (1_767_623_400, -18_000));
    assert_eq!(new_york.clock_s(Time(90_000_000_000)), 9 * 3_600 + 30 * 60 + 90);
    let london = start("2026-01-05T14:30:00Z");
    assert_eq!((london.unix_s, london.offset_s), (1_767_623_400, 0));
    assert_eq!(start("1969-12-31T23:00:00+00:00").clock_s(Time::ZERO), 23 * 3_600);
}

/// Any scenario that can be read says everything back.
fn any_text() -> impl Strategy<Value = String> {
    let latency = prop_oneof![
        (0..3_000_u32).prop_map(|us| format!("{}us", us + 1)),
        (1..50_u32, 0..50_u32)
            .prop_map(|(low, more)| format!("uniform({low}ms, {}ms)", low + more)),
        (1..50_u32, 0..30_u32).prop_map(|(ms, sigma)| format!(
            "lognormal(median = {ms}ms, sigma = {})",
            f64::from(sigma) / 10.0
        )),
        (0..9_000_000_u32).prop_map(|metres| format!("distance({metres})")),
        Just("0s".to_owned()),
    ];
    let noise = (0..4_u32, 1..400_u32, 1..30_u64, any::<bool>(), latency, 0..1_000_u32).prop_map(
        |(count, every, size, wild, latency, shares)| {
            let mood = if wild { "wild" } else { "calm" };
            format!(
                "count = {count}\nevery = \"{every}ms\"\nsize = {size}\nmood = \"{mood}\"\n\
                 latency = \"{latency}\"\nshares = {shares}\n"
            )
        },
    );
    let tick = prop_oneof![Just("0.01"), Just("0.05"), Just("0.50"), Just("1")];
    let process = prop_oneof![
        Just(""),
        Just("[instrument.fundamental]\n"),
        Just("[instrument.fundamental]\nprocess = \"jump\"\njump_every = \"1s\"\nmean = 99.5\n"),
    ];
    let instrument =
        (tick, 1..300_u32, process, any::<bool>()).prop_map(|(tick, price, process, coin)| {
            let kind = if coin { "kind = \"crypto\"\n" } else { "" };
            format!("tick = \"{tick}\"\nprice = {price}\n{kind}{process}")
        });
    let trigger = prop_oneof![
        (1..5_000_u32).prop_map(|ms| format!("at = \"{ms}ms\"\nthen = [\"pause\"]\n")),
        (1..200_u32)
            .prop_map(|n| format!("trades = {n}\ninstrument = \"S0\"\nthen = [\"halt\"]\n")),
        (1..200_u32).prop_map(|n| format!("commands = {n}\nthen = [\"pause\", \"stop\"]\n")),
        Just("event = \"rejected\"\nthen = [\"pause\"]\n".to_owned()),
        (1..300_u32).prop_map(|p| {
            format!("at_or_below = {p}\ninstrument = \"S0\"\nthen = [\"halt\", \"reopen\"]\n")
        }),
    ];
    let group = |(number, fields): (usize, &String)| {
        format!("[[agents]]\nkind = \"noise\"\nname = \"g{number}\"\nreach = \"1\"\n{fields}\n")
    };
    let listing = |(number, fields): (usize, &String)| {
        format!("[[instrument]]\nsymbol = \"S{number}\"\n{fields}\n")
    };
    (
        any::<u64>(),
        prop::collection::vec(instrument, 1..4),
        prop::collection::vec(noise, 0..4),
        prop::collection::vec(trigger, 0..3),
    )
        .prop_map(move |(seed, instruments, groups, triggers)| {
            let instruments: String = instruments.iter().enumerate().map(listing).collect();
            let groups: String = groups.iter().enumerate().map(group).collect();
            let triggers: String =
                triggers.iter().map(|trigger| format!("[[trigger]]\n{trigger}\n")).collect();
            format!("seed = {seed}\n{instruments}{groups}{triggers}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_scenario_stands_for_itself(text in any_text()) {
        let scenario = parse(&text, &[]).unwrap_or_else(|bad| panic!("{bad} in\n{text}"));
        for parameter in NOISE.parameters {
            let written = scenario.to_toml().matches(&format!("\n{} = ", parameter.name)).count();
            prop_assert!(written >= scenario.groups().len(), "{} is written", parameter.name);
        }
        stands_for_itself(&scenario, 3);
    }
}
