//! `simulation soak N [first seed]`, and `simulation reports N [first seed]` for those of reports: any number of runs, for `make soak`. Prints
//! what each seed that fails has done wrong, and at the end every kind of call with the times that it came to harm. Ends with an error where
//! anything was wrong.
#![expect(clippy::print_stdout, reason = "a command: this is its answer")]

use simulation::soak::{Soak, table};
use simulation::{Outcome, reporting};
use std::process::ExitCode;
use std::time::Instant;

/// What makes a run of a seed, and what is counted in it.
type Scenario = (fn(u64) -> Outcome, [&'static str; 2]);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let scenario: Option<Scenario> = match arguments.first().map(String::as_str) {
        Some("soak") => Some((simulation::run, ["events", "readings"])),
        Some("reports") => Some((reporting::run, ["reports", "deliveries"])),
        _ => None,
    };
    let numbers: Option<Vec<u64>> = arguments.iter().skip(1).map(|number| number.parse().ok()).collect();
    let (Some((run, [of, and])), Some(numbers @ ([_] | [_, _]))) = (scenario, numbers.as_deref()) else {
        println!("simulation soak|reports N [first seed]");
        return ExitCode::FAILURE;
    };
    let first = numbers.get(1).copied().unwrap_or_default();
    let began = Instant::now();
    let soak = Soak::of(run, first..first + numbers[0], |seed, faults| {
        println!("seed {seed}:");
        for fault in faults {
            println!("    {fault}");
        }
    });
    println!("{}", table(&soak.tallies));
    let Soak { runs, failed, events, readings, harm, .. } = soak;
    println!("{runs} runs in {:.1?}: {events} {of}, {readings} {and}, {harm} faults; failed: {failed:?}", began.elapsed());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
