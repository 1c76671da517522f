//! Who asks, and what of it they may see.

use crate::Desk;
use crate::parameters::{Asked, Known, Parameters};
use access::{AccessError, Caller, Role, Standing};
use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::header::IF_NONE_MATCH;
use http::request::Parts;
use model::accept::Fault;
use model::{Timestamp, UserId};
use std::sync::Arc;
use web::{Arrival, Problem};

/// A caller who may read something, and what it asks.
pub(crate) struct Visit {
    /// Who asks.
    pub caller: Caller,
    /// When.
    pub now: Timestamp,
    /// What it asks.
    parameters: Parameters,
    /// What the caller has left of its reads.
    pub standing: Option<Standing>,
    /// The answer that the caller has from before.
    pub known: Option<HeaderValue>,
}

impl FromRequestParts<Arc<Desk>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Arc<Desk>) -> Result<Self, Problem> {
        let arrival = Arrival::from_request_parts(parts, desk).await?;
        let now = desk.clock.now();
        let visit = web::Visit { arrival: &arrival, headers: &parts.headers, method: &parts.method, body: b"", now };
        let caller = web::admit(&desk.authenticator, visit).await?;
        if caller.role == Role::Project {
            return Err(forbidden("a project's key writes events; reading takes a token or a service's signature"));
        }
        let standing = desk.limits.count(&*desk.table, &caller, now).await?;
        let parameters = Parameters::of(&parts.uri)?;
        Ok(Self { caller, now, parameters, standing, known: parts.headers.get(IF_NONE_MATCH).cloned() })
    }
}

impl Visit {
    /// What is asked of an endpoint that knows these parameters.
    pub fn asked(&self, known: &Known<'_>) -> Result<Asked, Problem> {
        self.parameters.read(known, (self.now, self.caller.hour_offset))
    }

    /// Refuses who does not read for its whole tenant.
    pub fn for_tenant(&self) -> Result<(), Problem> {
        if self.caller.acts_for_tenant() { Ok(()) } else { Err(forbidden("only admins and services may read this")) }
    }

    /// The person whose numbers are asked for by id: a user may ask for its own only.
    pub fn for_person(&self, id: &str) -> Result<UserId, Problem> {
        if !self.caller.acts_for_tenant() && self.caller.user.as_ref().map(UserId::as_str) != Some(id) {
            return Err(forbidden("a user may read its own numbers only"));
        }
        UserId::new(id).map_err(|error| {
            let fault = Fault { pointer: "userId".to_owned(), code: "bad_id", message: error.to_string() };
            Problem::bad_request("the user's id is malformed").with_faults(vec![fault])
        })
    }

    /// The person to whom the answer is limited: a user sees itself, who reads for its tenant sees everybody.
    pub fn own_person(&self) -> Result<Option<UserId>, Problem> {
        match (self.caller.acts_for_tenant(), &self.caller.user) {
            (true, _) => Ok(None),
            (false, Some(user)) => Ok(Some(user.clone())),
            (false, None) => Err(forbidden("only admins and services may read this")),
        }
    }
}

fn forbidden(reason: &'static str) -> Problem {
    AccessError::Forbidden(reason).into()
}
