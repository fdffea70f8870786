//! Order flow: whole markets in one agent, as statistical physics describes them.
//!
//! Each kind here sends everything that happens in a book of its own: the orders of many who are not
//! told apart, from one account with unlimited credit. They are the markets in which theory knows the
//! answers, so they show whether an exchange is one (`pitfloor bench physics`), and they are the nulls
//! that a market of agents has to be better than: whatever a memoryless book shows as well is no
//! evidence. [`splitter`] sends trades alone, into any book.
//!
//! They mean what their papers say at no latency. Behind one, they act on the book as it was.

pub mod cont_stoikov_talreja;
pub mod hand;
pub mod hawkes;
pub mod live;
pub mod null;
pub mod queue_reactive;
pub mod splitter;
pub mod zero_intelligence;

#[cfg(test)]
mod stories;
