//! Secrets that can be told by how they begin, or by the name that they are given in a query.

use super::text::{SHORTEST_SECRET, Text};
use std::ops::Range;

/// How secrets begin that their issuers have made to be recognised, and the fewest characters that follow.
const BEGINNINGS: &[(&str, usize)] = &[
    ("eyJ", 20),         // JSON web tokens: `{"` in base64
    ("sk-", 16),         // OpenAI, Anthropic
    ("sk_live_", 10),    // Stripe
    ("sk_test_", 10),    // Stripe
    ("rk_live_", 10),    // Stripe
    ("rk_test_", 10),    // Stripe
    ("whsec_", 10),      // Stripe
    ("AKIA", 16),        // AWS
    ("ASIA", 16),        // AWS
    ("ghp_", 20),        // GitHub
    ("gho_", 20),        // GitHub
    ("ghu_", 20),        // GitHub
    ("ghs_", 20),        // GitHub
    ("ghr_", 20),        // GitHub
    ("github_pat_", 20), // GitHub
    ("glpat-", 16),      // GitLab
    ("xoxb-", 12),       // Slack
    ("xoxp-", 12),       // Slack
    ("xoxa-", 12),       // Slack
    ("xoxs-", 12),       // Slack
    ("AIza", 30),        // Google
    ("ya29.", 20),       // Google
    ("SG.", 20),         // SendGrid
    ("hf_", 20),         // Hugging Face
    ("npm_", 20),        // npm
    ("dop_v1_", 20),     // DigitalOcean
    ("wk_", 20),         // Weir
];

/// Words after which a secret stands, in any case.
const SCHEMES: &[&[u8]] = &[b"bearer ", b"basic "];
/// The fewest characters of a secret after such a word.
const SHORTEST_AFTER_SCHEME: usize = 12;

const KEY_BEGIN: &[u8] = b"-----BEGIN ";
const KEY_END: &[u8] = b"-----END ";

/// Names in a query whose values are secrets, without what parts their words.
const ASSIGNED: &[&str] = &[
    "token",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "authtoken",
    "sessiontoken",
    "apikey",
    "secret",
    "clientsecret",
    "password",
    "passwd",
    "pwd",
    "signature",
    "authorization",
    "jwt",
    "xamzsignature",
    "xamzsecuritytoken",
    "xamzcredential",
    "otp",
];

const fn is_secret(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
}

fn run(text: &Text<'_>, start: usize, holds: impl Fn(u8) -> bool) -> usize {
    start + text.bytes[start..].iter().take_while(|byte| holds(**byte)).count()
}

/// A secret that begins here.
pub fn known(text: &Text<'_>, at: usize, _: usize) -> Option<Range<usize>> {
    let rest = &text.bytes[at..];
    match rest[0] {
        b'-' => private_key(text, at),
        b'b' | b'B' => scheme(text, at).or_else(|| begun(text, at)),
        _ => begun(text, at),
    }
}

fn begun(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    let rest = &text.bytes[at..];
    let (beginning, shortest) = BEGINNINGS.iter().find(|(beginning, _)| rest.starts_with(beginning.as_bytes()))?;
    let start = at + beginning.len();
    let end = run(text, start, is_secret);
    // Names of things may begin so; secrets have digits or capitals too.
    let is_random = text.bytes[start..end].iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (end - start >= *shortest && is_random).then_some(at..end)
}

fn scheme(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    let begins = |scheme: &&&[u8]| text.bytes.get(at..at + scheme.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(scheme));
    let start = at + SCHEMES.iter().find(begins)?.len();
    let end = run(text, start, is_secret);
    // A word of a sentence has no digits, and no capital but its first.
    let is_random =
        |(place, byte): (usize, &u8)| byte.is_ascii_digit() || matches!(byte, b'=' | b'_') || place > 0 && byte.is_ascii_uppercase();
    let is_random = text.bytes[start..end].iter().enumerate().any(is_random);
    (end - start >= SHORTEST_AFTER_SCHEME && is_random).then_some(at..end)
}

/// From `-----BEGIN … PRIVATE KEY-----` to the end of its end, or of the text.
fn private_key(text: &Text<'_>, at: usize) -> Option<Range<usize>> {
    let rest = &text.bytes[at..];
    let header = rest.strip_prefix(KEY_BEGIN)?;
    let title = &header[..header.windows(5).position(|bytes| bytes == b"-----")?];
    if !title.windows(11).any(|bytes| bytes == b"PRIVATE KEY") {
        return None;
    }
    let body = KEY_BEGIN.len() + title.len() + 5;
    let end = rest[body..].windows(KEY_END.len()).position(|bytes| bytes == KEY_END);
    let Some(end) = end.map(|end| body + end + KEY_END.len()) else { return Some(at..text.bytes.len()) };
    let closing = rest[end..].windows(5).position(|bytes| bytes == b"-----");
    Some(at..closing.map_or(text.bytes.len(), |closing| at + end + closing + 5))
}

/// The value of a query's parameter that is named after a secret.
pub fn assigned(text: &Text<'_>, at: usize, floor: usize) -> Option<Range<usize>> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let mut start = at;
    while start > floor && is_name(text.before(start)) {
        start -= 1;
    }
    let parts = text.bytes[start..at].iter().filter(|byte| !matches!(byte, b'_' | b'-'));
    let name: String = parts.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    if !ASSIGNED.contains(&name.as_str()) {
        return None;
    }
    let value = at + 1;
    let end = run(text, value, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'&' | b';' | b'#' | b'"' | b'\'' | b',' | b')'));
    (end > value && text.bytes[value..end] != *b"[secret]").then_some(value..end)
}

const _: () = {
    let mut place = 0;
    while place < BEGINNINGS.len() {
        let (beginning, shortest) = BEGINNINGS[place];
        assert!(beginning.len() + shortest >= SHORTEST_SECRET, "no rule may look for anything in a shorter text");
        place += 1;
    }
};
