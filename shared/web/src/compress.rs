//! Answers compressed for clients that ask for it.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use std::io::Write;

/// Below this, headers and base64 (API Gateway wants binary answers in it) eat what compression saves.
const WORTH_COMPRESSING_BYTES: usize = 1024;

/// An encoding of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Zstd,
    Gzip,
}

impl Coding {
    /// The coding that a client prefers, of those there are; zstd where it does not mind (RFC 9110, 12.5.3).
    pub(crate) fn accepted(headers: &HeaderMap) -> Option<Self> {
        match (weight(headers, "zstd"), weight(headers, "gzip")) {
            (z, g) if z <= 0.0 && g <= 0.0 => None,
            (z, g) if z >= g => Some(Self::Zstd),
            _ => Some(Self::Gzip),
        }
    }

    fn name(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        })
    }

    fn encode(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Zstd => model::zstandard::compress(bytes, 3),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(5));
                encoder.write_all(bytes)?;
                encoder.finish()
            }
        }
    }
}

/// Whether a client takes what is compressed with gzip already.
#[must_use]
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    weight(headers, "gzip") > 0.0
}

/// How much a client wants a coding; 0 where it does not take it.
fn weight(headers: &HeaderMap, name: &str) -> f32 {
    let accept = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let of_coding = accept.split(',').find_map(|part| {
        let (coding, parameters) = part.split_once(';').unwrap_or((part, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
        coding.trim().eq_ignore_ascii_case(name).then_some(quality)
    });
    of_coding.unwrap_or(0.0)
}

/// The answer with its body compressed, where that is worth it.
pub(crate) async fn compress(response: Response, coding: Coding) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(collected) = body.collect().await else {
        return Response::from_parts(parts, Body::empty());
    };
    let bytes = collected.to_bytes();
    if bytes.len() < WORTH_COMPRESSING_BYTES || parts.headers.contains_key(CONTENT_ENCODING) {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let body = match coding.encode(&bytes) {
        Ok(encoded) => {
            parts.headers.insert(CONTENT_ENCODING, coding.name());
            parts.headers.remove(CONTENT_LENGTH);
            Bytes::from(encoded)
        }
        Err(_) => bytes,
    };
    Response::from_parts(parts, Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coding_is_the_one_that_the_client_weighs_most() {
        let check = |accept: &'static str, expect| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
            assert_eq!(Coding::accepted(&headers), expect, "{accept}");
        };
        check("gzip, deflate, br, zstd", Some(Coding::Zstd));
        check("gzip, deflate", Some(Coding::Gzip));
        check("zstd;q=0.5, gzip;q=0.8", Some(Coding::Gzip));
        check("gzip;q=0", None);
        check("br", None);
    }
}
