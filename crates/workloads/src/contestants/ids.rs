//! Where live orders are, by the sender's number: an open-addressed table.
//!
//! Linear probing, at most half full; one that leaves moves later entries back instead of leaving a
//! grave, so memory is bounded by the live orders. Looked up, never iterated.

/// A table from ids to `T`.
#[derive(Clone, Debug)]
pub struct Ids<T> {
    entries: Vec<Option<(u64, T)>>,
    held: usize,
}

/// The smallest table; sizes are powers of two.
const ENTRIES_MIN: usize = 64;

impl<T: Copy> Default for Ids<T> {
    fn default() -> Self {
        Self { entries: vec![None; ENTRIES_MIN], held: 0 }
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
        self.find(id).and_then(|at| self.entries[at]).map(|(_, there)| there)
    }

    /// Puts `there` under `id`, under which nothing stands.
    #[inline]
    pub fn insert(&mut self, id: u64, there: T) {
        if 2 * (self.held + 1) > self.entries.len() {
            self.grow();
        }
        self.held += 1;
        self.put(id, there);
    }

    /// Takes what stands under `id`.
    #[inline]
    pub fn remove(&mut self, id: u64) -> Option<T> {
        let mut hole = self.find(id)?;
        let taken = self.entries[hole].map(|(_, there)| there);
        self.held -= 1;
        let mask = self.entries.len() - 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let Some((other, _)) = self.entries[at] else { break };
            // It may move back into the hole unless its home lies behind the hole.
            let home = self.home(other);
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                self.entries[hole] = self.entries[at];
                hole = at;
            }
        }
        self.entries[hole] = None;
        taken
    }

    fn find(&self, id: u64) -> Option<usize> {
        let mask = self.entries.len() - 1;
        let mut at = self.home(id);
        loop {
            match self.entries[at] {
                None => return None,
                Some((other, _)) if other == id => return Some(at),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn put(&mut self, id: u64, there: T) {
        let mask = self.entries.len() - 1;
        let mut at = self.home(id);
        while self.entries[at].is_some() {
            at = (at + 1) & mask;
        }
        self.entries[at] = Some((id, there));
    }

    /// Fibonacci hashing: the high bits of a product. Fixed; nothing but speed depends on it.
    const fn home(&self, id: u64) -> usize {
        let hash = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (hash >> (u64::BITS - self.entries.len().trailing_zeros())) as usize
    }

    fn grow(&mut self) {
        let larger = vec![None; 2 * self.entries.len()];
        let entries = std::mem::replace(&mut self.entries, larger);
        entries.into_iter().flatten().for_each(|(id, there)| self.put(id, there));
    }
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
        assert_eq!(ids.entries.len(), super::ENTRIES_MIN);
    }
}
