//! Fold: the events of a batch into the cells of cubes, column by column. The codes of the dimensions' labels are packed into one key, so a
//! cube costs one hash lookup a row; then each measure is one tight loop over its column.

mod columns;
mod group;
mod measures;

use crate::catalogue::{self, Cube};
use crate::state::{CubeState, FamilyState};
use arrow_array::RecordBatch;
use columns::Columns;
use model::Family;

/// The state of all cubes of a family after these events, given in the columns of [`crate::columns::schema`]. A column that is missing, as
/// in a file written before it was thought of, is absent in every event.
#[must_use]
pub fn fold(family: Family, events: &RecordBatch) -> FamilyState {
    let columns = Columns::of(events);
    FamilyState::of(family, catalogue::of_family(family).map(|cube| fold_columns(cube, &columns)).collect())
}

/// The state of one cube after these events.
#[must_use]
pub fn fold_cube(cube: &'static Cube, events: &RecordBatch) -> CubeState {
    fold_columns(cube, &Columns::of(events))
}

impl FamilyState {
    /// Adds events to it, as [`fold`] reads them.
    pub fn fold(&mut self, events: &RecordBatch) {
        let folded = fold(self.family(), events);
        self.merge(&folded);
    }
}

fn fold_columns(cube: &'static Cube, columns: &Columns<'_>) -> CubeState {
    let mut state = CubeState::empty(cube);
    let rows = group::into_cells(cube, columns, &mut state.cells);
    for (measure, column) in cube.measures.iter().zip(&mut state.columns) {
        column.grow(state.cells.len());
        measures::add(measure, column, columns, &rows);
    }
    state
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::check_number;
