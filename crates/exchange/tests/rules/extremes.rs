//! The ends of every scale: refused or carried out, never wrapped.

use crate::pit::Pit;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{CurrencyId, InstrumentId, OrderId, Price, Qty, Side};
use pitfloor_testkit::story;
use std::sync::Arc;

const FARTHEST: i64 = Price::FARTHEST.0;
const MOST: u64 = Qty::MOST.0;

#[test]
fn prices_beyond_the_farthest_are_off_the_grid() {
    let mut pit = Pit::open();
    for price in [i64::MAX, i64::MIN, i64::MIN + 1, FARTHEST + 1, -FARTHEST - 1] {
        for side in Side::BOTH {
            let told = pit.play(&format!("1 {side} 1 @ {price} x1"));
            assert_eq!(told, ["rejected 1/1 OffTick"], "{side} at {price}");
        }
    }
    pit.play("1 buy 1 @ 0 x1");
    assert_eq!(pit.play(&format!("1 replace 1 @ {} x1", i64::MIN)), ["rejected 1/1 OffTick"]);
    assert_eq!(pit.play(&format!("1 replace 1 @ {} x1", i64::MAX)), ["rejected 1/1 OffTick"]);
}

#[test]
fn the_farthest_prices_are_exact_on_both_sides() {
    let mut pit = Pit::open();
    pit.play(&format!("1 buy 1 @ -{FARTHEST} x3\n1 sell 2 @ {FARTHEST} x3\n1 sell 3 @ 200000 x1"));
    assert_eq!(pit.book(), format!("-{FARTHEST}x3 | 200000x1 {FARTHEST}x3"));
    assert_eq!(
        pit.trades("2 buy 1 market x2\n2 sell 2 market x2"),
        [
            "trade 200000x1 maker 1/3 taker 2/1".to_owned(),
            format!("trade {FARTHEST}x1 maker 1/2 taker 2/1"),
            format!("trade -{FARTHEST}x2 maker 1/1 taker 2/2"),
        ]
    );
    let spent = 200_000 + i128::from(FARTHEST) + 2 * i128::from(FARTHEST);
    assert_eq!(pit.cash(2).0, -spent);
}

#[test]
fn the_distance_between_the_farthest_prices_can_be_measured() {
    use pitfloor_model::instrument::Limits;
    let apart = u64::try_from(FARTHEST).unwrap() * 2;
    for (most, taken) in [(apart, true), (apart - 1, false), (u64::MAX, true)] {
        let mut pit = Pit::with(Limits { price_distance_max: Some(most), ..Limits::default() });
        pit.play(&format!("1 sell 1 @ {FARTHEST} x1\n2 buy 1 market x1"));
        let told = pit.play(&format!("1 buy 2 @ -{FARTHEST} x1"));
        assert_eq!(told[0] == "accepted 1/2", taken, "{told:?}");
    }
}

#[test]
fn sizes_beyond_the_most_are_refused() {
    let mut pit = Pit::open();
    for qty in [MOST + 1, u64::MAX - 1, u64::MAX] {
        for terms in ["@ 1", "market"] {
            let told = pit.play(&format!("1 buy 1 {terms} x{qty}"));
            assert_eq!(told, ["rejected 1/1 QtyOverMax"]);
        }
    }
    assert_eq!(pit.play(&format!("1 buy 1 @ 1 x{MOST}"))[0], "accepted 1/1");
    let told = pit.play(&format!("1 replace 1 @ 1 x{}", u64::MAX));
    assert_eq!(told, ["rejected 1/1 QtyOverMax"]);
    let told = pit.play(&format!("1 reduce 1 by {}", u64::MAX));
    assert_eq!(told, [format!("cancelled 1/1 at 1 left {MOST} User")]);
}

#[test]
fn the_most_at_the_farthest_is_too_much_to_count_and_said_so() {
    let mut pit = Pit::open();
    for (side, price) in [("buy", FARTHEST), ("sell", FARTHEST), ("sell", -FARTHEST)] {
        let told = pit.play(&format!("1 {side} 1 @ {price} x{MOST}"));
        assert_eq!(told, ["rejected 1/1 NotionalOverMax"]);
    }
    // 2^62 x 2^28 is exactly 2^90.
    assert_eq!(pit.play(&format!("1 sell 1 @ {FARTHEST} x{}", 1 << 28))[0], "accepted 1/1");
    let told = pit.play(&format!("1 sell 2 @ {FARTHEST} x{}", (1 << 28) + 1));
    assert_eq!(told, ["rejected 1/2 NotionalOverMax"]);
    assert_eq!(pit.play(&format!("2 buy 1 market x{MOST}")), ["rejected 2/1 NotionalOverMax"]);
}

/// A coin whose ticks are worth the most that a tick may be worth, at the farthest prices, for the
/// largest orders, without credit: every product stays within 127 bits.
#[test]
fn the_largest_products_do_not_overflow() {
    let usd = Currency::new("USD", 0).unwrap();
    let tick = Instrument::TICK_CASH_MAX.to_string();
    let coin = Instrument::crypto("COIN", CurrencyId(0), &tick, "1").unwrap();
    let venue = Arc::new(Venue::new("XPIT", vec![usd], vec![coin]).unwrap());
    let mut exchange = pitfloor_exchange::Exchange::new(venue);
    let mut pit =
        |text: &str| story::play(&mut |stamped, events| exchange.apply(stamped, events), text);
    pit("open 1\nopen 2 credit\ndeposit 1 1329227995784915872903807060280344576"); // 2^120
    let told = pit(&format!("2 sell 1 @ {FARTHEST} x1\n1 buy 1 market x{MOST}"));
    assert_eq!(told[2], "rejected 1/1 NotionalOverMax");
    // The gate judges a market order at the best price only; the walk behind it is the largest
    // product there is: 2^62 x 2^20 for each of the 2^8 lots that 2^90 allows.
    let told = pit("2 cancel 1\n2 sell 1 @ 0 x1\n2 sell 2 @ 4611686018427387904 x256");
    assert_eq!(told[2..4], ["rests 2/1 sell 0x1", "accepted 2/2"]);
    let told = pit(&format!("1 buy 1 market x{MOST}"));
    assert_eq!(told[2], format!("trade {FARTHEST}x256 maker 2/2 taker 1/1"));
    let spent = (1_i128 << 62) * (1 << 20) * 256;
    let cash = exchange.cash(pitfloor_model::units::AccountId(1), CurrencyId(0)).unwrap();
    assert_eq!(cash.total.0, (1 << 120) - spent);
}

#[test]
fn the_largest_numbers_of_everything_are_just_numbers() {
    let mut pit = Pit::open();
    let id = OrderId::VENUE_FIRST.0 - 1;
    assert_eq!(pit.play(&format!("1 buy {id} @ 1 x1"))[0], format!("accepted 1/{id}"));
    assert_eq!(pit.play(&format!("1 cancel {id}")), [format!("cancelled 1/{id} at 1 left 1 User")]);
    let own = format!("1 buy {} @ 1 x1", u64::MAX);
    let refused = format!("rejected 1/{} ReduceOnly", u64::MAX);
    assert_eq!(pit.play(&own), [refused], "numbers from 2^63 on are the venue's, to close with");
    assert_eq!(pit.play("1 buy 0 @ 1 x1")[0], "accepted 1/0", "zero is a number too");
    assert_eq!(
        pit.play(&format!("1 buy 1 @ 1 x1 on {}", u32::MAX)),
        ["rejected 1/1 UnknownInstrument"]
    );
    assert_eq!(pit.play(&format!("{} buy 1 @ 1 x1", u32::MAX)), ["rejected venue UnknownAccount"]);
    assert_eq!(pit.play(&format!("deliver 1 {}", u64::MAX)), [format!("delivered 1 {}", u64::MAX)]);
    assert_eq!(pit.lots(1).0, i128::from(u64::MAX));
    assert_eq!(pit.play(&format!("deliver 1 1 on {}", u32::MAX)), ["rejected 1 UnknownInstrument"]);
    assert_eq!(pit.exchange.phase(InstrumentId(0)), pitfloor_model::event::Phase::Continuous);
}

#[test]
fn time_may_stand_still_but_not_run_backwards() {
    let mut pit = Pit::open();
    let told = pit.play("at 18446744073709551615\n1 buy 1 @ 1 x1\n1 cancel 1");
    assert_eq!(told.len(), 3);
    let backwards = story::read("at 5\n1 buy 1 @ 1 x1");
    let applied = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        pit.exchange.apply(&backwards[0], &mut Vec::new());
    }));
    assert!(applied.is_err(), "a sequencer that runs backwards is a mistake, not a refusal");
}
