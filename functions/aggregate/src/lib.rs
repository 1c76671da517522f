//! Watches what is not yet settled.
