//! Who sends: a project's API key, or a service that signs what it sends.

use access::mint::{self, Signed};
use anyhow::{Result, bail};
use secrecy::SecretString;

/// A credential of the API.
pub enum Credential {
    /// A project's API key.
    Key(String),
    /// A service of a tenant.
    Service {
        /// As `name@tenant`.
        name: String,
        /// Its secret.
        secret: SecretString,
    },
}

impl Credential {
    /// The credential that the command line gives.
    ///
    /// # Errors
    /// Where it gives none, or half of one.
    pub fn from_options(key: Option<String>, service: Option<String>, secret: Option<String>) -> Result<Self> {
        match (key, service, secret) {
            (Some(key), None, _) => Ok(Self::Key(key)),
            (None, Some(name), Some(secret)) if name.contains('@') => Ok(Self::Service { name, secret: secret.into() }),
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
    #[must_use]
    pub fn headers(&self, request: &Signed) -> Vec<(&'static str, String)> {
        match self {
            Self::Key(key) => vec![("x-api-key", key.clone())],
            Self::Service { name, secret } => vec![
                ("x-weir-service", name.clone()),
                ("x-weir-timestamp", request.timestamp.to_string()),
                ("x-weir-signature", mint::signature(secret, request)),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_as_the_contract_says() {
        // The body's SHA-256 and the HMAC over `1795500000.POST./usage/api?historical=true.{it}` were computed by other hands (hashlib).
        let request = Signed {
            timestamp: 1_795_500_000,
            method: "POST",
            path_and_query: "/usage/api?historical=true",
            body: br#"[{"model":"gpt-4"}]"#,
        };
        let credential = Credential::from_options(None, Some("loader@demo".to_owned()), Some("a".repeat(64))).unwrap();
        let expect = [
            ("x-weir-service", "loader@demo".to_owned()),
            ("x-weir-timestamp", "1795500000".to_owned()),
            ("x-weir-signature", "v1=9eb99b3f7742e12184eec1faaac3e8620eb91da1577f7dc1269b71eb4d4f4f64".to_owned()),
        ];
        assert_eq!(credential.headers(&request), expect);
    }

    #[test]
    fn half_a_credential_is_none() {
        let some = |text: &str| Some(text.to_owned());
        assert!(Credential::from_options(None, None, None).is_err());
        assert!(Credential::from_options(None, some("loader@demo"), None).is_err());
        assert!(Credential::from_options(None, some("loader"), some("x")).is_err());
    }
}
