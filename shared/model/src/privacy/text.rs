//! Finds personal data and secrets in a text, in one pass, by rules that are data.

use super::{address, number, token};
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// What a rule does with what it has found.
#[derive(Debug, Clone, Copy)]
pub enum Instead {
    /// Writes a marker that says what was there.
    Marker(&'static str),
    /// Keeps the network and drops the machine: the first 24 bits of an address of IPv4, 48 of IPv6.
    Network,
}

/// One thing that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What it is.
    pub name: &'static str,
    /// What takes its place.
    pub instead: Instead,
    /// At which bytes it is looked for.
    at: fn(&Text<'_>, usize) -> bool,
    /// What of the text it is, where it is one: looked for at this byte, and not before the other.
    find: fn(&Text<'_>, usize, usize) -> Option<Range<usize>>,
}

/// The rules, in the order in which they are tried at a byte.
pub const RULES: &[Rule] = &[
    Rule { name: "user name and password in a URL", instead: Instead::Marker("[secret]"), at: is_at_sign, find: address::userinfo },
    Rule { name: "e-mail address", instead: Instead::Marker("[email]"), at: is_at_sign, find: address::email },
    Rule { name: "token or key", instead: Instead::Marker("[secret]"), at: is_word_start, find: token::known },
    Rule { name: "secret in a query", instead: Instead::Marker("[secret]"), at: is_equals_sign, find: token::assigned },
    Rule { name: "IPv4 address", instead: Instead::Network, at: is_dotted_number, find: address::ipv4 },
    Rule { name: "IPv6 address", instead: Instead::Network, at: is_colon_number, find: address::ipv6 },
    Rule { name: "payment card", instead: Instead::Marker("[card]"), at: is_number, find: number::card },
    Rule { name: "telephone number", instead: Instead::Marker("[phone]"), at: is_number, find: number::phone },
];

/// A text with what tells quickly that most rules have nothing to find in it.
pub struct Text<'a> {
    pub bytes: &'a [u8],
    digits: usize,
    dots: usize,
    colons: usize,
    at_signs: usize,
    equals_signs: usize,
}

/// The fewest digits of a telephone number.
const FEWEST_DIGITS: usize = 7;
/// A text that was changed is looked through again so often at most.
const MOST_PASSES: usize = 8;
/// The shortest secret that a rule knows.
pub const SHORTEST_SECRET: usize = 16;

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        let mut new = Self { bytes: text.as_bytes(), digits: 0, dots: 0, colons: 0, at_signs: 0, equals_signs: 0 };
        for byte in new.bytes {
            match byte {
                b'0'..=b'9' => new.digits += 1,
                b'.' => new.dots += 1,
                b':' => new.colons += 1,
                // An address in a URL has %40 for it.
                b'@' | b'%' => new.at_signs += 1,
                b'=' => new.equals_signs += 1,
                _ => {}
            }
        }
        new
    }

    /// Whether no rule can find anything.
    fn is_plain(&self) -> bool {
        self.digits < FEWEST_DIGITS
            && self.at_signs == 0
            && self.equals_signs == 0
            && self.dots < 3
            && self.colons < 2
            && self.bytes.len() < SHORTEST_SECRET
    }

    /// The byte at a place; past the end, a space.
    pub fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b' ')
    }

    /// The byte before a place; before the first, a space.
    pub fn before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(b' ', |before| self.byte(before))
    }
}

fn is_at_sign(text: &Text<'_>, at: usize) -> bool {
    text.at_signs > 0 && (text.byte(at) == b'@' || text.bytes[at..].starts_with(b"%40"))
}

fn is_equals_sign(text: &Text<'_>, at: usize) -> bool {
    text.byte(at) == b'='
}

fn is_word_start(text: &Text<'_>, at: usize) -> bool {
    text.bytes.len() >= SHORTEST_SECRET && (text.byte(at).is_ascii_alphanumeric() || text.byte(at) == b'-')
}

fn is_dotted_number(text: &Text<'_>, at: usize) -> bool {
    text.dots >= 3 && text.byte(at).is_ascii_digit()
}

fn is_colon_number(text: &Text<'_>, at: usize) -> bool {
    text.colons >= 2 && (text.byte(at).is_ascii_hexdigit() || text.byte(at) == b':' && text.before(at) != b':' && !is_word(text.before(at)))
}

fn is_number(text: &Text<'_>, at: usize) -> bool {
    text.digits >= FEWEST_DIGITS && matches!(text.byte(at), b'0'..=b'9' | b'+' | b'(') && !is_word(text.before(at))
}

/// A byte of an ASCII word. What is not ASCII parts words: there are scripts that write no spaces.
pub const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// The text without what is personal or secret in it; borrowed where nothing was. In a version's text nothing is taken for an address of
/// the network.
#[must_use]
pub fn redact(source: &str, with_networks: bool) -> Cow<'_, str> {
    let mut clean = redact_once(source, with_networks);
    // What is left may stand together as something more; then again, so that a repeat changes nothing.
    for _ in 0..MOST_PASSES {
        let Cow::Owned(text) = &clean else { break };
        let Cow::Owned(cleaner) = redact_once(text, with_networks) else { break };
        clean = Cow::Owned(cleaner);
    }
    clean
}

fn redact_once(source: &str, with_networks: bool) -> Cow<'_, str> {
    let text = Text::new(source);
    if text.is_plain() {
        return Cow::Borrowed(source);
    }
    let mut clean = String::new();
    let (mut kept, mut at) = (0, 0);
    while at < text.bytes.len() {
        let byte = text.bytes[at];
        let is_within_word = is_word(byte) && is_word(text.before(at));
        let found = if may_begin(byte) && !is_within_word { find(&text, at, kept, with_networks) } else { None };
        let Some((range, instead)) = found else {
            at += 1;
            continue;
        };
        let what = &source[range.clone()];
        let instead = match instead {
            Instead::Marker(marker) => Cow::Borrowed(marker),
            Instead::Network => Cow::Owned(network(what)),
        };
        if instead != what {
            clean.push_str(&source[kept..range.start]);
            clean.push_str(&instead);
            kept = range.end;
        }
        at = range.end.max(at + 1);
    }
    if kept == 0 {
        return Cow::Borrowed(source);
    }
    clean.push_str(&source[kept..]);
    Cow::Owned(clean)
}

/// Bytes at which a rule looks, at the beginning of a word where they are of one: the others cost nothing more.
const fn may_begin(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'@' | b'%' | b'=' | b':' | b'+' | b'(' | b'-')
}

fn find(text: &Text<'_>, at: usize, kept: usize, with_networks: bool) -> Option<(Range<usize>, Instead)> {
    let wanted = |rule: &&Rule| (with_networks || !matches!(rule.instead, Instead::Network)) && (rule.at)(text, at);
    RULES.iter().filter(wanted).find_map(|rule| (rule.find)(text, at, kept).map(|range| (range, rule.instead)))
}

/// The network that an address belongs to.
fn network(address: &str) -> String {
    if let Ok(v4) = address.parse::<Ipv4Addr>() {
        return Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00).to_string();
    }
    let Ok(v6) = address.parse::<Ipv6Addr>() else { return "[address]".to_owned() };
    match v6.to_ipv4_mapped() {
        Some(v4) => format!("::ffff:{}", Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00)),
        None => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80)).to_string(),
    }
}
