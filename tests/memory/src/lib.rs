//! In-memory ports for tests, and the contract suite that they and the AWS adapters pass.
