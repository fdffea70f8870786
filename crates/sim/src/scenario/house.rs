//! `[clearing]`: the clearing house, and what its people do.

use super::cleared::Cleared;
use super::currency::Currencies;
use super::moment::moment;
use super::shares::{bips, shown};
use super::{CASH, CASH_MOST, Group, Reading, Scenario, Start, cash_of};
use crate::fields::{BadScenario, Fields};
use crate::kernel::Endowment;
use crate::params::span;
use pitfloor_model::clearing::{Act, HouseTerms};
use pitfloor_model::event::Credit;
use pitfloor_model::instrument::{Limits, Venue};
use pitfloor_model::units::{AccountId, Cash, InstrumentId, OrderId, Qty, Span, Time};
use pitfloor_operations::Operations;
use pitfloor_operations::agenda::Agenda;
use pitfloor_operations::buy_in::BuyIn;
use pitfloor_operations::closing::{Closing, Policy};
use pitfloor_operations::days::{Day, Days};
use pitfloor_operations::defaults::Defaults;
use pitfloor_operations::funding::Funding;
use pitfloor_operations::liquidator::Liquidator;
use pitfloor_operations::network::{Blocks, Network};
use pitfloor_operations::prices::Prices;
use pitfloor_operations::valuer::{Mark, Scan, Valuer};
use pitfloor_supervision::calendar::Calendar;
use pitfloor_supervision::rows::Rows;

/// A clearing house and its people. Checked when the scenario is read.
#[derive(Clone, Debug)]
pub(super) struct House {
    pub(super) terms: HouseTerms,
    /// What the house is told of its currencies and of what can be borrowed.
    pub(super) acts: Vec<Act>,
    every: Span,
    scan: Option<Scan>,
    marks: Vec<Mark>,
    policy: Policy,
    days: Vec<Day>,
    blocks: Blocks,
    /// What the house's own account begins with.
    cash: Cash,
    /// That account: the one after all agents'.
    account: AccountId,
}

/// Everything that may want a house.
pub(super) struct Wants<'a> {
    pub(super) venue: &'a Venue,
    pub(super) cleared: &'a [Cleared],
    pub(super) currencies: &'a Currencies,
    pub(super) groups: &'a [Group],
    /// Somebody must be there to say what was announced.
    pub(super) occasions: bool,
}

impl House {
    /// What the house's own account begins with: it buys in what others do not deliver, and may owe.
    pub(super) fn endowment(&self) -> Endowment {
        let cash = vec![(CASH, self.cash)];
        Endowment { credit: Credit::Unlimited, cash, lots: Vec::new() }
    }

    /// Who values, before the first valuation.
    pub(super) fn valuer(&self, scenario: &Scenario) -> Valuer {
        let valuer = Valuer::new(scenario.venue.clone(), self.marks.clone(), self.every, self.scan);
        valuer.on(scenario.curves_through())
    }

    /// What is known of prices before the first trade.
    pub(super) fn prices(scenario: &Scenario) -> Prices {
        Prices::new(scenario.listings.iter().map(|listing| listing.reference))
    }

    /// Everybody at the house, after the first valuation has been said.
    pub(super) fn operations(&self, scenario: &Scenario) -> Operations {
        /// Each desk numbers its orders apart from the others'.
        const APART: u64 = 1 << 40;
        let first = |desk: u64| OrderId(OrderId::VENUE_FIRST.0 + desk * APART);
        let venue = &scenario.venue;
        let prices = Self::prices(scenario);
        let mut valuer = self.valuer(scenario);
        pitfloor_operations::Desk::take(&mut valuer, Time::ZERO, &prices, &mut Vec::new());
        let closing = |desk| Closing::new(venue.clone(), self.policy, first(desk));
        let mut network = self.blocks.clone();
        network.outages = scenario.occasions.outages().to_vec();
        let made = Operations::new(prices)
            .with(Agenda::new(scenario.occasions.items().iter().cloned()))
            .with(Funding::new(venue.clone(), scenario.occasions.funding().iter().copied()))
            .with(Days::new(self.days.iter().copied()))
            .with(valuer)
            .with(Liquidator::new(closing(0)))
            .with(Defaults::new(closing(1)));
        let made = made.with(BuyIn::new(venue.clone(), self.account, self.policy, first(2)));
        made.with(Network::new(network))
    }
}

impl Reading {
    /// The house, if the scenario asks for one: by the table, or by anything that needs it.
    pub(super) fn house(
        &mut self,
        root: &mut Fields<'_>,
        wants: &Wants<'_>,
        (start, length): (&Start, Span),
    ) -> Result<Option<House>, BadScenario> {
        let Wants { venue, cleared, currencies, groups, occasions } = *wants;
        let own = |group: &Group| group.is_cleared();
        let needed = occasions
            || cleared.iter().any(|one| one.asked)
            || !currencies.acts.is_empty()
            || groups.iter().any(own);
        let mut fields = match root.table("clearing")? {
            Some(fields) => fields,
            None if needed => root.table_or_empty("clearing")?,
            None => return Ok(None),
        };
        self.head("[clearing]");
        let base = &venue.currencies()[CASH.index()];
        let amount = |text: &str, most| {
            let cash = cash_of(base, text, most)?;
            (cash.0 >= 0).then_some(cash).ok_or_else(|| "an amount that is not negative".to_owned())
        };
        let most = Limits::NOTIONAL_MOST;
        let equity_least =
            self.text(&mut fields, "equity_least", "0", |text| amount(text, most))?;
        let call = self.text(&mut fields, "call", "5m", span)?;
        let skin = self.text(&mut fields, "skin", "0", |text| amount(text, most))?;
        let assessment_bips = self.text(&mut fields, "assessment", "100%", |text| {
            u32::try_from(bips(text, 0, 1_000_000)?).map_err(|_| "less".to_owned())
        })?;
        let portfolio_least =
            self.text(&mut fields, "portfolio_least", "0", |text| amount(text, most))?;
        let interest = self.interest(&mut fields, CASH)?;
        let every = self.text(&mut fields, "value_every", "1m", span)?;
        let scan = self.scan(&mut fields, groups)?;
        let policy = self.policy(&mut fields)?;
        let days = self.days(&mut fields, start, length)?;
        let blocks = self.blocks(&mut fields)?;
        let cash = self.text(&mut fields, "house_cash", "0", |text| amount(text, CASH_MOST))?;
        self.known.extend(fields.finish()?);
        let terms = HouseTerms {
            base: CASH,
            equity_least,
            call_ns: call.0,
            skin,
            assessment_bips,
            portfolio_least,
        };
        let mut acts = vec![interest];
        acts.extend(currencies.acts.iter().cloned());
        for (instrument, one) in (0..).map(InstrumentId).zip(cleared) {
            if let Some((lots, bips)) = one.borrow {
                acts.push(Act::SetBorrow { instrument, lots, bips });
            }
        }
        acts.retain(|act| !matches!(act, Act::SetInterest { credit_bips: 0, debit_bips: 0, .. }));
        let marks = cleared.iter().map(|one| one.mark).collect();
        let before = groups.iter().map(|group| group.count).sum();
        let account = AccountId(before);
        let house = House { terms, acts, every, scan, marks, policy, days, blocks, cash, account };
        Ok(Some(house))
    }

    /// The moves that portfolio margin looks at; nobody looks when nobody's margin needs it.
    fn scan(
        &mut self,
        fields: &mut Fields<'_>,
        groups: &[Group],
    ) -> Result<Option<Scan>, BadScenario> {
        let low = self.text(fields, "scan_low", &shown(-1_500), |text| bips(text, -9_999, 0))?;
        let high = self.text(fields, "scan_high", &shown(1_500), |text| bips(text, 0, 100_000))?;
        let needed = groups.iter().any(|group| group.credit == Credit::Portfolio);
        let share = |bips: i64| bips as f64 / 10_000.0;
        Ok(needed.then_some(Scan { low: share(low), high: share(high) }))
    }

    fn policy(&mut self, fields: &mut Fields<'_>) -> Result<Policy, BadScenario> {
        let delay = self.text(fields, "close_after", "1s", span)?;
        let every = self.text(fields, "close_every", "5s", span)?;
        let slice = self.text(fields, "close_slice", "100", |text| {
            let lots = text.parse().ok().filter(|lots| (1..=Qty::MOST.0).contains(lots));
            lots.map(Qty).ok_or_else(|| format!("a whole number of lots from 1 to {}", Qty::MOST.0))
        })?;
        Ok(Policy { delay, every, slice })
    }

    /// The business days: of a market's calendar, or as they are said.
    fn days(
        &mut self,
        fields: &mut Fields<'_>,
        start: &Start,
        length: Span,
    ) -> Result<Vec<Day>, BadScenario> {
        let market =
            self.text(fields, "calendar", "US", |text| Ok::<_, String>(text.to_owned()))?;
        let ends = self.moments(fields, "day_ends", start)?;
        let settles = self.moments(fields, "settles", start)?;
        if ends.len() != settles.len() {
            let expected = "as many as day_ends: each day is settled once";
            return Err(fields.bad("settles", &format!("{} moments", settles.len()), expected));
        }
        let said: Vec<Day> = ends
            .into_iter()
            .zip(settles)
            .map(|(ends, settles)| Day { ends, nights: 1, settles })
            .collect();
        let mut before = Time::ZERO;
        for day in &said {
            if day.ends < before || day.settles < day.ends {
                let expected = "days that follow each other: each settles after its end and before \
                                the next ends";
                return Err(fields.bad("settles", "days that overlap", expected));
            }
            before = day.settles;
        }
        if !said.is_empty() || market == "none" {
            return Ok(said);
        }
        let calendar = Calendar::new(&Rows::shipped(), &market, start.epoch_ns());
        let calendar = calendar.map_err(|bad| {
            let expected = format!("a market whose calendar holds then, or none: {bad}");
            fields.bad("calendar", &format!("{market:?}"), &expected)
        })?;
        Ok(of_calendar(&calendar, length))
    }

    fn moments(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        start: &Start,
    ) -> Result<Vec<Time>, BadScenario> {
        let field = fields.take(name);
        let said = field.as_ref().map_or_else(|| Ok(Vec::new()), |field| field.list())?;
        self.keep_list(name, &said);
        let mut found = Vec::new();
        for text in &said {
            let at = moment(text, start);
            found.push(at.map_err(|expected| fields.bad(name, &format!("{text:?}"), &expected))?);
        }
        Ok(found)
    }

    /// The network that carries coins.
    fn blocks(&mut self, fields: &mut Fields<'_>) -> Result<Blocks, BadScenario> {
        let whole = |text: &str| {
            let number = text.parse().ok().filter(|number| (1..=1_000_000_u32).contains(number));
            number.ok_or_else(|| "a whole number from 1 to 1000000".to_owned())
        };
        let every = self.text(fields, "block_every", "10m", span)?;
        let room = self.text(fields, "block_room", "1000", whole)? as usize;
        let confirmations = self.text(fields, "confirmations", "1", whole)?;
        Ok(Blocks { every, room, confirmations, outages: Vec::new() })
    }
}

/// The trading days of a calendar that end within `length`, settled when the next one opens.
fn of_calendar(calendar: &Calendar, length: Span) -> Vec<Day> {
    let last = Time(length.0);
    let mut days = Vec::new();
    let mut date = calendar.date(Time::ZERO);
    loop {
        let next = calendar.trading_day_after(date, 1);
        let (session, opens) = (calendar.session(date), calendar.session(next));
        if let (Some(session), Some(opens)) = (session, opens)
            && session.close > Time::ZERO
        {
            if session.close > last {
                return days;
            }
            let nights = date.until(next).map_or(1, |span| span.get_days());
            let nights = u16::try_from(nights).unwrap_or(1);
            let settles = opens.open.max(session.close);
            days.push(Day { ends: session.close, nights, settles });
        }
        date = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Friday morning: three nights until Monday, then one.
    #[test]
    fn days_are_those_of_the_calendar() {
        let start = Start::parse("2026-01-09T09:30:00-05:00").unwrap();
        let calendar = Calendar::new(&Rows::shipped(), "US", start.epoch_ns()).unwrap();
        let hours = |hours: u64| Span::secs(hours * 3_600);
        assert_eq!(of_calendar(&calendar, hours(6)), []);
        let days = of_calendar(&calendar, hours(24 * 4));
        let moments =
            |day: &Day| (day.ends.0 / 60_000_000_000, day.nights, day.settles.0 / 60_000_000_000);
        let found: Vec<_> = days.iter().map(moments).collect();
        assert_eq!(found, [(390, 3, 3 * 1_440), (3 * 1_440 + 390, 1, 4 * 1_440)]);
    }
}
