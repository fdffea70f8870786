//! The files inside a zip archive, each as a stream of its own.

use super::{Limits, Stream, Wrapping, begin};
use crate::error::{DataError, Fault};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::{CompressionMethod, ZipArchive};

/// A zip archive whose list of files was read.
#[derive(Clone, Debug)]
pub struct Archive {
    file: PathBuf,
    limits: Limits,
    members: Vec<Member>,
}

/// A file inside an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// How many bytes it is, as the archive says.
    pub bytes: u64,
    pub(super) packed: u64,
    pub(super) crc: u32,
    pub(super) deflated: bool,
    start: u64,
}

const EXPECTED: &str = "an undamaged zip archive";

impl Archive {
    /// Reads which files are in the archive `file`, in the archive's own order.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is no archive; when a file in it is encrypted, packed in another way
    /// than deflate, named twice, or more than `limits` allow; when the files overlap.
    pub fn open(file: &Path, limits: Limits) -> Result<Self, DataError> {
        let (opened, wrapping) = begin(file)?;
        let length = opened.metadata().map(|about| about.len());
        let length = length.map_err(|source| DataError::World { file: file.to_owned(), source })?;
        if wrapping != Wrapping::Zip {
            return Err(Fault::new("content", wrapping.name(), "a zip archive").at(file, 0));
        }
        let members = list(opened, limits).map_err(|fault| fault.at(file, 0))?;
        // Each stored byte may be one file's alone: overlapping files unfold beyond any ratio.
        let packed = members.iter().map(|member| u128::from(member.packed)).sum::<u128>();
        if packed > u128::from(length) {
            let found = format!("files of {packed} bytes in an archive of {length}");
            return Err(Fault::new("archive", found, "files that do not overlap").at(file, 0));
        }
        Ok(Self { file: file.to_owned(), limits, members })
    }

    /// Its path.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What is in it, in its own order; folders are left out.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Opens one of [`Archive::members`], by its place there.
    ///
    /// # Errors
    ///
    /// When the archive cannot be opened again.
    ///
    /// # Panics
    ///
    /// When there is no such member.
    pub fn stream(&self, place: usize) -> Result<Stream, DataError> {
        let member = &self.members[place];
        let world = |source| DataError::World { file: self.file.clone(), source };
        let mut opened = File::open(&self.file).map_err(world)?;
        opened.seek(SeekFrom::Start(member.start)).map_err(world)?;
        Stream::member(self.file.join(&member.name), opened, member, self.limits)
    }
}

fn list(opened: File, limits: Limits) -> Result<Vec<Member>, Fault> {
    let damaged = |error: zip::result::ZipError| Fault::new("archive", error.to_string(), EXPECTED);
    let mut archive = ZipArchive::new(BufReader::new(opened)).map_err(damaged)?;
    if archive.len() > limits.members {
        let expected = format!("at most {} files", limits.members);
        return Err(Fault::new("archive", format!("{} files", archive.len()), expected));
    }
    if archive.has_duplicate_names() {
        return Err(Fault::new("archive", "a name twice", "files with different names"));
    }
    let mut members = Vec::with_capacity(archive.len());
    let mut starts = HashSet::new();
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(damaged)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(damaged)?.into_owned();
        let refuse = |found: String, expected: String| {
            Err(Fault::new(format!("archive, {name:?}"), found, expected))
        };
        let deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            other => return refuse(format!("{other:?}"), "stored or deflated".to_owned()),
        };
        if entry.encrypted() {
            return refuse("an encrypted file".to_owned(), "one that is not".to_owned());
        }
        if entry.size() > limits.bytes {
            let expected = format!("at most {} bytes", limits.bytes);
            return refuse(format!("{} bytes", entry.size()), expected);
        }
        let Some(start) = entry.data_start().filter(|start| starts.insert(*start)) else {
            return refuse("no place of its own".to_owned(), EXPECTED.to_owned());
        };
        let (bytes, packed, crc) = (entry.size(), entry.compressed_size(), entry.crc32());
        members.push(Member { name, bytes, packed, crc, deflated, start });
    }
    Ok(members)
}
