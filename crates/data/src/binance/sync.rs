//! A book kept in step with its venue: a snapshot, and the numbered changes before and after it.
//!
//! Changes may come before the snapshot; they wait. A snapshot that is older than the first that waits
//! is of no use: another must be asked for. Then all that it holds already is dropped, the rest applied,
//! and from then on each change must follow the one before: on spot by consecutive numbers, on futures by
//! the number of the message before, which each carries. One that does not follow opens a gap: the book
//! is not to be trusted until the next snapshot.
//!
//! The machine opens nothing and asks nobody. Whoever drives it asks for snapshots when
//! [`Sync::wants_snapshot`], and tells it when the connection was made anew.

use crate::capture::levels::Levels;
use crate::record::Depth;
use std::collections::VecDeque;

/// How changes are chained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The first number of a change is the last of the one before, and one more.
    Spot,
    /// Each change carries the last number of the one before; its own first number jumps.
    Futures,
    /// Numbers only grow, say because they are times: nothing shows what is missing. Other venues'.
    Growing,
}

/// What came of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// There is a book from now on.
    Book,
    /// It does not reach the first change that waits: another is needed.
    TooOld,
    /// The book is as new or newer.
    NotNeeded,
}

/// What is to be told, in order. `T` is whatever the driver keeps with a message: its times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// The book is this from now on.
    Book(Depth, T),
    /// These levels of the book changed.
    Change(Depth, T),
    /// The changes between two numbers, both included, are missing, and there is no book until the next
    /// [`Told::Book`].
    Gap {
        /// The first number that is missing.
        from: u64,
        /// The last.
        to: u64,
        /// Of the change that did not follow.
        tag: T,
    },
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Changes heard.
    pub heard: u64,
    /// Changes applied to a book.
    pub applied: u64,
    /// Changes that the snapshot held already.
    pub dropped: u64,
    /// Changes that had been applied already.
    pub repeated: u64,
    /// Changes that left the queue because it was full.
    pub overflowed: u64,
    /// Changes after which the book was crossed: they open a gap too.
    pub crossed: u64,
    /// Gaps.
    pub gaps: u64,
    /// Snapshots that became a book.
    pub books: u64,
    /// Snapshots that were too old.
    pub too_old: u64,
    /// Snapshots that were not needed.
    pub not_needed: u64,
}

/// One book kept in step.
#[derive(Clone, Debug)]
pub struct Sync<T> {
    rule: Rule,
    /// The last number of the book; none: there is no book.
    last: Option<u64>,
    /// Whether the book is a snapshot to which nothing was applied yet.
    fresh: bool,
    /// Whether changes are told before there was any snapshot.
    partial: bool,
    /// Whether nobody knows if the book has missed something.
    stale: bool,
    levels: Levels,
    waiting: VecDeque<(Depth, T)>,
    tally: Tally,
}

/// The most changes that wait for a snapshot; the oldest leave when there are more, so that a snapshot
/// which never comes costs no more than this.
pub const WAITING_MAX: usize = 65_536;

impl<T: Clone> Sync<T> {
    /// A book of which nothing is known yet.
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self {
            rule,
            last: None,
            fresh: false,
            partial: false,
            stale: false,
            levels: Levels::default(),
            waiting: VecDeque::new(),
            tally: Tally::default(),
        }
    }

    /// The same, which tells changes even before there is a snapshot: what they show of the book is a
    /// part of it.
    #[must_use]
    pub fn from_changes(rule: Rule) -> Self {
        Self { partial: true, ..Self::new(rule) }
    }

    /// How changes are chained.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// Says how changes are chained, where a snapshot came before the first of them.
    pub(crate) fn set_rule(&mut self, rule: Rule) {
        assert_eq!(self.tally.heard, 0, "the first change says how it is chained");
        self.rule = rule;
    }

    /// Whether there is no book, so that a snapshot should be asked for.
    #[must_use]
    pub const fn wants_snapshot(&self) -> bool {
        self.last.is_none() || self.partial
    }

    /// The book; none where there is none to be trusted.
    #[must_use]
    pub fn book(&self) -> Option<&Levels> {
        (!self.wants_snapshot() && !self.stale).then_some(&self.levels)
    }

    /// How often what happened.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How many changes wait for a snapshot.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A change came.
    pub fn change(&mut self, depth: Depth, tag: T, out: &mut Vec<Told<T>>) {
        self.tally.heard += 1;
        self.advance(depth, tag, out);
    }

    /// A snapshot came; its number is [`Depth::last`].
    pub fn snapshot(&mut self, depth: Depth, tag: T, out: &mut Vec<Told<T>>) -> Answer {
        let number = depth.last;
        if !self.partial && self.last.is_some_and(|last| number <= last) {
            self.tally.not_needed += 1;
            return Answer::NotNeeded;
        }
        if !self.reaches(number) {
            self.tally.too_old += 1;
            return Answer::TooOld;
        }
        self.tally.books += 1;
        self.levels.apply(&depth);
        (self.last, self.fresh, self.partial) = (Some(number), true, false);
        self.stale = false;
        out.push(Told::Book(depth, tag));
        // A change that does not follow waits again, with all behind it.
        for (depth, tag) in std::mem::take(&mut self.waiting) {
            self.advance(depth, tag, out);
        }
        Answer::Book
    }

    /// The connection was made anew: the book is not to be trusted until the next change says by its
    /// number whether anything was missed. If nothing was, it goes on; if something was, that is a gap.
    pub fn reconnected(&mut self) {
        self.stale = self.last.is_some();
    }

    /// Whether a snapshot of that number can be continued by what waits.
    fn reaches(&self, number: u64) -> bool {
        let Some((first, _)) = self.waiting.front() else { return true };
        if number < first.first {
            return false;
        }
        match self.rule {
            Rule::Spot | Rule::Growing => true,
            Rule::Futures => {
                let kept = self.waiting.iter().find(|(depth, _)| depth.last >= number);
                kept.is_none_or(|(depth, _)| depth.first <= number)
            }
        }
    }

    fn advance(&mut self, depth: Depth, tag: T, out: &mut Vec<Told<T>>) {
        let Some(last) = self.last else {
            if self.partial {
                self.last = Some(depth.last);
                out.push(Told::Change(depth, tag));
            } else {
                self.wait(depth, tag);
            }
            return;
        };
        if self.is_old(&depth, last) {
            let old = if self.fresh { &mut self.tally.dropped } else { &mut self.tally.repeated };
            *old += 1;
            return;
        }
        if !self.follows(&depth, last) {
            let to = depth.first.saturating_sub(1).max(last + 1);
            self.gap(last + 1, to, &tag, out);
            self.advance_after_gap(depth, tag, out);
            return;
        }
        self.levels.apply(&depth);
        if !self.partial && self.levels.crossed() {
            self.tally.crossed += 1;
            self.gap(last + 1, depth.last.max(last + 1), &tag, out);
            return;
        }
        (self.last, self.fresh, self.stale) = (Some(depth.last), false, false);
        self.tally.applied += 1;
        out.push(Told::Change(depth, tag));
    }

    /// What opened a gap is itself sound: it waits, or goes on where nobody needs the whole book.
    fn advance_after_gap(&mut self, depth: Depth, tag: T, out: &mut Vec<Told<T>>) {
        if self.partial {
            self.last = Some(depth.last);
            out.push(Told::Change(depth, tag));
        } else {
            self.wait(depth, tag);
        }
    }

    fn is_old(&self, depth: &Depth, last: u64) -> bool {
        match self.rule {
            Rule::Futures if self.fresh => depth.last < last,
            Rule::Spot | Rule::Futures | Rule::Growing => depth.last <= last,
        }
    }

    fn follows(&self, depth: &Depth, last: u64) -> bool {
        match self.rule {
            Rule::Growing => true,
            Rule::Spot => depth.first <= last + 1,
            Rule::Futures if self.fresh => depth.first <= last && last <= depth.last,
            Rule::Futures => depth.before == Some(last),
        }
    }

    fn gap(&mut self, from: u64, to: u64, tag: &T, out: &mut Vec<Told<T>>) {
        self.tally.gaps += 1;
        self.forget();
        out.push(Told::Gap { from, to, tag: tag.clone() });
    }

    fn forget(&mut self) {
        (self.last, self.fresh, self.stale) = (None, false, false);
        self.levels.clear();
    }

    fn wait(&mut self, depth: Depth, tag: T) {
        if self.waiting.len() == WAITING_MAX {
            self.waiting.pop_front();
            self.tally.overflowed += 1;
        }
        self.waiting.push_back((depth, tag));
    }
}
