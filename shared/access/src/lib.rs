//! Who may call: API keys, JSON web tokens, service signatures, and the limits on calls.
//!
//! [`Authenticator`] turns a request into a [`Caller`] or an [`AccessError`]; [`mint`] makes what callers present, so that there is one
//! implementation of each credential. Nothing here decides what a caller may see: that is the endpoint's, from the caller's [`Role`].

mod authenticator;
mod cache;
mod caller;
mod credential;
mod error;
pub mod jwks;
mod limits;
pub mod mint;
mod settings;
mod signature;
mod token;

pub use authenticator::{Authenticator, Request};
pub use caller::{Caller, Role};
pub use error::AccessError;
pub use limits::{ReadLimits, Standing};
pub use settings::{CREDENTIAL_SETTINGS, Settings, TokenSettings};
