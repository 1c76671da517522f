//! Events that services put straight onto the queue, or on the bus that leads to it: made into messages as `ingest` would have sent them.

use crate::Store;
use crate::delivery::{Content, Delivery, Malformed};
use model::message::Message;
use model::posted::{Owner, Posted};
use model::privacy::Pseudonyms;
use model::{TenantId, Timestamp};
use ports::Table;
use records::{RecordError, Tenant, tenant};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a tenant is believed to be as it was read.
const BELIEVED_MS: i64 = 60_000;
/// Tenants that are remembered at once.
const REMEMBERED: usize = 1024;

/// Why a delivery is not understood.
#[derive(Debug, thiserror::Error)]
pub enum NoMessage {
    /// It is at fault itself.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// This function was not told how to read events of services.
    #[error("events of services are not read here")]
    NotRead,
    /// Its tenant could not be looked up.
    #[error("the tenant was not read")]
    Tenant(#[source] RecordError),
}

/// The tenants that services write for, each believed until its time.
#[derive(Default)]
pub struct Tenants(Mutex<HashMap<TenantId, (Timestamp, Arc<Tenant>)>>);

impl Tenants {
    async fn of(&self, table: &dyn Table, id: &TenantId, now: Timestamp) -> Result<Option<Arc<Tenant>>, RecordError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).filter(|(until, _)| *until > now).cloned();
        if let Some((_, tenant)) = known {
            return Ok(Some(tenant));
        }
        let Some(read) = tenant::get(table, id).await?.map(Arc::new) else { return Ok(None) };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(id.clone(), (now.plus_millis(BELIEVED_MS), Arc::clone(&read)));
        Ok(Some(read))
    }
}

impl Store {
    /// The message of a delivery, and whether it is Weir's own.
    pub(crate) async fn message(&self, delivery: &Delivery) -> Result<(Message, bool), NoMessage> {
        match delivery.decode()? {
            Content::Message(message) => Ok((message, true)),
            Content::Posted(posted) => Ok((self.message_of(delivery, posted).await?, false)),
        }
    }

    async fn message_of(&self, delivery: &Delivery, posted: Posted) -> Result<Message, NoMessage> {
        let reading = self.reading.as_ref().ok_or(NoMessage::NotRead)?;
        let (id, now) = (delivery.tenant(&posted)?, self.clock.now());
        let tenant = self.tenants.of(&*self.table, &id, now).await.map_err(NoMessage::Tenant)?.ok_or(Malformed::NoSuchTenant)?;
        let pseudonyms = Pseudonyms::of(reading.pseudonym_secret.expose_secret().as_bytes(), &id, tenant.pseudonymous);
        let owner = Owner { tenant: &id, hour_offset: tenant.hour_offset, currency: tenant.currency, pseudonyms: &pseudonyms };
        Ok(delivery.read(posted, owner, (&reading.retention, now))?)
    }
}
