//! Margin, as the rules of a market have it on a day. The house computes; here is only what is asked.

use crate::known::{
    InitialMarginSays, LeastEquitySays, MaintenanceMarginSays, NakedMarginSays, PortfolioMarginSays,
};
use crate::rows::{BadRows, Rows};
use jiff::civil::Date;

/// What the rules of one market say of margin on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarginRules {
    /// To begin with.
    pub initial: InitialMarginSays,
    /// To go on.
    pub maintenance: MaintenanceMarginSays,
    /// The least equity.
    pub least: LeastEquitySays,
    /// For what was written.
    pub naked: NakedMarginSays,
    /// For all positions together.
    pub portfolio: PortfolioMarginSays,
}

impl MarginRules {
    /// Those of `market` that hold on `day`.
    ///
    /// # Errors
    ///
    /// When one of the rules has no row for the day.
    pub fn new(rows: &Rows, market: &str, day: Date) -> Result<Self, BadRows> {
        Ok(Self {
            initial: rows.row("regT.initial", market, day)?.says()?,
            maintenance: rows.row("4210.maintenance", market, day)?.says()?,
            least: rows.row("4210.minimum", market, day)?.says()?,
            naked: rows.row("4210.naked", market, day)?.says()?,
            portfolio: rows.row("portfolio", market, day)?.says()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_rules() {
        let rows = Rows::shipped();
        let rules = MarginRules::new(&rows, "US", "2026-01-05".parse().unwrap()).unwrap();
        assert_eq!((rules.initial.long_bips, rules.initial.short_bips), (5_000, 5_000));
        let go_on = &rules.maintenance;
        assert_eq!((go_on.long_bips, go_on.short_bips, go_on.cheap_bips), (2_500, 3_000, 10_000));
        let amounts = [go_on.short_least, go_on.cheap_below, go_on.cheap_least, rules.least.equity];
        assert_eq!(amounts.map(|amount| amount.to_string()), ["5", "5", "2.50", "2000"]);
        assert_eq!((rules.naked.bips, rules.naked.least_bips), (2_000, 1_000));
        assert_eq!(rules.portfolio.least.to_string(), "0.3750");
    }

    #[test]
    fn before_the_first_row_nothing_is_guessed() {
        let early = MarginRules::new(&Rows::shipped(), "US", "2009-01-05".parse().unwrap());
        assert!(early.unwrap_err().to_string().contains("4210.maintenance"));
    }
}
