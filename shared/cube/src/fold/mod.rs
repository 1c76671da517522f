//! Fold: the events of a batch into the cells of cubes, column by column. The codes of the dimensions' labels are packed into one key, so a
//! cube costs one hash lookup a row; then each measure is one tight loop over its column.

mod columns;
mod group;
mod measures;

use crate::catalogue::Cube;
use crate::state::{CubeState, FamilyState};
use arrow_array::RecordBatch;
use columns::Columns;
use model::Family;

/// The state of all cubes of a family after these events, given in the columns of [`crate::columns::schema`]. A column that is missing, as
/// in a file written before it was thought of, is absent in every event.
#[must_use]
pub fn fold(family: Family, events: &RecordBatch) -> FamilyState {
    let mut state = FamilyState::empty(family);
    state.fold(events);
    state
}

/// The state of one cube after these events.
#[must_use]
pub fn fold_cube(cube: &'static Cube, events: &RecordBatch) -> CubeState {
    let mut state = CubeState::empty(cube);
    fold_into(std::slice::from_mut(&mut state), events);
    state
}

/// Adds events to the states of some cubes: the same as merging what they fold to, and several times as fast.
pub fn fold_into(states: &mut [CubeState], events: &RecordBatch) {
    let columns = Columns::of(events);
    for state in states {
        let rows = group::into_cells(state.cube(), &columns, &mut state.cells);
        for (measure, column) in state.cube().measures.iter().zip(&mut state.columns) {
            column.grow(state.cells.len());
            measures::add(measure, column, &columns, &rows);
        }
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::check_number;
