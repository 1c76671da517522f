//! Reports that are due or asked for: found by a tick, made, kept under one key, and delivered by mail and to webhooks.
//!
//! What a report, a schedule and a delivery are, and when anything of them is due, is decided in the crate `reports`; here it is carried out.
//! Every step is written down before and after it is taken, over the version that was read, and any work may be delivered twice: whoever
//! finds that nothing is due does nothing. What is lost on the way (a message, the function itself) a later tick finds again.

mod courier;
mod deliver;
mod mail;
mod make;
mod schedule;

pub use courier::{Courier, HttpCourier, Letter};
pub use mail::{Mail, Mailer, NoMailer, Ses};

use ::reports::run::Patience;
use ::reports::target::Loopback;
use model::TenantId;
use ports::{Bucket, Clock, Links, PortError, Queue, Table};
use reader::{ReadError, Reader};
use records::{Due, Errand, RecordError, Shelf};
use std::sync::Arc;

/// What reports work with.
#[derive(Clone)]
pub struct Reports {
    /// Schedules, runs and numbers.
    pub table: Arc<dyn Table>,
    /// What was made.
    pub bucket: Arc<dyn Bucket>,
    /// Delivers work, to this function itself.
    pub queue: Arc<dyn Queue>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// Calls webhooks.
    pub courier: Arc<dyn Courier>,
    /// Makes links to what was made.
    pub links: Arc<dyn Links>,
    /// How it was told to work.
    pub rules: Rules,
}

/// How reports are delivered.
#[derive(Debug, Clone)]
pub struct Rules {
    /// When to try again, and when to give up.
    pub patience: Patience,
    /// What the secrets of webhooks are derived from.
    pub master: secrecy::SecretString,
    /// Whether webhooks may be on this machine.
    pub loopback: Loopback,
}

/// Why work is not done; the queue delivers it again.
#[derive(Debug, thiserror::Error)]
pub enum ReportsError {
    /// A record could not be read or written.
    #[error("a record cannot be read or written")]
    Record(#[from] RecordError),
    /// A port did not do what it was asked.
    #[error("a port did not do what it was asked")]
    Port(#[from] PortError),
    /// A document that no version of Weir writes.
    #[error("a document is malformed")]
    Malformed(#[from] serde_json::Error),
    /// The queue did not take what was to be done.
    #[error("the queue did not take the work")]
    Untaken,
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MakeError {
    #[error("its template {0} is not there any more")]
    NoTemplate(String),
    #[error("its tenant is not there any more")]
    NoTenant,
    #[error("the catalogue no longer answers its questions")]
    Queries,
    #[error("its numbers cannot be read")]
    Read(#[from] ReadError),
    #[error("its tenant cannot be read")]
    Tenant(#[from] RecordError),
    #[error("it cannot be kept")]
    Keep(#[from] PortError),
    #[error("it cannot be written")]
    Csv(#[from] csv::Error),
    #[error("it cannot be written")]
    Json(#[from] serde_json::Error),
}

impl Reports {
    fn reader(&self) -> Reader {
        Reader::new(self.table.clone(), self.bucket.clone())
    }

    /// Does an errand.
    ///
    /// # Errors
    /// Where it is not done, and is to be delivered again.
    pub async fn errand(&self, errand: &Errand) -> Result<(), ReportsError> {
        let (tenant, on, id, due_at) = match errand {
            Errand::Report { tenant, run, entry } => (tenant, Shelf::Reports, run, entry),
            Errand::Schedule { tenant, schedule, entry } => (tenant, Shelf::Schedules, schedule, entry),
            Errand::Export { .. } | Errand::Archive { .. } => return Ok(()),
        };
        let place = Place { tenant, id };
        match on {
            Shelf::Schedules => self.schedule(place).await?,
            Shelf::Reports => self.run(place).await?,
        }
        // The entry that led here is done with; what is to be done next has an entry of its own.
        if let Some(at) = *due_at {
            records::due::delete(&*self.table, &Due { at, tenant: tenant.clone(), shelf: on, id: id.clone() }).await?;
        }
        Ok(())
    }
}

/// Whose document, and which.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    tenant: &'a TenantId,
    id: &'a str,
}

#[cfg(test)]
mod tests;
