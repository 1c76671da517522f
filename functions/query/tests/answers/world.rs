//! Two tenants, their people, and the function.

use crate::schema;
use access::{Authenticator, ReadLimits, TokenSettings, mint};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use memory::{Faults, MemoryBucket, MemoryQueue, MemoryTable, SettableClock};
use model::message::{Message, pack};
use model::money::Currency;
use model::privacy::Pseudonyms;
use model::{Event, HourOffset, ProjectId, TenantId, Timestamp};
use query::{Desk, Reporting, router};
use records::{ApiKey, Service, Tenant};
use reports::target::Loopback;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Store;
use tower::ServiceExt;

const JWT_SECRET: &str = "0d5f7a1c9be24d43688f0b6c1d2e934a";
const MASTER: &str = "91e0c2d87f6b4a35a1d0e9f8b7c6a594";
const ISSUER: &str = "https://id.example.com";
const AUDIENCE: &str = "weir";

/// Thursday, 2026-11-19T10:20:30.400Z: the clock of every test.
pub const NOW: &str = "2026-11-19T10:20:30.400Z";

pub fn at(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

/// Who asks.
#[derive(Clone, Copy)]
pub enum Who<'a> {
    Nobody,
    User(&'a str),
    Admin,
    /// An admin of the tenant `other`.
    OtherAdmin,
    Service,
    Key,
}

pub struct World {
    pub faults: Faults,
    pub table: Arc<MemoryTable>,
    pub bucket: Arc<MemoryBucket>,
    pub errands: Arc<MemoryQueue>,
    pub clock: Arc<SettableClock>,
    router: Router,
    key: SecretString,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body without what it says of itself.
    pub fn numbers(&self) -> Value {
        let mut body = self.json();
        assert_eq!(self.status, StatusCode::OK, "{body}");
        body.as_object_mut().unwrap().remove("meta").unwrap();
        body
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    /// Tenants `acme`, whose hours begin at half past and whose currency is the rupee, and `other`.
    pub async fn new() -> Self {
        Self::with_limits(ReadLimits { user: 100, admin: 1000 }).await
    }

    pub async fn with_limits(limits: ReadLimits) -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        let bucket = Arc::new(MemoryBucket::with_faults(&faults));
        let errands = Arc::new(MemoryQueue::with_faults(&faults));
        let clock = Arc::new(SettableClock::at(at(NOW)));
        for name in ["acme", "other"] {
            let (hour_offset, currency) = kind_of(name);
            let tenant = Tenant { id: tenant(name), hour_offset, currency, pseudonymous: false, created_at: at(NOW) };
            records::tenant::create(&*table, &tenant).await.unwrap();
        }
        let (hour_offset, currency) = kind_of("acme");
        let key = mint::api_key(&tenant("acme")).unwrap();
        let api_key = ApiKey {
            hash: mint::key_hash(key.expose_secret()),
            tenant: tenant("acme"),
            purpose: records::Purpose::Project(ProjectId::new("shop").unwrap()),
            hour_offset,
            currency,
            created_at: at(NOW),
            revoked_at: None,
        };
        records::api_key::create(&*table, &api_key).await.unwrap();
        let service = Service {
            name: "billing".into(),
            tenant: tenant("acme"),
            hour_offset,
            currency,
            generation: 1,
            created_at: at(NOW),
            revoked_at: None,
        };
        records::service::create(&*table, &service).await.unwrap();
        let desk = Desk {
            authenticator: Authenticator::new(table.clone(), access_settings()),
            limits,
            events_per_minute: 1000,
            cache: reader::Cache::of_bytes(1 << 20),
            table: table.clone(),
            bucket: bucket.clone(),
            errands: errands.clone(),
            reporting: Reporting {
                links: bucket.clone(),
                export_link_seconds: 900,
                master: MASTER.into(),
                sends_mail: true,
                loopback: Loopback::Refused,
            },
            clock: clock.clone(),
            random: Arc::new(ports::SystemRandom),
        };
        Self { faults, table, bucket, errands, clock, router: router(desk), key }
    }

    /// Stores events of a tenant, as a message of the queue.
    pub async fn store(&self, name: &str, mut events: Vec<Event>) {
        let (hour_offset, currency) = kind_of(name);
        // As the function `ingest` does.
        let record = records::tenant::get(&*self.table, &tenant(name)).await.unwrap().unwrap();
        let pseudonyms = Pseudonyms::of(MASTER.as_bytes(), &record.id, record.pseudonymous);
        for event in &mut events {
            event.user = event.user.as_ref().map(|user| pseudonyms.user(user));
        }
        let message = Message { tenant: tenant(name), hour_offset, currency, received: at(NOW), events };
        let records: Vec<Value> = pack(message)
            .unwrap()
            .into_iter()
            .enumerate()
            .map(|(n, body)| json!({"messageId": format!("m{n}"), "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs"}))
            .collect();
        let batch = serde_json::from_value(json!({"Records": records})).unwrap();
        let store = Store::new(self.table.clone(), self.bucket.clone(), self.clock.clone());
        let failed = store.handle(batch).await.batch_item_failures;
        assert!(failed.is_empty(), "not stored: {failed:?}");
    }

    fn settler(&self) -> settle::Settler {
        settle::Settler {
            table: self.table.clone(),
            bucket: self.bucket.clone(),
            clock: self.clock.clone(),
            random: Arc::new(ports::SystemRandom),
            rules: settle::Rules::default(),
        }
    }

    /// Settles a day of a tenant's AI usage.
    pub async fn settle(&self, name: &str, day: &str) {
        let day = model::Day::from_key(day).unwrap();
        let work = settle::Work::Settle { tenant: tenant(name), family: model::Family::Ai, day, again: settle::Again::Nothing };
        assert!(self.settler().run(&work).await.unwrap().hours > 0, "nothing to settle on {day}");
    }

    /// Settles these days of all of a tenant's families, and rolls up the months that are over, and all time.
    pub async fn settle_all(&self, name: &str, days: &[&str]) {
        let (settler, tenant) = (self.settler(), tenant(name));
        let open = model::Hour::of(at(NOW), kind_of(name).0).day().month();
        for family in model::Family::ALL {
            let days: BTreeSet<model::Day> = days.iter().map(|day| model::Day::from_key(day).unwrap()).collect();
            for day in &days {
                let work = settle::Work::Settle { tenant: tenant.clone(), family, day: *day, again: settle::Again::Nothing };
                settler.run(&work).await.unwrap();
            }
            for month in days.iter().map(|day| day.month()).filter(|month| *month < open).collect::<BTreeSet<_>>() {
                settler.run(&settle::Work::Month { tenant: tenant.clone(), family, month }).await.unwrap();
            }
            settler.run(&settle::Work::Lifetime { tenant: tenant.clone(), family }).await.unwrap();
        }
    }

    pub async fn get(&self, who: Who<'_>, path: &str) -> Answer {
        self.get_with(who, path, &[]).await
    }

    pub async fn get_with(&self, who: Who<'_>, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(who, (Method::GET, path, ""), headers).await
    }

    pub async fn post(&self, who: Who<'_>, path: &str, body: &Value) -> Answer {
        self.send(who, (Method::POST, path, &body.to_string()), &[("content-type", "application/json")]).await
    }

    pub async fn delete(&self, who: Who<'_>, path: &str) -> Answer {
        self.send(who, (Method::DELETE, path, ""), &[]).await
    }

    pub async fn send(&self, who: Who<'_>, (method, path, body): (Method, &str, &str), headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(&method).uri(path);
        for (name, value) in self
            .credentials(who, (method.as_str(), path, body))
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain(headers.iter().copied())
        {
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        let answer = Answer { status: parts.status, headers: parts.headers, text };
        if method == Method::GET {
            schema::check(path, &answer);
        }
        answer
    }

    /// The numbers that an admin of `other`, whose hours and currency are UTC's and the dollar, is told.
    pub async fn others_numbers(&self, path: &str) -> Value {
        self.get(Who::OtherAdmin, path).await.numbers()
    }

    /// The numbers that an admin of `acme` is told.
    pub async fn numbers(&self, path: &str) -> Value {
        self.get(Who::Admin, path).await.numbers()
    }

    fn credentials(&self, who: Who<'_>, (method, path, body): (&str, &str, &str)) -> Vec<(&'static str, String)> {
        let now = ports::Clock::now(&*self.clock);
        let bearer = |subject: &str, name: &str, role: &str| {
            let claims =
                mint::Claims { issuer: ISSUER, audience: AUDIENCE, subject, tenant: &tenant(name), role, now, lifetime_seconds: 600 };
            vec![("authorization", format!("Bearer {}", mint::token(&JWT_SECRET.into(), &claims).expose_secret()))]
        };
        match who {
            Who::Nobody => Vec::new(),
            Who::User(user) => bearer(user, "acme", "user"),
            Who::Admin => bearer("boss", "acme", "admin"),
            Who::OtherAdmin => bearer("boss", "other", "admin"),
            Who::Key => vec![("x-api-key", self.key.expose_secret().to_owned())],
            Who::Service => {
                let secret = mint::service_secret(&MASTER.into(), &tenant("acme"), "billing", 1);
                let timestamp = now.as_seconds();
                let tag = mint::signature(&secret, &mint::Signed { timestamp, method, path_and_query: path, body: body.as_bytes() });
                vec![("x-weir-service", "billing@acme".into()), ("x-weir-timestamp", timestamp.to_string()), ("x-weir-signature", tag)]
            }
        }
    }
}

fn access_settings() -> access::Settings {
    access::Settings {
        service_secret: MASTER.into(),
        pseudonym_secret: MASTER.into(),
        token: TokenSettings {
            secret: Some(JWT_SECRET.into()),
            jwks_url: None,
            issuer: ISSUER.into(),
            audience: AUDIENCE.into(),
            tenant_claim: "tenant".into(),
            role_claim: "role".into(),
        },
        cache_seconds: 60,
        anonymous_limit: 100,
    }
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

fn kind_of(name: &str) -> (HourOffset, Currency) {
    match name {
        "acme" => (HourOffset::from_minutes(30).unwrap(), Currency::from_code("INR").unwrap()),
        _ => (HourOffset::default(), Currency::USD),
    }
}
