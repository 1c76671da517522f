//! `GET /usage/user/{userId}`: what one user asked of AI models.

use crate::Desk;
use crate::groups::{Groups, groups};
use crate::parameters::{Grouping, Known};
use crate::shape::{Figure, Meta, date, reply, total, units};
use crate::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::Granularity;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

/// By what a user's numbers can be narrowed.
pub(crate) const DIMENSIONS: &[Dimension] = &[
    Dimension::Project,
    Dimension::Provider,
    Dimension::Model,
    Dimension::Service,
    Dimension::Feature,
    Dimension::Complexity,
    Dimension::Language,
    Dimension::Plan,
    Dimension::Status,
];

pub(crate) const KNOWN: Known<'static> = Known {
    time: true,
    dimensions: DIMENSIONS,
    groups: Some(Grouping::of(&["ai_users"], &["requests", "inputTokens", "outputTokens", "tokens"])),
    ..Known::NOTHING
};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserUsage)]
struct Usage {
    total_requests: Figure,
    total_input_tokens: Figure,
    total_output_tokens: Figure,
    /// Of all classes, cached ones too.
    total_tokens: Figure,
    unique_projects: usize,
    by_model: BTreeMap<String, ModelUsage>,
    /// Newest first, days with use only.
    by_day: Vec<DayUsage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ModelUsage {
    requests: Figure,
    input_tokens: Figure,
    output_tokens: Figure,
}

#[derive(Serialize, ToSchema)]
struct DayUsage {
    date: String,
    requests: Figure,
    tokens: Figure,
}

/// What one user asked of AI models.
#[utoipa::path(get, path = "/usage/user/{*userId}", tag = "platform", params(("userId" = String, Path, description = "The user's id.")), responses((status = 200, body = Usage), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, Path(user): Path<String>, visit: Visit) -> Result<Response, Problem> {
    let user = visit.for_person(&user)?;
    let asked = visit.asked(&KNOWN)?.of_person(Some(&user));
    let grouped = asked.grouped()?;
    let of_user = |numbers: &[&str]| asked.question("ai_users", numbers);
    let mut questions = vec![
        of_user(&["requests", "inputTokens", "outputTokens", "tokens"]).by("model"),
        of_user(&["requests"]).by("project"),
        of_user(&["requests", "tokens"]).every(Granularity::Day, asked.window.timezone),
    ];
    questions.extend(grouped.as_ref().map(|grouped| grouped.question.clone()));
    let reading = desk.ask(&visit, &questions).await?;
    let [models, projects, days, ..] = &reading.answers[..] else { return Err(Problem::internal("an answer is missing")) };

    let sum = |place| Figure::whole(total(models, place));
    let by_model = models.rows.iter().map(|row| {
        let figure = |place: usize| Figure::of(&row.values[place]);
        (row.labels[0].clone(), ModelUsage { requests: figure(0), input_tokens: figure(1), output_tokens: figure(2) })
    });
    let used_days = days.rows.iter().rev().filter(|row| units(&row.values[0]) > 0);
    let by_day = used_days.filter_map(|row| {
        let date = date(row.start?, &asked).to_string();
        Some(DayUsage { date, requests: Figure::of(&row.values[0]), tokens: Figure::of(&row.values[1]) })
    });
    let usage = Usage {
        total_requests: sum(0),
        total_input_tokens: sum(1),
        total_output_tokens: sum(2),
        total_tokens: sum(3),
        unique_projects: projects.rows.len(),
        by_model: by_model.collect(),
        by_day: by_day.collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).every("day"),
    };
    reply(&visit, &asked, &usage)
}
