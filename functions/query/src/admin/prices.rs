//! `/api/v1/prices`: what tokens of models cost a tenant, by date.

use super::{Doing, created, unreadable};
use crate::Desk;
use crate::parameters::{Known, LIST, Own, Page, Place, fault};
use crate::shape::{Figure, reply};
use crate::visit::{Brought, Visit};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, NaiveTime};
use model::Timestamp;
use model::accept::Fault;
use model::limits::DIMENSION_BYTES;
use model::money::Decimal;
use model::price::{PRICE_DIGITS, PriceBook, Rates};
use ports::Read;
use records::job::State as JobState;
use records::price::PriceFault;
use records::{Job, Price};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::sync::Arc;
use utoipa::ToSchema;
use web::contract::{ProblemBody, Refusals};
use web::{Arrival, Problem};

pub(crate) const KNOWN: Known<'static> =
    Known { own: &[Own::text("model", "Only this model.")], limit: Some(LIST), cursor: true, ..Known::NOTHING };

/// What tokens of a model cost from a date on, in USD per million tokens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriceInfo {
    /// The model.
    model: String,
    /// Who serves it.
    provider: String,
    /// From when on.
    #[schema(format = DateTime)]
    effective: String,
    /// Of tokens read.
    input_per_million: Figure,
    /// Of tokens written.
    output_per_million: Figure,
    /// Of tokens read from a cache; as tokens read where `null`.
    cache_read_per_million: Figure,
    /// Of tokens written to a cache; as tokens read where `null`.
    cache_write_per_million: Figure,
    /// `own`: set by the tenant, and before the built-in one of the same model and date; `builtin`: comes with Weir.
    origin: Origin,
}

/// Where a price comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// Set by the tenant.
    Own,
    /// Comes with Weir.
    Builtin,
}

/// A price to set, in USD per million tokens with at most 6 digits after the point.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"model": "gpt-4o", "effective": "2026-11-01", "inputPerMillion": 2.25, "outputPerMillion": 9}))]
pub(crate) struct NewPrice {
    /// The model, as requests name it; by a short name, the model that it stands for.
    #[schema(min_length = 1, max_length = 256)]
    model: String,
    /// Who serves it; needed for a model that the built-in table does not have.
    #[schema(min_length = 1, max_length = 256)]
    provider: Option<String>,
    /// From when on: a date (from midnight UTC) or a date-time. Where it is past, what is settled since then is priced anew.
    effective: String,
    /// Of tokens read.
    #[schema(value_type = f64, minimum = 0)]
    input_per_million: Number,
    /// Of tokens written.
    #[schema(value_type = f64, minimum = 0)]
    output_per_million: Number,
    /// Of tokens read from a cache.
    #[schema(value_type = Option<f64>, minimum = 0)]
    cache_read_per_million: Option<Number>,
    /// Of tokens written to a cache.
    #[schema(value_type = Option<f64>, minimum = 0)]
    cache_write_per_million: Option<Number>,
}

/// A price that was set.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PriceSet {
    /// The price.
    #[serde(flatten)]
    price: PriceInfo,
    /// The revision of the tenant's configuration that has it.
    revision: u64,
    /// The pricing anew of what is settled since the price's date; `null` where that is in the future.
    repricing: Option<Repricing>,
}

/// The pricing anew of what was settled before a price was set.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Repricing {
    /// The revision that hours are priced with, or a later one.
    revision: u64,
    /// `open` while days are left, then `done`.
    #[schema(example = "open")]
    state: &'static str,
    /// The first day that the price has to do with.
    #[schema(format = Date)]
    from: String,
    /// Days with settled usage, as of the last look.
    days: u64,
    /// Those of them in which nothing is left to do.
    done: u64,
    /// Those of them with hours that keep their old cost, because their raw events have expired.
    expired: u64,
    /// Those of them with hours that cannot be settled until what is wrong with them is mended.
    quarantined: u64,
}

impl From<&Job> for Repricing {
    fn from(job: &Job) -> Self {
        let progress = &job.progress;
        Self {
            revision: job.revision,
            state: if progress.state == JobState::Open { "open" } else { "done" },
            from: job.from.to_string(),
            days: progress.days,
            done: progress.done,
            expired: progress.expired,
            quarantined: progress.quarantined,
        }
    }
}

impl PriceInfo {
    fn of(Price { provider, model, effective, rates }: Price, origin: Origin) -> Self {
        let usd = |pico: i64| Figure::Exact(Decimal { units: pico.into(), scale: PRICE_DIGITS });
        Self {
            model,
            provider,
            effective: effective.to_string(),
            input_per_million: usd(rates.input_pico),
            output_per_million: usd(rates.output_pico),
            cache_read_per_million: rates.cache_read_pico.map_or(Figure::Nothing, usd),
            cache_write_per_million: rates.cache_write_pico.map_or(Figure::Nothing, usd),
            origin,
        }
    }
}

/// The prices of models, built-in ones and the tenant's own, by model and then by date. A price holds until the next one of its model.
#[utoipa::path(get, path = "/api/v1/prices", tag = "administration", responses((status = 200, body = Page<PriceInfo>), Refusals))]
pub(crate) async fn list(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let asked = visit.asked(&KNOWN)?;
    let own = records::price::list(&*desk.table, &visit.caller.tenant, Read::Strong).await.map_err(unreadable)?;
    let builtin = PriceBook::builtin().prices().map(|(provider, model, effective, rates)| {
        (Price { provider: provider.to_owned(), model: model.to_owned(), effective, rates }, Origin::Builtin)
    });
    let all = own.into_iter().map(|price| (price, Origin::Own)).chain(builtin);
    let wanted = all.filter(|(price, _)| asked.own("model").is_none_or(|model| model == price.model));
    let row = |(price, origin): (Price, Origin)| {
        let place = Place::ranked(0.0, vec![price.model.clone(), price.effective.to_string(), format!("{origin:?}")]);
        (place, PriceInfo::of(price, origin))
    };
    let page = asked.page(wanted.map(row).collect());
    reply(&visit, &asked, &page)
}

/// Sets what tokens of a model cost from a date on, in place of an own price of the same model and date.
#[utoipa::path(post, path = "/api/v1/prices", tag = "administration", request_body = NewPrice, responses(
    (status = 201, body = PriceSet, description = "It is set.", headers(("Location" = String, description = "Where the pricing anew is, or the model's prices."))),
    (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "The body is too large."),
    (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body's encoding is not read here."),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The body breaks a rule; every fault is listed."),
    Refusals))]
pub(crate) async fn set(State(desk): State<Arc<Desk>>, arrival: Arrival, brought: Brought) -> Result<Response, Problem> {
    let visit = &brought.visit;
    visit.for_admin()?;
    let price = brought.read::<NewPrice>()?.price().map_err(Problem::unprocessable)?;
    let detail = Some(format!("from {} on", price.effective));
    desk.trail(visit, &arrival, Doing { action: "price.set", subject: &price.model, detail }).await?;
    let owner = (&visit.caller.tenant, visit.caller.hour_offset);
    let (revision, job) = records::price::enforce(&*desk.table, owner, &price, visit.now).await.map_err(unreadable)?;
    let location = match &job {
        Some(job) => format!("/api/v1/prices/{}", job.revision),
        None => "/api/v1/prices".to_owned(),
    };
    created(&location, PriceSet { price: PriceInfo::of(price, Origin::Own), revision, repricing: job.as_ref().map(Repricing::from) })
}

/// How far the pricing anew is that a price with a past date has begun.
#[utoipa::path(get, path = "/api/v1/prices/{revision}", tag = "administration",
    params(("revision" = u64, Path, description = "The revision that setting the price has answered.")),
    responses((status = 200, body = Repricing),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "That revision had nothing to price anew, or it is done since 90 days."),
        Refusals))]
pub(crate) async fn repricing(State(desk): State<Arc<Desk>>, Path(revision): Path<String>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    visit.asked(&Known::NOTHING)?;
    let revision: u64 = revision.parse().map_err(|_| Problem::not_found())?;
    let job = records::job::get(&*desk.table, (&visit.caller.tenant, revision)).await.map_err(unreadable)?;
    job.map(|job| Json(Repricing::from(&job)).into_response()).ok_or_else(Problem::not_found)
}

impl NewPrice {
    /// The price, or every fault of it.
    fn price(self) -> Result<Price, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut told = |fault| faults.push(fault);
        for (pointer, name) in [("/model", Some(&self.model)), ("/provider", self.provider.as_ref())] {
            if name.is_some_and(|name| name.is_empty() || name.len() > DIMENSION_BYTES || name.chars().any(char::is_control)) {
                told(fault(pointer, "bad_name", format!("a name has 1 to {DIMENSION_BYTES} bytes and no control characters")));
            }
        }
        let effective = moment(&self.effective);
        if effective.is_none() {
            told(fault("/effective", "bad_time", "must be a date like 2026-11-14, or a date-time like 2026-11-14T12:00:00Z".to_owned()));
        }
        let mut usd = |pointer: &str, number: Option<&Number>| {
            let number = number?;
            let pico =
                Decimal::parse(&number.to_string(), PRICE_DIGITS).filter(|units| *units >= 0).and_then(|units| i64::try_from(units).ok());
            if pico.is_none() {
                told(fault(pointer, "bad_price", format!("must be from 0 on, with at most {PRICE_DIGITS} digits after the point")));
            }
            pico
        };
        let rates = Rates {
            input_pico: usd("/inputPerMillion", Some(&self.input_per_million)).unwrap_or_default(),
            output_pico: usd("/outputPerMillion", Some(&self.output_per_million)).unwrap_or_default(),
            cache_read_pico: usd("/cacheReadPerMillion", self.cache_read_per_million.as_ref()),
            cache_write_pico: usd("/cacheWritePerMillion", self.cache_write_per_million.as_ref()),
        };
        let Some(effective) = effective.filter(|_| faults.is_empty()) else { return Err(faults) };
        Price::of(&self.model, self.provider.as_deref(), (effective, rates)).map_err(|error| {
            let code = match error {
                PriceFault::NoProvider(_) => "missing",
                PriceFault::OtherProvider { .. } => "other_provider",
            };
            vec![fault("/provider", code, error.to_string())]
        })
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN).and_utc());
    date.or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc())).map(Timestamp::from)
}
