//! What holds of all operations alike, said once.

use crate::access::Credentials;
use crate::merge::operations;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

/// A function's document with paths as OpenAPI writes them, and of each operation its id and who may call.
pub(crate) fn finish(mut document: OpenApi, credentials: Credentials) -> OpenApi {
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        let path = path.replace("{*", "{");
        for (method, operation) in operations(&mut item) {
            operation.operation_id = Some(operation_id(method, &path));
            credentials.require(&path, method, operation);
            if operation.request_body.is_some() {
                refuse_bodies(operation);
            }
        }
        document.paths.paths.insert(path, item);
    }
    document
}

/// The method and the words of the path, as one name: `getUsageUserByUserId`.
fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_owned();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let (by, name) = match segment.strip_prefix('{') {
            Some(parameter) => ("By", parameter.trim_end_matches('}')),
            None => ("", segment),
        };
        id.push_str(by);
        for word in name.split(|letter: char| !letter.is_ascii_alphanumeric()) {
            let mut letters = word.chars();
            id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            id.push_str(letters.as_str());
        }
    }
    id
}

/// What the edge refuses of any body.
fn refuse_bodies(operation: &mut Operation) {
    for (status, description) in [
        ("413", "The body is too large, as sent or decompressed."),
        ("415", "The body is no JSON, or is compressed otherwise than with gzip or zstd."),
    ] {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
    }
}

fn problem(description: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_the_method_and_the_path() {
        assert_eq!(operation_id("get", "/usage/user/{userId}"), "getUsageUserByUserId");
        assert_eq!(operation_id("get", "/api/ai-tracking/stats"), "getApiAiTrackingStats");
        assert_eq!(operation_id("get", "/openapi.json"), "getOpenapiJson");
    }
}
