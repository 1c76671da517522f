//! What databases take for the same work over the same file: `bench/reference.py`, in a process for each.

use serde::Deserialize;
use std::path::Path;
use std::process::Command;

/// Where `make bench` installs them.
const PYTHON: &str = ".local/bench/bin/python";

/// The fastest that a database did it.
#[derive(Debug, Deserialize)]
pub struct Reference {
    pub engine: String,
    pub version: String,
    /// How it left out copies.
    pub way: String,
    pub cpu_s: f64,
    /// Of each rollup, how many rows it has and what counts and tokens come to.
    pub rollups: Vec<[i128; 4]>,
}

/// Measures each.
pub fn run(path: &Path) -> anyhow::Result<Vec<Reference>> {
    anyhow::ensure!(Path::new(PYTHON).exists(), "the databases are not installed: python3 local/tools.py bench");
    ["duckdb", "clickhouse"].into_iter().map(|engine| one(engine, path)).collect()
}

fn one(engine: &str, path: &Path) -> anyhow::Result<Reference> {
    let output = Command::new(PYTHON).arg("bench/reference.py").arg(engine).arg(std::path::absolute(path)?).output()?;
    anyhow::ensure!(output.status.success(), "{engine}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
