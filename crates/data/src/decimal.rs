//! Figures as text, to whole numbers on a scale, digit by digit and never through a float.

/// A figure that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The figure × 10^digits.
    pub mantissa: i64,
    /// Whether it had more digits, so that it had to be rounded (half away from zero).
    pub rounded: bool,
}

/// The most digits that a scale may have behind the point.
pub const DIGITS_MAX: u32 = 18;

/// The longest text of a figure; no writer produces longer ones.
const TEXT_MAX: usize = 40;

/// The figure that `text` is, as a whole number of 10^−`digits`.
///
/// A sign, digits, perhaps a point and more digits, perhaps an exponent; nothing else: no spaces, no
/// separators, no infinities. None where it is anything else or does not fit.
#[must_use]
pub fn figure(text: &[u8], digits: u32) -> Option<Figure> {
    if text.len() > TEXT_MAX || digits > DIGITS_MAX {
        return None;
    }
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (body, exponent) = match rest.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&rest[..at], exponent(&rest[at + 1..])?),
        None => (rest, 0),
    };
    let (mut sum, mut behind, mut seen, mut point) = (0_i128, 0_i32, 0, false);
    for byte in body {
        match byte {
            b'0'..=b'9' => {
                sum = sum.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                behind += i32::from(point);
                seen += 1;
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    if seen == 0 {
        return None;
    }
    let shift = i32::try_from(digits).ok()? + exponent - behind;
    let (size, rounded) = if shift >= 0 {
        (sum.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)?, false)
    } else {
        match 10_i128.checked_pow(shift.unsigned_abs()) {
            Some(unit) => ((sum + unit / 2) / unit, sum % unit != 0),
            None => (0, sum != 0),
        }
    };
    let size = i64::try_from(size).ok()?;
    Some(Figure { mantissa: if negative { -size } else { size }, rounded })
}

fn exponent(text: &[u8]) -> Option<i32> {
    let (negative, figures) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if figures.is_empty() || figures.len() > 3 || !figures.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = figures.iter().fold(0, |sum, figure| sum * 10 + i32::from(figure - b'0'));
    Some(if negative { -size } else { size })
}

/// The float as a whole number of 10^−`digits`, where it is finite and fits. A float is what it is: the
/// nearest such number is what its writer meant, as long as it has no more than 15 digits.
#[must_use]
#[inline]
pub fn float(value: f64, digits: u32) -> Option<i64> {
    scaled(value, 10_f64.powi(i32::try_from(digits).ok()?))
}

/// `value` × `unit` as a whole number, where it is finite and fits; halves go to the even one.
#[inline]
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn scaled(value: f64, unit: f64) -> Option<i64> {
    /// Adding this and taking it away again leaves a whole number: between 2^52 and 2^53 doubles have
    /// no fractions.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    const QUICK_MAX: f64 = 2_251_799_813_685_248.0;
    const MOST: f64 = 9.2e18;
    let exact = value * unit;
    if exact.abs() < QUICK_MAX {
        return Some(((exact + WHOLE) - WHOLE) as i64);
    }
    (exact.abs() < MOST).then(|| exact.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str, digits: u32) -> Option<(i64, bool)> {
        figure(text.as_bytes(), digits).map(|figure| (figure.mantissa, figure.rounded))
    }

    #[test]
    fn figures_are_read_as_written() {
        assert_eq!(of("585.33", 4), Some((5_853_300, false)));
        assert_eq!(of("-1.5", 0), Some((-2, true)), "half goes away from zero");
        assert_eq!(of("+7", 2), Some((700, false)));
        assert_eq!(of(".5", 1), Some((5, false)));
        assert_eq!(of("5.", 1), Some((50, false)));
        assert_eq!(of("1e-05", 8), Some((1_000, false)));
        assert_eq!(of("1.25E+3", 0), Some((1_250, false)));
        assert_eq!(of("0.30000000000000004", 8), Some((30_000_000, true)));
        assert_eq!(of("9223372036854775807", 0), Some((i64::MAX, false)));
        for text in [
            "",
            ".",
            "-",
            "1 ",
            " 1",
            "1,0",
            "1.2.3",
            "NaN",
            "inf",
            "1e",
            "1e9999",
            "0x1",
            "9223372036854775808",
            "1e400",
            "--1",
            "1_000",
        ] {
            assert_eq!(of(text, 0), None, "{text}");
        }
        assert_eq!(of("1", 19), None);
        assert_eq!(of("1e-4000", 8), None, "an exponent of three digits is the most");
        assert_eq!(of("1e-100", 8), Some((0, true)));
    }

    #[test]
    fn floats_are_what_their_writer_meant() {
        assert_eq!(float(0.1 + 0.2, 8), Some(30_000_000));
        assert_eq!(float(1.10785, 5), Some(110_785));
        for bad in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(float(bad, 8), None);
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(mantissa in -1_000_000_000_000_i64..1_000_000_000_000, digits in 0_u32..9) {
            let unit = 10_i64.pow(digits);
            let sign = if mantissa < 0 { "-" } else { "" };
            let (whole, rest) = (mantissa.abs() / unit, mantissa.abs() % unit);
            let text = if digits == 0 { format!("{sign}{whole}") }
                else { format!("{sign}{whole}.{rest:0width$}", width = digits as usize) };
            prop_assert_eq!(of(&text, digits), Some((mantissa, false)));
        }
    }
}
