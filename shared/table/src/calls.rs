//! The port's calls.

use crate::DynamoDb;
use crate::attributes::{self, Attributes};
use async_trait::async_trait;
use aws::port_error;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use ports::{Added, Condition, Item, Key, Page, PortError, Projection, Put, Range, Read, Result, Table, check_items};

const SERVICE: &str = "table";
/// The sparse index of unsettled work: hash key of the same name, range key `pk`.
const INDEX: &str = "pending";

#[async_trait]
impl Table for DynamoDb {
    async fn get(&self, key: &Key, read: Read) -> Result<Option<Item>> {
        let call =
            self.client().get_item().table_name(&self.name).set_key(Some(attributes::of_key(key))).consistent_read(read == Read::Strong);
        let answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
        answer.item.map(attributes::item).transpose()
    }

    async fn get_many(&self, keys: &[Key], read: Read) -> Result<Vec<Item>> {
        self.get_batches(keys, read).await
    }

    async fn put(&self, item: Item, condition: Condition) -> Result<Put> {
        item.check_limits()?;
        let call = self.client().put_item().table_name(&self.name).set_item(Some(attributes::of_item(item)));
        let call = match condition {
            Condition::Always => call,
            Condition::Absent => call.condition_expression("attribute_not_exists(pk)"),
            Condition::NumberIs { attribute, value } => call
                .condition_expression("#n = :n")
                .expression_attribute_names("#n", attribute)
                .expression_attribute_values(":n", number(value)),
        };
        match call.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld).send().await {
            Ok(_) => Ok(Put::Written),
            Err(error) => match refused_put(error)? {
                Some(there) => attributes::item(there).map(|there| Put::Refused(Some(there))),
                None => Ok(Put::Refused(None)),
            },
        }
    }

    async fn put_many(&self, items: Vec<Item>) -> Result<()> {
        check_items(&items)?;
        self.put_batches(items).await
    }

    async fn add(&self, key: &Key, attribute: &'static str, amount: i64, ceiling: Option<i64>, expires_at: i64) -> Result<Added> {
        key.check_limits()?;
        let current = |item: Option<Item>| item.and_then(|item| item.number(attribute)).unwrap_or(0);
        let room = ceiling.map(|ceiling| ceiling.saturating_sub(amount));
        if room.is_some_and(|room| room < 0) {
            // No counter has so much room, not even one that is not there yet.
            return Ok(Added::OverCeiling(current(self.get(key, Read::Strong).await?)));
        }
        let mut call = self
            .client()
            .update_item()
            .table_name(&self.name)
            .set_key(Some(attributes::of_key(key)))
            .update_expression("SET expires_at = :expires ADD #n :amount")
            .expression_attribute_names("#n", attribute)
            .expression_attribute_values(":expires", number(expires_at))
            .expression_attribute_values(":amount", number(amount))
            .return_values(ReturnValue::UpdatedNew);
        if let Some(room) = room {
            call = call
                .condition_expression("attribute_not_exists(#n) OR #n <= :room")
                .expression_attribute_values(":room", number(room))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        }
        match call.send().await {
            Ok(answer) => match answer.attributes.as_ref().and_then(|changed| changed.get(attribute)?.as_n().ok()?.parse().ok()) {
                Some(sum) => Ok(Added::To(sum)),
                None => Err(PortError::Refused { service: SERVICE, source: "the answer has no sum".into() }),
            },
            Err(error) => {
                let there = refused_update(error)?.map(attributes::item).transpose()?;
                Ok(Added::OverCeiling(current(there)))
            }
        }
    }

    async fn query(&self, partition: &str, range: &Range, projection: Projection, read: Read, after: Option<&Key>) -> Result<Page> {
        let call = self.client().query().table_name(&self.name).consistent_read(read == Read::Strong);
        let call = within(call.expression_attribute_values(":pk", text(partition)), range);
        let call = match projection {
            Projection::All => call,
            Projection::Only(names) => {
                // Stand-ins, because `state` and many other names are words of DynamoDB's own.
                let stand_ins: Vec<String> = (0..names.len()).map(|index| format!("#a{index}")).collect();
                let projected = ["pk", "sk"].into_iter().chain(stand_ins.iter().map(String::as_str)).collect::<Vec<_>>().join(", ");
                let pairs = stand_ins.iter().zip(names);
                pairs.fold(call.projection_expression(projected), |call, (stand_in, name)| call.expression_attribute_names(stand_in, *name))
            }
        };
        let answer =
            call.set_exclusive_start_key(after.map(attributes::of_key)).send().await.map_err(|error| port_error(SERVICE, error))?;
        page(answer.items.unwrap_or_default(), answer.last_evaluated_key)
    }

    async fn pending(&self, shard: &str, after: Option<&Key>) -> Result<Page> {
        let start = after.map(|key| {
            let mut start = attributes::of_key(key);
            start.insert(INDEX.to_owned(), text(shard));
            start
        });
        let call = self
            .client()
            .query()
            .table_name(&self.name)
            .index_name(INDEX)
            .key_condition_expression("pending = :shard")
            .expression_attribute_values(":shard", text(shard))
            .set_exclusive_start_key(start);
        let answer = call.send().await.map_err(|error| port_error(SERVICE, error))?;
        let items = answer.items.unwrap_or_default().into_iter().map(|mut item| {
            item.remove(INDEX);
            item
        });
        page(items.collect(), answer.last_evaluated_key)
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let call = self.client().delete_item().table_name(&self.name).set_key(Some(attributes::of_key(key)));
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }

    async fn delete_many(&self, keys: &[Key]) -> Result<()> {
        self.delete_batches(keys).await
    }
}

fn within(call: QueryFluentBuilder, range: &Range) -> QueryFluentBuilder {
    match range {
        Range::All => call.key_condition_expression("pk = :pk"),
        Range::Prefix(prefix) => {
            call.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)").expression_attribute_values(":prefix", text(prefix))
        }
        Range::Between(first, last) => call
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last)),
    }
}

fn page(items: Vec<Attributes>, last: Option<Attributes>) -> Result<Page> {
    let next = last.map(|mut last| attributes::key(&mut last)).transpose()?;
    Ok(Page { items: items.into_iter().map(attributes::item).collect::<Result<_>>()?, next })
}

/// The item that was in the way of a conditional put, or the error that the put met instead.
fn refused_put(error: SdkError<PutItemError>) -> Result<Option<Attributes>> {
    match error {
        SdkError::ServiceError(refusal) if refusal.err().is_conditional_check_failed_exception() => match refusal.into_err() {
            PutItemError::ConditionalCheckFailedException(refusal) => Ok(refusal.item),
            _ => Ok(None),
        },
        error => Err(port_error(SERVICE, error)),
    }
}

/// As [`refused_put`], for an update.
fn refused_update(error: SdkError<UpdateItemError>) -> Result<Option<Attributes>> {
    match error {
        SdkError::ServiceError(refusal) if refusal.err().is_conditional_check_failed_exception() => match refusal.into_err() {
            UpdateItemError::ConditionalCheckFailedException(refusal) => Ok(refusal.item),
            _ => Ok(None),
        },
        error => Err(port_error(SERVICE, error)),
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
