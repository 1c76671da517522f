//! What a request presents: found in its headers, not yet believed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// A credential, as presented.
pub(crate) enum Credential<'a> {
    /// `X-API-Key`, or the user name of HTTP Basic.
    ApiKey(String),
    /// `Authorization: Bearer`.
    Token(&'a str),
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
            "bearer" => Ok(Some(Self::Token(value.trim()))),
            "basic" => basic_user(value.trim()).map(|user| Some(Self::ApiKey(user))).ok_or("malformed basic credentials"),
            _ => Err("an unknown scheme of authorization"),
        }
    }
}

fn basic_user(encoded: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, _password) = text.split_once(':')?;
    Some(user.to_owned())
}
