//! `weir token`: an HS256 token as the functions check it, for trying a deployment that has no identity provider yet.

use anyhow::{Context as _, Result};
use jsonwebtoken::{EncodingKey, Header};
use ports::{Clock as _, SystemClock};
use serde_json::{Map, Value};

/// What the token says, and the settings of the deployment it is for.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The tenant that the person belongs to.
    #[arg(long)]
    tenant: String,
    /// `admin` sees all of the tenant's data, `user` its own.
    #[arg(long, value_enum, default_value = "user")]
    role: Role,
    /// The person: the `userId` of a user's events.
    #[arg(long)]
    sub: String,
    /// For how many seconds the token is good.
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(i64).range(1..))]
    ttl: i64,
    /// The secret that the deployment checks tokens with.
    #[arg(long, env = "JWT_SECRET", hide_env_values = true)]
    secret: String,
    /// The issuer that the deployment expects.
    #[arg(long, env = "JWT_ISSUER")]
    issuer: String,
    /// The audience that the deployment expects.
    #[arg(long, env = "JWT_AUDIENCE")]
    audience: String,
    /// The claim that names the tenant.
    #[arg(long, env = "JWT_TENANT_CLAIM", default_value = "tenant")]
    tenant_claim: String,
    /// The claim that names the role.
    #[arg(long, env = "JWT_ROLE_CLAIM", default_value = "role")]
    role_claim: String,
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
///
/// # Errors
/// Where the token cannot be signed.
pub fn run(arguments: &Arguments) -> Result<String> {
    let key = EncodingKey::from_secret(arguments.secret.as_bytes());
    let claims = claims(arguments, SystemClock.now().as_seconds());
    jsonwebtoken::encode(&Header::default(), &claims, &key).context("cannot sign the token")
}

fn claims(arguments: &Arguments, now: i64) -> Map<String, Value> {
    [
        ("sub", Value::from(arguments.sub.as_str())),
        (&arguments.tenant_claim, arguments.tenant.as_str().into()),
        (&arguments.role_claim, arguments.role.claim().into()),
        ("iss", arguments.issuer.as_str().into()),
        ("aud", arguments.audience.as_str().into()),
        ("iat", now.into()),
        ("exp", now.saturating_add(arguments.ttl).into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    const LINE: &str = "token --tenant demo --role admin --sub ann --ttl 60 --secret 0f8fad5bd9cb469fa165 --issuer weir --audience api";

    #[test]
    fn a_token_passes_the_checks_that_the_functions_make() {
        let arguments = Command::parse_from(LINE.split(' ')).arguments;
        let mut checks = Validation::new(Algorithm::HS256);
        checks.set_issuer(&["weir"]);
        checks.set_audience(&["api"]);
        let key = DecodingKey::from_secret(b"0f8fad5bd9cb469fa165");
        let token = jsonwebtoken::decode::<Map<String, Value>>(run(&arguments).unwrap(), &key, &checks).unwrap();
        assert_eq!(
            (&token.claims["sub"], &token.claims["tenant"], &token.claims["role"]),
            (&"ann".into(), &"demo".into(), &"admin".into())
        );
    }

    #[test]
    fn a_token_ends_after_its_time() {
        let arguments = Command::parse_from(LINE.split(' ')).arguments;
        let claims = claims(&arguments, 1_000);
        assert_eq!((&claims["iat"], &claims["exp"]), (&1_000.into(), &1_060.into()));
    }

    #[test]
    fn a_claim_may_have_another_name() {
        let line = format!("{LINE} --tenant-claim custom:org");
        let claims = claims(&Command::parse_from(line.split(' ')).arguments, 0);
        assert_eq!(claims["custom:org"], "demo");
        assert!(!claims.contains_key("tenant"));
    }
}
