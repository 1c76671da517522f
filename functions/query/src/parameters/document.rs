//! What the API's document says of parameters, from the same data that reads them.

use super::known::{Absent, Kind, Known, MOST, Own, metric_names};
use cube::query::Granularity;
use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle, PathItem};
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Required, Response, ResponseBuilder, Schema};
use utoipa_axum::router::UtoipaMethodRouter;

/// A zone's name, and what a period may look like.
const ZONES: [&str; 3] = ["UTC", "Europe/Berlin", "Asia/Kolkata"];
const PERIOD: &str = "^([1-9][0-9]{0,4}[hdwmy]|day|week|month|quarter|year)$";

/// The routes of an endpoint, whose reads understand these parameters: `routes(taking(&KNOWN, routes!(answer)))`.
pub(crate) fn taking<S>(known: &Known<'_>, (schemas, mut paths, router): UtoipaMethodRouter<S>) -> UtoipaMethodRouter<S> {
    for PathItem { get, .. } in paths.paths.values_mut() {
        let Some(operation) = get else { continue };
        operation.parameters.get_or_insert_default().extend(parameters(known));
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged()));
    }
    (schemas, paths, router)
}

fn unchanged() -> Response {
    ResponseBuilder::new().description("The answer that `If-None-Match` names is still current.").build()
}

/// All that an endpoint understands, in the order in which the reader tells it.
fn parameters(known: &Known<'_>) -> Vec<Parameter> {
    let mut all: Vec<Parameter> = known.own.iter().map(own).collect();
    if known.time {
        all.extend(time());
    }
    all.extend(known.dimensions.iter().map(|dimension| {
        let name = dimension.name();
        let values = ArrayBuilder::new().items(text(None));
        let described = ParameterBuilder::new().description(Some(format!("Only what has this {name}; given several times, any of them.")));
        described.name(name).parameter_in(ParameterIn::Query).required(Required::False).schema(Some(values)).explode(Some(true)).build()
    }));
    if let Some(grouping) = known.groups {
        let numbers = grouping.numbers.join(", ");
        let description = format!(
            "One or more dimensions, comma-separated: adds `groups` to the answer, with {numbers} by them; the largest {} first, or with \
             `hour`, `day`, `week` or `month` among them, which set the granularity, the oldest first.",
            grouping.numbers.first().copied().unwrap_or_default(),
        );
        let values = ArrayBuilder::new().items(one_of(&grouping.names(), None)).min_items(Some(1)).unique_items(true);
        let parameter = ParameterBuilder::new().name("groupBy").parameter_in(ParameterIn::Query).required(Required::False);
        all.push(
            parameter.description(Some(description)).schema(Some(values)).style(Some(ParameterStyle::Form)).explode(Some(false)).build(),
        );
    }
    if let Some(default) = known.default_limit() {
        let count = whole((1, MOST), Some(json!(default)));
        all.push(query("limit", "How many rows at most.", Required::False, count));
    }
    if known.takes_cursor() {
        let description = "`nextCursor` of the page before this one; everything else but `limit` as it was asked for that.";
        all.push(query("cursor", description, Required::False, text(None)));
    }
    all
}

fn time() -> [Parameter; 5] {
    let moment = || {
        let of = |format| ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)));
        AnyOfBuilder::new().item(of(KnownFormat::Date)).item(of(KnownFormat::DateTime)).build()
    };
    let optional = |name, description, schema: Schema| query(name, description, Required::False, schema);
    let granularities = Granularity::ALL.map(Granularity::name);
    let period = ObjectBuilder::new().schema_type(Type::String).pattern(Some(PERIOD)).examples(["24h", "7d", "30d", "month"]).build();
    let zone = ObjectBuilder::new().schema_type(Type::String).default(Some(json!("UTC"))).examples(ZONES).build();
    [
        optional(
            "startDate",
            "A date, from its first moment, or a date-time (ISO 8601); 30 days before the end by default.",
            moment().into(),
        ),
        optional("endDate", "A date, included whole, or a date-time, not included (ISO 8601); now by default.", moment().into()),
        optional(
            "period",
            "So many hours, days, weeks, months or years back from now, or the calendar's own, from its start.",
            period.into(),
        ),
        optional(
            "granularity",
            "Into what times series are divided; by default so that there are at most about 100.",
            one_of(&granularities, None).into(),
        ),
        optional("timezone", "The IANA name of the zone whose days, weeks (from Monday) and months are meant.", zone.into()),
    ]
}

fn own(Own { name, description, kind, absent }: &Own) -> Parameter {
    let (default, required) = match absent {
        Absent::Nothing => (None, Required::False),
        Absent::Means(value) => (Some(*value), Required::False),
        Absent::Fault => (None, Required::True),
    };
    let default_text = default.map(Value::from);
    let schema: Schema = match kind {
        Kind::Text => text(default_text).into(),
        Kind::Count(least, most) => {
            whole((*least as usize, *most as usize), default.and_then(|text| text.parse::<u32>().ok()).map(Value::from)).into()
        }
        Kind::OneOf(values) => one_of(values, default_text).into(),
        Kind::Metric => one_of(&metric_names(), default_text).into(),
        Kind::Metrics => {
            let several: Schema = ArrayBuilder::new().items(one_of(&metric_names(), None)).min_items(Some(1)).into();
            let parameter = ParameterBuilder::from(query(name, description, required, several));
            return parameter.style(Some(ParameterStyle::Form)).explode(Some(false)).build();
        }
    };
    query(name, description, required, schema)
}

fn query(name: &str, description: &str, required: Required, schema: impl Into<Schema>) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).required(required);
    parameter.description(Some(description)).schema(Some(RefOr::T(schema.into()))).build()
}

fn text(default: Option<Value>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).default(default).build()
}

fn whole((least, most): (usize, usize), default: Option<Value>) -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most)).default(default).build()
}

fn one_of(values: &[&str], default: Option<Value>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values.iter().copied())).default(default).build()
}
