//! One connection to a venue over its whole life: calling, greeting, keeping alive, losing, calling
//! again. What is said on it is the venue's: [`Venue`].

use crate::adapter::{Adapter, Frame, Input, Link, Loss, Note, Output, Refusal, Request, State};
use crate::backoff::{self, Backoff};
use crate::clock::{Now, SECOND, Steady};
use crate::counters::Counters;
use crate::credentials::Credentials;
use crate::post::{End, Post};
use pitfloor_data::record::Moment;
use pitfloor_data::symbols::Symbols;

/// The rules of one venue: what is said on an open connection.
pub trait Venue {
    /// What to call.
    fn request(&self, credentials: Option<&Credentials>) -> Request;

    /// The connection is open.
    fn opened(&mut self, post: &mut Post);

    /// A frame of text or bytes came.
    fn frame(&mut self, frame: &Frame, post: &mut Post);

    /// Time has passed.
    fn tick(&mut self, post: &mut Post);

    /// When it wants to be ticked at the latest.
    fn due(&self) -> Option<Steady>;

    /// The connection is no more: whatever was true of it is not.
    fn lost(&mut self);
}

/// How a connection is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long to wait between calls.
    pub backoff: backoff::Terms,
    /// What throws the dice.
    pub seed: u64,
    /// How long a call may take, in nanoseconds.
    pub call_ns: u64,
    /// How often we ask whether the venue is there; 0: never.
    pub ping_ns: u64,
    /// How long it may take to answer that.
    pub pong_ns: u64,
    /// Whether any frame is answer enough.
    pub any_frame_answers: bool,
    /// How long nothing may come while the market is open; 0: for ever.
    pub idle_ns: u64,
    /// The longest frame, in bytes.
    pub frame_bytes_max: usize,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            backoff: backoff::Terms::default(),
            seed: 0,
            call_ns: 10 * SECOND,
            ping_ns: 10 * SECOND,
            pong_ns: 5 * SECOND,
            any_frame_answers: false,
            idle_ns: 60 * SECOND,
            frame_bytes_max: 16 << 20,
        }
    }
}

/// Where a connection is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// To be called.
    Waiting {
        until: Steady,
    },
    /// Called; given up at this moment.
    Calling {
        until: Steady,
    },
    Open,
    Over,
}

/// The adapter that a venue's rules make, on one connection at a time.
#[derive(Debug)]
pub struct Line<V> {
    venue: V,
    post: Post,
    terms: Terms,
    backoff: Backoff,
    phase: Phase,
    /// The clocks at the last input.
    before: Option<Now>,
    calls: u64,
    market_open: bool,
    ping_at: Option<Steady>,
    pong_by: Option<Steady>,
    pings: u64,
    idle_at: Option<Steady>,
    last_frame: Moment,
}

impl<V: Venue> Line<V> {
    /// A line of `venue`, whose records say that they are of `source`. The first tick calls.
    #[must_use]
    pub fn new(venue: V, source: &str, credentials: Option<Credentials>, terms: Terms) -> Self {
        Self {
            venue,
            post: Post::new(source, credentials),
            terms,
            backoff: Backoff::new(terms.backoff, terms.seed),
            phase: Phase::Waiting { until: 0 },
            before: None,
            calls: 0,
            market_open: true,
            ping_at: None,
            pong_by: None,
            pings: 0,
            idle_at: None,
            last_frame: Moment::default(),
        }
    }

    /// The venue's rules, to ask for something else from now on; take [`Input::Tick`] afterwards.
    pub fn venue_mut(&mut self) -> &mut V {
        &mut self.venue
    }

    /// The venue's rules.
    pub fn venue(&self) -> &V {
        &self.venue
    }

    /// Whether records come now.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.post.live && self.phase == Phase::Open
    }

    /// Hangs up for good, because another line does its work: no gap, no call.
    pub(crate) fn finish(&mut self, now: Now, why: &str, out: &mut Vec<Output>) {
        self.post.now = now;
        if self.phase == Phase::Open {
            self.post.out.push(Output::Hang(self.post.link, 1000, why.to_owned()));
        }
        self.post.state(State::Closed(why.to_owned()));
        self.phase = Phase::Over;
        out.append(&mut self.post.out);
    }

    /// Says whether the market is open: a closed one may be silent.
    pub fn set_market_open(&mut self, open: bool) {
        self.market_open = open;
    }

    fn call(&mut self) {
        let steady = self.post.now.steady;
        self.post.link = Link(self.post.link.0 + 1);
        self.post.counters.reconnects += u64::from(self.calls > 0);
        self.calls += 1;
        self.post.state(State::Connecting);
        let request = self.venue.request(self.post.credentials.as_ref());
        self.post.out.push(Output::Call(self.post.link, request));
        self.phase = Phase::Calling { until: steady + self.terms.call_ns };
    }

    fn opened(&mut self) {
        let steady = self.post.now.steady;
        self.phase = Phase::Open;
        self.post.live = false;
        self.last_frame = self.post.now.at;
        self.pong_by = None;
        self.ping_at = (self.terms.ping_ns > 0).then_some(steady + self.terms.ping_ns);
        self.idle_at = (self.terms.idle_ns > 0).then_some(steady + self.terms.idle_ns);
        self.post.state(State::Open);
        self.venue.opened(&mut self.post);
    }

    fn refused(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::Http { status, retry_after_s, text } => {
                let words = format!("the venue answered {status}: {text}");
                match status {
                    // Asked to wait: by how long it says, else as after any failure.
                    418 | 429 => {
                        self.lose(&words, retry_after_s.unwrap_or(0).saturating_mul(SECOND))
                    }
                    400..=499 => self.over(true, &words),
                    _ => self.lose(&words, retry_after_s.unwrap_or(0).saturating_mul(SECOND)),
                }
            }
            Refusal::Network(text) => self.lose(text, 0),
        }
    }

    fn frame(&mut self, frame: &Frame) {
        let steady = self.post.now.steady;
        let counters = &mut self.post.counters;
        counters.frames += 1;
        counters.bytes += frame.bytes().len() as u64;
        if frame.bytes().len() > self.terms.frame_bytes_max {
            counters.decode_errors += 1;
            let (found, most) = (frame.bytes().len(), self.terms.frame_bytes_max);
            self.post.again(&format!("a frame of {found} bytes, at most {most}"));
            return;
        }
        if self.terms.any_frame_answers {
            self.pong_by = None;
        }
        match frame {
            Frame::Ping(bytes) => self.post.send(Frame::Pong(bytes.clone())),
            Frame::Pong(bytes) => {
                if *bytes == self.pings.to_be_bytes() {
                    self.pong_by = None;
                }
            }
            Frame::Text(_) | Frame::Binary(_) => {
                self.idle_at = (self.terms.idle_ns > 0).then_some(steady + self.terms.idle_ns);
                self.venue.frame(frame, &mut self.post);
                self.last_frame = self.post.now.at;
                if self.post.live {
                    self.backoff.succeeded();
                }
            }
        }
    }

    fn tick(&mut self) {
        let steady = self.post.now.steady;
        match self.phase {
            Phase::Waiting { until } if steady >= until => self.call(),
            Phase::Calling { until } if steady >= until => self.lose("nobody answered the call", 0),
            Phase::Open => self.keep(),
            Phase::Waiting { .. } | Phase::Calling { .. } | Phase::Over => {}
        }
    }

    fn keep(&mut self) {
        let steady = self.post.now.steady;
        if self.pong_by.is_some_and(|by| steady >= by) {
            self.post.note(Note::Timeout("answering a ping"));
            self.post.again("no pong in time");
        } else if self.idle_at.is_some_and(|at| steady >= at) {
            if self.market_open {
                self.post.again("nothing came for too long");
            } else {
                self.idle_at = Some(steady + self.terms.idle_ns);
            }
        }
        if self.ping_at.is_some_and(|at| steady >= at) && !self.post.ended() {
            self.pings += 1;
            self.post.send(Frame::Ping(self.pings.to_be_bytes().to_vec()));
            self.ping_at = Some(steady + self.terms.ping_ns);
            // Asked twice while an answer is due: the first deadline holds.
            self.pong_by.get_or_insert(steady + self.terms.pong_ns);
        }
        if !self.post.ended() {
            self.venue.tick(&mut self.post);
        }
    }

    /// The connection is no more, or was not made.
    fn lose(&mut self, why: &str, least_ns: u64) {
        self.forget(why);
        let Some(wait) = self.backoff.failed() else {
            self.post.failed(false, why);
            self.phase = Phase::Over;
            return;
        };
        let wait = wait.max(least_ns);
        self.post.note(Note::Waiting(wait));
        self.phase = Phase::Waiting { until: self.post.now.steady.saturating_add(wait) };
    }

    fn over(&mut self, refused: bool, why: &str) {
        self.forget(why);
        self.post.failed(refused, why);
        self.phase = Phase::Over;
    }

    fn forget(&mut self, why: &str) {
        let clean = self.post.clean(why);
        if std::mem::take(&mut self.post.live) {
            self.post.state(State::Stale(clean.clone()));
        }
        if self.phase == Phase::Open {
            self.post.open_gaps(self.last_frame, &clean);
            self.venue.lost();
        }
        self.post.state(State::Closed(clean));
        (self.ping_at, self.pong_by, self.idle_at) = (None, None, None);
    }

    /// Carries out what the venue's rules, or ours, decided about the connection.
    fn settle(&mut self) {
        let Some(end) = self.post.end.take() else { return };
        let (End::Again(why) | End::Never(why)) = &end;
        self.post.out.push(Output::Hang(self.post.link, 1000, why.clone()));
        match end {
            End::Again(why) => self.lose(&why, 0),
            End::Never(why) => self.over(true, &why),
        }
    }

    fn lost(&mut self, loss: &Loss) {
        if loss.partial {
            self.post.counters.partial += 1;
            self.post.note(Note::Partial);
        }
        let why = match loss.code {
            Some(code) => format!("the venue closed it: {code} {}", loss.reason),
            None => format!("it broke: {}", loss.reason),
        };
        self.lose(&why, 0);
    }
}

impl<V: Venue> Adapter for Line<V> {
    fn hear(&mut self, now: Now, input: Input<'_>, out: &mut Vec<Output>) {
        if let Some(step) = self.before.and_then(|before| now.step_since(before)) {
            self.post.now = now;
            self.post.counters.clock_steps += 1;
            self.post.note(Note::ClockStep(step));
        }
        self.before = Some(now);
        self.post.now = now;
        let (link, calling) = (self.post.link, matches!(self.phase, Phase::Calling { .. }));
        match input {
            Input::Opened(of) if of == link && calling => self.opened(),
            Input::Refused(of, refusal) if of == link && calling => self.refused(refusal),
            Input::Frame(of, frame) if of == link && self.phase == Phase::Open => self.frame(frame),
            Input::Lost(of, loss) if of == link && (calling || self.phase == Phase::Open) => {
                self.lost(loss);
            }
            Input::Missed(of, frames) if of == link && self.phase == Phase::Open => {
                self.post.counters.missed += frames;
                self.post.note(Note::Missed(frames));
                self.post
                    .open_gaps(self.last_frame, "frames were left out: nobody took them in time");
            }
            Input::Tick => self.tick(),
            // Of a connection that is no more.
            Input::Opened(_)
            | Input::Refused(..)
            | Input::Frame(..)
            | Input::Lost(..)
            | Input::Missed(..) => {}
        }
        self.settle();
        out.append(&mut self.post.out);
    }

    fn due(&self) -> Option<Steady> {
        match self.phase {
            Phase::Waiting { until } | Phase::Calling { until } => Some(until),
            Phase::Open => {
                let own = [self.ping_at, self.pong_by, self.idle_at, self.venue.due()];
                own.into_iter().flatten().min()
            }
            Phase::Over => None,
        }
    }

    fn counters(&self) -> &Counters {
        &self.post.counters
    }

    fn symbols(&self) -> &Symbols {
        &self.post.symbols
    }
}
