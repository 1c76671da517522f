//! What clients send in a run: some tenants' events in some requests, with repeats, copies that differ, late ones, and ones without a time.

use crate::erasures;
use crate::tenants::Tenant;
use memory::simulation::Dice;
use model::{Family, Timestamp};
use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 2026-11-30T22:10:00Z: hours before a month ends, in UTC and half an hour further on.
pub const START: Timestamp = Timestamp::from_millis(1_796_076_600_000);
/// For how long clients have something new to send.
pub const SENDING_MS: i64 = 3 * HOUR_MS;
/// Events of a request.
const REQUEST_EVENTS: usize = 20;

/// A request that a client sends until it is acknowledged, and perhaps again.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whose, by place.
    pub tenant: usize,
    pub path: &'static str,
    pub idempotency_key: Option<String>,
    pub body: String,
    /// When it is first sent.
    pub due: Timestamp,
}

/// An event that will be in one request or more.
struct Draft {
    id: String,
    /// By what readings tell it apart.
    label: String,
    number: u64,
    /// When it happened; `None` leaves it to the server.
    time: Option<Timestamp>,
    /// It has no id but its place in a request with a key.
    is_placed: bool,
}

/// All requests of a run, in the order of when they are due.
pub fn requests(tenants: &[Tenant], dice: &mut Dice) -> Vec<Request> {
    let mut all = Vec::new();
    for (place, tenant) in tenants.iter().enumerate() {
        for (family, count) in &tenant.families {
            all.extend(of_family((place, *family), *count, dice));
        }
    }
    all.sort_by_key(|request: &Request| request.due);
    all
}

fn of_family((tenant, family): (usize, Family), requests: usize, dice: &mut Dice) -> Vec<Request> {
    let mut number = 0;
    let mut sent: Vec<Vec<Draft>> = Vec::new();
    let mut all = Vec::new();
    let mut dues: Vec<Timestamp> = (0..requests).map(|_| START.plus_millis(below(dice, SENDING_MS))).collect();
    dues.sort();
    for (request, due) in dues.into_iter().enumerate() {
        let mut drafts = Vec::new();
        let has_late = dice.one_in(3);
        // A whole earlier request in another one, or a part of it: the client lost track.
        if let Some(earlier) = sent.last().filter(|_| dice.one_in(3)) {
            let most = 1 + dice.place(earlier.len());
            drafts.extend(earlier.iter().take(most).filter(|draft| draft.time.is_some()).map(Draft::again));
        }
        let repeated = drafts.len();
        while drafts.len() < REQUEST_EVENTS {
            number += 1;
            let id = format!("{}-{tenant}-{number}", family.name());
            let label = format!("{}{number}", &family.name()[..1]);
            drafts.push(Draft { id, label, number, time: Some(moment(due, has_late, dice)), is_placed: false });
        }
        // Some whose time is the server's to choose, told apart by an id or by their place in a request with a key.
        let idempotency_key = (family != Family::Sales && dice.one_in(3)).then(|| format!("request-{tenant}-{family}-{request}"));
        if repeated < drafts.len() && dice.one_in(2) {
            let place = repeated + dice.place(drafts.len() - repeated);
            drafts[place].time = None;
            drafts[place].is_placed = idempotency_key.is_some();
        }
        dice.shuffle(&mut drafts);
        let (path, body) = written(family, &drafts, dice);
        all.push(Request { tenant, path, idempotency_key, body, due });
        sent.push(drafts);
    }
    all
}

/// Mostly now; where some are late, an hour ago or two, or days ago: in the month before.
fn moment(due: Timestamp, has_late: bool, dice: &mut Dice) -> Timestamp {
    let ago = match dice.below(12) {
        0 if has_late => 2 * DAY_MS,
        1 | 2 if has_late => HOUR_MS + below(dice, HOUR_MS),
        _ => below(dice, 20 * MINUTE_MS),
    };
    due.plus_millis(-ago)
}

fn below(dice: &mut Dice, end: i64) -> i64 {
    i64::try_from(dice.below(u64::try_from(end).unwrap_or(1))).unwrap_or_default()
}

impl Draft {
    fn again(&self) -> Self {
        Self { id: self.id.clone(), label: self.label.clone(), number: self.number, time: self.time, is_placed: self.is_placed }
    }
}

/// The path and the body of a request in the form of the family. What is written of an event twice differs in what does not tell it apart.
fn written(family: Family, drafts: &[Draft], dice: &mut Dice) -> (&'static str, String) {
    let each = |write: fn(&Draft, &mut Dice) -> Value, dice: &mut Dice| -> Vec<Value> {
        let stamped = |draft: &Draft, mut event: Value| {
            if let Some(time) = draft.time {
                event["timestamp"] = json!(time.as_millis());
            }
            if draft.is_placed
                && let Value::Object(members) = &mut event
            {
                members.retain(|name, _| name != "eventId" && name != "requestId");
            }
            event["userId"] = json!(erasures::name(draft.number % erasures::PEOPLE));
            event
        };
        drafts.iter().map(|draft| stamped(draft, write(draft, dice))).collect()
    };
    match family {
        Family::Ai => ("/usage/api", json!(each(usage, dice)).to_string()),
        Family::Sales => ("/api/analytics/sales/track", json!(each(sale, dice)).to_string()),
        Family::Engagement => ("/api/events", json!({"events": each(view, dice)}).to_string()),
        Family::Lifecycle | Family::Performance => ("/events", json!(each(happening, dice)).to_string()),
    }
}

fn usage(draft: &Draft, dice: &mut Dice) -> Value {
    let model = *dice.pick(&["gpt-4", "claude-3-opus-20240229", "home-made"]);
    json!({"requestId": draft.id, "model": model, "feature": draft.label, "inputTokens": dice.below(1000), "outputTokens": dice.below(100)})
}

fn sale(draft: &Draft, dice: &mut Dice) -> Value {
    // Every fifth is a change of a subscription, which arrives when it will.
    let kind = match draft.number % 10 {
        0 => "billing.subscription_created",
        5 => "billing.subscription_cancelled",
        _ => "purchase",
    };
    let mut sale = json!({
        "transactionId": draft.id, "type": kind, "amount": dice.below(100), "currency": "USD", "paymentMethod": draft.label,
    });
    if kind != "purchase" {
        sale["subscription"] = json!({"id": format!("subscription-{}", draft.number % 3), "interval": "month"});
    }
    sale
}

fn view(draft: &Draft, dice: &mut Dice) -> Value {
    let properties = json!({"screenName": draft.label, "value": dice.below(1000)});
    json!({"eventId": draft.id, "type": "screen_view", "sessionId": format!("session-{}", draft.number % 3), "properties": properties})
}

fn happening(draft: &Draft, dice: &mut Dice) -> Value {
    let plan = *dice.pick(&["free", "premium"]);
    json!({"eventId": draft.id, "event": draft.label, "plan": plan, "metadata": {"buildId": format!("build-{}", dice.below(4))}})
}
