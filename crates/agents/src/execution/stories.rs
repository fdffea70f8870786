//! What every kind of execution does, told once for all of them: it gets the whole done where that
//! is possible, never more, keeps to its prices, and says what it could not do.

use crate::floor::Floor;
use pitfloor_model::command::{Command, Order, Tif};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Price, Side, Span, Time};
use pitfloor_sim::decision::Decision;
use pitfloor_sim::dice::Dice;
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::Params;

const KINDS: [&str; 5] = ["twap", "vwap", "pov", "almgren-chriss", "obizhaeva-wang"];
const PLANNED: [&str; 4] = ["twap", "vwap", "almgren-chriss", "obizhaeva-wang"];
/// A hundred seconds.
const SHORT: [(&str, &str); 2] = [("start", "10s"), ("end", "110s")];

/// Somebody with ten million dollars and 50 000 shares, a millisecond away, traced.
fn seat(floor: &mut Floor, kind: &str, changes: &[(&str, &str)]) -> AccountId {
    let (near, means) = (Latency::Fixed(Span::millis(1)), Floor::means(10_000_000, 50_000));
    let changes = [changes, &SHORT[..]].concat();
    let account = floor.seat_as(kind, kind, 0, near, &means, &changes);
    floor.kernel.trace(account);
    account
}

/// Lots that `account` has bought or sold, and when, one for each order that traded.
fn fills(floor: &Floor, account: AccountId) -> Vec<(f64, u64)> {
    let mut fills: Vec<(f64, u64)> = Vec::new();
    for (stamped, events) in &floor.record.0 {
        for event in events {
            if let Event::Traded { maker, taker, qty, .. } = event
                && (maker.account == account || taker.account == account)
            {
                let at = (stamped.at.0 as f64 / 1e9).round();
                match fills.last_mut() {
                    Some((last, lots)) if *last == at => *lots += qty.0,
                    _ => fills.push((at, qty.0)),
                }
            }
        }
    }
    fills
}

fn total(floor: &Floor, account: AccountId) -> u64 {
    fills(floor, account).iter().map(|(_, lots)| lots).sum()
}

/// What it said at the end: lots left and lots done.
fn account_of(floor: &Floor, account: AccountId) -> (u64, u64) {
    let ends = |decision: &&Decision| {
        decision.account == account
            && matches!(decision.rule, "end: so many left" | "end: all done")
    };
    let told: Vec<&Decision> = floor.record.1.iter().filter(ends).collect();
    assert_eq!(told.len(), 1, "the account is given once: {told:?}");
    let figure = |name| told[0].figures.iter().find(|(known, _)| *known == name).unwrap().1 as u64;
    let account = (figure("lots_left"), figure("lots_done"));
    assert_eq!(told[0].rule == "end: all done", account.0 == 0);
    account
}

#[test]
fn equal_slices_at_equal_moments() {
    let mut floor = Floor::new(1);
    floor.quote(10_000, 1, &mut Vec::new());
    let agent = seat(&mut floor, "twap", &[("lots", "502")]);
    floor.pass(Span::secs(200));
    let wanted: Vec<(f64, u64)> =
        (0..10).map(|i| (10.0 + 10.0 * f64::from(i), 50 + u64::from(i < 2))).collect();
    assert_eq!(fills(&floor, agent), wanted);
    assert_eq!(account_of(&floor, agent), (0, 502));
    assert_eq!(floor.held(agent), 50_502);
}

#[test]
fn slices_follow_the_profile() {
    let mut floor = Floor::new(1);
    floor.quote(10_000, 1, &mut Vec::new());
    let changes = [("lots", "10000"), ("side", "sell"), ("start", "10s"), ("end", "80s")];
    let agent = seat(&mut floor, "vwap", &changes);
    floor.pass(Span::secs(200));
    let wanted = [1_500, 1_000, 800, 700, 1_000, 1_500, 3_500];
    let lots: Vec<u64> = fills(&floor, agent).iter().map(|(_, lots)| *lots).collect();
    assert_eq!(lots, wanted);
    assert_eq!(floor.held(agent), 40_000);
}

#[test]
fn a_tenth_of_the_volume_is_a_hundred_with_nine_hundred_of_others() {
    let mut floor = Floor::new(1);
    floor.quote(10_000, 1, &mut Vec::new());
    let agent = seat(&mut floor, "pov", &[("lots", "5000"), ("end", "10m")]);
    floor.take(Side::Buy, 10_100, 777); // before it begins: that counts for nothing
    floor.pass(Span::secs(12));
    for _ in 0..5 {
        floor.take(Side::Sell, 9_900, 500);
        floor.take(Side::Buy, 10_100, 400);
        floor.pass(Span::secs(10));
    }
    let lots: Vec<u64> = fills(&floor, agent).iter().map(|(_, lots)| *lots).collect();
    assert_eq!(lots, [100; 5]);
    // A tenth of all, its own included.
    let all = floor.events().filter_map(|event| match event {
        Event::Traded { qty, .. } => Some(qty.0),
        _ => None,
    });
    assert_eq!(all.sum::<u64>() - 777, 10 * 500);
    floor.pass(Span::secs(600));
    assert_eq!(account_of(&floor, agent), (4_500, 500), "a quiet market: the rest is told");
}

/// A burst of 9 000 lots of others, then 90 in each window: what each rule does with a cap of 400.
#[test]
fn what_the_cap_cut_off_is_caught_up_by_the_rule() {
    let trades = |rule| {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let changes = [("lots", "5000"), ("cap", "400"), ("catch_up", rule), ("end", "70s")];
        let agent = seat(&mut floor, "pov", &changes);
        floor.pass(Span::secs(11));
        floor.take(Side::Buy, 10_100, 9_000);
        floor.pass(Span::secs(9));
        for _ in 0..5 {
            floor.take(Side::Buy, 10_100, 90);
            floor.pass(Span::secs(10));
        }
        fills(&floor, agent)
            .iter()
            .filter(|(at, _)| (at - 20.0).abs() % 10.0 == 0.0)
            .map(|(_, lots)| *lots)
            .collect::<Vec<u64>>()
    };
    // Due are 1000, then 10 a window.
    assert_eq!(trades("none"), [400, 10, 10, 10, 10]);
    assert_eq!(trades("next"), [400, 400, 220, 10, 10]);
    assert_eq!(trades("spread"), [400, 160, 160, 160, 160]);
}

/// Five lots of others in a window are 0.56 of its own: the parts add up to whole lots.
#[test]
fn fractions_of_a_lot_are_not_lost() {
    let mut floor = Floor::new(1);
    floor.quote(10_000, 1, &mut Vec::new());
    let agent = seat(&mut floor, "pov", &[("end", "10m"), ("catch_up", "none")]);
    floor.pass(Span::secs(11));
    for _ in 0..36 {
        floor.take(Side::Buy, 10_100, 5);
        floor.pass(Span::secs(10));
    }
    assert_eq!(total(&floor, agent), 20, "a ninth of 180");
}

#[test]
fn at_the_touch_it_takes_the_best_price_alone_and_again_each_second() {
    let run = |orders| {
        let mut floor = Floor::new(1);
        floor.rest(Side::Sell, 10_001, 5);
        floor.rest(Side::Sell, 10_003, 5);
        floor.rest(Side::Sell, 10_400, 5);
        floor.rest(Side::Sell, 10_700, 500); // more than 5 % away
        let changes = [("orders", orders), ("lots", "30"), ("slices", "1")];
        let agent = seat(&mut floor, "twap", &changes);
        floor.pass(Span::millis(10_500));
        (fills(&floor, agent), floor, agent)
    };
    assert_eq!(run("market").0, [(10.0, 15)], "as far as 5 % from the best");
    let (first, mut floor, agent) = run("touch");
    assert_eq!(first, [(10.0, 5)]);
    floor.pass(Span::secs(2));
    assert_eq!(fills(&floor, agent), [(10.0, 5), (11.0, 5), (12.0, 5)]);
}

#[test]
fn who_is_patient_rests_and_crosses_what_the_interval_has_left() {
    for kind in PLANNED {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 5, &mut Vec::new());
        let agent = seat(&mut floor, kind, &[("orders", "passive"), ("lots", "700")]);
        for _ in 0..120 {
            floor.take(Side::Sell, 9_995, 3); // a few come to it
            floor.pass(Span::secs(1));
        }
        let placed = floor.placed_by(agent);
        let (rests, crosses): (Vec<&Order>, Vec<&Order>) =
            placed.iter().partition(|order| order.tif != Tif::Ioc);
        assert!(rests.iter().all(|order| order.price == Some(Price(9_995))), "{kind}: {rests:?}");
        assert!(!crosses.is_empty() && rests.len() >= 2, "{kind}: {placed:?}");
        assert_eq!((total(&floor, agent), account_of(&floor, agent)), (700, (0, 700)), "{kind}");
        assert!(floor.refusals().is_empty(), "{kind}: {:?}", floor.refusals());
    }
}

#[test]
fn waits_for_its_limit_and_makes_up_for_it() {
    for kind in PLANNED {
        let mut floor = Floor::new(1);
        let mut before = Vec::new();
        floor.quote(10_000, 1, &mut before);
        let agent = seat(&mut floor, kind, &[("limit", "99.50"), ("lots", "1000")]);
        floor.pass(Span::secs(60));
        assert_eq!(total(&floor, agent), 0, "{kind}: too dear");
        assert!(floor.placed_by(agent).is_empty(), "{kind} asks for nothing that cannot be");
        floor.quote(9_940, 1, &mut before);
        floor.pass(Span::secs(2));
        let caught_up = total(&floor, agent);
        let wanted = if kind == "vwap" { 330 } else { 400 };
        assert!(caught_up >= wanted, "{kind}: {caught_up}");
        floor.pass(Span::secs(100));
        assert_eq!(account_of(&floor, agent), (0, 1_000), "{kind}");
    }
}

#[test]
fn takes_all_of_it_at_the_price_at_which_it_would() {
    for kind in KINDS {
        let mut floor = Floor::new(1);
        floor.quote(10_000, 1, &mut Vec::new());
        let changes = [("side", "sell"), ("would", "101.00"), ("lots", "3000")];
        let agent = seat(&mut floor, kind, &changes);
        floor.pass(Span::secs(15));
        assert!(total(&floor, agent) < 1_600, "{kind}");
        floor.rest(Side::Buy, 10_000, 10);
        floor.take(Side::Buy, 10_001, 1_000_000);
        floor.rest(Side::Buy, 10_150, 500_000);
        floor.pass(Span::millis(5));
        assert_eq!(total(&floor, agent), 3_000, "{kind}");
        let last = *floor.placed_by(agent).last().unwrap();
        assert_eq!(last.price, Some(Price(10_100)), "{kind}: no worse than it said");
        floor.pass(Span::secs(200));
        assert_eq!(account_of(&floor, agent), (0, 3_000), "{kind}");
    }
}

#[test]
fn an_empty_market_leaves_all_of_it_and_that_is_told() {
    for kind in KINDS {
        for orders in ["market", "touch", "passive"] {
            let mut floor = Floor::new(1);
            let agent = seat(&mut floor, kind, &[("orders", orders), ("lots", "300")]);
            floor.pass(Span::secs(200));
            assert_eq!(account_of(&floor, agent), (300, 0), "{kind} {orders}");
            assert_eq!(
                floor.kernel.exchange().lots(agent, crate::floor::ACME).unwrap().reserved,
                0
            );
        }
    }
}

#[test]
fn jitter_moves_every_slice_within_its_interval() {
    let mut floor = Floor::new(1);
    floor.quote(10_000, 1, &mut Vec::new());
    let agent = seat(&mut floor, "twap", &[("lots", "100"), ("jitter", "0.5")]);
    floor.pass(Span::secs(200));
    let sent: Vec<Time> = floor
        .record
        .0
        .iter()
        .filter(|(stamped, _)| stamped.command.account() == agent)
        .filter(|(stamped, _)| matches!(stamped.command, Command::Place(_)))
        .map(|(stamped, _)| stamped.at)
        .collect();
    assert_eq!(sent.len(), 10);
    let late = |(i, at): (usize, &Time)| at.0 as f64 / 1e9 - 10.0 - 10.0 * i as f64;
    let lates: Vec<f64> = sent.iter().enumerate().map(late).collect();
    assert!(lates.iter().all(|late| (0.0..=5.01).contains(late)), "{lates:?}");
    let most = lates.iter().fold(0.0, |most: f64, late| most.max(*late));
    assert!(most > 1.0, "not all at once: {lates:?}");
    assert_eq!(total(&floor, agent), 100);
}

#[test]
fn buys_no_more_than_it_can_pay_and_sells_no_more_than_it_has() {
    for (side, left) in [("buy", 1_000..1_200), ("sell", 1_500..1_501)] {
        for kind in PLANNED {
            let mut floor = Floor::new(1);
            floor.quote(10_000, 1, &mut Vec::new());
            let near = Latency::Fixed(Span::millis(1));
            let means = Floor::means(100_000, 500);
            let changes = [&SHORT[..], &[("side", side), ("lots", "2000")]].concat();
            let agent = floor.seat_as(kind, kind, 0, near, &means, &changes);
            floor.kernel.trace(agent);
            floor.pass(Span::secs(200));
            assert!(floor.refusals().is_empty(), "{kind} {side}: {:?}", floor.refusals());
            let (told, done) = account_of(&floor, agent);
            assert!(left.contains(&told), "{kind} {side}: {told}");
            assert_eq!((done, told + done), (total(&floor, agent), 2_000));
        }
    }
}

/// Whatever is in the book and whoever comes: the children never sum to more than the order, what
/// is done and what is told to be left are the order, no price is worse than the limit, and nothing
/// is refused.
#[test]
fn children_and_what_is_left_sum_to_the_order_whatever_fills() {
    let mut whole = 0;
    for seed in 0..150 {
        let mut dice = Dice::new(seed, "execution");
        let mut floor = Floor::new(seed);
        let kind = KINDS[dice.below(5) as usize];
        let orders = ["market", "touch", "passive"][dice.below(3) as usize];
        let side = ["buy", "sell"][dice.below(2) as usize];
        let lots = 1 + dice.below(400);
        let limit = ["0", "100.05", "99.95"][dice.below(3) as usize];
        let would = ["0", "0", "99.90", "100.10"][dice.below(4) as usize];
        let (text, jitter) = (lots.to_string(), ["0", "1"][dice.below(2) as usize]);
        let changes = [
            ("orders", orders),
            ("side", side),
            ("lots", &text),
            ("limit", limit),
            ("would", would),
            ("jitter", jitter),
            SHORT[0],
            SHORT[1],
        ];
        let far = Latency::Uniform(Span::millis(1), Span::millis(900));
        let means = Floor::means(10_000_000, 50_000);
        let agent = floor.seat_as(kind, kind, 0, far, &means, &changes);
        floor.kernel.trace(agent);
        for _ in 0..260 {
            match dice.below(4) {
                0 => drop(floor.rest(Side::Buy, dice.between(9_970, 9_999), 1 + dice.below(60))),
                1 => drop(floor.rest(Side::Sell, dice.between(10_001, 10_030), 1 + dice.below(60))),
                2 => floor.take(Side::Buy, 10_020, 1 + dice.below(50)),
                _ => floor.take(Side::Sell, 9_980, 1 + dice.below(50)),
            }
            floor.pass(Span::millis(500));
        }
        let said = format!("{seed}: {kind} {changes:?}");
        let (left, done) = account_of(&floor, agent);
        assert_eq!((done, left + done), (total(&floor, agent), lots), "{said}");
        whole += u64::from(left == 0);
        let moved = floor.held(agent) - 50_000;
        assert_eq!(moved, done as i128 * if side == "buy" { 1 } else { -1 }, "{said}");
        let worst: f64 = limit.parse().unwrap();
        for order in floor.placed_by(agent).iter().filter(|_| worst > 0.0) {
            let ticks = Price((worst * 100.0).round() as i64);
            let kept = order.side.accepts(ticks, order.price.expect("every order has a price"));
            let would = would != "0" && order.tif == Tif::Ioc;
            assert!(kept || would, "{said}: {order:?}");
        }
        // A cancellation that crosses a fill on the way finds nothing; nothing else is refused.
        let unknown = |event: &&Event| {
            !matches!(event, Event::Rejected { why, .. }
                if *why == pitfloor_model::event::Reject::UnknownOrder)
        };
        assert_eq!(floor.refusals().iter().filter(unknown).count(), 0, "{said}");
        assert_eq!(floor.kernel.exchange().lots(agent, crate::floor::ACME).unwrap().reserved, 0);
    }
    assert!(whole > 40, "many are done: {whole}");
}

#[test]
fn terms_that_do_not_go_together_are_refused_with_what_was_expected() {
    let acme = Floor::venue().instruments()[0].clone();
    let refusal = |kind, changes: &[(&str, &str)]| {
        Params::of(crate::find(kind).unwrap(), changes, &acme).unwrap_err()
    };
    for kind in KINDS {
        let told = refusal(kind, &[("start", "10m"), ("end", "10m")]);
        assert_eq!(told, "end: found 600 s with a start of 600 s, expected a moment after start");
        let told = refusal(kind, &[("side", "hold")]);
        assert_eq!(told, "side: found \"hold\", expected one of buy, sell");
        assert!(refusal(kind, &[("lots", "0")]).starts_with("lots: found \"0\", expected a whole"));
        assert!(refusal(kind, &[("limit", "99.995")]).starts_with("limit: found \"99.995\""));
        assert!(refusal(kind, &[("jitter", "1.5")]).ends_with("expected a number from 0 to 1"));
    }
    let told = refusal("vwap", &[("profile", "0 0 0")]);
    assert_eq!(told, "profile: found none, expected a share above 0 in some interval");
    assert!(refusal("vwap", &[("profile", "")]).starts_with("profile: found \"\""));
    assert!(refusal("twap", &[("slices", "0")]).starts_with("slices: found \"0\""));
    assert!(refusal("pov", &[("participation", "1")]).starts_with("participation: found \"1\""));
    assert!(refusal("pov", &[("catch_up", "later")]).ends_with("one of none, next, spread"));
}
