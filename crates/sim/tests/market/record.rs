//! The plain record: everything public at every moment, kept whole, from events alone.
//!
//! It shares nothing with the board: a map per side, copied after each command. What a view shows
//! is compared with it.

use crate::players::{ACME, ZINC};
use pitfloor_feed::level2::Quote;
use pitfloor_feed::tape::Print;
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Span, Time, TradeId};
use pitfloor_sim::agent::Notice;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::view::View;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// One instrument's public side after one command.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shot {
    bids: BTreeMap<i64, u64>,
    asks: BTreeMap<i64, u64>,
    /// Trades so far: where the tape ended.
    trades: usize,
    volume: u128,
    phase: Phase,
}

/// When, which trade, at what price, how much.
type Line = (Time, Option<TradeId>, Price, Qty);

/// Everything that was ever public.
#[derive(Debug)]
pub(crate) struct Record {
    shots: [Vec<(Time, Shot)>; 2],
    tapes: [Vec<Line>; 2],
}

/// A record that is written by an observer and read by agents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(pub(crate) Arc<Mutex<Record>>);

impl Default for Record {
    fn default() -> Self {
        let empty = Shot {
            bids: BTreeMap::new(),
            asks: BTreeMap::new(),
            trades: 0,
            volume: 0,
            phase: Phase::Continuous,
        };
        let start = || vec![(Time::ZERO, empty.clone())];
        Self { shots: [start(), start()], tapes: [Vec::new(), Vec::new()] }
    }
}

impl Observer for Shared {
    fn saw(&mut self, seen: &Seen<'_>) {
        let mut record = self.0.lock().unwrap();
        for event in seen.events {
            record.write(seen.stamped.at, event);
        }
    }
}

impl Record {
    fn write(&mut self, at: Time, event: &Event) {
        let Some(instrument) = event.instrument() else { return };
        let mut shot = self.shots[instrument.index()].last().unwrap().1.clone();
        match *event {
            Event::Traded { trade, aggressor, price, qty, .. } => {
                shot.remove(aggressor.opposite(), price, qty);
                shot.volume += u128::from(qty.0);
                shot.trades += 1;
                self.tapes[instrument.index()].push((at, Some(trade), price, qty));
            }
            // An auction of plain orders takes both sides from their best prices on.
            Event::Crossed { qty, .. } => {
                for side in Side::BOTH {
                    let best = match side {
                        Side::Buy => shot.side(side).keys().next_back(),
                        Side::Sell => shot.side(side).keys().next(),
                    };
                    let best = Price(*best.expect("who crosses was there"));
                    shot.remove(side, best, qty);
                }
            }
            Event::Uncrossed { price: Some(price), qty, .. } => {
                shot.volume += u128::from(qty.0);
                shot.trades += 1;
                self.tapes[instrument.index()].push((at, None, price, qty));
            }
            Event::Rested { side, price, qty, .. } => {
                *shot.side(side).entry(price.0).or_default() += qty.0;
            }
            Event::Replaced { side, from, left, leaves, kept, .. } => {
                let gone = if kept { left.0 - leaves.0 } else { left.0 };
                shot.remove(side, from, Qty(gone));
            }
            Event::Reduced { side, price, by, .. } => shot.remove(side, price, by),
            Event::Cancelled { side, price: Some(price), left, .. }
            | Event::ExpiredInMatch { side, price: Some(price), left, .. } => {
                shot.remove(side, price, left);
            }
            Event::PhaseChanged { to, .. } => shot.phase = to,
            Event::Cancelled { price: None, .. }
            | Event::ExpiredInMatch { price: None, .. }
            | Event::Accepted { .. }
            | Event::Rejected { .. }
            | Event::Prevented { .. }
            | Event::Indicative { .. }
            | Event::Uncrossed { price: None, .. }
            | Event::CallExtended { .. }
            | Event::ReferenceSet { .. }
            | Event::MassCancelled { .. }
            | Event::KillSwitched { .. }
            | Event::GroupSet { .. }
            | Event::Clearing(_)
            | Event::TimeAdvanced { .. }
            | Event::AccountOpened { .. }
            | Event::Deposited { .. }
            | Event::Delivered { .. } => return,
            // Nobody in these markets asks for what would cause them.
            Event::Refreshed { .. }
            | Event::Repriced { .. }
            | Event::Parked { .. }
            | Event::Triggered { .. }
            | Event::Amended { .. }
            | Event::Armed { .. }
            | Event::Expired { .. }
            | Event::Unspent { .. }
            | Event::Transferred { .. }
            | Event::BandsChanged { .. }
            | Event::ShortSalesRestricted { .. } => unreachable!("no such orders here: {event:?}"),
        }
        self.shots[instrument.index()].push((at, shot));
    }

    fn at(&self, instrument: InstrumentId, cut: Time) -> &Shot {
        let shots = &self.shots[instrument.index()];
        &shots[shots.partition_point(|(at, _)| *at <= cut) - 1].1
    }

    /// How much was ever recorded.
    pub(crate) fn len(&self) -> usize {
        self.shots.iter().map(Vec::len).sum()
    }

    /// Whether `view`, had at `now` by somebody whose messages take at least `least`, shows nothing
    /// that could not have reached him, and everything as it was.
    pub(crate) fn check(&self, view: &View<'_>, now: Time, least: Span) -> Result<(), String> {
        let cut = view.at();
        if cut > now.before(least) {
            return Err(format!("at {now} it shows {cut}, less than {least:?} ago"));
        }
        for instrument in [ACME, ZINC] {
            let shot = self.at(instrument, cut);
            let agree = |what: &str, seen: &dyn std::fmt::Debug, was: &dyn std::fmt::Debug| {
                let (seen, was) = (format!("{seen:?}"), format!("{was:?}"));
                let told =
                    format!("{what} of {instrument:?} at {cut}, now {now}: {seen}, was {was}");
                (seen == was).then_some(()).ok_or(told)
            };
            agree("quote", &view.quote(instrument), &shot.quote())?;
            for (side, count) in Side::BOTH.into_iter().flat_map(|s| [1, 3, 500].map(|n| (s, n))) {
                agree("depth", &view.depth(instrument, side, count), &shot.depth(side, count))?;
            }
            agree("volume", &view.volume(instrument), &shot.volume)?;
            agree("phase", &view.phase(instrument), &shot.phase)?;
            let tape = self.tapes[instrument.index()][..shot.trades].iter().rev();
            let seen = view.prints(instrument).map(|p| (p.at, p.trade, p.price, p.qty));
            agree(
                "last",
                &view.last(instrument).map(|p| p.trade),
                &tape.clone().next().map(|t| t.1),
            )?;
            let (seen, was): (Vec<_>, Vec<_>) = (seen.take(5).collect(), tape.take(5).collect());
            agree("tape", &seen, &was)?;
        }
        Ok(())
    }

    /// Whether what somebody is told at `now` is at least `least` old, and true.
    pub(crate) fn check_notice(
        &self,
        notice: &Notice,
        now: Time,
        least: Span,
    ) -> Result<(), String> {
        let known = now.before(least);
        let told = match *notice {
            Notice::Start | Notice::Timer(_) => true,
            Notice::Own(Event::Traded { trade, instrument, .. }) => {
                self.traded(instrument, trade).is_some_and(|at| at <= known)
            }
            Notice::Own(_) => true,
            Notice::Print(Print { instrument, trade: Some(trade), at, .. }) => {
                self.traded(instrument, trade) == Some(at) && at <= known
            }
            Notice::Print(Print { instrument, trade: None, at, price, qty, .. }) => {
                let tape = &self.tapes[instrument.index()];
                tape.contains(&(at, None, price, qty)) && at <= known
            }
            // Nobody here asked to be told.
            Notice::Auction(_) | Notice::News { .. } => false,
            Notice::Quote(instrument, quote) => {
                let shots = &self.shots[instrument.index()];
                let past = &shots[..shots.partition_point(|(at, _)| *at <= known)];
                past.iter().rev().any(|(_, shot)| shot.quote() == quote)
            }
        };
        told.then_some(())
            .ok_or_else(|| format!("at {now} told {notice:?}, less than {least:?} ago"))
    }

    fn traded(&self, instrument: InstrumentId, trade: TradeId) -> Option<Time> {
        let tape = &self.tapes[instrument.index()];
        let print = tape.iter().rev().find(|(_, number, ..)| *number == Some(trade))?;
        Some(print.0)
    }
}

impl Shot {
    fn side(&mut self, side: Side) -> &mut BTreeMap<i64, u64> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn remove(&mut self, side: Side, price: Price, qty: Qty) {
        let level = self.side(side).get_mut(&price.0).expect("there is such a level");
        *level -= qty.0;
        if *level == 0 {
            self.side(side).remove(&price.0);
        }
    }

    fn depth(&self, side: Side, count: usize) -> Vec<(Price, Qty)> {
        let level = |(price, qty): (&i64, &u64)| (Price(*price), Qty(*qty));
        match side {
            Side::Buy => self.bids.iter().rev().take(count).map(level).collect(),
            Side::Sell => self.asks.iter().take(count).map(level).collect(),
        }
    }

    fn quote(&self) -> Quote {
        let best = |side| self.depth(side, 1).first().copied();
        Quote { bid: best(Side::Buy), ask: best(Side::Sell) }
    }
}
