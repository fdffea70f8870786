//! A made-up market that tells the events a real venue would: makers quote ladders around a price
//! that wanders with changing vigour, takers trade against them. It obeys the grammar of events
//! (whatever trades or is cancelled has rested before), so recorders can be fed from it.

use pitfloor_analysis::pnl::Kind;
use pitfloor_analysis::recorder::Recorder;
use pitfloor_analysis::report::{AgentKind, Clock, Identity, Report};
use pitfloor_feed::level2::Levels;
use pitfloor_model::command::{Command, Instructions, Kind as OrderType, Order, Stamped, Stp, Tif};
use pitfloor_model::event::{CancelReason, Credit, Entry, Event, Reject, Terms};
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{
    AccountId, Cash, CurrencyId, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Span, Stamp,
    Time, TradeId,
};

/// Levels per side that makers quote.
const LADDER: usize = 12;

/// Numbers as good as random, from a seed (Steele et al. 2014, SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, neither included.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: u32) -> u32 {
        (self.uniform() * f64::from(n)) as u32
    }

    fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.uniform(), self.uniform());
        libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(2.0 * std::f64::consts::PI * angle)
    }

    fn wait(&mut self, mean_s: f64) -> Span {
        Span((-libm::log(self.uniform()) * mean_s * 1e9) as u64)
    }
}

/// One instrument's makers and its wandering price.
struct Pit {
    levels: Levels,
    fair: f64,
    vigour: f64,
    centre: i64,
    half: i64,
    ladders: [Vec<(OrderKey, Price, Qty)>; 2],
}

/// The market, and the recorder it feeds.
pub(crate) struct Market {
    pub(crate) venue: Venue,
    pub(crate) recorder: Recorder,
    pits: Vec<Pit>,
    dice: Dice,
    now: Time,
    seq: u64,
    orders: u64,
    trades: u64,
    lean: f64,
}

pub(crate) fn venue() -> Venue {
    let usd = Currency::new("USD", 2).unwrap();
    let share = |symbol| Instrument::equity(symbol, CurrencyId(0), "0.01").unwrap();
    Venue::new("XPIT", vec![usd], vec![share("ACME"), share("BOLT")]).unwrap()
}

fn kinds() -> Vec<Kind> {
    let kind = |name: &str, accounts: std::ops::Range<u32>| Kind {
        name: name.to_owned(),
        accounts: accounts.map(AccountId).collect(),
    };
    vec![
        kind("noise", 0..200),
        kind("market-maker", 200..203),
        kind("momentum", 203..213),
        kind("value", 213..223),
    ]
}

impl Market {
    /// The market after half an hour or any other `span`.
    pub(crate) fn after(span: Span, seed: u64) -> Self {
        let reference = [Some(Price(10_000)), Some(Price(4_200))];
        let end = Time::ZERO.after(span);
        let recorder = Recorder::new(&venue(), &kinds(), &reference, Some(end));
        let pit = |place: u32, fair: f64| Pit {
            levels: Levels::new(InstrumentId(place)),
            fair,
            vigour: 1.0,
            centre: 0,
            half: 1,
            ladders: [Vec::new(), Vec::new()],
        };
        let mut market = Self {
            venue: venue(),
            recorder,
            pits: vec![pit(0, 10_000.0), pit(1, 4_200.0)],
            dice: Dice(seed),
            now: Time::ZERO,
            seq: 0,
            orders: 0,
            trades: 0,
            lean: 0.0,
        };
        market.endow();
        loop {
            let wait = market.dice.wait(0.08);
            market.now = market.now.after(wait);
            if market.now >= end {
                break;
            }
            let pit = usize::from(market.dice.uniform() < 0.4);
            market.step(pit);
        }
        market.recorder.run_until(end);
        market
    }

    /// The report of the run so far.
    pub(crate) fn report(&self, scenario: &str) -> Report {
        let clock = Clock {
            date: "2026-01-05".to_owned(),
            zone: "−05:00".to_owned(),
            since_midnight: Span::secs(9 * 3_600 + 30 * 60),
        };
        let identity = Identity {
            scenario: scenario.to_owned(),
            description: "A small market for two shares: makers quote, noise and momentum take, value leans against.".to_owned(),
            seed: Some(1),
            digest: "9f2c41d07be35a68d14f0c93a7e6b2580c9d71e34f5a6b8290ce1d7f3a4b5c6d".to_owned(),
            journal_digest: "41c7a9e02d8b6f3510ce94d7b8a2f6e3905d1c7b4a8f2e6d3b0c9a5f7e1d2c4b".to_owned(),
            version: "0.1.0".to_owned(),
            clock,
        };
        let agent = |name: &str, count, description: &str, parameters: &[(&str, &str)]| AgentKind {
            name: name.to_owned(),
            count,
            description: description.to_owned(),
            parameters: parameters
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        };
        let agents = vec![
            agent(
                "noise",
                200,
                "Buys or sells at random, now and then.",
                &[
                    ("cash", "100000"),
                    ("rate", "exp(mean = 5s)"),
                    ("size", "uniform(1, 20)"),
                    ("latency", "uniform(1ms, 5ms)"),
                ],
            ),
            agent(
                "market-maker",
                3,
                "Quotes both sides and leans away from what it owns.",
                &[
                    ("spread", "0.04"),
                    ("size", "100"),
                    ("max_position", "2000"),
                    ("latency", "100us"),
                ],
            ),
            agent(
                "momentum",
                10,
                "Buys what rises.",
                &[("window", "30s"), ("threshold", "0.0005")],
            ),
            agent(
                "value",
                10,
                "Trades towards what it believes the share is worth.",
                &[("value", "100.00"), ("margin", "0.10")],
            ),
        ];
        Report::of(identity, &self.venue, &self.recorder, agents)
    }

    fn endow(&mut self) {
        for account in (0..223).map(AccountId) {
            let credit = Credit::None;
            self.tell(
                Command::OpenAccount { account, credit },
                &[Event::AccountOpened { account, credit }],
                None,
            );
            let (currency, cash) = (CurrencyId(0), Cash(10_000_000));
            self.tell(
                Command::Deposit { account, currency, cash },
                &[Event::Deposited { account, currency, cash }],
                None,
            );
            for instrument in [InstrumentId(0), InstrumentId(1)] {
                let qty = Qty(if account.0 < 200 { 20 } else { 200 });
                let event = Event::Delivered { account, instrument, qty };
                self.tell(
                    Command::Deliver { account, instrument, qty },
                    &[event],
                    Some(instrument.index()),
                );
            }
        }
    }

    fn step(&mut self, place: usize) {
        // The vigour comes and goes, so that wild moments follow wild moments.
        let pit = &mut self.pits[place];
        pit.vigour =
            (pit.vigour * 0.995 + 0.005 + 0.035 * self.dice.normal() * pit.vigour).clamp(0.15, 6.0);
        pit.fair += self.dice.normal() * 0.45 * pit.vigour + self.lean * 0.05;
        self.lean = self.lean * 0.97 + 0.03 * self.dice.normal();
        let centre = libm::round(pit.fair) as i64;
        let half = 1 + (pit.vigour * 0.9) as i64;
        if centre != pit.centre
            || half != pit.half
            || pit.ladders[0].len() < LADDER / 2
            || pit.ladders[1].len() < LADDER / 2
        {
            self.requote(place, centre, half);
        }
        if self.dice.uniform() < 0.45 {
            self.take(place);
        }
        if self.dice.uniform() < 0.004 {
            let why = if self.dice.uniform() < 0.7 {
                Reject::InsufficientCash
            } else {
                Reject::ShortSale
            };
            let account = AccountId(self.dice.below(200));
            let key = OrderKey::new(account, OrderId(1));
            self.tell(Command::Cancel { key }, &[Event::rejected(account, OrderId(1), why)], None);
        }
    }

    fn requote(&mut self, place: usize, centre: i64, half: i64) {
        let instrument = InstrumentId(place as u32);
        for side in Side::BOTH {
            let resting = std::mem::take(&mut self.pits[place].ladders[side as usize]);
            // Deepest first, so that the mid stands still until the side is gone.
            for (key, price, left) in resting.into_iter().rev() {
                let (price, why) = (Some(price), CancelReason::User);
                let event = Event::Cancelled { instrument, key, side, price, left, why };
                self.tell(Command::Cancel { key }, &[event], Some(place));
            }
        }
        (self.pits[place].centre, self.pits[place].half) = (centre, half);
        for (level, side) in
            (0..LADDER as i64).flat_map(|level| Side::BOTH.map(|side| (level, side)))
        {
            let away = half + level;
            let price = Price(if side == Side::Buy { centre - away } else { centre + away });
            let size = 40.0 * (1.0 + level as f64 * 0.35) * (0.4 + 1.2 * self.dice.uniform());
            let qty = Qty(1 + (size / self.pits[place].vigour) as u64);
            let account = AccountId(200 + self.dice.below(3));
            let key = self.place(instrument, account, side, Some(price), qty);
            self.pits[place].ladders[side as usize].push((key.0, price, qty));
            let rested = Event::Rested {
                instrument,
                key: key.0,
                side,
                price,
                qty,
                stamp: Stamp(self.orders),
            };
            self.tell(key.1, &[key.2, rested], Some(place));
        }
    }

    fn take(&mut self, place: usize) {
        let instrument = InstrumentId(place as u32);
        let pit = &self.pits[place];
        let start = if place == 0 { 10_000.0 } else { 4_200.0 };
        let (account, odds) = match self.dice.uniform() {
            x if x < 0.72 => (self.dice.below(200), 0.5),
            x if x < 0.86 => {
                (203 + self.dice.below(10), 0.5 + 0.45 * (self.lean * 4.0).clamp(-1.0, 1.0))
            }
            _ => (
                213 + self.dice.below(10),
                0.5 - 0.4 * ((pit.fair - start) / 40.0).clamp(-1.0, 1.0),
            ),
        };
        let side = if self.dice.uniform() < odds { Side::Buy } else { Side::Sell };
        let mut wanted = Qty(1 + (libm::exp(1.2 * self.dice.normal() + 1.8)) as u64);
        let (taker, command, accepted) =
            self.place(instrument, AccountId(account), side, None, wanted);
        let mut events = vec![accepted];
        while !wanted.is_zero() {
            let ladder = &mut self.pits[place].ladders[side.opposite() as usize];
            let Some((maker, price, left)) = ladder.first().copied() else { break };
            let qty = wanted.min(left);
            wanted = wanted.less(qty);
            ladder[0].2 = left.less(qty);
            if ladder[0].2.is_zero() {
                ladder.remove(0);
            }
            let (trade, aggressor) = (TradeId(self.trades), side);
            self.trades += 1;
            events.push(Event::Traded { trade, instrument, maker, taker, aggressor, price, qty });
        }
        if !wanted.is_zero() {
            let (key, price, left, why) = (taker, None, wanted, CancelReason::Remainder);
            events.push(Event::Cancelled { instrument, key, side, price, left, why });
        }
        self.tell(command, &events, Some(place));
    }

    fn place(
        &mut self,
        instrument: InstrumentId,
        account: AccountId,
        side: Side,
        price: Option<Price>,
        qty: Qty,
    ) -> (OrderKey, Command, Event) {
        self.orders += 1;
        let (kind, tif) = match price {
            Some(_) => (OrderType::Limit, Tif::Gtc),
            None => (OrderType::Market, Tif::Ioc),
        };
        let (order, stp) = (OrderId(self.orders), Stp::ExpireTaker);
        let with = Instructions::NONE;
        let terms = Terms { side, kind, price, qty, tif, stp, with };
        let command = Command::Place(Order {
            account,
            order,
            instrument,
            side,
            kind,
            price,
            qty,
            tif,
            stp,
            with,
        });
        let key = OrderKey::new(account, order);
        (key, command, Event::Accepted { instrument, key, terms, entry: Entry::Entering })
    }

    fn tell(&mut self, command: Command, events: &[Event], place: Option<usize>) {
        let stamped = Stamped { seq: self.seq, at: self.now, command };
        self.seq += 1;
        if let Some(place) = place {
            for event in events {
                self.pits[place].levels.apply(event);
            }
        }
        self.recorder.see(&stamped, events, |instrument| &self.pits[instrument.index()].levels);
    }
}
