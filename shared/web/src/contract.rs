//! What every operation answers when it does not do what was asked, for the API's document.

use model::accept::Fault;
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// A failed request, as RFC 9457 has it. Media type: `application/problem+json`.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// Always `about:blank`: the status says what kind of problem it is.
    r#type: String,
    /// The status in words.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, in a sentence.
    detail: Option<String>,
    /// The id under which the log has the request.
    request_id: Option<String>,
    /// Every fault of the input.
    errors: Option<Vec<FaultBody>>,
}

/// One fault of the input.
#[derive(Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultBody {
    /// Where: a JSON pointer into the body, or the name of a parameter.
    pointer: String,
    /// Which rule is broken, in one word.
    code: String,
    /// What is wrong, in a sentence.
    message: String,
}

impl From<Fault> for FaultBody {
    fn from(Fault { pointer, code, message }: Fault) -> Self {
        Self { pointer, code: code.to_owned(), message }
    }
}

/// The schemas of problems by their names: utoipa does not take along what only a refusal refers to.
#[must_use]
pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    schemas
}

/// What any operation that takes a credential may refuse with.
#[derive(IntoResponses)]
pub enum Refusals {
    /// The parameters or the body are malformed; every fault is listed.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(#[to_schema] ProblemBody),
    /// No credential, or none that holds.
    #[response(status = 401, content_type = "application/problem+json")]
    Unknown(#[to_schema] ProblemBody),
    /// Known, but not allowed.
    #[response(status = 403, content_type = "application/problem+json")]
    NotYours(#[to_schema] ProblemBody),
    /// Over a limit, which the headers describe.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(#[to_schema] ProblemBody),
    /// Something that is needed does not answer; the same request may work later.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(#[to_schema] ProblemBody),
}
