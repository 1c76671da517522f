//! The HTTP edge that the functions with routes share, on axum under `lambda_http` (there is no server: Lambda hands over one request
//! at a time).
//!
//! [`edge`] lays the boundary round a router: request ids, one log line a request, one place where a failure becomes a client-safe
//! [`Problem`] and its chain goes to the log, compressed answers. [`body`] reads a request's body within limits, [`health`] has the
//! routes that tell whether the function works, [`serve`] runs a router on Lambda. Who may call is decided by the crate `access`;
//! [`admit`] asks it. [`traffic`] counts requests. Nothing here knows an endpoint.

mod admit;
mod arrival;
pub mod body;
mod compress;
pub mod contract;
mod edge;
pub mod health;
mod problem;
mod rate;
mod serve;
pub mod traffic;

pub use admit::{Visit, admit, admit_to_metrics, recognise};
pub use arrival::Arrival;
pub use compress::takes_gzip;
pub use edge::edge;
pub use problem::Problem;
pub use rate::{write_refusal, write_standing};
pub use serve::{OnLambda, on_lambda, serve};
