//! What AI usage costs whom: a tenant's prices, remembered for a minute. A price that is set meanwhile is missed for so long; settling works
//! every cost out anew.

use model::{TenantId, Timestamp};
use ports::{Read, Table};
use records::{Configuration, RecordError, price};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a tenant's prices are believed.
const BELIEVED_MS: i64 = 60_000;
/// Tenants that are remembered at once: a book of prices of one's own is a copy of the built-in one, some hundred kilobytes.
const REMEMBERED: usize = 64;

/// The prices of tenants, each believed until its time.
#[derive(Default)]
pub struct Prices(Mutex<HashMap<TenantId, (Timestamp, Arc<Configuration>)>>);

impl Prices {
    /// The prices of a tenant.
    pub async fn of(&self, table: &dyn Table, tenant: &TenantId, now: Timestamp) -> Result<Arc<Configuration>, RecordError> {
        if let Some(known) = self.known(tenant, now) {
            return Ok(known);
        }
        let read = Arc::new(price::configuration(table, tenant, Read::Eventual).await?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(tenant.clone(), (now.plus_millis(BELIEVED_MS), Arc::clone(&read)));
        Ok(read)
    }

    fn known(&self, tenant: &TenantId, now: Timestamp) -> Option<Arc<Configuration>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(tenant).filter(|(until, _)| *until > now).map(|(_, prices)| Arc::clone(prices))
    }
}
