//! `[activity]`: the market's own clock.

use super::Reading;
use crate::fields::{BadScenario, Fields};
use crate::params::{number, numbers, span};
use crate::world::activity::{COMPONENTS_MAX, Law, SPAN_MAX};
use pitfloor_model::units::Span;

/// The most points of a profile.
const POINTS_MAX: usize = 400;

impl Reading {
    pub(super) fn activity(
        &mut self,
        root: &mut Fields<'_>,
        whole: Span,
    ) -> Result<Option<Law>, BadScenario> {
        let Some(mut fields) = root.table("activity")? else { return Ok(None) };
        self.head("[activity]");
        if whole > SPAN_MAX {
            return Err(fields.bad(
                "session",
                "a run of more than 31 days",
                "a run of at most 31d",
            ));
        }
        let session = self.text(&mut fields, "session", "6h30m", span)?;
        let every = self.text(&mut fields, "every", "never", |text| match text {
            "never" => Ok(None),
            _ => span(text).map(Some).map_err(|expected| format!("{expected}, or \"never\"")),
        })?;
        if let Some(every) = every.filter(|every| *every < session) {
            let found = format!("{} s", every.as_secs());
            return Err(fields.bad("every", &found, "at least the length of a session"));
        }
        let profile = self.text(&mut fields, "profile", "1", |text| {
            let points = numbers(text, 0.0, 1e6, POINTS_MAX)?;
            let some = points.iter().any(|point| *point > 0.0);
            some.then_some(points).ok_or_else(|| "a number above 0 among them".to_owned())
        })?;
        let components = self.text(&mut fields, "components", "0", |text| {
            let count = text.parse().ok().filter(|count| *count <= COMPONENTS_MAX);
            count.ok_or_else(|| format!("a whole number from 0 to {COMPONENTS_MAX}"))
        })?;
        let wildness = self.text(&mut fields, "wildness", "0.4", |text| number(text, 0.0, 1.0))?;
        let slowest = self.text(&mut fields, "slowest", "2h", span)?;
        let ratio = self.text(&mut fields, "ratio", "3", |text| number(text, 1.0, 100.0))?;
        self.known.extend(fields.finish()?);
        Ok(Some(Law { session, every, profile, components, wildness, slowest, ratio }))
    }
}
