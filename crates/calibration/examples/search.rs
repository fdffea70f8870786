//! `search FILE TRIES SEEDS VARY… -- SETTINGS…`
#![allow(missing_docs)]
use pitfloor_calibration::{aim::Aim, search::Search, trial::Trial, vary::Vary};
use pitfloor_sim::Setting;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(&args[0])?;
    let tries: usize = args[1].parse()?;
    let seeds: Vec<u64> = (1..=args[2].parse()?).collect();
    let cut = args.iter().position(|a| a == "--").unwrap_or(args.len());
    let vary: Vec<Vary> = args[3..cut].iter().map(|v| Vary::parse(v).unwrap()).collect();
    let fixed: Vec<Setting> =
        args.get(cut + 1..).unwrap_or(&[]).iter().map(|s| Setting::parse(s).unwrap()).collect();
    let facts =
        ["F1", "F2", "F5", "F6", "F8", "F10", "M1", "M2", "M3", "M5", "M9", "M12", "M17", "M19"];
    let aim = Aim { facts: facts.map(str::to_owned).to_vec() };
    let trial = Trial {
        text: &text,
        fixed: &fixed,
        vary: &vary,
        seeds: &seeds,
        aim: &aim,
        kinds: pitfloor_agents::KINDS,
    };
    let mut search = Search::new(vary.len(), tries, 1);
    let mut n = 0;
    while let Some(point) = search.next() {
        n += 1;
        let distance = trial.distance(&point)?;
        let words: Vec<String> = vary.iter().zip(&point).map(|(v, at)| v.text(*at)).collect();
        if search.came_to(point, distance) {
            println!("{n} {distance:.4} {}", words.join(";"));
        }
    }
    Ok(())
}
