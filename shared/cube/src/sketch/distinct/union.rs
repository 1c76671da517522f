//! Uniting many sketches: coupons are put in order once, when all have come.

use super::{Distinct, FEW, Form, MANY, MOST_COUPONS, NOT_REGISTERS, UNKNOWN, are_registers, coupons, raise, registers_of};
use crate::sketch::octets::Octets;
use crate::state::{Cursor, StateError};

/// A union in the making. Up to two lists of coupons are kept as they are, and merged in the end; of more, each coupon is looked for first.
pub struct Union(Gathered);

enum Gathered {
    /// A list of coupons, and from this place on another one: each in order, each coupon once.
    Lists(Vec<u32>, usize),
    Seen(Seen),
    /// More than are kept as coupons.
    Many(Octets),
}

impl Union {
    /// Of what was counted before.
    pub fn of(Distinct(form): Distinct) -> Self {
        Self(match form {
            Form::Few(coupons) => {
                let end = coupons.len();
                Gathered::Lists(coupons, end)
            }
            Form::Many(registers) => Gathered::Many(registers),
        })
    }

    /// Adds what another one has counted.
    pub fn add(&mut self, other: &Distinct) {
        match &other.0 {
            Form::Few(coupons) => self.add_few(coupons.iter().copied()),
            Form::Many(registers) => self.add_many(&registers.0),
        }
    }

    /// The same of one as it is written.
    ///
    /// # Errors
    /// Where bytes are missing, or are of no sketch.
    pub fn read(&mut self, bytes: &mut Cursor<'_>) -> Result<(), StateError> {
        match bytes.number()? {
            FEW => self.add_few(coupons(bytes)?.iter().map(|coupon| u32::from_be_bytes(*coupon))),
            MANY => {
                let registers = bytes.text()?;
                if !are_registers(registers) {
                    return Err(StateError::Malformed(NOT_REGISTERS));
                }
                self.add_many(registers);
            }
            _ => return Err(StateError::Malformed(UNKNOWN)),
        }
        Ok(())
    }

    /// Adds a list of coupons, which are in order.
    fn add_few(&mut self, mut others: impl ExactSizeIterator<Item = u32>) {
        if others.len() == 0 {
            return;
        }
        if let Gathered::Lists(coupons, end) = &mut self.0 {
            let is_first = coupons.is_empty();
            if is_first || coupons.len() == *end {
                coupons.extend(others);
                if is_first {
                    *end = coupons.len();
                }
                return;
            }
            let mut seen = Seen::default();
            let are_few = coupons.iter().all(|coupon| seen.add(*coupon));
            self.0 = if are_few { Gathered::Seen(seen) } else { Gathered::Many(registers_of(coupons)) };
        }
        if let Gathered::Seen(seen) = &mut self.0
            && !others.all(|coupon| seen.add(coupon))
        {
            self.0 = Gathered::Many(registers_of(&seen.coupons));
        }
        if let Gathered::Many(registers) = &mut self.0 {
            others.for_each(|coupon| raise(registers, coupon));
        }
    }

    fn add_many(&mut self, others: &[u8]) {
        match &self.0 {
            Gathered::Lists(coupons, _) => self.0 = Gathered::Many(registers_of(coupons)),
            Gathered::Seen(seen) => self.0 = Gathered::Many(registers_of(&seen.coupons)),
            Gathered::Many(_) => {}
        }
        if let Gathered::Many(registers) = &mut self.0 {
            registers.0.iter_mut().zip(others).for_each(|(register, other)| *register = (*register).max(*other));
        }
    }

    /// What all have counted.
    pub fn finish(self) -> Distinct {
        let mut form = match self.0 {
            Gathered::Lists(coupons, end) if end == coupons.len() => Form::Few(coupons),
            Gathered::Lists(coupons, end) => Form::Few(merged(coupons.split_at(end))),
            Gathered::Seen(mut seen) => {
                seen.coupons.sort_unstable();
                Form::Few(seen.coupons)
            }
            Gathered::Many(registers) => Form::Many(registers),
        };
        form.promote();
        Distinct(form)
    }
}

/// Coupons, each once, in the order of their coming, and a table to find them in: it is at most three eighths full.
struct Seen {
    coupons: Vec<u32>,
    /// A coupon lies at the place that its lowest bits name, which are a hash's, or after it where that is taken; 0 is no coupon.
    table: Vec<u32>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { coupons: Vec::with_capacity(MOST_COUPONS + 1), table: vec![0; Self::PLACES] }
    }
}

impl Seen {
    const PLACES: usize = 1024;

    /// Adds a coupon; whether all are still so few that they are kept.
    fn add(&mut self, coupon: u32) -> bool {
        let mut place = coupon as usize % Self::PLACES;
        while self.table[place] != coupon {
            if self.table[place] == 0 {
                self.table[place] = coupon;
                self.coupons.push(coupon);
                break;
            }
            place = (place + 1) % Self::PLACES;
        }
        self.coupons.len() <= MOST_COUPONS
    }
}

/// Distinct numbers of two ascending lists, ascending.
fn merged((mut own, mut others): (&[u32], &[u32])) -> Vec<u32> {
    let mut merged = Vec::with_capacity(own.len() + others.len());
    while let (Some((first, rest)), Some((other, other_rest))) = (own.split_first(), others.split_first()) {
        merged.push(*first.min(other));
        let (takes_own, takes_other) = (first <= other, other <= first);
        own = if takes_own { rest } else { own };
        others = if takes_other { other_rest } else { others };
    }
    merged.extend_from_slice(own);
    merged.extend_from_slice(others);
    merged
}
