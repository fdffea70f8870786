//! The run folder: everything a run leaves behind, in one folder that appears whole.
//!
//! The names in it are a contract with people and scripts ([`SCENARIO`] and the rest). What is in
//! the files is said by those who write them: [`crate::journal`], [`crate::tables`], the caller.

use crate::journal::sync_folder_of;
use crate::whole::{WholeFile, part_beside};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The scenario, complete, every default written out.
pub const SCENARIO: &str = "scenario.toml";
/// The journal.
pub const JOURNAL: &str = "journal.pfj";
/// What the run came to, as one JSON object.
pub const SUMMARY: &str = "summary.json";
/// The trades: [`crate::tables::TradeTable`].
pub const TRADES: &str = "trades.parquet";
/// The lives of the orders: [`crate::tables::OrderTable`].
pub const ORDERS: &str = "orders.parquet";
/// The changes of the best prices: [`crate::tables::QuoteTable`].
pub const QUOTES: &str = "quotes.parquet";
/// The accounts at the end: [`crate::tables::AccountTable`].
pub const ACCOUNTS: &str = "accounts.parquet";
/// Why traced agents acted, when there are any: [`crate::tables::DecisionTable`].
pub const DECISIONS: &str = "decisions.parquet";
/// The report for reading.
pub const REPORT: &str = "report.html";

/// A run folder being written, under a temporary name beside its own.
///
/// [`RunFolder::finish`] gives it its name; dropped before that, it leaves nothing. Only a process
/// that is killed leaves the temporary, `.NAME.PROCESS.part`: its journal can still be read.
#[derive(Debug)]
pub struct RunFolder {
    part: Part,
    target: PathBuf,
    force: bool,
}

/// The temporary, which goes when its owner goes.
#[derive(Debug)]
struct Part(PathBuf);

/// Why a run folder could not be written.
#[derive(Debug, Error)]
pub enum RunFolderError {
    /// Something is there, and the caller did not say to replace it.
    #[error("{}: something is there already; a run folder is replaced only when asked to", .0.display())]
    Exists(PathBuf),
    /// Something is there that is no run folder. It is not touched, whatever the caller says.
    #[error(
        "{}: found something that is no run folder, expected a folder with {SUMMARY} or {JOURNAL}; it is not replaced",
        .0.display()
    )]
    NotARunFolder(PathBuf),
    /// The path has no last part to name a folder by.
    #[error("{}: found no name for a folder at its end", .0.display())]
    NoName(PathBuf),
    /// The file system failed.
    #[error("{}: {doing} failed: {source}", path.display())]
    Disk {
        /// Where.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl RunFolder {
    /// Begins the run folder that will be `path`; folders above it are made if need be.
    ///
    /// With `force`, a run folder or an empty folder that is there is replaced in the end; it stays
    /// as it is until then. Anything else is never replaced.
    ///
    /// # Errors
    ///
    /// When something is there that may not be replaced, or the disk fails.
    pub fn create(path: impl AsRef<Path>, force: bool) -> Result<Self, RunFolderError> {
        let target = path.as_ref().to_owned();
        if target.file_name().is_none() {
            return Err(RunFolderError::NoName(target));
        }
        may_be_replaced(&target, force)?;
        let above = target.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(above).or_else(|error| {
            if above.as_os_str().is_empty() { Ok(()) } else { Err(disk(above, "making")(error)) }
        })?;
        let part = vacant(&target)?;
        Ok(Self { part: Part(part), target, force })
    }

    /// Where the files go until the folder is finished.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.part.0
    }

    /// Where the folder will be.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where the file `name` goes until the folder is finished.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.part.0.join(name)
    }

    /// Writes `bytes` as the file `name`.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), RunFolderError> {
        let path = self.file(name);
        let written = WholeFile::create(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.finish()
        });
        written.map_err(disk(&path, "writing"))
    }

    /// Gives up without throwing away: what is written stays under the folder's unfinished name,
    /// which is returned.
    #[must_use]
    pub fn abandon(mut self) -> PathBuf {
        std::mem::take(&mut self.part.0)
    }

    /// Gives the folder its name, and takes away the run folder it replaces, if one. Returns where
    /// it is now.
    ///
    /// Every file in it must be closed: some systems do not rename folders with open files.
    ///
    /// # Errors
    ///
    /// When something appeared there meanwhile that may not be replaced, or the disk fails. What
    /// was there before is there still, then.
    pub fn finish(self) -> Result<PathBuf, RunFolderError> {
        let replaces = may_be_replaced(&self.target, self.force)?;
        let old = part_beside(&self.target, "old");
        if replaces {
            fs::rename(&self.target, &old).map_err(disk(&self.target, "moving away"))?;
        }
        if let Err(error) = fs::rename(&self.part.0, &self.target) {
            if replaces {
                let _ = fs::rename(&old, &self.target); // the first error is the one that matters
            }
            return Err(disk(&self.target, "renaming")(error));
        }
        if replaces {
            fs::remove_dir_all(&old).map_err(disk(&old, "removing"))?;
        }
        sync_folder_of(&self.target).map_err(disk(&self.target, "syncing"))?;
        Ok(self.target.clone())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // after a rename there is nothing to remove
    }
}

/// True when something is at `path` and may be replaced, false when nothing is there.
fn may_be_replaced(path: &Path, force: bool) -> Result<bool, RunFolderError> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(disk(path, "looking")(error)),
        Ok(_) if !force => Err(RunFolderError::Exists(path.to_owned())),
        Ok(there) if there.is_dir() && is_ours_or_empty(path)? => Ok(true),
        Ok(_) => Err(RunFolderError::NotARunFolder(path.to_owned())),
    }
}

fn is_ours_or_empty(folder: &Path) -> Result<bool, RunFolderError> {
    let ours = [SUMMARY, JOURNAL].iter().any(|name| folder.join(name).is_file());
    Ok(ours || fs::read_dir(folder).map_err(disk(folder, "listing"))?.next().is_none())
}

/// Makes a folder of a temporary name beside `target` that nobody has.
fn vacant(target: &Path) -> Result<PathBuf, RunFolderError> {
    /// How many runs of one process may be on their way to one name.
    const ATTEMPTS: u32 = 64;
    let mut tried = 0;
    loop {
        let part = part_beside(target, &format!("{tried}.part"));
        match fs::create_dir(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tried < ATTEMPTS => {
                tried += 1;
            }
            made => return made.map(|()| part.clone()).map_err(disk(&part, "making")),
        }
    }
}

fn disk(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> RunFolderError {
    let path = path.to_owned();
    move |source| RunFolderError::Disk { path, doing, source }
}

/// The journal of what a caller named: a run folder, or the journal itself.
///
/// # Errors
///
/// When neither is there, naming what was looked for.
pub fn journal_of(path: impl AsRef<Path>) -> Result<PathBuf, RunFolderError> {
    let path = path.as_ref();
    let journal = if path.is_dir() { path.join(JOURNAL) } else { path.to_owned() };
    File::open(&journal).map_err(disk(&journal, "opening"))?;
    Ok(journal)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Home(tempfile::TempDir);

    impl Home {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary folder"))
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.0.path()).expect("it is there");
            let name = |entry: io::Result<fs::DirEntry>| entry.expect("it is there").file_name();
            let mut names: Vec<_> =
                entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }
    }

    fn run(path: &Path, force: bool, summary: &str) -> Result<PathBuf, RunFolderError> {
        let folder = RunFolder::create(path, force)?;
        folder.write(SUMMARY, summary.as_bytes())?;
        folder.finish()
    }

    #[test]
    fn it_appears_whole_and_with_the_folders_above_it() {
        let home = Home::new();
        let target = home.at("runs/today/first");
        let folder = RunFolder::create(&target, false).expect("nothing is there");
        folder.write(SCENARIO, b"seed = 1").expect("there is room");
        folder.write(SUMMARY, b"{}").expect("there is room");
        assert!(!target.exists(), "not before it is whole");
        assert_eq!(folder.finish().expect("there is room"), target);
        assert_eq!(fs::read(target.join(SCENARIO)).expect("it is there"), b"seed = 1");
        let beside = fs::read_dir(home.at("runs/today")).expect("it is there").count();
        assert_eq!(beside, 1, "nothing temporary is left");
    }

    #[test]
    fn given_up_it_leaves_nothing() {
        let home = Home::new();
        let folder = RunFolder::create(home.at("run"), false).expect("nothing is there");
        folder.write(JOURNAL, b"half").expect("there is room");
        drop(folder);
        assert!(home.names().is_empty());
    }

    #[test]
    fn what_is_there_is_replaced_only_when_asked() {
        let home = Home::new();
        run(&home.at("run"), false, "old").expect("nothing is there");
        let refused = run(&home.at("run"), false, "new").expect_err("something is there");
        assert!(matches!(refused, RunFolderError::Exists(_)), "{refused}");
        assert_eq!(fs::read(home.at("run").join(SUMMARY)).expect("it is there"), b"old");
        run(&home.at("run"), true, "new").expect("it was asked for");
        assert_eq!(fs::read(home.at("run").join(SUMMARY)).expect("it is there"), b"new");
        assert_eq!(home.names(), ["run"]);
    }

    #[test]
    fn the_old_run_stays_until_the_new_one_is_whole() {
        let home = Home::new();
        run(&home.at("run"), false, "old").expect("nothing is there");
        drop(RunFolder::create(home.at("run"), true).expect("it was asked for"));
        assert_eq!(fs::read(home.at("run").join(SUMMARY)).expect("it is there"), b"old");
    }

    /// `--out` mistaken for the folder of one's photographs.
    #[test]
    fn nothing_but_a_run_folder_is_ever_replaced() {
        let home = Home::new();
        fs::create_dir(home.at("photos")).expect("there is room");
        fs::write(home.at("photos/cat.jpg"), "cat").expect("there is room");
        fs::write(home.at("notes"), "text").expect("there is room");
        for name in ["photos", "notes"] {
            let refused = run(&home.at(name), true, "new").expect_err("it is no run folder");
            assert!(matches!(refused, RunFolderError::NotARunFolder(_)), "{refused}");
            assert!(refused.to_string().contains(name), "{refused}");
        }
        assert_eq!(home.names(), ["notes", "photos"]);
        assert_eq!(fs::read(home.at("photos/cat.jpg")).expect("it is there"), b"cat");
        fs::create_dir(home.at("empty")).expect("there is room");
        run(&home.at("empty"), true, "new").expect("an empty folder has nothing to lose");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed_to_what_it_would_replace() {
        let home = Home::new();
        run(&home.at("real"), false, "old").expect("nothing is there");
        std::os::unix::fs::symlink(home.at("real"), home.at("link")).expect("there is room");
        let refused = run(&home.at("link"), true, "new").expect_err("it is a link");
        assert!(matches!(refused, RunFolderError::NotARunFolder(_)), "{refused}");
        assert_eq!(fs::read(home.at("real").join(SUMMARY)).expect("it is there"), b"old");
    }

    #[test]
    fn what_appears_meanwhile_is_not_overwritten() {
        let home = Home::new();
        let (one, two) = (home.at("run"), home.at("run"));
        let first = RunFolder::create(one, false).expect("nothing is there");
        let second = RunFolder::create(two, false).expect("nothing is there yet");
        first.write(SUMMARY, b"first").expect("there is room");
        second.write(SUMMARY, b"second").expect("there is room");
        first.finish().expect("nothing is there yet");
        let late = second.finish().expect_err("the first was faster");
        assert!(matches!(late, RunFolderError::Exists(_)), "{late}");
        assert_eq!(fs::read(home.at("run").join(SUMMARY)).expect("it is there"), b"first");
        assert_eq!(home.names(), ["run"]);
    }

    #[test]
    fn a_journal_is_found_by_its_folder_or_by_itself() {
        let home = Home::new();
        let folder = RunFolder::create(home.at("run"), false).expect("nothing is there");
        folder.write(JOURNAL, b"records").expect("there is room");
        let run = folder.finish().expect("there is room");
        assert_eq!(journal_of(&run).expect("it is in there"), run.join(JOURNAL));
        assert_eq!(journal_of(run.join(JOURNAL)).expect("it is there"), run.join(JOURNAL));
        let missing = journal_of(home.at("nowhere")).expect_err("nothing is there");
        assert!(missing.to_string().contains("nowhere"), "{missing}");
    }

    #[test]
    fn a_path_without_a_name_is_refused() {
        let refused = RunFolder::create("..", true).expect_err("it has no name");
        assert!(matches!(refused, RunFolderError::NoName(_)), "{refused}");
    }
}
