//! Which events share a segment: those of one tenant and family.

use crate::delivery::Delivery;
use model::message::Message;
use model::money::Currency;
use model::{Event, Family, HourOffset, TenantId};
use std::collections::BTreeMap;
use std::mem::size_of;

/// About how many bytes of events are held in memory at once: with their columns, a tenth of the function's memory.
const WAVE_BYTES: usize = 24 * 1024 * 1024;

/// What the events of a group have in common. A tenant's offset never changes, and its currency hardly; if they did, they would part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    pub tenant: TenantId,
    pub family: Family,
    offset_minutes: u8,
    pub currency: Currency,
    /// The message that is stored alone, because it was delivered before.
    alone: Option<String>,
}

/// Events of one tenant and family that are written together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub key: GroupKey,
    pub hour_offset: HourOffset,
    /// The events, those of a message together, messages in the order they were added.
    pub events: Vec<Event>,
    /// The messages, and how many of the events each has.
    owners: Vec<(String, usize)>,
}

impl Group {
    fn empty(key: GroupKey, hour_offset: HourOffset) -> Self {
        Self { key, hour_offset, events: Vec::new(), owners: Vec::new() }
    }

    fn add(&mut self, message: &str, event: Event) {
        match self.owners.last_mut() {
            Some((owner, events)) if owner == message => *events += 1,
            _ => self.owners.push((message.to_owned(), 1)),
        }
        self.events.push(event);
    }

    /// The ids of the messages that have events in it.
    pub fn messages(&self) -> Vec<&str> {
        self.owners.iter().map(|(message, _)| message.as_str()).collect()
    }

    /// A group for each of its messages.
    pub fn into_single_messages(self) -> impl Iterator<Item = Self> {
        let Self { key, hour_offset, events, owners } = self;
        let mut events = events.into_iter();
        owners.into_iter().map(move |(message, count)| Self {
            key: key.clone(),
            hour_offset,
            events: events.by_ref().take(count).collect(),
            owners: vec![(message, count)],
        })
    }
}

/// Groups of the events that are in memory at once.
#[derive(Debug, Default)]
pub struct Wave {
    groups: BTreeMap<GroupKey, Group>,
    bytes: usize,
}

impl Wave {
    /// Whether it holds as much as it should.
    pub fn is_full(&self) -> bool {
        self.bytes >= WAVE_BYTES
    }

    /// Adds the events of a message to the groups they belong to.
    pub fn add(&mut self, delivery: &Delivery, message: Message) {
        let Message { tenant, hour_offset, currency, events, .. } = message;
        for event in events {
            self.bytes += size_of::<Event>() + event.properties.as_ref().map_or(0, String::len);
            let alone = delivery.is_repeated().then(|| delivery.id.clone());
            let key = GroupKey { tenant: tenant.clone(), family: event.family(), offset_minutes: hour_offset.minutes(), currency, alone };
            self.groups.entry(key.clone()).or_insert_with(|| Group::empty(key, hour_offset)).add(&delivery.id, event);
        }
    }

    /// Its groups.
    pub fn into_groups(self) -> Vec<Group> {
        self.groups.into_values().collect()
    }
}
