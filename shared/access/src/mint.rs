//! Makes what callers present: API keys, the secrets of services, signatures, tokens. The tool and the tests use these too.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::{TenantId, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) type HmacSha256 = Hmac<Sha256>;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters of a key's random part: 43 of base 62 hold 256 bits.
const KEY_CHARACTERS: usize = 43;

/// The machine gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the machine gives no random bytes: {0}")]
pub struct NoRandomness(getrandom::Error);

/// How the text of a project's key begins.
const PROJECT_KEY: &str = "wk_";
/// How the text of a key for scraping begins: not like a project's, so that a collector's key is told from an app's wherever it turns up.
pub(crate) const SCRAPING_KEY: &str = "wm_";

/// The text of a new API key of a project, `wk_{tenant}_{43 characters}`: to be shown once, and kept as its [`key_hash`].
///
/// # Errors
/// Where the machine gives no random bytes.
pub fn api_key(tenant: &TenantId) -> Result<SecretString, NoRandomness> {
    key(PROJECT_KEY, tenant)
}

/// The text of a new key for scraping, `wm_{tenant}_{43 characters}`: to be shown once, and kept as its [`key_hash`].
///
/// # Errors
/// Where the machine gives no random bytes.
pub fn scraping_key(tenant: &TenantId) -> Result<SecretString, NoRandomness> {
    key(SCRAPING_KEY, tenant)
}

fn key(prefix: &str, tenant: &TenantId) -> Result<SecretString, NoRandomness> {
    let mut text = format!("{prefix}{tenant}_");
    let full_length = text.len() + KEY_CHARACTERS;
    let mut bytes = [0_u8; 64];
    while text.len() < full_length {
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        // Bytes of 248 and above would make the first characters likelier than the others.
        let characters = bytes.iter().filter(|&&byte| byte < 248).map(|byte| char::from(BASE62[usize::from(byte % 62)]));
        text.extend(characters.take(full_length - text.len()));
    }
    Ok(text.into())
}

/// The tenant that an API key names, where it has the form of one; what has not is not looked up.
#[must_use]
pub fn tenant_of_key(text: &str) -> Option<TenantId> {
    let named = text.strip_prefix(PROJECT_KEY).or_else(|| text.strip_prefix(SCRAPING_KEY))?;
    let (tenant, random) = named.split_once('_')?;
    if random.len() != KEY_CHARACTERS || !random.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    TenantId::new(tenant).ok()
}

/// The hash under which an API key is kept: SHA-256, in hex. The key's own 256 bits are its salt.
#[must_use]
pub fn key_hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// The secret of a service: derived, so that it is stored nowhere; the next generation takes its place.
#[must_use]
pub fn service_secret(master: &SecretString, tenant: &TenantId, name: &str, generation: u32) -> SecretString {
    let mut mac = keyed(master.expose_secret());
    mac.update(format!("weir-service:{tenant}:{name}:{generation}").as_bytes());
    hex::encode(mac.finalize().into_bytes()).into()
}

/// What a service signs: a request as it is sent.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// When it is signed, in Unix seconds (`X-Weir-Timestamp`).
    pub timestamp: i64,
    /// The method, upper case.
    pub method: &'a str,
    /// The path as it reaches the API (without a stage before it), and after a `?`, the query, both as sent.
    pub path_and_query: &'a str,
    /// The body as sent: compressed, where it is.
    pub body: &'a [u8],
}

/// The value of `X-Weir-Signature` for a request; the key is the text of the service's secret.
#[must_use]
pub fn signature(secret: &SecretString, signed: &Signed<'_>) -> String {
    let tag = signature_mac(secret, signed).finalize().into_bytes();
    format!("v1={}", hex::encode(tag))
}

pub(crate) fn signature_mac(secret: &SecretString, signed: &Signed<'_>) -> HmacSha256 {
    let Signed { timestamp, method, path_and_query, body } = signed;
    let mut mac = keyed(secret.expose_secret());
    let body = hex::encode(Sha256::digest(body));
    mac.update(format!("{timestamp}.{method}.{path_and_query}.{body}").as_bytes());
    mac
}

/// What a token of ours says.
#[derive(Debug, Clone)]
pub struct Claims<'a> {
    /// Who issues it (`JWT_ISSUER`).
    pub issuer: &'a str,
    /// Whom it is for (`JWT_AUDIENCE`).
    pub audience: &'a str,
    /// The person.
    pub subject: &'a str,
    /// The person's tenant.
    pub tenant: &'a TenantId,
    /// `admin` or `user`.
    pub role: &'a str,
    /// When it is made.
    pub now: Timestamp,
    /// How long it holds.
    pub lifetime_seconds: u32,
}

/// A token of these claims (named `tenant` and `role`), signed with HS256.
#[must_use]
pub fn token(secret: &SecretString, claims: &Claims<'_>) -> SecretString {
    let now = claims.now.as_seconds();
    let payload = json!({
        "iss": claims.issuer, "aud": claims.audience, "sub": claims.subject, "tenant": claims.tenant, "role": claims.role,
        "iat": now, "nbf": now, "exp": now + i64::from(claims.lifetime_seconds),
    });
    hs256(secret.expose_secret().as_bytes(), &json!({"alg": "HS256", "typ": "JWT"}), &payload).into()
}

pub(crate) fn hs256(key: &[u8], header: &Value, payload: &Value) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload.to_string()));
    let mut mac = keyed(key);
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn keyed(key: impl AsRef<[u8]>) -> HmacSha256 {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104, 2)")]
    HmacSha256::new_from_slice(key.as_ref()).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_tenant_and_no_two_are_alike() {
        let tenant = TenantId::new("acme-1").unwrap();
        let (one, other) = (api_key(&tenant).unwrap(), api_key(&tenant).unwrap());
        let random = one.expose_secret().strip_prefix("wk_acme-1_").unwrap();
        assert_eq!(random.len(), 43);
        assert!(random.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(key_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_signature_is_what_the_contract_says_computed_by_other_hands() {
        // printf '1700000000.POST./usage/api?x=1.%s' "$(printf '{}' | sha256sum | cut -d' ' -f1)" | openssl dgst -sha256 -hmac s3cret
        let signed = Signed { timestamp: 1_700_000_000, method: "POST", path_and_query: "/usage/api?x=1", body: b"{}" };
        assert_eq!(signature(&"s3cret".into(), &signed), "v1=ef98aee670e9d4459f0c733e494a1d00c17e7f7ff046e0802d454b981278c1a9");
    }

    #[test]
    fn each_generation_of_a_service_has_another_secret() {
        let tenant = TenantId::new("demo").unwrap();
        let secret = |name, generation| service_secret(&"master".into(), &tenant, name, generation).expose_secret().to_owned();
        assert_eq!(secret("billing", 1), "8ed7a1623e174ccd64ec73c37100b50b5608858ab5a3ae3790e19c4548dbf136");
        assert_ne!(secret("billing", 1), secret("billing", 2));
        assert_ne!(secret("billing", 1), secret("mail", 1));
    }
}
