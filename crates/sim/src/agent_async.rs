//! Agents written as `async fn`: the strategy reads from top to bottom and waits where it waits.
//!
//! A state machine is what a host can save and fork, so [`Agent`] is one. Many a strategy is easier
//! to read as a story, though: *buy, wait for the fill, sleep a second, sell*. [`AsyncAgent`] tells
//! such a story one notice at a time. It is an agent like any other: no thread, no runtime, no
//! clock. When its host tells it something it goes on as far as it can with what it has been told,
//! and is back before the call ends; so the same story runs simulated, paced and in a crowd, and a
//! simulated one is the same on every run.
//!
//! Start reading at [`AsyncAgent`]; its [`Floor`] is what the story is told through.
//!
//! What this file must never know: an executor. A story may wait for its floor and for nothing
//! else; whoever awaits a socket here waits for the next notice in vain.

use crate::agent::{Agent, Context, Interest, Notice};
use pitfloor_model::command::Order;
use pitfloor_model::units::{InstrumentId, OrderId, Price, Qty, Side, Span, Time};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll, Waker};

/// How many notices are kept for a story that waits for something else. Beyond it the oldest is
/// dropped, and [`Floor::missed`] tells of it. What the agent holds is known all the same.
pub const NOTICES_KEPT_MAX: usize = 1 << 10;

/// How often a story may act without waiting for anything from outside. Whoever goes on for longer
/// would go on for ever, and the market with it.
pub const ROUNDS_PER_CALL_MAX: usize = 1 << 16;

/// Tags of a floor's own timers have this bit; a story that sets timers of its own through
/// [`Floor::with`] leaves it alone.
pub const TIMER_BIT: u64 = 1 << 63;

/// An agent whose strategy is an `async fn`.
///
/// It begins at [`Notice::Start`], and when it returns the agent is content: it is told the rest
/// in vain. Unlike a state machine it cannot be saved or forked in mid-run.
///
/// # Examples
///
/// It buys one lot, and when it has it, offers it for two ticks more; what is not sold within a
/// minute it takes back.
///
/// ```
/// use pitfloor_model::event::Event;
/// use pitfloor_model::units::{InstrumentId, Price, Qty, Side, Span};
/// use pitfloor_sim::agent::{Interest, Notice};
/// use pitfloor_sim::agent_async::{AsyncAgent, Floor};
///
/// const ACME: InstrumentId = InstrumentId(0);
///
/// async fn scalp(floor: Floor) {
///     loop {
///         let Some(price) = floor.with(|cx| cx.view().price(ACME)).await else {
///             floor.sleep(Span::secs(1)).await;
///             continue;
///         };
///         let price = Price(price as i64);
///         floor.limit(ACME, Side::Buy, price, Qty(1)).await;
///         while !matches!(floor.next().await, Notice::Own(Event::Traded { .. })) {}
///         let offer = floor.limit(ACME, Side::Sell, Price(price.0 + 2), Qty(1)).await;
///         if floor.next_within(Span::secs(60)).await.is_none() {
///             floor.cancel(offer).await;
///         }
///     }
/// }
///
/// let agent = AsyncAgent::new(Interest::default(), scalp);
/// # // Seated beside one who quotes, it buys once in a minute.
/// # use pitfloor_model::instrument::{Currency, Instrument, Venue};
/// # use pitfloor_model::units::{Cash, CurrencyId, Time};
/// # use pitfloor_sim::kernel::{Endowment, Kernel};
/// # use pitfloor_sim::{history::Tally, latency::Latency, world::World};
/// # let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
/// # let usd = Currency::new("USD", 2).unwrap();
/// # let venue = Venue::new("XPIT", vec![usd], vec![acme]).unwrap();
/// # let mut kernel = Kernel::new(std::sync::Arc::new(venue), 1, World::default());
/// # let rich = Endowment::new(vec![(CurrencyId(0), Cash(1 << 40))], vec![(ACME, Qty(100))]);
/// # let quotes = AsyncAgent::new(Interest::default(), |floor: Floor| async move {
/// #     floor.limit(ACME, Side::Buy, Price(998), Qty(5)).await;
/// #     floor.limit(ACME, Side::Sell, Price(1_000), Qty(5)).await;
/// #     loop {
/// #         floor.sleep(Span::secs(1)).await;
/// #         floor.take(ACME, Side::Sell, Price(999), Qty(1)).await;
/// #     }
/// # });
/// # let one = Latency::Fixed(Span::millis(1));
/// # kernel.seat("quotes", one, &rich, Box::new(quotes));
/// # kernel.seat("scalp", one, &rich, Box::new(agent));
/// # let mut tally = Tally::new();
/// # kernel.run(Time::ZERO.after(Span::secs(150)), &mut tally);
/// # assert_eq!(tally.trades, 3);
/// ```
pub struct AsyncAgent {
    interest: Interest,
    floor: Floor,
    /// None when it has been told to its end.
    story: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

/// Where a story hears and acts. Everything it gives is to be awaited.
///
/// Waits may be combined and abandoned as one likes: an abandoned timer is forgotten, and an
/// abandoned wait for a notice leaves it for the next.
pub struct Floor(Arc<Mutex<Pit>>);

/// Something to do as soon as there is a context to do it in.
type Act = Box<dyn FnOnce(&mut Context<'_>) + Send>;

/// What a story and its agent share. They take turns, so its lock never waits.
#[derive(Default)]
struct Pit {
    notices: VecDeque<Notice>,
    missed: u64,
    acts: Vec<Act>,
    /// Timers that are waited for, and whether they have rung.
    timers: Vec<(u64, bool)>,
    timers_set: u64,
    /// Who waits for something, in a story that waits for several things at once.
    waiting: Vec<Waker>,
}

/// A timer that a story waits for, forgotten when it is dropped.
struct Timer<'a> {
    floor: &'a Floor,
    tag: u64,
}

impl AsyncAgent {
    /// An agent that is told unasked what `interest` says, and does what `story` does on the floor
    /// that it is given.
    pub fn new<S>(interest: Interest, story: impl FnOnce(Floor) -> S) -> Self
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let pit = Arc::new(Mutex::new(Pit::default()));
        let story = story(Floor(pit.clone()));
        Self { interest, floor: Floor(pit), story: Some(Box::pin(story)) }
    }
}

impl Agent for AsyncAgent {
    fn interest(&self) -> Interest {
        self.interest.clone()
    }

    /// # Panics
    ///
    /// When the story acts more than [`ROUNDS_PER_CALL_MAX`] times without waiting for anything.
    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        let Some(story) = &mut self.story else { return };
        self.floor.pit().hear(notice);
        // It is polled whenever something has changed, so nobody need wake it. Its own parts may
        // rely on being woken.
        let mut task = task::Context::from_waker(Waker::noop());
        for _ in 0..ROUNDS_PER_CALL_MAX {
            let waiting = std::mem::take(&mut self.floor.pit().waiting);
            waiting.into_iter().for_each(Waker::wake);
            let told = story.as_mut().poll(&mut task).is_ready();
            let acts = std::mem::take(&mut self.floor.pit().acts);
            let waits = acts.is_empty();
            acts.into_iter().for_each(|act| act(cx));
            if told {
                self.story = None;
                return;
            }
            if waits {
                return;
            }
        }
        panic!("a story waits for something within {ROUNDS_PER_CALL_MAX} acts");
    }
}

impl Floor {
    /// Does `act` with the agent's context, at once: everything that a state machine can see and
    /// do. Once it has been awaited it will be done, even if nobody waits for the answer.
    pub async fn with<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Context<'_>) -> R + Send + 'static,
    ) -> R {
        let answer = Arc::new(Mutex::new(None));
        let reply = answer.clone();
        self.pit().acts.push(Box::new(move |cx| {
            let done = act(cx);
            *open(&reply) = Some(done);
        }));
        self.wait_for(|_| open(&answer).take()).await
    }

    /// The present moment.
    pub async fn now(&self) -> Time {
        self.with(|cx| cx.now()).await
    }

    /// Sends a limit order that rests what does not trade at once.
    pub async fn limit(
        &self,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> OrderId {
        self.with(move |cx| cx.limit(instrument, side, price, qty)).await
    }

    /// Sends a limit order that trades at once or not at all.
    pub async fn take(
        &self,
        instrument: InstrumentId,
        side: Side,
        price: Price,
        qty: Qty,
    ) -> OrderId {
        self.with(move |cx| cx.take(instrument, side, price, qty)).await
    }

    /// Sends a market order.
    pub async fn market(&self, instrument: InstrumentId, side: Side, qty: Qty) -> OrderId {
        self.with(move |cx| cx.market(instrument, side, qty)).await
    }

    /// Sends any order for the agent's account, under the next number.
    pub async fn place(&self, order: Order) -> OrderId {
        self.with(move |cx| cx.place(order)).await
    }

    /// Asks to take one of this agent's orders off the book.
    pub async fn cancel(&self, order: OrderId) {
        self.with(move |cx| cx.cancel(order)).await;
    }

    /// The next notice that it has not been given yet, oldest first. What comes while it waits for
    /// something else is kept, up to [`NOTICES_KEPT_MAX`].
    pub async fn next(&self) -> Notice {
        self.wait_for(|pit| pit.notices.pop_front()).await
    }

    /// The next notice, or none when there is none for as long as `span`.
    pub async fn next_within(&self, span: Span) -> Option<Notice> {
        let (mut next, mut sleep) = (pin!(self.next()), pin!(self.sleep(span)));
        poll_fn(|task| match next.as_mut().poll(task) {
            Poll::Ready(notice) => Poll::Ready(Some(notice)),
            Poll::Pending => sleep.as_mut().poll(task).map(|()| None),
        })
        .await
    }

    /// Waits for `span`, by the market's clock.
    pub async fn sleep(&self, span: Span) {
        let timer = self.timer();
        let tag = timer.tag;
        self.with(move |cx| cx.wake_at(cx.now().after(span), tag)).await;
        self.wait_for(|pit| pit.has_rung(tag)).await;
    }

    /// Waits for the moment `at`; not at all when that is past, but for one turn of the market.
    pub async fn sleep_until(&self, at: Time) {
        let timer = self.timer();
        let tag = timer.tag;
        self.with(move |cx| cx.wake_at(at, tag)).await;
        self.wait_for(|pit| pit.has_rung(tag)).await;
    }

    /// How many notices have been dropped because the story did not ask for them in time.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.pit().missed
    }

    fn timer(&self) -> Timer<'_> {
        let mut pit = self.pit();
        let tag = TIMER_BIT | pit.timers_set;
        pit.timers_set += 1;
        pit.timers.push((tag, false));
        Timer { floor: self, tag }
    }

    /// Waits until `there` is something.
    async fn wait_for<R>(&self, mut there: impl FnMut(&mut Pit) -> Option<R>) -> R {
        poll_fn(|task| {
            let mut pit = self.pit();
            there(&mut pit).map_or_else(
                || {
                    pit.waiting.push(task.waker().clone());
                    Poll::Pending
                },
                Poll::Ready,
            )
        })
        .await
    }

    fn pit(&self) -> MutexGuard<'_, Pit> {
        open(&self.0)
    }
}

impl Pit {
    fn hear(&mut self, notice: &Notice) {
        match *notice {
            // The story begins: that is how it is told.
            Notice::Start => {}
            Notice::Timer(tag) if tag & TIMER_BIT != 0 => {
                let timer = self.timers.iter_mut().find(|(timer, _)| *timer == tag);
                timer.into_iter().for_each(|(_, rung)| *rung = true);
            }
            Notice::Timer(_)
            | Notice::Own(_)
            | Notice::Print(_)
            | Notice::Quote(..)
            | Notice::Auction(_)
            | Notice::News { .. } => {
                if self.notices.len() == NOTICES_KEPT_MAX {
                    self.notices.pop_front();
                    self.missed += 1;
                }
                self.notices.push_back(*notice);
            }
        }
    }

    fn has_rung(&self, tag: u64) -> Option<()> {
        self.timers.contains(&(tag, true)).then_some(())
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.floor.pit().timers.retain(|(tag, _)| *tag != self.tag);
    }
}

/// Nothing is left half done under these locks, so a panic elsewhere does not spoil them.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Own;
    use crate::history::{Journal, Tally};
    use crate::kernel::{Endowment, Kernel};
    use crate::latency::Latency;
    use crate::world::World;
    use pitfloor_model::command::Command;
    use pitfloor_model::event::Event;
    use pitfloor_model::instrument::{Currency, Instrument, Venue};
    use pitfloor_model::units::{AccountId, Cash, CurrencyId};
    use std::sync::atomic::{AtomicBool, Ordering};

    const ACME: InstrumentId = InstrumentId(0);

    fn market(seed: u64) -> Kernel {
        let acme = Instrument::equity("ACME", CurrencyId(0), "0.01").unwrap();
        let venue = Venue::new("XPIT", vec![Currency::new("USD", 2).unwrap()], vec![acme]);
        Kernel::new(Arc::new(venue.unwrap()), seed, World::default())
    }

    fn seat(kernel: &mut Kernel, name: &str, agent: impl Agent + 'static) -> AccountId {
        let rich = Endowment::new(vec![(CurrencyId(0), Cash(1 << 40))], vec![(ACME, Qty(9_999))]);
        let latency = Latency::Uniform(Span::millis(1), Span::millis(5));
        kernel.seat(name, latency, &rich, Box::new(agent))
    }

    fn secs(secs: u64) -> Time {
        Time::ZERO.after(Span::secs(secs))
    }

    /// Tells one story alone in a market, for ten seconds.
    fn tell<S: Future<Output = ()> + Send + 'static>(story: impl FnOnce(Floor) -> S) -> Journal {
        let (mut kernel, mut journal) = (market(1), Journal::default());
        seat(&mut kernel, "teller", AsyncAgent::new(Interest::default(), story));
        kernel.run(secs(10), &mut journal);
        journal
    }

    /// What a story found out, for the test to see.
    #[derive(Clone)]
    struct Diary<T>(Arc<Mutex<Vec<T>>>);

    impl<T: Clone> Diary<T> {
        fn new() -> Self {
            Self(Arc::default())
        }

        fn note(&self, what: T) {
            open(&self.0).push(what);
        }

        fn read(&self) -> Vec<T> {
            open(&self.0).clone()
        }
    }

    /// Something to trade with: limits on both sides, wherever the dice say.
    struct Dealer;

    impl Agent for Dealer {
        fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
            if matches!(notice, Notice::Start | Notice::Timer(_)) {
                let side = cx.dice().side();
                let price = Price(cx.dice().between(990, 1_010));
                cx.limit(ACME, side, price, Qty(3));
                cx.wake_in(Span::millis(20));
            }
        }
    }

    /// Bids at the price it sees; when it has traded, offers as much one tick higher, and takes the
    /// offer back unless something happens to it within a tenth of a second. As a state machine.
    enum Scalper {
        Idle,
        Bidding(Price),
        Offering { offer: OrderId, until: u64 },
    }

    impl Scalper {
        fn look(&mut self, cx: &mut Context<'_>) {
            *self = match cx.view().price(ACME) {
                None => {
                    cx.wake_in(Span::millis(30));
                    Self::Idle
                }
                Some(price) => {
                    let price = Price(price as i64 + cx.dice().between(-1, 1));
                    cx.limit(ACME, Side::Buy, price, Qty(1));
                    Self::Bidding(price)
                }
            };
        }
    }

    impl Agent for Scalper {
        fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
            match (&*self, notice) {
                (Self::Idle, Notice::Start | Notice::Timer(_)) => self.look(cx),
                (Self::Bidding(price), Notice::Own(Event::Traded { .. })) => {
                    let offer = cx.limit(ACME, Side::Sell, Price(price.0 + 1), Qty(1));
                    let until = offer.0;
                    cx.wake_at(cx.now().after(Span::millis(100)), until);
                    *self = Self::Offering { offer, until };
                }
                (Self::Offering { .. }, Notice::Own(_)) => self.look(cx),
                (Self::Offering { offer, until }, Notice::Timer(tag)) if tag == until => {
                    cx.cancel(*offer);
                    self.look(cx);
                }
                _ => {}
            }
        }
    }

    /// The same as a story.
    async fn scalp(floor: Floor) {
        loop {
            let Some(price) = floor.with(|cx| cx.view().price(ACME)).await else {
                floor.sleep(Span::millis(30)).await;
                continue;
            };
            let step = floor.with(|cx| cx.dice().between(-1, 1)).await;
            let price = Price(price as i64 + step);
            floor.limit(ACME, Side::Buy, price, Qty(1)).await;
            while !matches!(floor.next().await, Notice::Own(Event::Traded { .. })) {}
            let offer = floor.limit(ACME, Side::Sell, Price(price.0 + 1), Qty(1)).await;
            if floor.next_within(Span::millis(100)).await.is_none() {
                floor.cancel(offer).await;
            }
        }
    }

    fn scalped(seed: u64, scalper: impl Agent + 'static) -> (Tally, Journal, AccountId) {
        let mut kernel = market(seed);
        let (mut tally, mut journal) = (Tally::new(), Journal::default());
        for name in ["ann", "bob", "cid"] {
            seat(&mut kernel, name, Dealer);
        }
        let account = seat(&mut kernel, "scalper", scalper);
        kernel.run(secs(60), &mut (&mut tally, &mut journal));
        (tally, journal, account)
    }

    #[test]
    fn a_story_is_the_same_on_every_run() {
        let told = |seed| scalped(seed, AsyncAgent::new(Interest::default(), scalp));
        let ((one, ..), (again, ..), (other, ..)) = (told(7), told(7), told(8));
        assert_eq!((one.digest(), one.journal_digest()), (again.digest(), again.journal_digest()));
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn a_story_and_a_state_machine_send_the_same_commands() {
        for seed in 0..5 {
            let story = scalped(seed, AsyncAgent::new(Interest::default(), scalp));
            let machine = scalped(seed, Scalper::Idle);
            assert_eq!(story.1, machine.1, "seed {seed}");
            assert_eq!(story.0.digest(), machine.0.digest());
            let sent = |wanted: fn(&Command) -> bool| {
                let own = story.1.0.iter().filter(|stamped| stamped.command.account() == story.2);
                own.filter(|stamped| wanted(&stamped.command)).count()
            };
            assert!(sent(|command| matches!(command, Command::Place(_))) > 50);
            assert!(sent(|command| matches!(command, Command::Cancel { .. })) > 5, "both ways");
        }
    }

    #[test]
    fn it_sleeps_by_the_markets_clock() {
        let notes = Diary::new();
        let noted = notes.clone();
        tell(move |floor| async move {
            noted.note(floor.now().await);
            floor.sleep(Span::secs(2)).await;
            noted.note(floor.now().await);
            floor.sleep_until(secs(5)).await;
            noted.note(floor.now().await);
            floor.sleep_until(secs(1)).await;
            noted.note(floor.now().await);
            floor.sleep(Span::secs(6)).await;
            noted.note(floor.now().await);
        });
        assert_eq!(notes.read(), [0, 2, 5, 5].map(secs), "the last one is after the end");
    }

    /// An abandoned wait costs nothing: the notice is there for the next, the timer is forgotten.
    #[test]
    fn who_gives_up_waiting_loses_nothing() {
        let diary = Diary::new();
        let noted = diary.clone();
        tell(move |floor| async move {
            noted.note((floor.now().await, floor.next_within(Span::secs(1)).await));
            noted.note((floor.now().await, None));
            floor.with(|cx| cx.wake_at(secs(3), 7)).await;
            noted.note((floor.now().await, floor.next_within(Span::secs(4)).await));
            floor.sleep(Span::secs(5)).await;
            noted.note((floor.now().await, None));
            assert_eq!(open(&floor.0).timers, []);
        });
        let (started, rung) = (secs(0), Some(Notice::Timer(7)));
        let seen = [(started, None), (secs(1), None), (secs(1), rung), (secs(8), None)];
        assert_eq!(diary.read(), seen);
    }

    #[test]
    fn what_comes_while_it_sleeps_is_kept_in_order_up_to_a_limit() {
        let diary = Diary::new();
        let noted = diary.clone();
        let last = NOTICES_KEPT_MAX as u64 + 10;
        tell(move |floor| async move {
            floor.with(move |cx| (1..=last).for_each(|tag| cx.wake_at(secs(1), tag))).await;
            floor.sleep(Span::secs(2)).await;
            assert_eq!(floor.missed(), 10);
            while let Some(Notice::Timer(tag)) = floor.next_within(Span::secs(1)).await {
                noted.note(tag);
            }
        });
        assert_eq!(diary.read(), (11..=last).collect::<Vec<_>>());
    }

    #[test]
    fn it_hears_of_its_own_orders_and_knows_what_it_has() {
        let diary = Diary::new();
        let noted = diary.clone();
        let interest = Interest { own: Own::All, ..Interest::default() };
        let story = move |floor: Floor| async move {
            let order = floor.limit(ACME, Side::Sell, Price(1_000), Qty(5)).await;
            assert_eq!(order, OrderId(1), "its first");
            loop {
                let Notice::Own(event) = floor.next().await else { panic!("only its own") };
                let lots = floor.with(|cx| cx.position(ACME)).await;
                noted.note((matches!(event, Event::Traded { .. }), lots));
            }
        };
        let mut kernel = market(1);
        seat(&mut kernel, "seller", AsyncAgent::new(interest, story));
        let buys = |floor: Floor| async move {
            floor.sleep(Span::secs(1)).await;
            floor.take(ACME, Side::Buy, Price(1_000), Qty(2)).await;
            floor.sleep(Span::secs(1)).await;
            floor.market(ACME, Side::Buy, Qty(1)).await;
        };
        seat(&mut kernel, "buyer", AsyncAgent::new(Interest::default(), buys));
        kernel.run(secs(10), &mut ());
        let told = diary.read();
        let trades: Vec<i128> = told.iter().filter(|told| told.0).map(|told| told.1).collect();
        assert_eq!(trades, [9_997, 9_996]);
        assert!(told.len() > trades.len(), "it asked for everything: {told:?}");
    }

    /// Two things at once: one part quotes on a beat, the other listens. A combinator that polls
    /// only what has been woken is served too.
    #[test]
    fn a_story_may_do_several_things_at_once() {
        let diary = Diary::new();
        let noted = diary.clone();
        tell(move |floor| async move {
            let beat = async {
                for _ in 0..3 {
                    floor.sleep(Span::secs(2)).await;
                    floor.with(|cx| cx.wake_in(Span::secs(1))).await;
                }
            };
            let listen = async {
                for _ in 0..3 {
                    let notice = floor.next().await;
                    noted.note((floor.now().await, notice));
                }
            };
            both(beat, listen).await;
            noted.note((floor.now().await, Notice::Start));
        });
        let rung = [3, 5, 7].map(|at| (secs(at), Notice::Timer(0)));
        let end = (secs(7), Notice::Start);
        assert_eq!(diary.read(), [rung[0], rung[1], rung[2], end]);
    }

    type Part<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

    /// Whether a part has been woken.
    struct Bell(AtomicBool);

    impl task::Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    /// Polls each part only when that part has been woken, as executors do.
    async fn both(one: impl Future<Output = ()> + Send, two: impl Future<Output = ()> + Send) {
        let parts: [Part<'_>; 2] = [Box::pin(one), Box::pin(two)];
        let mut parts = parts.map(|part| (Some(part), Arc::new(Bell(AtomicBool::new(true)))));
        poll_fn(|_| {
            for (part, bell) in &mut parts {
                let Some(story) = part else { continue };
                if bell.0.swap(false, Ordering::SeqCst) {
                    let waker = Waker::from(bell.clone());
                    if story.as_mut().poll(&mut task::Context::from_waker(&waker)).is_ready() {
                        *part = None;
                    }
                }
            }
            let over = parts.iter().all(|(part, _)| part.is_none());
            if over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    #[test]
    fn a_story_that_has_ended_is_dropped_and_hears_nothing() {
        let alive = Arc::new(());
        let held = Arc::downgrade(&alive);
        let interest = Interest { trades: vec![ACME], ..Interest::default() };
        let story = move |floor: Floor| async move {
            floor.sleep(Span::secs(1)).await;
            drop(alive);
        };
        let agent = AsyncAgent::new(interest, story);
        let pit = agent.floor.0.clone();
        let mut kernel = market(1);
        for name in ["ann", "bob"] {
            seat(&mut kernel, name, Dealer);
        }
        seat(&mut kernel, "brief", agent);
        kernel.run(secs(1), &mut ());
        let heard = open(&pit).notices.len();
        assert!(heard > 0 && held.upgrade().is_none());
        let mut tally = Tally::new();
        kernel.run(secs(5), &mut tally);
        assert!(tally.trades > 0);
        assert_eq!(open(&pit).notices.len(), heard);
    }

    /// What a story has begun is done even when it ends in the same breath.
    #[test]
    fn what_was_begun_is_done() {
        let journal = tell(|floor| async move {
            let mut order = pin!(floor.limit(ACME, Side::Buy, Price(1), Qty(1)));
            poll_fn(|task| {
                assert!(order.as_mut().poll(task).is_pending());
                Poll::Ready(())
            })
            .await;
        });
        let placed = |stamped: &&pitfloor_model::command::Stamped| {
            matches!(stamped.command, Command::Place(_))
        };
        assert_eq!(journal.0.iter().filter(placed).count(), 1);
    }

    #[test]
    #[should_panic(expected = "a story waits for something within 65536 acts")]
    fn a_story_that_never_waits_is_a_mistake() {
        tell(|floor| async move {
            loop {
                floor.now().await;
            }
        });
    }
}
