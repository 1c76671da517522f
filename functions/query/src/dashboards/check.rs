//! Whether a dashboard can be kept: every fault of it, each with a JSON pointer to its place.

use super::document::{Chart, Document, Layout, MOST_WIDGETS, NewDashboard, Widget};
use crate::catalogue::Prepared;
use crate::parameters::fault;
use crate::visit::{Visit, pointer};
use cube::query::Granularity;
use model::accept::Fault;
use model::limits::{DIMENSION_BYTES, NAME_BYTES};
use serde_json::Value;
use std::collections::BTreeSet;

/// How long a description may be.
const DESCRIPTION_BYTES: usize = 2000;
/// The columns of the grid that widgets lie on.
const COLUMNS: u32 = 12;
/// The most rows of it, and of one widget.
const ROWS: (u32, u32) = (1000, 100);

/// The document that is sent, checked: where it names no widgets, with those of another that it copies.
pub(super) fn document(new: &NewDashboard, copied: Option<Vec<Widget>>, visit: &Visit) -> Result<Document, Vec<Fault>> {
    let mut faults = Vec::new();
    if !is_name(&new.name) {
        faults.push(fault("/name", "bad_name", format!("a name has 1 to {DIMENSION_BYTES} bytes and no control characters")));
    }
    if new.description.as_ref().is_some_and(|text| text.len() > DESCRIPTION_BYTES) {
        faults.push(fault("/description", "too_long", format!("may have {DESCRIPTION_BYTES} bytes at most")));
    }
    let widgets = match (&new.widgets, copied) {
        (Some(_), Some(_)) => {
            faults.push(fault("/copyOf", "conflict", "cannot be combined with widgets"));
            Vec::new()
        }
        (Some(sent), None) => widgets(sent, visit, &mut faults),
        (None, Some(copied)) => copied,
        (None, None) => {
            faults.push(fault("/widgets", "missing", "are needed, or copyOf"));
            Vec::new()
        }
    };
    let document = Document { name: new.name.clone(), description: new.description.clone(), widgets };
    if faults.is_empty() { Ok(document) } else { Err(faults) }
}

/// The widgets that are sent, as far as they are any; what is wrong with each is told.
fn widgets(sent: &[Value], visit: &Visit, faults: &mut Vec<Fault>) -> Vec<Widget> {
    if sent.is_empty() || sent.len() > MOST_WIDGETS {
        faults.push(fault("/widgets", "bad_count", format!("a dashboard has 1 to {MOST_WIDGETS} widgets, and this has {}", sent.len())));
    }
    let mut widgets = Vec::new();
    let mut ids = BTreeSet::new();
    // No more than may be kept are looked at: a fault for each of thousands says no more.
    for (at, value) in sent.iter().enumerate().take(MOST_WIDGETS) {
        let place = |path: &str| format!("/widgets/{at}{path}");
        let mut widget: Widget = match serde_path_to_error::deserialize(value) {
            Ok(widget) => widget,
            Err(error) => {
                faults.push(fault(&place(&pointer(error.path())), "malformed", error.inner().to_string()));
                continue;
            }
        };
        let found = faults_of(&widget, visit).into_iter().map(|fault| Fault { pointer: place(&fault.pointer), ..fault });
        faults.extend(found);
        let id = widget.id.get_or_insert_with(|| format!("w{}", at + 1)).clone();
        if !ids.insert(id) {
            faults.push(fault(&place("/id"), "repeated", "is another widget's"));
        }
        widgets.push(widget);
    }
    widgets
}

/// What is wrong with a widget, with pointers into it.
fn faults_of(widget: &Widget, visit: &Visit) -> Vec<Fault> {
    let mut faults = Vec::new();
    if widget.id.as_ref().is_some_and(|id| !is_id(id)) {
        faults.push(fault("/id", "bad_id", format!("has 1 to {NAME_BYTES} letters, digits, - and _")));
    }
    if !is_name(&widget.title) {
        faults.push(fault("/title", "bad_name", format!("a title has 1 to {DIMENSION_BYTES} bytes and no control characters")));
    }
    if widget.query.cursor.is_some() {
        faults.push(fault("/query/cursor", "not_here", "a widget shows the first page"));
    }
    if let Err(found) = Prepared::of(&widget.query, visit) {
        faults.extend(found.into_iter().map(|fault| Fault { pointer: format!("/query{}", fault.pointer), ..fault }));
    }
    faults.extend(widget.does_not_draw().map(|(pointer, message)| fault(pointer, "not_drawn_so", message)));
    faults.extend(widget.layout.as_ref().into_iter().flat_map(Layout::faults));
    faults
}

impl Widget {
    /// Why its chart does not draw what its query answers, and which member is to blame; `None` where it does.
    fn does_not_draw(&self) -> Option<(&'static str, &'static str)> {
        let query = &self.query;
        let groups = query.group_by.iter().filter(|name| Granularity::from_name(name).is_none()).count();
        let numbers = query.metrics.len().max(query.measures.len());
        let is_series = query.granularity.is_some() || groups < query.group_by.len();
        let of_numbers = if query.cube.is_some() { "/query/measures" } else { "/query/metrics" };
        match self.chart {
            Chart::Number | Chart::Funnel if groups > 0 => Some(("/query/groupBy", "this chart shows no groups")),
            Chart::Number | Chart::Funnel | Chart::Pie if is_series => Some(("/query/granularity", "this chart shows no series")),
            Chart::Funnel if numbers < 2 => Some((of_numbers, "a funnel goes from one number to another: it has two at least")),
            Chart::Line | Chart::Area if !is_series => Some(("/query/granularity", "this chart shows a series, and needs one")),
            Chart::Bar if groups == 0 && !is_series => {
                Some(("/query/groupBy", "this chart has a bar for each group, or each bucket of a series"))
            }
            Chart::Pie if groups == 0 => Some(("/query/groupBy", "this chart has a part for each group, and needs one dimension at least")),
            Chart::Pie | Chart::Heatmap if numbers != 1 => Some((of_numbers, "this chart shows one number")),
            Chart::Heatmap if groups + usize::from(is_series) != 2 => {
                Some(("/query/groupBy", "a heat map has two sides: two dimensions, or one and a series"))
            }
            _ => None,
        }
    }
}

impl Layout {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut must = |is_so: bool, pointer: &str, message: String| {
            if !is_so {
                faults.push(fault(pointer, "off_the_grid", message));
            }
        };
        must(self.x < COLUMNS, "/layout/x", format!("must be from 0 to {}", COLUMNS - 1));
        must((1..=COLUMNS).contains(&self.width), "/layout/width", format!("must be from 1 to {COLUMNS}"));
        must(self.x.saturating_add(self.width) <= COLUMNS.max(self.x), "/layout/width", format!("ends beyond the {COLUMNS} columns"));
        must(self.y < ROWS.0, "/layout/y", format!("must be from 0 to {}", ROWS.0 - 1));
        must((1..=ROWS.1).contains(&self.height), "/layout/height", format!("must be from 1 to {}", ROWS.1));
        faults.dedup_by(|a, b| a.pointer == b.pointer);
        faults
    }
}

/// Whether something may be the id of a dashboard or a widget.
pub(super) fn is_id(text: &str) -> bool {
    (1..=NAME_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= DIMENSION_BYTES && !name.chars().any(char::is_control)
}
