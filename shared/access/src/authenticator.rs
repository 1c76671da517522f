//! Turns a request into its caller.

use crate::cache::{Belief, Cache};
use crate::credential::{Credential, Signature};
use crate::jwks::{Fetch, HttpFetch};
use crate::limits::{block, count_anonymous};
use crate::mint::{key_hash, service_secret, tenant_of_key};
use crate::token::{Person, Tokens};
use crate::{AccessError, Caller, Role, Settings, Standing, signature};
use http::HeaderMap;
use model::privacy::Pseudonyms;
use model::{TenantId, Timestamp};
use ports::Table;
use records::{ApiKey, Purpose, Service, Tenant};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use std::sync::Arc;

/// Credentials that a warm function remembers of each kind.
const REMEMBERED: usize = 4096;

/// What a request is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its method, upper case.
    pub method: &'a str,
    /// Its path as delivered, without a stage.
    pub path: &'a str,
    /// Its query as sent, without the question mark.
    pub query: Option<&'a str>,
    /// Its body as sent.
    pub body: &'a [u8],
    /// Where it came from.
    pub source_ip: Option<IpAddr>,
    /// When.
    pub now: Timestamp,
}

/// Checks credentials against the table, remembering what it read.
pub struct Authenticator {
    table: Arc<dyn Table>,
    service_secret: SecretString,
    pseudonym_secret: SecretString,
    anonymous_limit: u32,
    tokens: Tokens,
    keys: Cache<String, ApiKey>,
    services: Cache<String, Arc<(Service, SecretString)>>,
    tenants: Cache<TenantId, Tenant>,
    /// Addresses over their limit, so that a flood costs the table nothing; their entries end with the window.
    barred: Cache<IpAddr, (Timestamp, Standing)>,
}

impl Authenticator {
    /// An authenticator over this table.
    #[must_use]
    pub fn new(table: Arc<dyn Table>, settings: Settings) -> Self {
        Self::with_fetch(table, settings, Arc::new(HttpFetch::default()))
    }

    /// An authenticator that reads the issuer's keys by other means.
    #[must_use]
    pub fn with_fetch(table: Arc<dyn Table>, settings: Settings, fetch: Arc<dyn Fetch>) -> Self {
        let Settings { service_secret, pseudonym_secret, token, cache_seconds, anonymous_limit } = settings;
        Self {
            table,
            service_secret,
            pseudonym_secret,
            anonymous_limit,
            tokens: Tokens::new(token, fetch),
            keys: Cache::new(cache_seconds, REMEMBERED),
            services: Cache::new(cache_seconds, REMEMBERED),
            tenants: Cache::new(cache_seconds, REMEMBERED),
            barred: Cache::new(15 * 60, REMEMBERED),
        }
    }

    /// The caller of a request that must have one. A request without a valid credential counts against its address.
    ///
    /// # Errors
    /// Any [`AccessError`] but `Forbidden`.
    pub async fn authenticate(&self, request: &Request<'_>) -> Result<Caller, AccessError> {
        match self.identify(request).await {
            Ok(Some(caller)) => Ok(caller),
            Ok(None) => Err(self.count_refusal(request, AccessError::MissingCredential).await),
            Err(error) => Err(error),
        }
    }

    /// The caller of a request that need not have one: `None` without a credential, which is not counted; one that does not hold is an
    /// error all the same.
    ///
    /// # Errors
    /// As [`Self::authenticate`], save `MissingCredential`.
    pub async fn identify(&self, request: &Request<'_>) -> Result<Option<Caller>, AccessError> {
        let caller = match Credential::of(request.headers) {
            Ok(None) => return Ok(None),
            Ok(Some(Credential::ApiKey(text))) => self.by_key(&text, request.now).await,
            Ok(Some(Credential::Token(token))) => self.by_token(&token, request.now).await,
            Ok(Some(Credential::Signature(presented))) => self.by_signature(&presented, request).await,
            Err(reason) => Err(AccessError::Invalid(reason)),
        };
        match caller {
            Ok(caller) => Ok(Some(caller)),
            Err(error @ AccessError::Invalid(_)) => Err(self.count_refusal(request, error).await),
            Err(error) => Err(error),
        }
    }

    /// A key is looked up by its hash, so that no comparison takes longer the more of a guess is right.
    async fn by_key(&self, text: &str, now: Timestamp) -> Result<Caller, AccessError> {
        let tenant = tenant_of_key(text).ok_or(AccessError::Invalid("not the form of an API key"))?;
        let hash = key_hash(text);
        let read = async { records::api_key::get(&*self.table, &tenant, &hash).await };
        let (known, pseudonyms) = futures::join!(self.keys.get_or_read(&hash, now, read), self.pseudonyms(&tenant, now));
        let known = known?;
        let key = known.ok_or(AccessError::Invalid("an unknown API key"))?;
        if key.revoked_at.is_some() {
            return Err(AccessError::Invalid("a revoked API key"));
        }
        Ok(Caller {
            tenant: key.tenant,
            hour_offset: key.hour_offset,
            currency: key.currency,
            role: if key.purpose == Purpose::Scraping { Role::Scraper } else { Role::Project },
            project: key.purpose.project().cloned(),
            user: None,
            pseudonyms: pseudonyms?.ok_or(AccessError::Invalid("an API key of an unknown tenant"))?,
            scope: format!("key:{}", &hash[..12]),
        })
    }

    async fn by_signature(&self, presented: &Signature<'_>, request: &Request<'_>) -> Result<Caller, AccessError> {
        let (name, tenant) = signature::named(presented.service).ok_or(AccessError::Invalid("not the form of a service's name"))?;
        let read = async {
            let service = records::service::get(&*self.table, &tenant, name).await?;
            let with_secret = |service: Service| {
                let secret = service_secret(&self.service_secret, &tenant, name, service.generation);
                Arc::new((service, secret))
            };
            Ok::<_, AccessError>(service.map(with_secret))
        };
        let key = presented.service.to_owned();
        let (known, pseudonyms) = futures::join!(self.services.get_or_read(&key, request.now, read), self.pseudonyms(&tenant, request.now));
        let known = known?;
        let known = known.ok_or(AccessError::Invalid("an unknown service"))?;
        let (service, secret) = &*known;
        if service.revoked_at.is_some() {
            return Err(AccessError::Invalid("a revoked service"));
        }
        signature::check(presented, secret, request).map_err(AccessError::Invalid)?;
        let pseudonyms = pseudonyms?.ok_or(AccessError::Invalid("a service of an unknown tenant"))?;
        Ok(Caller {
            tenant,
            hour_offset: service.hour_offset,
            currency: service.currency,
            role: Role::Service,
            project: None,
            user: None,
            pseudonyms,
            scope: format!("service:{name}"),
        })
    }

    async fn by_token(&self, token: &str, now: Timestamp) -> Result<Caller, AccessError> {
        let Person { tenant, role, user } = self.tokens.check(token, now).await?;
        let known = self.tenant(&tenant, now).await?;
        let record = known.ok_or(AccessError::Invalid("a token of an unknown tenant"))?;
        let pseudonyms = self.pseudonyms_of(&record);
        let user = user.map(|user| pseudonyms.user(&user));
        // A person is counted and logged under a hash: a user id may be an address.
        let person = user.as_ref().map_or_else(|| "nobody".to_owned(), |user| key_hash(user.as_str())[..12].to_owned());
        let kind = if role == Role::Admin { "admin" } else { "user" };
        let scope = format!("{kind}:{person}");
        Ok(Caller { tenant, hour_offset: record.hour_offset, currency: record.currency, role, project: None, user, pseudonyms, scope })
    }

    async fn tenant(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<Tenant>, AccessError> {
        let read = async { records::tenant::get(&*self.table, tenant).await };
        Ok(self.tenants.get_or_read(tenant, now, read).await?)
    }

    /// What a tenant's users are kept as, where there is such a tenant. Its record alone says whether all of them get a pseudonym, so that
    /// one change of it holds for every key and service.
    async fn pseudonyms(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<Pseudonyms>, AccessError> {
        Ok(self.tenant(tenant, now).await?.map(|record| self.pseudonyms_of(&record)))
    }

    fn pseudonyms_of(&self, record: &Tenant) -> Pseudonyms {
        Pseudonyms::of(self.pseudonym_secret.expose_secret().as_bytes(), &record.id, record.pseudonymous)
    }

    /// What to answer to a call without a valid credential: why it is refused, or that its address has made too many.
    async fn count_refusal(&self, request: &Request<'_>, refusal: AccessError) -> AccessError {
        let Some(address) = request.source_ip else { return refusal };
        let (block, now) = (block(address), request.now);
        if let Belief::Present((until, standing)) = self.barred.get(&block, now)
            && let Ok(left) = u32::try_from(until.millis_since(now).div_euclid(1000))
            && left > 0
        {
            return AccessError::TooMany(Standing { reset_seconds: left, ..standing });
        }
        match count_anonymous(&*self.table, address, self.anonymous_limit, now).await {
            Ok(None) => refusal,
            Ok(Some(standing)) => {
                let until = now.plus_millis(i64::from(standing.reset_seconds) * 1000);
                self.barred.put(block, Some((until, standing)), now);
                AccessError::TooMany(standing)
            }
            Err(error) => error,
        }
    }
}
