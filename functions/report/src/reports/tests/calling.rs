//! The real courier, against receivers on this machine.

use crate::reports::{Courier, HttpCourier, Letter};
use ::reports::run::Failure;
use ::reports::target::Loopback;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A receiver that answers the first call so; what it was sent. Without an answer it holds the line.
async fn receiver(answer: Option<&'static str>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?key=1", listener.local_addr().unwrap());
    let received = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        let mut some = [0; 4096];
        while !String::from_utf8_lossy(&all).ends_with("{}") {
            let read = stream.read(&mut some).await.unwrap();
            all.extend_from_slice(&some[..read]);
        }
        match answer {
            Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            None => std::future::pending().await,
        }
        String::from_utf8(all).unwrap()
    });
    (url, received)
}

fn letter(url: &str) -> Letter {
    Letter { url: url.into(), delivery: "r1-0".into(), timestamp: 1_700_000_000, signature: "v1=ab".into(), body: b"{}".to_vec() }
}

fn failure(error: &str, is_final: bool) -> Result<(), Failure> {
    Err(Failure { error: error.into(), is_final })
}

#[tokio::test]
async fn a_receiver_is_posted_the_body_with_the_id_the_time_and_the_signature() {
    let (url, received) = receiver(Some("HTTP/1.1 204 No Content\r\n\r\n")).await;
    assert_eq!(HttpCourier::new(Loopback::Allowed).post(&letter(&url)).await, Ok(()));
    let request = received.await.unwrap();
    assert!(request.starts_with("POST /hook?key=1 HTTP/1.1\r\n"), "{request}");
    for header in [
        "x-weir-delivery: r1-0",
        "x-weir-timestamp: 1700000000",
        "x-weir-signature: v1=ab",
        "content-type: application/json",
        "host: 127.0.0.1",
    ] {
        assert!(request.contains(header), "{header}: {request}");
    }
}

#[tokio::test]
async fn no_redirect_is_followed_and_only_gone_is_final() {
    let check = async |answer, expect| {
        let (url, _) = receiver(Some(answer)).await;
        assert_eq!(HttpCourier::new(Loopback::Allowed).post(&letter(&url)).await, expect, "{answer}");
    };
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data\r\ncontent-length: 0\r\n\r\n";
    check(redirect, failure("it answered 302", false)).await;
    check("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n", failure("it answered 500", false)).await;
    check("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", failure("it answered 410", true)).await;
}

#[tokio::test]
async fn who_never_answers_is_waited_for_no_longer_than_said() {
    let (url, _received) = receiver(None).await;
    let courier = HttpCourier::new(Loopback::Allowed).with_patience(Duration::from_millis(200));
    assert_eq!(courier.post(&letter(&url)).await, failure("it did not answer in time", false));
}

#[tokio::test]
async fn what_is_not_on_the_public_internet_is_not_called() {
    let (url, received) = receiver(Some("HTTP/1.1 200 OK\r\n\r\n")).await;
    let courier = HttpCourier::new(Loopback::Refused);
    assert_eq!(courier.post(&letter(&url)).await, failure("must begin with https://", true));
    let port = url.rsplit(':').next().unwrap().split('/').next().unwrap();
    for host in ["127.0.0.1", "[::1]", "localhost", "169.254.169.254", "[::ffff:127.0.0.1]"] {
        let refused = courier.post(&letter(&format!("https://{host}:{port}/"))).await;
        assert_eq!(refused, failure("is not on the public internet", true), "{host}");
    }
    assert!(!received.is_finished());
}

/// What a name leads to is looked at when it is called: this is the resolver that the connector is given.
#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_called() {
    use crate::reports::courier::PublicOnly;
    use aws_smithy_runtime_api::client::dns::ResolveDns;
    assert!(PublicOnly.resolve_dns("localhost").await.is_err());
}
