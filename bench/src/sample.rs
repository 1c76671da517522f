//! AI events as a busy tenant has them: the token counts of real requests, under made-up users, models and features.

use model::event::{AiUse, Tokens};
use model::money::Currency;
use model::{Event, EventId, Facts, HourOffset, ProjectId, Timestamp, UserId};

/// The counts of the LLM trace: see `data/README.md`.
const TRACE: &str = include_str!("../../data/azure_llm_code.csv");
const HOUR: Timestamp = Timestamp::from_millis(1_795_000_000_000 / 3_600_000 * 3_600_000);

const MODELS: [(&str, &str); 6] = [
    ("anthropic", "claude-3-opus-20240229"),
    ("anthropic", "claude-3-haiku-20240307"),
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-4"),
    ("gemini", "gemini-2.5-pro"),
];
const FEATURES: [&str; 8] = ["chat", "search", "summary", "code", "review", "translate", "vision", "voice"];
const PLANS: [&str; 4] = ["free", "pro", "team", "enterprise"];
const USERS: u64 = 5_000;

/// So many events of one hour; the same ones every time.
pub fn ai_events(count: usize) -> anyhow::Result<Vec<Event>> {
    let requests: Vec<(i64, i64)> = TRACE.lines().skip(1).filter_map(tokens).collect();
    anyhow::ensure!(!requests.is_empty(), "the trace has no request");
    let project = ProjectId::new("app")?;
    (0..count).map(|index| event(index, requests[index % requests.len()], &project)).collect()
}

fn tokens(line: &str) -> Option<(i64, i64)> {
    let mut fields = line.split(',').skip(1);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn event(index: usize, (input, output): (i64, i64), project: &ProjectId) -> anyhow::Result<Event> {
    let chance = scatter(index as u64);
    #[expect(clippy::cast_possible_truncation, reason = "an index needs no more bits than its array")]
    let pick = |shift: u32, among: u64| ((chance >> shift) % among) as usize;
    // A few users do most of the work, as they do.
    let user = (pick(0, USERS) * pick(16, USERS)) / 5_000;
    let (provider, model) = MODELS[pick(32, 6)];
    let time = HOUR.plus_millis(i64::try_from(pick(8, 3_600_000))?);
    Ok(Event {
        id: EventId::of_request(&format!("request-{index}")),
        project: project.clone(),
        user: Some(UserId::new(format!("user-{user}"))?),
        session: None,
        kind: "request".into(),
        time,
        original_time: None,
        received: time,
        plan: Some(PLANS[user % PLANS.len()].into()),
        historical: false,
        facts: Facts::Ai(AiUse {
            provider: Some(provider.into()),
            model: Some(model.into()),
            feature: Some(FEATURES[pick(40, 8)].into()),
            status: Some(if pick(48, 50) == 0 { "failed" } else { "completed" }.into()),
            tokens: Tokens { input, output, ..Tokens::default() },
            latency_ms: Some(200 + output * 15 + i64::try_from(pick(52, 400))?),
            ..AiUse::default()
        }),
        properties: None,
    })
}

/// What the events are folded with.
pub fn context() -> cube::columns::RowContext<'static> {
    cube::columns::RowContext { prices: model::price::PriceBook::builtin(), hour_offset: HourOffset::default(), currency: Currency::USD }
}

/// `SplitMix64` (Steele, Lea and Flood, 2014): scatters a counter over 64 bits.
pub const fn scatter(index: u64) -> u64 {
    let z = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
