//! A scenario's gate facts over seeds: `measure FILE SEEDS [SETTING…]`.
#![allow(missing_docs)]

use pitfloor_calibration::{aim::Aim, market};
use pitfloor_model::units::InstrumentId;
use pitfloor_sim::{Setting, scenario::Scenario};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(&args[0])?;
    let seeds: u64 = args[1].parse()?;
    let aim = Aim {
        facts: [
            "F1", "F2", "F4", "F5", "F6", "F8", "F10", "M1", "M2", "M3", "M5", "M9", "M12", "M14",
            "M16", "M17", "M18", "M19",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let mut rows: Vec<(String, Vec<Option<f64>>, Option<(f64, f64)>)> = Vec::new();
    for seed in 1..=seeds {
        let mut settings = vec![Setting::parse(&format!("seed={seed}")).unwrap()];
        settings.extend(args[2..].iter().map(|s| Setting::parse(s).unwrap()));
        let scenario = Scenario::parse(&text, &settings, pitfloor_agents::KINDS)?;
        #[allow(clippy::disallowed_methods)]
        let begun = Instant::now();
        let tape = market::tape(&scenario, InstrumentId(0));
        #[allow(clippy::disallowed_methods)]
        let ran = begun.elapsed();
        let said = aim.measure(&tape);
        println!(
            "seed {seed}: {} trades, spread {:?}, {:?} to run, distance {:.3}",
            tape.trades().count(),
            tape.spread_mean(),
            ran,
            said.distance()
        );
        let mut place = 0;
        for (fact, found) in &said.facts {
            for part in &found.parts {
                if rows.len() <= place {
                    rows.push((format!("{} {}", fact.id, part.name), Vec::new(), part.band));
                }
                rows[place].1.push(part.value);
                place += 1;
            }
            if seed == 1 && found.void.is_some() {
                println!("  {} void: {:?}", fact.id, found.void);
            }
        }
    }
    for (name, values, band) in rows {
        let mut known: Vec<f64> = values.iter().flatten().copied().collect();
        known.sort_by(f64::total_cmp);
        let median = known.get(known.len() / 2).copied();
        let ok = match (median, band) {
            (Some(m), Some((low, high))) => {
                if (low..=high).contains(&m) {
                    "ok"
                } else {
                    "OUT"
                }
            }
            (_, None) => "",
            _ => "none",
        };
        println!("{name:40} {median:>12.4?} {:?}..{:?} {band:?} {ok}", known.first(), known.last());
    }
    Ok(())
}
