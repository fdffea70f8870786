//! Splitter: people with more to trade than a market takes at once, who trade it piece by piece.
//!
//! **What it does.** A fixed number of metaorders is alive. Each has a side, drawn fairly, and a size
//! with a heavy tail. At each of the splitter's turns one of them, drawn evenly, sends a market order of
//! one lot (`child` lots) on its side; a metaorder that has sent its last lot is gone, and a new one
//! takes its place. The signs of the trades then remember for as long as the longest metaorders live,
//! though nobody looks at what anybody else does.
//!
//! **In formulas.** A size is ⌈u^(−1/α)⌉ lots, u even on (0, 1): P(size > x) falls like x^(−α). Signs
//! have an autocorrelation C(l) ~ l^(−γ) with γ = α − 1, and a Hurst exponent H = 1 − γ/2 = (3 − α)/2: 0.75
//! at α = 1.5.
//!
//! **What it assumes.** Those who split do not mind what the market does, and the market does not mind them:
//! with nothing but this, prices become predictable (docs/physics.md, the second null). A turn at which
//! nobody stands on the other side is dropped, and the metaorder keeps its lot.
//!
//! **Where to find the metaorder.** Every child order carries its metaorder's number, from 1 up, as its
//! `tag`; traced, each decision also says the metaorder's size and what is left of it.
//!
//! **Source.** Lillo, Mike & Farmer (2005), *Theory for long memory in supply and demand*, Physical Review
//! E 71(6).

use crate::desk;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{InstrumentId, Qty, Side};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::params::{Build, Kind, Parameter, Params, Role, Takes, Wait};

/// The most metaorders alive at once.
const ALIVE_MOST: u64 = 10_000;

/// The largest metaorder, in lots: one in a thousand million is larger at α = 1.
const SIZE_MOST: f64 = 1e9;

/// The kind `splitter`.
pub static KIND: Kind = Kind {
    name: "splitter",
    about: "trades large orders piece by piece, one lot at a time",
    source: "Lillo, Mike & Farmer 2005",
    parameters: &[
        Parameter {
            name: "alive",
            takes: Takes::Count(1, ALIVE_MOST),
            default: "10",
            about: "metaorders alive at any moment",
        },
        Parameter {
            name: "child",
            takes: Takes::Lots,
            default: "1",
            about: "lots of a child order; sizes of metaorders count in these",
        },
        Parameter {
            name: "alpha",
            takes: Takes::Number(0.1, 10.0),
            default: "1.5",
            about: "α: how fast the number of metaorders falls with their size; small is heavy",
        },
        Parameter {
            name: "rate",
            takes: Takes::Wait,
            default: "exp(mean = 1s)",
            about: "wait between two child orders of all metaorders together",
        },
    ],
    build: Build::One(|params, role| Box::new(Splitter::new(params, role))),
};

/// Somebody with more to trade than a market takes at once.
#[derive(Clone, Debug)]
pub struct Splitter {
    instrument: InstrumentId,
    child: Qty,
    alpha: f64,
    rate: Wait,
    alive: Box<[Metaorder]>,
    /// The number of the latest one.
    numbers: u32,
}

/// One large order.
#[derive(Clone, Copy, Debug)]
struct Metaorder {
    number: u32,
    side: Side,
    size: u64,
    left: u64,
}

impl Splitter {
    /// One that plays `role`.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let none = Metaorder { number: 0, side: Side::Buy, size: 0, left: 0 };
        Self {
            instrument: role.instrument,
            child: params.lots("child"),
            alpha: params.number("alpha"),
            rate: params.wait("rate"),
            alive: vec![none; params.count("alive") as usize].into(),
            numbers: 0,
        }
    }

    fn begin(&mut self, place: usize, dice: &mut Dice) {
        // Numbers begin again after 2^32 − 1 metaorders: 0 is no tag.
        self.numbers = self.numbers.checked_add(1).unwrap_or(1);
        let size = size(1.0 - dice.unit(), self.alpha);
        let number = self.numbers;
        self.alive[place] = Metaorder { number, side: dice.side(), size, left: size };
    }

    fn act(&mut self, cx: &mut Context<'_>) {
        let place = cx.dice().below(self.alive.len() as u64) as usize;
        let Metaorder { number, side, size, left } = self.alive[place];
        let view = cx.view();
        if view.phase(self.instrument) != Phase::Continuous
            || view.best(self.instrument, side.opposite()).is_none()
        {
            return;
        }
        let Some(lot) = desk::lots(cx.instrument(self.instrument), i128::from(self.child.0)) else {
            return;
        };
        cx.because("one more lot", || {
            let left = left as f64;
            [("metaorder", f64::from(number)), ("size_lots", size as f64), ("left_lots", left)]
        });
        let mut draft = cx.draft(self.instrument, side, None, lot);
        draft.with.tag = number;
        cx.place(draft);
        self.alive[place].left -= 1;
        if self.alive[place].left == 0 {
            self.begin(place, cx.dice());
        }
    }
}

/// The size of a metaorder, in lots, for `u` even on (0, 1].
fn size(u: f64, alpha: f64) -> u64 {
    libm::ceil(libm::pow(u, -1.0 / alpha).min(SIZE_MOST)).max(1.0) as u64
}

impl Agent for Splitter {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                for place in 0..self.alive.len() {
                    self.begin(place, cx.dice());
                }
                desk::wake_first(self.rate, cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                desk::wake_again(self.rate, cx);
            }
            Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {}
        }
    }
}
