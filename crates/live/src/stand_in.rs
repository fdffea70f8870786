//! What a stand-in of a venue is: a server as a state machine, that speaks the venue's protocol to the
//! byte and misbehaves on demand.

use crate::adapter::{Frame, Link, Loss, Refusal, Request};
use crate::clock::Steady;

/// A server without a socket and a clock.
pub trait StandIn {
    /// Somebody calls.
    fn called(&mut self, link: Link, request: &Request, now: Steady) -> Answer;

    /// A frame came.
    fn hear(&mut self, link: Link, frame: &Frame, now: Steady, out: &mut Vec<Act>);

    /// The caller hung up.
    fn gone(&mut self, link: Link, now: Steady);

    /// Time has passed.
    fn tick(&mut self, now: Steady, out: &mut Vec<Act>);

    /// When it wants to be ticked at the latest.
    fn due(&self) -> Option<Steady>;
}

/// What a caller gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A socket.
    Open,
    /// None.
    Refused(Refusal),
    /// Not even an answer.
    Silence,
}

/// What a stand-in does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sends.
    Send(Link, Frame),
    /// Ends the connection.
    Cut(Link, Loss),
}
