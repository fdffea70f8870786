//! What a replay found.

use pitfloor_exchange::Digest;
use std::collections::BTreeMap;

/// What a replay of a record found. Counts that do not apply are none, never 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryReport {
    /// Messages read.
    pub messages: u64,
    /// Executions of visible orders among them.
    pub trades: u64,
    /// Executions of hidden orders among them; they never move the visible book.
    pub hidden_executions: u64,
    /// Distinct best quotes of the exchange, one after the other; with [`super::Check::States`]
    /// those that the recorded file reaches.
    pub states: Option<u64>,
    /// States that the recorded file has too, in the same order.
    pub states_equal: Option<u64>,
    /// States whose best bid is not below the best ask.
    pub states_crossed: Option<u64>,
    /// Rows compared level by level. The row that the opening book was made from is not counted:
    /// it would be compared with itself.
    pub rows: Option<u64>,
    /// Rows that agree in every level.
    pub rows_equal: Option<u64>,
    /// Levels of each row of the book file.
    pub levels: Option<u64>,
    /// Pairs of rows looked at.
    pub transitions: Option<u64>,
    /// Pairs where the exchange comes from the first to another book than the second.
    pub transitions_inconsistent: Option<u64>,
    /// Pairs that agree as far as a file with so few levels can say: a level was emptied, and what
    /// lay behind it is not in the file.
    pub transitions_revealed: Option<u64>,
    /// Executions sent as orders, whose resting order the record introduced.
    pub aggressors: Option<u64>,
    /// Aggressors that the exchange matched, wholly, with the order that the record names.
    pub aggressors_same_maker: Option<u64>,
    /// Messages that were not carried out as recorded, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Over every command that was applied and every event that came of it.
    pub digest: Digest,
}

impl HistoryReport {
    /// The smallest share of states that must be equal, per mille: a record of another selection of
    /// messages misses some, for minutes at a time.
    pub const STATES_EQUAL_PER_MILLE_MIN: u64 = 999;

    /// The smallest share of aggressors that must meet the recorded maker, per mille. The rest are
    /// orders that the record shows as executed behind others of their level.
    pub const SAME_MAKER_PER_MILLE_MIN: u64 = 994;

    /// What does not hold of what was compared, in words; empty when all holds.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        let mut hold = |holds: bool, words: String| {
            if !holds {
                failures.push(words);
            }
        };
        if let Some(crossed) = self.states_crossed {
            hold(crossed == 0, format!("states_crossed: found {crossed}, expected 0"));
        }
        if let (Some(all), Some(equal)) = (self.states, self.states_equal) {
            let enough = all > 0 && share_holds(equal, all, Self::STATES_EQUAL_PER_MILLE_MIN);
            let least = Self::STATES_EQUAL_PER_MILLE_MIN;
            hold(enough, format!("states_equal: found {equal}, expected {least} ‰ of {all}"));
        }
        if let (Some(all), Some(equal)) = (self.rows, self.rows_equal) {
            let enough = all > 0 && equal == all;
            hold(enough, format!("rows_equal: found {equal}, expected all of {all}"));
        }
        if let (Some(all), Some(wrong)) = (self.transitions, self.transitions_inconsistent) {
            let expected = format!("expected 0 of {all}");
            hold(
                all > 0 && wrong == 0,
                format!("transitions_inconsistent: found {wrong}, {expected}"),
            );
        }
        if let (Some(all), Some(same)) = (self.aggressors, self.aggressors_same_maker) {
            let least = Self::SAME_MAKER_PER_MILLE_MIN;
            let words = format!("aggressors_same_maker: found {same}, expected {least} ‰ of {all}");
            hold(share_holds(same, all, least), words);
        }
        failures
    }
}

/// True when `part` is at least `per_mille` of `all`.
fn share_holds(part: u64, all: u64, per_mille: u64) -> bool {
    u128::from(part) * 1_000 >= u128::from(all) * u128::from(per_mille)
}
