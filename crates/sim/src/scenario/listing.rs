//! `[[instrument]]`: what is traded, and within which limits.

use super::cleared::Cleared;
use super::contract::{Glance, Ground, KINDS};
use super::curve::CurveOf;
use super::{CASH, Group, Listing, Reading, Start, cash_of};
use crate::fields::{BadScenario, Fields};
use crate::params::price_of;
use pitfloor_model::instrument::{
    BadDefinition, Currency, Instrument, InstrumentKind, Limits, Venue,
};
use pitfloor_model::units::{AccountId, Qty};

impl Reading {
    pub(super) fn venue(
        &mut self,
        root: &mut Fields<'_>,
        mic: &str,
        (currencies, curves): (&[Currency], &[CurveOf]),
        start: &Start,
    ) -> Result<Listed, BadScenario> {
        let tables = root.tables("instrument")?;
        if tables.is_empty() {
            return Err(root.bad("instrument", "none", "at least one [[instrument]]"));
        }
        let glances = tables.iter().map(Glance::of).collect();
        let ground = Ground { mic, currencies, curves, start, glances };
        let mut instruments: Vec<Instrument> = Vec::new();
        let mut listed = Vec::new();
        for mut table in tables {
            self.head("[[instrument]]");
            let one = self.instrument(&mut table, &ground)?;
            if instruments.iter().any(|other| other.symbol() == one.instrument.symbol()) {
                let found = format!("{:?} a second time", one.instrument.symbol());
                return Err(table.bad("symbol", &found, "each symbol once"));
            }
            self.known.extend(table.finish()?);
            instruments.push(one.instrument.clone());
            listed.push(one);
        }
        let venue = Venue::new(mic, currencies.to_vec(), instruments)
            .map_err(|bad| root.bad(&bad.field, &bad.found, &bad.expected))?;
        let (mut listings, mut market_makers, mut cleared) = (Vec::new(), Vec::new(), Vec::new());
        for one in listed {
            listings.push(one.listing);
            market_makers.push(one.market_maker);
            cleared.push(one.cleared);
        }
        Ok(Listed { venue, listings, market_makers, cleared })
    }

    fn instrument(
        &mut self,
        table: &mut Fields<'_>,
        ground: &Ground<'_>,
    ) -> Result<One, BadScenario> {
        let symbol = table.need("symbol", "what it is called")?.text()?.to_owned();
        table.also_known_as(format!("instrument.{symbol}"));
        self.keep("symbol", &symbol);
        let word = self.text(table, "kind", KINDS[0], |text| {
            let found = KINDS.into_iter().find(|kind| *kind == text);
            found.ok_or_else(|| format!("one of {}", KINDS.join(", ")))
        })?;
        let priced_in = self.priced_in(table, ground)?;
        let (kind, usual_lot) = self.terms(table, word, priced_in, ground)?;
        let tick = self.text(table, "tick", "0.01", |text| Ok::<_, String>(text.to_owned()))?;
        let lot = self.text(table, "lot", &usual_lot, |text| Ok::<_, String>(text.to_owned()))?;
        // Alone it has nothing that it could be a contract on, so its numbers are checked as a
        // share's; what it is comes last.
        let alone_on =
            |instrument| Venue::new(ground.mic, ground.currencies.to_vec(), vec![instrument]);
        let define = || {
            let plain = Instrument::new(InstrumentKind::Equity, &symbol, priced_in, &tick, &lot)?;
            alone_on(plain)
        };
        let complain = |table: &Fields<'_>, bad: BadDefinition| {
            let known = ["symbol", "tick", "lot"].contains(&bad.field.as_str());
            table.bad(if known { &bad.field } else { "symbol" }, &bad.found, &bad.expected)
        };
        let alone = define().map_err(|bad| complain(table, bad))?;
        let kind = Self::pair(table, kind, &lot, ground)?;
        let mut instrument = alone.instruments()[0].clone();
        let currency = &ground.currencies[priced_in.index()];
        self.limits(table, &mut instrument, currency)?;
        alone_on(instrument.clone())
            .map_err(|bad| table.bad(&bad.field, &bad.found, &bad.expected))?;
        let price = table.need("price", "its price before the first trade")?;
        let fundamental = table.table("fundamental")?;
        let reference = match price.text()? {
            "curve" => {
                self.price_on_curve(&price, fundamental.as_ref(), &instrument, kind, ground)?
            }
            _ => price.read(|text| price_of(&instrument, text))?,
        };
        let worth = matches!(
            kind,
            InstrumentKind::Equity | InstrumentKind::Bond(_) | InstrumentKind::Fx { .. }
        );
        if reference.0 == 0 && worth {
            return Err(price.bad("more than zero"));
        }
        if reference.0 < 0 {
            return Err(price.bad("a price that is not negative"));
        }
        self.keep("price", price.text()?);
        self.aliases(table, &mut instrument, ground)?;
        let (fundamental, model) = match fundamental {
            None => (None, None),
            Some(mut fields) => {
                self.head("[instrument.fundamental]");
                let law = self.value(&mut fields, &instrument, kind, reference, ground)?;
                self.known.extend(fields.finish()?);
                law
            }
        };
        let mut fields = table.table_or_empty("rules")?;
        self.head("[instrument.rules]");
        let maker = self.rules(&mut fields, &mut instrument, currency)?;
        let maker = maker.map(|name| {
            let nobody = fields.bad("market_maker", &format!("{name:?}"), "an agent: NAME-0, …");
            MarketMaker { name, nobody }
        });
        alone_on(instrument.clone())
            .map_err(|bad| fields.bad(&bad.field, &bad.found, &bad.expected))?;
        self.known.extend(fields.finish()?);
        let timetable = match table.table("schedule")? {
            None => None,
            Some(mut fields) => {
                self.head("[instrument.schedule]");
                let timetable = self.timetable(&mut fields)?;
                self.known.extend(fields.finish()?);
                Some(timetable)
            }
        };
        let cleared = self.cleared(table, &instrument, kind, (currency, reference), ground)?;
        let mut whole = Instrument::new(kind, &symbol, priced_in, &tick, &lot)
            .map_err(|bad| complain(table, bad))?;
        whole.limits = instrument.limits;
        whole.rules = instrument.rules;
        whole.clearing = cleared.terms.clone();
        whole.aliases = instrument.aliases;
        let listing = Listing { reference, fundamental, model, timetable };
        Ok(One { instrument: whole, listing, market_maker: maker, cleared })
    }

    /// Other names that it may come to have; nobody else's.
    fn aliases(
        &mut self,
        table: &mut Fields<'_>,
        instrument: &mut Instrument,
        ground: &Ground<'_>,
    ) -> Result<(), BadScenario> {
        let field = table.take("aliases");
        let said = field.as_ref().map_or_else(|| Ok(Vec::new()), |field| field.list())?;
        for alias in said {
            Instrument::equity(&alias, CASH, "1")
                .map_err(|bad| table.bad("aliases", &bad.found, &bad.expected))?;
            let taken = ground.glances.iter().any(|glance| glance.symbol == alias);
            if taken || instrument.aliases.contains(&alias) {
                let found = format!("{alias:?}, which is taken");
                return Err(table.bad("aliases", &found, "names that nothing else has"));
            }
            instrument.aliases.push(alias);
        }
        self.keep_list("aliases", &instrument.aliases);
        Ok(())
    }

    pub(super) fn limits(
        &mut self,
        table: &mut Fields<'_>,
        instrument: &mut Instrument,
        currency: &Currency,
    ) -> Result<(), BadScenario> {
        let whole = |text: &str| {
            text.parse::<u64>().map_err(|_| format!("a whole number from 1 to {}", u64::MAX))
        };
        let mut limits = instrument.limits.clone();
        limits.price_step = self.text(table, "price_step", "1", whole)?;
        limits.qty_step = self.text(table, "qty_step", "1", whole)?;
        limits.qty_min = Qty(self.text(table, "qty_min", "1", whole)?);
        limits.qty_max = Qty(self.text(table, "qty_max", &Qty::MOST.0.to_string(), whole)?);
        limits.live_orders_max = self.text(table, "live_orders_max", "1048576", |text| {
            text.parse().map_err(|_| "a whole number from 1 to 4294967295".to_owned())
        })?;
        let most = Limits::NOTIONAL_MOST;
        limits.notional_max = self.text(table, "notional_max", &currency.show(most), |text| {
            cash_of(currency, text, most).and_then(|cash| {
                (cash.0 > 0).then_some(cash).ok_or_else(|| "more than zero".to_owned())
            })
        })?;
        limits.price_distance_max = self.text(table, "price_distance_max", "none", |text| {
            if text == "none" {
                return Ok(None);
            }
            let forward = u64::try_from(price_of(instrument, text)?.0);
            forward.map(Some).map_err(|_| "a distance that is not negative, or none".to_owned())
        })?;
        instrument.limits = limits;
        Ok(())
    }
}

/// Everything that is traded, as it was read.
pub(super) struct Listed {
    pub(super) venue: Venue,
    pub(super) listings: Vec<Listing>,
    pub(super) market_makers: MarketMakers,
    pub(super) cleared: Vec<Cleared>,
}

/// One instrument, as it was read.
struct One {
    instrument: Instrument,
    listing: Listing,
    market_maker: Option<MarketMaker>,
    cleared: Cleared,
}

/// A designated market maker by the name of an agent, and the complaint if there is no such agent.
pub(super) struct MarketMaker {
    name: String,
    nobody: BadScenario,
}

/// Those of all instruments, in order.
pub(super) type MarketMakers = Vec<Option<MarketMaker>>;

/// The same venue with its designated market makers, who have accounts now.
pub(super) fn appoint(
    root: &Fields<'_>,
    venue: &Venue,
    market_makers: &[Option<MarketMaker>],
    groups: &[Group],
) -> Result<Venue, BadScenario> {
    let mut instruments = venue.instruments().to_vec();
    for (instrument, maker) in instruments.iter_mut().zip(market_makers) {
        let Some(maker) = maker else { continue };
        let mut first = 0;
        let account = groups.iter().find_map(|group| {
            let number =
                maker.name.strip_prefix(&group.name).and_then(|rest| rest.strip_prefix('-'));
            let number = number.and_then(|number| number.parse::<u32>().ok());
            let before = first;
            first += group.count;
            number.filter(|number| *number < group.count).map(|number| AccountId(before + number))
        });
        instrument.rules.market_maker = Some(account.ok_or_else(|| maker.nobody.clone())?);
    }
    let made = Venue::new(venue.mic(), venue.currencies().to_vec(), instruments);
    made.map_err(|bad| root.bad(&bad.field, &bad.found, &bad.expected))
}
