//! Simulates reports: schedules that are due, reports and exports that are asked for, budgets that are reached, in an order and with faults
//! that a seed decides, with outages of hours; receivers that answer late, never, or with a refusal. At the end all is healed, and each
//! report, notice and export has been delivered under one id, or has visibly failed, and none is missing.

mod course;
mod ears;
mod land;
mod plan;
mod usage;
mod verdict;

use crate::Outcome;
use course::Course;

/// The run that a seed decides.
#[must_use]
pub fn run(seed: u64) -> Outcome {
    let mut course = Course::new(seed);
    let mut faults = course.run();
    faults.extend(verdict::faults(&course));
    let world = &course.land.world;
    let (accepted, readings) = (verdict::runs(&course.land).len(), course.land.ears.heard().len());
    Outcome { faults, hash: world.hash(), accepted, readings, tallies: world.tallies() }
}
