//! How many distinct users, sessions or things: `HyperLogLog` with 4,096 registers (lg K = 12), about 1.6%, and exact while they are few.
//!
//! Hashes and estimates are those of Apache `DataSketches`. What is counted is kept in a form of our own, because a month's answer merges
//! thousands of sketches: it depends on the labels alone, and merging two is taking the larger of each pair of bytes.

mod union;

pub use union::Union;

use super::Estimate;
use super::octets::Octets;
use crate::state::{Cursor, StateError};
use datasketches::common::NumStdDev;
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{Coupon, HllSketch};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};
use std::fmt;
use std::hash::{Hash, Hasher};

const LG_K: u8 = 12;
const REGISTERS: usize = 1 << LG_K;
/// A register holds how many zeros lead a hash, in six bits.
const LARGEST_REGISTER: u8 = 63;
/// A coupon's lower bits are the slot of its hash, of which a register's number is a part; the upper ones what the register becomes.
const SLOT_BITS: u32 = 26;
/// Up to so many coupons are kept as they are: what the largest of the library's sets of coupons holds.
const MOST_COUPONS: usize = 384;

/// The labels of a column, hashed once, by their code in its dictionary.
pub struct Marks(Vec<Option<u32>>);

impl Marks {
    pub fn of<'a>(labels: impl Iterator<Item = Option<&'a str>>) -> Self {
        Self(labels.map(|label| label.map(|label| bits(Coupon::from_value(raw_bytes::from_str(label))))).collect())
    }
}

/// The bits of a coupon, which the library tells to hashers alone.
fn bits(coupon: Coupon) -> u32 {
    #[derive(Default)]
    struct Bits(u32);
    impl Hasher for Bits {
        fn write(&mut self, bytes: &[u8]) {
            debug_assert!(false, "a coupon is one number, not {bytes:?}");
        }
        fn write_u32(&mut self, number: u32) {
            self.0 = number;
        }
        fn finish(&self) -> u64 {
            self.0.into()
        }
    }
    let mut bits = Bits::default();
    coupon.hash(&mut bits);
    bits.0
}

/// About how many distinct labels were seen.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Distinct(Form);

#[derive(Clone, PartialEq)]
enum Form {
    /// Few labels: their coupons, distinct and ascending.
    Few(Vec<u32>),
    /// Many: each register.
    Many(Octets),
}

impl Default for Distinct {
    fn default() -> Self {
        Self(Form::Few(Vec::new()))
    }
}

impl Distinct {
    /// Counts the label of this code; where the code stands for none, nothing.
    pub(crate) fn add(&mut self, marks: &Marks, code: usize) {
        let Some(Some(coupon)) = marks.0.get(code).copied() else { return };
        match &mut self.0 {
            Form::Few(coupons) => {
                if let Err(place) = coupons.binary_search(&coupon) {
                    coupons.insert(place, coupon);
                    self.0.promote();
                }
            }
            Form::Many(registers) => raise(registers, coupon),
        }
    }

    /// How many bytes of memory it takes beside itself.
    pub(crate) fn memory_bytes(&self) -> usize {
        match &self.0 {
            Form::Few(coupons) => size_of_val(coupons.as_slice()),
            Form::Many(registers) => registers.0.len(),
        }
    }

    /// Counts what `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        let mut union = Union::of(std::mem::take(self));
        union.add(other);
        *self = union.finish();
    }

    /// The estimate, which depends on the labels seen and not on their order: it is read from the registers alone, as after a union.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let image = match &self.0 {
            Form::Few(coupons) => coupon_image(coupons),
            Form::Many(registers) => register_image(&registers.0),
        };
        HllSketch::deserialize(&image).map_or(Estimate { value: f64::NAN, low: 0.0, high: f64::INFINITY }, |sketch| Estimate {
            value: sketch.estimate(),
            low: sketch.lower_bound(NumStdDev::Two),
            high: sketch.upper_bound(NumStdDev::Two),
        })
    }

    /// Whether the number is exact, but for one chance in a thousand: the labels are still so few that each is kept.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.0, Form::Few(_))
    }
}

impl Form {
    /// Registers take the place of coupons that are too many.
    fn promote(&mut self) {
        if let Self::Few(coupons) = self
            && coupons.len() > MOST_COUPONS
        {
            *self = Self::Many(registers_of(coupons));
        }
    }
}

fn registers_of(coupons: &[u32]) -> Octets {
    let mut registers = Octets(vec![0; REGISTERS]);
    for coupon in coupons {
        raise(&mut registers, *coupon);
    }
    registers
}

/// Raises the register that a coupon is of.
fn raise(registers: &mut Octets, coupon: u32) {
    let [value, ..] = (coupon >> SLOT_BITS).to_le_bytes();
    let register = &mut registers.0[coupon as usize % REGISTERS];
    *register = (*register).max(value);
}

impl fmt::Debug for Distinct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Distinct").field(&self.estimate()).finish()
    }
}

/// The form as it is read.
#[derive(Deserialize)]
enum Wire {
    /// Coupons, big-endian.
    Few(Vec<[u8; 4]>),
    Many(Octets),
}

impl TryFrom<Wire> for Distinct {
    type Error = &'static str;
    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        match wire {
            Wire::Few(coupons) => Self::few(coupons.into_iter().map(u32::from_be_bytes).collect()),
            Wire::Many(registers) => Self::many(registers),
        }
    }
}

/// The number of each kind as it is written, as serde numbers them.
const FEW: u64 = 0;
const MANY: u64 = 1;
const UNKNOWN: &str = "a sketch of no kind that is known";
const NOT_REGISTERS: &str = "registers are too few, too many or too large";

/// Coupons as they are written: at most so many as are kept, in use, and ascending.
fn coupons<'a>(bytes: &mut Cursor<'a>) -> Result<&'a [[u8; 4]], StateError> {
    let count = bytes.length()?;
    let (coupons, _) = bytes.take(count.saturating_mul(4))?.as_chunks::<4>();
    if are_coupons(coupons.iter().map(|coupon| u32::from_be_bytes(*coupon))) {
        Ok(coupons)
    } else {
        Err(StateError::Malformed(NOT_COUPONS))
    }
}

const NOT_COUPONS: &str = "coupons are too many, or not distinct and in use";

fn are_coupons(mut coupons: impl ExactSizeIterator<Item = u32>) -> bool {
    let mut before = 0;
    let is_next = |coupon| coupon > std::mem::replace(&mut before, coupon) && coupon >> SLOT_BITS != 0;
    coupons.len() <= MOST_COUPONS && coupons.all(is_next)
}

fn are_registers(registers: &[u8]) -> bool {
    registers.len() == REGISTERS && registers.iter().all(|register| *register <= LARGEST_REGISTER)
}

impl Distinct {
    /// Reads one as it is written, in a fraction of the time that a general deserializer takes.
    pub(crate) fn read(bytes: &mut Cursor<'_>) -> Result<Self, StateError> {
        let mut union = Union::of(Self::default());
        union.read(bytes)?;
        Ok(union.finish())
    }

    fn few(coupons: Vec<u32>) -> Result<Self, &'static str> {
        if are_coupons(coupons.iter().copied()) { Ok(Self(Form::Few(coupons))) } else { Err(NOT_COUPONS) }
    }

    fn many(registers: Octets) -> Result<Self, &'static str> {
        if are_registers(&registers.0) { Ok(Self(Form::Many(registers))) } else { Err(NOT_REGISTERS) }
    }
}

impl Serialize for Distinct {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(DeriveSerialize)]
        enum Wire<'a> {
            Few(Coupons<'a>),
            Many(&'a Octets),
        }
        struct Coupons<'a>(&'a [u32]);
        impl Serialize for Coupons<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.iter().map(|coupon| coupon.to_be_bytes()))
            }
        }
        match &self.0 {
            Form::Few(coupons) => Wire::Few(Coupons(coupons)),
            Form::Many(registers) => Wire::Many(registers),
        }
        .serialize(serializer)
    }
}

/// Where the parts of the library's form lie: the cross-language format of Apache `DataSketches`, preamble and then coupons or registers.
/// <https://github.com/apache/datasketches-java/blob/main/src/main/java/org/apache/datasketches/hll/PreambleUtil.java>
mod image {
    pub const LIST: u8 = 0;
    pub const SET: u8 = 1;
    pub const REGISTERS: u8 = 2;
    /// The sketch's form once it is full: eight bits a register.
    pub const HLL8: u8 = 2 << 2;
    pub const SERIAL_VERSION: u8 = 1;
    pub const FAMILY: u8 = 7;
    pub const EMPTY: u8 = 4;
    pub const COMPACT: u8 = 8;
    pub const OUT_OF_ORDER: u8 = 16;
    /// A list holds up to eight coupons; a set is a table of 32 to 512, at most three quarters full.
    pub const LIST_LG: u8 = 3;
    pub const SET_LG: std::ops::RangeInclusive<u8> = 5..=9;
}

/// Coupons in the library's form.
fn coupon_image(coupons: &[u32]) -> Vec<u8> {
    let fits = |lg: &u8| coupons.len() <= (3 << lg) / 4;
    let mut bytes = match u8::try_from(coupons.len()) {
        Ok(count) if count < 1 << image::LIST_LG => {
            let empty = if count == 0 { image::EMPTY } else { 0 };
            vec![2, image::SERIAL_VERSION, image::FAMILY, LG_K, image::LIST_LG, image::COMPACT | empty, count, image::HLL8 | image::LIST]
        }
        _ => {
            let lg = image::SET_LG.clone().find(fits).unwrap_or(*image::SET_LG.end());
            let mut head = vec![3, image::SERIAL_VERSION, image::FAMILY, LG_K, lg, image::COMPACT, 0, image::HLL8 | image::SET];
            head.extend(u32::try_from(coupons.len()).unwrap_or(u32::MAX).to_le_bytes());
            head
        }
    };
    bytes.extend(coupons.iter().flat_map(|coupon| coupon.to_le_bytes()));
    bytes
}

/// Registers in the library's form.
fn register_image(registers: &[u8]) -> Vec<u8> {
    // How often there is each register: adding up as many doubles would take several times as long. Most are the same few, so that one counter
    // would wait for itself.
    let mut counters = [[0_u32; 1 + LARGEST_REGISTER as usize]; 8];
    for some in registers.chunks(counters.len()) {
        for (counts, register) in counters.iter_mut().zip(some) {
            counts[usize::from(register & LARGEST_REGISTER)] += 1;
        }
    }
    let counts: [u32; 1 + LARGEST_REGISTER as usize] = std::array::from_fn(|register| counters.iter().map(|counts| counts[register]).sum());
    let zeros = counts[0];
    // The sums of the registers' inverse powers of two, small and large ones apart; each is exact in a double.
    let powers = || (0_u8..).zip(counts).map(|(register, count)| (register, f64::from(count) * inverse_power(register)));
    let sum = |is_small: bool| powers().filter(|(register, _)| (*register < 32) == is_small).map(|(_, power)| power).sum::<f64>();
    let unused = 0_f64;
    let mut bytes = vec![10, image::SERIAL_VERSION, image::FAMILY, LG_K, 0, image::OUT_OF_ORDER, 0, image::HLL8 | image::REGISTERS];
    bytes.extend([unused, sum(true), sum(false)].into_iter().flat_map(f64::to_le_bytes));
    bytes.extend(zeros.to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(registers);
    bytes
}

/// Two to the power of minus a register: doubles of a whole exponent are their exponent's bits.
fn inverse_power(register: u8) -> f64 {
    f64::from_bits((1023 - u64::from(register)) << 52)
}
