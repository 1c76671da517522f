//! Bodies as they come: compressed, broken, too large.

use crate::world::{Sent, World};
use http::StatusCode;
use serde_json::json;

fn event() -> Vec<u8> {
    json!({"eventId": "e", "type": "tap"}).to_string().into_bytes()
}

#[tokio::test]
async fn a_compressed_body_is_read() {
    let world = World::new().await;
    let packed = zstd::encode_all(&event()[..], 3).unwrap();
    let answer = world.send(Sent::bytes("/api/events/single", packed).header("content-encoding", "zstd")).await;
    assert_eq!((answer.status, &answer.body["accepted"]), (StatusCode::OK, &json!(1)));
}

#[tokio::test]
async fn a_body_that_unpacks_to_too_much_is_too_large() {
    let world = World::new().await;
    let bomb = zstd::encode_all(&vec![b' '; 100_000_000][..], 3).unwrap();
    assert!(bomb.len() < 20_000);
    let answer = world.send(Sent::bytes("/api/events", bomb).header("content-encoding", "zstd")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let plain = world.send(Sent::bytes("/api/events", vec![b' '; 1_000_001])).await;
    assert_eq!(plain.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_is_no_json_says_where_it_breaks() {
    let world = World::new().await;
    let answer = world.send(Sent::bytes("/api/events", b"{\n  \"events\": [,]}".to_vec())).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["detail"], json!("the body is not json: line 2, column 14"));
}

#[tokio::test]
async fn more_events_than_a_request_may_hold_are_too_many() {
    let world = World::new().await;
    let events = vec![json!({"event": "door.opened"}); 501];
    let answer = world.send(Sent::json("/events", &json!(events))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_unknown_encoding_is_refused() {
    let world = World::new().await;
    let answer = world.send(Sent::bytes("/api/events", event()).header("content-encoding", "br")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
