//! What is archived of a day: which version of the day's manifest the file that the world reads was made from, and which one is needed. Who
//! commits a version says ahead that it is needed, so that a day waits in the index until its file has it (I12).

use crate::manifest::Owner;
use model::{Day, Family, TenantId, Timestamp};
use ports::{Condition, Item, Key, PortError, Put, Read, Table, Value};
use records::pending::{ATTRIBUTE, Kind, shard};

const EDITION: &str = "edition";
/// How often an item that two write at once is tried.
const TRIES: usize = 16;

/// What is archived of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Whose day.
    pub owner: Owner,
    /// The day.
    pub day: Day,
    /// The version of the day's manifest that the file is needed of, or a later one.
    pub needed: u64,
    /// The version that it was made from and read back; 0 where there is no file.
    pub built: u64,
    /// How many events the file has.
    pub events: u64,
    /// How large it is.
    pub size_bytes: u64,
    /// Until when somebody makes the file, and nobody else may.
    pub lease_until: Option<Timestamp>,
    /// How often this was written; 0 where it never was.
    edition: u64,
}

/// What became of a try to make a day's file one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is the caller's until the end of the lease.
    Yours(Archived),
    /// Somebody else is at it.
    Busy,
    /// The file has what is needed.
    Current,
}

impl Archived {
    /// Whether the file has what is needed.
    #[must_use]
    pub const fn is_current(&self) -> bool {
        self.built >= self.needed
    }

    fn item(&self) -> Item {
        let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let item = Item::new(key(&self.owner, self.day))
            .with(EDITION, count(self.edition))
            .with("needed", count(self.needed))
            .with("built", count(self.built))
            .with("events", count(self.events))
            .with("size_bytes", count(self.size_bytes));
        let item = match self.lease_until {
            Some(until) => item.with("lease_until", Value::Number(until.as_millis())),
            None => item,
        };
        if self.is_current() { item } else { item.with(ATTRIBUTE, Value::Text(shard(Kind::Archive, &self.owner.tenant))) }
    }
}

fn key(owner: &Owner, day: Day) -> Key {
    Key::new(format!("T#{}#Z#{}", owner.tenant, owner.family), day.to_string())
}

/// The day that a key names, as the index of pending work does; `None` where it names something else.
#[must_use]
pub fn of_key(key: &Key) -> Option<(Owner, Day)> {
    let (tenant, family) = key.partition.strip_prefix("T#")?.split_once("#Z#")?;
    Some((Owner { tenant: TenantId::new(tenant).ok()?, family: Family::from_name(family)? }, Day::from_key(&key.sort)?))
}

/// What is archived of a day, as it is now.
///
/// # Errors
/// Where the table does not answer.
pub async fn get(table: &dyn Table, owner: &Owner, day: Day) -> Result<Archived, PortError> {
    let item = table.get(&key(owner, day), Read::Strong).await?;
    let number = |name| item.as_ref().and_then(|item| item.number(name)).and_then(|number| u64::try_from(number).ok()).unwrap_or_default();
    let lease = item.as_ref().and_then(|item| item.number("lease_until")).map(Timestamp::from_millis);
    Ok(Archived {
        owner: owner.clone(),
        day,
        needed: number("needed"),
        built: number("built"),
        events: number("events"),
        size_bytes: number("size_bytes"),
        lease_until: lease,
        edition: number(EDITION),
    })
}

/// From now on the file is needed of this version of the day's manifest. Answers whether that was written: not where others keep writing.
///
/// # Errors
/// Where the table does not answer.
pub async fn need(table: &dyn Table, owner: &Owner, (day, version): (Day, u64)) -> Result<bool, PortError> {
    for _ in 0..TRIES {
        let archived = get(table, owner, day).await?;
        if archived.needed >= version {
            return Ok(true);
        }
        if save(table, Archived { needed: version, ..archived }).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes a day's file the caller's to make, until `until`: one older than the one that is there is never put in its place.
///
/// # Errors
/// Where the table does not answer.
pub async fn take(table: &dyn Table, owner: &Owner, (day, now, until): (Day, Timestamp, Timestamp)) -> Result<Turn, PortError> {
    let archived = get(table, owner, day).await?;
    if archived.is_current() {
        return Ok(Turn::Current);
    }
    if archived.lease_until.is_some_and(|lease| lease > now) {
        return Ok(Turn::Busy);
    }
    Ok(save(table, Archived { lease_until: Some(until), ..archived }).await?.map_or(Turn::Busy, Turn::Yours))
}

/// The file is made, of this version, and was read back. What was needed meanwhile stays needed.
///
/// # Errors
/// Where the table does not answer.
pub async fn built(table: &dyn Table, taken: &Archived, (version, events, size_bytes): (u64, u64, u64)) -> Result<bool, PortError> {
    for _ in 0..TRIES {
        let now = get(table, &taken.owner, taken.day).await?;
        if now.lease_until != taken.lease_until {
            return Ok(false);
        }
        if save(table, Archived { built: version, events, size_bytes, lease_until: None, ..now }).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives a day back that was taken and is not made.
///
/// # Errors
/// Where the table does not answer.
pub async fn give_back(table: &dyn Table, taken: &Archived) -> Result<bool, PortError> {
    let now = get(table, &taken.owner, taken.day).await?;
    if now.lease_until != taken.lease_until {
        return Ok(false);
    }
    Ok(save(table, Archived { lease_until: None, ..now }).await?.is_some())
}

/// Writes over the edition that was read.
async fn save(table: &dyn Table, archived: Archived) -> Result<Option<Archived>, PortError> {
    let condition = match i64::try_from(archived.edition) {
        Ok(value) if value > 0 => Condition::NumberIs { attribute: EDITION, value },
        _ => Condition::Absent,
    };
    let next = Archived { edition: archived.edition + 1, ..archived };
    Ok((table.put(next.item(), condition).await? == Put::Written).then_some(next))
}
