//! What a history concentrates on, and the switches of the markets it is played in.

use super::{Corner, Dice};
use pitfloor_model::allocation::{Allocation, Rounding, Weighing, Weight};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::trading::{
    AuctionReference, AuctionTie, BandAction, ReplacePriority, ReplaceQty, TradingRules,
};
use pitfloor_model::units::{AccountId, Cash, Qty, Span};

/// What the histories of a world concentrate on. Everything comes up in all of them but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing in particular.
    Everything,
    /// Pegs and the orders they hang on.
    Pegs,
    /// Stops, take-profits and trailing stops.
    Stops,
    /// Calls and what is meant for them.
    Auctions,
    /// Icebergs, hidden and all-or-none orders.
    Unseen,
    /// Orders that hang together.
    Lists,
    /// Bands and short sales.
    Bands,
    /// Only what has a mirror image; see [`crate::mirror`].
    Symmetric,
    /// Every kind of instrument, and what a clearing house is asked. Not among [`Profile::ALL`].
    Clearing,
}

impl Profile {
    /// Every profile of the market alone.
    pub const ALL: [Self; 8] = [
        Self::Everything,
        Self::Pegs,
        Self::Stops,
        Self::Auctions,
        Self::Unseen,
        Self::Lists,
        Self::Bands,
        Self::Symmetric,
    ];
}

/// Any switches that let orders for `corner` of `instrument` through.
pub(super) fn random_rules(
    profile: Profile,
    instrument: &Instrument,
    corner: &Corner,
    dice: &mut Dice,
) -> TradingRules {
    let step = instrument.limits.price_step;
    let symmetric = profile == Profile::Symmetric;
    let mid = !symmetric && dice.one_in(3);
    // What a tick of a lot is worth is known to the venue only: 1, 5, 100 or 500 minor units.
    let worth = i128::from(corner.lowest.abs().max(1)) * i128::from(corner.lots) * 2;
    let least = worth * dice.pick(&[1, 5, 100]);
    TradingRules {
        allocation: random_allocation(corner, dice),
        market_maker: dice.one_in(2).then_some(AccountId(1)),
        replace_priority: dice
            .pick(&[ReplacePriority::KeepOnDecrease, ReplacePriority::AlwaysBack]),
        replace_qty: dice.pick(&[ReplaceQty::Total, ReplaceQty::Total, ReplaceQty::Open]),
        band_action: dice.pick(&[BandAction::Reprice, BandAction::Reprice, BandAction::Reject]),
        trigger_at_once: dice.one_in(2),
        peg_once: dice.one_in(5),
        age_max: dice.one_in(4).then(|| Span(100 + dice.below(400))),
        cascade_max: dice.pick(&[1, 2, 3, 1_000, 1_000, 1_000]),
        velocity_max: dice.one_in(4).then(|| step * dice.below(6)),
        dormant_max: dice.pick(&[2, 4, 1_000, 1_000, 1_000]),
        tranches_max: dice.pick(&[3, 5, 100, 100]),
        positive_prices: !symmetric && corner.lowest > 0 && dice.one_in(2),
        notional_min: if dice.one_in(5) { Cash(least) } else { Cash(0) },
        collar_bips: dice.pick(&[None, Some(300), Some(1_000), Some(3_000), Some(9_999)]),
        auction_tie: dice.pick(&[AuctionTie::Lower, AuctionTie::Higher]),
        auction_reference: if mid { AuctionReference::Mid } else { AuctionReference::ByCall },
        close_cutoff_at_call: dice.one_in(3),
        short_action: dice.pick(&[BandAction::Reprice, BandAction::Reject]),
    }
}

fn random_allocation(corner: &Corner, dice: &mut Dice) -> Allocation {
    let percents = [0, 0, 10, 25, 40, 50, 100];
    let weighing = Weighing {
        weight: dice.pick(&[Weight::Size, Weight::SizeTime]),
        share_min: Qty(corner.lots * dice.pick(&[0, 1, 2, 2])),
        threshold: Qty(corner.lots * dice.pick(&[0, 0, 2, 3])),
        rounding: dice.pick(&[Rounding::Down, Rounding::Down, Rounding::UpBySize]),
    };
    let mut allocation = match dice.below(7) {
        0..=2 => return Allocation::FIFO,
        3 => Allocation::PRO_RATA,
        4 => Allocation::SIZE_TIME,
        5 => Allocation::FIFO,
        _ => Allocation::FIFO.by_weight(weighing),
    };
    allocation.top = dice.one_in(2);
    allocation.lmm_percent = dice.pick(&percents);
    allocation.split_percent = dice.pick(&percents);
    allocation
}
