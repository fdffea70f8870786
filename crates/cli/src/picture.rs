//! `pitfloor picture`: one picture of a run, as SVG: where prices went, and what happened on the way.

use crate::Done;
use crate::args::Picture as Args;
use crate::builtin;
use crate::fail::Failure;
use pitfloor_analysis::picture::Picture;
use pitfloor_model::units::{InstrumentId, Time};
use pitfloor_sim::history::Replay;
use pitfloor_sim::kernel::{Observer, Seen};
use pitfloor_store::journal::Reader;
use pitfloor_store::run_folder;
use serde_json::json;

struct Drawing(Picture);

impl Observer for Drawing {
    fn saw(&mut self, seen: &Seen<'_>) {
        self.0.see(seen.stamped.at, seen.events);
    }
}

/// Draws the run, from its journal.
pub(crate) fn picture(args: &Args) -> Result<Done, Failure> {
    let path =
        run_folder::journal_of(&args.run).map_err(|error| Failure::Input(error.to_string()))?;
    let reader = Reader::open(&path).map_err(|error| Failure::Input(error.to_string()))?;
    let scenario = builtin::parse(&format!("{} (header)", path.display()), reader.header(), &[])?;
    let venue = scenario.venue().clone();
    let mut drawing = Drawing(Picture::new(venue.clone(), Time(scenario.span().0)));
    for (id, listing) in (0..).map(InstrumentId).zip(scenario.listings()) {
        if listing.timetable.is_some() {
            // A day has a day before it, whose close is the price that everybody starts from.
            drawing.0.measure_from(id, listing.reference);
        }
    }
    for news in scenario.occasions().news() {
        drawing.0.note(news.at, &news.text);
    }
    let mut replay = Replay::new(venue);
    for record in reader.records() {
        let refuse = |why: String| Failure::Input(format!("{}: {why}", reader.place()));
        let stamped = record.map_err(|damage| refuse(damage.to_string()))?;
        replay.step(&stamped, &mut drawing).map_err(|broken| refuse(broken.to_string()))?;
    }
    let svg = drawing.0.svg(scenario.name());
    let bytes = svg.len();
    let Some(out) = &args.out else {
        return Ok(Done { json: json!({ "svg": svg }), text: svg, ended: Ok(()) });
    };
    std::fs::write(out, &svg)
        .map_err(|error| Failure::World(format!("{}: {error}", out.display())))?;
    let text = format!("{bytes} bytes in {}\n", out.display());
    let json = json!({ "out": out.display().to_string(), "bytes": bytes });
    Ok(Done { json, text, ended: Ok(()) })
}
