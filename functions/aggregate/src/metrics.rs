//! Metrics, as lines of CloudWatch's embedded format: written to the log, they become metrics without a call.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! A metric is paid for by the hours in which it has values ($0.30 for a whole month), so that all but the age are told only where they
//! are not zero: an idle deployment has one metric, a busy one five.

use crate::Summary;
use model::Timestamp;
use serde_json::{Map, Value, json};
use settle::Done;
use std::io::Write;

/// Of which deployment a line tells, and when.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table's name.
    pub table_name: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// Writes a line.
pub fn emit(line: &Value) {
    // A line that is lost is one value of a metric.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What waits. It tells the age even where nothing does, for silence would mean that nobody looks.
pub fn of_summary(summary: &Summary, place: Place<'_>) -> Value {
    let age = Some(("OldestPendingAgeHours", json!(summary.oldest_pending_age_hours)));
    let hours = (summary.hours() > 0).then(|| ("PendingHours", json!(summary.hours())));
    line(place, age.into_iter().chain(hours), json!({"pendingHoursByFamily": summary.pending_hours, "complete": summary.complete}))
}

/// What a piece of work has done; nothing where it was nothing to be counted.
pub fn of_done(done: &Done, place: Place<'_>) -> Option<Value> {
    let counts = [("SettledEvents", done.events), ("DroppedCopies", done.copies), ("QuarantinedHours", done.quarantined)];
    let metrics: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name, json!(count))).collect();
    (!metrics.is_empty()).then(|| line(place, metrics, json!({"settledHours": done.hours})))
}

/// A line with these metrics, and properties that are no metrics.
fn line(place: Place<'_>, metrics: impl IntoIterator<Item = (&'static str, Value)>, properties: Value) -> Value {
    let values: Map<String, Value> = metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let directives: Vec<Value> = values.keys().map(|name| json!({"Name": name, "Unit": "Count"})).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": place.now.as_millis(),
            "CloudWatchMetrics": [{"Namespace": "Weir", "Dimensions": [["Table"]], "Metrics": directives}],
        },
        "Table": place.table_name,
    });
    if let (Some(line), Value::Object(properties)) = (line.as_object_mut(), properties) {
        line.extend(values.into_iter().chain(properties));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trigger::Tick;
    use model::Family;
    use std::collections::BTreeMap;

    const PLACE: Place<'_> = Place { table_name: "weir-table", now: Timestamp::from_millis(1_700_000_000_000) };

    /// The metrics that a line declares, with the values that it has for them.
    fn check(line: &Value, metrics: &Value) {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!("Weir"), &json!([["Table"]])));
        let named = directive["Metrics"].as_array().unwrap().iter().map(|metric| metric["Name"].as_str().unwrap());
        assert_eq!(&named.map(|name| json!([name, line[name]])).collect::<Value>(), metrics);
        assert_eq!(line["Table"], "weir-table");
    }

    fn summary(pending_hours: BTreeMap<Family, usize>) -> Summary {
        Summary {
            tick: Tick::Minute,
            pending_hours,
            pending_partials: 9,
            oldest_pending_age_hours: 1.25,
            complete: true,
            sent: 0,
            held_back: false,
            failed: 0,
            errands: 0,
        }
    }

    #[test]
    fn the_line_names_each_metric_and_has_its_value() {
        let line = of_summary(&summary(BTreeMap::from([(Family::Ai, 3), (Family::Sales, 4)])), PLACE);
        check(&line, &json!([["OldestPendingAgeHours", 1.25], ["PendingHours", 7]]));
        assert_eq!(line["pendingHoursByFamily"], json!({"ai": 3, "sales": 4}));
    }

    #[test]
    fn where_nothing_waits_the_age_alone_is_told() {
        check(&of_summary(&summary(BTreeMap::new()), PLACE), &json!([["OldestPendingAgeHours", 1.25]]));
    }

    #[test]
    fn of_work_only_what_is_not_zero_is_told() {
        let done = Done { hours: 2, events: 100, copies: 5, ..Done::default() };
        let line = of_done(&done, PLACE).unwrap();
        check(&line, &json!([["DroppedCopies", 5], ["SettledEvents", 100]]));
        assert_eq!(line["settledHours"], 2);
        check(&of_done(&Done { quarantined: 1, ..Done::default() }, PLACE).unwrap(), &json!([["QuarantinedHours", 1]]));
        assert_eq!(of_done(&Done { swept: 3, ..Done::default() }, PLACE), None);
    }
}
