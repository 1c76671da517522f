//! A search through all histories, and the shortest one that goes wrong.

use crate::faults::{Fault, fault, finish, is_left};
use crate::guard::Without;
use crate::setup::Setup;
use crate::tell::tell;
use crate::world::{Action, Protocol, World};
use stateright::{Checker, HasDiscoveries, Model};
use std::fmt;

/// What a search has found.
#[derive(Debug)]
pub struct Findings {
    /// In which setup.
    pub setup: &'static str,
    /// How many worlds it has seen.
    pub worlds: usize,
    /// The longest history it has followed.
    pub depth: usize,
    /// The shortest history that goes wrong, if any does.
    pub broken: Option<Broken>,
}

/// A history that goes wrong.
#[derive(Debug)]
pub struct Broken {
    /// What is wrong in the end.
    pub fault: Fault,
    /// What happened.
    pub history: Vec<String>,
}

/// Follows every history of a setup, without these guards, until one goes wrong.
#[must_use]
pub fn search(setup: Setup, without: Without) -> Findings {
    let checker = Protocol::new(setup, without).checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let path = checker.discoveries().into_values().next();
    let broken = path.and_then(|path| broken(checker.model(), &path.into_vec()));
    Findings { setup: setup.name, worlds: checker.unique_state_count(), depth: checker.max_depth(), broken }
}

fn broken(protocol: &Protocol, steps: &[(World, Option<Action>)]) -> Option<Broken> {
    let (last, _) = steps.last()?;
    let mut history = told(protocol, steps);
    if is_left(protocol, last) {
        let mut shown = Vec::new();
        let finished = finish(protocol, last.clone(), |world, action| shown.push((world.clone(), Some(action))));
        shown.push((finished, None));
        history.push("from here on nobody crashes, and all that is left is done once:".to_owned());
        history.extend(told(protocol, &shown));
    }
    Some(Broken { fault: fault(protocol, last)?, history })
}

/// The steps from world to world, in words.
fn told(protocol: &Protocol, steps: &[(World, Option<Action>)]) -> Vec<String> {
    let pairs = steps.iter().zip(steps.iter().skip(1));
    pairs.filter_map(|((before, action), (after, _))| Some(tell(protocol, before, ((*action)?, after)))).collect()
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} worlds, histories of up to {} steps, ", self.setup, self.worlds, self.depth)?;
        match &self.broken {
            None => f.write_str("no violation"),
            Some(Broken { fault, history }) => {
                write!(f, "BROKEN: {fault}")?;
                history.iter().zip(1..).try_for_each(|(step, number)| write!(f, "\n  {number:2}. {step}"))
            }
        }
    }
}
