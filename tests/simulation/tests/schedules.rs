//! Runs of the simulation: so many that every kind of call has come to harm, and each of them as the reference says.

use simulation::run;
use simulation::soak::{Soak, table};

/// Functions whose calls come to harm; what makes the tenants before a run begins is none.
const FUNCTIONS: [&str; 5] = ["ingest", "store", "aggregate", "query", "configure"];

#[test]
fn two_thousand_runs_come_to_what_the_reference_says_whatever_goes_wrong() {
    let soak = Soak::of(run, 0..2_010, |seed, faults| println!("seed {seed}: {faults:#?}"));
    let table = table(&soak.tallies);
    println!("{table}");
    assert_eq!(soak.failed, [0_u64; 0], "seeds that failed");
    // In some runs hardly anything goes wrong.
    assert!(soak.full >= 2_000, "{} of {} runs have 200 events and 5 faults", soak.full, soak.runs);
    let spared = soak.spared(&FUNCTIONS);
    assert!(spared.is_empty(), "calls that no process was ended before or after: {spared:?}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    let (first, again) = (run(3), run(3));
    assert_eq!((first.hash, first.tallies), (again.hash, again.tallies));
    assert_ne!(run(4).hash, again.hash);
}

#[test]
fn a_first_price_says_nothing_of_the_time_before_it() {
    assert_eq!(run(1001).faults, [""; 0]);
}
