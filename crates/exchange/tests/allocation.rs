//! Sharing a level by itself: the worked table first, then the hunt.
#![allow(missing_docs)]

use pitfloor_exchange::allocation::{
    Allocation, AllocationRule, Maker, Rounding, Sharing, Weighing, Weight, allocate,
};
use pitfloor_model::units::Qty;
use proptest::prelude::*;

/// A queue of shown lots; nobody is privileged.
fn queue(lots: &[u64]) -> Vec<Maker> {
    lots.iter().map(|lots| Maker { lots: Qty(*lots), ..Maker::default() }).collect()
}

/// The queue of the worked table: a 10, b 5, c 30, d 55.
fn table() -> Vec<Maker> {
    queue(&[10, 5, 30, 55])
}

fn shared(rule: &Allocation, taker: u64, makers: &[Maker]) -> Vec<u64> {
    let mut out = vec![Qty(99)];
    allocate(rule, Qty(taker), makers, &mut out);
    out.into_iter().map(|share| share.0).collect()
}

/// Pro rata with what the tests vary.
fn weighed(weight: Weight, share_min: u64, threshold: u64, rounding: Rounding) -> Allocation {
    let (share_min, threshold) = (Qty(share_min), Qty(threshold));
    Allocation::FIFO.by_weight(Weighing { weight, share_min, threshold, rounding })
}

#[test]
fn first_come_first_served() {
    assert_eq!(shared(&Allocation::FIFO, 37, &table()), [10, 5, 22, 0]);
    assert_eq!(Allocation::default(), Allocation::FIFO);
}

#[test]
fn pro_rata_drops_shares_below_two_and_the_remainder_goes_to_the_first() {
    assert_eq!(shared(&Allocation::PRO_RATA, 37, &table()), [6, 0, 11, 20]);
}

#[test]
fn without_a_minimum_small_shares_stand() {
    let rule = weighed(Weight::Size, 0, 0, Rounding::Down);
    assert_eq!(shared(&rule, 37, &table()), [5, 1, 11, 20]);
    let one = weighed(Weight::Size, 1, 0, Rounding::Down);
    assert_eq!(shared(&one, 37, &table()), [5, 1, 11, 20], "a minimum of one is none");
}

#[test]
fn the_order_that_improved_the_market_is_filled_first() {
    let mut makers = table();
    makers[0].is_top = true;
    let rule = Allocation::PRO_RATA.with_top();
    assert_eq!(shared(&rule, 37, &makers), [10, 2, 9, 16]);
    assert_eq!(shared(&Allocation::PRO_RATA, 37, &makers), [6, 0, 11, 20], "only where it counts");
    makers[0].is_top = false;
    makers[3].is_top = true;
    assert_eq!(shared(&Allocation::FIFO.with_top(), 37, &makers), [0, 0, 0, 37]);
    assert_eq!(shared(&Allocation::FIFO.with_top(), 60, &makers), [5, 0, 0, 55]);
}

#[test]
fn a_part_is_shared_first_come_first_served_before_the_rest() {
    assert_eq!(shared(&Allocation::PRO_RATA.with_split(40), 37, &table()), [10, 5, 8, 14]);
    let all = Allocation::PRO_RATA.with_split(100);
    assert_eq!(shared(&all, 37, &table()), [10, 5, 22, 0], "all of it is first come, first served");
}

#[test]
fn the_market_maker_has_its_part() {
    let mut makers = table();
    makers[2].is_lmm = true;
    let rule = Allocation::PRO_RATA.with_lmm(25);
    assert_eq!(shared(&rule, 37, &makers), [6, 0, 15, 16]);
    assert_eq!(shared(&rule, 37, &table()), [6, 0, 11, 20], "nobody is the market maker");
    assert_eq!(shared(&Allocation::FIFO.with_lmm(25), 37, &makers), [10, 5, 22, 0]);
    let more_than_it_has = Allocation::FIFO.with_lmm(100);
    assert_eq!(shared(&more_than_it_has, 37, &makers), [7, 0, 30, 0]);
}

#[test]
fn several_orders_of_the_market_maker_share_first_come_first_served() {
    let mut makers = table();
    for place in [1, 3] {
        makers[place].is_lmm = true;
    }
    // Of 36, a quarter is 9: 5 to b and 4 to d; the other 27 first come, first served.
    assert_eq!(shared(&Allocation::FIFO.with_lmm(25), 36, &makers), [10, 5, 17, 4]);
}

#[test]
fn every_step_works_on_what_the_one_before_has_left() {
    let mut makers = table();
    makers[0].is_top = true;
    makers[2].is_lmm = true;
    // Top a 10, 27 left; a quarter of 27 is 6 to c, 21 left; a third of 21 is 6: b 5, c 1, 15 left
    // on c 23 and d 55 (78): 4 and 10; 1 left, to c.
    let rule = Allocation::PRO_RATA.with_top().with_lmm(25).with_split(33);
    assert_eq!(shared(&rule, 37, &makers), [10, 5, 6 + 1 + 4 + 1, 10]);
}

#[test]
fn a_taker_of_the_whole_level_fills_everybody_by_any_rule() {
    let mut makers = table();
    makers[3].is_top = true;
    makers[2].is_lmm = true;
    for rule in [
        Allocation::FIFO,
        Allocation::PRO_RATA,
        Allocation::SIZE_TIME,
        Allocation::PRO_RATA.with_top().with_lmm(25).with_split(40),
    ] {
        for taker in [100, 101, 120, u64::MAX] {
            assert_eq!(shared(&rule, taker, &makers), [10, 5, 30, 55]);
        }
        assert_eq!(shared(&rule, 0, &makers), [0, 0, 0, 0]);
        assert_eq!(shared(&rule, 99, &makers).iter().sum::<u64>(), 99);
        assert!(shared(&rule, 5, &[]).is_empty());
    }
}

#[test]
fn size_and_time_weigh_lots_by_place_from_the_back() {
    // Weights 10·4, 5·3, 30·2, 55·1: 170. Of 37: 8, 3, 13, 11; 2 left to a.
    assert_eq!(shared(&Allocation::SIZE_TIME, 37, &table()), [10, 3, 13, 11]);
    // A weight may promise more than there is: 20·2·19/(40+20) is 12, of 10.
    assert_eq!(shared(&Allocation::SIZE_TIME, 19, &queue(&[10, 10])), [10, 9]);
    // Who is filled before takes its weight along: places stay what they were.
    let mut makers = table();
    makers[0].is_top = true;
    // Weights 5·3, 30·2, 55·1: 130. Of 27: 3, 12, 11; 1 left to b.
    assert_eq!(shared(&Allocation::SIZE_TIME.with_top(), 37, &makers), [10, 4, 12, 11]);
}

#[test]
fn small_orders_wait_for_what_the_large_ones_leave() {
    // From 10 lots on: a 3, c 11, d 20; 3 left to a.
    let rule = weighed(Weight::Size, 0, 10, Rounding::Down);
    assert_eq!(shared(&rule, 37, &table()), [6, 0, 11, 20]);
    // From 11 on: c 11, d 20; 6 left, to a.
    let rule = weighed(Weight::Size, 0, 11, Rounding::Down);
    assert_eq!(shared(&rule, 37, &table()), [6, 0, 11, 20]);
    // From 31 on: d 20; 17 left: a 10, b 5, c 2.
    let rule = weighed(Weight::Size, 0, 31, Rounding::Down);
    assert_eq!(shared(&rule, 37, &table()), [10, 5, 2, 20]);
    let nobody = weighed(Weight::Size, 0, 56, Rounding::Down);
    assert_eq!(shared(&nobody, 37, &table()), [10, 5, 22, 0]);
}

#[test]
fn shares_rounded_up_go_to_the_largest_until_nothing_is_left() {
    // 20.35 → 21 to d, 11.1 → 12 to c, 3.7 → 4 to a; nothing left for b.
    let rule = weighed(Weight::Size, 0, 0, Rounding::UpBySize);
    assert_eq!(shared(&rule, 37, &table()), [4, 0, 12, 21]);
    // Of equals the earlier is first: 10/3 → 4, 4, 2.
    assert_eq!(shared(&rule, 10, &queue(&[7, 7, 7])), [4, 4, 2]);
    // What a minimum leaves over goes first come, first served: 1, 1 → 0, 0, then a.
    let strict = weighed(Weight::Size, 2, 0, Rounding::UpBySize);
    assert_eq!(shared(&strict, 2, &queue(&[5, 5, 5])), [2, 0, 0]);
    // Nothing is rounded that is whole.
    assert_eq!(shared(&rule, 20, &queue(&[10, 10, 20])), [5, 5, 10]);
}

#[test]
#[should_panic(expected = "a percentage is at most 100")]
fn a_rule_that_makes_no_sense_shares_nothing() {
    shared(&Allocation::FIFO.with_split(101), 5, &table());
}

/// Somebody's rule, which answers what it is told to answer.
#[derive(Debug)]
struct Says(Vec<u64>);

impl AllocationRule for Says {
    fn name(&self) -> &str {
        "says so"
    }

    fn shares(&self, _: Qty, _: &[Maker], out: &mut Vec<Qty>) {
        assert!(out.is_empty(), "a rule starts with an empty list");
        out.extend(self.0.iter().map(|lots| Qty(*lots)));
    }
}

fn says(lots: &[u64]) -> Vec<Qty> {
    let mut out = vec![Qty(1)];
    allocate(&Says(lots.to_vec()), Qty(37), &table(), &mut out);
    out
}

#[test]
fn a_rule_of_ones_own_is_taken_at_its_word_when_it_keeps_the_contract() {
    assert_eq!(says(&[1, 1, 0, 35]), [Qty(1), Qty(1), Qty(0), Qty(35)]);
    let boxed: Box<dyn AllocationRule> = Box::new(Says(vec![0, 0, 0, 37]));
    let mut out = Vec::new();
    allocate(&*boxed, Qty(37), &table(), &mut out);
    assert_eq!(out, [Qty(0), Qty(0), Qty(0), Qty(37)]);
}

#[test]
#[should_panic(expected = "\"says so\" gives out exactly what can trade: 36 of 37 lots")]
fn a_rule_that_gives_too_little_is_named() {
    says(&[0, 0, 0, 36]);
}

#[test]
#[should_panic(expected = "\"says so\" gives out exactly what can trade: 38 of 37 lots")]
fn a_rule_that_gives_too_much_is_named() {
    says(&[0, 0, 0, 38]);
}

#[test]
#[should_panic(
    expected = "\"says so\" gives no maker more than it has: 11 of 10 lots to the maker \
                           at place 0"
)]
fn a_rule_that_gives_what_nobody_has_is_named() {
    says(&[11, 0, 0, 26]);
}

#[test]
#[should_panic(expected = "\"says so\" gives each maker one share: 3 shares for 4 makers")]
fn a_rule_that_forgets_a_maker_is_named() {
    says(&[10, 5, 22]);
}

/// The steps of the rule with unlimited numbers and one list per step: written for the eye, sharing
/// nothing with the exchange.
fn plainly(rule: &Allocation, taker: u64, makers: &[Maker]) -> Vec<u64> {
    let has: Vec<i128> = makers.iter().map(|maker| i128::from(maker.lots.0)).collect();
    let mut given = vec![0_i128; has.len()];
    let mut left = i128::from(taker).min(has.iter().sum());
    let all = left == has.iter().sum();
    let fifo =
        |given: &mut Vec<i128>, left: &mut i128, mut lots: i128, who: &dyn Fn(usize) -> bool| {
            for i in (0..has.len()).filter(|i| who(*i)) {
                let share = lots.min(has[i] - given[i]);
                (given[i], lots, *left) = (given[i] + share, lots - share, *left - share);
            }
        };
    let Allocation { top, lmm_percent, split_percent, sharing } = *rule;
    if top && !all {
        let lots = left;
        fifo(&mut given, &mut left, lots, &|i| makers[i].is_top);
    }
    let lots = left * i128::from(lmm_percent) / 100;
    fifo(&mut given, &mut left, lots, &|i| makers[i].is_lmm);
    let lots = left * i128::from(split_percent) / 100;
    fifo(&mut given, &mut left, lots, &|_| true);
    if let Sharing::ByWeight(Weighing { weight, share_min, threshold, rounding }) = sharing {
        let n = has.len() as i128;
        let weigh = |i: usize| match weight {
            Weight::Size => has[i] - given[i],
            Weight::SizeTime => (has[i] - given[i]) * (n - i as i128),
        };
        let weights: Vec<i128> = (0..has.len()).map(weigh).collect();
        let whole: i128 = weights.iter().sum();
        let mut order: Vec<usize> = (0..has.len()).collect();
        if rounding == Rounding::UpBySize {
            order.sort_by_key(|i| (-(has[*i] - given[*i]), *i));
        }
        let lots = left;
        for i in order.into_iter().filter(|i| has[*i] >= i128::from(threshold.0) && whole > 0) {
            let exact = weights[i] * lots;
            let up = i128::from(rounding == Rounding::UpBySize && exact % whole > 0);
            let share = (exact / whole + up).min(has[i] - given[i]);
            let share = if share < i128::from(share_min.0) { 0 } else { share.min(left) };
            (given[i], left) = (given[i] + share, left - share);
        }
    }
    let lots = left;
    fifo(&mut given, &mut left, lots, &|_| true);
    given.into_iter().map(|lots| lots as u64).collect()
}

/// Few lots, or as many as an order may have.
fn lots() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 1..=40_u64, 1 => Qty::MOST.0 - 40..=Qty::MOST.0]
}

fn makers() -> impl Strategy<Value = Vec<Maker>> {
    let maker = (lots(), prop::bool::weighted(0.15));
    (prop::collection::vec(maker, 0..9), prop::option::of(0..9_usize)).prop_map(|(all, top)| {
        let makers = all.into_iter().enumerate().map(|(place, (lots, is_lmm))| Maker {
            lots: Qty(lots),
            is_top: top == Some(place),
            is_lmm,
        });
        makers.collect()
    })
}

fn rule() -> impl Strategy<Value = Allocation> {
    let weight = prop_oneof![Just(Weight::Size), Just(Weight::SizeTime)];
    let rounding = prop_oneof![Just(Rounding::Down), Just(Rounding::UpBySize)];
    let threshold = prop_oneof![2 => Just(0_u64), 1 => 1..=40_u64];
    let weighing = (weight, 0..=4_u64, threshold, rounding)
        .prop_map(|(weight, min, from, rounding)| weighed(weight, min, from, rounding).sharing);
    let sharing = prop_oneof![1 => Just(Sharing::Fifo), 4 => weighing];
    let percent = || prop_oneof![2 => Just(0_u8), 2 => 1..=99_u8, 1 => Just(100)];
    (any::<bool>(), percent(), percent(), sharing).prop_map(
        |(top, lmm_percent, split_percent, sharing)| Allocation {
            top,
            lmm_percent,
            split_percent,
            sharing,
        },
    )
}

fn settings(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(settings(100_000))]

    /// Share by share; `allocate` itself holds that they sum up and that nobody gives more than it
    /// has.
    #[test]
    fn agrees_with_the_plain_steps(rule in rule(), makers in makers(), taker in lots()) {
        prop_assert_eq!(shared(&rule, taker, &makers), plainly(&rule, taker, &makers));
    }
}

proptest! {
    #![proptest_config(settings(20_000))]

    /// The level is used up before anything is left of the taker.
    #[test]
    fn nothing_is_left_on_both_sides(rule in rule(), makers in makers(), taker in lots()) {
        let shares = shared(&rule, taker, &makers);
        let (given, had) = (shares.iter().sum(), makers.iter().map(|maker| maker.lots.0).sum::<u64>());
        prop_assert!(taker == given || had == given, "{given} of {had} to a taker of {taker}");
        for (share, maker) in shares.iter().zip(&makers) {
            prop_assert!(*share <= maker.lots.0);
        }
    }

    /// Before minimum and remainder a share is within a lot of its exact part; with both, it is
    /// never more than a lot below it where there is no minimum.
    #[test]
    fn no_share_falls_a_lot_short(makers in makers(), taker in lots()) {
        let rule = weighed(Weight::Size, 0, 0, Rounding::Down);
        let whole: u128 = makers.iter().map(|maker| u128::from(maker.lots.0)).sum();
        let taken = u128::from(taker).min(whole);
        let shares = shared(&rule, taker, &makers);
        for (share, maker) in shares.iter().zip(&makers) {
            let exact = u128::from(maker.lots.0) * taken;
            prop_assert!((u128::from(*share) + 1) * whole > exact, "{share} of {exact}/{whole}");
        }
        // Only the first in the queue get what rounding left: fewer lots than there are makers.
        let above = |(share, maker): (&u64, &Maker)| {
            let down = u128::from(maker.lots.0) * taken / whole.max(1);
            (u128::from(*share) - down) as usize
        };
        let over: usize = shares.iter().zip(&makers).map(above).sum();
        prop_assert!(over < makers.len().max(1), "{over} lots were left by rounding");
    }

    /// With one maker there is nothing to share.
    #[test]
    fn one_maker_gets_it_all_by_any_rule(rule in rule(), lot in lots(), taker in lots()) {
        let one = queue(&[lot]);
        prop_assert_eq!(shared(&rule, taker, &one), shared(&Allocation::FIFO, taker, &one));
    }

    /// First come, first served is a rule of its own and what every other one ends with.
    #[test]
    fn all_of_a_split_is_first_come_first_served(rule in rule(), makers in makers(), taker in lots()) {
        let rule = Allocation { top: false, lmm_percent: 0, ..rule.with_split(100) };
        prop_assert_eq!(shared(&rule, taker, &makers), shared(&Allocation::FIFO, taker, &makers));
    }

    /// Among equals the earlier never gets less, by any rule that gives nothing away before it weighs.
    #[test]
    fn among_equals_the_earlier_never_gets_less(
        rule in rule(), lot in lots(), count in 1..9_usize, taker in lots(),
    ) {
        let rule = Allocation { top: false, lmm_percent: 0, split_percent: 0, ..rule };
        let shares = shared(&rule, taker, &queue(&vec![lot; count]));
        prop_assert!(shares.is_sorted_by(|earlier, later| earlier >= later), "{:?}", shares);
    }
}

#[test]
fn a_deep_queue_of_the_largest_orders_is_exact() {
    let makers = queue(&vec![Qty::MOST.0; 100_000]);
    for rule in [Allocation::PRO_RATA, Allocation::SIZE_TIME.with_split(10)] {
        let shares = shared(&rule, Qty::MOST.0, &makers);
        assert_eq!(shares.iter().sum::<u64>(), Qty::MOST.0);
    }
    let shares = shared(&Allocation::PRO_RATA, Qty::MOST.0, &makers);
    let each = Qty::MOST.0 / 100_000;
    assert!(shares[1..].iter().all(|share| *share == each));
    assert_eq!(shares[0], each + Qty::MOST.0 % 100_000, "the remainder goes to the first");
}
