//! The columns of AI usage. Its cost is worked out here, from the prices of the moment of the request.

use super::row::{Column, Row};
use super::shared;
use model::event::AiUse;
use model::price::Priced;

/// What the request costs, looked up once.
fn priced<'r>(row: &'r Row<'_, AiUse>) -> &'r Priced {
    row.priced.get_or_init(|| row.context.prices.cost_of(row.facts, row.event.time))
}

/// Who serves the model: as the client says, else as the price table has it.
fn provider<'a>(row: &Row<'a, AiUse>) -> Option<&'a str> {
    let listed = || row.context.prices.provider(row.facts.model.as_deref()?, row.event.time);
    row.facts.provider.as_deref().or_else(listed)
}

pub fn columns() -> Vec<Column<AiUse>> {
    let own: [Column<AiUse>; _] = [
        Column::label("provider", provider),
        // Who serves the model is as the price table has it, and looked up anew when prices change.
        Column::flag("provider_listed", |row| row.facts.provider.is_none()),
        Column::label("model", |row| row.facts.model.as_deref()),
        Column::label("service", |row| row.facts.service.as_deref()),
        Column::label("feature", |row| row.facts.feature.as_deref()),
        Column::label("complexity", |row| row.facts.complexity.as_deref()),
        Column::label("language", |row| row.facts.language.as_deref()),
        Column::label("status", |row| row.facts.status.as_deref()),
        Column::label("conversation", |row| row.facts.conversation.as_deref()),
        Column::number("input_tokens", |row| Some(row.facts.tokens.input)),
        Column::number("output_tokens", |row| Some(row.facts.tokens.output)),
        Column::number("cache_read_tokens", |row| Some(row.facts.tokens.cache_read)),
        Column::number("cache_write_tokens", |row| Some(row.facts.tokens.cache_write)),
        Column::number("reasoning_tokens", |row| Some(row.facts.tokens.reasoning)),
        Column::flag("tokens_total_only", |row| row.facts.tokens_total_only),
        Column::number("input_cost_pico", |row| Some(priced(row).cost.input_pico)),
        Column::number("output_cost_pico", |row| Some(priced(row).cost.output_pico)),
        Column::flag("priced", |row| priced(row).is_priced),
        // A cost that the client gave is the sum of the two above; another is worked out anew when prices change.
        Column::flag("cost_given", |row| row.facts.given_cost_pico.is_some()),
        Column::number("credits_micros", |row| row.facts.credits_micros),
        Column::number("latency_ms", |row| row.facts.latency_ms),
        Column::number("response_bytes", |row| row.facts.response_bytes),
        Column::number("prompt_chars", |row| row.facts.prompt_chars),
        Column::number("response_chars", |row| row.facts.response_chars),
    ];
    shared::columns(shared::named_by_kind(), own)
}
