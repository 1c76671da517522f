//! `POST /api/v1/analytics/query`: any question about what is counted.

use super::body::{QueryBody, Question};
use crate::Desk;
use crate::exports::{JobInfo, job};
use crate::groups::Group;
use crate::parameters::{Asked, Cursor, Known, Place, fault};
use crate::shape::{Figure, Meta, reply};
use crate::visit::{Brought, Visit};
use axum::extract::State;
use axum::response::Response;
use cube::query::{Answer, Grain, MetricQuery, Number};
use model::Timestamp;
use model::accept::Fault;
use reader::Reading;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::{ProblemBody, Refusals};

/// How many buckets (hours, days, months) one question may read: about five months by the hour.
pub(crate) const MOST_BUCKETS: i64 = 4_000;
/// How many rows it may answer.
pub(crate) const MOST_ROWS: usize = 10_000;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryAnswer {
    /// A row for each group, or in a series for each bucket and group, oldest first: `timestamp` in a series, each dimension with its value,
    /// then each number. A distribution is its median, beside it its 95th and 99th percentile as `…P95` and `…P99`.
    data: Vec<Group>,
    /// How groups are ordered.
    order: String,
    /// How many groups there are in all; the limit may show less.
    groups: usize,
    /// What `cursor` must be for the groups after these; `null` where there are none.
    next_cursor: Option<String>,
    meta: Meta,
}

/// Answers any question about what is counted, given as metrics of the catalogue, or as numbers of one of its cubes.
///
/// With `Prefer: respond-async` it becomes a job, which answers with a file (JSON): all groups, whatever `order`, `limit` and `cursor` say, and
/// however many they are. Metrics that are of several cubes, or narrowed differently, are answered at once all the same.
#[utoipa::path(
    post,
    path = "/api/v1/analytics/query",
    tag = "catalogue",
    request_body = QueryBody,
    responses(
        (status = 200, body = QueryAnswer),
        (status = 202, body = JobInfo, description = "`Prefer: respond-async`: it is being answered; the job at `Location` has the link once it is.", headers(("Location" = String, description = "The job."))),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON, or encoded otherwise than by gzip or zstd."),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "JSON that is no question: the pointer says where."),
        Refusals
    )
)]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_tenant()?;
    let mut asked = visit.asked(&Known::NOTHING)?;
    let body: QueryBody = brought.read()?;
    let prepared = Prepared::of(&body, visit).map_err(unanswerable)?;
    asked.window = prepared.question.window;
    if visit.prefers_job
        && let Some(query) = prepared.question.as_one()
    {
        return job(&desk, (visit, &asked), (&query, &prepared.question.names)).await;
    }
    if prepared.cost > MOST_BUCKETS {
        return Err(unanswerable(vec![too_costly(prepared.cost)]));
    }
    let reading = desk.ask(visit, &prepared.queries).await?;
    let answer = prepared.answer(&reading, &asked, MOST_ROWS).map_err(|fault| unanswerable(vec![fault]))?;
    reply(visit, &asked, &answer)
}

fn unanswerable(faults: Vec<Fault>) -> Problem {
    Problem::bad_request("this cannot be answered").with_faults(faults)
}

/// A question that costs more than one may.
pub(crate) fn too_costly(buckets: i64) -> Fault {
    let message =
        format!("reads {buckets} hours, days and months, and may read {MOST_BUCKETS}: ask about less time, or by the day or month");
    fault("/range", "too_costly", message)
}

/// A question that can be answered, and all that is to be asked for it.
pub(crate) struct Prepared {
    pub question: Question,
    /// What is to be asked, in this order.
    pub queries: Vec<MetricQuery>,
    /// How many buckets the most far-reaching of them may read.
    pub cost: i64,
}

impl Prepared {
    /// What a body asks, or all that is wrong with it.
    pub fn of(body: &QueryBody, visit: &Visit) -> Result<Self, Vec<Fault>> {
        let question = body.question(visit)?;
        let mut queries = question.queries.clone();
        if question.is_ranked_apart() {
            queries.extend(question.queries.iter().map(|query| MetricQuery { granularity: None, ..query.clone() }));
        }
        let cost = queries.iter().map(|query| cost(query, visit)).max().unwrap_or_default();
        Ok(Self { question, queries, cost })
    }

    /// The answer, off a reading of its queries and no others; of so many rows at most.
    pub fn answer(&self, reading: &Reading, asked: &Asked, most_rows: usize) -> Result<QueryAnswer, Fault> {
        let question = &self.question;
        let ranked = question.ranked(reading);
        let begin = question.after.as_ref().map_or(0, |after| ranked.partition_point(|(place, _)| place <= after));
        let end = ranked.len().min(begin.saturating_add(question.limit));
        let shown: Vec<Labels> = ranked[begin..end].iter().map(|(_, labels)| *labels).collect();
        let buckets = question.starts(reading).len();
        if shown.len().saturating_mul(buckets) > most_rows {
            let message = format!("{} groups in {buckets} buckets are more than the {most_rows} rows of an answer", shown.len());
            return Err(fault("/limit", "too_many_rows", message));
        }
        let (by, is_descending) = (&question.names[question.order.0], question.order.1);
        let cursor = |place: &Place| Cursor::new(&question.digest, question.window.range, place.text()).encode();
        Ok(QueryAnswer {
            data: question.rows(reading, &shown),
            order: format!("{by} {}, then by label", if is_descending { "descending" } else { "ascending" }),
            groups: ranked.len(),
            next_cursor: (begin < end && end < ranked.len()).then(|| cursor(&ranked[end - 1].0)),
            meta: Meta::of(reading, asked)
                .every(question.granularity.map_or("all", |granularity| granularity.name()))
                .in_currency(question.currency),
        })
    }
}

impl QueryAnswer {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.data.len()
    }
}

/// How many buckets a query may read. What a question may read is bounded: it is refused before anything is read.
fn cost(query: &MetricQuery, visit: &Visit) -> i64 {
    let Ok(query) = query.check() else { return 0 };
    let buckets = query.plan(visit.caller.hour_offset).reads.into_iter().map(|span| {
        let hours = i64::from(span.to.index()) - i64::from(span.from.index());
        match span.grain {
            Grain::Hour => hours,
            Grain::Day => hours / 24,
            Grain::Month | Grain::Lifetime => hours / (24 * 28),
        }
    });
    buckets.sum()
}

type Labels<'r> = &'r [String];

impl Question {
    /// One query for all numbers, where they are of one cube and narrowed alike.
    fn as_one(&self) -> Option<MetricQuery> {
        let (first, rest) = self.queries.split_first()?;
        let is_alike = |query: &MetricQuery| MetricQuery { measures: first.measures.clone(), ..query.clone() } == *first;
        let measures = self.queries.iter().flat_map(|query| query.measures.iter().cloned()).collect();
        rest.iter().all(is_alike).then(|| MetricQuery { measures, ..first.clone() })
    }

    /// Whether groups of a series are ranked by answers of their own, over the whole range: these follow the others.
    fn is_ranked_apart(&self) -> bool {
        self.granularity.is_some() && !self.by.is_empty()
    }

    /// The answers that tell the numbers over the whole range.
    fn totals<'r>(&self, reading: &'r Reading) -> &'r [Answer] {
        let first = if self.is_ranked_apart() { self.queries.len() } else { 0 };
        &reading.answers[first..first + self.queries.len()]
    }

    /// The groups, each with its place in their order.
    fn ranked<'r>(&self, reading: &'r Reading) -> Vec<(Place, Labels<'r>)> {
        if self.by.is_empty() {
            return vec![(Place::ranked(0.0, Vec::new()), &[])];
        }
        let numbers = self.numbers(self.totals(reading));
        let (place, is_descending) = self.order;
        let rank = |labels: Labels| {
            let number = numbers.get(&(None, labels)).and_then(|numbers| numbers[place]).and_then(Number::as_f64);
            let rank = number.unwrap_or(f64::NEG_INFINITY);
            if is_descending { rank } else { -rank }
        };
        let mut groups: Vec<_> = numbers.keys().map(|(_, labels)| (Place::ranked(rank(labels), labels.to_vec()), *labels)).collect();
        groups.sort();
        groups
    }

    /// When the buckets of the answer begin.
    fn starts(&self, reading: &Reading) -> Vec<Option<Timestamp>> {
        let mut starts: Vec<Option<Timestamp>> = match self.granularity {
            None => vec![None],
            Some(_) => reading.answers.iter().take(self.queries.len()).flat_map(|answer| &answer.rows).map(|row| row.start).collect(),
        };
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Each number of each bucket and group, where there is one.
    fn numbers<'r>(&self, answers: &'r [Answer]) -> BTreeMap<(Option<Timestamp>, Labels<'r>), Vec<Option<&'r Number>>> {
        let mut all: BTreeMap<_, Vec<Option<&Number>>> = BTreeMap::new();
        let mut place = 0;
        for (answer, query) in answers.iter().zip(&self.queries) {
            for row in &answer.rows {
                let numbers = all.entry((row.start, &row.labels[..])).or_insert_with(|| vec![None; self.names.len()]);
                for (number, own) in numbers[place..].iter_mut().zip(&row.values) {
                    *number = Some(own);
                }
            }
            place += query.measures.len();
        }
        all
    }

    fn rows(&self, reading: &Reading, groups: &[Labels<'_>]) -> Vec<Group> {
        let numbers = self.numbers(&reading.answers[..self.queries.len()]);
        let mut rows = Vec::new();
        for start in self.starts(reading) {
            for labels in groups {
                let found = numbers.get(&(start, *labels));
                let timestamp = start.map(|start| ("timestamp".to_owned(), start.to_string()));
                let named = self.by.iter().cloned().zip(labels.iter().cloned());
                let figures = self.names.iter().enumerate().flat_map(|(at, name)| figures(name, found.and_then(|numbers| numbers[at])));
                rows.push(Group { labels: timestamp.into_iter().chain(named).collect(), figures: figures.collect() });
            }
        }
        rows
    }
}

/// A number under its name; of a distribution, beside its median what 95% and 99% of the values do not exceed.
fn figures(name: &str, number: Option<&Number>) -> Vec<(Cow<'static, str>, Figure)> {
    let named = |suffix: &str, figure| (Cow::from(format!("{name}{suffix}")), figure);
    match number {
        // Nothing of the kind happened to this group, though something else did.
        None => vec![named("", Figure::Nothing)],
        Some(number @ Number::Quantiles(..)) => {
            let quantile = |part| number.quantile(part).map_or(Figure::Nothing, Figure::Rounded);
            vec![named("", quantile(0.5)), named("P95", quantile(0.95)), named("P99", quantile(0.99))]
        }
        Some(number) => vec![named("", Figure::of(number))],
    }
}
