//! Names for people that only who holds the deployment's secret can make from their ids, and nobody can turn back.

use super::{number, redact};
use crate::{IdError, TenantId, UserId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::borrow::Cow;
use std::fmt;

/// How a pseudonym begins; 32 hex digits follow.
pub const PSEUDONYM_PREFIX: &str = "p_";
/// 128 bits: two of a tenant's users share a pseudonym with a chance of one in 10^20 among ten billion.
const BYTES: usize = 16;

/// The pseudonyms of one tenant's users.
#[derive(Clone, PartialEq, Eq)]
pub struct Pseudonyms {
    key: [u8; 32],
    /// Whether all ids of users get one, or only those that are an address or a telephone number.
    all: bool,
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pseudonyms").field("all", &self.all).finish_non_exhaustive()
    }
}

impl Pseudonyms {
    /// For what reads no id: the documents of what is read.
    pub(crate) const NOBODYS: Self = Self { key: [0; 32], all: false };

    /// Those of a tenant under the deployment's secret: of `all` its users, or of those whose ids are personal in themselves.
    #[must_use]
    pub fn of(secret: &[u8], tenant: &TenantId, all: bool) -> Self {
        Self { key: keyed_hash(secret, format!("weir-pseudonyms:{tenant}").as_bytes()), all }
    }

    /// Whether every user has one.
    #[must_use]
    pub const fn are_for_all(&self) -> bool {
        self.all
    }

    /// The id under which a user is kept. A pseudonym stays what it is.
    #[must_use]
    pub fn user(&self, id: &UserId) -> UserId {
        match self.user_text(id.as_str()) {
            Cow::Borrowed(_) => id.clone(),
            Cow::Owned(pseudonym) => UserId::new(pseudonym).unwrap_or_else(|_| id.clone()),
        }
    }

    /// As [`Self::user`], of the text of an id.
    ///
    /// # Errors
    /// Where the text is no id.
    pub fn user_of(&self, text: &str) -> Result<UserId, IdError> {
        UserId::new(text).map(|id| self.user(&id))
    }

    /// As [`Self::user`], of a text that may not be an id.
    #[must_use]
    pub fn user_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let is_named = (self.all && !text.is_empty()) || number::is_row_of_phone(text.trim());
        if is_named && !is_pseudonym(text) { Cow::Owned(self.name(text)) } else { self.id(text) }
    }

    /// An id of something else (a session, a request, a transaction): replaced whole where it carries personal data or a secret, because
    /// cut ids could become one.
    #[must_use]
    pub fn id<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let is_personal = matches!(redact(text, true), Cow::Owned(_));
        if is_personal && !is_pseudonym(text) { Cow::Owned(self.name(text)) } else { Cow::Borrowed(text) }
    }

    fn name(&self, text: &str) -> String {
        let digest = keyed_hash(&self.key, canonical(text).as_bytes());
        format!("{PSEUDONYM_PREFIX}{}", hex::encode(&digest[..BYTES]))
    }
}

fn is_pseudonym(text: &str) -> bool {
    let is_hex = |digits: &str| digits.len() == 2 * BYTES && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    text.strip_prefix(PSEUDONYM_PREFIX).is_some_and(is_hex)
}

/// One spelling of what people spell in several ways: addresses in lower case, telephone numbers with a plus and without gaps.
fn canonical(id: &str) -> Cow<'_, str> {
    let id = id.trim();
    match redact(id, true).as_ref() {
        "[email]" => Cow::Owned(id.to_lowercase()),
        "[phone]" => Cow::Owned(without_gaps(id)),
        _ if number::is_row_of_phone(id) => Cow::Owned(without_gaps(id)),
        _ => Cow::Borrowed(id),
    }
}

fn without_gaps(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match (phone.starts_with('+'), digits.strip_prefix("00")) {
        (true, _) => format!("+{digits}"),
        (false, Some(number)) => format!("+{number}"),
        (false, None) => digits,
    }
}

/// HMAC-SHA-256 (RFC 2104).
fn keyed_hash(key: &[u8], message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104, 2)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
