//! Hawkes: order flow in bursts, in which every order makes others more likely.
//!
//! **What it does.** One agent sends the flow of a whole market, in orders of one size. Each of up to
//! eight types of message has a rate of its own, and every message raises the rates of some types for a
//! while. So trades come in bursts, a trade on one side is followed by more on that side, and a book that
//! is taken from is refilled, as the numbers say.
//!
//! **In formulas.** Type i comes at the intensity λ_i(t) = μ_i + Σ_j Σ_k α_ij e^(−β_ij (t − t_jk)), summed
//! over all earlier messages k of all types j. The branching matrix is α_ij/β_ij: so many messages of
//! type i one message of type j calls forth by itself. The flow is stationary exactly when the spectral
//! radius of that matrix is below 1, and otherwise refused; its mean rates are then (I − α/β)⁻¹ μ. Of one
//! type with n = α/β, counts over windows W scatter by the Fano factor
//! 1 + n(2−n)/(1−n)² · [1 − (1−e^(−(β−α)W))/((β−α)W)], which tends to 1/(1−n)².
//!
//! It is drawn by thinning: between messages intensities only fall, so candidates come at the intensity
//! right after the last message, and one comes true with the share of it that is left.
//!
//! **What the messages are.** `market-buy`, `market-sell`; `bid-limit`, `ask-limit`: a limit at the best
//! price of its side; `bid-inside`, `ask-inside`: one step better, or at the best price when there is no
//! step between; `bid-cancel`, `ask-cancel`: an order of its own at the best price of that side, drawn
//! evenly. A message for which there is no object (nobody to trade with, nothing to cancel) is dropped,
//! and excites all the same.
//!
//! **How it turns.** With `excitation` 0 it is Poisson. Rows of `excitation` are the excited types,
//! columns the exciting ones, in the order of `messages`; so many numbers as types excite themselves
//! alone, one number all of them so. Cancellations at the best price alone keep the book finite only when
//! market orders and cancellations together are more than limits.
//!
//! **Source.** Hawkes (1971), *Spectra of some self-exciting and mutually exciting point processes*,
//! Biometrika 58(1); Ogata (1981), *On Lewis' simulation method for point processes*, IEEE Transactions on
//! Information Theory 27(1); Bacry & Muzy (2014), *Hawkes model for price and trades high-frequency
//! dynamics*, Quantitative Finance 14(7).

use super::hand::{Hand, wait};
use pitfloor_model::units::{Price, Side, Time};
use pitfloor_sim::agent::{Agent, Context, Notice};
use pitfloor_sim::params::{Build, Kind, Mismatch, Parameter, Params, Role, Takes};
use pitfloor_theory::hawkes::spectral_radius;

/// The most types of messages.
const TYPES_MOST: usize = 8;

/// Every message there is, as scenarios name them.
const MESSAGES: &[&str] = &[
    "market-buy",
    "market-sell",
    "bid-limit",
    "ask-limit",
    "bid-inside",
    "ask-inside",
    "bid-cancel",
    "ask-cancel",
];

/// The kind `hawkes`.
pub static KIND: Kind = Kind {
    name: "hawkes",
    about: "the whole order flow of a market, in bursts: every order makes others more likely",
    source: "Hawkes 1971; Bacry & Muzy 2014",
    parameters: &[
        Parameter {
            name: "messages",
            takes: Takes::Words(MESSAGES, TYPES_MOST),
            default: "market-buy market-sell bid-limit ask-limit bid-inside ask-inside bid-cancel ask-cancel",
            about: "the types of messages, in the order in which the others speak of them",
        },
        Parameter {
            name: "baseline",
            takes: Takes::Numbers(0.0, 1e6, TYPES_MOST),
            default: "0.3 0.3 0.4 0.4 0.15 0.15 0.4 0.4",
            about: "μ: messages of each type per second that nothing calls forth",
        },
        Parameter {
            name: "excitation",
            takes: Takes::Numbers(0.0, 1e6, TYPES_MOST * TYPES_MOST),
            default: "0.6",
            about: "α: how much a message raises intensities, per second: one number, one per type, or all rows",
        },
        Parameter {
            name: "decay",
            takes: Takes::Numbers(1e-6, 1e6, TYPES_MOST * TYPES_MOST),
            default: "1",
            about: "β: how fast that fades, per second: one number, one per type, or all rows",
        },
        Parameter {
            name: "queue",
            takes: Takes::Count(0, 1_000),
            default: "5",
            about: "orders at each price within depth, a side, at the start",
        },
        Parameter {
            name: "depth",
            takes: Takes::Count(0, 1_000),
            default: "20",
            about: "prices a side with orders at the start",
        },
        Parameter { name: "size", takes: Takes::Lots, default: "1", about: "lots per order" },
    ],
    build: Build::Checked { check, build: |params, role| Box::new(Hawkes::new(params, role)) },
};

/// One type of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    Market(Side),
    Limit(Side),
    Inside(Side),
    Cancel(Side),
}

/// What one type does to another.
#[derive(Clone, Copy, Debug)]
struct Kernel {
    alpha: f64,
    beta: f64,
    /// What is left of it now.
    now: f64,
}

/// Flow that excites itself.
#[derive(Clone, Debug)]
pub struct Hawkes {
    hand: Hand,
    reference: Price,
    messages: Box<[Message]>,
    baseline: Box<[f64]>,
    /// Row by row: excited types, and in each row the exciting ones. Pairs that do nothing are left out
    /// of every sum: most matrices are all but empty.
    kernels: Box<[Kernel]>,
    active: Box<[(u8, u8)]>,
    at: Time,
    bound: f64,
    depth: u64,
    queue: u64,
}

fn message(name: &str) -> Message {
    match name {
        "market-buy" => Message::Market(Side::Buy),
        "market-sell" => Message::Market(Side::Sell),
        "bid-limit" => Message::Limit(Side::Buy),
        "ask-limit" => Message::Limit(Side::Sell),
        "bid-inside" => Message::Inside(Side::Buy),
        "ask-inside" => Message::Inside(Side::Sell),
        "bid-cancel" => Message::Cancel(Side::Buy),
        "ask-cancel" => Message::Cancel(Side::Sell),
        other => unreachable!("{other} is not one of MESSAGES"),
    }
}

/// `given` as a matrix of `types` rows: all of it, its diagonal, or one number for all of that. Off a
/// diagonal stands `off`.
fn matrix(given: &[f64], types: usize, off: Option<f64>) -> Option<Vec<f64>> {
    let pair = |n: usize| (n / types, n % types);
    let at = |n: usize| match (given.len(), pair(n)) {
        (1, (i, j)) if i == j => given[0],
        (1, _) => off.unwrap_or(given[0]),
        (_, (i, j)) if i == j => given[i],
        (_, (i, _)) => off.unwrap_or(given[i]),
    };
    let all = types * types;
    match given.len() {
        n if n == all => Some(given.to_vec()),
        n if n == 1 || n == types => Some((0..all).map(at).collect()),
        _ => None,
    }
}

/// Whether there are as many numbers as types, and the flow is stationary.
fn check(params: &Params) -> Result<(), Mismatch> {
    let types = params.words("messages").len();
    let baseline = params.numbers("baseline");
    let bad = |name: &'static str, found: usize| {
        let found = format!("{found} numbers");
        let all = types * types;
        Mismatch { name, found, expected: format!("1, {types} or {all}, for {types} messages") }
    };
    if baseline.len() != types {
        let expected = format!("{types}, one for each of the messages");
        let found = format!("{} numbers", baseline.len());
        return Err(Mismatch { name: "baseline", found, expected });
    }
    let (alpha, beta) = (params.numbers("excitation"), params.numbers("decay"));
    let rates = matrix(&alpha, types, Some(0.0)).ok_or_else(|| bad("excitation", alpha.len()))?;
    let decays = matrix(&beta, types, None).ok_or_else(|| bad("decay", beta.len()))?;
    let branching: Vec<f64> = rates.iter().zip(decays).map(|(alpha, beta)| alpha / beta).collect();
    let radius = spectral_radius(&branching, types);
    if radius < 1.0 {
        return Ok(());
    }
    let found = format!("a branching matrix of spectral radius {radius:.4}");
    let expected = "one below 1: otherwise the flow explodes".to_owned();
    Err(Mismatch { name: "excitation", found, expected })
}

impl Hawkes {
    /// The flow of `role`'s instrument.
    ///
    /// # Panics
    ///
    /// When the parameters do not go together: whoever reads them checks.
    #[must_use]
    pub fn new(params: &Params, role: &Role) -> Self {
        let messages: Box<[Message]> =
            params.words("messages").iter().map(|m| message(m)).collect();
        let types = messages.len();
        let alpha = matrix(&params.numbers("excitation"), types, Some(0.0)).expect("checked");
        let beta = matrix(&params.numbers("decay"), types, None).expect("checked");
        let kernel = |(alpha, beta)| Kernel { alpha, beta, now: 0.0 };
        let active = (0..types * types).filter(|n| alpha[*n] > 0.0);
        Self {
            hand: Hand::new(role, params.lots("size")),
            reference: role.reference,
            active: active.map(|n| ((n / types) as u8, (n % types) as u8)).collect(),
            kernels: alpha.into_iter().zip(beta).map(kernel).collect(),
            messages,
            baseline: params.numbers("baseline"),
            at: Time::ZERO,
            bound: 0.0,
            depth: params.count("depth"),
            queue: params.count("queue"),
        }
    }

    fn begin(&mut self, cx: &mut Context<'_>) {
        self.hand.look(cx);
        cx.because("fill the book", || [("reference_ticks", self.reference.0 as f64)]);
        for distance in 1..=self.depth as i64 {
            for side in [Side::Buy, Side::Sell] {
                let price = self.hand.at(cx, side, distance);
                for _ in 0..self.queue {
                    self.hand.rest(cx, side, price);
                }
            }
        }
        self.at = cx.now();
    }

    fn kernel(&mut self, (i, j): (u8, u8)) -> &mut Kernel {
        &mut self.kernels[usize::from(i) * self.messages.len() + usize::from(j)]
    }

    /// Lets excitement fade up to `now`, and adds up what is left of each type.
    fn intensities(&mut self, now: Time) -> [f64; TYPES_MOST] {
        let waited = now.since(self.at).0 as f64 / 1e9;
        self.at = now;
        let mut intensities = [0.0; TYPES_MOST];
        intensities[..self.baseline.len()].copy_from_slice(&self.baseline);
        for n in 0..self.active.len() {
            let pair = self.active[n];
            let kernel = self.kernel(pair);
            kernel.now *= libm::exp(-kernel.beta * waited);
            intensities[usize::from(pair.0)] += kernel.now;
        }
        intensities
    }

    /// A candidate's moment has come.
    fn act(&mut self, cx: &mut Context<'_>) {
        // What this wait was drawn from: the intensity at the candidate before.
        let mut drawn = cx.dice().unit() * self.bound;
        let intensities = self.intensities(cx.now());
        self.bound = intensities.iter().sum();
        for (place, intensity) in intensities.into_iter().enumerate() {
            if drawn < intensity {
                return self.happen(cx, place);
            }
            drawn -= intensity;
        }
    }

    fn happen(&mut self, cx: &mut Context<'_>, place: usize) {
        for n in 0..self.active.len() {
            let pair = self.active[n];
            if usize::from(pair.1) == place {
                let kernel = self.kernel(pair);
                kernel.now += kernel.alpha;
                let alpha = kernel.alpha;
                self.bound += alpha;
            }
        }
        if !self.hand.look(cx) {
            return;
        }
        let intensity = self.bound;
        cx.because("one order calls forth others", || [("intensity_per_s", intensity)]);
        match self.messages[place] {
            Message::Market(side) => self.hand.take(cx, side),
            Message::Limit(side) => {
                let price = self.hand.best(side);
                self.hand.rest(cx, side, price);
            }
            Message::Inside(side) => {
                let own = self.hand.distance(cx, side, self.hand.best(side));
                let price = self.hand.at(cx, side, (own - 1).max(1));
                self.hand.rest(cx, side, price);
            }
            Message::Cancel(side) => self.cancel(cx, side),
        }
    }

    /// Cancels one of its orders at the best price of `side`. Reads all that wait: tens, with limits at
    /// the best price alone.
    fn cancel(&mut self, cx: &mut Context<'_>, side: Side) {
        let best = self.hand.best(side);
        let there = || self.hand.live().iter().filter(|l| l.side == side && l.price == best);
        let count = there().count() as u64;
        if count > 0 {
            let nth = cx.dice().below(count) as usize;
            let live = there().nth(nth).expect("one of those counted");
            self.hand.cancel(cx, live);
        }
    }

    fn pause(&mut self, cx: &mut Context<'_>) {
        if self.bound > 0.0 {
            let wait = wait(cx, self.bound);
            cx.wake_in(wait);
        }
    }
}

impl Agent for Hawkes {
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.begin(cx);
                self.bound = self.baseline.iter().sum();
                self.pause(cx);
            }
            Notice::Timer(_) => {
                self.act(cx);
                self.pause(cx);
            }
            Notice::Own(event) => self.hand.told(cx, event),
            Notice::Print(_) | Notice::Quote(..) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}
