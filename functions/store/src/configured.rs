//! What a tenant's events are counted by, remembered for a minute: what its AI usage costs, and who is erased. What changes meanwhile is missed
//! for so long; settling works every cost out anew, and erases.

use model::price::PriceBook;
use model::{Family, TenantId, Timestamp};
use ports::{Read, Table};
use records::{Configuration, RecordError, erasure, price};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a tenant's configuration is believed.
const BELIEVED_MS: i64 = 60_000;
/// Configurations that are remembered at once: a book of prices of one's own is a copy of the built-in one, some hundred kilobytes.
const REMEMBERED: usize = 64;

/// Whose it is, and whether its prices were read.
type Of = (TenantId, bool);

/// The configurations of tenants, each believed until its time.
#[derive(Default)]
pub struct Configured(Mutex<HashMap<Of, (Timestamp, Arc<Configuration>)>>);

impl Configured {
    /// The configuration of a tenant, as far as it has to do with a family: only AI usage is priced.
    pub async fn of(
        &self,
        table: &dyn Table,
        (tenant, family): (&TenantId, Family),
        now: Timestamp,
    ) -> Result<Arc<Configuration>, RecordError> {
        let of = (tenant.clone(), family == Family::Ai);
        if let Some(known) = self.known(&of, now) {
            return Ok(known);
        }
        let read = Arc::new(if family == Family::Ai {
            price::configuration(table, tenant, Read::Eventual).await?
        } else {
            let erasures = erasure::people(table, tenant, Read::Eventual).await?;
            Configuration { revision: 0, book: Cow::Borrowed(PriceBook::builtin()), erasures }
        });
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(of, (now.plus_millis(BELIEVED_MS), Arc::clone(&read)));
        Ok(read)
    }

    fn known(&self, of: &Of, now: Timestamp) -> Option<Arc<Configuration>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(of).filter(|(until, _)| *until > now).map(|(_, configuration)| Arc::clone(configuration))
    }
}
