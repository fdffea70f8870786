//! Bringing memory near the processor before it is needed.
//!
//! With ten thousand agents most of what one of them needs lies far from the processor, and waiting
//! for it is half of the time of a run. Whoever knows what comes next while he still works on
//! something else asks for its memory early ([`fetch`]); and of what is large and read everywhere it
//! is asked that it lie in large pages (`lie_large`), because with small ones the processor looks up
//! where a page is as often as it reads one. Hints and nothing more: what they speak of is neither
//! read nor changed, and processor and system may ignore them.
//!
//! One of the two places of the core with `unsafe`: neither hint can be given otherwise.
#![allow(unsafe_code)]

/// How many bytes of a thing are asked for, at the most.
pub const BYTES_MAX: usize = 256;

/// How many bytes the processor fetches at once.
const LINE: usize = 64;

/// Asks for the memory of `thing`, up to [`BYTES_MAX`] bytes of it.
#[inline]
pub fn fetch<T: ?Sized>(thing: &T) {
    let (start, size) = ((&raw const *thing).cast::<u8>(), size_of_val(thing).min(BYTES_MAX));
    let mut offset = 0;
    while offset < size {
        fetch_line(start.wrapping_add(offset));
        offset += LINE;
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn fetch_line(at: *const u8) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a prefetch never faults and has no effect that a program can see, whatever the
    // address; here it lies inside a live object besides.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
}

/// Elsewhere there is no stable way to ask.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn fetch_line(_: *const u8) {}

/// Room smaller than this is not worth a large page.
const LARGE_MIN: usize = 4 << 20;

/// Asks that the room of `items` lie in large pages, where there is enough of it. To be asked before
/// the room is used.
pub(crate) fn lie_large<T>(items: &mut Vec<T>) {
    let bytes = items.capacity() * size_of::<T>();
    if bytes >= LARGE_MIN {
        advise(items.as_mut_ptr().cast(), bytes);
    }
}

#[cfg(all(target_os = "linux", not(miri)))]
fn advise(start: *mut u8, bytes: usize) {
    /// The system wants to hear of whole pages; none is larger than this where it is asked.
    const PAGE: usize = 1 << 16;
    let skipped = start.align_offset(PAGE);
    let whole = bytes.saturating_sub(skipped) / PAGE * PAGE;
    // SAFETY: the memory lies inside one live allocation that the caller has for himself, and the
    // advice changes nothing of what is in it. That it may be refused is no matter.
    let _refused =
        unsafe { libc::madvise(start.wrapping_add(skipped).cast(), whole, libc::MADV_HUGEPAGE) };
}

/// Elsewhere the system decides by itself.
#[cfg(not(all(target_os = "linux", not(miri))))]
fn advise(_: *mut u8, _: usize) {}

#[cfg(test)]
mod tests {
    use super::{LARGE_MIN, fetch, lie_large};

    #[test]
    fn room_in_large_pages_is_room_as_any_other() {
        for bytes in [0, 1, LARGE_MIN - 1, LARGE_MIN, LARGE_MIN + 12_345] {
            let mut room: Vec<u8> = Vec::with_capacity(bytes);
            lie_large(&mut room);
            room.extend((0..bytes).map(|n| n as u8));
            lie_large(&mut room);
            assert!(room.len() == bytes && (0..bytes).all(|n| room[n] == n as u8));
        }
    }

    #[test]
    fn anything_can_be_asked_for_and_nothing_changes() {
        let (small, large, text) = (7_u8, [3_u64; 100], "abc");
        fetch(&small);
        fetch(&large);
        fetch(text);
        fetch(&());
        let boxed: Box<dyn std::fmt::Debug> = Box::new(large);
        fetch(&*boxed);
        assert_eq!((small, large[99], text), (7, 3, "abc"));
    }
}
