//! Numbers and text as the page shows them: thin spaces, true minus signs, everything escaped.

/// Between groups of three digits: narrow, and never at the end of a line.
const THIN: char = '\u{202f}';
/// The sign of a number below zero; as wide as a plus.
const MINUS: char = '\u{2212}';

/// What stands where there is no value.
pub(super) const NONE: &str = "–";

/// `text` as it may stand in HTML, between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // HTML has no way to write these, not even escaped.
            control if control.is_control() && !matches!(control, '\n' | '\t') => {
                escaped.push('\u{fffd}')
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// `text` as a JSON string that may stand within a script element.
pub(super) fn json(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '<' | '>' | '&' | '\'' | '\u{2028}' | '\u{2029}' => {
                quoted.push_str(&format!("\\u{:04x}", letter as u32));
            }
            control if control.is_control() => {
                quoted.push_str(&format!("\\u{:04x}", control as u32))
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

/// A whole number in groups of three.
pub(super) fn whole(number: u128) -> String {
    grouped(&number.to_string())
}

/// A number with so many decimals.
pub(super) fn fixed(number: f64, decimals: usize) -> String {
    if !number.is_finite() {
        return NONE.to_owned();
    }
    let plain = format!("{:.decimals$}", number.abs());
    let (digits, fraction) = plain.split_once('.').map_or((plain.as_str(), ""), |(d, f)| (d, f));
    let is_zero = plain.chars().all(|c| matches!(c, '0' | '.'));
    let mut text = String::new();
    if number < 0.0 && !is_zero {
        text.push(MINUS);
    }
    text.push_str(&grouped(digits));
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// The same with a plus where it is above zero.
pub(super) fn signed(number: f64, decimals: usize) -> String {
    let text = fixed(number, decimals);
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if number > 0.0 && number.is_finite() && !is_zero { format!("+{text}") } else { text }
}

/// A number with three significant digits, or all digits of its whole part.
pub(super) fn significant(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return fixed(number, 0);
    }
    let magnitude = number.abs();
    if magnitude < 1e-4 {
        return format!("{number:.1e}").replace('-', "\u{2212}");
    }
    let exponent = libm::floor(libm::log10(magnitude)) as i32;
    fixed(number, usize::try_from(2 - exponent).unwrap_or(0))
}

/// The same without zeros at the end of its decimals: for limits, which are exact.
pub(super) fn plain(number: f64) -> String {
    let text = significant(number);
    if !text.contains('.') || text.contains('e') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number as an axis shows it: thousands as k, millions as M, with no more decimals than `step`,
/// the distance to the next one, needs.
pub(super) fn short(number: f64, step: f64) -> String {
    let size = number.abs().max(step);
    let (unit, name) = match size {
        size if size >= 1e12 => (1e12, "T"),
        size if size >= 1e9 => (1e9, "G"),
        size if size >= 1e6 => (1e6, "M"),
        size if size >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    if number == 0.0 {
        return "0".to_owned();
    }
    format!("{}{name}", fixed(number / unit, decimals_of(step / unit)))
}

/// How many decimals tell multiples of `step` apart.
pub(super) fn decimals_of(step: f64) -> usize {
    if step <= 0.0 || !step.is_finite() {
        return 0;
    }
    usize::try_from(libm::ceil(-libm::log10(step) - 1e-9) as i32).unwrap_or(0).min(12)
}

/// A length of time in its two largest units.
pub(super) fn duration(seconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s")];
    if !seconds.is_finite() || seconds < 0.0 {
        return NONE.to_owned();
    }
    if seconds < 1.0 {
        return match seconds {
            0.0 => "0\u{202f}s".to_owned(),
            s if s < 1e-6 => format!("{}\u{202f}ns", significant(s * 1e9)),
            s if s < 1e-3 => format!("{}\u{202f}µs", significant(s * 1e6)),
            s => format!("{}\u{202f}ms", significant(s * 1e3)),
        };
    }
    if seconds < 60.0 {
        return format!(
            "{}\u{202f}s",
            significant(seconds).trim_end_matches('0').trim_end_matches('.')
        );
    }
    let mut left = libm::round(seconds);
    let mut parts = Vec::new();
    for (unit, name) in UNITS {
        let number = libm::floor(left / unit);
        left -= number * unit;
        if number > 0.0 {
            parts.push(format!("{}\u{202f}{name}", fixed(number, 0)));
        }
    }
    parts.truncate(2);
    parts.join(" ")
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thin spaces and minus signs are hard to see: shown as `_` and `-`.
    fn visible(text: &str) -> String {
        text.replace(THIN, "_").replace(MINUS, "-")
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, shown) in
            [(0, "0"), (999, "999"), (1_000, "1_000"), (12_345_678, "12_345_678")]
        {
            assert_eq!(visible(&whole(number)), shown);
        }
        assert_eq!(visible(&fixed(-1_234.5, 2)), "-1_234.50");
        assert_eq!(visible(&fixed(-0.001, 2)), "0.00", "nothing is not below nothing");
        assert_eq!(visible(&fixed(f64::NAN, 2)), NONE);
        assert_eq!(visible(&signed(3.0, 1)), "+3.0");
        assert_eq!(visible(&signed(0.001, 1)), "0.0");
    }

    #[test]
    fn decimals_are_those_asked_for() {
        for (number, decimals, shown) in [
            (0.0, 0, "0"),
            (0.5, 0, "0"), // Half to even, as the formatter rounds.
            (1.5, 0, "2"),
            (2.345, 2, "2.35"),
            (999.999, 2, "1_000.00"),
            (-999.999, 2, "-1_000.00"),
            (1e15, 1, "1_000_000_000_000_000.0"),
            (-0.0, 3, "0.000"),
            (f64::INFINITY, 2, NONE),
        ] {
            assert_eq!(visible(&fixed(number, decimals)), shown);
        }
        assert_eq!(visible(&whole(u128::MAX)).matches('_').count(), 12, "39 digits");
        assert_eq!(visible(&signed(-1_234.0, 0)), "-1_234");
        assert_eq!(visible(&signed(0.0, 2)), "0.00", "nothing has no sign");
        assert_eq!(signed(f64::INFINITY, 2), NONE);
    }

    /// Every figure can be read back, whatever spaces and signs stand in it.
    #[test]
    fn what_is_shown_is_the_number() {
        for place in -8..12 {
            for digits in [1.0, 1.499, 2.5, 7.77, 9.994] {
                let number = digits * libm::pow(10.0, f64::from(place));
                let read = |text: String| visible(&text).replace('_', "").parse::<f64>().unwrap();
                for number in [number, -number] {
                    let back = read(significant(number));
                    let slack = if number.abs() < 1e-4 { 0.05 } else { 0.005 };
                    assert!((back / number - 1.0).abs() <= slack, "{number} became {back}");
                    assert!((read(fixed(number, 3)) - number).abs() <= 0.000_51);
                }
            }
        }
    }

    #[test]
    fn three_digits_say_enough() {
        for (number, shown) in [
            (1_234.56, "1_235"),
            (12.345, "12.3"),
            (1.0, "1.00"),
            (0.012_345, "0.0123"),
            (-0.5, "-0.500"),
            (1.2e-5, "1.2e-5"),
        ] {
            assert_eq!(visible(&significant(number)), shown);
        }
    }

    #[test]
    fn limits_are_shown_without_zeros_at_their_end() {
        for (number, shown) in
            [(2.0, "2"), (0.10, "0.1"), (-0.85, "-0.85"), (100.0, "100"), (0.0, "0")]
        {
            assert_eq!(visible(&plain(number)), shown);
        }
    }

    #[test]
    fn axes_shorten_large_numbers() {
        assert_eq!(short(20_000.0, 5_000.0), "20k");
        assert_eq!(short(2_500_000.0, 500_000.0), "2.5M");
        assert_eq!(visible(&short(-150.0, 50.0)), "-150");
        assert_eq!(short(100.05, 0.05), "100.05");
        assert_eq!(short(0.0, 0.05), "0");
    }

    #[test]
    fn neighbours_on_an_axis_are_told_apart() {
        for (step, decimals) in [
            (1.0, 0),
            (0.5, 1),
            (0.2, 1),
            (0.05, 2),
            (0.001, 3),
            (20.0, 0),
            (1e-30, 12),
            (0.0, 0),
            (-1.0, 0),
            (f64::INFINITY, 0),
        ] {
            assert_eq!(decimals_of(step), decimals, "{step}");
        }
        for step in [0.02, 0.5, 1.0, 250.0, 2_000.0, 50_000.0, 2e6, 5e9, 1e12] {
            let labels: Vec<String> = (0..9).map(|n| short(f64::from(n) * step, step)).collect();
            for (place, label) in labels.iter().enumerate() {
                assert!(!labels[..place].contains(label), "{label} twice with a step of {step}");
            }
        }
        assert_eq!(short(3e12, 1e12), "3T");
        assert_eq!(short(2e9, 5e8), "2.0G");
        assert_eq!(visible(&short(-40_000.0, 20_000.0)), "-40k");
        assert_eq!(visible(&short(5_000.0, 1_000.0)), "5_000", "four digits are short enough");
    }

    #[test]
    fn lengths_of_time_read_like_speech() {
        for (seconds, shown) in [
            (0.0, "0_s"),
            (0.0025, "2.50_ms"),
            (12.0, "12_s"),
            (1_800.0, "30_min"),
            (23_400.0, "6_h 30_min"),
            (90_061.0, "1_d 1_h"),
            (2.5e-8, "25.0_ns"),
            (0.000_333, "333_µs"),
            (1.5, "1.5_s"),
            (59.99, "60_s"),
            (60.0, "1_min"),
            (3_599.6, "1_h"),
            (86_400.0 * 365.0, "365_d"),
            (-1.0, NONE),
            (f64::NAN, NONE),
        ] {
            assert_eq!(visible(&duration(seconds)), shown);
        }
    }

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        assert_eq!(
            escape("<b a=\"x\" c='y'>&\u{0}"),
            "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;\u{fffd}"
        );
        assert_eq!(json("</script>\"\\\n"), "\"\\u003c/script\\u003e\\u0022\\u005c\\u000a\"");
    }
}
