//! What the API's answer to a batch means for the sender.

use serde::Deserialize;
use std::time::Duration;

/// How long to wait where the API does not say.
const WAIT: Duration = Duration::from_secs(1);

/// What to do after an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The batch is dealt with, record by record.
    Done(Counted),
    /// Too fast: the same batch again after so long.
    Wait(Duration),
    /// The API could not: the same batch again, later, but not for ever.
    Again {
        /// How long to wait at least, where it said so.
        after: Option<Duration>,
        /// What it said.
        why: String,
    },
    /// No batch can get through: a credential that is refused, an address that is wrong.
    Stop(String),
}

/// What became of a batch's records.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Records accepted.
    pub accepted: u64,
    /// Records refused.
    pub rejected: u64,
    /// Why, as far as it was said.
    pub faults: Vec<Fault>,
}

/// Why a record was refused.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct Fault {
    /// Its place in the batch.
    #[serde(default)]
    pub index: Option<usize>,
    /// The kind of fault.
    #[serde(default)]
    pub code: String,
    /// The fault, for people.
    #[serde(default)]
    pub message: String,
}

/// The documented answers to a batch, and `application/problem+json`, as far as a sender needs them.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    accepted: Option<u64>,
    rejected: Option<u64>,
    errors: Vec<Fault>,
    rate_limit: Option<RateLimit>,
    title: Option<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct RateLimit {
    limit: u64,
}

/// Judges the answer to a batch of so many records.
#[must_use]
pub fn judge(status: u16, retry_after: Option<&str>, body: &str, records: usize) -> Verdict {
    let records = records as u64;
    let answer: Body = serde_json::from_str(body).unwrap_or_default();
    let told = retry_after.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
    match (status, answer) {
        (200..=299, Body { accepted: Some(accepted), rejected, errors, .. }) => {
            let rejected = rejected.unwrap_or_else(|| records.saturating_sub(accepted));
            Verdict::Done(Counted { accepted, rejected, faults: errors })
        }
        (413 | 422, Body { errors, detail, .. }) => {
            Verdict::Done(Counted { accepted: 0, rejected: records, faults: explained(errors, detail) })
        }
        (429, Body { rate_limit: Some(RateLimit { limit }), .. }) if limit < records => {
            Verdict::Stop(format!("the limit is {limit} events a minute, fewer than a batch holds: send with --batch {limit}"))
        }
        (429, _) => Verdict::Wait(told.unwrap_or(WAIT)),
        (408 | 500..=599, answer) => Verdict::Again { after: told, why: described(status, answer) },
        (_, answer) => Verdict::Stop(described(status, answer)),
    }
}

/// A refusal of the whole batch carries its reason in `detail` instead.
fn explained(mut faults: Vec<Fault>, detail: Option<String>) -> Vec<Fault> {
    if faults.is_empty() {
        faults.extend(detail.map(|message| Fault { index: None, code: "batch".to_owned(), message }));
    }
    faults
}

fn described(status: u16, answer: Body) -> String {
    let said: Vec<String> = [answer.title, answer.detail].into_iter().flatten().collect();
    if said.is_empty() { format!("the API answered {status}") } else { format!("the API answered {status}: {}", said.join(": ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, retry_after: Option<&str>, body: &str, expect: &Verdict) {
        assert_eq!(&judge(status, retry_after, body, 3), expect, "{status} {body}");
    }

    #[test]
    fn an_answer_counts_what_it_accepted_and_names_what_it_did_not() {
        let body = r#"{"success":true,"accepted":2,"rejected":1,"errors":[{"index":1,"eventId":"e","code":"too_old","message":"no","retryable":false}]}"#;
        let fault = Fault { index: Some(1), code: "too_old".to_owned(), message: "no".to_owned() };
        check(200, None, body, &Verdict::Done(Counted { accepted: 2, rejected: 1, faults: vec![fault] }));
    }

    #[test]
    fn a_refused_batch_rejects_all_its_records() {
        let fault = |code: &str, message: &str| Fault { index: None, code: code.to_owned(), message: message.to_owned() };
        let body = r#"{"title":"Too large","detail":"at most 1 MB"}"#;
        check(413, None, body, &Verdict::Done(Counted { accepted: 0, rejected: 3, faults: vec![fault("batch", "at most 1 MB")] }));
        let body = r#"{"accepted":0,"rejected":3,"errors":[{"code":"required","message":"type is missing"}]}"#;
        check(422, None, body, &Verdict::Done(Counted { accepted: 0, rejected: 3, faults: vec![fault("required", "type is missing")] }));
    }

    #[test]
    fn a_sender_over_the_limit_waits_as_long_as_it_is_told() {
        check(429, Some("17"), r#"{"rateLimit":{"limit":1000}}"#, &Verdict::Wait(Duration::from_secs(17)));
        check(429, None, "", &Verdict::Wait(Duration::from_secs(1)));
    }

    #[test]
    fn a_batch_over_the_whole_limit_is_not_sent_for_ever() {
        assert!(matches!(judge(429, Some("17"), r#"{"rateLimit":{"limit":2}}"#, 3), Verdict::Stop(why) if why.contains("--batch 2")));
    }

    #[test]
    fn a_failing_api_is_asked_again_and_a_refusing_one_is_not() {
        let again = |after: Option<u64>, why: &str| Verdict::Again { after: after.map(Duration::from_secs), why: why.to_owned() };
        check(
            503,
            Some("2"),
            r#"{"title":"Unavailable","detail":"the queue"}"#,
            &again(Some(2), "the API answered 503: Unavailable: the queue"),
        );
        check(502, None, "<html>", &again(None, "the API answered 502"));
        check(401, None, r#"{"title":"Unauthorized"}"#, &Verdict::Stop("the API answered 401: Unauthorized".to_owned()));
        check(404, None, "", &Verdict::Stop("the API answered 404".to_owned()));
        check(200, None, "<html>a proxy</html>", &Verdict::Stop("the API answered 200".to_owned()));
    }
}
