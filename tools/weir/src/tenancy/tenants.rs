//! `weir tenant`, `weir project`.

use super::{row, tenant};
use anyhow::{Context as _, Result, bail};
use model::money::Currency;
use model::{HourOffset, ProjectId, TenantId, Timestamp};
use ports::Table;
use records::{Made, Project, Tenant};

/// What to do with tenants.
#[derive(Debug, clap::Subcommand)]
pub enum TenantCommand {
    /// Make a tenant.
    Create {
        /// Its name: letters, digits and hyphens.
        #[arg(value_parser = |text: &str| TenantId::new(text))]
        name: TenantId,
        /// By how many minutes its hours begin after the UTC hour, so that its local days are exact: 0, 15, 30 or 45. For ever.
        #[arg(long, default_value = "0", value_parser = hour_offset)]
        hour_offset: HourOffset,
        /// The currency of amounts that name none (ISO 4217).
        #[arg(long, default_value = "USD", value_parser = currency)]
        currency: Currency,
        /// Keep all its users under pseudonyms; without it those alone whose ids are an address or a telephone number.
        #[arg(long)]
        pseudonymous: bool,
    },
    /// Keep all users of a tenant under pseudonyms from now on. What was counted before stays under their ids. For ever.
    Pseudonymise {
        /// The tenant.
        #[arg(value_parser = |text: &str| TenantId::new(text))]
        name: TenantId,
    },
    /// List the tenants.
    List,
}

/// What to do with a tenant's projects.
#[derive(Debug, clap::Subcommand)]
pub enum ProjectCommand {
    /// Make a project.
    Create {
        /// Its id: letters, digits, hyphens, underscores and dots.
        #[arg(value_parser = |text: &str| ProjectId::new(text))]
        id: ProjectId,
        /// Whose it is.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// What people call it (default: its id).
        #[arg(long)]
        name: Option<String>,
    },
    /// List the projects of a tenant.
    List {
        /// The tenant.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
    },
}

impl TenantCommand {
    /// Carries it out; what to print.
    ///
    /// # Errors
    /// Where the table does not answer, or holds a tenant of the name that is not alike.
    pub async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        match self {
            Self::Create { name, hour_offset, currency, pseudonymous } => {
                let wanted = Tenant { id: name, hour_offset, currency, pseudonymous, created_at: now };
                match records::tenant::create(table, &wanted).await? {
                    Made::Before(there) if there.hour_offset != hour_offset || there.currency != currency => {
                        let (minutes, currency) = (there.hour_offset.minutes(), there.currency);
                        bail!("there is a tenant {} already, with an hour offset of {minutes} minutes and {currency}", there.id)
                    }
                    Made::Before(there) if pseudonymous && !there.pseudonymous => {
                        bail!(
                            "there is a tenant {0} already, with users under their own ids: change it with `weir tenant pseudonymise {0}`",
                            there.id
                        )
                    }
                    Made::New | Made::Before(_) => Ok(vec![wanted.id.to_string()]),
                }
            }
            Self::Pseudonymise { name } => {
                if !records::tenant::pseudonymise(table, &name).await? {
                    bail!("there is no tenant {name}: make it with `weir tenant create {name}`")
                }
                Ok(vec![name.to_string()])
            }
            Self::List => {
                let tenants = records::tenant::all(table).await?;
                let line = |tenant: &Tenant| {
                    let offset = tenant.hour_offset.minutes().to_string();
                    let users = if tenant.pseudonymous { "pseudonyms" } else { "own ids" };
                    row([tenant.id.as_str(), &offset, tenant.currency.code(), &tenant.created_at.to_string(), users])
                };
                Ok(tenants.iter().map(line).collect())
            }
        }
    }
}

impl ProjectCommand {
    /// Carries it out; what to print.
    ///
    /// # Errors
    /// Where the table does not answer, or there is no such tenant.
    pub async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        match self {
            Self::Create { id, tenant: owner, name } => {
                let owner = tenant(table, &owner).await?;
                let name = name.unwrap_or_else(|| id.to_string());
                let project = Project { id, name, created_at: now };
                records::project::create(table, &owner.id, &project).await?;
                Ok(vec![project.id.to_string()])
            }
            Self::List { tenant: owner } => {
                let projects = records::project::all(table, &owner).await?;
                let line = |project: &Project| row([project.id.as_str(), &project.name, &project.created_at.to_string()]);
                Ok(projects.iter().map(line).collect())
            }
        }
    }
}

fn hour_offset(text: &str) -> Result<HourOffset> {
    text.parse().ok().and_then(HourOffset::from_minutes).context("an hour offset is 0, 15, 30 or 45 minutes")
}

fn currency(text: &str) -> Result<Currency> {
    Currency::from_code(text).context("not a currency code of ISO 4217")
}
