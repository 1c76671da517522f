//! Caps on cardinality, applied once, when a rollup is written (I5): the largest cells are kept apart, and of the rest the ranked label
//! becomes [`OTHER`].

use super::{Column, CubeState};
use crate::catalogue::OTHER;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What a cap has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// How many cells lost a label.
    pub cells: u64,
    /// The most that one of them had of the cube's first measure, in every cube the number of its events.
    pub largest: u64,
}

/// Keeps `limit` cells apart: those with most of the cube's first measure, in every cube the number of its events. The others lose the label
/// of the cube's first ranked dimension, and come together where their other labels are the same; where that leaves more than `limit` of
/// them, they lose the label of the next, and so on. A keyed cube is stored in parts and has no cap.
#[must_use]
pub fn cap(state: CubeState, limit: usize) -> (CubeState, Option<Dropped>) {
    let mut state = state;
    let mut dropped: Option<Dropped> = None;
    for dimension in state.cube().ranked {
        let room = if dropped.is_none() { limit } else { limit.saturating_mul(2) };
        if state.len() <= room {
            break;
        }
        let Some(at) = state.cube().dimensions.iter().position(|own| own == dimension) else { continue };
        let (capped, given_up) = fold_into_other(&state, at, limit);
        state = capped;
        dropped = Some(Dropped {
            cells: given_up.cells + dropped.map_or(0, |before| before.cells),
            largest: given_up.largest.max(dropped.map_or(0, |before| before.largest)),
        });
    }
    (state, dropped)
}

fn fold_into_other(state: &CubeState, at: usize, limit: usize) -> (CubeState, Dropped) {
    let weight = |cell: usize| match state.columns.first() {
        Some(Column::Sum(sums)) => sums[cell],
        _ => 0,
    };
    let mut ranked = state.cells.sorted().order;
    // A stable sort of cells in the order of their labels: of equal ones the same are kept, whatever order they came in.
    ranked.sort_by_key(|cell| Reverse(weight(*cell as usize)));
    let mut is_kept = vec![false; state.len()];
    ranked.iter().take(limit).for_each(|cell| is_kept[*cell as usize] = true);
    let largest = ranked.get(limit).map_or(0, |cell| weight(*cell as usize));
    let mut capped = CubeState::empty(state.cube());
    capped.merge_relabelled(state, |cell, dimension, _| (dimension == at && !is_kept[cell]).then_some(OTHER));
    let cells = state.len().saturating_sub(limit) as u64;
    (capped, Dropped { cells, largest: u64::try_from(largest).unwrap_or(u64::MAX) })
}
