//! `weir price` and `weir jobs`: a tenant's own prices of models, and the pricing anew of what was settled before a price was set.

use crate::erase;
use crate::tenancy::{row, tenant};
use anyhow::{Context as _, Result, anyhow, ensure};
use chrono::{DateTime, NaiveDate};
use model::limits::DIMENSION_BYTES;
use model::money::Decimal;
use model::price::{PRICE_DIGITS, Rates};
use model::{TenantId, Timestamp};
use ports::{Read, Table};
use records::job::State;
use records::price::PriceFault;
use records::{Job, Price, Tenant};

/// What to do with prices.
#[derive(Debug, clap::Subcommand)]
pub enum PriceCommand {
    /// Set what a model costs from a date on. Where the date is past, what is settled since then is priced anew: see `weir jobs`.
    Set(Set),
    /// List the prices that a tenant has set: model, effective from, provider, then USD per million tokens read, written, read from a cache
    /// and written to one.
    List {
        /// The tenant.
        #[arg(long, value_parser = |text: &str| TenantId::new(text))]
        tenant: TenantId,
    },
}

/// A price to set. All prices are in USD per million tokens.
#[derive(Debug, clap::Args)]
pub struct Set {
    /// Whose.
    #[arg(long, value_parser = |text: &str| TenantId::new(text))]
    tenant: TenantId,
    /// The model, as requests name it; by a short name, the model that it stands for.
    #[arg(long, value_parser = name)]
    model: String,
    /// Who serves it; of a model that Weir knows, as Weir knows it.
    #[arg(long, value_parser = name)]
    provider: Option<String>,
    /// From when on: a date (from midnight UTC), or a moment such as 2026-11-14T12:00:00Z.
    #[arg(long, value_parser = moment)]
    effective: Timestamp,
    /// Of tokens read.
    #[arg(long, value_parser = price)]
    input: i64,
    /// Of tokens written.
    #[arg(long, value_parser = price)]
    output: i64,
    /// Of tokens read from a cache (default: as tokens read).
    #[arg(long, value_parser = price)]
    cache_read: Option<i64>,
    /// Of tokens written to a cache (default: as tokens read).
    #[arg(long, value_parser = price)]
    cache_write: Option<i64>,
}

/// How far the jobs of tenants are.
#[derive(Debug, clap::Args)]
pub struct Jobs {
    /// The tenant (default: all).
    #[arg(long, value_parser = |text: &str| TenantId::new(text))]
    tenant: Option<TenantId>,
}

impl PriceCommand {
    /// Carries it out; what to print.
    ///
    /// # Errors
    /// Where the table does not answer, or there is no such tenant.
    pub async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        match self {
            Self::Set(set) => set.run(table, now).await,
            Self::List { tenant } => Ok(records::price::list(table, &tenant, Read::Strong).await?.iter().map(line).collect()),
        }
    }
}

impl Set {
    async fn run(self, table: &dyn Table, now: Timestamp) -> Result<Vec<String>> {
        let owner = tenant(table, &self.tenant).await?;
        let price = self.price()?;
        let (revision, job) = records::price::enforce(table, (&owner.id, owner.hour_offset), &price, now).await?;
        let Some(job) = job else {
            return Ok(vec![format!("revision {revision}: in effect from {} on", price.effective)]);
        };
        let Job { from, .. } = job;
        Ok(vec![format!("revision {revision}: what is settled from {from} on is priced anew, as `weir jobs --tenant {}` shows", owner.id)])
    }

    fn price(&self) -> Result<Price> {
        let rates = Rates {
            input_pico: self.input,
            output_pico: self.output,
            cache_read_pico: self.cache_read,
            cache_write_pico: self.cache_write,
        };
        Price::of(&self.model, self.provider.as_deref(), (self.effective, rates)).map_err(|fault| match fault {
            PriceFault::NoProvider(model) => anyhow!("say with --provider who serves {model}"),
            other @ PriceFault::OtherProvider { .. } => other.into(),
        })
    }
}

impl Jobs {
    /// Those of a tenant.
    #[cfg(test)]
    pub fn of(tenant: TenantId) -> Self {
        Self { tenant: Some(tenant) }
    }

    /// What to print: of each job its tenant, revision and first day (of an erasure a hash of whom, and the moment before which), state, days
    /// done and to do, and what could not be done.
    ///
    /// # Errors
    /// Where the table does not answer.
    pub async fn run(self, table: &dyn Table) -> Result<Vec<String>> {
        let tenants = match self.tenant {
            Some(tenant) => vec![tenant],
            None => records::tenant::all(table).await?.into_iter().map(|tenant: Tenant| tenant.id).collect(),
        };
        let mut lines = Vec::new();
        for tenant in tenants {
            lines.extend(records::job::all(table, &tenant).await?.iter().map(job_line));
            lines.extend(records::erasure::all(table, &tenant, Read::Strong).await?.1.iter().map(erase::line));
        }
        Ok(lines)
    }
}

fn line(price: &Price) -> String {
    let usd = |pico: i64| Decimal { units: pico.into(), scale: PRICE_DIGITS }.to_string();
    let optional = |pico: Option<i64>| pico.map_or_else(|| "-".to_owned(), usd);
    let Rates { input_pico, output_pico, cache_read_pico, cache_write_pico } = price.rates;
    let (effective, input, output) = (price.effective.to_string(), usd(input_pico), usd(output_pico));
    row([&price.model, &effective, &price.provider, &input, &output, &optional(cache_read_pico), &optional(cache_write_pico)])
}

fn job_line(job: &Job) -> String {
    let progress = &job.progress;
    let state = match progress.state {
        State::Open => "open",
        // No day is left; it is only watched for a settle that began before the price was set.
        State::Watched | State::Done => "done",
    };
    let left = [(progress.expired, "keep an old cost, their raw data has expired"), (progress.quarantined, "wait for a quarantined hour")];
    let left = left.iter().filter(|(days, _)| *days > 0).map(|(days, why)| format!("; {days} {why}"));
    let done = format!("{} of {} days", progress.done, progress.days) + &left.collect::<String>();
    row([job.tenant.as_str(), &format!("revision {}", job.revision), &format!("from {}", job.from), state, &done])
}

/// A price in USD per million tokens, as pico-dollars a token: exactly, or not at all.
fn price(text: &str) -> Result<i64> {
    let units = Decimal::parse(text, PRICE_DIGITS).filter(|units| *units >= 0).and_then(|units| i64::try_from(units).ok());
    units.context("a price is a decimal of USD per million tokens, not less than 0, with at most 6 digits after the point")
}

fn moment(text: &str) -> Result<Timestamp> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(chrono::NaiveTime::MIN).and_utc());
    let moment = date.or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()));
    moment.map(Timestamp::from).context("say a date like 2026-11-14, or a moment like 2026-11-14T12:00:00Z")
}

fn name(text: &str) -> Result<String> {
    let is_good = !text.is_empty() && text.len() <= DIMENSION_BYTES && !text.chars().any(char::is_control);
    ensure!(is_good, "a name has 1 to {DIMENSION_BYTES} bytes and no control characters");
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
