//! The columns of engagement.

use super::row::Column;
use super::shared;
use model::event::Engagement;

pub fn columns() -> Vec<Column<Engagement>> {
    let own: [Column<Engagement>; _] = [
        Column::label("page", |row| row.facts.page.as_deref()),
        Column::label("feature", |row| row.facts.feature.as_deref()),
        Column::number("value_milli", |row| row.facts.value_milli),
        Column::number("time_on_page_ms", |row| row.facts.time_on_page_ms),
        Column::number("scroll_depth_millipercent", |row| row.facts.scroll_depth_millipercent),
        Column::label("subject", |row| row.facts.subject.as_deref()),
        Column::label("platform", |row| row.facts.platform.as_deref()),
        Column::label("os", |row| row.facts.os.as_deref().or(row.facts.platform.as_deref())),
        Column::label("os_version", |row| row.facts.os_version.as_deref()),
        Column::label("app_version", |row| row.facts.app_version.as_deref()),
        Column::label("device_type", |row| row.facts.device_type.as_deref()),
        Column::label("browser", |row| row.facts.browser.as_deref()),
        Column::label("country", |row| row.facts.country.as_deref()),
        Column::label("utm_source", |row| row.facts.utm_source.as_deref()),
        Column::label("utm_medium", |row| row.facts.utm_medium.as_deref()),
        Column::label("utm_campaign", |row| row.facts.utm_campaign.as_deref()),
    ];
    shared::columns(Column::label("event", |row| row.facts.name.as_deref().or(Some(&row.event.kind))), own)
}
