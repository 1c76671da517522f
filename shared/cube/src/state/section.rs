//! A section: the cells of one cube, or of one of its hash parts, as bytes. Cells are in the order of their labels, so that a state has one
//! form; dimensions and measures are named by ids, so that the cube may change between writing and reading.

use super::cells::Ranks;
use super::column::{Column, each};
use super::{CubeState, StateError};
use crate::catalogue::{self, Cube, NONE};
use serde::ser::{Serialize, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};

/// A dimension's labels, ascending, and each cell's place among them.
#[derive(DeriveSerialize, Deserialize)]
struct Dimension<'a> {
    id: u16,
    #[serde(borrow)]
    labels: Vec<&'a str>,
    codes: Vec<u32>,
}

/// A measure's values, in the order of the cells.
#[derive(DeriveSerialize, Deserialize)]
struct Measure<'a> {
    id: u16,
    kind: u8,
    #[serde(borrow)]
    values: &'a [u8],
}

/// A section as read.
#[derive(DeriveSerialize, Deserialize)]
pub struct Section<'a> {
    cells: u32,
    #[serde(borrow)]
    dimensions: Vec<Dimension<'a>>,
    #[serde(borrow)]
    measures: Vec<Measure<'a>>,
}

/// Sketches of so many bytes, before compression, are kept apart from the rest of their section.
const SKETCH_BYTES: usize = 4 * 1024;

/// The id of a name: 16 bits of it, which a test of the catalogue keeps apart where they must be.
pub fn id(name: &str) -> u16 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [a, b, c, d] = hash.to_be_bytes();
    u16::from_be_bytes([a ^ c, b ^ d])
}

/// A section as written.
pub struct Written {
    /// The section, with its sketches where they are few.
    pub section: Vec<u8>,
    /// The measures that are sketches, where they are kept apart; else empty.
    pub sketches: Vec<u8>,
}

/// Writes some cells of a state, or all of them, given in the order of their labels.
pub fn write(state: &CubeState, ranks: &[Ranks], cells: &[u32]) -> Written {
    let dimension = |(at, dimension): (usize, &catalogue::Dimension)| {
        let (labels, ranks) = (&state.cells.labels[at], &ranks[at]);
        let places: Vec<u32> = cells.iter().map(|cell| ranks.of_code[state.cells.codes(*cell as usize)[at] as usize]).collect();
        let mut used = places.clone();
        used.sort_unstable();
        used.dedup();
        let code = |place: &u32| used.partition_point(|other| other < place);
        Dimension {
            id: id(dimension.name()),
            labels: used.iter().map(|place| labels.get(ranks.codes[*place as usize])).collect(),
            codes: places.iter().map(|place| u32::try_from(code(place)).unwrap_or(u32::MAX)).collect(),
        }
    };
    let values: Vec<Vec<u8>> = state.columns.iter().map(|column| values(column, cells)).collect();
    let measures = state.cube().measures.iter().zip(&state.columns).zip(&values);
    let measures = measures.map(|((measure, column), values)| Measure { id: id(measure.name), kind: kind(column), values });
    let (mut sketches, mut measures): (Vec<_>, Vec<_>) = measures.partition(|measure| is_sketch(measure.kind));
    if sketches.iter().map(|sketch| sketch.values.len()).sum::<usize>() < SKETCH_BYTES {
        measures.append(&mut sketches);
    }
    let section = Section {
        cells: u32::try_from(cells.len()).unwrap_or(u32::MAX),
        dimensions: state.cube().dimensions.iter().enumerate().map(dimension).collect(),
        measures,
    };
    let sketches = if sketches.is_empty() { Vec::new() } else { postcard::to_stdvec(&sketches).unwrap_or_default() };
    Written { section: postcard::to_stdvec(&section).unwrap_or_default(), sketches }
}

/// Some of a column's values, in another order.
struct Gathered<'a, T> {
    values: &'a [T],
    order: &'a [u32],
}

impl<T: Serialize> Serialize for Gathered<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.order.iter().map(|cell| &self.values[*cell as usize]))
    }
}

fn values(column: &Column, order: &[u32]) -> Vec<u8> {
    each!(column, values => postcard::to_stdvec(&Gathered { values, order })).unwrap_or_default()
}

/// Which kind of column it is, in a form that does not change.
fn kind(column: &Column) -> u8 {
    match column {
        Column::Sum(_) => 0,
        Column::Min(_) => 1,
        Column::Max(_) => 2,
        Column::Last(_) => 3,
        Column::Distinct(_) => 4,
        Column::Set(_) => 5,
        Column::Quantiles(_) => 6,
        Column::Spans(..) => 7,
        Column::Transitions(_) => 8,
        Column::Days(_) => 9,
    }
}

/// Whether columns of a kind are sketches: large, and seldom asked for.
fn is_sketch(kind: u8) -> bool {
    kind >= 4
}

/// Whether any of the measures that are wanted is a sketch.
pub fn wants_sketches(cube: &Cube, wants: &dyn Fn(&str) -> bool) -> bool {
    cube.measures.iter().any(|measure| is_sketch(kind(&Column::new(&measure.aggregate))) && wants(measure.name))
}

impl<'a> Section<'a> {
    /// Takes up the sketches that were kept apart from it.
    pub fn add_sketches(&mut self, bytes: &'a [u8]) -> Result<(), StateError> {
        self.measures.append(&mut postcard::from_bytes(bytes)?);
        Ok(())
    }

    /// Reads a section, and checks that it is one.
    pub fn read(bytes: &'a [u8]) -> Result<Self, StateError> {
        let section: Self = postcard::from_bytes(bytes)?;
        for dimension in &section.dimensions {
            let is_ordered = dimension.labels.windows(2).all(|pair| pair[0] < pair[1]);
            let is_complete = dimension.codes.len() == section.cells as usize;
            let is_within = dimension.codes.iter().all(|code| (*code as usize) < dimension.labels.len());
            if !(is_ordered && is_complete && is_within) {
                return Err(StateError::Malformed("labels or codes of a dimension do not fit"));
            }
        }
        // Without a dimension nothing bounds the number of cells by the number of bytes, and two cells would be the same.
        let codes = |cell: usize| section.dimensions.iter().map(move |dimension| dimension.codes[cell]);
        let is_ordered = (1..section.cells as usize).all(|cell| codes(cell - 1).lt(codes(cell)));
        if is_ordered { Ok(section) } else { Err(StateError::Malformed("cells are not distinct and in order")) }
    }

    /// The state it holds. A dimension that the cube has gained since is absent everywhere; one that it has lost is summed over; a measure
    /// that it has gained, or that is not wanted, has seen nothing; one that it has lost, or that became another kind, is left out.
    pub fn into_state(self, cube: &'static Cube, wants: &dyn Fn(&str) -> bool) -> Result<CubeState, StateError> {
        let mut state = CubeState::empty(cube);
        let sources: Vec<Option<&Dimension<'a>>> =
            cube.dimensions.iter().map(|own| self.dimensions.iter().find(|stored| stored.id == id(own.name()))).collect();
        for (own, source) in state.cells.labels.iter_mut().zip(&sources) {
            match source {
                Some(stored) => stored.labels.iter().for_each(|label| _ = own.push(label)),
                None => _ = own.push(NONE),
            }
        }
        let has_lost = self.dimensions.len() > sources.iter().flatten().count();
        let mut targets = Vec::with_capacity(if has_lost { self.cells as usize } else { 0 });
        let mut codes = vec![0; cube.dimensions.len()];
        for cell in 0..self.cells as usize {
            for (code, source) in codes.iter_mut().zip(&sources) {
                *code = source.map_or(0, |stored| stored.codes[cell]);
            }
            if has_lost {
                targets.push(Some(state.cells.intern(&codes)));
            } else {
                state.cells.push(&codes);
            }
        }
        for (own, measure) in state.columns.iter_mut().zip(cube.measures).filter(|(_, measure)| wants(measure.name)) {
            let stored = self.measures.iter().find(|stored| stored.id == id(measure.name) && stored.kind == kind(own));
            if let Some(stored) = stored {
                let values = self.column(own, stored)?;
                if has_lost {
                    own.grow(state.cells.len());
                    own.merge(&values, &targets);
                } else {
                    *own = values;
                }
            }
        }
        let cells = state.cells.len();
        state.columns.iter_mut().for_each(|own| own.grow(cells));
        Ok(state)
    }

    fn column(&self, like: &Column, stored: &Measure<'_>) -> Result<Column, StateError> {
        let bytes = stored.values;
        let column = match like {
            Column::Sum(_) => Column::Sum(postcard::from_bytes(bytes)?),
            Column::Min(_) => Column::Min(postcard::from_bytes(bytes)?),
            Column::Max(_) => Column::Max(postcard::from_bytes(bytes)?),
            Column::Last(_) => Column::Last(postcard::from_bytes(bytes)?),
            Column::Distinct(_) => Column::Distinct(postcard::from_bytes(bytes)?),
            Column::Set(_) => Column::Set(postcard::from_bytes(bytes)?),
            Column::Quantiles(_) => Column::Quantiles(postcard::from_bytes(bytes)?),
            Column::Spans(gap_ms, _) => Column::Spans(*gap_ms, postcard::from_bytes(bytes)?),
            Column::Days(_) => Column::Days(postcard::from_bytes(bytes)?),
            Column::Transitions(_) => Column::Transitions(postcard::from_bytes(bytes)?),
        };
        let count = each!(&column, values => values.len());
        if count == self.cells as usize { Ok(column) } else { Err(StateError::Malformed("a measure has values for other cells")) }
    }
}
