//! States that are taken up again and again: what their keys come to is worked out once, and corrected for the few that another state has too.

use super::Query;
use super::check::Group;
use super::reading::Reading;
use super::table::Table;
use crate::state::CubeState;

/// A state, and what its keys come to for a question that asks for numbers of keys.
pub struct Prepared {
    pub(super) state: CubeState,
    pub(super) finished: Option<Table>,
}

impl Prepared {
    /// How many bytes of memory it takes, about.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.state.memory_bytes() + self.finished.as_ref().map_or(0, Table::memory_bytes)
    }
}

impl Query {
    /// What decides what keys come to, as a name: questions of one name may share what was prepared for one of them. None of a question that
    /// does not ask what keys come to.
    #[must_use]
    pub fn preparation(&self) -> Option<String> {
        let reading = Reading::of(self);
        reading.prepares().then(|| format!("{:?}", (&self.numbers, &self.groups, &self.filters)))
    }

    /// A state of its cube, made ready for being taken up.
    #[must_use]
    pub fn prepare(&self, mut state: CubeState) -> Prepared {
        state.finish();
        let reading = Reading::of(self);
        let finished = reading.prepares().then(|| {
            let mut table = reading.empty_table();
            reading.gather(&mut table, &state, (0, &[]), None);
            reading.merge_keys(table)
        });
        Prepared { state, finished }
    }
}

impl Reading<'_> {
    /// Whether what keys come to in a state is worth working out before it is known what else there is.
    fn prepares(&self) -> bool {
        let query = self.query;
        let is_by_labels = query.groups.iter().all(|group| matches!(group, Group::Dimension(_)));
        let is_apart = query.granularity.is_none() || self.merges_keys_by_time();
        !self.of_keys.is_empty() && is_by_labels && is_apart && !query.keeps_state && !query.is_piece()
    }

    /// What keys come to in a bucket of time, of which there may be a prepared state, and the rest in a table with a row for each key.
    ///
    /// A key that only one of them has comes to what it comes to there. Of those that both have, what they come to in each is taken away, and
    /// what they come to in both together is added: all that keys come to are sums and distributions, which are sums.
    pub(super) fn finished(&self, time: u32, prepared: Option<&Prepared>, rest: Option<Table>) -> Table {
        let known = prepared.and_then(|prepared| Some((&prepared.state, prepared.finished.as_ref()?)));
        let (Some((state, known)), Some(place)) = (known, self.key_place()) else {
            return self.merge_keys(rest.unwrap_or_else(|| self.empty_table()));
        };
        let mut finished = self.merge_keys(self.empty_table());
        finished.append(known, Some(time), 0);
        let Some(rest) = rest else { return finished };
        let keys = &state.cells.labels[0];
        let mut in_state = vec![false; keys.len()];
        let in_rest: Vec<bool> = rest.cells.labels[place]
            .iter()
            .map(|key| {
                let code = keys.find(key);
                if let Some(code) = code {
                    in_state[code as usize] = true;
                }
                code.is_some()
            })
            .collect();
        let shared = in_rest.contains(&true).then(|| {
            let mut of_state = self.empty_table();
            self.gather(&mut of_state, state, (time, &[]), Some(&in_state));
            (of_state, rest.only(|codes| in_rest[codes[place] as usize]))
        });
        finished.append(&self.merge_keys(rest), None, 0);
        if let Some((of_state, of_rest)) = shared {
            let mut both = of_state.clone();
            both.append(&of_rest, None, 0);
            let of_keys = self.measures.len();
            finished.append(&self.merge_keys(both), None, of_keys);
            for apart in [of_state, of_rest] {
                finished.take_away(&self.merge_keys(apart), of_keys);
            }
        }
        finished
    }
}
