//! The trail of administrative acts of a tenant: who did what to which thing, and when. An entry is written once and never changed.

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::{Result, put_first};
use model::{TenantId, Timestamp};
use ports::{Item, Key, Projection, Range, Read, Table, Value};

/// How long an entry is kept: two years.
const KEPT_SECONDS: i64 = 730 * 24 * 3600;

/// An administrative act. It names no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// Who: `admin:` and a person, or `service:` and a name.
    pub actor: String,
    /// What was done, as `noun.verb`: `key.create`, `price.set`.
    pub action: String,
    /// To which thing: its id.
    pub subject: String,
    /// What else is worth knowing of it, in a few words.
    pub detail: Option<String>,
    /// The request that it was part of.
    pub request: Option<String>,
}

impl Act {
    /// The newest come first in their partition; acts of one millisecond are told apart by what they are.
    fn sort(&self) -> String {
        let Self { at, action, subject, request, .. } = self;
        format!("{:020}#{action}#{subject}#{}", i64::MAX - at.as_millis(), request.as_deref().unwrap_or_default())
    }

    fn read(item: &Item) -> Result<Self> {
        let optional = |name| item.text(name).map(str::to_owned);
        let (detail, request) = (optional("detail"), optional("request"));
        let item = Attributes(item);
        let owned = |name| item.text(name).map(str::to_owned);
        Ok(Self { at: item.time("at")?, actor: owned("actor")?, action: owned("action")?, subject: owned("subject")?, detail, request })
    }
}

/// Acts, the newest first, and where there are more the key after which they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acts {
    /// The acts.
    pub acts: Vec<Act>,
    /// What [`page`] takes for those after them.
    pub next: Option<String>,
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#audit")
}

/// Adds an act to the trail; one that is there already is the same act, recorded again.
///
/// # Errors
/// Where the table does not answer.
pub async fn record(table: &dyn Table, tenant: &TenantId, act: &Act) -> Result<()> {
    let item = Item::new(Key::new(partition(tenant), act.sort()))
        .with("at", time(act.at))
        .with("actor", text(&act.actor))
        .with("action", text(&act.action))
        .with("subject", text(&act.subject))
        .with(EXPIRES_AT, Value::Number(act.at.as_seconds() + KEPT_SECONDS));
    let item = with_optional(item, "detail", act.detail.as_ref().map(text));
    let item = with_optional(item, "request", act.request.as_ref().map(text));
    put_first(table, item).await.map(drop)
}

/// Some acts of a tenant, at most so many, the newest first: from the newest on, or after the key that the page before ended with.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn page(table: &dyn Table, tenant: &TenantId, (after, limit): (Option<&str>, usize)) -> Result<Acts> {
    let partition = partition(tenant);
    let mut after = after.map(|sort| Key::new(partition.clone(), sort));
    let mut items = Vec::new();
    loop {
        let page = table.query(&partition, &Range::All, Projection::All, Read::Strong, after.as_ref()).await?;
        items.extend(page.items);
        after = page.next;
        if items.len() > limit || after.is_none() {
            break;
        }
    }
    let is_more = items.len() > limit || after.is_some();
    items.truncate(limit);
    let next = items.last().filter(|_| is_more).map(|item| item.key.sort.clone());
    Ok(Acts { acts: items.iter().map(Act::read).collect::<Result<_>>()?, next })
}
