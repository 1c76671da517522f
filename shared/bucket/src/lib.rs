//! The bucket port on S3.
