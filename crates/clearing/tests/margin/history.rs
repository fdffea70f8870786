//! Whatever happens, what is kept as running sums is what a plain count comes to.
//!
//! The count beside it is written for the eye and shares nothing with the house but its public books.

use crate::desk::*;
use pitfloor_model::clearing::{Act, Fact, HouseTerms, RiskLimits, Valuation};
use pitfloor_model::units::{AccountId, Cash, InstrumentId, Price, Time};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Trade { account: u32, of: u32, lots: i64, price: i64 },
    Rest { account: u32, of: u32, lots: i64 },
    Lift { nth: usize },
    Value { of: u32, price: i64, scan: Option<i64> },
    Euro { cents: i64 },
    Limit { account: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    let account = 1..4_u32;
    let lots = (1..400_i64).prop_flat_map(|lots| prop_oneof![Just(lots), Just(-lots)]);
    let some = (account.clone(), 0..7_u32, lots);
    prop_oneof![
        4 => (some.clone(), 1..12_000_i64).prop_map(|((account, of, lots), price)| {
            Step::Trade { account, of, lots, price }
        }),
        3 => some.prop_map(|(account, of, lots)| Step::Rest { account, of, lots }),
        2 => (0..9_usize).prop_map(|nth| Step::Lift { nth }),
        3 => (0..7_u32, -100..12_000_i64, prop::option::of(-900..900_i64))
            .prop_map(|(of, price, scan)| Step::Value { of, price, scan }),
        1 => (50..200_i64).prop_map(|cents| Step::Euro { cents }),
        1 => account.prop_map(|account| Step::Limit { account }),
    ]
}

/// What the plain count knows beside the books.
#[derive(Default)]
struct Plain {
    carried: BTreeMap<u32, i128>,
    scans: BTreeMap<u32, [i64; Valuation::POINTS]>,
    /// Account, instrument, signed lots, of every order that stands.
    orders: Vec<(u32, u32, i64)>,
    euro: Option<i128>,
}

/// Cents of a tick of a lot.
const TICK: [i128; 7] = [1, 100, 100, 10, 1, 1, 1];

impl Plain {
    fn to_base(&self, of: u32, cents: i128, up: bool) -> i128 {
        let product = cents * if of == BETA.0 { self.euro.unwrap_or(100) } else { 100 };
        if up { -(-product).div_euclid(100) } else { product.div_euclid(100) }
    }

    fn price(&self, of: u32) -> i128 {
        self.carried.get(&of).copied().unwrap_or(0)
    }

    fn asked(&self, of: u32, lots: i128, begin: bool) -> i128 {
        let ceil = |cents: i128, bips: i128| (cents * bips + 9_999) / 10_000;
        let (price, size) = (self.price(of), lots.abs());
        let v = (price * lots * TICK[of as usize]).abs();
        let cents = match InstrumentId(of) {
            ACME | BETA if begin => ceil(v, 5_000),
            ACME | BETA if lots >= 0 => ceil(v, 2_500),
            ACME | BETA if price >= 500 => ceil(v, 3_000).max(size * 500),
            ACME | BETA => ceil(v, 10_000).max(size * 250),
            FUTURE => size * if begin { 12_000 } else { 10_000 },
            CALL | PUT if lots < 0 => {
                let under = (self.price(ACME.0) * 100).abs() * size;
                let call = of == CALL.0;
                let strike = size * if call { 1_050_000 } else { 950_000 };
                let mut out = if call { strike - under } else { under - strike }.max(0);
                if !self.carried.contains_key(&ACME.0) {
                    out = 0;
                }
                let least = ceil(if call { under } else { strike }, 1_000);
                v + (ceil(under, 2_000) - out).max(least)
            }
            _ => v,
        };
        self.to_base(of, cents, true)
    }

    fn open(&self, account: u32, of: u32, buys: bool) -> i128 {
        let here = self.orders.iter().filter(|order| (order.0, order.1) == (account, of));
        let side = here.map(|order| i128::from(order.2)).filter(|lots| (*lots > 0) == buys);
        side.sum()
    }

    fn check(&self, desk: &Desk) {
        let positions = [ACME, CALL, PUT, FUTURE, COIN, BETA].map(|at| at.0);
        for account in [1, 2, 3] {
            let ledger = desk.house.ledger();
            let lots = |of| ledger.lots(AccountId(account), InstrumentId(of)).unwrap().total;
            let cash = |at| ledger.cash(AccountId(account), at).unwrap().total.0;
            let mut equity = cash(USD) + self.to_base(BETA.0, cash(EUR), false);
            for of in positions.into_iter().filter(|of| *of != FUTURE.0) {
                let value = self.price(of) * lots(of) * TICK[of as usize];
                equity += self.to_base(of, value, false);
            }
            assert_eq!(desk.equity(AccountId(account)), equity, "account {account}");
            if account == 3 {
                continue;
            }
            let any = positions.iter().any(|of| lots(*of) != 0);
            let (initial, maintenance) = if account == 2 {
                let needed = self.by_scenarios(lots);
                (needed, needed)
            } else {
                let initial = |of: u32| {
                    let long = self.asked(of, lots(of) + self.open(1, of, true), true);
                    long.max(self.asked(of, lots(of) + self.open(1, of, false), true))
                };
                let initial = positions.iter().map(|of| initial(*of)).sum();
                (initial, positions.iter().map(|of| self.asked(*of, lots(*of), false)).sum())
            };
            assert_eq!(desk.initial(AccountId(account)), initial, "account {account}");
            let least = if any { 50_000.max(maintenance) } else { 0 };
            assert_eq!(desk.maintenance(AccountId(account)), least, "account {account}");
        }
    }

    fn by_scenarios(&self, lots: impl Fn(u32) -> i128) -> i128 {
        let groups: [&[u32]; 3] = [&[ACME.0, CALL.0, PUT.0, FUTURE.0], &[COIN.0], &[BETA.0]];
        let mut all = 0;
        for group in groups {
            let (mut gains, mut contracts, mut alone) = ([0_i128; Valuation::POINTS], 0, 0);
            for of in group {
                match self.scans.get(of) {
                    None => alone += self.asked(*of, lots(*of), false),
                    Some(scan) => {
                        for (gain, point) in gains.iter_mut().zip(scan) {
                            *gain += lots(*of) * i128::from(*point);
                        }
                        contracts += if [1, 2, 3].contains(of) { lots(*of).abs() } else { 0 };
                    }
                }
            }
            let worst = -gains.into_iter().min().unwrap().min(0);
            all += self.to_base(group[0], worst, true).max(contracts * 3_750) + alone;
        }
        all
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn running_sums_are_what_a_plain_count_comes_to(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let (portfolio_least, equity_least) = (Cash(3_750), Cash(50_000));
        let terms = HouseTerms { portfolio_least, equity_least, ..HouseTerms::default() };
        let (mut desk, mut plain) = (Desk::with(terms), Plain::default());
        let (mut called, mut cash) = ([false; 3], BTreeMap::new());
        for account in [ANN, PIA, CASH] {
            desk.fund(account, 1_000_000);
            cash.insert(account, 1_000_000);
        }
        for (moment, step) in (0..).zip(steps) {
            desk.now = Time(moment);
            match step {
                Step::Trade { account, of, .. } if of == FUTURE.0
                    && (account == CASH.0 || !plain.carried.contains_key(&of)) => {}
                Step::Trade { account, of, lots, price } => {
                    let told = desk.trade(AccountId(account), InstrumentId(of), lots, price);
                    let moved = i128::from(lots) * i128::from(price) * TICK[of as usize];
                    if of != FUTURE.0 && of != BETA.0 {
                        *cash.get_mut(&AccountId(account)).unwrap() -= moved;
                    }
                    post(&mut cash, &told);
                }
                Step::Rest { account, of, lots } => {
                    desk.rest(AccountId(account), InstrumentId(of), lots, 10);
                    plain.orders.push((account, of, lots));
                }
                Step::Lift { nth } if nth < plain.orders.len() => {
                    let (account, of, lots) = plain.orders.swap_remove(nth);
                    desk.lift(AccountId(account), InstrumentId(of), lots, 10);
                }
                Step::Lift { .. } => {}
                Step::Value { of, price, scan } => {
                    let points = scan.map(|each| {
                        std::array::from_fn(|at| each * (i64::try_from(at).unwrap() - 4))
                    });
                    let (instrument, price) = (InstrumentId(of), Price(price));
                    let scan = points.map(Box::new);
                    let told = desk.ask(&Act::Value {
                        valuations: vec![Valuation { instrument, price, scan }],
                    });
                    plain.carried.insert(of, i128::from(price.0));
                    if let Some(points) = points {
                        plain.scans.insert(of, points);
                    }
                    let told = told.unwrap();
                    post(&mut cash, &told);
                    measured(&desk, &told, &mut called);
                }
                Step::Euro { cents } => {
                    desk.euro(cents);
                    plain.euro = Some(i128::from(cents));
                }
                Step::Limit { account } => {
                    let limits = RiskLimits { loss_max: Some(Cash(5)), ..RiskLimits::default() };
                    let account = AccountId(account);
                    let told = desk.ask(&Act::SetLimits { account, limits });
                    prop_assert_eq!(told, Ok(vec![Fact::LimitsSet { account }]));
                }
            }
            plain.check(&desk);
            for (account, cents) in &cash {
                prop_assert_eq!(desk.cash(*account), *cents, "opening and postings");
            }
            let (cash, lots) = desk.house.ledger().resum();
            prop_assert!(cash.into_iter().chain(lots).all(|sum| sum == 0));
        }
    }
}

/// Adds up what was told of payments.
fn post(cash: &mut BTreeMap<AccountId, i128>, told: &Facts) {
    for fact in told {
        if let Fact::Paid { account, cash: paid, .. } = fact
            && let Some(cents) = cash.get_mut(account)
        {
            *cents += paid.0;
        }
    }
}

/// Whoever is short now and was not is called, and the other way.
fn measured(desk: &Desk, told: &Facts, called: &mut [bool; 3]) {
    for account in [ANN, PIA] {
        let short = desk.equity(account) < desk.maintenance(account);
        let was = std::mem::replace(&mut called[account.0 as usize], short);
        let says = |one: fn(&Fact) -> bool| {
            told.iter().any(|fact| fact.account() == Some(account) && one(fact))
        };
        assert_eq!(says(|fact| matches!(fact, Fact::Called { .. })), short && !was);
        assert_eq!(says(|fact| matches!(fact, Fact::Met { .. })), was && !short);
    }
}
