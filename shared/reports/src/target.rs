//! To whom a report goes besides the bucket: addresses of mail, and webhooks.

use crate::address::is_public;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use url::{Host, Url};

/// The most of each kind that a report goes to.
pub const MOST: usize = 20;
/// The longest address of a webhook.
const URL_BYTES: usize = 2048;
/// The longest address of mail (RFC 5321, 4.5.3.1).
const MAIL_BYTES: usize = 254;

/// To whom a report goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Targets {
    /// Addresses of mail.
    pub mail: Vec<String>,
    /// Webhooks.
    pub webhooks: Vec<String>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "to")]
pub enum Target {
    /// An address of mail.
    Mail(String),
    /// A webhook.
    Webhook(String),
}

/// Whether webhooks may be on this machine, by plain HTTP: for trying things out, never where the function runs beside others' secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loopback {
    /// No.
    #[default]
    Refused,
    /// Yes.
    Allowed,
}

/// Why something is no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// No address of mail.
    #[error("is not an address of mail like name@example.com")]
    NotMail,
    /// No URL.
    #[error("is not a URL of at most {URL_BYTES} bytes")]
    NotUrl,
    /// Not encrypted.
    #[error("must begin with https://")]
    NotHttps,
    /// A user name, a password or a fragment in it.
    #[error("may have neither a user name, a password nor a fragment")]
    Credentials,
    /// An address that is no public one.
    #[error("is not on the public internet")]
    NotPublic,
}

impl Targets {
    /// All of them, mail first.
    pub fn each(&self) -> impl Iterator<Item = Target> {
        let mail = self.mail.iter().cloned().map(Target::Mail);
        mail.chain(self.webhooks.iter().cloned().map(Target::Webhook))
    }

    /// Whether it goes nowhere but to the bucket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mail.is_empty() && self.webhooks.is_empty()
    }
}

/// Checks an address of mail: the common form, in ASCII, without quotes, so that it is no other thing in a header.
///
/// # Errors
/// Where it is none.
pub fn check_mail(address: &str) -> Result<(), TargetError> {
    let is_atom = |text: &str, more: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || more.as_bytes().contains(&byte);
        !text.is_empty() && text.split('.').all(|part| !part.is_empty() && part.bytes().all(allowed))
    };
    let Some((local, domain)) = address.rsplit_once('@') else { return Err(TargetError::NotMail) };
    let is_domain =
        domain.contains('.') && is_atom(domain, "-") && !domain.split('.').any(|part| part.starts_with('-') || part.ends_with('-'));
    let is_good = address.len() <= MAIL_BYTES && local.len() <= 64 && is_atom(local, "!#$%&'*+/=?^_`{|}~-") && is_domain;
    if is_good { Ok(()) } else { Err(TargetError::NotMail) }
}

/// Checks the address of a webhook, as far as it can be told from its text: a name may still lead to an address that is refused then.
///
/// # Errors
/// Where it is none that may be called.
pub fn check_webhook(address: &str, loopback: Loopback) -> Result<Url, TargetError> {
    let url = Url::parse(address).ok().filter(|_| address.len() <= URL_BYTES).ok_or(TargetError::NotUrl)?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(TargetError::Credentials);
    }
    let host = url.host().ok_or(TargetError::NotUrl)?;
    if is_loopback(&host) && loopback == Loopback::Allowed && matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(TargetError::NotHttps);
    }
    let public = match host {
        Host::Ipv4(address) => is_public(IpAddr::V4(address)),
        Host::Ipv6(address) => is_public(IpAddr::V6(address)),
        Host::Domain(name) => is_public_name(name),
    };
    if public { Ok(url) } else { Err(TargetError::NotPublic) }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(_) => false,
    }
}

/// Names of one part, and those that are kept for local use, lead to nothing public.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let top = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && !matches!(top, "localhost" | "local" | "internal" | "localdomain" | "lan" | "home" | "arpa" | "test" | "invalid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail_are_of_the_common_form() {
        for good in ["a@example.com", "first.last+tag@sub.example.co.uk", "o'neil@example.org"] {
            assert_eq!(check_mail(good), Ok(()), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@localhost",
            "a b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "a..b@example.com",
            "\"a\"@example.com",
            "a@-example.com",
            "a,b@example.com",
            "Name <a@example.com>",
            "é@example.com",
            &long,
        ] {
            assert_eq!(check_mail(bad), Err(TargetError::NotMail), "{bad}");
        }
    }

    #[test]
    fn webhooks_are_encrypted_and_public() {
        let check = |text: &str, expect: Result<(), TargetError>| {
            assert_eq!(check_webhook(text, Loopback::Refused).map(drop), expect, "{text}");
        };
        check("https://hooks.example.com/weir?key=1", Ok(()));
        check("https://1.1.1.1:8443/", Ok(()));
        check("http://hooks.example.com/", Err(TargetError::NotHttps));
        check("ftp://hooks.example.com/", Err(TargetError::NotHttps));
        check("hooks.example.com", Err(TargetError::NotUrl));
        check("https://user:secret@hooks.example.com/", Err(TargetError::Credentials));
        check("https://hooks.example.com/#part", Err(TargetError::Credentials));
        for private in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://intranet/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://127.1/",
            "https://LOCALHOST./",
            "https://017700000001/",
        ] {
            check(private, Err(TargetError::NotPublic));
        }
        check("http://127.0.0.1:9001/", Err(TargetError::NotHttps));
    }

    #[test]
    fn this_machine_is_called_only_where_that_is_allowed() {
        assert!(check_webhook("http://127.0.0.1:9999/hook", Loopback::Allowed).is_ok());
        assert_eq!(check_webhook("http://10.0.0.1/hook", Loopback::Allowed).map(drop), Err(TargetError::NotHttps));
        assert_eq!(check_webhook("http://localhost/hook", Loopback::Allowed).map(drop), Err(TargetError::NotHttps));
        assert_eq!(check_webhook("ftp://127.0.0.1/hook", Loopback::Allowed).map(drop), Err(TargetError::NotHttps));
    }
}
