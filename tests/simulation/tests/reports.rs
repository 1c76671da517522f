//! Runs of reports: so many that every kind of call has come to harm, and nothing is told twice, or to nobody.

use simulation::reporting::run;
use simulation::soak::{Soak, table};

/// What makes the tenant before a run begins is none of them.
const FUNCTIONS: [&str; 3] = ["report", "aggregate", "query"];

#[test]
fn every_report_notice_and_export_is_delivered_once_or_visibly_failed_and_none_is_missing() {
    let soak = Soak::of(run, 0..120, |seed, faults| println!("seed {seed}: {faults:#?}"));
    println!("{}", table(&soak.tallies));
    assert_eq!(soak.failed, [0_u64; 0], "seeds that failed");
    let spared = soak.spared(&FUNCTIONS);
    assert!(spared.is_empty(), "calls that no process was ended before or after: {spared:?}");
}

/// Where two functions delivered to different receivers of one report at once, what the first had done was forgotten and came twice; and
/// entries whose messages were still in the queue were sent again for ever.
#[test]
fn seeds_that_once_failed_are_well() {
    for seed in [2_274, 4_590, 5_090, 7_895] {
        assert_eq!(run(seed).faults, [""; 0], "seed {seed}");
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    let (first, again) = (run(3), run(3));
    assert_eq!((first.hash, first.tallies), (again.hash, again.tallies));
    assert_ne!(run(4).hash, again.hash);
}
