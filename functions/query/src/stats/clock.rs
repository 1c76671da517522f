//! Events by hour of the day and by weekday: all of them, those too in which nothing happened.

use crate::numbers::Numbers;
use crate::shape::Figure;
use cube::query::{Answer, Row};
use serde::Serialize;
use utoipa::ToSchema;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What is told of each. Of the hours of a day everything is read by the hour, so it is asked for alone.
pub(super) const NUMBERS: [&str; 2] = ["events", "users"];

/// The events of an hour of the day.
#[derive(Serialize, ToSchema)]
pub(super) struct HourOfDay {
    /// From 0 to 23.
    #[schema(maximum = 23)]
    hour: u8,
    events: Figure,
    users: Figure,
}

/// The events of a day of the week.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "members are named as the contract names them")]
pub(super) struct Weekday {
    /// Its name in English.
    #[schema(example = "Monday")]
    weekday: &'static str,
    events: Figure,
    users: Figure,
}

/// All hours of the day.
pub(super) fn hours(answer: &Answer) -> Vec<HourOfDay> {
    let of_hour = |hour: u8| {
        let [events, users] = figures(row(answer, &format!("{hour:02}")));
        HourOfDay { hour, events, users }
    };
    (0..24).map(of_hour).collect()
}

/// All days of the week, from Monday (ISO 8601).
pub(super) fn weekdays(answer: &Answer) -> Vec<Weekday> {
    let of_day = |weekday: &'static str| {
        let [events, users] = figures(row(answer, weekday));
        Weekday { weekday, events, users }
    };
    WEEKDAYS.into_iter().map(of_day).collect()
}

fn row<'a>(answer: &'a Answer, label: &str) -> Option<&'a Row> {
    answer.rows.iter().find(|row| row.labels.first().is_some_and(|own| own == label))
}

fn figures(row: Option<&Row>) -> [Figure; 2] {
    NUMBERS.map(|name| row.map_or(Figure::whole(0), |row| Numbers::of(&NUMBERS, row).figure(name)))
}
