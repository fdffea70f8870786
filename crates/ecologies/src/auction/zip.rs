//! Traders who learn a margin from what they hear.
//!
//! Source: Cliff (1997), Minimal-intelligence agents for bargaining behaviors in market-based
//! environments, HPL-97-91. A trader quotes his limit with a margin on it; what is accepted without
//! him, or refused to others, moves his margin a little toward what would have done.

use super::{
    BUDGET, Heard, MARKET, OUTPUTS, PERIODS, RUNS, SIZE, Side, Standing, Trader, repeat, setting,
    told,
};
use crate::dice::Dice;
use crate::{Ecology, SEED};
use pitfloor_published::model::{Input, Model, SHARE};

/// A trader with a margin.
#[derive(Clone, Debug)]
pub struct Zip {
    side: Side,
    /// Share of the limit: a buyer's 0 or below, a seller's 0 or above.
    margin: f64,
    rate: f64,
    momentum: f64,
    /// How far targets lie beyond what was heard: shares and amounts.
    reach: f64,
    moving: f64,
    dice: Dice,
}

impl Zip {
    /// One of a side, whose margin, rate and momentum are drawn; targets reach `reach` beyond.
    #[must_use]
    pub fn new(side: Side, reach: f64, mut dice: Dice) -> Self {
        let margin = dice.between(0.05, 0.35);
        let margin = if side == Side::Buyer { -margin } else { margin };
        let (rate, momentum) = (dice.between(0.1, 0.5), dice.between(0.0, 0.1));
        Self { side, margin, rate, momentum, reach, moving: 0.0, dice }
    }

    fn price(&self, limit: f64) -> f64 {
        limit * (1.0 + self.margin)
    }

    /// The price rounded to the tick, away from aggression: what he quotes.
    fn tick(&self, limit: f64) -> f64 {
        match self.side {
            Side::Buyer => self.price(limit).floor().max(1.0),
            Side::Seller => self.price(limit).ceil(),
        }
    }

    /// Moves the margin toward a target above or below what was heard.
    fn learn(&mut self, heard: f64, up: bool, limit: f64) {
        let (share, amount) = (self.reach * self.dice.unit(), self.reach * self.dice.unit());
        let sign = if up { 1.0 } else { -1.0 };
        let target = heard * (1.0 + sign * share) + sign * amount;
        let price = self.price(limit);
        let step = self.rate * (target - price);
        self.moving = self.momentum * self.moving + (1.0 - self.momentum) * step;
        let margin = (price + self.moving) / limit - 1.0;
        let right = match self.side {
            Side::Buyer => margin <= 0.0,
            Side::Seller => margin >= 0.0,
        };
        if right {
            self.margin = margin;
        }
    }
}

impl Trader for Zip {
    fn quote(&mut self, limit: f64, _: Standing) -> Option<f64> {
        Some(self.tick(limit))
    }

    fn hear(&mut self, heard: &Heard, limit: f64, active: bool) {
        let (q, price) = (heard.price, self.tick(limit));
        let mine = heard.side == self.side;
        // What a seller calls dear, a buyer calls cheap: `poorer` says that his quote gains no more
        // than what was heard.
        let (poorer, richer) = match self.side {
            Side::Seller => (price <= q, price >= q),
            Side::Buyer => (price >= q, price <= q),
        };
        let raise = heard.accepted && poorer;
        let lower = !raise && active && richer && (heard.accepted != mine);
        let seller = self.side == Side::Seller;
        if raise {
            self.learn(q, seller, limit);
        } else if lower {
            self.learn(q, !seller, limit);
        }
    }
}

/// The ecology.
pub const ECOLOGY: Ecology = Ecology {
    code: "E2",
    model: Model {
        name: "zip",
        about: "traders who learn a margin: an auction repeated",
        inputs: &[
            MARKET.or("\"symmetric\""),
            SIZE.or("12"),
            Input::number("reach", "how far targets lie beyond a quote: c_a and c_r", SHARE)
                .or("0.05"),
            BUDGET.or("3000"),
            PERIODS.or("5"),
            RUNS.or("50"),
            SEED.or("1"),
        ],
        outputs: OUTPUTS,
        source: "Cliff 1997, HPL-97-91",
        example: r#"{"runs": 5}"#,
        function: |given| {
            let reach = given.number("reach");
            let seat = |side, dice| Box::new(Zip::new(side, reach, dice)) as Box<dyn Trader>;
            Ok(told(&repeat(&setting(given)?, seat)))
        },
    },
};
