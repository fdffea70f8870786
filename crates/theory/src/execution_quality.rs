//! What an order cost, and where it went: spreads paid, and what deciding, waiting and missing cost.
//!
//! Sources: Perold (1988), Journal of Portfolio Management 14(3), for the shortfall and its parts;
//! 17 CFR 242.600 for effective and realised spreads. Spreads are of both sides: twice the distance
//! from the mid.

use crate::{Outside, not_negative, positive};

/// One fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// Shares; positive.
    pub qty: f64,
    /// Money a share.
    pub price: f64,
    /// The mid at that moment.
    pub mid: f64,
    /// The mid a horizon later.
    pub later: f64,
    /// The best bid and ask at that moment, where they are known.
    pub quote: Option<(f64, f64)>,
}

/// An order from its decision to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// True when it buys.
    pub buys: bool,
    /// Shares that were meant; at least what was filled.
    pub qty: f64,
    /// The mid when it was decided; positive.
    pub decision: f64,
    /// The mid when it arrived.
    pub arrival: f64,
    /// The price when the rest was given up.
    pub close: f64,
    /// Fees, money a share filled.
    pub fee: f64,
    /// What was filled.
    pub fills: Vec<Fill>,
}

/// What is said of an order; averages weigh by size and are no number without fills.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Mean price.
    pub average: f64,
    /// Mean effective spread, money.
    pub effective: f64,
    /// Mean realised spread.
    pub realised: f64,
    /// Effective less realised.
    pub impact: f64,
    /// Moving from the decision to the arrival, over what was filled, money.
    pub delay: f64,
    /// Moving from the arrival to the fills, money.
    pub trading: f64,
    /// What was not filled, money.
    pub opportunity: f64,
    /// Money.
    pub fees: f64,
    /// All four, money.
    pub total: f64,
    /// The same in hundredths of a percent of what was meant at the decision's price.
    pub basis_points: f64,
    /// Mean quoted spread, effective over quoted, and money gained against the quote; where every
    /// fill knows its quote.
    pub against_quote: Option<(f64, f64, f64)>,
}

impl Order {
    /// Its figures.
    ///
    /// # Errors
    ///
    /// [`Outside`], naming `qty`, `decision`, `arrival`, `close`, `fee` or `fills`.
    pub fn quality(&self) -> Result<Quality, Outside> {
        positive("qty", self.qty)?;
        positive("decision", self.decision)?;
        positive("arrival", self.arrival)?;
        positive("close", self.close)?;
        not_negative("fee", self.fee)?;
        for fill in &self.fills {
            positive("fills", fill.qty)?;
            let (bid, ask) = fill.quote.unwrap_or((1.0, 1.0));
            for price in [fill.price, fill.mid, fill.later, bid, ask] {
                positive("fills", price)?;
            }
            if ask < bid {
                return Err(Outside::new(
                    "fills",
                    format!("{bid} x {ask}"),
                    "a bid not above its ask",
                ));
            }
        }
        let filled: f64 = self.fills.iter().map(|fill| fill.qty).sum();
        if filled > self.qty {
            return Err(Outside::new("fills", format!("{filled} shares"), "at most qty"));
        }
        let d = if self.buys { 1.0 } else { -1.0 };
        let summed =
            |of: &dyn Fn(&Fill) -> f64| self.fills.iter().map(|f| f.qty * of(f)).sum::<f64>();
        let effective = summed(&|f| 2.0 * d * (f.price - f.mid)) / filled;
        let realised = summed(&|f| 2.0 * d * (f.price - f.later)) / filled;
        let delay = d * (self.arrival - self.decision) * filled;
        let trading = summed(&|f| d * (f.price - self.arrival));
        let opportunity = d * (self.close - self.decision) * (self.qty - filled);
        let fees = self.fee * filled;
        let total = delay + trading + opportunity + fees;
        let known = !self.fills.is_empty() && self.fills.iter().all(|f| f.quote.is_some());
        let against_quote = known.then(|| {
            let quote = |f: &Fill| f.quote.expect("every fill knows its own");
            let quoted = summed(&|f| quote(f).1 - quote(f).0) / filled;
            let near = |f: &Fill| if self.buys { quote(f).1 } else { quote(f).0 };
            (quoted, effective / quoted, summed(&|f| d * (near(f) - f.price)))
        });
        Ok(Quality {
            average: summed(&|f| f.price) / filled,
            effective,
            realised,
            impact: effective - realised,
            delay,
            trading,
            opportunity,
            fees,
            total,
            basis_points: 1e4 * total / (self.decision * self.qty),
            against_quote,
        })
    }
}
