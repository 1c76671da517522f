//! The budgets of a tenant, what was told of each, and which tenants have any.
//!
//! A budget is written only over the version that its writer has seen; one that is deleted leaves a stone for a day, as a dashboard does. Its
//! *terms* (of whom, of what, how much, for which period) have a number of their own: what is told is told once for each number, period and
//! threshold, by a conditional put, whatever is tried again, and whatever becomes of the number that was told of. Nothing here is added to.

mod notices;

pub use notices::{Notice, forget, tell, told, told_in};

use crate::attributes::{Attributes, EXPIRES_AT, text, time, with_optional};
use crate::{Made, Result, all_items, put_first};
use model::{HourOffset, ProjectId, TenantId, Timestamp, UserId};
use ports::{Condition, Item, Key, Put, Range, Read, Table, Value};

const VERSION: &str = "version";
const DELETED: &str = "deleted";
const STONE_SECONDS: i64 = 24 * 3600;
/// The partition of the tenants that have budgets: one small query a minute, whoever has how many.
const WATCHED: &str = "BUDGETS";

/// Of whom the usage is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of the whole tenant.
    Tenant,
    /// Of one of its projects.
    Project(ProjectId),
    /// Of one of its users, by the id under which it is kept.
    User(UserId),
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Tokens of AI requests, of all classes.
    Tokens,
    /// The cost of AI requests, in millionths of a US dollar.
    Money,
}

/// For how long, by the calendar of a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

impl Measure {
    const ALL: [Self; 2] = [Self::Tokens, Self::Money];

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Money => "money",
        }
    }
}

impl Period {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// In a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// What a budget allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// To whom.
    pub scope: Scope,
    /// Of what.
    pub measure: Measure,
    /// How much: tokens, or millionths of a US dollar.
    pub limit: i64,
    /// In which time.
    pub period: Period,
    /// The IANA name of the zone whose calendar is meant.
    pub timezone: String,
}

/// Who is told of a budget, besides those who look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Addresses of mail.
    pub mail: Vec<String>,
    /// Webhooks.
    pub webhooks: Vec<String>,
    /// Which secret the webhooks have: another each time it is changed for another.
    pub generation: u32,
}

/// A budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it allows.
    pub terms: Terms,
    /// Which version it has those since.
    pub terms_version: u64,
    /// At how many percent of it something is told, in ascending order.
    pub thresholds: Vec<u16>,
    /// Who is told.
    pub recipients: Recipients,
    /// How often it was written.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// A tenant that has, or had, budgets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The tenant.
    pub tenant: TenantId,
    /// When its hours begin.
    pub hour_offset: HourOffset,
    /// Changes with its budgets, and with each look at them.
    pub revision: i64,
    /// What waited to be settled at the last look, as a digest; `None` where nobody has looked since a budget changed.
    pub seen: Option<i64>,
}

impl Budget {
    fn item(&self, tenant: &TenantId) -> Item {
        let Terms { scope, measure, limit, period, timezone } = &self.terms;
        let (kind, whose) = match scope {
            Scope::Tenant => ("tenant", None),
            Scope::Project(project) => ("project", Some(project.as_str())),
            Scope::User(user) => ("user", Some(user.as_str())),
        };
        let number = |number: u64| Value::Number(i64::try_from(number).unwrap_or(i64::MAX));
        let item = Item::new(key(tenant, &self.id))
            .with("name", text(&self.name))
            .with("scope", text(kind))
            .with("measure", text(measure.name()))
            .with("limit", Value::Number(*limit))
            .with("period", text(period.name()))
            .with("timezone", text(timezone))
            .with("terms", number(self.terms_version))
            .with("thresholds", Value::List(self.thresholds.iter().map(|percent| Value::Number((*percent).into())).collect()))
            .with("mail", texts(&self.recipients.mail))
            .with("webhooks", texts(&self.recipients.webhooks))
            .with("generation", Value::Number(self.recipients.generation.into()))
            .with(VERSION, number(self.version))
            .with("created_at", time(self.created_at))
            .with("updated_at", time(self.updated_at));
        with_optional(item, "whose", whose.map(text))
    }

    /// What an item is; `None` for a stone.
    fn read(item: &Item) -> Result<Option<Self>> {
        let (id, thresholds) = (item.key.sort.clone(), item.attributes.get("thresholds").cloned());
        let (mail, webhooks) = (read_texts(item, "mail")?, read_texts(item, "webhooks")?);
        let item = Attributes(item);
        if item.optional_number::<i64>(DELETED)?.is_some() {
            return Ok(None);
        }
        let scope = match item.text("scope")? {
            "tenant" => Scope::Tenant,
            "project" => Scope::Project(item.project("whose")?),
            "user" => Scope::User(UserId::new(item.text("whose")?).map_err(|_| item.malformed("whose"))?),
            _ => return Err(item.malformed("scope")),
        };
        let Some(Value::List(thresholds)) = thresholds else { return Err(item.malformed("thresholds")) };
        let percent = |value: &Value| match value {
            Value::Number(percent) => u16::try_from(*percent).ok(),
            _ => None,
        };
        let thresholds: Option<Vec<u16>> = thresholds.iter().map(percent).collect();
        let (measure, period) = (item.text("measure")?, item.text("period")?);
        let terms = Terms {
            scope,
            measure: Measure::ALL.into_iter().find(|one| one.name() == measure).ok_or_else(|| item.malformed("measure"))?,
            limit: item.number("limit")?,
            period: Period::ALL.into_iter().find(|one| one.name() == period).ok_or_else(|| item.malformed("period"))?,
            timezone: item.text("timezone")?.to_owned(),
        };
        Ok(Some(Self {
            id,
            name: item.text("name")?.to_owned(),
            terms,
            terms_version: item.number("terms")?,
            thresholds: thresholds.ok_or_else(|| item.malformed("thresholds"))?,
            recipients: Recipients { mail, webhooks, generation: item.optional_number("generation")?.unwrap_or_default() },
            version: item.number(VERSION)?,
            created_at: item.time("created_at")?,
            updated_at: item.time("updated_at")?,
        }))
    }
}

fn texts(list: &[String]) -> Value {
    Value::List(list.iter().map(text).collect())
}

/// A list of texts; an empty one where there is none.
fn read_texts(item: &Item, name: &'static str) -> Result<Vec<String>> {
    let one = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
    match item.attributes.get(name) {
        None => Ok(Vec::new()),
        Some(Value::List(list)) => list.iter().map(one).collect::<Option<_>>().ok_or_else(|| Attributes(item).malformed(name)),
        Some(_) => Err(Attributes(item).malformed(name)),
    }
}

fn partition(tenant: &TenantId) -> String {
    format!("T#{tenant}#C#budgets")
}

fn key(tenant: &TenantId, id: &str) -> Key {
    Key::new(partition(tenant), id)
}

/// Makes a budget, unless there is one of this id.
///
/// # Errors
/// Where the table does not answer.
pub async fn create(table: &dyn Table, tenant: &TenantId, budget: &Budget) -> Result<Made<()>> {
    put_first(table, budget.item(tenant)).await?.read(|_| Ok(()))
}

/// The budget of this id.
///
/// # Errors
/// Where the table does not answer, or the item is malformed.
pub async fn get(table: &dyn Table, tenant: &TenantId, id: &str) -> Result<Option<Budget>> {
    let item = table.get(&key(tenant, id), Read::Strong).await?;
    Ok(item.as_ref().map(Budget::read).transpose()?.flatten())
}

/// The budgets of a tenant, by id.
///
/// # Errors
/// As [`get`].
pub async fn all(table: &dyn Table, tenant: &TenantId) -> Result<Vec<Budget>> {
    let items = all_items(table, &partition(tenant), &Range::All, Read::Strong).await?;
    let read: Vec<Option<Budget>> = items.iter().map(Budget::read).collect::<Result<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// Writes a budget over the version before its own; `false` where that is not there any more.
///
/// # Errors
/// As [`create`].
pub async fn replace(table: &dyn Table, tenant: &TenantId, budget: &Budget) -> Result<bool> {
    over(table, budget.item(tenant), budget.version.saturating_sub(1)).await
}

/// Deletes the version of a budget that the caller has seen; `false` where that is not there any more.
///
/// # Errors
/// As [`create`].
pub async fn delete(table: &dyn Table, tenant: &TenantId, (id, version, now): (&str, u64, Timestamp)) -> Result<bool> {
    let stone = Item::new(key(tenant, id)).with(EXPIRES_AT, Value::Number(now.as_seconds() + STONE_SECONDS));
    over(table, stone.with(DELETED, Value::Number(1)), version).await
}

async fn over(table: &dyn Table, item: Item, version: u64) -> Result<bool> {
    let condition = Condition::NumberIs { attribute: VERSION, value: i64::try_from(version).unwrap_or(i64::MAX) };
    Ok(table.put(item, condition).await? == Put::Written)
}

/// Has a tenant's budgets looked at, from the next minute on.
///
/// # Errors
/// Where the table does not answer.
pub async fn watch(table: &dyn Table, tenant: (&TenantId, HourOffset), revision: i64) -> Result<()> {
    let watched = Watched { tenant: tenant.0.clone(), hour_offset: tenant.1, revision, seen: None };
    table.put(watched.item(), Condition::Always).await?;
    Ok(())
}

/// The tenants whose budgets are looked at.
///
/// # Errors
/// Where the table does not answer, or an item is malformed.
pub async fn watched(table: &dyn Table) -> Result<Vec<Watched>> {
    all_items(table, WATCHED, &Range::All, Read::Strong).await?.iter().map(Watched::read).collect()
}

/// Keeps what a look has seen, unless a budget was changed, or somebody else looked, since.
///
/// # Errors
/// Where the table does not answer.
pub async fn looked(table: &dyn Table, before: &Watched, seen: i64) -> Result<()> {
    let after = Watched { revision: before.revision.wrapping_add(1), seen: Some(seen), ..before.clone() };
    table.put(after.item(), Condition::NumberIs { attribute: "revision", value: before.revision }).await?;
    Ok(())
}

impl Watched {
    fn item(&self) -> Item {
        let item = Item::new(Key::new(WATCHED, self.tenant.as_str()))
            .with("tenant", text(self.tenant.as_str()))
            .with("hour_offset", crate::attributes::minutes(self.hour_offset))
            .with("revision", Value::Number(self.revision));
        with_optional(item, "seen", self.seen.map(Value::Number))
    }

    fn read(item: &Item) -> Result<Self> {
        let item = Attributes(item);
        Ok(Self {
            tenant: item.tenant("tenant")?,
            hour_offset: item.hour_offset()?,
            revision: item.number("revision")?,
            seen: item.optional_number("seen")?,
        })
    }
}
