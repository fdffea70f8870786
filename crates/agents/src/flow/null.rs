//! The null market: what a realistic market has to be better than.
//!
//! The scenario `cst-null` and its variant with split orders, for whoever needs a run of it: reports
//! play it beside what they report, and mark as no evidence what it shows as well.

use pitfloor_model::units::Span;
use pitfloor_sim::scenario::Scenario;
use pitfloor_sim::{BadScenario, Setting};

/// The text of the scenario `cst-null`.
pub const SCENARIO: &str = include_str!("../../../../scenarios/cst-null.toml");

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// The memoryless market of `seed`, to be played for `span`; `with_splitters`, its trades are signed by
/// split orders, ten alive at α = 1.5, and come as often.
///
/// # Errors
///
/// When the span is longer than a scenario may be.
///
/// # Examples
///
/// ```
/// use pitfloor_agents::flow::null;
/// use pitfloor_model::units::{Span, Time};
/// use pitfloor_sim::history::Tally;
///
/// let market = null::market(1, Span::secs(60), false)?;
/// let mut tally = Tally::new();
/// market.kernel().run(Time(market.span().0), &mut tally);
/// assert!((60..170).contains(&tally.trades), "1.88 a second: {}", tally.trades);
/// # Ok::<(), pitfloor_sim::BadScenario>(())
/// ```
pub fn market(seed: u64, span: Span, with_splitters: bool) -> Result<Scenario, BadScenario> {
    let mut settings = vec![
        Setting::by("seed", "seed", &seed.to_string()),
        Setting::by("span", "span", &format!("{}s{}ns", span.0 / SECOND, span.0 % SECOND)),
    ];
    if with_splitters {
        settings.push(Setting::by("splitters", "agents.splitters.count", "1"));
        settings.push(Setting::by("markets", "agents.flow.markets", "0"));
    }
    Scenario::parse(SCENARIO, &settings, crate::KINDS)
}
