//! One try: a scenario with some settings, over its seeds.

use crate::aim::{Aim, Said};
use crate::market;
use crate::vary::Vary;
use pitfloor_model::units::InstrumentId;
use pitfloor_sim::params::Kind;
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::{BadScenario, Setting};

/// What is tried: a scenario, what in it varies, over which seeds, and what it is held against.
#[derive(Clone, Copy)]
pub struct Trial<'a> {
    /// The scenario's text.
    pub text: &'a str,
    /// Settings that stay.
    pub fixed: &'a [Setting],
    /// Settings that vary.
    pub vary: &'a [Vary],
    /// The seeds of every try.
    pub seeds: &'a [u64],
    /// What it is held against.
    pub aim: &'a Aim,
    /// Who may trade.
    pub kinds: &'a [&'static Kind],
}

impl Trial<'_> {
    /// The scenario at `point`, whose coordinates are shares of the ranges, run with `seed`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as for any scenario.
    pub fn scenario(&self, point: &[f64], seed: u64) -> Result<Scenario, BadScenario> {
        let mut settings = self.fixed.to_vec();
        settings.extend(self.vary.iter().zip(point).map(|(vary, share)| vary.at(*share)));
        settings.push(Setting::by("--seeds", "seed", &seed.to_string()));
        Scenario::parse(self.text, &settings, self.kinds)
    }

    /// What the market of one seed says at `point`.
    ///
    /// # Errors
    ///
    /// What is wrong with the scenario.
    pub fn said(&self, point: &[f64], seed: u64) -> Result<Said, BadScenario> {
        let scenario = self.scenario(point, seed)?;
        Ok(self.aim.measure(&market::tape(&scenario, InstrumentId(0))))
    }

    /// How far the market at `point` is from where it should be: the mean over the seeds.
    ///
    /// # Errors
    ///
    /// What is wrong with the scenario.
    pub fn distance(&self, point: &[f64]) -> Result<f64, BadScenario> {
        let mut sum = 0.0;
        for seed in self.seeds {
            sum += self.said(point, *seed)?.distance();
        }
        Ok(sum / self.seeds.len() as f64)
    }
}
