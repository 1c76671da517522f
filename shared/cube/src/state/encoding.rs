//! A state as bytes. The first byte is the version; then a directory; then blocks of about 8 KB, each compressed on its own, that hold the
//! sections the directory names: one for each cube, and for each hash part of a large keyed cube. So one cube, or one user's part of it,
//! is read without the rest. Sketches of some KB lie in a block of their own, so that a question of sums does not decompress them.
//!
//! A section is columnar and describes itself: dimensions and measures carry ids, so that a cube may gain measures or dimensions, or lose
//! measures, and its old states stay readable. The bytes may be anything: they are checked, and what they can make us allocate is bounded.

use super::CubeState;
use super::cells::{Ranks, Sorted};
use super::parts::{PART_BYTES, number_of_parts, part_of, rounded};
use super::section::{self, Written};
use super::stored::Stored;
use crate::catalogue::{self, Cube, Dimension};
use model::zstandard;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The version that is written. Whoever changes the encoding adds one, and keeps reading the old ones for as long as rollups live.
const VERSION: u8 = 2;
/// The most that a block may hold once decompressed. A section is written whole, so this also bounds a cube's section.
const BLOCK_BYTES: usize = 64 * 1024 * 1024;
/// The library's default: a tenth smaller than the fastest level, and hardly slower on blocks this small.
const COMPRESSION_LEVEL: i32 = 3;

/// Why bytes are no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// There are none.
    #[error("an encoded state has at least its version")]
    Empty,
    /// Written by a version that this one does not know.
    #[error("states of version {0} are not known here")]
    Version(u8),
    /// They contradict themselves.
    #[error("not an encoded state: {0}")]
    Malformed(&'static str),
}

impl From<postcard::Error> for StateError {
    fn from(_: postcard::Error) -> Self {
        Self::Malformed("a value is cut off or out of range")
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Directory {
    blocks: Vec<Block>,
    sections: Vec<Entry>,
}

/// Sizes of a block, decompressed and as stored; where they are equal, it is not compressed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Block {
    bytes: u32,
    stored: u32,
}

/// A cube, by the id of its name, or one part of its parts; and where its section lies, and its sketches where they are apart.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Entry {
    cube: u16,
    part: u16,
    parts: u16,
    section: Place,
    sketches: Option<Place>,
}

/// Where something lies.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    block: u32,
    start: u32,
    length: u32,
}

/// The bytes of these states; those that have seen nothing take none.
#[must_use]
pub fn encode<'a>(states: impl IntoIterator<Item = &'a CubeState>) -> Vec<u8> {
    let mut writer = Writer::default();
    for state in states.into_iter().filter(|state| !state.is_empty()) {
        let Sorted { order, ranks } = state.cells.sorted();
        writer.add_cells(state, &ranks, &order);
    }
    writer.finish()
}

/// A state that is encoded piece by piece, each piece on its own.
pub struct Pieces<'a> {
    state: &'a CubeState,
    sorted: Sorted,
}

impl<'a> Pieces<'a> {
    /// Of this state.
    pub fn of(state: &'a CubeState) -> Self {
        Self { state, sorted: state.cells.sorted() }
    }

    /// All its cells, in order.
    pub fn all(&self) -> &[u32] {
        &self.sorted.order
    }

    /// Its cells by a hash of their key, in at least so many parts.
    pub fn by_key(&self, parts: usize) -> Vec<Vec<u32>> {
        self.state.by_part(&self.sorted.order, rounded(parts))
    }

    /// Some cells, given in their order, as bytes.
    pub fn encode(&self, cells: &[u32]) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.add_cells(self.state, &self.sorted.ranks, cells);
        writer.finish()
    }
}

#[derive(Default)]
struct Writer {
    directory: Directory,
    stored: Vec<u8>,
    open: Vec<u8>,
}

impl Writer {
    /// Adds some cells, given in order: as one section, or, of a keyed cube, in as many parts as their size asks for.
    fn add_cells(&mut self, state: &CubeState, ranks: &[Ranks], cells: &[u32]) {
        let whole = section::write(state, ranks, cells);
        let parts = if state.cube().keyed_by.is_some() { number_of_parts(whole.section.len() + whole.sketches.len()) } else { 1 };
        if parts == 1 {
            self.add(state.cube(), (0, 1), &whole);
            return;
        }
        for (part, cells) in (0..parts).zip(state.by_part(cells, parts)).filter(|(_, cells)| !cells.is_empty()) {
            self.add(state.cube(), (part, parts), &section::write(state, ranks, &cells));
        }
    }

    fn add(&mut self, cube: &Cube, (part, parts): (u16, u16), Written { section, sketches }: &Written) {
        if !self.open.is_empty() && self.open.len() + section.len() > PART_BYTES {
            self.close_block();
        }
        let section = self.place(section);
        let sketches = (!sketches.is_empty()).then(|| {
            self.close_block();
            let place = self.place(sketches);
            self.close_block();
            place
        });
        self.directory.sections.push(Entry { cube: section::id(cube.name), part, parts, section, sketches });
    }

    /// Adds bytes to the open block.
    fn place(&mut self, bytes: &[u8]) -> Place {
        let place = Place { block: narrow(self.directory.blocks.len()), start: narrow(self.open.len()), length: narrow(bytes.len()) };
        self.open.extend_from_slice(bytes);
        place
    }

    fn close_block(&mut self) {
        let block = std::mem::take(&mut self.open);
        let compressed = zstandard::compress(&block, COMPRESSION_LEVEL).ok().filter(|compressed| compressed.len() < block.len());
        let stored = compressed.as_ref().unwrap_or(&block);
        self.directory.blocks.push(Block { bytes: narrow(block.len()), stored: narrow(stored.len()) });
        self.stored.extend_from_slice(stored);
    }

    fn finish(mut self) -> Vec<u8> {
        if !self.open.is_empty() {
            self.close_block();
        }
        let mut bytes = postcard::to_extend(&self.directory, vec![VERSION]).unwrap_or_default();
        bytes.append(&mut self.stored);
        bytes
    }
}

/// What is wanted of the state of a cube; of everything else it says that nothing was seen. Sketches take most of the time of decoding, and
/// most questions need none of them, and few dimensions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// A value of the dimension that the cube is keyed by: only the part is read that holds its cells, and a few others'. All parts where
    /// none is given.
    pub key: Option<&'a str>,
    /// The dimensions, the others summed over; all where none are named.
    pub dimensions: Option<&'a [Dimension]>,
    /// The measures; all where none are named.
    pub measures: Option<&'a [&'static str]>,
}

impl Wanted<'_> {
    pub(super) fn has_dimension(&self, dimension: Dimension) -> bool {
        self.dimensions.is_none_or(|wanted| wanted.contains(&dimension))
    }

    pub(super) fn has_measure(&self, name: &str) -> bool {
        self.measures.is_none_or(|wanted| wanted.contains(&name))
    }
}

/// The states of these bytes, of every cube that the catalogue still has.
///
/// # Errors
/// Where the bytes are no state, or one of a version that this one does not know.
pub fn decode(bytes: &[u8]) -> Result<Vec<CubeState>, StateError> {
    let reader = Reader::new(bytes)?;
    let mut states: Vec<CubeState> = Vec::new();
    for cube in catalogue::cubes() {
        states.extend(reader.parts(cube, &Wanted::default())?.into_iter().reduce(merged));
    }
    Ok(states)
}

/// The state of one cube among these bytes; of a keyed cube and a key, only of the part that holds the key's cells, and a few others'.
///
/// # Errors
/// As [`decode`].
pub fn decode_cube(bytes: &[u8], cube: &'static Cube, key: Option<&str>) -> Result<CubeState, StateError> {
    let parts = decode_parts(bytes, cube, &Wanted { key, ..Wanted::default() })?;
    Ok(parts.into_iter().reduce(merged).unwrap_or_else(|| CubeState::empty(cube)))
}

/// What is wanted of one cube among these bytes, as states that add up: one for each of its parts.
///
/// # Errors
/// As [`decode`].
pub fn decode_parts(bytes: &[u8], cube: &'static Cube, wanted: &Wanted<'_>) -> Result<Vec<CubeState>, StateError> {
    Reader::new(bytes)?.parts(cube, wanted)
}

#[expect(clippy::needless_pass_by_value, reason = "`reduce` passes values")]
fn merged(mut state: CubeState, part: CubeState) -> CubeState {
    state.merge(&part);
    state
}

struct Reader<'a> {
    directory: Directory,
    /// The stored bytes of each block.
    blocks: Vec<&'a [u8]>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, StateError> {
        let (version, rest) = bytes.split_first().ok_or(StateError::Empty)?;
        if *version != VERSION {
            return Err(StateError::Version(*version));
        }
        let (directory, mut rest): (Directory, _) = postcard::take_from_bytes(rest)?;
        let mut blocks = Vec::with_capacity(directory.blocks.len());
        for block in &directory.blocks {
            let (stored, after) = rest.split_at_checked(block.stored as usize).ok_or(StateError::Malformed("a block is cut off"))?;
            blocks.push(stored);
            rest = after;
        }
        Ok(Self { directory, blocks })
    }

    fn parts(&self, cube: &'static Cube, wanted: &Wanted<'_>) -> Result<Vec<CubeState>, StateError> {
        let id = section::id(cube.name);
        let holds_key = |entry: &&Entry| wanted.key.is_none_or(|key| entry.parts == 1 || part_of(key, entry.parts) == entry.part);
        let wants_sketches = section::wants_sketches(cube, |name| wanted.has_measure(name));
        let (mut opened, mut opened_sketches) = (Opened::default(), Opened::default());
        let part = |entry: &Entry| {
            let mut section = Stored::read(opened.bytes(self, entry.section)?)?;
            if let Some(place) = entry.sketches.filter(|_| wants_sketches) {
                section.add_sketches(opened_sketches.bytes(self, place)?)?;
            }
            section.into_state(cube, wanted)
        };
        self.directory.sections.iter().filter(|entry| entry.cube == id).filter(holds_key).map(part).collect()
    }

    fn open(&self, block: u32) -> Result<Cow<'a, [u8]>, StateError> {
        let missing = StateError::Malformed("a section lies in no block");
        let (sizes, stored) = self.directory.blocks.get(block as usize).zip(self.blocks.get(block as usize)).ok_or(missing)?;
        if sizes.bytes == sizes.stored {
            return Ok(Cow::Borrowed(stored));
        }
        let bytes = sizes.bytes as usize;
        if bytes > BLOCK_BYTES {
            return Err(StateError::Malformed("a block is too large"));
        }
        let block = zstandard::decompress(stored, bytes).map_err(|_| StateError::Malformed("a block does not decompress"))?;
        if block.len() == bytes { Ok(Cow::Owned(block)) } else { Err(StateError::Malformed("a block is of another size")) }
    }
}

/// The block that was opened last, for what comes next is often in it too.
#[derive(Default)]
struct Opened<'a>(Option<(u32, Cow<'a, [u8]>)>);

impl<'a> Opened<'a> {
    /// What lies at a place.
    fn bytes(&mut self, reader: &Reader<'a>, Place { block, start, length }: Place) -> Result<&[u8], StateError> {
        let opened = match self.0.take() {
            Some((number, opened)) if number == block => opened,
            _ => reader.open(block)?,
        };
        let (_, opened) = self.0.insert((block, opened));
        let (start, length) = (start as usize, length as usize);
        opened.get(start..start.saturating_add(length)).ok_or(StateError::Malformed("a section lies outside its block"))
    }
}

/// Sizes of states fit 32 bits by far; one that did not would be refused when read.
fn narrow(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
