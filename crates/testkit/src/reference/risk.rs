//! What this moment forbids: checks 13 to 16, and the references that they go by.

use super::legal::Role;
use super::money::{Need, limit_need};
use super::{Answer, Meant, Reference, accepts, other};
use pitfloor_model::event::{Credit, Entry, Phase, Reject};
use pitfloor_model::order::{Kind, Order, PostOnly, SaleMark, Tif, Watched};
use pitfloor_model::trading::BandAction;
use pitfloor_model::units::{InstrumentId, Price, Side};

impl Reference {
    /// Check 13: what the order needs, which with `before` must be there.
    pub(super) fn check_risk(&self, order: &Order, before: Need) -> Result<Need, Reject> {
        if order.kind.is_dormant() {
            return Ok(Need::default());
        }
        self.check_short(order)?;
        self.check_margined(order.account, order.instrument)?;
        let own = self.need_of(order);
        // Nothing is asked of whoever needs nothing, whatever those before it need.
        if own != Need::default() {
            self.afford(order.account, order.instrument, before.with(own), None)?;
        }
        Ok(own)
    }

    pub(super) fn check_short(&self, order: &Order) -> Answer {
        let Some(bid) = self.short_bid(order.instrument, order.side, order.with.mark) else {
            return Ok(());
        };
        let refuses = self.rules(order.instrument).short_action == BandAction::Reject;
        match order.price {
            None => Err(Reject::ShortRestricted),
            Some(price) if refuses && price.0 <= bid.0 => Err(Reject::ShortRestricted),
            Some(_) => Ok(()),
        }
    }

    /// The bid that a sale must stand above, if the price test binds it.
    pub(super) fn short_bid(
        &self,
        instrument: InstrumentId,
        side: Side,
        mark: SaleMark,
    ) -> Option<Price> {
        let market = self.market(instrument);
        let bound = market.phase == Phase::Continuous
            && market.short_restricted
            && side == Side::Sell
            && mark == SaleMark::Short;
        if bound { self.best_shown(instrument, Side::Buy) } else { None }
    }

    /// The price an order gets at entry: of pegs and the market family by the book of this moment.
    pub(super) fn price_got(&self, order: &Order) -> Option<Price> {
        let opposite = self.opposite(order.instrument, order.side);
        match order.kind {
            Kind::MarketToLimit => opposite,
            Kind::MarketProtected { points } => {
                let (best, points) = (i128::from(opposite?.0), i128::from(points));
                let ticks = if order.side == Side::Buy { best + points } else { best - points };
                self.followed(ticks, order.instrument)
            }
            Kind::PegPrimary { .. } | Kind::PegMarket { .. } | Kind::PegMid => {
                self.peg_price(order.instrument, order.side, order.kind, order.price)
            }
            Kind::Market if self.waits_limited(order) => {
                self.waiting_limit(order.instrument, order.side, self.meant(order.tif))
            }
            _ => order.price,
        }
    }

    /// True for the market order that waits for an auction and must be paid for.
    pub(super) fn waits_limited(&self, order: &Order) -> bool {
        let unlimited = self.member(order.account).is_some_and(|m| m.credit == Credit::Unlimited);
        order.kind == Kind::Market
            && !unlimited
            && self.entry_of(order, Role::Alone) == Entry::Waiting
    }

    /// The auction that an order of this time in force waits for.
    pub(super) fn meant(&self, tif: Tif) -> Meant {
        match tif {
            Tif::AtOpen => Meant::Opening,
            Tif::AtClose => Meant::Closing,
            _ => Meant::Next,
        }
    }

    /// What the order needs of its account.
    fn need_of(&self, order: &Order) -> Need {
        let (value, lots) = (self.tick_value(order.instrument), i128::from(order.qty.0));
        if let Kind::MarketByAmount { amount } = order.kind {
            return match order.side {
                Side::Buy => Need { cash: amount.0, buys: lots, ..Need::default() },
                Side::Sell => Need { lots, ..Need::default() },
            };
        }
        let phase = self.market(order.instrument).phase;
        let waits = self.entry_of(order, Role::Alone) == Entry::Waiting;
        if order.kind == Kind::Market && !waits && phase == Phase::Continuous {
            let sum = self.dry_cost(order);
            return match order.side {
                Side::Buy => Need { cash: sum.max(0), buys: lots, ..Need::default() },
                Side::Sell => Need { lots, cash: (-sum).max(0), ..Need::default() },
            };
        }
        match self.price_got(order) {
            Some(price) => limit_need(order.side, price, order.qty, value),
            None => Need::default(),
        }
    }

    /// Checks 14 to 16: what this moment forbids.
    pub(super) fn check_moment(&self, order: &Order) -> Answer {
        if let Some(trigger) = order.kind.trigger()
            && !self.rules(order.instrument).trigger_at_once
            && self.met_now(order.instrument, order.side, order.kind, trigger.on)
        {
            return Err(Reject::StopAlreadyMet);
        }
        let must = matches!(order.kind, Kind::MarketProtected { .. } | Kind::MarketToLimit)
            || order.kind.is_peg() && self.rules(order.instrument).peg_once
            || self.waits_limited(order);
        if must && self.price_got(order).is_none() {
            return Err(Reject::NoReference);
        }
        match order.price {
            Some(price) => {
                self.check_maker(order.instrument, order.side, price, order.with.post_only)
            }
            None => Ok(()),
        }
    }

    /// Check 16: a post-only order that would take, or slide to no price.
    pub(super) fn check_maker(
        &self,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        mode: Option<PostOnly>,
    ) -> Answer {
        if self.market(instrument).phase != Phase::Continuous {
            return Ok(());
        }
        let Some(best) = self.best_to_take(instrument, other(side)) else { return Ok(()) };
        let nowhere = self.inside(side, best, instrument).is_none();
        let bad = match mode {
            None => false,
            Some(PostOnly::Reject) => accepts(side, price, best),
            Some(PostOnly::Slide) => accepts(side, price, best) && nowhere,
            Some(PostOnly::SlideOrTake) => price.0 == best.0 && nowhere,
        };
        if bad { Err(Reject::WouldTake) } else { Ok(()) }
    }

    /// True when the trigger of a stop or take-profit is met by the reference of this moment.
    pub(super) fn met_now(
        &self,
        instrument: InstrumentId,
        side: Side,
        kind: Kind,
        on: Watched,
    ) -> bool {
        let reference = self.watched(instrument, side, on);
        reference.is_some_and(|reference| super::settle::is_met(side, kind, reference))
    }

    /// The reference that a dormant order watches.
    pub(super) fn watched(
        &self,
        instrument: InstrumentId,
        side: Side,
        on: Watched,
    ) -> Option<Price> {
        let market = self.market(instrument);
        match on {
            Watched::Last => market.seen.or(market.close),
            Watched::Quote => self.opposite(instrument, side),
            Watched::Mark => market.mark,
        }
    }
}
