//! The fields of ITCH on the wire: big-endian whole numbers, letters, and text padded with spaces.

use pitfloor_model::units::Side;

/// Something of a fixed length on the wire.
pub(super) trait Wire: Sized {
    /// How many bytes.
    const LEN: usize;

    /// What would do, for refusals.
    const EXPECTED: &'static str;

    /// The value in `bytes`, of which there are [`Wire::LEN`]; none where they are no such value.
    fn take(bytes: &[u8]) -> Option<Self>;

    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);
}

/// One letter or digit whose meaning is in the venue's table.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code(pub u8);

/// Text of a fixed length, padded with spaces behind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const LEN: usize>(pub [u8; LEN]);

macro_rules! number {
    ($number:ty, $len:literal) => {
        impl Wire for $number {
            const LEN: usize = $len;
            const EXPECTED: &'static str = "a whole number";

            #[inline]
            fn take(bytes: &[u8]) -> Option<Self> {
                bytes.first_chunk::<$len>().map(|bytes| Self::from_be_bytes(*bytes))
            }

            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
        }
    };
}
number!(u16, 2);
number!(u32, 4);
number!(u64, 8);

impl Wire for Code {
    const LEN: usize = 1;
    const EXPECTED: &'static str = "a printable letter, or a space";

    #[inline]
    fn take(bytes: &[u8]) -> Option<Self> {
        bytes.first().filter(|byte| (b' '..=b'~').contains(byte)).map(|byte| Self(*byte))
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.0);
    }
}

impl<const LEN: usize> Wire for Text<LEN> {
    const LEN: usize = LEN;
    const EXPECTED: &'static str = "printable text, padded with spaces behind";

    #[inline]
    fn take(bytes: &[u8]) -> Option<Self> {
        let text = bytes.first_chunk::<LEN>()?;
        text.iter().all(|byte| (b' '..=b'~').contains(byte)).then_some(Self(*text))
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl Wire for Side {
    const LEN: usize = 1;
    const EXPECTED: &'static str = "B (buy) or S (sell)";

    #[inline]
    fn take(bytes: &[u8]) -> Option<Self> {
        match bytes.first() {
            Some(b'B') => Some(Self::Buy),
            Some(b'S') => Some(Self::Sell),
            _ => None,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.push(if *self == Self::Buy { b'B' } else { b'S' });
    }
}

impl<const LEN: usize> Text<LEN> {
    /// `text`, padded; none where it is longer or not printable.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [b' '; LEN];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Self::take(&bytes)
    }

    /// Without its padding.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("").trim_end()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.0 as char)
    }
}

impl<const LEN: usize> std::fmt::Debug for Text<LEN> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.as_str())
    }
}
