//! The numbers of AI requests that rankings show, and rankings of them.

use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Asked, Grouping, Known, PlaceOf, RANKING};
use crate::shape::{Figure, Meta, share, total, units};
use crate::visit::Visit;
use cube::catalogue::{Dimension, NONE, OTHER};
use cube::query::{MetricQuery, Row};
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

/// By what AI requests can be narrowed.
pub(crate) const DIMENSIONS: &[Dimension] = &[
    Dimension::User,
    Dimension::Project,
    Dimension::Provider,
    Dimension::Model,
    Dimension::Service,
    Dimension::Feature,
    Dimension::Complexity,
    Dimension::Language,
    Dimension::Plan,
    Dimension::Status,
    Dimension::Priced,
];
/// What `groupBy` adds to an answer about AI requests.
pub(crate) const GROUPING: Grouping =
    Grouping::of(&["ai_requests", "ai_users"], &["requests", "failures", "errorRate", "tokens", "credits", "cost", "users"]);
/// What a ranking of them understands.
pub(crate) const RANKED: Known<'static> =
    Known { time: true, dimensions: DIMENSIONS, groups: Some(GROUPING), limit: Some(RANKING), cursor: true, ..Known::NOTHING };

const NUMBERS: [&str; 11] = [
    "requests",
    "failures",
    "errorRate",
    "inputTokens",
    "outputTokens",
    "tokens",
    "credits",
    "cost",
    "costPerRequest",
    "users",
    "latencyMean",
];

/// What was asked of one of those that are ranked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AiFigures)]
pub(crate) struct Figures {
    /// Completed or failed.
    requests: Figure,
    /// Its part of all requests that were asked about, in percent.
    share: Figure,
    failures: Figure,
    /// failures ÷ requests.
    error_rate: Figure,
    /// Without cached ones.
    input_tokens: Figure,
    output_tokens: Figure,
    /// Of all classes, cached ones too.
    tokens: Figure,
    credits: Figure,
    /// In USD.
    cost: Figure,
    /// cost ÷ requests, in USD.
    cost_per_request: Figure,
    /// Distinct users.
    users: Figure,
    /// Mean duration of the requests that tell one, in milliseconds.
    latency_mean: Figure,
}

impl Figures {
    fn of(row: &Row, all_requests: i128) -> Self {
        let figure = |place: usize| Figure::of(&row.values[place]);
        Self {
            requests: figure(0),
            share: share(units(&row.values[0]), all_requests),
            failures: figure(1),
            error_rate: figure(2),
            input_tokens: figure(3),
            output_tokens: figure(4),
            tokens: figure(5),
            credits: figure(6),
            cost: figure(7),
            cost_per_request: figure(8),
            users: figure(9),
            latency_mean: figure(10),
        }
    }
}

/// The first of many, by what they were asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ranking<T> {
    /// Most first.
    data: Vec<T>,
    /// What `cursor` must be for those after them; `null` where there are none.
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

/// What is ranked.
pub(crate) struct Ranked<'a> {
    /// What it is told apart by.
    pub by: &'a [&'a str],
    /// By which number: one of those that [`Figures`] have.
    pub order: &'a str,
    /// Whether what has no label, and what a cap has put together, is ranked too.
    pub rest: bool,
}

/// A question about AI requests: of one user, what is kept by user.
pub(crate) fn ai(asked: &Asked, numbers: &[&str]) -> MetricQuery {
    let is_of_persons = asked.dimensions().contains(&Dimension::User);
    asked.question(if is_of_persons { "ai_users" } else { "ai_requests" }, numbers)
}

/// How many rows of one dimension are not ranked: of what has no label, and of what a cap has put together.
const UNRANKED: usize = 2;

/// The ranking that is asked for.
pub(crate) async fn ranking<T>(
    desk: &Desk,
    (visit, asked): (&Visit, &Asked),
    Ranked { by, order, rest }: Ranked<'_>,
    row: impl Fn(&[String], Figures) -> T,
) -> Result<Ranking<T>, Problem> {
    let grouped = asked.grouped()?;
    let is_of_persons = by.contains(&Dimension::User.name());
    let of = |numbers: &[&str]| if is_of_persons { asked.question("ai_users", numbers) } else { ai(asked, numbers) };
    let ranked = by.iter().fold(of(&NUMBERS), |question, dimension| question.by(dimension));
    // Of the first page no more is written than may be on it, and one row that says whether there is another.
    let is_first = asked.after().is_none() && by.len() == 1;
    let ranked = if is_first { ranked.top(asked.limit.saturating_add(UNRANKED + 1), order) } else { ranked };
    let mut questions = vec![ranked, of(&NUMBERS[..1])];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(visit, &questions).await?;
    let [answer, all, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };
    let (all, place) = (total(all, 0), NUMBERS.iter().position(|number| *number == order).unwrap_or_default());
    let is_ranked = |found: &&Row| rest || !found.labels.iter().any(|label| label == NONE || label == OTHER);
    let number = |found: &Row| found.values[place].as_f64().unwrap_or(f64::NEG_INFINITY);
    let ranked = answer.rows.iter().filter(is_ranked).map(|found| (PlaceOf::ranked(number(found), &found.labels), found));
    let page = asked.page_by(ranked, |found| row(&found.labels, Figures::of(found, all)));
    Ok(Ranking {
        data: page.data,
        next_cursor: page.next_cursor,
        groups: groups(grouped.as_ref(), asked, &reading),
        meta: Meta::of(&reading, asked),
    })
}
