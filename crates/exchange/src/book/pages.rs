//! Pages that a view may share: the table of a book's pages, and what is written is never shared.
//!
//! Taking a view copies no page. It copies the list of bundles (each a list of pages) and raises
//! the epoch; from then on a page of an older epoch is copied before it is written, once, and the
//! view keeps the old one until it goes. A page of the present epoch was made after the last view,
//! so nobody else has it and it is written where it stands, without asking a counter of owners:
//! that question is an atomic operation, and would be a quarter of a shallow book's time.
//!
//! One of the two places of the core with `unsafe`: that a page of the present epoch has one owner
//! is known here and cannot be told to the compiler.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::fmt;
use std::sync::Arc;

/// The pages of a book, by number. Cloning copies them all. Without `VIEWS` none can be shared, and
/// nobody asks whether one is: that is how the price of asking is measured.
pub(super) struct Pages<T, const VIEWS: bool = true> {
    held: Vec<Held<T>>,
    /// The same pages, bundled for views.
    bundles: Vec<Arc<Bundle<T>>>,
    epoch: u64,
}

/// The pages as they were at one moment. Nobody writes to them any more.
pub(super) struct Shared<T> {
    bundles: Vec<Arc<Bundle<T>>>,
}

struct Held<T> {
    page: Arc<Page<T>>,
    /// When it was made.
    epoch: u64,
}

struct Page<T>(UnsafeCell<T>);

// SAFETY: a page is written by `Pages::write` alone, which holds `&mut Pages`, and only while its
// epoch is the present one, that is while no `Shared` has it: other threads only ever read.
unsafe impl<T: Send + Sync> Sync for Page<T> {}

struct Bundle<T>([Option<Arc<Page<T>>>; BUNDLE]);

/// How many pages are bundled: few enough to copy a bundle, many enough for a short list of them.
const BUNDLE: usize = 16;

impl<T> Page<T> {
    fn new(value: T) -> Arc<Self> {
        Arc::new(Self(UnsafeCell::new(value)))
    }
}

impl<T: Clone, const VIEWS: bool> Pages<T, VIEWS> {
    /// How many pages there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.held.len()).expect("fewer pages than numbers")
    }

    /// Page `at`, to look at.
    #[inline]
    pub(super) fn read(&self, at: u32) -> &T {
        // SAFETY: pages are written through `&mut self` only, and we hold `&self`.
        unsafe { &*self.held[at as usize].page.0.get() }
    }

    /// Page `at`, to write on. A page that a view may have is copied first.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(super) fn write(&mut self, at: u32) -> &mut T {
        let mut held = &self.held[at as usize];
        if VIEWS && held.epoch != self.epoch {
            self.renew(at);
            held = &self.held[at as usize];
        }
        // SAFETY: the page was made after the last view was taken, so no `Shared` has it; and we
        // hold `&mut self`, so nobody reads it through `self`. A clone of `self` has own pages.
        unsafe { &mut *held.page.0.get() }
    }

    /// Adds a page and gives its number.
    pub(super) fn add(&mut self, value: T) -> u32 {
        let at = self.len();
        self.held.push(Held { page: Page::new(value), epoch: self.epoch });
        if (at as usize).is_multiple_of(BUNDLE) {
            self.bundles.push(Arc::new(Bundle([const { None }; BUNDLE])));
        }
        self.bundle(at);
        at
    }

    /// All pages as they are now, for ever. Costs one step per bundle.
    pub(super) fn share(&mut self) -> Shared<T> {
        assert!(VIEWS, "pages that are written unasked are not shared");
        self.epoch += 1;
        Shared { bundles: self.bundles.clone() }
    }

    #[cold]
    #[inline(never)]
    fn renew(&mut self, at: u32) {
        let page = Page::new(self.read(at).clone());
        self.held[at as usize] = Held { page, epoch: self.epoch };
        self.bundle(at);
    }

    /// Puts the page that is held as `at` into its bundle.
    fn bundle(&mut self, at: u32) {
        let bundle = Arc::make_mut(&mut self.bundles[at as usize / BUNDLE]);
        bundle.0[at as usize % BUNDLE] = Some(Arc::clone(&self.held[at as usize].page));
    }
}

impl<T> Shared<T> {
    /// Page `at`, as it was.
    pub(super) fn read(&self, at: u32) -> &T {
        let page = self.bundles[at as usize / BUNDLE].0[at as usize % BUNDLE].as_ref();
        // SAFETY: the page is older than the present epoch of its `Pages`, which will not write
        // to it again.
        unsafe { &*page.expect("a view has the pages it names").0.get() }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { bundles: self.bundles.clone() }
    }
}

impl<T> Clone for Bundle<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T, const VIEWS: bool> Default for Pages<T, VIEWS> {
    fn default() -> Self {
        Self { held: Vec::new(), bundles: Vec::new(), epoch: 0 }
    }
}

impl<T: Clone, const VIEWS: bool> Clone for Pages<T, VIEWS> {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        for at in 0..self.len() {
            copy.add(self.read(at).clone());
        }
        copy
    }
}

impl<T: fmt::Debug + Clone, const VIEWS: bool> fmt::Debug for Pages<T, VIEWS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map(|at| self.read(at))).finish()
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("bundles", &self.bundles.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that is counted: as many of `token` as pages are alive.
    type Counted = (u64, Arc<()>);

    fn counted(count: u32) -> (Pages<Counted>, Arc<()>) {
        let (token, mut pages) = (Arc::new(()), Pages::default());
        for at in 0..count {
            assert_eq!(pages.add((u64::from(at), Arc::clone(&token))), at);
        }
        (pages, token)
    }

    #[test]
    fn what_is_shared_never_changes() {
        let (mut pages, _) = counted(40);
        let first = pages.share();
        pages.write(3).0 = 100;
        pages.write(39).0 = 200;
        let second = pages.share();
        pages.write(3).0 = 101;
        pages.write(4).0 = 300;
        assert_eq!([3, 4, 39].map(|at| pages.read(at).0), [101, 300, 200]);
        assert_eq!([3, 4, 39].map(|at| second.read(at).0), [100, 4, 200]);
        assert_eq!([3, 4, 39].map(|at| first.read(at).0), [3, 4, 39]);
    }

    #[test]
    fn a_page_is_copied_once_for_a_view_and_goes_with_its_last_reader() {
        let (mut pages, token) = counted(20);
        let alive = || Arc::strong_count(&token) - 1;
        assert_eq!(alive(), 20);
        let (view, again) = (pages.share(), pages.share());
        assert_eq!(alive(), 20, "a view copies nothing");
        for round in 0..5 {
            pages.write(7).0 = round;
            assert_eq!(alive(), 21);
        }
        drop(view);
        assert_eq!(alive(), 21, "somebody still looks");
        drop(again);
        assert_eq!(alive(), 20);
    }

    #[test]
    fn a_million_views_later_there_are_as_many_pages_as_before() {
        let views = if cfg!(miri) { 100 } else { 1_000_000 };
        let (mut pages, token) = counted(40);
        let mut kept = Vec::new();
        for n in 0..views {
            if kept.len() == 3 {
                kept.remove(n % 3);
            }
            kept.push(pages.share());
            pages.write((n * 7 % 40) as u32).0 += 1;
        }
        kept.clear();
        assert_eq!(Arc::strong_count(&token) - 1, 40);
        let written: u64 = (0..40).map(|at| pages.read(at).0 - u64::from(at)).sum();
        assert_eq!(written, views as u64);
    }

    #[test]
    fn a_clone_is_written_alone() {
        let (mut pages, _) = counted(2);
        let mut copy = pages.clone();
        pages.write(0).0 = 10;
        copy.write(1).0 = 20;
        assert_eq!(
            [pages.read(0).0, pages.read(1).0, copy.read(0).0, copy.read(1).0],
            [10, 1, 0, 20]
        );
    }

    #[test]
    fn others_read_while_the_owner_writes() {
        let (mut pages, _) = counted(40);
        for round in 0..if cfg!(miri) { 3 } else { 200 } {
            let view = pages.share();
            let before: u64 = (0..40).map(|at| pages.read(at).0).sum();
            std::thread::scope(|scope| {
                let sum = scope.spawn(move || (0..40).map(|at| view.read(at).0).sum::<u64>());
                for at in 0..40 {
                    pages.write(at).0 += round;
                }
                assert_eq!(sum.join().unwrap(), before);
            });
        }
    }
}
