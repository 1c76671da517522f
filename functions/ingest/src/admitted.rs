//! A write that was let in: who sends it, when, and what it says, before anything of it is read.

use crate::visitor::visitor;
use crate::{Ingest, answer};
use access::{Caller, Role};
use axum::extract::Request;
use http::HeaderMap;
use model::Timestamp;
use model::accept::{self, Form, Visitor, Written};
use model::limits::{BATCH_BYTES, LAMBDA_PAYLOAD_BYTES};
use serde_json::Value;
use web::{Arrival, Problem, Visit};

/// A write that was let in.
pub struct Admitted {
    /// Who sends it.
    pub caller: Caller,
    /// When it arrived.
    pub received: Timestamp,
    headers: HeaderMap,
    is_historical: bool,
    visitor: Visitor,
    random: u128,
    json: Vec<u8>,
}

impl Admitted {
    /// Lets a request in whose caller may write.
    pub async fn of(ingest: &Ingest, arrival: &Arrival, request: Request) -> Result<Self, Problem> {
        let received = ingest.clock.now();
        let (parts, body) = request.into_parts();
        let sent = web::body::sent(body, LAMBDA_PAYLOAD_BYTES).await?;
        let visit = Visit { arrival, headers: &parts.headers, method: &parts.method, body: &sent, now: received };
        let caller = web::admit(&ingest.authenticator, visit).await?;
        let json = web::body::decoded(&parts.headers, sent, BATCH_BYTES)?.to_vec();
        // A service's own address is no visitor's.
        let address = arrival.source_ip.filter(|_| caller.role != Role::Service);
        let visitor = visitor(&parts.headers, address, ingest.places.as_ref());
        let is_historical = arrival.query.as_deref().is_some_and(|query| query.split('&').any(|pair| pair == "historical=true"));
        Ok(Self { caller, received, headers: parts.headers, is_historical, visitor, random: ingest.random.number(), json })
    }

    /// What it says, as JSON.
    pub fn body(&self) -> Result<Value, Problem> {
        serde_json::from_slice(&self.json).map_err(|error| answer::no_json(&error))
    }

    /// What is known of it besides its body.
    pub fn request(&self) -> accept::Request<'_> {
        let Caller { role, project, user, pseudonyms, .. } = &self.caller;
        accept::Request {
            project: project.as_ref(),
            user: if *role == Role::User { user.as_ref() } else { None },
            pseudonyms,
            idempotency_key: self.headers.get("idempotency-key").and_then(|value| value.to_str().ok()),
            visitor: Some(&self.visitor),
            historical: self.is_historical,
            random: self.random,
        }
    }

    /// Reads its events.
    pub fn read(&self, form: Form) -> Result<Written, Problem> {
        let written = accept::read(form, self.body()?, &self.request()).map_err(answer::unreadable)?;
        if written.is_historical() && !self.caller.acts_for_tenant() {
            return Err(Problem::forbidden("an import (historical) needs a service's or an administrator's credential"));
        }
        Ok(written)
    }
}
