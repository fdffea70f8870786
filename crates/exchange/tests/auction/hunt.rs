//! Random calls: the fast auction against the plain one, and what must be true after every uncross.

use crate::plain;
use pitfloor_exchange::auction::{
    Aggregate, CallRules, Collar, Discovery, Interest, Tie, Uncross, Verdict, close, discover,
};
use pitfloor_model::units::{Price, Qty, Side, Stamp};
use proptest::prelude::*;

/// Calls compared with the plain auction.
const CALLS: u32 = 120_000;

/// A call of at most 14 orders at few prices, some of them the same.
#[derive(Clone, Debug)]
struct Call {
    interests: Vec<Interest>,
    rules: CallRules,
}

/// Where the grid of a random call lies: `step` ticks apart, from below zero to above it.
fn price(step: u64) -> impl Strategy<Value = Price> {
    (-5..=5_i64).prop_map(move |place| Price(place * step as i64))
}

/// An order; `limits` of 8 carry a limit.
fn interest(step: u64, limits: u32) -> impl Strategy<Value = Interest> {
    let limit = prop_oneof![limits => price(step).prop_map(Some), 8 - limits => Just(None)];
    // Shown, partly hidden, or all hidden: never nothing.
    let lots = prop_oneof![
        6 => (1..=6_u64).prop_map(|shown| (shown, 0)),
        2 => (1..=6_u64, 1..=6_u64),
        1 => (1..=6_u64).prop_map(|hidden| (0, hidden)),
    ];
    (any::<bool>(), limit, lots, 0..100_u64, prop::bool::weighted(0.15), any::<bool>()).prop_map(
        |(buys, limit, (shown, hidden), stamp, io, stays)| Interest {
            handle: 0,
            side: if buys { Side::Buy } else { Side::Sell },
            limit,
            // Market and imbalance-only orders hide nothing.
            shown: Qty(if limit.is_none() || io { shown + hidden } else { shown }),
            hidden: Qty(if limit.is_none() || io { 0 } else { hidden }),
            stamp: Stamp(stamp),
            imbalance_only: io && limit.is_some(),
            stays: stays && limit.is_some() && !io,
        },
    )
}

fn call() -> impl Strategy<Value = Call> {
    let limits = prop_oneof![9 => Just(7), 1 => Just(1)];
    (1..=3_u64, limits).prop_flat_map(|(step, limits)| {
        let interests = prop::collection::vec(interest(step, limits), 0..15);
        let wide = 6 * step as i64;
        let reference = prop::option::weighted(0.8, -wide..=wide);
        let collar = prop::option::weighted(0.4, (-wide..=wide, 0..=wide));
        (interests, reference, collar, any::<bool>()).prop_map(
            move |(mut interests, reference, collar, higher)| {
                for (place, interest) in interests.iter_mut().enumerate() {
                    // Handles and stamps are of one order each, and in no order among themselves.
                    interest.handle = 1_000 - place;
                    interest.stamp = Stamp(interest.stamp.0 * 100 + place as u64);
                }
                let collar = collar.map(|(lower, width)| Collar {
                    lower: Price(lower),
                    upper: Price(lower + width),
                });
                let tie = if higher { Tie::Higher } else { Tie::Lower };
                let reference = reference.map(Price);
                Call { interests, rules: CallRules { reference, collar, price_step: step, tie } }
            },
        )
    })
}

fn plainly(call: &Call) -> plain::Outcome {
    let orders = call.interests.iter().map(|interest| plain::Order {
        buys: interest.side == Side::Buy,
        limit: interest.limit.map(|limit| limit.0),
        shown: interest.shown.0,
        hidden: interest.hidden.0,
        stamp: interest.stamp.0,
        io: interest.imbalance_only,
        stays: interest.stays,
    });
    let orders: Vec<plain::Order> = orders.collect();
    let rules = |collar| plain::Rules {
        reference: call.rules.reference.map(|at| at.0),
        collar,
        step: call.rules.price_step as i64,
        higher_of_equals: call.rules.tie == Tie::Higher,
    };
    plain::uncross(&orders, &rules(call.rules.collar.map(|c| (c.lower.0, c.upper.0))))
}

fn found(discovery: Discovery) -> plain::Found {
    let surplus = discovery.surplus.0 as i64;
    let signed = if discovery.side == Some(Side::Sell) { -surplus } else { surplus };
    discovery.price.map(|price| (price.0, discovery.qty.0 as i64, signed))
}

/// Ends `call` in `uncross`.
fn ended(call: &Call, uncross: &mut Uncross) -> Verdict {
    close(&Aggregate::of(&call.interests), &call.interests, &call.rules, uncross)
}

fn free(call: &Call) -> Call {
    Call { interests: call.interests.clone(), rules: call.rules.without_collar() }
}

fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(settings(CALLS))]

    /// Price, volume, surplus, every pairing and every fill, and whether the call is extended.
    #[test]
    fn agrees_with_the_plain_auction(call in call()) {
        let plainly = plainly(&call);
        let mut uncross = Uncross::default();
        let verdict = ended(&call, &mut uncross);
        prop_assert_eq!(found(uncross.discovery()), plainly.found);
        let place = |handle: usize| 1_000 - handle;
        let pairs = uncross.pairings().iter();
        let pairs: Vec<_> = pairs.map(|p| (place(p.buy), place(p.sell), p.qty.0)).collect();
        prop_assert_eq!(pairs, plainly.pairs);
        let fills = uncross.fills().iter();
        let fills: Vec<_> = fills.map(|fill| (fill.shown.0, fill.hidden.0)).collect();
        prop_assert_eq!(fills, plainly.fills);
        let cut = plainly.found.is_none() && self::plainly(&free(&call)).found.is_some();
        let expected = match (call.rules.collar, cut, plainly.crossed) {
            (Some(_), true, _) => Verdict::NothingWithin,
            (Some(_), false, true) => Verdict::Crossed,
            _ => Verdict::Uncross,
        };
        prop_assert_eq!(verdict, expected);
    }
}

proptest! {
    #![proptest_config(settings(30_000))]

    /// As much is bought as sold; nobody trades beyond its limit or its lots.
    #[test]
    fn nobody_gets_more_than_it_asked_for(call in call()) {
        let mut uncross = Uncross::default();
        let _ = ended(&call, &mut uncross);
        let price = uncross.discovery().price;
        let mut given = vec![0; call.interests.len()];
        for pairing in uncross.pairings() {
            prop_assert!(!pairing.qty.is_zero(), "no trade without lots");
            let (buy, sell) = (1_000 - pairing.buy, 1_000 - pairing.sell);
            prop_assert_eq!(call.interests[buy].side, Side::Buy);
            prop_assert_eq!(call.interests[sell].side, Side::Sell);
            let both_io = [buy, sell].iter().all(|place| call.interests[*place].imbalance_only);
            prop_assert!(!both_io, "imbalance-only orders never meet");
            given[buy] += pairing.qty.0;
            given[sell] += pairing.qty.0;
        }
        let traded: u64 = uncross.pairings().iter().map(|pairing| pairing.qty.0).sum();
        prop_assert_eq!(traded, uncross.discovery().qty.0);
        for ((interest, fill), given) in call.interests.iter().zip(uncross.fills()).zip(given) {
            prop_assert_eq!(fill.lots().0, given);
            prop_assert!(fill.shown <= interest.shown && fill.hidden <= interest.hidden);
            prop_assert!(fill.hidden.is_zero() || fill.shown == interest.shown);
            if let (Some(price), Some(limit), 1..) = (price, interest.limit, given) {
                prop_assert!(interest.side.accepts(limit, price), "within its limit");
            }
        }
    }

    /// A call without a collar leaves the book uncrossed, and no limit order better than the price
    /// with anything left.
    #[test]
    fn a_call_leaves_nothing_behind_that_could_have_traded(call in call()) {
        let call = free(&call);
        let mut uncross = Uncross::default();
        prop_assert_eq!(ended(&call, &mut uncross), Verdict::Uncross);
        let price = uncross.discovery().price;
        let left = call.interests.iter().zip(uncross.fills()).filter(|(interest, fill)| {
            !interest.imbalance_only && fill.lots() < interest.lots()
        });
        let (mut bid, mut ask) = (None, None);
        for (interest, _) in left {
            let Some(limit) = interest.limit else { continue };
            if let Some(price) = price {
                prop_assert!(!interest.side.improves(limit, price), "{:?} left", interest);
            }
            match interest.side {
                Side::Buy => bid = bid.max(Some(limit)),
                Side::Sell => ask = Some(ask.map_or(limit, |ask: Price| ask.min(limit))),
            }
        }
        prop_assert!(bid.is_none() || ask.is_none() || bid < ask, "crossed: {:?} {:?}", bid, ask);
    }

    /// A market has no preferred direction: with every price negated, the sides swapped and ties
    /// going the other way, the mirrored orders trade. "The lowest" knows up from down, so there is
    /// a reference; imbalance-only orders come along.
    #[test]
    fn the_mirrored_call_ends_as_the_mirror_image(call in call(), at in -18..=18_i64) {
        let rules = CallRules { reference: Some(Price(at)), ..call.rules };
        let call = Call { rules, ..call };
        let mirrored = mirror(&call);
        let (mut here, mut there) = (Uncross::default(), Uncross::default());
        prop_assert_eq!(ended(&call, &mut here), ended(&mirrored, &mut there));
        let (one, two) = (here.discovery(), there.discovery());
        prop_assert_eq!(one.price, two.price.map(negated));
        prop_assert_eq!((one.qty, one.surplus), (two.qty, two.surplus));
        prop_assert_eq!(one.side, two.side.map(Side::opposite));
        prop_assert_eq!(here.fills(), there.fills());
        let pairs = |uncross: &Uncross| -> Vec<_> {
            uncross.pairings().iter().map(|p| (p.buy, p.sell, p.qty)).collect()
        };
        let swapped: Vec<_> = pairs(&there).into_iter().map(|(buy, sell, qty)| (sell, buy, qty)).collect();
        prop_assert_eq!(pairs(&here), swapped);
    }

    /// Sums that followed every coming and going are those of the orders that are left, and an
    /// outcome computed in used buffers is the one computed in new ones.
    #[test]
    fn what_was_before_leaves_no_trace(call in call(), other in call()) {
        let mut sums = Aggregate::of(&other.interests);
        for interest in call.interests.iter().filter(|interest| !interest.imbalance_only) {
            sums.add(interest.side, interest.limit, interest.lots());
        }
        for interest in other.interests.iter().filter(|interest| !interest.imbalance_only) {
            sums.remove(interest.side, interest.limit, interest.lots());
        }
        prop_assert_eq!(&sums, &Aggregate::of(&call.interests));
        let (mut new, mut used) = (Uncross::default(), Uncross::default());
        let _ = ended(&other, &mut used);
        prop_assert_eq!(ended(&call, &mut new), ended(&call, &mut used));
        prop_assert_eq!(new.discovery(), used.discovery());
        prop_assert_eq!(new.pairings(), used.pairings());
        prop_assert_eq!(new.fills(), used.fills());
    }

    /// The order in which the orders are handed over does not matter: stamps decide.
    #[test]
    fn stamps_decide_and_not_the_order_of_the_slice(call in call()) {
        let mut turned = call.clone();
        turned.interests.reverse();
        let (mut one, mut two) = (Uncross::default(), Uncross::default());
        prop_assert_eq!(ended(&call, &mut one), ended(&turned, &mut two));
        prop_assert_eq!(one.pairings(), two.pairings());
        let fills: Vec<_> = two.fills().iter().rev().copied().collect();
        prop_assert_eq!(one.fills(), &fills[..]);
    }
}

fn negated(price: Price) -> Price {
    Price(-price.0)
}

fn mirror(call: &Call) -> Call {
    let interests = call.interests.iter().map(|interest| Interest {
        side: interest.side.opposite(),
        limit: interest.limit.map(negated),
        ..*interest
    });
    let collar = call
        .rules
        .collar
        .map(|collar| Collar { lower: negated(collar.upper), upper: negated(collar.lower) });
    let tie = match call.rules.tie {
        Tie::Lower => Tie::Higher,
        Tie::Higher => Tie::Lower,
    };
    let reference = call.rules.reference.map(negated);
    let rules = CallRules { reference, collar, tie, ..call.rules };
    Call { interests: interests.collect(), rules }
}

/// The hunt is worth what its calls are: most must trade, and every rule must get its turn.
#[test]
fn random_calls_are_of_every_sort() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let calls = (0..5_000).map(|_| call().new_tree(&mut runner).expect("a call").current());
    let mut counts = [0; 6];
    for call in calls {
        let mut uncross = Uncross::default();
        let verdict = ended(&call, &mut uncross);
        let sums = Aggregate::of(&call.interests);
        let before = discover(&sums, &call.rules);
        let sorts = [
            before.price.is_some(),
            uncross.discovery().qty > before.qty,
            verdict == Verdict::NothingWithin,
            verdict == Verdict::Crossed,
            before.price.is_some() && before.side.is_none(),
            before.price.is_some() && sums.limits_count() == 0,
        ];
        for (count, sort) in counts.iter_mut().zip(sorts) {
            *count += usize::from(sort);
        }
    }
    assert!(counts[0] > 2_000, "calls with a price: {counts:?}");
    assert!(counts[1..].iter().all(|count| *count >= 20), "every sort of call: {counts:?}");
}
