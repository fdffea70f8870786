//! The agenda: what is still to happen, soonest first.
//!
//! A radix heap (Ahuja, Mehlhorn, Orlin & Tarjan 1990): time never goes back, so items are sorted
//! only as far as is needed, into buckets by the highest digit in which their moment differs from
//! the last moment taken, and by that digit. Digits are of four bits: an item moves at most once for
//! each digit that its moment differs in, and seldom more than two or three times. Items move
//! between buckets in whole stretches of memory, which a processor's caches like better than the
//! scattered steps of a binary heap, and the more so the more items wait.
//!
//! Equal moments come out in the order in which they were put in (first scheduled, first served):
//! items of one moment are always in the same bucket, and a bucket keeps its order when it is
//! sorted out.

use pitfloor_model::units::Time;

/// How many bits a digit has.
const BITS: u32 = 4;

/// How many values a digit has.
const VALUES: usize = 1 << BITS;

/// How many digits a moment has.
const DIGITS: usize = (u64::BITS / BITS) as usize;

/// A queue of `T` ordered by moment, then by the order of scheduling. `T` should be small: it moves.
#[derive(Clone, Debug)]
pub struct Agenda<T> {
    /// The moment of the last item taken. Nothing may be scheduled before it.
    last: u64,
    /// Items due at `last`, in order, and how many of them have been taken.
    present: Vec<(u64, T)>,
    taken: usize,
    /// Items due later: bucket `d × VALUES + v` holds those whose moment differs from `last` in
    /// digit `d`, which is `v`, and in none above.
    buckets: Vec<Bucket<T>>,
    /// Which digits have a bucket that holds something, a bit each; and which values of each digit.
    digits: u16,
    values: [u16; DIGITS],
    /// The bucket being sorted out; empty in between, kept for its memory.
    sorting: Vec<(u64, T)>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Bucket<T> {
    soonest: u64,
    /// Where the first item of the soonest moment is.
    first: usize,
    items: Vec<(u64, T)>,
}

impl<T: Copy> Agenda<T> {
    /// Nothing to do.
    #[must_use]
    pub fn new() -> Self {
        let empty = || Bucket { soonest: u64::MAX, first: 0, items: Vec::new() };
        Self {
            last: 0,
            present: Vec::new(),
            taken: 0,
            buckets: (0..DIGITS * VALUES).map(|_| empty()).collect(),
            digits: 0,
            values: [0; DIGITS],
            sorting: Vec::new(),
            len: 0,
        }
    }

    /// The moment of the next item.
    #[must_use]
    #[inline]
    pub fn next(&self) -> Option<Time> {
        if self.taken < self.present.len() {
            return Some(Time(self.last));
        }
        (self.digits != 0).then(|| Time(self.buckets[self.lowest()].soonest))
    }

    /// The next item itself, left where it is.
    #[must_use]
    pub fn peek(&self) -> Option<&T> {
        if let Some((_, item)) = self.present.get(self.taken) {
            return Some(item);
        }
        if self.digits == 0 {
            return None;
        }
        let bucket = &self.buckets[self.lowest()];
        bucket.items.get(bucket.first).map(|(_, item)| item)
    }

    /// How many items wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// True when nothing waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts `item` down for the moment `at`.
    ///
    /// # Panics
    ///
    /// When an item of a later moment has been taken already: time never goes back.
    pub fn schedule(&mut self, at: Time, item: T) {
        assert!(at.0 >= self.last, "time never goes back: {} then {at}", Time(self.last));
        self.len += 1;
        self.put(at.0, item);
    }

    /// Takes out the next item, if it is due at `until` or before.
    pub fn take(&mut self, until: Time) -> Option<(Time, T)> {
        let Some((at, item)) = self.present.get(self.taken).copied() else {
            return self.move_on(until);
        };
        if at > until.0 {
            return None;
        }
        self.taken += 1;
        self.len -= 1;
        Some((Time(at), item))
    }

    /// The bucket with the soonest items; there must be one.
    #[inline]
    fn lowest(&self) -> usize {
        let digit = self.digits.trailing_zeros() as usize % DIGITS;
        digit * VALUES + self.values[digit].trailing_zeros() as usize % VALUES
    }

    /// Moves on to the next moment, unless that is after `until`, and takes out its first item: its
    /// items become the present, the others of their bucket go to lower ones.
    fn move_on(&mut self, until: Time) -> Option<(Time, T)> {
        if self.digits == 0 {
            return None;
        }
        let lowest = self.lowest();
        let bucket = &mut self.buckets[lowest];
        if bucket.soonest > until.0 {
            return None;
        }
        let (digit, value) = (lowest / VALUES, lowest % VALUES);
        self.values[digit] &= !(1 << value);
        if self.values[digit] == 0 {
            self.digits &= !(1 << digit);
        }
        self.last = bucket.soonest;
        bucket.soonest = u64::MAX;
        self.present.clear();
        self.taken = 0;
        self.len -= 1;
        // Mostly one moment has come, and nothing else is near.
        if bucket.items.len() == 1 {
            return bucket.items.pop().map(|(at, item)| (Time(at), item));
        }
        std::mem::swap(&mut bucket.items, &mut self.sorting);
        let mut sorting = std::mem::take(&mut self.sorting);
        for (at, item) in sorting.drain(..) {
            self.put(at, item);
        }
        self.sorting = sorting;
        self.taken = 1;
        let (at, item) = self.present[0];
        Some((Time(at), item))
    }

    #[inline]
    fn put(&mut self, at: u64, item: T) {
        let differs = at ^ self.last;
        if differs == 0 {
            self.present.push((at, item));
            return;
        }
        let digit = (differs.ilog2() / BITS) as usize;
        let value = (at >> (digit as u32 * BITS)) as usize % VALUES;
        self.digits |= 1 << digit;
        self.values[digit] |= 1 << value;
        let bucket = &mut self.buckets[digit * VALUES + value];
        if at < bucket.soonest {
            (bucket.soonest, bucket.first) = (at, bucket.items.len());
        }
        bucket.items.push((at, item));
    }
}

impl<T: Copy> Default for Agenda<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;
    use std::collections::BTreeMap;

    #[test]
    fn equal_moments_keep_the_order_of_scheduling() {
        let mut agenda = Agenda::new();
        for (at, item) in [(5, 'c'), (3, 'a'), (5, 'd'), (3, 'b'), (9, 'e')] {
            agenda.schedule(Time(at), item);
        }
        let told: String =
            std::iter::from_fn(|| agenda.take(Time(5))).map(|(_, item)| item).collect();
        assert_eq!(told, "abcd");
        assert_eq!((agenda.next(), agenda.len()), (Some(Time(9)), 1));
        assert_eq!(agenda.take(Time(8)), None);
    }

    /// Whatever is scheduled and taken, a plain ordered map gives the same answers.
    #[test]
    fn agrees_with_an_ordered_map() {
        let mut dice = Dice::new(1, "agenda");
        let (mut agenda, mut plain) = (Agenda::new(), BTreeMap::new());
        let mut now = 0;
        for number in 0..50_000_u64 {
            if dice.chance(0.55) {
                let at = Time(now + dice.below(200));
                agenda.schedule(at, number);
                plain.insert((at, number), number);
            } else {
                now += dice.below(20);
                let expected =
                    plain.first_key_value().map(|(key, _)| *key).filter(|key| key.0 <= Time(now));
                assert_eq!(agenda.peek(), plain.first_key_value().map(|(_, number)| number));
                let expected = expected.map(|key| (key.0, plain.remove(&key).unwrap()));
                assert_eq!(agenda.take(Time(now)), expected);
            }
            assert_eq!(agenda.len(), plain.len());
        }
        assert!(agenda.len() > 100);
    }

    /// To ask what comes next settles nothing: something sooner may still be put in.
    #[test]
    fn looking_ahead_does_not_bind() {
        let mut agenda = Agenda::new();
        agenda.schedule(Time(1_000), 'z');
        assert_eq!(agenda.next(), Some(Time(1_000)));
        assert_eq!(agenda.take(Time(999)), None);
        agenda.schedule(Time(3), 'a');
        agenda.schedule(Time(u64::MAX), 'e');
        let told: String =
            std::iter::from_fn(|| agenda.take(Time(u64::MAX))).map(|(_, item)| item).collect();
        assert_eq!(told, "aze");
        assert!(agenda.is_empty());
    }

    #[test]
    #[should_panic(expected = "time never goes back")]
    fn the_past_cannot_be_scheduled() {
        let mut agenda = Agenda::new();
        agenda.schedule(Time(5), 'a');
        agenda.take(Time(5));
        agenda.schedule(Time(4), 'b');
    }
}
