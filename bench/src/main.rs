//! Benchmarks: one JSON line a figure. `cargo run --release -p bench -- [BINARIES]`, where `BINARIES` is the folder of the functions'
//! release binaries (default `target/release`); `bench ingest`, `fold`, `settling`, `read`, `reads`, `exports` or `binaries` runs one part
//! alone, `bench exports 1` only that of one million rows, `bench reads PATH` only those whose path begins so. `bench cost` writes `docs/cost.md`, `bench cost targets` shows only what has
//! targets. Exits with a failure where a target is missed by more than a quarter, or a part could not be measured.

mod binaries;
mod cost;
mod cpu;
mod exports;
mod fold;
mod ingest;
mod lambda;
mod peak;
mod read;
mod reads;
mod report;
mod sample;
mod settling;
mod virtual_time;

use report::Report;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A part tells each figure as soon as it has it.
type Part<'a> = dyn Fn(&mut Report<'_>) -> anyhow::Result<()> + 'a;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "cost") {
        let only_targets = arguments.get(1).is_some_and(|second| second == "targets");
        return Ok(if cost::main(only_targets)? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut out = std::io::stdout().lock();
    if arguments.first().is_some_and(|first| first == "settle") {
        // What `settling::run` starts, to measure its memory.
        let paths: Vec<PathBuf> = arguments.iter().skip(1).map(PathBuf::from).collect();
        writeln!(out, "{}", serde_json::to_string(&settling::child(&paths)?)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.first().is_some_and(|first| first == "export") {
        // The same of `exports::run`.
        writeln!(out, "{}", serde_json::to_string(&exports::child(&arguments[1..])?)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/release"), PathBuf::from);
    let of = |part: &str| arguments.get(1).filter(|_| arguments[0] == part);
    let parts: [(&str, &Part<'_>); 7] = [
        ("ingest", &|report| report.tell_all(ingest::run()?)),
        ("fold", &|report| report.tell_all(fold::run()?)),
        ("settling", &|report| report.tell_all(settling::run()?)),
        ("read", &|report| report.tell_all(read::run()?)),
        ("reads", &|report| reads::run(report, of("reads"))),
        ("exports", &|report| report.tell_all(exports::run(of("exports"))?)),
        ("binaries", &|report| report.tell_all(binaries::run(&folder)?)),
    ];
    let only = arguments.first().filter(|first| parts.iter().any(|(name, _)| name == first));
    let mut report = Report::new(&mut out);
    for (name, part) in parts.iter().filter(|(name, _)| only.is_none_or(|only| only == name)) {
        // The other parts are measured all the same.
        if let Err(error) = part(&mut report) {
            report.tell_failure(name, &error)?;
        }
    }
    Ok(if report.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
