//! What the sizes of quotes of shares count.

/// What the sizes of quotes of shares count. Venues' documents say round lots; that some moved to
/// shares is reported and unconfirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteSizes {
    /// Lots of so many shares.
    RoundLots(u64),
    /// Shares.
    Shares,
}

impl QuoteSizes {
    /// `size` in shares, where that fits.
    #[must_use]
    pub fn shares(self, size: u64) -> Option<u64> {
        match self {
            Self::RoundLots(lot) => size.checked_mul(lot),
            Self::Shares => Some(size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_is_so_many_shares() {
        assert_eq!(QuoteSizes::RoundLots(100).shares(3), Some(300));
        assert_eq!(QuoteSizes::Shares.shares(3), Some(3));
        assert_eq!(QuoteSizes::RoundLots(2).shares(u64::MAX), None);
    }
}
