//! A program that sells: so much in all, at a share of the volume, whatever the price.
//!
//! From `begin` on it sells every `interval` as many lots as are `share` of what traded in the
//! market over the last `window`, spread over that window: *share* × *volume* ×
//! `interval`/`window`. It sends market orders, with no limit to price or time, until `total` lots
//! are sold. Its own sales are part of the volume that it goes by, and so is what others pass from
//! hand to hand because of it: the more the market churns, the faster it sells. What an order
//! cannot sell for want of buyers is given up, and while trading stands still it does too.
//!
//! Source: the sale of 75 000 E-mini contracts at 9 % of the volume of the previous minute on 6 May
//! 2010: CFTC & SEC (2010), *Findings regarding the market events of May 6, 2010*; Kirilenko, Kyle,
//! Samadi & Tuzun (2017), Journal of Finance 72(3).

use crate::desk;
use crate::orders::InFlight;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{Price, Side, Span, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};
use std::collections::VecDeque;

/// The kind `sell-program`.
pub static KIND: Kind = Kind {
    name: "sell-program",
    about: "sells a share of the volume at any price until all is sold",
    source: "CFTC & SEC 2010; Kirilenko, Kyle, Samadi & Tuzun 2017",
    parameters: &[
        Parameter {
            name: "total",
            takes: Takes::Lots,
            default: "75000",
            about: "lots to sell; no more than it holds",
        },
        Parameter {
            name: "share",
            takes: Takes::Number(0.0, 1.0),
            default: "0.09",
            about: "of the volume of the last window",
        },
        Parameter {
            name: "window",
            takes: Takes::Span,
            default: "1m",
            about: "over which it measures volume",
        },
        Parameter {
            name: "interval",
            takes: Takes::Span,
            default: "1s",
            about: "time between two orders; no more than the window counts",
        },
        Parameter { name: "begin", takes: Takes::Span, default: "10m", about: "when it begins" },
    ],
    build: Build::One(|params, role| Box::new(Program::new(params, role))),
};

/// Readings of the volume that it keeps at most.
const READINGS_MAX: usize = 4_096;

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    role: Role,
    total: i128,
    share: f64,
    window: Span,
    interval: Span,
    begin: Span,
    /// What it started with.
    home: i128,
    /// All lots traded so far, from time to time.
    volumes: VecDeque<(Time, u128)>,
    /// What it should have sold by now and has not sent, parts of a lot among it.
    owed: f64,
    flight: InFlight,
}

impl Program {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let window = params.span("window");
        Self {
            role: *role,
            total: i128::from(params.lots("total").0),
            share: params.number("share"),
            window,
            interval: params.span("interval").min(window),
            begin: params.span("begin"),
            home: 0,
            volumes: VecDeque::new(),
            owed: 0.0,
            flight: InFlight::default(),
        }
    }

    /// What traded over the window.
    fn volume(&mut self, cx: &mut Context<'_>) -> u128 {
        let (now, volume) = (cx.now(), cx.view().volume(self.role.instrument));
        self.volumes.push_back((now, volume));
        let from = now.before(self.window);
        let is_old = |reading: Option<&(Time, u128)>| reading.is_some_and(|it| it.0 <= from);
        while is_old(self.volumes.get(1)) || self.volumes.len() > READINGS_MAX {
            self.volumes.pop_front();
        }
        volume - self.volumes.front().map_or(volume, |first| first.1)
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let (instrument, volume) = (self.role.instrument, self.volume(cx));
        let held = cx.position(instrument);
        let left = (self.total - (self.home - held)).min(desk::can_sell(cx, instrument, Price(1)));
        let is_open = cx.view().phase(instrument) == Phase::Continuous;
        if cx.now() < Time::ZERO.after(self.begin) || left <= 0 || !is_open {
            return;
        }
        let part = self.interval.0 as f64 / self.window.0 as f64;
        self.owed += self.share * volume as f64 * part;
        if !self.flight.has_landed() {
            return;
        }
        let wanted = (self.owed as i128).min(left);
        let Some(qty) = desk::lots(cx.instrument(instrument), wanted) else { return };
        cx.because("its share of the volume", || {
            [("volume_lots", volume as f64), ("left_lots", left as f64)]
        });
        self.owed -= qty.0 as f64;
        self.flight.send(cx.market(instrument, Side::Sell, qty), qty);
    }
}

impl Agent for Program {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.home = cx.position(self.role.instrument);
                cx.wake_in(self.interval);
            }
            Notice::Timer(_) => {
                self.act(cx);
                cx.wake_in(self.interval);
            }
            Notice::Own(event) => self.flight.told(cx.account(), event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{Floor, refuses};
    use pitfloor_model::units::Qty;
    use pitfloor_sim::latency::Latency;

    /// A deep market in which outsiders trade `each` lots a second; the program begins after a
    /// minute.
    fn sold(each: u64, share: &str, total: &str, seconds: u64) -> (Floor, i128) {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let (near, means) = (Latency::Fixed(Span::millis(1)), Floor::means(0, 5_000));
        let changes = [("share", share), ("total", total), ("begin", "1m")];
        let agent = floor.seat_as("sell-program", "program", 0, near, &means, &changes);
        for second in 0..60 + seconds {
            floor.take(Side::Buy, 10_001, each);
            floor.pass(Span::secs(1));
            assert!(second >= 58 || floor.placed_by(agent).is_empty(), "it has not begun");
        }
        assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
        let held = floor.held(agent);
        (floor, 5_000 - held)
    }

    #[test]
    fn sells_its_share_of_all_volume() {
        // Of 10 others a second; its own sales count, so 9 % of all once it has gone on for long.
        let (_, sold) = sold(10, "0.09", "5000", 600);
        let expected = 600.0 * 10.0 * 0.09 / (1.0 - 0.09);
        assert!((sold as f64 - expected).abs() < 0.1 * expected, "{sold} of {expected}");
    }

    #[test]
    fn sells_all_and_no_more() {
        assert_eq!(sold(100, "0.5", "300", 120).1, 300);
        assert_eq!(sold(1_000, "0.9", "75000", 120).1, 5_000, "no more than it holds");
    }

    #[test]
    fn asks_for_no_price() {
        let (floor, _) = sold(100, "0.1", "100", 60);
        let placed = floor.placed_by(pitfloor_model::units::AccountId(2));
        assert!(!placed.is_empty() && placed.iter().all(|it| it.price.is_none()));
        assert!(placed.iter().all(|it| it.qty > Qty(0)));
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "share", "9", "a number from 0 to 1");
    }
}
