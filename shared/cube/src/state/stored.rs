//! A section as it is read: its parts are found first, and only what is wanted of it is decoded, because most questions want few of a cube's
//! dimensions and measures. The bytes are postcard's, as [`super::section`] writes them; they may be anything, and are checked as far as they
//! are used.

use super::cells::{Cells, MOST_COMBINATIONS};
use super::column::{Column, each};
use super::encoding::{StateError, Wanted};
use super::labels::Labels;
use super::section::{id, kind};
use super::{CubeState, varint::Cursor};
use crate::catalogue::{Cube, NONE};
use crate::sketch::{Distinct, Quantiles, Union};

/// A section, not decoded yet.
pub struct Stored<'a> {
    cells: usize,
    dimensions: Vec<Dimension<'a>>,
    measures: Vec<Measure<'a>>,
}

struct Dimension<'a> {
    id: u16,
    count: usize,
    labels: Cursor<'a>,
    codes: Codes<'a>,
}

/// Each cell's label, by its place among the dimension's.
enum Codes<'a> {
    /// A byte each: less than 128.
    Bytes(&'a [u8]),
    Numbers(Cursor<'a>),
}

struct Measure<'a> {
    id: u16,
    kind: u8,
    values: &'a [u8],
}

impl<'a> Dimension<'a> {
    fn read(bytes: &mut Cursor<'a>, cells: usize) -> Result<Self, StateError> {
        let id = bytes.id()?;
        let count = bytes.length()?;
        let labels = *bytes;
        for _ in 0..count {
            bytes.text()?;
        }
        if bytes.length()? != cells {
            return Err(StateError::Malformed("a dimension has codes for other cells"));
        }
        let codes = if let Some(codes) = bytes.peek(cells).filter(|codes| codes.is_ascii()) {
            bytes.take(cells)?;
            Codes::Bytes(codes)
        } else {
            let codes = *bytes;
            for _ in 0..cells {
                bytes.number()?;
            }
            Codes::Numbers(codes)
        };
        Ok(Self { id, count, labels, codes })
    }

    fn labels(&self) -> Result<Labels, StateError> {
        let mut bytes = self.labels;
        let mut labels = Labels::default();
        let mut before: Option<&str> = None;
        for _ in 0..self.count {
            let label = std::str::from_utf8(bytes.text()?).map_err(|_| StateError::Malformed("a label is no text"))?;
            if before.is_some_and(|before| before >= label) {
                return Err(StateError::Malformed("labels are not distinct and in order"));
            }
            before = Some(label);
            labels.push(label);
        }
        Ok(labels)
    }

    fn codes(&self, cells: usize) -> Result<Vec<u32>, StateError> {
        let codes: Vec<u32> = match self.codes {
            Codes::Bytes(codes) => codes.iter().copied().map(u32::from).collect(),
            Codes::Numbers(mut bytes) => (0..cells).map(|_| bytes.code()).collect::<Result<_, _>>()?,
        };
        let is_within = codes.iter().all(|code| (*code as usize) < self.count);
        if is_within { Ok(codes) } else { Err(StateError::Malformed("a cell has a label that is not there")) }
    }
}

impl<'a> Stored<'a> {
    /// Finds the parts of a section.
    pub fn read(bytes: &'a [u8]) -> Result<Self, StateError> {
        let mut bytes = Cursor::new(bytes);
        let cells = bytes.length()?;
        let dimensions = bytes.many(|bytes| Dimension::read(bytes, cells))?;
        // Without a dimension nothing bounds the number of cells by the number of bytes, and two cells would be the same.
        if dimensions.is_empty() && cells > 1 {
            return Err(StateError::Malformed("cells are not distinct"));
        }
        Ok(Self { cells, dimensions, measures: measures(&mut bytes)? })
    }

    /// Takes up the sketches that were kept apart from it.
    pub fn add_sketches(&mut self, bytes: &'a [u8]) -> Result<(), StateError> {
        self.measures.append(&mut measures(&mut Cursor::new(bytes))?);
        Ok(())
    }

    /// The state it holds. A dimension that the cube has gained since is absent everywhere; one that it has lost, or that is not wanted, is
    /// summed over; a measure that it has gained, or that is not wanted, has seen nothing; one that it has lost, or that became another kind,
    /// is left out.
    pub fn into_state(self, cube: &'static Cube, wanted: &Wanted<'_>) -> Result<CubeState, StateError> {
        let mut state = CubeState::empty(cube);
        // By the place of each dimension in the section, its place in the cube, and the codes.
        let mut found: Vec<(usize, usize, Vec<u32>)> = Vec::with_capacity(cube.dimensions.len());
        for (place, (own, labels)) in cube.dimensions.iter().zip(&mut state.cells.labels).enumerate() {
            let id = id(own.name());
            match self.dimensions.iter().position(|stored| stored.id == id).filter(|_| wanted.has_dimension(*own)) {
                Some(at) => {
                    *labels = self.dimensions[at].labels()?;
                    found.push((at, place, self.dimensions[at].codes(self.cells)?));
                }
                None => _ = labels.push(NONE),
            }
        }
        let targets = if found.len() == self.dimensions.len() {
            found.sort_unstable_by_key(|(at, ..)| *at);
            push_cells(&mut state.cells, &found, self.cells)?;
            None
        } else {
            Some(merge_cells(&mut state.cells, &found, self.cells))
        };
        for (own, measure) in state.columns.iter_mut().zip(cube.measures).filter(|(_, measure)| wanted.has_measure(measure.name)) {
            let id = id(measure.name);
            let Some(stored) = self.measures.iter().find(|stored| stored.id == id && stored.kind == kind(own)) else { continue };
            match &targets {
                None => *own = self.column(own, stored.values)?,
                Some(targets) => {
                    own.grow(state.cells.len());
                    self.merge(own, stored.values, targets)?;
                }
            }
        }
        let cells = state.cells.len();
        state.columns.iter_mut().for_each(|own| own.grow(cells));
        Ok(state)
    }

    /// Merges a measure's values into the cells that they are part of. Numbers, and sketches of labels, which are many and small, are not kept
    /// in between.
    fn merge(&self, own: &mut Column, bytes: &[u8], targets: &[Option<u32>]) -> Result<(), StateError> {
        let mut targets = targets.iter();
        let mut next = || targets.next().copied().flatten().map(|target| target as usize);
        match own {
            Column::Sum(own) => {
                Cursor::new(bytes).all(self.cells, |bytes| {
                    let sum = bytes.sum()?;
                    if let Some(own) = next().and_then(|target| own.get_mut(target)) {
                        *own = own.saturating_add(sum);
                    }
                    Ok(())
                })?;
            }
            Column::Distinct(own) => {
                let mut unions: Vec<Union> = own.drain(..).map(Union::of).collect();
                let mut nothing = Union::of(Distinct::default());
                Cursor::new(bytes)
                    .all(self.cells, |bytes| next().and_then(|target| unions.get_mut(target)).unwrap_or(&mut nothing).read(bytes))?;
                own.extend(unions.into_iter().map(Union::finish));
            }
            own => own.merge(&self.column(own, bytes)?, targets.as_slice()),
        }
        Ok(())
    }

    fn column(&self, like: &Column, bytes: &[u8]) -> Result<Column, StateError> {
        let column = match like {
            Column::Sum(_) => Column::Sum(Cursor::new(bytes).all(self.cells, Cursor::sum)?),
            Column::Min(_) => Column::Min(Cursor::new(bytes).all(self.cells, Cursor::moment)?),
            Column::Max(_) => Column::Max(Cursor::new(bytes).all(self.cells, Cursor::moment)?),
            Column::Last(_) => Column::Last(postcard::from_bytes(bytes)?),
            Column::Distinct(_) => Column::Distinct(Cursor::new(bytes).all(self.cells, Distinct::read)?),
            Column::Set(_) => Column::Set(postcard::from_bytes(bytes)?),
            Column::Quantiles(_) => Column::Quantiles(Cursor::new(bytes).all(self.cells, Quantiles::read)?),
            Column::Spans(gap_ms, _) => Column::Spans(*gap_ms, postcard::from_bytes(bytes)?),
            Column::Days(_) => Column::Days(postcard::from_bytes(bytes)?),
            Column::Transitions(_) => Column::Transitions(postcard::from_bytes(bytes)?),
        };
        let count = each!(&column, values => values.len());
        if count == self.cells { Ok(column) } else { Err(StateError::Malformed("a measure has values for other cells")) }
    }
}

fn measures<'a>(bytes: &mut Cursor<'a>) -> Result<Vec<Measure<'a>>, StateError> {
    bytes.many(|bytes| Ok(Measure { id: bytes.id()?, kind: bytes.byte()?, values: bytes.text()? }))
}

/// Adds all cells, which are distinct because they are in order.
fn push_cells(cells: &mut Cells, found: &[(usize, usize, Vec<u32>)], count: usize) -> Result<(), StateError> {
    let row = |cell: usize| found.iter().map(move |(.., codes)| codes[cell]);
    if !(1..count).all(|cell| row(cell - 1).lt(row(cell))) {
        return Err(StateError::Malformed("cells are not distinct and in order"));
    }
    let mut codes = vec![0; cells.labels.len()];
    for cell in 0..count {
        for (_, place, source) in found {
            codes[*place] = source[cell];
        }
        cells.push(&codes);
    }
    Ok(())
}

/// Adds the cells that are distinct by these dimensions; answers which one each of the section's is part of.
fn merge_cells(cells: &mut Cells, found: &[(usize, usize, Vec<u32>)], count: usize) -> Vec<Option<u32>> {
    let combinations = found.iter().try_fold(1_usize, |product, (_, place, _)| product.checked_mul(cells.labels[*place].len()));
    let mut codes = vec![0; cells.labels.len()];
    let fill = |codes: &mut [u32], cell: usize| found.iter().for_each(|(_, place, source)| codes[*place] = source[cell]);
    let Some(combinations) = combinations.filter(|combinations| *combinations <= MOST_COMBINATIONS) else {
        let mut target = |cell| {
            fill(&mut codes, cell);
            Some(cells.intern(&codes))
        };
        return (0..count).map(&mut target).collect();
    };
    let mut numbers = vec![0; count];
    for (_, place, source) in found {
        let labels = cells.labels[*place].len();
        numbers.iter_mut().zip(source).for_each(|(number, code)| *number = *number * labels + *code as usize);
    }
    let mut known: Vec<Option<u32>> = vec![None; combinations];
    let mut target = |(cell, number): (usize, &usize)| {
        let known = &mut known[*number];
        if known.is_none() {
            fill(&mut codes, cell);
            *known = Some(cells.push(&codes));
        }
        *known
    };
    numbers.iter().enumerate().map(&mut target).collect()
}
