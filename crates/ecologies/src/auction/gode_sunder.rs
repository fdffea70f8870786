//! Traders without any intelligence, with and without a budget.
//!
//! Source: Gode & Sunder (1993), Journal of Political Economy 101(1). Whoever may not quote beyond his
//! limit (ZI-C) makes markets almost efficient by that alone; whoever may (ZI-U) trades everything.

use super::{
    BUDGET, Heard, MARKET, OUTPUTS, PERIODS, PRICE_MOST, RUNS, SIZE, Side, Standing, Trader,
    repeat, setting, told,
};
use crate::dice::Dice;
use crate::{Ecology, SEED};
use pitfloor_published::model::{Input, Model, Takes};

/// A trader who draws his quotes.
#[derive(Clone, Debug)]
pub struct Drawn {
    side: Side,
    constrained: bool,
    dice: Dice,
}

impl Drawn {
    /// One of a side; `constrained` by his limit or not.
    #[must_use]
    pub fn new(side: Side, constrained: bool, dice: Dice) -> Self {
        Self { side, constrained, dice }
    }
}

impl Trader for Drawn {
    fn quote(&mut self, limit: f64, _: Standing) -> Option<f64> {
        let (low, high) = match (self.constrained, self.side) {
            (false, _) => (1.0, PRICE_MOST),
            (true, Side::Buyer) => (1.0, limit),
            (true, Side::Seller) => (limit, PRICE_MOST),
        };
        Some(self.dice.between(low, high))
    }

    fn hear(&mut self, _: &Heard, _: f64, _: bool) {}
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E1",
    model: Model {
        name: "gode_sunder",
        about: "zero intelligence: efficiency of an auction whose traders draw their quotes",
        inputs: &[
            MARKET.or("\"symmetric\""),
            SIZE.or("12"),
            Input::new("budget", "whether limits bind", Takes::Flag).or("true"),
            BUDGET.or("3000"),
            PERIODS.or("1"),
            RUNS.or("300"),
            SEED.or("1"),
        ],
        outputs: OUTPUTS,
        source: "Gode and Sunder 1993",
        example: r#"{"runs": 20}"#,
        function: |given| {
            let budget = given.flag("budget");
            let seat = |side, dice| Box::new(Drawn::new(side, budget, dice)) as Box<dyn Trader>;
            Ok(told(&repeat(&setting(given)?, seat)))
        },
    },
};
