//! The bucket port on S3. Nothing here knows what the objects mean.

use async_trait::async_trait;
use aws::port_error;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use ports::{Bucket, ObjectInfo, PortError, Result};
use std::sync::OnceLock;

const SERVICE: &str = "bucket";

/// A bucket of S3.
#[derive(Debug)]
pub struct S3 {
    name: String,
    config: SdkConfig,
    client: OnceLock<Client>,
}

impl S3 {
    /// The bucket of this name. The client is made at the first call, so that a function that needs none does not pay for it.
    #[must_use]
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self { name: name.into(), config: config.clone(), client: OnceLock::new() }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            // TLS and the signed hash of the body guard what is sent; Parquet pages have checksums of their own. A third sum costs CPU.
            let config = Builder::from(&self.config)
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
            Client::from_conf(config.build())
        })
    }
}

#[async_trait]
impl Bucket for S3 {
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<()> {
        let call = self.client().put_object().bucket(&self.name).key(key).content_type(content_type).body(ByteStream::from(body));
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let answer = match self.client().get_object().bucket(&self.name).key(key).send().await {
            Err(SdkError::ServiceError(refusal)) if refusal.err().is_no_such_key() => return Ok(None),
            answer => answer.map_err(|error| port_error(SERVICE, error))?,
        };
        let body = answer.body.collect().await;
        body.map(|body| Some(body.into_bytes())).map_err(|error| PortError::Unavailable { service: SERVICE, source: Box::new(error) })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ObjectInfo>> {
        let mut pages = self.client().list_objects_v2().bucket(&self.name).prefix(prefix).into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| port_error(SERVICE, error))?;
            found.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| {
                let size_bytes = object.size.and_then(|size| u64::try_from(size).ok())?;
                Some(ObjectInfo { key: object.key?, size_bytes })
            }));
        }
        Ok(found)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        let call = self.client().delete_object().bucket(&self.name).key(key);
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }
}
