//! Randomness, as an argument: handlers take it from nowhere else.

/// Where numbers that do not repeat come from.
pub trait Random: Send + Sync {
    /// A number that no one will see again.
    fn number(&self) -> u128;
}

/// The randomness of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn number(&self) -> u128 {
        let mut bytes = [0_u8; 16];
        match getrandom::fill(&mut bytes) {
            Ok(()) => u128::from_ne_bytes(bytes),
            // A machine without randomness still has a clock, and one process does not see the same nanosecond twice.
            Err(_) => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos(),
        }
    }
}
