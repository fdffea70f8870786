//! Where each live order is: from its name to its place in a book.
//!
//! An open-addressed table of eight-byte entries, so that a market of many accounts stays near the
//! processor: an entry holds a part of the name's hash and the place, not the name, and the order
//! itself is asked whether it is the one (it will be needed next anyhow). Eight entries make a
//! bucket, which is one line of the cache and is looked at as a whole, eight tags in one word: where
//! in a bucket an entry stands would be a guess that the processor gets wrong. Who leaves is found
//! by his place, which is known then, and nobody is asked. Buckets are at most half full on average;
//! who finds his full goes on to the next, and each bucket counts those who passed it, so that a
//! search ends at the first that nobody passed, and nothing moves when a place falls free. Looked
//! up, never iterated: the order of hashes must not reach an event.

use crate::book::Slot;
use crate::near;
use pitfloor_model::units::{InstrumentId, OrderKey};

/// Where a live order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) instrument: InstrumentId,
    pub(crate) slot: Slot,
}

/// What the table makes of a name: worked out once for a command that asks twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash(u64);

/// Where in the table an order was found. Good until the table changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) hash: Hash,
    bucket: usize,
    /// The mark of its seat: one of [`TAKEN`]'s bits.
    mark: u64,
}

/// The places of all live orders of a venue.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Twice as many entries as orders at least; the number of buckets is a power of two.
    buckets: Vec<Bucket>,
    /// A hash's highest bits are its home: so far they are to be shifted.
    shift: u32,
    /// How many more orders it takes before it grows.
    room: usize,
}

/// The entries of one line of the cache, field by field.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    /// A byte for each seat, the first lowest: the mark of one that is taken, and under it seven bits
    /// of the hash. Nothing where nobody is.
    tags: u64,
    /// The slots, and above them eight more bits of the hash.
    slots: [u32; BUCKET],
    instruments: [u16; BUCKET],
    /// How many stand behind this bucket who would stand here or before if there had been room.
    passed: u32,
}

/// How many entries fit a line of the cache.
const BUCKET: usize = 8;

/// The lowest bit of each seat's byte, and the mark of each seat.
const LOWEST: u64 = u64::from_le_bytes([1; BUCKET]);
const TAKEN: u64 = LOWEST << 7;

const SLOT_BITS: u32 = 24;
const INSTRUMENT_BITS: u32 = u16::BITS;

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is one line of the cache");

/// The smallest table.
const BUCKETS_MIN: usize = 8;

impl Places {
    pub(crate) fn new() -> Self {
        Self::of(BUCKETS_MIN)
    }

    fn of(buckets: usize) -> Self {
        let (shift, room) = (u64::BITS - buckets.trailing_zeros(), buckets * BUCKET / 2);
        let mut empty = Vec::with_capacity(buckets);
        near::lie_large(&mut empty);
        empty.resize(buckets, Bucket::EMPTY);
        Self { buckets: empty, shift, room }
    }

    /// The place of `key`; `name_at` says which order is at a place.
    #[inline]
    pub(crate) fn get(&self, key: OrderKey, name_at: impl Fn(Place) -> OrderKey) -> Option<Place> {
        self.find(key, Hash::of(key), name_at).map(|(place, _)| place)
    }

    /// The place of `key`, whose hash is known, and where in the table that stands.
    // Nearly always the first entry at home that may be it is it, or nobody is there: that is seen
    // in passing, and all else is looked for elsewhere.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(crate) fn find(
        &self,
        key: OrderKey,
        hash: Hash,
        name_at: impl Fn(Place) -> OrderKey,
    ) -> Option<(Place, Spot)> {
        let at = self.home(hash.0);
        let bucket = &self.buckets[at];
        let hits = bucket.hits(hash.0);
        if hits != 0 {
            let place = bucket.place(seat(hits));
            if bucket.slots[seat(hits)] >> SLOT_BITS == more_of(hash.0) && name_at(place) == key {
                return Some((place, Spot { hash, bucket: at, mark: first(hits) }));
            }
        } else if bucket.passed == 0 {
            return None;
        }
        self.search(key, hash, name_at)
    }

    /// The same, one entry after the other.
    #[cold]
    #[inline(never)]
    fn search(
        &self,
        key: OrderKey,
        hash: Hash,
        name_at: impl Fn(Place) -> OrderKey,
    ) -> Option<(Place, Spot)> {
        let mut at = self.home(hash.0);
        loop {
            let bucket = &self.buckets[at];
            let mut hits = bucket.hits(hash.0);
            while hits != 0 {
                // Most of those whose tag is alike by chance are told apart before they are asked.
                if bucket.slots[seat(hits)] >> SLOT_BITS == more_of(hash.0) {
                    let place = bucket.place(seat(hits));
                    if name_at(place) == key {
                        return Some((place, Spot { hash, bucket: at, mark: first(hits) }));
                    }
                }
                hits &= hits - 1;
            }
            if bucket.passed == 0 {
                return None;
            }
            at = self.after(at);
        }
    }

    /// Notes that the order with this hash is at `place`. It is not there yet: the gate has checked.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(crate) fn insert(&mut self, hash: Hash, place: Place, name_at: impl Fn(Place) -> OrderKey) {
        if self.room == 0 {
            self.grow(name_at);
        }
        self.put(hash.0, place);
    }

    /// Forgets who was found in `spot` a moment ago.
    #[inline]
    pub(crate) fn remove_at(&mut self, spot: Spot) {
        let Spot { hash, bucket, mark } = spot;
        self.buckets[bucket].clear(mark);
        self.room += 1;
        if bucket != self.home(hash.0) {
            self.pass_back(hash.0, bucket);
        }
    }

    /// Forgets that `key` is at `place`; says whether it was.
    #[inline]
    pub(crate) fn remove(&mut self, key: OrderKey, place: Place) -> bool {
        let hash = hash(key);
        let mut at = self.home(hash);
        loop {
            let bucket = &mut self.buckets[at];
            let mut hits = bucket.hits(hash);
            while hits != 0 {
                if bucket.place(seat(hits)) == place {
                    bucket.clear(first(hits));
                    self.room += 1;
                    if at != self.home(hash) {
                        self.pass_back(hash, at);
                    }
                    return true;
                }
                hits &= hits - 1;
            }
            if bucket.passed == 0 {
                return false;
            }
            at = self.after(at);
        }
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
        let mut hits = bucket.hits(hash);
        while hits != 0 {
            if bucket.slots[seat(hits)] >> SLOT_BITS == more_of(hash) {
                return Some(bucket.place(seat(hits)));
            }
            hits &= hits - 1;
        }
        None
    }

    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn put(&mut self, hash: u64, place: Place) {
        self.room -= 1;
        let at = self.home(hash);
        let bucket = &mut self.buckets[at];
        let free = !bucket.tags & TAKEN;
        if free == 0 {
            return self.pass_on(hash, place);
        }
        bucket.set(seat(free), hash, place);
    }

    /// Goes on to the first bucket behind the home that has a seat.
    #[cold]
    #[inline(never)]
    fn pass_on(&mut self, hash: u64, place: Place) {
        let mut at = self.home(hash);
        let mut free = 0;
        while free == 0 {
            self.buckets[at].passed += 1;
            at = self.after(at);
            free = !self.buckets[at].tags & TAKEN;
        }
        self.buckets[at].set(seat(free), hash, place);
    }

    /// Counts out one who stood in `at`, in the buckets that it passed.
    #[cold]
    fn pass_back(&mut self, hash: u64, at: usize) {
        let mut passed = self.home(hash);
        while passed != at {
            self.buckets[passed].passed -= 1;
            passed = self.after(passed);
        }
    }

    /// The bucket in which an order with this hash stands unless it is full: its number is the
    /// hash's highest bits.
    #[inline]
    const fn home(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    #[inline]
    const fn after(&self, bucket: usize) -> usize {
        (bucket + 1) & (self.buckets.len() - 1)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, name_at: impl Fn(Place) -> OrderKey) {
        let larger = Self::of(2 * self.buckets.len());
        for bucket in std::mem::replace(self, larger).buckets {
            let mut taken = bucket.tags & TAKEN;
            while taken != 0 {
                let place = bucket.place(seat(taken));
                self.put(hash(name_at(place)), place);
                taken &= taken - 1;
            }
        }
    }
}

impl Bucket {
    const EMPTY: Self = Self { tags: 0, slots: [0; BUCKET], instruments: [0; BUCKET], passed: 0 };

    /// The marks of the seats whose tag is that of `hash`. The first is right; behind a right one
    /// may be one whose tag differs in its lowest bit, which whoever asks finds out.
    #[inline]
    const fn hits(&self, hash: u64) -> u64 {
        let differs = self.tags ^ (LOWEST * tag(hash));
        differs.wrapping_sub(LOWEST) & !differs & TAKEN
    }

    #[inline]
    fn place(&self, seat: usize) -> Place {
        let slot = self.slots[seat] & ((1 << SLOT_BITS) - 1);
        Place { instrument: InstrumentId(u32::from(self.instruments[seat])), slot: Slot(slot) }
    }

    /// Frees the seat with this mark.
    #[inline]
    const fn clear(&mut self, mark: u64) {
        self.tags &= !((mark << 1).wrapping_sub(mark >> 7));
    }

    #[inline]
    fn set(&mut self, seat: usize, hash: u64, place: Place) {
        let (slot, instrument) = (place.slot.0, place.instrument.0);
        debug_assert!(slot >> SLOT_BITS == 0 && instrument >> INSTRUMENT_BITS == 0, "places fit");
        self.tags |= tag(hash) << (seat as u32 * u8::BITS);
        self.slots[seat] = slot | more_of(hash) << SLOT_BITS;
        self.instruments[seat] = instrument as u16;
    }
}

impl Hash {
    #[inline]
    pub(crate) fn of(key: OrderKey) -> Self {
        Self(hash(key))
    }
}

/// The first of `marks`, of which there is one.
#[inline]
const fn first(marks: u64) -> u64 {
    marks & marks.wrapping_neg()
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

/// Eight bits of the hash that neither the home nor the tag is made of.
#[inline]
const fn more_of(hash: u64) -> u32 {
    (hash >> 8) as u32 & 0xff
}

/// Mixes a name into 64 bits: multiply and fold, so that the highest bits (the home) and the lowest
/// (the tag) both depend on all of it, and orders numbered one after the other lie apart. Fixed;
/// nothing but speed depends on it.
#[inline]
fn hash(key: OrderKey) -> u64 {
    let name = key.order.0 ^ u64::from(key.account.0).wrapping_mul(0xD134_2543_DE82_EF95);
    let wide = u128::from(name ^ 0xA076_1D64_78BD_642F) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
    wide as u64 ^ (wide >> 64) as u64
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
                let there = plain.remove(&key).unwrap();
                let elsewhere = Place { slot: Slot(there.slot.0 ^ 1), ..there };
                assert!(!places.remove(key, elsewhere));
                if random.is_multiple_of(2) {
                    let (found, spot) = places.find(key, Hash::of(key), name_at).unwrap();
                    assert_eq!(found, there);
                    places.remove_at(spot);
                } else {
                    assert!(places.remove(key, there));
                }
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
                places.insert(Hash::of(key), place, |place| names_now[place.slot.0 as usize]);
                plain.insert(key, place);
            } else {
                assert!(!places.remove(key, at(5)));
            }
            assert_eq!(places.buckets.len() * BUCKET / 2 - places.room, plain.len());
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
        // Squares: orders numbered one after the other would lie too evenly to push anybody away.
        let name = |n: u64| OrderKey::new(AccountId((n % 9) as u32), OrderId(n * n));
        let mut names: Vec<OrderKey> = (0..held).map(name).collect();
        let mut places = Places::new();
        let mut away = 0;
        for n in 0..names.len() {
            places.insert(Hash::of(names[n]), at(n as u32), |place| names[place.slot.0 as usize]);
        }
        assert_eq!(places.buckets.len() * BUCKET, 2 * names.len());
        for round in 1..if cfg!(miri) { 3 } else { 20 } {
            for n in (0..names.len()).filter(|n| (n * 7 + round) % 2 == 0) {
                if round % 3 == 0 {
                    let name_at = |place: Place| names[place.slot.0 as usize];
                    let found = places.find(names[n], Hash::of(names[n]), name_at);
                    places.remove_at(found.unwrap().1);
                } else {
                    assert!(places.remove(names[n], at(n as u32)));
                }
                assert_eq!(places.get(names[n], |place| names[place.slot.0 as usize]), None);
                names[n] = name(held * round as u64 + n as u64);
                places
                    .insert(Hash::of(names[n]), at(n as u32), |place| names[place.slot.0 as usize]);
            }
            for (n, name) in names.iter().enumerate() {
                let found = places.get(*name, |place| names[place.slot.0 as usize]);
                assert_eq!(found, Some(at(n as u32)));
            }
            away += places.buckets.iter().filter(|bucket| bucket.passed > 0).count();
        }
        assert!(cfg!(miri) || away > 500, "only {away} buckets were passed");
        for (n, name) in names.iter().enumerate() {
            assert!(places.remove(*name, at(n as u32)));
        }
        assert!(places.buckets.iter().all(|bucket| bucket.passed == 0 && bucket.tags == 0));
    }

    /// The guess from the hash alone is right nearly always, and nobody is guessed for nobody.
    #[test]
    fn the_likely_place_is_the_place() {
        let names: Vec<_> = (0..1_000).map(|n| OrderKey::new(AccountId(3), OrderId(n))).collect();
        let mut places = Places::new();
        assert_eq!(places.likely(names[0]), None);
        for (n, name) in names.iter().enumerate() {
            places.insert(Hash::of(*name), at(n as u32), |place| names[place.slot.0 as usize]);
        }
        let likely = |n: &usize| places.likely(names[*n]) == Some(at(*n as u32));
        assert!((0..names.len()).filter(likely).count() > 950);
    }

    #[test]
    fn an_entry_holds_the_largest_place() {
        let largest = Place { instrument: InstrumentId(0xFFFF), slot: Slot((1 << SLOT_BITS) - 1) };
        let mut bucket = Bucket::EMPTY;
        bucket.set(5, u64::MAX, largest);
        assert_eq!(bucket.place(5), largest);
        assert_eq!((seat(bucket.hits(u64::MAX)), bucket.hits(0)), (5, 0));
        const { assert!(crate::book::Book::ORDERS_MAX <= 1 << SLOT_BITS) };
        const { assert!(Venue::INSTRUMENTS_MAX <= 1 << INSTRUMENT_BITS) };
    }
}
