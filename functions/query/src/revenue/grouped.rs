//! What `groupBy` adds to recurring revenue: what the endpoint tells of all subscriptions, of those of each user, of each project, or of
//! both, over the range or over each of its buckets.

use super::recurring::Moved;
use super::{OF_SUBSCRIPTIONS, Recurring};
use crate::parameters::{Asked, Grouping, PlaceOf, fault, wrong};
use crate::shape::date;
use crate::visit::Visit;
use cube::catalogue::Dimension;
use cube::query::{Answer, Division, Granularity};
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

/// The most rows that groups may have in all buckets together: each is worked out, whatever a page shows of them.
const MOST_ROWS: usize = 100_000;

/// What `groupBy` adds, with these numbers.
pub(super) const fn grouping(numbers: &'static [&'static str]) -> Grouping {
    Grouping { dimensions: Some(OF_SUBSCRIPTIONS), ..Grouping::of(&["subscriptions"], numbers) }
}

/// What the endpoint tells of all, by the dimensions that `groupBy` names.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecurringGroups<T> {
    /// How the rows are ordered.
    order: String,
    /// A row for each group in which anything was ever paid for; with a granularity, for each of them in each bucket.
    data: Vec<RecurringGroup<T>>,
    /// What `cursor` must be for the rows after these; `null` where there are none.
    next_cursor: Option<String>,
}

/// A group: what it is told apart by, and then its numbers.
#[derive(Serialize, ToSchema)]
pub(super) struct RecurringGroup<T> {
    #[serde(flatten)]
    names: Names,
    #[serde(flatten)]
    numbers: T,
}

/// What a group is told apart by: what was asked for.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Names {
    /// When the bucket begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    hour: Option<String>,
    /// The bucket's first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    /// The bucket's first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    week: Option<String>,
    /// The bucket's first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// Subscriptions that name no user are of `(none)`, together.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

/// The subscriptions of a group.
struct Group {
    /// Its labels, in the order asked for, but for what of time is among them.
    labels: Vec<String>,
    recurring: Recurring,
}

/// What the endpoint tells of each group: nothing where `groupBy` is not given.
///
/// # Errors
/// 400, where there would be too many rows.
pub(super) fn groups<T>(
    answers: [&Answer; 2],
    (asked, visit): (&Asked, &Visit),
    divisions: &[Division],
    numbers: impl Fn(&Moved<'_>, usize) -> T,
) -> Result<Option<RecurringGroups<T>>, Problem> {
    if asked.group_by.is_empty() {
        return Ok(None);
    }
    let granularity = asked.group_by.iter().find_map(|name| Granularity::from_name(name));
    let groups = all_groups(answers, asked, visit)?;
    let buckets = granularity.map_or(1, |_| divisions.len());
    if groups.len().saturating_mul(buckets) > MOST_ROWS {
        let message =
            format!("{} groups in {buckets} buckets are more than {MOST_ROWS} rows: ask for less time, or for some", groups.len());
        return Err(wrong(vec![fault("groupBy", "too_many_rows", message)]));
    }
    let ranges: Vec<_> = match granularity {
        Some(_) => divisions.iter().map(|division| division.range).collect(),
        None => vec![asked.window.range],
    };
    let moved: Vec<Moved<'_>> = groups.iter().map(|group| group.recurring.over_each(&ranges)).collect();
    let rows = (0..groups.len()).flat_map(|group| (0..ranges.len()).map(move |span| (group, span)));
    let place = |(group, span): (usize, usize)| match granularity {
        Some(_) => PlaceOf::timed(divisions[span].start, &groups[group].labels),
        #[expect(clippy::cast_precision_loss, reason = "people")]
        None => PlaceOf::ranked(moved[group].customers(span).after as f64, &groups[group].labels),
    };
    let write = |(group, span): (usize, usize)| {
        let mut own = groups[group].labels.iter();
        let mut label = |name: &String| match Granularity::from_name(name) {
            Some(Granularity::Hour) => Some(divisions[span].start.to_string()),
            Some(_) => Some(date(divisions[span].start, asked).to_string()),
            None => own.next().cloned(),
        };
        let mut names = Names::default();
        for name in &asked.group_by {
            if let Some(label) = label(name) {
                names.put(name, label);
            }
        }
        RecurringGroup { names, numbers: numbers(&moved[group], span) }
    };
    let page = asked.page_by(rows.map(|row| (place(row), row)), write);
    let order = match granularity {
        Some(granularity) => format!("{}, then by label", granularity.name()),
        None => "customers after descending, then by label".to_owned(),
    };
    Ok(Some(RecurringGroups { order, data: page.data, next_cursor: page.next_cursor }))
}

/// Every group in which anything was ever paid for.
fn all_groups(answers: [&Answer; 2], asked: &Asked, visit: &Visit) -> Result<Vec<Group>, Problem> {
    let by: Vec<Dimension> = asked.group_by.iter().filter_map(|name| Dimension::from_name(name)).collect();
    let by_project = by.contains(&Dimension::Project);
    let projects = if by_project { Recurring::projects(answers[0]).into_iter().map(Some).collect() } else { vec![None] };
    let mut groups = Vec::new();
    for project in projects {
        let all = Recurring::of_project(answers, project.as_deref(), asked, visit)?;
        let of_users = if by.contains(&Dimension::User) { all.by_user(answers[0]) } else { vec![(String::new(), all)] };
        for (user, recurring) in of_users.into_iter().filter(|(_, recurring)| !recurring.is_empty()) {
            let label = |dimension: &Dimension| match dimension {
                Dimension::Project => project.clone().unwrap_or_default(),
                _ => user.clone(),
            };
            groups.push(Group { labels: by.iter().map(label).collect(), recurring });
        }
    }
    Ok(groups)
}

impl Names {
    /// Puts a label under a name that `groupBy` may have.
    fn put(&mut self, name: &str, label: String) {
        let own = match name {
            "hour" => &mut self.hour,
            "day" => &mut self.day,
            "week" => &mut self.week,
            "month" => &mut self.month,
            "project" => &mut self.project,
            _ => &mut self.user,
        };
        *own = Some(label);
    }
}
