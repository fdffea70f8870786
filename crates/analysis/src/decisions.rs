//! Why agents acted: how often each rule spoke, and the last times that one did.
//!
//! Fed with what traced agents say, it keeps a count per group and rule and the newest decisions;
//! neither grows with the run.

use pitfloor_model::units::{OrderId, Time};
use std::collections::VecDeque;

/// How many decisions are kept word for word: the newest.
pub const LAST_MAX: usize = 50;

/// How many rules are told apart; what speaks beyond that is counted together.
pub const RULES_MAX: usize = 256;

/// What the rules beyond [`RULES_MAX`] are called together.
pub const OTHER_RULES: &str = "other rules";

/// How often a rule of a group spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Which group.
    pub group: String,
    /// Which rule.
    pub rule: &'static str,
    /// How often it spoke.
    pub times: u64,
    /// How many orders it led to.
    pub orders: u64,
}

/// One decision, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// When.
    pub at: Time,
    /// Which agent.
    pub agent: String,
    /// Which rule.
    pub rule: &'static str,
    /// The figures that it went by.
    pub figures: Vec<(&'static str, f64)>,
    /// The first and the last order that it led to.
    pub orders: Option<(OrderId, OrderId)>,
}

/// Counts, and the newest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decisions {
    spoken: Vec<Spoken>,
    last: VecDeque<Said>,
}

impl Decisions {
    /// Takes note of what an agent of `group` said.
    pub fn see(&mut self, group: &str, said: Said) {
        let orders = said.orders.map_or(0, |(first, last)| last.0 - first.0 + 1);
        let rule = said.rule;
        let known = |rule| move |it: &Spoken| it.rule == rule && it.group == group;
        let place = self.spoken.iter().position(known(rule)).or_else(|| {
            let full = self.spoken.len() >= RULES_MAX;
            full.then(|| self.spoken.iter().position(known(OTHER_RULES))).flatten()
        });
        let place = place.unwrap_or_else(|| {
            let rule = if self.spoken.len() < RULES_MAX { rule } else { OTHER_RULES };
            self.spoken.push(Spoken { group: group.to_owned(), rule, times: 0, orders: 0 });
            self.spoken.len() - 1
        });
        self.spoken[place].times += 1;
        self.spoken[place].orders += orders;
        if self.last.len() == LAST_MAX {
            self.last.pop_front();
        }
        self.last.push_back(said);
    }

    /// True when nobody said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spoken.is_empty()
    }

    /// How often each rule spoke, in the order of their first words.
    #[must_use]
    pub fn spoken(&self) -> &[Spoken] {
        &self.spoken
    }

    /// The newest, oldest first.
    pub fn last(&self) -> impl Iterator<Item = &Said> {
        self.last.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(at: u64, rule: &'static str, orders: Option<(u64, u64)>) -> Said {
        let orders = orders.map(|(first, last)| (OrderId(first), OrderId(last)));
        Said { at: Time(at), agent: "m-0".into(), rule, figures: vec![("edge", 0.5)], orders }
    }

    #[test]
    fn rules_are_counted_and_the_newest_are_kept() {
        let mut decisions = Decisions::default();
        assert!(decisions.is_empty());
        for at in 0..100 {
            decisions.see("m", said(at, "buy", Some((at * 2 + 1, at * 2 + 2))));
        }
        decisions.see("n", said(100, "buy", None));
        decisions.see("m", said(101, "wait", None));
        let counts: Vec<_> = decisions
            .spoken()
            .iter()
            .map(|it| (it.group.as_str(), it.rule, it.times, it.orders))
            .collect();
        assert_eq!(counts, [("m", "buy", 100, 200), ("n", "buy", 1, 0), ("m", "wait", 1, 0)]);
        assert!(decisions.last().map(|said| said.at.0).eq(52..=101));
    }

    #[test]
    fn the_table_of_rules_has_an_end() {
        let mut decisions = Decisions::default();
        for group in 0..RULES_MAX + 10 {
            decisions.see(&format!("g{group}"), said(1, "buy", Some((1, 1))));
            decisions.see("late", said(1, "buy", None));
        }
        let spoken = decisions.spoken();
        let all: u64 = spoken.iter().map(|it| it.times).sum();
        assert_eq!(all, 2 * (RULES_MAX as u64 + 10), "everything is counted");
        assert!(spoken.len() <= RULES_MAX + 11);
        assert_eq!(spoken.iter().filter(|it| it.rule == OTHER_RULES).count(), 11);
    }
}
