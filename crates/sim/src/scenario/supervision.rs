//! `[supervision]`: the official rules that a market is watched by, and over which instruments.

use super::{Listing, Reading, Scenario, Start};
use crate::fields::{BadScenario, Fields, nearest};
use crate::params::span;
use pitfloor_model::instrument::{Instrument, Venue};
use pitfloor_model::units::{InstrumentId, Qty, Span};
use pitfloor_supervision::Bench;
use pitfloor_supervision::calendar::Calendar;
use pitfloor_supervision::grid::Grid;
use pitfloor_supervision::luld::{self, Luld, Tier};
use pitfloor_supervision::market_wide::{MarketWide, Setup};
use pitfloor_supervision::pauses::Pauses;
use pitfloor_supervision::rows::{BadRows, Rows};
use pitfloor_supervision::short_sale::ShortSales;
use std::fmt::Write as _;

/// Who watches. Checked when the scenario is read, so that seating them cannot fail.
#[derive(Clone, Debug)]
pub(super) struct Supervision {
    market: String,
    /// The moment of the calendar at which the run begins, in nanoseconds since 1970.
    epoch_ns: i64,
    luld: Vec<luld::Listing>,
    short_sale_test: Vec<InstrumentId>,
    /// Which instrument carries the index of the market-wide circuit breaker.
    index: Option<Setup>,
}

impl Supervision {
    /// Nobody but whoever ends the pauses that the exchange begins.
    fn nobody(epoch_ns: i64) -> Self {
        let (luld, short_sale_test) = (Vec::new(), Vec::new());
        Self { market: String::new(), epoch_ns, luld, short_sale_test, index: None }
    }

    /// Seats everybody on `bench`.
    pub(super) fn seat(&self, bench: Bench, scenario: &Scenario) -> Bench {
        self.try_seat(bench, &scenario.listings).expect("it was tried when the scenario was read")
    }

    fn try_seat(&self, bench: Bench, listings: &[Listing]) -> Result<Bench, BadRows> {
        let rows = Rows::shipped();
        // Pauses are as old as time itself, which for their rows begins in 1970.
        let epoch_ns = i128::from(self.epoch_ns.max(0));
        let start = jiff::Timestamp::from_nanosecond(epoch_ns).unwrap_or(jiff::Timestamp::MAX);
        let day = start.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut bench = bench.with(Pauses::new(&rows, day)?);
        let calendar = || Calendar::new(&rows, &self.market, self.epoch_ns);
        if !self.luld.is_empty() {
            bench = bench.with(Luld::new(&rows, &self.market, calendar()?, &self.luld)?);
        }
        if let Some(setup) = &self.index {
            bench = bench.with(MarketWide::new(&rows, &self.market, calendar()?, setup.clone())?);
        }
        if !self.short_sale_test.is_empty() {
            let close = |id: &InstrumentId| (*id, Some(listings[id.index()].reference));
            let tested: Vec<_> = self.short_sale_test.iter().map(close).collect();
            bench = bench.with(ShortSales::new(&rows, &self.market, calendar()?, &tested)?);
        }
        Ok(bench)
    }
}

impl Reading {
    pub(super) fn supervision(
        &mut self,
        root: &mut Fields<'_>,
        venue: &Venue,
        listings: &[Listing],
        start: &Start,
    ) -> Result<Supervision, BadScenario> {
        let epoch_ns = start.unix_s.saturating_mul(1_000_000_000);
        let Some(mut fields) = root.table("supervision")? else {
            return Ok(Supervision::nobody(epoch_ns));
        };
        self.head("[supervision]");
        let market =
            self.text(&mut fields, "market", "US", |text| Ok::<_, String>(text.to_owned()))?;
        let mut luld = Vec::new();
        for (name, tier) in [("luld_tier_1", Tier::One), ("luld_tier_2", Tier::Two)] {
            for instrument in self.symbols(&mut fields, name, venue)? {
                if luld.iter().any(|other: &luld::Listing| other.instrument == instrument) {
                    return Err(fields.bad(name, "an instrument of both", "each in one tier"));
                }
                let definition = &venue.instruments()[instrument.index()];
                let grid = Grid::of(definition);
                let grid = grid.map_err(|bad| fields.bad(name, &bad.found, &bad.expected))?;
                let close = Some(listings[instrument.index()].reference);
                let eligible_min = Qty(1);
                luld.push(luld::Listing { instrument, tier, grid, close, eligible_min });
            }
        }
        let short_sale_test = self.symbols(&mut fields, "short_sale_test", venue)?;
        let index = self.symbols(&mut fields, "index", venue)?;
        if index.len() > 1 {
            return Err(fields.bad("index", "several instruments", "one instrument"));
        }
        let call = self.text(&mut fields, "index_call", "5m", span)?;
        let index =
            index.first().map(|id| setup(&fields, venue, listings, *id, call)).transpose()?;
        let made = Supervision { market, epoch_ns, luld, short_sale_test, index };
        let refused = |bad: BadRows| {
            let found = format!("{:?} on the day of the run", made.market);
            fields.bad("market", &found, &format!("rules that hold then: {bad}"))
        };
        made.try_seat(Bench::new(), listings).map_err(refused)?;
        self.known.extend(fields.finish()?);
        Ok(made)
    }

    /// A list of symbols; by default none.
    fn symbols(
        &mut self,
        fields: &mut Fields<'_>,
        name: &'static str,
        venue: &Venue,
    ) -> Result<Vec<InstrumentId>, BadScenario> {
        let field = fields.take(name);
        let chosen = field.as_ref().map_or_else(|| Ok(Vec::new()), |field| field.list())?;
        let listed: Vec<String> = chosen.iter().map(|symbol| format!("{symbol:?}")).collect();
        let _ = writeln!(self.complete, "{name} = [{}]", listed.join(", "));
        let all: Vec<&str> = venue.instruments().iter().map(Instrument::symbol).collect();
        let mut found = Vec::new();
        for symbol in &chosen {
            let expected = format!("instruments of the scenario: {}", all.join(", "));
            let id = venue.find(symbol).ok_or_else(|| BadScenario {
                near: nearest(symbol, all.iter().copied()),
                ..fields.bad(name, &format!("{symbol:?}"), &expected)
            })?;
            if found.contains(&id) {
                return Err(fields.bad(name, &format!("{symbol:?} a second time"), "each once"));
            }
            found.push(id);
        }
        Ok(found)
    }
}

fn setup(
    fields: &Fields<'_>,
    venue: &Venue,
    listings: &[Listing],
    index: InstrumentId,
    call: Span,
) -> Result<Setup, BadScenario> {
    let grid = Grid::of(&venue.instruments()[index.index()]);
    let grid = grid.map_err(|bad| fields.bad("index", &bad.found, &bad.expected))?;
    let close = Some(listings[index.index()].reference);
    let instruments = u32::try_from(venue.instruments().len()).expect("fewer than 2^32");
    Ok(Setup { index, grid, close, instruments, call })
}
