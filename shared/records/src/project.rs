//! The projects of a tenant: its apps and services.

use crate::attributes::{Attributes, text, time};
use crate::{Made, Result, all_items, put_first};
use model::{ProjectId, TenantId, Timestamp};
use ports::{Condition, Item, Key, Range, Read, Table};

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Project {
    fn item(&self, tenant: &TenantId) -> Item {
        Item::new(key(tenant, &self.id))
            .with("project", text(self.id.as_str()))
            .with("name", text(&self.name))
            .with("created_at", time(self.created_at))
    }

    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self { id: item.project("project")?, name: item.text("name")?.to_owned(), created_at: item.time("created_at")? })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#projects")
}

fn key(tenant: &TenantId, id: &ProjectId) -> Key {
    Key::new(partition(tenant), id.as_str())
}

/// Makes a project, unless there is one of this id.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, tenant: &TenantId, project: &Project) -> Result<Made<Project>> {
    put_first(table, project.item(tenant)).await?.read(Project::read)
}

/// The project of this id.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, tenant: &TenantId, id: &ProjectId) -> Result<Option<Project>> {
    table.get(&key(tenant, id), Read::Strong).await?.as_ref().map(Project::read).transpose()
}

/// Gives a project another name; it as it is then, or `None` where there is none.
///
/// # Errors
/// As [`get`].
pub async fn rename(table: &dyn Table, tenant: &TenantId, (id, name): (&ProjectId, &str)) -> Result<Option<Project>> {
    let Some(project) = get(table, tenant, id).await? else { return Ok(None) };
    let project = Project { name: name.to_owned(), ..project };
    // Projects are never deleted, so that none comes back by this.
    table.put(project.item(tenant), Condition::Always).await?;
    Ok(Some(project))
}

/// The projects of a tenant, by id.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<Project>> {
    all_items(table, &partition(tenant), &Range::All, Read::Eventual).await?.iter().map(Project::read).collect()
}
