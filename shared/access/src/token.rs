//! Checks JSON web tokens (RFC 7519): signature, issuer, audience and times; then reads who they are of.

use crate::jwks::{Fetch, KeySet};
use crate::{AccessError, Role, TokenSettings};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use model::{TenantId, Timestamp, UserId};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use std::sync::Arc;

/// How far the issuer's clock may be from ours.
const LEEWAY_SECONDS: i64 = 60;

/// Who a token is of.
pub(crate) struct Person {
    pub(crate) tenant: TenantId,
    pub(crate) role: Role,
    pub(crate) user: Option<UserId>,
}

/// Checks tokens by the keys there are: HS256 by the secret, RS256 and ES256 by the published keys, and nothing else. An algorithm has one
/// kind of key, so that a public key is never taken for a secret.
pub(crate) struct Tokens {
    secret: Option<DecodingKey>,
    published: Option<KeySet>,
    settings: TokenSettings,
}

impl Tokens {
    pub(crate) fn new(settings: TokenSettings, fetch: Arc<dyn Fetch>) -> Self {
        let secret = settings.secret.as_ref().map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes()));
        let published = settings.jwks_url.as_ref().map(|url| KeySet::new(url.clone(), fetch));
        Self { secret, published, settings }
    }

    pub(crate) async fn check(&self, token: &str, now: Timestamp) -> Result<Person, AccessError> {
        let header = decode_header(token).map_err(|_| AccessError::Invalid("not a token of a known algorithm"))?;
        let key = match (header.alg, &self.secret, &self.published) {
            (Algorithm::HS256, Some(secret), _) => Some(secret.clone()),
            (algorithm @ (Algorithm::RS256 | Algorithm::ES256), _, Some(published)) => {
                published.find(header.kid.as_deref(), algorithm, now).await?
            }
            _ => return Err(AccessError::Invalid("a token of an algorithm that is not allowed")),
        };
        let key = key.ok_or(AccessError::Invalid("a token of an unknown key"))?;
        let claims = decode::<Map<String, Value>>(token, &key, &self.validation(header.alg))
            .map_err(|_| AccessError::Invalid("a token that is forged, or not from this issuer for this audience"))?
            .claims;
        check_times(&claims, now).map_err(AccessError::Invalid)?;
        self.person(&claims).map_err(AccessError::Invalid)
    }

    /// All but the times, which are checked against the clock that is an argument.
    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    fn person(&self, claims: &Map<String, Value>) -> Result<Person, &'static str> {
        let tenant = claims.get(&self.settings.tenant_claim).and_then(Value::as_str).ok_or("a token without a tenant")?;
        let tenant = TenantId::new(tenant).map_err(|_| "a token of a malformed tenant")?;
        let subject = claims.get("sub").and_then(Value::as_str).map(UserId::new).transpose();
        let user = subject.map_err(|_| "a token of a malformed subject")?;
        let role = claims.get(&self.settings.role_claim).and_then(role).ok_or("a token without a known role")?;
        if role == Role::User && user.is_none() {
            return Err("a user's token without a subject");
        }
        Ok(Person { tenant, role, user })
    }
}

/// One role, or the highest of several.
fn role(claim: &Value) -> Option<Role> {
    let named = |name: &str| match claim {
        Value::Array(roles) => roles.iter().any(|role| role == name),
        role => role == name,
    };
    match (named("admin"), named("user")) {
        (true, _) => Some(Role::Admin),
        (_, true) => Some(Role::User),
        _ => None,
    }
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), &'static str> {
    let now = now.as_seconds();
    let expires = claims.get("exp").and_then(numeric_date).ok_or("a token without an expiry")?;
    if now >= expires.saturating_add(LEEWAY_SECONDS) {
        return Err("an expired token");
    }
    match claims.get("nbf").map(numeric_date) {
        None => Ok(()),
        Some(Some(from)) if now >= from.saturating_sub(LEEWAY_SECONDS) => Ok(()),
        Some(_) => Err("a token that does not hold yet"),
    }
}

/// Seconds since 1970, of which an issuer may give fractions (RFC 7519, 2).
fn numeric_date(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a date beyond the range of seconds saturates")]
    let rounded_down = |seconds: f64| seconds as i64;
    value.as_i64().or_else(|| value.as_f64().map(rounded_down))
}
