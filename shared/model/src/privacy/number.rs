//! Numbers that name a person or open an account: payment cards and telephones. What is not written as one of them stays: ids, times,
//! versions, amounts.

use super::text::{Text, is_word};
use std::ops::Range;

/// First digits of cards, and how many digits such a card has (ISO/IEC 7812, the issuers' published ranges).
const CARDS: &[(std::ops::RangeInclusive<u32>, &[usize])] = &[
    (400_000..=499_999, &[16, 19]),         // Visa
    (510_000..=559_999, &[16]),             // Mastercard
    (222_100..=272_099, &[16]),             // Mastercard
    (340_000..=349_999, &[15]),             // American Express
    (370_000..=379_999, &[15]),             // American Express
    (601_100..=601_199, &[16, 19]),         // Discover
    (644_000..=659_999, &[16, 19]),         // Discover
    (622_126..=622_925, &[16, 19]),         // UnionPay and Discover
    (620_000..=629_999, &[16, 17, 18, 19]), // UnionPay
    (352_800..=358_999, &[16, 19]),         // JCB
    (300_000..=305_999, &[14]),             // Diners Club
    (360_000..=369_999, &[14]),             // Diners Club
    (380_000..=399_999, &[14]),             // Diners Club
    (500_000..=509_999, &[16, 18, 19]),     // Maestro
    (560_000..=589_999, &[16, 18, 19]),     // Maestro
    (675_900..=676_999, &[16, 18, 19]),     // Maestro
];
/// How the digits of a card are grouped, where they are; the longest first, of whose digits the first 16 are no card.
const CARD_GROUPS: &[&[usize]] = &[&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 1]];
/// The most digits of a telephone number (ITU-T E.164).
const PHONE_DIGITS: usize = 15;

/// Whether digits are a card's: by its issuer, its length and its check digit (Luhn, ISO/IEC 7812-1, annex B).
fn are_of_card(digits: &[u8]) -> bool {
    let Some(first) = digits.get(..6) else { return false };
    let issuer = first.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    let is_known = CARDS.iter().any(|(issuers, lengths)| issuers.contains(&issuer) && lengths.contains(&digits.len()));
    let luhn = |(place, digit): (usize, &u8)| {
        let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
        value / 10 + value % 10
    };
    is_known && digits.iter().rev().enumerate().map(luhn).sum::<u32>() % 10 == 0
}

/// Whether a number is a card's.
pub fn is_card(number: u64) -> bool {
    number >= 10_000_000_000_000 && are_of_card(number.to_string().as_bytes())
}

/// A card's number: in one piece, or in groups as printed.
pub fn card(text: &Text<'_>, at: usize, _: usize) -> Option<Range<usize>> {
    let groups = groups(text, at);
    let first = groups.first()?;
    if first.len() >= 14 {
        let is_fraction = text.before(at) == b'.' || text.byte(first.end) == b'.' && text.byte(first.end + 1).is_ascii_digit();
        return (!is_fraction && are_of_card(&text.bytes[first.clone()])).then(|| first.clone());
    }
    let separator = text.byte(first.end);
    let is_printed = |sizes: &[usize]| {
        let members = groups.get(..sizes.len())?;
        let fits = members.iter().zip(sizes).all(|(group, size)| group.len() == *size);
        let same = members[1..].iter().all(|group| text.before(group.start) == separator);
        let digits: Vec<u8> = members.iter().flat_map(|group| text.bytes[group.clone()].iter().copied()).collect();
        (fits && same && are_of_card(&digits)).then(|| first.start..members.last().map_or(first.end, |group| group.end))
    };
    CARD_GROUPS.iter().find_map(|sizes| is_printed(sizes))
}

/// Groups of digits from here on, each a space or a hyphen from the next.
fn groups(text: &Text<'_>, at: usize) -> Vec<Range<usize>> {
    const MOST: usize = 6;
    let mut groups = Vec::new();
    let mut start = at;
    while groups.len() < MOST {
        let length = text.bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + length;
        if length == 0 || is_word(text.byte(end)) {
            break;
        }
        groups.push(start..end);
        if !matches!(text.byte(end), b' ' | b'-') || end + 1 >= text.bytes.len() {
            break;
        }
        start = end + 1;
    }
    groups
}

/// A telephone number as people write it: with a plus and its country; as `(555) 123-4567` or `555-123-4567`; or with the zero of its own
/// country and a gap. A bare row of digits is an id, and one after two zeros a column of a table.
pub fn phone(text: &Text<'_>, at: usize, _: usize) -> Option<Range<usize>> {
    // What goes on from a number before it is part of something longer: a date, a version, an id.
    if matches!(text.before(at), b'-' | b'.' | b'_' | b'/' | b'+') && at >= 2 && is_word(text.before(at - 1)) {
        return None;
    }
    let parts = parts(text, at);
    let first = parts.first()?;
    if text.byte(at) == b'(' && text.byte(first.end) != b')' {
        return None;
    }
    let digit = |place: usize| text.byte(first.start + place);
    let (has_zero, has_gap) = (digit(0) == b'0', parts.len() > 1);
    let length = if text.byte(at) == b'+' && !has_zero {
        leading(&parts, PHONE_DIGITS, 8)
    } else if has_zero {
        let is_area = has_gap && digit(1) != b'0' && (3..=5).contains(&first.len()) && parts[1].len() >= 3;
        // Columns with zeros before their numbers look the same, but there are more of them.
        leading(&parts, 11, 9).filter(|length| is_area && *length == parts.len() && parts.iter().any(|part| part.len() != 4))
    } else {
        local(text, &parts)
    }?;
    let end = parts[length - 1].end;
    (!is_word(text.byte(end))).then_some(at..end)
}

/// How many parts `555-123-4567` or `1 (555) 123-4567` takes here.
fn local(text: &Text<'_>, parts: &[Range<usize>]) -> Option<usize> {
    let country = usize::from(parts.first()?.len() == 1 && text.byte(parts[0].start) == b'1');
    let sizes: Vec<usize> = parts.get(country..country + 3)?.iter().map(ExactSizeIterator::len).collect();
    // What is joined to it goes on: an id.
    let goes_on = parts.get(country + 3).is_some_and(|next| text.before(next.start) != b' ');
    let is_area = matches!(text.byte(parts[country].start), b'2'..=b'9');
    (sizes == [3, 3, 4] && is_area && !goes_on).then_some(country + 3)
}

/// How many of the parts have at most so many digits together, where they have as many as a number needs.
fn leading(parts: &[Range<usize>], most: usize, fewest: usize) -> Option<usize> {
    let mut digits = 0;
    let mut taken = 0;
    for part in parts {
        if digits + part.len() > most {
            break;
        }
        digits += part.len();
        taken += 1;
    }
    (taken > 0 && digits >= fewest).then_some(taken)
}

/// Rows of digits from here on, with gaps, dots, hyphens, slashes and brackets between them.
fn parts(text: &Text<'_>, at: usize) -> Vec<Range<usize>> {
    const MOST: usize = 8;
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut place = at + usize::from(matches!(text.byte(at), b'+' | b'('));
    while parts.len() < MOST {
        let length = text.bytes.get(place..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            break;
        }
        parts.push(place..place + length);
        place += length;
        // `) ` and ` (` are gaps of more than one.
        // Columns of a table are further apart.
        if text.bytes[place..].starts_with(b"  ") {
            break;
        }
        let gap = text.bytes[place..].iter().take(3).take_while(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')')).count();
        if gap == 0 {
            break;
        }
        place += gap;
    }
    parts
}

/// Whether a user's whole id is a telephone number without a gap: with the zero of its country, or the two of another's.
pub fn is_row_of_phone(id: &str) -> bool {
    let is_row = id.bytes().all(|byte| byte.is_ascii_digit());
    let is_long = match id.bytes().take_while(|byte| *byte == b'0').count() {
        1 => (10..=11).contains(&id.len()),
        2 => (12..=17).contains(&id.len()),
        _ => false,
    };
    is_row && is_long
}
