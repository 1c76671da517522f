//! Cubes: events as columns, the catalogue of what is measured, fold and merge, the states' encoding, and the queries that read them.
//!
//! This crate never does I/O: no clock, no environment, no files, no network (`clippy.toml` bans them), and no AWS type is reachable from
//! it. The way through it: [`columns::from_events`] turns events into Arrow batches, [`segment`] writes and reads those as Parquet,
//! [`fold`] sums them up in the cells of the [`catalogue`]'s cubes, states [`merge`](CubeState::merge) and are stored as bytes
//! ([`FamilyState::encode`]), and a [`query::MetricQuery`] is answered from any number of them. [`settle`] makes an hour's exact state of all
//! its segments, and [`rollup`] divides it into items.

pub mod catalogue;
pub mod columns;
mod erase;
mod fold;
pub mod people;
pub mod query;
pub mod recurring;
pub mod rollup;
pub mod segment;
pub mod settle;
pub mod sketch;
mod state;

pub use erase::{erase, names_erased};
pub use fold::{fold, fold_cube, fold_into};
pub use state::{CubeState, Dropped, FamilyState, StateError, Wanted, cap, decode, decode_cube, decode_parts, encode};

#[cfg(test)]
mod naive;
#[cfg(test)]
mod sample;
