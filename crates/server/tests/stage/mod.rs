//! The stage of these tests: a small busy market, and what two runs of it have in common.
#![allow(dead_code, reason = "each test program uses a part of the stage")]

use pitfloor_exchange::{Digest, Exchange};
use pitfloor_model::command::Stamped;
use pitfloor_model::units::{AccountId, CurrencyId, InstrumentId, Time};
use pitfloor_sim::history::{Journal, Replay, Tally};
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_sim::params::Kind;
use pitfloor_sim::scenario::Scenario;

pub(crate) const ACME: InstrumentId = InstrumentId(0);
pub(crate) const BOLT: InstrumentId = InstrumentId(1);
pub(crate) const USD: CurrencyId = CurrencyId(0);

/// Two shares and some forty traders in a hurry; `more` is appended.
pub(crate) fn busy(more: &str, kinds: &[&'static Kind]) -> Scenario {
    let text = format!(
        "
        name = 'busy'
        seed = 5
        span = '30s'
        [[instrument]]
        symbol = 'ACME'
        price = '100.00'
        [instrument.fundamental]
        volatility = '0.05'
        [[instrument]]
        symbol = 'BOLT'
        price = '40.00'
        [[agents]]
        kind = 'noise'
        count = 30
        shares = 2000
        cash = '500000'
        rate = 'exp(mean = 150ms)'
        patience = '2s'
        [[agents]]
        kind = 'market-maker'
        count = 4
        shares = 5000
        cash = '1000000'
        refresh = '100ms'
        latency = 'uniform(100us, 300us)'
        [[agents]]
        kind = 'momentum'
        count = 6
        shares = 1000
        interval = '200ms'
        {more}"
    );
    let all: Vec<&'static Kind> = pitfloor_agents::KINDS.iter().chain(kinds).copied().collect();
    Scenario::parse(&text, &[], &all).unwrap_or_else(|bad| panic!("{bad}"))
}

/// What a run was: everything asked, and the digests.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) tally: Tally,
    pub(crate) journal: Journal,
}

impl Observer for Record {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.tally.saw(seen);
        self.journal.saw(seen);
    }
}

impl Record {
    pub(crate) fn digests(&self) -> (Digest, Digest) {
        (self.tally.digest(), self.tally.journal_digest())
    }

    pub(crate) fn stamped(&self) -> &[Stamped] {
        &self.journal.0
    }
}

/// The run in virtual time, as the kernel alone has it.
pub(crate) fn simulated(scenario: &Scenario, until: Time) -> Record {
    let mut record = Record::default();
    scenario.kernel().run(until, &mut record);
    record
}

/// Replays `record` and holds the outcome against `exchange`: digests, everybody's holdings, and
/// that nothing was made or lost on the way.
pub(crate) fn holds(scenario: &Scenario, record: &Record, exchange: &Exchange) {
    let (mut replay, mut again) = (Replay::new(scenario.venue().clone()), Tally::new());
    replay.all(record.stamped(), &mut again).unwrap();
    assert_eq!((again.digest(), again.journal_digest()), record.digests());
    assert_eq!(holdings(replay.exchange()), holdings(exchange));

    let cast: Vec<_> = scenario.cast().map(|(.., endowment)| endowment).collect();
    let brought = |pick: &dyn Fn(usize) -> i128| (0..cast.len()).map(pick).sum::<i128>();
    let (cash, lots) = exchange.ledger().resum();
    assert!(cash.iter().chain(&lots).all(|sum| *sum == 0), "every posting has its counterpart");
    let own = |account: &AccountId| *account != AccountId::VENUE;
    let accounts: Vec<AccountId> = exchange.ledger().accounts().filter(own).collect();
    assert_eq!(accounts.len(), cast.len());
    let held = |account: AccountId| exchange.cash(account, USD).unwrap().total.0;
    assert_eq!(
        accounts.iter().copied().map(held).sum::<i128>(),
        brought(&|at| cast[at].cash.iter().map(|(_, cash)| cash.0).sum()),
        "cash is what was brought along"
    );
    for instrument in [ACME, BOLT] {
        let held = |account: AccountId| exchange.lots(account, instrument).unwrap().total;
        let of = |at: usize| {
            let lots = cast[at].lots.iter().filter(|(of, _)| *of == instrument);
            lots.map(|(_, qty)| i128::from(qty.0)).sum()
        };
        let held: i128 = accounts.iter().copied().map(held).sum();
        assert_eq!(held, brought(&of), "shares are what was brought along");
    }
}

fn holdings(exchange: &Exchange) -> Vec<String> {
    let of = |account| {
        let lots = [ACME, BOLT].map(|instrument| exchange.lots(account, instrument));
        format!("{account:?} {:?} {lots:?}", exchange.cash(account, USD))
    };
    exchange.ledger().accounts().map(of).collect()
}
