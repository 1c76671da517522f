//! Hash parts: the cells of a keyed cube, such as one cell a user, are kept in parts of about 8 KB by a hash of the key, so that one user's
//! cells are one small read.

use super::CubeState;
use crate::catalogue::NONE;

/// How many bytes a part has before compression, about.
pub const PART_BYTES: usize = 8 * 1024;
/// The most parts of one state.
const MOST_PARTS: usize = 1 << 15;

/// How many parts a state of so many bytes has: a power of two.
pub fn number_of_parts(bytes: usize) -> u16 {
    let parts = bytes.div_ceil(PART_BYTES).next_power_of_two().min(MOST_PARTS);
    u16::try_from(parts).unwrap_or(1)
}

/// The part that holds the cells of this key.
pub fn part_of(key: &str, parts: u16) -> u16 {
    part(hash(FNV_OFFSET, key), parts)
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
    /// The part that each cell belongs to: its key's, or where it has none, one by all its labels, so that the part of nobody stays small.
    pub(super) fn parts_of_cells(&self, parts: u16) -> Vec<u16> {
        let part_of_cell = |cell| {
            let key = self.cells.label(cell, 0);
            if key == NONE { part(self.cells.row(cell).fold(FNV_OFFSET, hash), parts) } else { part_of(key, parts) }
        };
        (0..self.len()).map(part_of_cell).collect()
    }
}
