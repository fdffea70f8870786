//! Each sort of `[[event]]` and its fields.

use super::Reading;
use super::occasion::{News, Occasions, Stage};
use super::shares::{bips, proportion, ratio};
use crate::fields::{BadScenario, Fields};
use crate::params::{number, span};
use crate::world::Change;
use pitfloor_model::clearing::{Act, Distribution, Ratio};
use pitfloor_model::command::Command;
use pitfloor_model::contract::InstrumentKind;
use pitfloor_model::event::{Phase, PhaseReason};
use pitfloor_model::instrument::{Currency, Decimal, Instrument};
use pitfloor_model::units::{CurrencyId, InstrumentId, Qty, Time};
use pitfloor_operations::agenda::Item;
use pitfloor_operations::funding::Terms;
use std::str::FromStr;

fn say(act: Act) -> Item {
    Item::Say(Command::Clear(Box::new(act)))
}

impl Reading {
    /// What becomes of an instrument. Gives it back when it ends.
    pub(super) fn corporate(
        &mut self,
        table: &mut Fields<'_>,
        what: &str,
        instrument: InstrumentId,
        stage: &Stage<'_>,
        made: &mut Occasions,
    ) -> Result<Option<InstrumentId>, BadScenario> {
        let (venue, at) = (stage.venue, stage.at);
        let definition = &venue.instruments()[instrument.index()];
        let currency = &venue.currencies()[definition.currency().index()];
        let kind = definition.kind();
        let refuse = |table: &Fields<'_>, expected: &str| {
            Err(table.bad("instrument", &format!("{:?}", definition.symbol()), expected))
        };
        match what {
            "dividend" => {
                if !matches!(kind, InstrumentKind::Equity | InstrumentKind::Crypto) {
                    return refuse(table, "a share or a coin");
                }
                let per_lot = self.per_lot(table, "amount", None, definition.lot(), currency)?;
                let (currency, why) = (definition.currency(), Distribution::Dividend);
                let act = Act::Distribute { instrument, currency, per_lot, why };
                made.items.push((at, say(act)));
            }
            "split" => {
                let follows = |other: &Instrument| {
                    let future = matches!(
                        other.kind(),
                        InstrumentKind::Future(_) | InstrumentKind::Perpetual { .. }
                    );
                    future && other.kind().underlying() == Some(instrument)
                };
                let bought = matches!(
                    kind,
                    InstrumentKind::Equity | InstrumentKind::Crypto | InstrumentKind::Bond(_)
                );
                if !bought || venue.instruments().iter().any(follows) {
                    return refuse(
                        table,
                        "a share, coin or bond that no future or perpetual is on",
                    );
                }
                let field = table.need("ratio", "new for old, such as \"7:1\"")?;
                let (num, den) = field.read(proportion)?;
                self.keep("ratio", field.text()?);
                made.items.push((at, say(Act::Split { instrument, num, den })));
                let by = f64::from(den) / f64::from(num);
                made.changes.push((at, Change::Scale { instrument, by }));
            }
            "merger" => return self.merger(table, instrument, stage, made).map(Some),
            "rename" => {
                let field = table.need("alias", "one of its aliases")?;
                let at_alias = field.read(|text| {
                    let place = definition.aliases.iter().position(|alias| alias == text);
                    let place = place.and_then(|place| u16::try_from(place).ok());
                    place.ok_or_else(|| "one of the instrument's aliases".to_owned())
                })?;
                self.keep("alias", field.text()?);
                made.items.push((at, say(Act::Rename { instrument, alias: at_alias })));
            }
            "funding" => {
                let InstrumentKind::Perpetual { underlying: Some(underlying) } = kind else {
                    return refuse(table, "a perpetual with an underlying");
                };
                let every = self.text(table, "every", "8h", span)?;
                let cap_bips = self.text(table, "cap", "0.75%", |text| {
                    u32::try_from(bips(text, 1, 10_000)?).map_err(|_| "less".to_owned())
                })?;
                if made.funding.iter().any(|other| other.instrument == instrument) {
                    return refuse(table, "each perpetual is funded once");
                }
                made.funding.push(Terms { instrument, underlying, first: at, every, cap_bips });
            }
            "borrow" => {
                let lots = self.text(table, "lots", "0", |text| {
                    let lots = text.parse().ok().filter(|lots| *lots <= Qty::MOST.0);
                    lots.ok_or_else(|| "a whole number of lots".to_owned())
                })?;
                let bips = self.text(table, "rate", "0%", |text| {
                    u32::try_from(bips(text, 0, 1_000_000)?).map_err(|_| "less".to_owned())
                })?;
                made.items.push((at, say(Act::SetBorrow { instrument, lots, bips })));
            }
            _ => {
                let days = self.text(table, "days", "1", |text| {
                    let days = text.parse().ok().filter(|days| *days <= 5_u8);
                    days.ok_or_else(|| "business days from 0 to 5".to_owned())
                })?;
                made.items.push((at, say(Act::SetCycle { instrument, days })));
            }
        }
        Ok(None)
    }

    /// An amount of money a unit, as one a lot.
    fn per_lot(
        &mut self,
        table: &mut Fields<'_>,
        name: &'static str,
        usual: Option<&str>,
        lot: Decimal,
        currency: &Currency,
    ) -> Result<Ratio, BadScenario> {
        let read = |text: &str| {
            let amount = Decimal::from_str(text).ok().filter(|amount| *amount >= Decimal::ZERO);
            let a_lot = amount.and_then(|amount| amount.checked_mul(lot));
            let found = a_lot.and_then(|amount| ratio(amount, currency.decimals(), 0));
            found.ok_or_else(|| format!("an amount of {} a unit, not negative", currency.code()))
        };
        if let Some(usual) = usual {
            return self.text(table, name, usual, read);
        }
        let field = table.need(name, "an amount a unit")?;
        let found = field.read(read)?;
        if found.num == 0 {
            return Err(field.bad("more than zero"));
        }
        self.keep(name, field.text()?);
        Ok(found)
    }

    fn merger(
        &mut self,
        table: &mut Fields<'_>,
        instrument: InstrumentId,
        stage: &Stage<'_>,
        made: &mut Occasions,
    ) -> Result<InstrumentId, BadScenario> {
        let definition = &stage.venue.instruments()[instrument.index()];
        let currency = &stage.venue.currencies()[definition.currency().index()];
        let into = self.text(table, "into", "none", |text| {
            if text == "none" {
                return Ok(None);
            }
            let found = stage.venue.find(text).filter(|id| *id != instrument);
            let bought = found.filter(|id| {
                let kind = stage.venue.instruments()[id.index()].kind();
                !kind.is_margined() && !matches!(kind, InstrumentKind::Fx { .. })
            });
            bought.map(Some).ok_or_else(|| "another instrument that can be owned".to_owned())
        })?;
        let (num, den) = self.text(table, "ratio", "1:1", proportion)?;
        let cash = self.per_lot(table, "cash", Some("0"), definition.lot(), currency)?;
        let into = into.map(|id| (id, Ratio { num: i64::from(num), den }));
        if into.is_none() && cash.num == 0 {
            return Err(table.bad("cash", "nothing, and no lots", "cash, into, or both"));
        }
        let why = Distribution::Merger;
        made.items.push((stage.at, say(Act::Convert { instrument, into, cash, why })));
        Ok(instrument)
    }

    pub(super) fn of_currency(
        &mut self,
        table: &mut Fields<'_>,
        what: &str,
        stage: &Stage<'_>,
        made: &mut Occasions,
    ) -> Result<(), BadScenario> {
        let field = table.need("currency", "a currency of the scenario")?;
        let all = stage.venue.currencies().iter().map(Currency::code);
        let currency = field.one_of("a currency", all.zip((0..).map(CurrencyId)))?;
        self.keep("currency", field.text()?);
        let act = if what == "fx" {
            if currency == super::CASH {
                return Err(field.bad("a currency beside the first, which is worth itself"));
            }
            let [base, own] =
                [super::CASH, currency].map(|id| &stage.venue.currencies()[id.index()]);
            let field = table.need("rate", "what one is worth in the first currency")?;
            let rate = field.read(|text| {
                super::currency::rate(text, base.decimals(), own.decimals())
                    .ok_or_else(|| "more than 0, with few enough digits".to_owned())
            })?;
            self.keep("rate", field.text()?);
            Act::SetFx { currency, rate }
        } else {
            self.interest(table, currency)?
        };
        made.items.push((stage.at, say(act)));
        Ok(())
    }

    pub(super) fn of_agent(
        &mut self,
        table: &mut Fields<'_>,
        what: &str,
        stage: &Stage<'_>,
        made: &mut Occasions,
    ) -> Result<(), BadScenario> {
        let account = self.whom(table, "agent", stage)?;
        let act = match what {
            "stall" => {
                let on = self.word(table, "on", &[("true", true), ("false", false)])?;
                Act::Stall { account, on }
            }
            "default" => {
                let mut first = 0;
                let carried = stage.groups.iter().any(|group| {
                    first += group.count;
                    let own = account.0 < first && account.0 + group.count >= first;
                    own && !group.carriers.is_empty()
                });
                if carried {
                    let expected = "a member: somebody whom nobody carries";
                    return Err(table.bad("agent", "one who is carried", expected));
                }
                Act::Default { member: account }
            }
            _ => {
                let instrument = self.subject(table, stage)?;
                let coin = stage.venue.instruments()[instrument.index()].kind();
                if coin != InstrumentKind::Crypto {
                    return Err(table.bad("instrument", coin.name(), "a coin"));
                }
                let to = self.text(table, "to", "none", |text| match text {
                    "none" => Ok(None),
                    _ => super::means::account_of(stage.groups, text)
                        .map(Some)
                        .ok_or_else(|| "an agent: NAME-0, \u{2026}, or none".to_owned()),
                })?;
                let lots = |least: u64| {
                    move |text: &str| {
                        let lots = text.parse().ok();
                        let lots = lots.filter(|lots| (least..=Qty::MOST.0).contains(lots));
                        lots.map(Qty).ok_or_else(|| format!("a whole number of lots from {least}"))
                    }
                };
                let qty = self.text(table, "lots", "1", lots(1))?;
                let fee = self.text(table, "fee", "0", lots(0))?;
                Act::Send { account, to, instrument, qty, fee }
            }
        };
        made.items.push((stage.at, say(act)));
        Ok(())
    }

    pub(super) fn outage(
        &mut self,
        table: &mut Fields<'_>,
        what: &str,
        stage: &Stage<'_>,
        made: &mut Occasions,
    ) -> Result<(), BadScenario> {
        let from = stage.at;
        let chosen = match what {
            "outage" => self.instruments(table, stage.venue)?,
            _ => Vec::new(),
        };
        let until = self.moment(table, "until", "when it is over", stage.start)?;
        if until <= from {
            return Err(table.bad("until", "a moment that is not later", "a moment after `at`"));
        }
        let overlap = "outages that do not overlap";
        if what == "network-outage" {
            if made.outages.iter().any(|(_, end)| *end > from) {
                return Err(table.bad("at", "a moment in another outage", overlap));
            }
            made.outages.push((from, until));
            return Ok(());
        }
        let mut phase = |at: Time, instrument, to, why| {
            made.items.push((at, Item::Say(Command::SetPhase { instrument, to, why })));
        };
        for instrument in &chosen {
            let same = |other: &&(InstrumentId, Time, Time)| other.0 == *instrument;
            if made.halts.iter().filter(same).any(|(_, _, end)| *end > from) {
                return Err(table.bad("at", "a moment in another outage", overlap));
            }
            phase(from, *instrument, Phase::Halt, PhaseReason::Outage);
        }
        for instrument in &chosen {
            for to in [Phase::ReopenCall, Phase::Continuous] {
                phase(until, *instrument, to, PhaseReason::Outage);
            }
        }
        made.halts.extend(chosen.into_iter().map(|instrument| (instrument, from, until)));
        Ok(())
    }

    pub(super) fn of_world(
        &mut self,
        table: &mut Fields<'_>,
        what: &str,
        stage: &Stage<'_>,
        made: &mut Occasions,
    ) -> Result<(), BadScenario> {
        let at = stage.at;
        if what == "rates" {
            let usual_bips = table.need("bips", "how far yields move, in basis points")?;
            let by = usual_bips.read(|text| number(text, -10_000.0, 10_000.0))?;
            self.keep("bips", usual_bips.text()?);
            let moved = self.moved(table, by / 10_000.0, stage)?;
            made.changes.push((at, Change::Rates(moved)));
        }
        let usual = match what {
            "rates" => "rates were announced",
            _ => "news",
        };
        let text = self.text(table, "text", usual, |text| {
            let good = !text.is_empty() && text.chars().count() <= 280;
            good.then(|| text.to_owned()).ok_or_else(|| "1 to 280 letters".to_owned())
        })?;
        let mut about = None;
        if what == "news" && table.glance("instrument").is_some() {
            let instrument = self.subject(table, stage)?;
            about = Some(instrument);
            let definition = &stage.venue.instruments()[instrument.index()];
            let jump = self.text(table, "jump", "0%", |text| {
                let share = text.strip_suffix('%');
                let of = share.map(|share| number(share.trim_end(), -99.0, 1_000.0));
                match of {
                    Some(percent) => percent.map(|percent| (percent / 100.0, true)),
                    None => definition
                        .price(text)
                        .map(|price| (price.0 as f64, false))
                        .map_err(|bad| format!("a share such as \"-5%\", or {}", bad.expected)),
                }
            })?;
            let half_life = self.text(table, "half_life", "none", |text| match text {
                "none" => Ok(None),
                _ => span(text).map(Some),
            })?;
            let (by, is_share) = jump;
            if by != 0.0 {
                made.changes.push((at, Change::Jump { instrument, by, is_share, half_life }));
            }
        }
        let number = u32::try_from(made.news.len()).expect("fewer than 2^32 news");
        made.news.push(News { number, at, about, text });
        Ok(())
    }
}
