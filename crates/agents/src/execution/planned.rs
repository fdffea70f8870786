//! A plan made beforehand: so many lots at each of a row of moments.

use super::terms::Ticket;
use super::worker::{LOOK, Worker};
use pitfloor_model::units::{InstrumentId, Span};
use pitfloor_sim::agent::{Agent, Context, Interest, Notice};

/// The most slices of a plan.
pub const SLICES_MOST: u64 = 10_000;

/// The tag of the timer of the end.
const END: u64 = u64::MAX - 2;

/// An order worked by a plan: at the end of each interval what it has left crosses.
#[derive(Clone, Debug)]
pub struct Planned {
    worker: Worker,
    /// Lots released up to and with each slice.
    totals: Box<[u64]>,
    /// From one slice to the next.
    interval: Span,
}

impl Planned {
    /// `ticket` in `slices`, the first at its start and one every `interval`.
    ///
    /// # Panics
    ///
    /// When the slices do not sum to the ticket.
    #[must_use]
    pub fn new(ticket: Ticket, instrument: InstrumentId, slices: &[u64], interval: Span) -> Self {
        let sum = |total: &mut u64, slice: &u64| {
            *total += slice;
            Some(*total)
        };
        let totals: Box<[u64]> = slices.iter().scan(0, sum).collect();
        assert_eq!(totals.last(), Some(&ticket.lots), "the slices sum to the ticket");
        Self { worker: Worker::new(ticket, instrument), totals, interval }
    }

    /// Lots not done yet, as far as told.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.worker.left()
    }

    /// Asks to be woken for slice number `slice`.
    fn ask(&self, cx: &mut Context<'_>, slice: u64) {
        let ticket = &self.worker.ticket;
        let late = if ticket.jitter > 0.0 { ticket.jitter * cx.dice().unit() } else { 0.0 };
        let late = Span((late * self.interval.0 as f64) as u64);
        let at = ticket.start.after(Span(self.interval.0.saturating_mul(slice))).after(late);
        cx.wake_at(at.min(ticket.end), slice);
    }
}

impl Agent for Planned {
    fn interest(&self) -> Interest {
        self.worker.interest()
    }

    fn on(&mut self, notice: &Notice, cx: &mut Context<'_>) {
        match notice {
            Notice::Start => {
                self.ask(cx, 0);
                cx.wake_at(self.worker.ticket.end, END);
            }
            Notice::Timer(LOOK) => self.worker.look(cx),
            Notice::Timer(END) => self.worker.end(cx, self.worker.ticket.lots),
            Notice::Timer(slice) => {
                let place = *slice as usize;
                let due = place.checked_sub(1).map_or(0, |before| self.totals[before]);
                self.worker.plan(cx, self.totals[place], due);
                if place + 1 < self.totals.len() {
                    self.ask(cx, slice + 1);
                }
            }
            Notice::Own(event) => self.worker.told(cx, event),
            Notice::Quote(..) => self.worker.quoted(cx),
            Notice::Print(_) | Notice::Auction(_) | Notice::News { .. } => {}
        }
    }
}
