//! The page of metrics (`docs/metrics.md`), made from the catalogue. A test keeps it current; `cargo run -p query --example metrics_page`
//! writes it.

use cube::catalogue::{Cube, Dimension, Metric, cubes, metrics};
use std::fmt::Write;

const HEAD: &str = "# Metrics

Made from the catalogue by `cargo run -p query --example metrics_page`; a test says when it is not current.

Everything that Weir counts is a number of one of the cubes below, and every answer is made of such numbers. A metric is a public name for \
one: `GET /metrics/timeseries?metric=`, `GET /api/analytics/timeseries?metric=`, `GET /api/v1/analytics/metrics?metrics=` and `POST \
/api/v1/analytics/query` take it. A metric can be grouped and narrowed by all dimensions of one of its cubes together. Amounts of money are \
never added across currencies. What a sketch estimates is listed in `meta.approximate` of each answer that it is in; everything else is exact \
to its last digit once its hour is settled (`meta.settledThrough`).

";

const MORE: &str = "## Numbers that are worked out of these

| number | definition | source |
| --- | --- | --- |
| growth, change | (value − before) ÷ before × 100, where before is the span as long that ends where the range begins; 100 where there was nothing before | |
| active users (DAU, WAU, MAU) | distinct users with any event in the day, the 7 days, the 30 days | the usual definition, as of the union of sets |
| stickiness | DAU ÷ MAU | the usual definition |
| retention | of the users first seen in a period, the part with any event in each later one | cohort analysis |
| session | the events of one session id; of chats, a user's messages with less than 30 minutes of silence between two | the 30 minutes of web analytics |
| bounce | a session of a single event | web analytics |
| MRR | for each user the amounts of its subscriptions, brought to a month (a year's by 12), as they stand at a moment | recurring revenue, read off the changes of subscriptions |
| MRR movements | new (from nothing, for the first time), reactivated (from nothing, again), expansion, contraction, churned (to nothing), by user and currency | |
| ARR | MRR × 12 | |
| churn rate | of customers: those who came to pay nothing ÷ those who paid at the start; of revenue: churned ÷ MRR at the start | |
| lifetime value | revenue of all time ÷ customers of all time, by currency | |
| projection of a month | its days that are over, and for the others exponential smoothing of up to 84 days before, with an interval by how far off such forecasts were in those days; with fewer than 21 days, the mean of its days so far times all of its days | ETS by `augurs`; split conformal prediction |

";

/// The page.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("## Metrics\n\n| metric | what | definition | unit | cubes | exactness |\n| --- | --- | --- | --- | --- | --- |\n");
    page.extend(metrics().iter().map(metric_row));
    page.push('\n');
    page.push_str(MORE);
    page.push_str("## Cubes\n");
    page.extend(cubes().iter().map(|cube| section(cube)));
    page
}

fn metric_row(metric: &Metric) -> String {
    let cubes: Vec<String> = metric.cubes.iter().map(|cube| format!("[{0}](#{0})", cube.name)).collect();
    let Metric { name, description, .. } = metric;
    let (definition, unit, accuracy) = (metric.definition(), metric.unit().name(), metric.accuracy().describe());
    format!("| `{name}` | {description} | {definition} | {unit} | {} | {accuracy} |\n", cubes.join(", "))
}

fn section(cube: &Cube) -> String {
    let dimensions: Vec<&str> = cube.dimensions.iter().copied().map(Dimension::name).collect();
    let families: Vec<&str> = cube.families.iter().map(|family| family.name()).collect();
    let mut section = format!("\n### {}\n\n{} From events of {}", cube.name, cube.description, families.join(", "));
    let _ = write!(section, "; by {}; kept {} days.\n\n", dimensions.join(", "), cube.retention_days);
    section.push_str("| number | what | definition | unit | exactness |\n| --- | --- | --- | --- | --- |\n");
    for name in cube.numbers() {
        let what = cube.measure(name).map(|measure| measure.description).or_else(|| cube.derived(name).map(|derived| derived.description));
        let (definition, accuracy) = (cube.definition(name), cube.accuracy(name).describe());
        let unit = cube.unit(name).map_or("", |unit| unit.name());
        let _ = writeln!(section, "| `{name}` | {} | {definition} | {unit} | {accuracy} |", what.unwrap_or_default());
    }
    section
}
