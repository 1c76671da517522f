//! Who is to be forgotten: what must be known of erased people so that whatever names one of them is found, in what is stored and in what
//! comes later, and no more than that. People are known by a keyed hash (HMAC-SHA-256) of their ids, under a key of their tenant's own: who has
//! one of an id can tell that it was erased, and nobody can tell the id from it.
//!
//! An erased event keeps what it counts for (amounts, tokens, its kind, its time) and loses whose it was. Its id, which may be made of the
//! user's, becomes a keyed hash of itself, so that copies of the event that come later are still known as copies.

use crate::event::{AiUse, Facts};
use crate::{Event, EventId, Timestamp, UserId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;

/// With what the name of a subscription begins that belongs to somebody who was erased.
const SUBSCRIBER: &str = "erased:";
/// Characters of the hashes that stand for what was erased: 64 bits tell the subscriptions of a tenant apart.
const SHORT: usize = 16;

/// The key under which a tenant's erased people are hashed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ErasureKey([u8; 32]);

impl fmt::Debug for ErasureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasureKey")
    }
}

impl ErasureKey {
    /// A key of these bytes, which must be random.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// By what a person is known once it is erased.
    #[must_use]
    pub fn person(&self, user: &UserId) -> PersonHash {
        PersonHash(self.hash(&["person", user.as_str()]))
    }

    /// A keyed hash of some texts, the first of which says what for.
    fn hash(&self, texts: &[&str]) -> String {
        // A key of 32 bytes is never refused.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        for text in texts {
            mac.update(&(text.len() as u64).to_le_bytes());
            mac.update(text.as_bytes());
        }
        let mut hash = hex::encode(mac.finalize().into_bytes());
        hash.truncate(32);
        hash
    }
}

/// A keyed hash of a user's id: 128 bits, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonHash(String);

impl PersonHash {
    /// The hash that a text is; `None` where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hash = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hash.then(|| Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is erased of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// All that happened before.
    pub before: Timestamp,
    /// A settle with this configuration revision, or a later one, has erased it; one with an older one perhaps not.
    pub revision: u64,
}

/// The erased people of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erasures {
    key: Option<ErasureKey>,
    people: BTreeMap<PersonHash, Extent>,
}

impl Erasures {
    /// Nobody.
    pub const NONE: &'static Self = &Self { key: None, people: BTreeMap::new() };

    /// These people, hashed under this key.
    #[must_use]
    pub const fn new(key: ErasureKey, people: BTreeMap<PersonHash, Extent>) -> Self {
        Self { key: Some(key), people }
    }

    /// Whether nobody was ever erased.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// What is erased of a user; `None` where nothing is.
    #[must_use]
    pub fn of(&self, user: &str) -> Option<Extent> {
        let key = self.key.filter(|_| !self.is_empty())?;
        self.people.get(&PersonHash(key.hash(&["person", user]))).copied()
    }

    /// Those whom a settle with this configuration revision may not have erased yet from what happened at a moment and after it.
    #[must_use]
    pub fn missed_by(&self, configuration: u64, moment: Timestamp) -> Self {
        let is_missed = |extent: &Extent| extent.revision > configuration && extent.before > moment;
        let people = self.people.iter().filter(|(_, extent)| is_missed(extent));
        Self { key: self.key, people: people.map(|(person, extent)| (person.clone(), *extent)).collect() }
    }

    /// The newest of their revisions; 0 where there are none.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.people.values().map(|extent| extent.revision).max().unwrap_or_default()
    }

    /// What takes the place of an event's id.
    #[must_use]
    pub fn event_id(&self, id: &str) -> String {
        format!("erased:{}", self.short(&["event", id], 32))
    }

    /// A request to a model that waits for its end, without its person, as whatever stores it would take the person out; `None` where its person
    /// is not erased.
    #[must_use]
    pub fn erase_request(&self, event: &Event) -> Option<Event> {
        let user = event.user.as_ref()?.as_str();
        let Facts::Ai(facts) = &event.facts else { return None };
        if self.of(user)?.before <= event.time.min(event.received) {
            return None;
        }
        let label = |label: &Option<String>| label.clone().filter(|label| !tells_of(label, user));
        let facts = AiUse {
            provider: label(&facts.provider),
            model: label(&facts.model),
            service: label(&facts.service),
            feature: label(&facts.feature),
            complexity: label(&facts.complexity),
            language: label(&facts.language),
            conversation: None,
            ..facts.clone()
        };
        let id = EventId::of_erased(self.event_id(event.id.as_str()));
        let plan = label(&event.plan);
        Some(Event { id, user: None, session: None, properties: None, plan, facts: Facts::Ai(facts), ..event.clone() })
    }

    /// What takes the place of the name of an erased user's subscription, which may be empty: recurring revenue goes by whose it is, and stays
    /// what it is where the subscriptions of one person are still known to belong together.
    #[must_use]
    pub fn subscription(&self, user: &str, name: &str) -> String {
        let whose = self.short(&["subscriber", user], SHORT);
        let which = if name.is_empty() { String::new() } else { self.short(&["subscription", user, name], SHORT) };
        format!("{SUBSCRIBER}{whose}:{which}")
    }

    fn short(&self, texts: &[&str], characters: usize) -> String {
        let mut hash = self.key.map(|key| key.hash(texts)).unwrap_or_default();
        hash.truncate(characters);
        hash
    }
}

/// Whether a label has the user's id in it, as a word of its own: a page such as `/users/u1`.
#[must_use]
pub fn tells_of(label: &str, user: &str) -> bool {
    let is_edge = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    label.match_indices(user).any(|(at, found)| {
        let (before, after) = (&label[..at], &label[at + found.len()..]);
        is_edge(before.chars().next_back()) && is_edge(after.chars().next())
    })
}

/// Whose an erased subscription is, and its own name, empty where it had none; `None` of any other subscription.
#[must_use]
pub fn subscriber(subscription: &str) -> Option<(&str, &str)> {
    subscription.strip_prefix(SUBSCRIBER)?.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erasures() -> Erasures {
        let key = ErasureKey::new([7; 32]);
        let person = key.person(&UserId::new("u1").unwrap());
        let extent = Extent { before: Timestamp::from_millis(1_000), revision: 3 };
        Erasures::new(key, [(person, extent)].into())
    }

    #[test]
    fn a_person_is_known_by_a_keyed_hash_of_its_id() {
        let erasures = erasures();
        assert_eq!(erasures.of("u1").map(|extent| extent.revision), Some(3));
        assert_eq!(erasures.of("u2"), None);
        assert_eq!(Erasures::NONE.of("u1"), None);
        // printf "\x06\0\0\0\0\0\0\0person\x02\0\0\0\0\0\0\0u1" | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…
        let key = ErasureKey::new([7; 32]);
        let person = key.person(&UserId::new("u1").unwrap());
        assert_eq!(person.as_str(), "50db97a36307d51f346479e92c983b2e");
        assert_eq!(PersonHash::parse(person.as_str()).as_ref(), Some(&person));
        assert_ne!(ErasureKey::new([8; 32]).person(&UserId::new("u1").unwrap()), person);
        assert_eq!((PersonHash::parse("u1"), PersonHash::parse(&"A".repeat(32))), (None, None));
    }

    #[test]
    fn a_request_that_waits_loses_its_person_and_keeps_what_it_counts_for() {
        let named = |text: &str| Some(text.to_owned());
        let facts = AiUse {
            model: named("gpt-4"),
            feature: named("/users/u1"),
            conversation: named("c"),
            prompt_chars: Some(5),
            ..AiUse::default()
        };
        let event = |user: &str, at| Event {
            id: EventId::of_request("u1-17"),
            project: crate::ProjectId::new("shop").unwrap(),
            user: UserId::new(user).ok(),
            session: named("s"),
            kind: "request".into(),
            time: Timestamp::from_millis(at),
            original_time: None,
            received: Timestamp::from_millis(2_000),
            plan: named("pro"),
            historical: false,
            facts: Facts::Ai(facts.clone()),
            properties: named("{}"),
        };
        let erased = erasures().erase_request(&event("u1", 999)).unwrap();
        assert!(!serde_json::to_string(&erased).unwrap().contains("u1"));
        let Facts::Ai(kept) = &erased.facts else { panic!() };
        assert_eq!((kept.model.as_deref(), kept.prompt_chars, erased.plan.as_deref()), (Some("gpt-4"), Some(5), Some("pro")));
        assert_eq!(erased.id.as_str(), erasures().event_id("r:u1-17"));
        assert_eq!(erasures().erase_request(&event("u1", 1_000)), None, "what happened since is not erased");
        assert_eq!(erasures().erase_request(&event("u2", 999)), None);
    }

    #[test]
    fn who_settled_with_the_revision_or_later_has_missed_nobody() {
        let missed = |configuration, at| !erasures().missed_by(configuration, Timestamp::from_millis(at)).is_empty();
        assert!(missed(2, 999));
        assert!(!missed(2, 1_000), "what happened since is not erased");
        assert!(!missed(3, 999));
    }

    #[test]
    fn what_takes_the_place_of_names_says_what_belongs_together_and_not_to_whom() {
        let erasures = erasures();
        let (one, other, nameless) =
            (erasures.subscription("u1", "sub_1"), erasures.subscription("u1", "sub_2"), erasures.subscription("u1", ""));
        let [one, other, nameless] = [&one, &other, &nameless].map(|name| subscriber(name).unwrap());
        assert!(one.0 == other.0 && other.0 == nameless.0 && one.1 != other.1);
        assert_eq!(nameless.1, "");
        assert_ne!(subscriber(&erasures.subscription("u2", "sub_1")).unwrap().0, one.0);
        assert_eq!(subscriber("sub_1"), None);
        assert_eq!(erasures.event_id("e:u1:1"), erasures.event_id("e:u1:1"));
        assert_ne!(erasures.event_id("e:u1:1"), erasures.event_id("e:u1:2"));
    }
}
