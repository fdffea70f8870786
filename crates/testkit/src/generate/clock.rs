//! When the commands of a history arrive.

use super::Dice;
use pitfloor_model::command::{Command, Stamped, Tif};
use pitfloor_model::units::{Span, Time};
use std::sync::Arc;

/// Gives commands their number and their moment, and turns the moments in them, which were drawn as
/// so long after their arrival, into moments of the run.
#[derive(Clone, Debug)]
pub struct Clock {
    seq: u64,
    at: Time,
    /// Whether time jumps now and then, past what was to end by then.
    jumps: bool,
}

impl Clock {
    /// A clock at the start of the run, for the histories of full worlds.
    #[must_use]
    pub const fn new() -> Self {
        Self { seq: 0, at: Time::ZERO, jumps: true }
    }

    /// A clock that never jumps, for plain histories.
    pub(super) const fn steady() -> Self {
        Self { jumps: false, ..Self::new() }
    }

    /// `command` with its place in history.
    pub fn stamp(&mut self, mut command: Command, dice: &mut Dice) -> Stamped {
        let (seq, at) = (self.seq, self.at);
        self.seq += 1;
        self.at.0 += match self.jumps {
            true if dice.one_in(60) => 20 + dice.below(200),
            _ => dice.below(3),
        };
        let count_from = |tif: &mut Tif| {
            if let Tif::Gtd(moment) = tif {
                *moment = at.after(Span(moment.0));
            }
        };
        match &mut command {
            Command::Place(order) | Command::PlaceVaried { order, .. } => {
                count_from(&mut order.tif);
            }
            Command::PlaceList(list) => {
                for order in &mut Arc::make_mut(list).members {
                    count_from(&mut order.tif);
                }
            }
            Command::Amend { change, .. } => {
                if let Some(tif) = &mut change.tif {
                    count_from(tif);
                }
            }
            _ => {}
        }
        Stamped { seq, at, command }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{read, write};

    #[test]
    fn moments_in_commands_are_counted_from_their_arrival() {
        let (mut clock, mut dice) = (Clock::new(), Dice::new(1));
        clock.at = Time(1_000);
        let of = |line: &str| read(line)[0].command.clone();
        let told: Vec<String> = [
            of("1 buy 1 @ 5 x1 gtd 10"),
            of("oco 1 buy 1 @ 5 x1 gtd 0 | 1 buy 2 @ 5 x1"),
            of("1 amend 1 gtd 20"),
            of("1 buy 1 @ 5 x4 gtd 18446744073709551615 show 2 then 1"),
        ]
        .into_iter()
        .map(|command| {
            let stamped = clock.stamp(command, &mut dice);
            write(&stamped.command).replace(&stamped.at.0.to_string(), "now")
        })
        .collect();
        // The first is stamped at 1000; each moment is its own arrival and so much more.
        assert_eq!(told[0], "1 buy 1 @ 5 x1 gtd 1010 stp taker");
        assert_eq!(told[1], "oco 1 buy 1 @ 5 x1 gtd now stp taker | 1 buy 2 @ 5 x1 gtc stp taker");
        assert!(told[2].starts_with("1 amend 1 gtd 10"), "{}", told[2]);
        assert!(told[3].contains("gtd 18446744073709551615"), "the end of time stays: {}", told[3]);
    }

    #[test]
    fn time_goes_on_and_jumps_only_where_it_may() {
        let (mut clock, mut steady) = (Clock::new(), Clock::steady());
        let mut dice = Dice::new(2);
        let mut longest = |clock: &mut Clock| {
            let mut at = |_| clock.stamp(Command::AdvanceTime, &mut dice).at.0;
            let moments: Vec<u64> = (0..2_000).map(&mut at).collect();
            moments.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
        };
        assert!(longest(&mut clock) > 100);
        assert_eq!(longest(&mut steady), 2);
    }
}
