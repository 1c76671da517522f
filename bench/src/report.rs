//! One JSON line a figure, with its target and whether it is met.

use serde::Serialize;
use serde_json::{Map, Value};
use std::io::Write;

/// A target missed by more than this fails the run: machines differ, and a figure near its target is no defect.
const TOLERANCE: f64 = 1.25;

/// A measured figure.
#[derive(Debug, Serialize)]
pub struct Figure {
    bench: &'static str,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_at_most: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_at_least: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
    #[serde(flatten)]
    details: Map<String, Value>,
}

impl Figure {
    /// A figure without a target.
    pub fn new(bench: &'static str, value: f64, unit: &'static str) -> Self {
        Self { bench, value, unit, target_at_most: None, target_at_least: None, met: None, details: Map::new() }
    }

    /// With the most that it should be.
    pub fn at_most(mut self, target: f64) -> Self {
        self.target_at_most = Some(target);
        self.met = Some(self.value <= target);
        self
    }

    /// With the least that it should be.
    pub fn at_least(mut self, target: f64) -> Self {
        self.target_at_least = Some(target);
        self.met = Some(self.value >= target);
        self
    }

    /// With something to understand it by.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// Whether its target is missed by more than is tolerated.
    pub fn is_missed(&self) -> bool {
        let is_over = self.target_at_most.is_some_and(|target| self.value > target * TOLERANCE);
        let is_under = self.target_at_least.is_some_and(|target| self.value * TOLERANCE < target);
        is_over || is_under
    }
}

/// Where figures are told, one line each.
pub struct Report<'a> {
    out: &'a mut dyn Write,
    has_failed: bool,
}

impl<'a> Report<'a> {
    /// Figures are written here.
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out, has_failed: false }
    }

    /// Tells some figures.
    pub fn tell_all(&mut self, figures: impl IntoIterator<Item = Figure>) -> anyhow::Result<()> {
        for figure in figures {
            self.has_failed |= figure.is_missed();
            writeln!(self.out, "{}", serde_json::to_string(&figure)?)?;
        }
        Ok(())
    }

    /// Tells that a part could not be measured.
    pub fn tell_failure(&mut self, part: &str, error: &anyhow::Error) -> anyhow::Result<()> {
        self.has_failed = true;
        Ok(writeln!(self.out, "{}", serde_json::json!({"bench": part, "error": format!("{error:#}")}))?)
    }

    /// Whether a target was missed by more than is tolerated, or a part was not measured.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }
}

/// The middle of an odd number of measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_missed_when_it_is_by_more_than_a_quarter() {
        let figure = |value| Figure::new("export", value, "rows a second");
        for (figure, met, missed) in [
            (figure(100.0).at_least(100.0), true, false),
            (figure(80.0).at_least(100.0), false, false),
            (figure(79.0).at_least(100.0), false, true),
            (figure(100.0).at_most(100.0), true, false),
            (figure(125.0).at_most(100.0), false, false),
            (figure(126.0).at_most(100.0), false, true),
        ] {
            assert_eq!((figure.met, figure.is_missed()), (Some(met), missed), "{figure:?}");
        }
        assert!(!figure(1.0).is_missed());
    }
}
