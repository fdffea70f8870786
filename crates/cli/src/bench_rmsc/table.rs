//! What runs of RMSC04 come to: the reference's figures, ours, and how far apart they are.
//!
//! The reference is the public ABIDES code, run for 7 days and 16 hours with a seed each, in which both
//! market makers were at work (in others one of them falls silent by a defect that is not copied here).

use pitfloor_analysis::census::Census;
use pitfloor_sim::kernel::Kernel;
use pitfloor_sim::scenario::Scenario;
use serde_json::{Value, json};

/// The figures of a run, in the order of [`ROWS`].
pub(crate) type Figures = [f64; ROWS.len()];

/// What each figure is.
pub(crate) const ROWS: [&str; 17] = [
    "trades",
    "lots traded",
    "limit orders",
    "  of value agents",
    "  of noise agents",
    "  of momentum agents",
    "  of makers",
    "cancels of value agents",
    "cancels of makers",
    "order messages",
    "questions of makers",
    "questions of value agents",
    "questions of momentum agents",
    "spread by time, ticks",
    "sd of minute returns, bp",
    "time with a side empty",
    "last price less value, ticks",
];

/// The row that is held against bounds instead of a reference: last price less value at the close.
const AWAY: usize = ROWS.len() - 1;

/// Within how many standard errors a mean must be of the reference's.
const ERRORS_MOST: f64 = 4.0;

/// How far the last price may lie from the value on average, in ticks, and how far it must and may
/// scatter.
const AWAY_MOST: f64 = 20.0;
const AWAY_SD: std::ops::RangeInclusive<f64> = 20.0..=50.0;

/// With fewer seeds nothing is judged: a standard deviation of a few runs says little.
pub(crate) const SEEDS_LEAST: usize = 16;

/// Mean and standard deviation of every row but the last, over so many runs.
pub(crate) struct Reference {
    runs: f64,
    rows: [(f64, f64); ROWS.len() - 1],
}

/// From 09:30 to 16:00.
pub(crate) const DAY: Reference = Reference {
    runs: 7.0,
    rows: [
        (19_671.0, 260.0),
        (1_056_704.0, 10_247.0),
        (38_564.0, 875.0),
        (13_581.0, 93.0),
        (825.0, 8.0),
        (6_973.0, 74.0),
        (17_186.0, 917.0),
        (2_773.0, 247.0),
        (15_208.0, 821.0),
        (56_545.0, 1_564.0),
        (772.0, 25.0),
        (13_586.0, 91.0),
        (7_578.0, 74.0),
        (1.496, 0.050),
        (0.926, 0.073),
        (0.0003, 0.0002),
    ],
};

/// From 09:30 to 10:30.
pub(crate) const HOUR: Reference = Reference {
    runs: 16.0,
    rows: [
        (2_483.0, 60.0),
        (133_358.0, 4_283.0),
        (5_453.0, 200.0),
        (2_092.0, 41.0),
        (227.0, 14.0),
        (549.0, 28.0),
        (2_585.0, 198.0),
        (471.0, 61.0),
        (2_285.0, 175.0),
        (8_209.0, 374.0),
        (119.0, 9.0),
        (2_094.0, 42.0),
        (1_153.0, 29.0),
        (1.690, 0.171),
        (0.885, 0.124),
        (0.0020, 0.0022),
    ],
};

/// One row, judged.
pub(crate) struct Judged {
    name: &'static str,
    reference: Option<(f64, f64)>,
    mean: f64,
    sd: f64,
    /// How far the means are apart, in standard errors of their difference.
    errors: Option<f64>,
    pub(crate) holds: bool,
}

/// The figures of a finished run of a scenario with the groups of RMSC04, whose instrument was worth
/// `value` ticks at the close.
pub(crate) fn figures(
    scenario: &Scenario,
    kernel: &Kernel,
    census: &Census,
    value: f64,
) -> Figures {
    let group = |name: &str| scenario.groups().iter().position(|group| group.name == name);
    let placed = |name| group(name).map_or(0, |group| census.placed(group)) as f64;
    let cancelled = |name| group(name).map_or(0, |group| census.cancelled(group)) as f64;
    let asked = |name| {
        let seats =
            kernel.seats().iter().filter(|seat| scenario.group_of(seat.account()) == group(name));
        seats.map(|seat| seat.asked()).sum::<u64>() as f64
    };
    let limits = ["value", "noise", "momentum", "maker"].map(placed);
    [
        census.trades() as f64,
        census.lots() as f64,
        limits.iter().sum(),
        limits[0],
        limits[1],
        limits[2],
        limits[3],
        cancelled("value"),
        cancelled("maker"),
        census.order_messages() as f64,
        asked("maker"),
        asked("value"),
        asked("momentum"),
        census.spread().unwrap_or(0.0),
        census.minute_sd_bp().unwrap_or(0.0),
        census.empty_sided(),
        census.last().map_or(f64::NAN, |last| last.0 as f64 - value),
    ]
}

/// Mean and standard deviation of each row over `runs`, against `reference` where there is one.
pub(crate) fn judge(runs: &[Figures], reference: Option<&Reference>) -> Vec<Judged> {
    let n = runs.len() as f64;
    let judged = ROWS.iter().enumerate().map(|(row, name)| {
        let mean = runs.iter().map(|run| run[row]).sum::<f64>() / n;
        let square = runs.iter().map(|run| (run[row] - mean) * (run[row] - mean)).sum::<f64>();
        let sd = (square / (n - 1.0).max(1.0)).sqrt();
        let theirs = reference.and_then(|table| table.rows.get(row).map(|row| (*row, table.runs)));
        let errors = theirs.map(|((their_mean, their_sd), their_n)| {
            (mean - their_mean) / (their_sd * their_sd / their_n + sd * sd / n).sqrt()
        });
        let holds = match errors {
            Some(errors) => errors.abs() <= ERRORS_MOST,
            None if row == AWAY && reference.is_some() => {
                mean.abs() <= AWAY_MOST && AWAY_SD.contains(&sd)
            }
            None => true,
        };
        Judged { name, reference: theirs.map(|(row, _)| row), mean, sd, errors, holds }
    });
    judged.collect()
}

impl Judged {
    /// The row for programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "figure": self.name.trim(), "mean": self.mean, "sd": self.sd,
            "reference_mean": self.reference.map(|row| row.0),
            "reference_sd": self.reference.map(|row| row.1),
            "standard_errors": self.errors, "holds": self.holds,
        })
    }

    /// The row for people.
    pub(crate) fn line(&self) -> String {
        let show = |value: f64| match value.abs() {
            0.0..0.1 => format!("{value:.4}"),
            0.1..100.0 => format!("{value:.3}"),
            _ => format!("{value:.0}"),
        };
        let (mean, sd) = self.reference.map_or_else(Default::default, |(m, s)| (show(m), show(s)));
        let errors = self.errors.map_or_else(String::new, |errors| format!("{errors:+.1}"));
        let holds = if self.holds { "ok" } else { "FAIL" };
        format!(
            "{:<30} {mean:>10} {sd:>9} {:>11} {:>9} {errors:>7}  {holds}\n",
            self.name,
            show(self.mean),
            show(self.sd)
        )
    }
}

/// The words above the rows.
pub(crate) fn heading() -> String {
    format!("{:<30} {:>10} {:>9} {:>11} {:>9} {:>7}\n", "", "reference", "sd", "ours", "sd", "s.e.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(row: usize, values: [f64; 3]) -> Vec<Figures> {
        let one = |value: f64| {
            let mut figures = [0.0; ROWS.len()];
            figures[row] = value;
            figures
        };
        values.map(one).to_vec()
    }

    /// Trades of 19 571, 19 671 and 19 771: a mean of 19 671 exactly, with an sd of 100.
    #[test]
    fn a_row_is_held_by_the_standard_error_of_the_difference() {
        let same = &judge(&runs(0, [19_571.0, 19_671.0, 19_771.0]), Some(&DAY))[0];
        assert!(same.holds && same.errors == Some(0.0) && same.sd == 100.0);
        // √(260²/7 + 100²/3) = 114.
        let apart = &judge(&runs(0, [20_027.0, 20_127.0, 20_227.0]), Some(&DAY))[0];
        assert!((apart.errors.unwrap() - 4.0).abs() < 0.01, "{:?}", apart.errors);
        let farther = &judge(&runs(0, [20_047.0, 20_147.0, 20_247.0]), Some(&DAY))[0];
        assert!(!farther.holds);
        assert!(judge(&runs(0, [1.0, 2.0, 3.0]), None)[0].holds, "nothing to hold it against");
    }

    #[test]
    fn the_last_price_stays_near_the_value_and_not_too_near() {
        let holds = |values| judge(&runs(AWAY, values), Some(&HOUR))[AWAY].holds;
        assert!(holds([-30.0, 0.0, 30.0]));
        assert!(!holds([-5.0, 0.0, 5.0]), "an sd below 20");
        assert!(!holds([-80.0, 0.0, 80.0]), "an sd above 50");
        assert!(!holds([0.0, 30.0, 60.0]), "a mean beyond 20");
    }
}
