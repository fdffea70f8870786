//! The seam where the world begins: what a journal needs of a disk, and the file that gives it.

use super::damage::{Fault, JournalError};
use crate::mapped::Mapped;
use std::fs::{File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What the journal needs of a disk. The seam where tests put a worse disk than any shop sells.
pub trait Disk {
    /// What messages call it.
    fn name(&self) -> String;

    /// Shows `look` everything that was written.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn read<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> io::Result<T>;

    /// Keeps only the first `length` bytes. Durable only after [`Disk::sync`].
    ///
    /// # Errors
    ///
    /// When it cannot be cut.
    fn cut(&mut self, length: u64) -> io::Result<()>;

    /// Writes `bytes` from `offset` on, which is never behind the end. Durable only after
    /// [`Disk::sync`].
    ///
    /// # Errors
    ///
    /// When the disk is full or failing; a part may have been written.
    fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything written since the last sync will survive a power cut.
    ///
    /// # Errors
    ///
    /// When it may not. A later success then says nothing about what this one was to save.
    fn sync(&mut self) -> io::Result<()>;
}

/// A journal's file, locked against other writers for as long as this lives.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    path: PathBuf,
}

impl JournalFile {
    /// Opens the existing file at `path` for writing.
    ///
    /// # Errors
    ///
    /// When there is none, or another writer has it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Self::locked(path, File::options().read(true).write(true))
    }

    /// Opens an empty file at `path`, made if need be, emptied if it was not.
    pub(super) fn empty(path: &Path) -> Result<Self, JournalError> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = Self::locked(path, &options)?;
        file.cut(0).map_err(|source| file.fault("emptying", source))?;
        Ok(file)
    }

    fn locked(path: &Path, options: &std::fs::OpenOptions) -> Result<Self, JournalError> {
        let place = || path.display().to_string();
        let file = options.open(path).map_err(|source| Fault::disk("opening", source).at(place()));
        let file = file?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path: path.to_owned() }),
            Err(TryLockError::WouldBlock) => Err(Fault::InUse.at(place())),
            Err(TryLockError::Error(source)) => Err(Fault::disk("locking", source).at(place())),
        }
    }

    /// Gives the file the name `path`, in the same folder, for good.
    pub(super) fn rename(&mut self, path: &Path) -> Result<(), JournalError> {
        std::fs::rename(&self.path, path).map_err(|source| self.fault("renaming", source))?;
        path.clone_into(&mut self.path);
        sync_folder_of(path).map_err(|source| self.fault("syncing the folder", source))
    }

    fn fault(&self, doing: &'static str, source: io::Error) -> JournalError {
        Fault::disk(doing, source).at(self.name())
    }
}

impl Disk for JournalFile {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn read<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        Ok(look(&Mapped::new(&self.file)?))
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// Makes the names in the folder of `path` survive a power cut, where systems offer that.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
