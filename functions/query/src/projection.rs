//! What the calendar month will come to: what it has come to so far, and for its days to come what `forecast` makes of the weeks before; how
//! sure that is, and how it was made, is told with it.

use crate::parameters::Asked;
use crate::platform::costs::usd;
use crate::shape::{Figure, date, units};
use crate::visit::Visit;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use cube::catalogue::Unit;
use cube::query::{Answer, Granularity, MetricQuery, TimeParameters, Window};
use forecast::{Forecast, HISTORY_DAYS, LEVEL};
use model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use web::Problem;

const SMOOTHED: &str = "the month's days that are over, and for the others exponential smoothing (ETS, chosen by AICc) of the days before \
     today, 84 at most, from the first with any cost; the interval by how far off such forecasts were in those days";
const MEAN: &str = "the cost of the calendar month so far, divided by its days so far (today included), times all of its days: there are \
     fewer than 21 days before today to forecast from, and no interval";

/// What the calendar month that is now will come to, and how that was worked out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CostProjection {
    /// What it will most likely come to, in USD.
    pub value: Figure,
    /// What it has cost so far.
    pub so_far: Figure,
    /// From where to where it will come to be; `null` where there are too few days to tell.
    pub interval: Option<ProjectionInterval>,
    /// How it was worked out.
    pub method: &'static str,
}

/// From where to where something will be, as often as the level says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectionInterval {
    pub low: Figure,
    pub high: Figure,
    /// The part of such intervals that cover what comes.
    pub level: f64,
}

/// The days of cost that a projection is made from.
pub(crate) fn question(asked: &Asked, visit: &Visit, ask: impl Fn(&Asked) -> MetricQuery) -> Result<MetricQuery, Problem> {
    let today = date(visit.now, asked);
    let back = u64::try_from(HISTORY_DAYS).unwrap_or_default();
    let first = today.checked_sub_days(Days::new(back)).unwrap_or(today).to_string();
    let timezone = asked.window.timezone;
    let parameters = TimeParameters { start_date: Some(&first), timezone: Some(timezone.name()), ..TimeParameters::default() };
    let window = Window::of(&parameters, visit.now.plus_millis(1), visit.caller.hour_offset);
    let range = window.map_err(|_| Problem::internal("the calendar month cannot be told"))?.range;
    Ok(MetricQuery { range, ..ask(asked) }.every(Granularity::Day, timezone))
}

impl CostProjection {
    /// Off the answer to that question, whose first number is the cost.
    pub fn of(days: &Answer, asked: &Asked, now: Timestamp) -> Self {
        let on = |start: Timestamp| DateTime::<Utc>::from(start).with_timezone(&asked.window.timezone).date_naive();
        let cost = |row: &cube::query::Row| Some((on(row.start?), row.values.first().map_or(0, units)));
        Self::of_days(&days.rows.iter().filter_map(cost).collect::<Vec<_>>(), date(now, asked))
    }

    /// Of the cost of days up to and with today, oldest first, in pico-dollars.
    fn of_days(days: &[(NaiveDate, i128)], today: NaiveDate) -> Self {
        let first = today.with_day(1).unwrap_or(today);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        let sum =
            |from: NaiveDate, to: NaiveDate| days.iter().filter(|(day, _)| from <= *day && *day < to).map(|(_, pico)| pico).sum::<i128>();
        let (over, of_today) = (sum(first, today), sum(today, next));
        let so_far = over + of_today;
        let before = days.iter().filter(|(day, _)| *day < today).skip_while(|(_, pico)| *pico == 0);
        let history: Vec<f64> = before.map(|(_, pico)| dollars(*pico)).collect();
        let left = usize::try_from((next - today).num_days()).unwrap_or_default();
        let Some(Forecast { point, interval }) = forecast::sum_of_next(&history, left) else {
            return Self { value: usd(mean(so_far, today, next)), so_far: usd(so_far), interval: None, method: MEAN };
        };
        // Today is forecast whole, and is at least what it is already.
        let of_month = |of_rest: f64| Figure::Rounded(to_millionths(dollars(over) + of_rest.max(dollars(of_today))));
        let interval = interval.map(|(low, high)| ProjectionInterval { low: of_month(low), high: of_month(high), level: LEVEL });
        Self { value: of_month(point), so_far: usd(so_far), interval, method: SMOOTHED }
    }
}

/// What a month comes to of which so much is spent up to and with today: the mean of its days so far, for all of its days.
fn mean(spent_pico: i128, today: NaiveDate, next: NaiveDate) -> i128 {
    let first = today.with_day(1).unwrap_or(today);
    let (days, gone) = (i128::from((next - first).num_days()), i128::from(today.day()));
    (2 * spent_pico * days + gone).div_euclid(2 * gone)
}

#[expect(clippy::cast_precision_loss, reason = "a forecast is no exact amount")]
fn dollars(pico: i128) -> f64 {
    pico as f64 / 10_f64.powi(i32::try_from(Unit::PicoUsd.scale()).unwrap_or_default())
}

/// To a millionth of a dollar: more digits would say more than is known.
fn to_millionths(dollars: f64) -> f64 {
    (dollars * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    const USD: i128 = 1_000_000_000_000;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn with_few_days_a_month_is_the_mean_of_its_days_so_far() {
        let check = |spent: i128, today: NaiveDate, expect: i128| {
            let projection = CostProjection::of_days(&[(today, spent)], today);
            assert_eq!((projection.value, projection.so_far, projection.method), (usd(expect), usd(spent), MEAN), "{today}");
            assert!(projection.interval.is_none());
        };
        check(10, day(2026, 11, 1), 300);
        check(10, day(2026, 11, 15), 20);
        check(10, day(2026, 11, 30), 10);
        check(29, day(2024, 2, 29), 29);
        check(28, day(2026, 2, 14), 56);
        check(10, day(2026, 12, 7), 44); // 44.28…
        check(0, day(2026, 12, 7), 0);
    }

    #[test]
    fn with_weeks_before_it_a_month_is_what_is_spent_and_what_the_other_days_are_forecast_to_be() {
        let today = day(2026, 11, 21);
        let days: Vec<_> =
            today.checked_sub_days(Days::new(60)).unwrap().iter_days().take(60).map(|one| (one, 2 * USD)).chain([(today, USD)]).collect();
        let projection = CostProjection::of_days(&days, today);
        assert_eq!((projection.value, projection.so_far, projection.method), (Figure::Rounded(60.0), usd(41 * USD), SMOOTHED));
        let ProjectionInterval { low, high, level } = projection.interval.unwrap();
        assert_eq!((low, high, level), (Figure::Rounded(60.0), Figure::Rounded(60.0), 0.8));
        let mut dear = days;
        dear.pop();
        dear.push((today, 500 * USD));
        let projection = CostProjection::of_days(&dear, today);
        assert_eq!(projection.value, Figure::Rounded(540.0), "a month comes to no less than it has come to");
        let zeros: Vec<_> =
            today.checked_sub_days(Days::new(84)).unwrap().iter_days().take(84).map(|one| (one, 0)).chain([(today, USD)]).collect();
        assert_eq!(CostProjection::of_days(&zeros, today).method, MEAN, "days before the first cost say nothing");
    }
}
