//! The most memory that settling one large hour takes, in a process of its own that reads the hour's objects one at a time, as from S3.

use super::events::Hour;
use super::{KEY, OBJECT_BYTES};
use crate::peak;
use crate::report::Figure;
use cube::settle::{LogSize, LogWriter, Settling};
use cube::{rollup, segment};
use model::price::PriceBook;
use model::{Family, TenantId};
use std::path::{Path, PathBuf};
use std::process::Command;

const MILLIONS: [usize; 3] = [1, 5, 10];
/// What ten million may take.
const MOST_MIB: f64 = 1536.0;

/// The memory of hours of several sizes.
pub fn run(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let folder = folder.join("hour");
    std::fs::create_dir_all(&folder)?;
    let mut hour = Hour::new()?;
    let mut objects: Vec<PathBuf> = Vec::new();
    let mut figures = Vec::new();
    for millions in MILLIONS {
        while hour.rows < millions * 1_000_000 {
            let object = folder.join(format!("{}.parquet", objects.len()));
            std::fs::write(&object, hour.next_object(millions * 1_000_000)?)?;
            objects.push(object);
        }
        let output = Command::new(std::env::current_exe()?).arg("settle").args(&objects).output()?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let measured: Measured = serde_json::from_slice(&output.stdout)?;
        #[expect(clippy::cast_precision_loss, reason = "some gigabytes")]
        let peak = measured.peak_kib as f64 / 1024.0;
        let name = ["settle_memory_1m", "settle_memory_5m", "settle_memory_10m"][figures.len()];
        let figure = Figure::new(name, peak.round(), "MiB").at_most(MOST_MIB);
        figures.push(figure.with("rows", hour.rows).with("events", measured.events).with("items", measured.items));
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(figures)
}

/// What a child tells.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    peak_kib: u64,
    events: u64,
    items: usize,
}

/// Settles the objects at these paths with all cubes, log and rollup, and tells the most memory that this process had.
pub fn child(paths: &[PathBuf]) -> anyhow::Result<Measured> {
    let mut settling = Settling::new(Family::Ai, KEY, PriceBook::builtin());
    let open = |path: &PathBuf| anyhow::Ok(segment::open(&std::fs::read(path)?.into())?);
    let mut place = 0;
    for path in paths {
        let object = open(path)?;
        for (at, group) in object.groups().iter().enumerate() {
            settling.claim(place, group.hour, &object.identities(at)?)?;
            place += 1;
        }
    }
    let mut log = LogWriter::new(&TenantId::new("bench")?, Family::Ai, LogSize { object_bytes: OBJECT_BYTES, rows: usize::MAX });
    let mut place = 0;
    for path in paths {
        let object = open(path)?;
        for (at, group) in object.groups().iter().enumerate() {
            // A finished object is put, and gone.
            drop(log.add(group.hour, &settling.fold(place, group.hour, &object.events(at)?)?)?);
            place += 1;
        }
    }
    drop(log.finish()?);
    let (mut events, mut items) = (0, 0);
    for settled in settling.finish().into_values() {
        events += settled.events;
        items += rollup::pack(settled.state).1.len();
    }
    Ok(Measured { peak_kib: peak::kib()?, events, items })
}
