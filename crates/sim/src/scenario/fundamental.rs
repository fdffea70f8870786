//! `[instrument.fundamental]`: what an instrument is really worth.

use super::{Reading, STEP_MIN};
use crate::fields::{BadScenario, Fields};
use crate::params::{number, span};
use crate::world::{Fundamental, Model, YEAR_S};
use pitfloor_model::contract::{Bond, InstrumentKind};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::Price;

impl Reading {
    /// A path of its own, or how it follows from what it is a contract on.
    pub(super) fn value(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        kind: InstrumentKind,
        reference: Price,
    ) -> Result<(Option<Fundamental>, Option<Model>), BadScenario> {
        let said = fields.glance("process");
        let follows = kind.underlying().is_some() || matches!(kind, InstrumentKind::Bond(_));
        if !follows || said.is_some_and(|word| word != "model") {
            return Ok((Some(self.fundamental(fields, instrument, reference)?), None));
        }
        self.word(fields, "process", &[("model", ()), ("ou", ()), ("jump", ())])?;
        let tick = instrument.price_f64(Price(1));
        let model = match kind {
            InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => {
                let volatility =
                    self.text(fields, "volatility", "0.2", |text| number(text, 0.0, 10.0))?;
                let (rate, dividend) = self.carry(fields)?;
                Model::Right { choice, volatility, rate, dividend, tick }
            }
            InstrumentKind::Future(future) => {
                let on = future.underlying.expect("it follows something");
                let (rate, dividend) = self.carry(fields)?;
                Model::Forward { on, rate, dividend, expiry: future.expiry, tick }
            }
            InstrumentKind::Perpetual { underlying } => {
                Model::Same { on: underlying.expect("it follows something"), tick }
            }
            InstrumentKind::Bond(bond) => self.yields(fields, instrument, &bond, tick)?,
            InstrumentKind::Equity | InstrumentKind::Crypto | InstrumentKind::Fx { .. } => {
                unreachable!("they follow nothing")
            }
        };
        Ok((None, Some(model)))
    }

    /// What it costs to carry the underlying, and what that pays, a year.
    fn carry(&mut self, fields: &mut Fields<'_>) -> Result<(f64, f64), BadScenario> {
        let rate = self.text(fields, "rate", "0.03", |text| number(text, -1.0, 1.0))?;
        let dividend = self.text(fields, "dividend", "0", |text| number(text, -1.0, 1.0))?;
        Ok((rate, dividend))
    }

    /// A bond's yield wanders and is pulled back, and its price follows.
    fn yields(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        bond: &Bond,
        tick: f64,
    ) -> Result<Model, BadScenario> {
        let mean = self.text(fields, "yield", "0.04", |text| number(text, -0.5, 1.0))?;
        let volatility =
            self.text(fields, "volatility", "0.01", |text| number(text, 0.0, 1_000.0))?;
        let half_life = self.text(fields, "half_life", "2h", span)?;
        let step = self.text(fields, "step", "100ms", |text| {
            let step = span(text)?;
            (step >= STEP_MIN).then_some(step).ok_or_else(|| "at least 1ms".to_owned())
        })?;
        let per_second = volatility / libm::sqrt(YEAR_S);
        let law = Fundamental {
            mean,
            reversion_per_s: core::f64::consts::LN_2 / half_life.as_secs(),
            volatility: per_second,
            jumps_per_s: 0.0,
            jump_size: 0.0,
            jump_mean: 0.0,
            step,
        };
        // Prices are of the unit of which a lot has so many: of 100 of the face, as a rule.
        let a_lot = instrument.tick_cash() as f64 / tick;
        Ok(Model::Bond { bond: *bond, law, minor_per_price: a_lot, tick })
    }

    pub(super) fn fundamental(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        reference: Price,
    ) -> Result<Fundamental, BadScenario> {
        let ticks = instrument.price_f64(Price(1));
        let money = |text: &str| number(text, 0.0, 1e12).map(|value| value / ticks);
        let process = self.text(fields, "process", "ou", |text| match text {
            "ou" => Ok(false),
            "jump" => Ok(true),
            _ => Err("one of ou, jump".to_owned()),
        })?;
        let mean = self.text(fields, "mean", &instrument.show(reference), |text| {
            number(text, -1e12, 1e12).map(|value| value / ticks)
        })?;
        // By default it wanders about a thousandth of its value in a minute, and forgets in hours.
        let usual = format!("{}", instrument.price_f64(reference) / 1e4);
        let volatility = self.text(fields, "volatility", &usual, money)?;
        let half_life = self.text(fields, "half_life", "2h", span)?;
        let step = self.text(fields, "step", "100ms", |text| {
            let step = span(text)?;
            (step >= STEP_MIN).then_some(step).ok_or_else(|| "at least 1ms".to_owned())
        })?;
        for name in if process { &[][..] } else { &["jump_every", "jump_size", "jump_mean"] } {
            if let Some(field) = fields.take(name) {
                return Err(field.bad("nothing without process = \"jump\""));
            }
        }
        let (jump_every, jump_size, jump_mean) = if process {
            let usual = format!("{}", instrument.price_f64(reference) / 200.0);
            let every = self.text(fields, "jump_every", "20m", |text| {
                let every = span(text)?;
                (every >= step).then_some(every).ok_or_else(|| "at least the step".to_owned())
            })?;
            let size = self.text(fields, "jump_size", &usual, money)?;
            (Some(every), size, self.text(fields, "jump_mean", "0", money)?)
        } else {
            (None, 0.0, 0.0)
        };
        Ok(Fundamental {
            mean,
            reversion_per_s: core::f64::consts::LN_2 / half_life.as_secs(),
            volatility,
            jumps_per_s: jump_every.map_or(0.0, |every| 1.0 / every.as_secs()),
            jump_size,
            jump_mean,
            step,
        })
    }
}
