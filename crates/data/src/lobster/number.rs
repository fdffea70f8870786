//! Reading the numbers of a record, exactly.
//!
//! Text becomes whole numbers digit by digit, never through a float. Tables that keep numbers as
//! floats (most tools write them so) are read too, where the float says one whole number only.

use crate::source::Cell;

/// Nanoseconds in a second, as a power of ten.
const NANO_DIGITS: u32 = 9;

/// More digits after the point than any writer of ours or theirs produces.
const FRACTION_DIGITS_MAX: usize = 18;

/// Doubles hold whole numbers up to here without gaps (2^53).
const FLOAT_WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The whole number in `cell`, if it is one that fits.
pub(crate) fn whole(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Text(text) => digits(text),
        Cell::Whole(n) => i64::try_from(*n).ok(),
        Cell::Decimal { unscaled, scale } => {
            let unit = 10_i128.checked_pow(*scale)?;
            (unscaled % unit == 0).then(|| i64::try_from(unscaled / unit).ok())?
        }
        #[allow(clippy::cast_possible_truncation)]
        Cell::Float(x) if x.fract() == 0.0 && x.abs() <= FLOAT_WHOLE_MAX => Some(*x as i64),
        Cell::Float(_) | Cell::Nothing | Cell::Other(_) => None,
    }
}

/// The time in `cell`, in nanoseconds: text, decimals and floats are seconds, whole numbers of a
/// table are nanoseconds.
///
/// Digits after the ninth are noise of a writer that went through floats; they are rounded to the
/// nearest nanosecond. A double of a time within a day is within 8 picoseconds of what was meant,
/// so rounding gives the exact nanosecond back.
pub(crate) fn nanoseconds(cell: &Cell<'_>) -> Option<u64> {
    match cell {
        Cell::Text(text) => seconds(text),
        Cell::Whole(n) => u64::try_from(*n).ok(),
        Cell::Decimal { unscaled, scale } => {
            let shift = NANO_DIGITS.checked_sub(*scale)?;
            u64::try_from(unscaled.checked_mul(10_i128.checked_pow(shift)?)?).ok()
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Cell::Float(x) if (0.0..=1e6).contains(x) => Some((x * 1e9).round() as u64),
        Cell::Float(_) | Cell::Nothing | Cell::Other(_) => None,
    }
}

/// An optional minus and 1 to 18 digits, nothing else.
fn digits(text: &[u8]) -> Option<i64> {
    let (negative, figures) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let size = i64::try_from(unsigned(figures)?).ok()?;
    Some(if negative { -size } else { size })
}

/// 1 to 18 digits, nothing else.
fn unsigned(figures: &[u8]) -> Option<u64> {
    if figures.is_empty() || figures.len() > 18 {
        return None;
    }
    figures.iter().try_fold(0_u64, |sum, figure| {
        figure.is_ascii_digit().then(|| sum * 10 + u64::from(figure - b'0'))
    })
}

/// Digits, and perhaps a point and more digits.
fn seconds(text: &[u8]) -> Option<u64> {
    let point = text.iter().position(|byte| *byte == b'.');
    let (before, after) = point.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
    let whole = unsigned(before)?.checked_mul(1_000_000_000)?;
    let Some(after) = after else { return Some(whole) };
    if after.len() > FRACTION_DIGITS_MAX {
        return None;
    }
    let kept = after.len().min(NANO_DIGITS as usize);
    let missing = NANO_DIGITS - kept as u32;
    let fraction = unsigned(&after[..kept])? * 10_u64.pow(missing);
    let noise = &after[kept..];
    if !noise.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let up = u64::from(noise.first().is_some_and(|figure| *figure >= b'5'));
    whole.checked_add(fraction + up)
}

/// Takes an optional minus, 1 to 18 digits and the comma behind them off the front of `line`;
/// at the end of the line there is no comma. None where anything else stands there.
pub(crate) fn take_whole(line: &mut &[u8]) -> Option<i64> {
    let negative = line.first() == Some(&b'-');
    let figures = &line[usize::from(negative)..];
    let (size, count) = take_digits(figures)?;
    let size = i64::try_from(size).ok()?;
    *line = behind(&figures[count..])?;
    Some(if negative { -size } else { size })
}

/// Takes seconds with at most nine decimals, and the comma behind them, off the front of `line`, as
/// nanoseconds. None where anything else stands there.
pub(crate) fn take_seconds(line: &mut &[u8]) -> Option<u64> {
    let (whole, count) = take_digits(line)?;
    let (mut nanos, mut rest) = (whole.checked_mul(1_000_000_000)?, &line[count..]);
    if let [b'.', figures @ ..] = rest {
        let (fraction, count) = take_digits(figures)?;
        let missing = NANO_DIGITS.checked_sub(u32::try_from(count).ok()?)?;
        nanos = nanos.checked_add(fraction * 10_u64.pow(missing))?;
        rest = &figures[count..];
    }
    *line = behind(rest)?;
    Some(nanos)
}

/// The 1 to 18 digits in front, and how many they are.
fn take_digits(line: &[u8]) -> Option<(u64, usize)> {
    let (mut sum, mut count) = (0_u64, 0);
    for byte in line {
        let figure = byte.wrapping_sub(b'0');
        if figure > 9 {
            break;
        }
        sum = sum.wrapping_mul(10).wrapping_add(u64::from(figure));
        count += 1;
    }
    (1..=18).contains(&count).then_some((sum, count))
}

/// What is behind the comma that must come first, if anything comes at all.
fn behind(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] => Some(rest),
        // A comma promises one more number.
        [b',', more @ ..] if !more.is_empty() => Some(more),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Where the fast way reads a number, the careful way reads the same.
        #[test]
        fn the_fast_way_reads_what_the_careful_way_reads(text in "[-0-9.]{0,21}") {
            let mut line = text.as_bytes();
            if let Some(fast) = take_whole(&mut line) {
                prop_assert!(line.is_empty());
                prop_assert_eq!(whole(&Cell::Text(text.as_bytes())), Some(fast));
            }
            let mut line = text.as_bytes();
            if let Some(fast) = take_seconds(&mut line) {
                prop_assert!(line.is_empty());
                prop_assert_eq!(nanoseconds(&Cell::Text(text.as_bytes())), Some(fast));
            }
        }
    }

    #[test]
    fn the_fast_way_stops_behind_the_comma() {
        let mut line: &[u8] = b"34200.0042,-1,5";
        assert_eq!(take_seconds(&mut line), Some(34_200_004_200_000));
        assert_eq!(take_whole(&mut line), Some(-1));
        assert_eq!(take_whole(&mut line), Some(5));
        assert_eq!((line, take_whole(&mut line)), (&b""[..], None));
        assert_eq!(take_whole(&mut &b"5,"[..]), None);
        assert_eq!(take_whole(&mut &b"5 ,6"[..]), None);
    }

    fn time(text: &str) -> Option<u64> {
        nanoseconds(&Cell::Text(text.as_bytes()))
    }

    #[test]
    fn time_is_exact_to_the_nanosecond() {
        assert_eq!(time("34200.004241176"), Some(34_200_004_241_176));
        assert_eq!(time("34200.00426064"), Some(34_200_004_260_640));
        assert_eq!(time("34200.5"), Some(34_200_500_000_000));
        assert_eq!(time("34200"), Some(34_200_000_000_000));
        assert_eq!(time("0.000000001"), Some(1));
    }

    #[test]
    fn noise_behind_the_ninth_digit_is_rounded_away() {
        assert_eq!(time("35821.088778456004"), Some(35_821_088_778_456));
        assert_eq!(time("35821.088778455996"), Some(35_821_088_778_456));
        assert_eq!(time("35821.9999999996"), Some(35_822_000_000_000));
        assert_eq!(time("35821.088778456x"), None);
    }

    #[test]
    fn what_is_not_a_time_is_not_made_one() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e5", "1.2.3", " 1", "1 ", "NaN", "0x1"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(time("999999999999999999"), None, "overflow is no time");
        assert_eq!(time("1.1234567890123456789"), None, "no writer has so many digits");
    }

    #[test]
    fn whole_numbers_are_digits_and_perhaps_a_minus() {
        let of = |text: &str| whole(&Cell::Text(text.as_bytes()));
        assert_eq!(of("5853300"), Some(5_853_300));
        assert_eq!(of("-9999999999"), Some(-9_999_999_999));
        for text in ["", "-", "+1", "1.0", "1e3", "1_000", " 1", "--1", "1234567890123456789"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn tables_give_the_same_numbers_in_other_clothes() {
        assert_eq!(nanoseconds(&Cell::Whole(34_200_004_241_176)), Some(34_200_004_241_176));
        assert_eq!(nanoseconds(&Cell::Float(34_200.004_241_176)), Some(34_200_004_241_176));
        let decimal = Cell::Decimal { unscaled: 34_200_004_241, scale: 6 };
        assert_eq!(nanoseconds(&decimal), Some(34_200_004_241_000));
        assert_eq!(whole(&Cell::Float(-1.0)), Some(-1));
        assert_eq!(whole(&Cell::Decimal { unscaled: 1_800, scale: 2 }), Some(18));
        for cell in [
            Cell::Float(0.5),
            Cell::Float(f64::NAN),
            Cell::Float(1e300),
            Cell::Whole(i128::MAX),
            Cell::Decimal { unscaled: 1_801, scale: 2 },
            Cell::Decimal { unscaled: 1, scale: 99 },
            Cell::Nothing,
            Cell::Other("true".to_owned()),
        ] {
            assert_eq!(whole(&cell), None, "{cell:?}");
        }
        assert_eq!(nanoseconds(&Cell::Float(-1.0)), None);
        assert_eq!(nanoseconds(&Cell::Float(f64::INFINITY)), None);
    }

    /// Every nanosecond of a day survives being kept as a double of seconds.
    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn a_double_gives_the_nanosecond_back() {
        for nanos in (0..86_400_000_000_000_u64).step_by(8_640_000_000_007 / 1_000) {
            assert_eq!(nanoseconds(&Cell::Float(nanos as f64 / 1e9)), Some(nanos));
        }
    }
}
