//! Bringing memory near the processor before it is needed.
//!
//! With ten thousand agents most of what one of them needs lies far from the processor, and waiting
//! for it is half of the time of a run. Whoever knows what comes next while he still works on
//! something else asks for its memory early. A hint and nothing more: what is asked for is neither
//! read nor changed, and a processor may ignore it.
//!
//! One of the two places of the core with `unsafe`: the instruction is only reachable so.
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

#[cfg(test)]
mod tests {
    use super::fetch;

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
