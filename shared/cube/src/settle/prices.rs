//! What AI requests cost, worked out anew from their columns: the same as [`crate::columns::from_events`] makes of the events with these
//! prices. A cost that the client gave stays what it is in total; how much of it is input is as the prices say.

use super::SettleError;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use model::Timestamp;
use model::event::Tokens;
use model::price::{Listed, PriceBook, Priced};
use std::sync::Arc;

/// The batch with the cost of its requests, whether they have a price, and, where the client did not say, who serves the model.
pub fn price(events: &RecordBatch, book: &PriceBook) -> Result<RecordBatch, SettleError> {
    if events.num_rows() == 0 {
        return Ok(events.clone());
    }
    let requests = Requests::of(events)?;
    let listed: Vec<Option<Listed<'_>>> = requests.models.values.iter().map(|model| book.listed(model?)).collect();
    let of_row = |row: usize| requests.models.code(row).and_then(|code| listed[code].as_ref());
    let priced: Vec<Priced> = (0..events.num_rows()).map(|row| requests.priced(row, of_row(row))).collect();
    let mut changed: Vec<(&'static str, ArrayRef)> = vec![
        ("input_cost_pico", Arc::new(Int64Array::from_iter_values(priced.iter().map(|priced| priced.cost.input_pico)))),
        ("output_cost_pico", Arc::new(Int64Array::from_iter_values(priced.iter().map(|priced| priced.cost.output_pico)))),
        ("priced", Arc::new(priced.iter().map(|priced| Some(priced.is_priced)).collect::<BooleanArray>())),
    ];
    if let Some(providers) = requests.providers(events.num_rows(), &listed) {
        changed.push(("provider", Arc::new(providers)));
    }
    let schema = events.schema();
    let mut columns = events.columns().to_vec();
    for (name, column) in changed {
        columns[schema.index_of(name)?] = column;
    }
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// A column of labels.
struct Labels<'a> {
    keys: &'a Int32Array,
    values: &'a StringArray,
}

impl Labels<'_> {
    fn code(&self, row: usize) -> Option<usize> {
        if self.keys.is_null(row) { None } else { usize::try_from(self.keys.value(row)).ok() }
    }

    fn label(&self, row: usize) -> Option<&str> {
        self.code(row).map(|code| self.values.value(code))
    }
}

/// What the cost of requests depends on.
struct Requests<'a> {
    models: Labels<'a>,
    providers: Labels<'a>,
    is_provider_listed: &'a BooleanArray,
    times: &'a [i64],
    input: &'a [i64],
    output: &'a [i64],
    cache_read: &'a [i64],
    cache_write: &'a [i64],
    is_given: &'a BooleanArray,
    input_cost: &'a [i64],
    output_cost: &'a [i64],
}

impl<'a> Requests<'a> {
    fn of(events: &'a RecordBatch) -> Result<Self, SettleError> {
        let column = |name| events.column_by_name(name).ok_or(SettleError::Column(name));
        let labels = |name| {
            let labels = column(name)?.as_dictionary_opt::<Int32Type>().ok_or(SettleError::Column(name))?;
            Ok::<_, SettleError>(Labels { keys: labels.keys(), values: labels.values().as_string_opt().ok_or(SettleError::Column(name))? })
        };
        let numbers = |name| Ok::<_, SettleError>(column(name)?.as_primitive_opt::<Int64Type>().ok_or(SettleError::Column(name))?.values());
        let flags = |name| column(name)?.as_boolean_opt().ok_or(SettleError::Column(name));
        Ok(Self {
            models: labels("model")?,
            providers: labels("provider")?,
            is_provider_listed: flags("provider_listed")?,
            times: column("time")?.as_primitive_opt::<TimestampMillisecondType>().ok_or(SettleError::Column("time"))?.values(),
            input: numbers("input_tokens")?,
            output: numbers("output_tokens")?,
            cache_read: numbers("cache_read_tokens")?,
            cache_write: numbers("cache_write_tokens")?,
            is_given: flags("cost_given")?,
            input_cost: numbers("input_cost_pico")?,
            output_cost: numbers("output_cost_pico")?,
        })
    }

    fn priced(&self, row: usize, listed: Option<&Listed<'_>>) -> Priced {
        let tokens = Tokens {
            input: self.input[row],
            output: self.output[row],
            cache_read: self.cache_read[row],
            cache_write: self.cache_write[row],
            ..Tokens::default()
        };
        let given = self.is_given.value(row).then(|| self.input_cost[row].wrapping_add(self.output_cost[row]));
        Priced::of(given, listed.and_then(|listed| listed.cost(&tokens, Timestamp::from_millis(self.times[row]))), &tokens)
    }

    /// Who serves the models; `None` where the column says so already.
    fn providers(&self, rows: usize, listed: &[Option<Listed<'_>>]) -> Option<DictionaryArray<Int32Type>> {
        let listed_of_row = |row: usize| {
            let listed = self.models.code(row).and_then(|code| listed[code].as_ref());
            listed.and_then(|listed| listed.provider(Timestamp::from_millis(self.times[row])))
        };
        let of_row = |row: usize| {
            if self.is_provider_listed.value(row) { listed_of_row(row).filter(|name| !name.is_empty()) } else { self.providers.label(row) }
        };
        let is_as_before = (0..rows).all(|row| !self.is_provider_listed.value(row) || of_row(row) == self.providers.label(row));
        (!is_as_before).then(|| (0..rows).map(of_row).collect())
    }
}
