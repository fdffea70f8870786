//! Random histories: orders and acts of every kind, good ones and bad ones, on one venue with one
//! instrument of each kind. After each command the stage compares all accounts and funds with what
//! events alone say; here it is asked that a refusal changes nothing, and that the end is the end.

use crate::stage::{EUR, Stage, USD, refusal, share, thing};
use pitfloor_model::clearing::{Act, Distribution, HouseTerms, Ratio, Valuation};
use pitfloor_model::command::{Command, Order};
use pitfloor_model::contract::{Bond, Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::{Credit, Phase};
use pitfloor_model::units::{
    AccountId, Cash, InstrumentId, OrderId, OrderKey, Price, Qty, Side, Time,
};
use proptest::prelude::*;

/// One command as numbers: what, who, with whom, of what, how much, at which price.
type Asked = (u8, u32, u32, u32, u64, i64);

const SHARE: InstrumentId = InstrumentId(0);
const ACCOUNTS: u32 = 6;
const INSTRUMENTS: u32 = 10;

fn venue() -> Stage {
    let choice = |right, style, delivery| Choice {
        underlying: SHARE,
        right,
        style,
        strike: Price(100),
        lots: 6,
        expiry: Time(60),
        delivery,
    };
    let future = |delivery| Future { underlying: Some(SHARE), lots: 4, expiry: Time(90), delivery };
    let loan = Bond { face: Cash(1_000), coupon_bips: 500, frequency: 2, maturity: Time(100) };
    let call = choice(Right::Call, Style::American, Delivery::Physical);
    let put = choice(Right::Put, Style::European, Delivery::Cash);
    let kinds = [
        InstrumentKind::Crypto,
        InstrumentKind::Bond(loan),
        InstrumentKind::Option(call),
        InstrumentKind::Option(put),
        InstrumentKind::Warrant(call),
        InstrumentKind::Future(future(Delivery::Cash)),
        InstrumentKind::Future(future(Delivery::Physical)),
        InstrumentKind::Perpetual { underlying: Some(SHARE) },
        InstrumentKind::Fx { base: EUR, lot_cash: 3 },
    ];
    let mut instruments = vec![share("SHARE")];
    instruments.extend((0..).zip(kinds).map(|(at, kind)| thing(&format!("OF.{at}"), kind)));
    instruments[0].clearing.cycle = 2;
    let skin = Cash(500);
    let mut stage = Stage::cleared(instruments, HouseTerms { skin, ..HouseTerms::default() });
    let credits = [Credit::None, Credit::Margin, Credit::Unlimited];
    for account in 0..ACCOUNTS {
        let (id, credit) = (AccountId(account), credits[account as usize % 3]);
        stage.open(id, credit, 20_000).fund(id, EUR, 5_000);
        for bought in [0, 1, 2, 5].map(InstrumentId) {
            stage.lots(id, bought, 40);
        }
    }
    let at = |at| Valuation::at(InstrumentId(at), Price(100));
    stage.act(Act::Value { valuations: (0..INSTRUMENTS).map(at).collect() });
    stage
}

/// The command that the numbers ask for; `id` is the number of an order, should it be one.
fn command(asked: Asked, id: u64) -> Command {
    let (what, who, whom, of, qty, price) = asked;
    let (account, other, instrument) = (AccountId(who), AccountId(whom), InstrumentId(of));
    let price = Price(price);
    let ratio = Ratio { num: price.0 - 90, den: u32::try_from(qty).unwrap_or(1) };
    let why = match whom {
        0 => Distribution::Funding,
        1 => Distribution::Principal,
        _ => Distribution::Dividend,
    };
    let (num, den) = (1 + whom % 4, 1 + u32::try_from(qty).unwrap_or(1) % 3);
    let act = match what {
        0..=9 => {
            let side = if what % 2 == 0 { Side::Buy } else { Side::Sell };
            let order = Order::limit(account, OrderId(id), instrument, side, price, Qty(qty));
            return Command::Place(order);
        }
        10 => return Command::Cancel { key: OrderKey::new(account, OrderId(id / 2)) },
        11 => return Command::KillSwitch { account, on: qty > 9 },
        12 | 13 => Act::Value { valuations: vec![Valuation::at(instrument, price)] },
        14 => Act::Distribute { instrument, currency: USD, per_lot: ratio, why },
        15 => Act::Split { instrument, num, den },
        16 if qty == 1 => {
            let into = (whom > 2).then_some((InstrumentId(whom), ratio));
            Act::Convert { instrument, into, cash: ratio, why }
        }
        16 | 17 => Act::Exercise { account, instrument, qty: Qty(qty) },
        18 => Act::Expire { instrument, price },
        19 => Act::EndDay,
        20 => Act::Settle,
        21 => Act::Contribute { member: account, cash: Cash(i128::from(price.0)) },
        22 if qty < 4 => Act::Default { member: account },
        22 | 23 => Act::Cover { member: account },
        24 => Act::SetCarrier { account, carrier: (qty < 5).then_some(other) },
        25 => Act::Assign { from: account, to: other, instrument, lots: price.0 - 100 },
        _ => {
            let (from, cash) = (account, Cash(i128::from(price.0)));
            Act::Transfer { from, to: other, currency: EUR, cash }
        }
    };
    Command::Clear(Box::new(act))
}

fn asked() -> impl Strategy<Value = Asked> {
    (0..27_u8, 0..ACCOUNTS, 0..ACCOUNTS, 0..INSTRUMENTS, 0..20_u64, 80..120_i64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn nothing_appears_or_vanishes_whatever_is_asked(
        history in proptest::collection::vec(asked(), 1..150),
    ) {
        let mut stage = venue();
        let mut ended = [false; INSTRUMENTS as usize];
        for (at, asked) in (0..).zip(history) {
            let before = stage.exchange.ledger().clone();
            let told = stage.at(at).apply(command(asked, at));
            prop_assert!(!told.is_empty(), "every command is answered");
            if refusal(&told).is_some() {
                prop_assert_eq!(stage.exchange.ledger(), &before, "{:?} {:?}", asked, told);
            }
            for (at, ended) in (0..).map(InstrumentId).zip(&mut ended) {
                let closed = stage.exchange.phase(at) == Phase::Closed;
                prop_assert!(closed || !*ended, "who has ended stays closed");
                *ended |= closed;
                let nobody = stage.exchange.ledger().accounts();
                let held: i128 = nobody.map(|account| stage.held(account, at).abs()).sum();
                prop_assert!(!*ended || held == 0, "nobody holds what has ended");
            }
        }
    }
}
