//! Statements from events alone, over histories that nobody chose: opening + what was traded and
//! told = closing (C-3), nothing appears (C-4), and what is owed is what was traded less what was
//! settled (C-20, C-22).

use crate::desk::{ACME, ANN, BOB, CAT, COIN, Desk, EUR, EURUSD, MEG, STREET, USD};
use pitfloor_clearing::Meeting;
use pitfloor_model::clearing::{Act, Fact};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, Qty, Side};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ACCOUNTS: [AccountId; 5] = [ANN, BOB, CAT, MEG, STREET];
const OF: [InstrumentId; 3] = [ACME, COIN, EURUSD];

/// One step of a history.
#[derive(Clone, Debug)]
enum Step {
    Trade {
        of: InstrumentId,
        buyer: AccountId,
        seller: AccountId,
        lots: u64,
        price: i64,
        by: Meeting,
    },
    Ask(Act),
}

fn account() -> impl Strategy<Value = AccountId> {
    prop::sample::select(ACCOUNTS.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
    let of = || prop::sample::select(OF.to_vec());
    let by = prop::sample::select(vec![
        Meeting::Taken(Side::Buy),
        Meeting::Taken(Side::Sell),
        Meeting::Crossed,
        Meeting::Transferred,
    ]);
    let trade = (of(), account(), account(), 1_u64..60, -20_i64..900, by).prop_map(
        |(of, buyer, seller, lots, price, by)| Step::Trade { of, buyer, seller, lots, price, by },
    );
    let act = prop_oneof![
        3 => Just(Act::EndDay),
        3 => Just(Act::Settle),
        1 => (0_u16..40).prop_map(|days| Act::Accrue { days }),
        1 => (account(), any::<bool>()).prop_map(|(account, on)| Act::Stall { account, on }),
        1 => (of(), 0_u8..4).prop_map(|(instrument, days)| Act::SetCycle { instrument, days }),
        1 => (account(), account(), 1_i128..9_000).prop_map(|(from, to, cash)| {
            Act::Transfer { from, to, currency: USD, cash: Cash(cash) }
        }),
        1 => (account(), account(), of(), -30_i64..30).prop_map(|(from, to, instrument, lots)| {
            Act::Assign { from, to, instrument, lots }
        }),
        1 => (account(), account(), 0_u64..9, 0_u64..3).prop_map(|(account, to, qty, fee)| {
            let (qty, fee) = (Qty(qty), Qty(fee));
            Act::Send { account, to: Some(to), instrument: COIN, qty, fee }
        }),
        1 => (0_u64..6).prop_map(|sending| Act::Arrive { sending }),
    ];
    prop_oneof![2 => trade, 3 => act.prop_map(Step::Ask)]
}

/// What every account should have, by somebody who only reads.
#[derive(Default)]
struct Reader {
    cash: BTreeMap<(AccountId, CurrencyId), i128>,
    lots: BTreeMap<(AccountId, InstrumentId), i128>,
    /// Lots and cash that were traded and are not settled.
    owed: BTreeMap<(AccountId, InstrumentId), (i128, i128)>,
    cycles: BTreeMap<InstrumentId, u8>,
}

impl Reader {
    fn opening(desk: &Desk) -> Self {
        let mut reader = Self::default();
        for account in ACCOUNTS {
            for currency in [USD, EUR] {
                let cash = desk.house.ledger().cash(account, currency).unwrap().total.0;
                reader.cash.insert((account, currency), cash);
            }
            for of in OF {
                reader.lots.insert((account, of), desk.lots(account, of));
            }
        }
        reader.cycles.extend([(ACME, 2), (COIN, 0), (EURUSD, 1)]);
        reader
    }

    fn pay(&mut self, account: AccountId, currency: CurrencyId, cash: i128) {
        *self.cash.entry((account, currency)).or_default() += cash;
    }

    fn trade(&mut self, of: InstrumentId, account: AccountId, lots: i128, price: i64, owes: bool) {
        let cash = -lots * i128::from(price);
        self.pay(account, USD, cash);
        if of == EURUSD {
            self.pay(account, EUR, lots * 100);
        } else {
            *self.lots.entry((account, of)).or_default() += lots;
        }
        if owes && self.cycles[&of] > 0 {
            let owed = self.owed.entry((account, of)).or_default();
            (owed.0, owed.1) = (owed.0 + lots, owed.1 + cash);
        }
    }

    fn read(&mut self, fact: &Fact) {
        match *fact {
            Fact::Paid { account, currency, cash, .. } => self.pay(account, currency, cash.0),
            Fact::Moved { account, instrument, lots, .. } => {
                *self.lots.entry((account, instrument)).or_default() += i128::from(lots);
            }
            Fact::Settled { account, instrument, lots, cash } => {
                let owed = self.owed.entry((account, instrument)).or_default();
                (owed.0, owed.1) = (owed.0 - i128::from(lots), owed.1 - cash.0);
            }
            _ => {}
        }
    }

    fn agrees(&self, desk: &Desk) -> Result<(), TestCaseError> {
        for ((account, currency), cash) in &self.cash {
            let held = desk.house.ledger().cash(*account, *currency).unwrap();
            prop_assert_eq!(held.total.0, *cash, "{:?} {:?}", account, currency);
        }
        for ((account, of), lots) in &self.lots {
            prop_assert_eq!(desk.lots(*account, *of), *lots, "{:?} {:?}", account, of);
        }
        for account in ACCOUNTS {
            let mut owed: BTreeMap<InstrumentId, (i128, i128)> = BTreeMap::new();
            for one in desk.house.obligations(account) {
                let sum = owed.entry(one.instrument).or_default();
                (sum.0, sum.1) = (sum.0 + one.lots, sum.1 + one.cash.0);
            }
            for of in OF {
                let read = self.owed.get(&(account, of)).copied().unwrap_or_default();
                let kept = owed.get(&of).copied().unwrap_or_default();
                prop_assert_eq!(kept, read, "{:?} owes of {:?}", account, of);
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever happens, the books are what the events say.
    #[test]
    fn events_alone_tell_every_account(steps in prop::collection::vec(step(), 1..120)) {
        let mut desk = Desk::new();
        desk.value(ACME, 500);
        desk.value(COIN, 300);
        let (currency, credit_bips, debit_bips) = (USD, 5_000, 9_000);
        desk.ask(&Act::SetInterest { currency, credit_bips, debit_bips }).unwrap();
        desk.ask(&Act::SetBorrow { instrument: ACME, lots: 100, bips: 9_000 }).unwrap();
        let mut reader = Reader::opening(&desk);
        for step in steps {
            let told = match step {
                Step::Trade { of, buyer, seller, lots, price, by } => {
                    let owes = by != Meeting::Transferred;
                    reader.trade(of, buyer, i128::from(lots), price, owes);
                    reader.trade(of, seller, -i128::from(lots), price, owes);
                    desk.meet(by, of, buyer, seller, lots, price)
                }
                Step::Ask(act) => {
                    let told = desk.ask(&act).unwrap_or_default();
                    if let (Act::SetCycle { instrument, days }, false) = (&act, told.is_empty()) {
                        reader.cycles.insert(*instrument, *days);
                    }
                    told
                }
            };
            told.iter().for_each(|fact| reader.read(fact));
            reader.agrees(&desk)?;
        }
    }
}
