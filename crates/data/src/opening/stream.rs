//! A file as lines or bytes, unwrapped on the way, a buffer at a time.

use super::archive::Member;
use super::{BUFFER_BYTES, Limits, RATIO_FREE_BYTES, Wrapping, refuse_twice};
use crate::error::{DataError, Fault};
use flate2::Crc;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes of a file, unwrapped.
pub struct Stream {
    file: PathBuf,
    wrapping: Wrapping,
    limits: Limits,
    bytes: Guard,
    /// What was read and not yet taken is between `start` and `end`.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The line last given, within `buffer`.
    line: (usize, usize),
    line_number: u64,
    /// How many bytes were taken.
    taken: u64,
    ended: bool,
    cut: bool,
}

/// Lets through what is within the limits.
struct Guard {
    reader: Box<dyn Read + Send>,
    given: u64,
    /// Bytes taken from the file itself.
    packed: Arc<AtomicU64>,
    limits: Limits,
    wrapped: bool,
}

/// Counts what a decoder takes from the file.
struct Counting<R> {
    reader: R,
    taken: Arc<AtomicU64>,
}

/// What is deflated inside an archive, held against its size and checksum at the end.
struct Checked<R> {
    reader: R,
    crc: Crc,
    given: u64,
    expected: (u64, u32),
}

/// A limit that was reached, on its way through [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{found}")]
struct Beyond {
    field: &'static str,
    found: String,
    expected: String,
}

impl Stream {
    pub(super) fn of(
        file: PathBuf,
        wrapping: Wrapping,
        opened: File,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let packed = Arc::new(AtomicU64::new(0));
        let counting = Counting { reader: opened, taken: Arc::clone(&packed) };
        let reader: Box<dyn Read + Send> = match wrapping {
            Wrapping::Plain | Wrapping::Zip => Box::new(counting),
            Wrapping::Gzip => {
                let members = BufReader::with_capacity(BUFFER_BYTES, counting);
                Box::new(flate2::bufread::MultiGzDecoder::new(members))
            }
            Wrapping::Zstd => {
                let frames = zstd::stream::read::Decoder::new(counting);
                Box::new(frames.map_err(|source| DataError::World { file: file.clone(), source })?)
            }
        };
        Self::begin(file, wrapping, reader, packed, limits)
    }

    pub(super) fn member(
        file: PathBuf,
        opened: File,
        member: &Member,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let packed = Arc::new(AtomicU64::new(0));
        let counting = Counting { reader: opened, taken: Arc::clone(&packed) };
        let stored = counting.take(member.packed);
        let reader: Box<dyn Read + Send> = if member.deflated {
            let room = BUFFER_BYTES.min(member.packed as usize + 1);
            let buffered = BufReader::with_capacity(room, stored);
            let inflated = flate2::bufread::DeflateDecoder::new(buffered);
            Box::new(Checked::new(inflated, member))
        } else {
            Box::new(Checked::new(stored, member))
        };
        Self::begin(file, Wrapping::Zip, reader, packed, limits)
    }

    fn begin(
        file: PathBuf,
        wrapping: Wrapping,
        reader: Box<dyn Read + Send>,
        packed: Arc<AtomicU64>,
        limits: Limits,
    ) -> Result<Self, DataError> {
        let wrapped = wrapping != Wrapping::Plain;
        let bytes = Guard { reader, given: 0, packed, limits, wrapped };
        let mut stream = Self {
            file,
            wrapping,
            limits,
            bytes,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            line: (0, 0),
            line_number: 0,
            taken: 0,
            ended: false,
            cut: false,
        };
        if wrapped {
            let head = stream.peek(8)?;
            let twice = refuse_twice(head, wrapping);
            twice.map_err(|fault| fault.at(&stream.file, 0))?;
        }
        Ok(stream)
    }

    /// Which file it is; a file in an archive is named as if the archive were a folder.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How it was wrapped.
    #[must_use]
    pub const fn wrapping(&self) -> Wrapping {
        self.wrapping
    }

    /// Whether the file was cut in the middle, and [`Limits::cut_tail`] let that pass.
    #[must_use]
    pub const fn was_cut(&self) -> bool {
        self.cut
    }

    /// How many unwrapped bytes were taken.
    #[must_use]
    pub const fn taken(&self) -> u64 {
        self.taken
    }

    /// The line last moved to, from 1; 0 before the first.
    #[must_use]
    pub const fn line_number(&self) -> u64 {
        self.line_number
    }

    /// The line last moved to, without what ends it.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        &self.buffer[self.line.0..self.line.1]
    }

    /// Moves to the next line; false when there is none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or unwrapped, or the line is longer than allowed.
    pub fn next_line(&mut self) -> Result<bool, DataError> {
        let mut looked = 0;
        let length = loop {
            let ahead = &self.buffer[self.start + looked..self.end];
            if let Some(at) = memchr::memchr(b'\n', ahead) {
                break looked + at + 1;
            }
            looked = self.end - self.start;
            if looked > self.limits.line_bytes {
                let found = format!("more than {} bytes without end", self.limits.line_bytes);
                let fault = Fault::new("line", found, "a line that ends");
                return Err(fault.at(&self.file, self.line_number + 1));
            }
            if !self.fill()? {
                // Of a file that was cut, a line without end is a part of one.
                break if self.cut { 0 } else { looked };
            }
        };
        if length == 0 {
            return Ok(false);
        }
        let (from, to) = (self.start, self.start + length);
        let text = &self.buffer[from..to];
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        self.line = (from, from + text.len());
        self.line_number += 1;
        self.consume(length);
        Ok(true)
    }

    /// The next `wanted` bytes without taking them; fewer where the file ends before.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or unwrapped.
    pub fn peek(&mut self, wanted: usize) -> Result<&[u8], DataError> {
        while self.end - self.start < wanted && self.fill()? {}
        Ok(&self.buffer[self.start..self.end.min(self.start + wanted)])
    }

    /// What is in the buffer already, not taken; at least one byte, where any is left in the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or unwrapped.
    pub fn ready(&mut self) -> Result<&[u8], DataError> {
        self.peek(1)?;
        Ok(&self.buffer[self.start..self.end])
    }

    /// Takes `count` bytes that were peeked at.
    pub fn consume(&mut self, count: usize) {
        assert!(count <= self.end - self.start, "what is taken was there");
        self.start += count;
        self.taken += count as u64;
    }

    /// Reads more behind what is there; false at the end.
    fn fill(&mut self) -> Result<bool, DataError> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < BUFFER_BYTES / 2 {
            let room = (self.buffer.len() * 2).max(BUFFER_BYTES);
            self.buffer.resize(room, 0);
        }
        let read = loop {
            match self.bytes.read(&mut self.buffer[self.end..]) {
                Ok(read) => break read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    if self.limits.cut_tail && error.kind() == io::ErrorKind::UnexpectedEof {
                        self.cut = true;
                        break 0;
                    }
                    return Err(self.why(error));
                }
            }
        };
        self.ended |= read == 0;
        self.end += read;
        Ok(read > 0)
    }

    /// Whose fault a failed read is. What the system reports has a number of the system; what a
    /// decoder reports about the bytes has none.
    fn why(&self, error: io::Error) -> DataError {
        if error.raw_os_error().is_some() {
            return DataError::World { file: self.file.clone(), source: error };
        }
        let place = self.line_number + 1;
        if let Some(beyond) = error.get_ref().and_then(|inner| inner.downcast_ref::<Beyond>()) {
            let Beyond { field, found, expected } = beyond;
            return Fault::new(*field, found.clone(), expected.clone()).at(&self.file, place);
        }
        let expected = match self.wrapping {
            Wrapping::Zstd => "an undamaged zstd stream",
            Wrapping::Gzip => "an undamaged gzip stream",
            Wrapping::Zip => "an undamaged zip archive",
            Wrapping::Plain => "bytes that can be read",
        };
        let found = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the end of the file in the middle of it".to_owned(),
            _ => error.to_string(),
        };
        Fault::new("compressed stream", found, expected).at(&self.file, place)
    }
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.ready().map_err(io::Error::other)?;
        let count = ready.len().min(out.len());
        out[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl Read for Guard {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.given += read as u64;
        let packed = self.packed.load(Ordering::Relaxed).max(1);
        let beyond = |found: String, expected: String| {
            Err(io::Error::other(Beyond { field: "size", found, expected }))
        };
        if self.given > self.limits.bytes {
            let expected = format!("at most {} bytes", self.limits.bytes);
            return beyond(format!("at least {} bytes", self.given), expected);
        }
        if self.wrapped && self.given > RATIO_FREE_BYTES && self.given / packed > self.limits.ratio
        {
            let found = format!("{} bytes from {packed}", self.given);
            return beyond(found, format!("at most {} from one", self.limits.ratio));
        }
        Ok(read)
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R> Checked<R> {
    fn new(reader: R, member: &Member) -> Self {
        Self { reader, crc: Crc::new(), given: 0, expected: (member.bytes, member.crc) }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.crc.update(&out[..read]);
        self.given += read as u64;
        let (bytes, sum) = self.expected;
        let beyond = |field, found: String, expected: String| {
            Err(io::Error::other(Beyond { field, found, expected }))
        };
        if self.given > bytes || (read == 0 && !out.is_empty() && self.given < bytes) {
            let expected = format!("the {bytes} bytes that the archive promises");
            return beyond("size", format!("{} bytes", self.given), expected);
        }
        if read == 0 && !out.is_empty() && self.crc.sum() != sum {
            let expected = format!("the checksum {sum:08x} of the archive");
            return beyond("checksum", format!("{:08x}", self.crc.sum()), expected);
        }
        Ok(read)
    }
}
