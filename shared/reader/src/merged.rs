//! Rollups that come together: what questions want of them is merged before they take it up, and kept for who asks again.

use crate::choice::Wanted;
use crate::needs::{Asked, Needs, Question};
use cube::CubeState;
use cube::catalogue::{Cube, Dimension};
use cube::query::{Bucket, Grain, Prepared, Slot};
use ports::Key;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What some questions want of some parts of rollups, all of which come together in their answers.
pub(crate) struct Merged {
    /// What it is, whoever asks: parts, and what is wanted of them.
    pub(crate) name: String,
    asked: Arc<Asked>,
    takers: Vec<(usize, Bucket)>,
    /// Parts, by their place among those that are wanted.
    parts: Vec<usize>,
    state: CubeState,
}

/// Which rollups come together: those of one slot of the answer. Those of hours, which come and go all day, apart from the others, which do
/// not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Together(Slot, bool);

impl Together {
    fn of(question: &Question<'_>, bucket: Bucket) -> Self {
        Self(question.query.slot(question.plan, bucket), bucket.grain == Grain::Hour)
    }
}

impl Merged {
    /// What there is to merge of the parts that are wanted, for the questions whose answers may be asked for again. Two that want the same
    /// of the same have it merged once.
    pub(crate) fn all(needs: &Needs<'_>, wanted: &[Wanted]) -> Vec<Self> {
        let mut found: BTreeMap<(usize, Together), (Bucket, Vec<usize>)> = BTreeMap::new();
        for (part, Wanted { takers, .. }) in wanted.iter().enumerate() {
            for (taker, bucket) in takers {
                let question = &needs.questions[*taker];
                if !question.query.is_piece() {
                    let (_, parts) = found.entry((*taker, Together::of(question, *bucket))).or_insert((*bucket, Vec::new()));
                    parts.push(part);
                }
            }
        }
        let mut all: Vec<Self> = Vec::new();
        let mut by_name: HashMap<String, usize> = HashMap::new();
        let mut asked_by: Option<(usize, Arc<Asked>, String)> = None;
        for ((taker, _), (bucket, parts)) in found {
            let (asked, preparation) = match asked_by.take() {
                Some((before, asked, preparation)) if before == taker => (asked, preparation),
                _ => {
                    let asked = Arc::new(Asked::by(taker, &needs.questions));
                    (asked, needs.questions[taker].query.preparation().unwrap_or_default())
                }
            };
            let need = &needs.all[wanted[parts[0]].need];
            let keys = parts.iter().map(|part| &wanted[*part].key);
            let name = name((need.cube, need.key), (&asked, &preparation), keys);
            asked_by = Some((taker, Arc::clone(&asked), preparation));
            if let Some(at) = by_name.get(&name) {
                all[*at].takers.push((taker, bucket));
            } else {
                by_name.insert(name.clone(), all.len());
                all.push(Self { name, asked, takers: vec![(taker, bucket)], parts, state: CubeState::empty(need.cube) });
            }
        }
        all
    }

    /// The questions that take it up, each with the bucket that it is to them.
    pub(crate) fn takers(&self) -> &[(usize, Bucket)] {
        &self.takers
    }

    /// Adds a state of a part, which has what is wanted and perhaps more.
    pub(crate) fn add(&mut self, state: &CubeState) {
        self.state.merge_wanted(state, &self.asked.wanted(None));
    }

    /// Adds a state of a part, which has what is wanted and no more.
    pub(crate) fn add_just(&mut self, state: CubeState) {
        if self.state.is_empty() { self.state = state } else { self.add(&state) }
    }

    /// What was merged, prepared for those who take it up.
    pub(crate) fn prepared(self, needs: &Needs<'_>) -> Prepared {
        let (taker, _) = self.takers[0];
        needs.questions[taker].query.prepare(self.state)
    }
}

/// Who lacks which parts.
pub(crate) struct Lacking(Vec<Lack>);

/// Who lacks a part.
#[derive(Default)]
pub(crate) struct Lack {
    /// What is to be merged of it, by place.
    pub(crate) merged: Vec<usize>,
    /// The questions that take it up piece by piece, each with the bucket that it is to them.
    pub(crate) pieces: Vec<(usize, Bucket)>,
}

impl Lacking {
    pub(crate) fn of(missing: &[Merged], (needs, wanted): (&Needs<'_>, &[Wanted])) -> Self {
        let is_piece = |taker: usize| needs.questions[taker].query.is_piece();
        let pieces = |wanted: &Wanted| wanted.takers.iter().copied().filter(|(taker, _)| is_piece(*taker)).collect();
        let mut lacking: Vec<Lack> = wanted.iter().map(|wanted| Lack { merged: Vec::new(), pieces: pieces(wanted) }).collect();
        for (at, merged) in missing.iter().enumerate() {
            merged.parts.iter().for_each(|part| lacking[*part].merged.push(at));
        }
        Self(lacking)
    }

    /// The parts that anybody lacks.
    pub(crate) fn parts(&self) -> Vec<usize> {
        let is_lacked = |part: &usize| !self.0[*part].merged.is_empty() || !self.0[*part].pieces.is_empty();
        (0..self.0.len()).filter(is_lacked).collect()
    }

    pub(crate) fn of_part(&self, part: usize) -> &Lack {
        &self.0[part]
    }
}

/// Which parts of which cube, a key or all of it, which dimensions and measures, and for what it was prepared. What may be any text comes
/// with its length, and no key of a part has a line's end.
fn name<'a>((cube, key): (&Cube, Option<&str>), (asked, preparation): (&Asked, &str), parts: impl Iterator<Item = &'a Key>) -> String {
    let dimensions = asked.dimensions().map(Dimension::name).collect::<Vec<_>>().join(",");
    let (measures, key) = (asked.measures().join(","), key.map_or_else(String::new, |key| format!("={key}")));
    let mut name = format!("{}\n{dimensions}\n{measures}\n{}:{key}\n{}:{preparation}", cube.name, key.len(), preparation.len());
    let mut partition = "";
    for part in parts {
        if part.partition != partition {
            partition = &part.partition;
            name.extend(["\n\n", partition]);
        }
        name.extend(["\n", &part.sort]);
    }
    name
}
