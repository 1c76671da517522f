//! Who sends what, and when: a million engagement events in three profiles, as an app's batches.

use model::Timestamp;
use serde_json::{Value, json};

/// 2026-11-10T00:00:00Z, a Tuesday.
pub const START: Timestamp = Timestamp::from_millis(1_794_268_800_000);
const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

const KINDS: [&str; 3] = ["screen_view", "custom", "tap"];
/// How events arrive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    pub name: &'static str,
    pub what: &'static str,
    pub tenants: usize,
    /// Events of each tenant.
    pub events: usize,
    /// How long they take to come.
    pub span_ms: i64,
    /// People of each tenant.
    pub people: u64,
    /// What a million may cost in batches of 100, in dollars.
    pub target: f64,
}

pub const PROFILES: [Profile; 3] = [
    Profile {
        name: "dense",
        what: "one tenant, a million events in ten minutes",
        tenants: 1,
        events: 1_000_000,
        span_ms: 10 * MINUTE_MS,
        people: 10_000,
        target: 0.05,
    },
    Profile {
        name: "a million a day",
        what: "one tenant, a million events spread evenly over a day",
        tenants: 1,
        events: 1_000_000,
        span_ms: DAY_MS,
        people: 10_000,
        target: 0.15,
    },
    Profile {
        name: "500 small tenants",
        what: "500 tenants, 2,000 events each, spread over a day",
        tenants: 500,
        events: 2_000,
        span_ms: DAY_MS,
        people: 50,
        target: 0.20,
    },
];

/// A request to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    pub at: Timestamp,
    pub tenant: usize,
    /// Its number among the tenant's.
    pub number: usize,
}

impl Profile {
    /// A part of it, as dense: fewer tenants, or of one tenant a shorter time.
    pub fn part(&self, of: usize) -> Self {
        if self.tenants > 1 {
            return Self { tenants: self.tenants / of, ..*self };
        }
        Self { events: self.events / of, span_ms: self.span_ms / i64::try_from(of).unwrap_or(1), ..*self }
    }

    /// All requests, by time: each tenant's spread evenly, a little off their place.
    pub fn arrivals(&self, batch: usize) -> Vec<Arrival> {
        let batches = self.events / batch;
        let arrival = |(tenant, number): (usize, usize)| {
            let slot = self.span_ms * SECOND_MS / i64::try_from(batches).unwrap_or(1);
            let off = i64::try_from(scatter((tenant * batches + number) as u64) % 1_000).unwrap_or(0);
            let micros = i64::try_from(number).unwrap_or(0) * slot + slot * off / 1_000;
            Arrival { at: START.plus_millis(micros / SECOND_MS), tenant, number }
        };
        let mut arrivals: Vec<Arrival> =
            (0..self.tenants).flat_map(|tenant| (0..batches).map(move |number| (tenant, number))).map(arrival).collect();
        arrivals.sort_unstable();
        arrivals
    }

    /// When the last request has come.
    pub fn end(&self) -> Timestamp {
        START.plus_millis(self.span_ms)
    }

    /// The tenant's name.
    pub fn tenant(tenant: usize) -> String {
        format!("tenant-{tenant:03}")
    }

    /// What the request says: the batch of an app on one person's device, one event a second, the last of them now.
    pub fn body(&self, arrival: Arrival, batch: usize) -> String {
        let place = scatter((arrival.tenant << 32 | arrival.number) as u64);
        let person = place % self.people;
        let event = |index: usize| {
            let at = arrival.at.plus_millis(-SECOND_MS * i64::try_from(batch - 1 - index).unwrap_or(0));
            json!({
                "eventId": format!("{place:016x}-{index:04}"), "type": KINDS[index % KINDS.len()],
                "sessionId": format!("{person:08x}-{:04}", arrival.number / 16), "userId": format!("5f0c3a52-8d1e-4f7b-9a6e-{person:012}"),
                "projectId": PROJECT, "timestamp": at.to_string(),
                "properties": {"screenName": format!("Screen {}", index % 7), "feature": "checkout", "value": index, "utm_campaign": "autumn"},
                "device": {"platform": "ios", "osVersion": "17.2", "appVersion": "1.4.0", "deviceType": "phone"},
            })
        };
        let events: Vec<Value> = (0..batch).map(event).collect();
        json!({"batchId": format!("{place:016x}"), "projectId": PROJECT, "createdAt": arrival.at.to_string(), "events": events}).to_string()
    }
}

pub const PROJECT: &str = "app";

/// `SplitMix64` (Steele, Lea and Flood, 2014): scatters a counter over 64 bits.
pub const fn scatter(index: u64) -> u64 {
    let z = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
