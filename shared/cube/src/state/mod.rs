//! The state of a cube: its cells, and what each has summed up. States merge: associatively, commutatively, with the empty state as
//! identity (I5), so it does not matter which events were folded together, or in what order.
//!
//! Nothing here drops anything: caps on cardinality are applied once, when a rollup is written ([`cap`]).

mod cap;
mod cells;
pub(crate) mod column;
mod encoding;
mod labels;
mod parts;
mod section;
mod stored;
mod varint;

pub use cap::{Dropped, cap};
pub(crate) use encoding::Pieces;
pub use encoding::{StateError, Wanted, decode, decode_cube, decode_parts, encode};
pub(crate) use parts::{MOST_PARTS, part_of, part_of_all};
#[cfg(test)]
pub(crate) use section::id as id_of_name;

use crate::catalogue::{self, Cube, NONE};
use crate::fold::fold_into;
use arrow_array::RecordBatch;
pub(crate) use cells::Cells;
pub(crate) use column::Column;
pub(crate) use labels::Labels;
use model::Family;
pub(crate) use varint::Cursor;

/// The state of one cube.
#[derive(Debug, Clone)]
pub struct CubeState {
    cube: &'static Cube,
    pub(crate) cells: Cells,
    /// A column for each measure of the cube.
    pub(crate) columns: Vec<Column>,
}

impl CubeState {
    /// The state that has seen nothing: the identity of [`CubeState::merge`].
    #[must_use]
    pub fn empty(cube: &'static Cube) -> Self {
        let columns = cube.measures.iter().map(|measure| Column::new(&measure.aggregate)).collect();
        Self { cube, cells: Cells::new(cube.dimensions.len()), columns }
    }

    /// Its cube.
    #[must_use]
    pub fn cube(&self) -> &'static Cube {
        self.cube
    }

    /// How many cells it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// The labels that its cells have of a dimension, and perhaps more.
    pub fn labels(&self, dimension: catalogue::Dimension) -> impl Iterator<Item = &str> {
        let at = self.cube.dimensions.iter().position(|own| *own == dimension);
        at.into_iter().flat_map(|at| self.cells.labels[at].iter())
    }

    /// What a count or a sum comes to over all cells; `None` for other measures.
    #[must_use]
    pub fn total(&self, measure: &str) -> Option<i128> {
        let at = self.cube.measures.iter().position(|own| own.name == measure)?;
        match &self.columns[at] {
            Column::Sum(sums) => Some(sums.iter().fold(0, |total, sum| i128::saturating_add(total, *sum))),
            _ => None,
        }
    }

    /// Whether it has seen nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds all that `other` has seen; a state of another cube adds nothing.
    pub fn merge(&mut self, other: &Self) {
        if self.is_empty() && std::ptr::eq(self.cube, other.cube) {
            self.clone_from(other);
        } else {
            self.merge_relabelled(other, |_, _, _| None);
        }
    }

    /// Adds what is wanted of all that `other` has seen; of the rest it says that nothing was seen. A key that is wanted says only which parts
    /// `other` is of.
    pub fn merge_wanted(&mut self, other: &Self, wanted: &Wanted<'_>) {
        debug_assert!(std::ptr::eq(self.cube, other.cube), "states of one cube merge");
        if !std::ptr::eq(self.cube, other.cube) {
            return;
        }
        let has_dimension: Vec<bool> = self.cube.dimensions.iter().map(|dimension| wanted.has_dimension(*dimension)).collect();
        let targets = self.cells.intern_all(&other.cells, &has_dimension);
        for ((own, other), measure) in self.columns.iter_mut().zip(&other.columns).zip(self.cube.measures) {
            own.grow(self.cells.len());
            if wanted.has_measure(measure.name) {
                own.merge(other, &targets);
            }
        }
    }

    /// Takes it to its form for keeping: what is worked out of it again and again is worked out.
    pub fn finish(&mut self) {
        self.cells.labels.iter_mut().for_each(Labels::catch_up);
        self.columns.iter_mut().for_each(Column::finish);
    }

    /// How many bytes of memory it takes, about.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.cells.memory_bytes() + self.columns.iter().map(Column::memory_bytes).sum::<usize>()
    }

    /// Adds what some cells of `other` have seen.
    pub(crate) fn merge_some(&mut self, other: &Self, is_wanted: impl Fn(usize) -> bool) {
        if (0..other.len()).all(&is_wanted) {
            self.merge(other);
        } else {
            self.merge_cells(other, is_wanted, |_, _, _| None);
        }
    }

    /// Merges `other`, some of whose labels are first changed: `relabel` is asked for each cell and dimension, and may give another label.
    pub(crate) fn merge_relabelled<'a>(&mut self, other: &'a Self, relabel: impl Fn(usize, usize, &'a str) -> Option<&'a str>) {
        self.merge_cells(other, |_| true, relabel);
    }

    fn merge_cells<'a>(
        &mut self,
        other: &'a Self,
        is_wanted: impl Fn(usize) -> bool,
        relabel: impl Fn(usize, usize, &'a str) -> Option<&'a str>,
    ) {
        debug_assert!(std::ptr::eq(self.cube, other.cube), "states of one cube merge");
        if !std::ptr::eq(self.cube, other.cube) {
            return;
        }
        // The codes that the labels of the other state have in this one, each looked up once.
        let mut known: Vec<Vec<Option<u32>>> = other.cells.labels.iter().map(|labels| vec![None; labels.len()]).collect();
        let mut codes = vec![0; other.cube.dimensions.len()];
        let mut targets = Vec::with_capacity(other.len());
        for cell in 0..other.len() {
            if !is_wanted(cell) {
                targets.push(None);
                continue;
            }
            for (dimension, code) in other.cells.codes(cell).iter().enumerate() {
                let label = other.cells.labels[dimension].get(*code);
                let own = &mut self.cells.labels[dimension];
                codes[dimension] = match relabel(cell, dimension, label) {
                    Some(changed) => own.intern(changed),
                    None => *known[dimension][*code as usize].get_or_insert_with(|| own.intern(label)),
                };
            }
            targets.push(Some(self.cells.intern(&codes)));
        }
        for (own, other) in self.columns.iter_mut().zip(&other.columns) {
            own.grow(self.cells.len());
            own.merge(other, &targets);
        }
    }
}

impl PartialEq for CubeState {
    /// Equal where the same cells have seen the same, in whatever order they are kept.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.cube, other.cube) && encode([self]) == encode([other])
    }
}

/// The states of all cubes of a family.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyState {
    family: Family,
    cubes: Vec<CubeState>,
}

impl FamilyState {
    /// The state that has seen nothing.
    #[must_use]
    pub fn empty(family: Family) -> Self {
        Self { family, cubes: catalogue::of_family(family).map(CubeState::empty).collect() }
    }

    /// A family's state of these cubes; those it lacks have seen nothing, those of other families are left out.
    #[must_use]
    pub fn of(family: Family, cubes: Vec<CubeState>) -> Self {
        let mut state = Self::empty(family);
        for cube in cubes {
            if let Some(own) = state.cubes.iter_mut().find(|own| std::ptr::eq(own.cube, cube.cube)) {
                if own.is_empty() { *own = cube } else { own.merge(&cube) }
            }
        }
        state
    }

    /// Its family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// The states of its cubes.
    #[must_use]
    pub fn cubes(&self) -> &[CubeState] {
        &self.cubes
    }

    /// The states of its cubes, apart.
    pub(crate) fn into_cubes(self) -> Vec<CubeState> {
        self.cubes
    }

    /// The state of one cube.
    #[must_use]
    pub fn cube(&self, cube: &Cube) -> Option<&CubeState> {
        self.cubes.iter().find(|state| state.cube.name == cube.name)
    }

    /// Adds events, given in the columns of [`crate::columns::schema`].
    pub fn fold(&mut self, events: &RecordBatch) {
        fold_into(&mut self.cubes, events);
    }

    /// Adds all that `other` has seen; a state of another family adds nothing.
    pub fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.family, other.family, "states of one family merge");
        if self.family == other.family {
            self.cubes.iter_mut().zip(&other.cubes).for_each(|(own, other)| own.merge(other));
        }
    }

    /// Its bytes, which begin with their version.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(&self.cubes)
    }

    /// The state of these bytes.
    ///
    /// # Errors
    /// Where the bytes are no state, or one of a version that this one does not know.
    pub fn decode(family: Family, bytes: &[u8]) -> Result<Self, StateError> {
        Ok(Self::of(family, decode(bytes)?))
    }
}

/// The label of an event that says nothing of a dimension.
pub(crate) fn or_none(label: Option<&str>) -> &str {
    label.filter(|label| !label.is_empty()).unwrap_or(NONE)
}

#[cfg(test)]
mod tests;
