//! Lets a request in, or says in HTTP why not.

use crate::{Arrival, Problem};
use access::{AccessError, Authenticator, Caller, Request, Role};
use http::HeaderMap;
use model::Timestamp;
use tracing::Span;

/// What the 401 of every endpoint says: which credentials there are.
const CHALLENGE: &str = "Bearer, Basic realm=\"weir\", ApiKey header=\"X-API-Key\"";

/// A request whose caller is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// How it arrived.
    pub arrival: &'a Arrival,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its method.
    pub method: &'a http::Method,
    /// Its body as sent.
    pub body: &'a [u8],
    /// When.
    pub now: Timestamp,
}

impl<'a> Visit<'a> {
    fn request(&self) -> Request<'a> {
        Request {
            headers: self.headers,
            method: self.method.as_str(),
            path: &self.arrival.path,
            query: self.arrival.query.as_deref(),
            body: self.body,
            source_ip: self.arrival.source_ip,
            now: self.now,
        }
    }
}

/// The caller of a request that must have one; from here on the request's log lines name its tenant.
///
/// # Errors
/// 401, 429 or 503, as [`Authenticator::authenticate`] says; 403 for a key that is made for scraping.
pub async fn admit(authenticator: &Authenticator, visit: Visit<'_>) -> Result<Caller, Problem> {
    no_scraper(admit_to_metrics(authenticator, visit).await?)
}

/// The caller of a request for the page of metrics, which is the one that a key for scraping may make.
///
/// # Errors
/// 401, 429 or 503, as [`Authenticator::authenticate`] says.
pub async fn admit_to_metrics(authenticator: &Authenticator, visit: Visit<'_>) -> Result<Caller, Problem> {
    let caller = authenticator.authenticate(&visit.request()).await?;
    name(&caller, visit);
    Ok(caller)
}

/// The caller of a request that need not have one.
///
/// # Errors
/// As [`admit`], for a credential that does not hold or is made for scraping.
pub async fn recognise(authenticator: &Authenticator, visit: Visit<'_>) -> Result<Option<Caller>, Problem> {
    let caller = authenticator.identify(&visit.request()).await?;
    if let Some(caller) = &caller {
        name(caller, visit);
    }
    caller.map(no_scraper).transpose()
}

fn no_scraper(caller: Caller) -> Result<Caller, Problem> {
    if caller.role == Role::Scraper {
        return Err(Problem::forbidden("a key made for scraping reads /metrics and nothing else"));
    }
    Ok(caller)
}

/// From here on it is known whose request it is.
fn name(caller: &Caller, visit: Visit<'_>) {
    visit.arrival.is_of(&caller.tenant);
    Span::current().record("tenant", caller.tenant.as_str()).record("caller", caller.scope.as_str());
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::MissingCredential => Self::unauthorized("a credential is needed", CHALLENGE),
            AccessError::Invalid(_) => Self::unauthorized("the credential does not hold", CHALLENGE).with_cause(error),
            AccessError::Forbidden(reason) => Self::forbidden(reason),
            AccessError::TooMany(standing) => Self::too_many("too many calls, try again later", &standing),
            AccessError::Unavailable(_) => Self::unavailable(error),
        }
    }
}
