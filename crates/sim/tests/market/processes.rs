//! Values that follow a process of the literature: from the scenario to what an agent sees.

use crate::players::KINDS;
use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_pricing::process::dice::named as stream;
use pitfloor_pricing::process::named::{ALL, find};
use pitfloor_sim::Setting;
use pitfloor_sim::history::Tally;
use pitfloor_sim::scenario::Scenario;

const ACME: InstrumentId = InstrumentId(0);

fn with(process: &str) -> String {
    format!(
        "seed = 5\n[[instrument]]\nsymbol = \"ACME\"\nprice = \"100.00\"\n\
         [instrument.fundamental]\n{process}\n\
         [[agents]]\nkind = \"noise\"\ncount = 3\nshares = 100\n"
    )
}

fn read(text: &str) -> Scenario {
    Scenario::parse(text, &[], &KINDS).unwrap_or_else(|bad| panic!("{bad}"))
}

/// A run's value is the process from the seed, in ticks, whatever the agents do; and the run is the
/// same every time, also from the scenario that it gives back.
#[test]
fn a_runs_value_follows_the_process_that_the_scenario_names() {
    for kind in ALL.iter().filter(|kind| kind.name != "ou") {
        let text = with(&format!("process = \"{}\"\nper = \"10h\"\nstep = \"1s\"", kind.name));
        let scenario = read(&text);
        let process = kind.make(|_| None).unwrap();
        let mut dice = stream(5, "fundamental/ACME");
        let mut plain = process.start(10_000.0, &mut dice);
        let mut world = scenario.world();
        for second in 1..=300 {
            plain = process.step(plain, 1.0 / 36_000.0, &mut dice);
            let seen = world.fundamental(ACME, Time(second * 1_000_000_000));
            assert_eq!(seen, Some(plain.value), "{} at {second}", kind.name);
        }
        assert!((plain.value - 10_000.0).abs() > 1.0, "it has moved: {}", plain.value);
        let digests = [&scenario, &scenario, &read(scenario.to_toml())].map(|scenario| {
            let mut tally = Tally::new();
            scenario.kernel().run(Time(20_000_000_000), &mut tally);
            tally.digest().to_string()
        });
        assert!(digests.iter().all(|digest| *digest == digests[0]), "{}: {digests:?}", kind.name);
    }
}

#[test]
fn parameters_are_set_in_the_scenario() {
    let text = with("process = \"heston\"\nkappa = 5\nrho = -0.3\nstart = 50\nstep = \"1m\"");
    let scenario = read(&text);
    let said = |name: &str| match name {
        "kappa" => Some(5.0),
        "rho" => Some(-0.3),
        _ => None,
    };
    let process = find("heston").unwrap().make(said).unwrap();
    let mut dice = stream(5, "fundamental/ACME");
    let start = process.start(5_000.0, &mut dice);
    let next = process.step(start, 60.0 / (365.0 * 86_400.0), &mut dice);
    let mut world = scenario.world();
    assert_eq!(world.fundamental(ACME, Time(59_999_999_999)), Some(5_000.0));
    assert_eq!(world.fundamental(ACME, Time(60_000_000_000)), Some(next.value));
    for line in
        ["kappa = 5", "rho = \"-0.3\"", "sigma = \"0.4\"", "per = \"365d\"", "v0 = \"0.04\""]
    {
        let complete = scenario.to_toml();
        assert!(complete.lines().any(|l| l == line), "{line} in\n{complete}");
    }
}

/// A setting names the process as well as the text does.
#[test]
fn a_setting_changes_the_process() {
    let text = with("step = \"1s\"");
    let set = |settings: &[&str]| {
        let settings: Vec<Setting> =
            settings.iter().map(|setting| Setting::parse(setting).unwrap()).collect();
        Scenario::parse(&text, &settings, &KINDS)
    };
    let scenario = set(&["instrument.ACME.fundamental.process=gbm"]).unwrap();
    let written = read(&with("process = \"gbm\"\nstep = \"1s\""));
    assert_eq!(scenario.listings(), written.listings());
    assert_eq!(scenario.to_toml(), written.to_toml());
    let why = set(&["instrument.ACME.fundamental.process=brown"]).err().unwrap().to_string();
    assert!(why.contains("found \"brown\", expected one of ou, jump, gbm"), "{why}");
}

/// Two shares on one factor with full loadings move as one.
#[test]
fn shares_on_one_factor_move_together() {
    let share = |symbol: &str, more: &str| {
        format!(
            "[[instrument]]\nsymbol = \"{symbol}\"\nprice = \"100.00\"\n[instrument.fundamental]\n\
             process = \"gbm\"\nfactor = \"market\"\n{more}\n"
        )
    };
    let text = share("A", "loading = 1") + &share("B", "loading = -1") + &share("C", "");
    let mut world = read(&text).world();
    let now = Time(3_600_000_000_000);
    let [a, b, c] = [0, 1, 2].map(|id| world.fundamental(InstrumentId(id), now).unwrap());
    let drift = (-0.04_f64 / 365.0 / 24.0).exp();
    assert!((a * b / 1e8 - drift).abs() < 1e-9, "{a} {b}: what one gains the other loses");
    assert!(a != c && b != c);
    let apart = share("A", "") + &share("B", "step = \"1s\"");
    let why = Scenario::parse(&apart, &[], &KINDS).err().unwrap().to_string();
    assert!(why.contains("step: found 1 s, expected 0.1 s, as others on market have it"), "{why}");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (process, why) in [
        (
            "process = \"heston\"\nrho = 2",
            "line 7: instrument[0].fundamental.rho: found \"2\", expected a correlation from -1 to 1",
        ),
        (
            "process = \"garch\"\nbeta = 0.95",
            "instrument[0].fundamental.beta: found 0.95 with alpha 0.06, expected alpha + beta below 1",
        ),
        ("process = \"gbm\"\nmean = 100", "instrument[0].fundamental.mean: found an unknown field"),
        (
            "process = \"gbm\"\nloading = 1",
            "loading: found \"1\", expected nothing without a factor",
        ),
        ("process = \"merton\"\nfactor = \"x\"", "fundamental.factor: found an unknown field"),
        ("process = \"gbm\"\nstep = \"1us\"", "step: found \"1us\", expected at least 1ms"),
        ("process = \"gbm\"\nstart = 0", "start: found \"0\", expected a number from 0.01"),
        ("process = \"gbn\"", "process: found \"gbn\", expected one of ou, jump, gbm, merton"),
    ] {
        let bad = Scenario::parse(&with(process), &[], &KINDS).err().unwrap().to_string();
        assert!(bad.contains(why), "{bad}");
    }
}
