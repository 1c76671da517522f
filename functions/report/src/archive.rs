//! Writes settled days as the files that the world reads: one file a day under a fixed key, each event once, by time. A file is read back
//! before it counts; it is made again when an hour of its day has changed, from one version of the day's manifest, and an older one is never
//! put in the place of a newer one: a day is one worker's at a time.

mod read_back;

use crate::Report;
use crate::files::Files;
use arrow_array::RecordBatch;
use async_trait::async_trait;
use export::{Events, EventsError, Format, Rows, Sheet, SheetError, Upload, columns};
use model::{Day, HourOffset, Timestamp};
use parquet::errors::ParquetError;
use ports::{PortError, Read};
use read_back::Written;
use records::pending::Kind;
use records::{Errand, RecordError, object, price};
use rollups::archive::{self, Archived, Turn};
use rollups::{DayManifest, ManifestError, Owner, day};
use setup::log::chain;
use std::error::Error;

/// A day is archived when it is over everywhere, and late events have had this long to come in.
const GRACE_MS: i64 = 60 * 60_000;
/// Longer than any invocation runs.
const LEASE_MS: i64 = 16 * 60_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// Why a day is not archived, and is to be delivered again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("a record cannot be read")]
    Record(#[from] RecordError),
    #[error("the manifest cannot be read")]
    Manifest(#[from] ManifestError),
    #[error("the events cannot be read")]
    Events(#[from] EventsError),
    #[error("the rows cannot be written")]
    Sheet(#[from] SheetError),
    #[error("a call failed")]
    Port(#[from] PortError),
    #[error("what was written cannot be read back")]
    Unreadable(#[from] ParquetError),
    #[error("what was read back has {found} events in {expected}, or not by time")]
    Different { found: u64, expected: u64 },
    #[error("what was written is not there")]
    Gone,
    #[error("somebody else is at it")]
    Busy,
}

/// Rows on their way into the file of a day.
struct Filing<'a> {
    sheet: Sheet,
    upload: Upload<'a>,
}

#[async_trait]
impl Rows for Filing<'_> {
    async fn take(&mut self, rows: RecordBatch) -> Result<bool, Box<dyn Error + Send + Sync>> {
        self.sheet.write(&rows)?;
        self.upload.add(self.sheet.take()).await?;
        Ok(true)
    }
}

impl Report {
    /// Days that are settled, over, and not archived as they are now.
    pub(crate) async fn unarchived_days(&self) -> Result<Vec<Errand>, RecordError> {
        let now = self.clock.now();
        let days = self.waiting(Kind::Archive).await?;
        let days = days.iter().filter_map(archive::of_key).filter(|(_, day)| is_over(*day, now));
        Ok(days.map(|(Owner { tenant, family }, day)| Errand::Archive { tenant, family, day }).collect())
    }
}

/// Whether a day is over, in whichever minute of an hour its tenant's hours begin.
fn is_over(day: Day, now: Timestamp) -> bool {
    let latest = HourOffset::from_minutes(45).unwrap_or_default();
    now >= day.first_hour().start(latest).plus_millis(DAY_MS + GRACE_MS)
}

impl Files {
    /// Archives a day as it is settled now, unless that is done. A version that is needed and not there yet is waited for.
    pub(crate) async fn archive(&self, owner: &Owner, of: Day) -> Result<(), ArchiveError> {
        let now = self.clock.now();
        let taken = match archive::take(&*self.table, owner, (of, now, now.plus_millis(LEASE_MS))).await? {
            Turn::Current => return Ok(()),
            Turn::Busy => return Err(ArchiveError::Busy),
            Turn::Yours(taken) => taken,
        };
        // The manifest is read when the day is the caller's: what is written is never older than what is there.
        let made = self.make(owner, (of, &taken)).await;
        if made.is_err()
            && let Err(error) = archive::give_back(&*self.table, &taken).await
        {
            tracing::error!(tenant = %owner.tenant, family = %owner.family, day = %of, error = %chain(&error), "a day is not given back");
        }
        made
    }

    async fn make(&self, owner: &Owner, (of, taken): (Day, &Archived)) -> Result<(), ArchiveError> {
        let manifest = day::get(&*self.table, owner, (of, Read::Strong)).await?;
        if manifest.version <= taken.built {
            // Whoever said that more is needed has not committed it: the next tick looks again.
            archive::give_back(&*self.table, taken).await?;
            return Ok(());
        }
        let key = object::archive((owner.family, &owner.tenant, of));
        let expected: u64 = manifest.body.hours.values().filter(|entry| entry.log.is_some()).map(|entry| entry.events).sum();
        let size_bytes = if expected == 0 {
            self.bucket.delete(&key).await?;
            0
        } else {
            let size_bytes = self.write(&key, (owner, &manifest)).await?;
            Written { bucket: &*self.bucket, key: &key, size_bytes }.check(expected).await?;
            size_bytes
        };
        archive::built(&*self.table, taken, (manifest.version, expected, size_bytes)).await?;
        Ok(())
    }

    async fn write(&self, key: &str, (owner, manifest): (&Owner, &DayManifest)) -> Result<u64, ArchiveError> {
        let configuration = price::configuration(&*self.table, &owner.tenant, Read::Strong).await?;
        let mut filing = Filing {
            sheet: Sheet::new(Format::Parquet, &columns(owner.family))?,
            upload: Upload::new((&*self.bucket, &*self.uploads), key, Format::Parquet.content_type()),
        };
        let mut events = Events::new((&*self.table, &*self.bucket), owner, (&configuration.erasures, self.random.number()));
        let read = events.settled(manifest, &mut filing).await;
        let Filing { sheet, mut upload } = filing;
        let written = match read {
            Ok(_) => end(sheet, &mut upload).await,
            Err(error) => Err(error.into()),
        };
        if written.is_err() {
            upload.abort().await;
        }
        written
    }
}

/// The rest of the file. Answers its size in bytes.
async fn end(sheet: Sheet, upload: &mut Upload<'_>) -> Result<u64, ArchiveError> {
    upload.add(sheet.finish()?).await?;
    Ok(upload.finish().await?)
}
