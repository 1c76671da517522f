//! Makes a report: reads its numbers, as the API does, writes them in its format, and keeps it under its one key.

use super::{MakeError, Reports};
use ::reports::period::Times;
use ::reports::run::{Making, What};
use ::reports::{Content, Format, csv as rows, html, json, template};
use bytes::Bytes;
use model::{TenantId, Timestamp};
use reader::{Owner, Reading};
use records::object;

/// The plain text beside a page, for mail clients that show nothing else.
pub(super) const TEXT: &str = "txt";

impl Reports {
    /// Makes it, or finds it made: whoever made it may be gone before that was written down, and what is made once stays as it is.
    pub(super) async fn make(&self, (tenant, id): (&TenantId, &str), what: &What) -> Result<Making, MakeError> {
        let begun = self.clock.now();
        let made = |key, size_bytes: usize, now: Timestamp| Making::Made {
            key,
            size_bytes: size_bytes as u64,
            took_ms: now.millis_since(begun),
            at: now,
        };
        let What::Report { template, title, format, times } = what else { return Ok(made(None, 0, begun)) };
        let key = object::report(tenant, id, format.name());
        if let Some(there) = self.bucket.get(&key).await? {
            return Ok(made(Some(key), there.len(), self.clock.now()));
        }
        let content = self.content(tenant, (template, title), times).await?;
        let body: Bytes = match format {
            Format::Html => html::page(&content).into_bytes().into(),
            Format::Csv => rows::file(&content)?.into(),
            Format::Json => json::document(&content)?.into(),
        };
        if *format == Format::Html {
            self.bucket.put(&object::report(tenant, id, TEXT), "text/plain; charset=utf-8", html::text(&content).into()).await?;
        }
        let size_bytes = body.len();
        self.bucket.put(&key, format.content_type(), body).await?;
        Ok(made(Some(key), size_bytes, self.clock.now()))
    }

    async fn content(&self, tenant: &TenantId, (name, title): (&str, &str), times: &Times) -> Result<Content, MakeError> {
        let template = template::named(name).ok_or_else(|| MakeError::NoTemplate(name.to_owned()))?;
        let record = records::tenant::get(&*self.table, tenant).await?.ok_or(MakeError::NoTenant)?;
        let queries = template.queries(times).map_err(|_| MakeError::Queries)?;
        let now = self.clock.now();
        let reading = self.reader().answer(Owner { tenant, hour_offset: record.hour_offset, now }, &queries).await?;
        Ok(Content {
            template: template.name,
            title: title.to_owned(),
            tenant: tenant.to_string(),
            made_at: now,
            times: *times,
            settled_through: reading.settled_through,
            notes: notes(&reading),
            parts: template.parts(times, &reading.answers),
        })
    }
}

/// What else is to be known of what was read, in words.
fn notes(reading: &Reading) -> Vec<String> {
    let mut notes = Vec::new();
    let mut estimated: Vec<&str> = reading.answers.iter().flat_map(|answer| answer.approximate.iter().copied()).collect();
    estimated.sort_unstable();
    estimated.dedup();
    if !estimated.is_empty() {
        notes.push(format!("Estimated within about 2%: {}.", estimated.join(", ")));
    }
    if reading.answers.iter().any(|answer| !answer.is_aligned) {
        notes.push("Days of this time zone begin within an hour: each hour counts for the day that holds its middle.".to_owned());
    }
    if reading.merged {
        notes.push(
            "Late events were added to hours whose own events have expired: a copy of one that was counted before counts again.".to_owned(),
        );
    }
    if reading.expired {
        notes.push("Of some of this time only whole days are kept.".to_owned());
    }
    let dropped: u64 = reading.dropped.values().map(|dropped| dropped.cells).sum();
    if dropped > 0 {
        notes.push(format!("{dropped} of the smallest groups are counted together, as (other)."));
    }
    notes
}
