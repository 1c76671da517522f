//! `GET /api/analytics/engagement/stats`: what people do in apps, on what, and how they came.

use super::acts::{Acts, cube_for, is_of_sessions};
use super::clock::{HourOfDay, NUMBERS as CLOCK, Weekday, hours, weekdays};
use crate::Desk;
use crate::groups::{Groups, groups};
use crate::numbers::{Durations, Numbers, breakdown, by, cut};
use crate::parameters::{Asked, Grouping, Known};
use crate::shape::{Figure, Meta, reply};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::Dimension;
use cube::query::{MetricQuery, Row};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const DIMENSIONS: &[Dimension] = &[
    Dimension::User,
    Dimension::Project,
    Dimension::Event,
    Dimension::Page,
    Dimension::Feature,
    Dimension::Plan,
    Dimension::Device,
    Dimension::Platform,
    Dimension::Os,
    Dimension::Browser,
    Dimension::AppVersion,
    Dimension::Country,
    Dimension::Campaign,
];
const BREAKDOWNS: [Dimension; 9] = [
    Dimension::Event,
    Dimension::Page,
    Dimension::Feature,
    Dimension::Device,
    Dimension::Browser,
    Dimension::Os,
    Dimension::AppVersion,
    Dimension::Country,
    Dimension::Campaign,
];
/// What is asked of sessions.
const SESSIONS: &[&str] = &["sessions", "bounced", "bounceRate", "sessionMean", "sessionTimes"];
const NO_SESSIONS: &str = "numbers of sessions are null where they are not counted by all that is asked about together";
pub(crate) const KNOWN: Known<'static> =
    Known { time: true, dimensions: DIMENSIONS, groups: Some(Grouping::of(&super::acts::CUBES, &["events", "users"])), ..Known::NOTHING };

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EngagementStats {
    /// Events of engagement.
    events: Figure,
    /// Distinct users with an event; estimated (`HyperLogLog`, about 1.6%) where they are many.
    users: Figure,
    sessions: EngagementSessions,
    /// The events' own values: how many have one, their sum and mean.
    value: EngagementValue,
    /// In milliseconds, of events that say how long a page was read.
    time_on_page: EngagementValue,
    /// In percent, the mean of events that say how far a page was scrolled; `null` where none does.
    scroll_depth: Figure,
    by_event: BTreeMap<String, EngagementGroup>,
    /// By page or screen.
    by_page: BTreeMap<String, EngagementGroup>,
    by_feature: BTreeMap<String, EngagementGroup>,
    by_device: BTreeMap<String, EngagementGroup>,
    by_browser: BTreeMap<String, EngagementGroup>,
    by_os: BTreeMap<String, EngagementGroup>,
    by_app_version: BTreeMap<String, EngagementGroup>,
    by_country: BTreeMap<String, EngagementGroup>,
    /// By `utm_campaign`.
    by_campaign: BTreeMap<String, EngagementGroup>,
    /// By hour of the day in the time zone asked for: all 24.
    by_hour_of_day: Vec<HourOfDay>,
    /// By day of the week in the time zone asked for: all seven, from Monday.
    by_weekday: Vec<Weekday>,
    /// Every bucket of the range, oldest first.
    series: Vec<EngagementPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Groups>,
    meta: Meta,
}

/// Sessions: the events with one `sessionId`. The app says when a session begins, commonly after 30 minutes of silence (Google Analytics
/// Help, "Session"). Events without a `sessionId` are of no session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EngagementSessions {
    /// Sessions with an event in the range.
    total: Figure,
    /// Sessions of exactly one event: "a session that triggers only a single request" (Google Analytics Help, "Bounce rate", of Universal
    /// Analytics). Events beyond the range are not seen.
    bounced: Figure,
    /// `bounced / total`, from 0 to 1; `null` without sessions.
    bounce_rate: Figure,
    /// How long sessions are, in milliseconds: from the first event to the last, so that a bounce is 0. The mean is the sum over all sessions,
    /// bounces too.
    duration: Durations,
}

/// Values that some events have.
#[derive(Serialize, ToSchema)]
struct EngagementValue {
    /// How many events have one.
    events: Figure,
    total: Figure,
    /// The mean of those that have one; `null` where none has.
    average: Figure,
}

/// The events that have something in common. What is not counted by it, such as values by browser, is `null`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EngagementGroup {
    events: Figure,
    users: Figure,
    sessions: Figure,
    value: Figure,
    /// In milliseconds.
    average_time_on_page: Figure,
    /// In percent.
    average_scroll_depth: Figure,
}

/// The events of a bucket of time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EngagementPoint {
    /// When the bucket begins.
    timestamp: String,
    events: Figure,
    users: Figure,
    /// A session counts in every bucket in which it has an event, with what it did there: in a short bucket more of them bounce.
    sessions: Figure,
    /// From 0 to 1.
    bounce_rate: Figure,
    value: Figure,
}

/// What people do in apps, on what, and how they came.
///
/// A `user` token is told about its own events only.
#[utoipa::path(get, path = "/api/analytics/engagement/stats", tag = "stats", responses((status = 200, body = EngagementStats), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    let own = visit.own_person()?;
    // A user's answer is about itself, so it cannot ask about somebody else.
    let dimensions = if own.is_some() { &DIMENSIONS[1..] } else { DIMENSIONS };
    let asked = visit.asked(&Known { dimensions, ..KNOWN })?.of_person(own.as_ref());
    let grouped = asked.grouped()?;
    let all = Acts::of(&asked, cube_for(&asked, None)?);
    let parts = BREAKDOWNS.into_iter().map(|dimension| Ok(Acts::of(&asked, cube_for(&asked, Some(dimension))?)));
    let parts = parts.collect::<Result<Vec<Acts>, Problem>>()?;
    let sessions = is_of_sessions(&asked).then(|| asked.question("sessions", SESSIONS));
    let questions = questions(&asked, (&all, &parts), sessions.as_ref());
    let questions: Vec<MetricQuery> = questions.into_iter().chain(grouped.iter().map(|grouped| grouped.question.clone())).collect();
    let reading = desk.ask(&visit, &questions).await?;
    let [totals, series, hour, weekday, rest @ ..] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };
    let (broken_down, rest) = rest.split_at(BREAKDOWNS.len());
    let [event, page, feature, device, browser, os, app_version, country, campaign] = broken_down else {
        return Err(Problem::internal("an answer is missing"));
    };
    let (of_sessions, sessions_by_time) = match rest {
        [all, by_time, ..] if sessions.is_some() => (Numbers::only(SESSIONS, all), &by_time.rows[..]),
        _ => (all.only(totals), &[][..]),
    };

    let part = |place: usize, answer| breakdown(&asked, answer, |row| group(&parts[place], row));
    let figures = all.only(totals);
    let lacks_sessions = sessions.is_none() || parts.iter().any(|part| !part.numbers.contains(&"sessions"));
    let cut = cut(&asked, BREAKDOWNS.iter().map(|dimension| dimension.name()).zip(broken_down));
    let value = |events, total, mean| EngagementValue {
        events: figures.figure(events),
        total: figures.figure(total),
        average: figures.figure(mean),
    };
    let stats = EngagementStats {
        events: figures.figure("events"),
        users: figures.figure("users"),
        sessions: EngagementSessions {
            total: of_sessions.figure("sessions"),
            bounced: of_sessions.figure("bounced"),
            bounce_rate: of_sessions.figure("bounceRate"),
            duration: of_sessions.durations("sessionTimes", "sessionMean"),
        },
        value: value("valuedEvents", "value", "valueMean"),
        time_on_page: value("timedEvents", "timeOnPage", "timeOnPageMean"),
        scroll_depth: figures.figure("scrollDepthMean"),
        by_event: part(0, event),
        by_page: part(1, page),
        by_feature: part(2, feature),
        by_device: part(3, device),
        by_browser: part(4, browser),
        by_os: part(5, os),
        by_app_version: part(6, app_version),
        by_country: part(7, country),
        by_campaign: part(8, campaign),
        by_hour_of_day: hours(hour),
        by_weekday: weekdays(weekday),
        series: series.rows.iter().enumerate().filter_map(|(at, row)| point(&all, row, sessions_by_time.get(at))).collect(),
        groups: groups(grouped.as_ref(), &asked, &reading),
        meta: Meta::of(&reading, &asked).noting_if(cut).noting_if(lacks_sessions.then_some(NO_SESSIONS)),
    };
    reply(&visit, &asked, &stats)
}

/// All that is asked: of everything, by time, by hour of the day, by weekday, each breakdown, and of sessions where they are told apart by
/// what is asked about.
fn questions(asked: &Asked, (all, parts): (&Acts, &[Acts]), sessions: Option<&MetricQuery>) -> Vec<MetricQuery> {
    let by_time = |question: &MetricQuery| question.clone().every(asked.window.granularity, asked.window.timezone);
    let measures = || CLOCK.map(str::to_owned).to_vec();
    let of_clock = |name: &str| MetricQuery { timezone: asked.window.timezone, measures: measures(), ..all.question.clone().by(name) };
    let mut questions = vec![all.question.clone(), by_time(&all.question), of_clock("hourOfDay"), of_clock("weekday")];
    questions.extend(parts.iter().zip(BREAKDOWNS).map(|(part, dimension)| by(asked, part.question.clone(), dimension.name(), "events")));
    questions.extend(sessions.into_iter().flat_map(|question| [question.clone(), by_time(question)]));
    questions
}

fn group(part: &Acts, row: &Row) -> EngagementGroup {
    let of = Numbers::of(&part.numbers, row);
    EngagementGroup {
        events: of.figure("events"),
        users: of.figure("users"),
        sessions: of.figure("sessions"),
        value: of.figure("value"),
        average_time_on_page: of.figure("timeOnPageMean"),
        average_scroll_depth: of.figure("scrollDepthMean"),
    }
}

/// The events of a bucket, and the sessions of the same one.
fn point(all: &Acts, row: &Row, sessions: Option<&Row>) -> Option<EngagementPoint> {
    let of = Numbers::of(&all.numbers, row);
    let of_sessions = sessions.map_or(of, |row| Numbers::of(SESSIONS, row));
    Some(EngagementPoint {
        timestamp: row.start?.to_string(),
        events: of.figure("events"),
        users: of.figure("users"),
        sessions: of_sessions.figure("sessions"),
        bounce_rate: of_sessions.figure("bounceRate"),
        value: of.figure("value"),
    })
}
