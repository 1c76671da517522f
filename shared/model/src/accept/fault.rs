//! What is wrong with a written body, said so that its sender can mend it.

use serde::Serialize;
use std::fmt::Write as _;

/// One fault of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// What kind of fault, for programs.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

/// A place in a body, kept as a chain on the stack: its text is only made where there is a fault.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// The whole body.
    Body,
    /// An item of an array.
    Item(&'a Place<'a>, usize),
    /// A member of an object.
    Member(&'a Place<'a>, &'a str),
}

impl Place<'_> {
    /// The place as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Body => {}
            Self::Item(parent, index) => {
                parent.write(text);
                // Writing to a string cannot fail.
                let _ = write!(text, "/{index}");
            }
            Self::Member(parent, name) => {
                parent.write(text);
                text.push('/');
                text.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
        }
    }
}

/// An event that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its place among the events sent.
    pub index: usize,
    /// Its id, where it said one.
    pub event_id: Option<String>,
    /// All that is wrong with it.
    pub faults: Vec<Fault>,
}

/// Something that was changed to accept an event: it counts, and its sender is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event's place among the events sent.
    pub index: usize,
    /// Where and what; its code is `cut` or `rounded`.
    pub what: Fault,
}
