//! A tenant's own prices of models, laid over the built-in table, and the configuration revision that rises with each of them, and with each
//! [`erasure`].
//!
//! Whoever prices reads the revision first and the prices after it, so that a revision never stands for fewer prices than were there when
//! it was raised: what was priced under it may only be newer than it says, and pricing that again changes nothing.

use crate::attributes::{Attributes, text, time, with_optional};
use crate::job::{self, Job};
use crate::{Result, all_items, erasure};
use model::erasure::Erasures;
use model::price::{PriceBook, Rates};
use model::{Hour, HourOffset, TenantId, Timestamp};
use ports::{Condition, Item, Key, Put, Range, Read, Table, Value};
use std::borrow::Cow;

const REVISION: &str = "revision";

/// What tokens of a model cost a tenant, from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Who serves the model.
    pub provider: String,
    /// The model, as requests name it.
    pub model: String,
    /// From when on.
    pub effective: Timestamp,
    /// What a token of each class costs.
    pub rates: Rates,
}

/// Why something is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceFault {
    /// The built-in table does not have the model, so somebody has to say who serves it.
    #[error("who serves {0} is not known, and must be said")]
    NoProvider(String),
    /// The built-in table has it of another provider.
    #[error("{model} is served by {provider}")]
    OtherProvider {
        /// The model.
        model: String,
        /// Who serves it.
        provider: String,
    },
}

impl Price {
    /// A price of a model, which a short name may stand for, from a moment on.
    ///
    /// # Errors
    /// Where it is not known who serves it, or somebody else is said to.
    pub fn of(model: &str, provider: Option<&str>, (effective, rates): (Timestamp, Rates)) -> std::result::Result<Self, PriceFault> {
        let book = PriceBook::builtin();
        let known = book.provider(model, effective);
        let provider = provider.or(known).ok_or_else(|| PriceFault::NoProvider(model.to_owned()))?;
        if let Some(known) = known.filter(|known| *known != provider) {
            return Err(PriceFault::OtherProvider { model: model.to_owned(), provider: known.to_owned() });
        }
        let model = book.listed_name(model).unwrap_or(model).to_owned();
        Ok(Self { provider: provider.to_owned(), model, effective, rates })
    }

    fn item(&self, tenant: &TenantId) -> Item {
        let item = Item::new(Key::new(prices(tenant), format!("{}#{}", self.model, self.effective)))
            .with("provider", text(&self.provider))
            .with("model", text(&self.model))
            .with("effective", time(self.effective))
            .with("input_pico", Value::Number(self.rates.input_pico))
            .with("output_pico", Value::Number(self.rates.output_pico));
        let item = with_optional(item, "cache_read_pico", self.rates.cache_read_pico.map(Value::Number));
        with_optional(item, "cache_write_pico", self.rates.cache_write_pico.map(Value::Number))
    }

    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self {
            provider: item.text("provider")?.to_owned(),
            model: item.text("model")?.to_owned(),
            effective: item.time("effective")?,
            rates: Rates {
                input_pico: item.number("input_pico")?,
                output_pico: item.number("output_pico")?,
                cache_read_pico: item.optional_number("cache_read_pico")?,
                cache_write_pico: item.optional_number("cache_write_pico")?,
            },
        })
    }
}

/// What a tenant's events are counted by: what its AI usage costs, and who is erased.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// How often it has been changed; 0 where it never was.
    pub revision: u64,
    /// The built-in prices, with the tenant's own laid over them.
    pub book: Cow<'static, PriceBook>,
    /// Of whom nothing that names them is kept.
    pub erasures: Erasures,
}

fn prices(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#prices")
}

fn revision_key(tenant: &TenantId) -> Key {
    Key::new(format!("T#{tenant}#C#revision"), "configuration")
}

fn revision_of(item: Option<&Item>) -> Result<u64> {
    item.map_or(Ok(0), |item| Attributes(item).number(REVISION))
}

/// The configuration revision of a tenant: 0 where nothing was ever configured.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn revision(table: &dyn Table, tenant: &TenantId, fresh: Read) -> Result<u64> {
    revision_of(table.get(&revision_key(tenant), fresh).await?.as_ref())
}

/// The prices of a tenant and who is erased, with their revision, which is read before them.
///
/// # Errors
/// As [`list`].
pub async fn configuration(table: &dyn Table, tenant: &TenantId, fresh: Read) -> Result<Configuration> {
    let revision = revision(table, tenant, fresh).await?;
    let own = list(table, tenant, fresh).await?;
    let erasures = erasure::people(table, tenant, fresh).await?;
    let lay = |book: PriceBook, own: Price| {
        // A price of a short name is one of the model that it stands for, whatever requests call it.
        let model = book.listed_name(&own.model).unwrap_or(&own.model).to_owned();
        book.with_price(&own.provider, &model, own.effective, own.rates)
    };
    let book = if own.is_empty() {
        Cow::Borrowed(PriceBook::builtin())
    } else {
        Cow::Owned(own.into_iter().fold(PriceBook::builtin().clone(), lay))
    };
    Ok(Configuration { revision, book, erasures })
}

/// The prices that a tenant has set, by model and then by date.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn list(table: &dyn Table, tenant: &TenantId, fresh: Read) -> Result<Vec<Price>> {
    all_items(table, &prices(tenant), &Range::All, fresh).await?.iter().map(Price::read).collect()
}

/// Sets a price ([`set`]), and where it is in effect already makes the job that prices anew what is settled; answers the revision and that
/// job. Where it fails between the two, setting the price once more makes the job: whatever is settled already is only settled again.
///
/// # Errors
/// As [`set`].
pub async fn enforce(
    table: &dyn Table,
    (tenant, hour_offset): (&TenantId, HourOffset),
    price: &Price,
    now: Timestamp,
) -> Result<(u64, Option<Job>)> {
    let revision = set(table, tenant, price).await?;
    if price.effective > now {
        return Ok((revision, None));
    }
    let job = Job::new((tenant, revision), Hour::of(price.effective, hour_offset).day(), now);
    Ok((revision, Some(job::create(table, &job).await?.kept(job))))
}

/// Sets a price, in place of one of the same model and date, and then raises the revision; answers it. Where it fails between the two, setting
/// the price again is all there is to do.
///
/// # Errors
/// Where the table does not answer, or the revision's item is malformed.
pub async fn set(table: &dyn Table, tenant: &TenantId, price: &Price) -> Result<u64> {
    table.put(price.item(tenant), Condition::Always).await?;
    raise(table, tenant).await
}

/// Raises the configuration revision; answers it.
pub(crate) async fn raise(table: &dyn Table, tenant: &TenantId) -> Result<u64> {
    let mut before = table.get(&revision_key(tenant), Read::Strong).await?;
    loop {
        let there = revision_of(before.as_ref())?;
        let next = there + 1;
        let condition = match there {
            0 => Condition::Absent,
            there => Condition::NumberIs { attribute: REVISION, value: i64::try_from(there).unwrap_or(i64::MAX) },
        };
        let item = Item::new(revision_key(tenant)).with(REVISION, Value::Number(i64::try_from(next).unwrap_or(i64::MAX)));
        match table.put(item, condition).await? {
            Put::Written => return Ok(next),
            Put::Refused(other) => before = other,
        }
    }
}
