//! Settling AI events of one hour from Parquet, on one thread: reading, finding copies, rolling up.
//!
//! The same file is given to two databases, in the same run, for the same three rollups (`bench/reference.py`); all cubes of the family, the
//! new log and the rollup's items, which they do not make, are figures of their own. So is the memory that large hours take.

mod cubes;
mod events;
mod memory;
mod reference;

pub use memory::child;

use crate::cpu::spent;
use crate::report::Figure;
use bytes::Bytes;
use cube::catalogue::Cube;
use cube::segment::Opened;
use cube::settle::{Identifier, LogSize, LogWriter, Settled, Settling, Winners};
use cube::{CubeState, fold_into, rollup, segment};
use model::price::PriceBook;
use model::{Family, TenantId};
use std::path::Path;

const EVENTS: usize = 2_000_000;
/// As many as the databases have.
const ROUNDS: usize = 3;
/// A target: what the faster database takes, times this.
const OF_THE_FASTER: f64 = 0.5;
/// Any number will do for the key of a hash here.
const KEY: u128 = 0x9E37_79B9_7F4A_7C15;
const OBJECT_BYTES: usize = 32 * 1024 * 1024;

/// The time to settle, beside the databases, and the memory.
pub fn run() -> anyhow::Result<Vec<Figure>> {
    let folder = Path::new("target/bench");
    std::fs::create_dir_all(folder)?;
    let path = folder.join("ai.parquet");
    let bytes = events::parquet(EVENTS)?;
    std::fs::write(&path, &bytes)?;
    let mut figures = times(&bytes, &path)?;
    figures.extend(memory::run(folder)?);
    Ok(figures)
}

fn times(bytes: &Bytes, path: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut three = Vec::new();
    let mut sums = Vec::new();
    for _ in 0..ROUNDS {
        let mut result = Err(anyhow::anyhow!("nothing was rolled up"));
        three.push(spent(|| result = roll_up(bytes)).cpu_s);
        sums = result?.iter().map(cubes::sums).collect();
    }
    let references = reference::run(path)?;
    for reference in &references {
        anyhow::ensure!(reference.rollups == sums, "{} came to {:?} and Weir to {sums:?}", reference.engine, reference.rollups);
    }
    let faster = references.iter().map(|reference| reference.cpu_s).fold(f64::INFINITY, f64::min);
    let mut figure = Figure::new("settle_three_cubes", fastest(&three), "CPU seconds").at_most(faster * OF_THE_FASTER);
    for reference in references {
        let how = format!("{} {}, {}", reference.cpu_s, reference.version, reference.way);
        figure = figure.with(&reference.engine, how);
    }
    let mut all: Option<Whole> = None;
    for _ in 0..ROUNDS {
        let whole = Whole::measure(bytes)?;
        all = all.filter(|best| best.settle_s <= whole.settle_s).or(Some(whole));
    }
    let all = all.unwrap_or_default();
    Ok(vec![
        figure.with("rows", EVENTS).with("copies", EVENTS / events::COPIES),
        Figure::new("settle_all_cubes", all.settle_s, "CPU seconds").with("rows", EVENTS).with("cells", all.cells),
        Figure::new("settle_writing", all.write_s, "CPU seconds").with("log_bytes", all.log_bytes).with("items", all.items),
    ])
}

/// The best of several rounds, as of the databases: other work on the machine only ever adds to it.
fn fastest(seconds: &[f64]) -> f64 {
    seconds.iter().copied().fold(f64::INFINITY, f64::min)
}

/// Reading, finding copies, and the three cubes: what the databases do.
fn roll_up(bytes: &Bytes) -> anyhow::Result<Vec<CubeState>> {
    let object = segment::open(bytes)?;
    let (identifier, mut winners) = (Identifier::new(KEY), Winners::default());
    for (place, group) in (0..).zip(0..object.groups().len()) {
        winners.claim(&identifier, place, &object.identities(group)?)?;
    }
    let mut states: Vec<CubeState> = cubes::CUBES.iter().map(|cube: &'static Cube| CubeState::empty(cube)).collect();
    for (place, group) in (0..).zip(0..object.groups().len()) {
        let kept = winners.keep(place, &object.columns(group, &cubes::COLUMNS)?)?;
        fold_into(&mut states, &kept);
    }
    Ok(states)
}

/// What a whole settle took, with all cubes.
#[derive(Debug, Default)]
struct Whole {
    settle_s: f64,
    cells: usize,
    /// Encoding the new log and the items of the rollup.
    write_s: f64,
    log_bytes: usize,
    items: usize,
}

impl Whole {
    fn measure(bytes: &Bytes) -> anyhow::Result<Self> {
        let mut whole = Self::default();
        let mut log = LogWriter::new(&TenantId::new("bench")?, Family::Ai, LogSize { object_bytes: OBJECT_BYTES, rows: usize::MAX });
        let mut write_s = 0.0;
        let mut settled = Vec::new();
        let mut written = Vec::new();
        let mut result = Ok(());
        whole.settle_s = spent(|| {
            result = (|| {
                let object = segment::open(bytes)?;
                settled = settle(&[object], |hour, rows| {
                    let mut added = Ok(Vec::new());
                    write_s += spent(|| added = log.add(hour, rows)).cpu_s;
                    written.extend(added?);
                    Ok(())
                })?;
                Ok::<_, anyhow::Error>(())
            })();
        })
        .cpu_s;
        result?;
        // Writing is a figure of its own.
        whole.settle_s -= write_s;
        whole.cells = settled.iter().flat_map(|settled| settled.state.cubes()).map(CubeState::len).sum();
        let mut items = Vec::new();
        let mut last = Ok(Vec::new());
        let packing = spent(|| {
            last = log.finish();
            items.extend(settled.into_iter().flat_map(|settled| rollup::pack(settled.state).1));
        });
        written.extend(last?);
        whole.write_s = write_s + packing.cpu_s;
        whole.log_bytes = written.iter().map(|object| object.bytes.len()).sum();
        whole.items = items.len();
        Ok(whole)
    }
}

/// Both passes over some objects; `log` is given the rows that are kept.
fn settle(
    objects: &[Opened],
    mut log: impl FnMut(model::Hour, &arrow_array::RecordBatch) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<Settled>> {
    let mut settling = Settling::new(Family::Ai, KEY, PriceBook::builtin());
    let groups = || objects.iter().flat_map(|object| object.groups().iter().enumerate().map(move |(at, group)| (object, at, group.hour)));
    for (place, (object, group, hour)) in (0..).zip(groups()) {
        settling.claim(place, hour, &object.identities(group)?)?;
    }
    for (place, (object, group, hour)) in (0..).zip(groups()) {
        log(hour, &settling.fold(place, hour, &object.events(group)?)?)?;
    }
    Ok(settling.finish().into_values().collect())
}
