//! The projects of a tenant: its apps and services.

use crate::attributes::{Attributes, text, time};
use crate::{Made, Result, all_items, put_first};
use model::{ProjectId, TenantId, Timestamp};
use ports::{Item, Key, Range, Read, Table};

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
    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self { id: item.project("project")?, name: item.text("name")?.to_owned(), created_at: item.time("created_at")? })
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#projects")
}

/// Makes a project, unless there is one of this id.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, tenant: &TenantId, project: &Project) -> Result<Made<Project>> {
    let item = Item::new(Key::new(partition(tenant), project.id.as_str()))
        .with("project", text(project.id.as_str()))
        .with("name", text(&project.name))
        .with("created_at", time(project.created_at));
    put_first(table, item).await?.read(Project::read)
}

/// The projects of a tenant, by id.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<Project>> {
    all_items(table, &partition(tenant), &Range::All, Read::Eventual).await?.iter().map(Project::read).collect()
}
