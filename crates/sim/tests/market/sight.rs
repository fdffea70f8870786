//! Nobody sees ahead: whatever the links are like, what an agent sees and is told is what could
//! have reached it, exactly as it was.

use crate::players::{ACME, Act, Noise, ZINC, market, ms, outside, plan, rich, seeds};
use crate::record::Shared;
use pitfloor_model::command::Command;
use pitfloor_model::event::Phase;
use pitfloor_model::units::{Cash, Side, Span, Time};
use pitfloor_sim::agent::{Context, Interest, Notice, Own};
use pitfloor_sim::dice::Dice;
use pitfloor_sim::kernel::{Kernel, Observer, Seen};
use pitfloor_sim::latency::Latency;
use pitfloor_sim::trigger::{Then, Trigger, When};
use pitfloor_sim::view::{Board, View};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const SEEDS: u64 = 24;

/// A link of each kind in turn, with anything for its parameters.
fn any_latency(dice: &mut Dice, kind: usize) -> Latency {
    let upto = |dice: &mut Dice| Span(dice.below(400_000_000));
    match kind % 4 {
        0 => Latency::Fixed(upto(dice)),
        1 => {
            let (a, b) = (upto(dice), upto(dice));
            Latency::Uniform(a.min(b), a.max(b))
        }
        2 => Latency::LogNormal { median: upto(dice), sigma: dice.unit() * 2.0 },
        _ => Latency::Distance { line_m: dice.unit() * 5e7 },
    }
}

/// The least that a message of `name` takes.
fn least(latency: Latency, seed: u64, name: &str) -> Span {
    match latency.settle(seed, name) {
        Latency::Fixed(span) | Latency::Uniform(span, _) => span,
        Latency::LogNormal { .. } => Span::ZERO,
        Latency::Distance { .. } => unreachable!("a distance is settled"),
    }
}

/// A market of noise over both instruments, with halts on the way, whose agents pass everything
/// they see and hear to `witness`, with the least their messages take.
fn watched<W>(seed: u64, witness: W) -> Kernel
where
    W: Fn(Span, &Notice, &mut Context<'_>) + Clone + Send + 'static,
{
    let mut kernel = market(seed);
    let mut dice = Dice::new(seed, "the set-up");
    for number in 0..8 {
        let name = format!("noise-{number}");
        let latency = any_latency(&mut dice, number);
        let (least, witness) = (least(latency, seed, &name), witness.clone());
        let interest = Interest {
            own: Own::All,
            trades: vec![ACME, ZINC],
            quotes: vec![ACME, ZINC],
            auctions: vec![],
            news: false,
            imbalances: vec![],
        };
        let noise = Noise::new(if number % 3 == 0 { ZINC } else { ACME }, Span::millis(60));
        let noise =
            noise.witnessed(interest, Box::new(move |notice, cx| witness(least, notice, cx)));
        kernel.seat(&name, latency, &rich(), Box::new(noise));
    }
    for (at, to) in [(700, Phase::Halt), (1_300, Phase::ReopenCall), (1_310, Phase::Continuous)] {
        let then = Then::phases(ACME, &[to]).collect();
        kernel.arm(Trigger { name: "halt".to_owned(), when: When::At(ms(at)), then });
    }
    kernel
}

#[test]
fn nobody_sees_what_cannot_have_reached_him_and_everybody_sees_what_was() {
    let (mut recorded, looks) = (0, Arc::new(AtomicU64::new(0)));
    for seed in seeds(SEEDS) {
        let record = Shared::default();
        let (past, counter) = (record.clone(), looks.clone());
        let mut kernel = watched(seed, move |least, notice, cx| {
            let past = past.0.lock().unwrap();
            let (now, view) = (cx.now(), cx.view());
            let checked =
                past.check_notice(notice, now, least).and_then(|()| past.check(&view, now, least));
            counter.fetch_add(1, Ordering::Relaxed);
            assert_eq!(checked, Ok(()), "seed {seed}, account {:?}, {notice:?}", cx.account());
        });
        kernel.run(ms(4_000), &mut record.clone());
        recorded += record.0.lock().unwrap().len() as u64;
    }
    let runs = seeds(SEEDS).end;
    assert!(recorded > 100 * runs, "there was something to see: {recorded}");
    assert!(looks.load(Ordering::Relaxed) > 500 * runs, "and somebody looked");
}

/// The net above is trusted because it catches: an agent with a distance that reads the board as of
/// now is found out in every run.
#[test]
fn a_view_of_the_present_is_caught() {
    for seed in 0..4 {
        let record = Shared::default();
        let mut caught = 0;
        let mut leak = |seen: &Seen<'_>| {
            let (now, past) = (seen.stamped.at, record.0.lock().unwrap());
            let (present, least) = (View::new(seen.board, now), Span::millis(1));
            if now > Time::ZERO {
                caught += u32::from(past.check(&present, now, least).is_err());
            }
        };
        let mut kernel = watched(seed, |_, _, _| {});
        kernel.run(ms(1_000), &mut (record.clone(), Spy(&mut leak)));
        assert!(caught > 50, "{caught}");
    }
}

/// A view that says it is old but shows what a forgetful board has left is caught by its contents.
#[test]
fn a_view_that_lies_about_its_age_is_caught() {
    let record = Shared::default();
    let mut forgetful = Board::new(2, Span::ZERO);
    let (mut caught, mut looks) = (0, 0);
    let mut lie = |seen: &Seen<'_>| {
        forgetful.see(seen.stamped, seen.events);
        let (now, least) = (seen.stamped.at, Span::millis(100));
        let view = View::new(&forgetful, now.before(least));
        looks += 1;
        caught += u32::from(record.0.lock().unwrap().check(&view, now, least).is_err());
    };
    let mut kernel = watched(1, |_, _, _| {});
    kernel.run(ms(1_000), &mut (record.clone(), Spy(&mut lie)));
    assert!(caught * 2 > looks && looks > 50, "{caught} of {looks}");
}

/// A notice that arrives before it can is caught.
#[test]
fn news_that_is_too_young_is_caught() {
    let (mut kernel, record) = (market(1), Shared::default());
    let (_, told) = plan(&mut kernel, "ann", 2, &[(5, Act::Limit(Side::Sell, 1_000, 1))]);
    let (_, _) = plan(&mut kernel, "bob", 2, &[(20, Act::Market(Side::Buy, 1))]);
    kernel.run(ms(100), &mut record.clone());
    let (told, past) = (told.lock().unwrap(), record.0.lock().unwrap());
    let fill = told.last().unwrap();
    assert_eq!(fill.at, ms(24), "there and back");
    let check = |now, least| past.check_notice(&fill.notice, now, Span::millis(least)).is_ok();
    assert!(check(ms(24), 2));
    assert!(!check(ms(24), 3), "nobody three milliseconds away knows it yet");
    assert!(!check(ms(23), 2));
}

/// Cash that comes later tells its owner nothing of the market.
#[test]
fn a_late_deposit_does_not_show_the_present() {
    let mut kernel = market(1);
    let (ann, notes) = plan(&mut kernel, "ann", 50, &[(200, Act::Look)]);
    let stranger = kernel.open_outside(&rich());
    kernel.inject(ms(199), outside(stranger, 1, Side::Buy, 1_000, 5));
    let currency = crate::players::USD;
    kernel.inject(ms(200), Command::Deposit { account: ann, currency, cash: Cash(7) });
    kernel.run(ms(300), &mut ());
    let notes = notes.lock().unwrap();
    let look = notes.last().unwrap();
    assert_eq!((look.at, look.seen_at), (ms(200), ms(150)));
}

/// Whoever takes a seat while the market runs starts as far behind as everybody at his distance.
#[test]
fn a_late_arrival_does_not_see_the_present() {
    let mut kernel = market(1);
    plan(&mut kernel, "ann", 50, &[]);
    kernel.run(ms(500), &mut ());
    let (_, notes) = plan(&mut kernel, "bob", 50, &[]);
    kernel.run(ms(600), &mut ());
    assert_eq!(notes.lock().unwrap()[0].seen_at, ms(450));
}

/// Calls a closure.
struct Spy<'a>(&'a mut dyn FnMut(&Seen<'_>));

impl Observer for Spy<'_> {
    fn saw(&mut self, seen: &Seen<'_>) {
        (self.0)(seen);
    }
}
