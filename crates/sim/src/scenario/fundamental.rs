//! `[instrument.fundamental]`: what an instrument is really worth.

use super::contract::Ground;
use super::{Reading, STEP_MIN};
use crate::fields::{BadScenario, Field, Fields};
use crate::params::{number, span};
use crate::world::{Factor, Followed, Fundamental, Model, Rate, Wander, YEAR_S};
use pitfloor_model::contract::{Bond, InstrumentKind};
use pitfloor_model::instrument::Instrument;
use pitfloor_model::units::{Price, Span, Time};
use pitfloor_operations::curves::{BEYOND, CurveId, Curves, YEAR_S as CURVE_YEAR_S, payments};
use pitfloor_pricing::Outside;
use pitfloor_pricing::process::named;
use pitfloor_pricing::rates::curve::Curve;

impl Reading {
    /// A path of its own, or how it follows from what it is a contract on.
    pub(super) fn value(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        kind: InstrumentKind,
        reference: Price,
        ground: &Ground<'_>,
    ) -> Result<(Option<Wander>, Option<Model>), BadScenario> {
        let said = fields.peek("process");
        let follows = kind.underlying().is_some() || matches!(kind, InstrumentKind::Bond(_));
        if !follows || said.as_deref().is_some_and(|word| word != "model") {
            let law = match said.as_deref().and_then(followed) {
                Some(kind) => self.followed(fields, kind, instrument, reference)?.into(),
                None => self.fundamental(fields, instrument, reference)?.into(),
            };
            return Ok((Some(law), None));
        }
        self.word(fields, "process", &[("model", ()), ("ou", ()), ("jump", ())])?;
        let tick = instrument.price_f64(Price(1));
        let model = match kind {
            InstrumentKind::Option(choice) | InstrumentKind::Warrant(choice) => {
                let volatility =
                    self.text(fields, "volatility", "0.2", |text| number(text, 0.0, 10.0))?;
                let (rate, dividend) = self.carry(fields, instrument, choice.expiry, ground)?;
                Model::Right { choice, volatility, rate, dividend, tick }
            }
            InstrumentKind::Future(future) => {
                let on = future.underlying.expect("it follows something");
                let (rate, dividend) = self.carry(fields, instrument, future.expiry, ground)?;
                Model::Forward { on, rate, dividend, expiry: future.expiry, tick }
            }
            InstrumentKind::Perpetual { underlying } => {
                Model::Same { on: underlying.expect("it follows something"), tick }
            }
            InstrumentKind::Bond(bond) => self.yields(fields, instrument, &bond, tick, ground)?,
            InstrumentKind::Equity | InstrumentKind::Crypto | InstrumentKind::Fx { .. } => {
                unreachable!("they follow nothing")
            }
        };
        Ok((None, Some(model)))
    }

    /// A price before the first trade that is what the curve of its currency says: of a bond its
    /// payments, of a future what it costs to carry the price of what it is on.
    pub(super) fn price_on_curve(
        &mut self,
        price: &Field,
        fields: Option<&Fields<'_>>,
        instrument: &Instrument,
        kind: InstrumentKind,
        ground: &Ground<'_>,
    ) -> Result<Price, BadScenario> {
        let known = ground.curve_of(instrument.currency());
        let reached = |until| on_curve(known, until).map_err(|expected| price.bad(&expected));
        let curves = Curves::new(ground.curves.iter().map(|of| of.curve.clone()).collect());
        let said = |name| fields.and_then(|fields| fields.glance(name));
        let share = |name| said(name).and_then(|text| text.parse().ok()).unwrap_or(0.0);
        let tick = instrument.price_f64(Price(1));
        let worth = match kind {
            InstrumentKind::Bond(bond) => {
                let id = reached(bond.maturity)?;
                let flows = payments(&bond, Time::ZERO).ok_or_else(|| price.bad("a price"))?;
                let a_lot = instrument.tick_cash() as f64 / tick;
                curves.worth(id, Time::ZERO, &flows, share("spread")) / a_lot
            }
            InstrumentKind::Future(future) => {
                let id = reached(future.expiry)?;
                let on = future.underlying.and_then(|on| ground.glances[on.index()].price());
                let spot = on.ok_or_else(|| price.bad("a price: it is on nothing that has one"))?;
                let years = future.expiry.0 as f64 / 1e9 / YEAR_S;
                let dividend = libm::exp(-share("dividend") * years);
                spot * dividend / curves.discount(id, Time::ZERO, years)
            }
            InstrumentKind::Equity
            | InstrumentKind::Crypto
            | InstrumentKind::Option(_)
            | InstrumentKind::Warrant(_)
            | InstrumentKind::Perpetual { .. }
            | InstrumentKind::Fx { .. } => {
                return Err(price.bad("a price; \"curve\" is for bonds and futures"));
            }
        };
        let ticks = (worth / tick).round();
        if !(1.0..Price::FARTHEST.0 as f64).contains(&ticks) {
            return Err(price.bad(&format!("a price: its curve says {worth}")));
        }
        Ok(Price(ticks as i64))
    }

    /// What it costs to carry the underlying, and what that pays, a year.
    fn carry(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        until: Time,
        ground: &Ground<'_>,
    ) -> Result<(Rate, f64), BadScenario> {
        let curve = ground.curve_of(instrument.currency());
        let usual = if curve.is_some() { "curve" } else { "0.03" };
        let rate = self.text(fields, "rate", usual, |text| match text {
            "curve" => on_curve(curve, until).map(Rate::Curve),
            _ => number(text, -1.0, 1.0).map(Rate::Flat),
        })?;
        let dividend = self.text(fields, "dividend", "0", |text| number(text, -1.0, 1.0))?;
        Ok((rate, dividend))
    }

    /// A bond's yield, or its spread over a curve, wanders and is pulled back, and its price follows.
    fn yields(
        &mut self,
        fields: &mut Fields<'_>,
        instrument: &Instrument,
        bond: &Bond,
        tick: f64,
        ground: &Ground<'_>,
    ) -> Result<Model, BadScenario> {
        let known = ground.curve_of(instrument.currency());
        let usual = if known.is_some() { "curve" } else { "0.04" };
        let (curve, flat) = self.text(fields, "yield", usual, |text| match text {
            "curve" => on_curve(known, bond.maturity).map(|id| (Some(id), 0.0)),
            _ => number(text, -0.5, 1.0).map(|flat| (None, flat)),
        })?;
        let mean = match curve {
            None => flat,
            Some(_) => self.text(fields, "spread", "0", |text| number(text, -0.5, 1.0))?,
        };
        let volatility =
            self.text(fields, "volatility", "0.01", |text| number(text, 0.0, 1_000.0))?;
        let half_life = self.text(fields, "half_life", "2h", span)?;
        let step = self.grid(fields)?;
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
        Ok(Model::Bond { bond: *bond, curve, law, minor_per_price: a_lot, tick })
    }

    /// A process of `pricing`, with its own parameters.
    fn followed(
        &mut self,
        fields: &mut Fields<'_>,
        kind: &'static named::Kind,
        instrument: &Instrument,
        reference: Price,
    ) -> Result<Followed, BadScenario> {
        self.text(fields, "process", kind.name, |_| Ok(()))?;
        let ticks = instrument.price_f64(Price(1));
        let start = self.text(fields, "start", &instrument.show(reference), |text| {
            number(text, ticks, 1e12).map(|value| value / ticks)
        })?;
        let per = self.text(fields, "per", "365d", span)?;
        let step = self.grid(fields)?;
        let mut said = Vec::new();
        for parameter in kind.parameters {
            let (least, most) = parameter.range;
            let usual = parameter.default.to_string();
            let value = self.text(fields, parameter.name, &usual, |text| {
                number(text, least, most).map_err(|_| parameter.expected.to_owned())
            })?;
            said.push((parameter.name, value));
        }
        let value = |name: &str| said.iter().find(|(said, _)| *said == name).map(|(_, x)| *x);
        let refuse = |bad: &Outside| fields.bad(bad.field, &bad.found, bad.expected);
        let process = kind.make(value).map_err(|bad| refuse(&bad))?;
        let unit_s = per.as_secs();
        process.check_step(step.as_secs() / unit_s).map_err(|bad| refuse(&bad))?;
        let factor = if kind.name == "gbm" { self.factor(fields, step)? } else { None };
        Ok(Followed { process, start, unit_s, factor, step })
    }

    /// What several values have in common: they move on one grid.
    fn factor(
        &mut self,
        fields: &mut Fields<'_>,
        step: Span,
    ) -> Result<Option<Factor>, BadScenario> {
        let name = self.text(fields, "factor", "none", |text| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            let good = !text.is_empty() && text.len() <= 32 && text.chars().all(plain);
            good.then(|| text.to_owned()).ok_or_else(|| "1 to 32 letters, digits or - _".into())
        })?;
        if name == "none" {
            return match fields.take("loading") {
                Some(field) => Err(field.bad("nothing without a factor")),
                None => Ok(None),
            };
        }
        let loading = self.text(fields, "loading", "0.7", |text| number(text, -1.0, 1.0))?;
        let other = self.factors.iter().find(|(other, _)| *other == name).map(|(_, step)| *step);
        match other {
            None => self.factors.push((name.clone(), step)),
            Some(other) if other == step => {}
            Some(other) => {
                let expected = format!("{} s, as others on {name} have it", other.as_secs());
                return Err(fields.bad("step", &format!("{} s", step.as_secs()), &expected));
            }
        }
        Ok(Some(Factor::named(&name, loading)))
    }

    /// The grid on which a value moves.
    fn grid(&mut self, fields: &mut Fields<'_>) -> Result<Span, BadScenario> {
        self.text(fields, "step", "100ms", |text| {
            let step = span(text)?;
            (step >= STEP_MIN).then_some(step).ok_or_else(|| "at least 1ms".to_owned())
        })
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
            _ => Err(words()),
        })?;
        let mean = self.text(fields, "mean", &instrument.show(reference), |text| {
            number(text, -1e12, 1e12).map(|value| value / ticks)
        })?;
        // By default it wanders about a thousandth of its value in a minute, and forgets in hours.
        let usual = format!("{}", instrument.price_f64(reference) / 1e4);
        let volatility = self.text(fields, "volatility", &usual, money)?;
        let half_life = self.text(fields, "half_life", "2h", span)?;
        let step = self.grid(fields)?;
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

/// The process of `pricing` of this name; `ou` is a word of scenarios, with fields of its own.
fn followed(word: &str) -> Option<&'static named::Kind> {
    named::find(word).filter(|kind| kind.name != "ou")
}

/// Every process that an instrument's value may follow by itself.
fn words() -> String {
    let others = named::ALL.iter().map(|kind| kind.name).filter(|name| *name != "ou");
    let all: Vec<&str> = ["ou", "jump"].into_iter().chain(others).collect();
    format!("one of {}", all.join(", "))
}

/// The curve of a currency, if it reaches as far as `until`.
pub(super) fn on_curve(curve: Option<(CurveId, &Curve)>, until: Time) -> Result<CurveId, String> {
    let Some((id, curve)) = curve else {
        return Err("a number: there is no [[curve]] of its currency".to_owned());
    };
    let years = until.0 as f64 / 1e9 / CURVE_YEAR_S;
    if years <= curve.end() + BEYOND {
        return Ok(id);
    }
    let end = curve.end();
    Err(format!(
        "a [[curve]] that reaches {years:.2} years ahead; that of its currency ends at {end}"
    ))
}
