//! Events and answers as files. [`Events`] reads the events of a day in the order of their times, each once, however many of them there are; a
//! [`Table`] makes columns of the rows of an answer; a [`Sheet`] writes rows as they come, in one of the [`Format`]s, and gives away what it
//! has written, so that memory does not follow the number of rows; an [`Upload`] puts that into the bucket, where it is seen whole or not at
//! all.

mod answer;
mod cell;
mod events;
mod format;
mod request;
mod sheet;
mod text;
mod upload;

pub use answer::Table;
pub use events::{Events, EventsError, Narrowed, Rows, columns, days};
pub use format::{Format, attachment};
pub use request::{Question, Request, Wanted};
pub use sheet::{Sheet, SheetError};
pub use upload::Upload;
