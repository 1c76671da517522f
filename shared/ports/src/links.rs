//! Links that open what is in the bucket, for a while and for whoever has them.

use crate::Result;
use async_trait::async_trait;

/// How long a link opens what it leads to, in seconds: a day. On Lambda it ends with the function's own credentials, if that is sooner.
pub const LINK_SECONDS: u32 = 24 * 3600;

/// Makes links to objects.
#[async_trait]
pub trait Links: Send + Sync {
    /// A link that opens this object for so many seconds, and whether or not there is one.
    async fn link(&self, key: &str, seconds: u32) -> Result<String>;
}
