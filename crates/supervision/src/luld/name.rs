//! One instrument under limit up, limit down.

use super::bands::{Standing, around, doubled, doubled_outside, standing};
use super::window::Window;
use super::{Listing, State};
use crate::calendar::Session;
use crate::closes::Closes;
use crate::grid::Fraction;
use crate::known::{LuldSays, secs};
use pitfloor_model::command::Command;
use pitfloor_model::event::{Phase, PhaseReason};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{Price, Qty, Time};

/// What is known from outside at a moment: the time, the rule in force, the hours of the day.
pub(super) struct Moment<'a> {
    pub(super) at: Time,
    pub(super) says: &'a LuldSays,
    pub(super) session: Option<Session>,
}

impl Moment<'_> {
    /// The regular hours, in them.
    fn regular(&self) -> Option<(Time, Time)> {
        let hours = self.session.map(|session| (session.open, session.close));
        hours.filter(|(open, close)| (*open..*close).contains(&self.at))
    }
}

/// What it has to say besides its bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// The limit state lasted too long.
    Pause,
    /// The pause is over.
    Reopen,
    /// The pause ended at the close, and the closing call follows.
    Close,
}

#[derive(Clone, Debug)]
pub(super) struct Name {
    listing: Listing,
    pub(super) closes: Closes,
    pub(super) state: State,
    /// The bands that should stand, and those that were said last.
    pub(super) bands: Option<Bands>,
    said: Option<Bands>,
    phase: Phase,
    /// Bands do not bind in the present call or halt, whose auction finds a new reference.
    lifted: bool,
    bid: Option<Price>,
    ask: Option<Price>,
    window: Window,
    published: Option<(Fraction, Time)>,
    /// The price of the last auction, until it has become the reference.
    auction: Option<Price>,
    wish: Option<Wish>,
    /// The end of the pause was said; a call that is extended is not for this rule to end.
    ended: bool,
}

impl Name {
    pub(super) fn new(listing: Listing, closes: Closes) -> Self {
        Self {
            listing,
            closes,
            state: State::Off,
            bands: None,
            said: None,
            phase: Phase::Continuous,
            lifted: false,
            bid: None,
            ask: None,
            window: Window::default(),
            published: None,
            auction: None,
            wish: None,
            ended: false,
        }
    }

    pub(super) fn reference(&self) -> Option<Price> {
        self.published.map(|(price, _)| self.listing.grid.round(price))
    }

    /// Something printed.
    pub(super) fn print(&mut self, price: Price, qty: Qty, auction: bool, moment: &Moment<'_>) {
        if price.0 <= 0 {
            return; // A share of nothing is no distance: such prices have no bands.
        }
        let regular = moment.regular().is_some();
        if regular || self.phase == Phase::CloseCall {
            self.closes.print(price);
        }
        if auction && self.lifted {
            // What leads back to continuous trading is the new reference by itself.
            self.auction = Some(price);
            return;
        }
        if regular && qty >= self.listing.eligible_min {
            let far = self.far(moment.says);
            self.window.add(moment.at, price, far);
        }
        self.settle(moment);
    }

    /// It entered another phase.
    pub(super) fn enter(&mut self, to: Phase, why: PhaseReason, moment: &Moment<'_>) {
        let closing = matches!(self.state, State::Paused { closing: true, .. });
        let reopened = to == Phase::Continuous && self.lifted;
        self.phase = to;
        self.wish = None;
        let short = matches!(why, PhaseReason::Velocity | PhaseReason::StopCascade);
        match to {
            Phase::Continuous => self.lifted = false,
            // A short pause of the exchange keeps reference and bands.
            Phase::ReopenCall if short && !self.lifted => {}
            Phase::PeriodicCall => {}
            _ => self.lifted = true,
        }
        let paused = matches!(self.state, State::Paused { .. });
        if !(paused && to == Phase::ReopenCall) {
            self.state = State::Off;
        }
        if reopened && closing {
            self.wish = Some(Wish::Close);
        } else if reopened {
            self.start(moment);
        }
        self.settle(moment);
    }

    /// Trading begins or comes back: the auction's price is the reference, or the one before it.
    fn start(&mut self, moment: &Moment<'_>) {
        self.window = Window::default();
        if moment.regular().is_none() {
            return;
        }
        if let Some(price) = self.auction.take() {
            self.publish_exactly(Fraction::whole(price), moment);
            let far = self.far(moment.says);
            self.window.add(moment.at, price, far);
        } else if let Some((before, _)) = self.published {
            self.publish_exactly(before, moment);
        }
    }

    /// Another best bid and ask.
    pub(super) fn quote(&mut self, bid: Option<Price>, ask: Option<Price>, moment: &Moment<'_>) {
        (self.bid, self.ask) = (bid, ask);
        self.settle(moment);
    }

    /// A reference from outside.
    pub(super) fn publish(&mut self, price: Price, moment: &Moment<'_>) {
        self.publish_exactly(Fraction::whole(price), moment);
        self.settle(moment);
    }

    fn publish_exactly(&mut self, price: Fraction, moment: &Moment<'_>) {
        self.published = Some((price, moment.at));
        let far = self.far(moment.says);
        self.window.measure(far);
    }

    /// Which prices could move the reference.
    fn far(&self, says: &LuldSays) -> impl Fn(Price) -> bool + use<> {
        let (reference, bips) = (self.published.map(|(price, _)| price), says.republish_bips);
        move |price| reference.is_none_or(|than| Fraction::whole(price).differs(than, bips))
    }

    /// Brings everything to where it should be at this moment.
    pub(super) fn settle(&mut self, moment: &Moment<'_>) {
        if let State::Paused { until, .. } = self.state {
            self.bands = None;
            self.end_pause(until, moment);
            return;
        }
        let Some(hours) = moment.regular() else {
            self.rest(moment);
            return;
        };
        if self.lifted {
            (self.state, self.bands) = (State::Off, None);
            return;
        }
        self.refer(moment);
        let Some((reference, _)) = self.published else {
            (self.state, self.bands) = (State::Off, None);
            return;
        };
        let Listing { tier, grid, .. } = self.listing;
        let close = self.closes.previous().unwrap_or(grid.round(reference));
        let twice = doubled(moment.says, tier, grid, reference, hours, moment.at);
        let bands = around(moment.says, tier, grid, reference, close, twice);
        self.bands = Some(bands);
        self.stand(bands, moment);
    }

    /// Outside the regular hours there are neither bands nor a reference. What an auction before
    /// the opening found is kept for it.
    fn rest(&mut self, moment: &Moment<'_>) {
        let over = moment.session.is_none_or(|session| moment.at >= session.close);
        (self.state, self.bands, self.published) = (State::Off, None, None);
        self.window = Window::default();
        if over {
            self.auction = None;
        }
        if self.wish == Some(Wish::Pause) {
            self.wish = None;
        }
    }

    /// Finds the reference, and publishes another when it may.
    fn refer(&mut self, moment: &Moment<'_>) {
        let Moment { at, says, .. } = *moment;
        let far = self.far(says);
        self.window.forget(at, secs(says.window_s), far);
        let mean = self.window.mean();
        let Some((price, since)) = self.published else {
            let close = self.closes.previous().filter(|close| close.0 > 0);
            let opening = self.auction.take().or(close).map(Fraction::whole);
            if let Some(first) = opening.or(mean) {
                self.publish_exactly(first, moment);
            }
            return;
        };
        let stood = since.after(secs(says.republish_after_s)) <= at;
        let moved = mean.filter(|mean| stood && mean.differs(price, says.republish_bips));
        if let Some(mean) = moved {
            self.publish_exactly(mean, moment);
        }
    }

    /// Where the market stands to `bands`, and for how long it may.
    fn stand(&mut self, bands: Bands, moment: &Moment<'_>) {
        if self.phase != Phase::Continuous {
            self.state = State::Normal;
            return;
        }
        self.state = match (standing(bands, self.bid, self.ask), self.state) {
            (Standing::Limit(edge), State::Limit { edge: same, since }) if edge == same => {
                State::Limit { edge, since }
            }
            (Standing::Limit(edge), _) => State::Limit { edge, since: moment.at },
            (Standing::Straddle, _) => State::Straddle,
            (Standing::Normal, _) => State::Normal,
        };
        if let State::Limit { since, .. } = self.state
            && since.after(secs(moment.says.limit_state_s)) <= moment.at
        {
            self.wish = Some(Wish::Pause);
        }
    }

    fn end_pause(&mut self, until: Time, moment: &Moment<'_>) {
        if until > moment.at {
            return;
        }
        if self.phase != Phase::ReopenCall {
            self.state = State::Off;
        } else if !self.ended {
            self.wish = Some(Wish::Reopen);
        }
    }

    pub(super) fn speaks(&self) -> bool {
        self.wish.is_some() || self.bands != self.said
    }

    pub(super) fn say(&mut self, moment: &Moment<'_>, out: &mut Vec<Command>) {
        let instrument = self.listing.instrument;
        match self.wish.take() {
            Some(Wish::Pause) => {
                let (to, why) = (Phase::ReopenCall, PhaseReason::LimitState);
                out.push(Command::SetPhase { instrument, to, why });
                self.pause(moment);
            }
            Some(Wish::Reopen) => {
                out.push(Command::EndCall { instrument });
                self.ended = true;
            }
            Some(Wish::Close) => {
                let (to, why) = (Phase::CloseCall, PhaseReason::Scheduled);
                out.push(Command::SetPhase { instrument, to, why });
            }
            None => {}
        }
        if self.bands != self.said {
            self.said = self.bands;
            out.push(Command::SetBands { instrument, bands: self.bands });
        }
    }

    /// The pause that begins now. The bands are lifted for the auction that ends it.
    fn pause(&mut self, moment: &Moment<'_>) {
        let end = moment.at.after(secs(moment.says.pause_s));
        let close = moment.session.map_or(end, |session| session.close);
        let last = close.before(secs(moment.says.no_reopening_before_close_s));
        let closing = end > last;
        let until = if closing { close } else { end };
        self.state = State::Paused { until, closing };
        (self.bands, self.ended) = (None, false);
    }

    /// When something happens by itself next.
    pub(super) fn deadline(&self, moment: &Moment<'_>) -> Option<Time> {
        let Moment { at, says, session } = *moment;
        let mut next = Vec::with_capacity(7);
        if let State::Paused { until, .. } = self.state {
            next.push(until);
        }
        if let Some(Session { open, close, .. }) = session {
            let (first, last) = doubled_outside(says, (open, close));
            next.extend([open, first, last, close]);
        }
        if let State::Limit { since, .. } = self.state {
            next.push(since.after(secs(says.limit_state_s)));
        }
        if let Some((_, since)) = self.published {
            next.push(since.after(secs(says.republish_after_s)));
            next.extend(self.window.turns(secs(says.window_s)));
        }
        next.into_iter().filter(|due| *due > at).min()
    }
}
