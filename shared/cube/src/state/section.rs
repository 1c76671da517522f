//! A section: the cells of one cube, or of one of its hash parts, as bytes. Cells are in the order of their labels, so that a state has one
//! form; dimensions and measures are named by ids, so that the cube may change between writing and reading.

use super::CubeState;
use super::cells::Ranks;
use super::column::{Column, each};
use crate::catalogue::{self, Cube};
use serde::Serialize as DeriveSerialize;
use serde::ser::{Serialize, Serializer};

/// A dimension's labels, ascending, and each cell's place among them.
#[derive(DeriveSerialize)]
struct Dimension<'a> {
    id: u16,
    labels: Vec<&'a str>,
    codes: Vec<u32>,
}

/// A measure's values, in the order of the cells.
#[derive(DeriveSerialize)]
struct Measure<'a> {
    id: u16,
    kind: u8,
    values: &'a [u8],
}

/// A section.
#[derive(DeriveSerialize)]
struct Section<'a> {
    cells: u32,
    dimensions: Vec<Dimension<'a>>,
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
pub fn kind(column: &Column) -> u8 {
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
pub fn wants_sketches(cube: &Cube, wants: impl Fn(&str) -> bool) -> bool {
    cube.measures.iter().any(|measure| is_sketch(kind(&Column::new(&measure.aggregate))) && wants(measure.name))
}
