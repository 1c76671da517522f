//! Writes the page of all settings.

fn main() -> std::io::Result<()> {
    std::fs::write(settings::place(), settings::page())
}
