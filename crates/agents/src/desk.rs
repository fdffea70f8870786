//! The desk: where what an agent thinks, in floats, becomes what it may ask for, in ticks and lots.
//!
//! The only rounding of this crate is here, and it says which way it goes: prices are rounded away
//! from aggression (bids down, asks up), quantities down. An agent that asks through here asks for
//! what it has and for what the instrument allows, as far as it has been told.

use crate::orders::InFlight;
use pitfloor_model::event::Phase;
use pitfloor_model::instrument::{Instrument, InstrumentKind};
use pitfloor_model::units::{Cash, InstrumentId, Price, Qty, Side, Span};
use pitfloor_sim::agent::Context;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::Wait;
use pitfloor_sim::view::View;

/// One basis point: a hundredth of a percent.
pub const BASIS_POINT: f64 = 1e-4;

/// The nearest price that an order of `side` may carry and that is no more aggressive than `ticks`:
/// bids are rounded down, asks up, to a multiple of the instrument's price step. Never below one
/// step: what these agents trade is worth something.
#[must_use]
pub fn price(instrument: &Instrument, side: Side, ticks: f64) -> Price {
    let step = instrument.limits.price_step as f64;
    let steps = match side {
        Side::Buy => libm::floor(ticks / step),
        Side::Sell => libm::ceil(ticks / step),
    };
    let farthest = Price::FARTHEST.0 - Price::FARTHEST.0 % instrument.limits.price_step as i64;
    Price(((steps * step) as i64).clamp(instrument.limits.price_step as i64, farthest))
}

/// The largest quantity up to `lots` that one order may ask for; none when that is nothing.
#[must_use]
pub fn lots(instrument: &Instrument, lots: i128) -> Option<Qty> {
    let limits = &instrument.limits;
    let most = lots.clamp(0, i128::from(limits.qty_max.0)) as u64;
    let qty = Qty(most - most % limits.qty_step);
    (!qty.is_zero() && qty >= limits.qty_min).then_some(qty)
}

/// How many lots `cash` buys at `price`; any number at a price that is not positive.
#[must_use]
pub fn affordable(instrument: &Instrument, cash: Cash, price: Price) -> i128 {
    let each = instrument.cost(price, Qty(1)).0;
    if each <= 0 { i128::from(Qty::MOST.0) } else { cash.0.max(0) / each }
}

/// How many lots this agent can pay for at `price`, when `spoken` of its cash is spoken for: of what it
/// has; with margin of twice what it has and once what it holds (half of a position must be its own,
/// Regulation T). A margined contract costs nothing.
#[must_use]
pub fn can_buy(cx: &Context<'_>, instrument: InstrumentId, spoken: Cash, price: Price) -> i128 {
    let definition = cx.instrument(instrument);
    if definition.kind().is_margined() {
        return i128::from(Qty::MOST.0);
    }
    let free = cx.cash(definition.currency()).0 - spoken.0;
    if !cx.may_owe() {
        return affordable(definition, Cash(free), price);
    }
    let worth = definition.cost(price, Qty(1)).0 * cx.position(instrument);
    affordable(definition, Cash(2 * free + worth), price)
}

/// How many lots this agent can sell at `price`: what it holds, and with margin as much beyond nothing
/// as its cash would buy back. Of a margined contract, any number.
#[must_use]
pub fn can_sell(cx: &Context<'_>, instrument: InstrumentId, price: Price) -> i128 {
    let (definition, held) = (cx.instrument(instrument), cx.position(instrument));
    if definition.kind().is_margined() {
        return i128::from(Qty::MOST.0);
    }
    let pair = matches!(definition.kind(), InstrumentKind::Fx { .. });
    if !cx.may_owe() || pair {
        return held;
    }
    held + affordable(definition, cx.cash(definition.currency()), price)
}

/// What an agent sees when it looks up: what it decides from, read once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The best prices, where somebody quotes.
    pub bid: Option<Price>,
    /// The same on the other side.
    pub ask: Option<Price>,
    /// What everybody would say the price is, in ticks: the mid, else the last trade, else the price
    /// before the first trade, these two as splits have made them.
    pub price: f64,
}

impl Look {
    /// What `view` shows of `instrument`; `reference` is its price before the first trade. None
    /// unless orders trade as they arrive: in other phases these agents wait.
    #[must_use]
    pub fn of(view: &View<'_>, instrument: InstrumentId, reference: Price) -> Option<Self> {
        if view.phase(instrument) != Phase::Continuous {
            return None;
        }
        let quote = view.quote(instrument);
        let (bid, ask) = (quote.bid.map(|(price, _)| price), quote.ask.map(|(price, _)| price));
        let price = match (bid, ask) {
            (Some(bid), Some(ask)) => (bid.0 as f64 + ask.0 as f64) / 2.0,
            _ => view.last_or(instrument, reference).0 as f64,
        };
        Some(Self { bid, ask, price })
    }

    /// The same while a call collects orders, and nobody can be met before its auction: what stands
    /// there is no quote, and the price is that of the last trade. None in other phases.
    #[must_use]
    pub fn in_call(view: &View<'_>, instrument: InstrumentId, reference: Price) -> Option<Self> {
        let collects = match view.phase(instrument) {
            Phase::PreOpen
            | Phase::OpenCall
            | Phase::ReopenCall
            | Phase::PeriodicCall
            | Phase::CloseCall => true,
            Phase::Continuous | Phase::Halt | Phase::Closed => false,
        };
        let last = || view.last_or(instrument, reference).0 as f64;
        collects.then(|| Self { bid: None, ask: None, price: last() })
    }

    /// The best price of `side`.
    #[must_use]
    pub const fn best(&self, side: Side) -> Option<Price> {
        match side {
            Side::Buy => self.bid,
            Side::Sell => self.ask,
        }
    }
}

/// The wait before the first act. A fixed rhythm starts anywhere within its first beat, so that
/// agents with the same rhythm do not all act in the same moment.
pub fn first_wait(wait: Wait, dice: &mut Dice) -> Span {
    match wait {
        Wait::Fixed(span) => Span(1 + dice.below(span.0)),
        Wait::Exponential(_) => wait.draw(dice),
    }
}

/// Asks to be woken for the first act of a rhythm.
pub fn wake_first(rhythm: Wait, cx: &mut Context<'_>) {
    let wait = first_wait(rhythm, cx.dice());
    cx.wake_in(wait);
}

/// Asks to be woken for the next act of a rhythm.
pub fn wake_again(rhythm: Wait, cx: &mut Context<'_>) {
    let wait = rhythm.draw(cx.dice());
    cx.wake_in(wait);
}

/// Takes a step towards owning `target` lots: an immediate-or-cancel order for at most `size` lots
/// at the best price of the other side, and no more than this agent can pay for or own up to. While
/// the last step is still in `flight` it takes none, so that it never goes past its target: what it
/// holds is then more or less than what it has been told.
pub fn step_towards(
    cx: &mut Context<'_>,
    flight: &mut InFlight,
    look: &Look,
    instrument: InstrumentId,
    target: i128,
    size: Qty,
) {
    let (held, definition) = (cx.position(instrument), cx.instrument(instrument));
    if !flight.has_landed() || held == target {
        return;
    }
    let side = if target > held { Side::Buy } else { Side::Sell };
    let Some(limit) = look.best(side.opposite()) else { return };
    let means = match side {
        Side::Buy => can_buy(cx, instrument, Cash::ZERO, limit),
        Side::Sell => can_sell(cx, instrument, limit),
    };
    let wanted = (target - held).abs().min(i128::from(size.0)).min(means);
    if let Some(qty) = lots(definition, wanted) {
        flight.send(cx.take(instrument, side, limit, qty), qty);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::{ACME, Floor, REFERENCE};
    use pitfloor_model::clearing::Act;
    use pitfloor_model::command::Command;
    use pitfloor_model::instrument::Limits;

    fn acme(change: fn(&mut Limits)) -> Instrument {
        let mut acme = Floor::venue().instruments()[0].clone();
        change(&mut acme.limits);
        acme
    }

    #[test]
    fn prices_are_rounded_away_from_aggression() {
        let acme = acme(|_| {});
        assert_eq!(price(&acme, Side::Buy, 99.9), Price(99));
        assert_eq!(price(&acme, Side::Sell, 99.1), Price(100));
        assert_eq!(price(&acme, Side::Buy, 99.0), Price(99));
    }

    #[test]
    fn prices_keep_to_the_step_and_stay_worth_something() {
        let acme = acme(|limits| limits.price_step = 5);
        assert_eq!(price(&acme, Side::Buy, 104.0), Price(100));
        assert_eq!(price(&acme, Side::Sell, 101.0), Price(105));
        for nonsense in [-3.0, 0.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(price(&acme, Side::Buy, nonsense), Price(5), "{nonsense}");
        }
        let far = price(&acme, Side::Sell, f64::INFINITY);
        assert!(far <= Price::FARTHEST && far.0 % 5 == 0, "{far:?}");
    }

    #[test]
    fn quantities_keep_to_the_limits() {
        let acme = acme(|limits| {
            limits.qty_step = 10;
            limits.qty_min = Qty(20);
            limits.qty_max = Qty(100);
        });
        assert_eq!(lots(&acme, 47), Some(Qty(40)));
        assert_eq!(lots(&acme, 19), None);
        assert_eq!(lots(&acme, -5), None);
        assert_eq!(lots(&acme, 1 << 90), Some(Qty(100)));
    }

    #[test]
    fn what_cash_buys() {
        let acme = acme(|_| {});
        assert_eq!(affordable(&acme, Cash(1_099), Price(100)), 10);
        assert_eq!(affordable(&acme, Cash(-1), Price(100)), 0);
        assert_eq!(affordable(&acme, Cash(0), Price(0)), i128::from(Qty::MOST.0));
    }

    #[test]
    fn the_price_is_the_mid_then_the_last_trade_then_the_reference() {
        let mut floor = Floor::new(1);
        let look = |floor: &Floor| {
            let view = View::new(floor.kernel.board(), floor.kernel.now());
            Look::of(&view, ACME, REFERENCE).expect("trading is continuous")
        };
        let price = |floor: &Floor| look(floor).price;
        assert_eq!(price(&floor), REFERENCE.0 as f64);
        floor.rest(Side::Sell, 10_010, 5);
        floor.take(Side::Buy, 10_010, 5);
        assert_eq!(price(&floor), 10_010.0);
        floor.rest(Side::Buy, 9_990, 5);
        floor.rest(Side::Sell, 9_995, 5);
        assert_eq!(price(&floor), 9_992.5);
        let seen = look(&floor);
        assert_eq!(seen.best(Side::Buy), Some(Price(9_990)));
        assert_eq!(seen.best(Side::Sell), Some(Price(9_995)));
    }

    /// A split takes what is quoted off the market: the price before it is what the old one has become.
    #[test]
    fn a_price_from_before_a_split_is_not_taken_for_one_after_it() {
        let split = |floor: &mut Floor, num, den| {
            floor.send(Command::Clear(Box::new(Act::Split { instrument: ACME, num, den })));
        };
        let price = |floor: &Floor| {
            let view = View::new(floor.kernel.board(), floor.kernel.now());
            assert_eq!(view.price(ACME), Some(view.last_or(ACME, REFERENCE).0 as f64));
            Look::of(&view, ACME, REFERENCE).expect("trading is continuous").price
        };
        let mut floor = Floor::new(1);
        let early = View::new(floor.kernel.board(), floor.kernel.now()).last_or(ACME, REFERENCE);
        assert_eq!(early, REFERENCE);
        split(&mut floor, 2, 1);
        let early = View::new(floor.kernel.board(), floor.kernel.now()).last_or(ACME, REFERENCE);
        assert_eq!(early.0, REFERENCE.0 / 2, "before the first trade");
        floor.rest(Side::Sell, 10_010, 9);
        floor.take(Side::Buy, 10_010, 5);
        assert_eq!(price(&floor), 10_010.0, "it has traded since");
        split(&mut floor, 2, 1);
        assert_eq!(price(&floor), 5_005.0);
        split(&mut floor, 1, 3);
        assert_eq!(price(&floor), 15_015.0);
        floor.rest(Side::Sell, 15_000, 1);
        floor.take(Side::Buy, 15_000, 1);
        assert_eq!(price(&floor), 15_000.0);
    }

    #[test]
    fn a_fixed_rhythm_starts_anywhere_within_its_first_beat() {
        let mut dice = Dice::new(1, "beat");
        let beat = Span::secs(5);
        let waits: Vec<u64> =
            (0..1_000).map(|_| first_wait(Wait::Fixed(beat), &mut dice).0).collect();
        assert!(waits.iter().all(|wait| (1..=beat.0).contains(wait)));
        let early = waits.iter().filter(|wait| **wait <= beat.0 / 2).count();
        assert!((400..600).contains(&early), "{early}");
    }
}
