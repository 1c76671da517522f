//! Reads: what each endpoint that answers numbers takes of a processor, from the request to the bytes of the answer, and how often it calls
//! the table, over a tenant with thirty days of history. The endpoints are those of the function's own document, with the default range. The
//! calls are those of a function that was just started; the time is that of one that was asked before, and beside it what the first time takes.

mod counted;
mod events;
mod tenant;

use crate::cpu::spent;
use crate::report::{Figure, Report};
use access::{Authenticator, ReadLimits, mint};
use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use counted::{Calls, Counted};
use lambda_http::http::{Request, StatusCode};
use model::TenantId;
use query::Desk;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tenant::Tenant;
use tower::ServiceExt;

const WARM_UP: usize = 3;
/// How often each is asked of a function that has just been started, and has nothing in memory.
const FIRST_ROUNDS: usize = 9;
/// How often each is asked: the more often the sooner it answers.
const FEWEST_ROUNDS: usize = 25;
const MOST_ROUNDS: usize = 200;
const ENOUGH_MS: f64 = 1_000.0;
/// More than any answer has.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What a read of one family may take, and how many round trips any may wait for: partials, then manifests, then rollups (I7).
const P99_MS: f64 = 5.0;
const ROUND_TRIPS: f64 = 3.0;
/// The rooms whose reads answer what was counted; the others read settings, or one person's raw events.
const ROOMS: [&str; 8] = ["analytics", "chat", "glance", "platform", "providers", "revenue", "stats", "users"];

/// Figures for the time, the calls and the round trips of each read, or of those alone whose path begins so.
pub fn run(report: &mut Report<'_>, only: Option<&String>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let tenant = runtime.block_on(Tenant::with_history())?;
    let table = Arc::new(Counted::new(tenant.table.clone()));
    for path in paths().into_iter().filter(|path| only.is_none_or(|only| path.starts_with(only))) {
        let mut first_ms = Vec::new();
        for _ in 0..FIRST_ROUNDS {
            let (router, credential) = function(&tenant, table.clone())?;
            let mut answered = Ok(0);
            first_ms.push(spent(|| answered = runtime.block_on(answer(router, &path, &credential))).cpu_s * 1e3);
            answered.with_context(|| path.clone())?;
        }
        let (router, credential) = function(&tenant, table.clone())?;
        let ask = || answer(router.clone(), &path, &credential);
        let (answered, calls) = table.count(ask())?;
        let bytes = answered?;
        for _ in 0..WARM_UP {
            runtime.block_on(ask())?;
        }
        let mut times_ms: Vec<f64> = Vec::new();
        while times_ms.len() < FEWEST_ROUNDS || (times_ms.len() < MOST_ROUNDS && times_ms.iter().sum::<f64>() < ENOUGH_MS) {
            let mut answered = Ok(0);
            let taken = spent(|| answered = runtime.block_on(ask()));
            answered?;
            times_ms.push(taken.cpu_s * 1e3);
        }
        report.tell_all(told(&path, (first_ms, times_ms), (&calls, bytes)))?;
    }
    Ok(())
}

/// What is to be said of one read.
fn told(path: &str, (first_ms, times_ms): (Vec<f64>, Vec<f64>), (calls, bytes): (&Calls, usize)) -> [Figure; 3] {
    let part = |mut times_ms: Vec<f64>, part: usize| {
        times_ms.sort_by(f64::total_cmp);
        (times_ms[times_ms.len() * part / 100] * 100.0).round() / 100.0
    };
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let [made, fewest, rounds, families] =
        [calls.of_numbers, fewest(calls), usize::try_from(calls.rounds()).unwrap_or(usize::MAX), calls.families.len().max(1)]
            .map(|number| number as f64);
    let of = |figure: Figure| figure.with("path", path).with("families", families);
    [
        of(Figure::new("read_p99", part(times_ms.clone(), 99), "ms of CPU").at_most(P99_MS * families))
            .with("p50", part(times_ms, 50))
            .with("first_p50", part(first_ms, 50))
            .with("answer_bytes", bytes),
        of(Figure::new("read_calls", made, "calls of the table").at_most(fewest))
            .with("calls_of_access", calls.of_access)
            .with("further_batches", calls.further_batches),
        of(Figure::new("read_round_trips", rounds, "round trips").at_most(ROUND_TRIPS)),
    ]
}

/// The fewest calls that a read may make. Of one family three: a query for its partials, one for its manifests, a batch of rollups. A query
/// is of one partition, and what is written of different families is in different ones, so that none slows another: each further family
/// takes two more, side by side with the first one's. A batch has at most 100 items, so more of them are several, side by side too.
fn fewest(calls: &Calls) -> usize {
    2 * calls.families.len().max(1) + 1 + calls.further_batches
}

/// The reads of what was counted, as the function's document names them, each with what it must be given.
fn paths() -> Vec<String> {
    let document = query::openapi();
    let mut paths = Vec::new();
    for (path, item) in &document.paths.paths {
        let Some(operation) = &item.get else { continue };
        if !operation.tags.iter().flatten().any(|tag| ROOMS.contains(&tag.as_str())) {
            continue;
        }
        let needs = |name: &str| {
            operation.parameters.iter().flatten().any(|own| own.name == name && own.required == utoipa::openapi::Required::True)
        };
        let path = path.replace("{userId}", "user-7").replace("{*userId}", "user-7");
        paths.push(match needs("metric") {
            true if path.contains("top-metrics") => format!("{path}?metric=ai-models"),
            true => format!("{path}?metric=tokens"),
            false => path,
        });
    }
    paths
}

/// The function, and an admin's token.
fn function(tenant: &Tenant, table: Arc<Counted>) -> Result<(Router, String)> {
    let secret = SecretString::from(mint::api_key(&tenant.id)?.expose_secret());
    let token = access::TokenSettings {
        secret: Some(secret.clone()),
        jwks_url: None,
        issuer: "bench".into(),
        audience: "bench".into(),
        tenant_claim: "tenant".into(),
        role_claim: "role".into(),
    };
    let settings = access::Settings {
        service_secret: secret.clone(),
        pseudonym_secret: secret.clone(),
        token,
        cache_seconds: 60,
        anonymous_limit: 100,
    };
    let desk = Desk {
        authenticator: Authenticator::new(table.clone(), settings),
        limits: ReadLimits { user: u32::MAX, admin: u32::MAX },
        events_per_minute: 1_000,
        cache: reader::Cache::of_bytes(query::CACHE_BYTES),
        table,
        bucket: tenant.bucket.clone(),
        errands: Arc::new(memory::MemoryQueue::new()),
        reporting: query::Reporting {
            export_link_seconds: 900,
            links: tenant.bucket.clone(),
            master: secret.clone(),
            sends_mail: false,
            loopback: reports::target::Loopback::Refused,
        },
        clock: tenant.clock.clone(),
        random: Arc::new(ports::SystemRandom),
    };
    Ok((query::router(desk), admin(&tenant.id, &secret)))
}

fn admin(tenant: &TenantId, secret: &SecretString) -> String {
    let claims = mint::Claims {
        issuer: "bench",
        audience: "bench",
        subject: "user-7",
        tenant,
        role: "admin",
        now: tenant::now(),
        lifetime_seconds: 600,
    };
    format!("Bearer {}", mint::token(secret, &claims).expose_secret())
}

/// The bytes of an answer.
async fn answer(router: Router, path: &str, credential: &str) -> Result<usize> {
    let request = Request::get(path).header("authorization", credential).body(Body::empty())?;
    let Ok(response) = router.oneshot(request).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), MOST_BYTES).await?;
    ensure!(status == StatusCode::OK, "{path} answered {status}: {}", String::from_utf8_lossy(&body));
    Ok(body.len())
}
