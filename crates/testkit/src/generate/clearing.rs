//! Worlds in which everything is cleared: every kind of instrument, fees, cycles, margin, and what a
//! clearing house may be asked, with orders in between.

use super::{Corner, Dice, World};
use pitfloor_model::clearing::act::Distribution;
use pitfloor_model::clearing::terms::{StockMargin, Tier};
use pitfloor_model::clearing::{
    Act, ClearingTerms, Fee, Fees, HouseTerms, Margin, Ratio, RiskLimits, Valuation,
};
use pitfloor_model::command::Command;
use pitfloor_model::contract::{Bond, Choice, Delivery, Future, InstrumentKind, Right, Style};
use pitfloor_model::event::Credit;
use pitfloor_model::instrument::{Currency, Instrument, Venue};
use pitfloor_model::units::{AccountId, Cash, CurrencyId, InstrumentId, OrderId, Price, Qty, Time};

/// The accounts that trade, from 0.
pub(super) const CREDIT: [Credit; 6] = [
    Credit::None,
    Credit::Margin,
    Credit::Margin,
    Credit::Portfolio,
    Credit::None,
    Credit::Unlimited,
];

/// Accounts that only pay, so that somebody can be covered in default.
const PAYERS: [AccountId; 2] = [AccountId(20), AccountId(21)];

/// The venue, and where its orders lie.
pub(super) fn venue(dice: &mut Dice) -> (Venue, Vec<Corner>) {
    let usd = Currency::new("USD", 2).expect("a currency");
    let eur = Currency::new("EUR", 2).expect("a currency");
    let share = InstrumentId(0);
    let coin = InstrumentId(1);
    let mut kinds = vec![(InstrumentKind::Equity, 100), (InstrumentKind::Crypto, 40)];
    for _ in 0..3 + dice.below(3) {
        kinds.push(match dice.below(8) {
            0 | 1 => (InstrumentKind::Option(choice(share, dice)), 4),
            2 => (InstrumentKind::Warrant(choice(share, dice)), 4),
            3 => (InstrumentKind::Future(future(share, dice)), 100),
            4 => (InstrumentKind::Perpetual { underlying: Some(coin) }, 40),
            5 => (InstrumentKind::Fx { base: CurrencyId(1), lot_cash: 10 }, 11),
            6 => (InstrumentKind::Equity, 20),
            _ => {
                let (face, maturity) = (Cash(100), Time(10_000));
                let terms = Bond { face, coupon_bips: 500, frequency: 2, maturity };
                (InstrumentKind::Bond(terms), 95)
            }
        });
    }
    let (mut instruments, mut corners) = (Vec::new(), Vec::new());
    for (at, (kind, price)) in kinds.into_iter().enumerate() {
        let abroad = kind == InstrumentKind::Equity && at > 0;
        let currency = CurrencyId(u16::from(abroad));
        let symbol = format!("S{at}");
        let mut instrument =
            Instrument::new(kind, &symbol, currency, "0.01", "1").expect("an instrument");
        instrument.clearing = terms(kind, dice);
        if dice.one_in(2) {
            instrument.aliases.push(format!("T{at}"));
        }
        instruments.push(instrument);
        corners.push(Corner { lowest: price, prices: 5, lots: 1, sizes: 5 });
    }
    let house = HouseTerms {
        base: CurrencyId(0),
        equity_least: Cash(dice.pick(&[0, 100, 500])),
        call_ns: dice.below(120),
        skin: Cash(dice.pick(&[0, 50, 1_000])),
        assessment_bips: dice.pick(&[0, 5_000, 10_000, 25_000]),
        portfolio_least: Cash(dice.pick(&[0, 3, 20])),
    };
    let venue = Venue::new("XPIT", vec![usd, eur], instruments).expect("a venue that agrees");
    (venue.cleared_by(house).expect("terms that agree"), corners)
}

fn choice(underlying: InstrumentId, dice: &mut Dice) -> Choice {
    Choice {
        underlying,
        right: dice.pick(&[Right::Call, Right::Put]),
        style: dice.pick(&[Style::American, Style::European]),
        strike: Price(98 + dice.below(8) as i64),
        lots: 1 + dice.below(3) as u32,
        expiry: Time(dice.pick(&[0, 150, 300, 600])),
        delivery: dice.pick(&[Delivery::Cash, Delivery::Physical]),
    }
}

fn future(underlying: InstrumentId, dice: &mut Dice) -> Future {
    Future {
        underlying: dice.pick(&[Some(underlying), Some(underlying), None]),
        lots: 1 + dice.below(3) as u32,
        expiry: Time(dice.pick(&[150, 300, 600])),
        delivery: dice.pick(&[Delivery::Cash, Delivery::Physical]),
    }
}

fn fee(dice: &mut Dice) -> Fee {
    Fee {
        per_lot: Ratio { num: dice.below(7) as i64 - 2, den: 1 + dice.below(3) as u32 },
        ppm: dice.below(30_000) as i32 - 10_000,
        least: Cash(i128::from(dice.below(4))),
    }
}

fn terms(kind: InstrumentKind, dice: &mut Dice) -> ClearingTerms {
    let mut fees = Fees::default();
    if dice.one_in(2) {
        (fees.maker, fees.taker) = (fee(dice), fee(dice));
        for from in [3, 10, 30].into_iter().take(dice.below(4) as usize) {
            fees.tiers.push(Tier { from, maker: fee(dice), taker: fee(dice) });
        }
    }
    let stock = Margin::Stock(StockMargin {
        initial_long_bips: 5_000,
        initial_short_bips: 5_000,
        long_bips: 2_500,
        short_bips: 3_000,
        short_least: Cash(5),
        cheap_below: Price(dice.pick(&[5, 102])),
        cheap_bips: 10_000,
        cheap_least: Cash(dice.pick(&[2, 90])),
    });
    let per_lot = Margin::PerLot { initial: Cash(12), maintenance: Cash(8) };
    let margin = match kind {
        InstrumentKind::Option(_) | InstrumentKind::Warrant(_) => {
            dice.pick(&[Margin::Written { bips: 2_000, least_bips: 1_000 }, Margin::Full])
        }
        InstrumentKind::Future(_) | InstrumentKind::Perpetual { .. } => per_lot,
        _ => dice.pick(&[stock, stock, per_lot, Margin::Full]),
    };
    ClearingTerms {
        cycle: dice.below(3) as u8,
        fees,
        margin,
        locate: dice.one_in(3),
        buy_in_after: dice.pick(&[None, Some(1), Some(2)]),
        fail_ppm: dice.pick(&[0, 1_000, 70_000]),
    }
}

impl World {
    /// What is said before the first order.
    pub(super) fn clearing_settings(&self, dice: &mut Dice) -> Vec<Command> {
        let mut acts = Vec::new();
        let valued = (0..self.corners.len() as u32).map(InstrumentId);
        let valuations = valued.filter(|_| !dice.one_in(12)).collect::<Vec<_>>();
        let valuations = valuations.into_iter().map(|i| self.valuation(i, dice)).collect();
        acts.push(Act::SetFx { currency: CurrencyId(1), rate: Ratio { num: 11, den: 10 } });
        acts.push(Act::Value { valuations });
        let mut commands = Vec::new();
        for account in PAYERS {
            commands.push(Command::OpenAccount { account, credit: Credit::Unlimited });
            for currency in [CurrencyId(0), CurrencyId(1)] {
                let cash = Cash(i128::from(1 + dice.below(400)));
                commands.push(Command::Deposit { account, currency, cash });
                let (from, to) = (account, AccountId(dice.below(6) as u32));
                let cash = Cash(i128::from(1 + dice.below(900)));
                acts.push(Act::Transfer { from, to, currency, cash });
            }
        }
        if dice.one_in(2) {
            let (account, carrier) = (PAYERS[0], Some(PAYERS[1]));
            acts.push(Act::SetCarrier { account, carrier });
        }
        for member in [0, 1, 4, 5, 20, 21].map(AccountId) {
            if dice.one_in(2) {
                let cash = Cash(i128::from(1 + dice.below(300)));
                acts.push(Act::Contribute { member, cash });
            }
        }
        commands.extend(acts.into_iter().map(|act| Command::Clear(Box::new(act))));
        commands
    }

    /// Anything that a clearing house may be asked; one in eight has something wrong with it.
    pub(super) fn act(&self, dice: &mut Dice) -> Act {
        let (account, other) = (self.payer(dice), self.payer(dice));
        let listed = self.instrument(dice);
        let instrument = self.maybe_unlisted(listed, dice);
        let currency = CurrencyId(if dice.one_in(30) { 2 } else { dice.below(2) as u16 });
        let qty = Qty(dice.pick(&[0, 1, 1, 2, 2, 3, 5, 9, u64::MAX]));
        let cash = Cash(dice.pick(&[0, -1, 1, 5, 20, 60, 200, 700, 2_000, i128::MAX]));
        match dice.below(1_000) {
            0..160 => Act::Value { valuations: self.valuations(dice) },
            160..180 => Act::Default { member: dice.pick(&PAYERS) },
            180..200 => Act::Cover { member: dice.pick(&PAYERS) },
            200..290 => Act::EndDay,
            290..370 => Act::Settle,
            370..400 => Act::Stall { account, on: dice.one_in(2) },
            400..440 => Act::Accrue { days: dice.pick(&[0, 1, 1, 3, 30]) },
            440..460 => {
                let (num, den) = (dice.below(20) as i64 - 1, dice.below(12) as u32);
                Act::SetFx { currency, rate: Ratio { num, den } }
            }
            460..480 => {
                let (credit_bips, debit_bips) = (dice.below(900) as i32 - 200, 900);
                Act::SetInterest { currency, credit_bips, debit_bips }
            }
            480..520 => {
                let lots = dice.pick(&[0, 3, 10, 40, u64::MAX]);
                Act::SetBorrow { instrument, lots, bips: dice.below(5_000) as u32 }
            }
            520..570 => Act::Locate { account, instrument, qty },
            570..580 => Act::SetCycle { instrument, days: dice.below(7) as u8 },
            580..620 => Act::Transfer { from: account, to: other, currency, cash },
            620..690 => {
                let lots = dice.pick(&[0, 1, 2, -1, -2, 3, -4, i64::MIN]);
                Act::Assign { from: account, to: other, instrument, lots }
            }
            690..730 => {
                let instrument = if dice.one_in(5) { instrument } else { InstrumentId(1) };
                let (to, fee) = (dice.one_in(2).then_some(other), Qty(dice.below(2)));
                Act::Send { account, to, instrument, qty, fee }
            }
            730..770 => Act::Arrive { sending: dice.below(3) },
            770..810 => {
                let why = dice.pick(&[
                    Distribution::Dividend,
                    Distribution::Coupon,
                    Distribution::Funding,
                    Distribution::Funding,
                ]);
                let (num, den) = (dice.below(30) as i64 - 8, dice.below(9) as u32);
                Act::Distribute { instrument, currency, per_lot: Ratio { num, den }, why }
            }
            810..825 => {
                let (num, den) = dice.pick(&[(2, 1), (3, 2), (1, 2), (1, 3), (0, 1), (1, 1)]);
                Act::Split { instrument, num, den }
            }
            825..831 => {
                let (num, den) = dice.pick(&[(1, 1), (2, 3), (5, 2), (0, 1)]);
                let into = dice.one_in(2).then_some((self.instrument(dice), Ratio { num, den }));
                let cash = Ratio { num: dice.pick(&[0, 0, 25, -1]), den: dice.pick(&[1, 2]) };
                let why = dice.pick(&[Distribution::Merger, Distribution::Principal]);
                Act::Convert { instrument, into, cash, why }
            }
            831..840 => Act::Rename { instrument, alias: dice.below(2) as u16 },
            840..885 => Act::Exercise { account, instrument, qty },
            885..915 => {
                let price = if dice.one_in(20) { Price::FARTHEST.0 + 1 } else { 0 };
                let price = Price(price.max(94 + dice.below(14) as i64));
                Act::Expire { instrument, price }
            }
            915..950 => Act::SetLimits { account, limits: limits(dice) },
            950..960 => {
                let carrier = dice.one_in(2).then_some(other);
                Act::SetCarrier { account, carrier }
            }
            960..976 => Act::Contribute { member: account, cash },
            976..986 => Act::Default { member: dice.pick(&[PAYERS[0], PAYERS[1], account]) },
            _ => Act::Cover { member: dice.pick(&[PAYERS[0], PAYERS[1], account]) },
        }
    }

    fn payer(&self, dice: &mut Dice) -> AccountId {
        if dice.one_in(12) { dice.pick(&PAYERS) } else { self.account(dice) }
    }

    fn valuations(&self, dice: &mut Dice) -> Vec<Valuation> {
        let mut valuations = Vec::new();
        for instrument in (0..self.corners.len() as u32).map(InstrumentId) {
            if dice.one_in(2) {
                valuations.push(self.valuation(instrument, dice));
            }
        }
        if dice.one_in(12) {
            let listed = self.instrument(dice);
            let instrument = self.maybe_unlisted(listed, dice);
            valuations.push(self.valuation(instrument, dice));
        }
        valuations
    }

    fn valuation(&self, instrument: InstrumentId, dice: &mut Dice) -> Valuation {
        let lowest = self.corners.get(instrument.index()).map_or(1, |corner| corner.lowest);
        let mut price = Price(lowest - 3 + dice.below(11) as i64);
        if dice.one_in(150) {
            price = Price(Price::FARTHEST.0 + 1);
        }
        let scan = dice.one_in(2).then(|| {
            let slope = dice.below(9) as i64 - 4;
            Box::new([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5].map(|move_by| move_by * slope))
        });
        Valuation { instrument, price, scan }
    }

    /// A number of the house's own for an order now and then.
    pub(super) fn house_number(dice: &mut Dice) -> Option<OrderId> {
        dice.one_in(40).then(|| OrderId(OrderId::VENUE_FIRST.0 + dice.below(3)))
    }
}

fn limits(dice: &mut Dice) -> RiskLimits {
    let mut limits = RiskLimits::default();
    for _ in 0..dice.below(3) {
        match dice.below(8) {
            0 => limits.qty_max = Some(Qty(1 + dice.below(5))),
            1 => limits.notional_max = Some(Cash(i128::from(dice.below(600)))),
            2 => limits.position_max = Some(dice.below(9)),
            3 => limits.exposure_max = Some(Cash(i128::from(dice.below(3_000)))),
            4 => limits.collar_bips = Some(dice.below(400) as u32),
            5 => limits.rate_max = Some(dice.below(12) as u32),
            6 => limits.loss_max = Some(Cash(i128::from(dice.below(300)))),
            _ => limits.reduce_only = true,
        }
    }
    limits
}
