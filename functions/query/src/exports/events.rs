//! Events as a file: at once where they are few, as a job where they are many.

use super::ask::{MOST_BYTES, file, file_name, needed};
use super::jobs::begun;
use crate::Desk;
use crate::admin::unreadable;
use crate::parameters::{Asked, fault, wrong};
use crate::visit::Visit;
use arrow_array::RecordBatch;
use async_trait::async_trait;
use axum::response::Response;
use cube::catalogue::Dimension;
use export::{Events, EventsError, Format, Request, Rows, Sheet, Wanted, columns, days};
use model::{Day, Family, Hour};
use ports::Read;
use records::partial::{self, Span};
use records::price;
use rollups::{Owner, day};
use std::error::Error;
use web::Problem;

/// As many events as are read for an answer; more become a job.
const MOST_EVENTS: u64 = 20_000;

/// A file small enough to be an answer.
struct Page {
    sheet: Sheet,
}

#[async_trait]
impl Rows for Page {
    async fn take(&mut self, rows: RecordBatch) -> Result<bool, Box<dyn Error + Send + Sync>> {
        self.sheet.write(&rows)?;
        Ok(self.sheet.len() <= MOST_BYTES)
    }
}

/// The events that are asked for.
pub(super) async fn answer(desk: &Desk, (visit, asked): (&Visit, &Asked), format: Format) -> Result<Response, Problem> {
    let family = Family::from_name(needed(asked, "family")?).ok_or_else(Problem::not_found)?;
    let range = asked.window.range;
    let file_name = file_name(family.name(), asked, format);
    let labels = labels(asked, family)?;
    let request = Request { family, format, from: range.from.as_millis(), to: range.to.as_millis(), labels, file_name };
    let owner = Owner { tenant: visit.caller.tenant.clone(), family };
    let (there, expected) = held(desk, &owner, &days((range.from, range.to), visit.caller.hour_offset)).await?;
    if expected <= MOST_EVENTS
        && !visit.prefers_job
        && let Some(whole) = read(desk, &owner, (&request, &there)).await?
    {
        return file(visit, (&request.file_name, format), whole);
    }
    let expected = request.labels.is_empty().then_some(expected);
    begun(desk, visit, (&Wanted::Events(request), expected)).await
}

/// The filters as columns of the family.
fn labels(asked: &Asked, family: Family) -> Result<Vec<(String, Vec<String>)>, Problem> {
    let schema = cube::columns::schema(family);
    let (mut labels, mut faults) = (Vec::new(), Vec::new());
    for (dimension, values) in asked.filters() {
        let dimension: Dimension = *dimension;
        if schema.column_with_name(dimension.column()).is_some() {
            labels.push((dimension.column().to_owned(), values.clone()));
        } else {
            faults.push(fault(dimension.name(), "unknown_dimension", format!("is nothing that events of {family} have")));
        }
    }
    if faults.is_empty() { Ok(labels) } else { Err(wrong(faults)) }
}

/// The days on which there are events, and about how many there are in all.
async fn held(desk: &Desk, owner: &Owner, days: &[Day]) -> Result<(Vec<Day>, u64), Problem> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok((Vec::new(), 0)) };
    let hours = first.first_hour()..=last.last_hour();
    let span = Span { tenant: &owner.tenant, family: owner.family, hours, read: Read::Strong };
    let briefs = partial::briefs(&*desk.table, &span).await.map_err(unreadable)?;
    let manifests = day::range(&*desk.table, owner, (*first..=*last, Read::Strong)).await.map_err(Problem::unavailable)?;
    let mut there: Vec<Day> =
        briefs.iter().map(|brief| Hour::day(brief.hour)).chain(manifests.iter().map(|manifest| manifest.day)).collect();
    there.sort_unstable();
    there.dedup();
    let settled: u64 = manifests.iter().flat_map(|manifest| manifest.body.hours.values()).map(|entry| entry.events).sum();
    Ok((there, settled + briefs.iter().map(|brief| brief.events).sum::<u64>()))
}

/// The whole file and how many rows it has; nothing where it is too large for an answer.
async fn read(desk: &Desk, owner: &Owner, (request, days): (&Request, &[Day])) -> Result<Option<(bytes::Bytes, u64)>, Problem> {
    let configuration = price::configuration(&*desk.table, &owner.tenant, Read::Strong).await.map_err(unreadable)?;
    let mut page = Page { sheet: Sheet::new(request.format, &columns(request.family)).map_err(Problem::internal)? };
    let mut events = Events::new((&*desk.table, &*desk.bucket), owner, (&configuration.erasures, desk.random.number()));
    events = events.narrowed(request.narrowed());
    for day in days {
        if !events.day(*day, &mut page).await.map_err(failed)? {
            return Ok(None);
        }
    }
    let rows = page.sheet.rows();
    let whole = page.sheet.finish().map_err(Problem::internal)?;
    Ok((whole.len() <= MOST_BYTES).then_some((whole, rows)))
}

fn failed(error: EventsError) -> Problem {
    if error.is_transient() { Problem::unavailable(error) } else { Problem::internal(error) }
}
