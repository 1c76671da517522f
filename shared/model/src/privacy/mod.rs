//! Personal data and secrets, taken out of what is written before anything is kept: user ids become pseudonyms, texts lose what a rule
//! finds in them, and members that are named after a secret lose their value.
//!
//! The one place that decides: writes go through [`clean`] before a form reads them, reads map ids by the same [`Pseudonyms`]. The same
//! input always becomes the same output, and an output stays as it is, so that a repeat of an event is the same event (I4). What is never
//! touched: members that are numbers of an amount, a time or a count (a number is looked at only for being a payment card's), truths, and
//! ids that carry nothing personal; an id that does is replaced whole, never cut, because two ids must not become one.

mod address;
mod names;
mod number;
mod pseudonym;
mod text;
mod token;

pub use names::is_content;
pub use pseudonym::{PSEUDONYM_PREFIX, Pseudonyms};
pub use text::{RULES, Rule, redact};

use crate::accept::{Fault, Place};
use names::{Meaning, meaning};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Takes what is personal or secret out of an object's members; tells of each place where something was.
pub fn clean(members: &mut Map<String, Value>, place: &Place<'_>, pseudonyms: &Pseudonyms) -> Vec<Fault> {
    let is_of_a_person =
        ["event", "type"].iter().any(|name| matches!(members.get(*name), Some(Value::String(kind)) if kind.starts_with("user.")));
    let mut cleaner = Cleaner { pseudonyms, is_of_a_person, notices: Vec::new() };
    cleaner.object(members, place, Meaning::Text);
    cleaner.notices
}

/// Takes out what people wrote to a model and what it wrote to them; what needs its length has taken it before.
pub fn drop_content(members: &mut Map<String, Value>) {
    members.retain(|name, value| !(is_content(name) && matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))));
    members.values_mut().for_each(drop_content_within);
}

fn drop_content_within(value: &mut Value) {
    match value {
        Value::Object(members) => drop_content(members),
        Value::Array(items) => items.iter_mut().for_each(drop_content_within),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

struct Cleaner<'a> {
    pseudonyms: &'a Pseudonyms,
    /// Whether it is an event of a person, whose `name` is a person's.
    is_of_a_person: bool,
    notices: Vec<Fault>,
}

impl Cleaner<'_> {
    fn notice(&mut self, place: &Place<'_>, what: &str) {
        self.notices.push(Fault { pointer: place.pointer(), code: "redacted", message: what.to_owned() });
    }

    fn pseudonym(&mut self, id: &str, place: &Place<'_>, meaning: Meaning) -> Option<String> {
        let is_user = meaning == Meaning::User;
        let mapped = if is_user { self.pseudonyms.user_text(id) } else { self.pseudonyms.id(id) };
        let Cow::Owned(pseudonym) = mapped else { return None };
        // A tenant that has asked for all pseudonyms need not hear of each.
        if !(is_user && self.pseudonyms.are_for_all()) {
            self.notice(place, "replaced by a pseudonym");
        }
        Some(pseudonym)
    }

    fn object(&mut self, members: &mut Map<String, Value>, place: &Place<'_>, inherited: Meaning) {
        self.member_names(members, place);
        for (name, value) in members.iter_mut() {
            let own = match meaning(name) {
                Meaning::Text if inherited == Meaning::Version => Meaning::Version,
                Meaning::Text if self.is_of_a_person && name == "name" => Meaning::Personal("[name]"),
                own => own,
            };
            self.value(value, &Place::Member(place, name), own);
        }
    }

    /// Names may carry what values do: an object from addresses to counts.
    fn member_names(&mut self, members: &mut Map<String, Value>, place: &Place<'_>) {
        let found: Vec<(String, String)> = members
            .keys()
            .filter_map(|name| match redact(name, true) {
                Cow::Owned(redacted) => Some((name.clone(), redacted)),
                Cow::Borrowed(_) => None,
            })
            .collect();
        for (name, redacted) in found {
            let Some(value) = members.remove(&name) else { continue };
            let mut free = redacted.clone();
            let mut number = 2;
            while members.contains_key(&free) {
                free = format!("{redacted} {number}");
                number += 1;
            }
            // The pointer names the object: naming the member would tell what was taken out.
            self.notice(place, &format!("the name of a member is now {free}"));
            members.insert(free, value);
        }
    }

    fn value(&mut self, value: &mut Value, place: &Place<'_>, meaning: Meaning) {
        match (meaning, &mut *value) {
            // How many addresses or names there are is nobody's.
            (_, Value::Null | Value::Bool(_)) | (Meaning::Content, _) | (Meaning::Personal("[email]" | "[name]"), Value::Number(_)) => {}
            (Meaning::Personal(marker), Value::String(text)) if text == marker => {}
            (Meaning::Personal(marker), _) => {
                *value = Value::String(marker.to_owned());
                self.notice(place, &format!("replaced by {marker}"));
            }
            (Meaning::User | Meaning::Id, Value::String(text)) => {
                if let Some(pseudonym) = self.pseudonym(text, place, meaning) {
                    *text = pseudonym;
                }
            }
            (Meaning::User | Meaning::Id, Value::Number(number)) => {
                if let Some(pseudonym) = self.pseudonym(&number.to_string(), place, meaning) {
                    *value = Value::String(pseudonym);
                }
            }
            (_, Value::String(text)) => {
                if let Cow::Owned(redacted) = redact(text, meaning != Meaning::Version) {
                    *text = redacted;
                    self.notice(place, "personal data or a secret in it is redacted");
                }
            }
            (_, Value::Number(number)) => {
                if number.as_u64().is_some_and(number::is_card) {
                    *value = Value::String("[card]".to_owned());
                    self.notice(place, "replaced by [card]");
                }
            }
            (_, Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.value(item, &Place::Item(place, index), meaning);
                }
            }
            (_, Value::Object(members)) => self.object(members, place, meaning),
        }
    }
}

#[cfg(test)]
mod tests;
