//! A file seen as bytes, without reading it into memory first.
//!
//! The only `unsafe` of this crate: a journal of many gigabytes is read front to back once, and the
//! operating system is better at keeping the right pages than a buffer of ours would be.

use std::fs::File;
use std::io;
use std::ops::Deref;

/// The bytes that a file had when it was mapped.
#[derive(Debug)]
pub(crate) struct Mapped(Option<memmap2::Mmap>);

impl Mapped {
    /// Maps all of `file`.
    #[allow(unsafe_code)]
    pub(crate) fn new(file: &File) -> io::Result<Self> {
        if file.metadata()?.len() == 0 {
            return Ok(Self(None)); // systems differ in whether nothing can be mapped
        }
        // SAFETY: mapping is sound while nobody changes the mapped bytes. A journal is append-only:
        // what is there is never changed, and what is appended lies behind the mapping. The one
        // exception, the cut of a damaged tail, is made by a writer that holds the file's lock and
        // has dropped its own mapping; a reader of a journal that is being repaired may be stopped
        // by the system (SIGBUS), which is the documented price of reading beside a writer.
        unsafe { memmap2::Mmap::map(file) }.map(|map| Self(Some(map)))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn shows_what_the_file_holds_and_nothing_for_an_empty_one() {
        let mut file = tempfile::tempfile().expect("a temporary file");
        assert!(Mapped::new(&file).expect("an empty file maps").is_empty());
        file.write_all(b"bell").expect("there is room");
        assert_eq!(&*Mapped::new(&file).expect("a file maps"), b"bell");
    }
}
