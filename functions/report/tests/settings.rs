//! The function refuses to start with a setting missing or wrong, and says which.

#[test]
fn a_bad_setting_ends_the_start_with_a_sentence_that_names_it() {
    setup::testing::check_start(env!("CARGO_BIN_EXE_report"), report::config::SETTINGS);
}
