//! What is in a report: the answers to its template's queries, part by part, before anybody has decided how they look.

use crate::number::{Unit, Value};
use crate::period::Times;
use crate::template::{Form, Kind, MOST_BEFORE, Section, Shown, Template};
use cube::catalogue;
use cube::query::{Answer, Row};
use model::Timestamp;
use model::money::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// A report, before it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The template's name.
    pub template: &'static str,
    /// What people call the report.
    pub title: String,
    /// Whose numbers they are.
    pub tenant: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What it tells of.
    pub times: Times,
    /// Up to when its numbers are settled.
    pub settled_through: Option<Timestamp>,
    /// What else is to be known of its numbers.
    pub notes: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Its name within the template.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// How it is drawn.
    #[serde(skip)]
    pub kind: Kind,
    /// The cube that was asked: `POST /api/v1/analytics/query` answers the same to the same question.
    pub cube: &'static str,
    /// By which dimensions its lines are told apart.
    pub group_by: Vec<&'static str>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Whether there are more of them than are shown.
    pub more: bool,
}

/// A line of a part: the numbers of one combination of labels, in one bucket of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// When the bucket begins, in a series.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment")]
    pub start: Option<Timestamp>,
    /// The labels, in the order of `group_by`.
    pub labels: Vec<String>,
    /// The numbers.
    pub numbers: Vec<Figure>,
}

/// A number of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The cube's name for it.
    pub number: &'static str,
    /// What people call it.
    #[serde(skip)]
    pub title: &'static str,
    /// The part of the distribution, where it is one of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f64>,
    /// The number.
    pub value: Value,
    /// The same of the span before; nothing in a series, and where the line was not among those that were read of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it is a number of.
    pub unit: Unit,
}

/// What was read of the span before.
struct Before<'a> {
    rows: BTreeMap<&'a [String], &'a Row>,
    /// Whether that is all there was: then what is not among it was nothing.
    is_whole: bool,
}

impl<'a> Before<'a> {
    fn of(kind: Kind, answer: &'a Answer) -> Self {
        let rows: BTreeMap<&[String], &Row> = answer.rows.iter().map(|row| (&*row.labels, row)).collect();
        let is_whole = !matches!(kind, Kind::Ranking(_)) || rows.len() < MOST_BEFORE;
        Self { rows, is_whole }
    }
}

#[expect(clippy::ref_option, reason = "as serde calls it")]
fn moment<S: serde::Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    moment.map(|moment| moment.to_string()).serialize(serializer)
}

impl Template {
    /// The parts of a report, from the answers to the template's queries in their order.
    #[must_use]
    pub fn parts(&self, times: &Times, answers: &[Answer]) -> Vec<Part> {
        let mut answers = answers.iter();
        let part = |section: &'static Section| {
            let own: Vec<&Answer> = answers.by_ref().take(section.queries(times).len()).collect();
            section.part(&own)
        };
        self.sections.iter().map(part).collect()
    }
}

impl Section {
    fn part(&'static self, answers: &[&Answer]) -> Part {
        let rows = answers.first().map_or(&[][..], |answer| &answer.rows);
        let before = answers.get(1).map(|answer| Before::of(self.kind, answer));
        let most = if let Kind::Ranking(most) = self.kind { most } else { rows.len() };
        Part {
            name: self.name,
            title: self.title,
            kind: self.kind,
            cube: self.cube,
            group_by: self.by.to_vec(),
            lines: rows.iter().take(most).map(|row| self.line(row, before.as_ref())).collect(),
            more: rows.len() > most,
        }
    }

    fn line(&self, row: &Row, before: Option<&Before<'_>>) -> Line {
        let figure = |shown: &Shown| {
            let place = self.place(shown);
            let quantile = if let Form::Quantile(part) = shown.form { Some(part) } else { None };
            let value_of = |row: &Row| row.values.get(place).map_or(Value::Nothing, |number| Value::of(number, quantile));
            let unit = self.unit_of(shown, row);
            let was = before.map(|before| match before.rows.get(&*row.labels) {
                Some(row) => value_of(row),
                None if before.is_whole && unit.adds_up() => Value::Exact(Decimal { units: 0, scale: 0 }),
                None => Value::Nothing,
            });
            Figure { number: shown.number, title: shown.title, quantile, value: value_of(row), before: was, unit }
        };
        Line { start: row.start, labels: row.labels.to_vec(), numbers: self.numbers.iter().map(figure).collect() }
    }

    fn unit_of(&self, shown: &Shown, row: &Row) -> Unit {
        let currency = || {
            let place = self.by.iter().position(|dimension| *dimension == "currency");
            Unit::Money(place.and_then(|place| row.labels.get(place)).cloned().unwrap_or_default())
        };
        match (shown.form, self.unit(shown)) {
            (Form::Share, _) => Unit::Share,
            (Form::Percent, _) | (Form::Own, Some(catalogue::Unit::MilliPercent)) => Unit::Percent,
            (Form::Millis | Form::Quantile(_), _) | (Form::Own, Some(catalogue::Unit::Millis | catalogue::Unit::Micros)) => {
                Unit::Milliseconds
            }
            (Form::Money, _) | (Form::Own, Some(catalogue::Unit::Money)) => currency(),
            (Form::Own, Some(catalogue::Unit::Tokens)) => Unit::Tokens,
            (Form::Own, Some(catalogue::Unit::PicoUsd)) => Unit::Money("USD".to_owned()),
            (Form::Own, Some(catalogue::Unit::Bytes)) => Unit::Bytes,
            (Form::Own, _) => Unit::Count,
        }
    }
}
