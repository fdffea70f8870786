//! A market of every kind of instrument at once: it trades, what the scenario says is done, and what
//! there is adds up.

use crate::cleared::ALL;
use crate::players::KINDS;
use pitfloor_model::clearing::{Fact, Movement, Payment};
use pitfloor_model::command::Command;
use pitfloor_model::event::Event;
use pitfloor_model::units::Time;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;

/// What was traded, refused and told.
#[derive(Default)]
struct Seer {
    traded: [u64; 8],
    facts: Vec<Fact>,
    acts_refused: Vec<Command>,
}

impl Observer for Seer {
    fn saw(&mut self, seen: &Seen<'_>) {
        for event in seen.events {
            match *event {
                Event::Clearing(fact) => self.facts.push(fact),
                Event::Rejected { .. } => {
                    if let Command::Clear(_) = &seen.stamped.command {
                        self.acts_refused.push(seen.stamped.command.clone());
                    }
                }
                _ => {}
            }
            if let Some(trade) = event.trade() {
                self.traded[trade.instrument.index()] += 1;
            }
        }
    }
}

impl Seer {
    fn paid(&self, wanted: Payment) -> usize {
        let is = |fact: &&Fact| matches!(fact, Fact::Paid { why, .. } if *why == wanted);
        self.facts.iter().filter(is).count()
    }

    fn has_ended(&self, wanted: u32) -> bool {
        let is =
            |fact: &Fact| matches!(fact, Fact::Ended { instrument, .. } if instrument.0 == wanted);
        self.facts.iter().any(is)
    }
}

#[test]
fn everything_trades_everything_said_is_done_and_all_of_it_adds_up() {
    let scenario = Scenario::parse(ALL, &[], &KINDS).unwrap_or_else(|bad| panic!("{bad}"));
    let (mut kernel, mut seer) = (scenario.kernel(), Seer::default());
    kernel.run(Time(scenario.span().0), &mut seer);
    assert!(seer.traded.iter().all(|trades| *trades > 20), "{:?}", seer.traded);
    assert_eq!(seer.acts_refused, []);
    let (cash, lots) = kernel.exchange().ledger().resum();
    assert!(cash.iter().chain(&lots).all(|sum| *sum == 0), "{cash:?} {lots:?}");
    // The option and the future have expired, nothing else has.
    assert_eq!(
        [0, 2, 3, 4, 5, 6].map(|of| seer.has_ended(of)),
        [false, false, true, false, true, false]
    );
    for why in [Payment::Dividend, Payment::Fee, Payment::Variation, Payment::Funding] {
        assert!(seer.paid(why) > 0, "{why:?}");
    }
    assert_eq!(seer.paid(Payment::Contribution), 2);
    let expired = |fact: &Fact| matches!(fact, Fact::Moved { why: Movement::Expiry, .. });
    assert!(seer.facts.iter().any(expired));
    assert!(seer.facts.contains(&Fact::DayEnded { day: 0 }));
}
