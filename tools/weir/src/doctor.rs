//! `weir doctor`: holds a deployment's table against its log, and mends what can be.

use crate::settling::family;
use anyhow::{Context as _, Result, ensure};
use model::{Family, TenantId};
use ports::{Bucket, Clock, Random, SystemClock, SystemRandom, Table};
use rollups::Owner;
use serde_json::{Value, json};
use settle::doctor::{Depth, Examination, Finding, Looked, Mended, What};
use settle::{Rules, Settler};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// What to examine. Answers with 0 where nothing is wrong or all of it is mended, with 1 where something is, and with 2 where it cannot be told.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Whose data (default: everybody's).
    #[arg(long, value_parser = |text: &str| TenantId::new(text))]
    tenant: Option<TenantId>,
    /// Which family (default: all).
    #[arg(long, value_parser = family)]
    family: Option<Family>,
    /// Mend what can be.
    #[arg(long)]
    repair: bool,
    /// Read every segment too, and look its events up in the log.
    #[arg(long)]
    segments: bool,
    /// Answer with JSON, an object for each finding and one for what was looked at.
    #[arg(long)]
    json: bool,
    /// For how many seconds to wait before what looks left behind is looked at again: a settle may be at work on it.
    #[arg(long, default_value = "30")]
    patience: u64,
    /// Days for which the raw events of each family are kept, where it is not the default: such as `--raw-days ai=30`.
    #[arg(long, value_parser = raw_days)]
    raw_days: Vec<(Family, u32)>,
    /// Days for which the rollups of hours are kept, where it is not the default.
    #[arg(long, env = "ROLLUP_RETENTION_DAYS")]
    rollup_days: Option<u32>,
    /// The name of the deployment's bucket: the stack's output `BucketName`.
    #[arg(long, env = "BUCKET_NAME")]
    bucket: Option<String>,
}

/// A finding, and what became of it.
struct Told {
    finding: Finding,
    mended: Option<Mended>,
}

impl Doctor {
    /// The bucket.
    ///
    /// # Errors
    /// Where it is not named.
    pub async fn bucket(&self) -> Result<bucket::S3> {
        let name = self.bucket.as_deref().context("say which bucket with --bucket: the stack's output BucketName")?;
        Ok(bucket::S3::new(&aws::operator_config().await, name))
    }

    /// Examines, and mends where asked to; tells each thing as soon as it is known, through `say`.
    ///
    /// # Errors
    /// Where it cannot be told whether all is well, or a repair failed.
    pub async fn run(&self, table: Arc<dyn Table>, bucket: Arc<dyn Bucket>, say: impl Fn(&str) -> Result<()>) -> Result<ExitCode> {
        let settler = self.settler(table, bucket);
        let (mut looked, mut found, mut left) = (Looked::default(), 0_u64, 0_u64);
        for owner in self.owners(&settler).await? {
            let examination = self.examine(&settler, &owner).await.with_context(|| format!("{} {}", owner.tenant, owner.family))?;
            looked += examination.looked;
            for finding in examination.findings {
                let mended = if self.repair { Some(settler.mend(&finding).await.with_context(|| finding.what.to_string())?) } else { None };
                found += 1;
                left += u64::from(!matches!(mended, Some(Mended::Done(_))));
                say(&self.line(&Told { finding, mended }))?;
            }
        }
        say(&self.summary(looked, found, left))?;
        Ok(ExitCode::from(u8::from(left > 0)))
    }

    fn settler(&self, table: Arc<dyn Table>, bucket: Arc<dyn Bucket>) -> Settler {
        let mut rules = Rules::default();
        rules.raw_days.extend(self.raw_days.iter().copied());
        rules.rollup_days = self.rollup_days.unwrap_or(rules.rollup_days);
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        Settler { table, bucket, clock, random, rules }
    }

    async fn owners(&self, settler: &Settler) -> Result<Vec<Owner>> {
        let known = records::tenant::all(&*settler.table).await?.into_iter().map(|tenant| tenant.id);
        let tenants: Vec<TenantId> = known.filter(|tenant| self.tenant.as_ref().is_none_or(|wanted| wanted == tenant)).collect();
        if let Some(wanted) = &self.tenant {
            ensure!(!tenants.is_empty(), "there is no tenant {wanted}");
        }
        let families = || Family::ALL.into_iter().filter(|family| self.family.is_none_or(|wanted| wanted == *family));
        let owners = tenants.iter().flat_map(|tenant| families().map(|family| Owner { tenant: tenant.clone(), family }));
        Ok(owners.collect())
    }

    async fn examine(&self, settler: &Settler, owner: &Owner) -> Result<Examination> {
        let depth = if self.segments { Depth::Segments } else { Depth::Usual };
        let mut examination = settler.examine(owner, depth).await?;
        if examination.findings.iter().any(|finding| matches!(finding.what, What::Orphan { .. })) {
            tokio::time::sleep(Duration::from_secs(self.patience)).await;
            settler.look_again(&mut examination).await?;
        }
        Ok(examination)
    }

    fn line(&self, told: &Told) -> String {
        let Told { finding: Finding { owner, what }, mended } = told;
        let (tenant, family) = (owner.tenant.as_str(), owner.family.name());
        if self.json {
            let (repaired, repair) = match mended {
                None => (Value::Null, Value::Null),
                Some(Mended::Done(done)) => (true.into(), (*done).into()),
                Some(Mended::Not(why)) => (false.into(), why.as_str().into()),
            };
            let kind = what.kind();
            let line = json!({"tenant": tenant, "family": family, "kind": kind, "finding": what.to_string(), "repaired": repaired, "repair": repair});
            return line.to_string();
        }
        let mended = match mended {
            None => String::new(),
            Some(Mended::Done(done)) => format!("; {done}"),
            Some(Mended::Not(why)) => format!("; not repaired: {why}"),
        };
        format!("{tenant}\t{family}\t{}\t{what}{mended}", what.kind())
    }

    fn summary(&self, looked: Looked, found: u64, left: u64) -> String {
        if self.json {
            return json!({"looked": looked, "found": found, "left": left}).to_string();
        }
        let Looked { manifests, rollups, unverified, items, objects, events, partials } = looked;
        let findings = match (found, left) {
            (0, _) => "nothing is wrong".to_owned(),
            (found, 0) => format!("{found} findings, all repaired"),
            (found, left) => format!("{found} findings, {left} left"),
        };
        format!(
            "{findings}: looked at {manifests} manifests, {rollups} rollups worked out again ({unverified} could not be, with {events} events), \
             {items} items, {objects} objects, {partials} partials that wait"
        )
    }
}

fn raw_days(text: &str) -> Result<(Family, u32)> {
    let (name, days) = text.split_once('=').context("say a family and days, like ai=30")?;
    Ok((family(name)?, days.parse().context("say a family and days, like ai=30")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use memory::{Fault, Faults, MemoryBucket, MemoryTable};
    use model::money::Currency;
    use model::{AttemptId, Day, HourOffset, Timestamp};
    use ports::{Condition, Item};
    use records::Tenant;
    use rollups::rollup;
    use std::sync::Mutex;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        doctor: Doctor,
    }

    struct World {
        faults: Faults,
        table: Arc<MemoryTable>,
        bucket: Arc<MemoryBucket>,
    }

    impl World {
        /// Two tenants, the first with the rollup of a day that nothing names.
        async fn new() -> Self {
            let faults = Faults::none();
            let (table, bucket) = (Arc::new(MemoryTable::with_faults(&faults)), Arc::new(MemoryBucket::with_faults(&faults)));
            for name in ["acme", "other"] {
                let id = TenantId::new(name).unwrap();
                let tenant = Tenant {
                    id,
                    hour_offset: HourOffset::default(),
                    currency: Currency::USD,
                    pseudonymous: false,
                    created_at: Timestamp::default(),
                };
                records::tenant::create(&*table, &tenant).await.unwrap();
            }
            let owner = Owner { tenant: TenantId::new("acme").unwrap(), family: Family::Sales };
            let day = rollups::Bucket::Day(Day::from_key("2026-11-20").unwrap());
            let item = Item::new(rollup::key(&owner, day, (AttemptId::new(7), "0")));
            table.put(item, Condition::Always).await.unwrap();
            Self { faults, table, bucket }
        }

        async fn doctor(&self, line: &[&str]) -> (Result<ExitCode>, Vec<String>) {
            let said = Mutex::new(Vec::new());
            let Line { doctor } = Line::try_parse_from(["weir", "--patience", "0"].iter().chain(line)).unwrap();
            let say = |line: &str| {
                said.lock().unwrap().push(line.to_owned());
                Ok(())
            };
            let code = doctor.run(self.table.clone(), self.bucket.clone(), say).await;
            (code, said.into_inner().unwrap())
        }
    }

    fn is(code: Result<ExitCode>, expected: u8) -> bool {
        format!("{:?}", code.unwrap()) == format!("{:?}", ExitCode::from(expected))
    }

    const ORPHAN: &str = "attempt 00000000000000000000000000000007 of 2026-11-20 is named by no manifest: 1 items, 0 objects";

    #[tokio::test]
    async fn what_is_wrong_is_told_and_mended_where_asked_for() {
        let world = World::new().await;
        let (code, said) = world.doctor(&[]).await;
        assert!(is(code, 1));
        assert_eq!(said[0], format!("acme\tsales\torphan\t{ORPHAN}"));
        assert!(said[1].starts_with("1 findings, 1 left: looked at 0 manifests"), "{said:?}");
        assert!(is(world.doctor(&["--tenant", "other"]).await.0, 0));
        assert!(is(world.doctor(&["--family", "ai"]).await.0, 0));

        let (code, said) = world.doctor(&["--repair", "--tenant", "acme"]).await;
        assert!(is(code, 0));
        assert_eq!(said[0], format!("acme\tsales\torphan\t{ORPHAN}; deleted"));
        let (code, said) = world.doctor(&[]).await;
        assert!(is(code, 0));
        assert!(said[0].starts_with("nothing is wrong: looked at"), "{said:?}");
    }

    #[tokio::test]
    async fn programs_are_told_in_json() {
        let world = World::new().await;
        let (_, said) = world.doctor(&["--json", "--repair"]).await;
        let told: Vec<Value> = said.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let finding =
            json!({"tenant": "acme", "family": "sales", "kind": "orphan", "finding": ORPHAN, "repaired": true, "repair": "deleted"});
        assert_eq!(told[0], finding);
        assert_eq!((&told[1]["found"], &told[1]["left"], &told[1]["looked"]["items"]), (&json!(1), &json!(0), &json!(1)));
    }

    #[tokio::test]
    async fn who_cannot_look_does_not_say_that_all_is_well() {
        let world = World::new().await;
        for service in ["table", "bucket"] {
            world.faults.plan(move |call| (call.service == service).then_some(Fault::Before));
            assert!(world.doctor(&[]).await.0.is_err());
        }
        world.faults.heal();
        assert!(world.doctor(&["--tenant", "nobody"]).await.0.is_err());
    }
}
