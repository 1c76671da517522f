//! A setting as data: its name, what it is for, whether it must be there, and what it may be.

use crate::placeholder;

/// The most bytes of a text or an address.
const TEXT_BYTES: usize = 1024;

/// How much is logged.
pub const LOG_LEVEL: Setting =
    Setting::with_default("LOG_LEVEL", "how much is logged", Kind::Choice(&["error", "warn", "info", "debug", "trace"]), "info");
/// The table.
pub const TABLE_NAME: Setting = Setting::required("TABLE_NAME", "the DynamoDB table that holds counts and configuration", Kind::Text);
/// Read by each function that takes or answers ids of users.
pub const PSEUDONYM_SECRET: Setting = Setting::required(
    "PSEUDONYM_SECRET",
    "the secret that the pseudonyms of users are derived from; another one would make other people of them",
    Kind::Secret { min_bytes: 32 },
);
/// Read by each function that checks the signatures of services, or signs what webhooks are sent.
pub const SERVICE_SECRET: Setting = Setting::required(
    "SERVICE_SECRET",
    "the secret that the secrets of services and of webhooks are derived from",
    Kind::Secret { min_bytes: 32 },
);
/// Read by who sends mail, and by who refuses to promise any.
pub const REPORT_SENDER: Setting =
    Setting::optional("REPORT_SENDER", "the address that reports are mailed from, verified in SES; without it none are mailed", Kind::Text);
/// Read by who calls webhooks, and by who takes their addresses.
pub const WEBHOOK_LOOPBACK: Setting = Setting::with_default(
    "WEBHOOK_LOOPBACK",
    "whether webhooks may be on the machine that calls them: on a machine of your own only, never on Lambda",
    Kind::Choice(&["no", "yes"]),
    "no",
);
/// The bucket.
pub const BUCKET_NAME: Setting = Setting::required("BUCKET_NAME", "the S3 bucket that holds the log and the reports", Kind::Text);
/// The queue of what `report` is sent to do.
pub const REPORT_QUEUE_URL: Setting =
    Setting::required("REPORT_QUEUE_URL", "the SQS queue of exports, archives, reports and deliveries", Kind::Url);

/// How many events a sender has: `ingest` counts them, `query` tells how many are left.
pub const EVENTS_PER_MINUTE: Setting = Setting::with_default(
    "EVENTS_PER_MINUTE",
    "how many events one key or one user may send in a minute",
    Kind::Integer { min: 1, max: 100_000_000 },
    "1000",
);

/// For how many days each family's raw events are kept, in the order of `model::Family::ALL`. Events are taken up to a week before they
/// would expire, so that less than eight days would take none of yesterday's.
pub const RETENTION_DAYS: [Setting; 5] = [
    retention("RETENTION_DAYS_ENGAGEMENT", "days for which raw engagement events are kept", "90"),
    retention("RETENTION_DAYS_AI", "days for which raw AI events are kept", "90"),
    retention("RETENTION_DAYS_SALES", "days for which raw sales events are kept", "365"),
    retention("RETENTION_DAYS_PERFORMANCE", "days for which raw performance events are kept", "30"),
    retention("RETENTION_DAYS_LIFECYCLE", "days for which raw lifecycle events are kept", "90"),
];

const fn retention(name: &'static str, what: &'static str, default: &'static str) -> Setting {
    Setting::with_default(name, what, Kind::Integer { min: 8, max: 3650 }, default)
}

/// One setting: an environment variable and what is known of it. An empty value is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// What it is, as the end of a sentence.
    pub what: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether it must be there.
    pub presence: Presence,
}

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text of at most 1,024 bytes, without control characters or space around it.
    Text,
    /// A whole number, both bounds included.
    Integer {
        /// The least it may be.
        min: u32,
        /// The most it may be.
        max: u32,
    },
    /// A secret: never shown, and refused where it is a placeholder or guessable.
    Secret {
        /// The least bytes it may have.
        min_bytes: usize,
    },
    /// An address: `https`, or `http` on this machine.
    Url,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// Whether a setting must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It must, unless the setting of this name is there.
    RequiredUnless(&'static str),
    /// It need not, and there is no value without it.
    Optional,
    /// Without it, this value is taken.
    Default(&'static str),
}

/// What is wrong with a value. The value itself is not part of it: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is none.
    #[error("is not set")]
    Missing,
    /// Neither it nor the other is there.
    #[error("is not set, and neither is {0}")]
    MissingBoth(&'static str),
    /// Bytes that are no text.
    #[error("is not UTF-8 text")]
    NotText,
    /// See [`Kind::Text`].
    #[error("has control characters, space around it, or more than {TEXT_BYTES} bytes")]
    BadText,
    /// See [`Kind::Integer`].
    #[error("is not a whole number from {min} to {max}")]
    NotInRange {
        /// The least it may be.
        min: u32,
        /// The most it may be.
        max: u32,
    },
    /// See [`Kind::Secret`].
    #[error("has fewer than {0} bytes")]
    TooShort(usize),
    /// See [`Kind::Secret`].
    #[error("is a placeholder or easily guessed")]
    Placeholder,
    /// See [`Kind::Url`].
    #[error("is not an https address (http is taken on this machine only)")]
    NotUrl,
    /// See [`Kind::Choice`].
    #[error("is none of {}", .0.join(", "))]
    NoChoice(&'static [&'static str]),
}

impl Setting {
    /// A setting that must be there.
    #[must_use]
    pub const fn required(name: &'static str, what: &'static str, kind: Kind) -> Self {
        Self { name, what, kind, presence: Presence::Required }
    }

    /// A setting that must be there unless the one named `other` is.
    #[must_use]
    pub const fn required_unless(name: &'static str, what: &'static str, kind: Kind, other: &'static str) -> Self {
        Self { name, what, kind, presence: Presence::RequiredUnless(other) }
    }

    /// A setting that need not be there.
    #[must_use]
    pub const fn optional(name: &'static str, what: &'static str, kind: Kind) -> Self {
        Self { name, what, kind, presence: Presence::Optional }
    }

    /// A setting with a value of its own where none is given.
    #[must_use]
    pub const fn with_default(name: &'static str, what: &'static str, kind: Kind, default: &'static str) -> Self {
        Self { name, what, kind, presence: Presence::Default(default) }
    }
}

impl Kind {
    /// What a value may be, as the page of settings says it.
    #[must_use]
    pub fn bounds(&self) -> String {
        match self {
            Self::Text => format!("text, at most {TEXT_BYTES} bytes"),
            Self::Integer { min, max } => format!("{min} to {max}"),
            Self::Secret { min_bytes } => format!("secret, at least {min_bytes} bytes, no placeholder"),
            Self::Url => "https address (http on this machine only)".to_owned(),
            Self::Choice(choices) => choices.join(", "),
        }
    }

    /// Whether a value is one.
    pub(crate) fn check(&self, value: &str) -> Result<(), Fault> {
        let (holds, fault) = match *self {
            Self::Text => (is_text(value), Fault::BadText),
            Self::Integer { min, max } => (value.parse().is_ok_and(|n: u32| (min..=max).contains(&n)), Fault::NotInRange { min, max }),
            Self::Secret { min_bytes } if value.len() < min_bytes => (false, Fault::TooShort(min_bytes)),
            Self::Secret { .. } => (!placeholder::is_placeholder(value), Fault::Placeholder),
            Self::Url => (is_address(value), Fault::NotUrl),
            Self::Choice(choices) => (choices.contains(&value), Fault::NoChoice(choices)),
        };
        if holds { Ok(()) } else { Err(fault) }
    }
}

fn is_text(value: &str) -> bool {
    value.len() <= TEXT_BYTES && value.trim() == value && !value.chars().any(char::is_control)
}

fn is_address(value: &str) -> bool {
    let (rest, anywhere) = match (value.strip_prefix("https://"), value.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (_, Some(rest)) => (rest, false),
        _ => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let on_this_machine = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    is_text(value) && !value.contains(char::is_whitespace) && !host.is_empty() && !host.contains('@') && (anywhere || on_this_machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        let check = |value, expect| assert_eq!(is_address(value), expect, "{value}");
        check("https://sqs.eu-central-1.amazonaws.com/123456789012/events", true);
        check("http://127.0.0.1:4566/000000000000/events", true);
        check("http://localhost:4566", true);
        check("http://keys.example.com/jwks.json", false);
        check("http://localhost.example.com/", false);
        check("http://localhost@example.com/", false);
        check("https:///path", false);
        check("ftp://example.com", false);
        check("https://example.com/a b", false);
        check("example.com", false);
    }

    #[test]
    fn both_bounds_of_a_number_are_included() {
        let kind = Kind::Integer { min: 5, max: 7 };
        let fault = Err(Fault::NotInRange { min: 5, max: 7 });
        for (value, expect) in
            [("5", Ok(())), ("7", Ok(())), ("4", fault.clone()), ("8", fault.clone()), ("five", fault.clone()), ("-5", fault)]
        {
            assert_eq!(kind.check(value), expect, "{value}");
        }
    }
}
