//! `[instrument.schedule]`: the day of an instrument.

use super::{Reading, SPAN_MAX};
use crate::fields::{BadScenario, Fields};
use crate::params::span;
use crate::schedule::Timetable;
use pitfloor_model::units::{Span, Time};

impl Reading {
    pub(super) fn timetable(&mut self, fields: &mut Fields<'_>) -> Result<Timetable, BadScenario> {
        let length = |text: &str| match text {
            "none" => Ok(Span::ZERO),
            _ => span(text).and_then(|length| {
                let short = length <= SPAN_MAX;
                short.then_some(length).ok_or_else(|| "at most 366d, or none".to_owned())
            }),
        };
        let pre_open = self.text(fields, "pre_open", "none", length)?;
        let open_call = self.text(fields, "open_call", "none", length)?;
        let periodic = self.text(fields, "periodic", "none", length)?;
        let close_at = self.text(fields, "close_at", "none", length)?;
        let close_call = self.text(fields, "close_call", "none", length)?;
        let random_end = self.text(fields, "random_end", "none", length)?;
        let every = self.text(fields, "every", "none", length)?;
        let some = |span: Span| (span > Span::ZERO).then_some(span);
        let close_at = some(close_at).map(|at| Time(at.0));
        if close_at.is_none() && close_call > Span::ZERO {
            return Err(fields.bad("close_call", "a length", "none without close_at"));
        }
        let open = Time::ZERO.after(pre_open).after(open_call).after(random_end);
        if close_at.is_some_and(|close| close <= open) {
            let expected = "a moment after the opening call";
            return Err(fields.bad("close_at", "a moment before the market is open", expected));
        }
        let (periodic, every) = (some(periodic), some(every));
        if let Some(every) = every {
            let opens = pre_open > Span::ZERO || open_call > Span::ZERO;
            let end = close_at.map(|at| at.after(close_call).after(random_end));
            if !opens || end.is_none_or(|end| end.0 >= every.0) {
                let found = format!("{} s", every.as_secs());
                let expected = "longer than a day that opens with a call and closes";
                return Err(fields.bad("every", &found, expected));
            }
        }
        Ok(Timetable { pre_open, open_call, periodic, close_at, close_call, random_end, every })
    }
}
