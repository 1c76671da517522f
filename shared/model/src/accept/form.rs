//! The forms in which events are written, and what reads each.

use super::fields::{Asked, Fields};
use super::{Defaults, Place, Request, Told, app, draft, engagement, performance, platform, sale, service, tracking, usage};
use crate::privacy::Pseudonyms;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The member that holds what an event of a service says.
pub const DATA: &str = "data";

/// The forms in which events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A batch of an app's events: `POST /api/events`.
    AppBatch,
    /// One event of an app: `POST /api/events/single`.
    AppEvent,
    /// An event of an app or a service, told apart by its type: `POST /api/v1/analytics/events`.
    Event,
    /// What happened on a platform, or an event of a service: `POST /events`.
    Platform,
    /// An event of a service, by the queue or the bus: `{type, data}`.
    Service,
    /// The use of an AI model that has ended: `POST /usage/api`, `POST /api/analytics/usage`.
    Usage,
    /// A request to an AI model that begins: `POST /api/ai-tracking/track`.
    Track,
    /// What visitors do: `POST /api/analytics/engagement/track`.
    Engagement,
    /// A transaction: `POST /api/analytics/sales/track`.
    Sale,
    /// What services measure of themselves: `POST /api/performance/track`.
    Performance,
}

/// What reads one event.
pub(super) type ReadTold = fn(&mut Fields<'_>) -> Told;

impl Form {
    /// Whether the headers of the request may say what the event does not: it comes from the visitor's own browser.
    pub(super) const fn is_of_visitor(self) -> bool {
        matches!(self, Self::Event | Self::Engagement)
    }

    /// What reads an event with these members, and whether they stand within [`DATA`].
    pub(super) fn reader(self, members: &Map<String, Value>) -> (ReadTold, bool) {
        let has_data = members.get(DATA).is_some_and(Value::is_object);
        match self {
            Self::AppBatch | Self::AppEvent => (app::event, false),
            Self::Event if is_of_service(members) => (service::event, has_data),
            Self::Event | Self::Engagement => (engagement::event, false),
            Self::Platform if !has_data => (platform::event, false),
            Self::Platform | Self::Service => (service::event, has_data),
            Self::Usage => (usage::event, false),
            Self::Track => (tracking::event, false),
            Self::Sale => (sale::event, false),
            Self::Performance => (performance::event, false),
        }
    }

    /// The members that are read of a body like this one, as JSON pointers: what a document of the form must name, and nothing else. The
    /// first event of a batch stands for all.
    #[must_use]
    pub fn members(self, like: Map<String, Value>) -> BTreeSet<String> {
        let (asked, request) = (Asked::default(), Request::unlimited(&Pseudonyms::NOBODYS));
        let root = Place::Body;
        let (batch, first) = (Place::Member(&root, "events"), Place::Item(&Place::Member(&root, "events"), 0));
        let place = if self == Self::AppBatch {
            // What is wrong with it is of no interest here, only what was asked.
            let _ = app::head(&mut Fields::noting(Map::new(), root, &asked), &request);
            asked.borrow_mut().insert(batch.pointer());
            first
        } else {
            root
        };
        let (read, has_data) = self.reader(&like);
        let fields = Fields::noting(like, place, &asked);
        let mut fields = if has_data { fields.within(DATA, Place::Member(&place, DATA)) } else { fields };
        let _ = draft(&mut fields, 0, &request, ((&Defaults::default(), self), read));
        asked.into_inner()
    }
}

fn is_of_service(members: &Map<String, Value>) -> bool {
    let kind = ["type", "event"].iter().find_map(|name| members.get(*name)?.as_str());
    kind.is_some_and(service::knows)
}
