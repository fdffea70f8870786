//! What the page says, word for word and digit for digit.

use super::*;
use crate::report::{Clock, Identity};
use crate::story;
use pitfloor_model::units::Span;

/// `text` without the thin spaces within its numbers and units, and with minus signs one can see.
fn plain_text(text: &str) -> String {
    text.replace('\u{202f}', "").replace('\u{2212}', "-")
}

/// The report of the story: a run of ten seconds that began at half past nine.
fn report() -> Report {
    let clock = Clock {
        date: "2026-01-05".to_owned(),
        zone: "−05:00".to_owned(),
        since_midnight: Span::secs(9 * 3_600 + 30 * 60),
    };
    let identity = Identity { scenario: "ten-seconds".to_owned(), clock, ..Identity::default() };
    Report::of(identity, &story::venue(), &story::recorded(), Vec::new())
}

fn html(report: &Report) -> String {
    plain_text(&report.html())
}

/// What stands in `page` under `name` in a list of figures, in the order of the page.
fn figures<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let from = format!("<dt>{name}</dt><dd>");
    page.split(&from).skip(1).filter_map(|rest| rest.split("</dd>").next()).collect()
}

/// The section of the page with this class.
fn section<'a>(page: &'a str, class: &str) -> &'a str {
    let from = page.find(&format!("<section class=\"{class}\">")).expect(class);
    page[from..].split("</section>").next().unwrap()
}

/// The rows of the tables in `part`, each as its cells without their markup.
fn rows(part: &str) -> Vec<Vec<String>> {
    let body = part.split("<tbody>").nth(1).unwrap_or_default();
    let rows = body.split("<tr").skip(1).map(|row| {
        let cells = row.split("<td").skip(1);
        cells.map(|cell| words(&format!("<td{}", cell.split("</td>").next().unwrap()))).collect()
    });
    rows.collect()
}

/// The text of `markup` alone.
fn words(markup: &str) -> String {
    let mut parts = markup.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    parts.by_ref().collect::<Vec<_>>().concat().trim().to_owned()
}

fn agents(name: &str, count: u64) -> AgentKind {
    AgentKind { name: name.to_owned(), count, ..AgentKind::default() }
}

fn departure(recorded: &[Option<f64>], simulated: &[Option<f64>]) -> Departure {
    Departure {
        symbol: "ACME".to_owned(),
        currency: "USD".to_owned(),
        decimals: 2,
        step: Span::secs(60),
        recorded: recorded.to_vec(),
        simulated: simulated.to_vec(),
    }
}

#[test]
fn the_counts_at_the_top_are_those_of_the_story() {
    let page = html(&report());
    for (name, figure) in [
        ("market time", "10s"),
        ("commands", "9"),
        ("events", "15"),
        ("orders", "5"),
        ("cancels", "1"),
        ("refused", "1"),
    ] {
        assert_eq!(figures(&page, name), [figure], "{name}");
    }
    // On top, then of ACME, then of BOLT.
    assert_eq!(figures(&page, "trades"), ["2", "2", "0"]);
    assert_eq!(figures(&page, "lots traded"), ["35", "35", "0"]);
}

#[test]
fn an_instruments_figures_are_in_money_and_in_ticks() {
    let page = html(&report());
    let ticks = |number: &str| format!("{number} <small>ticks</small>");
    for (name, acme) in [
        ("high", "100.04".to_owned()),
        ("low", "100.00".to_owned()),
        ("average (VWAP)", "100.01".to_owned()),
        ("spread, mean", ticks("4.8")),
        ("spread, median", ticks("4")),
        ("bid, ask size", "16.0 <small>and</small> 10.0".to_owned()),
    ] {
        let nothing = if name == "bid, ask size" { "– <small>and</small> –" } else { NONE };
        assert_eq!(figures(&page, name), [acme.as_str(), nothing], "{name}");
    }
    // The mid went from 100.02 to 100.01.
    assert!(page.contains("<span class=\"down num\">-0.01 (-0.01%)</span>"));
    assert!(page.contains("<span class=\"soft\">nobody quoted both sides</span>"), "BOLT");
}

#[test]
fn the_table_of_instruments_has_a_row_for_each() {
    let page = html(&report());
    let table = page.split("<section id=\"overview\">").nth(1).unwrap();
    let rows = rows(table.split("</section>").next().unwrap());
    let acme = ["ACME USD", "100.00", "100.04", "100.00", "100.01", "2", "35", "4.80"];
    assert_eq!(rows, [acme, ["BOLT USD", NONE, NONE, NONE, NONE, "0", "0", NONE]]);
    let mut one = report();
    one.instruments.truncate(1);
    assert!(!one.html().contains("All instruments"), "one needs no table");
}

#[test]
fn who_earned_what_adds_up_to_nothing_but_revaluation() {
    let page = html(&report());
    let earnings = section(&page, "earnings");
    let expected = [
        vec!["makers", "1", "+10.20", "+10.20", "+0.20", "+10.00", "2", "35", "100%"],
        vec!["takers", "1", "-0.20", "-0.20", "-0.20", "0.00", "1", "5", "0%"],
        vec!["others", "1", "0.00", "0.00", "0.00", "0.00", "1", "30", "0%"],
    ];
    let rows = rows(earnings);
    assert_eq!(rows[..3], expected);
    assert_eq!(rows[3][..6], ["All together", "", "+10.00", "", "0.00", "+10.00"]);
    let spoken = "Profit and loss in USD: makers +10.20, takers -0.20, others 0.00";
    assert!(earnings.contains(spoken), "said to whoever cannot see the chart");
}

#[test]
fn a_kind_without_accounts_earns_nothing_per_account() {
    let mut report = report();
    report.pnl[0].kinds[0].accounts = 0;
    report.pnl[0].kinds[0].maker_share = None;
    let page = html(&report);
    let row = &rows(section(&page, "earnings"))[0];
    assert_eq!((row[3].as_str(), row[8].as_str()), (NONE, NONE));
}

#[test]
fn colours_that_come_again_are_dashed() {
    assert_eq!(kind_class(0), "kind k0");
    assert_eq!(kind_class(7), "kind k7");
    assert_eq!(kind_class(8), "kind k0 dashed");
}

#[test]
fn the_chart_draws_those_who_won_or_lost_most() {
    let mut report = report();
    let kind = report.pnl[0].kinds[0].clone();
    report.pnl[0].kinds = (0..13_i32)
        .map(|n| KindPnl { name: format!("kind-{n}"), pnl: f64::from(n - 6), ..kind.clone() })
        .collect();
    let stack = pnl_chart(&report, &report.pnl[0]);
    let drawn: Vec<&str> = stack.readings.iter().map(|reading| reading.name.as_str()).collect();
    assert_eq!(drawn.len(), KINDS_DRAWN_MAX);
    let left_out: Vec<i32> =
        (0..13).filter(|n| !drawn.contains(&format!("kind-{n}").as_str())).collect();
    assert_eq!(left_out, [5, 6, 7], "−1, 0 and 1 are the least");
    let page = html(&report);
    assert_eq!(rows(section(&page, "earnings")).len(), 13 + 1, "the table has them all");
}

#[test]
fn refusals_are_sentences_with_their_share() {
    let page = html(&report());
    let rows = rows(section(&page, "refusals"));
    assert_eq!(rows, [["The account does not own what it would sell.", "1", "11.11%"]]);
    assert!(!Report::default().html().contains("What was refused"), "nothing was");
}

#[test]
fn the_first_sentence_says_who_traded_what_and_when() {
    let mut report = report();
    assert_eq!(
        words(&format!("<p>{}", lede(&report))),
        "A market in ACME and BOLT from 09:30:00 to 09:30:10 on 2026-01-05 (−05:00)."
    );
    report.agents = vec![agents("noise", 1_200)];
    report.instruments.truncate(1);
    report.identity.clock = Clock::default();
    report.identity.description = "Calm & small.".to_owned();
    let sentence = plain_text(&lede(&report));
    let described = "<span class=\"soft\">Calm &amp; small.</span>";
    let who = "1200 agents of one kind traded ACME from 00:00:00 to 00:00:10.";
    assert_eq!(sentence, format!("{who} {described}"));
    report.agents.push(agents("value", 3));
    report.instruments.clear();
    assert!(plain_text(&lede(&report)).starts_with("1203 agents of 2 kinds traded no instruments"));
    report.agents = vec![agents("noise", 1)];
    report.instruments = vec![InstrumentPage::default(); 3];
    assert!(lede(&report).starts_with("One agent traded 3 instruments"));
}

#[test]
fn the_identity_shows_what_is_known_and_nothing_else() {
    let mut report = report();
    assert!(figures(&report.html(), "seed").is_empty());
    report.identity.seed = Some(u64::MAX);
    report.identity.digest = "9f2c".to_owned();
    report.identity.version = "0.1.0".to_owned();
    let page = report.html();
    assert_eq!(figures(&page, "seed"), ["18446744073709551615"], "in full, to copy");
    assert_eq!(figures(&page, "digest of the events"), ["9f2c"]);
    assert!(figures(&page, "digest of the journal").is_empty());
    assert!(page.contains("<footer><p>Pitfloor 0.1.0."));
    assert!(page.contains("<title>ten-seconds – Pitfloor report</title>"));
}

#[test]
fn notes_stand_at_the_top_each_in_a_paragraph() {
    let mut report = report();
    assert!(!report.html().contains("class=\"notes\""));
    report.notes = vec!["Ended early: Ctrl-C".to_owned(), "2 < 3".to_owned()];
    let page = report.html();
    let notes = "<div class=\"notes\"><p>Ended early: Ctrl-C</p><p>2 &lt; 3</p></div>\n</header>";
    assert!(page.contains(notes));
}

#[test]
fn the_table_of_agents_has_their_parameters_as_written() {
    let mut report = report();
    assert!(!report.html().contains("Who was there"));
    let parameters = [("rate", "exp(mean = 5s)"), ("size", "uniform(1, 20)")];
    report.agents = vec![
        AgentKind {
            description: "Buys or sells at random.".to_owned(),
            parameters: parameters.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            ..agents("noise", 10_000)
        },
        agents("idle", 1),
    ];
    let page = html(&report);
    let table = section(&page, "agents");
    let rows = rows(table);
    assert_eq!(rows[0][..2], ["noise", "10000"]);
    assert!(rows[0][2].starts_with("Buys or sells at random."));
    for (name, value) in parameters {
        assert_eq!(figures(table, name), [value]);
    }
    assert_eq!(rows[1], ["idle", "1", ""], "no description is no empty paragraph");
    assert_eq!(table.matches("<p>").count(), 1);
}

#[test]
fn the_departure_is_measured_where_both_prices_are_known() {
    let recorded = [Some(100.0), Some(100.0), None, Some(101.0), Some(101.0)];
    let simulated = [Some(100.0), Some(100.3), Some(99.0), Some(100.6), None];
    let apart = apart(&departure(&recorded, &simulated)).unwrap();
    assert_eq!(apart.moments, 3);
    assert!((apart.mean - (0.0 + 0.3 - 0.4) / 3.0).abs() < 1e-9, "{}", apart.mean);
    let square = (0.09 + 0.16) / 3.0_f64;
    assert!((apart.root_mean_square - square.sqrt()).abs() < 1e-9);
    assert!((apart.most + 0.4).abs() < 1e-9 && (apart.last + 0.4).abs() < 1e-9);
    assert_eq!(apart.most_at_s, 180.0, "the fourth moment is three steps after the first");
}

#[test]
fn the_departure_section_says_how_far_and_when() {
    let mut report = report();
    assert!(!report.html().contains("Departure from history"));
    report.span = Span::secs(240);
    let recorded = [Some(100.0), Some(100.0), Some(100.0)];
    report.departure = Some(departure(&recorded, &[Some(100.0), Some(99.75), Some(100.25)]));
    let page = html(&report);
    let section = section(&page, "departure");
    for (name, figure) in [
        ("mean departure", "0.000"),
        ("root mean square", "0.204"),
        ("largest", "-0.250 <small>at 09:31:00</small>"),
        ("at the end", "+0.250"),
        ("moments compared", "3"),
    ] {
        assert_eq!(figures(section, name), [figure], "{name}");
    }
    assert!(section.contains("<b>recorded</b> <i>100.00</i>"));
    assert!(section.contains("<b>simulated</b> <i>100.25</i>"), "the line ends at its last value");
}

#[test]
fn a_departure_that_nobody_can_measure_has_a_chart_and_no_figures() {
    let never_both = departure(&[Some(100.0), None], &[None, Some(100.0)]);
    assert!(apart(&never_both).is_none());
    let mut report = report();
    report.departure = Some(never_both);
    let page = html(&report);
    let section = section(&page, "departure");
    assert!(!section.contains("mean departure"));
    assert!(section.contains("<figure class=\"panel mids\">"));
}

#[test]
fn a_long_departure_is_thinned_evenly() {
    let report = report();
    let day: Vec<Option<f64>> = (0..23_400).map(|n| Some(f64::from(n))).collect();
    let stack = departure_chart(&report, &departure(&day, &day));
    let points = stack.readings[0].values.len();
    assert!(points <= DEPARTURE_POINTS_MAX && points > DEPARTURE_POINTS_MAX / 2, "{points}");
    let every = stack.step_s / 60.0;
    assert_eq!(stack.readings[1].values[2], Some(every * 2.0));
    let short = departure_chart(&report, &departure(&day[..480], &day[..480]));
    assert_eq!((short.step_s, short.readings[0].values.len()), (60.0, 480), "nothing left out");
}

/// A fact with a band, a value in it and nothing else of note.
fn fact() -> Fact {
    Fact {
        id: "F2",
        name: "Heavy tails",
        estimator: "excess kurtosis".to_owned(),
        value: Some(12.34),
        unit: "",
        n: 2_340,
        n_min: 2_000,
        band: Some((3.0, f64::INFINITY)),
        source: "Cont (2001)",
        verdict: Verdict::Pass,
        reading: "large moves are frequent".to_owned(),
    }
}

fn row_of(fact: &Fact) -> String {
    let mut row = String::new();
    fact_row(fact, &mut row);
    plain_text(&row)
}

#[test]
fn a_fact_shows_its_value_its_band_and_its_reading() {
    let row = row_of(&fact());
    assert!(row.contains("<b>Heavy tails</b> <span class=\"soft\">F2</span>"));
    assert!(row.contains("<span class=\"value\">12.3</span><small>n = 2340</small>"));
    assert!(row.contains("<small>3 or more<br>Cont (2001)</small>"));
    assert!(row.contains("<span class=\"verdict pass\">✓ In the band</span>"));
    assert!(row.contains("<small>Large moves are frequent.</small>"));
}

#[test]
fn a_verdict_is_said_in_words() {
    let of = |verdict| row_of(&Fact { verdict, ..fact() });
    assert!(of(Verdict::Fail).contains("<span class=\"verdict fail\">✗ Outside</span>"));
    let void = of(Verdict::Void);
    assert!(void.contains("<span class=\"verdict void\">Too few to judge (it takes 2000)</span>"));
    assert!(void.contains("<small>If it holds: large moves are frequent.</small>"));
    let figure = row_of(&Fact {
        id: "",
        unit: "ticks",
        value: Some(4.0),
        n: 0,
        band: None,
        source: "",
        verdict: Verdict::Figure,
        ..fact()
    });
    assert!(!figure.contains("verdict") && !figure.contains("gauge") && !figure.contains("n ="));
    assert!(figure.contains(">4 <small style=\"display:inline\">ticks</small></span>"), "not 4.00");
    let unknown = row_of(&Fact { value: None, verdict: Verdict::Void, ..fact() });
    assert!(unknown.contains("<span class=\"value\">–</span>"));
    assert!(!unknown.contains("If it holds"), "nothing may hold");
    assert!(!unknown.contains("class=\"dot\""), "and nowhere to put a dot");
}

#[test]
fn bands_and_readings_read_like_speech() {
    let open = f64::INFINITY;
    assert_eq!(band_in_words((0.1, 0.5)), "0.1 to 0.5");
    assert_eq!(plain_text(&band_in_words((-0.05, open))), "-0.05 or more");
    assert_eq!(band_in_words((-open, 2.0)), "2 or less");
    assert_eq!(band_in_words((-open, open)), "anything");
    assert_eq!(sentence("prices turn back", true), "Prices turn back.");
    assert_eq!(sentence("prices turn back", false), "prices turn back.");
    assert_eq!(sentence("", true), "");
}

/// Where the gauge of `band` puts its zone (left, width) and the dot of `value`.
fn gauge_of(value: Option<f64>, band: (f64, f64)) -> ((f64, f64), Option<f64>) {
    let mut svg = String::new();
    gauge(value, band, &mut svg);
    let number = |from: &str| {
        let rest = svg.split(from).nth(1)?;
        rest.split('"').next()?.parse::<f64>().ok()
    };
    ((number(" x=\"").unwrap(), number(" width=\"").unwrap()), number(" cx=\""))
}

#[test]
fn the_dot_of_a_gauge_lies_where_the_value_does() {
    // 132 wide, 5 spare at each end: the band from 0 to 1 with 0.6 beside it lies in the middle.
    let (zone, dot) = gauge_of(Some(0.5), (0.0, 1.0));
    assert_eq!(dot, Some(66.0));
    assert_eq!(zone, (38.3, 55.4));
    assert_eq!(gauge_of(Some(1e9), (0.0, 1.0)).1, Some(127.0), "beyond the picture: at its edge");
    assert_eq!(gauge_of(Some(-1e9), (0.0, 1.0)).1, Some(5.0));
    assert_eq!(gauge_of(Some(f64::NAN), (0.0, 1.0)).1, None);
    let ((left, width), _) = gauge_of(None, (3.0, f64::INFINITY));
    assert!((left + width - 132.0).abs() < 1e-9, "an open band runs to the edge");
    assert_eq!(gauge_of(None, (f64::NEG_INFINITY, 2.0)).0.0, 0.0);
}

#[test]
fn the_move_of_the_day_has_a_direction() {
    let instrument = |mids: &[f64]| {
        let bar = |mid: &f64| Bar { mid: Some(crate::series::Range::of(*mid)), ..Bar::default() };
        let bars = mids.iter().map(bar).collect();
        InstrumentPage { tick: 0.01, decimals: 2, bars, ..InstrumentPage::default() }
    };
    let moved = |mids: &[f64]| plain_text(&change(&instrument(mids)));
    assert_eq!(moved(&[10_000.0, 10_250.0]), "<span class=\"up num\">+2.50 (+2.50%)</span>");
    assert_eq!(moved(&[10_000.0]), "<span class=\"soft num\">0.00 (0.00%)</span>");
    assert_eq!(
        moved(&[-100.0, -150.0]),
        "<span class=\"down num\">-0.50</span>",
        "no share of less than nothing"
    );
}
