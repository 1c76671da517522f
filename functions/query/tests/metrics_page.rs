//! The page of metrics is current.

#[test]
fn the_page_of_metrics_is_what_the_catalogue_says() {
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md")).unwrap_or_default();
    assert_eq!(written, query::metrics_page(), "docs/metrics.md is not current: cargo run -p query --example metrics_page writes it");
}
