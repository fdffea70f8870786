//! Volatility interruptions: a corridor around the last price and one around the last auction's; an
//! order that would trade outside of both begins a call instead.
//!
//! The corridors are bands, so nothing trades outside. That an order *would have* is seen in two
//! ways: it ends at the band (`Cancelled` for `Band`), or it is repriced to a band although somebody
//! would have met it at its own price. Then the instrument goes to a call; its bands are lifted,
//! its auction's price is the middle of both corridors from then on.
//!
//! After the T7 market model (Xetra), in small: the call lasts its shortest time and a part drawn by
//! chance, which the host gives ([`Volatility::draw`]); the extended interruption and the wider
//! corridors of auctions are not here (an auction has its collar). Rule `volatility`; an exchange
//! keeps its figures to itself, so those that ship are examples. Not together with
//! [`crate::luld`] on one instrument: both set its bands.

use crate::Supervisor;
use crate::grid::{Fraction, Grid};
use crate::known::{VolatilitySays, secs};
use crate::timers::Timers;
use pitfloor_model::command::Command;
use pitfloor_model::event::{CancelReason, Event, Phase, PhaseReason};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{InstrumentId, Price, Side, Span, Time};

/// The supervisor of the rule.
#[derive(Clone, Debug)]
pub struct Volatility {
    says: VolatilitySays,
    names: Vec<Option<Name>>,
    timers: Timers,
}

/// An instrument under the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Which.
    pub instrument: InstrumentId,
    /// Where its prices lie.
    pub grid: Grid,
    /// The middle of both corridors when the run begins; none: none until the first print.
    pub reference: Option<Price>,
}

#[derive(Clone, Debug)]
struct Name {
    listing: Listing,
    phase: Phase,
    /// The last print, and the last auction's.
    last: Option<Price>,
    auction: Option<Price>,
    bid: Option<Price>,
    ask: Option<Price>,
    said: Option<Bands>,
    /// An order would trade outside.
    outside: bool,
    /// The present call is this rule's, until then; none once its end was said.
    until: Option<Time>,
    ending: bool,
    /// How much longer the next call lasts.
    longer: Span,
}

impl Volatility {
    /// Over `listings`, by `says` (the row of the rule `volatility`).
    ///
    /// # Panics
    ///
    /// When an instrument is listed twice.
    #[must_use]
    pub fn new(says: VolatilitySays, listings: &[Listing]) -> Self {
        let count = listings.iter().map(|listing| listing.instrument.index() + 1).max();
        let mut made =
            Self { says, names: vec![None; count.unwrap_or(0)], timers: Timers::default() };
        for listing in listings {
            let place = &mut made.names[listing.instrument.index()];
            assert!(place.is_none(), "an instrument is listed once");
            *place = Some(Name::new(*listing));
            made.change(listing.instrument, |_, _| {});
        }
        made
    }

    /// How much longer than its shortest time the next call of `instrument` lasts. The host draws it
    /// with its own dice; without, the call has its shortest time.
    ///
    /// # Panics
    ///
    /// When it is more than the rule allows.
    pub fn draw(&mut self, instrument: InstrumentId, longer: Span) {
        assert!(longer <= secs(self.says.random_most_s), "the rule says how much by chance");
        self.change(instrument, |name, _| name.longer = longer);
    }

    /// The corridor of `instrument`, while it has one.
    #[must_use]
    pub fn corridor(&self, instrument: InstrumentId) -> Option<Bands> {
        self.names.get(instrument.index())?.as_ref()?.corridor(&self.says)
    }

    fn change(&mut self, of: InstrumentId, act: impl FnOnce(&mut Name, &VolatilitySays)) {
        let Some(Some(name)) = self.names.get_mut(of.index()) else { return };
        act(name, &self.says);
        self.timers.set(of, name.until, name.speaks(&self.says));
    }

    fn pass(&mut self, at: Time) {
        while let Some((_, instrument)) = self.timers.first_until(at) {
            self.change(instrument, |name, _| {
                name.ending = name.phase == Phase::ReopenCall;
                name.until = None;
            });
        }
        self.timers.tell(at);
    }
}

impl Name {
    fn new(listing: Listing) -> Self {
        Self {
            listing,
            phase: Phase::Continuous,
            last: listing.reference,
            auction: listing.reference,
            bid: None,
            ask: None,
            said: None,
            outside: false,
            until: None,
            ending: false,
            longer: Span::ZERO,
        }
    }

    /// What lies in both corridors; none outside of continuous trading. Should they not meet (the
    /// last price has left the other corridor, as a new reference allows), the one around the last
    /// auction's price stands alone.
    fn corridor(&self, says: &VolatilitySays) -> Option<Bands> {
        let (last, auction) = self.last.zip(self.auction)?;
        let near = self.around(last, says.dynamic_bips);
        let wide = self.around(auction, says.static_bips);
        let (lower, upper) = (near.lower.max(wide.lower), near.upper.min(wide.upper));
        let both = if lower <= upper { Bands { lower, upper } } else { wide };
        (self.phase == Phase::Continuous && self.until.is_none()).then_some(both)
    }

    fn around(&self, middle: Price, bips: u32) -> Bands {
        let whole = Fraction::whole(middle);
        let away = whole.share(bips);
        let away = Fraction { ticks: away.ticks.abs(), of: away.of };
        let round = |price| self.listing.grid.round(price);
        Bands { lower: round(whole.minus(away)), upper: round(whole.plus(away)) }
    }

    fn print(&mut self, price: Price, auction: bool) {
        self.last = Some(price);
        if auction || self.auction.is_none() {
            self.auction = Some(price);
        }
    }

    fn enter(&mut self, to: Phase) {
        self.phase = to;
        self.outside = false;
        self.ending = false;
        if to != Phase::ReopenCall {
            self.until = None;
        }
    }

    /// An order was brought `to` a price from `from`: was that a band, and would it have traded?
    fn repriced(&mut self, side: Side, from: Price, to: Price) {
        let Some(bands) = self.said else { return };
        let (band, other) = match side {
            Side::Buy => (bands.upper, self.ask),
            Side::Sell => (bands.lower, self.bid),
        };
        let beyond = |other: Price| side.accepts(from, other) && !side.accepts(to, other);
        self.outside |= to == band && other.is_some_and(beyond);
    }

    fn speaks(&self, says: &VolatilitySays) -> bool {
        self.interrupts() || self.ending || self.corridor(says) != self.said
    }

    fn interrupts(&self) -> bool {
        self.outside && self.phase == Phase::Continuous && self.until.is_none()
    }

    fn say(&mut self, at: Time, says: &VolatilitySays, out: &mut Vec<Command>) {
        let instrument = self.listing.instrument;
        if self.interrupts() {
            // There is no reason of its own for it: it is the venue's halt.
            let (to, why) = (Phase::ReopenCall, PhaseReason::Regulatory);
            out.push(Command::SetPhase { instrument, to, why });
            let longer = std::mem::take(&mut self.longer);
            self.until = Some(at.after(secs(says.call_s)).after(longer));
            self.outside = false;
        }
        if std::mem::take(&mut self.ending) {
            out.push(Command::EndCall { instrument });
        }
        let corridor = self.corridor(says);
        if corridor != self.said {
            self.said = corridor;
            out.push(Command::SetBands { instrument, bands: corridor });
        }
    }
}

impl Supervisor for Volatility {
    fn see(&mut self, at: Time, event: &Event) {
        self.pass(at);
        match *event {
            Event::Traded { instrument, price, .. } => {
                self.change(instrument, |name, _| name.print(price, false));
            }
            Event::Uncrossed { instrument, price: Some(price), .. } => {
                self.change(instrument, |name, _| name.print(price, true));
            }
            Event::Cancelled { instrument, why: CancelReason::Band, .. } => {
                self.change(instrument, |name, _| name.outside = true);
            }
            Event::Repriced { instrument, side, from: Some(from), to, .. } => {
                self.change(instrument, |name, _| name.repriced(side, from, to));
            }
            Event::PhaseChanged { instrument, to, .. } => {
                self.change(instrument, |name, _| name.enter(to));
            }
            _ => {}
        }
    }

    fn quote(&mut self, at: Time, of: InstrumentId, bid: Option<Price>, ask: Option<Price>) {
        self.pass(at);
        self.change(of, |name, _| (name.bid, name.ask) = (bid, ask));
    }

    fn due(&self) -> Option<Time> {
        self.timers.due()
    }

    fn take(&mut self, at: Time, out: &mut Vec<Command>) {
        self.pass(at);
        for instrument in self.timers.speaking() {
            self.change(instrument, |name, says| name.say(at, says, out));
        }
    }
}
