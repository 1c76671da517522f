//! Erases people: from events, as columns, and from states, where the events are gone. What an event counts for stays (amounts, tokens, kind,
//! time, plan, project); what names its user goes, so that totals are what they were and the cells of the user are those of nobody.
//!
//! Sketches are not rewritten: what they hold of a user is a hash, which cannot be taken out of the others. States that are folded again from
//! erased events have none.

use crate::catalogue::{Dimension, NONE};
use crate::state::{Column, CubeState, FamilyState};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType};
use arrow_select::nullif::nullif;
use model::erasure::{Erasures, tells_of};
use std::borrow::Cow;
use std::sync::Arc;

/// The columns that are emptied: what they say is the person's own, or leads to the person.
const EMPTIED: [&str; 6] = ["user", "session", "properties", "transaction", "conversation", "reason"];
/// Labels that a person has no part in.
const KEPT: [&str; 2] = ["project", "kind"];

/// The events without whatever names people who are erased; the same batch where it names none. It may have all columns of its family, or
/// some: those of the user and of both times must be among them.
///
/// # Errors
/// Where the columns do not fit together.
pub fn erase(events: &RecordBatch, erasures: &Erasures) -> Result<RecordBatch, ArrowError> {
    let Some(erased) = Erased::of(events, erasures) else { return Ok(events.clone()) };
    let schema = events.schema();
    let columns = schema.fields().iter().zip(events.columns()).map(|(field, column)| erased.column(field.name(), column));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema, columns)
}

/// Whether events name people who are erased.
#[must_use]
pub fn names_erased(events: &RecordBatch, erasures: &Erasures) -> bool {
    Erased::of(events, erasures).is_some()
}

/// The rows of a batch that are erased.
struct Erased<'a> {
    erasures: &'a Erasures,
    /// The user of each row that is erased.
    users: Vec<Option<&'a str>>,
    mask: BooleanArray,
    of_subscription: Option<&'a BooleanArray>,
    /// Rows that tell of a project, whose name is its own.
    of_project: Vec<bool>,
}

impl<'a> Erased<'a> {
    /// `None` where no row is.
    fn of(events: &'a RecordBatch, erasures: &'a Erasures) -> Option<Self> {
        if erasures.is_empty() {
            return None;
        }
        let labels = Labels::of(events.column_by_name("user")?)?;
        let until: Vec<Option<i64>> = labels.values.iter().map(|user| Some(erasures.of(user?)?.before.as_millis())).collect();
        if until.iter().all(Option::is_none) {
            return None;
        }
        let times = events.column_by_name("time")?.as_primitive_opt::<TimestampMillisecondType>()?.values();
        let received = events.column_by_name("received")?.as_primitive_opt::<TimestampMillisecondType>()?.values();
        let user = |row: usize| {
            let code = labels.code(row)?;
            (times[row].min(received[row]) < until[code]?).then(|| labels.values.value(code))
        };
        let users: Vec<Option<&str>> = (0..events.num_rows()).map(user).collect();
        if users.iter().all(Option::is_none) {
            return None;
        }
        let mask = users.iter().map(|user| Some(user.is_some())).collect();
        let kinds = events.column_by_name("kind").and_then(Labels::of);
        let is_of_project = |row| kinds.as_ref().and_then(|kinds| kinds.label(row)).is_some_and(|kind| kind.starts_with("project."));
        let of_project = (0..events.num_rows()).map(is_of_project).collect();
        let of_subscription = events.column_by_name("of_subscription").and_then(|column| column.as_boolean_opt());
        Some(Self { erasures, users, mask, of_subscription, of_project })
    }

    fn column(&self, name: &str, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        match name {
            "id" => Ok(Arc::new(self.ids(column.as_string_opt::<i32>().ok_or_else(|| other_type(name))?))),
            _ if KEPT.contains(&name) => Ok(Arc::clone(column)),
            _ if matches!(column.data_type(), DataType::Dictionary(..)) => {
                let labels = Labels::of(column).ok_or_else(|| other_type(name))?;
                // A new dictionary, so that no label is left in it that no row has any more.
                let label = |row| labels.label(row).map(Cow::Borrowed);
                let rows = self.users.iter().enumerate().map(|(row, user)| match user {
                    Some(user) => self.label(name, (row, user), label(row)),
                    None => label(row),
                });
                Ok(Arc::new(rows.collect::<Texts<'_>>().0))
            }
            _ if EMPTIED.contains(&name) => nullif(column, &self.mask),
            _ => Ok(Arc::clone(column)),
        }
    }

    fn ids(&self, ids: &StringArray) -> StringArray {
        let id = |(row, user): (usize, Option<&str>)| match user {
            Some(_) => Cow::Owned(self.erasures.event_id(ids.value(row))),
            None => Cow::Borrowed(ids.value(row)),
        };
        StringArray::from_iter_values(self.users.iter().copied().enumerate().map(id))
    }

    /// What a label of an erased user's event becomes.
    fn label<'l>(&self, name: &str, (row, user): (usize, &str), label: Option<Cow<'l, str>>) -> Option<Cow<'l, str>> {
        if name == "subscription" {
            let is_of_subscription = self.of_subscription.is_none_or(|of_subscription| of_subscription.value(row));
            return is_of_subscription.then(|| Cow::Owned(self.erasures.subscription(user, label.as_deref().unwrap_or_default())));
        }
        let is_emptied = EMPTIED.contains(&name) || (name == "name" && !self.of_project[row]);
        label.filter(|label| !is_emptied && !tells_of(label, user))
    }
}

/// A dictionary of texts that are made on the way.
struct Texts<'a>(DictionaryArray<Int32Type>, std::marker::PhantomData<&'a ()>);

impl<'a> FromIterator<Option<Cow<'a, str>>> for Texts<'a> {
    fn from_iter<I: IntoIterator<Item = Option<Cow<'a, str>>>>(texts: I) -> Self {
        let texts: Vec<Option<Cow<'a, str>>> = texts.into_iter().collect();
        Self(texts.iter().map(Option::as_deref).collect(), std::marker::PhantomData)
    }
}

/// A column of labels.
struct Labels<'a> {
    column: &'a DictionaryArray<Int32Type>,
    values: &'a StringArray,
}

impl<'a> Labels<'a> {
    fn of(column: &'a ArrayRef) -> Option<Self> {
        let column = column.as_dictionary_opt::<Int32Type>()?;
        Some(Self { column, values: column.values().as_string_opt()? })
    }

    fn code(&self, row: usize) -> Option<usize> {
        self.column.key(row)
    }

    fn label(&self, row: usize) -> Option<&'a str> {
        self.code(row).map(|code| self.values.value(code))
    }
}

fn other_type(column: &str) -> ArrowError {
    ArrowError::SchemaError(format!("the column {column} is of another type"))
}

impl FamilyState {
    /// The state without whatever names erased people, where it is of events that all happened before a moment and were not erased; `None`
    /// where it names none of them.
    #[must_use]
    pub fn erased(&self, erasures: &Erasures) -> Option<Self> {
        if erasures.is_empty() {
            return None;
        }
        let cubes: Vec<Option<CubeState>> = self.cubes().iter().map(|cube| cube.erased(erasures)).collect();
        if cubes.iter().all(Option::is_none) {
            return None;
        }
        let cubes = self.cubes().iter().zip(cubes).map(|(before, erased)| erased.unwrap_or_else(|| before.clone()));
        Some(Self::of(self.family(), cubes.collect()))
    }
}

impl CubeState {
    /// Whether any of its cells has this label.
    #[must_use]
    pub fn has(&self, dimension: Dimension, label: &str) -> bool {
        let Some(at) = self.place(dimension) else { return false };
        (0..self.len()).any(|cell| self.cells.label(cell, at) == label)
    }

    /// The user of each cell that has one.
    fn users(&self) -> impl Iterator<Item = (usize, &str)> {
        let at = self.place(Dimension::User);
        let cells = 0..at.map_or(0, |_| self.len());
        cells.map(move |cell| (cell, self.cells.label(cell, at.unwrap_or_default()))).filter(|(_, user)| *user != NONE)
    }

    fn place(&self, dimension: Dimension) -> Option<usize> {
        self.cube().dimensions.iter().position(|own| *own == dimension)
    }

    /// The state with the cells of erased users given to nobody; `None` where there are none.
    fn erased(&self, erasures: &Erasures) -> Option<Self> {
        let mut is_erased = vec![false; self.len()];
        for (cell, user) in self.users() {
            is_erased[cell] = erasures.of(user).is_some();
        }
        if !is_erased.contains(&true) {
            return None;
        }
        let (user, subscription) = (self.place(Dimension::User)?, self.place(Dimension::Subscription));
        let renamed = |cell: usize| {
            let name = self.cells.label(cell, subscription?);
            let name = if name == NONE { "" } else { name };
            is_erased[cell].then(|| erasures.subscription(self.cells.label(cell, user), name))
        };
        let subscriptions: Vec<Option<String>> = (0..self.len()).map(renamed).collect();
        let mut before = self.clone();
        for column in &mut before.columns {
            if let Column::Transitions(transitions) = column {
                let cells = transitions.iter_mut().zip(&is_erased).filter(|(_, is_erased)| **is_erased);
                cells.for_each(|(transitions, _)| transitions.rename(|id| erasures.event_id(id)));
            }
        }
        let mut erased = Self::empty(self.cube());
        erased.merge_relabelled(&before, |cell, dimension, _| {
            if !is_erased[cell] {
                return None;
            }
            let subscription = subscriptions[cell].as_deref().filter(|_| subscription == Some(dimension));
            subscription.or((dimension == user).then_some(NONE))
        });
        Some(erased)
    }
}

#[cfg(test)]
mod tests;
