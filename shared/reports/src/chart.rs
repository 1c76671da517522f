//! Charts as inline SVG: nothing is fetched, and whoever's mail client shows no SVG reads the same numbers in words beside it. Colours are
//! classes, so that the page's dark and light apply.

use crate::content::{Figure, Line};
use crate::number::Unit;
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use cube::query::Granularity;
use maud::{Markup, html};
use model::Timestamp;

/// The picture is drawn for the width of a phone, so that its letters are as large there as those of the page, and larger elsewhere.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 112.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 92.0;
/// Between columns, as a part of their distance.
const GAP: f64 = 0.25;

/// How moments are written under a chart.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    /// How the series is divided.
    pub granularity: Granularity,
    /// In what zone.
    pub timezone: Tz,
}

impl Axis {
    /// The name of a bucket, for people.
    pub fn name(self, start: Timestamp) -> String {
        let local = self.local(start);
        let format = match self.granularity {
            Granularity::Hour => "%-d %b %H:%M",
            Granularity::Day | Granularity::Week => "%-d %b %Y",
            Granularity::Month => "%b %Y",
        };
        local.format(format).to_string()
    }

    /// The names of three buckets of one chart: without what is the same of all, which the page's head says.
    fn ticks(self, starts: [Timestamp; 3]) -> [String; 3] {
        let [first, middle, last] = starts.map(|start| self.local(start));
        let format = match self.granularity {
            Granularity::Hour if first.date_naive() == last.date_naive() => "%H:%M",
            Granularity::Hour => "%-d %b %H:%M",
            Granularity::Day | Granularity::Week if first.year() == last.year() => "%-d %b",
            Granularity::Day | Granularity::Week => "%-d %b %Y",
            Granularity::Month => "%b %Y",
        };
        [first, middle, last].map(|start| start.format(format).to_string())
    }

    fn local(self, start: Timestamp) -> DateTime<Tz> {
        DateTime::<Utc>::from(start).with_timezone(&self.timezone)
    }
}

/// Columns over time, of the first number of each line; each column carries its number and says it.
pub fn columns(title: &str, lines: &[&Line], axis: Axis) -> Markup {
    let points: Vec<(Timestamp, &Figure)> = lines.iter().filter_map(|line| Some((line.start?, line.numbers.first()?))).collect();
    let value = |figure: &Figure| figure.value.as_f64().unwrap_or(0.0).max(0.0);
    let most = points.iter().map(|(_, figure)| value(figure)).fold(0.0, f64::max);
    let step = WIDTH / f64::from(u32::try_from(points.len().max(1)).unwrap_or(u32::MAX));
    let column = |at: usize, figure: &Figure| {
        let height = if most > 0.0 { value(figure) / most * (BOTTOM - TOP) } else { 0.0 };
        let x = f64::from(u32::try_from(at).unwrap_or(u32::MAX)) * step + step * GAP / 2.0;
        (x, BOTTOM - height, step * (1.0 - GAP), height)
    };
    let top = points.iter().map(|(_, figure)| figure).max_by(|a, b| value(a).total_cmp(&value(b)));
    html! {
        svg class="chart" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(title) xmlns="http://www.w3.org/2000/svg" {
            line class="axis" x1="0" x2=(WIDTH) y1=(TOP) y2=(TOP) {}
            line class="axis" x1="0" x2=(WIDTH) y1=(BOTTOM) y2=(BOTTOM) {}
            @if let Some(top) = top { text class="tick" x="0" y=(TOP - 5.0) { (top.unit.show(top.value)) } }
            @for (at, (start, figure)) in points.iter().enumerate() {
                @let (x, y, width, height) = column(at, figure);
                rect class="bar" x=(short(x)) y=(short(y)) width=(short(width)) height=(short(height))
                    data-start=(start.to_string()) data-number=(figure.number) data-value=(figure.value.digits()) {
                    title { (axis.name(*start)) ": " (figure.unit.show(figure.value)) }
                }
            }
            (ticks(&points, (step, axis)))
        }
    }
}

/// The names of the first column, the last, and the one between them where there is one.
fn ticks(points: &[(Timestamp, &Figure)], (step, axis): (f64, Axis)) -> Markup {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return html! {} };
    let middle = points.len() / 2;
    let x = (f64::from(u32::try_from(middle).unwrap_or(u32::MAX)) + 0.5) * step;
    let [first, name, last] = axis.ticks([*first, points[middle].0, *last]);
    html! {
        text class="tick" x="0" y=(HEIGHT - 5.0) { (first) }
        @if points.len() > 4 { text class="tick" x=(short(x)) y=(HEIGHT - 5.0) text-anchor="middle" { (name) } }
        @if points.len() > 1 { text class="tick" x=(WIDTH) y=(HEIGHT - 5.0) text-anchor="end" { (last) } }
    }
}

/// Whether there is anything to draw: some number that is not 0.
pub fn is_drawn(lines: &[&Line]) -> bool {
    lines.iter().filter_map(|line| line.numbers.first()?.value.as_f64()).any(|value| value != 0.0)
}

/// What a chart shows, in words.
pub fn in_words(lines: &[&Line], axis: Axis) -> String {
    let points: Vec<(Timestamp, &Figure)> = lines
        .iter()
        .filter_map(|line| Some((line.start?, line.numbers.first()?)))
        .filter(|(_, figure)| figure.value.as_f64().is_some())
        .collect();
    if let (Some((_, figure)), false) = (points.first(), is_drawn(lines)) {
        return format!("{} throughout.", figure.unit.show(figure.value));
    }
    let compare = |a: &&(Timestamp, &Figure), b: &&(Timestamp, &Figure)| {
        a.1.value.as_f64().unwrap_or_default().total_cmp(&b.1.value.as_f64().unwrap_or_default())
    };
    let say = |(start, figure): &(Timestamp, &Figure)| format!("{} ({})", figure.unit.show(figure.value), axis.name(*start));
    match (points.iter().max_by(compare), points.iter().min_by(compare)) {
        (Some(most), Some(least)) => format!("Highest {}, lowest {}.", say(most), say(least)),
        _ => "Nothing in this time.".to_owned(),
    }
}

/// One bar of a ranking: its length is the number's part of the largest.
pub fn bar(figure: &Figure, most: f64) -> Markup {
    let value = figure.value.as_f64().unwrap_or(0.0).max(0.0);
    let width = if most > 0.0 { (value / most * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    html! {
        svg class="rank" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" xmlns="http://www.w3.org/2000/svg" {
            rect class="track" x="0" y="0" width="100" height="4" {}
            rect class="bar" x="0" y="0" width=(short(width)) height="4" {}
        }
    }
}

/// The largest first number of the lines of one unit: amounts of different currencies are not held against each other.
pub fn most(lines: &[Line], unit: &Unit) -> f64 {
    let of_unit = lines.iter().filter_map(|line| line.numbers.first()).filter(|figure| figure.unit == *unit);
    of_unit.filter_map(|figure| figure.value.as_f64()).fold(0.0, f64::max)
}

/// A length with as many digits as a screen shows.
fn short(length: f64) -> String {
    format!("{length:.2}")
}
