//! The cubes of engagement: what people do in apps, on what, and how they came.

use super::Dimension::{
    AppVersion, Browser, Campaign, Country, Device, Event, Feature, Medium, Os, Page, Plan, Platform, Project, Session, Source, User,
};
use super::{Aggregate, Condition, Cube, Derived, Formula, Measure, Test, Unit};
use model::Family;

const FAMILY: &[Family] = &[Family::Engagement];

const EVENTS: Measure = Measure::new("events", Unit::Count, Aggregate::Count, "Events.");
const USERS: Measure = Measure::new("users", Unit::Count, Aggregate::Distinct("user"), "Distinct users.");
const SESSIONS_SEEN: Measure = Measure::new("sessions", Unit::Count, Aggregate::Distinct("session"), "Distinct sessions.");
const VALUE: Measure = Measure::new("value", Unit::Milli, Aggregate::Sum("value_milli"), "The events' own values.");
const VALUES: Measure = Measure::new("valuedEvents", Unit::Count, Aggregate::Count, "Events with a value of their own.")
    .when(&[Condition { column: "value_milli", test: Test::Present }]);
const PAGE_TIME: Measure = Measure::new("timeOnPage", Unit::Millis, Aggregate::Sum("time_on_page_ms"), "Time spent on pages.");
const PAGE_TIMES: Measure = Measure::new("timedEvents", Unit::Count, Aggregate::Count, "Events that say how long a page was read.")
    .when(&[Condition { column: "time_on_page_ms", test: Test::Present }]);
const SCROLL: Measure =
    Measure::new("scrollDepth", Unit::MilliPercent, Aggregate::Sum("scroll_depth_millipercent"), "Scroll depths, added up.");
const SCROLLS: Measure = Measure::new("scrolledEvents", Unit::Count, Aggregate::Count, "Events that say how far a page was scrolled.")
    .when(&[Condition { column: "scroll_depth_millipercent", test: Test::Present }]);

const VALUE_MEAN: Derived = Derived {
    name: "valueMean",
    unit: Unit::Ratio,
    formula: Formula::Ratio("value", "valuedEvents"),
    description: "Mean value of an event that has one.",
};
const PAGE_TIME_MEAN: Derived = Derived {
    name: "timeOnPageMean",
    unit: Unit::Ratio,
    formula: Formula::Ratio("timeOnPage", "timedEvents"),
    description: "Mean time on a page, in milliseconds.",
};
const SCROLL_MEAN: Derived = Derived {
    name: "scrollDepthMean",
    unit: Unit::Ratio,
    formula: Formula::Ratio("scrollDepth", "scrolledEvents"),
    description: "Mean scroll depth, in percent.",
};

/// What people do, where in the app.
pub static ENGAGEMENT_EVENTS: Cube = Cube {
    name: "engagement_events",
    families: FAMILY,
    dimensions: &[Project, Event, Page, Feature, Plan, Device, Country],
    ranked: &[Page, Country, Event, Feature, Plan, Device, Project],
    measures: &[EVENTS, USERS, SESSIONS_SEEN, VALUE, VALUES, PAGE_TIME, PAGE_TIMES, SCROLL, SCROLLS],
    derived: &[VALUE_MEAN, PAGE_TIME_MEAN, SCROLL_MEAN],
    description: "Events by name, page and feature.",
    ..Cube::BLANK
};

/// On what they do it.
pub static ENGAGEMENT_DEVICES: Cube = Cube {
    name: "engagement_devices",
    families: FAMILY,
    dimensions: &[Project, Event, Plan, Device, Platform, Os, Browser, AppVersion, Country],
    ranked: &[AppVersion, Country, Event, Browser, Os, Plan, Project],
    measures: &[EVENTS, USERS, SESSIONS_SEEN],
    description: "Events by device, platform, browser, app version and country.",
    ..Cube::BLANK
};

/// How they came.
pub static ENGAGEMENT_CAMPAIGNS: Cube = Cube {
    name: "engagement_campaigns",
    families: FAMILY,
    filter: &[],
    dimensions: &[Project, Event, Plan, Country, Source, Medium, Campaign],
    ranked: &[Campaign, Country, Event, Source, Medium, Plan, Project],
    measures: &[EVENTS, USERS, SESSIONS_SEEN, VALUE],
    description: "Events by source, medium and campaign.",
    ..Cube::BLANK
};

/// What each user did, one user a small read.
pub static ENGAGEMENT_USERS: Cube = Cube {
    name: "engagement_users",
    families: FAMILY,
    dimensions: &[User, Project, Event, Page, Feature, Plan, Device, Platform, Os, Browser, AppVersion, Country, Campaign],
    keyed_by: Some(User),
    measures: &[EVENTS, VALUE, VALUES, PAGE_TIME, PAGE_TIMES, SCROLL, SCROLLS],
    derived: &[
        VALUE_MEAN,
        PAGE_TIME_MEAN,
        SCROLL_MEAN,
        Derived { name: "users", unit: Unit::Count, formula: Formula::Keys, description: "Users, exactly." },
    ],
    description: "Events of each user: own figures, top users.",
    ..Cube::BLANK
};

/// One cell a session: how long it was, and whether it was more than one event.
pub static SESSIONS: Cube = Cube {
    name: "sessions",
    families: FAMILY,
    filter: &[Condition { column: "session", test: Test::Present }],
    dimensions: &[Session, User, Project, Plan, Device],
    keyed_by: Some(Session),
    measures: &[
        EVENTS,
        Measure::new("first", Unit::Moment, Aggregate::Min("time"), "When the session began."),
        Measure::new("last", Unit::Moment, Aggregate::Max("time"), "When its latest event was."),
    ],
    derived: &[
        Derived { name: "sessions", unit: Unit::Count, formula: Formula::Keys, description: "Sessions, exactly." },
        Derived { name: "bounced", unit: Unit::Count, formula: Formula::KeysWith("events", 1), description: "Sessions of one event." },
        Derived {
            name: "bounceRate",
            unit: Unit::Ratio,
            formula: Formula::Ratio("bounced", "sessions"),
            description: "The part of the sessions that are one event.",
        },
        Derived {
            name: "sessionTime",
            unit: Unit::Millis,
            formula: Formula::KeyTime("first", "last"),
            description: "Length of all sessions together.",
        },
        Derived {
            name: "sessionMean",
            unit: Unit::Ratio,
            formula: Formula::Ratio("sessionTime", "sessions"),
            description: "Mean length of a session, in milliseconds.",
        },
        Derived {
            name: "sessionTimes",
            unit: Unit::Millis,
            formula: Formula::KeyTimes("first", "last"),
            description: "How long sessions are.",
        },
    ],
    description: "Sessions: number, length, bounce.",
    ..Cube::BLANK
};
