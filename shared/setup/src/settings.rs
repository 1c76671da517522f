//! Reads settings: all of them are checked before any is used, and all faults are told at once.

use crate::setting::{Fault, Kind, Presence, Setting};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;

/// The checked settings of a function.
#[derive(Debug)]
pub struct Settings {
    values: BTreeMap<&'static str, Value>,
}

#[derive(Debug)]
enum Value {
    Absent,
    Text(String),
    Integer(u32),
    Secret(SecretString),
}

/// Every fault of an environment. Its text is a sentence for each, naming the setting and never a value.
#[derive(Debug, thiserror::Error)]
pub struct Faults(Vec<(Setting, Fault)>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (setting, fault)) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{} {fault}: {}, {}.", setting.name, setting.what, setting.kind.bounds())?;
        }
        Ok(())
    }
}

impl Settings {
    /// Reads the declared settings from the environment.
    ///
    /// # Errors
    /// Where any is missing or wrong; the error tells of all that are.
    pub fn from_env(declared: &[Setting]) -> Result<Self, Faults> {
        Self::read(declared, |name| std::env::var_os(name))
    }

    /// Reads the declared settings from names and values, as tests give them.
    ///
    /// # Errors
    /// As [`Self::from_env`].
    pub fn from_map(declared: &[Setting], values: &BTreeMap<String, String>) -> Result<Self, Faults> {
        Self::read(declared, |name| values.get(name).map(OsString::from))
    }

    fn read(declared: &[Setting], lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Faults> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let mut values = BTreeMap::new();
        let mut faults = Vec::new();
        for setting in declared {
            match value_of(setting, lookup) {
                Ok(value) => _ = values.insert(setting.name, value),
                Err(fault) => faults.push((*setting, fault)),
            }
        }
        if faults.is_empty() { Ok(Self { values }) } else { Err(Faults(faults)) }
    }

    /// A text, an address or a choice that is required or has a default.
    ///
    /// # Panics
    /// Where the function does not declare it so: a bug that every start meets, and every test of one.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.optional_text(name).unwrap_or_else(|| undeclared(name))
    }

    /// A text, an address or a choice, where it is set.
    ///
    /// # Panics
    /// As [`Self::text`].
    #[must_use]
    pub fn optional_text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Absent) => None,
            _ => undeclared(name),
        }
    }

    /// A whole number.
    ///
    /// # Panics
    /// As [`Self::text`].
    #[must_use]
    pub fn integer(&self, name: &str) -> u32 {
        match self.values.get(name) {
            Some(Value::Integer(number)) => *number,
            _ => undeclared(name),
        }
    }

    /// A secret that is required.
    ///
    /// # Panics
    /// As [`Self::text`].
    #[must_use]
    pub fn secret(&self, name: &str) -> SecretString {
        self.optional_secret(name).unwrap_or_else(|| undeclared(name))
    }

    /// A secret, where it is set.
    ///
    /// # Panics
    /// As [`Self::text`].
    #[must_use]
    pub fn optional_secret(&self, name: &str) -> Option<SecretString> {
        match self.values.get(name) {
            Some(Value::Secret(secret)) => Some(SecretString::from(secret.expose_secret())),
            Some(Value::Absent) => None,
            _ => undeclared(name),
        }
    }
}

/// Falling back to a value here could start a function with an empty secret.
fn undeclared(name: &str) -> ! {
    panic!("{name} is read but not declared so")
}

fn value_of(setting: &Setting, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Value, Fault> {
    let text = match (lookup(setting.name), setting.presence) {
        (Some(given), _) => given.into_string().map_err(|_| Fault::NotText)?,
        (None, Presence::Default(default)) => default.to_owned(),
        (None, Presence::Optional) => return Ok(Value::Absent),
        (None, Presence::RequiredUnless(other)) if lookup(other).is_some() => return Ok(Value::Absent),
        (None, Presence::RequiredUnless(other)) => return Err(Fault::MissingBoth(other)),
        (None, Presence::Required) => return Err(Fault::Missing),
    };
    setting.kind.check(&text)?;
    Ok(match setting.kind {
        Kind::Text | Kind::Url | Kind::Choice(_) => Value::Text(text),
        Kind::Secret { .. } => Value::Secret(SecretString::from(text)),
        Kind::Integer { min, max } => Value::Integer(text.parse().map_err(|_| Fault::NotInRange { min, max })?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LOG_LEVEL, TABLE_NAME};

    const SECRET: Setting =
        Setting::required("SERVICE_SECRET", "the secret that service secrets are derived from", Kind::Secret { min_bytes: 32 });
    const JWT: Setting = Setting::required_unless("JWT_SECRET", "the secret of tokens", Kind::Secret { min_bytes: 32 }, "JWKS_URL");
    const JWKS: Setting = Setting::optional("JWKS_URL", "where the keys of tokens are", Kind::Url);
    const COUNT: Setting = Setting::with_default("EVENTS_PER_MINUTE", "events a minute", Kind::Integer { min: 1, max: 10 }, "5");
    const ALL: &[Setting] = &[LOG_LEVEL, TABLE_NAME, SECRET, JWT, JWKS, COUNT];

    fn read(values: &[(&str, &str)]) -> Result<Settings, Faults> {
        Settings::from_map(ALL, &values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn every_fault_is_told_at_once_in_sentences_that_name_the_setting() {
        let faults = read(&[("SERVICE_SECRET", "hunter2"), ("LOG_LEVEL", "loud"), ("EVENTS_PER_MINUTE", "11")]).unwrap_err().to_string();
        for sentence in [
            "LOG_LEVEL is none of error, warn, info, debug, trace: how much is logged, error, warn, info, debug, trace.",
            "TABLE_NAME is not set: the DynamoDB table that holds counts and configuration, text, at most 1024 bytes.",
            "SERVICE_SECRET has fewer than 32 bytes: the secret that service secrets are derived from, secret, at least 32 bytes, no placeholder.",
            "JWT_SECRET is not set, and neither is JWKS_URL: the secret of tokens, secret, at least 32 bytes, no placeholder.",
            "EVENTS_PER_MINUTE is not a whole number from 1 to 10: events a minute, 1 to 10.",
        ] {
            assert!(faults.contains(sentence), "{sentence}\nis not in\n{faults}");
        }
        assert!(!faults.contains("hunter2") && !faults.contains("loud"), "a value is shown: {faults}");
    }

    #[test]
    fn what_is_not_given_takes_its_default_and_an_empty_value_is_not_given() {
        let good =
            [("TABLE_NAME", "weir"), ("SERVICE_SECRET", "5f1c0a9be27d43688f0b6c1d2e934a75"), ("JWKS_URL", "https://id.example.com/keys")];
        let settings = read(&[good.as_slice(), &[("EVENTS_PER_MINUTE", ""), ("JWT_SECRET", "")]].concat()).unwrap();
        assert_eq!(settings.integer("EVENTS_PER_MINUTE"), 5);
        assert_eq!(settings.text("LOG_LEVEL"), "info");
        assert_eq!(settings.text("TABLE_NAME"), "weir");
        assert_eq!(settings.optional_text("JWKS_URL"), Some("https://id.example.com/keys"));
        assert!(settings.optional_secret("JWT_SECRET").is_none());
        assert_eq!(settings.secret("SERVICE_SECRET").expose_secret(), "5f1c0a9be27d43688f0b6c1d2e934a75");
        assert!(!format!("{settings:?}").contains("5f1c0a9b"), "a secret is shown: {settings:?}");
    }

    #[test]
    #[should_panic(expected = "BUCKET_NAME is read but not declared so")]
    fn reading_what_is_not_declared_is_a_bug_and_not_an_empty_value() {
        let settings = Settings::from_map(&[LOG_LEVEL], &BTreeMap::new()).unwrap();
        let _ = settings.text("BUCKET_NAME");
    }
}
