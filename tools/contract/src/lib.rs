//! The API's document, and what is made from it: `docs/openapi.json`, which `query` serves, the JSON Schema of what is sent
//! (`docs/events.schema.json`) and TypeScript definitions (`docs/weir.d.ts`).
//!
//! Each function says of its routes what they take and answer. Here these are merged into one document, and what holds of all
//! operations alike is added once: who may call, ids, what the edge refuses of any body. A test keeps the files current;
//! `cargo run -p contract` writes them. Nothing here is part of a function.

mod access;
mod description;
mod finish;
mod json_schema;
mod merge;
mod typescript;

pub use access::PUBLIC;
pub use merge::{Clash, merge};

use access::Credentials;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;
use std::path::PathBuf;
use utoipa::openapi::{Components, OpenApi, OpenApiBuilder};

/// A file that is made from the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name below `docs`.
    pub name: &'static str,
    /// What it says.
    pub text: String,
}

impl Page {
    /// Where it is in this repository.
    #[must_use]
    pub fn place(&self) -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(self.name)
    }
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Two functions mean different things by one name.
    #[error(transparent)]
    Clash(#[from] Clash),
    /// The document is not JSON.
    #[error("the document cannot be written")]
    Json(#[from] serde_json::Error),
}

/// The document of the whole API.
///
/// # Errors
/// [`Clash`] where two schemas or two operations go by one name.
pub fn document() -> Result<OpenApi, Clash> {
    let sent = finish::finish(ingest::openapi(), Credentials::Writing);
    let read = finish::finish(query::openapi(), Credentials::Reading);
    let health = finish::finish(web::health::openapi(), Credentials::Reading);
    let mut document = merge([sent, read, health, problems()])?;
    description::describe(&mut document);
    Ok(document)
}

/// What every function's refusals refer to.
fn problems() -> OpenApi {
    let mut components = Components::new();
    components.schemas.extend(web::contract::schemas());
    OpenApiBuilder::new().components(Some(components)).build()
}

/// All files that are made from the document.
///
/// # Errors
/// As [`document`].
pub fn pages() -> Result<Vec<Page>, Error> {
    let document = document()?;
    let openapi = lines(&document)?;
    let value = serde_json::to_value(&document)?;
    let events = lines(&json_schema::of_bodies(&value))?;
    Ok(vec![
        Page { name: "openapi.json", text: openapi },
        Page { name: "events.schema.json", text: events },
        Page { name: "weir.d.ts", text: typescript::definitions(&value) },
    ])
}

/// JSON in lines, indented by as little as shows: the document is part of a function.
fn lines(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" ")))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}
