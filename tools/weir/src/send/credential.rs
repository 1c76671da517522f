//! Who sends: a project's API key, or a service that signs what it sends.

use anyhow::{Result, bail};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// A credential of the API.
pub enum Credential {
    /// A project's API key.
    Key(String),
    /// A service of a tenant.
    Service {
        /// As `name@tenant`.
        name: String,
        /// Its secret.
        secret: String,
    },
}

/// A request as it is signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// Unix seconds.
    pub timestamp: i64,
    /// The method, upper case.
    pub method: &'a str,
    /// Path and query as the API sees them.
    pub target: &'a str,
    /// The body as sent.
    pub body: &'a [u8],
}

impl Credential {
    /// The credential that the command line gives.
    ///
    /// # Errors
    /// Where it gives none, or half of one.
    pub fn from_options(key: Option<String>, service: Option<String>, secret: Option<String>) -> Result<Self> {
        match (key, service, secret) {
            (Some(key), None, _) => Ok(Self::Key(key)),
            (None, Some(name), Some(secret)) if name.contains('@') => Ok(Self::Service { name, secret }),
            (None, Some(name), Some(_)) => bail!("a service is named with its tenant, as {name}@tenant"),
            _ => bail!("say who sends: --key, or --service with --secret"),
        }
    }

    /// Whether what it sends may be older than the API takes otherwise.
    #[must_use]
    pub const fn may_import(&self) -> bool {
        matches!(self, Self::Service { .. })
    }

    /// The headers that carry it.
    ///
    /// # Errors
    /// Where the request cannot be signed.
    pub fn headers(&self, request: &Signed) -> Result<Vec<(&'static str, String)>> {
        Ok(match self {
            Self::Key(key) => vec![("x-api-key", key.clone())],
            Self::Service { name, secret } => vec![
                ("x-weir-service", name.clone()),
                ("x-weir-timestamp", request.timestamp.to_string()),
                ("x-weir-signature", format!("v1={}", signature(secret, request)?)),
            ],
        })
    }
}

/// Hex of HMAC-SHA256 over `{timestamp}.{METHOD}.{path and query}.{hex SHA-256 of the body}`.
fn signature(secret: &str, request: &Signed) -> Result<String> {
    let Signed { timestamp, method, target, body } = request;
    let digest = hex::encode(Sha256::digest(body));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(format!("{timestamp}.{method}.{target}.{digest}").as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Signed =
        Signed { timestamp: 1_795_500_000, method: "POST", target: "/usage/api?historical=true", body: br#"[{"model":"gpt-4"}]"# };

    #[test]
    fn a_request_is_signed_as_the_contract_says() {
        let credential = Credential::from_options(None, Some("loader@demo".to_owned()), Some("a".repeat(64))).unwrap();
        let expect = [
            ("x-weir-service", "loader@demo".to_owned()),
            ("x-weir-timestamp", "1795500000".to_owned()),
            ("x-weir-signature", "v1=9eb99b3f7742e12184eec1faaac3e8620eb91da1577f7dc1269b71eb4d4f4f64".to_owned()),
        ];
        assert_eq!(credential.headers(&REQUEST).unwrap(), expect);
    }

    #[test]
    fn every_part_of_the_request_is_in_the_signature() {
        let others = [
            Signed { timestamp: 1_795_500_001, ..REQUEST },
            Signed { method: "PUT", ..REQUEST },
            Signed { target: "/usage/api", ..REQUEST },
            Signed { body: b"[]", ..REQUEST },
        ];
        for other in others {
            assert_ne!(signature("secret", &REQUEST).unwrap(), signature("secret", &other).unwrap(), "{other:?}");
        }
    }

    #[test]
    fn half_a_credential_is_none() {
        let some = |text: &str| Some(text.to_owned());
        assert!(Credential::from_options(None, None, None).is_err());
        assert!(Credential::from_options(None, some("loader@demo"), None).is_err());
        assert!(Credential::from_options(None, some("loader"), some("x")).is_err());
    }
}
