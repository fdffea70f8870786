//! What was: the journal that a run is rebuilt from, the run folder, and the tables in it.
//!
//! Start reading at [`journal`]: it is the truth of a run, kept so that what was acknowledged
//! survives kill, power cut and full disk. [`tables`] and the rest of a [`run_folder`] are made from
//! it and can be thrown away.
//!
//! What this crate must never know: any rule of the market. It keeps commands and rows; it does not
//! ask what they mean.
//!
//! # Examples
//!
//! A run of one command, written and read back:
//!
//! ```
//! use pitfloor_model::command::{Command, Stamped};
//! use pitfloor_model::event::Credit;
//! use pitfloor_model::units::{AccountId, Time};
//! use pitfloor_store::journal::{Journal, Pace, Reader};
//! use pitfloor_store::run_folder::{JOURNAL, RunFolder, SUMMARY};
//!
//! let home = tempfile::tempdir()?;
//! let folder = RunFolder::create(home.path().join("first-market"), false)?;
//!
//! let mut journal = Journal::create(folder.file(JOURNAL), "seed = 1\n", Pace::Batch)?;
//! let command = Command::OpenAccount { account: AccountId(1), credit: Credit::None };
//! let opened = Stamped { seq: 0, at: Time::ZERO, command };
//! journal.push(&opened)?;
//! journal.commit()?; // only now may anyone be told
//! drop(journal);
//!
//! folder.write(SUMMARY, b"{ \"commands\": 1 }")?;
//! let run = folder.finish()?; // the folder appears, whole
//!
//! let reader = Reader::open(run.join(JOURNAL))?;
//! assert_eq!(reader.header(), "seed = 1\n");
//! let records: Result<Vec<_>, _> = reader.records().collect();
//! assert_eq!(records?, [opened]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod journal;
mod mapped;
pub mod run_folder;
pub mod tables;
pub mod whole;

pub use whole::WholeFile;
