//! A market's own clock, as a scenario writes it: what it does to those who live by it, and what is refused.

use crate::players::KINDS;
use pitfloor_model::command::Command;
use pitfloor_model::units::{Span, Time};
use pitfloor_sim::BadScenario;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;

const DAY: u64 = 86_400_000_000_000;

fn parse(activity: &str, more: &str) -> Result<Scenario, BadScenario> {
    let text = format!(
        "span = \"2d\"\n{activity}\n[[instrument]]\nsymbol = \"ACME\"\nprice = 100\n[instrument.fundamental]\n\
         volatility = \"0.01\"\nstep = \"1s\"\n[[agents]]\nkind = \"noise\"\ncount = 3\nshares = 100\n\
         every = \"exp(mean = 60s)\"\nuntil = \"9d\"\n{more}\n"
    );
    Scenario::parse(&text, &[], &KINDS)
}

/// When orders came.
#[derive(Default)]
struct Orders(Vec<Time>);

impl Observer for Orders {
    fn saw(&mut self, seen: &Seen<'_>) {
        if matches!(seen.stamped.command, Command::Place(_)) {
            self.0.push(seen.stamped.at);
        }
    }
}

fn orders(scenario: &Scenario) -> Vec<Time> {
    let mut orders = Orders::default();
    scenario.kernel().run(Time(scenario.span().0), &mut orders);
    orders.0
}

#[test]
fn who_lives_by_the_markets_clock_sleeps_at_night_and_is_busy_when_it_is() {
    let session = "[activity]\nsession = \"6h\"\nevery = \"1d\"\nprofile = \"3 1 1\"";
    let market = parse(session, "clock = \"activity\"").expect("a market");
    let times = orders(&market);
    assert!(times.len() > 500, "{}", times.len());
    let hour = |at: &Time| at.0 % DAY / 3_600_000_000_000;
    assert!(times.iter().all(|at| hour(at) < 6), "nobody acts at night");
    assert!(times.iter().any(|at| at.0 > DAY), "another day comes");
    let within = |from, to| times.iter().filter(|at| (from..to).contains(&hour(at))).count();
    assert!(within(0, 1) > within(5, 6) * 3 / 2, "busy at the open");
    // By the wall's clock they act at every hour of the day, whatever the market's does.
    let restless = orders(&parse(session, "").expect("a market"));
    assert!(restless.iter().any(|at| hour(at) > 12));
}

#[test]
fn what_a_thing_is_worth_rests_at_night() {
    let session = "[activity]\nsession = \"6h\"\nevery = \"1d\"";
    let mut world = parse(session, "").expect("a market").world();
    let acme = pitfloor_model::units::InstrumentId(0);
    let at = |hours: u64| Time(hours * 3_600_000_000_000);
    let worth: Vec<f64> = [3, 6, 7, 24, 25]
        .map(|hours| world.fundamental(acme, at(hours)).expect("it has one"))
        .into();
    assert!(worth[0] != worth[1] && worth[1] == worth[2] && worth[2] == worth[3]);
    assert!(worth[3] != worth[4], "{worth:?}");
}

#[test]
fn clusters_come_from_the_seed_and_are_said_back() {
    let wild = "[activity]\nsession = \"2d\"\ncomponents = 6\nwildness = \"0.5\"\nslowest = \"1h\"";
    let market = parse(wild, "clock = \"activity\"").expect("a market");
    let said = market.to_toml();
    for line in ["[activity]", "components = 6", "ratio = 3", "clock = \"activity\""] {
        assert!(said.contains(line), "{line} in {said}");
    }
    let again = Scenario::parse(said, &[], &KINDS).expect("the same market");
    assert_eq!(orders(&again), orders(&market));
    // Busy times come in clusters: counts in ten minutes are far more uneven than by chance.
    let counts = |times: &[Time]| {
        let mut counts = vec![0.0_f64; 288];
        times.iter().for_each(|at| counts[(at.0 / 600_000_000_000) as usize] += 1.0);
        let mean = counts.iter().sum::<f64>() / 288.0;
        counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 288.0 / mean
    };
    let calm = orders(&parse("", "").expect("a market"));
    assert!(counts(&orders(&market)) > 3.0 * counts(&calm));
}

#[test]
fn every_bad_clock_is_named() {
    let refused =
        |activity: &str, more: &str| parse(activity, more).err().expect(activity).to_string();
    for (activity, expected) in [
        ("[activity]\nsession = \"no\"", "session: found \"no\", expected a time"),
        (
            "[activity]\nevery = \"1h\"",
            "every: found 3600 s, expected at least the length of a session",
        ),
        ("[activity]\nprofile = \"1 -1\"", "profile: found \"1 -1\", expected 1 to 400 numbers"),
        ("[activity]\nprofile = \"0 0\"", "expected a number above 0 among them"),
        (
            "[activity]\ncomponents = 17",
            "components: found \"17\", expected a whole number from 0 to 16",
        ),
        ("[activity]\nwildness = 1.5", "expected a number from 0 to 1"),
        ("[activity]\nratio = 0.5", "expected a number from 1 to 100"),
        ("[activity]\nslow = \"1h\"", "slow: found an unknown field"),
    ] {
        let said = refused(activity, "");
        assert!(said.contains(expected), "{activity}: {said}");
    }
    let alone = refused("", "clock = \"activity\"");
    assert!(alone.contains("expected a table [activity]"), "{alone}");
    let long = "span = \"40d\"\n[activity]\n[[instrument]]\nsymbol = \"ACME\"\nprice = 100\n";
    let said = Scenario::parse(long, &[], &KINDS).err().expect("too long").to_string();
    assert!(said.contains(SPAN_TOO_LONG), "{said}");
}

const SPAN_TOO_LONG: &str = "expected a run of at most 31d";

#[test]
fn a_day_that_comes_again_is_longer_than_itself() {
    let day = |every: &str| {
        let text = format!(
            "span = \"1d\"\n[[instrument]]\nsymbol = \"ACME\"\nprice = 100\n[instrument.schedule]\n\
             open_call = \"5m\"\nclose_at = \"6h\"\nclose_call = \"5m\"\nevery = \"{every}\"\n"
        );
        Scenario::parse(&text, &[], &KINDS).map(|scenario| scenario.span())
    };
    assert_eq!(day("1d"), Ok(Span::secs(86_400)));
    let said = day("6h").expect_err("days overlap").to_string();
    assert!(
        said.contains("every: found 21600 s, expected longer than a day that opens with a call"),
        "{said}"
    );
}
