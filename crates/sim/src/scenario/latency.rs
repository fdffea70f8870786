//! How a scenario writes a latency.

use crate::latency::Latency;
use crate::params::{call, number, span};
use pitfloor_model::units::Span;

/// A latency: `"2ms"`, `"uniform(1ms, 5ms)"`, `"lognormal(median = 1ms, sigma = 0.5)"`,
/// `"distance(3866660)"` (metres).
///
/// # Errors
///
/// What was expected instead.
pub fn latency(text: &str) -> Result<Latency, String> {
    let delay = |text: &str| {
        let none = matches!(text, "0" | "0s" | "0ms" | "0us" | "0ns");
        let delay = if none { Span::ZERO } else { span(text)? };
        let short = delay <= Latency::MAX;
        short.then_some(delay).ok_or_else(|| "a delay of at most 10s".to_owned())
    };
    let expected = || {
        "\"2ms\", \"uniform(1ms, 5ms)\", \"lognormal(median = 1ms, sigma = 0.5)\" or \
         \"distance(3866660)\""
            .to_owned()
    };
    let Some(call) = call(text) else {
        let plain = span(text).is_ok();
        let fixed = delay(text).map(Latency::Fixed);
        return fixed.map_err(|long| if plain { long } else { expected() });
    };
    match (call.name, call.arguments.as_slice()) {
        ("uniform", [(None, low), (None, high)]) => {
            let (low, high) = (delay(low)?, delay(high)?);
            let ordered = low <= high;
            ordered
                .then_some(Latency::Uniform(low, high))
                .ok_or_else(|| "uniform(low, high), low first".into())
        }
        ("lognormal", [(Some("median"), median), (Some("sigma"), sigma)]) => {
            let sigma = number(sigma, 0.0, 10.0).map_err(|range| format!("for sigma {range}"))?;
            let median = delay(median).map_err(|time| format!("for the median {time}"))?;
            Ok(Latency::LogNormal { median, sigma })
        }
        ("distance", [(None | Some("line_m"), line)]) => {
            let line_m = number(line, 0.0, 1e9).map_err(|range| format!("in metres {range}"))?;
            Ok(Latency::Distance { line_m })
        }
        _ => Err(expected()),
    }
}
