//! From what a client writes to events: bodies are read member by member, every fault is told, and good events are kept apart from bad.
//!
//! Reading is in two steps, because a time that the server chooses must first be claimed (I4): [`read`] gives drafts, which say what to
//! claim ([`Written::claims`]); [`Written::settle`] gives them their times. Nothing here does I/O.

mod ai;
mod app;
mod arrival;
mod engagement;
mod fault;
mod fields;
mod form;
mod performance;
mod platform;
mod sale;
mod service;
mod size;
mod tracking;
mod usage;
mod visitor;

pub use arrival::{Accepted, Claims, Retention};
pub use fault::{Fault, Notice, Place, Rejection};
pub use form::Form;
pub use service::knows as is_known;
pub use tracking::{Addressed, Update, updates};
pub use visitor::Visitor;

use crate::limits::{BATCH_EVENTS, EVENT_BYTES};
use crate::privacy::Pseudonyms;
use crate::{Event, EventId, Facts, ProjectId, Timestamp, UserId};
use fields::Fields;
use form::{DATA, ReadTold};
use serde_json::{Map, Value};

/// What is known of a request besides its body.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The only project that the writer may write to, if so limited.
    pub project: Option<&'a ProjectId>,
    /// The only user that the writer may write for, if so limited.
    pub user: Option<&'a UserId>,
    /// The pseudonyms of the tenant's users.
    pub pseudonyms: &'a Pseudonyms,
    /// The `Idempotency-Key` of the request.
    pub idempotency_key: Option<&'a str>,
    /// What the request's headers tell of who sent it.
    pub visitor: Option<&'a Visitor>,
    /// Whether the request itself says that it imports history (`?historical=true`).
    pub historical: bool,
    /// A number that does not repeat, for ids that must be made up.
    pub random: u128,
}

impl<'a> Request<'a> {
    /// A request of a writer that may write to any project and for any user.
    #[must_use]
    pub const fn unlimited(pseudonyms: &'a Pseudonyms) -> Self {
        Self { project: None, user: None, pseudonyms, idempotency_key: None, visitor: None, historical: false, random: 0 }
    }
}

/// An event but for its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    index: usize,
    event: Event,
    stated: Option<Timestamp>,
    has_own_id: bool,
    notices: Vec<Fault>,
}

/// A body that was read: what it says of all its events, and each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// By what the request as a whole can be told from others: its batch id or idempotency key.
    request_id: Option<String>,
    sent_at: Option<Timestamp>,
    historical: bool,
    layout: Layout,
    events: Vec<Result<Draft, Rejection>>,
}

/// Where in the body its events stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// The body is one event.
    One,
    /// The body is an array of events.
    Array,
    /// The body is an object with a member `events`.
    Batch,
}

impl Written {
    /// Whether the body was one event by itself, and not an array of them.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.layout == Layout::One
    }
}

impl Layout {
    /// The JSON pointer of a member of the event at a place.
    fn pointer(self, index: usize, member: &str) -> String {
        match self {
            Self::One => Place::Member(&Place::Body, member).pointer(),
            Self::Array => Place::Member(&Place::Item(&Place::Body, index), member).pointer(),
            Self::Batch => Place::Member(&Place::Item(&Place::Member(&Place::Body, "events"), index), member).pointer(),
        }
    }
}

/// Why a body as a whole was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It breaks rules that hold for it as a whole.
    Faults(Vec<Fault>),
    /// It holds more events than a request may.
    TooMany {
        /// How many it holds.
        events: usize,
    },
    /// It is written for another project than the writer's.
    OtherProject,
}

/// Reads a body.
///
/// # Errors
/// Where the body as a whole is of no use; a bad event among others is no error.
pub fn read(form: Form, body: Value, request: &Request<'_>) -> Result<Written, Unreadable> {
    let key = request.idempotency_key.map(|key| request.pseudonyms.id(key));
    let request = &Request { idempotency_key: key.as_deref(), ..*request };
    match form {
        Form::AppBatch => app::batch(body, request),
        _ => one_or_many(body, request, form),
    }
}

/// What a form reads of one event besides what all forms share.
struct Told {
    /// Its own id, where the client sent one.
    id: Option<EventId>,
    /// Its type; none where a fault says why.
    kind: Option<String>,
    facts: Facts,
}

/// A body that is one event, or an array of them.
fn one_or_many(body: Value, request: &Request<'_>, form: Form) -> Result<Written, Unreadable> {
    let defaults = Defaults { historical: request.historical, ..Defaults::default() };
    let (layout, events) = match body {
        Value::Array(items) => (Layout::Array, read_items(items, &Place::Body, request, (&defaults, form))?),
        one => (Layout::One, vec![read_one(one, &Place::Body, 0, request, (&defaults, form))]),
    };
    let request_id = request.idempotency_key.map(str::to_owned);
    Ok(Written { request_id, sent_at: None, historical: request.historical, layout, events })
}

/// What a batch says for those of its events that do not say it themselves.
#[derive(Debug, Default)]
struct Defaults {
    batch: Option<String>,
    project: Option<ProjectId>,
    time: Option<Timestamp>,
    historical: bool,
}

type Reading<'a> = (&'a Defaults, Form);

fn read_items(
    items: Vec<Value>,
    array: &Place<'_>,
    request: &Request<'_>,
    reading: Reading<'_>,
) -> Result<Vec<Result<Draft, Rejection>>, Unreadable> {
    check_number(items.len(), array)?;
    let each = |(index, item)| read_one(item, &Place::Item(array, index), index, request, reading);
    Ok(items.into_iter().enumerate().map(each).collect())
}

/// Whether an array has as many events as it may have.
fn check_number(events: usize, array: &Place<'_>) -> Result<(), Unreadable> {
    match events {
        0 => {
            let fault = Fault { pointer: array.pointer(), code: "empty", message: "there is no event in it".into() };
            Err(Unreadable::Faults(vec![fault]))
        }
        1..=BATCH_EVENTS => Ok(()),
        _ => Err(Unreadable::TooMany { events }),
    }
}

fn read_one(item: Value, place: &Place<'_>, index: usize, request: &Request<'_>, reading: Reading<'_>) -> Result<Draft, Rejection> {
    let reject =
        |event_id, code, message: String| Rejection { index, event_id, faults: vec![Fault { pointer: place.pointer(), code, message }] };
    let is_too_large = size::is_over(&item, EVENT_BYTES);
    let Value::Object(members) = item else {
        return Err(reject(None, "not_an_object", "an event must be an object".into()));
    };
    if is_too_large {
        return Err(reject(stated_id(&members, request), "too_large", format!("an event has at most {EVENT_BYTES} bytes of json")));
    }
    let (read, has_data) = reading.1.reader(&members);
    let fields = Fields::cleaned(members, *place, request.pseudonyms);
    let mut fields = if has_data { fields.within(DATA, Place::Member(place, DATA)) } else { fields };
    let draft = draft(&mut fields, index, request, (reading, read));
    match draft {
        Ok(mut draft) if fields.faults.is_empty() => {
            draft.notices = std::mem::take(&mut fields.notices);
            draft.event.properties = fields.rest();
            Ok(draft)
        }
        Ok(Draft { event, .. }) => Err(Rejection { index, event_id: client_id(&event), faults: fields.faults }),
        Err(event_id) => Err(Rejection { index, event_id, faults: fields.faults }),
    }
}

/// Reads one event; on a fault that leaves no event to speak of, gives the client's id of it.
fn draft(
    fields: &mut Fields<'_>,
    index: usize,
    request: &Request<'_>,
    ((defaults, form), read): (Reading<'_>, ReadTold),
) -> Result<Draft, Option<String>> {
    let user = user(fields, request);
    let session = fields.id("sessionId").or_else(|| fields.id("session"));
    let event_id = fields.id("eventId");
    let project = project(fields, request, defaults);
    let stated = fields.time("timestamp").or(defaults.time);
    let plan = fields.first_dimension(&["plan", "userPlan", "planTier", "planId"]);
    let Told { id, kind, mut facts } = read(fields);
    if let (Facts::Engagement(facts), Some(visitor)) = (&mut facts, request.visitor.filter(|_| form.is_of_visitor())) {
        visitor.complete(facts);
    }
    let plan = plan.or_else(|| plan_after(&facts));
    let (Some(project), Some(kind)) = (project, kind) else {
        return Err(event_id);
    };
    let owner = session.as_deref().or(user.as_ref().map(UserId::as_str));
    let own_id = id.or_else(|| event_id.as_deref().map(|event_id| EventId::of_event(owner, event_id)));
    let has_own_id = own_id.is_some();
    let place = defaults.batch.as_deref().or(request.idempotency_key);
    let id =
        own_id.or_else(|| place.map(|place| EventId::of_place(place, index))).unwrap_or_else(|| EventId::made_up(request.random, index));
    let unset = Timestamp::default();
    let event = Event {
        id,
        project,
        user,
        session,
        kind,
        time: unset,
        original_time: None,
        received: unset,
        plan,
        historical: defaults.historical,
        facts,
        properties: None,
    };
    Ok(Draft { index, event, stated, has_own_id, notices: Vec::new() })
}

/// The plan of a user after a change of plans.
fn plan_after(facts: &Facts) -> Option<String> {
    if let Facts::Lifecycle(facts) = facts { facts.plan_to.clone() } else { None }
}

/// The event's user: the writer's own, where it may write for no other.
fn user(fields: &mut Fields<'_>, request: &Request<'_>) -> Option<UserId> {
    let said = fields.id("userId").and_then(|text| UserId::new(text).ok());
    match (request.user, said) {
        (Some(own), Some(said)) if *own != said => {
            fields.fault("userId", "other_user", "a user's token writes for that user only");
            None
        }
        (Some(own), _) => Some(own.clone()),
        (None, said) => said,
    }
}

/// The event's project: the writer's own where it is limited to one, else what the event or its batch says, else `default`.
fn project(fields: &mut Fields<'_>, request: &Request<'_>, defaults: &Defaults) -> Option<ProjectId> {
    let stated = stated_project(fields, request, defaults).ok()?;
    stated.or_else(|| ProjectId::new("default").ok())
}

/// A fault says why it is no project.
struct NoProject;

/// The project that the writer is limited to, or that the event or its batch says.
fn stated_project(fields: &mut Fields<'_>, request: &Request<'_>, defaults: &Defaults) -> Result<Option<ProjectId>, NoProject> {
    let said = match fields.id("projectId").map(ProjectId::new) {
        Some(Err(error)) => {
            fields.fault("projectId", "bad_id", format!("projectId {error}"));
            return Err(NoProject);
        }
        Some(Ok(said)) => Some(said),
        None => defaults.project.clone(),
    };
    match (request.project, said) {
        (Some(own), Some(said)) if *own != said => {
            fields.fault("projectId", "other_project", "the key belongs to another project");
            Err(NoProject)
        }
        (Some(own), _) => Ok(Some(own.clone())),
        (None, said) => Ok(said),
    }
}

fn stated_id(members: &Map<String, Value>, request: &Request<'_>) -> Option<String> {
    let id = members.get("eventId")?.as_str().filter(|id| id.len() <= crate::limits::ID_BYTES)?;
    Some(request.pseudonyms.id(id).into_owned())
}

/// The client's own id of an event, as it appears in answers.
fn client_id(event: &Event) -> Option<String> {
    let text = event.id.as_str();
    let (form, rest) = text.split_once(':')?;
    match form {
        "e" => rest.split_once(':').map(|(_, id)| id.to_owned()),
        "r" | "t" => Some(rest.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
