//! `DELETE /api/v1/users/{userId}/data` and how far it is: a person is taken out of everything that is kept.

use super::everything;
use crate::Desk;
use crate::admin::{Doing, unreadable};
use crate::parameters::Known;
use crate::shape::reply;
use crate::visit::Visit;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};
use model::erasure::PersonHash;
use records::Erasure;
use records::erasure::{self, Request};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

/// Nothing is asked but how far it is.
pub(crate) const KNOWN: Known<'static> = Known::NOTHING;

/// The erasure of a person, and how far it is. It does not say whose it is: who asked for it knows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErasureJob {
    /// A keyed hash of the user's id.
    id: String,
    /// Where to see how far it is.
    url: String,
    /// `settling`: what names the person is settled again without it, and answers show the person until that is done. `watched`: nothing that is
    /// counted names it any more; for 20 minutes it is looked whether what began before brings it back. `clearing`: raw data that was
    /// superseded is deleted. `done`: nothing that is kept names the person.
    state: ErasureState,
    /// When it was asked for. What happened or arrived before is erased; what the person does since is new.
    requested_at: String,
    /// When it was done; `null` until then.
    done_at: Option<String>,
    /// Days of families (a day with AI usage and sales is two) in which the person was found.
    days: u64,
    /// How many of them still name it.
    left: u64,
    /// How many of those wait for an hour that cannot be settled until somebody mends what is wrong with it: see `weir doctor`.
    quarantined: u64,
}

/// What is being done about an erasure.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ErasureState {
    Settling,
    Watched,
    Clearing,
    Done,
}

impl ErasureJob {
    /// An erasure as it is now.
    pub(crate) fn of(erasure: &Erasure) -> Self {
        let progress = &erasure.progress;
        Self {
            id: erasure.person.to_string(),
            url: url(&erasure.person),
            state: match progress.state {
                erasure::State::Settling => ErasureState::Settling,
                erasure::State::Watched => ErasureState::Watched,
                erasure::State::Clearing => ErasureState::Clearing,
                erasure::State::Done => ErasureState::Done,
            },
            requested_at: erasure.before.to_string(),
            done_at: progress.done_at.map(|at| at.to_string()),
            days: progress.days.len() as u64,
            left: progress.left,
            quarantined: progress.quarantined,
        }
    }
}

fn url(person: &PersonHash) -> String {
    format!("/api/v1/erasures/{person}")
}

/// Erases a person
///
/// Takes the person out of everything that is kept: events in the raw log, of which what names it goes (user, session, properties, ids) and what
/// counts stays (amounts, tokens, times, kinds), so that no total changes; numbers kept by user, for ever; and events that arrive later and
/// happened before. It takes about 20 minutes: the answer is a job and its URL. The same request again answers the same job, unless that is
/// done and the person has done something since: then that is erased too.
#[utoipa::path(
    delete, path = "/api/v1/users/{userId}/data", tag = "persons",
    params(("userId" = String, Path, description = "The user's id.")),
    responses((status = 202, body = ErasureJob, headers(("Location" = String, description = "Where to see how far it is."))), Refusals)
)]
pub(crate) async fn begin(
    State(desk): State<Arc<Desk>>,
    Path(user): Path<String>,
    arrival: Arrival,
    visit: Visit,
) -> Result<Response, Problem> {
    visit.for_admin()?;
    let user = visit.for_person(&user)?;
    visit.asked(&KNOWN)?;
    let tenant = &visit.caller.tenant;
    let first = Request { tenant, user: &user, now: visit.now, fresh_key: desk.fresh_key(), anew: false };
    let there = erasure::begin(&*desk.table, &first).await.map_err(unreadable)?;
    let is_done = there.progress.state == erasure::State::Done;
    let erasure = if is_done && everything::is_known(&desk, &visit, &user).await? {
        erasure::begin(&*desk.table, &Request { anew: true, ..first }).await.map_err(unreadable)?
    } else {
        there
    };
    let doing = Doing { action: "person.erase", subject: erasure.person.as_str(), detail: None };
    desk.trail(&visit, &arrival, doing).await?;
    let job = ErasureJob::of(&erasure);
    let location = HeaderValue::from_str(&job.url).map_err(Problem::internal)?;
    let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::ACCEPTED, headers, Json(job)).into_response())
}

/// How far the erasure of a person is
#[utoipa::path(
    get, path = "/api/v1/erasures/{id}", tag = "persons",
    params(("id" = String, Path, description = "The id of the job that the erasure answered.")),
    responses(
        (status = 200, body = ErasureJob),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such erasure."),
        Refusals,
    )
)]
pub(crate) async fn progress(State(desk): State<Arc<Desk>>, Path(id): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_admin()?;
    let asked = visit.asked(&KNOWN)?;
    let person = PersonHash::parse(&id).ok_or_else(Problem::not_found)?;
    let erasure = erasure::get(&*desk.table, (&visit.caller.tenant, &person)).await.map_err(unreadable)?;
    reply(&visit, &asked, &ErasureJob::of(&erasure.ok_or_else(Problem::not_found)?))
}
