//! What an adapter of a venue is: told what its connections brought and what the clocks say, it says
//! what to send, when to be woken, and what it learned. It owns no socket and reads no clock.

use crate::clock::{Now, Steady};
use crate::counters::Counters;
use crate::credentials::{HIDDEN, Secret};
use crate::told::{Gap, Told};
use pitfloor_data::record::Moment;
use pitfloor_data::symbols::Symbols;
use std::fmt;

/// The state machine of one venue's feed.
pub trait Adapter {
    /// Takes one input and appends what follows from it, in order.
    fn hear(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>);

    /// When it wants to hear [`Input::Tick`] at the latest, on the steady clock; none: only inputs
    /// from outside matter.
    fn due(&self) -> Option<Steady>;

    /// What it has done so far.
    fn counters(&self) -> &Counters;

    /// The instruments that its records speak of.
    fn symbols(&self) -> &Symbols;
}

/// One connection to a venue; numbers are never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link(pub u64);

/// What an adapter is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// The connection that was asked for is open.
    Opened(Link),
    /// It was not opened.
    Refused(Link, &'a Refusal),
    /// A whole frame came; fragments are one frame.
    Frame(Link, &'a Frame),
    /// The connection is no more.
    Lost(Link, &'a Loss),
    /// So many frames came and nobody could take them in time.
    Missed(Link, u64),
    /// Time has passed.
    Tick,
}

/// Why a connection was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The venue answered otherwise than by opening it.
    Http {
        /// Its status.
        status: u16,
        /// How long it wants not to be asked, in seconds, where it says so.
        retry_after_s: Option<u64>,
        /// Its own words.
        text: String,
    },
    /// Nothing answered, or not in the venue's language.
    Network(String),
}

/// How a connection ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// The code with which the venue closed it; none where it broke.
    pub code: Option<u16>,
    /// The venue's or the system's words.
    pub reason: String,
    /// Whether a frame had begun.
    pub partial: bool,
}

/// A frame of a WebSocket, whole.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// What should be text.
    Text(Vec<u8>),
    /// Bytes.
    Binary(Vec<u8>),
    /// Are you there?
    Ping(Vec<u8>),
    /// I am.
    Pong(Vec<u8>),
}

/// What to call, and how.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Where, with `ws` or `wss` as its scheme.
    pub url: String,
    /// Headers in the clear.
    pub headers: Vec<(&'static str, String)>,
    /// Headers that nobody else may see.
    pub secrets: Vec<(&'static str, Secret)>,
}

/// What an adapter says.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Open this connection.
    Call(Link, Request),
    /// Send this. What is marked as secret appears nowhere else.
    Send(Link, Outgoing),
    /// Close this connection with this code and these words.
    Hang(Link, u16, String),
    /// Something happened on the market.
    Told(Told),
    /// Messages are missing, or no longer.
    Gap(Gap),
    /// The connection is in another state from now on.
    State(Moment, State),
    /// Something else that a person may want to know.
    Note(Moment, Note),
    /// It is over, and calling again would not help.
    Failed(Failure),
}

/// A frame to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The frame.
    pub frame: Frame,
    /// Whether it holds credentials.
    pub secret: bool,
}

/// What a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Called.
    Connecting,
    /// The socket is open.
    Open,
    /// The venue took the credentials, or wants none.
    Authenticated,
    /// The venue confirmed what it will send.
    Subscribed,
    /// The first record came.
    Live,
    /// What is known of the market may be wrong from now on.
    Stale(String),
    /// No more.
    Closed(String),
}

/// What a person may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The venue did not say what it says at this point.
    Protocol {
        /// What it should have said.
        expected: &'static str,
        /// What it said, shortened.
        found: String,
    },
    /// The venue speaks another language than was agreed.
    Codec {
        /// Which was agreed.
        agreed: &'static str,
        /// Which came.
        found: &'static str,
    },
    /// The venue reports an error.
    Venue {
        /// Its number.
        code: i64,
        /// Its words.
        text: String,
    },
    /// A message could not be read. The first of each type and field is told, all are counted.
    Rejected {
        /// The type of the message.
        kind: String,
        /// Which field.
        field: String,
        /// What was there, shortened.
        found: String,
        /// What would have done.
        expected: &'static str,
    },
    /// The first message of a type that nobody knows.
    Unknown(String),
    /// The venue will send something else than was wished.
    Difference {
        /// Wished and not confirmed.
        missing: Vec<String>,
        /// Confirmed and not wished.
        extra: Vec<String>,
    },
    /// Subscribed, and nothing came since.
    Silent(String),
    /// The venue took too long over this.
    Timeout(&'static str),
    /// The wall clock was set, by so many nanoseconds.
    ClockStep(i64),
    /// Calling again in so many nanoseconds.
    Waiting(u64),
    /// A frame that broke off was dropped.
    Partial,
    /// So many frames were left out.
    Missed(u64),
    /// The venue will close the connection, or must before long; another is being opened.
    Switching(String),
}

/// Why it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// True: the venue refuses us, and will again. False: it could not be reached as often as was
    /// allowed.
    pub refused: bool,
    /// The venue's own words.
    pub text: String,
}

/// The most characters that a note repeats of what a venue sent.
pub const REPEATED_MAX: usize = 200;

/// `text`, shortened to [`REPEATED_MAX`] characters.
#[must_use]
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED_MAX) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

impl Failure {
    /// The exit status of a program that ends by it.
    #[must_use]
    pub const fn exit_status(&self) -> u8 {
        if self.refused { 2 } else { 3 }
    }
}

impl Frame {
    /// What it carries.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(bytes) | Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => {
                bytes
            }
        }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Text(_) => "Text",
            Self::Binary(_) => "Binary",
            Self::Ping(_) => "Ping",
            Self::Pong(_) => "Pong",
        };
        let start = &self.bytes()[..self.bytes().len().min(REPEATED_MAX)];
        write!(f, "{kind}({} bytes: {})", self.bytes().len(), start.escape_ascii())
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { f.write_str(HIDDEN) } else { self.frame.fmt(f) }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets = self.secrets.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        write!(f, "{} {:?} and {secrets:?} {HIDDEN}", self.url, self.headers)
    }
}

/// `base` with the scheme of a WebSocket: `http` becomes `ws`, `https` becomes `wss`, and what has no
/// scheme is taken to be `wss`. A stroke at its end goes.
#[must_use]
pub fn socket_url(base: &str) -> String {
    let base = base.trim_end_matches('/');
    match base.split_once("://") {
        Some(("http" | "ws", rest)) => format!("ws://{rest}"),
        Some((_, rest)) => format!("wss://{rest}"),
        None => format!("wss://{base}"),
    }
}

/// The address that the variable called `name` says, or else the usual one. `variable` knows the
/// environment.
#[must_use]
pub fn base(name: &str, usual: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let said = variable(name).filter(|said| !said.is_empty());
    said.unwrap_or_else(|| usual.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_may_say_another_address() {
        let here = |name: &str| (name == "V_URL").then(|| "http://127.0.0.1:7".to_owned());
        assert_eq!(base("V_URL", "wss://a.example", here), "http://127.0.0.1:7");
        assert_eq!(base("W_URL", "wss://a.example", here), "wss://a.example");
        assert_eq!(base("V_URL", "wss://a.example", |_| Some(String::new())), "wss://a.example");
    }

    #[test]
    fn a_base_is_called_as_a_socket() {
        assert_eq!(socket_url("http://127.0.0.1:9/"), "ws://127.0.0.1:9");
        assert_eq!(socket_url("https://a.example"), "wss://a.example");
        assert_eq!(socket_url("ws://a.example/v2"), "ws://a.example/v2");
        assert_eq!(socket_url("a.example"), "wss://a.example");
    }

    #[test]
    fn what_is_secret_is_not_printed() {
        let frame = Frame::Text(br#"{"action":"auth","key":"PK12345"}"#.to_vec());
        let sent = Output::Send(Link(1), Outgoing { frame: frame.clone(), secret: true });
        assert!(!format!("{sent:?}").contains("PK12345"));
        let request = Request {
            url: "wss://a.example".to_owned(),
            headers: vec![("Content-Type", "application/json".to_owned())],
            secrets: vec![("Key", Secret::new("PK12345"))],
        };
        let printed = format!("{:?}", Output::Call(Link(1), request));
        assert!(!printed.contains("PK12345") && printed.contains("\"Key\""), "{printed}");
        let plain = format!("{:?}", Outgoing { frame, secret: false });
        assert!(plain.starts_with("Text(33 bytes: "), "{plain}");
        let long = shortened(&"ä".repeat(1_000));
        assert_eq!(long.chars().count(), REPEATED_MAX + 1);
        assert_eq!(Failure { refused: false, text: String::new() }.exit_status(), 3);
    }
}
