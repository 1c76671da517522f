//! The API's document and the page that draws it: for anyone, cached, and without any other host.

use crate::world::{Who, World};
use http::StatusCode;
use sha2::{Digest, Sha256};

/// Of `dist/browser/openapi-explorer.min.js` in openapi-explorer 2.4.820.
const EXPLORER: &str = "6bb3f4f29b0d740f1fc0970cd4245e01d2c1346df5a26ecd20a2f7a5dda5f837";

#[tokio::test]
async fn anyone_may_have_the_document_and_a_cache_may_keep_it() {
    let world = World::new().await;
    let answer = world.get(Who::Nobody, "/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/usage/user/{userId}"]["get"].is_object());
    assert!(answer.header("cache-control").contains("public"));

    let again = world.get_with(Who::Nobody, "/openapi.json", &[("if-none-match", answer.header("etag"))]).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let other = world.get_with(Who::Nobody, "/openapi.json", &[("if-none-match", "W/\"other\"")]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn the_page_loads_nothing_of_another_host() {
    let world = World::new().await;
    let page = world.get(Who::Nobody, "/docs").await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(!page.text.contains("//"), "{}", page.text.replace("<!doctype", ""));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    for named in ["docs/explorer.js", "openapi.json"] {
        assert!(page.text.contains(&format!("=\"{named}\"")), "{named}");
        assert_eq!(world.get(Who::Nobody, &format!("/{named}")).await.status, StatusCode::OK, "{named}");
    }
}

#[tokio::test]
async fn the_page_is_drawn_by_the_script_that_npm_has() {
    let world = World::new().await;
    let script = world.get(Who::Nobody, "/docs/explorer.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(hex::encode(Sha256::digest(script.text.as_bytes())), EXPLORER);
    assert_eq!(script.header("vary"), "accept-encoding");
}
