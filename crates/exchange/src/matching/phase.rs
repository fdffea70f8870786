//! Trading phases: which may follow which, and what each allows.

use pitfloor_model::event::Phase;
use pitfloor_model::order::{Instructions, Kind, Order, Tif};

/// True when an instrument may go from one phase to the other.
pub(super) fn may_follow(from: Phase, to: Phase) -> bool {
    use Phase::{CloseCall, Closed, Continuous, Halt, OpenCall, PeriodicCall, PreOpen, ReopenCall};
    match to {
        PreOpen => from == Closed,
        OpenCall => from == PreOpen,
        Continuous => matches!(from, OpenCall | ReopenCall | PeriodicCall),
        Halt => !matches!(from, Halt | Closed),
        ReopenCall => matches!(from, Continuous | Halt),
        CloseCall | PeriodicCall => from == Continuous,
        Closed => matches!(from, CloseCall | Halt),
    }
}

/// True when `order` may be placed in `phase`: every row of the table that it fits says yes.
pub(super) fn may_place(phase: Phase, order: &Order, close_cutoff_at_call: bool) -> bool {
    use Phase::{CloseCall, Closed, Continuous, Halt, OpenCall, PeriodicCall, PreOpen};
    if matches!(phase, Halt | Closed) {
        return false;
    }
    let in_auction = match order.tif {
        Tif::AtOpen => matches!(phase, PreOpen | OpenCall),
        Tif::AtClose => phase != PeriodicCall && !(phase == CloseCall && close_cutoff_at_call),
        Tif::Ioc if matches!(order.kind, Kind::Market | Kind::Limit) => {
            matches!(phase, Continuous | PeriodicCall)
        }
        Tif::Fok => phase == Continuous,
        Tif::Ioc | Tif::Gtc | Tif::Day | Tif::Gtd(_) => true,
    };
    let Instructions { post_only, min_qty, all_or_none, .. } = order.with;
    let of_the_moment = matches!(
        order.kind,
        Kind::MarketProtected { .. } | Kind::MarketToLimit | Kind::MarketByAmount { .. }
    ) || order.kind.is_peg()
        || post_only.is_some()
        || min_qty.is_some()
        || all_or_none;
    in_auction && (phase == Continuous || !of_the_moment)
}

/// True when live orders may be replaced and amended.
pub(super) const fn takes_changes(phase: Phase) -> bool {
    !matches!(phase, Phase::Halt | Phase::Closed)
}

/// True when a phase ends in an auction.
pub(super) const fn is_call(phase: Phase) -> bool {
    matches!(phase, Phase::OpenCall | Phase::ReopenCall | Phase::CloseCall | Phase::PeriodicCall)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of `docs/RULES.md`, row by row, so that a change has to be made twice.
    #[test]
    fn a_day_and_its_interruptions() {
        use Phase::*;
        let allowed = [
            (PreOpen, OpenCall),
            (OpenCall, Continuous),
            (Continuous, CloseCall),
            (CloseCall, Closed),
            (Closed, PreOpen),
            (Continuous, PeriodicCall),
            (PeriodicCall, Continuous),
            (Continuous, ReopenCall),
            (ReopenCall, Continuous),
            (PreOpen, Halt),
            (OpenCall, Halt),
            (Continuous, Halt),
            (ReopenCall, Halt),
            (CloseCall, Halt),
            (PeriodicCall, Halt),
            (Halt, ReopenCall),
            (Halt, Closed),
        ];
        for from in Phase::ALL {
            for to in Phase::ALL {
                assert_eq!(may_follow(from, to), allowed.contains(&(from, to)), "{from:?} {to:?}");
            }
        }
    }
}
