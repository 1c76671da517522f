//! Writes reports to the bucket.
