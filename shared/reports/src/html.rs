//! A report as a page that is also the body of a mail: one column that fits a phone, no script, nothing fetched, dark where the reader's
//! device is dark. Every text comes from somewhere else and is escaped.

use crate::chart::{self, Axis};
use crate::content::{Content, Figure, Line, Part};
use crate::number::{Change, Value};
use crate::period::Times;
use crate::template::Kind;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cube::query::Range;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::Timestamp;
use std::collections::BTreeMap;

/// How many lines of a ranking a page shows: mail clients cut long ones off, silently.
const MOST_LINES: usize = 50;

/// Contrast of every text against what is behind it is at least 4.5 in both (WCAG 2.2, 1.4.3): the least is 5.1, of the accent in light.
const STYLE: &str = ":root{color-scheme:light dark}\
*{box-sizing:border-box}\
body{margin:0;background:#f2f4f7;color:#1b1f24;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}\
main{max-width:720px;margin:0 auto;padding:16px;background:#fff;overflow-wrap:anywhere}\
h1{font-size:24px;line-height:1.25;margin:8px 0 4px}\
h2{font-size:18px;line-height:1.3;margin:28px 0 8px;padding-top:12px;border-top:1px solid #d0d7de}\
h3{font-size:15px;margin:12px 0 4px}\
p{margin:4px 0}\
.quiet{color:#57606a;font-size:14px}\
.figures{margin:0 -6px;font-size:0}\
.figure{display:inline-block;vertical-align:top;width:50%;padding:6px;font-size:16px}\
.figure b{display:block;font-size:20px;line-height:1.3}\
.figure span{display:block;font-size:14px;color:#57606a}\
.chart{display:block;width:100%;height:auto;margin:4px 0}\
.bar{fill:#0a5cad}.track{fill:#e1e7ee}.axis{stroke:#c3ccd6;stroke-width:1}\
.tick{fill:#57606a;font:11px sans-serif}\
table{width:100%;border-collapse:collapse;table-layout:fixed}\
td{padding:6px 0 2px;vertical-align:top;border-top:1px solid #e1e7ee}\
td.more{padding:0 0 6px;border-top:0}\
th{padding:0 0 2px;font-weight:400}\
.n{width:42%;text-align:right;padding-left:8px}\
td.n{font-weight:600}\
td.n span{display:block;font-weight:400;font-size:14px;color:#57606a}\
.rank{display:block;width:100%;height:4px;margin:4px 0 2px}\
@media(min-width:600px){main{padding:24px 32px}.figure{width:33.33%}th.n{width:34%}.tick{font-size:6.5px}}\
@media(prefers-color-scheme:dark){\
body{background:#0d1117;color:#e6edf3}main{background:#161b22}h2{border-color:#3d444d}\
.quiet,.figure span,td.n span{color:#a9b3be}.tick{fill:#a9b3be}.bar{fill:#6cb2ff}.track{fill:#2b333d}.axis{stroke:#4a535d}td{border-color:#2b333d}}";

/// The page.
#[must_use]
pub fn page(content: &Content) -> String {
    let axis = Axis { granularity: content.times.granularity, timezone: content.times.timezone };
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                title { (content.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (content.title) }
                    p class="quiet" { (span(&content.times)) "\u{a0}· " (content.tenant) }
                    @for part in &content.parts {
                        section id=(part.name) {
                            h2 { (part.title) }
                            (drawn(part, axis))
                        }
                    }
                    h2 { "About these numbers" }
                    @for note in about(content) { p class="quiet" { (note) } }
                }
            }
        }
    };
    markup.into_string()
}

fn drawn(part: &Part, axis: Axis) -> Markup {
    if part.lines.is_empty() {
        return html! { p class="quiet" { "Nothing in this time." } };
    }
    match part.kind {
        Kind::Figures => html! { @for line in &part.lines { (figures(part, line)) } },
        Kind::Series => series(part, axis),
        Kind::Ranking(_) => ranking(part),
    }
}

/// What the labels of a line say that its amounts do not: those say their currency.
fn told_apart<'a>(part: &Part, labels: &'a [String]) -> Vec<&'a str> {
    let named = labels.iter().zip(part.group_by.iter().map(Some).chain(std::iter::repeat(None)));
    named.filter(|(_, dimension)| dimension.is_none_or(|dimension| *dimension != "currency")).map(|(label, _)| label.as_str()).collect()
}

/// The head of one of several parts of a part; a single one needs none where its numbers say what it would.
fn head(part: &Part, (labels, several): (&[String], bool)) -> Markup {
    let said = if several { labels.iter().map(String::as_str).collect() } else { told_apart(part, labels) };
    html! { @if !said.is_empty() { h3 { (said.join(" · ")) } } }
}

fn figures(part: &Part, line: &Line) -> Markup {
    html! {
        (head(part, (&line.labels, part.lines.len() > 1)))
        div class="figures" data-labels=(line.labels.join("|")) {
            @for figure in &line.numbers {
                div class="figure" {
                    span { (figure.title) }
                    b data-number=(figure.number) data-value=(figure.value.digits()) { (figure.unit.show_under(figure.title, figure.value)) }
                    @if let Some(change) = change(figure) { span { (change) } }
                }
            }
        }
    }
}

/// A chart for each combination of labels: amounts of different currencies have no common scale.
fn series(part: &Part, axis: Axis) -> Markup {
    let mut by_labels: BTreeMap<&[String], Vec<&Line>> = BTreeMap::new();
    for line in &part.lines {
        by_labels.entry(&line.labels).or_default().push(line);
    }
    let several = by_labels.len() > 1;
    html! {
        @for (labels, lines) in by_labels {
            (head(part, (labels, several)))
            @if chart::is_drawn(&lines) { div data-labels=(labels.join("|")) { (chart::columns(part.title, &lines, axis)) } }
            p class="quiet" { (chart::in_words(&lines, axis)) }
        }
    }
}

fn ranking(part: &Part) -> Markup {
    html! {
        table {
            @if let Some(first) = part.lines.first().and_then(|line| line.numbers.first()) {
                tr { th {} th class="n quiet" scope="col" { (first.title) } }
            }
            @for line in part.lines.iter().take(MOST_LINES) {
                @if let Some((first, rest)) = line.numbers.split_first() {
                    tr data-labels=(line.labels.join("|")) {
                        td { (told_apart(part, &line.labels).join(" · ")) (chart::bar(first, chart::most(&part.lines, &first.unit))) }
                        td class="n" data-number=(first.number) data-value=(first.value.digits()) {
                            (first.unit.show_under(first.title, first.value))
                            @if let Some(change) = change(first) { span { (change) } }
                        }
                    }
                    @if !rest.is_empty() {
                        tr { td class="more quiet" colspan="2" { (unbroken(rest)) } }
                    }
                }
            }
        }
        @if part.lines.len() > MOST_LINES {
            p class="quiet" { "The " (MOST_LINES) " largest of " (part.lines.len()) (if part.more { " and more" } else { "" }) ": the CSV and JSON forms of this report have them." }
        } @else if part.more {
            p class="quiet" { "The " (part.lines.len()) " largest; there are more." }
        }
    }
}

fn told(figure: &Figure) -> String {
    format!("{} {}", figure.title, figure.unit.show_under(figure.title, figure.value))
}

/// Numbers in a row of text that breaks between them alone.
fn unbroken(figures: &[Figure]) -> String {
    figures.iter().map(|figure| told(figure).replace(' ', "\u{a0}")).collect::<Vec<_>>().join("\u{a0}· ")
}

/// Nothing has not changed.
fn change(figure: &Figure) -> Option<String> {
    let before = figure.before.filter(|_| figure.value != Value::Nothing)?;
    Some(Change::of(&figure.unit, before, figure.value).show())
}

/// The time that a report tells of, for people.
#[must_use]
pub fn span(times: &Times) -> String {
    between(times.range, times.timezone)
}

/// From when until when, for people of a time zone.
#[must_use]
pub fn between(range: Range, timezone: Tz) -> String {
    let (from, to, last) = (local(range.from, timezone), local(range.to, timezone), local(range.to.plus_millis(-1), timezone));
    let midnight = |moment: &DateTime<Tz>| moment.format("%H:%M:%S").to_string() == "00:00:00";
    let zone = timezone.name();
    match (midnight(&from) && midnight(&to), from.date_naive() == last.date_naive()) {
        (true, true) => format!("{} ({zone})", from.format("%-d %B %Y")),
        (true, false) => format!("{} to {} ({zone})", from.format("%-d %B %Y"), last.format("%-d %B %Y")),
        (false, _) => format!("{} to {} ({zone})", from.format("%-d %B %Y %H:%M"), to.format("%-d %B %Y %H:%M")),
    }
}

fn local(moment: Timestamp, timezone: Tz) -> DateTime<Tz> {
    DateTime::<Utc>::from(moment).with_timezone(&timezone)
}

/// What is to be known of the numbers.
#[must_use]
pub fn about(content: &Content) -> Vec<String> {
    let zone = content.times.timezone;
    let moment = |moment| local(moment, zone).format("%-d %B %Y %H:%M").to_string();
    let (from, to) = (content.times.before.from, content.times.before.to);
    let settled = match content.settled_through {
        Some(through) if through >= content.times.range.to => "All of this time is settled: each event counts once.".to_owned(),
        Some(through) => format!("Settled through {}: an event of later that was sent twice may still count twice.", moment(through)),
        None => "Nothing of this time is settled yet: an event that was sent twice may still count twice.".to_owned(),
    };
    let mut notes = vec![format!("Changes are against {} to {}.", moment(from), moment(to)), settled];
    notes.extend(content.notes.iter().cloned());
    notes.push(format!("Made {} ({}).", moment(content.made_at), zone.name()));
    notes
}

/// The report in plain text, for mail clients that show nothing else.
#[must_use]
pub fn text(content: &Content) -> String {
    let mut out = format!("{}\n{} · {}\n", content.title, span(&content.times), content.tenant);
    for part in content.parts.iter().filter(|part| part.kind != Kind::Series) {
        out.extend(["\n", part.title, "\n"]);
        if part.lines.is_empty() {
            out.push_str("  Nothing in this time.\n");
        }
        for line in part.lines.iter().take(MOST_LINES) {
            let numbers: Vec<String> = line.numbers.iter().map(told).collect();
            let labels = if line.labels.is_empty() { String::new() } else { format!("{}: ", line.labels.join(" · ")) };
            out.extend(["  ", labels.as_str(), numbers.join(" · ").as_str(), "\n"]);
        }
    }
    out.push('\n');
    for note in about(content) {
        out.extend([note.as_str(), "\n"]);
    }
    out
}

#[cfg(test)]
mod tests;
