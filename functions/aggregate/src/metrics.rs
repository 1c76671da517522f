//! The metrics of what waits, as a line of CloudWatch's embedded format: written to the log, it becomes metrics without a call.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use crate::Summary;
use model::Timestamp;
use serde_json::{Value, json};
use std::io::Write;

/// Writes the line. It tells the age even where nothing waits, for silence would mean that nobody looks.
pub fn emit(summary: &Summary, table_name: &str, now: Timestamp) {
    // A line that is lost is one minute of a metric.
    let _ = writeln!(std::io::stdout(), "{}", line(summary, table_name, now));
}

fn line(summary: &Summary, table_name: &str, now: Timestamp) -> Value {
    let metric = |name: &str| json!({"Name": name, "Unit": "Count"});
    let mut metrics = vec![metric("OldestPendingAgeHours")];
    if summary.hours() > 0 {
        // A metric is paid for by the hours in which it has values: this one costs nothing while nothing happens.
        metrics.push(metric("PendingHours"));
    }
    json!({
        "_aws": {
            "Timestamp": now.as_millis(),
            "CloudWatchMetrics": [{"Namespace": "Weir", "Dimensions": [["Table"]], "Metrics": metrics}],
        },
        "Table": table_name,
        "PendingHours": summary.hours(),
        "OldestPendingAgeHours": summary.oldest_pending_age_hours,
        "pendingHoursByFamily": summary.pending_hours,
        "complete": summary.complete,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Family;
    use std::collections::BTreeMap;

    fn check(pending_hours: BTreeMap<Family, usize>, metrics: &Value) -> Value {
        let summary = Summary { pending_hours, pending_partials: 9, oldest_pending_age_hours: 1.25, complete: true };
        let line = line(&summary, "weir-table", Timestamp::from_millis(1_700_000_000_000));
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!("Weir"), &json!([["Table"]])));
        let named = directive["Metrics"].as_array().unwrap().iter().map(|metric| metric["Name"].as_str().unwrap());
        assert_eq!(&named.map(|name| json!([name, line[name]])).collect::<Value>(), metrics);
        assert_eq!(line["Table"], "weir-table");
        line
    }

    #[test]
    fn the_line_names_each_metric_and_has_its_value() {
        let waiting = BTreeMap::from([(Family::Ai, 3), (Family::Sales, 4)]);
        let line = check(waiting, &json!([["OldestPendingAgeHours", 1.25], ["PendingHours", 7]]));
        assert_eq!(line["pendingHoursByFamily"], json!({"ai": 3, "sales": 4}));
    }

    #[test]
    fn where_nothing_waits_the_age_alone_is_told() {
        check(BTreeMap::new(), &json!([["OldestPendingAgeHours", 1.25]]));
    }
}
