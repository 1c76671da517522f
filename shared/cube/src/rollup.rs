//! A family's state as items of bounded size.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Which items hold a state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contents {
    /// Cubes that have items of their own, by name, and how many.
    apart: Vec<(String, u16)>,
}

/// One of the items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, unique in the rollup.
    pub name: String,
    /// Its encoded state.
    pub bytes: Bytes,
}
