//! Kyle's dealer: sets the price of an auction by the net flow of orders, which may be informed.
//!
//! In the *n*th auction of a game the price is *p*ₙ = *p*ₙ₋₁ + λₙ·(net lots bought by all others),
//! with λₙ of the equilibrium: then prices are what the value is expected to be, given the flow,
//! and the dealer neither gains nor loses on average. It needs not see the flow: it lays a ladder
//! of limit orders whose cumulated lots are that straight line, `levels` rungs on each side, and
//! the auction finds the rung where the flow ends. Rungs lie in the middle of the price steps that
//! they stand for, so the line is met on average; `reach` standard deviations of the noise of an
//! auction are covered, and whatever flow is larger trades as far as the ladder goes.
//!
//! It goes with `kyle-insider` and `kyle-noise` in an instrument with a `periodic` schedule and
//! without auction collar (`collar = "none"`), all three with the same `auctions`, `deviation` and
//! `noise`. An auction must leave time for a message there and back.
//!
//! Source: Kyle (1985), *Continuous auctions and insider trading*, Econometrica 53(6).

use super::kyle::{self, Equilibrium};
use super::kyle_insider::{AUCTIONS, DEVIATION, FIRST, Game, NOISE, auctions_of, is_call};
use crate::desk;
use pitfloor_model::command::Filter;
use pitfloor_model::event::Event;
use pitfloor_model::units::{Cash, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes};

/// The kind `kyle-dealer`.
pub static KIND: Kind = Kind {
    name: "kyle-dealer",
    about: "prices auctions by the net flow of orders, which may be informed",
    source: "Kyle 1985",
    parameters: &[
        AUCTIONS,
        DEVIATION,
        NOISE,
        Parameter {
            name: "levels",
            takes: Takes::Count(1, 1_000),
            default: "40",
            about: "rungs of its ladder on each side",
        },
        Parameter {
            name: "reach",
            takes: Takes::Number(0.5, 20.0),
            default: "6",
            about: "flow that the ladder can take, in deviations of the noise of an auction",
        },
    ],
    build: Build::One(|params, role| Box::new(Dealer::new(params, role))),
};

/// The dealer.
#[derive(Clone, Debug)]
pub struct Dealer {
    role: Role,
    equilibrium: Equilibrium,
    /// Ticks a lot, where all is one.
    scale: f64,
    levels: u64,
    /// Lots of a rung.
    rung: f64,
    game: Game,
}

impl Dealer {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let game = Game::new(params, role);
        let deviation = (params.price("deviation").0 as f64).max(1.0);
        let (noise, levels) = (params.lots("noise").0 as f64, params.count("levels"));
        let reach = params.number("reach") * noise / libm::sqrt(game.auctions as f64);
        Self {
            role: *role,
            equilibrium: kyle::equilibrium(game.auctions),
            scale: deviation / noise,
            levels,
            rung: libm::round(reach / levels as f64).max(1.0),
            game,
        }
    }

    /// Lays the ladder for the next auction, in place of the last.
    fn lay(&self, cx: &mut Context<'_>) {
        let (instrument, n) = (self.role.instrument, self.game.over);
        cx.mass_cancel(Filter { instrument: Some(instrument), ..Filter::default() });
        let impact = self.equilibrium.impact[n] * self.scale;
        cx.because("the line from flow to price", || {
            [("price_ticks", self.game.price), ("impact_ticks_per_lot", impact)]
        });
        let definition = cx.instrument(instrument);
        for side in Side::BOTH {
            let sign = if side == Side::Sell { 1.0 } else { -1.0 };
            let mut spoken = (Cash::ZERO, 0);
            for level in 0..self.levels {
                let flow = (level as f64 + 0.5) * self.rung;
                let ticks = libm::round(self.game.price + sign * impact * flow);
                let price = desk::price(definition, side, ticks);
                let means = match side {
                    Side::Buy => desk::can_buy(cx, instrument, spoken.0, price),
                    Side::Sell => desk::can_sell(cx, instrument, price) - spoken.1,
                };
                let Some(qty) = desk::lots(definition, means.min(self.rung as i128)) else { break };
                cx.limit(instrument, side, price, qty);
                spoken.0 = Cash(spoken.0.0 + definition.cost(price, qty).0);
                spoken.1 += i128::from(qty.0);
            }
        }
    }
}

impl Agent for Dealer {
    fn interest(&self) -> Interest {
        auctions_of(&self.role)
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => cx.wake_in(FIRST),
            Notice::Timer(_) if is_call(cx, &self.role) => self.lay(cx),
            Notice::Auction(Event::Uncrossed { price, .. }) => {
                self.game.hear(*price);
                self.lay(cx);
            }
            Notice::Timer(_)
            | Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor::refuses;
    use pitfloor_model::units::AccountId;
    use pitfloor_sim::decision::Decision;
    use pitfloor_sim::kernel::{Observer, Seen};
    use pitfloor_sim::scenario::Scenario;

    const DEALER: AccountId = AccountId(0);
    const DEVIATION: f64 = 200.0;
    const NOISE: f64 = 1_000.0;

    /// Every auction: its price, and the net flow that the dealer took; and what it was worth.
    #[derive(Default)]
    struct Watched {
        flow: f64,
        auctions: Vec<(f64, f64)>,
        worths: Vec<f64>,
    }

    impl Observer for Watched {
        fn saw(&mut self, seen: &Seen<'_>) {
            for event in seen.events {
                match *event {
                    Event::Crossed { buy, sell, qty, .. } => {
                        let lots = qty.0 as f64;
                        self.flow += if sell.account == DEALER { lots } else { 0.0 };
                        self.flow -= if buy.account == DEALER { lots } else { 0.0 };
                    }
                    Event::Uncrossed { price, .. } => {
                        let before = self.auctions.last().map_or(10_000.0, |last| last.0);
                        let price = price.map_or(before, |price| price.0 as f64);
                        self.auctions.push((price, std::mem::take(&mut self.flow)));
                    }
                    _ => {}
                }
            }
        }

        fn decided(&mut self, decision: Decision) {
            let figure = |name| decision.figures.iter().find(|it| it.0 == name).map(|it| it.1);
            if let Some((worth, auction)) = figure("worth_ticks").zip(figure("auction"))
                && auction == 0.0
            {
                self.worths.push(worth);
            }
        }
    }

    fn play(auctions: usize, games: usize) -> Watched {
        let text = format!(
            r#"
            span = "{}s"
            [[instrument]]
            symbol = "ACME"
            price = "100.00"
            [instrument.rules]
            collar = "none"
            [instrument.schedule]
            periodic = "1s"
            [[agents]]
            kind = "kyle-dealer"
            cash = 1000000000
            shares = 10000000
            auctions = {auctions}
            [[agents]]
            kind = "kyle-insider"
            cash = 1000000000
            shares = 10000000
            auctions = {auctions}
            trace = "on"
            [[agents]]
            kind = "kyle-noise"
            cash = 1000000000
            shares = 10000000
            auctions = {auctions}
            "#,
            auctions * games
        );
        let scenario =
            Scenario::parse(&text, &[], crate::KINDS).unwrap_or_else(|bad| panic!("{bad}"));
        let mut watched = Watched::default();
        scenario.kernel().run(pitfloor_model::units::Time(scenario.span().0), &mut watched);
        watched
    }

    /// The slope of `y` on `x` through nothing, and its standard error.
    fn slope(pairs: &[(f64, f64)]) -> (f64, f64) {
        let squares: f64 = pairs.iter().map(|(x, _)| x * x).sum();
        let slope = pairs.iter().map(|(x, y)| x * y).sum::<f64>() / squares;
        let left: f64 = pairs.iter().map(|(x, y)| (y - slope * x).powi(2)).sum();
        (slope, (left / pairs.len() as f64 / squares).sqrt())
    }

    /// Two auctions a game: a lot moves the price by .652882 and .588227 (in units of deviation
    /// over noise) within three standard errors, and .346011 of the variance stays unknown.
    #[test]
    fn flow_moves_prices_as_in_equilibrium() {
        let watched = play(2, 2_000);
        let games: Vec<_> = watched.auctions.chunks_exact(2).collect();
        assert!(games.len() > 1_990, "{} games", games.len());
        let unit = DEVIATION / NOISE;
        for (n, expected) in [(0, 0.652_882), (1, 0.588_227)] {
            let step = |game: &&[(f64, f64)]| {
                let before = if n == 0 { 10_000.0 } else { game[n - 1].0 };
                (game[n].1, (game[n].0 - before) / unit)
            };
            let (found, error) = slope(&games.iter().map(step).collect::<Vec<_>>());
            println!("lambda_{} {found} +- {error}", n + 1);
            assert!((found - expected).abs() < 3.0 * error, "{n}: {found} ± {error}");
            assert!(error < 0.01, "{error}");
        }
        let left = games.iter().zip(&watched.worths).map(|(game, worth)| {
            let gap = (worth - game[1].0) / DEVIATION;
            gap * gap
        });
        let unknown = left.sum::<f64>() / games.len() as f64;
        let error = 0.346_011 * (2.0 / games.len() as f64).sqrt();
        println!("Sigma_2 {unknown} +- {error}");
        assert!((unknown - 0.346_011).abs() < 4.0 * error, "{unknown} ± {error}");
    }

    #[test]
    fn one_auction_tells_half() {
        let watched = play(1, 1_500);
        let pairs: Vec<_> =
            watched.auctions.iter().map(|it| (it.1, (it.0 - 10_000.0) / 0.2)).collect();
        let (found, error) = slope(&pairs);
        assert!((found - 0.5).abs() < 3.0 * error, "{found} ± {error}");
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&KIND, "levels", "0", "a whole number from 1 to 1000");
    }
}
