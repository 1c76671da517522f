//! Who may call what, as the document says it; that it is so is held by `tests/e2e/test_who_may_call.py`.

use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// Everything that answers without a credential: GETs of these paths, and nothing else.
pub const PUBLIC: &[&str] =
    &["/api/events/health", "/docs", "/docs/explorer.js", "/health", "/live", "/livez", "/openapi.json", "/ready", "/readyz"];
/// What answers anyone, and tells a key more.
const WITH_A_KEY_MORE: &str = "/api/events/health";

const SERVICE: [(&str, &str, &str); 3] = [
    ("serviceName", "X-Weir-Service", "The service's name, with its tenant: `name@tenant`."),
    ("serviceTimestamp", "X-Weir-Timestamp", "When it was signed, in Unix seconds: at most 300 seconds from the server's clock."),
    (
        "serviceSignature",
        "X-Weir-Signature",
        "`v1=` and the hex of HMAC-SHA256(secret, `{timestamp}.{METHOD}.{path and query as sent}.{hex SHA-256 of the body as sent}`).",
    ),
];

/// Which credentials the operations of a function take.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Credentials {
    /// Keys too.
    Writing,
    /// Tokens and signatures.
    Reading,
}

impl Credentials {
    /// Says of an operation which credentials it takes, unless it says so itself.
    pub fn require(self, path: &str, method: &str, operation: &mut Operation) {
        let is_public = method == "get" && PUBLIC.contains(&path);
        operation.security = match operation.security.take() {
            Some(own) => Some(own),
            None if is_public && path == WITH_A_KEY_MORE => Some([vec![SecurityRequirement::default()], self.requirements()].concat()),
            None if is_public => Some(Vec::new()),
            None => Some(self.requirements()),
        };
    }

    fn requirements(self) -> Vec<SecurityRequirement> {
        let one = |name| SecurityRequirement::new::<&str, [&str; 0], &str>(name, []);
        let signed = SERVICE.iter().fold(SecurityRequirement::default(), |all, (name, ..)| all.add::<&str, [&str; 0], &str>(name, []));
        match self {
            Self::Writing => vec![one("apiKey"), one("basicKey"), one("bearer"), signed],
            Self::Reading => vec![one("bearer"), signed],
        }
    }
}

/// The kinds of credentials by the names that operations call them.
pub(crate) fn schemes() -> impl Iterator<Item = (String, SecurityScheme)> {
    let header = |name: &str, what: &str| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, what)));
    let http = |scheme, what: &str| HttpBuilder::new().scheme(scheme).description(Some(what));
    let bearer = http(
        HttpAuthScheme::Bearer,
        "A person's JSON web token: HS256 with the deployment's secret, or RS256 or ES256 by its JWKS; `exp`, `nbf`, `iss` and `aud` are \
         checked with 60 s of leeway. Claims: `sub`, `tenant`, `role` (`admin` or `user`).",
    );
    let basic = http(HttpAuthScheme::Basic, "A project's key as the user name, with any password or none.");
    let key = header("X-API-Key", "A project's key, `wk_…`: it writes events of its own project.");
    let signed = SERVICE.into_iter().map(move |(name, header_name, what)| (name.to_owned(), header(header_name, what)));
    let others = [
        ("apiKey", key),
        ("basicKey", SecurityScheme::Http(basic.build())),
        ("bearer", SecurityScheme::Http(bearer.bearer_format("JWT").build())),
    ];
    others.into_iter().map(|(name, scheme)| (name.to_owned(), scheme)).chain(signed)
}
