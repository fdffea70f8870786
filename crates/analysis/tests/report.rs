//! The page as a whole: well-formed, complete, self-contained, readable, and always the same.

mod market;

use market::Market;
use pitfloor_analysis::report::{
    AgentKind, Departure, INSTRUMENTS_DRAWN_MAX, InstrumentPage, Report,
};
use pitfloor_model::units::Span;
use std::sync::LazyLock;

static MARKET: LazyLock<Market> = LazyLock::new(|| Market::after(Span::secs(300), 3));

fn report() -> Report {
    let mut report = MARKET.report("first-market");
    let mids = MARKET.recorder.grids()[0].mids();
    report.departure = Some(Departure {
        symbol: "ACME".to_owned(),
        currency: "USD".to_owned(),
        decimals: 2,
        step: Span::secs(1),
        recorded: mids.iter().map(|mid| Some(mid * 0.01)).collect(),
        simulated: mids.iter().map(|mid| Some(mid * 0.01 + 0.25)).collect(),
    });
    report
}

/// Walks the tags of `html` and says what does not fit, if anything.
fn misfit(html: &str) -> Option<String> {
    const VOID: [&str; 3] = ["meta", "br", "!DOCTYPE"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if rest[..start].contains('>') {
            return Some(format!("a loose > in {:?}", &rest[..start]));
        }
        rest = &rest[start + 1..];
        let tag = &rest[..rest.find('>')?];
        if tag.matches('"').count() % 2 == 1 || tag.contains('<') {
            return Some(format!("quotes of <{tag}>"));
        }
        rest = &rest[tag.len() + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(opened) if opened == name => continue,
                opened => return Some(format!("</{name}> closes {opened:?}")),
            }
        }
        let name = tag.split([' ', '/']).next()?.to_owned();
        if VOID.contains(&name.as_str()) || tag.ends_with('/') {
            continue;
        }
        // What stands in these is not markup, up to their end.
        if name == "script" || name == "style" {
            let end = format!("</{name}>");
            rest = &rest[rest.find(&end)? + end.len()..];
            continue;
        }
        open.push(name);
    }
    open.pop().map(|name| format!("<{name}> stays open"))
}

#[test]
fn the_checker_of_tags_catches_what_it_should() {
    assert_eq!(misfit("<p>1 &lt; 2<br></p>"), None);
    for wrong in ["<p><b></p></b>", "<p>", "</p>", "<p class=\"x>y</p>", "<p>2 > 1</p>"] {
        assert!(misfit(wrong).is_some(), "{wrong}");
    }
}

#[test]
fn the_page_is_well_formed_and_below_a_megabyte() {
    let html = report().html();
    assert_eq!(misfit(&html), None);
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    assert!(!html.contains("NaN") && !html.contains("inf\""), "no number that is none");
}

#[test]
fn nothing_comes_from_elsewhere() {
    let html = report().html();
    for door in [
        "http:",
        "https:",
        "//cdn",
        "src=",
        "href=",
        "url(",
        "@import",
        "@font-face",
        "fetch(",
        "<link",
        "<img",
    ] {
        assert!(!html.contains(door), "{door} is a way out");
    }
    assert!(html.contains("default-src 'none'"), "and the browser is told so");
}

#[test]
fn every_chart_and_section_is_there() {
    let html = report().html();
    for (chart, times) in
        [("price", 2), ("volume", 2), ("spread", 2), ("depth", 2), ("pnl", 1), ("mids", 1)]
    {
        let found = html.matches(&format!("<figure class=\"panel {chart}\">")).count();
        assert_eq!(found, times, "{chart}");
    }
    for section in ["instrument", "earnings", "agents", "realism", "refusals", "departure"] {
        assert!(html.contains(&format!("<section class=\"{section}\">")), "{section}");
    }
    assert_eq!(html.matches("role=\"img\"").count(), 10, "each chart says in words what it shows");
    assert_eq!(html.matches("<path class=\"line mid\"").count(), 2);
    assert_eq!(html.matches("<path class=\"line kind").count(), 4, "a line for each kind");
    for label in ["09:30", "09:35"] {
        assert!(html.contains(&format!(">{label}</span>")), "the clock says {label}");
    }
}

/// `text` without the spaces within its numbers.
fn plain(text: &str) -> String {
    text.replace('\u{202f}', "")
}

#[test]
fn the_figures_are_those_of_the_run() {
    let html = plain(&report().html());
    let counts = &MARKET.recorder.summary().counts;
    for (name, figure) in [
        ("commands", counts.commands.to_string()),
        ("events", counts.events.to_string()),
        ("refused", counts.rejected().to_string()),
        ("trades", counts.trades.to_string()),
        ("lots traded", counts.volume.to_string()),
        ("market time", "5min".to_owned()),
        ("mean departure", "+0.250".to_owned()),
        ("root mean square", "0.250".to_owned()),
    ] {
        let shown = format!("<dt>{name}</dt><dd>{figure}</dd>");
        assert!(html.contains(&shown), "{shown}");
    }
    let refused = counts.rejected_by_reason().next().expect("some command was refused").1;
    assert!(html.contains(&format!("<td class=\"r\">{refused}</td>")));
}

#[test]
fn what_one_kind_wins_by_trading_the_others_lose() {
    let report = report();
    let kinds = &report.pnl[0].kinds;
    let trading: f64 = kinds.iter().map(|kind| kind.trading).sum();
    assert!(trading.abs() < 1e-6, "{trading}");
    assert!(kinds.iter().any(|kind| kind.trading > 1.0), "somebody won");
    for kind in kinds {
        assert!((kind.pnl - kind.trading - kind.revaluation).abs() < 1e-6);
        assert_eq!(kind.line.last().copied().flatten(), Some(kind.pnl), "the line ends there");
    }
    assert_eq!(kinds[1].maker_share, Some(1.0), "only market makers make");
    let sum = "<td class=\"r\">0.00</td>";
    assert!(report.html().contains(sum), "and the table says so");
}

#[test]
fn whatever_people_call_things_is_text() {
    let evil = "</script><script>alert('x')</script>\"&<b>";
    let mut report = report();
    report.identity.scenario = evil.to_owned();
    report.identity.description = evil.to_owned();
    report.identity.digest = evil.to_owned();
    report.identity.clock.date = evil.to_owned();
    report.instruments[0].symbol = evil.to_owned();
    report.instruments[0].currency = evil.to_owned();
    report.pnl[0].kinds[0].name = evil.to_owned();
    report.pnl[0].currency = evil.to_owned();
    report.agents.push(AgentKind {
        name: evil.to_owned(),
        count: 1,
        description: evil.to_owned(),
        parameters: vec![(evil.to_owned(), evil.to_owned())],
    });
    report.departure.as_mut().unwrap().symbol = evil.to_owned();
    report.notes.push(evil.to_owned());
    let html = report.html();
    assert_eq!(misfit(&html), None);
    assert!(!html.contains("<script>alert") && !html.contains("<b>\"") && !html.contains("&<"));
    assert_eq!(html.matches("<script").count(), 5, "one per stack of charts and the page's own");
    assert!(html.contains("&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)"));
}

#[test]
fn the_same_run_makes_the_same_page() {
    let again = Market::after(Span::secs(300), 3).report("first-market").html();
    assert_eq!(MARKET.report("first-market").html(), again);
    let other = Market::after(Span::secs(300), 4).report("first-market").html();
    assert_ne!(other, again, "and another run another one");
}

#[test]
fn a_run_in_which_nothing_happened_has_a_page() {
    let nothing = Report::default().html();
    assert_eq!(misfit(&nothing), None);
    assert!(nothing.contains("Untitled run"));
    let unquoted =
        Report { instruments: vec![InstrumentPage::default()], ..Report::default() }.html();
    assert_eq!(misfit(&unquoted), None);
    assert!(unquoted.contains("nobody quoted both sides"));
    assert!(!unquoted.contains("NaN"));
    let empty = Market::after(Span::ZERO, 1).report("short").html();
    assert_eq!(misfit(&empty), None);
    assert!(!empty.contains("NaN"));
}

#[test]
fn a_market_of_many_instruments_still_fits() {
    let mut report = report();
    let first = report.instruments[0].clone();
    for number in 0..198 {
        report.instruments.push(InstrumentPage { symbol: format!("S{number}"), ..first.clone() });
    }
    let html = report.html();
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    assert_eq!(html.matches("<figure class=\"panel price\">").count(), INSTRUMENTS_DRAWN_MAX);
    assert!(html.contains("<b>S197</b>"), "the table has them all");
}

/// The relative luminance of `#rgb` or `#rrggbb` (WCAG 2.1).
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let parts: Vec<u32> = if digits.len() == 3 {
        digits.chars().map(|c| c.to_digit(16).unwrap() * 17).collect()
    } else {
        [0, 2, 4].map(|at| u32::from_str_radix(&digits[at..at + 2], 16).unwrap()).to_vec()
    };
    let linear = parts.into_iter().map(|part| {
        let share = f64::from(part) / 255.0;
        if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    linear.zip([0.2126, 0.7152, 0.0722]).map(|(part, weight)| part * weight).sum()
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The colours that each theme of the page names, in the order of its style sheet.
fn themes(html: &str) -> Vec<Vec<(String, String)>> {
    let blocks = html.split("color-scheme:").skip(1).filter_map(|block| block.split('}').next());
    let named = blocks.map(|block| {
        let pairs = block.split(';').filter_map(|line| line.trim().split_once(": "));
        pairs
            .filter(|(name, _)| name.starts_with("--"))
            .map(|(name, colour)| (name.trim_start_matches("--").to_owned(), colour.to_owned()))
            .collect()
    });
    named.filter(|theme: &Vec<_>| !theme.is_empty()).collect()
}

#[test]
fn text_and_lines_stand_out_in_every_theme() {
    assert!((contrast("#000", "#ffffff") - 21.0).abs() < 1e-9);
    let themes = themes(&report().html());
    assert_eq!(themes.len(), 4, "light, dark by wish of the system, dark by hand, and print");
    assert_eq!(themes[1], themes[2], "dark is dark however it came about");
    for theme in &themes {
        let of = |name: &str| &theme.iter().find(|(n, _)| n == name).expect(name).1;
        let mut texts = vec!["ink", "soft", "good", "bad", "bid", "ask", "spread", "mid"];
        let kinds: Vec<String> = (0..8).map(|place| format!("kind{place}")).collect();
        texts.extend(kinds.iter().map(String::as_str));
        for text in texts {
            let found = contrast(of(text), of("paper"));
            assert!(found >= 4.5, "{text} on {}: {found:.2}", of("paper"));
        }
        assert!(contrast(of("ink"), of("sheet")) >= 4.5);
        let drawn = contrast(of("volume"), of("paper"));
        assert!(drawn >= 3.0, "columns stand out: {drawn:.2}");
    }
}
