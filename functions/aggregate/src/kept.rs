//! Takes people who are erased out of what others keep: budgets, dashboards, schedules of reports and reports. Done when an erasure begins, and
//! again until it is done: a report that is made meanwhile, from numbers that still name the person, is found by the last look. Each write is
//! over the version that was read, and whatever breaks off is done again by the next tick.

use crate::Aggregate;
use futures::{StreamExt, TryStreamExt, stream};
use model::erasure::tells_of;
use model::{TenantId, UserId};
use ports::{Bucket, Key, PortError, Table};
use records::budget::Scope;
use records::dashboard::{Sharing, Written};
use records::erasure::{self, Progress, State};
use records::{Budget, Dashboard, Document, RecordError, Shelf, budget, dashboard, document, object};
use reports::forget::{file_tells_of, value_tells_of, without};
use reports::{Run, Schedule};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeSet;

/// Files of reports that are read at once.
const SIDE_BY_SIDE: usize = 8;

/// Why something that is kept may still name somebody; the next tick goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeptError {
    #[error("what people keep cannot be read or written")]
    Record(#[from] RecordError),
    #[error("what people keep cannot be understood")]
    Malformed(#[from] serde_json::Error),
    #[error("a report cannot be read or deleted")]
    Port(#[from] PortError),
    #[error("somebody else writes the same")]
    Outdated,
}

/// An erased person, and where it is looked for.
struct Forgetting<'a> {
    table: &'a dyn Table,
    bucket: &'a dyn Bucket,
    tenant: &'a TenantId,
    user: &'a UserId,
    now: model::Timestamp,
}

impl Aggregate {
    /// Takes the person of an erasure that has just begun, or is about to be done, out of what is kept; of any other key nothing.
    pub(crate) async fn forget_what_is_kept(&self, key: &Key) -> Result<(), KeptError> {
        let table = &*self.settler.table;
        let Some((tenant, person)) = erasure::of_key(key) else { return Ok(()) };
        let Some(erasure) = erasure::get(table, (&tenant, &person)).await? else { return Ok(()) };
        let is_turn = erasure.progress == Progress::default() || erasure.progress.state == State::Clearing;
        let Some(user) = erasure.user.as_ref().filter(|_| is_turn) else { return Ok(()) };
        let (bucket, now) = (&*self.settler.bucket, self.settler.clock.now());
        let forgetting = Forgetting { table, bucket, tenant: &tenant, user, now };
        forgetting.budgets().await?;
        forgetting.dashboards().await?;
        forgetting.schedules().await?;
        forgetting.reports().await
    }
}

impl Forgetting<'_> {
    fn user(&self) -> &str {
        self.user.as_str()
    }

    /// A budget for the person goes, with what was told of it; any other loses the name and the address.
    async fn budgets(&self) -> Result<(), KeptError> {
        for mut kept in budget::all(self.table, self.tenant).await? {
            if kept.terms.scope == Scope::User(self.user.clone()) {
                budget::forget(self.table, self.tenant, &kept.id).await?;
                is_written(budget::delete(self.table, self.tenant, (&kept.id, kept.version, self.now)).await?)?;
            } else if self.forget_in(&mut kept) {
                let next = Budget { version: kept.version + 1, updated_at: self.now, ..kept };
                is_written(budget::replace(self.table, self.tenant, &next).await?)?;
            }
        }
        Ok(())
    }

    fn forget_in(&self, budget: &mut Budget) -> bool {
        let recipients = &mut budget.recipients;
        let is_told = [&mut recipients.mail, &mut recipients.webhooks].into_iter().fold(false, |is_told, list| {
            let before = list.len();
            list.retain(|address| !tells_of(address, self.user()));
            is_told || list.len() < before
        });
        let is_named = tells_of(&budget.name, self.user());
        budget.name = without(&budget.name, self.user());
        is_told || is_named
    }

    /// What the person kept for itself goes; what it shared is nobody's from now on, and changed by admins. Widgets that ask about it go.
    async fn dashboards(&self) -> Result<(), KeptError> {
        for kept in dashboard::all(self.table, self.tenant).await? {
            let is_own = kept.owner == self.user();
            let written = if is_own && kept.sharing == Sharing::Private {
                dashboard::delete(self.table, self.tenant, (&kept.id, kept.version, self.now)).await?
            } else if let Some(next) = self.without_widgets(kept, is_own)? {
                dashboard::replace(self.table, self.tenant, &next).await?
            } else {
                continue;
            };
            is_written(written == Written::Yes)?;
        }
        Ok(())
    }

    /// A dashboard without the person; nothing where it does not name it.
    fn without_widgets(&self, kept: Dashboard, is_own: bool) -> Result<Option<Dashboard>, KeptError> {
        let mut document: Value = serde_json::from_str(&kept.document)?;
        if !is_own && !value_tells_of(&document, self.user()) && !tells_of(&kept.name, self.user()) {
            return Ok(None);
        }
        let mut widgets = 0;
        if let Some(Value::Array(list)) = document.get_mut("widgets") {
            // A question about the person is not turned into one about everybody.
            list.retain(|widget| !value_tells_of(widget, self.user()));
            widgets = u32::try_from(list.len()).unwrap_or(u32::MAX);
        }
        for text in ["name", "description"] {
            if let Some(Value::String(text)) = document.get_mut(text) {
                *text = without(text, self.user());
            }
        }
        let (name, owner) = (without(&kept.name, self.user()), if is_own { String::new() } else { kept.owner });
        let (document, version) = (document.to_string(), kept.version + 1);
        Ok(Some(Dashboard { name, owner, widgets, document, version, updated_at: self.now, ..kept }))
    }

    async fn schedules(&self) -> Result<(), KeptError> {
        for document in document::all(self.table, (Shelf::Schedules, self.tenant)).await? {
            self.change(Shelf::Schedules, &document, |schedule: &mut Schedule| (schedule.forget(self.user()), document.next_at)).await?;
        }
        Ok(())
    }

    /// Files that name the person are deleted, and their reports say so; what is told of reports loses the name.
    async fn reports(&self) -> Result<(), KeptError> {
        let files = self.bucket.list(&object::reports_of(self.tenant)).await?;
        let look = async |key: String| -> Result<Option<String>, PortError> {
            let file = self.bucket.get(&key).await?;
            Ok(file.filter(|file| file_tells_of(&String::from_utf8_lossy(file), self.user())).map(|_| key))
        };
        let looks = stream::iter(files.into_iter().map(|file| file.key)).map(look).buffer_unordered(SIDE_BY_SIDE);
        let named: BTreeSet<String> = looks.try_filter_map(async |key| Ok(key)).try_collect().await?;
        let ids: BTreeSet<&str> = named.iter().filter_map(|key| object::report_of_key(self.tenant, key)).collect();
        for document in document::all(self.table, (Shelf::Reports, self.tenant)).await? {
            let forget = |run: &mut Run| {
                let is_in_file = ids.contains(document.id.as_str());
                if is_in_file {
                    run.forget_file();
                }
                let is_in_run = run.forget(self.user());
                (is_in_file || is_in_run, run.wake_at)
            };
            self.change(Shelf::Reports, &document, forget).await?;
        }
        // Last, so that where it breaks off they are found again.
        for key in &named {
            self.bucket.delete(key).await?;
        }
        Ok(())
    }

    /// Writes a document where it is changed; `change` says whether it is, and when something is to be done about it.
    async fn change<T: Serialize + DeserializeOwned>(
        &self,
        on: Shelf,
        document: &Document,
        change: impl FnOnce(&mut T) -> (bool, Option<model::Timestamp>),
    ) -> Result<(), KeptError> {
        let mut kept: T = serde_json::from_str(&document.text)?;
        let (is_changed, next_at) = change(&mut kept);
        if !is_changed {
            return Ok(());
        }
        let next = document.next(serde_json::to_string(&kept)?, next_at, self.now);
        is_written(document::replace(self.table, (on, self.tenant), &next).await? == Written::Yes)
    }
}

fn is_written(is_written: bool) -> Result<(), KeptError> {
    if is_written { Ok(()) } else { Err(KeptError::Outdated) }
}
