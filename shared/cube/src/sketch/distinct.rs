//! How many distinct users, sessions or things: `HyperLogLog` with 4,096 registers (lg K = 12), about 1.6%, and exact while they are few.

use super::Estimate;
use super::octets::Octets;
use datasketches::common::NumStdDev;
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{Coupon, HllSketch, HllType, HllUnion};
use serde::{Deserialize, Serialize};
use std::fmt;

const LG_K: u8 = 12;
const REGISTERS: usize = 1 << LG_K;
/// A register holds how many zeros lead a hash, in six bits.
const LARGEST_REGISTER: u8 = 63;

/// The labels of a column, hashed once, by their code in its dictionary.
pub struct Marks(Vec<Option<Coupon>>);

impl Marks {
    pub fn of<'a>(labels: impl Iterator<Item = Option<&'a str>>) -> Self {
        Self(labels.map(|label| label.map(|label| Coupon::from_value(raw_bytes::from_str(label)))).collect())
    }
}

/// About how many distinct labels were seen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Distinct(HllSketch);

impl Default for Distinct {
    #[expect(clippy::expect_used, reason = "it fails only for sizes out of bounds, and ours is a constant")]
    fn default() -> Self {
        Self(HllSketch::new(LG_K, HllType::Hll8).expect("the size is within bounds"))
    }
}

impl Distinct {
    /// Counts the label of this code; where the code stands for none, nothing.
    pub(crate) fn add(&mut self, marks: &Marks, code: usize) {
        if let Some(Some(coupon)) = marks.0.get(code) {
            self.0.update_with_coupon(*coupon);
        }
    }

    /// Counts what `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        if other.0.is_empty() {
            return;
        }
        if self.0.is_empty() {
            self.0 = other.0.clone();
        } else if let Ok(mut union) = HllUnion::new(LG_K) {
            union.update(&self.0);
            union.update(&other.0);
            self.0 = union.to_sketch(HllType::Hll8);
        }
    }

    /// The estimate, which depends on the labels seen and not on their order: it is read from the registers alone, as after a union.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        let canonical = Wire::from(self).into_sketch().unwrap_or_else(|_| self.0.clone());
        Estimate { value: canonical.estimate(), low: canonical.lower_bound(NumStdDev::Two), high: canonical.upper_bound(NumStdDev::Two) }
    }

    /// Whether the number is exact, but for one chance in a thousand: the labels are still so few that each is kept.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(Wire::from(self), Wire::Few(_))
    }
}

impl PartialEq for Distinct {
    fn eq(&self, other: &Self) -> bool {
        Wire::from(self) == Wire::from(other)
    }
}

impl fmt::Debug for Distinct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Distinct").field(&self.estimate()).finish()
    }
}

/// The canonical form: what the sketch has seen, without the traces that the order of its updates leaves in the library's form.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Wire {
    /// Few labels: their coupons (six bits of register value, 26 of slot), big-endian, ascending.
    Few(Vec<[u8; 4]>),
    /// Many: each register.
    Many(Octets),
}

/// Where the parts of the library's form lie: the cross-language format of Apache `DataSketches`, preamble and then coupons or registers.
/// <https://github.com/apache/datasketches-java/blob/main/src/main/java/org/apache/datasketches/hll/PreambleUtil.java>
mod image {
    pub const LIST_PREAMBLE: usize = 8;
    pub const SET_PREAMBLE: usize = 12;
    pub const REGISTERS_PREAMBLE: usize = 40;
    pub const MODE: usize = 7;
    pub const MODE_MASK: u8 = 3;
    pub const LIST: u8 = 0;
    pub const SET: u8 = 1;
    /// The sketch's form once it is full: eight bits a register.
    pub const HLL8: u8 = 2 << 2;
    pub const REGISTERS: u8 = 2;
    pub const SERIAL_VERSION: u8 = 1;
    pub const FAMILY: u8 = 7;
    pub const EMPTY: u8 = 4;
    pub const COMPACT: u8 = 8;
    pub const OUT_OF_ORDER: u8 = 16;
    /// A list holds up to eight coupons; a set is a table of 32 to 512, at most three quarters full.
    pub const LIST_LG: u8 = 3;
    pub const SET_LG: std::ops::RangeInclusive<u8> = 5..=9;
}

impl From<&Distinct> for Wire {
    fn from(distinct: &Distinct) -> Self {
        let bytes = distinct.0.serialize();
        match bytes.get(image::MODE).map(|mode| mode & image::MODE_MASK) {
            Some(image::REGISTERS) => Self::Many(Octets(bytes[image::REGISTERS_PREAMBLE..].to_vec())),
            Some(image::SET) => Self::few(&bytes[image::SET_PREAMBLE..]),
            _ => Self::few(&bytes[image::LIST_PREAMBLE.min(bytes.len())..]),
        }
    }
}

impl From<Distinct> for Wire {
    fn from(distinct: Distinct) -> Self {
        Self::from(&distinct)
    }
}

impl TryFrom<Wire> for Distinct {
    type Error = String;
    fn try_from(wire: Wire) -> Result<Self, String> {
        wire.into_sketch().map(Self)
    }
}

impl Wire {
    fn few(coupons: &[u8]) -> Self {
        let big_endian = |coupon: &[u8]| [coupon[3], coupon[2], coupon[1], coupon[0]];
        let mut coupons: Vec<[u8; 4]> = coupons.chunks_exact(4).map(big_endian).collect();
        coupons.sort_unstable();
        Self::Few(coupons)
    }

    /// The library's form of it.
    fn into_sketch(self) -> Result<HllSketch, String> {
        let bytes = match self {
            Self::Few(coupons) => Self::coupon_image(&coupons)?,
            Self::Many(registers) => Self::register_image(&registers.0)?,
        };
        HllSketch::deserialize(&bytes).map_err(|error| error.message().to_owned())
    }

    fn coupon_image(coupons: &[[u8; 4]]) -> Result<Vec<u8>, String> {
        let in_use = |coupon: &[u8; 4]| coupon[0] >> 2 != 0;
        if !coupons.iter().all(in_use) || !coupons.windows(2).all(|pair| pair[0] < pair[1]) {
            return Err("coupons are not distinct and in use".to_owned());
        }
        let count = u32::try_from(coupons.len()).unwrap_or(u32::MAX);
        let fits = |lg: &u8| count <= (3 << lg) / 4;
        let (list_size, set_size) = (1 << image::LIST_LG, image::SET_LG.clone().find(fits));
        let mut bytes = match set_size {
            _ if count < list_size => {
                let empty = if count == 0 { image::EMPTY } else { 0 };
                #[expect(clippy::cast_possible_truncation, reason = "less than eight")]
                let count = count as u8;
                vec![
                    2,
                    image::SERIAL_VERSION,
                    image::FAMILY,
                    LG_K,
                    image::LIST_LG,
                    image::COMPACT | empty,
                    count,
                    image::HLL8 | image::LIST,
                ]
            }
            Some(lg) => {
                let mut head = vec![3, image::SERIAL_VERSION, image::FAMILY, LG_K, lg, image::COMPACT, 0, image::HLL8 | image::SET];
                head.extend(count.to_le_bytes());
                head
            }
            None => return Err("more coupons than a set holds".to_owned()),
        };
        bytes.extend(coupons.iter().flat_map(|coupon| coupon.iter().rev()));
        Ok(bytes)
    }

    fn register_image(registers: &[u8]) -> Result<Vec<u8>, String> {
        if registers.len() != REGISTERS || registers.iter().any(|register| *register > LARGEST_REGISTER) {
            return Err("registers are too few, too many or too large".to_owned());
        }
        // The sums of the registers' inverse powers of two, small and large ones apart; each is exact in a double.
        let sum = |is_small: bool| {
            registers.iter().filter(|register| (**register < 32) == is_small).map(|register| inverse_power(*register)).sum::<f64>()
        };
        let zeros: u32 = registers.iter().map(|register| u32::from(*register == 0)).sum();
        let unused = 0_f64;
        let mut bytes = vec![10, image::SERIAL_VERSION, image::FAMILY, LG_K, 0, image::OUT_OF_ORDER, 0, image::HLL8 | image::REGISTERS];
        bytes.extend([unused, sum(true), sum(false)].into_iter().flat_map(f64::to_le_bytes));
        bytes.extend(zeros.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(registers);
        Ok(bytes)
    }
}

fn inverse_power(register: u8) -> f64 {
    (-f64::from(register)).exp2()
}
