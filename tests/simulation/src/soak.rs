//! Many runs, on all cores, and what they came to together.

use crate::Outcome;
use memory::simulation::{Site, Tallies, Tally};
use std::fmt::Write;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The fewest events of a run that counts.
const EVENTS: usize = 200;
/// The fewest faults of a run that counts.
const FAULTS: u64 = 5;

/// What many runs came to.
#[derive(Debug, Default)]
pub struct Soak {
    /// How many they were.
    pub runs: u64,
    /// The seeds of those in which something was wrong, in order.
    pub failed: Vec<u64>,
    /// Events that were accepted, repeats included.
    pub events: usize,
    /// Questions that were answered.
    pub readings: usize,
    /// Calls that came to harm.
    pub harm: u64,
    /// The runs with no fewer events and faults than a schedule must have.
    pub full: u64,
    /// All calls, by kind.
    pub tallies: Tallies,
}

impl Soak {
    /// Runs these seeds of a scenario, one on each core at a time; tells of each that fails as it does.
    pub fn of(run: impl Fn(u64) -> Outcome + Sync, seeds: Range<u64>, tell: impl Fn(u64, &[String]) + Sync) -> Self {
        let (next, soak) = (AtomicU64::new(seeds.start), Mutex::new(Self::default()));
        let work = || {
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= seeds.end {
                    break;
                }
                let outcome = run(seed);
                let mut soak = soak.lock().unwrap();
                if !outcome.faults.is_empty() {
                    tell(seed, &outcome.faults);
                    soak.failed.push(seed);
                }
                soak.add(&outcome);
            }
        };
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        let mut soak = soak.into_inner().unwrap();
        soak.failed.sort_unstable();
        soak
    }

    /// The kinds of calls of these functions before or after which no process was ended.
    #[must_use]
    pub fn spared(&self, functions: &[&str]) -> Vec<(Site, Tally)> {
        let is_spared = |tally: &Tally| tally.crashed_before == 0 || tally.crashed_after == 0;
        let of_these = self.tallies.iter().filter(|(site, _)| functions.contains(&site.function));
        of_these.filter(|(_, tally)| is_spared(tally)).map(|(site, tally)| (*site, *tally)).collect()
    }

    fn add(&mut self, outcome: &Outcome) {
        let harm: u64 = outcome.tallies.values().map(Tally::faults).sum();
        self.runs += 1;
        self.events += outcome.accepted;
        self.readings += outcome.readings;
        self.harm += harm;
        self.full += u64::from(outcome.accepted >= EVENTS && harm >= FAULTS);
        for (site, tally) in &outcome.tallies {
            self.tallies.entry(kind(*site)).or_default().add(tally);
        }
    }
}

/// To sweep what is superseded is one kind of call, of whatever grain the rollup is that it names first.
fn kind(site: Site) -> Site {
    let is_sweep = site.operation == "delete_many" && site.item.ends_with(" rollup");
    Site { item: if is_sweep { "superseded rollup" } else { site.item }, ..site }
}

/// Every kind of call, with the times that it came to harm, as lines of text.
#[must_use]
pub fn table(tallies: &Tallies) -> String {
    let mut text = format!(
        "{:<10} {:<7} {:<12} {:<18} {:>9} {:>7} {:>7} {:>9} {:>7} {:>7} {:>8}",
        "function", "service", "operation", "item", "calls", "crashed", "after", "throttled", "lost", "torn", "repeated"
    );
    for (site, tally) in tallies {
        let Tally { calls, crashed_before, crashed_after, throttled, lost, torn, repeated } = tally;
        let _ = write!(
            text,
            "\n{:<10} {:<7} {:<12} {:<18} {calls:>9} {crashed_before:>7} {crashed_after:>7} {throttled:>9} {lost:>7} {torn:>7} {repeated:>8}",
            site.function, site.service, site.operation, site.item
        );
    }
    text
}
