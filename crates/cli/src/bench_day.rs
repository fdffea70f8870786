//! `pitfloor bench day`: what clearing costs. A day of a thousand accounts in four asset classes, with
//! margin, fees and the default of a member, beside the same number of accounts in shares alone.
//!
//! Both are run in turn, round by round; every round must do the work of the first, and the day of
//! everything must have called for margin, gone through a default and paid its fees. Otherwise no time
//! is printed.

use crate::args::BenchDay;
use crate::bench::{Round, once};
use crate::builtin;
use crate::fail::Failure;
use pitfloor_model::clearing::{Fact, Payment};
use pitfloor_model::event::Event;
use pitfloor_model::units::Time;
use pitfloor_sim::Setting;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;
use serde_json::{Value, json};

/// The two days, the one that is compared with first.
const DAYS: [&str; 2] = ["day-of-equities", "day-of-everything"];

/// What the clearing house did in a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cleared {
    called: u64,
    fees: u64,
    variation: u64,
    defaulted: u64,
    drawn: u64,
    covered: u64,
}

impl Observer for Cleared {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            let count = match event {
                Event::Clearing(Fact::Called { .. }) => &mut self.called,
                Event::Clearing(Fact::Paid { why: Payment::Fee, .. }) => &mut self.fees,
                Event::Clearing(Fact::Paid { why: Payment::Variation, .. }) => &mut self.variation,
                Event::Clearing(Fact::Defaulted { .. }) => &mut self.defaulted,
                Event::Clearing(Fact::Drawn { .. }) => &mut self.drawn,
                Event::Clearing(Fact::Covered { .. }) => &mut self.covered,
                _ => continue,
            };
            *count += 1;
        }
    }
}

/// Measures both days and asserts what they did.
pub(crate) fn run(args: &BenchDay, as_json: bool, quiet: bool) -> Result<String, Failure> {
    let settings: Vec<Setting> =
        args.until.iter().map(|until| Setting::by("--until", "span", until)).collect();
    let days = DAYS.map(|name| builtin::scenario(Some(name), &settings));
    let [equities, everything] = days;
    let days = [equities?, everything?];
    let cleared = watch(&days[1]);
    if args.until.is_none() {
        let missing = [
            ("margin calls", cleared.called),
            ("fees", cleared.fees),
            ("variation", cleared.variation),
            ("a default", cleared.defaulted),
            ("a layer of the waterfall", cleared.drawn),
            ("a closed default", cleared.covered),
        ];
        if let Some((what, _)) = missing.iter().find(|(_, count)| *count == 0) {
            return Err(Failure::Check(format!("{}: found none of {what}", DAYS[1])));
        }
    }
    let mut rounds: [Vec<Round>; 2] = Default::default();
    for number in 0..args.rounds {
        for (day, rounds) in days.iter().zip(&mut rounds) {
            let round = once(day, args.journal)?;
            if let Some(first) = rounds.first().filter(|first| first.work != round.work) {
                let (found, expected) = (&round.work, &first.work);
                return Err(Failure::Check(format!("found {found:?}, expected {expected:?}")));
            }
            rounds.push(round);
        }
        if !quiet {
            eprintln!("round {} of {}", number + 1, args.rounds);
        }
    }
    let rates = [best(&rounds[0]), best(&rounds[1])];
    let ratio = rates[1] / rates[0];
    if let Some(gate) = args.gate.filter(|gate| ratio < *gate) {
        return Err(Failure::Check(format!(
            "the day of everything runs at {ratio:.2} of the day of equities, expected at least {gate}"
        )));
    }
    Ok(if as_json {
        json!({
            "equities": row(&rounds[0], rates[0]), "everything": row(&rounds[1], rates[1]),
            "ratio": ratio, "called": cleared.called, "fees": cleared.fees,
            "variation": cleared.variation, "defaulted": cleared.defaulted, "drawn": cleared.drawn,
        })
        .to_string()
    } else {
        table(&rounds, rates, ratio, cleared)
    })
}

/// Runs a day once, untimed, to see what the clearing house does in it.
fn watch(day: &Scenario) -> Cleared {
    let mut cleared = Cleared::default();
    day.kernel().run(Time(day.span().0), &mut cleared);
    cleared
}

/// Commands per second of the processor, in the best round.
fn best(rounds: &[Round]) -> f64 {
    let least = rounds.iter().map(|round| round.cpu_s).fold(f64::INFINITY, f64::min);
    rounds[0].work.commands as f64 / least
}

fn row(rounds: &[Round], rate: f64) -> Value {
    let work = &rounds[0].work;
    json!({
        "commands": work.commands, "events": work.events, "trades": work.trades,
        "digest": work.digest, "commands_per_cpu_s": rate, "rounds": rounds.len(),
    })
}

fn table(rounds: &[Vec<Round>; 2], rates: [f64; 2], ratio: f64, cleared: Cleared) -> String {
    let mut out = format!(
        "{:<18} {:>10} {:>10} {:>9} {:>12}  digest\n",
        "day", "commands", "events", "trades", "commands/s"
    );
    for ((name, rounds), rate) in DAYS.iter().zip(rounds).zip(rates) {
        let work = &rounds[0].work;
        out += &format!(
            "{name:<18} {:>10} {:>10} {:>9} {rate:>12.0}  {:.16}\n",
            work.commands, work.events, work.trades, work.digest
        );
    }
    out + &format!(
        "{} margin calls, {} fees, {} variations, {} default, {} layers drawn\n\
         everything to equities: {ratio:.2}\n",
        cleared.called, cleared.fees, cleared.variation, cleared.defaulted, cleared.drawn
    )
}
