//! The rules of a market, its day and its supervisors, as scenarios write them: each word means its
//! switch, and what means nothing is named.

use crate::players::KINDS;
use pitfloor_model::allocation::{Allocation, Rounding, Sharing, Weighing, Weight};
use pitfloor_model::command::Command;
use pitfloor_model::event::Phase;
use pitfloor_model::trading::{
    AuctionReference, AuctionTie, BandAction, ReplacePriority, ReplaceQty, TradingRules,
};
use pitfloor_model::units::{AccountId, Cash, InstrumentId, Qty, Span, Time};
use pitfloor_sim::history::{Journal, Tally};
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::schedule::Timetable;

const AGENTS: &str = "
[[agents]]
kind = \"noise\"
name = \"crowd\"
count = 3
shares = 100

[[agents]]
kind = \"noise\"
name = \"near\"
count = 2
shares = 100
";

/// One share at 100.00 with `tables` of its own, and `root` tables after the agents.
fn parse(tables: &str, root: &str) -> Result<Scenario, String> {
    let text =
        format!("[[instrument]]\nsymbol = \"ACME\"\nprice = 100\n{tables}\n{AGENTS}\n{root}");
    Scenario::parse(&text, &[], &KINDS).map_err(|bad| bad.to_string())
}

fn rules(lines: &str) -> Result<TradingRules, String> {
    let scenario = parse(&format!("[instrument.rules]\n{lines}"), "")?;
    let again = Scenario::parse(scenario.to_toml(), &[], &KINDS).map_err(|bad| bad.to_string())?;
    assert_eq!(again.venue(), scenario.venue(), "it stands for itself");
    Ok(scenario.venue().instruments()[0].rules.clone())
}

fn refused<T>(said: Result<T, String>, words: &str) {
    let said = said.err().unwrap_or_else(|| panic!("taken, expected {words}"));
    assert!(said.contains(words), "{said}\n  expected {words}");
}

#[test]
fn nothing_said_is_the_usual_market() {
    assert_eq!(parse("", "").unwrap().venue().instruments()[0].rules, TradingRules::default());
    assert_eq!(rules(""), Ok(TradingRules::default()));
}

#[test]
fn every_switch_has_its_word() {
    let read = rules(
        "market_maker = \"near-1\"
         replace_priority = \"always-back\"
         replace_qty = \"open\"
         band_action = \"reject\"
         short_action = \"reject\"
         trigger_at_once = true
         peg_once = true
         age_max = \"1d\"
         cascade_max = 7
         velocity_max = \"2.50\"
         dormant_max = 8
         tranches_max = 9
         positive_prices = true
         notional_min = \"12.34\"
         collar = \"2.5%\"
         auction_tie = \"higher\"
         auction_reference = \"mid\"
         close_cutoff_at_call = true",
    );
    let expected = TradingRules {
        allocation: Allocation::FIFO,
        market_maker: Some(AccountId(4)),
        replace_priority: ReplacePriority::AlwaysBack,
        replace_qty: ReplaceQty::Open,
        band_action: BandAction::Reject,
        trigger_at_once: true,
        peg_once: true,
        age_max: Some(Span::secs(86_400)),
        cascade_max: 7,
        velocity_max: Some(250),
        dormant_max: 8,
        tranches_max: 9,
        positive_prices: true,
        notional_min: Cash(1_234),
        collar_bips: Some(250),
        auction_tie: AuctionTie::Higher,
        auction_reference: AuctionReference::Mid,
        close_cutoff_at_call: true,
        short_action: BandAction::Reject,
    };
    assert_eq!(read, Ok(expected));
    assert_eq!(rules("collar = \"none\"").unwrap().collar_bips, None);
}

#[test]
fn a_level_may_be_shared_by_weight() {
    let read = |lines| rules(lines).unwrap().allocation;
    assert_eq!(read("allocation = \"pro-rata\""), Allocation::PRO_RATA);
    assert_eq!(read("allocation = \"size-time\""), Allocation::SIZE_TIME);
    let split = "top = true\nlmm_percent = 25\nsplit_percent = 40";
    assert_eq!(read(split), Allocation::FIFO.with_top().with_lmm(25).with_split(40));
    let weighed =
        "allocation = \"size-time\"\nshare_min = 3\nthreshold = 5\nrounding = \"up-by-size\"";
    let weighing = Weighing {
        weight: Weight::SizeTime,
        share_min: Qty(3),
        threshold: Qty(5),
        rounding: Rounding::UpBySize,
    };
    assert_eq!(read(weighed).sharing, Sharing::ByWeight(weighing));
}

#[test]
fn what_means_nothing_is_named() {
    for (line, words) in [
        (
            "allocation = \"prorata\"",
            "found \"prorata\", expected one of fifo, pro-rata, size-time; did you mean `pro-rata`?",
        ),
        (
            "share_min = 2",
            "instrument[0].rules.share_min: found \"2\", expected nothing with allocation = \"fifo\"",
        ),
        ("lmm_percent = 101", "expected a whole number from 0 to 100"),
        (
            "market_maker = \"near-2\"",
            "line 5: instrument[0].rules.market_maker: found \"near-2\", expected an agent",
        ),
        ("market_maker = \"nobody\"", "found \"nobody\", expected an agent"),
        ("replace_qty = \"all\"", "expected one of total, open"),
        ("peg_once = \"yes\"", "expected one of false, true"),
        ("age_max = 5", "expected a time such as"),
        ("cascade_max = 0", "expected a whole number from 1 to"),
        ("velocity_max = \"-1\"", "expected a distance that is not negative, or none"),
        ("velocity_max = \"0.001\"", "velocity_max: found \"0.001\""),
        ("notional_min = \"-1\"", "expected an amount that is not negative"),
        ("collar = 10", "expected a share from \"0.01%\" to \"99.99%\""),
        ("colar = \"10%\"", "an unknown field"),
        ("colar = \"10%\"", "did you mean `collar`?"),
    ] {
        refused(rules(line), words);
    }
    for (lines, words) in [
        ("close_call = \"5m\"", "close_call: found a length, expected none without close_at"),
        ("open_call = \"5m\"\nclose_at = \"5m\"", "expected a moment after the opening call"),
        ("periodic = \"0s\"", "expected a time such as"),
        ("opencall = \"5m\"", "did you mean `open_call`?"),
    ] {
        refused(parse(&format!("[instrument.schedule]\n{lines}"), ""), words);
    }
    for (lines, words) in [
        ("luld_tier_1 = [\"ACNE\"]", "did you mean `ACME`?"),
        ("luld_tier_1 = [\"ACME\"]\nluld_tier_2 = [\"ACME\"]", "expected each in one tier"),
        (
            "market = \"MOON\"\nshort_sale_test = [\"ACME\"]",
            "supervision.market: found \"MOON\" on the day of the run",
        ),
        ("index = [\"ACME\", \"ACME\"]", "a second time"),
    ] {
        refused(parse("", &format!("[supervision]\n{lines}")), words);
    }
}

#[test]
fn a_day_is_read_and_stands_for_itself() {
    let day = "[instrument.schedule]
pre_open = \"10s\"
open_call = \"20s\"
close_at = \"5m\"
close_call = \"30s\"
random_end = \"5s\"
";
    let scenario =
        parse(day, "[supervision]\nluld_tier_1 = [\"ACME\"]\nshort_sale_test = [\"ACME\"]");
    let scenario = scenario.unwrap();
    let timetable = Timetable {
        pre_open: Span::secs(10),
        open_call: Span::secs(20),
        periodic: None,
        close_at: Some(Time::ZERO.after(Span::secs(300))),
        close_call: Span::secs(30),
        random_end: Span::secs(5),
        every: None,
    };
    assert_eq!(scenario.listings()[0].timetable, Some(timetable));
    let again = Scenario::parse(scenario.to_toml(), &[], &KINDS).unwrap();
    assert_eq!((again.to_toml(), again.listings()), (scenario.to_toml(), scenario.listings()));
}

/// The commands of the schedule are in the journal, at their moments, among everybody's.
#[test]
fn the_kernel_carries_a_day_out() {
    let day = "[instrument.schedule]\nopen_call = \"20s\"\nclose_at = \"1m\"\nclose_call = \"10s\"";
    let scenario = parse(day, "").unwrap();
    let run = || {
        let (mut journal, mut tally) = (Journal::default(), Tally::new());
        let until = Time::ZERO.after(Span::secs(90));
        scenario.kernel().run(until, &mut (&mut journal, &mut tally));
        (journal, tally.digest())
    };
    let (journal, digest) = run();
    let said = journal.0.iter().filter_map(|stamped| {
        let seconds = stamped.at.0 / 1_000_000_000;
        match stamped.command {
            Command::SetPhase { to, .. } => Some((seconds, Some(to))),
            Command::EndCall { instrument: InstrumentId(0) } => Some((seconds, None)),
            _ => None,
        }
    });
    let day: Vec<(u64, Option<Phase>)> = said.collect();
    assert_eq!(
        day,
        [
            (0, Some(Phase::Halt)),
            (0, Some(Phase::Closed)),
            (0, Some(Phase::PreOpen)),
            (0, Some(Phase::OpenCall)),
            (20, None),
            (60, Some(Phase::CloseCall)),
            (70, None),
        ]
    );
    assert!(journal.0.len() > 100, "and everybody else is there too: {}", journal.0.len());
    assert_eq!(run(), (journal, digest), "the same again");
}
