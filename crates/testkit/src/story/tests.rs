//! That stories say what they mean, and that everything can be said.

use super::*;
use crate::Reference;
use crate::generate::World;
use pitfloor_model::allocation::{Rounding, Sharing};
use pitfloor_model::command::{Command, Order, Stp};
use pitfloor_model::event::{Entry, Phase, PhaseReason, Terms};
use pitfloor_model::trading::{Bands, Benchmark};
use pitfloor_model::units::{
    AccountId, Cash, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Stamp, TradeId,
};

fn one(line: &str) -> Command {
    read(line)[0].command.clone()
}

#[test]
fn lines_become_commands() {
    let (ann, acme) = (AccountId(1), InstrumentId(0));
    let plain = Order::limit(ann, OrderId(7), acme, Side::Buy, Price(-100), Qty(5));
    assert_eq!(one("1 buy 7 @ -100 x5"), Command::Place(plain));
    assert_eq!(one("1 buy 7 @ -100 x5 ioc"), Command::Place(plain.ioc()));
    let both = plain.with_stp(Stp::ExpireBoth);
    assert_eq!(one("1 buy 7 @ -100 x5 stp both # hm"), Command::Place(both));
    let market = Order::market(ann, OrderId(7), InstrumentId(3), Side::Sell, Qty(5));
    assert_eq!(one("1 sell 7 market x5 on 3"), Command::Place(market));
    let (instrument, why) = (InstrumentId(1), PhaseReason::Scheduled);
    let phase = Command::SetPhase { instrument, to: Phase::ReopenCall, why };
    assert_eq!(one("phase ReopenCall on 1"), phase);
    let eur = CurrencyId(1);
    let deposit = Command::Deposit { account: ann, currency: eur, cash: Cash(-5) };
    assert_eq!(one("deposit 1 -5 in 1"), deposit);
}

#[test]
fn what_is_written_can_be_read() {
    for line in [
        "1 buy 7 @ 100 x5 gtc stp taker",
        "1 sell 7 market x5 ioc stp none on 2",
        "1 sell 7 market @ 9223372036854775807 x18446744073709551615 gtc stp both",
        "1 buy 7 x5 gtc stp maker",
        "1 replace 7 @ -1 x9",
        "1 reduce 7 by 2",
        "1 cancel 7",
        "open 4",
        "open 5 credit",
        "deposit 1 100000 in 1",
        "deliver 1 50 on 1",
        "phase Halt",
    ] {
        assert_eq!(write(&one(line)), line);
    }
}

#[test]
fn moments_and_numbers_are_those_of_the_story() {
    let story = read("open 1\n\n at 50 \n open 2\nat 70\nopen 3 credit");
    let stamps: Vec<_> = story.iter().map(|stamped| (stamped.seq, stamped.at.0)).collect();
    assert_eq!(stamps, [(0, 0), (1, 50), (2, 70)]);
}

#[test]
#[should_panic(expected = "cannot read \"1 fries 7\"")]
fn a_line_that_cannot_be_read_is_named() {
    let _ = read("open 1\n1 fries 7");
}

#[test]
fn a_story_is_played_and_told() {
    let mut plain = Reference::new(venue());
    let told = play(
        &mut |stamped, events| events.extend(plain.apply(stamped)),
        "open 1
         open 2
         deposit 1 2000
         deliver 2 9
         2 sell 1 @ 100 x5
         1 buy 1 @ 101 x7
         1 reduce 1 by 1
         1 replace 1 @ 99 x9
         1 cancel 1
         1 buy 2 market x1
         2 sell 4 @ 5 x1 on 1
         halt on 1",
    );
    assert_eq!(
        told,
        [
            "opened 1",
            "opened 2",
            "deposited 1 2000 in 0",
            "delivered 2 9",
            "accepted 2/1",
            "rests 2/1 sell 100x5",
            "accepted 1/1",
            "trade 100x5 maker 2/1 taker 1/1",
            "rests 1/1 buy 101x2",
            "reduced 1/1 at 101 by 1 leaves 1",
            "replaced 1/1 101x1 by 99x9 leaves 4 back",
            "rests 1/1 buy 99x4",
            "cancelled 1/1 at 99 left 4 User",
            "accepted 1/2",
            "cancelled 1/2 unrested left 1 Remainder",
            "rejected 2/4 ShortSale",
            "phase Continuous to Halt on 1",
        ]
    );
    assert_eq!(trades(&told), ["trade 100x5 maker 2/1 taker 1/1"]);
}

/// Every word that an order may say, each read and written back the same.
#[test]
fn every_order_can_be_said() {
    for line in [
        "1 buy 7 @ 100 x5 fok stp decrement",
        "1 buy 7 @ 100 x5 day stp transfer",
        "1 buy 7 @ 100 x5 gtd 1500 stp none",
        "1 buy 7 @ 100 x5 open stp taker",
        "1 buy 7 market x5 close stp taker",
        "1 buy 7 protected 3 x5 gtc stp taker",
        "1 buy 7 to-limit x5 gtc stp taker",
        "1 buy 7 amount 5000 x5 ioc stp taker",
        "1 sell 7 stop 98 x5 gtc stp taker",
        "1 sell 7 stop 98 @ 97 x5 gtc stp taker",
        "1 sell 7 stop 98 market @ 97 x5 gtc stp taker",
        "1 sell 7 stop-limit 98 x5 gtc stp taker",
        "1 sell 7 touch 105 on quote x5 gtc stp taker",
        "1 sell 7 touch 105 on mark @ 104 x5 gtc stp taker",
        "1 sell 7 touch 105 market @ 104 x5 gtc stp taker",
        "1 sell 7 touch-limit 105 x5 gtc stp taker on 1",
        "1 sell 7 trail 3 x5 gtc stp taker",
        "1 sell 7 trail 50bp from 110 on quote x5 gtc stp taker on 2",
        "1 sell 7 trail 3 from -1 limit 2 x5 gtc stp taker",
        "1 buy 7 peg primary +1 @ 104 x5 gtc stp taker hidden",
        "1 buy 7 peg primary -2 x5 gtc stp taker",
        "1 buy 7 peg market 1 x5 gtc stp taker",
        "1 buy 7 peg mid x5 gtc stp taker",
        "1 buy 7 imbalance @ 99 x5 close stp taker",
        "1 buy 7 @ 9 x5 gtc stp taker post",
        "1 buy 7 @ 9 x5 gtc stp taker post slide",
        "1 buy 7 @ 9 x5 gtc stp taker post slide-or-take hidden",
        "1 buy 7 @ 9 x5 gtc stp taker min 5 aon",
        "1 sell 7 @ 9 x30 gtc stp taker short tag 7 session 2 show 10",
        "1 sell 7 @ 9 x30 gtc stp taker exempt show 10 then 5 7 on 1",
        "1 sell 7 @ 9 x30 gtc stp taker then",
    ] {
        assert_eq!(write(&one(line)), line);
    }
}

#[test]
fn what_is_usual_need_not_be_said() {
    for (said, meant) in [
        ("1 buy 7 amount 5000 x5", "1 buy 7 amount 5000 x5 ioc stp taker"),
        ("1 buy 7 imbalance @ 9 x5", "1 buy 7 imbalance @ 9 x5 close stp taker"),
        ("1 buy 7 open imbalance @ 9 x5", "1 buy 7 imbalance @ 9 x5 open stp taker"),
        ("1 sell 7 @ 97 stop 98 x5", "1 sell 7 stop 98 @ 97 x5 gtc stp taker"),
        ("1 sell 7 stop 98 x5 on quote on 1", "1 sell 7 stop 98 on quote x5 gtc stp taker on 1"),
        ("1 sell 7 x5 gtc market", "1 sell 7 market x5 gtc stp taker"),
        ("1 sell 7 @ 9 x5 long show 2", "1 sell 7 @ 9 x5 gtc stp taker show 2"),
    ] {
        assert_eq!(write(&one(said)), meant);
    }
}

#[test]
fn every_other_command_can_be_said() {
    for line in [
        "oco 1 sell 3 @ 110 x5 gtc stp taker | 1 sell 4 stop 90 x5 gtc stp taker",
        "oto 1 buy 3 @ 110 x5 gtc stp taker on 1 | 1 sell 4 stop 90 x5 gtc stp taker on 1",
        "oto full 1 buy 3 @ 110 x5 gtc stp taker",
        "otoco 1 buy 3 @ 1 x5 gtc stp none | 2 sell 4 @ 9 x5 day stp none | 1 buy 5 x1 gtc stp none",
        "otoco full",
        "1 amend 7",
        "1 amend 7 @ 101 x9 trigger 98 gtd 40 show 5 tag 3",
        "mass-cancel",
        "1 mass-cancel on 0 buy from 90 to 99 tag 7 session 2",
        "3 disconnect session 4",
        "disconnect on 2 sell",
        "end-call",
        "end-call on 1",
        "bands 90 110 on 1",
        "bands none",
        "close 100",
        "index -3 on 1",
        "mark 100",
        "restrict-shorts on",
        "restrict-shorts off on 1",
        "kill 1 on",
        "kill 1 off",
        "group 1 5",
        "group 1 none",
        "advance",
        "phase ReopenCall why StopCascade on 1",
    ] {
        assert_eq!(write(&one(line)), line);
    }
}

/// Whatever the generators draw can be written down and read back.
#[test]
fn every_history_can_be_written_and_read() {
    let mut lines = 0;
    for seed in 0..80 {
        for stamped in World::full(seed).history(seed).take(200) {
            let line = write(&stamped.command);
            assert_eq!(one(&line), stamped.command, "written as {line:?}");
            lines += 1;
        }
    }
    assert_eq!(lines, 16_000);
}

#[test]
fn every_event_has_a_line() {
    let (acme, key) = (InstrumentId(0), OrderKey::new(AccountId(1), OrderId(7)));
    let other = OrderKey::new(AccountId(2), OrderId(3));
    let (side, price, qty, stamp, trade) = (Side::Buy, Price(99), Qty(5), Stamp(0), TradeId(0));
    let order = Order::limit(AccountId(1), OrderId(7), acme, side, price, qty).iceberg(Qty(2));
    let Order { kind, tif, stp, with, .. } = order;
    let terms = Terms { side, kind, price: Some(price), qty, tif, stp, with };
    let bands = Bands { lower: Price(90), upper: Price(110) };
    let accepted = |entry| Event::Accepted { instrument: acme, key, terms, entry };
    let bolt = InstrumentId(1);
    for (event, line) in [
        (accepted(Entry::Entering), "accepted 1/7"),
        (accepted(Entry::Waiting), "accepted 1/7 waiting"),
        (accepted(Entry::Dormant), "accepted 1/7 dormant"),
        (accepted(Entry::Parked), "accepted 1/7 parked"),
        (
            Event::Refreshed { instrument: bolt, key, side, price, shown: qty, stamp },
            "refreshed 1/7 buy 99x5 on 1",
        ),
        (
            Event::Repriced { instrument: acme, key, side, from: None, to: price },
            "repriced 1/7 buy none to 99",
        ),
        (Event::Parked { instrument: acme, key, side, from: Some(price) }, "parked 1/7 buy at 99"),
        (Event::Triggered { instrument: acme, key, price }, "triggered 1/7 at 99"),
        (
            Event::Amended { instrument: acme, key, terms, kept: true },
            "amended 1/7 @ 99 x5 gtc stp taker show 2 kept",
        ),
        (Event::Armed { instrument: acme, key, qty }, "armed 1/7 x5"),
        (
            Event::Expired { instrument: acme, key, side, price: None, left: qty },
            "lapsed 1/7 unrested left 5",
        ),
        (
            Event::Crossed { trade, instrument: acme, buy: key, sell: other, price, qty },
            "crossed 99x5 buy 1/7 sell 2/3",
        ),
        (
            Event::Transferred {
                instrument: acme,
                maker: key,
                taker: other,
                aggressor: side,
                price,
                qty,
            },
            "transferred 99x5 maker 1/7 taker 2/3",
        ),
        (
            Event::Indicative {
                instrument: acme,
                price: Some(price),
                qty,
                imbalance: Qty(2),
                side: Some(side),
            },
            "indicative 99x5 imbalance 2 buy",
        ),
        (
            Event::Uncrossed {
                instrument: acme,
                price: None,
                qty: Qty(0),
                surplus: Qty(0),
                side: None,
            },
            "uncrossed nothing surplus 0",
        ),
        (Event::CallExtended { instrument: bolt }, "call extended on 1"),
        (
            Event::MassCancelled { account: AccountId(1), orders: 3, qty },
            "mass-cancelled 1 orders 3 x5",
        ),
        (
            Event::MassCancelled { account: AccountId::VENUE, orders: 0, qty: Qty(0) },
            "mass-cancelled venue orders 0 x0",
        ),
        (Event::Unspent { instrument: acme, key, cash: Cash(12) }, "unspent 1/7 12"),
        (
            Event::BandsChanged { instrument: acme, from: None, to: Some(bands) },
            "bands none to 90..110",
        ),
        (Event::ReferenceSet { instrument: acme, of: Benchmark::Mark, price }, "mark 99"),
        (Event::ShortSalesRestricted { instrument: acme, on: true }, "short-sales restricted on"),
        (Event::KillSwitched { account: AccountId(1), on: false }, "kill-switch 1 off"),
        (Event::GroupSet { account: AccountId(1), group: Some(5) }, "group 1 5"),
        (Event::TimeAdvanced { at: Time(9) }, "advanced to 9"),
        (
            Event::PhaseChanged {
                instrument: acme,
                from: Phase::Continuous,
                to: Phase::ReopenCall,
                why: PhaseReason::Velocity,
            },
            "phase Continuous to ReopenCall Velocity",
        ),
    ] {
        assert_eq!(tell(&event), line);
    }
}

#[test]
fn the_head_of_a_story_says_the_rules() {
    let story = "limits price-step 5 qty-max 90 # small
        rules allocation pro-rata top lmm 40 split 20 threshold 5 up-by-size
        rules market-maker 3 cascade-max 3 collar none
        open 1";
    let venue = venue_of(story);
    let acme = &venue.instruments()[0];
    assert_eq!((acme.limits.price_step, acme.limits.qty_max), (5, Qty(90)));
    assert_eq!((acme.rules.cascade_max, acme.rules.collar_bips), (3, None));
    assert_eq!(acme.rules.market_maker, Some(AccountId(3)));
    let allocation = acme.rules.allocation;
    assert!(allocation.top && allocation.lmm_percent == 40 && allocation.split_percent == 20);
    let Sharing::ByWeight(weighing) = allocation.sharing else { panic!("by weight") };
    assert_eq!((weighing.threshold, weighing.rounding), (Qty(5), Rounding::UpBySize));
    assert_eq!(read(story).len(), 1, "the head is no command");
    assert_eq!(venue_of("open 1"), super::venue());
}

#[test]
fn rules_can_be_written_and_read() {
    assert_eq!(write_rules(&read_rules("rules")), "rules");
    let every = "rules allocation size-time top lmm 4 split 2 share-min 2 threshold 5 up-by-size \
                 market-maker 3 always-back replace-open band-action reject short-action reject \
                 trigger-at-once peg-once positive-prices cutoff-at-call age-max 900 \
                 cascade-max 3 velocity-max 5 dormant-max 9 tranches-max 8 notional-min 7 \
                 collar none tie higher reference mid";
    assert_eq!(write_rules(&read_rules(every)), every);
    for seed in 0..200 {
        for instrument in World::full(seed).venue().instruments() {
            let line = write_rules(&instrument.rules);
            assert_eq!(read_rules(&line), instrument.rules, "written as {line:?}");
        }
    }
}

#[test]
#[should_panic(expected = "cannot read \"rules allocation fifo up-by-size\"")]
fn steps_of_sharing_that_make_no_sense_are_refused() {
    let _ = read_rules("rules allocation fifo up-by-size");
}
