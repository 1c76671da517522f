//! Takes a person who is erased out of what is kept of reports: names, texts and recipients. A file that names the person is deleted as it is.

use crate::run::{DeliveryState, Making, What};
use crate::target::{Target, Targets};
use crate::{Run, Schedule};
use model::erasure::tells_of;
use serde_json::Value;

/// What stands where a person was named.
pub const ERASED: &str = "(erased)";

/// A text without a person: the text itself, where it does not name it as a word of its own.
#[must_use]
pub fn without(text: &str, user: &str) -> String {
    let is_edge = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    let (mut out, mut from) = (String::new(), 0);
    for (at, found) in text.match_indices(user) {
        let end = at + found.len();
        if is_edge(text[..at].chars().next_back()) && is_edge(text[end..].chars().next()) {
            out.push_str(&text[from..at]);
            out.push_str(ERASED);
            from = end;
        }
    }
    out + &text[from..]
}

/// Whether any text of a JSON value names a person.
#[must_use]
pub fn value_tells_of(value: &Value, user: &str) -> bool {
    match value {
        Value::String(text) => tells_of(text, user),
        Value::Array(list) => list.iter().any(|one| value_tells_of(one, user)),
        Value::Object(members) => members.iter().any(|(name, one)| tells_of(name, user) || value_tells_of(one, user)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a report's file names a person, in whichever way its format spells it.
#[must_use]
pub fn file_tells_of(file: &str, user: &str) -> bool {
    let in_html = user.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let in_csv = user.replace('"', "\"\"");
    let in_json = Value::from(user).to_string();
    let in_json = in_json.get(1..in_json.len() - 1).unwrap_or_default();
    [user, &in_html, &in_csv, in_json].iter().any(|spelling| tells_of(file, spelling))
}

impl Targets {
    /// Drops the addresses that name a person; whether there were any.
    pub fn forget(&mut self, user: &str) -> bool {
        let before = self.mail.len() + self.webhooks.len();
        self.mail.retain(|address| !tells_of(address, user));
        self.webhooks.retain(|address| !tells_of(address, user));
        self.mail.len() + self.webhooks.len() < before
    }
}

impl Schedule {
    /// Takes a person out; whether it was named.
    pub fn forget(&mut self, user: &str) -> bool {
        let is_named = tells_of(&self.name, user);
        self.name = without(&self.name, user);
        self.targets.forget(user) || is_named
    }
}

impl Run {
    /// Takes a person out of what is to be told, and of those who are told; whether it was named. What was still to be sent to it is given up.
    pub fn forget(&mut self, user: &str) -> bool {
        let mut is_named = match &mut self.what {
            What::Report { title, .. } => take(title, user),
            What::Notice { title, text, data } => {
                let is_in_data = value_tells_of(data, user);
                if is_in_data {
                    *data = Value::Null;
                }
                let (is_in_title, is_in_text) = (take(title, user), take(text, user));
                is_in_data || is_in_title || is_in_text
            }
        };
        for delivery in &mut self.deliveries {
            let (Target::Mail(to) | Target::Webhook(to)) = &mut delivery.target;
            if take(to, user) {
                is_named = true;
                if delivery.state == DeliveryState::Waiting {
                    (delivery.state, delivery.error) = (DeliveryState::Dead, Some("its recipient was erased".to_owned()));
                }
            }
        }
        if is_named && matches!(self.making, Making::Made { .. }) {
            self.settle_wake();
        }
        is_named
    }

    /// Its file was deleted because it named somebody who is erased.
    pub fn forget_file(&mut self) {
        if let Making::Made { key, .. } = &mut self.making {
            *key = None;
        }
        self.erased = true;
    }
}

fn take(text: &mut String, user: &str) -> bool {
    let is_named = tells_of(text, user);
    *text = without(text, user);
    is_named
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);

    #[test]
    fn a_person_is_taken_out_of_a_notice_and_of_who_is_told_and_nobody_else_is() {
        let what = What::Notice {
            title: "Budget of u1".into(),
            text: "u1 has used 80%, u12 less".into(),
            data: json!({"budget": {"userId": "u1"}}),
        };
        let targets = Targets { mail: vec!["u1@example.com".into(), "boss@example.com".into()], webhooks: vec![] };
        let mut run = Run::new("r1", what, &targets, (NOW, NOW));
        assert!(!run.clone().forget("u2"));
        assert!(run.forget("u1"));
        let What::Notice { title, text, data } = &run.what else { panic!("{run:?}") };
        assert_eq!((title.as_str(), text.as_str(), data), ("Budget of (erased)", "(erased) has used 80%, u12 less", &Value::Null));
        assert_eq!(run.deliveries[0].state, DeliveryState::Dead);
        assert_eq!(run.deliveries[1].state, DeliveryState::Waiting);
        assert!(!serde_json::to_string(&run).unwrap().contains("u1@"));
        assert!(!run.forget("u1"), "nothing is left");
    }

    #[test]
    fn a_file_tells_of_a_person_however_its_format_spells_it() {
        let user = "o\"neil & <co>";
        for file in ["<td>o&quot;neil &amp; &lt;co&gt;</td>", "1,\"o\"\"neil & <co>\",2", r#"{"user":"o\"neil & <co>"}"#] {
            assert!(file_tells_of(file, user), "{file}");
        }
        assert!(!file_tells_of("a,b,u12\r\n", "u1") && file_tells_of("a,u1\r\n", "u1"));
    }
}
