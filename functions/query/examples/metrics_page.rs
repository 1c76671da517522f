//! Writes the page of metrics.

fn main() -> std::io::Result<()> {
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md"), query::metrics_page())
}
