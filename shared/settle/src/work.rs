//! The pieces of work, as they lie in the queue: JSON that says its `kind`.

use model::{Day, Family, Hour, Month, TenantId};
use serde::{Deserialize, Serialize};

/// A piece of work. Strict when it is read: what is misspelt is refused rather than done in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Work {
    /// Settles the hours of a day.
    Settle {
        /// Whose.
        tenant: TenantId,
        /// Of which family.
        family: Family,
        /// The day.
        #[serde(with = "as_key")]
        day: Day,
        /// Which hours are settled though nothing of them is pending.
        #[serde(default)]
        again: Again,
    },
    /// Deletes what was superseded in a day and forgets what need not be remembered; rolls up a day that has ended since it was settled.
    Sweep {
        /// Whose.
        tenant: TenantId,
        /// Of which family.
        family: Family,
        /// The day.
        #[serde(with = "as_key")]
        day: Day,
    },
    /// Builds the rollup of a month out of its days, and then that of all time.
    Month {
        /// Whose.
        tenant: TenantId,
        /// Of which family.
        family: Family,
        /// The month.
        #[serde(with = "as_key")]
        month: Month,
    },
    /// Builds the rollup of all time out of the months.
    Lifetime {
        /// Whose.
        tenant: TenantId,
        /// Of which family.
        family: Family,
    },
    /// Deletes what names a person who is erased from all that is settled by now: what was superseded, what crashed attempts have left, and
    /// segments.
    Clear {
        /// Whose.
        tenant: TenantId,
        /// Of which family.
        family: Family,
        /// The hash by which the person is known.
        person: String,
    },
}

impl Work {
    /// As it lies in the queue.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Which hours are settled again though nothing of them is pending. What is pending is always settled.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Again {
    /// None.
    #[default]
    Nothing,
    /// These, from their log; where one is quarantined, it is tried again.
    #[serde(with = "as_keys")]
    Hours(Vec<Hour>),
    /// Those that were settled with an older configuration. Hours whose log has expired stay as they are: nothing is left to price anew.
    Before {
        /// The configuration revision that is old enough no more.
        configuration: u64,
    },
    /// The same, and those too whose log has expired: who is erased since is erased from what their rollups say.
    Erased {
        /// The configuration revision that is old enough no more.
        configuration: u64,
    },
}

/// Days, hours and months as the text that keys have.
trait Named: Sized {
    fn parse(key: &str) -> Option<Self>;
}

impl Named for Hour {
    fn parse(key: &str) -> Option<Self> {
        Self::from_key(key)
    }
}

impl Named for Day {
    fn parse(key: &str) -> Option<Self> {
        Self::from_key(key)
    }
}

impl Named for Month {
    fn parse(key: &str) -> Option<Self> {
        Self::from_key(key)
    }
}

fn parse<T: Named, E: serde::de::Error>(key: &str) -> Result<T, E> {
    T::parse(key).ok_or_else(|| E::custom(format_args!("{key:?} is not a span of time as keys have it")))
}

mod as_key {
    use super::{Named, parse};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Display;

    pub fn serialize<T: Display, S: Serializer>(span: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(span)
    }

    pub fn deserialize<'de, T: Named, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        parse(&String::deserialize(from)?)
    }
}

mod as_keys {
    use super::{Named, parse};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Display;

    pub fn serialize<T: Display, S: Serializer>(spans: &[T], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(spans.iter().map(ToString::to_string))
    }

    pub fn deserialize<'de, T: Named, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
        Vec::<String>::deserialize(from)?.iter().map(|key| parse(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_json_that_a_person_can_read_and_write() {
        let check = |text: &str, work: Work| {
            assert_eq!(serde_json::to_string(&work).unwrap(), text);
            assert_eq!(serde_json::from_str::<Work>(text).unwrap(), work);
        };
        let tenant = || TenantId::new("demo").unwrap();
        let (family, day) = (Family::Ai, Day::from_key("2026-11-21").unwrap());
        let settle = |again| Work::Settle { tenant: tenant(), family, day, again };
        check(
            r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-21","again":{"hours":["2026-11-21T05"]}}"#,
            settle(Again::Hours(vec![Hour::from_key("2026-11-21T05").unwrap()])),
        );
        check(
            r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-21","again":{"before":{"configuration":3}}}"#,
            settle(Again::Before { configuration: 3 }),
        );
        check(
            r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-21","again":{"erased":{"configuration":3}}}"#,
            settle(Again::Erased { configuration: 3 }),
        );
        check(r#"{"kind":"sweep","tenant":"demo","family":"ai","day":"2026-11-21"}"#, Work::Sweep { tenant: tenant(), family, day });
        check(
            r#"{"kind":"month","tenant":"demo","family":"ai","month":"2026-11"}"#,
            Work::Month { tenant: tenant(), family, month: day.month() },
        );
        check(r#"{"kind":"lifetime","tenant":"demo","family":"ai"}"#, Work::Lifetime { tenant: tenant(), family });
        check(
            r#"{"kind":"clear","tenant":"demo","family":"ai","person":"0a"}"#,
            Work::Clear { tenant: tenant(), family, person: "0a".to_owned() },
        );
        let short = r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-21"}"#;
        assert_eq!(serde_json::from_str::<Work>(short).unwrap(), settle(Again::Nothing));
    }

    #[test]
    fn what_is_misspelt_or_missing_is_refused() {
        for text in [
            r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-21","agian":"nothing"}"#,
            r#"{"kind":"settle","tenant":"demo","family":"ai","day":"2026-11-21T05"}"#,
            r#"{"kind":"settle","tenant":"demo","family":"ai","day":20778}"#,
            r#"{"kind":"settle","tenant":"a#b","family":"ai","day":"2026-11-21"}"#,
            r#"{"kind":"month","tenant":"demo","family":"ai"}"#,
            r#"{"kind":"tidy","tenant":"demo","family":"ai"}"#,
        ] {
            assert!(serde_json::from_str::<Work>(text).is_err(), "{text}");
        }
    }
}
