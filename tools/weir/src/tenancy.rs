//! Tenants, their projects, and the keys and services that write for them: what an operator makes in the table of a deployment.
//!
//! Making what is there already, and alike, succeeds, so that a script may run twice; only a key is new each time.

mod keys;
mod services;
mod tenants;

pub use keys::KeyCommand;
pub use services::ServiceCommand;
pub use tenants::{ProjectCommand, TenantCommand};

use anyhow::{Context as _, Result};
use model::TenantId;
use ports::Table;
use records::Tenant;

/// The table of a deployment; AWS credentials and region come from the environment, as with other AWS tools.
#[derive(Debug, clap::Args)]
pub struct Deployment {
    /// The name of the deployment's table: the stack's output `TableName`.
    #[arg(long, env = "TABLE_NAME", global = true)]
    table: Option<String>,
}

impl Deployment {
    /// The table itself.
    ///
    /// # Errors
    /// Where it is not named.
    pub async fn open(&self) -> Result<impl Table + use<>> {
        let name = self.table.as_deref().context("say which table with --table: the stack's output TableName")?;
        Ok(table::DynamoDb::new(&aws::operator_config().await, name))
    }
}

/// A tenant that must be there.
pub async fn tenant(table: &dyn Table, id: &TenantId) -> Result<Tenant> {
    let found = records::tenant::get(table, id).await?;
    found.with_context(|| format!("there is no tenant {id}: make it with `weir tenant create {id}`"))
}

/// Columns of a list, for people and for `cut`.
pub fn row<const N: usize>(cells: [&str; N]) -> String {
    cells.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use memory::MemoryTable;
    use model::Timestamp;

    #[derive(Parser)]
    enum Command {
        #[command(subcommand)]
        Tenant(TenantCommand),
        #[command(subcommand)]
        Project(ProjectCommand),
        #[command(subcommand)]
        Key(KeyCommand),
        #[command(subcommand)]
        Service(ServiceCommand),
    }

    const NOW: Timestamp = Timestamp::from_millis(1_795_500_000_000);
    const SERVICE: &str = "service create --tenant acme --name loader --service-secret master";

    /// What a command line prints, or why it fails.
    async fn weir(table: &MemoryTable, line: &str) -> Result<Vec<String>, String> {
        let result = match Command::parse_from(["weir"].into_iter().chain(line.split(' '))) {
            Command::Tenant(command) => command.run(table, NOW).await,
            Command::Project(command) => command.run(table, NOW).await,
            Command::Key(command) => command.run(table, NOW).await,
            Command::Service(command) => command.run(table, NOW).await,
        };
        result.map_err(|error| format!("{error:#}"))
    }

    async fn acme() -> MemoryTable {
        let table = MemoryTable::new();
        weir(&table, "tenant create acme --hour-offset 30 --currency eur").await.unwrap();
        weir(&table, "project create shop --tenant acme").await.unwrap();
        table
    }

    #[tokio::test]
    async fn a_key_carries_its_tenant_and_is_kept_only_as_its_hash() {
        let table = acme().await;
        let [text] = &weir(&table, "key create --tenant acme --project shop").await.unwrap()[..] else { panic!("one line is printed") };
        let tenant = TenantId::new("acme").unwrap();
        let key = records::api_key::get(&table, &tenant, &access::mint::key_hash(text)).await.unwrap().unwrap();
        assert_eq!((key.purpose.project().unwrap().as_str(), key.hour_offset.minutes(), key.currency.code()), ("shop", 30, "EUR"));
        assert!(!format!("{:?}", table.items()).contains(text));
    }

    #[tokio::test]
    async fn a_key_is_revoked_by_its_text_or_by_the_beginning_of_its_hash() {
        let table = acme().await;
        let first = weir(&table, "key create --tenant acme --project shop").await.unwrap().remove(0);
        weir(&table, "key create --tenant acme --project shop").await.unwrap();
        weir(&table, &format!("key revoke {first}")).await.unwrap();
        let list = weir(&table, "key list --tenant acme").await.unwrap();
        let hash = &access::mint::key_hash(&first)[..12];
        assert_eq!(list.len(), 2);
        assert!(list.iter().all(|line| line.starts_with(hash) == line.contains("revoked")), "{list:?}");
        let second = list.iter().find(|line| line.ends_with("in use")).unwrap().split('\t').next().unwrap().to_owned();
        weir(&table, &format!("key revoke {second} --tenant acme")).await.unwrap();
        assert!(weir(&table, "key list --tenant acme").await.unwrap().iter().all(|line| line.contains("revoked")));
        assert!(weir(&table, "key revoke 0000 --tenant acme").await.is_err());
        assert!(weir(&table, &format!("key revoke {second}")).await.unwrap_err().contains("--tenant"));
    }

    #[tokio::test]
    async fn a_key_for_scraping_is_of_the_tenant_and_of_no_project() {
        let table = acme().await;
        let text = weir(&table, "key create --tenant acme --scrape").await.unwrap().remove(0);
        let tenant = TenantId::new("acme").unwrap();
        let key = records::api_key::get(&table, &tenant, &access::mint::key_hash(&text)).await.unwrap().unwrap();
        assert_eq!(key.purpose, records::Purpose::Scraping);
        assert!(weir(&table, "key list --tenant acme").await.unwrap()[0].contains("\t/metrics\t"));
        weir(&table, &format!("key revoke {text}")).await.unwrap();
        assert!(weir(&table, "key list --tenant acme").await.unwrap()[0].contains("revoked"));
    }

    #[test]
    fn a_key_is_either_of_a_project_or_for_scraping() {
        for line in ["key create --tenant acme", "key create --tenant acme --project shop --scrape"] {
            assert!(Command::try_parse_from(["weir"].into_iter().chain(line.split(' '))).is_err(), "{line}");
        }
    }

    #[tokio::test]
    async fn making_what_is_there_succeeds_only_where_it_is_alike() {
        let table = acme().await;
        assert!(weir(&table, "tenant create acme --hour-offset 30 --currency EUR").await.is_ok());
        let error = weir(&table, "tenant create acme").await.unwrap_err();
        assert_eq!(error, "there is a tenant acme already, with an hour offset of 30 minutes and EUR");
        assert!(weir(&table, "project create shop --tenant acme").await.is_ok());
        assert_eq!(weir(&table, "project list --tenant acme").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_tenant_that_has_asked_for_pseudonyms_keeps_them() {
        let table = acme().await;
        let like = "tenant create acme --hour-offset 30 --currency EUR";
        assert!(weir(&table, "tenant list").await.unwrap()[0].ends_with("\town ids"));
        assert!(weir(&table, &format!("{like} --pseudonymous")).await.unwrap_err().contains("weir tenant pseudonymise acme"));
        weir(&table, "tenant pseudonymise acme").await.unwrap();
        weir(&table, like).await.unwrap();
        assert!(weir(&table, "tenant list").await.unwrap()[0].ends_with("\tpseudonyms"));
        assert!(weir(&table, "tenant pseudonymise nobody").await.is_err());
    }

    #[tokio::test]
    async fn a_service_keeps_its_secret_until_it_is_revoked() {
        let table = acme().await;
        let secret = weir(&table, SERVICE).await.unwrap();
        assert_eq!(secret[0].len(), 64);
        assert_eq!(weir(&table, SERVICE).await.unwrap(), secret);
        weir(&table, "service revoke --tenant acme --name loader").await.unwrap();
        assert!(weir(&table, SERVICE).await.unwrap_err().contains("was revoked"));
        assert!(weir(&table, "service list --tenant acme").await.unwrap()[0].contains("revoked"));
        assert!(weir(&table, "service create --tenant acme --name a@b --service-secret master").await.is_err());
    }

    #[tokio::test]
    async fn what_is_not_there_is_named_with_the_command_that_makes_it() {
        let table = acme().await;
        let check = async |line: &str, expect: &str| {
            let error = weir(&table, line).await.unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("key create --tenant other --project shop", "weir tenant create other").await;
        check("key create --tenant acme --project blog", "weir project create blog --tenant acme").await;
        check("service revoke --tenant acme --name nobody", "no service nobody").await;
    }
}
