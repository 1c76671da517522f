//! What a busy tenant's people do in an hour, in every family; the same every time. As in a real product, things belong together: a person has
//! a plan, a device, a country and mostly one project; a feature belongs to a service and calls one model, now and then another; a page shows
//! one feature; an endpoint is of one service. And the people of an hour do several things each, in one session.

use crate::sample::scatter;
use anyhow::Result;
use model::event::{AiUse, Engagement, Lifecycle, Measurement, Sale, Tokens};
use model::money::Currency;
use model::{Event, EventId, Facts, Family, Hour, HourOffset, ProjectId, UserId};

/// People of the tenant. A few do most.
pub const USERS: u64 = 5_000;
/// Those who are there in an hour.
const PRESENT: u64 = 50;
/// Events of each family in an hour.
const PER_HOUR: [(Family, u64); 5] =
    [(Family::Ai, 250), (Family::Engagement, 400), (Family::Sales, 20), (Family::Performance, 250), (Family::Lifecycle, 40)];

const PROJECTS: [&str; 3] = ["app", "shop", "docs"];
const PLANS: [&str; 4] = ["free", "pro", "team", "enterprise"];
const MODELS: [(&str, &str); 10] = [
    ("anthropic", "claude-3-opus-20240229"),
    ("anthropic", "claude-3-haiku-20240307"),
    ("anthropic", "claude-3-5-sonnet-20241022"),
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-4"),
    ("openai", "gpt-3.5-turbo"),
    ("gemini", "gemini-2.5-pro"),
    ("gemini", "gemini-1.5-flash"),
    ("mistral", "mistral-large"),
];
const FEATURES: [&str; 8] = ["chat", "search", "summary", "code", "review", "translate", "vision", "voice"];
const SERVICES: [&str; 4] = ["assistant", "indexer", "editor", "support"];
const PAGES: u64 = 60;
const DEVICES: [(&str, &str, &str); 4] =
    [("desktop", "windows", "Chrome"), ("desktop", "macos", "Safari"), ("phone", "ios", "Safari"), ("phone", "android", "Chrome")];
const COUNTRIES: [&str; 12] = ["US", "DE", "IN", "GB", "FR", "BR", "JP", "ES", "IT", "NL", "PL", "CA"];
const ENDPOINTS: [&str; 12] = [
    "/users",
    "/users/{id}",
    "/orders",
    "/orders/{id}",
    "/search",
    "/login",
    "/cart",
    "/checkout",
    "/items",
    "/items/{id}",
    "/feed",
    "/me",
];
const STATUSES: [i64; 8] = [200, 200, 200, 200, 200, 201, 404, 503];
const PLATFORM: [&str; 8] = [
    "user.login",
    "user.login",
    "user.signup",
    "project.created",
    "generation.started",
    "generation.completed",
    "build.triggered",
    "build.completed",
];

/// Everything of one hour.
pub fn of_hour(hour: Hour) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (family, count) in PER_HOUR {
        for index in 0..count {
            let chance = Chance(scatter(hour.index().unsigned_abs().into()) ^ scatter(index << 8 | family as u64));
            events.push(event(hour, family, (index, chance))?);
        }
    }
    Ok(events)
}

/// Draws that do not depend on each other, from one number.
#[derive(Clone, Copy)]
struct Chance(u64);

impl Chance {
    fn number(self, draw: u64, below: u64) -> u64 {
        scatter(self.0 ^ draw << 32) % below
    }

    /// The same, small ones more often.
    fn low_number(self, draw: u64, below: u64) -> u64 {
        self.number(draw, below) * self.number(draw + 1, below) / below
    }

    /// Whether what happens once in so many times does.
    fn once_in(self, draw: u64, times: u64) -> bool {
        self.number(draw, times) == 0
    }

    fn of<T: Copy>(self, draw: u64, values: &[T]) -> T {
        pick(self.number(draw, values.len() as u64), values)
    }

    fn amount(self, draw: u64, below: i64) -> i64 {
        self.number(draw, below.unsigned_abs()).cast_signed()
    }
}

/// One of some values, by a number that may be larger than there are.
fn pick<T: Copy>(number: u64, values: &[T]) -> T {
    #[expect(clippy::cast_possible_truncation, reason = "an index needs no more bits than its array")]
    let at = (number % values.len() as u64) as usize;
    values[at]
}

fn event(hour: Hour, family: Family, (index, chance): (u64, Chance)) -> Result<Event> {
    let person = Chance(scatter(hour.index().unsigned_abs().into()) ^ scatter(chance.number(0, PRESENT)));
    let user = person.low_number(0, USERS);
    let time = hour.start(HourOffset::default()).plus_millis(chance.amount(2, 3_600_000));
    let (kind, facts) = match family {
        Family::Ai => ("request", ai((user, hour), chance)),
        Family::Engagement => ("screen_view", engagement(user, chance)),
        Family::Sales => ("purchase", sale((hour, index), chance)),
        Family::Performance => ("performance", measurement(chance)),
        Family::Lifecycle => (chance.of(3, &PLATFORM), Facts::Lifecycle(Lifecycle::default())),
    };
    Ok(Event {
        id: EventId::of_request(&format!("{family}-{hour}-{index}")),
        project: ProjectId::new(pick(if chance.once_in(4, 10) { user + 1 } else { user }, &PROJECTS))?,
        user: (family != Family::Performance).then(|| UserId::new(format!("user-{user}"))).transpose()?,
        session: Some(format!("session-{user}-{hour}")),
        kind: kind.into(),
        time,
        original_time: None,
        received: time,
        plan: Some(pick(user / 7, &PLANS).into()),
        historical: false,
        facts,
        properties: None,
    })
}

fn ai((user, hour): (u64, Hour), chance: Chance) -> Facts {
    let feature = chance.low_number(12, FEATURES.len() as u64);
    let (provider, model) = pick(if chance.once_in(10, 10) { feature + 1 } else { feature }, &MODELS);
    let output = 20 + chance.amount(11, 900);
    Facts::Ai(AiUse {
        provider: Some(provider.into()),
        model: Some(model.into()),
        service: Some(pick(feature / 2, &SERVICES).into()),
        feature: Some(pick(feature, &FEATURES).into()),
        status: Some(if chance.once_in(14, 50) { "failed" } else { "completed" }.into()),
        conversation: Some(format!("conversation-{user}-{hour}")),
        tokens: Tokens { input: 100 + chance.amount(16, 4_000), output, ..Tokens::default() },
        latency_ms: Some(200 + output * 15),
        ..AiUse::default()
    })
}

fn engagement(user: u64, chance: Chance) -> Facts {
    let (device, os, browser) = pick(user / 5, &DEVICES);
    let page = chance.low_number(21, PAGES);
    Facts::Engagement(Engagement {
        page: Some(format!("/page/{page}")),
        feature: Some(pick(page, &FEATURES).into()),
        time_on_page_ms: Some(chance.amount(24, 120_000)),
        device_type: Some(device.into()),
        os: Some(os.into()),
        browser: Some(browser.into()),
        country: Some(pick(user / 11, &COUNTRIES).into()),
        utm_campaign: chance.once_in(26, 10).then(|| "spring".into()),
        ..Engagement::default()
    })
}

fn sale((hour, index): (Hour, u64), chance: Chance) -> Facts {
    Facts::Sales(Sale {
        transaction: Some(format!("{hour}-{index}")),
        status: Some(if chance.once_in(30, 20) { "failed" } else { "completed" }.into()),
        amount_micros: Some(1_000_000 * (5 + chance.amount(31, 95))),
        currency: Some(Currency::USD),
        payment_method: Some(chance.of(32, &["card", "paypal", "invoice"]).into()),
        ..Sale::default()
    })
}

fn measurement(chance: Chance) -> Facts {
    let endpoint = chance.number(41, ENDPOINTS.len() as u64);
    Facts::Performance(Measurement {
        service: Some(pick(endpoint / 3, &SERVICES).into()),
        endpoint: Some(pick(endpoint, &ENDPOINTS).into()),
        method: Some("GET".into()),
        status_code: Some(chance.of(42, &STATUSES)),
        response_time_us: Some(1_000 + chance.amount(43, 400_000)),
        request_bytes: Some(chance.amount(44, 2_000)),
        response_bytes: Some(chance.amount(45, 40_000)),
        cpu_millipercent: Some(chance.amount(46, 100_000)),
        memory_millipercent: Some(chance.amount(47, 100_000)),
        ..Measurement::default()
    })
}
