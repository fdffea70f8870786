//! How many must agree when some of them lie.
//!
//! Sources: Lamport, Shostak & Pease (1982), ACM Transactions on Programming Languages 4(3); Castro &
//! Liskov (1999) for quorums. Of `n` at most a third may lie; any two quorums share one who does not.

use crate::Outside;

/// The most members.
pub const MEMBERS_MOST: u64 = 1_000_000;

/// How many of `members` may lie: the most `f` with `3f + 1 <= n`.
///
/// # Errors
///
/// [`Outside`] when there are none, or more than [`MEMBERS_MOST`].
pub fn faults(members: u64) -> Result<u64, Outside> {
    if !(1..=MEMBERS_MOST).contains(&members) {
        return Err(Outside::new("n", members, "1 to 1000000 members"));
    }
    Ok((members - 1) / 3)
}

/// How many of `members` must agree: two quorums overlap in more than may lie. `2f + 1` of `3f + 1`.
///
/// # Errors
///
/// As [`faults`].
pub fn quorum(members: u64) -> Result<u64, Outside> {
    Ok((members + faults(members)?) / 2 + 1)
}
