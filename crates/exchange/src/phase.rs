//! Trading phases: which may follow which, and what each allows.

use pitfloor_model::event::Phase;

/// True when an instrument may go from one phase to the other.
pub(crate) fn may_follow(from: Phase, to: Phase) -> bool {
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

/// True when orders may be entered and changed. The call phases join when auctions do.
pub(crate) fn takes_orders(phase: Phase) -> bool {
    match phase {
        Phase::Continuous => true,
        Phase::PreOpen
        | Phase::OpenCall
        | Phase::Halt
        | Phase::ReopenCall
        | Phase::CloseCall
        | Phase::PeriodicCall
        | Phase::Closed => false,
    }
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
