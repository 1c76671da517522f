//! Errands: what `report` is sent to do, as it lies in its queue. JSON that says its `kind`; what is to be done is in the table, under the
//! names that the errand carries, so that one that is delivered twice, or late, finds what is true by then.

use model::{Day, Family, TenantId, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A piece of work of `report`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Errand {
    /// Writes what somebody asked for, and will come back for: a task ([`crate::task`]).
    Export {
        /// Whose.
        tenant: TenantId,
        /// The task.
        task: String,
    },
    /// Writes a settled day as the file that the world reads, where the one that is there is not of what is settled now.
    Archive {
        /// Whose.
        tenant: TenantId,
        /// Of which family.
        family: Family,
        /// The day.
        #[serde(serialize_with = "write_day", deserialize_with = "read_day")]
        day: Day,
    },
    /// Makes a report, or delivers it, as far as anything of that is due.
    Report {
        /// Whose.
        tenant: TenantId,
        /// The run of it: a document ([`crate::document`]).
        run: String,
        /// When the entry that led here is due ([`crate::due`]), which goes away once this is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Timestamp>,
    },
    /// Makes runs of what a schedule of reports says is due.
    Schedule {
        /// Whose.
        tenant: TenantId,
        /// The schedule: a document ([`crate::document`]).
        schedule: String,
        /// When the entry that led here is due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<Timestamp>,
    },
}

impl Errand {
    /// As it lies in the queue.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whose it is.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        match self {
            Self::Export { tenant, .. } | Self::Archive { tenant, .. } | Self::Report { tenant, .. } | Self::Schedule { tenant, .. } => {
                tenant
            }
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn write_day<S: Serializer>(day: &Day, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

fn read_day<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
    let key = String::deserialize(from)?;
    Day::from_key(&key).ok_or_else(|| serde::de::Error::custom("the day is not one like 2026-11-20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errand_is_json_that_a_person_can_read_and_write() {
        let check = |text: &str, errand: Errand| {
            assert_eq!(errand.body(), text);
            assert_eq!(serde_json::from_str::<Errand>(text).unwrap(), errand);
        };
        let tenant = || TenantId::new("demo").unwrap();
        let day = Day::from_key("2026-11-21").unwrap();
        check(r#"{"kind":"export","tenant":"demo","task":"0a"}"#, Errand::Export { tenant: tenant(), task: "0a".into() });
        check(
            r#"{"kind":"archive","tenant":"demo","family":"ai","day":"2026-11-21"}"#,
            Errand::Archive { tenant: tenant(), family: Family::Ai, day },
        );
        check(r#"{"kind":"report","tenant":"demo","run":"r1"}"#, Errand::Report { tenant: tenant(), run: "r1".into(), entry: None });
        let entry = Some(Timestamp::from_millis(7));
        check(r#"{"kind":"report","tenant":"demo","run":"r1","entry":7}"#, Errand::Report { tenant: tenant(), run: "r1".into(), entry });
        check(
            r#"{"kind":"schedule","tenant":"demo","schedule":"s1"}"#,
            Errand::Schedule { tenant: tenant(), schedule: "s1".into(), entry: None },
        );
        for text in [r#"{"kind":"tidy","tenant":"demo"}"#, r#"{"kind":"export","tenant":"a#b","task":"1"}"#, "{}", r#"{"kind":"archive"}"#]
        {
            assert!(serde_json::from_str::<Errand>(text).is_err(), "{text}");
        }
    }
}
