//! The business days of a house: a day ends, what is due is settled, and interest is paid for the
//! nights in between.

use crate::Desk;
use crate::prices::Prices;
use pitfloor_model::clearing::Act;
use pitfloor_model::command::Command;
use pitfloor_model::units::Time;
use std::collections::VecDeque;

/// One business day of the calendar, as far as the house is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// When it ends: after the last trade.
    pub ends: Time,
    /// How many nights interest is paid for: three over a weekend.
    pub nights: u16,
    /// When what is due on the next business day is settled.
    pub settles: Time,
}

/// The days of a run.
#[derive(Clone, Debug)]
pub struct Days {
    acts: VecDeque<(Time, Act)>,
}

impl Days {
    /// These days, in their order.
    ///
    /// # Panics
    ///
    /// When one ends before it is settled the day before, or settles before it ends.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = Day>) -> Self {
        let mut acts = VecDeque::new();
        for day in days {
            let before = acts.back().map_or(Time::ZERO, |(at, _)| *at);
            assert!(before <= day.ends && day.ends <= day.settles, "days follow each other");
            acts.push_back((day.ends, Act::EndDay));
            if day.nights > 0 {
                acts.push_back((day.ends, Act::Accrue { days: day.nights }));
            }
            acts.push_back((day.settles, Act::Settle));
        }
        Self { acts }
    }
}

impl Desk for Days {
    fn due(&self) -> Option<Time> {
        self.acts.front().map(|(at, _)| *at)
    }

    fn take(&mut self, at: Time, _: &Prices, out: &mut Vec<Command>) {
        while self.due().is_some_and(|due| due <= at) {
            let Some((_, act)) = self.acts.pop_front() else { break };
            out.push(Command::Clear(Box::new(act)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_pays_its_nights_and_is_settled_in_the_morning() {
        let friday = Day { ends: Time(10), nights: 3, settles: Time(70) };
        let monday = Day { ends: Time(80), nights: 0, settles: Time(90) };
        let mut days = Days::new([friday, monday]);
        let prices = Prices::new([]);
        let mut said = Vec::new();
        let mut moments = Vec::new();
        while let Some(at) = days.due() {
            moments.push(at.0);
            days.take(at, &prices, &mut said);
        }
        let acts: Vec<_> = said
            .iter()
            .map(|command| match command {
                Command::Clear(act) => (**act).clone(),
                other => panic!("{other:?} is no act"),
            })
            .collect();
        let expected =
            [Act::EndDay, Act::Accrue { days: 3 }, Act::Settle, Act::EndDay, Act::Settle];
        assert_eq!((moments, acts), (vec![10, 70, 80, 90], expected.to_vec()));
    }

    #[test]
    #[should_panic(expected = "days follow each other")]
    fn days_that_overlap_are_a_mistake() {
        let day = |ends, settles| Day { ends: Time(ends), nights: 1, settles: Time(settles) };
        drop(Days::new([day(10, 70), day(60, 90)]));
    }
}
