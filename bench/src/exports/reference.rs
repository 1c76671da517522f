//! What DuckDB takes to write the same: `bench/exports.py`, in a process of its own.

use export::Format;
use serde::Deserialize;
use std::path::Path;
use std::process::Command;

/// Where `make bench` installs it.
const PYTHON: &str = ".local/bench/bin/python";

/// The fastest that it did it, and what both files come to.
#[derive(Debug, Deserialize)]
pub struct Reference {
    pub version: String,
    pub cpu_s: f64,
    pub rows: u64,
    pub size_bytes: u64,
    /// What the columns of the log come to.
    pub sums: Vec<serde_json::Value>,
    /// What those of Weir's file come to.
    pub ours: Vec<serde_json::Value>,
}

/// Writes the log of a day, and reads the file that Weir has made of it.
pub fn run(day: &Path, (format, rounds): (Format, usize), file: &Path) -> anyhow::Result<Reference> {
    anyhow::ensure!(Path::new(PYTHON).exists(), "DuckDB is not installed: python3 local/tools.py bench");
    let output = Command::new(PYTHON).arg("bench/exports.py").args([format.name(), &rounds.to_string()]).arg(day).arg(file).output()?;
    anyhow::ensure!(output.status.success(), "duckdb: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
