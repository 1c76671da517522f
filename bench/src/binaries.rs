//! What the release binaries weigh: time to start, memory, and size as uploaded.

use crate::ingest::{KEY, accepts_all, api_gateway_event};
use crate::lambda::Function;
use crate::report::{Figure, median};
use anyhow::Context;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

const FUNCTIONS: [&str; 5] = ["ingest", "store", "aggregate", "report", "query"];
const STARTS: usize = 31;
/// Batches after which memory is read: enough to have filled every buffer.
const BATCHES: usize = 200;
const MIB: f64 = 1024.0 * 1024.0;

/// Start-up of each function beside an empty one, peak memory of `ingest` under work, and the size of each zip.
pub fn run(binaries: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut figures = start_up(binaries)?;
    figures.push(memory(binaries)?);
    for name in FUNCTIONS {
        figures.push(zip(binaries, name)?);
    }
    Ok(figures)
}

fn start_up(binaries: &Path) -> anyhow::Result<Vec<Figure>> {
    let mut ready: HashMap<&str, Vec<f64>> = HashMap::new();
    let mut order = [FUNCTIONS.as_slice(), &["empty"]].concat();
    for _ in 0..STARTS {
        // Who follows whom changes, so that what one leaves behind slows all alike.
        order.rotate_left(1);
        for &name in &order {
            let function = Function::start(&binaries.join(name), &settings())?;
            ready.entry(name).or_default().push(function.ready_ms().with_context(|| name.to_owned())?);
        }
    }
    let ready: HashMap<&str, f64> = ready.into_iter().map(|(name, times)| (name, median(times))).collect();
    let figure = |name: &'static str| {
        Figure::new("start_up", ready[name] - ready["empty"], "ms over an empty lambda_http binary")
            .at_most(3.0)
            .with("function", name)
            .with("ready_ms", ready[name])
            .with("empty_ready_ms", ready["empty"])
    };
    Ok(FUNCTIONS.map(figure).into())
}

fn memory(binaries: &Path) -> anyhow::Result<Figure> {
    let function = Function::start(&binaries.join("ingest"), &settings())?;
    function.ready_ms()?;
    let event = api_gateway_event();
    for _ in 0..BATCHES {
        accepts_all(&function.invoke(&event)?)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let peak = function.peak_rss_bytes()? as f64 / MIB;
    Ok(Figure::new("peak_rss", peak, "MiB").at_most(24.0).with("function", "ingest").with("batches", BATCHES))
}

/// The size of the binary in a zip: deflated as `zip -9` would, the archive's own 150 bytes aside.
fn zip(binaries: &Path, name: &'static str) -> anyhow::Result<Figure> {
    let binary = std::fs::read(binaries.join(name))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&binary)?;
    let zipped = encoder.finish()?.len();
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let (zipped, whole) = (zipped as f64 / MIB, binary.len() as f64 / MIB);
    let figure = Figure::new("zip", zipped, "MiB").with("function", name).with("binary_mib", whole);
    Ok(if name == "ingest" { figure.at_most(4.0) } else { figure })
}

/// Settings that every function starts with. The secrets are as long as real ones; nothing is signed with them.
fn settings() -> HashMap<&'static str, String> {
    let secret = KEY
        .bytes()
        .enumerate()
        .map(|(i, b)| char::from(b'a' + (b ^ u8::try_from(i * 7 % 256).unwrap_or_default()) % 26))
        .collect::<String>();
    HashMap::from([
        ("TABLE_NAME", "bench".to_owned()),
        ("BUCKET_NAME", "bench".to_owned()),
        ("QUEUE_URL", "http://127.0.0.1/queue".to_owned()),
        ("WORK_QUEUE_URL", "http://127.0.0.1/work".to_owned()),
        ("REPORT_QUEUE_URL", "http://127.0.0.1/report".to_owned()),
        ("SERVICE_SECRET", secret.clone()),
        ("PSEUDONYM_SECRET", secret.clone()),
        ("JWT_SECRET", secret),
        ("JWT_ISSUER", "bench".to_owned()),
        ("JWT_AUDIENCE", "bench".to_owned()),
        ("EVENTS_PER_MINUTE", "100000000".to_owned()),
        ("LOG_LEVEL", "error".to_owned()),
    ])
}
