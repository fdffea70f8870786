//! Where one instrument is traded: its phase, its book, its bands, and all that stands beside the
//! book.

use super::dormant::Dormant;
use super::ease::Ease;
use super::lists::Lists;
use super::special::{Id, Special, Specials, Stand};
use crate::allocation::AllocationRule;
use crate::book::{Book, Slot};
use pitfloor_clearing::{Asset, rescaled};
use pitfloor_model::allocation::Allocation;
use pitfloor_model::event::Phase;
use pitfloor_model::instrument::Instrument;
use pitfloor_model::order::{Kind, Watched};
use pitfloor_model::trading::Bands;
use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Stamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// One instrument's place.
#[derive(Clone, Debug)]
pub(super) struct Pit {
    pub(super) asset: Asset,
    pub(super) phase: Phase,
    /// The price of the last print.
    pub(super) last: Option<Price>,
    /// The same, as far as prints have been walked: what triggers know of it.
    pub(super) seen: Option<Price>,
    pub(super) book: Book,
    pub(super) bands: Option<Bands>,
    /// Short sales are restricted.
    pub(super) restricted: bool,
    /// It is at its end, and trades no more.
    pub(super) ended: bool,
    /// A margined contract that was never valued: nobody knows what a trade would gain.
    pub(super) unvalued: bool,
    /// A rule of the venue's own making, instead of the instrument's.
    pub(super) rule: Option<Arc<dyn AllocationRule>>,
    /// Takers meet makers first come, first served.
    pub(super) fifo: bool,
    /// Prices are above zero.
    positive: bool,
    /// Nothing that is said once for all stands in a plain order's way.
    pub(super) calm: bool,
    /// The plain limit orders that no limit refuses.
    pub(super) ease: Ease,
    pub(super) specials: Specials,
    /// How many records stand in the book.
    pub(super) in_book: usize,
    /// All-or-none orders of each side, best price first, then by stamp.
    pub(super) whole: [BTreeMap<(i64, Stamp), Id>; 2],
    /// Pegs that stand in the book.
    pub(super) pegs: BTreeMap<Stamp, Id>,
    pub(super) parked: BTreeMap<Stamp, Id>,
    pub(super) waiting: BTreeMap<Stamp, Id>,
    pub(super) dormant: Dormant,
    /// Triggered orders, in the order in which they will be taken.
    pub(super) queue: VecDeque<Id>,
    /// Children that have been woken, in the order in which they enter.
    pub(super) woken: VecDeque<Id>,
    pub(super) lists: Lists,
    /// Prints since triggers were last looked at.
    pub(super) prints: Vec<Price>,
    /// The stamp of the order that last made a new best shown price, per side.
    pub(super) top: [Option<Stamp>; 2],
    pub(super) close: Option<Price>,
    pub(super) index: Option<Price>,
    pub(super) mark: Option<Price>,
    /// The middle when continuous trading was last left.
    pub(super) mid: Option<Price>,
    /// The price of the last auction.
    pub(super) auctioned: Option<Price>,
    /// The call was extended: its next end knows no collar.
    pub(super) extended: bool,
    /// An auction has just been held, and triggered orders are to be taken in a periodic call.
    pub(super) auction_held: bool,
    /// What was last said of the call.
    pub(super) said: super::call::Indication,
}

impl Pit {
    pub(super) fn new(id: InstrumentId, instrument: &Instrument) -> Self {
        let mut pit = Self {
            asset: Asset::of(id, instrument),
            phase: Phase::Continuous,
            last: None,
            seen: None,
            book: Book::default(),
            bands: None,
            restricted: false,
            ended: false,
            unvalued: instrument.kind().is_margined(),
            rule: None,
            fifo: instrument.rules.allocation == Allocation::FIFO,
            positive: instrument.rules.positive_prices,
            calm: false,
            ease: Ease::NONE,
            specials: Specials::default(),
            in_book: 0,
            whole: Default::default(),
            pegs: BTreeMap::new(),
            parked: BTreeMap::new(),
            waiting: BTreeMap::new(),
            dormant: Dormant::default(),
            queue: VecDeque::new(),
            woken: VecDeque::new(),
            lists: Lists::default(),
            prints: Vec::new(),
            top: [None; 2],
            close: None,
            index: None,
            mark: None,
            mid: None,
            auctioned: None,
            extended: false,
            auction_held: false,
            said: Default::default(),
        };
        pit.look_around(instrument);
        pit
    }

    /// Sees whether plain orders may take the short way. To be called when anything changes that
    /// is said once for all.
    pub(super) fn look_around(&mut self, instrument: &Instrument) {
        self.calm = self.phase == Phase::Continuous
            && self.fifo
            && self.bands.is_none()
            && !self.restricted
            && !self.unvalued
            && instrument.rules.age_max.is_none();
        self.ease = Ease::of(instrument);
    }

    /// False when a limit order of `side` at `price` would certainly meet nobody.
    #[inline]
    pub(super) fn may_meet(&self, side: Side, price: Price) -> bool {
        let other = side.opposite();
        self.book.reaches(other, price) || !self.whole[other as usize].is_empty()
    }

    /// Whom a limit order of `side` at `price` would meet first if it came now.
    #[inline]
    pub(super) fn likely_maker(&self, side: Side, price: Price) -> Option<Slot> {
        let other = side.opposite();
        self.book.reaches(other, price).then(|| self.book.first(other)).flatten()
    }

    /// True when a command may have left something to settle.
    #[inline]
    pub(super) fn is_unsettled(&self) -> bool {
        self.phase != Phase::Continuous || (self.is_watched() && self.may_stir())
    }

    /// True when there are more than plain orders here, or prints that were noted for one. Whom
    /// they were noted for may be gone by now: a sleeping leg that its sibling's trade has ended.
    #[inline]
    pub(super) fn is_watched(&self) -> bool {
        self.specials.len() > 0 || !self.prints.is_empty()
    }

    fn may_stir(&self) -> bool {
        !(self.prints.is_empty()
            && self.queue.is_empty()
            && self.pegs.is_empty()
            && self.parked.is_empty()
            && self.whole.iter().all(BTreeMap::is_empty)
            && !self.dormant.watches_more_than_trades())
    }

    /// How many orders are live here, wherever they stand.
    pub(super) const fn live(&self) -> usize {
        self.book.len() - self.in_book + self.specials.len()
    }

    /// True when nothing may trade at `price`.
    pub(super) fn is_banned(&self, price: Price) -> bool {
        self.bands.is_some_and(|bands| price < bands.lower || price > bands.upper)
    }

    /// The band that `side` may not pass.
    pub(super) fn band(&self, side: Side) -> Option<Price> {
        self.bands.map(|bands| match side {
            Side::Buy => bands.upper,
            Side::Sell => bands.lower,
        })
    }

    /// `price`, or the band if it lies beyond.
    pub(super) fn within_band(&self, side: Side, price: Price) -> Price {
        match self.band(side) {
            Some(band) if side.improves(price, band) => band,
            _ => price,
        }
    }

    /// The price that an order of `side` which watches `on` goes by now.
    pub(super) fn reference(&self, on: Watched, side: Side) -> Option<Price> {
        match on {
            Watched::Last => self.seen.or(self.close),
            Watched::Quote => self.book.best_shown(side.opposite()),
            Watched::Mark => self.mark,
        }
    }

    /// Takes every price to where it is when `num` lots are made of every `den`. Says whether all
    /// of them stay on the grid; no order is here.
    pub(super) fn rescale(&mut self, num: u32, den: u32, step: u64) -> bool {
        let mut whole = true;
        let mut follow = |price: &mut Price, step: u64| match rescaled(*price, num, den, step) {
            Some(to) => *price = to,
            None => whole = false,
        };
        let known = [&mut self.last, &mut self.seen, &mut self.close, &mut self.index];
        let derived = [&mut self.mark, &mut self.mid, &mut self.auctioned];
        for price in known.into_iter().chain(derived).flatten().chain(&mut self.prints) {
            follow(price, 1);
        }
        if let Some(bands) = &mut self.bands {
            follow(&mut bands.lower, step);
            follow(&mut bands.upper, step);
        }
        whole
    }

    /// Notes a print. While nobody sleeps here nobody has to be told of it one by one.
    #[inline]
    pub(super) fn print(&mut self, price: Price) {
        self.last = Some(price);
        if self.dormant.is_empty() && self.prints.is_empty() {
            self.seen = self.last;
        } else if self.prints.last() != Some(&price) {
            // Another print at the price before it moves nothing further.
            self.prints.push(price);
        }
    }

    /// Where a peg stands by the references of this moment; none where it has no price.
    pub(super) fn peg_price(&self, peg: &Special, step: u64) -> Option<Price> {
        let side = peg.side;
        let own = self.book.best_ordinary(side);
        let other = self.book.best_ordinary(side.opposite());
        let wide = |price: Price| i128::from(price.0);
        let (step, towards) = (i128::from(step), if side == Side::Buy { 1 } else { -1 });
        let inside = |price: Price| wide(price) - towards * step;
        let at = match peg.kind {
            Kind::PegPrimary { offset } => {
                let at = wide(own?) + towards * i128::from(offset);
                other.map_or(at, |other| passive(side, at, inside(other)))
            }
            Kind::PegMarket { offset } => wide(other?) - towards * i128::from(offset),
            Kind::PegMid => {
                let twice = wide(own?) + wide(other?);
                match side {
                    Side::Buy => twice.div_euclid(2 * step) * step,
                    Side::Sell => -(-twice).div_euclid(2 * step) * step,
                }
            }
            _ => unreachable!("only pegs are priced off the book"),
        };
        let at = peg.price.map_or(at, |cap| passive(side, at, wide(cap)));
        let at = self.band(side).map_or(at, |band| passive(side, at, wide(band)));
        self.price_at(at)
    }

    /// The price of so many ticks, where the instrument may have it: for prices that follow from
    /// others, which no gate has seen.
    pub(super) fn price_at(&self, ticks: i128) -> Option<Price> {
        let far = ticks.unsigned_abs() > u128::from(Price::FARTHEST.0.unsigned_abs());
        if far || (self.positive && ticks <= 0) {
            return None;
        }
        i64::try_from(ticks).ok().map(Price)
    }

    /// The record that stands in `slot`, if one does.
    pub(super) fn special_at(&self, slot: Slot) -> Option<Id> {
        let more = self.book.get(slot).more;
        (more != super::special::NO_ID).then_some(more)
    }

    /// What is held back of an order that stands in the book.
    pub(super) fn held_back(&self, special: &Special) -> Qty {
        match special.stand {
            Stand::Book(slot) => special.leaves.less(self.book.get(slot).leaves),
            _ => Qty::ZERO,
        }
    }
}

/// The more passive of two prices.
fn passive(side: Side, one: i128, other: i128) -> i128 {
    match side {
        Side::Buy => one.min(other),
        Side::Sell => one.max(other),
    }
}

/// What sorts prices of `side` from best to worst.
pub(super) const fn rank(side: Side, price: Price) -> i64 {
    match side {
        Side::Buy => -price.0,
        Side::Sell => price.0,
    }
}
