//! The messages of a file, as they stand in it.

use super::message::{BYTES_MAX, Message};
use crate::error::{DataError, Fault};
use crate::opening::{self, Limits, Stream};
use std::path::Path;

/// Reads the messages of a file, one after the other.
///
/// A file may be cut in the middle of a message only where [`Limits::cut_tail`] allows it;
/// [`Reader::was_cut`] then says so.
pub struct Reader {
    stream: Stream,
    read: u64,
    before_ns: u64,
    cut_tail: bool,
    was_cut: bool,
    ended: bool,
}

/// A day, in nanoseconds.
const DAY_NS: u64 = 86_400_000_000_000;

impl Reader {
    /// Opens a file, packed or not.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(file: &Path, limits: Limits) -> Result<Self, DataError> {
        let stream = opening::open(file, limits)?;
        let cut_tail = limits.cut_tail;
        Ok(Self { stream, read: 0, before_ns: 0, cut_tail, was_cut: false, ended: false })
    }

    /// How many messages were read.
    #[must_use]
    pub const fn read(&self) -> u64 {
        self.read
    }

    /// Whether the file ended in the middle of a message, and that was let pass.
    #[must_use]
    pub const fn was_cut(&self) -> bool {
        self.was_cut
    }

    /// The file it reads.
    #[must_use]
    pub fn file(&self) -> &Path {
        self.stream.file()
    }

    /// `fault`, at the message last read.
    pub(super) fn refuse(&self, fault: Fault) -> DataError {
        fault.at_record(self.stream.file(), self.read)
    }

    /// The next message, if any.
    #[inline]
    fn message(&mut self) -> Result<Option<Message>, DataError> {
        let mut ready = self.stream.ready()?;
        if ready.len() < BYTES_MAX + 2 {
            ready = self.stream.peek(BYTES_MAX + 2)?;
        }
        let Some((length, rest)) = ready.split_first_chunk::<2>() else {
            let left = ready.len();
            return self.cut(left, "the end of the file after one byte of a length");
        };
        let length = usize::from(u16::from_be_bytes(*length));
        if length > BYTES_MAX || length == 0 {
            self.read += 1;
            let expected = format!("a length from 1 to {BYTES_MAX}");
            return Err(self.refuse(Fault::new("length", length.to_string(), expected)));
        }
        let Some(bytes) = rest.get(..length) else {
            let left = rest.len() + 2;
            return self.cut(left, "the end of the file in the middle of it");
        };
        let decoded = Message::decode(bytes);
        self.read += 1;
        let message = decoded.map_err(|fault| self.refuse(fault))?;
        if message.at_ns < self.before_ns || message.at_ns >= DAY_NS {
            return Err(self.refuse(self.clock(message.at_ns)));
        }
        self.before_ns = message.at_ns;
        self.stream.consume(length + 2);
        Ok(Some(message))
    }

    #[cold]
    fn clock(&self, at_ns: u64) -> Fault {
        let expected = format!("from {}, as before it, to the end of the day", self.before_ns);
        Fault::new("time", format!("{at_ns} ns"), expected)
    }

    #[cold]
    fn cut(&mut self, left: usize, found: &str) -> Result<Option<Message>, DataError> {
        if left == 0 {
            self.was_cut |= self.stream.was_cut();
            return Ok(None);
        }
        if self.cut_tail {
            self.was_cut = true;
            return Ok(None);
        }
        self.read += 1;
        Err(self.refuse(Fault::new("message", found, "a whole message")))
    }
}

impl Iterator for Reader {
    type Item = Result<Message, DataError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.message().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}
