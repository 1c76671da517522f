//! `weir token`: a token as the functions check it, for deployments that have no identity provider of their own.

use access::mint::{self, Claims};
use model::{TenantId, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

/// What the token says, and the settings of the deployment it is for.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The tenant that the person belongs to.
    #[arg(long, value_parser = |text: &str| TenantId::new(text))]
    tenant: TenantId,
    /// `admin` sees all of the tenant's data, `user` its own.
    #[arg(long, value_enum, default_value = "user")]
    role: Role,
    /// The person: the `userId` of a user's events.
    #[arg(long)]
    sub: String,
    /// For how many seconds the token is good.
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u32).range(1..))]
    ttl: u32,
    /// The secret that the deployment checks tokens with.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    secret: SecretString,
    /// The issuer that the deployment expects.
    #[arg(long, env = "JWT_ISSUER")]
    issuer: String,
    /// The audience that the deployment expects.
    #[arg(long, env = "JWT_AUDIENCE")]
    audience: String,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Role {
    Admin,
    User,
}

impl Role {
    const fn claim(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
        }
    }
}

/// The token, as it goes after `Authorization: Bearer `.
#[must_use]
pub fn run(arguments: &Arguments, now: Timestamp) -> String {
    let claims = Claims {
        issuer: &arguments.issuer,
        audience: &arguments.audience,
        subject: &arguments.sub,
        tenant: &arguments.tenant,
        role: arguments.role.claim(),
        now,
        lifetime_seconds: arguments.ttl,
    };
    mint::token(&arguments.secret, &claims).expose_secret().to_owned()
}
