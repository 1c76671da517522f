//! `POST /api/v1/analytics/query`: any question about what is counted.

use super::body::{QueryBody, Question};
use crate::Desk;
use crate::groups::Group;
use crate::parameters::{Known, fault};
use crate::shape::{Figure, Meta, reply};
use crate::visit::{Brought, Visit};
use axum::extract::State;
use axum::response::Response;
use cube::query::{Answer, Grain, MetricQuery, Number};
use model::Timestamp;
use reader::Reading;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::{ProblemBody, Refusals};

/// How many buckets (hours, days, months) one question may read: about five months by the hour.
const MOST_BUCKETS: i64 = 4_000;
/// How many rows it may answer.
const MOST_ROWS: usize = 10_000;

#[derive(Serialize, ToSchema)]
struct QueryAnswer {
    /// A row for each group, or in a series for each bucket and group, oldest first: `timestamp` in a series, each dimension with its value,
    /// then each number. A distribution is its median, beside it its 95th and 99th percentile as `…P95` and `…P99`.
    data: Vec<Group>,
    /// How groups are ordered.
    order: String,
    /// How many groups there are in all; the limit may show less.
    groups: usize,
    meta: Meta,
}

/// Answers any question about what is counted, given as metrics of the catalogue, or as numbers of one of its cubes.
#[utoipa::path(
    post,
    path = "/api/v1/analytics/query",
    tag = "catalogue",
    request_body = QueryBody,
    responses(
        (status = 200, body = QueryAnswer),
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
    let unanswerable = |faults| Problem::bad_request("this cannot be answered").with_faults(faults);
    let question = body.question(visit).map_err(unanswerable)?;
    asked.window = question.window;
    let mut queries = question.queries.clone();
    if question.is_ranked_apart() {
        queries.extend(question.queries.iter().map(|query| MetricQuery { granularity: None, ..query.clone() }));
    }
    check_cost(&queries, visit).map_err(unanswerable)?;
    let reading = desk.ask(visit, &queries).await?;
    let ranked = question.ranked(&reading);
    let shown = &ranked[..ranked.len().min(question.limit)];
    let buckets = question.starts(&reading).len();
    if shown.len().saturating_mul(buckets) > MOST_ROWS {
        let message = format!("{} groups in {buckets} buckets are more than the {MOST_ROWS} rows of an answer", shown.len());
        return Err(unanswerable(vec![fault("/limit", "too_many_rows", message)]));
    }
    let (by, is_descending) = (&question.names[question.order.0], question.order.1);
    let answer = QueryAnswer {
        data: question.rows(&reading, shown),
        order: format!("{by} {}, then by label", if is_descending { "descending" } else { "ascending" }),
        groups: ranked.len(),
        meta: Meta::of(&reading, &asked)
            .every(question.granularity.map_or("all", |granularity| granularity.name()))
            .in_currency(question.currency),
    };
    reply(visit, &asked, &answer)
}

/// What a question may read is bounded: it is refused before anything is read.
fn check_cost(queries: &[MetricQuery], visit: &Visit) -> Result<(), Vec<model::accept::Fault>> {
    let read = |query: &MetricQuery| -> i64 {
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
    };
    let most = queries.iter().map(read).max().unwrap_or_default();
    if most <= MOST_BUCKETS {
        return Ok(());
    }
    let message = format!("reads {most} hours, days and months, and may read {MOST_BUCKETS}: ask about less time, or by the day or month");
    Err(vec![fault("/range", "too_costly", message)])
}

type Labels<'r> = &'r [String];

impl Question {
    /// Whether groups of a series are ranked by answers of their own, over the whole range: these follow the others.
    fn is_ranked_apart(&self) -> bool {
        self.granularity.is_some() && !self.by.is_empty()
    }

    /// The answers that tell the numbers over the whole range.
    fn totals<'r>(&self, reading: &'r Reading) -> &'r [Answer] {
        let first = if self.is_ranked_apart() { self.queries.len() } else { 0 };
        &reading.answers[first..first + self.queries.len()]
    }

    /// The groups, in their order.
    fn ranked<'r>(&self, reading: &'r Reading) -> Vec<Labels<'r>> {
        if self.by.is_empty() {
            return vec![&[]];
        }
        let numbers = self.numbers(self.totals(reading));
        let mut groups: Vec<Labels> = numbers.keys().map(|(_, labels)| *labels).collect();
        let (place, is_descending) = self.order;
        let rank = |labels: Labels| {
            let number = numbers.get(&(None, labels)).and_then(|numbers| numbers[place]).and_then(Number::as_f64);
            number.unwrap_or(f64::NEG_INFINITY)
        };
        // Stable, so that groups of one rank stay in the order of their labels.
        groups.sort_by(|a, b| if is_descending { rank(b).total_cmp(&rank(a)) } else { rank(a).total_cmp(&rank(b)) });
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
