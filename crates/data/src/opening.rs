//! Opening a file by what it holds, within limits.
//!
//! People rename files, so the first bytes decide: gzip, zstd, zip, or the bytes themselves. Whatever it
//! is, it is read as a stream: a buffer at a time, however large the file is. [`stream::Stream`] gives its
//! lines or its bytes; [`archive::Archive`] the files inside a zip.
//!
//! Everything has a limit with a name ([`Limits`]): a few bytes that unfold into a disk full of zeros are
//! refused before they do.

pub mod archive;
pub mod stream;

pub use archive::Archive;
pub use stream::Stream;

use crate::error::{DataError, Fault};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// How a file is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrapping {
    /// Not at all.
    Plain,
    /// One or more gzip members.
    Gzip,
    /// One or more zstd frames.
    Zstd,
    /// A file inside a zip archive.
    Zip,
}

/// What is refused for its size alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest line or message, in bytes.
    pub line_bytes: usize,
    /// How many bytes may come of one byte of a compressed file, once [`RATIO_FREE_BYTES`] have come.
    pub ratio: u64,
    /// The most bytes that a file may hold, unwrapped.
    pub bytes: u64,
    /// The most files in an archive.
    pub members: usize,
    /// What to do where a gzip or zstd file was cut in the middle: a recorder that was killed leaves
    /// such a tail. True: what is whole is given, and [`Stream::was_cut`] says that more was there.
    pub cut_tail: bool,
}

/// Before so many bytes have come of a file, their ratio is not looked at: the first record of a
/// repetitive file may be packed as well as a bomb.
pub const RATIO_FREE_BYTES: u64 = 16 << 20;

/// How much is read at once, in bytes.
pub(crate) const BUFFER_BYTES: usize = 1 << 18;

const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Frames that hold no data: a decoder passes over them.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// Recognised in order to be refused by name.
const REFUSED: [(&[u8], &str); 3] = [
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "an xz stream"),
    (b"BZh", "a bzip2 stream"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
];

/// What can be opened, for refusals.
pub(crate) const KNOWN: &str = "plain bytes, a gzip or zstd stream, or a zip archive";

impl Default for Limits {
    /// Lines of a mebibyte, 500 bytes from one, a tebibyte in all, 65 536 files; a cut is damage.
    fn default() -> Self {
        Self { line_bytes: 1 << 20, ratio: 500, bytes: 1 << 40, members: 1 << 16, cut_tail: false }
    }
}

/// Opens `file` as one stream; of an archive, the only file inside it.
///
/// # Errors
///
/// When it cannot be opened or read, is empty, is of a kind that is not read here (xz, bzip2, 7-Zip), or
/// is an archive with none or several files inside: [`Archive::open`] opens those.
pub fn open(file: &Path, limits: Limits) -> Result<Stream, DataError> {
    let (opened, wrapping) = begin(file)?;
    if wrapping != Wrapping::Zip {
        return Stream::of(file.to_owned(), wrapping, opened, limits);
    }
    let archive = Archive::open(file, limits)?;
    match archive.members().len() {
        1 => archive.stream(0),
        count => {
            let found = format!("an archive of {count} files");
            Err(Fault::new("content", found, "an archive of one file").at(file, 0))
        }
    }
}

/// Opens `file` at its beginning and says how it is wrapped.
pub(crate) fn begin(file: &Path) -> Result<(File, Wrapping), DataError> {
    let world = |source| DataError::World { file: file.to_owned(), source };
    let mut opened = File::open(file).map_err(world)?;
    let mut head = Vec::new();
    io::Read::by_ref(&mut opened).take(8).read_to_end(&mut head).map_err(world)?;
    opened.seek(SeekFrom::Start(0)).map_err(world)?;
    let wrapping = recognise(&head).map_err(|fault| fault.at(file, 0))?;
    Ok((opened, wrapping))
}

pub(crate) fn recognise(head: &[u8]) -> Result<Wrapping, Fault> {
    if head.is_empty() {
        return Err(Fault::new("content", "an empty file", KNOWN));
    }
    refuse(head)?;
    Ok(if head.starts_with(&ZSTD) || (head.len() > 3 && head[1..4] == ZSTD_SKIPPABLE) {
        Wrapping::Zstd
    } else if head.starts_with(&GZIP) {
        Wrapping::Gzip
    } else if ZIP.iter().any(|magic| head.starts_with(magic)) {
        Wrapping::Zip
    } else {
        Wrapping::Plain
    })
}

fn refuse(head: &[u8]) -> Result<(), Fault> {
    match REFUSED.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, name)) => Err(Fault::new("content", *name, KNOWN)),
        None => Ok(()),
    }
}

/// Refuses a wrapping inside a wrapping: nobody means to make one.
fn refuse_twice(head: &[u8], outer: Wrapping) -> Result<(), Fault> {
    if head.is_empty() || outer == Wrapping::Plain {
        return Ok(());
    }
    match recognise(head)? {
        Wrapping::Plain => Ok(()),
        inner => {
            let found = format!("{} inside {}", inner.name(), outer.name());
            Err(Fault::new("content", found, "one wrapping at most"))
        }
    }
}

impl Wrapping {
    /// What to call it in a refusal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain bytes",
            Self::Gzip => "a gzip stream",
            Self::Zstd => "a zstd stream",
            Self::Zip => "a zip archive",
        }
    }
}
