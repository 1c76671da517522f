//! What `groupBy` adds to an answer: its main numbers by the dimensions asked for, as rows.
//!
//! An endpoint names in its [`Grouping`](crate::parameters::Grouping) which numbers and cubes; then it asks one question more
//! ([`Grouped::question`]) and writes that answer as [`Groups`].

use crate::parameters::{Asked, PlaceOf, fault, wrong};
use crate::shape::{Figure, date};
use cube::catalogue::{Cube, Dimension};
use cube::query::{Answer, Granularity, MetricQuery, QueryFault, Row};
use reader::Reading;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use web::Problem;

/// The question that `groupBy` adds to those of an endpoint.
pub(crate) struct Grouped {
    /// What is to be asked.
    pub question: MetricQuery,
    /// What rows are told apart by, in the order asked for.
    names: Vec<String>,
    /// The granularity among the names.
    granularity: Option<Granularity>,
}

/// The endpoint's main numbers by the dimensions that `groupBy` names.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Groups {
    /// How the rows are ordered.
    order: String,
    /// A row for each combination of dimensions: each dimension with its value, then each number.
    data: Vec<Group>,
    /// What `cursor` must be for the rows after these; `null` where there are none.
    next_cursor: Option<String>,
}

/// Dimensions and numbers of a row, in their order.
pub(crate) struct Group {
    pub labels: Vec<(String, String)>,
    pub figures: Vec<(Cow<'static, str>, Figure)>,
}

impl Asked {
    /// What `groupBy` asks; `None` where it is not given. Money is told apart by currency, asked for or not (I8).
    ///
    /// # Errors
    /// 400, where no cube counts by all that is asked together.
    pub fn grouped(&self) -> Result<Option<Grouped>, Problem> {
        let Some(grouping) = self.grouping.filter(|_| !self.group_by.is_empty()) else { return Ok(None) };
        let mut needed: Vec<Dimension> = self.group_by.iter().filter_map(|name| Dimension::from_name(name)).collect();
        needed.extend(self.dimensions());
        needed.extend(grouping.only.iter().map(|(dimension, _)| *dimension));
        let has_all = |cube: &&Cube| needed.iter().all(|dimension| cube.dimensions.contains(dimension));
        let Some(cube) = grouping.cubes().find(|cube| has_all(cube)) else {
            return Err(wrong(vec![fault("groupBy", "not_counted_together", apart(&needed, grouping.cubes()))]));
        };
        let narrowed = grouping
            .only
            .iter()
            .fold(self.question(cube.name, grouping.numbers), |question, (dimension, values)| question.only(dimension.name(), values));
        let mut question = self.group_by.iter().fold(narrowed, |question, name| question.by(name));
        question.timezone = self.window.timezone;
        let mut names = self.group_by.clone();
        let is_mixed = |fault: &QueryFault| matches!(fault, QueryFault::MixedCurrencies { .. });
        if question.check().is_err_and(|faults| faults.iter().any(is_mixed)) {
            question = question.by(Dimension::Currency.name());
            names.push(Dimension::Currency.name().to_owned());
        }
        let granularity = names.iter().find_map(|name| Granularity::from_name(name));
        Ok(Some(Grouped { question, names, granularity }))
    }
}

/// Which dimensions are not counted together, and which are.
fn apart(needed: &[Dimension], cubes: impl Iterator<Item = &'static Cube>) -> String {
    let list = |dimensions: &[Dimension]| dimensions.iter().map(|dimension| dimension.name()).collect::<Vec<_>>().join(", ");
    let known: Vec<String> = cubes.map(|cube| list(cube.dimensions)).collect();
    format!("{} are not counted together here; these are: {}", list(needed), known.join("; or "))
}

impl Grouped {
    /// The rows of the answer to the question.
    pub fn groups<'a>(&self, asked: &Asked, answer: &'a Answer) -> Groups {
        let numbers = asked.grouping.map(|grouping| grouping.numbers).unwrap_or_default();
        let rank = |row: &Row| row.values.first().and_then(cube::query::Number::as_f64).unwrap_or(f64::NEG_INFINITY);
        let place = |row: &'a Row| match row.start {
            Some(start) => PlaceOf::timed(start, &row.labels),
            None => PlaceOf::ranked(rank(row), &row.labels),
        };
        let page = asked.page_by(answer.rows.iter().map(|row| (place(row), row)), |row| self.group(asked, numbers, row));
        let order = match self.granularity {
            Some(granularity) => format!("{}, then by label", granularity.name()),
            None => format!("{} descending, then by label", numbers.first().copied().unwrap_or_default()),
        };
        Groups { order, data: page.data, next_cursor: page.next_cursor }
    }

    fn group(&self, asked: &Asked, numbers: &[&'static str], row: &Row) -> Group {
        let mut labels = row.labels.iter();
        let label = |name: &String| match (Granularity::from_name(name), row.start) {
            (Some(Granularity::Hour), Some(start)) => Some(start.to_string()),
            (Some(_), Some(start)) => Some(date(start, asked).to_string()),
            _ => labels.next().cloned(),
        };
        let mut label = label;
        let labels = self.names.iter().filter_map(|name| Some((name.clone(), label(name)?))).collect();
        Group { labels, figures: numbers.iter().map(|number| Cow::from(*number)).zip(row.values.iter().map(Figure::of)).collect() }
    }
}

/// What `groupBy` adds to the answers of an endpoint, whose question was asked as the last one.
pub(crate) fn groups(grouped: Option<&Grouped>, asked: &Asked, reading: &Reading) -> Option<Groups> {
    grouped.zip(reading.answers.last()).map(|(grouped, answer)| grouped.groups(asked, answer))
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.labels.len() + self.figures.len()))?;
        for (name, label) in &self.labels {
            map.serialize_entry(name, label)?;
        }
        for (name, figure) in &self.figures {
            map.serialize_entry(name, figure)?;
        }
        map.end()
    }
}

impl PartialSchema for Group {
    fn schema() -> RefOr<Schema> {
        let kinds = SchemaType::Array(vec![Type::String, Type::Number, Type::Null]);
        let member = ObjectBuilder::new().schema_type(kinds).build();
        let members = AdditionalProperties::RefOr(RefOr::T(member.into()));
        ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(members)).into()
    }
}

impl ToSchema for Group {}
