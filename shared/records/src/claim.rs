//! Claims (I4): when an id first arrived, so that a time or a correction of a clock that depends on the arrival is the same for a retry,
//! and the event counts once. An id may be made of a user's: the key is a hash of it.

use crate::attributes::{Attributes, EXPIRES_AT, time};
use crate::{Made, Result, put_first};
use model::{TenantId, Timestamp};
use ports::{Item, Key, Table, Value};
use sha2::{Digest, Sha256};

/// How long a claim holds, at least: the table's own clean-up may take days more.
const HOLDS_SECONDS: i64 = 48 * 3600;

/// Claims an id: answers when it first arrived, which is `now` unless it came before.
///
/// # Errors
/// Where the table does not answer, or the claim that is there is malformed.
pub async fn first_arrival(table: &dyn Table, tenant: &TenantId, id: &str, now: Timestamp) -> Result<Timestamp> {
    let item = Item::new(Key::new(format!("T#{tenant}#I"), hex::encode(Sha256::digest(id))))
        .with("first_arrival", time(now))
        .with(EXPIRES_AT, Value::Number(now.as_seconds() + HOLDS_SECONDS));
    match put_first(table, item).await?.read(|first| Attributes(first).time("first_arrival"))? {
        Made::New => Ok(now),
        Made::Before(first) => Ok(first),
    }
}
