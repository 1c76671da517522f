//! What is outside of a world and is called from it, as a mailbox and a webhook are: every call waits for its turns.

use super::site::Site;
use super::world::World;
use ports::Result;

/// Something outside, as one function reaches it.
pub struct Outside {
    world: World,
    function: &'static str,
    service: &'static str,
}

impl Outside {
    /// What is called so, as a function of this name reaches it.
    #[must_use]
    pub fn new(world: &World, function: &'static str, service: &'static str) -> Self {
        Self { world: world.clone(), function, service }
    }

    /// Carries out a call: it may be refused on the way, its answer may be lost, and it may come twice.
    ///
    /// # Errors
    /// Where there is no answer.
    pub async fn call<T>(&self, operation: &'static str, key: &str, carry_out: impl Fn() -> T + Send + Sync) -> Result<T> {
        let site = Site { function: self.function, service: self.service, operation, item: "letter" };
        self.world.call(site, key, || Ok(carry_out())).await
    }
}
