//! Series and estimates, as tests look at them.

use serde_json::{Map, Value};

/// The days that tests are about: a month and a week end in them, in India on October 31 at 18:30 and on November 1 at 18:30 UTC.
pub const DAYS: &str = "startDate=2026-10-31&endDate=2026-11-02&timezone=Asia/Kolkata";
/// The tenant's days that hold their hours.
pub const SETTLED: [&str; 4] = ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"];

/// The points of a series, oldest first: a member of each that is not zero or nothing, by when the bucket begins, without seconds.
pub fn points(series: &Value, member: &str) -> Map<String, Value> {
    let series = series.as_array().unwrap();
    let moments: Vec<&str> = series.iter().map(|point| point["timestamp"].as_str().unwrap()).collect();
    assert!(moments.is_sorted(), "oldest first: {moments:?}");
    let point = |(point, moment): (&Value, &&str)| {
        let value = member.split('.').fold(point, |value, name| &value[name]);
        (!value.is_null() && *value != 0).then(|| (moment[..16].to_owned(), value.clone()))
    };
    series.iter().zip(&moments).filter_map(point).collect()
}

/// That a number is another one within the 1% of a distribution.
pub fn assert_near(value: &Value, expect: f64) {
    let found = value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    assert!((found - expect).abs() <= expect * 0.0101, "{found}, not about {expect}");
}

/// The members of an object, which are not to be looked at, removed.
pub fn without(mut value: Value, names: &[&str]) -> Value {
    for name in names {
        value.as_object_mut().unwrap().remove(*name);
    }
    value
}
