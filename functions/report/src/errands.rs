//! Does the errands that the queue delivers: each message alone, so that what fails takes nothing else with it.

use crate::Report;
use crate::archive::ArchiveError;
use crate::export::ExportError;
use crate::reports::ReportsError;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;
use model::Timestamp;
use records::Errand;
use rollups::Owner;
use setup::log::chain;
use std::panic::AssertUnwindSafe;

/// Why an errand was not done; the queue delivers it again, and puts it aside in the end.
#[derive(Debug, thiserror::Error)]
enum ErrandError {
    #[error("the message is no errand")]
    Malformed(#[from] serde_json::Error),
    #[error("the errand panicked")]
    Panic,
    #[error("the export is not written")]
    Export(#[from] ExportError),
    #[error("the day is not archived")]
    Archive(#[from] ArchiveError),
    #[error("the report is not made, or not delivered")]
    Report(#[from] ReportsError),
}

impl Report {
    /// Does a batch of errands until the deadline. The answer names the messages that the queue is to deliver again.
    pub async fn errands(&self, event: SqsEvent, deadline: Timestamp) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let mut failed = Vec::new();
        for message in event.records {
            let done = AssertUnwindSafe(self.message(&message, deadline)).catch_unwind().await.unwrap_or(Err(ErrandError::Panic));
            if let Err(error) = done {
                // A message without an id fails under an empty one, which the queue takes as a failure of the whole batch.
                let id = message.message_id.unwrap_or_default();
                tracing::error!(message_id = id, errand = message.body, error = %chain(&error), "an errand is not done");
                failed.push(id);
            }
        }
        response.set_failures(failed);
        response
    }

    async fn message(&self, message: &SqsMessage, deadline: Timestamp) -> Result<(), ErrandError> {
        let errand: Errand = serde_json::from_str(message.body.as_deref().unwrap_or_default())?;
        match &errand {
            Errand::Export { tenant, task } => self.files.export((tenant, task), deadline).await?,
            Errand::Archive { tenant, family, day } => {
                let owner = Owner { tenant: tenant.clone(), family: *family };
                self.files.archive(&owner, *day).await?;
            }
            Errand::Report { .. } | Errand::Schedule { .. } => self.reports.errand(&errand).await?,
        }
        tracing::info!(errand = errand.body(), "an errand is done");
        Ok(())
    }
}
