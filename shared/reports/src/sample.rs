//! A report for the tests of how reports are written: of people who choose names as they like.

use crate::content::{Content, Figure, Line, Part};
use crate::number::{Unit, Value};
use crate::period::Period;
use crate::template::{Kind, Section};
use chrono_tz::Tz;
use model::money::Decimal;
use model::{HourOffset, Timestamp};

/// Names that are more than a name to a page, a spreadsheet or a file of lines.
pub(crate) const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"https://example.com\",\"x\")",
    "@SUM(A1:A9)",
    "-1+1",
    "\tcmd",
    "a,b\r\n\"c\"",
];

pub(crate) fn usd() -> Unit {
    Unit::Money("USD".into())
}

pub(crate) fn exact(units: i128, scale: u32) -> Value {
    Value::Exact(Decimal { units, scale })
}

pub(crate) fn figure(title: &'static str, unit: Unit, (before, value): (Option<Value>, Value)) -> Figure {
    Figure { number: "cost", title, quantile: None, value, before, unit }
}

pub(crate) fn line(label: &str, numbers: Vec<Figure>) -> Line {
    Line { start: None, labels: vec![label.to_owned()], numbers }
}

pub(crate) fn part(kind: Kind, group_by: Vec<&'static str>, lines: Vec<Line>) -> Part {
    Part { name: "models", title: "By model", kind, cube: "ai_requests", group_by, lines, more: false }
}

/// A line for each day of the week from 2026-11-16 on.
pub(crate) fn week(values: [i128; 7], unit: &Unit) -> Vec<Line> {
    let start = |day: usize| Some(times().range.from.plus_millis(i64::try_from(day).unwrap() * 24 * 3_600_000));
    let line = |(day, units): (usize, &i128)| Line {
        start: start(day),
        labels: Vec::new(),
        numbers: vec![figure("Cost", unit.clone(), (None, exact(*units, 2)))],
    };
    values.iter().enumerate().map(line).collect()
}

pub(crate) fn times() -> crate::period::Times {
    // Monday, 2026-11-23T06:00:00Z.
    Period::Week.before(Timestamp::from_millis(1_795_413_600_000), Tz::UTC, HourOffset::default())
}

pub(crate) fn content(parts: Vec<Part>) -> Content {
    Content {
        template: "usage",
        title: "Usage <b>& cost</b>".into(),
        tenant: "acme".into(),
        made_at: Timestamp::from_millis(1_795_413_600_000),
        times: times(),
        settled_through: None,
        notes: vec!["Estimated: <users>".into()],
        parts,
    }
}

/// A breakdown by hostile names.
pub(crate) fn hostile() -> Content {
    let numbers = || {
        vec![
            figure("Cost", usd(), (Some(exact(0, 0)), exact(1_250_000_000_001, 12))),
            figure("Tokens", Unit::Tokens, (None, exact(1_234, 0))),
        ]
    };
    let lines = HOSTILE.iter().map(|name| line(name, numbers())).collect();
    content(vec![part(Kind::Ranking(10), vec!["model"], lines)])
}

/// A template's report of a time without anything.
pub(crate) fn empty(template: &'static crate::Template) -> Content {
    let part = |section: &'static Section| Part {
        name: section.name,
        title: section.title,
        kind: section.kind,
        cube: section.cube,
        group_by: section.by.to_vec(),
        lines: Vec::new(),
        more: false,
    };
    Content { template: template.name, title: template.title.into(), ..content(template.sections.iter().map(part).collect()) }
}
