//! `weir erase`: has a person taken out of everything that is kept, as `DELETE /api/v1/users/{userId}/data` does.

use crate::tenancy::{row, tenant};
use anyhow::Result;
use model::{TenantId, Timestamp, UserId};
use ports::{Random as _, SystemRandom, Table};
use records::Erasure;
use records::erasure::{self, Request, State};

/// A person to erase.
#[derive(Debug, clap::Args)]
pub struct Erase {
    /// The user's id, as it is kept.
    #[arg(value_parser = |text: &str| UserId::new(text))]
    user: UserId,
    /// Whose user.
    #[arg(long, value_parser = |text: &str| TenantId::new(text))]
    tenant: TenantId,
    /// Erase what the person did since an erasure that is done, too.
    #[arg(long)]
    again: bool,
}

impl Erase {
    /// Asks for it; what to print.
    ///
    /// # Errors
    /// Where the table does not answer, or there is no such tenant.
    pub async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        let owner = tenant(table, &self.tenant).await?;
        let mut fresh_key = [0; 32];
        for half in fresh_key.chunks_exact_mut(16) {
            half.copy_from_slice(&SystemRandom.number().to_ne_bytes());
        }
        let request = Request { tenant: &owner.id, user: &self.user, now, fresh_key, anew: self.again };
        Ok(vec![line(&erasure::begin(table, &request).await?)])
    }
}

/// Tenant, person, since when, state, days done and to do, and what could not be done.
pub fn line(erasure: &Erasure) -> String {
    let progress = &erasure.progress;
    let days = progress.days.len() as u64;
    let state = match progress.state {
        State::Done => "done",
        State::Settling | State::Watched | State::Clearing => "open",
    };
    let waits = format!("; {} wait for a quarantined hour", progress.quarantined);
    let waits = if progress.quarantined > 0 { waits.as_str() } else { "" };
    let done = format!("{} of {days} days; {}{waits}", days.saturating_sub(progress.left), progress.state);
    row([erasure.tenant.as_str(), &format!("erasure {}", erasure.person), &format!("before {}", erasure.before), state, &done])
}

#[cfg(test)]
mod tests {
    use super::*;
    use memory::MemoryTable;
    use model::HourOffset;
    use model::money::Currency;

    #[tokio::test]
    async fn asking_twice_is_one_erasure_that_does_not_say_whose_it_is() {
        let table = MemoryTable::new();
        let (id, now) = (TenantId::new("acme").unwrap(), Timestamp::from_millis(1_793_491_200_000));
        let owner = records::Tenant {
            id: id.clone(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            pseudonymous: false,
            created_at: now,
        };
        records::tenant::create(&table, &owner).await.unwrap();
        let erase = |user: &str| Erase { user: UserId::new(user).unwrap(), tenant: id.clone(), again: false };
        let said = erase("anna").run(&table, now).await.unwrap();
        assert_eq!(erase("anna").run(&table, now.plus_millis(5)).await.unwrap(), said);
        assert_ne!(erase("ben").run(&table, now).await.unwrap(), said);
        assert!(!said[0].contains("anna"), "{said:?}");
        assert!(said[0].contains("before 2026-11-01") && said[0].ends_with("open\t0 of 0 days; settling"), "{said:?}");
        let jobs = crate::prices::Jobs::of(id.clone()).run(&table).await.unwrap();
        assert_eq!(jobs.len(), 2);
        assert!(jobs.contains(&said[0]));
    }
}
