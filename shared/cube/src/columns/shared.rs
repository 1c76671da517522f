//! The columns that all families have.

use super::row::Column;

/// The columns of a family: the shared ones, of which `event` is how the family names what happened, and its own.
pub fn columns<F, const N: usize>(event: Column<F>, own: [Column<F>; N]) -> Vec<Column<F>> {
    let shared = [
        Column::text("id", |row| Some(row.event.id.as_str())),
        Column::label("project", |row| Some(row.event.project.as_str())),
        Column::label("user", |row| row.event.user.as_ref().map(model::UserId::as_str)),
        Column::label("session", |row| row.event.session.as_deref()),
        Column::label("kind", |row| Some(&row.event.kind)),
        event,
        Column::label("plan", |row| row.event.plan.as_deref()),
        Column::time("time", |row| Some(row.event.time)),
        Column::time("original_time", |row| row.event.original_time),
        Column::time("received", |row| Some(row.event.received)),
        Column::hour("hour", |row| row.hour),
        Column::flag("historical", |row| row.event.historical),
        Column::hash("content_hash", |row| row.content_hash),
        Column::text("properties", |row| row.event.properties.as_deref()),
    ];
    shared.into_iter().chain(own).collect()
}

/// Events that are named by their type.
pub fn named_by_kind<F>() -> Column<F> {
    Column::label("event", |row| Some(&row.event.kind))
}
