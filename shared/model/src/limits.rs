//! AWS's limits and Weir's own, as constants in one place, each with its source. They are enforced before the call (I11).

/// Messages in one SQS request. <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
pub const SQS_BATCH_MESSAGES: usize = 10;
/// Bytes of all messages of one SQS request, and so of one message: the quota that queues are made with by default (same page).
pub const SQS_BATCH_BYTES: usize = 256 * 1024;
/// Seconds for which SQS keeps a message back. <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
pub const SQS_DELAY_SECONDS: u32 = 900;
/// Bytes of a message that SES sends, encoded. <https://docs.aws.amazon.com/ses/latest/dg/quotas.html>
pub const SES_MESSAGE_BYTES: usize = 40 * 1024 * 1024;
/// SQS bills each started 64 KiB of a request as a request. <https://aws.amazon.com/sqs/pricing/>
pub const SQS_BILLED_BYTES: usize = 64 * 1024;
/// A synchronous Lambda payload. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub const LAMBDA_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;
/// A Lambda function's environment, names and values together (same page).
pub const LAMBDA_ENVIRONMENT_BYTES: usize = 4 * 1024;
/// An HTTP API request's body. <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
pub const API_GATEWAY_BODY_BYTES: usize = 10 * 1024 * 1024;
/// Seconds after which an HTTP API gives up on an integration (same page).
pub const API_GATEWAY_TIMEOUT_S: u64 = 30;
/// One `DynamoDB` item. <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub const DYNAMODB_ITEM_BYTES: usize = 400 * 1024;
/// One page of a `DynamoDB` query (same page).
pub const DYNAMODB_PAGE_BYTES: usize = 1024 * 1024;
/// Items of one `DynamoDB` batch write; at their largest they stay under its limit of 16 MB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
pub const DYNAMODB_BATCH_ITEMS: usize = 25;
/// Keys of one `DynamoDB` batch get; what passes 16 MB of items is asked for again.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
pub const DYNAMODB_BATCH_KEYS: usize = 100;
/// A `DynamoDB` partition key (same page).
pub const DYNAMODB_PARTITION_KEY_BYTES: usize = 2048;
/// A `DynamoDB` sort key (same page).
pub const DYNAMODB_SORT_KEY_BYTES: usize = 1024;

/// A partial whose item would be larger is written without its state, and readers fold its segment (I11).
pub const PARTIAL_BYTES: usize = 300 * 1024;
/// The value of a dimension; a longer one is cut, and kept whole among the event's properties (I11).
pub const DIMENSION_BYTES: usize = 256;
/// An id that a client chose (event, request, transaction, batch, session, user).
pub const ID_BYTES: usize = 256;
/// A tenant's or a project's id, which become parts of keys.
pub const NAME_BYTES: usize = 64;
/// Events of one batch.
pub const BATCH_EVENTS: usize = 500;
/// A batch's body after decompression.
pub const BATCH_BYTES: usize = 1_000_000;
/// One event of a batch, as JSON.
pub const EVENT_BYTES: usize = 32 * 1024;
/// A part of a multipart upload to S3, but for the last. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
pub const S3_PART_BYTES: usize = 5 * 1024 * 1024;
