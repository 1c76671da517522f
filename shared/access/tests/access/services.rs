//! Signatures of services.

use crate::stage::{NOW, Stage, after, headers_of, is_invalid, tenant};
use access::mint::{Signed, signature};
use access::{AccessError, Caller, Request, Role};
use model::Timestamp;
use secrecy::SecretString;

/// A request, as sent and as signed.
#[derive(Clone, Copy)]
struct Sent<'a> {
    service: &'a str,
    timestamp: i64,
    method: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    body: &'a [u8],
}

const SENT: Sent<'static> = Sent {
    service: "billing@acme",
    timestamp: NOW.as_seconds(),
    method: "POST",
    path: "/usage/api",
    query: Some("historical=true&x=%2B"),
    body: b"{\"userId\":\"u1\"}",
};

fn sign(secret: &SecretString, sent: Sent<'_>) -> String {
    let path_and_query = sent.query.map_or_else(|| sent.path.to_owned(), |query| format!("{}?{query}", sent.path));
    let signed = Signed { timestamp: sent.timestamp, method: sent.method, path_and_query: &path_and_query, body: sent.body };
    signature(secret, &signed)
}

async fn deliver(stage: &Stage, sent: Sent<'_>, tag: &str, now: Timestamp) -> Result<Caller, AccessError> {
    let headers =
        headers_of(&[("x-weir-service", sent.service), ("x-weir-timestamp", &sent.timestamp.to_string()), ("x-weir-signature", tag)]);
    let Sent { method, path, query, body, .. } = sent;
    let request = Request { headers: &headers, method, path, query, body, source_ip: None, now };
    stage.authenticator.authenticate(&request).await
}

#[tokio::test]
async fn a_signed_request_is_its_services_within_five_minutes_either_way() {
    let stage = Stage::new().await;
    let secret = stage.service("billing", 1).await;
    let tag = sign(&secret, SENT);
    let caller = deliver(&stage, SENT, &tag, NOW).await.unwrap();
    assert_eq!((caller.tenant.as_str(), caller.role, caller.scope.as_str()), ("acme", Role::Service, "service:billing"));
    for (seconds, holds) in [(300, true), (-300, true), (301, false), (-301, false)] {
        assert_eq!(deliver(&stage, SENT, &tag, after(seconds)).await.is_ok(), holds, "{seconds} s later");
    }
}

#[tokio::test]
async fn a_signature_holds_for_the_very_request_that_was_signed() {
    let stage = Stage::new().await;
    let secret = stage.service("billing", 1).await;
    let tag = sign(&secret, SENT);
    let refused = async |what: &str, sent: Sent<'_>, tag: &str| {
        assert!(is_invalid(&deliver(&stage, sent, tag, NOW).await), "{what}");
    };
    refused("another body", Sent { body: b"{\"userId\":\"u2\"}", ..SENT }, &tag).await;
    refused("another path", Sent { path: "/usage/user/u1", ..SENT }, &tag).await;
    refused("another query", Sent { query: Some("historical=true&x=+"), ..SENT }, &tag).await;
    refused("no query", Sent { query: None, ..SENT }, &tag).await;
    refused("another method", Sent { method: "PUT", ..SENT }, &tag).await;
    refused("another time", Sent { timestamp: SENT.timestamp + 1, ..SENT }, &tag).await;
    refused("another service", Sent { service: "mail@acme", ..SENT }, &tag).await;
    refused("another tenant", Sent { service: "billing@other", ..SENT }, &tag).await;
    refused("a cut signature", SENT, &tag[..tag.len() - 2]).await;
    refused("no version", SENT, &tag[3..]).await;
    refused("not hex", SENT, "v1=zz").await;
    refused("nothing", SENT, "v1=").await;
    refused("a guessed secret", SENT, &sign(&"guess".into(), SENT)).await;
}

#[tokio::test]
async fn the_next_generation_of_a_secret_takes_the_place_of_the_last() {
    let stage = Stage::new().await;
    let second = stage.service("billing", 2).await;
    let first = access::mint::service_secret(&"91e0c2d87f6b4a35a1d0e9f8b7c6a594".into(), &tenant("acme"), "billing", 1);
    assert!(is_invalid(&deliver(&stage, SENT, &sign(&first, SENT), NOW).await));
    assert!(deliver(&stage, SENT, &sign(&second, SENT), NOW).await.is_ok());
    records::service::revoke(&*stage.table, &tenant("acme"), "billing", NOW).await.unwrap();
    let later = Sent { timestamp: SENT.timestamp + 60, ..SENT };
    assert!(is_invalid(&deliver(&stage, later, &sign(&second, later), after(60)).await));
}

#[tokio::test]
async fn a_path_that_the_api_decoded_is_believed_as_it_was_sent() {
    let stage = Stage::new().await;
    let secret = stage.service("billing", 1).await;
    let delivered = Sent { path: "/usage/user/a b@x.org", method: "GET", query: None, body: b"", ..SENT };
    for path in ["/usage/user/a%20b%40x.org", "/usage/user/a%20b@x.org"] {
        let tag = sign(&secret, Sent { path, ..delivered });
        assert!(deliver(&stage, delivered, &tag, NOW).await.is_ok(), "{path}");
    }
    let other = sign(&secret, Sent { path: "/usage/user/a%20c@x.org", ..delivered });
    assert!(is_invalid(&deliver(&stage, delivered, &other, NOW).await));
}
