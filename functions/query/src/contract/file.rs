//! Files that are part of the binary, answered to anyone.

use axum::body::Body;
use axum::response::Response;
use flate2::read::GzDecoder;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest, Sha256};
use std::io::Read;

/// A file, with the tag by which a client knows that it has it.
pub struct File {
    bytes: &'static [u8],
    is_gzipped: bool,
    media_type: &'static str,
    policy: Option<&'static str>,
    tag: HeaderValue,
}

impl File {
    /// A file as it is; the edge compresses it where a client asks for that.
    pub fn new(bytes: &'static [u8], media_type: &'static str) -> Self {
        let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(bytes)[..16]));
        let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("*"));
        Self { bytes, is_gzipped: false, media_type, policy: None, tag }
    }

    /// A file that is compressed already.
    pub fn gzipped(bytes: &'static [u8], media_type: &'static str) -> Self {
        Self { is_gzipped: true, ..Self::new(bytes, media_type) }
    }

    /// A page with what it may load and who may frame it.
    pub fn with_policy(self, policy: &'static str) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// The answer to a request with these headers.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let is_known = asked.get_all(IF_NONE_MATCH).iter().any(|known| {
            let known = known.to_str().unwrap_or_default();
            known.split(',').any(|one| one.trim() == "*" || one.trim() == self.tag)
        });
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(ETAG, self.tag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(policy) = self.policy {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        *response.body_mut() = self.body(asked, response.headers_mut());
        response
    }

    fn body(&self, asked: &HeaderMap, headers: &mut HeaderMap) -> Body {
        if !self.is_gzipped {
            return self.bytes.into();
        }
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if web::takes_gzip(asked) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            return self.bytes.into();
        }
        let mut plain = Vec::new();
        // It was compressed when this was built: it decompresses.
        let _ = GzDecoder::new(self.bytes).read_to_end(&mut plain);
        plain.into()
    }
}
