//! The public keys of a token issuer, fetched from its JWKS address (RFC 7517) and kept by a warm function.

use crate::AccessError;
use async_trait::async_trait;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};
use model::Timestamp;
use serde::Deserialize;
use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// A set is read again after this.
const MAX_AGE_MS: i64 = 3_600_000;
/// An issuer is asked no more often than this, whatever tokens come.
const PAUSE_MS: i64 = 30_000;
/// How long an issuer may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The largest set that is read.
const SET_BYTES: usize = 256 * 1024;

type BoxError = Box<dyn Error + Send + Sync>;

/// Fetches a document from an address.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// The document's bytes.
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, BoxError>;
}

/// Fetches over HTTP, with the client and the TLS that the AWS SDK brings.
#[derive(Debug, Default)]
pub struct HttpFetch(OnceLock<Connector>);

#[async_trait]
impl Fetch for HttpFetch {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, BoxError> {
        let connector = self.0.get_or_init(|| Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build());
        let response = connector.call(HttpRequest::get(url)?).await?;
        if !response.status().is_success() {
            return Err(format!("the issuer answered {}", response.status().as_u16()).into());
        }
        let body: SdkBody = response.into_body();
        Ok(Limited::new(body, SET_BYTES).collect().await?.to_bytes().to_vec())
    }
}

/// A public key of one of the algorithms that are allowed.
struct PublicKey {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Default)]
struct Known {
    keys: Vec<PublicKey>,
    /// When the issuer last answered.
    read_at: Option<Timestamp>,
    /// When it was last asked.
    asked_at: Option<Timestamp>,
}

/// The keys of one issuer.
pub(crate) struct KeySet {
    url: String,
    fetch: Arc<dyn Fetch>,
    known: Mutex<Known>,
}

impl KeySet {
    pub(crate) fn new(url: String, fetch: Arc<dyn Fetch>) -> Self {
        Self { url, fetch, known: Mutex::default() }
    }

    /// The key that a token names; `None` where the issuer has no such key.
    pub(crate) async fn find(&self, id: Option<&str>, algorithm: Algorithm, now: Timestamp) -> Result<Option<DecodingKey>, AccessError> {
        let mut known = self.known.lock().await;
        let is_fresh = known.read_at.is_some_and(|at| now.millis_since(at) < MAX_AGE_MS);
        if is_fresh && let Some(key) = known.find(id, algorithm) {
            return Ok(Some(key));
        }
        if known.asked_at.is_some_and(|at| now.millis_since(at) < PAUSE_MS) {
            let key = known.find(id, algorithm);
            if key.is_none() && known.last_answer_failed() {
                return Err(AccessError::Unavailable("the issuer's keys cannot be read".into()));
            }
            return Ok(key);
        }
        known.asked_at = Some(now);
        match self.read().await {
            Ok(keys) => {
                known.keys = keys;
                known.read_at = Some(now);
                Ok(known.find(id, algorithm))
            }
            // Keys that were good an hour ago are likelier good than the issuer's silence is meant.
            Err(error) => match known.find(id, algorithm) {
                Some(key) => {
                    tracing::warn!(%error, "the issuer's keys cannot be read, older ones are used");
                    Ok(Some(key))
                }
                None => Err(AccessError::Unavailable(error)),
            },
        }
    }

    async fn read(&self) -> Result<Vec<PublicKey>, BoxError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }
        let bytes = tokio::time::timeout(PATIENCE, self.fetch.fetch(&self.url)).await??;
        let set: Set = serde_json::from_slice(&bytes)?;
        // A key of a kind that is not known here does not spoil the others.
        Ok(set.keys.into_iter().filter_map(|key| PublicKey::of(&serde_json::from_value(key).ok()?)).collect())
    }
}

impl Known {
    /// A token that names no key is believed only where there is no choice.
    fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let mut of_algorithm = self.keys.iter().filter(|key| key.algorithm == algorithm);
        match id {
            Some(id) => of_algorithm.find(|key| key.id.as_deref() == Some(id)).map(|key| key.key.clone()),
            None => of_algorithm.next().filter(|_| of_algorithm.next().is_none()).map(|key| key.key.clone()),
        }
    }

    fn last_answer_failed(&self) -> bool {
        self.read_at != self.asked_at
    }
}

impl PublicKey {
    /// The key, where it is RSA or of the curve P-256: a symmetric key has no place among public ones.
    fn of(jwk: &Jwk) -> Option<Self> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
            _ => return None,
        };
        Some(Self { id: jwk.common.key_id.clone(), algorithm, key: DecodingKey::from_jwk(jwk).ok()? })
    }
}
