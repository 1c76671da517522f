//! Writes the API's document and what is made from it into `docs`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    for page in contract::pages()? {
        std::fs::write(page.place(), page.text)?;
    }
    Ok(())
}
