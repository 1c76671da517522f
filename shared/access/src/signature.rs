//! Checks the signature of a service, in constant time.

use crate::authenticator::Request;
use crate::credential::Signature;
use crate::mint::{Signed, signature_mac};
use hmac::Mac;
use model::TenantId;
use secrecy::SecretString;
use std::borrow::Cow;
use std::fmt::Write;

/// How far a signature's time may be from ours, either way.
const WINDOW_SECONDS: i64 = 300;

/// The name and the tenant of `{name}@{tenant}`.
pub(crate) fn named(service: &str) -> Option<(&str, TenantId)> {
    let (name, tenant) = service.rsplit_once('@')?;
    if name.is_empty() || name.len() > model::limits::NAME_BYTES {
        return None;
    }
    Some((name, TenantId::new(tenant).ok()?))
}

/// Whether the signature is of this request, by the holder of the secret, and recent.
pub(crate) fn check(presented: &Signature<'_>, secret: &SecretString, request: &Request<'_>) -> Result<(), &'static str> {
    let timestamp: i64 = presented.timestamp.parse().map_err(|_| "a timestamp that is no number")?;
    if timestamp.abs_diff(request.now.as_seconds()) > WINDOW_SECONDS.unsigned_abs() {
        return Err("a stale timestamp");
    }
    let hex = presented.tag.strip_prefix("v1=").ok_or("a signature of an unknown version")?;
    let presented_tag = hex::decode(hex).map_err(|_| "a signature that is not hex")?;
    let body = request.body;
    let matches = |path: &str| {
        let path_and_query: Cow<'_, str> = match request.query {
            Some(query) if !query.is_empty() => format!("{path}?{query}").into(),
            _ => path.into(),
        };
        let signed = Signed { timestamp, method: request.method, path_and_query: &path_and_query, body };
        // `verify_slice` compares in constant time.
        signature_mac(secret, &signed).verify_slice(&presented_tag).is_ok()
    };
    if spellings(request.path).iter().any(|path| matches(path)) { Ok(()) } else { Err("a signature of something else") }
}

/// What the client may have sent for the path that was delivered. An HTTP API decodes a path before the function sees it, so a path with
/// unusual characters in it is tried as delivered, with only what must be escaped, and with all that may be: one request, three spellings.
fn spellings(path: &str) -> Vec<Cow<'_, str>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
    if path.bytes().all(plain) {
        return vec![path.into()];
    }
    let escaped = |stays: &dyn Fn(u8) -> bool| {
        let mut text = String::with_capacity(path.len() * 3);
        let mut rest = path;
        while let Some(byte) = rest.bytes().next() {
            let length = if rest.starts_with("%25") { 3 } else { 1 };
            if length == 3 || stays(byte) {
                text.push_str(&rest[..length]);
                rest = &rest[length..];
            } else {
                let character = rest.chars().next().map_or(1, char::len_utf8);
                for byte in rest[..character].bytes() {
                    // A formatter into a string does not fail.
                    let _ = write!(text, "%{byte:02X}");
                }
                rest = &rest[character..];
            }
        }
        text
    };
    let may_stay = |b: u8| plain(b) || b"!$&'()*+,;=:@".contains(&b);
    vec![path.into(), escaped(&may_stay).into(), escaped(&plain).into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoded_path_is_tried_as_it_may_have_been_sent() {
        assert_eq!(spellings("/usage/user/u1"), ["/usage/user/u1"]);
        assert_eq!(spellings("/u/a@b ü"), ["/u/a@b ü", "/u/a@b%20%C3%BC", "/u/a%40b%20%C3%BC"]);
        assert_eq!(spellings("/u/50%25"), ["/u/50%25", "/u/50%25", "/u/50%25"]);
    }

    #[test]
    fn a_service_is_named_with_its_tenant() {
        assert_eq!(named("billing@demo").unwrap().0, "billing");
        assert!(named("billing").is_none());
        assert!(named("@demo").is_none());
        assert!(named("billing@de_mo").is_none());
    }
}
