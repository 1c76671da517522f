//! Checks the protocol as designed, or without the guards named: `cargo run -p protocol -- Absorbed`.

use protocol::{Guard, Setup, Without, search};
use std::process::ExitCode;

#[expect(clippy::print_stdout, reason = "what was found is the output")]
fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let known: Option<Vec<Guard>> = asked.iter().map(|name| Guard::ALL.iter().copied().find(|guard| guard.name() == name)).collect();
    let Some(left_out) = known else {
        println!("protocol [GUARD]…, guards are:");
        Guard::ALL.iter().for_each(|guard| println!("  {guard}"));
        return ExitCode::FAILURE;
    };
    let without = left_out.iter().fold(Without::default(), |without, guard| without.and(*guard));
    let setups: Vec<Setup> = if left_out.is_empty() {
        Setup::all().to_vec()
    } else {
        if asked.len() > 1 { Setup::all().to_vec() } else { left_out.iter().map(|guard| guard.setup()).collect() }
    };
    let findings: Vec<_> = setups.into_iter().map(|setup| search(setup, without)).inspect(|found| println!("{found}")).collect();
    if findings.iter().any(|found| found.broken.is_some()) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
