//! Charts: panels of marks over one time axis, as SVG in boxes that stretch with the page.
//!
//! The drawing stretches and the text does not: marks live in an SVG whose aspect is free and whose
//! strokes keep their width, labels are HTML beside it, placed in percent. So a chart is as readable
//! on a phone as on a wall, and needs no script.

use super::axis::{Scale, Tick, clock_ticks};
use super::number::{escape, json};
use std::fmt::Write;

/// The width of the drawing in its own units; the page stretches it.
const WIDTH: f64 = 1_000.0;
/// The height of the drawing in its own units.
const HEIGHT: f64 = 300.0;

/// Panels that share a time axis and a crosshair.
pub(super) struct Stack {
    /// Seconds after midnight at the left end.
    pub(super) start_s: f64,
    /// Seconds from end to end.
    pub(super) span_s: f64,
    /// Seconds from one point of the readings to the next.
    pub(super) step_s: f64,
    pub(super) panels: Vec<Panel>,
    /// What the crosshair reads, one value per step.
    pub(super) readings: Vec<Reading>,
    /// Widens the margin for names at the ends of lines.
    pub(super) named_ends: bool,
}

/// One chart over an axis that is no clock: lags, steps, sizes.
pub(super) struct Plot {
    /// What stands along the bottom. Points of the panel are in shares of it, from 0 to 1.
    pub(super) ticks: Vec<Tick>,
    pub(super) panel: Panel,
}

/// One chart of a stack.
pub(super) struct Panel {
    /// A name for tests and styles, such as `price`.
    pub(super) class: &'static str,
    pub(super) title: String,
    /// What is drawn, in which unit.
    pub(super) note: String,
    /// What somebody who cannot see it should know.
    pub(super) spoken: String,
    /// In CSS pixels.
    pub(super) height: u32,
    pub(super) scale: Scale,
    /// What a tick says.
    pub(super) tick: fn(f64, f64) -> String,
    /// A value that gets a line across.
    pub(super) base: Option<f64>,
    pub(super) marks: Vec<Mark>,
    /// Names at the right end of lines, at their values.
    pub(super) ends: Vec<End>,
    /// Names within the plot.
    pub(super) inside: Vec<Inside>,
}

/// Something drawn. Points are (seconds from the left end, value).
pub(super) enum Mark {
    /// A line, broken where there is no value.
    Line { class: String, points: Vec<(f64, Option<f64>)> },
    /// What lies between two values.
    Band { class: String, points: Vec<(f64, Option<(f64, f64)>)> },
    /// A column from zero over a stretch of seconds.
    Columns { class: String, columns: Vec<(f64, f64, f64)> },
}

/// A name at the end of a line.
pub(super) struct End {
    pub(super) class: String,
    pub(super) value: f64,
    pub(super) text: String,
    pub(super) figure: String,
}

/// A name within the plot, near its top or bottom.
pub(super) struct Inside {
    pub(super) class: &'static str,
    pub(super) text: &'static str,
}

/// One line of what the crosshair reads.
pub(super) struct Reading {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) decimals: usize,
    pub(super) values: Vec<Option<f64>>,
}

impl Stack {
    /// Appends the stack to the page.
    pub(super) fn draw(&self, page: &mut String) {
        let ticks = clock_ticks(self.start_s, self.span_s, 8);
        let named = if self.named_ends { " named" } else { "" };
        write!(
            page,
            "<div class=\"stack{named}\" tabindex=\"0\" role=\"group\" aria-label=\"Charts; arrow keys move the crosshair\">\n\
             <output class=\"readout\" hidden></output>\n"
        )
        .expect(FITS);
        for panel in &self.panels {
            panel.draw(self, &ticks, page);
        }
        draw_foot(&ticks, page);
        self.write_readings(page);
        page.push_str("</div>\n");
    }

    /// The numbers behind the crosshair, for the script.
    fn write_readings(&self, page: &mut String) {
        let (start, span, step) = (self.start_s, self.span_s, self.step_s);
        write!(
            page,
            "<script type=\"application/json\">{{\"start\":{start},\"span\":{span},\"step\":{step},\"readings\":["
        )
        .expect(FITS);
        for (place, reading) in self.readings.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let (name, unit, decimals) =
                (json(&reading.name), json(&reading.unit), reading.decimals);
            write!(
                page,
                "{comma}{{\"name\":{name},\"unit\":{unit},\"decimals\":{decimals},\"values\":["
            )
            .expect(FITS);
            for (place, value) in reading.values.iter().enumerate() {
                if place > 0 {
                    page.push(',');
                }
                if let Some(value) = value.filter(|value| value.is_finite()) {
                    page.push_str(&trimmed(value, decimals));
                } else {
                    page.push_str("null");
                }
            }
            page.push_str("]}");
        }
        page.push_str("]}</script>\n");
    }

    fn x(&self, seconds: f64) -> f64 {
        if self.span_s > 0.0 { (seconds / self.span_s * WIDTH).clamp(0.0, WIDTH) } else { 0.0 }
    }
}

impl Plot {
    /// Appends the plot to the page. It needs no script and has no crosshair.
    pub(super) fn draw(&self, page: &mut String) {
        let named = if self.panel.ends.is_empty() { "" } else { " named" };
        writeln!(page, "<div class=\"stack plot{named}\">").expect(FITS);
        let whole = Stack {
            start_s: 0.0,
            span_s: 1.0,
            step_s: 1.0,
            panels: Vec::new(),
            readings: Vec::new(),
            named_ends: false,
        };
        self.panel.draw(&whole, &self.ticks, page);
        draw_foot(&self.ticks, page);
        // The page's script looks for the figures behind a crosshair and finds none.
        whole.write_readings(page);
        page.push_str("</div>\n");
    }
}

/// What stands along the bottom.
fn draw_foot(ticks: &[Tick], page: &mut String) {
    page.push_str("<div class=\"row clock\" aria-hidden=\"true\"><div class=\"canvas\">");
    for (place, tick) in ticks.iter().enumerate() {
        let other = if place % 2 == 1 { " other" } else { "" };
        let edge = match tick.share {
            share if share < 0.03 => " first",
            share if share > 0.97 => " last",
            _ => "",
        };
        let (left, label) = (percent(tick.share), &tick.label);
        write!(page, "<span class=\"x{other}{edge}\" style=\"left:{left}\">{label}</span>")
            .expect(FITS);
    }
    page.push_str("</div><div class=\"scale\"></div></div>\n");
}

impl Panel {
    fn draw(&self, stack: &Stack, ticks: &[Tick], page: &mut String) {
        let (class, height) = (self.class, self.height);
        let (title, note) = (escape(&self.title), escape(&self.note));
        write!(
            page,
            "<figure class=\"panel {class}\"><figcaption><b>{title}</b> <span>{note}</span></figcaption>\n\
             <div class=\"row\" style=\"--height:{height}px\"><div class=\"canvas\" role=\"img\" aria-label=\"{}\">\
             <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" focusable=\"false\">",
            escape(&self.spoken)
        )
        .expect(FITS);
        self.draw_grid(ticks, page);
        for mark in &self.marks {
            self.draw_mark(mark, stack, page);
        }
        if let Some(base) = self.base {
            let y = tenth(self.y(base));
            write!(page, "<path class=\"base\" d=\"M0 {y}H{WIDTH}\"/>").expect(FITS);
        }
        page.push_str("</svg>");
        if !self.ends.is_empty() {
            // The margin belongs to the names; the scale moves inside, onto its lines.
            self.draw_scale("y within", page);
        }
        for name in &self.inside {
            write!(page, "<span class=\"inside {}\">{}</span>", name.class, name.text).expect(FITS);
        }
        page.push_str("</div><div class=\"scale\" aria-hidden=\"true\">");
        if self.ends.is_empty() {
            self.draw_scale("y", page);
        } else {
            self.draw_ends(page);
        }
        page.push_str("</div></div></figure>\n");
    }

    fn draw_grid(&self, ticks: &[Tick], page: &mut String) {
        let mut lines = String::new();
        for value in self.scale.ticks() {
            write!(lines, "M0 {}H{WIDTH}", tenth(self.y(value))).expect(FITS);
        }
        for tick in ticks {
            write!(lines, "M{} 0V{HEIGHT}", tenth(tick.share * WIDTH)).expect(FITS);
        }
        write!(page, "<path class=\"grid\" d=\"{lines}\"/>").expect(FITS);
    }

    fn draw_mark(&self, mark: &Mark, stack: &Stack, page: &mut String) {
        match mark {
            Mark::Line { class, points } => {
                let d = self.line(points, stack);
                write!(page, "<path class=\"line {class}\" d=\"{d}\"/>").expect(FITS);
            }
            Mark::Band { class, points } => {
                let d = self.band(points, stack);
                write!(page, "<path class=\"band {class}\" d=\"{d}\"/>").expect(FITS);
            }
            Mark::Columns { class, columns } => {
                let d = self.columns(columns, stack);
                write!(page, "<path class=\"band {class}\" d=\"{d}\"/>").expect(FITS);
            }
        }
    }

    fn line(&self, points: &[(f64, Option<f64>)], stack: &Stack) -> String {
        let (mut d, mut pen_down) = (String::new(), false);
        for (seconds, value) in points {
            let Some(value) = value.filter(|value| value.is_finite()) else {
                pen_down = false;
                continue;
            };
            let step = if pen_down { 'L' } else { 'M' };
            write!(d, "{step}{} {}", tenth(stack.x(*seconds)), tenth(self.y(value))).expect(FITS);
            pen_down = true;
        }
        d
    }

    fn band(&self, points: &[(f64, Option<(f64, f64)>)], stack: &Stack) -> String {
        let mut d = String::new();
        for stretch in points.split(|(_, values)| values.is_none()).filter(|s| !s.is_empty()) {
            let known =
                stretch.iter().filter_map(|(seconds, values)| values.map(|v| (*seconds, v)));
            let upper = known.clone().map(|(seconds, (_, high))| (seconds, high));
            let lower = known.rev().map(|(seconds, (low, _))| (seconds, low));
            for (place, (seconds, value)) in upper.chain(lower).enumerate() {
                let step = if place == 0 { 'M' } else { 'L' };
                write!(d, "{step}{} {}", tenth(stack.x(seconds)), tenth(self.y(value)))
                    .expect(FITS);
            }
            d.push('Z');
        }
        d
    }

    fn columns(&self, columns: &[(f64, f64, f64)], stack: &Stack) -> String {
        let (mut d, floor) = (String::new(), tenth(self.y(0.0)));
        for (from, until, value) in columns.iter().filter(|(_, _, value)| *value != 0.0) {
            let (left, right) = (stack.x(*from), stack.x(*until));
            let gap = (right - left) * 0.12;
            let (left, right, top) = (tenth(left + gap), tenth(right - gap), tenth(self.y(*value)));
            write!(d, "M{left} {floor}V{top}H{right}V{floor}Z").expect(FITS);
        }
        d
    }

    fn draw_scale(&self, class: &str, page: &mut String) {
        for value in self.scale.ticks() {
            let (top, text) =
                (percent(self.scale.below_top(value)), (self.tick)(value, self.scale.step));
            write!(page, "<span class=\"{class}\" style=\"top:{top}\">{text}</span>").expect(FITS);
        }
    }

    /// Names at the ends of lines, moved apart where they would cover each other.
    fn draw_ends(&self, page: &mut String) {
        let gap = 19.0 / f64::from(self.height);
        let wanted: Vec<f64> =
            self.ends.iter().map(|end| self.scale.below_top(end.value)).collect();
        for (end, top) in self.ends.iter().zip(spread_out(&wanted, gap)) {
            let (class, text, figure) = (&end.class, escape(&end.text), &end.figure);
            write!(
                page,
                "<span class=\"end {class}\" style=\"top:{}\"><b>{text}</b> <i>{figure}</i></span>",
                percent(top)
            )
            .expect(FITS);
        }
    }

    fn y(&self, value: f64) -> f64 {
        self.scale.below_top(value) * HEIGHT
    }
}

const FITS: &str = "a string takes whatever is written to it";

/// Places at least `gap` apart, as near to `wanted` as their order allows, between 0 and 1 where
/// there is room.
fn spread_out(wanted: &[f64], gap: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut placed = wanted.to_vec();
    let mut least = 0.0;
    for place in &order {
        placed[*place] = placed[*place].max(least);
        least = placed[*place] + gap;
    }
    let mut most = 1.0;
    for place in order.iter().rev() {
        placed[*place] = placed[*place].min(most);
        most = placed[*place] - gap;
    }
    placed
}

fn percent(share: f64) -> String {
    format!("{}%", trimmed(share * 100.0, 2))
}

fn tenth(value: f64) -> String {
    trimmed(value, 1)
}

/// With so many decimals at most, and no zeros at the end.
fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let short =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(low: f64, high: f64) -> Panel {
        Panel {
            class: "price",
            title: "Price".to_owned(),
            note: String::new(),
            spoken: String::new(),
            height: 100,
            scale: Scale { low, high, step: (high - low) / 2.0 },
            tick: super::super::number::short,
            base: None,
            marks: Vec::new(),
            ends: Vec::new(),
            inside: Vec::new(),
        }
    }

    fn stack(panels: Vec<Panel>) -> Stack {
        let readings = Vec::new();
        Stack { start_s: 0.0, span_s: 10.0, step_s: 1.0, panels, readings, named_ends: false }
    }

    #[test]
    fn a_line_breaks_where_nothing_is_known() {
        let points = [(0.0, Some(0.0)), (5.0, Some(10.0)), (6.0, None), (10.0, Some(5.0))];
        assert_eq!(panel(0.0, 10.0).line(&points, &stack(vec![])), "M0 300L500 0M1000 150");
    }

    #[test]
    fn a_band_goes_out_above_and_comes_back_below() {
        let points = [(0.0, Some((0.0, 10.0))), (10.0, Some((5.0, 10.0))), (10.0, None)];
        let d = panel(0.0, 10.0).band(&points, &stack(vec![]));
        assert_eq!(d, "M0 0L1000 0L1000 150L0 300Z");
    }

    #[test]
    fn a_column_stands_on_zero() {
        let columns = [(0.0, 1.0, 10.0), (1.0, 2.0, 0.0), (2.0, 3.0, -10.0)];
        let d = panel(-10.0, 10.0).columns(&columns, &stack(vec![]));
        assert_eq!(d, "M12 150V0H88V150ZM212 150V300H288V150Z");
    }

    #[test]
    fn names_that_would_cover_each_other_move_apart() {
        assert_eq!(spread_out(&[0.5, 0.5], 0.25), [0.5, 0.75]);
        assert_eq!(spread_out(&[1.0, 0.875], 0.25), [1.0, 0.75], "and stay inside, in order");
        assert_eq!(spread_out(&[0.0, 0.5], 0.25), [0.0, 0.5], "and stay where there is room");
    }

    #[test]
    fn readings_without_a_value_are_null() {
        let mut stack = stack(vec![panel(0.0, 1.0)]);
        stack.readings.push(Reading {
            name: "mid </script>".to_owned(),
            unit: String::new(),
            decimals: 2,
            values: vec![Some(1.0), None, Some(f64::NAN), Some(0.126)],
        });
        let mut page = String::new();
        stack.draw(&mut page);
        assert!(page.contains("\"values\":[1,null,null,0.13]"), "{page}");
        assert_eq!(page.matches("</script>").count(), 1);
    }

    #[test]
    fn a_run_of_no_length_draws_nothing_that_is_not_a_number() {
        let mut empty = stack(vec![panel(0.0, 1.0)]);
        empty.span_s = 0.0;
        empty.panels[0]
            .marks
            .push(Mark::Line { class: String::new(), points: vec![(0.0, Some(0.5))] });
        let mut page = String::new();
        empty.draw(&mut page);
        assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    }
}
