//! Who is calling.

use model::money::Currency;
use model::privacy::Pseudonyms;
use model::{HourOffset, ProjectId, TenantId, UserId};

/// What a caller is, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// An app with a project's API key: writes to its own project.
    Project,
    /// A service with a signature: writes and reads its tenant, without the limit on events.
    Service,
    /// A collector of metrics with a key for scraping: reads its tenant's page of metrics, and nothing else.
    Scraper,
    /// A person who reads all of its tenant.
    Admin,
    /// A person who reads and writes what is its own.
    User,
}

/// A caller whose credential holds. All it does happens within its tenant (I10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Whose data it may touch.
    pub tenant: TenantId,
    /// When the tenant's hours begin.
    pub hour_offset: HourOffset,
    /// The tenant's currency.
    pub currency: Currency,
    /// What it is.
    pub role: Role,
    /// The project of an API key.
    pub project: Option<ProjectId>,
    /// The person (`sub`) of a token, by the id under which its data is kept.
    pub user: Option<UserId>,
    /// What the tenant's users are kept as.
    pub pseudonyms: Pseudonyms,
    /// What its limits count under and logs call it: names no secret and no person.
    pub scope: String,
}

impl Caller {
    /// Whether it reads and writes for everybody in its tenant.
    #[must_use]
    pub fn acts_for_tenant(&self) -> bool {
        matches!(self.role, Role::Admin | Role::Service)
    }
}
