//! A batch of 100 events through the ingest function, in process, beside the floor: a bare `lambda_http` function that parses the same
//! body into a `serde_json::Value` and echoes it.

use crate::cpu::{Spent, spent};
use crate::report::{Figure, median};
use access::Authenticator;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, Error, LambdaEvent, Request, Response, service_fn};
use memory::{MemoryTable, SettableClock};
use model::accept::Retention;
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::{Clock, Depth, Queue, Received, SystemRandom};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::{Service, ServiceExt};

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const EVENTS: usize = 100;
const KINDS: [&str; 3] = ["screen_view", "custom", "tap"];
/// Batches a round: about 50 ms of work, far above the clock's grain.
const BATCHES: usize = 100;
/// Rounds of each, in turns, so that both see the same machine.
const ROUNDS: usize = 31;

const TENANT: &str = "bench";
const PROJECT: &str = "app";
/// Not a secret: the stand-in of the table has this key for whoever asks.
pub const KEY: &str = "wk_bench_0000000000000000000000000000000000000000000";

/// A batch as a mobile app would send it: about 35 KB.
pub fn batch() -> String {
    let event = |index: usize| {
        json!({
            "eventId": format!("5f0c3a52-8d1e-4f7b-9a6e-{index:012}"), "type": KINDS[index % KINDS.len()],
            "sessionId": format!("session-{}", index / 25), "projectId": PROJECT, "userId": format!("user-{}", index / 25),
            "timestamp": NOW.plus_millis(i64::try_from(index).unwrap_or_default() * -1000).to_string(),
            "properties": {"screenName": format!("Screen {}", index % 7), "feature": "checkout", "value": index, "utm_campaign": "autumn"},
            "device": {"platform": "ios", "osVersion": "17.2", "appVersion": "1.4.0", "deviceType": "phone"},
        })
    };
    let events: Vec<Value> = (0..EVENTS).map(event).collect();
    json!({"batchId": "5f0c3a52-batch", "projectId": PROJECT, "createdAt": NOW.to_string(), "events": events}).to_string()
}

/// The event in which API Gateway hands over the batch.
pub fn api_gateway_event() -> Vec<u8> {
    let event = json!({
        "version": "2.0", "routeKey": "POST /api/events", "rawPath": "/api/events", "rawQueryString": "", "isBase64Encoded": false,
        "headers": {"host": "api.example.org", "content-type": "application/json", "x-api-key": KEY, "user-agent": "app/1.4.0"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.example.org", "domainPrefix": "api", "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /api/events", "stage": "$default", "time": "21/Nov/2026:05:00:00 +0000", "timeEpoch": NOW.as_millis(),
            "http": {"method": "POST", "path": "/api/events", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "app/1.4.0"},
        },
        "body": batch(),
    });
    event.to_string().into_bytes()
}

/// The key's item as `DynamoDB` would give it to a function that asks for it.
pub fn key_item(asked: &Value) -> Value {
    json!({
        "pk": asked["Key"]["pk"], "sk": asked["Key"]["sk"], "tenant": {"S": TENANT}, "project": {"S": PROJECT},
        "hour_offset": {"N": "0"}, "currency": {"S": "USD"}, "created_at": {"N": "0"},
    })
}

/// Takes everything, keeps nothing.
struct Sink;

#[async_trait::async_trait]
impl Queue for Sink {
    async fn send(&self, bodies: &[String]) -> ports::Result<Vec<bool>> {
        Ok(vec![true; bodies.len()])
    }

    async fn send_later(&self, _body: &str, _seconds: u32) -> ports::Result<()> {
        Ok(())
    }

    async fn receive(&self, _most: usize) -> ports::Result<Vec<Received>> {
        Ok(Vec::new())
    }

    async fn delete(&self, _handle: &str) -> ports::Result<()> {
        Ok(())
    }

    async fn depth(&self) -> ports::Result<Depth> {
        Ok(Depth::default())
    }
}

async fn function() -> anyhow::Result<ingest::Ingest> {
    let table = Arc::new(MemoryTable::default());
    let clock = Arc::new(SettableClock::at(NOW));
    let api_key = records::ApiKey {
        hash: access::mint::key_hash(KEY),
        tenant: TenantId::new(TENANT)?,
        purpose: records::Purpose::Project(ProjectId::new(PROJECT)?),
        hour_offset: HourOffset::default(),
        currency: Currency::USD,
        created_at: NOW,
        revoked_at: None,
    };
    records::api_key::create(&*table, &api_key).await?;
    let records::ApiKey { hour_offset, currency, created_at, .. } = api_key;
    let owner = records::Tenant { id: api_key.tenant.clone(), hour_offset, currency, pseudonymous: false, created_at };
    records::tenant::create(&*table, &owner).await?;
    let secret = access::mint::api_key(&api_key.tenant)?;
    let settings = access::Settings {
        service_secret: secret.clone(),
        pseudonym_secret: secret.clone(),
        token: access::TokenSettings {
            secret: Some(secret.expose_secret().into()),
            jwks_url: None,
            issuer: "bench".into(),
            audience: "bench".into(),
            tenant_claim: "tenant".into(),
            role_claim: "role".into(),
        },
        cache_seconds: 60,
        anonymous_limit: 100,
    };
    Ok(ingest::Ingest {
        authenticator: Arc::new(Authenticator::new(table.clone(), settings)),
        table,
        queue: Arc::new(Sink),
        clock: clock as Arc<dyn Clock>,
        random: Arc::new(SystemRandom),
        events_per_minute: u32::MAX,
        retention: Retention::default(),
        places: None,
    })
}

async fn echo(request: Request) -> Result<Response<Body>, Error> {
    let parsed: Value = serde_json::from_slice(request.body().as_ref())?;
    std::hint::black_box(&parsed);
    Ok(Response::new(request.into_body()))
}

/// What one round of batches takes through a service, from the bytes of the event to the bytes of the answer.
macro_rules! round {
    ($runtime:expr, $service:expr, $event:expr) => {
        spent(|| {
            for _ in 0..BATCHES {
                let request: LambdaRequest = serde_json::from_slice($event).unwrap_or_else(|error| unreachable!("{error}"));
                let answer = $runtime.block_on(async {
                    let service = $service.ready().await.unwrap_or_else(|_| unreachable!());
                    service.call(LambdaEvent::new(request, lambda_http::Context::default())).await
                });
                std::hint::black_box(answer.map(|answer| serde_json::to_vec(&answer).unwrap_or_default()).is_ok());
            }
        })
    };
}

/// Runs both, in turns.
pub fn run() -> anyhow::Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let event = api_gateway_event();
    let mut ours = Adapter::from(web::on_lambda(ingest::router(runtime.block_on(function())?)));
    let mut floor = Adapter::from(service_fn(echo));
    check(&runtime, &mut ours, &event)?;

    let (mut of_ours, mut of_floor): (Vec<Spent>, Vec<Spent>) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_ours.push(round!(runtime, ours, &event));
        of_floor.push(round!(runtime, floor, &event));
    }
    let ratios = |of: fn(&Spent) -> f64| median(of_ours.iter().zip(&of_floor).map(|(ours, floor)| of(ours) / of(floor)).collect());
    #[expect(clippy::cast_precision_loss, reason = "a hundred")]
    let micros = |spent: &[Spent], of: fn(&Spent) -> f64| (median(spent.iter().map(of).collect()) * 1e6 / BATCHES as f64).round();
    let figure = |name, of: fn(&Spent) -> f64| {
        Figure::new(name, ratios(of), "times the floor")
            .at_most(2.0)
            .with("ours_us", micros(&of_ours, of))
            .with("floor_us", micros(&of_floor, of))
            .with("events", EVENTS)
            .with("body_bytes", batch().len())
    };
    Ok(vec![figure("ingest_batch_cpu", |spent| spent.cpu_s), figure("ingest_batch_wall", |spent| spent.wall_s)])
}

/// What is measured must work: every event of the batch is accepted.
fn check<S>(runtime: &tokio::runtime::Runtime, service: &mut S, event: &[u8]) -> anyhow::Result<()>
where
    S: Service<LambdaEvent<LambdaRequest>>,
    S::Response: serde::Serialize,
{
    let request: LambdaRequest = serde_json::from_slice(event)?;
    let answer = runtime.block_on(service.call(LambdaEvent::new(request, lambda_http::Context::default())));
    let Ok(answer) = answer else { anyhow::bail!("the function failed") };
    accepts_all(&serde_json::to_value(answer)?)
}

/// Whether an answer of the function says that it took the whole batch.
pub fn accepts_all(answer: &Value) -> anyhow::Result<()> {
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap_or_default())?;
    anyhow::ensure!(answer["statusCode"] == 200 && body["accepted"] == EVENTS, "the batch was not accepted: {answer}");
    Ok(())
}
