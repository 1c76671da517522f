//! Users, and the groups of a cube, as a file: the rows of an answer. At once where they are few, as a job where they are many.

use super::ask::{MOST_BYTES, file, file_name, needed};
use super::jobs::begun;
use crate::parameters::{Asked, fault, wrong};
use crate::visit::Visit;
use crate::{Desk, checked, persons_seen};
use axum::response::Response;
use bytes::Bytes;
use cube::query::{MetricQuery, Query};
use export::{Format, Question, Sheet, Table, Wanted};
use web::Problem;

/// As many rows as an answer may have; more become a job.
const MOST_ROWS: usize = 50_000;
/// Rows that are written before it is looked whether the file is still small enough.
const BATCH_ROWS: usize = 1_000;

/// Who did anything, and when it was first and last seen.
pub(super) fn users(asked: &Asked) -> MetricQuery {
    asked.question("people", &["events", "firstSeen", "lastSeen", "daysActive"]).by("user")
}

/// The groups of a cube that are asked for.
pub(super) fn groups(asked: &Asked) -> Result<MetricQuery, Problem> {
    let names = |text: &str| text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect::<Vec<_>>();
    let measures = names(needed(asked, "measures")?);
    let measures: Vec<&str> = measures.iter().map(String::as_str).collect();
    let by = names(asked.own("by").unwrap_or_default());
    let mut query = by.iter().fold(asked.question(needed(asked, "cube")?, &measures), |query, name| query.by(name));
    if asked.names_granularity {
        query = query.every(asked.window.granularity, asked.window.timezone);
    }
    query.check().map_err(|faults| wrong(faults.iter().map(|found| fault("cube", "unanswerable", found.to_string())).collect()))?;
    Ok(query)
}

/// The rows of a query's answer.
pub(super) async fn answer(
    desk: &Desk,
    (visit, asked): (&Visit, &Asked),
    (query, format): (MetricQuery, Format),
) -> Result<Response, Problem> {
    let file_name = file_name(&query.cube, asked, format);
    let mut questions = persons_seen::questions_of(&visit.caller, &[query])?;
    let (Some(checked), Some(query)) = (checked(&questions)?.pop(), questions.pop()) else {
        return Err(Problem::internal("there is no question"));
    };
    if !visit.prefers_job
        && let Some(whole) = read(desk, visit, (&query, checked, format)).await?
    {
        return file(visit, (&file_name, format), whole);
    }
    begun(desk, visit, (&Wanted::Rows(Question { query, format, file_name, names: Vec::new() }), None)).await
}

/// Begins a job that writes all rows of a query's answer, its numbers called so.
pub(crate) async fn job(
    desk: &Desk,
    (visit, asked): (&Visit, &Asked),
    (query, names): (&MetricQuery, &[String]),
) -> Result<Response, Problem> {
    let format = Format::Json;
    let mut questions = persons_seen::questions_of(&visit.caller, std::slice::from_ref(query))?;
    let query = questions.pop().ok_or_else(|| Problem::internal("there is no question"))?;
    let question = Question { query, format, file_name: file_name("query", asked, format), names: names.to_vec() };
    begun(desk, visit, (&Wanted::Rows(question), None)).await
}

/// The whole file and how many rows it has; nothing where it is too large for an answer.
async fn read(
    desk: &Desk,
    visit: &Visit,
    (query, checked, format): (&MetricQuery, Query, Format),
) -> Result<Option<(Bytes, u64)>, Problem> {
    let reading = desk.read_checked((&visit.caller, visit.now), &[checked.at_most(MOST_ROWS)]).await?;
    let answer = reading.answers.first().ok_or_else(|| Problem::internal("an answer is missing"))?;
    let table = Table::of(query, &[]).ok_or_else(|| Problem::internal("there is no such cube"))?;
    let mut sheet = Sheet::new(format, table.schema()).map_err(Problem::internal)?;
    if answer.is_over {
        return Ok(None);
    }
    for rows in answer.rows.chunks(BATCH_ROWS) {
        sheet.write(&table.rows(rows).map_err(Problem::internal)?).map_err(Problem::internal)?;
        if sheet.len() > MOST_BYTES {
            return Ok(None);
        }
    }
    let count = sheet.rows();
    let whole = sheet.finish().map_err(Problem::internal)?;
    Ok((whole.len() <= MOST_BYTES).then_some((whole, count)))
}
