//! Going home: an agent that at a given moment stops what it does and closes what it has opened.
//!
//! What groups ask for with `flat_at`, whatever kind their members are of. Until then everything goes
//! to the agent inside. At that moment all its orders are taken off the market, and it waits until they
//! are; from then on the agent inside is told nothing more, and each instrument goes back to what was
//! held at the start: once in a while an order for all of the difference, at the best price of the other
//! side, that trades at once or not at all. The next waits until the last one has ended, so nothing is
//! closed twice.

use crate::agent::{Agent, Context, Interest, Notice};
use crate::orders::InFlight;
use crate::params::Role;
use pitfloor_model::command::Filter;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{InstrumentId, Qty, Side, Span, Time};
use smallvec::SmallVec;

/// The tag of its own timers: no agent gives it.
const HOMEWARDS: u64 = u64::MAX;

/// How often it looks whether it is home.
const LOOK: Span = Span::millis(500);

/// An agent with a home to go to.
pub(crate) struct GoingHome {
    inside: Box<dyn Agent>,
    at: Time,
    legs: SmallVec<[Leg; 1]>,
    going: bool,
}

struct Leg {
    instrument: InstrumentId,
    home: i128,
    flight: InFlight,
}

impl GoingHome {
    /// `inside`, which plays `roles`, until `at` of the run.
    pub(crate) fn new(inside: Box<dyn Agent>, at: Span, roles: &[Role]) -> Self {
        let leg =
            |role: &Role| Leg { instrument: role.instrument, home: 0, flight: InFlight::default() };
        Self {
            inside,
            at: Time::ZERO.after(at),
            legs: roles.iter().map(leg).collect(),
            going: false,
        }
    }

    fn look(&mut self, cx: &mut Context<'_>) {
        let mut home = true;
        for leg in &mut self.legs {
            let away = cx.position(leg.instrument) - leg.home;
            home &= away == 0 && leg.flight.has_landed();
            if leg.flight.has_landed() {
                leg.step(away, cx);
            }
        }
        if !home {
            cx.wake_at(cx.now().after(LOOK), HOMEWARDS);
        }
    }
}

impl Leg {
    fn step(&mut self, away: i128, cx: &mut Context<'_>) {
        let side = if away > 0 { Side::Sell } else { Side::Buy };
        let view = cx.view();
        if view.phase(self.instrument) != Phase::Continuous {
            return;
        }
        let quote = view.quote(self.instrument);
        let best = if away > 0 { quote.bid } else { quote.ask };
        let limits = &cx.instrument(self.instrument).limits;
        let most = away.unsigned_abs().min(u128::from(limits.qty_max.0)) as u64;
        let qty = Qty(most - most % limits.qty_step);
        let Some((price, _)) = best.filter(|_| !qty.is_zero() && qty >= limits.qty_min) else {
            return;
        };
        cx.because("close what was opened", || [("lots_away", away as f64)]);
        self.flight.send(cx.take(self.instrument, side, price, qty), qty);
    }
}

impl Agent for GoingHome {
    fn interest(&self) -> Interest {
        self.inside.interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                for leg in &mut self.legs {
                    leg.home = cx.position(leg.instrument);
                }
                cx.wake_at(self.at, HOMEWARDS);
            }
            Notice::Timer(HOMEWARDS) => {
                if !self.going {
                    self.going = true;
                    cx.mass_cancel(Filter::default());
                    // What is still filled on the way is told before the answer to a question sent
                    // after it.
                    return cx.ask(Span::ZERO, HOMEWARDS);
                }
                return self.look(cx);
            }
            Notice::Own(event) if self.going => {
                for leg in &mut self.legs {
                    leg.flight.told(cx.account(), event);
                }
            }
            _ => {}
        }
        if !self.going {
            self.inside.on(notice, cx);
        }
    }
}
