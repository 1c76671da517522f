//! Events to be counted.

use crate::world::at;
use model::event::{AiUse, Engagement, Lifecycle, Measurement, Sale, Tokens};
use model::money::Currency;
use model::{Event, EventId, Facts, ProjectId, UserId};
use std::sync::atomic::{AtomicUsize, Ordering};

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// An event of the project `shop`.
fn event(user: &str, kind: &str, time: &str, facts: Facts) -> Event {
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    Event {
        id: EventId::of_request(&number.to_string()),
        project: ProjectId::new("shop").unwrap(),
        user: (!user.is_empty()).then(|| UserId::new(user).unwrap()),
        session: None,
        kind: kind.into(),
        time: at(time),
        original_time: None,
        received: at(time),
        plan: None,
        historical: false,
        facts,
        properties: None,
    }
}

/// The same event at another time.
pub fn then(time: &str, event: Event) -> Event {
    Event { time: at(time), received: at(time), ..event }
}

/// What is told of a subscription: its terms, as they are then.
pub fn subscribed((user, name): (&str, &str), time: &str, terms: Option<(i64, &str, &str)>) -> Event {
    let facts = Sale {
        subscription: Some(name.into()),
        amount_micros: terms.map(|(hundredths, ..)| hundredths * 10_000),
        currency: terms.and_then(|(_, currency, _)| Currency::from_code(currency)),
        subscription_interval: terms.map(|(.., interval)| interval.into()),
        ..Sale::default()
    };
    event(user, "billing.subscription_created", time, Facts::Sales(facts))
}

/// The end of a subscription.
pub fn cancelled((user, name): (&str, &str), time: &str) -> Event {
    let facts = Sale { subscription: Some(name.into()), ..Sale::default() };
    event(user, "billing.subscription_cancelled", time, Facts::Sales(facts))
}

/// The same event of another project.
pub fn of(project: &str, event: Event) -> Event {
    Event { project: ProjectId::new(project).unwrap(), ..event }
}

/// The same event of a user on a plan.
pub fn on(plan: &str, event: Event) -> Event {
    Event { plan: Some(plan.into()), ..event }
}

/// A completed request to a model, of so many tokens read and written.
pub fn ai(user: &str, model: &str, time: &str, (input, output): (i64, i64)) -> Event {
    let facts = AiUse {
        model: Some(model.into()),
        status: Some("completed".into()),
        tokens: Tokens { input, output, ..Tokens::default() },
        ..AiUse::default()
    };
    event(user, "request", time, Facts::Ai(facts))
}

/// A request of a user to a model, whatever it was.
pub fn request(user: &str, time: &str, facts: AiUse) -> Event {
    event(user, "request", time, Facts::Ai(facts))
}

/// A message to a model in a conversation, of ten tokens read and five written.
pub fn message(user: &str, model: &str, conversation: &str, time: &str) -> Event {
    let facts = AiUse {
        model: Some(model.into()),
        status: Some("completed".into()),
        conversation: Some(conversation.into()),
        tokens: Tokens { input: 10, output: 5, ..Tokens::default() },
        ..AiUse::default()
    };
    event(user, "chat.message_sent", time, Facts::Ai(facts))
}

/// Something that happened on the platform; what is made may have a name.
pub fn life(kind: &str, time: &str, name: &str) -> Event {
    let facts = Lifecycle { name: (!name.is_empty()).then(|| name.into()), ..Lifecycle::default() };
    event("ann", kind, time, Facts::Lifecycle(facts))
}

/// A transaction by card, of an amount in hundredths.
pub fn sale(user: &str, kind: &str, status: &str, (hundredths, currency): (i64, &str)) -> Event {
    let facts = Sale {
        transaction: Some(format!("t{}", NUMBER.load(Ordering::SeqCst))),
        status: Some(status.into()),
        amount_micros: Some(hundredths * 10_000),
        currency: Currency::from_code(currency),
        payment_method: Some("card".into()),
        ..Sale::default()
    };
    event(user, kind, "2026-11-18T12:00:00Z", Facts::Sales(facts))
}

/// A request to a model, as it is told.
pub fn asked(user: &str, time: &str, facts: AiUse) -> Event {
    event(user, "request", time, Facts::Ai(facts))
}

/// Something that somebody did in an app, in a session, if it was in one.
pub fn act(user: &str, session: &str, time: &str, facts: Engagement) -> Event {
    let session = (!session.is_empty()).then(|| session.into());
    Event { session, ..event(user, "screen_view", time, Facts::Engagement(facts)) }
}

/// A request to a service, or what the service used.
pub fn measured(user: &str, time: &str, facts: Measurement) -> Event {
    event(user, "performance", time, Facts::Performance(facts))
}
