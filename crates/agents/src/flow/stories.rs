//! What the flows must obviously do, each alone in a market.

use crate::floor::{ACME, Floor, REFERENCE};
use pitfloor_model::command::{Command, Kind as OrderKind, Order, Stp};
use pitfloor_model::event::Event;
use pitfloor_model::units::{AccountId, Qty, Side, Span};
use pitfloor_sim::kernel::Endowment;
use pitfloor_sim::latency::Latency;
use pitfloor_sim::params::Params;

/// A floor with one flow in it, played for so many seconds.
fn floor(kind: &str, changes: &[(&str, &str)], seconds: u64) -> (Floor, AccountId) {
    let mut floor = Floor::new(1);
    let flow = seat(&mut floor, kind, changes);
    floor.pass(Span::secs(seconds));
    (floor, flow)
}

fn seat(floor: &mut Floor, kind: &str, changes: &[(&str, &str)]) -> AccountId {
    let here = Latency::Fixed(Span::ZERO);
    floor.seat_as(kind, kind, 0, here, &Endowment::unlimited(), changes)
}

fn placed(floor: &Floor, flow: AccountId) -> (Vec<Order>, Vec<Order>) {
    let market = |order: &Order| order.kind == OrderKind::Market;
    floor.placed_by(flow).into_iter().partition(market)
}

fn cancels(floor: &Floor, flow: AccountId) -> usize {
    let asked = floor.asked_by(flow);
    asked.iter().filter(|asked| matches!(asked, Command::Cancel { .. })).count()
}

/// Within four standard errors of a Poisson count.
fn poisson(found: usize, expected: f64) {
    let off = (found as f64 - expected).abs();
    assert!(off < 4.0 * libm::sqrt(expected), "found {found}, expected {expected}");
}

fn refused(kind: &str, changes: &[(&str, &str)]) -> String {
    let definition = &Floor::venue().instruments()[0].clone();
    Params::of(crate::find(kind).unwrap(), changes, definition).unwrap_err()
}

#[test]
fn zero_intelligence_sends_what_its_rates_say_and_meets_itself() {
    let rates = [("limits", "0.5"), ("markets", "10"), ("cancels", "0.5"), ("window", "40")];
    let (floor, flow) = floor("zero-intelligence", &rates, 300);
    let (markets, limits) = placed(&floor, flow);
    poisson(limits.len(), 2.0 * 0.5 * 40.0 * 300.0);
    poisson(limits.iter().filter(|order| order.side == Side::Buy).count(), 0.5 * 40.0 * 300.0);
    // A few meet nobody while the book is young.
    assert!((2_700..3_200).contains(&markets.len()), "{}", markets.len());
    let trades = floor.events().filter(|event| event.is_trade()).count();
    assert_eq!(trades, markets.len(), "every market order trades, whole");
    assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
    assert!(markets.iter().chain(&limits).all(|order| order.stp == Stp::None));
    assert_eq!(floor.held(flow), 0, "what it sells it buys");
}

/// Nobody is asked to cancel what has gone: it knows its own orders.
#[test]
fn zero_intelligence_cancels_each_order_at_one_rate() {
    let rates = [("limits", "1"), ("markets", "0"), ("cancels", "0.2"), ("window", "30")];
    let (floor, flow) = floor("zero-intelligence", &rates, 400);
    // Without trades, n tends to 2·30·1/0.2 = 300 with relaxation time 5 s.
    poisson(cancels(&floor, flow), 60.0 * (400.0 - 5.0));
    let levels = floor.kernel.board().levels(ACME);
    let lots = |side| levels.levels(side).map(|(_, qty)| qty.0).sum::<u64>();
    poisson((lots(Side::Buy) + lots(Side::Sell)) as usize, 300.0);
}

#[test]
fn a_market_order_against_nobody_is_dropped() {
    let rates = [("limits", "0"), ("markets", "50"), ("cancels", "1")];
    let (mut floor, flow) = floor("zero-intelligence", &rates, 10);
    assert!(floor.placed_by(flow).is_empty(), "there is nobody");
    floor.rest(Side::Sell, REFERENCE.0 + 1, 1_000_000);
    floor.pass(Span::secs(10));
    let (markets, limits) = placed(&floor, flow);
    assert!(limits.is_empty() && markets.iter().all(|order| order.side == Side::Buy));
    poisson(markets.len(), 250.0);
}

/// Others may take from it and quote in between: it goes on, and cancels nothing that is not there.
#[test]
fn flows_live_with_others() {
    for kind in ["zero-intelligence", "cont-stoikov-talreja", "queue-reactive", "hawkes"] {
        let mut floor = Floor::new(3);
        let flow = seat(&mut floor, kind, &[]);
        for round in 0..200 {
            floor.pass(Span::millis(100));
            let (bid, ask) = floor.best();
            match (round % 4, bid, ask) {
                (0, Some(bid), _) => floor.take(Side::Sell, bid, 2),
                (1, _, Some(ask)) => floor.take(Side::Buy, ask, 3),
                (2, Some(bid), Some(_)) => {
                    floor.rest(Side::Buy, bid, 1);
                }
                _ => {}
            }
        }
        assert!(floor.refusals().is_empty(), "{kind}: {:?}", floor.refusals());
        assert!(floor.placed_by(flow).len() > 50, "{kind} goes on");
        assert!(floor.events().filter(|event| event.is_trade()).count() > 80, "{kind}");
    }
}

#[test]
fn a_birth_death_book_begins_full_and_rests_where_its_rates_say() {
    let (floor, flow) = floor("cont-stoikov-talreja", &[("markets", "0"), ("reach", "3")], 600);
    let (markets, limits) = placed(&floor, flow);
    assert!(markets.is_empty());
    assert!(limits[..18].iter().all(|order| (order.price.unwrap().0 - 10_000).abs() <= 3));
    poisson(limits.len() - 18, 2.0 * (1.85 + 1.51 + 1.09) * 600.0);
    assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
}

#[test]
fn a_splitter_marks_its_children_and_finishes_what_it_begins() {
    let mut floor = Floor::new(1);
    floor.rest(Side::Buy, 9_999, 1_000_000);
    floor.rest(Side::Sell, 10_001, 1_000_000);
    let splitter = seat(&mut floor, "splitter", &[("rate", "10ms"), ("alive", "5")]);
    floor.pass(Span::secs(200));
    let children = floor.placed_by(splitter);
    assert!((19_990..20_010).contains(&children.len()), "{}", children.len());
    let mut metaorders = std::collections::BTreeMap::new();
    for child in &children {
        assert_eq!((child.qty, child.kind), (Qty(1), OrderKind::Market));
        let (side, lots) = metaorders.entry(child.with.tag).or_insert((child.side, 0_u64));
        assert_eq!(*side, child.side, "a metaorder has one side");
        *lots += 1;
    }
    assert!(metaorders.keys().copied().eq(1..=metaorders.len() as u32), "numbers without a gap");
    // P(size > x) = x^−1.5 for whole x: 35% are larger than two lots, 3% than ten.
    let sizes = metaorders.values().map(|(_, lots)| *lots);
    let larger = |than: u64| sizes.clone().filter(|lots| *lots > than).count() as f64;
    let n = metaorders.len() as f64;
    assert!((larger(2) / n - 0.3536).abs() < 4.0 * libm::sqrt(0.2286 / n), "{}", larger(2) / n);
    assert!((larger(10) / n - 0.0316).abs() < 4.0 * libm::sqrt(0.0306 / n), "{}", larger(10) / n);
    let buys = metaorders.values().filter(|(side, _)| *side == Side::Buy).count() as f64;
    assert!((buys / n - 0.5).abs() < 2.0 / libm::sqrt(n), "fair: {}", buys / n);
}

#[test]
fn a_splitter_waits_while_nobody_stands_there() {
    let (mut floor, splitter) = floor("splitter", &[("rate", "10ms")], 1);
    assert!(floor.placed_by(splitter).is_empty());
    floor.rest(Side::Sell, 10_001, 1_000_000);
    floor.pass(Span::secs(1));
    let children = floor.placed_by(splitter);
    assert!(!children.is_empty() && children.iter().all(|order| order.side == Side::Buy));
}

/// With one queue a side and a price that moves whenever it empties, the first bid and the first ask
/// stay one step apart around it.
#[test]
fn a_queue_reactive_price_moves_to_where_it_was_taken_from() {
    let changes =
        [("queues", "2"), ("limits", "1.85 1.51"), ("cancels", "0.71 0.81"), ("moves", "1")];
    let (floor, flow) =
        floor("queue-reactive", &[&changes[..], &[("renewals", "1")]].concat(), 600);
    let (bid, ask) = floor.best();
    let moved = (bid.unwrap() - 10_000).abs();
    assert!(moved > 0 && ask.unwrap() - bid.unwrap() <= 3, "{bid:?} {ask:?}");
    let prices: std::collections::BTreeSet<_> =
        floor.placed_by(flow).iter().filter_map(|order| order.price).collect();
    assert!(prices.len() > 8, "it has been at many prices: {}", prices.len());
    assert!(floor.refusals().is_empty(), "{:?}", floor.refusals());
}

#[test]
fn tables_that_do_not_fit_are_refused() {
    let said = refused("queue-reactive", &[("limits", "1.85 1.51")]);
    assert_eq!(
        said,
        "limits: found 2 numbers, expected a multiple of 3: rows of one length, one for each queue"
    );
    let endless = [("cancels", "0 0 0"), ("markets", "0.5")];
    let said = refused("queue-reactive", &endless);
    assert!(said.starts_with("limits: found a queue 1 that grows however long it is"), "{said}");
}

#[test]
fn bursts_follow_what_excites_them() {
    // Purchases call forth purchases of nothing but themselves; sales are rare.
    let changes = [
        ("messages", "market-buy market-sell"),
        ("baseline", "0.2 0.2"),
        ("excitation", "0.8 0"),
        ("depth", "0"),
    ];
    let mut floor = Floor::new(1);
    floor.rest(Side::Buy, 9_999, 1_000_000);
    floor.rest(Side::Sell, 10_001, 1_000_000);
    let flow = seat(&mut floor, "hawkes", &changes);
    floor.pass(Span::secs(3_000));
    let orders = floor.placed_by(flow);
    let buys = orders.iter().filter(|order| order.side == Side::Buy).count() as f64;
    // 0.2/(1 − 0.8) a second; the variance of the count is 25 times its mean.
    assert!((buys - 3_000.0).abs() < 4.0 * libm::sqrt(25.0 * 3_000.0), "{buys}");
    poisson(orders.len() - buys as usize, 600.0);
}

#[test]
fn all_eight_messages_are_sent_and_the_book_stays_finite() {
    let (floor, flow) = floor("hawkes", &[], 1_000);
    let (markets, limits) = placed(&floor, flow);
    assert!(markets.len() > 800 && limits.len() > 1_500 && cancels(&floor, flow) > 500);
    let inside = floor.events().filter(|event| matches!(event, Event::Rested { .. })).count();
    assert!(inside > 1_500);
    let (bid, ask) = floor.best();
    assert!(bid.is_some() && ask.is_some(), "a book is left: {bid:?} {ask:?}");
}

#[test]
fn a_flow_that_explodes_is_refused_with_its_radius() {
    let two = [("messages", "market-buy market-sell"), ("baseline", "1 1")];
    let radius = |excitation: &str, decay: &str| {
        refused("hawkes", &[&two[..], &[("excitation", excitation), ("decay", decay)]].concat())
    };
    // [[0.5, 1], [0.5, 0.5]]: 0.5 ± √0.5.
    let said = radius("0.5 1 0.5 0.5", "1");
    let expected = "excitation: found a branching matrix of spectral radius 1.2071, \
                    expected one below 1: otherwise the flow explodes";
    assert_eq!(said, expected);
    assert!(radius("2", "2").contains("radius 1.0000"), "at 1 as well");
    assert!(radius("0 3 3 0", "2").contains("radius 1.5000"), "a circle has one too");
    assert!(radius("1 2 3", "1").contains("3 numbers, expected 1, 2 or 4"));
    let said = refused("hawkes", &[("baseline", "1 1")]);
    assert!(said.starts_with("baseline: found 2 numbers, expected 8"), "{said}");
    assert!(refused("hawkes", &[("messages", "market-buy up")]).starts_with("messages: found"));
}
