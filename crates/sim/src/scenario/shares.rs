//! Shares, rates and amounts, as a scenario writes them, kept exactly.

use pitfloor_model::clearing::Ratio;
use pitfloor_model::instrument::Decimal;
use std::str::FromStr;

/// `"2.5%"`: a share in ten-thousandths, from `least` to `most` of them.
///
/// # Errors
///
/// What was expected instead.
pub(super) fn bips(text: &str, least: i64, most: i64) -> Result<i64, String> {
    let expected = || format!("a share from \"{}\" to \"{}\"", shown(least), shown(most));
    let number = text.strip_suffix('%').map(str::trim_end).ok_or_else(expected)?;
    let decimal = Decimal::from_str(number).map_err(|_| expected())?;
    let bips = decimal.checked_mul(Decimal::from(100)).filter(Decimal::is_integer);
    let bips = bips
        .and_then(|bips| i64::try_from(bips).ok())
        .ok_or_else(|| format!("{}, with at most two decimals", expected()))?;
    (least..=most).contains(&bips).then_some(bips).ok_or_else(expected)
}

/// Ten-thousandths as people write them: `2.5%`.
pub(super) fn shown(bips: i64) -> String {
    format!("{}%", (Decimal::from(bips) / Decimal::from(100)).normalize())
}

/// `value` × 10^`up` / 10^`down` as a fraction; none when it does not fit one.
pub(super) fn ratio(value: Decimal, up: u32, down: u32) -> Option<Ratio> {
    let value = value.normalize();
    let mut num = value.mantissa().checked_mul(10_i128.checked_pow(up)?)?;
    let mut den = 10_i128.checked_pow(value.scale().checked_add(down)?)?;
    let by = gcd(num.unsigned_abs(), den.unsigned_abs()) as i128;
    (num, den) = (num / by, den / by);
    Some(Ratio { num: i64::try_from(num).ok()?, den: u32::try_from(den).ok()? })
}

const fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { if a == 0 { 1 } else { a } } else { gcd(b, a % b) }
}

/// `"7:1"`: so many for so many, both from 1.
///
/// # Errors
///
/// What was expected instead.
pub(super) fn proportion(text: &str) -> Result<(u32, u32), String> {
    let whole = |text: &str| text.trim().parse().ok().filter(|number| *number > 0_u32);
    let both = text.split_once(':').and_then(|(a, b)| whole(a).zip(whole(b)));
    both.ok_or_else(|| "two whole numbers from 1 such as \"7:1\"".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_and_within_their_range() {
        for (text, found) in [("2.5%", 250), ("-0.25%", -25), ("100%", 10_000), ("0%", 0)] {
            assert_eq!(bips(text, -100, 10_000), Ok(found), "{text}");
            assert_eq!(bips(&shown(found), -100, 10_000), Ok(found));
        }
        for text in ["2.5", "%", "1.234%", "-1.01%", "100.01%", "x%", ""] {
            let said = bips(text, -100, 10_000).unwrap_err();
            assert!(said.starts_with("a share from \"-1%\" to \"100%\""), "{text}: {said}");
        }
    }

    #[test]
    fn fractions_keep_every_digit() {
        let of = |text: &str, up, down| ratio(text.parse().unwrap(), up, down);
        assert_eq!(of("1.08", 2, 2), Some(Ratio { num: 27, den: 25 }));
        assert_eq!(of("0.0065", 2, 0), Some(Ratio { num: 13, den: 20 }));
        assert_eq!(of("-0.0021", 2, 0), Some(Ratio { num: -21, den: 100 }));
        assert_eq!(of("0", 2, 0), Some(Ratio { num: 0, den: 1 }));
        assert_eq!(of("0.00000000001", 0, 0), None, "its divisor needs more than 32 bits");
    }

    #[test]
    fn a_proportion_is_of_whole_numbers() {
        assert_eq!(proportion("7:1"), Ok((7, 1)));
        assert_eq!(proportion("1 : 10"), Ok((1, 10)));
        for text in ["7", "0:1", "1:0", "1:1:1", "a:b", "-1:2", ""] {
            assert!(proportion(text).is_err(), "{text}");
        }
    }
}
