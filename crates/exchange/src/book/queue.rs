//! One level: the queue of its shown orders, and what it holds that no view shows.

use super::ladder::NONE;
use super::slab::NOBODY;
use pitfloor_model::units::Qty;

/// The shown orders of one level, in 32 bytes: two levels on a line of the processor's cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Queue {
    /// Lots of the shown orders.
    pub(super) qty: u64,
    /// How many shown orders.
    pub(super) orders: u32,
    /// How many of them are pegged.
    pub(super) pegged: u32,
    /// The first and the last shown order.
    pub(super) line: Line,
    /// What is not shown, by its place among the [`Veiled`]; [`NONE`] on most levels.
    pub(super) veiled: u32,
}

/// The two ends of a queue of orders.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) head: u32,
    pub(super) tail: u32,
}

/// What a level holds that no view shows: its hidden orders, and reserves of orders that show a
/// part of themselves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Veiled {
    /// Lots of the hidden orders.
    pub(super) qty: u64,
    /// How many hidden orders.
    pub(super) orders: u32,
    /// The first and the last hidden order.
    pub(super) line: Line,
    /// Lots held back by shown orders.
    pub(super) reserve: u64,
}

/// The veiled parts of all levels that have one. Places are used again, last in first out.
#[derive(Clone, Debug, Default)]
pub(super) struct Veils {
    all: Vec<Veiled>,
    free: Vec<u32>,
}

impl Line {
    pub(super) const EMPTY: Self = Self { head: NOBODY, tail: NOBODY };
}

impl Queue {
    pub(super) const EMPTY: Self =
        Self { qty: 0, orders: 0, pegged: 0, line: Line::EMPTY, veiled: NONE };

    /// True when it is as [`Self::EMPTY`]: nobody waits, and nothing is held back.
    pub(super) const fn is_empty(&self) -> bool {
        let Self { qty, orders, pegged, line, veiled } = *self;
        let nobody = line.head == NOBODY && line.tail == NOBODY;
        qty == 0 && orders == 0 && pegged == 0 && nobody && veiled == NONE
    }
}

impl Veiled {
    const NOTHING: Self = Self { qty: 0, orders: 0, line: Line::EMPTY, reserve: 0 };

    /// Lots that no view shows.
    pub(super) const fn lots(&self) -> u64 {
        self.qty + self.reserve
    }
}

impl Veils {
    /// What stands at `at`; nothing where a level has no place here.
    pub(super) fn get(&self, at: u32) -> Veiled {
        if at == NONE { Veiled::NOTHING } else { self.all[at as usize] }
    }

    /// Counts in one more hidden order of `leaves` lots, and gives the queue that it joins.
    #[cold]
    #[inline(never)]
    pub(super) fn join(&mut self, at: &mut u32, leaves: Qty) -> &mut Line {
        let veiled = self.claim(at);
        veiled.qty += leaves.0;
        veiled.orders += 1;
        &mut veiled.line
    }

    /// The place that `at` names, given out first when it names none.
    pub(super) fn claim(&mut self, at: &mut u32) -> &mut Veiled {
        if *at == NONE {
            *at = self.free.pop().unwrap_or_else(|| {
                self.all.push(Veiled::NOTHING);
                u32::try_from(self.all.len() - 1).expect("fewer levels than numbers")
            });
        }
        &mut self.all[*at as usize]
    }

    /// Takes the place back when nothing is left there.
    pub(super) fn tidy(&mut self, at: &mut u32) {
        let here = &mut self.all[*at as usize];
        if here.orders == 0 && here.reserve == 0 {
            *here = Veiled::NOTHING;
            self.free.push(std::mem::replace(at, NONE));
        }
    }

    /// How many levels have a veiled part.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back_when_nothing_is_left_there_and_used_again() {
        let (mut veils, mut first, mut second) = (Veils::default(), NONE, NONE);
        assert_eq!(veils.get(first).lots(), 0);
        veils.claim(&mut first).reserve = 5;
        veils.claim(&mut second).orders = 1;
        assert_eq!((veils.get(first).lots(), veils.len()), (5, 2));
        veils.tidy(&mut second);
        assert_eq!(veils.len(), 2, "an order is left");
        let gone = first;
        veils.claim(&mut first).reserve = 0;
        veils.tidy(&mut first);
        assert_eq!((first, veils.len()), (NONE, 1));
        assert_eq!(veils.claim(&mut first).lots(), 0);
        assert_eq!((first, veils.len()), (gone, 2));
    }

    #[test]
    fn two_levels_fit_a_line_of_the_cache() {
        assert_eq!(size_of::<Queue>(), 32);
    }
}
