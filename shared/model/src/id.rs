//! A type for every id. Names that become parts of keys (tenant, project) are checked strictly; ids that clients choose only for length.

use crate::limits::{ID_BYTES, NAME_BYTES};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing there.
    #[error("must not be empty")]
    Empty,
    /// Longer than its kind may be.
    #[error("must have at most {limit} bytes")]
    TooLong {
        /// The most bytes it may have.
        limit: usize,
    },
    /// A character that would not survive in a key.
    #[error("may hold letters, digits, '-', '_' and '.' only")]
    BadCharacter,
    /// A control character.
    #[error("must not hold control characters")]
    ControlCharacter,
}

fn check_name(text: &str) -> Result<(), IdError> {
    check_length(text, NAME_BYTES)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.chars().all(allowed) { Ok(()) } else { Err(IdError::BadCharacter) }
}

fn check_chosen(text: &str) -> Result<(), IdError> {
    check_length(text, ID_BYTES)?;
    if text.chars().any(char::is_control) { Err(IdError::ControlCharacter) } else { Ok(()) }
}

fn check_length(text: &str, limit: usize) -> Result<(), IdError> {
    match text.len() {
        0 => Err(IdError::Empty),
        length if length > limit => Err(IdError::TooLong { limit }),
        _ => Ok(()),
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id that this text is.
            ///
            /// # Errors
            /// Where the text breaks a rule of this kind of id.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                $check(&text)?;
                Ok(Self(text))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An owner of data: part of every key (I10).
    TenantId,
    check_tenant
);
id!(
    /// An app or service of a tenant.
    ProjectId,
    check_name
);
id!(
    /// A person, as the client names them.
    UserId,
    check_chosen
);
id!(
    /// One immutable object of the log: a hash of the messages it came from and its bytes (I3), in hex.
    SegmentId,
    check_name
);

impl SegmentId {
    /// The id that a SHA-256 digest stands for.
    #[must_use]
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(hex::encode(digest))
    }
}

/// One try at writing what a settle has worked out. Never used again: what one attempt has written, no other overwrites (I6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(u128);

impl AttemptId {
    /// The attempt of this number, which must not repeat.
    #[must_use]
    pub const fn new(random: u128) -> Self {
        Self(random)
    }

    /// The attempt that its key text names: 32 hex digits.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        let is_hex = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if is_hex { u128::from_str_radix(key, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for AttemptId {
    /// As in keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A tenant's name is also part of API keys and service names, which are split at `_` and `@`.
fn check_tenant(text: &str) -> Result<(), IdError> {
    check_name(text)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.chars().all(allowed) { Ok(()) } else { Err(IdError::BadCharacter) }
}

/// An event's identity within its tenant, family, project and hour (I4), made by one of the constructors from what the client sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(String);

impl EventId {
    /// The client's `eventId`, with the session or else the user it belongs to.
    #[must_use]
    pub fn of_event(owner: Option<&str>, event: &str) -> Self {
        Self(format!("e:{}:{event}", owner.unwrap_or_default()))
    }

    /// A request to an AI model, by whichever door it comes.
    #[must_use]
    pub fn of_request(request: &str) -> Self {
        Self(format!("r:{request}"))
    }

    /// A transaction in one of its states.
    #[must_use]
    pub fn of_transaction(transaction: &str, status: &str) -> Self {
        Self(format!("t:{transaction}:{status}"))
    }

    /// The place in a batch, or in a request with an idempotency key.
    #[must_use]
    pub fn of_place(batch: &str, index: usize) -> Self {
        Self(format!("b:{batch}:{index}"))
    }

    /// Made up, because the client sent nothing to tell a repeat by; `random` must not repeat.
    #[must_use]
    pub fn made_up(random: u128, index: usize) -> Self {
        Self(format!("x:{random:032x}:{index}"))
    }

    /// What took an id's place when its event was erased.
    pub(crate) const fn of_erased(hash: String) -> Self {
        Self(hash)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
