//! Calls webhooks, and nothing else: encrypted, on the public internet, following no redirect, and never waiting for long. What an address
//! leads to is looked at when it is called, for a name may lead elsewhere than when it was set.

use ::reports::address::is_public;
use ::reports::run::Failure;
use ::reports::target::{Loopback, check_webhook};
use ::reports::webhook;
use async_trait::async_trait;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

/// How long a receiver may take, from the first look for its address to the head of its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The answer that says that nobody will ever want it again (RFC 9110, 15.5.11).
const GONE: u16 = 410;

/// What a webhook is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Where to.
    pub url: String,
    /// The delivery's id, the same in each attempt.
    pub delivery: String,
    /// When this attempt is made, in Unix seconds.
    pub timestamp: i64,
    /// The signature of that and the body.
    pub signature: String,
    /// The body, JSON.
    pub body: Vec<u8>,
}

/// Calls webhooks.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Posts a letter, once. Good is what is answered with a 2xx.
    async fn post(&self, letter: &Letter) -> Result<(), Failure>;
}

/// Over HTTP, with the client and the TLS that the AWS SDK brings.
#[derive(Debug)]
pub struct HttpCourier {
    loopback: Loopback,
    patience: Duration,
    connector: OnceLock<Connector>,
}

impl HttpCourier {
    /// One that calls webhooks of this machine, or not.
    #[must_use]
    pub fn new(loopback: Loopback) -> Self {
        Self { loopback, patience: PATIENCE, connector: OnceLock::new() }
    }

    /// The same with this patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn connector(&self) -> &Connector {
        let builder = || Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_with_resolver(PublicOnly);
        self.connector.get_or_init(builder)
    }
}

#[async_trait]
impl Courier for HttpCourier {
    async fn post(&self, letter: &Letter) -> Result<(), Failure> {
        let url = check_webhook(&letter.url, self.loopback).map_err(|error| Failure { error: error.to_string(), is_final: true })?;
        let request = request(letter, url.as_str()).map_err(|error| Failure { error, is_final: true })?;
        let later = |error: &str| Failure { error: error.to_owned(), is_final: false };
        let called = tokio::time::timeout(self.patience, self.connector().call(request)).await;
        // What the client says of a failure may have the whole address in it, and addresses may have secrets in them.
        let answer = match called {
            Err(_) => return Err(later("it did not answer in time")),
            Ok(Err(error)) if error.is_timeout() => return Err(later("it did not answer in time")),
            Ok(Err(_)) => return Err(later("it cannot be reached, or is not on the public internet")),
            Ok(Ok(answer)) => answer,
        };
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            status => Err(Failure { error: format!("it answered {status}"), is_final: status == GONE }),
        }
    }
}

fn request(letter: &Letter, url: &str) -> Result<HttpRequest, String> {
    let mut request = HttpRequest::new(SdkBody::from(letter.body.clone()));
    request.set_method("POST").map_err(|error| error.to_string())?;
    request.set_uri(url.to_owned()).map_err(|error| error.to_string())?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/json");
    headers.insert("user-agent", "weir");
    headers.insert("content-length", letter.body.len().to_string());
    headers.insert(webhook::DELIVERY, letter.delivery.clone());
    headers.insert(webhook::TIMESTAMP, letter.timestamp.to_string());
    headers.insert(webhook::SIGNATURE, letter.signature.clone());
    Ok(request)
}

/// Finds the addresses of names, and of those only the public ones: where a name has others too, nobody can make the call go there.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicOnly;

impl ResolveDns for PublicOnly {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let public: Vec<IpAddr> = found.map(|address| address.ip()).filter(|address| is_public(*address)).collect();
            if public.is_empty() { Err(ResolveDnsError::new("it is not on the public internet")) } else { Ok(public) }
        })
    }
}
