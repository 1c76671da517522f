//! Events for tests: any of a family, with labels from small pools, so that they meet in the same cells.

use model::event::{AiUse, Engagement, Facts, Lifecycle, Measurement, Sale, Tokens};
use model::money::Currency;
use model::price::PriceBook;
use model::{Event, EventId, Family, HourOffset, ProjectId, Timestamp, UserId};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use crate::columns::RowContext;

/// 2026-03-28T22:00:00Z: a few hours before clocks change in Europe.
pub const START: i64 = 1_774_735_200_000;
pub const HOUR_MS: i64 = 3_600_000;

pub fn context(minutes: u8) -> RowContext<'static> {
    let hour_offset = HourOffset::from_minutes(minutes).unwrap();
    RowContext { prices: PriceBook::builtin(), hour_offset, currency: Currency::USD }
}

/// An event of a family that says nothing but this.
pub fn event(facts: Facts, kind: &str, at_ms: i64) -> Event {
    Event {
        id: EventId::of_place(kind, usize::try_from(at_ms).unwrap()),
        project: ProjectId::new("shop").unwrap(),
        user: None,
        session: None,
        kind: kind.to_owned(),
        time: Timestamp::from_millis(START + at_ms),
        original_time: None,
        received: Timestamp::from_millis(START + at_ms),
        plan: None,
        historical: false,
        facts,
        properties: None,
    }
}

pub fn by_user(user: &str, event: Event) -> Event {
    Event { user: UserId::new(user).ok(), ..event }
}

/// Up to so many events of a family, within five hours.
pub fn events(family: Family, most: usize) -> impl Strategy<Value = Vec<Event>> {
    vec(one(family), 0..=most)
}

fn label(pool: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    of(select(pool).prop_map(str::to_owned))
}

fn number() -> impl Strategy<Value = Option<i64>> {
    of(prop_oneof![0..5_i64, 0..2_000_i64, 0..1_000_000_000_000_i64])
}

fn one(family: Family) -> impl Strategy<Value = Event> {
    let who = (select(&["shop", "blog"][..]), of(0..6_u8), of(0..4_u8), label(&["free", "premium"]));
    (who, 0..5 * HOUR_MS, any::<u32>(), kind(family), facts(family)).prop_map(|((project, user, session, plan), at_ms, id, kind, facts)| {
        Event {
            id: EventId::of_request(&id.to_string()),
            project: ProjectId::new(project).unwrap(),
            user: user.map(|user| UserId::new(format!("u{user}")).unwrap()),
            session: session.map(|session| format!("s{session}")),
            plan,
            ..event(facts, kind, at_ms)
        }
    })
}

fn kind(family: Family) -> impl Strategy<Value = &'static str> {
    select(match family {
        Family::Engagement => &["screen_view", "custom", "event.attended"][..],
        Family::Ai => &["request", "chat.message_sent"],
        Family::Sales => &["purchase", "refund", "billing.payment_success", "billing.subscription_created"],
        Family::Performance => &["performance"],
        Family::Lifecycle => &["project.created", "generation.started", "build.triggered", "user.signup", "user.plan_upgrade"],
    })
}

fn facts(family: Family) -> BoxedStrategy<Facts> {
    match family {
        Family::Engagement => engagement().boxed(),
        Family::Ai => ai().boxed(),
        Family::Sales => sale().boxed(),
        Family::Performance => measurement().boxed(),
        Family::Lifecycle => (label(&["Shop", "Blog"]), label(&["g1", "g2"]), label(&["free"]), label(&["premium"]))
            .prop_map(|(name, subject, plan_from, plan_to)| Facts::Lifecycle(Lifecycle { name, subject, plan_from, plan_to }))
            .boxed(),
    }
}

fn engagement() -> impl Strategy<Value = Facts> {
    let texts = (label(&["/", "/cart"]), label(&["search"]), label(&["DE", "US"]), label(&["ios"]), label(&["1.0", "1.1"]));
    (texts, number(), number(), number()).prop_map(|((page, feature, country, platform, app_version), value, time, scroll)| {
        Facts::Engagement(Engagement {
            page,
            feature,
            country,
            platform,
            app_version,
            value_milli: value,
            time_on_page_ms: time,
            scroll_depth_millipercent: scroll,
            ..Engagement::default()
        })
    })
}

fn ai() -> impl Strategy<Value = Facts> {
    let texts = (label(&["claude-3-opus-20240229", "gpt-4", "home-made"]), label(&["chat", "search"]), label(&["completed", "failed"]));
    let tokens = (0..200_000_i64, 0..5_000_i64, 0..10_i64).prop_map(|(input, output, cache_read)| Tokens {
        input,
        output,
        cache_read,
        ..Tokens::default()
    });
    (texts, tokens, number(), of(0..1_000_000_i64)).prop_map(|((model, feature, status), tokens, latency_ms, given_cost_pico)| {
        Facts::Ai(AiUse { model, feature, status, tokens, latency_ms, given_cost_pico, ..AiUse::default() })
    })
}

fn sale() -> impl Strategy<Value = Facts> {
    let texts = (label(&["completed", "failed"]), label(&["card"]), of(select(&["USD", "EUR"][..])), label(&["sub1", "sub2"]));
    (texts, number()).prop_map(|((status, payment_method, currency, subscription), amount_micros)| {
        let currency = currency.and_then(Currency::from_code);
        Facts::Sales(Sale { status, payment_method, currency, subscription, amount_micros, ..Sale::default() })
    })
}

fn measurement() -> impl Strategy<Value = Facts> {
    let status_code = of(select(&[200_i64, 404, 503][..]));
    let texts = (label(&["api", "web"]), label(&["/users", "/orders"]), label(&["GET"]));
    let numbers = (number(), number(), number(), of(0..100_000_i64), of(0..50_i64));
    (texts, status_code, numbers).prop_map(|((service, endpoint, method), status_code, (time, bytes, query, cpu, pool))| {
        Facts::Performance(Measurement {
            service,
            endpoint,
            method,
            status_code,
            response_time_us: time,
            response_bytes: bytes,
            query_time_us: query,
            cpu_millipercent: cpu,
            pool_active: pool,
            ..Measurement::default()
        })
    })
}
