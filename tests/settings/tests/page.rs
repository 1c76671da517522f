//! The page of all settings is what the functions read.

#[test]
fn the_page_is_current() {
    let written = std::fs::read_to_string(settings::place()).unwrap();
    assert_eq!(written, settings::page(), "docs/settings.md is not current: cargo run -p settings writes it");
}

#[test]
fn functions_that_share_a_setting_mean_the_same_by_it() {
    for (name, readers) in settings::by_name() {
        let (first, rest) = readers.split_first().unwrap();
        for (function, setting) in rest {
            assert_eq!(*setting, first.1, "{name} of {function} and {}", first.0);
        }
    }
}
