//! The standard workloads by name: where their records come from and what they must come to.

use crate::expected::{self, Expected};
use crate::lob1::Lob1;
use crate::pub5::Pub5;
use crate::record::Record;

/// A standard workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Workload {
    /// LOB-1, shallow.
    W1,
    /// LOB-1, deep.
    W2,
    /// LOB-1, wide.
    W3,
    /// PUB-5, an ordinary day.
    Normal,
    /// PUB-5, the price never moves.
    Static,
    /// PUB-5, a swing of a quarter.
    Swing25,
    /// PUB-5, a swing of two fifths.
    Swing40,
    /// PUB-5, a swing of three fifths.
    FlashCrash,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::W1,
        Self::W2,
        Self::W3,
        Self::Normal,
        Self::Static,
        Self::Swing25,
        Self::Swing40,
        Self::FlashCrash,
    ];

    /// The five public ones.
    pub const PUB5: [Self; 5] =
        [Self::Normal, Self::Static, Self::Swing25, Self::Swing40, Self::FlashCrash];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
            Self::W3 => "W3",
            Self::Normal => "normal",
            Self::Static => "static",
            Self::Swing25 => "swing-25",
            Self::Swing40 => "swing-40",
            Self::FlashCrash => "flash-crash",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|workload| workload.name() == name)
    }

    /// The one whose file has this SHA-256.
    #[must_use]
    pub fn of_file(sha256: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|workload| workload.expected().file_sha256 == sha256)
    }

    /// What it must come to.
    #[must_use]
    pub const fn expected(self) -> &'static Expected {
        match self {
            Self::W1 => &expected::W1,
            Self::W2 => &expected::W2,
            Self::W3 => &expected::W3,
            Self::Normal => &expected::NORMAL,
            Self::Static => &expected::STATIC,
            Self::Swing25 => &expected::SWING_25,
            Self::Swing40 => &expected::SWING_40,
            Self::FlashCrash => &expected::FLASH_CRASH,
        }
    }

    /// How many of its records, from the first, are carried out before time is taken.
    #[must_use]
    pub const fn untimed(self) -> usize {
        match self {
            Self::W2 => 1_000_000,
            _ => 0,
        }
    }

    /// What its flow is made from, for those of LOB-1.
    #[must_use]
    pub const fn lob1(self) -> Option<Lob1> {
        Some(match self {
            Self::W1 => Lob1 {
                operations: 5_000_000,
                live: 1_000,
                prefill: false,
                max_log2: 10,
                mid: 100_000,
                seed: 1,
                min_log2: 2,
            },
            Self::W2 => Lob1 {
                operations: 4_000_000,
                live: 500_000,
                prefill: true,
                max_log2: 13,
                mid: 100_000,
                seed: 2,
                min_log2: 6,
            },
            Self::W3 => Lob1 {
                operations: 2_000_000,
                live: 20_000,
                prefill: false,
                max_log2: 30,
                mid: 1 << 40,
                seed: 3,
                min_log2: 4,
            },
            _ => return None,
        })
    }

    /// What its scenario is made from, for those of PUB-5.
    #[must_use]
    pub const fn pub5(self) -> Option<Pub5> {
        Some(match self {
            Self::Normal => Pub5::NORMAL,
            Self::Static => Pub5::STATIC,
            Self::Swing25 => Pub5::SWING_25,
            Self::Swing40 => Pub5::SWING_40,
            Self::FlashCrash => Pub5::FLASH_CRASH,
            Self::W1 | Self::W2 | Self::W3 => return None,
        })
    }

    /// Its first `most` records.
    #[must_use]
    pub fn records(self, most: usize) -> Vec<Record> {
        let mut records = match (self.lob1(), self.pub5()) {
            (Some(lob1), _) => {
                // A shorter flow is the beginning of a longer one.
                let operations = lob1.operations.min(most as u64);
                Lob1 { operations, ..lob1 }.flow().records
            }
            (None, pub5) => pub5.expect("a workload is of one of the two").records(),
        };
        records.truncate(most);
        records
    }
}

#[cfg(test)]
mod tests {
    use super::Workload;
    use std::collections::BTreeSet;

    #[test]
    fn each_is_found_by_its_name_and_its_file() {
        for workload in Workload::ALL {
            assert_eq!(Workload::named(workload.name()), Some(workload));
            assert_eq!(Workload::of_file(workload.expected().file_sha256), Some(workload));
            assert_ne!(workload.lob1().is_some(), workload.pub5().is_some());
        }
        assert_eq!((Workload::named("w1"), Workload::of_file("")), (None, None));
    }

    #[test]
    fn no_two_must_come_to_the_same() {
        let hashes = Workload::ALL.map(|workload| workload.expected().report_sha256);
        assert_eq!(BTreeSet::from(hashes).len(), 8);
    }
}
