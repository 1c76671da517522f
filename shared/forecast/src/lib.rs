//! What the next days come to, and how sure that is.
//!
//! The point is exponential smoothing (`augurs-ets`: error, trend and damping are chosen by the corrected Akaike criterion), fitted to the
//! days before. The interval is no formula's but what the same way of forecasting would have been off by in those days: from each third day
//! on, it forecasts as many days as are asked for now, and of how far off it was (as a part of the level then) the interval takes the rank
//! that its level asks for, as in split conformal prediction. So it assumes neither a distribution nor that the model is right; it assumes
//! that the days to come differ from those before no more than these did from each other.
//!
//! `tests/backtest.rs` holds how often it covers what came. Pure: no clock, no I/O. It knows nothing of money or tokens.

use augurs_core::{Fit, Predict};
use augurs_ets::AutoETS;

/// So many days are enough to look back on: 12 weeks.
pub const HISTORY_DAYS: usize = 84;
/// The part of what comes that the interval is to cover.
pub const LEVEL: f64 = 0.8;
/// So many days are needed before anything is forecast: with them a forecast can look at each weekday three times.
const LEAST_DAYS: usize = 21;
/// How far apart the days are from which it is told what a forecast would have been off by.
const STEP: usize = 3;
/// So many forecasts of the past are needed to say how far off they are: the level's rank of fewer is their worst.
const LEAST_TRIALS: usize = 4;
/// The days whose mean is the level.
const LEVEL_DAYS: usize = 28;

/// What some days to come will come to together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The most likely sum.
    pub point: f64,
    /// From where to where the sum is, as often as [`LEVEL`] says. `None` where there are too few days to tell.
    pub interval: Option<(f64, f64)>,
}

/// What the next `ahead` days come to together, after these days, oldest first, of which none is left out: the last [`HISTORY_DAYS`] of them
/// are looked at. Nothing comes to less than zero. `None` of fewer than 21 days, or where nothing can be fitted to them.
#[must_use]
pub fn sum_of_next(days: &[f64], ahead: usize) -> Option<Forecast> {
    let days = &days[days.len().saturating_sub(HISTORY_DAYS)..];
    if days.len() < LEAST_DAYS {
        return None;
    }
    let point = smoothed(days, ahead)?;
    let reach = miss(days, ahead).map(|part| part * level(days) * length(ahead));
    Some(Forecast { point, interval: reach.map(|reach| ((point - reach).max(0.0), point + reach)) })
}

/// The sum of the next days by exponential smoothing.
fn smoothed(days: &[f64], ahead: usize) -> Option<f64> {
    if ahead == 0 || days.iter().all(|day| *day == 0.0) {
        return Some(0.0);
    }
    let model = AutoETS::new(1, "ZZN").ok()?.fit(days).ok()?;
    let sum: f64 = model.predict(ahead, None).ok()?.point.iter().sum();
    sum.is_finite().then(|| sum.max(0.0))
}

/// How far off the forecasts of as many days were in the days before, as a part of the level then: that part of them which the level asks
/// for was off by less.
fn miss(days: &[f64], ahead: usize) -> Option<f64> {
    let last = days.len().checked_sub(ahead)?;
    let trial = |first: usize| {
        let (before, after) = days.split_at(first);
        let came: f64 = after[..ahead].iter().sum();
        let scale = level(before) * length(ahead);
        (scale > 0.0).then_some((came - smoothed(before, ahead)?).abs() / scale)
    };
    let mut misses: Vec<f64> = (LEAST_DAYS..=last).step_by(STEP).filter_map(trial).collect();
    if ahead == 0 || misses.len() < LEAST_TRIALS {
        return (ahead == 0).then_some(0.0);
    }
    misses.sort_by(f64::total_cmp);
    // Trials that overlap say little more than one of them: it is as if there were so many, and n of these cover with the rank (n + 1) × level.
    let apart = length(misses.len() * STEP) / length(ahead.max(STEP));
    let part = (LEVEL * (apart + 1.0) / apart).min(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank among some tens")]
    let rank = (length(misses.len()) * part).ceil() as usize;
    misses.get(rank.clamp(1, misses.len()) - 1).copied()
}

/// What a day has come to of late.
fn level(days: &[f64]) -> f64 {
    let late = &days[days.len().saturating_sub(LEVEL_DAYS)..];
    late.iter().sum::<f64>() / length(late.len().max(1))
}

#[expect(clippy::cast_precision_loss, reason = "some tens of days")]
fn length(days: usize) -> f64 {
    days as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_alike_go_on_alike() {
        let forecast = sum_of_next(&[3.0; 60], 10).unwrap();
        assert!((forecast.point - 30.0).abs() < 1e-6, "{forecast:?}");
        let (low, high) = forecast.interval.unwrap();
        assert!(low <= 30.0 + 1e-6 && high >= 30.0 - 1e-6 && high - low < 1e-3, "{forecast:?}");
    }

    #[test]
    fn what_grows_is_forecast_to_grow_and_nothing_comes_to_nothing() {
        let growing: Vec<f64> = (0..80).map(|day| f64::from(day) * 2.0).collect();
        let forecast = sum_of_next(&growing, 7).unwrap();
        assert!(forecast.point > growing[73..].iter().sum(), "{forecast:?}");
        assert!(sum_of_next(&[0.0; 40], 7).unwrap().point.abs() < f64::EPSILON);
        assert_eq!(sum_of_next(&growing, 0).unwrap(), Forecast { point: 0.0, interval: Some((0.0, 0.0)) });
    }

    #[test]
    fn of_few_days_nothing_is_said_and_of_some_no_interval() {
        assert_eq!(sum_of_next(&[1.0; 20], 7), None);
        assert_eq!(sum_of_next(&[1.0; 24], 14).unwrap().interval, None);
        assert_eq!(sum_of_next(&[], 7), None);
    }

    #[test]
    fn nothing_comes_to_less_than_zero_whatever_the_days() {
        for seed in 0..20_u32 {
            let days: Vec<f64> =
                (0..60).map(|day| f64::from((day * 7919 + seed * 104_729) % 97) * if day % 7 < 2 { 0.0 } else { 1e6 }).collect();
            let forecast = sum_of_next(&days, 20).unwrap();
            let (low, high) = forecast.interval.unwrap();
            assert!(0.0 <= low && low <= forecast.point && forecast.point <= high && high.is_finite(), "{forecast:?}");
        }
    }
}
