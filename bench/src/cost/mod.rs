//! What a million events cost: computed from a run of the real functions, with every call counted as AWS bills it.

mod arrivals;
mod clockwork;
mod idle;
mod lines;
mod meter;
mod page;
mod pollers;
mod ports;
mod price;
mod run;
mod template;
mod world;

use arrivals::{PROFILES, Profile};
use page::{BATCH, Page};
use run::Run;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Of what is sent in smaller batches, a part is sent: all of it takes hours.
const PART: usize = 20;
/// Runs at once.
const SIDE_BY_SIDE: usize = 2;

/// Runs all profiles, and writes the page. Whether all targets are met. `only_targets` leaves out what has none.
pub fn main(only_targets: bool) -> anyhow::Result<bool> {
    lines::count();
    let mut cases: Vec<(Profile, usize)> = PROFILES.iter().map(|profile| (*profile, BATCH)).collect();
    let mut parts: Vec<(Profile, usize)> = Vec::new();
    if !only_targets {
        cases.extend(PROFILES.iter().flat_map(|profile| [(profile.part(PART), 10), (profile.part(PART * 10), 1)]));
        parts.extend(PROFILES.iter().map(|profile| (profile.part(PART), BATCH)));
    }
    let idle = idle::month()?;
    let (runs, samples) = (run_all(&cases)?, run_all(&parts)?);
    let text = Page { runs: &runs, samples: &samples, idle: &idle }.text();
    if only_targets {
        writeln!(std::io::stderr().lock(), "{text}")?;
    } else {
        std::fs::write(page::PLACE, text)?;
    }
    let is_met = |run: &Run| run.batch != BATCH || run.of_a_million().dollars() <= run.profile.target;
    Ok(runs.iter().all(is_met) && idle.dollars() < page::IDLE_TARGET)
}

/// What a run cost, for whoever waits for the rest.
fn tell(run: &Run) {
    let _ = writeln!(std::io::stderr().lock(), "{} in batches of {}: ${:.4}", run.profile.name, run.batch, run.of_a_million().dollars());
}

/// Each in a thread of its own, a few at once.
fn run_all(cases: &[(Profile, usize)]) -> anyhow::Result<Vec<Run>> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some((place, (profile, batch))) = next_of(cases, &next) {
                    let run = run::run(*profile, *batch).inspect(tell);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((place, run));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, run)| run).collect()
}

fn next_of<'a, T>(cases: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    cases.get(place).map(|case| (place, case))
}
