//! Items as `DynamoDB` spells them.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use ports::{Item, Key, PortError, Result, Value};
use std::collections::HashMap;

/// An item's attributes, as the client gives and takes them.
pub type Attributes = HashMap<String, AttributeValue>;

/// An attribute that Weir never writes.
#[derive(Debug, thiserror::Error)]
#[error("the attribute {name} is of a kind that the table does not hold")]
struct Unknown {
    name: String,
}

pub fn of_key(key: &Key) -> Attributes {
    HashMap::from([("pk".to_owned(), AttributeValue::S(key.partition.clone())), ("sk".to_owned(), AttributeValue::S(key.sort.clone()))])
}

pub fn of_item(item: Item) -> Attributes {
    let mut attributes = of_key(&item.key);
    attributes.extend(item.attributes.into_iter().map(|(name, value)| (name, written(value))));
    attributes
}

pub fn item(mut attributes: Attributes) -> Result<Item> {
    let key = key(&mut attributes)?;
    let mut item = Item::new(key);
    for (name, value) in attributes {
        let value = read(value).ok_or_else(|| unknown(&name))?;
        item.attributes.insert(name, value);
    }
    Ok(item)
}

/// The key among an item's attributes, taken out of them. What else an index's key holds stays.
pub fn key(attributes: &mut Attributes) -> Result<Key> {
    let mut part = |name: &str| match attributes.remove(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(unknown(name)),
    };
    Ok(Key { partition: part("pk")?, sort: part("sk")? })
}

fn written(value: Value) -> AttributeValue {
    match value {
        Value::Text(text) => AttributeValue::S(text),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Binary(bytes) => AttributeValue::B(Blob::new(Vec::from(bytes))),
        Value::Bool(bool) => AttributeValue::Bool(bool),
        Value::List(values) => AttributeValue::L(values.into_iter().map(written).collect()),
        Value::Map(values) => AttributeValue::M(values.into_iter().map(|(name, value)| (name, written(value))).collect()),
    }
}

fn read(value: AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::S(text) => Value::Text(text),
        AttributeValue::N(number) => Value::Number(number.parse().ok()?),
        AttributeValue::B(bytes) => Value::Binary(Bytes::from(bytes.into_inner())),
        AttributeValue::Bool(bool) => Value::Bool(bool),
        AttributeValue::L(values) => Value::List(values.into_iter().map(read).collect::<Option<_>>()?),
        AttributeValue::M(values) => Value::Map(values.into_iter().map(|(name, value)| Some((name, read(value)?))).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn unknown(name: &str) -> PortError {
    PortError::Refused { service: "table", source: Box::new(Unknown { name: name.to_owned() }) }
}
