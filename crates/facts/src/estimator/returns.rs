//! Returns.

/// Log returns of `mids`: ln of each over the one before.
///
/// `None` for fewer than two, or when one is not positive: a price that may be negative has no log
/// return.
#[must_use]
pub fn log_returns(mids: &[f64]) -> Option<Vec<f64>> {
    if mids.len() < 2 || mids.iter().any(|mid| *mid <= 0.0) {
        return None;
    }
    Some(mids.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect())
}

#[cfg(test)]
mod tests {
    use super::log_returns;

    #[test]
    fn a_return_is_the_log_of_a_ratio() {
        let e = std::f64::consts::E;
        assert_eq!(log_returns(&[1.0, e, e]), Some(vec![1.0, 0.0]));
        assert_eq!(log_returns(&[1.0, 0.0, 2.0]), None);
        assert_eq!(log_returns(&[1.0]), None);
    }
}
