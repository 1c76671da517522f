//! Writes what somebody asked for to the bucket: a task, with its progress.

mod rows;

use crate::files::Files;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use async_trait::async_trait;
use cube::query::QueryFault;
use export::{Events, EventsError, Format, Request, Rows, Sheet, SheetError, Upload, Wanted, columns, days};
use model::{HourOffset, TenantId, Timestamp};
use ports::{PortError, Table};
use reader::ReadError;
use records::task::{self, Outcome, Taken, Task};
use records::{RecordError, object, price, tenant};
use rollups::Owner;
use setup::log::chain;
use std::error::Error;

/// What clients are told of a task that failed for a reason of ours.
const FAILED: &str = "the export could not be made; what went wrong is in the log";

/// Why a task was not done, and is to be delivered again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("the task cannot be read or written")]
    Record(#[from] RecordError),
    #[error("somebody else is at it")]
    Busy,
    #[error("the file is not written")]
    File(#[from] FileError),
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the task says nothing that can be done")]
    Malformed(#[from] serde_json::Error),
    #[error("the question cannot be answered: {0:?}")]
    Question(Vec<QueryFault>),
    #[error("the answer cannot be read")]
    Read(#[from] ReadError),
    #[error("the answer is no table")]
    Columns(#[from] ArrowError),
    #[error("a record cannot be read")]
    Record(#[from] RecordError),
    #[error("the events cannot be read")]
    Events(#[from] EventsError),
    #[error("the rows cannot be written")]
    Sheet(#[from] SheetError),
    #[error("the file is not kept")]
    Port(#[from] PortError),
    #[error("the task is somebody else's by now")]
    Lost,
}

impl FileError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Record(error) => error.is_transient(),
            Self::Port(error) => error.is_transient(),
            Self::Events(EventsError::Sink(source)) => source.downcast_ref::<Self>().is_some_and(Self::is_transient),
            Self::Events(error) => error.is_transient(),
            Self::Read(error) => error.is_transient(),
            Self::Lost => true,
            Self::Malformed(_) | Self::Question(_) | Self::Columns(_) | Self::Sheet(_) => false,
        }
    }
}

/// What a file is like.
struct File {
    name: String,
    format: Format,
    schema: SchemaRef,
}

impl File {
    fn of(wanted: &Wanted) -> Result<Self, FileError> {
        let (name, format, schema) = match wanted {
            Wanted::Events(request) => (&request.file_name, request.format, columns(request.family)),
            Wanted::Rows(question) => (&question.file_name, question.format, rows::table(question)?.schema().clone()),
        };
        Ok(Self { name: name.clone(), format, schema })
    }
}

/// Rows on their way into the file of a task.
struct Filing<'a> {
    sheet: Sheet,
    upload: Upload<'a>,
    table: &'a dyn Table,
    task: Task,
}

#[async_trait]
impl Rows for Filing<'_> {
    async fn take(&mut self, rows: RecordBatch) -> Result<bool, Box<dyn Error + Send + Sync>> {
        self.add(&rows).await.map_err(Box::new)?;
        Ok(true)
    }
}

impl Filing<'_> {
    async fn add(&mut self, rows: &RecordBatch) -> Result<(), FileError> {
        self.sheet.write(rows)?;
        if self.upload.add(self.sheet.take()).await? {
            let progress = (self.sheet.rows(), self.task.rows_expected);
            self.task = task::progress(self.table, &self.task, progress).await?.ok_or(FileError::Lost)?;
        }
        Ok(())
    }
}

impl Files {
    /// Does a task that nobody is at; one that is over needs nothing. What fails for good is told in the task, and what may work later is
    /// given back, and delivered again.
    pub(crate) async fn export(&self, named: (&TenantId, &str), deadline: Timestamp) -> Result<(), ExportError> {
        let now = self.clock.now();
        let mine = match task::take(&*self.table, named, (now, deadline)).await? {
            Taken::Over => return Ok(()),
            Taken::Busy => return Err(ExportError::Busy),
            Taken::Yours(mine) => *mine,
        };
        let Err(error) = self.file(&mine).await else { return Ok(()) };
        // Whoever wrote it meanwhile is asked anew: the progress counts its writes.
        let Some(current) = task::get(&*self.table, named).await?.filter(|current| current.attempts == mine.attempts) else {
            return Err(error.into());
        };
        if error.is_transient() && current.attempts < task::ATTEMPTS {
            task::give_back(&*self.table, &current).await?;
            return Err(error.into());
        }
        tracing::error!(tenant = %mine.tenant, task = mine.id, error = %chain(&error), "a task has failed for good");
        task::fail(&*self.table, &current, (FAILED, self.clock.now())).await?;
        Ok(())
    }

    async fn file(&self, mine: &Task) -> Result<(), FileError> {
        let wanted: Wanted = serde_json::from_str(&mine.what)?;
        let File { name, format, schema } = File::of(&wanted)?;
        let key = object::export(&mine.tenant, &mine.id, &name);
        let mut filing = Filing {
            sheet: Sheet::new(format, &schema)?,
            upload: Upload::new((&*self.bucket, &*self.uploads), &key, format.content_type()),
            table: &*self.table,
            task: mine.clone(),
        };
        let written = self.fill(&mut filing, (mine, &wanted)).await;
        let size_bytes = match written {
            Ok(size_bytes) => size_bytes,
            Err(error) => {
                filing.upload.abort().await;
                return Err(error);
            }
        };
        let outcome = Outcome { key: key.clone(), content_type: format.content_type().to_owned(), file_name: name, size_bytes };
        let rows = filing.task.rows;
        if task::finish(&*self.table, &filing.task, (outcome, rows, self.clock.now())).await? { Ok(()) } else { Err(FileError::Lost) }
    }

    /// Writes the file. Answers its size in bytes; the number of its rows is the task's.
    async fn fill(&self, filing: &mut Filing<'_>, (mine, wanted): (&Task, &Wanted)) -> Result<u64, FileError> {
        let offset = tenant::get(&*self.table, &mine.tenant).await?.map(|tenant| tenant.hour_offset).unwrap_or_default();
        match wanted {
            Wanted::Events(request) => self.events(filing, (mine, offset), request).await?,
            Wanted::Rows(question) => self.rows(filing, (mine, offset), question).await?,
        }
        filing.task.rows = filing.sheet.rows();
        // A sheet ends by being consumed: an empty one takes its place.
        let nothing = Sheet::new(Format::Ndjson, &SchemaRef::new(arrow_schema::Schema::empty()))?;
        let sheet = std::mem::replace(&mut filing.sheet, nothing);
        filing.upload.add(sheet.finish()?).await?;
        Ok(filing.upload.finish().await?)
    }

    /// Writes events, by time.
    async fn events(&self, filing: &mut Filing<'_>, (mine, offset): (&Task, HourOffset), request: &Request) -> Result<(), FileError> {
        let owner = Owner { tenant: mine.tenant.clone(), family: request.family };
        let configuration = price::configuration(&*self.table, &mine.tenant, ports::Read::Strong).await?;
        let narrowed = request.narrowed();
        let span = (Timestamp::from_millis(request.from), Timestamp::from_millis(request.to));
        let mut events = Events::new((&*self.table, &*self.bucket), &owner, (&configuration.erasures, self.random.number()));
        events = events.narrowed(narrowed);
        for day in days(span, offset) {
            events.day(day, filing).await?;
        }
        Ok(())
    }
}
