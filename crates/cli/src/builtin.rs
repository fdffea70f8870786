//! What comes with the program: scenarios by name, and where a scenario is read from.

use crate::fail::Failure;
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::{Setting, near_name};
use std::path::Path;

/// A scenario that comes with the program.
pub(crate) struct Builtin {
    /// Its name.
    pub(crate) name: &'static str,
    /// One line about it.
    pub(crate) about: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
}

/// Every scenario that comes with the program; the first is the one that runs by default.
pub(crate) const SCENARIOS: &[Builtin] = &[
    Builtin {
        name: "first-market",
        about: "three companies, some three hundred traders of every kind, three hours",
        text: include_str!("../../../scenarios/first-market.toml"),
    },
    Builtin {
        name: "far-apart",
        about: "one company, traders spread along 3,900 km of light-speed lines, one hour",
        text: include_str!("../../../scenarios/far-apart.toml"),
    },
    Builtin {
        name: "stop-and-go",
        about: "a share and a coin, halted and reopened by triggers, one hour",
        text: include_str!("../../../scenarios/stop-and-go.toml"),
    },
    Builtin {
        name: "batches",
        about: "one share, an auction every 100 ms between its opening and closing calls, 20 minutes",
        text: include_str!("../../../scenarios/batches.toml"),
    },
    Builtin {
        name: "margin-spiral",
        about: "funds on borrowed money, two pieces of bad news, forced sales that call the next one",
        text: include_str!("../../../scenarios/margin-spiral.toml"),
    },
    Builtin {
        name: "failed-member",
        about: "a bank cannot answer for its clients: a default, layer by layer",
        text: include_str!("../../../scenarios/failed-member.toml"),
    },
    Builtin {
        name: "dividend-date",
        about: "a share before and after its dividend",
        text: include_str!("../../../scenarios/dividend-date.toml"),
    },
    Builtin {
        name: "pinned-expiry",
        about: "calls and puts that expire where the share is",
        text: include_str!("../../../scenarios/pinned-expiry.toml"),
    },
    Builtin {
        name: "rate-shock",
        about: "two bonds and a share when yields rise by half a percent",
        text: include_str!("../../../scenarios/rate-shock.toml"),
    },
    Builtin {
        name: "crypto-outage",
        about: "a spot market and its network stand still, the perpetual falls alone",
        text: include_str!("../../../scenarios/crypto-outage.toml"),
    },
    Builtin {
        name: "opening-auction",
        about: "news overnight: those who know it and those who do not meet in one call",
        text: include_str!("../../../scenarios/opening-auction.toml"),
    },
    Builtin {
        name: "reference",
        about: "eight days of a population whose market shows what real ones do",
        text: include_str!("../../../scenarios/reference.toml"),
    },
    Builtin {
        name: "cst-null",
        about: "a market in which nobody knows or remembers anything: what is no evidence",
        text: include_str!("../../../scenarios/cst-null.toml"),
    },
    Builtin {
        name: "flash-crash",
        about: "a seller of a share of the volume at any price, and who was there to buy",
        text: include_str!("../../../scenarios/flash-crash.toml"),
    },
    Builtin {
        name: "spoofing",
        about: "walls of orders that are not meant, and those who believe them",
        text: include_str!("../../../scenarios/spoofing.toml"),
    },
    Builtin {
        name: "bubble",
        about: "a herd that comes in because prices rise, and leaves through one door",
        text: include_str!("../../../scenarios/bubble.toml"),
    },
    Builtin {
        name: "liquidity-crisis",
        about: "makers whose lenders ask for more when prices move, and what is left of a market",
        text: include_str!("../../../scenarios/liquidity-crisis.toml"),
    },
    Builtin {
        name: "fire-sale",
        about: "funds that buy what is cheap on credit, until a fall makes them sell",
        text: include_str!("../../../scenarios/fire-sale.toml"),
    },
    Builtin {
        name: "latency-race",
        about: "the same share in two places, and those who are first to take an old price",
        text: include_str!("../../../scenarios/latency-race.toml"),
    },
    Builtin {
        name: "day-of-equities",
        about: "a day of a thousand accounts in five shares",
        text: include_str!("../../../scenarios/day-of-equities.toml"),
    },
    Builtin {
        name: "day-of-everything",
        about: "a day of a thousand accounts in four asset classes, with margin, fees and a default",
        text: include_str!("../../../scenarios/day-of-everything.toml"),
    },
    Builtin {
        name: "rmsc04",
        about: "a reference configuration of ABIDES: a day of 1,116 agents in one share",
        text: include_str!("../../../scenarios/rmsc04.toml"),
    },
    Builtin {
        name: "rmsc03",
        about: "the older one: a day of 5,128 agents, one of which buys a tenth of what trades",
        text: include_str!("../../../scenarios/rmsc03.toml"),
    },
];

/// Reads the scenario called `name`, or the file `name`, with `settings` in place of what it says.
pub(crate) fn scenario(name: Option<&str>, settings: &[Setting]) -> Result<Scenario, Failure> {
    let (place, text) = text(name.unwrap_or(SCENARIOS[0].name))?;
    parse(&place, &text, settings)
}

/// Where the scenario called `name` is from, and its text.
pub(crate) fn text(name: &str) -> Result<(String, String), Failure> {
    Ok(match SCENARIOS.iter().find(|builtin| builtin.name == name) {
        Some(builtin) => (format!("{} (built in)", builtin.name), builtin.text.to_owned()),
        None => (name.to_owned(), read(name)?),
    })
}

/// Reads a scenario's text; `place` is where it came from.
pub(crate) fn parse(place: &str, text: &str, settings: &[Setting]) -> Result<Scenario, Failure> {
    Scenario::parse(text, settings, pitfloor_agents::KINDS)
        .map_err(|bad| Failure::Input(format!("{place}: {bad}")))
}

fn read(name: &str) -> Result<String, Failure> {
    let path = Path::new(name);
    if !path.exists() {
        let names = SCENARIOS.iter().map(|builtin| builtin.name);
        let near = near_name(name, names.clone());
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let known: Vec<&str> = names.collect();
        return Err(Failure::Input(format!(
            "{name}: found neither a file nor a built-in scenario of this name, expected a TOML \
             file or one of {}{near}",
            known.join(", ")
        )));
    }
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::Input(format!("{name}: cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Input(format!(
            "{name}: found a byte that is no text at offset {at}, expected UTF-8"
        ))
    })
}

/// Settings from the command line.
pub(crate) fn settings(texts: &[String]) -> Result<Vec<Setting>, Failure> {
    let parse = |text: &String| {
        Setting::parse(text).map_err(|bad| Failure::Input(format!("--set {text}: {bad}")))
    };
    texts.iter().map(parse).collect()
}
