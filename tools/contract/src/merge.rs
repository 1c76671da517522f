//! Several functions' documents as one, where nothing may mean two things.

use std::collections::btree_map::Entry;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, OpenApi, PathItem};

/// Two things that go by one name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Clash {
    /// Schemas.
    #[error("two different schemas are called {0}: name one of them otherwise, or give it #[schema(as = …)]")]
    Schema(String),
    /// Operations.
    #[error("two functions answer {0}")]
    Operation(String),
}

/// One document of many.
///
/// # Errors
/// [`Clash`], where utoipa's own merging would keep one of two in silence.
pub fn merge(documents: impl IntoIterator<Item = OpenApi>) -> Result<OpenApi, Clash> {
    let mut whole = OpenApi::default();
    let mut components = Components::new();
    for document in documents {
        for (path, item) in document.paths.paths {
            match whole.paths.paths.entry(path) {
                Entry::Vacant(place) => drop(place.insert(item)),
                Entry::Occupied(mut place) => {
                    if let Some(method) = methods(&item).into_iter().find(|method| methods(place.get()).contains(method)) {
                        return Err(Clash::Operation(format!("{} {}", method.to_uppercase(), place.key())));
                    }
                    place.get_mut().merge_operations(item);
                }
            }
        }
        for (name, schema) in document.components.into_iter().flat_map(|part| part.schemas) {
            match components.schemas.entry(name) {
                Entry::Vacant(place) => drop(place.insert(schema)),
                Entry::Occupied(place) if *place.get() == schema => {}
                Entry::Occupied(place) => return Err(Clash::Schema(place.key().clone())),
            }
        }
    }
    whole.components = Some(components);
    Ok(whole)
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    operations(&mut item.clone()).into_iter().map(|(method, _)| method).collect()
}

/// The operations of a path by their methods.
pub(crate) fn operations(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
    use utoipa::openapi::{HttpMethod, RefOr};

    fn with_schema(name: &str, kind: Type) -> OpenApi {
        let mut components = Components::new();
        let schema: Schema = ObjectBuilder::new().schema_type(kind).into();
        components.schemas.insert(name.to_owned(), RefOr::T(schema));
        let mut document = OpenApi::default();
        document.components = Some(components);
        document
    }

    fn with_operation(path: &str, method: HttpMethod) -> OpenApi {
        let mut document = OpenApi::default();
        document.paths.paths.insert(path.to_owned(), PathItem::new(method, Operation::default()));
        document
    }

    #[test]
    fn two_different_schemas_of_one_name_are_a_clash_and_the_same_twice_is_not() {
        let one = || with_schema("Stats", Type::Object);
        assert!(merge([one(), one(), with_schema("Others", Type::String)]).is_ok());
        let clash = merge([one(), with_schema("Stats", Type::String)]);
        assert_eq!(clash.err(), Some(Clash::Schema("Stats".to_owned())));
    }

    #[test]
    fn one_path_may_be_answered_by_two_functions_and_one_operation_by_one() {
        let get = || with_operation("/a", HttpMethod::Get);
        let merged = merge([get(), with_operation("/a", HttpMethod::Post)]).unwrap();
        assert_eq!(methods(&merged.paths.paths["/a"]), ["get", "post"]);
        assert_eq!(merge([get(), get()]).err(), Some(Clash::Operation("GET /a".to_owned())));
    }
}
