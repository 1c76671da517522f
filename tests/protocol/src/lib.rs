//! The protocol of settling as a model: every history of small worlds is followed, with and without each of its guards.

mod build;
mod faults;
mod guard;
mod history;
mod keep;
mod read;
mod set;
mod settle;
mod setup;
mod store;
mod tell;
mod world;

pub use faults::Fault;
pub use guard::{Guard, Without};
pub use history::{Broken, Findings, search};
pub use setup::Setup;
