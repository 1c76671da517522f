//! Benchmarks: one JSON line a figure. `cargo run --release -p bench -- [BINARIES]`, where `BINARIES` is the folder of the functions'
//! release binaries (default `target/release`). Exits with a failure where a target is missed by more than a quarter.

mod binaries;
mod cpu;
mod fold;
mod ingest;
mod lambda;
mod report;
mod sample;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/release"), PathBuf::from);
    let mut missed = false;
    let mut out = std::io::stdout().lock();
    let parts: [&dyn Fn() -> anyhow::Result<Vec<report::Figure>>; 3] = [&ingest::run, &fold::run, &|| binaries::run(&folder)];
    for part in parts {
        for figure in part()? {
            writeln!(out, "{}", serde_json::to_string(&figure)?)?;
            missed |= figure.is_missed();
        }
    }
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
