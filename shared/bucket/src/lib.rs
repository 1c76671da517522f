//! The bucket port on S3. Nothing here knows what the objects mean.

use async_trait::async_trait;
use aws::port_error;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use ports::{Bucket, Links, ObjectInfo, PortError, Result, Uploads};
use std::ops::Range;
use std::sync::OnceLock;
use std::time::Duration;

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

    async fn read(&self, key: &str, range: Option<String>) -> Result<Option<Bytes>> {
        let answer = match self.client().get_object().bucket(&self.name).key(key).set_range(range).send().await {
            Err(SdkError::ServiceError(refusal)) if refusal.err().is_no_such_key() => return Ok(None),
            answer => answer.map_err(|error| port_error(SERVICE, error))?,
        };
        let body = answer.body.collect().await;
        body.map(|body| Some(body.into_bytes())).map_err(|error| PortError::Unavailable { service: SERVICE, source: Box::new(error) })
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
impl Links for S3 {
    async fn link(&self, key: &str, seconds: u32) -> Result<String> {
        let refused = |source: Box<dyn std::error::Error + Send + Sync>| PortError::Refused { service: SERVICE, source };
        let signing = PresigningConfig::expires_in(Duration::from_secs(seconds.into())).map_err(|error| refused(Box::new(error)))?;
        let signed = self.client().get_object().bucket(&self.name).key(key).presigned(signing).await;
        signed.map(|request| request.uri().to_owned()).map_err(|error| port_error(SERVICE, error))
    }
}

#[async_trait]
impl Uploads for S3 {
    async fn begin(&self, key: &str, content_type: &str) -> Result<String> {
        let call = self.client().create_multipart_upload().bucket(&self.name).key(key).content_type(content_type);
        let begun = call.send().await.map_err(|error| port_error(SERVICE, error))?;
        begun.upload_id.ok_or_else(|| PortError::Refused { service: SERVICE, source: "the upload has no id".into() })
    }

    async fn part(&self, key: &str, upload: &str, (number, body): (i32, Bytes)) -> Result<String> {
        let call = self.client().upload_part().bucket(&self.name).key(key).upload_id(upload).part_number(number);
        let part = call.body(ByteStream::from(body)).send().await.map_err(|error| port_error(SERVICE, error))?;
        part.e_tag.ok_or_else(|| PortError::Refused { service: SERVICE, source: "the part has no tag".into() })
    }

    async fn complete(&self, key: &str, upload: &str, parts: &[String]) -> Result<()> {
        let part = |(number, tag): (i32, &String)| CompletedPart::builder().part_number(number).e_tag(tag).build();
        let parts = CompletedMultipartUpload::builder().set_parts(Some((1..).zip(parts).map(part).collect())).build();
        let call = self.client().complete_multipart_upload().bucket(&self.name).key(key).upload_id(upload).multipart_upload(parts);
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }

    async fn abort(&self, key: &str, upload: &str) -> Result<()> {
        match self.client().abort_multipart_upload().bucket(&self.name).key(key).upload_id(upload).send().await {
            Err(SdkError::ServiceError(refusal)) if refusal.err().is_no_such_upload() => Ok(()),
            answer => answer.map(drop).map_err(|error| port_error(SERVICE, error)),
        }
    }
}

#[async_trait]
impl Bucket for S3 {
    async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<()> {
        let call = self.client().put_object().bucket(&self.name).key(key).content_type(content_type).body(ByteStream::from(body));
        call.send().await.map(drop).map_err(|error| port_error(SERVICE, error))
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.read(key, None).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        if range.is_empty() {
            return Err(PortError::Refused { service: SERVICE, source: "the range is empty".into() });
        }
        self.read(key, Some(format!("bytes={}-{}", range.start, range.end - 1))).await
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
