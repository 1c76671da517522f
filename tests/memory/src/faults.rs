//! Faults on demand: which calls to the ports fail, and whether they fail before or after they took effect.

use ports::{PortError, Result};
use std::sync::{Arc, Mutex};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was done.
    Before,
    /// It was done, and only the answer was lost.
    After,
    /// The service says that it never will.
    Refused,
}

/// A call to a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// How many calls came before it, to all ports that share the faults.
    pub index: usize,
    /// `table`, `bucket` or `queue`.
    pub service: &'static str,
    /// The port's method.
    pub operation: &'static str,
    /// The object's key, or `partition / sort` of the item.
    pub key: String,
}

type Plan = Box<dyn Fn(&Call) -> Option<Fault> + Send>;

/// The faults that several ports share. Without a plan, every call works.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    plan: Option<Plan>,
    calls: Vec<Call>,
}

impl Faults {
    /// Faults none of which happens yet.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// From now on, a call fails as the plan says.
    pub fn plan(&self, plan: impl Fn(&Call) -> Option<Fault> + Send + 'static) {
        self.0.lock().unwrap().plan = Some(Box::new(plan));
    }

    /// The next call fails; those after it work.
    pub fn fail_next(&self, fault: Fault) {
        let next = self.calls();
        self.plan(move |call| (call.index == next).then_some(fault));
    }

    /// A crash: the call that comes after `count` more fails so, and every one after it before it does anything, until [`Self::heal`].
    pub fn crash_after(&self, count: usize, fault: Fault) {
        let last = self.calls() + count;
        self.plan(move |call| match call.index {
            index if index < last => None,
            index if index == last => Some(fault),
            _ => Some(Fault::Before),
        });
    }

    /// A service does not answer until [`Self::heal`].
    pub fn down(&self, service: &'static str) {
        self.plan(move |call| (call.service == service).then_some(Fault::Before));
    }

    /// From now on, every call works.
    pub fn heal(&self) {
        self.0.lock().unwrap().plan = None;
    }

    /// How many calls there were.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.0.lock().unwrap().calls.len()
    }

    /// All calls there were, in order.
    #[must_use]
    pub fn history(&self) -> Vec<Call> {
        self.0.lock().unwrap().calls.clone()
    }

    /// Carries out a call, or fails it as planned.
    pub(crate) fn around<T>(&self, place: Place<'_>, carry_out: impl FnOnce() -> Result<T>) -> Result<T> {
        let fault = {
            let mut state = self.0.lock().unwrap();
            let Place { service, operation, key } = place;
            let call = Call { index: state.calls.len(), service, operation, key: key.to_owned() };
            let fault = state.plan.as_ref().and_then(|plan| plan(&call));
            state.calls.push(call);
            fault
        };
        let service = place.service;
        match fault {
            None => carry_out(),
            Some(Fault::Before) => Err(PortError::Unavailable { service, source: "a planned fault, before the call".into() }),
            Some(Fault::Refused) => Err(PortError::Refused { service, source: "a planned refusal".into() }),
            Some(Fault::After) => {
                carry_out()?;
                Err(PortError::Unavailable { service, source: "a planned fault, after the call".into() })
            }
        }
    }
}

/// Which call is carried out.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub service: &'static str,
    pub operation: &'static str,
    pub key: &'a str,
}
