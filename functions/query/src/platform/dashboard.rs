//! `GET /metrics/dashboard`: a platform at a glance.

use crate::Desk;
use crate::parameters::{Known, RANKING};
use crate::shape::{Figure, Meta, change, reply, total, units};
use crate::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use cube::catalogue::{Dimension, NONE, OTHER, Unit};
use cube::query::{Answer, MetricQuery, Range};
use model::money::Decimal;
use model::{Hour, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use web::Problem;
use web::contract::Refusals;

const GENERATION: &str = "generation.started";
const BUILD: &str = "build.triggered";

/// The limit is of projects.
pub(crate) const KNOWN: Known<'static> = Known { dimensions: &[Dimension::Project], limit: Some(RANKING), ..Known::NOTHING };

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformDashboard)]
struct Dashboard {
    overview: Overview,
    recent_activity: Recent,
    trends: Trends,
    top_projects: Vec<Project>,
    meta: Meta,
}

/// Of all time.
#[derive(Serialize, ToSchema)]
struct Overview {
    #[serde(rename = "totalProjects")]
    projects: Figure,
    #[serde(rename = "totalGenerations")]
    generations: Figure,
    #[serde(rename = "totalBuilds")]
    builds: Figure,
    #[serde(rename = "totalTokensUsed")]
    tokens: Figure,
    #[serde(rename = "totalCost")]
    cost: Figure,
}

#[derive(Serialize, ToSchema)]
struct Recent {
    #[serde(rename = "generationsLast24h")]
    generations: Figure,
    #[serde(rename = "buildsLast24h")]
    builds: Figure,
    #[serde(rename = "tokensLast24h")]
    tokens: Figure,
}

/// The last 24 hours against the 24 before, in percent.
#[derive(Serialize, ToSchema)]
struct Trends {
    #[serde(rename = "generationsChange")]
    generations: Figure,
    #[serde(rename = "buildsChange")]
    builds: Figure,
    #[serde(rename = "tokensChange")]
    tokens: Figure,
}

#[derive(Serialize, ToSchema)]
struct Project {
    id: String,
    name: String,
    generations: Figure,
    tokens: Figure,
}

/// What a span of time has seen.
#[derive(Clone, Copy)]
struct Activity {
    generations: i128,
    builds: i128,
    tokens: i128,
}

/// A platform at a glance.
#[utoipa::path(get, path = "/metrics/dashboard", tag = "platform", responses((status = 200, body = Dashboard), Refusals))]
pub(crate) async fn answer(State(desk): State<Arc<Desk>>, visit: Visit) -> Result<Response, Problem> {
    visit.for_tenant()?;
    let mut asked = visit.asked(&KNOWN)?;
    let limit = asked.limit;
    let (recent, before) = days(visit.now, visit.caller.hour_offset);
    asked.window.range = Range { from: Timestamp::from_millis(0), to: recent.to };
    let in_range = |range, question: MetricQuery| MetricQuery { range, ..question };
    let all = asked.window.range;
    let events = |range| {
        let question = asked.question("lifecycle_events", &["events"]).by("event").by("project");
        in_range(range, question.only("event", &[GENERATION, BUILD]))
    };
    let usage = |range| in_range(range, asked.question("ai_requests", &["tokens", "cost"]).by("project"));
    let created = |numbers: &[&str]| asked.question("projects", numbers).only("event", &["project.created"]);
    let questions = [
        events(all),
        usage(all),
        events(recent),
        usage(recent),
        events(before),
        usage(before),
        created(&["projects"]),
        created(&["last"]).by("project").by("name"),
    ];
    let reading = desk.ask(&visit, &questions).await?;
    let [all_events, all_usage, recent_events, recent_usage, past_events, past_usage, projects, names] = &reading.answers[..] else {
        return Err(Problem::internal("an answer is missing"));
    };

    let (overall, now, past) = (activity(all_events, all_usage), activity(recent_events, recent_usage), activity(past_events, past_usage));
    let dashboard = Dashboard {
        overview: Overview {
            projects: Figure::whole(total(projects, 0)),
            generations: Figure::whole(overall.generations),
            builds: Figure::whole(overall.builds),
            tokens: Figure::whole(overall.tokens),
            cost: Figure::Exact(Decimal { units: total(all_usage, 1), scale: Unit::PicoUsd.scale() }),
        },
        recent_activity: Recent {
            generations: Figure::whole(now.generations),
            builds: Figure::whole(now.builds),
            tokens: Figure::whole(now.tokens),
        },
        trends: Trends {
            generations: change(past.generations, now.generations),
            builds: change(past.builds, now.builds),
            tokens: change(past.tokens, now.tokens),
        },
        top_projects: top(limit, all_events, all_usage, &latest_names(names)),
        meta: Meta::of(&reading, &asked),
    };
    reply(&visit, &asked, &dashboard)
}

/// The hours of the last 24 hours, the open one included, and as many hours before them.
fn days(now: Timestamp, offset: model::HourOffset) -> (Range, Range) {
    let start = |index| Hour::from_index(index).start(offset);
    let open = Hour::of(now, offset).index();
    (Range { from: start(open - 23), to: start(open + 1) }, Range { from: start(open - 47), to: start(open - 23) })
}

fn activity(events: &Answer, usage: &Answer) -> Activity {
    let of_kind = |kind: &str| events.rows.iter().filter(|row| row.labels[0] == kind).map(|row| units(&row.values[0])).sum();
    Activity { generations: of_kind(GENERATION), builds: of_kind(BUILD), tokens: total(usage, 0) }
}

/// The name that each project was last created under.
fn latest_names(created: &Answer) -> BTreeMap<&str, &str> {
    let mut latest: BTreeMap<&str, (i128, &str)> = BTreeMap::new();
    for row in &created.rows {
        let [project, name] = &row.labels[..] else { continue };
        let this = (units(&row.values[0]), name.as_str());
        if name != NONE && latest.get(project.as_str()).is_none_or(|known| *known < this) {
            latest.insert(project, this);
        }
    }
    latest.into_iter().map(|(project, (_, name))| (project, name)).collect()
}

/// The projects with most generations, then most tokens. One that was never given a name goes by its id.
fn top(limit: usize, events: &Answer, usage: &Answer, names: &BTreeMap<&str, &str>) -> Vec<Project> {
    let mut projects: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for row in &usage.rows {
        projects.entry(&row.labels[0]).or_default().1 += units(&row.values[0]);
    }
    for row in events.rows.iter().filter(|row| row.labels[0] == GENERATION) {
        projects.entry(&row.labels[1]).or_default().0 += units(&row.values[0]);
    }
    let is_project = |id: &str| id != NONE && id != OTHER;
    let mut ranked: Vec<_> = projects.into_iter().filter(|(id, most)| is_project(id) && *most != (0, 0)).collect();
    ranked.sort_by(|(id, most), (other, others)| others.cmp(most).then(id.cmp(other)));
    let project = |(id, (generations, tokens)): (&str, (i128, i128))| Project {
        id: id.to_owned(),
        name: names.get(id).copied().unwrap_or(id).to_owned(),
        generations: Figure::whole(generations),
        tokens: Figure::whole(tokens),
    };
    ranked.into_iter().take(limit).map(project).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::HourOffset;

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn the_last_day_and_the_one_before_do_not_share_an_hour() {
        let now = Timestamp::from_millis(1_793_491_200_000 + 90 * 60_000);
        for minutes in [0, 30, 45] {
            let (recent, before) = days(now, HourOffset::from_minutes(minutes).unwrap());
            assert_eq!(before.to, recent.from);
            assert_eq!((recent.to.millis_since(recent.from), before.to.millis_since(before.from)), (24 * HOUR_MS, 24 * HOUR_MS));
            assert!(recent.to > now && recent.to.millis_since(now) <= HOUR_MS);
        }
    }
}
