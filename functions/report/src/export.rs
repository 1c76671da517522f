//! Writes what somebody asked for to the bucket: a task, with its progress.

use crate::Report;
use model::{TenantId, Timestamp};
use records::RecordError;
use records::task::{self, Taken};

/// Why a task was not done, and is to be delivered again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("the task cannot be read or written")]
    Record(#[from] RecordError),
    #[error("somebody else is at it")]
    Busy,
}

impl Report {
    /// Does a task that nobody is at; one that is over needs nothing.
    pub(crate) async fn export(&self, named: (&TenantId, &str), deadline: Timestamp) -> Result<(), ExportError> {
        let now = self.clock.now();
        match task::take(&*self.table, named, (now, deadline)).await? {
            Taken::Over => Ok(()),
            Taken::Busy => Err(ExportError::Busy),
            Taken::Yours(mine) => {
                task::fail(&*self.table, &mine, ("this version writes no such thing", now)).await?;
                Ok(())
            }
        }
    }
}
