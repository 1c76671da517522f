//! The columns of a platform's life.

use super::row::Column;
use super::shared;
use model::event::Lifecycle;

pub fn columns() -> Vec<Column<Lifecycle>> {
    let own: [Column<Lifecycle>; _] = [
        Column::label("name", |row| row.facts.name.as_deref()),
        Column::label("subject", |row| row.facts.subject.as_deref()),
        Column::label("plan_from", |row| row.facts.plan_from.as_deref()),
        Column::label("plan_to", |row| row.facts.plan_to.as_deref()),
    ];
    shared::columns(shared::named_by_kind(), own)
}
