//! What a request presents: found in its headers, not yet believed.

use crate::mint::SCRAPING_KEY;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use std::borrow::Cow;

/// A credential, as presented.
pub(crate) enum Credential<'a> {
    /// `X-API-Key`, or the user name of HTTP Basic; a key for scraping also as its password, or as `Authorization: Bearer`.
    ApiKey(String),
    /// `Authorization: Bearer`, or the password of HTTP Basic.
    Token(Cow<'a, str>),
    /// The three headers of a service signature.
    Signature(Signature<'a>),
}

/// The headers of a service signature.
pub(crate) struct Signature<'a> {
    /// `{name}@{tenant}`.
    pub(crate) service: &'a str,
    /// Unix seconds.
    pub(crate) timestamp: &'a str,
    /// `v1=` and hex.
    pub(crate) tag: &'a str,
}

impl<'a> Credential<'a> {
    /// The credential of a request, where it has one. `Err` tells why what it has cannot be one.
    pub(crate) fn of(headers: &'a HeaderMap) -> Result<Option<Self>, &'static str> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().map_err(|_| "a credential is not ASCII")).transpose();
        if let Some(service) = text("x-weir-service")? {
            let timestamp = text("x-weir-timestamp")?.ok_or("a signature without a timestamp")?;
            let tag = text("x-weir-signature")?.ok_or("a service without a signature")?;
            return Ok(Some(Self::Signature(Signature { service, timestamp, tag })));
        }
        if let Some(key) = text("x-api-key")? {
            return Ok(Some(Self::ApiKey(key.to_owned())));
        }
        let Some(authorization) = text(AUTHORIZATION.as_str())? else { return Ok(None) };
        let (scheme, value) = authorization.split_once(' ').unwrap_or((authorization, ""));
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Ok(Some(Self::of_secret(value.trim()).unwrap_or_else(|| Self::Token(value.trim().into())))),
            "basic" => basic(value.trim()).map(Some).ok_or("malformed basic credentials"),
            _ => Err("an unknown scheme of authorization"),
        }
    }
}

impl Credential<'_> {
    /// The key or token that a secret is by its form: what collectors of metrics present as a bearer or a password.
    fn of_secret(secret: &str) -> Option<Self> {
        let is_token = secret.starts_with("eyJ") && secret.bytes().filter(|byte| *byte == b'.').count() == 2;
        match secret {
            _ if secret.starts_with(SCRAPING_KEY) => Some(Self::ApiKey(secret.to_owned())),
            _ if is_token => Some(Self::Token(Cow::Owned(secret.to_owned()))),
            _ => None,
        }
    }
}

/// Basic credentials: a secret where the password is one, else a project's key as the user name.
fn basic(encoded: &str) -> Option<Credential<'static>> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Credential::of_secret(password).unwrap_or_else(|| Credential::ApiKey(user.to_owned())))
}
