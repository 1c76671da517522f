//! How often the interval covers what came: over and over, the days of a past are forecast from those before them.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use forecast::{HISTORY_DAYS, LEVEL, sum_of_next};
use std::collections::BTreeMap;
use std::path::Path;

fn data(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)).unwrap()
}

/// What came of each of some moments, none left out.
fn series(all: &BTreeMap<i64, f64>) -> Vec<f64> {
    let (first, last) = (all.first_key_value().unwrap().0, all.last_key_value().unwrap().0);
    (*first..=*last).map(|at| all.get(&at).copied().unwrap_or_default()).collect()
}

/// A date's number among all days (Howard Hinnant's `days_from_civil`, but for the epoch).
fn day_of(date: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| date[range].parse::<i64>().unwrap();
    let (year, month, day) = (number(0..4), number(4..6), number(6..8));
    let (year, month) = if month <= 2 { (year - 1, month + 12) } else { (year, month) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day
}

/// What CDNOW sold each day.
fn cdnow() -> Vec<f64> {
    let mut sold = BTreeMap::new();
    for line in data("cdnow_sample.txt").lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if let [_, _, date, _, amount] = fields[..] {
            *sold.entry(day_of(date)).or_default() += amount.parse::<f64>().unwrap();
        }
    }
    series(&sold)
}

/// The tokens of the LLM trace that the demo replays, each half minute.
fn trace() -> Vec<f64> {
    let mut tokens = BTreeMap::new();
    for line in data("azure_llm_code.csv").lines().skip(1) {
        let fields: Vec<&str> = line.trim().split(',').collect();
        let time: Vec<f64> = fields[0][11..].split(':').map(|part| part.parse().unwrap()).collect();
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a day")]
        let half_minute = ((time[0] * 3600.0 + time[1] * 60.0 + time[2]) / 30.0) as i64;
        *tokens.entry(half_minute).or_default() += fields[1..].iter().map(|count| count.parse::<f64>().unwrap()).sum::<f64>();
    }
    series(&tokens)
}

/// The part of the forecasts, begun at each `step`, that covered what came.
fn coverage(days: &[f64], (history, ahead, step): (usize, usize, usize)) -> (f64, u32) {
    let (mut covered, mut all) = (0_u32, 0_u32);
    for first in (history..=days.len() - ahead).step_by(step) {
        let Some((low, high)) = sum_of_next(&days[..first], ahead).and_then(|forecast| forecast.interval) else { continue };
        let came: f64 = days[first..first + ahead].iter().sum();
        all += 1;
        covered += u32::from((low..=high).contains(&came));
    }
    (f64::from(covered) / f64::from(all), all)
}

#[test]
fn on_the_weeks_of_cdnow_the_interval_covers_what_it_says_within_ten_points() {
    let days = cdnow();
    assert_eq!((days.len(), days.iter().sum::<f64>().round()), (546, 244_092.0));
    for ahead in [3, 7, 14, 21, 28] {
        let (covered, all) = coverage(&days, (HISTORY_DAYS, ahead, 7));
        println!("CDNOW, {ahead} days: {covered:.3} of {all}");
        assert!(all >= 60 && (covered - LEVEL).abs() <= 0.1, "{ahead} days: {covered} of {all}");
    }
}

#[test]
fn on_the_usage_of_the_demo_the_interval_covers_what_it_says_within_ten_points() {
    let steps = trace();
    for ahead in [2, 5, 10] {
        let (covered, all) = coverage(&steps, (40, ahead, 1));
        println!("the trace, {ahead} half minutes: {covered:.3} of {all}");
        assert!(all >= 50 && (covered - LEVEL).abs() <= 0.1, "{ahead} half minutes: {covered} of {all}");
    }
}
