//! Where each live order is: from its name to its place in a book.
//!
//! An open-addressed table of eight-byte entries, so that a market of many accounts stays near the
//! processor: an entry holds a part of the name's hash and the place, not the name, and the order
//! itself is asked whether it is the one (it will be needed next anyhow). Eight entries make a
//! bucket, which is one line of the cache and is looked at as a whole: where in a bucket an entry
//! stands would be a guess that the processor gets wrong. Buckets are at most half full on average;
//! who finds his full goes on to the next, and comes back when a place falls free, so that nothing
//! marks where somebody was. Looked up, never iterated: the order of hashes must not reach an event.

use crate::book::Slot;
use crate::near;
use pitfloor_model::units::{InstrumentId, OrderKey};

/// Where a live order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) instrument: InstrumentId,
    pub(crate) slot: Slot,
}

/// The places of all live orders of a venue.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Twice as many entries as orders at least; the number of buckets is a power of two. From
    /// its home to where an entry stands all buckets are full.
    buckets: Vec<Bucket>,
    held: usize,
}

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket([u64; BUCKET]);

/// How many entries fit a line of the cache.
const BUCKET: usize = 8;

/// No order. A real entry is never 0, because the lowest bit says that something is there.
const FREE: u64 = 0;

/// An entry, from the low end: a bit that is set, 24 bits of slot, 16 of instrument, a bit that is
/// set away from home, and the tag: 22 bits of the name's hash that do not tell the home.
const SLOT_BITS: u32 = 24;
const INSTRUMENT_BITS: u32 = 16;
const AWAY: u64 = 1 << (1 + SLOT_BITS + INSTRUMENT_BITS);
const TAG_SHIFT: u32 = 2 + SLOT_BITS + INSTRUMENT_BITS;

/// What two entries of one name have in common wherever they stand.
const SAME: u64 = 1 | u64::MAX << TAG_SHIFT;

/// The smallest table.
const BUCKETS_MIN: usize = 8;

impl Places {
    pub(crate) fn new() -> Self {
        Self { buckets: vec![Bucket::EMPTY; BUCKETS_MIN], held: 0 }
    }

    /// The place of `key`; `name_at` says which order is at a place.
    #[inline]
    pub(crate) fn get(&self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> Option<Place> {
        self.find(key, name_at).map(|(bucket, at)| place(self.buckets[bucket].0[at]))
    }

    /// Notes that `key` is at `place`. It is not there yet: the gate has checked.
    #[inline]
    pub(crate) fn insert(
        &mut self,
        key: OrderKey,
        place: Place,
        name_at: impl Fn(Place) -> OrderKey,
    ) {
        if 2 * (self.held + 1) > self.buckets.len() * BUCKET {
            self.grow(name_at);
        }
        self.held += 1;
        self.put(hash(key), place);
    }

    /// Forgets `key` and says where it was.
    #[inline]
    pub(crate) fn remove(
        &mut self,
        key: OrderKey,
        name_at: impl Fn(Place) -> OrderKey,
    ) -> Option<Place> {
        let (bucket, at) = self.find(key, &name_at)?;
        self.held -= 1;
        let was_full = self.buckets[bucket].is_full();
        let gone = std::mem::replace(&mut self.buckets[bucket].0[at], FREE);
        if was_full {
            self.close_up(bucket, name_at);
        }
        Some(place(gone))
    }

    /// Reads ahead: brings the entry of `key` near the processor, and changes nothing.
    #[inline]
    pub(crate) fn foresee(&self, key: OrderKey) {
        near::fetch(&self.buckets[self.home(hash(key))]);
    }

    /// Where `key` seems to be, judged by its hash alone: enough to bring the order itself near the
    /// processor before it is asked for its name. The entry should be near by now.
    #[inline]
    pub(crate) fn likely(&self, key: OrderKey) -> Option<Place> {
        let hash = hash(key);
        let bucket = &self.buckets[self.home(hash)];
        let hits = bucket.hits(hash);
        (hits != 0).then(|| place(bucket.0[hits.trailing_zeros() as usize % BUCKET]))
    }

    #[inline]
    fn find(&self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> Option<(usize, usize)> {
        let hash = hash(key);
        let mut at = self.home(hash);
        loop {
            let bucket = &self.buckets[at];
            let mut hits = bucket.hits(hash);
            while hits != 0 {
                let hit = hits.trailing_zeros() as usize % BUCKET;
                if name_at(place(bucket.0[hit])) == key {
                    return Some((at, hit));
                }
                hits &= hits - 1;
            }
            if !bucket.is_full() {
                return None;
            }
            at = self.after(at);
        }
    }

    #[inline]
    fn put(&mut self, hash: u64, place: Place) {
        let home = self.home(hash);
        let mut at = home;
        let mut free = self.buckets[at].free();
        while free == BUCKET {
            at = self.after(at);
            free = self.buckets[at].free();
        }
        let away = if at == home { 0 } else { AWAY };
        self.buckets[at].0[free] = entry(hash, place) | away;
    }

    /// Lets one who is away from home come to the place that fell free in `hole`, one to his, and
    /// so on.
    #[cold]
    fn close_up(&mut self, mut hole: usize, name_at: impl Fn(Place) -> OrderKey) {
        let mask = self.buckets.len() - 1;
        let mut at = hole;
        loop {
            at = self.after(at);
            let was_full = self.buckets[at].is_full();
            for seat in 0..BUCKET {
                let entry = self.buckets[at].0[seat];
                if entry & AWAY == 0 {
                    continue;
                }
                let home = self.home(hash(name_at(place(entry))));
                if at.wrapping_sub(home) & mask >= at.wrapping_sub(hole) & mask {
                    let away = if hole == home { 0 } else { AWAY };
                    let free = self.buckets[hole].free();
                    self.buckets[hole].0[free] = entry & !AWAY | away;
                    self.buckets[at].0[seat] = FREE;
                    hole = at;
                    break;
                }
            }
            if !was_full {
                return;
            }
        }
    }

    /// The bucket in which an order with this hash stands unless it is full: its number is the
    /// hash's highest bits.
    #[inline]
    const fn home(&self, hash: u64) -> usize {
        (hash >> (u64::BITS - self.buckets.len().trailing_zeros())) as usize
    }

    #[inline]
    const fn after(&self, bucket: usize) -> usize {
        (bucket + 1) & (self.buckets.len() - 1)
    }

    #[cold]
    fn grow(&mut self, name_at: impl Fn(Place) -> OrderKey) {
        let larger = vec![Bucket::EMPTY; 2 * self.buckets.len()];
        for bucket in std::mem::replace(&mut self.buckets, larger) {
            for entry in bucket.0.into_iter().filter(|entry| *entry != FREE) {
                self.put(hash(name_at(place(entry))), place(entry));
            }
        }
    }
}

impl Bucket {
    const EMPTY: Self = Self([FREE; BUCKET]);

    /// A bit for each entry that may be of a name with this hash.
    #[inline]
    fn hits(&self, hash: u64) -> u32 {
        let wanted = 1 | hash << TAG_SHIFT;
        let mut hits = 0;
        for (at, entry) in self.0.iter().enumerate() {
            hits |= u32::from((entry ^ wanted) & SAME == 0) << at;
        }
        hits
    }

    /// The first free place, or the number of places if there is none.
    #[inline]
    fn free(&self) -> usize {
        let mut free = 1 << BUCKET;
        for (at, entry) in self.0.iter().enumerate() {
            free |= u32::from(*entry == FREE) << at;
        }
        free.trailing_zeros() as usize
    }

    /// The first place that is free is taken, so the last one tells nearly always.
    #[inline]
    fn is_full(&self) -> bool {
        self.0[BUCKET - 1] != FREE && self.free() == BUCKET
    }
}

fn entry(hash: u64, place: Place) -> u64 {
    let (slot, instrument) = (u64::from(place.slot.0), u64::from(place.instrument.0));
    debug_assert!(slot >> SLOT_BITS == 0 && instrument >> INSTRUMENT_BITS == 0, "places fit");
    1 | slot << 1 | instrument << (1 + SLOT_BITS) | hash << TAG_SHIFT
}

fn place(entry: u64) -> Place {
    let bits = |shift: u32, count: u32| ((entry >> shift) & ((1 << count) - 1)) as u32;
    Place {
        slot: Slot(bits(1, SLOT_BITS)),
        instrument: InstrumentId(bits(1 + SLOT_BITS, INSTRUMENT_BITS)),
    }
}

/// Mixes a name into 64 bits: multiply and fold, so that every bit of the name reaches every bit
/// that the table looks at. Fixed; nothing but speed depends on it.
fn hash(key: OrderKey) -> u64 {
    let fold = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        wide as u64 ^ (wide >> 64) as u64
    };
    let name = key.order.0 ^ u64::from(key.account.0).rotate_left(40) ^ 0x9E37_79B9_7F4A_7C15;
    fold(fold(name, 0xD134_2543_DE82_EF95), 0x2545_F491_4F6C_DD1D)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pitfloor_model::instrument::Venue;
    use pitfloor_model::units::{AccountId, OrderId};
    use std::collections::BTreeMap;

    /// A plain store of names, as the books are: place number n holds the n-th name.
    fn at(n: u32) -> Place {
        Place { instrument: InstrumentId(n % 3), slot: Slot(n) }
    }

    /// Whatever comes and goes, an ordered map gives the same answers.
    #[test]
    fn agrees_with_an_ordered_map() {
        let mut names: Vec<OrderKey> = Vec::new();
        let (mut places, mut plain) = (Places::new(), BTreeMap::new());
        let mut random = 88_172_645_463_325_252_u64;
        for _ in 0..200_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let account = AccountId((random >> 20) as u32 % 50);
            let key = OrderKey::new(account, OrderId((random >> 40) % 40));
            let names_now = names.clone();
            let name_at = |place: Place| names_now[place.slot.0 as usize];
            assert_eq!(places.get(key, name_at), plain.get(&key).copied());
            if plain.contains_key(&key) {
                assert_eq!(places.remove(key, name_at), plain.remove(&key));
            } else if !random.is_multiple_of(3) {
                let place = at(u32::try_from(names.len() % 4_096).unwrap());
                if names.len() < 4_096 {
                    names.push(key);
                } else if plain.values().any(|used| *used == place) {
                    continue;
                } else {
                    names[place.slot.0 as usize] = key;
                }
                if names.len() == 4_096 {
                    break;
                }
                let names_now = names.clone();
                places.insert(key, place, |place| names_now[place.slot.0 as usize]);
                plain.insert(key, place);
            } else {
                assert_eq!(places.remove(key, name_at), None);
            }
            assert_eq!(places.held, plain.len());
        }
        assert!(plain.len() > 500, "{}", plain.len());
        for (key, place) in &plain {
            assert_eq!(places.get(*key, |place| names[place.slot.0 as usize]), Some(*place));
        }
    }

    /// As full as it gets, half of the orders leaving and others coming, everybody is found: also
    /// those who stood away from home and came back.
    #[test]
    fn everybody_is_found_in_a_table_as_full_as_it_gets() {
        let held = if cfg!(miri) { 128 } else { 8_192_u64 };
        let mut names: Vec<OrderKey> =
            (0..held).map(|n| OrderKey::new(AccountId((n % 9) as u32), OrderId(n))).collect();
        let mut places = Places::new();
        let mut away = 0;
        for n in 0..names.len() {
            places.insert(names[n], at(n as u32), |place| names[place.slot.0 as usize]);
        }
        assert_eq!(places.buckets.len() * BUCKET, 2 * names.len());
        for round in 1..if cfg!(miri) { 3 } else { 20 } {
            for n in (0..names.len()).filter(|n| (n * 7 + round) % 2 == 0) {
                let gone = places.remove(names[n], |place| names[place.slot.0 as usize]);
                assert_eq!(gone, Some(at(n as u32)));
                assert_eq!(places.get(names[n], |place| names[place.slot.0 as usize]), None);
                names[n] = OrderKey::new(AccountId(1), OrderId(held * round as u64 + n as u64));
                places.insert(names[n], at(n as u32), |place| names[place.slot.0 as usize]);
            }
            for (n, name) in names.iter().enumerate() {
                let found = places.get(*name, |place| names[place.slot.0 as usize]);
                assert_eq!(found, Some(at(n as u32)));
            }
            let entries = places.buckets.iter().flat_map(|bucket| bucket.0);
            away += entries.filter(|entry| entry & AWAY != 0).count();
        }
        assert!(cfg!(miri) || away > 500, "only {away} were away from home");
    }

    /// The guess from the hash alone is right nearly always, and nobody is guessed for nobody.
    #[test]
    fn the_likely_place_is_the_place() {
        let names: Vec<_> = (0..1_000).map(|n| OrderKey::new(AccountId(3), OrderId(n))).collect();
        let mut places = Places::new();
        assert_eq!(places.likely(names[0]), None);
        for (n, name) in names.iter().enumerate() {
            places.insert(*name, at(n as u32), |place| names[place.slot.0 as usize]);
        }
        let likely = |n: &usize| places.likely(names[*n]) == Some(at(*n as u32));
        assert!((0..names.len()).filter(likely).count() > 950);
    }

    #[test]
    fn an_entry_holds_the_largest_place() {
        let largest = Place { instrument: InstrumentId(0xFFFF), slot: Slot((1 << SLOT_BITS) - 1) };
        assert_eq!(place(entry(u64::MAX, largest)), largest);
        assert_eq!(place(entry(0, largest)), largest);
        assert_ne!(entry(0, Place { instrument: InstrumentId(0), slot: Slot(0) }), FREE);
        const { assert!(crate::book::Book::ORDERS_MAX <= 1 << SLOT_BITS) };
        const { assert!(Venue::INSTRUMENTS_MAX <= 1 << INSTRUMENT_BITS) };
    }
}
