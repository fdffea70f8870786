//! Blocks: the unit that is written, summed and believed as a whole. The layout is in
//! [`super`](crate::journal).

use super::damage::Why;
use super::{GROUP_MAX, HEADER_MAX, RECORD_MAX, SEGMENT_MAX, VERSION};

/// Bytes before the first block.
pub(super) const PREFIX: usize = 12;
/// Bytes before the body of a block.
pub(super) const HEAD: usize = 32;

const MAGIC: [u8; 8] = *b"\x89PFJ\r\n\x1a\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Header,
    Group,
    Segment,
}

/// The head of a block, as far as it is not its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: BlockKind,
    /// Bytes of the body in the file.
    pub(super) stored: usize,
    /// Bytes of the body once decompressed.
    pub(super) raw: usize,
    /// Records in it.
    pub(super) count: u32,
    /// Number of the first of them.
    pub(super) first: u64,
}

/// A block whose sums are right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) head: Head,
    pub(super) body: &'a [u8],
}

impl BlockKind {
    const ALL: [Self; 3] = [Self::Header, Self::Group, Self::Segment];

    const fn mark(self) -> [u8; 4] {
        match self {
            Self::Header => *b"HEAD",
            Self::Group => *b"RECS",
            Self::Segment => *b"SEGM",
        }
    }

    /// The most bytes a body of this kind takes, in the file and decompressed.
    pub(super) fn limits(self) -> (usize, usize) {
        match self {
            Self::Header => (HEADER_MAX, HEADER_MAX),
            Self::Group => (GROUP_MAX + RECORD_MAX, GROUP_MAX + RECORD_MAX),
            Self::Segment => {
                let raw = SEGMENT_MAX + RECORD_MAX;
                (zstd::zstd_safe::compress_bound(raw), raw)
            }
        }
    }
}

impl Head {
    /// The 32 bytes that go before `body`.
    pub(super) fn seal(&self, body: &[u8]) -> [u8; HEAD] {
        debug_assert_eq!(self.stored, body.len(), "the head speaks of its own body");
        let length = |bytes: usize| u32::try_from(bytes).expect("the limits fit 32 bits");
        let mut head = [0; HEAD];
        head[0..4].copy_from_slice(&self.kind.mark());
        head[4..8].copy_from_slice(&length(self.stored).to_le_bytes());
        head[8..12].copy_from_slice(&length(self.raw).to_le_bytes());
        head[12..16].copy_from_slice(&self.count.to_le_bytes());
        head[16..24].copy_from_slice(&self.first.to_le_bytes());
        head[24..28].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
        let sum = crc32fast::hash(&head[0..28]);
        head[28..32].copy_from_slice(&sum.to_le_bytes());
        head
    }
}

/// The block at the start of `bytes`, if a whole one is there.
pub(super) fn block(bytes: &[u8]) -> Result<Block<'_>, Why> {
    let head: &[u8; HEAD] = bytes.first_chunk().ok_or(Why::Short {
        what: "the head of a block",
        found: bytes.len(),
        expected: HEAD,
    })?;
    let (head, sum) = believe(head)?;
    let body = bytes.get(HEAD..HEAD + head.stored).ok_or(Why::Short {
        what: "the body of a block",
        found: bytes.len() - HEAD,
        expected: head.stored,
    })?;
    let found = crc32fast::hash(body);
    if found != sum {
        return Err(Why::BodySum { found, expected: sum });
    }
    Ok(Block { head, body })
}

/// Takes a head apart, in the order in which its parts can be trusted. Also its body's sum.
fn believe(head: &[u8; HEAD]) -> Result<(Head, u32), Why> {
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let mark = [head[0], head[1], head[2], head[3]];
    let kind = BlockKind::ALL.into_iter().find(|kind| kind.mark() == mark);
    let kind = kind.ok_or(Why::NoBlock { found: mark })?;
    let found = crc32fast::hash(&head[0..28]);
    if found != word(28) {
        return Err(Why::HeadSum { found, expected: word(28) });
    }
    let (stored, raw) = (word(4) as usize, word(8) as usize);
    let (stored_max, raw_max) = kind.limits();
    within("the body of a block", stored, stored_max)?;
    within("the decompressed body of a block", raw, raw_max)?;
    let first = u64::from(word(16)) | u64::from(word(20)) << 32;
    Ok((Head { kind, stored, raw, count: word(12), first }, word(24)))
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), Why> {
    if found > limit { Err(Why::TooLong { what, found, limit }) } else { Ok(()) }
}

/// Everything that goes before the first record.
pub(super) fn opening(header: &str) -> Vec<u8> {
    let head = Head {
        kind: BlockKind::Header,
        stored: header.len(),
        raw: header.len(),
        count: 0,
        first: 0,
    };
    let mut bytes = Vec::with_capacity(PREFIX + HEAD + header.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&head.seal(header.as_bytes()));
    bytes.extend_from_slice(header.as_bytes());
    bytes
}

/// What the first bytes say the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A journal of the version we know.
    Ours,
    /// A journal of another version.
    Version(u32),
    /// The beginning of the prefix of a journal, and then the end of the file.
    Torn,
    /// Something else.
    Foreign,
}

pub(super) fn start(bytes: &[u8]) -> Start {
    let front = &bytes[..bytes.len().min(MAGIC.len())];
    if front != &MAGIC[..front.len()] {
        return Start::Foreign;
    }
    match bytes.get(MAGIC.len()..PREFIX) {
        None => Start::Torn,
        Some(version) => {
            match u32::from_le_bytes(version.try_into().expect("the slice has four bytes")) {
                VERSION => Start::Ours,
                other => Start::Version(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(body: &[u8], count: u32, first: u64) -> Vec<u8> {
        let (stored, raw) = (body.len(), body.len());
        let head = Head { kind: BlockKind::Group, stored, raw, count, first };
        [&head.seal(body)[..], body].concat()
    }

    /// Journals keep this layout forever.
    #[test]
    fn the_layout_of_a_block_is_frozen() {
        let bytes = group(b"bell", 2, 7);
        let mut expected = b"RECS\x04\0\0\0\x04\0\0\0\x02\0\0\0\x07\0\0\0\0\0\0\0".to_vec();
        expected.extend([0x7a, 0x64, 0x60, 0xb5, 0, 0, 0, 0]);
        expected.extend(b"bell");
        assert_eq!(bytes[..24], expected[..24]);
        assert_eq!(bytes[24..28], crc32fast::hash(b"bell").to_le_bytes());
        assert_eq!(bytes[28..32], crc32fast::hash(&bytes[..28]).to_le_bytes());
        assert_eq!(bytes[32..], expected[32..]);
        let block = block(&bytes).expect("it is whole");
        assert_eq!((block.head.count, block.head.first, block.body), (2, 7, &b"bell"[..]));
    }

    #[test]
    fn one_bit_anywhere_is_noticed() {
        let good = group(b"the opening bell", 1, 0);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let why = block(&bad).expect_err("a bit is wrong");
            match bit / 8 {
                0..4 => assert!(matches!(why, Why::NoBlock { .. }), "{why}"),
                4..HEAD => assert!(matches!(why, Why::HeadSum { .. }), "{why}"),
                _ => assert!(matches!(why, Why::BodySum { .. }), "{why}"),
            }
        }
    }

    #[test]
    fn one_byte_less_is_short() {
        let good = group(b"bell", 1, 0);
        for cut in 0..good.len() {
            assert!(matches!(block(&good[..cut]), Err(Why::Short { .. })));
        }
    }

    /// A length beyond its limit is refused even under a right sum, before anything is allocated.
    #[test]
    fn lengths_have_limits() {
        for kind in BlockKind::ALL {
            let (stored_max, raw_max) = kind.limits();
            for (stored, raw) in [(stored_max + 1, 1), (1, raw_max + 1), (1, u32::MAX as usize)] {
                let mut bytes = Head { kind, stored: 0, raw, count: 1, first: 0 }.seal(b"");
                bytes[4..8].copy_from_slice(&u32::try_from(stored).unwrap().to_le_bytes());
                let sum = crc32fast::hash(&bytes[..28]);
                bytes[28..].copy_from_slice(&sum.to_le_bytes());
                assert!(matches!(block(&bytes), Err(Why::TooLong { .. })), "{kind:?}");
            }
        }
    }

    #[test]
    fn the_first_bytes_say_what_it_is() {
        let bytes = opening("name = 'x'");
        assert_eq!(start(&bytes), Start::Ours);
        for cut in 0..PREFIX {
            assert_eq!(start(&bytes[..cut]), Start::Torn);
        }
        assert_eq!(start(b"PAR1"), Start::Foreign);
        let mut next = bytes;
        next[8] = 2;
        assert_eq!(start(&next), Start::Version(2));
    }
}
