//! Where live orders are, by the sender's number: an open-addressed table, built as the exchange's
//! own, so that the bare book is compared with the exchange by its rules and not by its table.
//!
//! Eight entries make a bucket, and their tags are compared as one word. Whoever finds his bucket
//! full goes on to the next, and each bucket counts those who passed it; one that leaves makes room
//! at once, so memory is bounded by the live orders. Looked up, never iterated.

/// A table from ids to `T`.
#[derive(Clone, Debug)]
pub struct Ids<T> {
    /// Twice as many entries as ids at least; the number of buckets is a power of two.
    buckets: Vec<Bucket<T>>,
    held: usize,
}

#[derive(Clone, Debug)]
struct Bucket<T> {
    /// A byte for each seat: a mark where it is taken, and seven bits of the hash.
    tags: u64,
    /// How many stand behind this bucket who would stand here or before if there had been room.
    passed: u32,
    ids: [u64; BUCKET],
    there: [Option<T>; BUCKET],
}

/// How many entries a bucket has.
const BUCKET: usize = 8;

/// The lowest bit of each seat's byte, and the mark of each seat.
const LOWEST: u64 = u64::from_le_bytes([1; BUCKET]);
const TAKEN: u64 = LOWEST << 7;

/// The smallest table; sizes are powers of two.
const BUCKETS_MIN: usize = 8;

impl<T: Copy> Default for Ids<T> {
    fn default() -> Self {
        Self { buckets: vec![Bucket::EMPTY; BUCKETS_MIN], held: 0 }
    }
}

impl<T: Copy> Ids<T> {
    /// How many are held.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.held
    }

    /// True when none is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// What stands under `id`.
    #[inline]
    #[must_use]
    pub fn get(&self, id: u64) -> Option<T> {
        self.find(id).and_then(|(at, seat)| self.buckets[at].there[seat])
    }

    /// Puts `there` under `id`, under which nothing stands.
    #[inline]
    pub fn insert(&mut self, id: u64, there: T) {
        if 2 * (self.held + 1) > self.buckets.len() * BUCKET {
            self.grow();
        }
        self.held += 1;
        self.put(id, there);
    }

    /// Takes what stands under `id`.
    #[inline]
    pub fn remove(&mut self, id: u64) -> Option<T> {
        let (at, seat) = self.find(id)?;
        let bucket = &mut self.buckets[at];
        bucket.tags &= !(0xff << (8 * seat));
        let taken = bucket.there[seat];
        self.held -= 1;
        let mut passed = self.home(hash(id));
        while passed != at {
            self.buckets[passed].passed -= 1;
            passed = self.after(passed);
        }
        taken
    }

    #[inline]
    fn find(&self, id: u64) -> Option<(usize, usize)> {
        let hash = hash(id);
        let mut at = self.home(hash);
        loop {
            let bucket = &self.buckets[at];
            let differs = bucket.tags ^ (LOWEST * tag(hash));
            let mut hits = differs.wrapping_sub(LOWEST) & !differs & TAKEN;
            while hits != 0 {
                if bucket.ids[seat(hits)] == id {
                    return Some((at, seat(hits)));
                }
                hits &= hits - 1;
            }
            if bucket.passed == 0 {
                return None;
            }
            at = self.after(at);
        }
    }

    #[inline]
    fn put(&mut self, id: u64, there: T) {
        let hash = hash(id);
        let mut at = self.home(hash);
        let mut free = !self.buckets[at].tags & TAKEN;
        while free == 0 {
            self.buckets[at].passed += 1;
            at = self.after(at);
            free = !self.buckets[at].tags & TAKEN;
        }
        let (seat, bucket) = (seat(free), &mut self.buckets[at]);
        bucket.tags |= tag(hash) << (8 * seat);
        (bucket.ids[seat], bucket.there[seat]) = (id, Some(there));
    }

    /// The bucket of a hash: its number is the hash's highest bits.
    #[inline]
    const fn home(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.buckets.len().trailing_zeros())) as usize
    }

    #[inline]
    const fn after(&self, bucket: usize) -> usize {
        (bucket + 1) & (self.buckets.len() - 1)
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![Bucket::EMPTY; 2 * self.buckets.len()];
        for bucket in std::mem::replace(&mut self.buckets, larger) {
            for seat in (0..BUCKET).filter(|seat| bucket.tags >> (8 * seat) & 0x80 != 0) {
                let there = bucket.there[seat].expect("a seat that is taken holds something");
                self.put(bucket.ids[seat], there);
            }
        }
    }
}

impl<T: Copy> Bucket<T> {
    const EMPTY: Self = Self { tags: 0, passed: 0, ids: [0; BUCKET], there: [None; BUCKET] };
}

/// The seat of the first of `marks`, of which there is one.
#[inline]
const fn seat(marks: u64) -> usize {
    (marks.trailing_zeros() / u8::BITS) as usize % BUCKET
}

/// The mark of a seat that is taken, and the hash's lowest bits, which do not tell the home.
#[inline]
const fn tag(hash: u64) -> u64 {
    0x80 | hash & 0x7f
}

/// Multiply and fold. Fixed; nothing but speed depends on it.
#[inline]
fn hash(id: u64) -> u64 {
    let wide = u128::from(id ^ 0xA076_1D64_78BD_642F) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
    wide as u64 ^ (wide >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        /// Whatever comes and goes, a standard map gives the same answers.
        #[test]
        fn agrees_with_a_standard_map(
            steps in prop::collection::vec((0_u64..200, any::<bool>()), 0..2_000),
        ) {
            let (mut ids, mut plain) = (Ids::default(), HashMap::new());
            for (n, (id, comes)) in steps.into_iter().enumerate() {
                prop_assert_eq!(ids.get(id), plain.get(&id).copied());
                if comes && !plain.contains_key(&id) {
                    ids.insert(id, n);
                    plain.insert(id, n);
                } else {
                    prop_assert_eq!(ids.remove(id), plain.remove(&id));
                }
                prop_assert_eq!((ids.len(), ids.is_empty()), (plain.len(), plain.is_empty()));
            }
            for id in 0..200 {
                prop_assert_eq!(ids.get(id), plain.get(&id).copied());
            }
        }
    }

    #[test]
    fn the_table_does_not_grow_with_those_who_have_left() {
        let mut ids = Ids::default();
        for id in 1..100_000 {
            ids.insert(id, ());
            assert!(ids.remove(id).is_some());
        }
        assert_eq!(ids.buckets.len(), super::BUCKETS_MIN);
    }
}
