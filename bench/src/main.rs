//! Benchmarks: one JSON line a figure. `cargo run --release -p bench -- [BINARIES]`, where `BINARIES` is the folder of the functions'
//! release binaries (default `target/release`).
//! `bench cost` writes `docs/cost.md`, `bench cost targets` shows only what has targets. Exits with a failure where a target is missed by more than a quarter.

mod binaries;
mod cost;
mod cpu;
mod fold;
mod ingest;
mod lambda;
mod read;
mod report;
mod sample;
mod settling;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

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
    if arguments.first().is_some_and(|first| first == "read") {
        for figure in read::run()? {
            writeln!(out, "{}", serde_json::to_string(&figure)?)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/release"), PathBuf::from);
    let mut missed = false;
    let parts: [&dyn Fn() -> anyhow::Result<Vec<report::Figure>>; 5] =
        [&ingest::run, &fold::run, &settling::run, &read::run, &|| binaries::run(&folder)];
    for part in parts {
        for figure in part()? {
            writeln!(out, "{}", serde_json::to_string(&figure)?)?;
            missed |= figure.is_missed();
        }
    }
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
