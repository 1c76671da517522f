//! Taking an object's members one by one: each is checked as it is taken, every fault is noted, and what nobody takes is kept.

use super::fault::{Fault, Place};
use crate::limits::DIMENSION_BYTES;
use crate::money::Decimal;
use crate::privacy::{self, Pseudonyms};
use crate::{Timestamp, UserId};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The members that were asked for, as JSON pointers.
pub type Asked = RefCell<BTreeSet<String>>;

/// What an object around the one that is read may say instead of it: what every write may say.
const AROUND: [&str; 10] =
    ["eventId", "userId", "sessionId", "session", "projectId", "timestamp", "plan", "userPlan", "planTier", "planId"];

/// The object around the one that is read.
struct Around<'a> {
    members: Map<String, Value>,
    place: Place<'a>,
    /// What was taken of it: where faults of these are.
    taken: BTreeSet<String>,
}

/// An object's members, and what was found wrong with those already taken.
pub struct Fields<'a> {
    members: Map<String, Value>,
    place: Place<'a>,
    around: Option<Around<'a>>,
    asked: Option<&'a Asked>,
    /// What is wrong: the event cannot be accepted.
    pub faults: Vec<Fault>,
    /// What was changed so that it can.
    pub notices: Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// The members of the object at a place.
    #[must_use]
    pub fn new(members: Map<String, Value>, place: Place<'a>) -> Self {
        Self { members, place, around: None, asked: None, faults: Vec::new(), notices: Vec::new() }
    }

    /// The same, noting every member that is asked for; objects that are not there are visited as empty ones.
    #[must_use]
    pub fn noting(members: Map<String, Value>, place: Place<'a>, asked: &'a Asked) -> Self {
        Self { asked: Some(asked), ..Self::new(members, place) }
    }

    /// The members of an inner object, which stands at `place`. What it does not say of what every write may say is taken from around it.
    #[must_use]
    pub fn within(mut self, name: &str, place: Place<'a>) -> Self {
        let inner = match self.members.remove(name) {
            Some(Value::Object(inner)) => inner,
            _ => Map::new(),
        };
        let around = Around { members: self.members, place: self.place, taken: BTreeSet::new() };
        Self { members: inner, place, around: Some(around), ..self }
    }

    /// Its kind: its `type`, or else its `event`, of the object around this one where there is one.
    pub fn kind(&mut self) -> Option<String> {
        const NAMES: [&str; 2] = ["type", "event"];
        let Some(mut around) = self.around.take() else { return self.first_dimension(&NAMES) };
        self.swap(&mut around);
        let kind = self.first_dimension(&NAMES);
        self.swap(&mut around);
        around.taken.extend(NAMES.map(str::to_owned));
        self.around = Some(around);
        kind
    }

    fn swap(&mut self, around: &mut Around<'a>) {
        std::mem::swap(&mut self.members, &mut around.members);
        std::mem::swap(&mut self.place, &mut around.place);
    }

    fn note(&self, name: &str) {
        let Some(asked) = self.asked else { return };
        asked.borrow_mut().insert(Place::Member(&self.place, name).pointer());
        if let Some(around) = self.around.as_ref().filter(|_| AROUND.contains(&name)) {
            asked.borrow_mut().insert(Place::Member(&around.place, name).pointer());
        }
    }

    fn pointer(&self, name: &str) -> String {
        let around = self.around.as_ref().filter(|around| around.taken.contains(name));
        Place::Member(around.map_or(&self.place, |around| &around.place), name).pointer()
    }

    /// Notes a fault of a member.
    pub fn fault(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        let pointer = self.pointer(name);
        self.faults.push(Fault { pointer, code, message: message.into() });
    }

    fn notice(&mut self, name: &str, code: &'static str, message: &str) {
        let pointer = self.pointer(name);
        self.notices.push(Fault { pointer, code, message: message.to_owned() });
    }

    /// The members of an object as a client has sent it, with what is personal or secret in them taken out.
    #[must_use]
    pub fn cleaned(mut members: Map<String, Value>, place: Place<'a>, pseudonyms: &Pseudonyms) -> Self {
        let notices = privacy::clean(&mut members, &place, pseudonyms);
        Self { notices, ..Self::new(members, place) }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.note(name);
        let own = self.members.remove(name).filter(|value| !value.is_null());
        let Some(around) = self.around.as_mut().filter(|_| own.is_none() && AROUND.contains(&name)) else { return own };
        let value = around.members.remove(name).filter(|value| !value.is_null())?;
        around.taken.insert(name.to_owned());
        Some(value)
    }

    /// Notes that a member which must be there is not, unless another fault already says why.
    pub fn require<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        let pointer = self.pointer(name);
        if value.is_none() && !self.faults.iter().any(|fault| fault.pointer == pointer) {
            self.fault(name, "required", format!("{name} is required"));
        }
        value
    }

    /// A dimension's value: text, number or truth as text. Longer than a dimension may be, it is cut and kept whole where it was.
    pub fn dimension(&mut self, name: &str) -> Option<String> {
        let text = match self.take(name)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.fault(name, "not_text", format!("{name} must be text"));
                return None;
            }
        };
        if text.is_empty() {
            return None;
        }
        if text.len() <= DIMENSION_BYTES {
            return Some(text);
        }
        let cut = text[..text.floor_char_boundary(DIMENSION_BYTES)].to_owned();
        self.notice(name, "cut", "counted by its first 256 bytes, and kept whole among the event's properties");
        self.members.insert(name.to_owned(), Value::String(text));
        Some(cut)
    }

    /// The first of these members that is there, as a dimension; for names that mean one thing.
    pub fn first_dimension(&mut self, names: &[&str]) -> Option<String> {
        let found: Vec<String> = names.iter().filter_map(|name| self.dimension(name)).collect();
        found.into_iter().next()
    }

    /// The first of these members that is there, as an id; for names that mean one thing.
    pub fn first_id(&mut self, names: &[&str]) -> Option<String> {
        let found: Vec<String> = names.iter().filter_map(|name| self.id(name)).collect();
        found.into_iter().next()
    }

    /// An id that the client chose: text or a whole number, short, without control characters.
    pub fn id(&mut self, name: &str) -> Option<String> {
        let text = match self.take(name)? {
            Value::String(text) => text,
            Value::Number(number) if !number.is_f64() => number.to_string(),
            _ => {
                self.fault(name, "not_text", format!("{name} must be text"));
                return None;
            }
        };
        match UserId::new(text) {
            Ok(id) => Some(id.into()),
            Err(error) => {
                let code = if matches!(error, crate::IdError::TooLong { .. }) { "too_long" } else { "bad_id" };
                self.fault(name, code, format!("{name} {error}"));
                None
            }
        }
    }

    /// A moment: ISO 8601 text, or a number of milliseconds since 1970.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        let value = self.take(name)?;
        let moment = match &value {
            Value::String(text) => parse_time(text),
            Value::Number(number) => number.as_i64().map(Timestamp::from_millis),
            _ => None,
        };
        let moment = moment.filter(|moment| PLAUSIBLE.contains(&moment.as_millis()));
        if moment.is_none() {
            self.fault(name, "bad_time", format!("{name} must be an ISO 8601 date-time, or milliseconds since 1970, from 1970 to 2200"));
        }
        moment
    }

    /// A whole number from 0 on.
    pub fn count(&mut self, name: &str) -> Option<i64> {
        let value = self.take(name)?;
        let whole = match &value {
            // 12.0 is how some languages write 12.
            Value::Number(number) => number.as_i64().or_else(|| Decimal::parse(&number.to_string(), 0).and_then(|n| i64::try_from(n).ok())),
            _ => None,
        };
        let count = whole.filter(|count| (0..=MOST).contains(count));
        if count.is_none() {
            self.fault(name, "not_a_count", format!("{name} must be a whole number from 0 to {MOST}"));
        }
        count
    }

    /// A member that is a count, or an object that `read` reads.
    pub fn count_or<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<CountOr<T>> {
        match self.members.get(name) {
            Some(Value::Object(_)) => self.object(name, read).map(CountOr::Object),
            None if self.asked.is_some() => self.object(name, read).map(CountOr::Object),
            _ => self.count(name).map(CountOr::Count),
        }
    }

    /// How many characters a text has, or all texts within what is sent in its place: the text itself is kept nowhere.
    pub fn length(&mut self, name: &str) -> Option<i64> {
        let value = self.take(name)?;
        i64::try_from(characters(&value)).ok()
    }

    /// A decimal number (or its text) as an integer of `scale` digits after the point; what is finer is rounded, and its sender told.
    pub fn decimal(&mut self, name: &str, scale: u32) -> Option<i64> {
        let value = self.take(name)?;
        let text = match &value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => String::new(),
        };
        let (units, is_exact) = match Decimal::parse(&text, scale) {
            Some(units) => (Some(units), true),
            None => (Decimal::parse_rounded(&text, scale), false),
        };
        let units = units.and_then(|units| i64::try_from(units).ok());
        match units {
            None => self.fault(name, "not_a_number", format!("{name} must be a number of at most {} digits before the point", 18 - scale)),
            Some(_) if !is_exact => self.notice(name, "rounded", &format!("rounded to {scale} digits after the point")),
            Some(_) => {}
        }
        units
    }

    /// As [`Self::decimal`], and not below 0.
    pub fn amount(&mut self, name: &str, scale: u32) -> Option<i64> {
        let units = self.decimal(name, scale)?;
        if units < 0 {
            self.fault(name, "negative", format!("{name} must not be negative"));
            return None;
        }
        Some(units)
    }

    /// Reads a member that is an object; what `read` leaves of it is kept.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let members = match self.take(name) {
            Some(Value::Object(members)) => members,
            None if self.asked.is_some() => Map::new(),
            None => return None,
            Some(_) => {
                self.fault(name, "not_an_object", format!("{name} must be an object"));
                return None;
            }
        };
        let parent = self.place;
        let mut inner = Fields { asked: self.asked, ..Fields::new(members, Place::Member(&parent, name)) };
        let answer = read(&mut inner);
        let Fields { members, faults, notices, .. } = inner;
        self.faults.extend(faults);
        self.notices.extend(notices);
        if !members.is_empty() {
            self.members.insert(name.to_owned(), Value::Object(members));
        }
        Some(answer)
    }

    /// What nobody took, as the text of one JSON object: the members of `properties` and `metadata`, and everything unknown.
    #[must_use]
    pub fn rest(mut self) -> Option<String> {
        for (name, value) in self.around.take().into_iter().flat_map(|around| around.members) {
            self.members.entry(name).or_insert(value);
        }
        for name in ["metadata", "properties"] {
            if let Some(Value::Object(inner)) = self.members.remove(name) {
                for (name, value) in inner {
                    self.members.entry(name).or_insert(value);
                }
            }
        }
        privacy::drop_content(&mut self.members);
        if self.members.is_empty() { None } else { Some(Value::Object(self.members).to_string()) }
    }
}

/// A count, or what an object said in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountOr<T> {
    /// A number.
    Count(i64),
    /// An object.
    Object(T),
}

fn characters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.iter().map(characters).sum(),
        Value::Object(members) => members.values().map(characters).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Far below where sums of billions of them would leave 128 bits.
const MOST: i64 = 1_000_000_000_000_000;
/// From 1970 to 2200: what an event may say of its time, whatever else is checked later.
const PLAUSIBLE: std::ops::Range<i64> = 0..7_258_118_400_000;

/// A date-time with an offset, without one (UTC is meant), or a date (its first moment).
fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc().into());
    }
    if let Ok(moment) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(moment.and_utc().into());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().into())
}
