//! Stories of the kernel: who is first, when one knows, what one has.

use crate::players::{ACME, Act, Noise, Note, Planned, USD, ZINC, market, ms, outside, plan, rich};
use pitfloor_model::command::Command;
use pitfloor_model::event::{Credit, Event, Reject};
use pitfloor_model::units::{AccountId, Cash, InstrumentId, OrderId, Price, Qty, Side, Span, Time};
use pitfloor_sim::agent::{Interest, Notice, Own};
use pitfloor_sim::history::Journal;
use pitfloor_sim::kernel::{Endowment, Kernel, Observer, Progress};
use pitfloor_sim::latency::Latency;
use std::sync::{Arc, Mutex};

/// Everything that happened, one after the other.
#[derive(Default)]
struct Events(Vec<Event>);

impl Observer for Events {
    fn saw(&mut self, seen: &pitfloor_sim::kernel::Seen<'_>) {
        self.0.extend(seen.events);
    }
}

fn position(kernel: &Kernel, account: AccountId) -> i128 {
    kernel.exchange().lots(account, ACME).unwrap().total
}

/// The fills a planned agent was told of, each with the moment.
fn fills(notes: &Mutex<Vec<Note>>) -> Vec<(Time, Qty)> {
    let fill = |note: &Note| match note.notice {
        Notice::Own(Event::Traded { qty, .. }) => Some((note.at, qty)),
        _ => None,
    };
    notes.lock().unwrap().iter().filter_map(fill).collect()
}

#[test]
fn at_equal_moments_the_first_scheduled_is_the_first_served() {
    // At many moments, for how an agenda sorts must not depend on the moment.
    for moment in 10..40 {
        let mut kernel = market(1);
        let maker = plan(&mut kernel, "maker", 1, &[(5, Act::Limit(Side::Sell, 1_000, 3))]).0;
        let bidders = ["eve", "ann", "dan", "bob", "cat"]
            .map(|name| plan(&mut kernel, name, 3, &[(moment, Act::Limit(Side::Buy, 1_000, 1))]).0);
        kernel.run(ms(60), &mut ());
        let won = bidders.map(|bidder| position(&kernel, bidder) - 1_000);
        assert_eq!(won, [1, 1, 1, 0, 0], "three lots, five bidders, at {moment} ms");
        assert_eq!(position(&kernel, maker), 997);
    }
}

/// However far away the moment is, and whatever else waits before it.
#[test]
fn a_crowd_at_one_moment_keeps_its_order() {
    for moment in 1..40 {
        let mut kernel = market(1);
        let crowd = [(); 6].map(|()| kernel.open_outside(&rich()));
        for account in crowd {
            kernel.inject(ms(moment), outside(account, 1, Side::Buy, 1_000, 1));
            kernel.inject(ms(moment * 7), outside(account, 2, Side::Buy, 1_000, 1));
        }
        let mut journal = Journal::default();
        kernel.run(ms(moment * 8), &mut journal);
        let placed = journal.0.iter().filter(|s| matches!(s.command, Command::Place(_)));
        let order: Vec<AccountId> = placed.map(|stamped| stamped.command.account()).collect();
        assert_eq!(order, [crowd, crowd].concat(), "at {moment} ms");
    }
}

/// Commands from outside wait in the same line as everybody's.
#[test]
fn what_comes_from_outside_is_served_in_its_turn() {
    let mut kernel = market(1);
    let [ann, bob, cat] = [(); 3].map(|()| kernel.open_outside(&rich()));
    kernel.inject(ms(10), outside(bob, 1, Side::Buy, 1_000, 1));
    kernel.inject(ms(10), outside(ann, 1, Side::Buy, 1_000, 1));
    kernel.inject(ms(5), outside(cat, 1, Side::Sell, 1_000, 1));
    let mut journal = Journal::default();
    assert_eq!(kernel.advance(ms(9), &mut journal), Progress::Reached);
    // What should have come earlier comes now.
    kernel.inject(ms(1), outside(cat, 2, Side::Sell, 1_001, 1));
    assert_eq!(kernel.due(), Some(ms(9)));
    kernel.run(ms(50), &mut journal);
    let placed: Vec<(Time, u32, u64)> = journal
        .0
        .iter()
        .filter(|stamped| matches!(stamped.command, Command::Place(_)))
        .map(|stamped| (stamped.at, stamped.command.account().0, stamped.command.order().0))
        .collect();
    assert_eq!(placed, [(ms(5), 2, 1), (ms(9), 2, 2), (ms(10), 1, 1), (ms(10), 0, 1)]);
    assert_eq!((position(&kernel, bob), position(&kernel, ann)), (1_001, 1_000));
    assert!(journal.0.iter().zip(0..).all(|(stamped, seq)| stamped.seq == seq));
    assert_eq!((kernel.commands(), kernel.now()), (journal.0.len() as u64, ms(50)));
    assert!(kernel.seats().is_empty());
}

#[test]
fn a_fill_is_known_one_latency_after_it_happened_and_not_before() {
    let mut kernel = market(1);
    let (ann, notes) = plan(
        &mut kernel,
        "ann",
        7,
        &[
            (10, Act::Limit(Side::Sell, 1_000, 5)),
            (20, Act::Look),
            (26, Act::Look),
            (27, Act::Look),
        ],
    );
    let bob = kernel.open_outside(&rich());
    kernel.inject(ms(20), outside(bob, 1, Side::Buy, 1_000, 2));
    kernel.advance(ms(20), &mut ());
    assert_eq!(position(&kernel, ann), 998, "the venue knows at once");
    kernel.run(ms(50), &mut ());
    assert_eq!(fills(&notes), [(ms(27), Qty(2))]);
    let notes = notes.lock().unwrap();
    let known = |at: Time| {
        let last = notes.iter().rfind(|note| note.at == at).unwrap();
        (last.position, last.cash)
    };
    assert_eq!(known(ms(20)), (1_000, Cash(100_000_000)));
    assert_eq!(known(ms(26)), (1_000, Cash(100_000_000)));
    assert_eq!(known(ms(27)), (998, Cash(100_002_000)));
}

#[test]
fn the_run_begins_after_everybody_has_what_he_brings() {
    let mut kernel = market(1);
    let (ann, notes) = plan(&mut kernel, "ann", 5, &[]);
    let mut journal = Journal::default();
    kernel.run(ms(1), &mut journal);
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 1, "endowments are nobody's news");
    assert_eq!(notes[0].notice, Notice::Start);
    assert_eq!((notes[0].position, notes[0].cash), (1_000, Cash(100_000_000)));
    let commands: Vec<Command> = journal.0.iter().map(|stamped| stamped.command.clone()).collect();
    let deliver = |instrument| Command::Deliver { account: ann, instrument, qty: Qty(1_000) };
    assert_eq!(
        commands,
        [
            Command::OpenAccount { account: ann, credit: Credit::None },
            Command::Deposit { account: ann, currency: USD, cash: Cash(100_000_000) },
            deliver(ACME),
            deliver(ZINC),
        ]
    );
}

/// Nothing is deposited where there is nothing, and recorded flow may owe.
#[test]
fn an_endowment_of_nothing_is_an_open_account_and_no_more() {
    let mut kernel = market(1);
    kernel.open_outside(&Endowment::new(vec![(USD, Cash(0))], vec![(ACME, Qty(0))]));
    let flow = kernel.open_outside(&Endowment::unlimited());
    kernel.inject(ms(1), outside(flow, 1, Side::Sell, 1_000, 1));
    let mut events = Events::default();
    kernel.run(ms(2), &mut events);
    assert_eq!(kernel.commands(), 3);
    assert!(!events.0.iter().any(|event| matches!(event, Event::Rejected { .. })));
}

/// Whatever happened on the way, when all is quiet everybody knows what the ledger says.
#[test]
fn after_quiet_everybody_knows_what_he_has() {
    type Known = Arc<Mutex<Vec<(AccountId, i128, Cash)>>>;
    let (quiet, end) = (ms(8_000), ms(8_000).after(Span::secs(60)));
    for seed in 0..6 {
        let mut kernel = market(seed);
        let known = Known::default();
        let links = [
            Latency::Fixed(Span::millis(300)),
            Latency::Uniform(Span::ZERO, Span::secs(1)),
            Latency::LogNormal { median: Span::millis(20), sigma: 3.0 },
            Latency::Distance { line_m: 1e8 },
        ];
        for (number, latency) in links.into_iter().cycle().take(8).enumerate() {
            let told = known.clone();
            let witness =
                move |notice: &Notice, cx: &mut pitfloor_sim::agent::Context<'_>| match notice {
                    Notice::Start => cx.wake_at(Time(end.0 - 1), 1),
                    Notice::Timer(1) => {
                        told.lock().unwrap().push((cx.account(), cx.position(ACME), cx.cash(USD)))
                    }
                    _ => {}
                };
            let noise = Noise::new(ACME, Span::millis(40)).until(quiet);
            let noise = noise.witnessed(Interest::default(), Box::new(witness));
            kernel.seat(&format!("noise-{number}"), latency, &rich(), Box::new(noise));
        }
        kernel.run(end, &mut ());
        let known = known.lock().unwrap();
        assert_eq!(known.len(), 8);
        assert!(known.iter().any(|(_, position, _)| *position != 1_000), "somebody traded");
        for (account, position, cash) in known.iter() {
            let lots = kernel.exchange().lots(*account, ACME).unwrap().total;
            let minor = kernel.exchange().cash(*account, USD).unwrap().total;
            assert_eq!((*position, *cash), (lots, minor), "seed {seed}, {account:?}");
        }
    }
}

/// Two strangers trade ACME; who hears of it?
fn audience(interest: Interest) -> Vec<(Time, Notice)> {
    let mut kernel = market(1);
    let (agent, notes) = Planned::curious(&[], interest);
    kernel.seat("reader", Latency::Fixed(Span::millis(4)), &rich(), Box::new(agent));
    let [ann, bob] = [(); 2].map(|()| kernel.open_outside(&rich()));
    kernel.inject(ms(10), outside(ann, 1, Side::Sell, 1_000, 5));
    // Not the best: the quote stays.
    kernel.inject(ms(20), outside(ann, 2, Side::Sell, 1_001, 5));
    kernel.inject(ms(30), outside(bob, 1, Side::Buy, 1_000, 2));
    kernel.run(ms(100), &mut ());
    let notes = notes.lock().unwrap();
    notes.iter().skip(1).map(|note| (note.at, note.notice)).collect()
}

#[test]
fn news_goes_to_who_asked_and_to_nobody_else() {
    let of = |trades: &[InstrumentId], quotes: &[InstrumentId]| {
        let (trades, quotes) = (trades.to_vec(), quotes.to_vec());
        audience(Interest { own: Own::All, trades, quotes, ..Interest::default() })
    };
    assert_eq!(of(&[], &[]), []);
    assert_eq!(of(&[ZINC], &[ZINC]), []);
    let trades = of(&[ACME], &[]);
    let [(at, Notice::Print(print))] = trades.as_slice() else { panic!("{trades:?}") };
    assert_eq!((*at, print.at, print.price, print.qty), (ms(34), ms(30), Price(1_000), Qty(2)));
    assert_eq!(print.aggressor, Some(Side::Buy));
    let asks: Vec<(Time, Option<(Price, Qty)>)> = of(&[], &[ACME])
        .into_iter()
        .map(|(at, notice)| match notice {
            Notice::Quote(ACME, quote) => (at, quote.ask),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        asks,
        [(ms(14), Some((Price(1_000), Qty(5)))), (ms(34), Some((Price(1_000), Qty(3))))]
    );
}

#[test]
fn one_hears_of_his_own_orders_as_much_as_he_asked() {
    let told = |own: Own| -> Vec<&'static str> {
        let mut kernel = market(1);
        let interest = Interest { own, ..Interest::default() };
        let orders = [
            (1, Act::Limit(Side::Sell, 1_000, 5)),
            (2, Act::Limit(Side::Sell, 1_010, 5)),
            (3, Act::Cancel(2)),
            (4, Act::Cancel(9)),
        ];
        let (agent, notes) = Planned::curious(&orders, interest);
        kernel.seat("ann", Latency::Fixed(Span::ZERO), &rich(), Box::new(agent));
        let bob = kernel.open_outside(&rich());
        kernel.inject(ms(10), outside(bob, 1, Side::Buy, 1_000, 2));
        kernel.run(ms(20), &mut ());
        let notes = notes.lock().unwrap();
        let word = |note: &Note| match note.notice {
            Notice::Own(Event::Accepted { .. }) => Some("accepted"),
            Notice::Own(Event::Rested { .. }) => Some("rested"),
            Notice::Own(Event::Cancelled { .. }) => Some("cancelled"),
            Notice::Own(Event::Traded { .. }) => Some("traded"),
            Notice::Own(Event::Rejected { why: Reject::UnknownOrder, .. }) => Some("unknown"),
            Notice::Own(_) => Some("other"),
            _ => None,
        };
        notes.iter().filter_map(word).collect()
    };
    assert_eq!(told(Own::Fills), ["unknown", "traded"]);
    assert_eq!(
        told(Own::All),
        ["accepted", "rested", "accepted", "rested", "cancelled", "unknown", "traded"]
    );
}

/// A trade with oneself is one piece of news, and leaves one where one was.
#[test]
fn a_trade_with_oneself_is_told_once_and_changes_nothing() {
    use pitfloor_model::command::{Order, Stp};
    let mut kernel = market(1);
    let (ann, notes) = plan(&mut kernel, "ann", 1, &[(50, Act::Look)]);
    let order = |number, side| {
        let order = Order::limit(ann, OrderId(number), ACME, side, Price(1_000), Qty(3));
        Command::Place(order.with_stp(Stp::None))
    };
    kernel.inject(ms(10), order(71, Side::Sell));
    kernel.inject(ms(11), order(72, Side::Buy));
    kernel.run(ms(60), &mut ());
    assert_eq!(fills(&notes), [(ms(12), Qty(3))]);
    let last = notes.lock().unwrap().last().unwrap().clone();
    assert_eq!((last.position, last.cash), (1_000, Cash(100_000_000)));
}

#[test]
#[should_panic(expected = "time is monotonic")]
fn time_does_not_go_back() {
    let mut kernel = market(1);
    kernel.run(ms(2), &mut ());
    kernel.run(ms(1), &mut ());
}
