//! Credentials, as callers present them, against a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod addresses;
mod keys;
mod services;
mod stage;
mod tokens;
