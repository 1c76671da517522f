//! Two tenants, a clock, an authenticator: what every test here begins with.

use access::jwks::Fetch;
use access::{AccessError, Authenticator, Caller, Request, Settings, TokenSettings, mint};
use http::{HeaderMap, HeaderName, HeaderValue};
use memory::{Faults, MemoryTable};
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use records::{ApiKey, Purpose, Service, Tenant};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

pub const NOW: Timestamp = Timestamp::from_millis(1_763_700_000_000);
pub const JWT_SECRET: &str = "0d5f7a1c9be24d43688f0b6c1d2e934a";
pub const ISSUER: &str = "https://id.example.com";
pub const AUDIENCE: &str = "weir";
const MASTER: &str = "91e0c2d87f6b4a35a1d0e9f8b7c6a594";

pub struct Stage {
    pub table: Arc<MemoryTable>,
    pub faults: Faults,
    pub authenticator: Authenticator,
}

/// How the keys of tokens are configured.
pub struct Keys {
    pub secret: bool,
    pub jwks: Option<Arc<dyn Fetch>>,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with_keys(Keys { secret: true, jwks: None }).await
    }

    /// Tenants `acme` (of India) and `other`.
    pub async fn with_keys(keys: Keys) -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        for (name, offset, currency) in [("acme", 30, "INR"), ("other", 0, "USD")] {
            let tenant = Tenant {
                id: tenant(name),
                hour_offset: offset_of(offset),
                currency: currency_of(currency),
                pseudonymous: false,
                created_at: NOW,
            };
            records::tenant::create(&*table, &tenant).await.unwrap();
        }
        let token = TokenSettings {
            secret: keys.secret.then(|| JWT_SECRET.into()),
            jwks_url: keys.jwks.is_some().then(|| "https://id.example.com/keys".to_owned()),
            issuer: ISSUER.into(),
            audience: AUDIENCE.into(),
            tenant_claim: "tenant".into(),
            role_claim: "role".into(),
        };
        let settings =
            Settings { service_secret: MASTER.into(), pseudonym_secret: MASTER.into(), token, cache_seconds: 60, anonymous_limit: 3 };
        let fetch = keys.jwks.unwrap_or_else(|| Arc::new(access::jwks::HttpFetch::default()));
        let authenticator = Authenticator::with_fetch(table.clone(), settings, fetch);
        Self { table, faults, authenticator }
    }

    /// A new key of `acme`'s project `shop`.
    pub async fn key(&self) -> String {
        let shop = Purpose::Project(ProjectId::new("shop").unwrap());
        self.keep(&mint::api_key(&tenant("acme")).unwrap(), shop).await
    }

    /// A new key of `acme` for scraping.
    pub async fn scraping_key(&self) -> String {
        self.keep(&mint::scraping_key(&tenant("acme")).unwrap(), Purpose::Scraping).await
    }

    async fn keep(&self, text: &SecretString, purpose: Purpose) -> String {
        let text = text.expose_secret().to_owned();
        let key = ApiKey {
            hash: mint::key_hash(&text),
            tenant: tenant("acme"),
            purpose,
            hour_offset: offset_of(30),
            currency: currency_of("INR"),
            created_at: NOW,
            revoked_at: None,
        };
        records::api_key::create(&*self.table, &key).await.unwrap();
        text
    }

    /// A new service of `acme`, and its secret.
    pub async fn service(&self, name: &str, generation: u32) -> SecretString {
        let service = Service {
            name: name.into(),
            tenant: tenant("acme"),
            hour_offset: offset_of(30),
            currency: currency_of("INR"),
            generation,
            created_at: NOW,
            revoked_at: None,
        };
        records::service::create(&*self.table, &service).await.unwrap();
        mint::service_secret(&MASTER.into(), &tenant("acme"), name, generation)
    }

    pub async fn call(&self, headers: &[(&'static str, &str)], now: Timestamp) -> Result<Caller, AccessError> {
        self.call_from("192.0.2.1", headers, now).await
    }

    pub async fn call_from(&self, address: &str, headers: &[(&'static str, &str)], now: Timestamp) -> Result<Caller, AccessError> {
        let headers = headers_of(headers);
        let request = Request {
            headers: &headers,
            method: "GET",
            path: "/usage/user/u1",
            query: Some("period=7d"),
            body: b"",
            source_ip: Some(address.parse().unwrap()),
            now,
        };
        self.authenticator.authenticate(&request).await
    }
}

pub fn headers_of(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

pub fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

fn offset_of(minutes: u8) -> HourOffset {
    HourOffset::from_minutes(minutes).unwrap()
}

fn currency_of(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

/// The moment so many seconds after [`NOW`].
pub fn after(seconds: i64) -> Timestamp {
    NOW.plus_millis(seconds * 1000)
}

pub fn is_invalid(result: &Result<Caller, AccessError>) -> bool {
    matches!(result, Err(AccessError::Invalid(_)))
}
