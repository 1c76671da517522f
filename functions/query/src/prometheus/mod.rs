//! `GET /metrics`: a tenant's numbers as a Prometheus reads them.
//!
//! What is shown is the larger of what was last shown and what is now true, so that a counter never goes down, whatever is settled,
//! deduplicated, priced anew or restarted: what was last shown is kept in the table, and written before it is shown. For some seconds it
//! is the answer, so that two Prometheus servers cost no more than one. `metrics` has the metrics as data; nothing here counts.

mod family;
mod metrics;
mod own;
mod page;
mod slow;
mod text;
mod truth;

use crate::Desk;
use crate::parameters::{Known, Parameters};
use access::{AccessError, Caller, Role, Standing};
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use model::Timestamp;
use page::Page;
use records::{RecordError, Shown, shown};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::contract::Refusals;
use web::traffic::AtHand;
use web::{Arrival, Problem};

/// For how long a page is the answer, once it was made.
const FRESH_MS: i64 = 15_000;
/// How often a page is made anew, where another was kept meanwhile that is not fresh either.
const ATTEMPTS: usize = 4;

/// The routes of this room.
pub(crate) fn routes() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::new().routes(routes!(answer))
}

/// Somebody who may read the page.
pub(crate) struct Scrape {
    caller: Caller,
    now: Timestamp,
    standing: Option<Standing>,
}

impl FromRequestParts<Arc<Desk>> for Scrape {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Problem> {
        let arrival = Arrival::from_request_parts(parts, desk).await?;
        let now = desk.clock.now();
        let visit = web::Visit { arrival: &arrival, headers: &parts.headers, method: &parts.method, body: b"", now };
        let caller = web::admit_to_metrics(&desk.authenticator, visit).await?;
        if !caller.acts_for_tenant() && caller.role != Role::Scraper {
            return Err(AccessError::Forbidden("only admins, services and keys made for scraping may read this").into());
        }
        let standing = desk.limits.count(&*desk.table, &caller, now).await?;
        Parameters::of(&parts.uri)?.read(&Known::NOTHING, (now, caller.hour_offset))?;
        Ok(Self { caller, now, standing })
    }
}

/// Everything that is counted of the tenant, for a Prometheus: its text format, version 0.0.4. Takes an admin's token, or a key made for
/// scraping (`wm_…`), as bearer or as the password of HTTP Basic. No counter goes down. A page is the answer for 15 seconds.
#[utoipa::path(get, path = "/metrics", tag = "prometheus", responses(
    (status = 200, body = String, content_type = "text/plain", description = "The metrics, as `docs/prometheus.md` defines them."),
    Refusals))]
async fn answer(State(desk): State<Arc<Desk>>, scrape: Scrape) -> Result<Response, Problem> {
    let (page, is_kept) = desk.page(&scrape).await?;
    let mut response = text::written(&page)?.into_response();
    if is_kept {
        response.extensions_mut().insert(AtHand);
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(::prometheus::TEXT_FORMAT));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(standing) = &scrape.standing {
        web::write_standing(standing, headers);
    }
    Ok(response)
}

impl Desk {
    /// The page, and whether it was at hand: one that is fresh, or one that is made and kept now.
    async fn page(&self, scrape: &Scrape) -> Result<(Page, bool), Problem> {
        let tenant = &scrape.caller.tenant;
        let mut last = shown::get(&*self.table, tenant).await.map_err(unreadable)?;
        for _ in 0..ATTEMPTS {
            let (version, mut page) = match &last {
                Some(last) => (last.version, Page::decode(&last.page).map_err(Problem::internal)?),
                None => (0, Page::default()),
            };
            if last.as_ref().is_some_and(|last| (-FRESH_MS..FRESH_MS).contains(&scrape.now.millis_since(last.at))) {
                return Ok((page, true));
            }
            page.rise(self.truth(scrape, &page).await?);
            let next = Shown { version: version + 1, at: scrape.now, page: page.encode().map_err(Problem::internal)? };
            match shown::keep(&*self.table, tenant, &next).await.map_err(unreadable)? {
                None => return Ok((page, false)),
                Some(other) => last = other,
            }
        }
        Err(Problem::unavailable("other pages of metrics are kept all the time"))
    }
}

fn unreadable(error: RecordError) -> Problem {
    if error.is_transient() { Problem::unavailable(error) } else { Problem::internal(error) }
}
