//! `weir settle`: sends work to the queue of `aggregate`, ahead of the ticks that would.

use anyhow::{Context as _, Result, ensure};
use model::{Day, Family, TenantId};
use ports::{Key, Queue, Table};
use records::Pending;
use records::pending::{self, Kind};
use rollups::{day, upper};
use settle::{Again, Work};
use std::collections::BTreeSet;

/// What to settle: a day, or all that waits.
#[derive(Debug, clap::Args)]
pub struct Settle {
    /// Whose (default: everybody's).
    #[arg(long, value_parser = |text: &str| TenantId::new(text))]
    tenant: Option<TenantId>,
    /// A day, such as 2026-11-20, whether or not anything of it waits (default: all days that wait).
    #[arg(long, value_parser = day_of, requires = "tenant")]
    day: Option<Day>,
    /// Which family (default: all).
    #[arg(long, value_parser = family)]
    family: Option<Family>,
    /// The stack's output `WorkQueueUrl`.
    #[arg(long, env = "WORK_QUEUE_URL")]
    work_queue_url: Option<String>,
}

impl Settle {
    /// The queue of work.
    ///
    /// # Errors
    /// Where it is not named.
    pub async fn queue(&self) -> Result<queue::Sqs> {
        let address = self.work_queue_url.as_deref().context("say which queue with --work-queue-url: the stack's output WorkQueueUrl")?;
        Ok(queue::Sqs::new(&aws::operator_config().await, address))
    }

    /// Sends the work; what to print.
    ///
    /// # Errors
    /// Where the table or the queue does not answer, or the queue does not take all of it.
    pub async fn run(&self, table: &dyn Table, queue: &dyn Queue) -> Result<Vec<String>> {
        let bodies: Vec<String> = match (&self.tenant, self.day) {
            (Some(tenant), Some(day)) => self.families().map(|family| settle(tenant.clone(), family, day).body()).collect(),
            _ => self.waiting(table).await?.into_iter().collect(),
        };
        let taken = queue.send(&bodies).await?;
        let unsent = taken.iter().filter(|taken| !**taken).count();
        ensure!(unsent == 0, "the queue did not take {unsent} of {} pieces of work: send them again", bodies.len());
        Ok(vec![format!("{} pieces of work are sent", bodies.len())])
    }

    fn families(&self) -> impl Iterator<Item = Family> {
        Family::ALL.into_iter().filter(|family| self.family.is_none_or(|wanted| wanted == *family))
    }

    /// All that waits, each once: days with partials or something to sweep first, then months and all time.
    async fn waiting(&self, table: &dyn Table) -> Result<Vec<String>> {
        let mut bodies = Vec::new();
        for kind in [Kind::Partial, Kind::Sweep, Kind::Roll] {
            let mut of_kind = BTreeSet::new();
            let shards: Vec<String> = match &self.tenant {
                Some(tenant) => vec![pending::shard(kind, tenant)],
                None => pending::shards(kind).collect(),
            };
            for shard in shards {
                let mut after = None;
                loop {
                    let (keys, next) = pending::keys(table, &shard, after.as_ref()).await?;
                    of_kind.extend(keys.iter().filter_map(|key| self.work(key)).map(|work| work.body()));
                    after = next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            bodies.extend(of_kind);
        }
        Ok(bodies)
    }

    /// The work that a key of the index stands for, where it is asked for.
    fn work(&self, key: &Key) -> Option<Work> {
        let is_asked = |tenant: &TenantId, family: Family| {
            self.tenant.as_ref().is_none_or(|wanted| wanted == tenant) && self.family.is_none_or(|wanted| wanted == family)
        };
        if let Some(Pending { tenant, family, hour, .. }) = Pending::of_key(key) {
            return is_asked(&tenant, family).then(|| settle(tenant, family, hour.day()));
        }
        if let Some((owner, day)) = day::of_key(key) {
            return is_asked(&owner.tenant, owner.family).then_some(Work::Sweep { tenant: owner.tenant, family: owner.family, day });
        }
        let (owner, month) = upper::of_key(key)?;
        let (tenant, family) = (owner.tenant, owner.family);
        is_asked(&tenant, family).then_some(match month {
            Some(month) => Work::Month { tenant, family, month },
            None => Work::Lifetime { tenant, family },
        })
    }
}

fn settle(tenant: TenantId, family: Family, day: Day) -> Work {
    Work::Settle { tenant, family, day, again: Again::Nothing }
}

fn day_of(text: &str) -> Result<Day> {
    Day::from_key(text).context("say a day like 2026-11-20")
}

/// A family, by its name.
pub fn family(text: &str) -> Result<Family> {
    Family::from_name(text).with_context(|| format!("a family is one of {}", Family::ALL.map(Family::name).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use memory::{MemoryQueue, MemoryTable};
    use model::{Hour, SegmentId, Timestamp};
    use records::{Partial, partial};
    use rollups::{DayManifest, MonthManifest, Owner};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        settle: Settle,
    }

    async fn sent(table: &MemoryTable, line: &[&str]) -> Vec<String> {
        let queue = MemoryQueue::new();
        let Line { settle } = Line::try_parse_from(["weir"].iter().chain(line)).unwrap();
        settle.run(table, &queue).await.unwrap();
        queue.bodies()
    }

    async fn waits(table: &MemoryTable, tenant: &str, (family, day): (Family, &str)) {
        let hour = Hour::from_key(&format!("{day}T05")).unwrap();
        let tenant = TenantId::new(tenant).unwrap();
        for number in [1, 2] {
            let segment = SegmentId::from_digest([number; 32]);
            let (first, last) = (Timestamp::default(), Timestamp::default());
            let partial = Partial { tenant: tenant.clone(), family, hour, segment, events: 1, first, last, state: None };
            partial::put(table, &partial, Timestamp::default()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn all_that_waits_is_sent_once_each_or_what_is_asked_for() {
        let table = MemoryTable::new();
        waits(&table, "acme", (Family::Ai, "2026-11-20")).await;
        waits(&table, "acme", (Family::Sales, "2026-11-19")).await;
        waits(&table, "other", (Family::Ai, "2026-11-20")).await;
        let owner = Owner { tenant: TenantId::new("acme").unwrap(), family: Family::Ai };
        let mut swept: DayManifest = day::get(&table, &owner, (Day::from_key("2026-11-18").unwrap(), ports::Read::Strong)).await.unwrap();
        swept.body.garbage.push(rollups::Garbage { since: Timestamp::default(), rollups: Vec::new(), objects: Vec::new() });
        day::commit(&table, &swept).await.unwrap();
        let mut month: MonthManifest = upper::month(&table, &owner, (swept.day.month(), ports::Read::Strong)).await.unwrap();
        month.need(swept.day, 1);
        upper::commit(&table, &month).await.unwrap();

        let settle = |tenant: &str, family: &str, day: &str| {
            format!(r#"{{"kind":"settle","tenant":"{tenant}","family":"{family}","day":"{day}","again":"nothing"}}"#)
        };
        let (ai, sales, other) =
            (settle("acme", "ai", "2026-11-20"), settle("acme", "sales", "2026-11-19"), settle("other", "ai", "2026-11-20"));
        let sweep = r#"{"kind":"sweep","tenant":"acme","family":"ai","day":"2026-11-18"}"#.to_owned();
        let build = r#"{"kind":"month","tenant":"acme","family":"ai","month":"2026-11"}"#.to_owned();
        assert_eq!(sent(&table, &[]).await, [ai.clone(), sales.clone(), other, sweep.clone(), build.clone()]);
        assert_eq!(sent(&table, &["--tenant", "acme"]).await, [ai.clone(), sales, sweep.clone(), build.clone()]);
        assert_eq!(sent(&table, &["--tenant", "acme", "--family", "ai"]).await, [ai, sweep, build]);
        assert_eq!(
            sent(&table, &["--tenant", "acme", "--day", "2026-01-01", "--family", "sales"]).await,
            [settle("acme", "sales", "2026-01-01")]
        );
        assert_eq!(sent(&table, &["--tenant", "acme", "--day", "2026-01-01"]).await.len(), 5);
        assert!(Line::try_parse_from(["weir", "--day", "2026-01-01"]).is_err());
    }
}
