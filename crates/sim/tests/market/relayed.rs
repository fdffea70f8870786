//! The feed of somebody who keeps the levels is the feed of somebody who finds them out.

use crate::players::KINDS;
use pitfloor_feed::publish::{Detail, Message, Publisher};
use pitfloor_feed::relay::Relay;
use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::scenario::Scenario;

struct Both {
    publisher: Publisher,
    relay: Relay,
    published: Vec<Message>,
    relayed: Vec<Message>,
    messages: usize,
}

impl Observer for Both {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.published.clear();
        self.relayed.clear();
        self.publisher.publish(seen.stamped, seen.events, &mut self.published);
        self.relay.publish(seen.stamped, seen.events, seen.board.learned(), &mut self.relayed);
        assert_eq!(self.relayed, self.published, "command {}", seen.stamped.seq);
        self.messages += self.published.len();
        if seen.stamped.seq.is_multiple_of(997) {
            for id in [InstrumentId(0), InstrumentId(1)] {
                let levels = seen.board.levels(id);
                assert_eq!(self.relay.snapshot(id, levels), self.publisher.snapshot(id));
            }
        }
    }
}

#[test]
fn every_message_is_the_same_to_the_number() {
    for seed in 1..=4 {
        let text = format!(
            "seed = {seed}\nspan = \"8m\"\n[[instrument]]\nsymbol = \"ACME\"\nprice = 100\n\
             [instrument.schedule]\nopen_call = \"1m\"\nclose_at = \"6m\"\nclose_call = \"1m\"\n\
             [[instrument]]\nsymbol = \"ZINC\"\nprice = 20\n[[agents]]\nkind = \"noise\"\ncount = 20\n\
             shares = 500\n[[trigger]]\nname = \"stop\"\ninstrument = \"ZINC\"\nat = \"3m\"\nthen = [\"halt\"]\n"
        );
        let scenario = Scenario::parse(&text, &[], &KINDS).unwrap_or_else(|bad| panic!("{bad}"));
        let mut both = Both {
            publisher: Publisher::new(scenario.venue(), Detail::Level2),
            relay: Relay::new(2),
            published: Vec::new(),
            relayed: Vec::new(),
            messages: 0,
        };
        scenario.kernel().run(Time(scenario.span().0), &mut both);
        assert!(both.messages > 2_000, "{}", both.messages);
        assert_eq!(
            both.relay.snapshot(InstrumentId(7), scenario.kernel().board().levels(InstrumentId(0))),
            None
        );
    }
}
