use super::*;
use crate::columns::schema;
use crate::state::id_of_name;
use arrow_schema::DataType;
use std::collections::BTreeSet;

/// That no two of these names are the same, or the same when stored.
fn check_apart<'a>(what: &str, names: impl Iterator<Item = &'a str>) {
    let names: Vec<&str> = names.collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "names of {what} are unique");
    assert_eq!(names.iter().map(|name| id_of_name(name)).collect::<BTreeSet<_>>().len(), names.len(), "ids of {what} are unique");
}

#[test]
fn names_are_unique_and_so_are_the_ids_that_states_carry() {
    check_apart("cubes", cubes().iter().map(|cube| cube.name));
    check_apart("dimensions", Dimension::ALL.iter().map(|dimension| dimension.name()));
    for cube in cubes() {
        check_apart(cube.name, cube.numbers());
    }
    let metrics: BTreeSet<_> = metrics().iter().map(|metric| metric.name).collect();
    assert_eq!(metrics.len(), super::metrics().len());
}

#[test]
fn what_is_looked_up_by_name_is_what_has_the_name() {
    assert_eq!(cube("ai_users").unwrap().keyed_by, Some(Dimension::User));
    assert_eq!(metric("builds").unwrap().filters, [(Dimension::Event, &["build.triggered"][..])]);
    assert_eq!(Dimension::from_name("statusCode"), Some(Dimension::StatusCode));
    assert!(cube("no such cube").is_none() && metric("no such metric").is_none() && Dimension::from_name("no such").is_none());
}

#[test]
fn cubes_read_columns_that_their_families_have() {
    for cube in cubes() {
        for family in cube.families {
            let schema = schema(*family);
            let check = |column: &str, is_fit: fn(&DataType) -> bool| {
                let field = schema.field_with_name(column).unwrap_or_else(|_| panic!("{} reads {column} of {family}", cube.name));
                assert!(is_fit(field.data_type()), "{}: {column} of {family} is {:?}", cube.name, field.data_type());
            };
            let is_label = |kind: &DataType| matches!(kind, DataType::Dictionary(..) | DataType::Boolean | DataType::Int64);
            let is_number = |kind: &DataType| matches!(kind, DataType::Int64 | DataType::Timestamp(..));
            let conditions = cube.filter.iter().chain(cube.measures.iter().flat_map(|measure| measure.when));
            cube.dimensions.iter().for_each(|dimension| check(dimension.column(), is_label));
            conditions.for_each(|condition| match condition.test {
                Test::AtLeast(_) => check(condition.column, is_number),
                Test::In(_) | Test::NotIn(_) => check(condition.column, is_label),
                Test::Present => check(condition.column, |_| true),
            });
            cube.measures.iter().for_each(|measure| match measure.aggregate {
                Aggregate::Count | Aggregate::Spans(_) | Aggregate::Days => {}
                Aggregate::Transitions => check("subscription_interval", is_label),
                Aggregate::Distinct(column) | Aggregate::Set(column) => check(column, |kind| matches!(kind, DataType::Dictionary(..))),
                Aggregate::Sum(column)
                | Aggregate::Min(column)
                | Aggregate::Max(column)
                | Aggregate::Last(column)
                | Aggregate::Quantiles(column) => check(column, is_number),
            });
        }
    }
}

#[test]
fn a_cube_is_whole() {
    for cube in cubes() {
        let name = cube.name;
        assert!(!cube.families.is_empty() && !cube.dimensions.is_empty() && !cube.measures.is_empty(), "{name}");
        assert!(cube.dimensions.contains(&Dimension::Project), "{name} can be read for one project");
        assert!(cube.ranked.iter().all(|dimension| cube.dimensions.contains(dimension)), "{name} ranks its own dimensions");
        assert!(cube.keyed_by.is_none_or(|key| cube.dimensions[0] == key), "{name} has its key first");
        assert_eq!(cube.keyed_by.is_some(), cube.ranked.is_empty(), "{name} is either stored in parts or capped");
        assert!(!cube.description.is_empty(), "{name}");
        for derived in cube.derived {
            assert!(!derived.formula.is_of_keys() || cube.keyed_by.is_some(), "{name}.{} is of keys", derived.name);
            check_formula(cube, derived.name, 0);
        }
        let has_money = cube.measures.iter().any(|measure| measure.unit == Unit::Money);
        assert!(!has_money || cube.dimensions.contains(&Dimension::Currency), "{name} tells currencies apart");
    }
}

/// That a number comes, in a few steps, to measures.
fn check_formula(cube: &Cube, name: &str, depth: usize) {
    assert!(depth < 5, "{}.{name} is worked out from itself", cube.name);
    if let Some(Derived { unit, formula: Formula::Total(names), .. }) = cube.derived(name) {
        assert!(names.iter().all(|part| cube.unit(part) == Some(*unit)), "{}.{name} adds up what is of one unit", cube.name);
    }
    match cube.derived(name) {
        Some(derived) => derived.formula.names().iter().for_each(|name| check_formula(cube, name, depth + 1)),
        None => assert!(cube.measure(name).is_some(), "{} has no {name}", cube.name),
    }
}

#[test]
fn metrics_are_numbers_of_their_cubes() {
    for metric in metrics() {
        for cube in metric.cubes {
            let name = format!("{} of {}", metric.name, cube.name);
            assert_eq!(cube.unit(metric.number), Some(metric.unit()), "{name}");
            assert!(metric.filters.iter().all(|(dimension, _)| cube.dimensions.contains(dimension)), "{name}");
        }
    }
}

#[test]
fn the_wide_cubes_of_ai_answer_by_any_of_their_dimensions_together() {
    let all = [Dimension::Model, Dimension::Plan, Dimension::Feature, Dimension::Complexity, Dimension::Project];
    assert_eq!(metric("tokens").unwrap().cube_for(&all).unwrap().name, "ai_requests");
    assert_eq!(metric("tokens").unwrap().cube_for(&[Dimension::User, Dimension::Model]).unwrap().name, "ai_users");
    assert!(metric("tokens").unwrap().cube_for(&[Dimension::Page]).is_none());
}
