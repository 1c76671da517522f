//! `weir service`: services that sign their calls with a secret derived from the deployment's own.

use super::{row, tenant};
use access::mint;
use anyhow::{Result, bail, ensure};
use model::{TenantId, Timestamp};
use ports::Table;
use records::{Made, Service};
use secrecy::{ExposeSecret as _, SecretString};

/// What to do with services.
#[derive(Debug, clap::Subcommand)]
pub enum ServiceCommand {
    /// Make a service, and print its secret; where it is there already, print the secret again.
    Create {
        /// Whose it is.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// Its name, to be called by as `name@tenant`.
        #[arg(long)]
        name: String,
        /// The secret of the deployment, from which those of services are derived.
        #[arg(long, env = "SERVICE_SECRET", hide_env_values = true)]
        service_secret: SecretString,
    },
    /// Revoke a service.
    Revoke {
        /// Whose it is.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
        /// Its name.
        #[arg(long)]
        name: String,
    },
    /// List the services of a tenant: name, when made, when revoked.
    List {
        /// The tenant.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
    },
}

impl ServiceCommand {
    /// Carries it out; what to print.
    ///
    /// # Errors
    /// Where the table does not answer, or there is no such tenant or service.
    pub async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        match self {
            Self::Create { tenant, name, service_secret } => {
                let service = create(table, &tenant, name, now).await?;
                let secret = mint::service_secret(&service_secret, &service.tenant, &service.name, service.generation);
                Ok(vec![secret.expose_secret().to_owned()])
            }
            Self::Revoke { tenant, name } => {
                ensure!(records::service::revoke(table, &tenant, &name, now).await?, "{tenant} has no service {name}");
                Ok(vec![format!("{name}@{tenant}")])
            }
            Self::List { tenant } => Ok(records::service::all(table, &tenant).await?.iter().map(line).collect()),
        }
    }
}

async fn create(table: &dyn Table, owner: &TenantId, name: String, now: Timestamp) -> Result<Service> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fits = (1..=model::limits::NAME_BYTES).contains(&name.len());
    ensure!(fits && name.chars().all(allowed), "a service's name has letters, digits, '-', '_' and '.', and at most 64 of them");
    let owner = tenant(table, owner).await?;
    let wanted = Service {
        name,
        tenant: owner.id,
        hour_offset: owner.hour_offset,
        currency: owner.currency,
        generation: 1,
        created_at: now,
        revoked_at: None,
    };
    match records::service::create(table, &wanted).await? {
        Made::New => Ok(wanted),
        Made::Before(there) if there.revoked_at.is_some() => {
            bail!("{} of {} was revoked: make one of another name", there.name, there.tenant)
        }
        Made::Before(there) => Ok(there),
    }
}

fn line(service: &Service) -> String {
    let revoked = service.revoked_at.map_or_else(|| "in use".to_owned(), |moment| format!("revoked {moment}"));
    row([&service.name, &service.created_at.to_string(), &revoked])
}
