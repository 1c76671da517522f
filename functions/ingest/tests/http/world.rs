//! The function, its ports in memory, and who may call it.

use access::mint::{self, Signed};
use access::{Authenticator, TokenSettings};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use ingest::{Ingest, router};
use memory::{Faults, MemoryQueue, MemoryTable, SettableClock};
use model::accept::Retention;
use model::message::{self, Message};
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::{Clock, SystemRandom};
use records::{ApiKey, Service, Tenant};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

/// 2026-11-18T11:06:40Z
pub const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const SERVICE: &str = "replayer@demo";

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub queue: Arc<MemoryQueue>,
    pub clock: Arc<SettableClock>,
    router: axum::Router,
    key: SecretString,
    service_secret: SecretString,
}

impl World {
    pub async fn new() -> Self {
        let faults = Faults::none();
        let (table, queue) = (Arc::new(MemoryTable::with_faults(&faults)), Arc::new(MemoryQueue::with_faults(&faults)));
        let clock = Arc::new(SettableClock::at(NOW));
        let tenant = TenantId::new("demo").unwrap();
        let key = mint::api_key(&tenant).unwrap();
        let (hour_offset, currency, created_at) = (HourOffset::default(), Currency::USD, NOW);
        let api_key = ApiKey {
            hash: mint::key_hash(key.expose_secret()),
            tenant: tenant.clone(),
            purpose: records::Purpose::Project(ProjectId::new("shop").unwrap()),
            hour_offset,
            currency,
            created_at,
            revoked_at: None,
        };
        records::api_key::create(&*table, &api_key).await.unwrap();
        let owner = Tenant { id: tenant.clone(), hour_offset, currency, pseudonymous: false, created_at };
        records::tenant::create(&*table, &owner).await.unwrap();
        let service =
            Service { name: "replayer".into(), tenant: tenant.clone(), generation: 1, hour_offset, currency, created_at, revoked_at: None };
        records::service::create(&*table, &service).await.unwrap();
        let master: SecretString = mint::api_key(&tenant).unwrap();
        let service_secret = mint::service_secret(&master, &tenant, "replayer", 1);
        let token = TokenSettings {
            secret: Some(mint::api_key(&tenant).unwrap()),
            jwks_url: None,
            issuer: "weir".into(),
            audience: "weir".into(),
            tenant_claim: "tenant".into(),
            role_claim: "role".into(),
        };
        let settings =
            access::Settings { service_secret: master.clone(), pseudonym_secret: master, token, cache_seconds: 3600, anonymous_limit: 100 };
        let ingest = Ingest {
            authenticator: Arc::new(Authenticator::new(table.clone(), settings)),
            table: table.clone(),
            queue: queue.clone(),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            events_per_minute: 1000,
            retention: Retention::default(),
            places: None,
        };
        Self { faults, table, queue, clock, router: router(ingest), key, service_secret }
    }

    /// Sends a request, by the project's key unless it says otherwise.
    pub async fn send(&self, sent: Sent) -> Answer {
        let mut headers = BTreeMap::from([("x-api-key".to_owned(), self.key.expose_secret().to_owned())]);
        headers.insert("content-type".to_owned(), "application/json".to_owned());
        if !sent.has_key {
            headers.remove("x-api-key");
        }
        headers.extend(sent.headers);
        let mut request = Request::builder().method(sent.method).uri(sent.path_and_query);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(sent.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: serde_json::from_slice(&body).unwrap() }
    }

    /// Takes what the queue was given away.
    pub fn clear(&self) {
        drop(self.queue.drain());
    }

    /// What the queue was given.
    pub fn messages(&self) -> Vec<Message> {
        self.queue.bodies().iter().map(|body| message::decode(body).unwrap()).collect()
    }
}

pub struct Answer {
    pub status: StatusCode,
    headers: http::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

pub struct Sent {
    method: Method,
    path_and_query: String,
    headers: BTreeMap<String, String>,
    has_key: bool,
    body: Vec<u8>,
}

impl Sent {
    pub fn get(path: &str) -> Self {
        Self { method: Method::GET, path_and_query: path.to_owned(), headers: BTreeMap::new(), has_key: true, body: Vec::new() }
    }

    pub fn bytes(path: &str, body: Vec<u8>) -> Self {
        Self { method: Method::POST, body, ..Self::get(path) }
    }

    pub fn json(path: &str, body: &Value) -> Self {
        Self::bytes(path, body.to_string().into_bytes())
    }

    pub fn put(path: &str, body: &Value) -> Self {
        Self { method: Method::PUT, ..Self::json(path, body) }
    }

    pub fn query(mut self, query: &str) -> Self {
        self.path_and_query = format!("{}?{query}", self.path_and_query);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without_credential(mut self) -> Self {
        self.has_key = false;
        self
    }

    pub fn by_service(self, world: &World) -> Self {
        let timestamp = world.clock.now().as_seconds();
        let signed = Signed { timestamp, method: self.method.as_str(), path_and_query: &self.path_and_query, body: &self.body };
        let signature = mint::signature(&world.service_secret, &signed);
        let stamped = timestamp.to_string();
        self.without_credential()
            .header("x-weir-service", SERVICE)
            .header("x-weir-timestamp", &stamped)
            .header("x-weir-signature", &signature)
    }
}
