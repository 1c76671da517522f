//! The columns of performance.

use super::row::Column;
use super::shared;
use model::event::Measurement;

pub fn columns() -> Vec<Column<Measurement>> {
    let own: [Column<Measurement>; _] = [
        Column::label("service", |row| row.facts.service.as_deref()),
        Column::label("endpoint", |row| row.facts.endpoint.as_deref()),
        Column::label("method", |row| row.facts.method.as_deref()),
        Column::number("status_code", |row| row.facts.status_code),
        Column::number("response_time_us", |row| row.facts.response_time_us),
        Column::number("request_bytes", |row| row.facts.request_bytes),
        Column::number("response_bytes", |row| row.facts.response_bytes),
        Column::number("cpu_millipercent", |row| row.facts.cpu_millipercent),
        Column::number("cpu_load_milli", |row| row.facts.cpu_load_milli),
        Column::number("memory_used_bytes", |row| row.facts.memory_used_bytes),
        Column::number("memory_total_bytes", |row| row.facts.memory_total_bytes),
        Column::number("memory_millipercent", |row| row.facts.memory_millipercent),
        Column::number("disk_millipercent", |row| row.facts.disk_millipercent),
        Column::number("query_time_us", |row| row.facts.query_time_us),
        Column::number("pool_active", |row| row.facts.pool_active),
        Column::number("pool_idle", |row| row.facts.pool_idle),
        Column::number("pool_total", |row| row.facts.pool_total),
        Column::number("cache_hits", |row| row.facts.cache_hits),
        Column::number("cache_misses", |row| row.facts.cache_misses),
    ];
    shared::columns(shared::named_by_kind(), own)
}
