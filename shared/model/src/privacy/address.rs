//! Addresses: of mail, of the network, and who a URL is opened as.

use super::text::{Text, is_word};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The longest part of an e-mail address before its at sign (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// The longest text of an address of IPv6.
const LONGEST_IPV6: usize = 45;

/// A byte of a name of any language.
const fn is_letter(byte: u8) -> bool {
    is_word(byte) || byte >= 0x80
}

fn at_sign_end(text: &Text<'_>, at: usize) -> usize {
    if text.byte(at) == b'@' { at + 1 } else { at + 3 }
}

/// An e-mail address around an at sign.
pub fn email(text: &Text<'_>, at: usize, floor: usize) -> Option<Range<usize>> {
    let is_local =
        |byte: u8| is_letter(byte) || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'~' | b'!' | b'#' | b'$' | b'&' | b'*');
    let mut start = at;
    while start > floor && at - start < LONGEST_LOCAL && is_local(text.before(start)) {
        start -= 1;
    }
    // A local part that is longer than it may be is cut in the middle of a character only if it is no text.
    while start < at && text.byte(start) & 0xc0 == 0x80 {
        start += 1;
    }
    let domain = at_sign_end(text, at);
    let end = domain_end(text, domain)?;
    let is_image_scale = text.byte(domain).is_ascii_digit() && matches!(text.bytes.get(domain + 1..domain + 3), Some(b"x."));
    if start == at || is_image_scale { None } else { Some(start..end) }
}

/// Where the name of a host with at least one dot and a last part of letters ends.
fn domain_end(text: &Text<'_>, start: usize) -> Option<usize> {
    let (mut at, mut label, mut end) = (start, start, None);
    loop {
        let byte = text.byte(at);
        if is_letter(byte) || byte == b'-' || byte == b'_' {
            at += 1;
            continue;
        }
        let is_top =
            at >= label + 2 && text.bytes[label..at].iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80 || *byte == b'-');
        let is_puny = text.bytes[label..at].starts_with(b"xn--");
        if label > start && (is_top || is_puny) {
            end = Some(at);
        }
        if byte != b'.' || at == label {
            return end;
        }
        at += 1;
        label = at;
    }
}

/// What stands between `://` and an at sign: who opens the URL, and mostly by what password.
pub fn userinfo(text: &Text<'_>, at: usize, floor: usize) -> Option<Range<usize>> {
    let mut start = at;
    while start > floor
        && !text.before(start).is_ascii_whitespace()
        && !matches!(text.before(start), b'/' | b'?' | b'#' | b'"' | b'<' | b'>')
    {
        start -= 1;
    }
    let is_url = start >= 3 && text.bytes[..start].ends_with(b"://");
    // A password may have an at sign in it: the host comes after the last.
    let is_over = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'?' | b'#' | b'"' | b'<' | b'>');
    let rest = &text.bytes[at..];
    let rest = &rest[..rest.iter().position(is_over).unwrap_or(rest.len())];
    let end = at + rest.iter().rposition(|byte| *byte == b'@').unwrap_or_default();
    let has_marker = text.bytes[start..end].starts_with(b"[secret]");
    (is_url && start < at && !has_marker).then_some(start..end)
}

/// Four numbers up to 255: an address, unless it is the version of what stands before a slash (`Chrome/120.0.6099.109`) or of a `v`.
pub fn ipv4(text: &Text<'_>, at: usize, _: usize) -> Option<Range<usize>> {
    let is_of_product = text.before(at) == b'/' && at >= 2 && is_word(text.before(at - 1));
    if is_word(text.before(at)) || matches!(text.before(at), b'.' | b'-' | b'_') || is_of_product && !is_path(text, at) {
        return None;
    }
    let mut end = at;
    while text.byte(end).is_ascii_digit() || text.byte(end) == b'.' && text.byte(end + 1).is_ascii_digit() {
        end += 1;
    }
    let found = std::str::from_utf8(&text.bytes[at..end]).ok()?;
    (!is_word(text.byte(end)) && text.byte(end) != b'-' && found.parse::<Ipv4Addr>().is_ok()).then_some(at..end)
}

/// Whether the slash before a place is one of a path, of which there are more.
fn is_path(text: &Text<'_>, at: usize) -> bool {
    let start = text.bytes[..at].iter().rposition(u8::is_ascii_whitespace).map_or(0, |space| space + 1);
    text.byte(start) == b'/' || text.bytes[start..at].windows(3).any(|bytes| bytes == b"://")
}

/// An address of IPv6 in one of the ranges in use (RFC 4291, 2.4), so that times and paths of modules are none.
pub fn ipv6(text: &Text<'_>, at: usize, _: usize) -> Option<Range<usize>> {
    let mut end = at;
    while end - at <= LONGEST_IPV6 && (text.byte(end).is_ascii_hexdigit() || matches!(text.byte(end), b':' | b'.')) {
        end += 1;
    }
    while end > at && matches!(text.byte(end - 1), b'.') || end > at + 2 && text.byte(end - 1) == b':' && text.byte(end - 2) != b':' {
        end -= 1;
    }
    // Two slashes after its network, which ends in a colon, would make the beginning of a URL of it.
    if is_word(text.byte(end)) || text.bytes[end..].starts_with(b"//") {
        return None;
    }
    let found = std::str::from_utf8(&text.bytes[at..end]).ok()?.parse::<Ipv6Addr>().ok()?;
    let first = found.segments()[0];
    let is_used = first & 0xe000 == 0x2000 || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 || first & 0xff00 == 0xff00;
    (is_used || found.to_ipv4_mapped().is_some()).then_some(at..end)
}
