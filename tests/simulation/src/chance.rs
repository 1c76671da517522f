//! Randomness that a seed decides.

use memory::simulation::Dice;
use ports::Random;
use std::sync::Mutex;

/// Randomness from dice.
pub struct Chance(Mutex<Dice>);

impl Chance {
    pub fn of(dice: Dice) -> Self {
        Self(Mutex::new(dice))
    }
}

impl Random for Chance {
    fn number(&self) -> u128 {
        let mut dice = self.0.lock().unwrap();
        u128::from(dice.number()) << 64 | u128::from(dice.number())
    }
}
