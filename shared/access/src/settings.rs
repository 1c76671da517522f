//! What the owner decides about credentials.

use secrecy::SecretString;
use setup::{Kind, Setting};

const SECRET: Kind = Kind::Secret { min_bytes: 32 };

/// The settings that every function with credentials has, to be listed among its own.
pub const CREDENTIAL_SETTINGS: [Setting; 10] = [
    setup::SERVICE_SECRET,
    setup::PSEUDONYM_SECRET,
    Setting::required_unless("JWT_SECRET", "the secret of tokens signed with HS256", SECRET, "JWKS_URL"),
    Setting::optional("JWKS_URL", "where the public keys of tokens signed with RS256 or ES256 are published", Kind::Url),
    Setting::required("JWT_ISSUER", "the issuer (iss) whose tokens are believed", Kind::Text),
    Setting::required("JWT_AUDIENCE", "the audience (aud) that tokens must be for", Kind::Text),
    Setting::with_default("JWT_TENANT_CLAIM", "the claim of a token that names the tenant", Kind::Text, "tenant"),
    Setting::with_default("JWT_ROLE_CLAIM", "the claim of a token that names the role, admin or user", Kind::Text, "role"),
    Setting::with_default(
        "CREDENTIAL_CACHE_SECONDS",
        "how long a warm function believes what it has read of a credential, and so how long a revocation may take",
        Kind::Integer { min: 0, max: 3600 },
        "60",
    ),
    Setting::with_default(
        "ANONYMOUS_LIMIT",
        "calls without a valid credential that one address may make in 15 minutes",
        Kind::Integer { min: 1, max: 1_000_000 },
        "100",
    ),
];

/// How credentials are checked.
#[derive(Debug)]
pub struct Settings {
    /// The secret that the secrets of services are derived from.
    pub service_secret: SecretString,
    /// The secret that the pseudonyms of users are derived from.
    pub pseudonym_secret: SecretString,
    /// How tokens are checked.
    pub token: TokenSettings,
    /// How long a warm function believes what it has read of a key, a service or a tenant; also how long a revocation may take.
    pub cache_seconds: u32,
    /// Calls without valid credentials that one address may make in 15 minutes.
    pub anonymous_limit: u32,
}

/// How JSON web tokens are checked. Which algorithms are allowed follows from which keys there are.
#[derive(Debug)]
pub struct TokenSettings {
    /// The secret of HS256.
    pub secret: Option<SecretString>,
    /// Where the public keys of RS256 and ES256 are published.
    pub jwks_url: Option<String>,
    /// The `iss` that is believed.
    pub issuer: String,
    /// The `aud` that a token must be for.
    pub audience: String,
    /// The claim that names the tenant.
    pub tenant_claim: String,
    /// The claim that names the role.
    pub role_claim: String,
}

impl From<&setup::Settings> for Settings {
    /// The settings of [`CREDENTIAL_SETTINGS`], once checked.
    fn from(settings: &setup::Settings) -> Self {
        Self {
            service_secret: settings.secret("SERVICE_SECRET"),
            pseudonym_secret: settings.secret(setup::PSEUDONYM_SECRET.name),
            token: TokenSettings {
                secret: settings.optional_secret("JWT_SECRET"),
                jwks_url: settings.optional_text("JWKS_URL").map(str::to_owned),
                issuer: settings.text("JWT_ISSUER").to_owned(),
                audience: settings.text("JWT_AUDIENCE").to_owned(),
                tenant_claim: settings.text("JWT_TENANT_CLAIM").to_owned(),
                role_claim: settings.text("JWT_ROLE_CLAIM").to_owned(),
            },
            cache_seconds: settings.integer("CREDENTIAL_CACHE_SECONDS"),
            anonymous_limit: settings.integer("ANONYMOUS_LIMIT"),
        }
    }
}
