//! Mirror maker: quotes a share in one place by what it costs in another.
//!
//! **What it does.** The same share is listed twice. It quotes the second listing around the
//! middle of the first, and takes its quotes back and sends new ones whenever that has moved.
//! Between the move and the moment at which its messages arrive, what it quotes is old, and
//! whoever is faster may take it. In a batch auction it need only be there before the batch ends.
//! Seated with one listing alone it quotes that by the fundamental value, at which it looks every
//! `look`: it is then the one who leads.
//!
//! **In formulas.** With m the first listing's middle (or the value), lots held more than at the
//! start q, and M = `max_position`: bid and ask stand `spread`/2 below and above m (1 − s q/M), s
//! = `skew`, rounded away from the middle, `size` lots each and no more than M leaves. It moves
//! them when they are to stand elsewhere, or when one of them has traded.
//!
//! **What it assumes.** That the first listing leads. It makes no forecast, and does not look at
//! what others quote beside it.
//!
//! **Source.** The liquidity provider of Budish, Cramton & Shim (2015), *The high-frequency
//! trading arms race*, Quarterly Journal of Economics 130(4), who quotes an exchange-traded fund
//! by its future.

use crate::desk::{self, BASIS_POINT};
use crate::working::{self, Working};
use pitfloor_model::event::{Event, Phase};
use pitfloor_model::units::{InstrumentId, Price, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The kind `mirror-maker`.
pub static KIND: Kind = Kind {
    name: "mirror-maker",
    about: "quotes a share in one place by what it costs in the other",
    source: "Budish, Cramton & Shim 2015",
    parameters: &[
        Parameter {
            name: "look",
            takes: Takes::Wait,
            default: "1s",
            about: "wait between two looks of its own, beside what it is told",
        },
        Parameter {
            name: "spread",
            takes: Takes::Number(0.0, 10_000.0),
            default: "4",
            about: "from its bid to its ask, in basis points of the price",
        },
        Parameter {
            name: "skew",
            takes: Takes::Number(0.0, 10_000.0),
            default: "2",
            about: "how far a full position shifts both quotes against itself, in basis points",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "100", about: "lots per order" },
        Parameter {
            name: "max_position",
            takes: Takes::Lots,
            default: "2000",
            about: "how far its holdings may move from what it started with, in lots",
        },
    ],
    build: Build::Legs {
        least: 1,
        most: 2,
        build: |params, roles| Box::new(MirrorMaker::new(&params[0], roles)),
    },
};

/// A dealer who looks elsewhere.
#[derive(Clone, Debug)]
pub struct MirrorMaker {
    /// The listing that leads, unless the value does, and the one that it quotes.
    leads: Option<InstrumentId>,
    role: Role,
    look: Wait,
    spread: f64,
    skew: f64,
    size: Qty,
    most: f64,
    /// What stands: bid and ask as it last asked for them; none when something has traded since.
    asked: Option<[Price; 2]>,
    working: Working<2>,
}

impl MirrorMaker {
    /// One that watches the first role and quotes the second; or quotes the only one.
    ///
    /// # Panics
    ///
    /// Without a role.
    #[must_use]
    pub fn new(params: &Params, roles: &[Role]) -> Self {
        let most = params.lots("max_position");
        let role = *roles.last().expect("it plays a role");
        Self {
            leads: (roles.len() > 1).then(|| roles[0].instrument),
            role,
            look: params.wait("look"),
            spread: params.number("spread") * BASIS_POINT,
            skew: params.number("skew") * BASIS_POINT,
            size: params.lots("size"),
            most: most.0 as f64,
            asked: None,
            working: Working::new(&role, most),
        }
    }

    /// Moves its quotes to where they should stand, unless they do or it is not known what became
    /// of the last ones.
    fn quote(&mut self, cx: &mut Context<'_>) {
        let quoted = self.role.instrument;
        let view = cx.view();
        let middle = match self.leads {
            Some(first) => view.mid(first),
            None => cx.fundamental(quoted),
        };
        let trades = matches!(view.phase(quoted), Phase::Continuous | Phase::PeriodicCall);
        let Some(middle) = middle.filter(|_| trades && self.working.is_sure()) else {
            return;
        };
        let used = self.working.away(cx) as f64 / self.most;
        let centre = middle * (1.0 - self.skew * used);
        let half = middle * self.spread / 2.0;
        let definition = cx.instrument(quoted);
        let wanted = [
            desk::price(definition, Side::Buy, centre - half),
            desk::price(definition, Side::Sell, centre + half),
        ];
        if self.asked == Some(wanted) || wanted[0] >= wanted[1] {
            return;
        }
        self.asked = Some(wanted);
        self.working.take_back(cx);
        cx.because("quote by the other listing", || [("leads_ticks", middle), ("used", used)]);
        for (side, price) in Side::BOTH.into_iter().zip(wanted) {
            self.working.rest(cx, side, price, i128::from(self.size.0));
        }
    }
}

impl Agent for MirrorMaker {
    fn interest(&self) -> Interest {
        Interest { quotes: self.leads.into_iter().collect(), ..working::interest() }
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.working.start(cx);
                desk::wake_first(self.look, cx);
            }
            Notice::Timer(_) => {
                self.quote(cx);
                desk::wake_again(self.look, cx);
            }
            Notice::Quote(..) => self.quote(cx),
            Notice::Own(event) => {
                self.working.told(cx, event);
                if changes_what_stands(event) {
                    self.asked = None;
                }
                // What moved while it was unsure, it answers now.
                self.quote(cx);
            }
            Notice::Print(_) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}

/// True of what leaves less standing than was asked for.
const fn changes_what_stands(event: &Event) -> bool {
    matches!(event, Event::Traded { .. } | Event::Crossed { .. } | Event::Rejected { .. })
}

#[cfg(test)]
mod tests {
    use crate::floor::{Floor, params, refuses};
    use crate::hall::Hall;
    use pitfloor_model::command::Order;
    use pitfloor_model::units::{AccountId, InstrumentId, Side, Span};
    use pitfloor_sim::dice::Dice;
    use pitfloor_sim::latency::Latency;

    /// The first listing is quoted from outside around 10 000; the second by it alone.
    fn hall(latency: Span, changes: &[(&str, &str)]) -> (Hall, AccountId) {
        let mut hall = Hall::of_shares(&["FAST", "SLOW"]);
        hall.quote(0, 9_999, 10_001, 300);
        let agent = hall.seat("mirror-maker", latency, 100_000, 500, changes);
        hall.pass(Span::secs(2));
        (hall, agent)
    }

    fn best(hall: &Hall) -> (i64, i64) {
        let quote = hall.kernel.board().quote(InstrumentId(1));
        (quote.bid.expect("a bid").0.0, quote.ask.expect("an ask").0.0)
    }

    #[test]
    fn stands_around_the_other_listing_and_follows_it() {
        let (mut hall, agent) = hall(Span::millis(1), &[]);
        assert_eq!(best(&hall), (9_998, 10_002));
        let before = hall.placed(agent);
        hall.pass(Span::secs(60));
        assert_eq!(hall.placed(agent), before, "what stands right is left alone");
        hall.quote(0, 10_019, 10_021, 300);
        hall.pass(Span::micros(500));
        assert_eq!(best(&hall), (9_998, 10_002), "old for two latencies");
        hall.pass(Span::millis(3));
        assert_eq!(best(&hall), (10_017, 10_023));
        assert!(hall.orders(agent).iter().all(|it: &Order| it.instrument == InstrumentId(1)));
    }

    #[test]
    fn with_one_listing_it_quotes_the_value() {
        let mut floor = Floor::worth(1, 10_020.0, 0.0);
        let kind = crate::find("mirror-maker").unwrap();
        let params = params(kind, &[("look", "10ms")]);
        let agent = kind.agent(&[params], &[Floor::role(0)]);
        let near = Latency::Fixed(Span::millis(1));
        floor.kernel.seat("leads", near, &Floor::means(100_000, 500), agent);
        floor.pass(Span::millis(20));
        assert_eq!(floor.best(), (Some(10_017), Some(10_023)));
    }

    #[test]
    fn puts_back_what_was_taken_and_leans_against_what_it_holds() {
        let (mut hall, agent) = hall(Span::millis(1), &[("max_position", "200"), ("skew", "20")]);
        // Somebody from outside sells through its bid.
        hall.quote(1, 9_990, 9_998, 100);
        hall.pass(Span::secs(2));
        assert_eq!(hall.held(agent, 1), 600);
        hall.quote(1, 0, 0, 0);
        hall.pass(Span::secs(2));
        assert_eq!(best(&hall), (9_988, 9_992), "half full: ten basis points lower");
        assert!(hall.refusals().is_empty(), "{:?}", hall.refusals());
    }

    /// Random quotes of both: never beyond its limit, and never an order on the first listing.
    #[test]
    fn never_leaves_its_limit() {
        for seed in 0..8 {
            let (mut hall, agent) =
                hall(Span::millis(2), &[("max_position", "150"), ("size", "70")]);
            let mut dice = Dice::new(seed, "moves");
            for _ in 0..300 {
                let mid = dice.between(9_950, 10_050);
                hall.quote(dice.below(2) as u32, mid - 1, mid + 1, 1 + dice.below(200));
                hall.pass(Span::millis(1 + dice.below(500)));
                let away = hall.held(agent, 1) - 500;
                assert!(away.abs() <= 150, "{seed}: {away}");
                assert_eq!(hall.held(agent, 0), 500);
            }
            let sold = hall.orders(agent).iter().filter(|it| it.side == Side::Sell).count();
            assert!(sold > 50, "{sold}");
            assert!(hall.refusals().is_empty(), "{seed}: {:?}", hall.refusals());
        }
    }

    #[test]
    fn what_it_cannot_be_is_refused_with_the_field() {
        refuses(&super::KIND, "skew", "-1", "a number from 0 to 10000");
    }
}
