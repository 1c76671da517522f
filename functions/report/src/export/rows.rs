//! Writes the rows of an answer, however many: its groups a slice at a time, each as large as may be held at once. A slice that is larger is
//! halved, and read again. Each is read as of its own moment.

use super::{FileError, Filing};
use crate::files::Files;
use cube::query::{QueryFault, Slice};
use export::{Question, Table};
use model::HourOffset;
use reader::{Owner, Reader};
use records::task::Task;

/// Rows that are written at once.
const BATCH_ROWS: usize = 8_192;

/// The columns of an answer.
pub(super) fn table(question: &Question) -> Result<Table, FileError> {
    let unknown = || FileError::Question(vec![QueryFault::UnknownCube { name: question.query.cube.clone(), known: Vec::new() }]);
    Table::of(&question.query, &question.names).ok_or_else(unknown)
}

impl Files {
    /// Writes the rows of an answer: slice after slice, and in each in the order of their labels.
    pub(super) async fn rows(
        &self,
        filing: &mut Filing<'_>,
        (mine, hour_offset): (&Task, HourOffset),
        question: &Question,
    ) -> Result<(), FileError> {
        let query = question.query.check().map_err(FileError::Question)?;
        let (reader, table) = (Reader::new(self.table.clone(), self.bucket.clone()), table(question)?);
        let mut slices = vec![Slice::WHOLE];
        while let Some(slice) = slices.pop() {
            let halves = slice.halves().filter(|_| query.is_divisible());
            let part = query.sliced(slice).at_most(if halves.is_some() { self.most_rows } else { usize::MAX });
            let owner = Owner { tenant: &mine.tenant, hour_offset, now: self.clock.now() };
            let reading = reader.answer(owner, std::slice::from_ref(&part)).await?;
            for answer in &reading.answers {
                if answer.is_over {
                    slices.extend(halves.into_iter().flatten());
                }
                for rows in answer.rows.chunks(BATCH_ROWS) {
                    filing.add(&table.rows(rows)?).await?;
                }
            }
        }
        Ok(())
    }
}
