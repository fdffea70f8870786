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
/// # // Seated beside one who quotes, it trades.
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
/// #     floor.limit(ACME, Side::Buy, Price(999), Qty(50)).await;
/// #     floor.limit(ACME, Side::Sell, Price(1_000), Qty(50)).await;
/// #     floor.sleep(Span::secs(2)).await;
/// #     floor.take(ACME, Side::Buy, Price(2_000), Qty(50)).await;
/// # });
/// # let one = Latency::Fixed(Span::millis(1));
/// # kernel.seat("quotes", one, &rich, Box::new(quotes));
/// # kernel.seat("scalp", one, &rich, Box::new(agent));
/// # let mut tally = Tally::new();
/// # kernel.run(Time::ZERO.after(Span::secs(10)), &mut tally);
/// # assert!(tally.commands > 10, "{tally:?}");
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
            }
            if told || waits {
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
            Notice::Timer(_) | Notice::Own(_) | Notice::Print(_) | Notice::Quote(..) => {
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
