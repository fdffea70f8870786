//! Axes: where ticks stand and what they say.

use super::number::{decimals_of, fixed};

/// An axis of values from `low` to `high`, with ticks at round numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

/// A tick of a time axis: where, as a share of the axis, and what time it is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) share: f64,
    pub(super) label: String,
}

impl Scale {
    /// An axis that holds all `values`, with about `count` ticks at multiples of 1, 2 or 5 times a
    /// power of ten. Values that are not finite are left out; without any it runs from 0 to 1.
    pub(super) fn around(values: impl IntoIterator<Item = f64>, count: usize) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return Self { low: 0.0, high: 1.0, step: 0.5 };
        }
        // A flat series gets an axis around it; a hair's breadth would show rounding as movement.
        let least = (low.abs().max(high.abs()) * 1e-9).max(1e-9);
        let (low, high) = if high - low < least {
            (low - 0.5_f64.max(least), high + 0.5_f64.max(least))
        } else {
            (low, high)
        };
        let step = round_step((high - low) / count as f64);
        let margin = (high - low) * 0.04;
        Self { low: low - margin, high: high + margin, step }
    }

    /// The same, but starting at zero exactly.
    pub(super) fn from_zero(values: impl IntoIterator<Item = f64>, count: usize) -> Self {
        let high = values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max);
        let high = if high > 0.0 { high * 1.06 } else { 1.0 };
        Self { low: 0.0, high, step: round_step(high / count as f64) }
    }

    /// The same, but zero lies within.
    pub(super) fn through_zero(values: impl IntoIterator<Item = f64>, count: usize) -> Self {
        Self::around(values.into_iter().chain([0.0]), count)
    }

    /// Where `value` stands, as a share of the axis from the top.
    pub(super) fn below_top(&self, value: f64) -> f64 {
        ((self.high - value) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The round values on the axis, upwards.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let first = libm::ceil(self.low / self.step - 1e-9);
        let last = libm::floor(self.high / self.step + 1e-9);
        let count = (last - first).clamp(-1.0, 40.0) as i64;
        // A sum with 0.0 turns −0 into 0.
        (0..=count).map(|n| (first + n as f64) * self.step + 0.0).collect()
    }
}

/// The ticks of a time axis that begins `start_s` seconds after midnight and lasts `span_s`: at
/// round times of the clock, no more than `count_max` + 1 of them.
pub(super) fn clock_ticks(start_s: f64, span_s: f64, count_max: usize) -> Vec<Tick> {
    const STEPS_S: [f64; 22] = [
        1.0,
        2.0,
        5.0,
        10.0,
        15.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        900.0,
        1_800.0,
        3_600.0,
        7_200.0,
        10_800.0,
        21_600.0,
        43_200.0,
        86_400.0,
        172_800.0,
        604_800.0,
        1_209_600.0,
        2_419_200.0,
    ];
    if span_s.is_nan() || span_s <= 0.0 {
        return vec![Tick { share: 0.0, label: clock(start_s, 0) }];
    }
    let wanted = span_s / count_max as f64;
    let step = if wanted < 1.0 {
        round_step_up(wanted)
    } else {
        let fitting = STEPS_S.into_iter().find(|step| *step >= wanted);
        fitting.unwrap_or_else(|| libm::ceil(wanted / 2_419_200.0) * 2_419_200.0)
    };
    let first = libm::ceil(start_s / step - 1e-9);
    let last = libm::floor((start_s + span_s) / step + 1e-9);
    let count = (last - first).clamp(-1.0, count_max as f64 + 1.0) as i64;
    let moment = |n: i64| (first + n as f64) * step;
    let days = start_s + span_s > 86_400.0;
    let ticks = (0..=count).map(|n| {
        let label =
            if days { clock_with_day(moment(n), step) } else { clock_at_step(moment(n), step) };
        Tick { share: ((moment(n) - start_s) / span_s).clamp(0.0, 1.0), label }
    });
    ticks.collect()
}

/// The time of day, `seconds` after some midnight, with so many decimals of a second.
pub(super) fn clock(seconds: f64, decimals: usize) -> String {
    let scale = libm::pow(10.0, decimals as f64);
    let rounded = libm::round(seconds * scale) / scale;
    let of_day = rounded - libm::floor(rounded / 86_400.0) * 86_400.0;
    let minutes = libm::floor(of_day / 60.0);
    let (hour, minute) = (libm::floor(minutes / 60.0), minutes % 60.0);
    let second = of_day - minutes * 60.0;
    let width = if decimals == 0 { 2 } else { decimals + 3 };
    format!("{hour:02.0}:{minute:02.0}:{second:0width$.decimals$}")
}

fn clock_at_step(seconds: f64, step: f64) -> String {
    let full = clock(seconds, decimals_of(step.min(1.0)));
    if step >= 60.0 { full[..5].to_owned() } else { full }
}

fn clock_with_day(seconds: f64, step: f64) -> String {
    let day = libm::floor(seconds / 86_400.0);
    let time = clock_at_step(seconds, step.max(60.0));
    match day {
        day if day <= 0.0 => time,
        day if step >= 86_400.0 => format!("+{}\u{202f}d", fixed(day, 0)),
        day => format!("+{}\u{202f}d {time}", fixed(day, 0)),
    }
}

/// The round step nearest to `rough`: 1, 2 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let digit = rough / power;
    power
        * if digit < 1.5 {
            1.0
        } else if digit < 3.5 {
            2.0
        } else if digit < 7.5 {
            5.0
        } else {
            10.0
        }
}

/// The smallest round step that is not below `rough`.
fn round_step_up(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let digit = rough / power - 1e-9;
    power
        * if digit <= 1.0 {
            1.0
        } else if digit <= 2.0 {
            2.0
        } else if digit <= 5.0 {
            5.0
        } else {
            10.0
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(start_s: f64, span_s: f64) -> Vec<String> {
        clock_ticks(start_s, span_s, 7).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let scale = Scale::around([99.87, 100.42], 5);
        assert_eq!(scale.step, 0.1);
        assert_eq!(scale.ticks().len(), 6);
        assert!((scale.ticks()[0] - 99.9).abs() < 1e-9);
        for scale in [
            Scale::around([5.0, 5.0], 4),
            Scale::around([-1e12, 1e12], 4),
            Scale::around([1e-9, 2e-9], 4),
            Scale::around([f64::NAN, f64::INFINITY], 4),
            Scale::from_zero([], 3),
            Scale::from_zero([0.0], 3),
            Scale::through_zero([-7.0], 4),
        ] {
            let ticks = scale.ticks();
            assert!((2..=12).contains(&ticks.len()), "{scale:?} has {} ticks", ticks.len());
            for tick in ticks {
                assert!(
                    tick >= scale.low - scale.step * 1e-6 && tick <= scale.high + scale.step * 1e-6
                );
            }
        }
    }

    #[test]
    fn steps_are_one_two_or_five_times_a_power_of_ten() {
        for (high, count, step) in [
            (1.0, 5, 0.2),
            (7.0, 5, 1.0),
            (10.0, 5, 2.0),
            (20.0, 5, 5.0),
            (30.0, 5, 5.0),
            (45.0, 5, 10.0),
            (1_000.0, 4, 200.0),
            (0.03, 3, 0.01),
        ] {
            let found = Scale::around([0.0, high], count).step;
            assert!((found - step).abs() < step * 1e-9, "{high} by {count}: {found}, not {step}");
        }
        for power in -12..12 {
            for tenths in 10..100 {
                let rough = f64::from(tenths) * libm::pow(10.0, f64::from(power));
                for (step, slack) in [(round_step(rough), 2.0), (round_step_up(rough), 2.5)] {
                    let digit = step / libm::pow(10.0, libm::floor(libm::log10(step) + 1e-9));
                    let round = [1.0, 2.0, 5.0].iter().any(|d| (digit - d).abs() < 1e-6);
                    assert!(round, "{rough} became {step}");
                    assert!(step / rough < slack * (1.0 + 1e-6) && rough / step < slack, "{rough}");
                }
                assert!(round_step_up(rough) >= rough * (1.0 - 1e-6), "never less than {rough}");
            }
        }
    }

    #[test]
    fn ticks_are_multiples_of_the_step_one_after_the_other() {
        for scale in [
            Scale::around([-3.3, 4.4], 5),
            Scale::around([99.87, 100.42], 5),
            Scale::from_zero([123_456.0], 3),
            Scale::through_zero([17.0], 4),
        ] {
            let ticks = scale.ticks();
            for tick in &ticks {
                let multiple = tick / scale.step;
                assert!((multiple - libm::round(multiple)).abs() < 1e-6, "{tick} in {scale:?}");
            }
            assert!(
                ticks
                    .windows(2)
                    .all(|pair| { ((pair[1] - pair[0]) / scale.step - 1.0).abs() < 1e-6 })
            );
        }
        let below_zero = Scale::through_zero([-7.0], 4).ticks();
        assert!(below_zero.last().is_some_and(|zero| *zero == 0.0 && zero.is_sign_positive()));
    }

    #[test]
    fn an_axis_holds_what_it_was_made_for() {
        let around = Scale::around([2.0, 12.0, f64::NAN], 5);
        assert!((around.low - 1.6).abs() < 1e-9 && (around.high - 12.4).abs() < 1e-9);
        let from_zero = Scale::from_zero([50.0, f64::INFINITY], 2);
        assert!((from_zero.low, from_zero.step) == (0.0, 20.0) && from_zero.high > 50.0);
        assert_eq!(Scale::from_zero([], 2), Scale { low: 0.0, high: 1.0, step: 0.5 });
        let through = Scale::through_zero([4.0, 8.0], 4);
        assert!(through.low < 0.0 && through.high > 8.0);
        let flat = Scale::around([100.0], 4);
        assert!(flat.low < 99.5 && flat.high > 100.5, "a flat line lies in the middle: {flat:?}");
        assert!((flat.below_top(100.0) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn the_top_is_the_highest() {
        let scale = Scale { low: 0.0, high: 10.0, step: 5.0 };
        assert_eq!(
            (scale.below_top(10.0), scale.below_top(2.5), scale.below_top(99.0)),
            (0.0, 0.75, 0.0)
        );
    }

    #[test]
    fn clocks_tick_at_round_times() {
        assert_eq!(
            labels(34_200.0, 1_800.0),
            ["09:30", "09:35", "09:40", "09:45", "09:50", "09:55", "10:00"]
        );
        assert_eq!(labels(34_200.0, 23_400.0).first().map(String::as_str), Some("10:00"));
        assert_eq!(labels(34_200.0, 10.0)[1], "09:30:02");
        assert_eq!(labels(0.0, 0.01)[1], "00:00:00.002");
        assert_eq!(labels(80_000.0, 40_000.0).last().unwrap(), "+1\u{202f}d 08:00");
        assert_eq!(labels(0.0, 1e9).len(), 7);
        assert_eq!(labels(0.0, 0.0), ["00:00:00"]);
    }

    #[test]
    fn the_first_tick_stands_where_its_time_is() {
        let tick = &clock_ticks(34_260.0, 1_800.0, 7)[0];
        assert_eq!(tick.label, "09:35");
        assert!((tick.share - 240.0 / 1_800.0).abs() < 1e-12);
    }

    #[test]
    fn clock_ticks_are_few_whatever_the_span() {
        for span_s in [1e-6, 0.5, 7.0, 61.0, 599.0, 23_400.0, 86_400.0, 1e6, 3e7] {
            for start_s in [0.0, 34_200.0, 86_399.0] {
                let ticks = clock_ticks(start_s, span_s, 8);
                assert!((2..=9).contains(&ticks.len()), "{} in {span_s} s", ticks.len());
                assert!(ticks.windows(2).all(|pair| pair[0].share < pair[1].share));
                let (first, last) = (&ticks[0], &ticks[ticks.len() - 1]);
                assert!(first.share >= 0.0 && last.share <= 1.0);
            }
        }
        assert_eq!(clock_ticks(34_200.0, f64::NAN, 8).len(), 1, "no span, one moment");
        assert_eq!(clock_ticks(34_200.0, -1.0, 8)[0].label, "09:30:00");
    }

    #[test]
    fn days_are_counted_from_the_first() {
        assert_eq!(labels(0.0, 4.0 * 86_400.0)[..2], ["00:00", "+1\u{202f}d"]);
        let night = labels(82_800.0, 7_200.0).join("|").replace('\u{202f}', "");
        assert_eq!(night, "23:00|23:30|+1d 00:00|+1d 00:30|+1d 01:00");
    }

    #[test]
    fn a_minute_never_has_sixty_seconds() {
        assert_eq!(clock(59.999_9, 0), "00:01:00");
        assert_eq!(clock(86_399.9, 0), "00:00:00");
        assert_eq!(clock(34_200.25, 2), "09:30:00.25");
    }
}
