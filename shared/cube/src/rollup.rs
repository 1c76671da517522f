//! A rollup: a family's state as items of bounded size. All small cubes share one part, so that most rollups are one item; a cube too large
//! for that has parts of its own. What parts there are is the rollup's [`Contents`], which its manifest keeps, so that a reader knows the
//! name of every part it needs before it reads any.

use crate::catalogue::{self, Cube, NONE};
use crate::query::Slice;
use crate::state::{CubeState, Dropped, FamilyState, Pieces, StateError, cap, decode, encode, part_of};
use bytes::Bytes;
use model::Family;
use model::limits::PARTIAL_BYTES;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// The revision of the catalogue as stored states depend on it: raised whenever a cube, a dimension or a measure is added or changed, so
/// that a rollup written before is known to lack it.
pub const CATALOGUE: u32 = 1;

/// The part that all small cubes share.
const PACK: &str = "0";
/// The most that the shared part should have. Every query of a small cube reads all of it.
const PACK_BYTES: usize = 96 * 1024;
/// What one cube of the shared part may have at most; a larger one of its own parts, which are then half that or more.
const KEYED_BYTES: usize = 16 * 1024;
/// The same of a cube without a key, whose parts are always read together.
const UNKEYED_BYTES: usize = 64 * 1024;

/// A part of a rollup, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name within the rollup: `0`, or the cube's name and numbers.
    pub name: String,
    /// States, as [`decode`] and [`crate::decode_cube`] read them.
    pub bytes: Bytes,
}

/// What parts a rollup has, which cubes are in them, and what the caps on cardinality gave up. Of cubes there are few, so they are in lists,
/// by name: a reader goes through the contents of hundreds of rollups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contents {
    /// The cubes that share a part.
    pack: Vec<Name>,
    /// Those with parts of their own.
    own: Vec<(Name, OwnParts)>,
    /// Those of which cells were given up.
    dropped: Vec<(Name, Dropped)>,
}

/// The name of a cube. A manifest has hundreds of them, so those of the catalogue are not kept anew each time one is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
struct Name(Cow<'static, str>);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(catalogue::cube(name).map_or_else(|| Cow::Owned(name.to_owned()), |cube| Cow::Borrowed(cube.name)))
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a cube")
            }
            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name::from(name))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The parts of one cube.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct OwnParts {
    parts: u16,
    /// Parts that are not one item: those without a cell are none, and a part whose cells, of one key perhaps, are too large is several.
    items: BTreeMap<u16, u16>,
}

impl OwnParts {
    fn names<'a>(&'a self, cube: &'a str, parts: Range<u16>) -> impl Iterator<Item = String> + 'a {
        parts.flat_map(move |part| {
            let items = self.items.get(&part).copied().unwrap_or(1);
            (0..items).map(move |item| name(cube, part, (item, items)))
        })
    }
}

fn name(cube: &str, part: u16, (item, items): (u16, u16)) -> String {
    if items == 1 { format!("{cube}.{part}") } else { format!("{cube}.{part}.{item}") }
}

impl Contents {
    /// The parts of a cube that has its own.
    fn own(&self, cube: &Cube) -> Option<&OwnParts> {
        self.own.iter().find(|(name, _)| name.0 == cube.name).map(|(_, own)| own)
    }

    /// The names of all parts.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let pack = (!self.pack.is_empty()).then(|| PACK.to_owned());
        pack.into_iter().chain(self.own.iter().flat_map(|(cube, own)| own.names(&cube.0, 0..own.parts))).collect()
    }

    /// The names of the parts that have cells of this cube, or where a key is given, that may have cells of that key.
    #[must_use]
    pub fn parts_of(&self, cube: &Cube, key: Option<&str>) -> Vec<String> {
        if self.pack.iter().any(|name| name.0 == cube.name) {
            return vec![PACK.to_owned()];
        }
        let Some(own) = self.own(cube) else { return Vec::new() };
        // Events without a key are spread over all parts.
        let parts = match key.filter(|key| cube.keyed_by.is_some() && *key != NONE) {
            Some(key) => {
                let part = part_of(key, own.parts);
                part..part + 1
            }
            None => 0..own.parts,
        };
        own.names(cube.name, parts).collect()
    }

    /// The names of the parts that may have cells of this cube whose key is in a slice.
    #[must_use]
    pub fn parts_in(&self, cube: &Cube, slice: Slice) -> Vec<String> {
        match self.own(cube) {
            // Events without a key are spread over all parts.
            Some(own) if cube.keyed_by.is_some() && own.parts.is_power_of_two() && !slice.has([NONE].into_iter()) => (0..own.parts)
                .filter(|part| slice.meets((*part, own.parts)))
                .flat_map(|part| own.names(cube.name, part..part + 1))
                .collect(),
            _ => self.parts_of(cube, None),
        }
    }

    /// What the caps gave up, by the name of the cube.
    pub fn dropped(&self) -> impl Iterator<Item = (&str, Dropped)> {
        self.dropped.iter().map(|(cube, dropped)| (&*cube.0, *dropped))
    }
}

/// Divides a state into parts, after capping each cube at the number of cells that the catalogue allows it (I5: here, and nowhere else).
#[must_use]
pub fn pack(state: FamilyState) -> (Contents, Vec<Part>) {
    let mut contents = Contents::default();
    let mut sized: Vec<(usize, CubeState)> = Vec::new();
    for cube in state.into_cubes().into_iter().filter(|cube| !cube.is_empty()) {
        let limit = cube.cube().cells;
        let (capped, dropped) = cap(cube, limit);
        if let Some(dropped) = dropped {
            contents.dropped.push((capped.cube().name.into(), dropped));
        }
        sized.push((encode([&capped]).len(), capped));
    }
    sized.sort_by_key(|(bytes, cube)| (*bytes, cube.cube().name));
    let mut parts = Vec::new();
    let (mut small, mut packed): (Vec<CubeState>, usize) = (Vec::new(), 0);
    for (bytes, cube) in sized {
        let most = if cube.cube().keyed_by.is_some() { KEYED_BYTES } else { UNKEYED_BYTES };
        if bytes <= most && packed + bytes <= PACK_BYTES {
            packed += bytes;
            contents.pack.push(cube.cube().name.into());
            small.push(cube);
        } else {
            let (own, bytes) = divide(&cube, bytes);
            contents.own.push((cube.cube().name.into(), own));
            parts.extend(bytes);
        }
    }
    contents.pack.sort();
    contents.own.sort_by(|(a, _), (b, _)| a.cmp(b));
    contents.dropped.sort_by(|(a, _), (b, _)| a.cmp(b));
    if !small.is_empty() {
        parts.push(Part { name: PACK.to_owned(), bytes: encode(&small).into() });
    }
    (contents, parts)
}

/// A large cube's own parts: of a keyed one by a hash of the key, of another simply as many of its cells as fit.
fn divide(state: &CubeState, bytes: usize) -> (OwnParts, Vec<Part>) {
    let (cube, pieces) = (state.cube().name, Pieces::of(state));
    if state.cube().keyed_by.is_none() {
        let items = within(&pieces, pieces.all(), UNKEYED_BYTES);
        let own = OwnParts { parts: u16::try_from(items.len()).unwrap_or(u16::MAX), items: BTreeMap::new() };
        let part = |(part, bytes)| Part { name: name(cube, part, (0, 1)), bytes };
        return (own, (0..).zip(items).map(part).collect());
    }
    let cells_of_part = pieces.by_key(bytes.div_ceil(KEYED_BYTES));
    let mut own = OwnParts { parts: u16::try_from(cells_of_part.len()).unwrap_or(u16::MAX), items: BTreeMap::new() };
    let mut parts = Vec::new();
    for (part, cells) in (0..).zip(&cells_of_part) {
        let items = if cells.is_empty() { Vec::new() } else { within(&pieces, cells, PARTIAL_BYTES) };
        let count = u16::try_from(items.len()).unwrap_or(u16::MAX);
        if count != 1 {
            own.items.insert(part, count);
        }
        parts.extend((0..).zip(items).map(|(item, bytes)| Part { name: name(cube, part, (item, count)), bytes }));
    }
    (own, parts)
}

/// The cells in items of at most so many bytes. A single cell is never divided: none comes near an item's limit.
fn within(pieces: &Pieces<'_>, cells: &[u32], most: usize) -> Vec<Bytes> {
    let bytes = pieces.encode(cells);
    if bytes.len() <= most || cells.len() < 2 {
        return vec![bytes.into()];
    }
    let (first, second) = cells.split_at(cells.len() / 2);
    [within(pieces, first, most), within(pieces, second, most)].concat()
}

/// The state of these parts: all of a rollup's, of several rollups', or some.
///
/// # Errors
/// Where a part is no state, or one of a version that this one does not know.
pub fn unpack(family: Family, parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<FamilyState, StateError> {
    let mut cubes = Vec::new();
    for part in parts {
        cubes.extend(decode(part.as_ref())?);
    }
    Ok(FamilyState::of(family, cubes))
}

#[cfg(test)]
mod tests;
