//! Messages to a file of ITCH 5.0.

use super::message::{BYTES_MAX, Message};
use std::io::{self, Write};

/// Writes messages, each after its length.
#[derive(Debug)]
pub struct Writer<Out> {
    out: Out,
    message: Vec<u8>,
    written: u64,
}

impl<Out: Write> Writer<Out> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: Out) -> Self {
        Self { out, message: Vec::with_capacity(BYTES_MAX + 2), written: 0 }
    }

    /// Writes one message.
    ///
    /// # Errors
    ///
    /// When `out` does not take it; a part may have been written.
    pub fn write(&mut self, message: &Message) -> io::Result<()> {
        self.message.clear();
        self.message.extend_from_slice(&[0, 0]);
        message.encode(&mut self.message);
        let length = self.message.len() as u16 - 2;
        self.message[..2].copy_from_slice(&length.to_be_bytes());
        self.written += 1;
        self.out.write_all(&self.message)
    }

    /// How many messages were written.
    #[must_use]
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Gives back where it wrote to, after everything is there.
    ///
    /// # Errors
    ///
    /// When it does not take the rest.
    pub fn finish(mut self) -> io::Result<Out> {
        self.out.flush()?;
        Ok(self.out)
    }
}
