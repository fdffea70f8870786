//! Files that appear under their name when they are whole, and never before.

use crate::journal::sync_folder_of;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written under a temporary name beside its own.
///
/// [`WholeFile::finish`] gives it its name; dropped before that, it leaves nothing. A file that had
/// the name before is replaced then, at once.
#[derive(Debug)]
pub struct WholeFile {
    file: BufWriter<File>,
    part: Part,
    path: PathBuf,
}

/// The temporary, which goes when its owner goes.
#[derive(Debug)]
struct Part(PathBuf);

impl WholeFile {
    /// Begins the file that will be `path`.
    ///
    /// # Errors
    ///
    /// When its folder is not there or cannot be written.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let part = part_beside(&path, "part");
        let file = BufWriter::new(File::create(&part)?);
        Ok(Self { file, part: Part(part), path })
    }

    /// Where it will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the bytes durable and gives the file its name.
    ///
    /// # Errors
    ///
    /// When the disk fails; nothing appears then.
    pub fn finish(self) -> io::Result<()> {
        self.file.into_inner()?.sync_all()?;
        std::fs::rename(&self.part.0, &self.path)?;
        sync_folder_of(&self.path)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0); // after a rename there is nothing to remove
    }
}

/// A hidden name in the folder of `path` that says whose it is: `.NAME.PROCESS.ENDING`.
pub(crate) fn part_beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.{ending}", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = std::fs::read_dir(folder).expect("it is there");
        entries.map(|entry| entry.expect("it is there").file_name()).collect()
    }

    #[test]
    fn a_file_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("summary.json");
        std::fs::write(&path, "old").expect("there is room");
        let mut file = WholeFile::create(&path).expect("the folder is there");
        file.write_all(b"new").expect("there is room");
        assert_eq!(std::fs::read(&path).expect("it is there"), b"old");
        file.finish().expect("there is room");
        assert_eq!(std::fs::read(&path).expect("it is there"), b"new");
        assert_eq!(names(folder.path()), ["summary.json"]);
    }

    #[test]
    fn given_up_it_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut file = WholeFile::create(folder.path().join("a")).expect("the folder is there");
        file.write_all(b"half").expect("there is room");
        drop(file);
        assert!(names(folder.path()).is_empty());
        assert!(WholeFile::create(folder.path().join("no/such/folder")).is_err());
    }
}
