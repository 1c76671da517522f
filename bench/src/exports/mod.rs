//! Exports: a day of AI events, one million and ten, as CSV and as Parquet. The function does it whole, from the errand that its queue
//! delivers to the finished task, with folders in the place of the bucket, in a process of its own.
//!
//! DuckDB writes the same columns of the same log with `COPY … TO` in the same run, on one thread (`bench/exports.py`), in the order in which
//! it reads them; Weir also puts them in the order of their times. DuckDB then reads what Weir has written, and comes to the same sums.

mod child;
mod folder;
mod log;
mod reference;

pub use child::child;

use crate::report::Figure;
use child::Measured;
use export::Format;
use reference::Reference;
use std::path::Path;
use std::process::Command;

/// How many rows, in millions, and how often each is measured: the best counts, for other work on the machine only ever adds to it.
const SIZES: [(usize, usize); 2] = [(1, 3), (10, 1)];
/// How fast CSV is to be: DuckDB's rows a second, times this.
const OF_DUCKDB: f64 = 0.5;
/// What any export may take.
const MOST_MIB: f64 = 512.0;

/// The speed of exports beside DuckDB's, and their memory; of the size that is named alone, or of all.
pub fn run(only: Option<&String>) -> anyhow::Result<Vec<Figure>> {
    let folder = Path::new("target/bench/exports");
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let mut figures = Vec::new();
    for (millions, rounds) in SIZES.into_iter().filter(|(millions, _)| only.is_none_or(|only| *only == millions.to_string())) {
        let day = log::write(&folder.join(format!("{millions}m")), millions * 1_000_000)?;
        for format in [Format::Csv, Format::Parquet] {
            let (ours, file) = export(&day, format, rounds)?;
            let theirs = reference::run(&day, (format, rounds), &file)?;
            figures.extend(told(format, millions, (&ours, &theirs))?);
        }
        std::fs::remove_dir_all(&day)?;
    }
    std::fs::remove_dir_all(folder)?;
    Ok(figures)
}

/// The best of some rounds, and where the file is.
fn export(day: &Path, format: Format, rounds: usize) -> anyhow::Result<(Measured, std::path::PathBuf)> {
    let mut best: Option<Measured> = None;
    for _ in 0..rounds {
        let output = Command::new(std::env::current_exe()?).arg("export").arg(day).arg(format.name()).output()?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let measured: Measured = serde_json::from_slice(&output.stdout)?;
        let peak_kib = best.as_ref().map_or(0, |best| best.peak_kib).max(measured.peak_kib);
        let faster = best.filter(|best| best.cpu_s <= measured.cpu_s).unwrap_or(measured);
        best = Some(Measured { peak_kib, ..faster });
    }
    let best = best.ok_or_else(|| anyhow::anyhow!("nothing was exported"))?;
    let file = day.join(&best.key);
    Ok((best, file))
}

fn told(format: Format, millions: usize, (ours, theirs): (&Measured, &Reference)) -> anyhow::Result<[Figure; 2]> {
    anyhow::ensure!(ours.rows == theirs.rows, "DuckDB wrote {} rows and Weir {}", theirs.rows, ours.rows);
    anyhow::ensure!(theirs.ours == theirs.sums, "Weir's file comes to {:?} and its source to {:?}", theirs.ours, theirs.sums);
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    let rate = |cpu_s: f64| (ours.rows as f64 / cpu_s).round();
    let speed = Figure::new("export", rate(ours.cpu_s), "rows a second and core");
    let speed = if format == Format::Csv { speed.at_least(rate(theirs.cpu_s) * OF_DUCKDB) } else { speed };
    #[expect(clippy::cast_precision_loss, reason = "some gigabytes")]
    let peak_mib = (ours.peak_kib as f64 / 1024.0).round();
    let of = |figure: Figure| figure.with("format", format.name()).with("rows", ours.rows).with("millions", millions);
    Ok([
        of(speed)
            .with("cpu_s", ours.cpu_s)
            .with("bytes", ours.size_bytes)
            .with("duckdb", format!("{} rows a second and core, {}", rate(theirs.cpu_s), theirs.version))
            .with("duckdb_bytes", theirs.size_bytes),
        of(Figure::new("export_memory", peak_mib, "MiB").at_most(MOST_MIB)),
    ])
}
