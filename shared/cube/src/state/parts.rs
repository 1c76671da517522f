//! Hash parts: the cells of a keyed cube, such as one cell a user, are kept in parts of about 8 KB by a hash of the key, so that one user's
//! cells are one small read.

use super::{CubeState, Labels};
use crate::catalogue::NONE;

/// How many bytes a part has before compression, about.
pub const PART_BYTES: usize = 8 * 1024;
/// The most parts of one state.
pub const MOST_PARTS: usize = 1 << 15;

/// How many parts a state of so many bytes has: a power of two.
pub fn number_of_parts(bytes: usize) -> u16 {
    rounded(bytes.div_ceil(PART_BYTES))
}

/// So many parts or more: a power of two.
pub fn rounded(parts: usize) -> u16 {
    u16::try_from(parts.next_power_of_two().min(MOST_PARTS)).unwrap_or(1)
}

/// The part that holds the cells of this key.
pub fn part_of(key: &str, parts: u16) -> u16 {
    part(hash(FNV_OFFSET, key), parts)
}

/// The same of several labels together; of one, it is the part of that key.
pub fn part_of_all<'a>(labels: impl Iterator<Item = &'a str>, parts: u16) -> u16 {
    part(labels.fold(FNV_OFFSET, hash), parts)
}

fn part(hash: u64, parts: u16) -> u16 {
    // FNV's low bits are its weakest; the finalizer of SplitMix64 spreads all of them.
    let mut mixed = hash;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is less than the number of parts")]
    let part = (mixed % u64::from(parts.max(1))) as u16;
    part
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: stored parts rely on it, so it is spelled out here rather than taken from a library that may change its mind.
fn hash(seed: u64, text: &str) -> u64 {
    text.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl CubeState {
    /// These cells by the part that each belongs to: its key's, or where it has none, one by all its labels, so that the part of nobody
    /// stays small. In each part they keep their order.
    pub(super) fn by_part(&self, cells: &[u32], parts: u16) -> Vec<Vec<u32>> {
        let part_of_label: Vec<Option<u16>> =
            self.cells.labels.first().into_iter().flat_map(Labels::iter).map(|key| (key != NONE).then(|| part_of(key, parts))).collect();
        let part_of_cell = |cell: usize| {
            let key = self.cells.codes(cell).first().and_then(|code| part_of_label[*code as usize]);
            key.unwrap_or_else(|| part(self.cells.row(cell).fold(FNV_OFFSET, hash), parts))
        };
        let mut by_part = vec![Vec::new(); usize::from(parts)];
        for cell in cells {
            by_part[usize::from(part_of_cell(*cell as usize))].push(*cell);
        }
        by_part
    }
}
