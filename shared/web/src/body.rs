//! Bodies of requests: read within limits, before and after decompression.
//!
//! A body is first read as sent (a service's signature is over those bytes), and decompressed only once its caller is known.

use crate::Problem;
use axum::body::Body;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::limits::LAMBDA_PAYLOAD_BYTES;
use std::io::Read;

/// How large a body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// As sent.
    pub sent_bytes: usize,
    /// After decompression.
    pub decoded_bytes: usize,
}

impl Limits {
    /// Bodies of at most `decoded_bytes`, sent as large as Lambda takes them (less than API Gateway would, I11).
    #[must_use]
    pub const fn decoded(decoded_bytes: usize) -> Self {
        Self { sent_bytes: LAMBDA_PAYLOAD_BYTES, decoded_bytes }
    }
}

/// The largest window a zstd frame may ask for: what RFC 8878 wants every decoder to support, and a bound on memory.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Reads a JSON body whole and decompressed.
///
/// # Errors
/// See [`sent`] and [`decoded`].
pub async fn read(request: Request<Body>, limits: Limits) -> Result<Bytes, Problem> {
    let (parts, body) = request.into_parts();
    let bytes = sent(body, limits.sent_bytes).await?;
    decoded(&parts.headers, bytes, limits.decoded_bytes)
}

/// Reads a body as it was sent.
///
/// # Errors
/// 413 over the limit, 400 where it breaks off.
pub async fn sent(body: Body, limit_bytes: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit_bytes).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::too_large("the body", limit_bytes)),
        Err(error) => Err(Problem::bad_request("the body breaks off").with_cause(error)),
    }
}

/// Decompresses a JSON body as its headers say, stopping at the limit: what a gzip bomb would become is never held.
///
/// # Errors
/// 413 over the limit, 415 for content that is not JSON and encodings other than gzip and zstd, 400 where it does not decompress.
pub fn decoded(headers: &HeaderMap, sent: Bytes, limit_bytes: usize) -> Result<Bytes, Problem> {
    check_content_type(headers)?;
    let bytes = match encoding(headers)? {
        Encoding::Identity => sent,
        Encoding::Gzip => inflate(MultiGzDecoder::new(&*sent), sent.len(), limit_bytes)?,
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(&*sent).map_err(Problem::internal)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(Problem::internal)?;
            inflate(decoder, sent.len(), limit_bytes)?
        }
    };
    if bytes.len() > limit_bytes { Err(Problem::too_large("the decompressed body", limit_bytes)) } else { Ok(bytes) }
}

enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(Encoding::Identity) };
    match value.as_bytes().trim_ascii().to_ascii_lowercase().as_slice() {
        b"" | b"identity" => Ok(Encoding::Identity),
        b"gzip" | b"x-gzip" => Ok(Encoding::Gzip),
        b"zstd" => Ok(Encoding::Zstd),
        _ => Err(Problem::unsupported("Content-Encoding may be gzip, zstd or identity")),
    }
}

/// JSON, or a type built on it; a client that names no type is believed to send JSON.
fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is_json = essence.is_empty()
        || essence.eq_ignore_ascii_case("application/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if is_json { Ok(()) } else { Err(Problem::unsupported("Content-Type must be application/json")) }
}

/// Reads at most one byte more than the limit, which is enough to know that it was passed.
fn inflate(decoder: impl Read, sent_bytes: usize, limit_bytes: usize) -> Result<Bytes, Problem> {
    // JSON events shrink about fourfold or more; a wrong guess costs a reallocation.
    let mut bytes = Vec::with_capacity(sent_bytes.saturating_mul(4).min(limit_bytes + 1));
    let most = u64::try_from(limit_bytes).unwrap_or(u64::MAX).saturating_add(1);
    match decoder.take(most).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes.into()),
        Err(error) => Err(Problem::bad_request("the body does not decompress as its Content-Encoding says").with_cause(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::{HeaderName, HeaderValue, StatusCode};
    use std::io::Write;

    const LIMIT: usize = 1_000_000;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    fn status(result: Result<Bytes, Problem>) -> StatusCode {
        result.map_or_else(|problem| problem.status(), |_| StatusCode::OK)
    }

    #[test]
    fn a_body_reads_the_same_in_every_encoding() {
        let text = br#"{"events":[]}"#;
        let check = |encoding: &'static str, sent: Bytes| {
            let read = decoded(&headers(&[(CONTENT_ENCODING, encoding)]), sent, LIMIT).unwrap();
            assert_eq!(&*read, text, "{encoding}");
        };
        check("identity", Bytes::from_static(text));
        check("gzip", gzip(text));
        check("GZIP", gzip(text));
        check("zstd", zstd::bulk::compress(text, 3).unwrap().into());
    }

    /// Counts what is unpacked.
    struct Counted<'a>(MultiGzDecoder<&'a [u8]>, usize);
    impl Read for Counted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let read = self.0.read(buffer)?;
            self.1 += read;
            Ok(read)
        }
    }

    #[test]
    fn a_bomb_is_refused_without_being_unpacked() {
        // 256 MB of zeros; the buffer that takes them never grows beyond the limit's next power of two.
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![0_u8; 1 << 20];
        for _ in 0..256 {
            encoder.write_all(&zeros).unwrap();
        }
        let bomb = Bytes::from(encoder.finish().unwrap());
        let mut counted = Counted(MultiGzDecoder::new(&*bomb), 0);
        let held = inflate(&mut counted, bomb.len(), LIMIT).unwrap();
        assert_eq!((held.len(), counted.1), (LIMIT + 1, LIMIT + 1));

        let gzip_headers = headers(&[(CONTENT_ENCODING, "gzip")]);
        assert_eq!(status(decoded(&gzip_headers, bomb, LIMIT)), StatusCode::PAYLOAD_TOO_LARGE);
        let zstd_bomb: Bytes = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap().into();
        assert_eq!(status(decoded(&headers(&[(CONTENT_ENCODING, "zstd")]), zstd_bomb, LIMIT)), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let body = vec![b' '; LIMIT];
        let gzip_headers = headers(&[(CONTENT_ENCODING, "gzip")]);
        assert_eq!(status(decoded(&gzip_headers, gzip(&body), LIMIT)), StatusCode::OK);
        assert_eq!(status(decoded(&HeaderMap::new(), body.into(), LIMIT)), StatusCode::OK);
        assert_eq!(status(decoded(&HeaderMap::new(), vec![b' '; LIMIT + 1].into(), LIMIT)), StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[test]
    fn a_frame_that_asks_for_a_huge_window_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&vec![7; 1 << 20]).unwrap();
        let sent: Bytes = encoder.finish().unwrap().into();
        assert_eq!(status(decoded(&headers(&[(CONTENT_ENCODING, "zstd")]), sent, 2 * LIMIT)), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn other_types_and_encodings_are_refused_and_broken_ones_named() {
        let body = || Bytes::from_static(b"{}");
        let check = |pairs: &[(HeaderName, &'static str)], expect: StatusCode| {
            assert_eq!(status(decoded(&headers(pairs), body(), LIMIT)), expect, "{pairs:?}");
        };
        check(&[(CONTENT_TYPE, "application/json; charset=utf-8")], StatusCode::OK);
        check(&[(CONTENT_TYPE, "application/vnd.api+json")], StatusCode::OK);
        check(&[(CONTENT_TYPE, "text/plain")], StatusCode::UNSUPPORTED_MEDIA_TYPE);
        check(&[(CONTENT_ENCODING, "br")], StatusCode::UNSUPPORTED_MEDIA_TYPE);
        check(&[(CONTENT_ENCODING, "gzip, gzip")], StatusCode::UNSUPPORTED_MEDIA_TYPE);
        check(&[(CONTENT_ENCODING, "gzip")], StatusCode::BAD_REQUEST);
        check(&[(CONTENT_ENCODING, "zstd")], StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_as_sent_is_refused_before_anything_else() {
        let body = Body::from(vec![0_u8; 11]);
        assert_eq!(sent(body, 10).await.unwrap_err().status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(sent(Body::from("0123456789"), 10).await.unwrap().len(), 10);
    }
}
