//! The table port on `DynamoDB`: one table, keys `pk` and `sk`, the sparse index `pending`.
//!
//! Limits are enforced before the call (I11). Nothing here knows what the items mean.

mod attributes;
mod batches;
mod calls;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use std::sync::OnceLock;
use std::time::Duration;

/// A table of `DynamoDB`.
#[derive(Debug)]
pub struct DynamoDb {
    name: String,
    config: SdkConfig,
    client: OnceLock<Client>,
    pauses: [Duration; 5],
}

impl DynamoDb {
    /// The table of this name. The client is made at the first call, so that a function that needs none does not pay for it.
    #[must_use]
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { name: name.into(), config: config.clone(), client: OnceLock::new(), pauses: batches::PAUSES }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(&self.config))
    }
}
