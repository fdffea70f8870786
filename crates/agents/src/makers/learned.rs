//! What a maker knows of its market: given at first, and learned as it goes on.
//!
//! The volatility is that of the mid, from an exponentially weighted mean of its squared moves; how often
//! orders are traded with is fitted to its own fills ([`super::arrivals`]).

use super::arrivals::Arrivals;
use super::quoting::Quoting;
use pitfloor_model::units::{Side, Span, Time};

/// The width of a distance that is told apart, in price steps.
const WIDTH_STEPS: f64 = 1.0;

/// σ, A and k, in units of the currency and per second.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Standard deviation of the mid per √s.
    pub volatility: f64,
    /// A: how often an order at the mid is traded with, per second.
    pub intensity: f64,
    /// k: how fast that falls with the distance, per unit of the currency.
    pub decay: f64,
    arrivals: Arrivals,
    /// For how long a move of the mid is remembered; none when the volatility is given.
    memory: Option<Span>,
    /// How often A and k are fitted anew; none when they are given.
    every: Option<Span>,
    variance: f64,
    seen: Option<(Time, f64)>,
    fitted: Time,
}

impl Learned {
    /// What is given at first; `step` is a price step in units of the currency.
    #[must_use]
    pub fn new(given: [f64; 3], step: f64, memory: Option<Span>, every: Option<Span>) -> Self {
        let [volatility, intensity, decay] = given;
        Self {
            volatility,
            intensity,
            decay,
            arrivals: Arrivals::new(WIDTH_STEPS * step),
            memory,
            every,
            variance: volatility * volatility,
            seen: None,
            fitted: Time::ZERO,
        }
    }

    /// Tells distances apart by price steps of `step` units of the currency, and forgets what was seen.
    pub fn tell_apart(&mut self, step: f64) {
        self.arrivals = Arrivals::new(WIDTH_STEPS * step);
    }

    /// Takes in the mid as it is at `now`, and how far the quotes stood from the last one since. True when
    /// A and k are new.
    pub fn see(&mut self, now: Time, mid: f64, tick: f64, quoting: &Quoting) -> bool {
        if let Some((then, before)) = self.seen {
            let seconds = now.since(then).0 as f64 / 1e9;
            for side in [Side::Buy, Side::Sell] {
                if let Some(standing) = quoting.standing(side) {
                    let distance = (standing.price.0 as f64 * tick - before).abs();
                    self.arrivals.stood(distance, seconds);
                }
            }
            if let Some(memory) = self.memory.filter(|_| seconds > 0.0) {
                let kept = libm::exp(-seconds / (memory.0 as f64 / 1e9));
                let rate = (mid - before) * (mid - before) / seconds;
                self.variance = kept * self.variance + (1.0 - kept) * rate;
                self.volatility = libm::sqrt(self.variance);
            }
        }
        self.seen = Some((now, mid));
        self.every.is_some_and(|every| self.fitted.after(every) <= now) && self.refit(now)
    }

    /// One of its orders, at `price`, was traded with.
    pub fn filled(&mut self, price: f64) {
        if let Some((_, mid)) = self.seen {
            self.arrivals.filled((price - mid).abs());
        }
    }

    fn refit(&mut self, now: Time) -> bool {
        self.fitted = now;
        let Some((intensity, decay)) = self.arrivals.fit() else { return false };
        (self.intensity, self.decay) = (intensity, decay);
        true
    }
}
