//! Reads an item's attributes as the types they stand for; a bad one is named.

use crate::{RecordError, Result};
use bytes::Bytes;
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::{Item, Value};

/// Time to live, in Unix seconds: the name that the table is told.
pub const EXPIRES_AT: &str = "expires_at";

/// The attributes of one item.
pub struct Attributes<'a>(pub &'a Item);

impl<'a> Attributes<'a> {
    pub fn malformed(&self, attribute: &'static str) -> RecordError {
        RecordError::Malformed { partition: self.0.key.partition.clone(), sort: self.0.key.sort.clone(), attribute }
    }

    pub fn text(&self, name: &'static str) -> Result<&'a str> {
        self.0.text(name).ok_or_else(|| self.malformed(name))
    }

    pub fn number<T: TryFrom<i64>>(&self, name: &'static str) -> Result<T> {
        self.0.number(name).and_then(|number| T::try_from(number).ok()).ok_or_else(|| self.malformed(name))
    }

    pub fn optional_number<T: TryFrom<i64>>(&self, name: &'static str) -> Result<Option<T>> {
        if self.0.attributes.contains_key(name) { self.number(name).map(Some) } else { Ok(None) }
    }

    pub fn time(&self, name: &'static str) -> Result<Timestamp> {
        self.number(name).map(Timestamp::from_millis)
    }

    pub fn optional_time(&self, name: &'static str) -> Result<Option<Timestamp>> {
        if self.0.attributes.contains_key(name) { self.time(name).map(Some) } else { Ok(None) }
    }

    pub fn optional_binary(&self, name: &'static str) -> Result<Option<Bytes>> {
        match self.0.attributes.get(name) {
            None => Ok(None),
            Some(Value::Binary(bytes)) => Ok(Some(bytes.clone())),
            Some(_) => Err(self.malformed(name)),
        }
    }

    pub fn tenant(&self, name: &'static str) -> Result<TenantId> {
        TenantId::new(self.text(name)?).map_err(|_| self.malformed(name))
    }

    pub fn project(&self, name: &'static str) -> Result<ProjectId> {
        ProjectId::new(self.text(name)?).map_err(|_| self.malformed(name))
    }

    pub fn hour_offset(&self) -> Result<HourOffset> {
        let minutes: u8 = self.number("hour_offset")?;
        HourOffset::from_minutes(minutes).ok_or_else(|| self.malformed("hour_offset"))
    }

    pub fn currency(&self) -> Result<Currency> {
        Currency::from_code(self.text("currency")?).ok_or_else(|| self.malformed("currency"))
    }
}

pub fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

pub fn time(time: Timestamp) -> Value {
    Value::Number(time.as_millis())
}

pub fn minutes(offset: HourOffset) -> Value {
    Value::Number(offset.minutes().into())
}

pub fn with_optional(item: Item, name: &str, value: Option<Value>) -> Item {
    match value {
        Some(value) => item.with(name, value),
        None => item,
    }
}
