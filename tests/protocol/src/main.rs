//! Follows every history of the protocol as designed, in larger setups (`cargo run -p protocol -- wide`), or without a guard
//! (`cargo run -p protocol -- Absorbed`).

use protocol::{Guard, Setup, Without, search};
use std::process::ExitCode;

#[expect(clippy::print_stdout, reason = "what is found is what it is run for")]
fn main() -> ExitCode {
    let searches: Vec<(Setup, Without)> = match std::env::args().nth(1) {
        None => Setup::all().into_iter().map(|setup| (setup, Without::default())).collect(),
        Some(name) if name == "wide" => Setup::wide().into_iter().map(|setup| (setup, Without::default())).collect(),
        Some(name) => {
            let asked = Guard::ALL.iter().filter(|guard| guard.name() == name);
            asked.map(|guard| (guard.setup(), Without::only(*guard))).collect()
        }
    };
    if searches.is_empty() {
        println!("wide: nothing is left out, the setups are larger");
        for guard in Guard::ALL {
            println!("{guard}");
        }
        return ExitCode::FAILURE;
    }
    let mut all_hold = true;
    for (setup, without) in searches {
        let found = search(setup, without);
        println!("{found}");
        all_hold &= found.broken.is_none();
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
