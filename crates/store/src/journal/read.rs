//! Reading: one path for plain groups and compressed segments, one pass, bounded memory.

use super::block::{self, Block, BlockKind, HEAD, PREFIX, Start};
use super::damage::{Condition, Damage, Fault, JournalError, Survivors, Why};
use super::{Disk, VERSION};
use crate::mapped::Mapped;
use pitfloor_model::canon::{BadBytes, Canon};
use pitfloor_model::command::Stamped;
use pitfloor_model::units::Time;
use std::fs::File;
use std::path::Path;

/// A journal open for reading.
///
/// It sees the file as long as it was when it was opened, and takes no lock: a journal can be read
/// while it is being written. The newest block may then be half there, which reads as
/// [`Why::Short`] behind the last whole one.
#[derive(Debug)]
pub struct Reader {
    bytes: Mapped,
    place: String,
    header: String,
    start: usize,
}

impl Reader {
    /// Opens the journal at `path`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no journal with a whole header. Damage further on is
    /// found by reading.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let place = path.as_ref().display().to_string();
        let bytes = File::open(path.as_ref()).and_then(|file| Mapped::new(&file));
        let bytes = bytes.map_err(|source| Fault::disk("opening", source).at(&place))?;
        let (header, start) = header(&bytes).map_err(|fault| fault.at(&place))?;
        Ok(Self { header: header.to_owned(), start, bytes, place })
    }

    /// The header text: the complete scenario.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The path of the file, as messages have it.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// All records, from the first. Ends after the first damage.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        Records::new(&self.bytes, self.start)
    }

    /// Reads the whole journal and says what condition it is in.
    #[must_use]
    pub fn condition(&self) -> Condition {
        condition(&self.bytes, &self.header, self.start)
    }
}

/// The header text and the records of a journal that is in memory.
///
/// # Errors
///
/// When `bytes` are no journal with a whole header.
pub fn parse(bytes: &[u8]) -> Result<(&str, Records<'_>), Fault> {
    header(bytes).map(|(header, start)| (header, Records::new(bytes, start)))
}

/// Reads everything on `disk` and says what condition it is in. Changes nothing.
///
/// # Errors
///
/// When the disk cannot be read or holds no journal with a whole header.
pub fn examine(disk: &mut impl Disk) -> Result<Condition, JournalError> {
    let condition =
        disk.read(|bytes| header(bytes).map(|(header, start)| condition(bytes, header, start)));
    match condition {
        Ok(Ok(condition)) => Ok(condition),
        Ok(Err(fault)) => Err(fault.at(disk.name())),
        Err(source) => Err(Fault::disk("reading", source).at(disk.name())),
    }
}

/// The header text, and where the block behind it begins.
fn header(bytes: &[u8]) -> Result<(&str, usize), Fault> {
    match block::start(bytes) {
        Start::Ours => {}
        Start::Version(found) => return Err(Fault::Version { found, expected: VERSION }),
        Start::Foreign => return Err(Fault::NotAJournal),
        Start::Torn => {
            let why = Why::Short { what: "the prefix", found: bytes.len(), expected: PREFIX };
            return Err(Fault::NeverFinished(Damage { offset: 0, after: 0, why }));
        }
    }
    block::block(&bytes[PREFIX..]).and_then(text).map_err(|why| {
        let damage = Damage { offset: PREFIX as u64, after: 0, why };
        match survivors(bytes, PREFIX) {
            Some(survivors) => Fault::Damaged { damage, survivors },
            None => Fault::NeverFinished(damage),
        }
    })
}

fn text(block: Block<'_>) -> Result<(&str, usize), Why> {
    if block.head.kind != BlockKind::Header {
        return Err(Why::Misplaced);
    }
    let text = std::str::from_utf8(block.body);
    let text = text.map_err(|error| Why::Text { good: error.valid_up_to() })?;
    Ok((text, PREFIX + HEAD + block.head.stored))
}

/// The records of a journal, in order, each checked against the one before.
///
/// Holds one block at a time. After an error there is nothing more.
pub struct Records<'a> {
    bytes: &'a [u8],
    /// Where the block in hand begins, and where the one behind it does.
    here: usize,
    behind: usize,
    /// The block in hand, decompressed, how much of it was taken, and what is left of it.
    raw: Vec<u8>,
    taken: usize,
    left: u32,
    count: u32,
    /// The number the block in hand began with, and the one that comes next.
    base: u64,
    next: u64,
    last_at: Option<Time>,
    inflate: Option<zstd::bulk::Decompressor<'static>>,
    over: bool,
}

impl std::fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { here, next, last_at, .. } = self;
        write!(f, "Records {{ block at {here}, next {next}, last at {last_at:?} }}")
    }
}

impl<'a> Records<'a> {
    fn new(bytes: &'a [u8], start: usize) -> Self {
        Self {
            bytes,
            here: start,
            behind: start,
            raw: Vec::new(),
            taken: 0,
            left: 0,
            count: 0,
            base: 0,
            next: 0,
            last_at: None,
            inflate: None,
            over: false,
        }
    }

    /// Takes the next block in hand; false when the file ends before it.
    fn turn(&mut self) -> Result<bool, Why> {
        if self.taken < self.raw.len() {
            return Err(Why::Count { count: self.count, left: self.raw.len() - self.taken });
        }
        (self.here, self.base) = (self.behind, self.next);
        if self.here == self.bytes.len() {
            return Ok(false);
        }
        let block = block::block(&self.bytes[self.here..])?;
        let (first, count) = (block.head.first, block.head.count);
        if first != self.next {
            return Err(Why::Seq { found: first, expected: self.next });
        }
        if count == 0 && block.head.kind != BlockKind::Header {
            return Err(Why::Empty);
        }
        self.unpack(block)?;
        (self.taken, self.left, self.count) = (0, count, count);
        self.behind = self.here + HEAD + block.head.stored;
        Ok(true)
    }

    fn unpack(&mut self, Block { head, body }: Block<'_>) -> Result<(), Why> {
        self.raw.resize(head.raw, 0); // the block's limits hold, so this is bounded
        let bad = Why::Frame { expected: head.raw };
        match head.kind {
            BlockKind::Header => Err(Why::Misplaced),
            BlockKind::Group if head.raw != head.stored => Err(bad),
            BlockKind::Group => {
                self.raw.copy_from_slice(body);
                Ok(())
            }
            BlockKind::Segment => {
                let inflate = self.inflate.get_or_insert_with(|| {
                    zstd::bulk::Decompressor::new().expect("a decompressor is plain memory")
                });
                match inflate.decompress_to_buffer(body, &mut self.raw[..]) {
                    Ok(length) if length == head.raw => Ok(()),
                    Ok(_) | Err(_) => Err(bad),
                }
            }
        }
    }

    fn take(&mut self) -> Result<Option<Stamped>, Why> {
        while self.left == 0 {
            if !self.turn()? {
                return Ok(None);
            }
        }
        let mut rest = &self.raw[self.taken..];
        let read = Stamped::read(&mut rest);
        let record = read.map_err(|bytes: BadBytes| Why::Record { seq: self.next, bytes })?;
        self.follows(&record)?;
        self.taken = self.raw.len() - rest.len();
        self.left -= 1;
        self.next += 1;
        self.last_at = Some(record.at);
        Ok(Some(record))
    }

    /// Numbers rise by one, times never fall.
    fn follows(&self, record: &Stamped) -> Result<(), Why> {
        if record.seq != self.next {
            return Err(Why::Seq { found: record.seq, expected: self.next });
        }
        match self.last_at {
            Some(before) if record.at < before => {
                Err(Why::TimeFalls { seq: record.seq, found: record.at, before })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Stamped, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let item = self.take();
        let item = item.map_err(|why| Damage { offset: self.here as u64, after: self.base, why });
        self.over = !matches!(item, Ok(Some(_)));
        item.transpose()
    }
}

/// Walks all of `bytes`; the last good block is the last whose records are all good.
fn condition(bytes: &[u8], header: &str, start: usize) -> Condition {
    let mut condition = Condition {
        header: header.to_owned(),
        records: 0,
        last_at: None,
        last_block: 0,
        good_bytes: start as u64,
        bytes: bytes.len() as u64,
        damage: None,
        survivors: None,
    };
    let mut records = Records::new(bytes, start);
    loop {
        match records.next() {
            Some(Ok(_)) if records.left > 0 || records.taken < records.raw.len() => {}
            Some(Ok(record)) => {
                condition.records = record.seq + 1;
                condition.last_at = Some(record.at);
                condition.last_block = records.here as u64;
                condition.good_bytes = records.behind as u64;
            }
            Some(Err(damage)) => {
                condition.damage = Some(damage);
                condition.survivors = survivors(bytes, records.here);
                return condition;
            }
            None => return condition,
        }
    }
}

/// Whole blocks of records at or behind `from`. Looks at every byte, so it is only for the damaged.
fn survivors(bytes: &[u8], from: usize) -> Option<Survivors> {
    let mut found: Option<Survivors> = None;
    let mut at = from;
    while at < bytes.len() {
        at += match block::block(&bytes[at..]) {
            Ok(block) if block.head.count > 0 => {
                let first = Survivors { offset: at as u64, first: block.head.first, records: 0 };
                found.get_or_insert(first).records += u64::from(block.head.count);
                HEAD + block.head.stored
            }
            Ok(_) | Err(_) => 1,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::block::Head;
    use super::*;
    use pitfloor_model::command::Command;
    use pitfloor_model::units::{AccountId, OrderId, OrderKey};

    fn cancel(seq: u64, at: u64) -> Stamped {
        let key = OrderKey::new(AccountId(1), OrderId(seq));
        Stamped { seq, at: Time(at), command: Command::Cancel { key } }
    }

    /// A block with right sums around whatever `records` are.
    fn group(first: u64, count: u32, records: &[Stamped], extra: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        records.iter().for_each(|record| record.write(&mut body));
        body.extend_from_slice(extra);
        let (stored, raw) = (body.len(), body.len());
        let head = Head { kind: BlockKind::Group, stored, raw, count, first };
        [&head.seal(&body)[..], &body].concat()
    }

    fn journal(blocks: &[Vec<u8>]) -> Vec<u8> {
        [block::opening("h"), blocks.concat()].concat()
    }

    fn read(bytes: &[u8]) -> Condition {
        let (text, start) = header(bytes).expect("the header is whole");
        condition(bytes, text, start)
    }

    fn why(bytes: &[u8]) -> Why {
        read(bytes).damage.expect("it is damaged").why
    }

    #[test]
    fn groups_follow_each_other() {
        let two = [cancel(0, 5), cancel(1, 5)];
        let bytes = journal(&[group(0, 2, &two, b""), group(2, 1, &[cancel(2, 9)], b"")]);
        let condition = read(&bytes);
        assert_eq!((condition.records, condition.last_at), (3, Some(Time(9))));
        assert_eq!((condition.good_bytes, condition.damage), (bytes.len() as u64, None));
    }

    /// Right sums do not make a history: these files would replay as something that never was.
    #[test]
    fn numbers_without_gaps() {
        let gap = journal(&[group(0, 1, &[cancel(0, 0)], b""), group(2, 1, &[cancel(2, 0)], b"")]);
        assert_eq!(why(&gap), Why::Seq { found: 2, expected: 1 });
        let twice = group(0, 1, &[cancel(0, 0)], b"");
        let twice = journal(&[twice.clone(), twice]);
        assert_eq!(why(&twice), Why::Seq { found: 0, expected: 1 });
        let inside = journal(&[group(0, 2, &[cancel(0, 0), cancel(2, 0)], b"")]);
        assert_eq!(why(&inside), Why::Seq { found: 2, expected: 1 });
        let head_alone = journal(&[group(5, 1, &[cancel(0, 0)], b"")]);
        assert_eq!(why(&head_alone), Why::Seq { found: 5, expected: 0 });
    }

    /// A block with right sums and a wrong place is no torn tail: it counts as a survivor.
    #[test]
    fn a_whole_block_out_of_place_is_not_a_tail_to_cut() {
        let gap = journal(&[group(0, 1, &[cancel(0, 0)], b""), group(2, 1, &[cancel(2, 0)], b"")]);
        let condition = read(&gap);
        let survivors = condition.survivors.expect("the second block is whole");
        assert_eq!((survivors.first, survivors.records), (2, 1));
        assert_eq!(survivors.offset, condition.good_bytes);
    }

    #[test]
    fn times_never_fall() {
        let bytes =
            journal(&[group(0, 1, &[cancel(0, 7)], b""), group(1, 1, &[cancel(1, 6)], b"")]);
        assert_eq!(why(&bytes), Why::TimeFalls { seq: 1, found: Time(6), before: Time(7) });
    }

    #[test]
    fn a_block_holds_what_its_head_says() {
        let bytes = journal(&[group(0, 1, &[cancel(0, 0)], b"xy")]);
        assert_eq!(why(&bytes), Why::Count { count: 1, left: 2 });
        assert_eq!(read(&bytes).records, 0, "a block is good as a whole or not at all");
        let bytes = journal(&[group(0, 2, &[cancel(0, 0)], b"")]);
        assert!(matches!(why(&bytes), Why::Record { seq: 1, bytes: BadBytes::Short(_) }));
        assert_eq!(read(&bytes).damage.map(|damage| damage.after), Some(0));
        let bytes = journal(&[group(0, 0, &[], b"xy")]);
        assert_eq!(why(&bytes), Why::Empty);
    }

    #[test]
    fn a_segment_that_does_not_decompress_is_named() {
        let head = Head { kind: BlockKind::Segment, stored: 4, raw: 60, count: 1, first: 0 };
        let bytes = journal(&[[&head.seal(b"nope")[..], b"nope"].concat()]);
        assert_eq!(why(&bytes), Why::Frame { expected: 60 });
    }

    #[test]
    fn a_second_header_is_refused() {
        let head = Head { kind: BlockKind::Header, stored: 0, raw: 0, count: 0, first: 0 };
        assert_eq!(why(&journal(&[head.seal(b"").to_vec()])), Why::Misplaced);
    }

    #[test]
    fn a_file_without_a_whole_header_says_which_kind_of_nothing_it_is() {
        let bytes = journal(&[]);
        for cut in 0..bytes.len() {
            assert!(matches!(header(&bytes[..cut]), Err(Fault::NeverFinished(_))), "{cut}");
        }
        assert!(matches!(header(b"ts,price"), Err(Fault::NotAJournal)));
        let mut lost = journal(&[group(0, 1, &[cancel(0, 0)], b"")]);
        lost[PREFIX + HEAD] ^= 1;
        assert!(matches!(header(&lost), Err(Fault::Damaged { .. })), "records follow");
    }

    #[test]
    fn after_damage_there_is_nothing_more() {
        let mut bytes = journal(&[group(0, 1, &[cancel(0, 0)], b"")]);
        *bytes.last_mut().expect("there are bytes") ^= 1;
        let (_, start) = header(&bytes).expect("the header is whole");
        let mut records = Records::new(&bytes, start);
        assert!(matches!(records.next(), Some(Err(_))));
        assert!(records.next().is_none());
    }
}
