//! The response function: where the mid is some trades after a trade.

/// R(`lag`) = mean of ε_t·(m_{t+lag} − m_t): `signs` are ±1, `mids` stand just before each trade.
///
/// Source: Bouchaud, Gefen, Potters & Wyart (2004), Quantitative Finance 4(2), eq. 1. `None` unless
/// there are more trades than `lag`.
#[must_use]
pub fn response(signs: &[f64], mids: &[f64], lag: usize) -> Option<f64> {
    let n = signs.len().min(mids.len()).checked_sub(lag).filter(|n| *n > 0)?;
    let sum: f64 = (0..n).map(|t| signs[t] * (mids[t + lag] - mids[t])).sum();
    Some(sum / n as f64)
}

#[cfg(test)]
mod tests {
    use super::response;

    #[test]
    fn by_hand() {
        let (signs, mids) = ([1.0, -1.0, 1.0], [10.0, 12.0, 11.0]);
        assert_eq!(response(&signs, &mids, 1), Some(1.5), "2 for the buyer, 1 for the seller");
        assert_eq!(response(&signs, &mids, 2), Some(1.0));
        assert_eq!(response(&signs, &mids, 3), None);
    }
}
