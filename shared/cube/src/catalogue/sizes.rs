//! What a partial of a hundred typical events takes: each KB of it is a write unit of the table, paid twice, because it is deleted too.

use crate::columns::from_events;
use crate::fold;
use crate::sample::{by_user, context, event};
use model::event::{AiUse, Engagement, Facts, Lifecycle, Measurement, Sale, Tokens};
use model::money::Currency;
use model::{Event, Family};

const EVENTS: usize = 100;

#[expect(clippy::unnecessary_wraps, reason = "the fields it fills are optional")]
fn pick(pool: &[&str], index: usize) -> Option<String> {
    Some(pool[index % pool.len()].to_owned())
}

fn user(index: usize, users: usize) -> String {
    format!("5f0c3a52-8d1e-4f7b-9a6e-{:012}", index * users / EVENTS)
}

/// What a hundred events look like that came together, of so many users.
fn typical(family: Family, users: usize) -> Vec<Event> {
    (0..EVENTS).map(|index| by_user(&user(index, users), one(family, index, users))).collect()
}

fn one(family: Family, index: usize, users: usize) -> Event {
    let at = i64::try_from(index).unwrap();
    let (kind, facts) = match family {
        Family::Engagement => (["screen_view", "tap", "custom"][index % 3], engagement(index)),
        Family::Ai => ("request", ai(index)),
        Family::Sales => ("purchase", sale(index)),
        Family::Performance => ("performance", measurement(index)),
        Family::Lifecycle => (["generation.started", "build.triggered", "user.signin"][index % 3], Facts::Lifecycle(Lifecycle::default())),
    };
    let session = Some(format!("session-{}", index * users / EVENTS));
    Event { session, plan: pick(&["free", "pro"], index * users / EVENTS), ..event(facts, kind, at * 1_000) }
}

fn engagement(index: usize) -> Facts {
    Facts::Engagement(Engagement {
        page: pick(&["Home", "Search", "Cart", "Item", "Profile", "Settings", "About"], index / 3),
        feature: pick(&["checkout", "search"], index / 5),
        value_milli: Some(i64::try_from(index).unwrap() * 1000),
        platform: Some("ios".to_owned()),
        os: Some("ios".to_owned()),
        os_version: Some("17.2".to_owned()),
        app_version: Some("1.4.0".to_owned()),
        device_type: Some("phone".to_owned()),
        country: Some("DE".to_owned()),
        utm_campaign: Some("autumn".to_owned()),
        ..Engagement::default()
    })
}

fn ai(index: usize) -> Facts {
    let count = i64::try_from(index).unwrap();
    Facts::Ai(AiUse {
        provider: Some("anthropic".to_owned()),
        model: pick(&["claude-3-opus-20240229", "claude-3-haiku-20240307", "claude-3-sonnet-20240229"], index / 2),
        feature: pick(&["chat", "search", "summary", "code"], index / 3),
        status: Some(if index.is_multiple_of(50) { "failed" } else { "completed" }.to_owned()),
        tokens: Tokens { input: 300 + count * 37, output: 20 + count * 5, ..Tokens::default() },
        latency_ms: Some(500 + count * 83),
        ..AiUse::default()
    })
}

fn sale(index: usize) -> Facts {
    Facts::Sales(Sale {
        status: Some("completed".to_owned()),
        payment_method: pick(&["card", "paypal"], index / 2),
        amount_micros: Some([9_990_000, 19_990_000, 4_990_000][index % 3]),
        currency: Some(Currency::USD),
        subscription: (index.is_multiple_of(4)).then(|| format!("sub_{index:012}")),
        ..Sale::default()
    })
}

fn measurement(index: usize) -> Facts {
    let count = i64::try_from(index).unwrap();
    Facts::Performance(Measurement {
        service: pick(&["api", "web"], index / 4),
        endpoint: pick(&["/users", "/orders", "/items", "/login", "/cart"], index),
        method: pick(&["GET", "POST"], index / 2),
        status_code: Some(if index.is_multiple_of(20) { 500 } else { 200 }),
        response_time_us: Some(2_000 + count * 311),
        response_bytes: Some(800 + count * 13),
        ..Measurement::default()
    })
}

/// Bytes of a hundred events that came together, of one user (an app's batch), of 20 (a service's), and of a hundred (many batches).
const MOST: [(Family, [usize; 3]); 5] = [
    (Family::Engagement, [950, 2_750, 5_900]),
    (Family::Ai, [950, 3_500, 5_500]),
    (Family::Sales, [850, 1_950, 4_450]),
    (Family::Performance, [1_000, 1_600, 3_000]),
    (Family::Lifecycle, [350, 1_000, 2_650]),
];

#[test]
fn a_partial_of_a_hundred_events_is_small() {
    for (family, most) in MOST {
        for (users, most) in [1, 20, 100].into_iter().zip(most) {
            let batches = from_events(family, &typical(family, users), &context(0)).unwrap();
            let bytes = fold(family, &batches[0].1).encode().len();
            assert!(bytes <= most, "{family} of {users} users takes {bytes} bytes, more than {most}");
        }
    }
}
