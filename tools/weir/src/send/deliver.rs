//! Batches to the API: a few in flight, each made again until the API has dealt with it.

use super::Record;
use super::answer::{Counted, Fault, Verdict, judge};
use super::batch::Shape;
use super::credential::Credential;
use super::progress::Progress;
use access::mint::Signed;
use anyhow::{Context as _, Result, bail};
use futures::stream::{self, StreamExt as _};
use ports::{Clock as _, Random as _, SystemClock, SystemRandom};
use reqwest::{Client, Url};
use std::time::Duration;

/// The first pause after an answer that says nothing of when to come back; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that is chosen here.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// API Gateway gives up after 30 s; a little more leaves it the last word.
const TIMEOUT: Duration = Duration::from_secs(35);

/// An endpoint of a deployment, and who calls it.
pub struct Api {
    client: Client,
    url: Url,
    target: String,
    credential: Credential,
    retries: u32,
}

/// What became of all records.
#[derive(Debug, Default)]
pub struct Tally {
    /// Records accepted.
    pub accepted: u64,
    /// Records refused.
    pub rejected: u64,
}

impl Api {
    /// The endpoint `target` (path and query) under `base`, whose own path is a stage that the API does not see.
    ///
    /// # Errors
    /// Where the client cannot be made or the two make no address.
    pub fn new(base: &Url, target: String, credential: Credential, retries: u32) -> Result<Self> {
        let client = Client::builder().timeout(TIMEOUT).build().context("cannot make an HTTP client")?;
        let url = Url::parse(&format!("{}{target}", base.as_str().trim_end_matches('/'))).context("--url is no base of an address")?;
        Ok(Self { client, url, target, credential, retries })
    }

    /// Sends one batch until it is dealt with.
    async fn deliver(&self, body: String, records: usize, progress: &Progress) -> Result<Counted> {
        let mut failures = 0;
        loop {
            match self.attempt(&body, records).await? {
                Verdict::Done(counted) => return Ok(counted),
                Verdict::Stop(why) => bail!(why),
                Verdict::Wait(pause) => {
                    progress.wait(pause);
                    tokio::time::sleep(jittered(pause)).await;
                }
                Verdict::Again { why, .. } if failures == self.retries => bail!("{why} (tried {} times)", failures + 1),
                Verdict::Again { after, .. } => {
                    tokio::time::sleep(jittered(after.unwrap_or_else(|| pause(failures)))).await;
                    failures += 1;
                }
            }
        }
    }

    async fn attempt(&self, body: &str, records: usize) -> Result<Verdict> {
        let signed =
            Signed { timestamp: SystemClock.now().as_seconds(), method: "POST", path_and_query: &self.target, body: body.as_bytes() };
        let mut request = self.client.post(self.url.clone()).header("content-type", "application/json");
        for (name, value) in self.credential.headers(&signed) {
            request = request.header(name, value);
        }
        let answer = async {
            let response = request.body(body.to_owned()).send().await?;
            let status = response.status().as_u16();
            let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
            Ok((status, retry_after, response.text().await?))
        };
        Ok(match answer.await {
            Ok((status, retry_after, body)) => judge(status, retry_after.as_deref(), &body, records),
            Err(error) => unreachable(error)?,
        })
    }
}

/// A request without an answer is made again, save one that could not even be put together.
fn unreachable(error: reqwest::Error) -> Result<Verdict> {
    if error.is_builder() {
        return Err(error).context("cannot make the request");
    }
    Ok(Verdict::Again { after: None, why: format!("{:#}", anyhow::Error::from(error)) })
}

/// Sends all batches, and names the first records that were refused.
///
/// # Errors
/// At the first batch that cannot get through at all.
pub async fn all(api: &Api, shape: &Shape, batches: &[&[Record]], parallel: usize, progress: &Progress) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut faults = Faults::default();
    let mut answers = stream::iter(batches)
        .map(|batch| async move { (batch, api.deliver(shape.body(batch), batch.len(), progress).await) })
        .buffer_unordered(parallel);
    while let Some((batch, counted)) = answers.next().await {
        let counted = counted.with_context(|| stopped(batch, &tally))?;
        tally.accepted += counted.accepted;
        tally.rejected += counted.rejected;
        faults.tell(progress, batch, &counted.faults);
        progress.advance(batch.len() as u64);
    }
    faults.tell_rest(progress);
    Ok(tally)
}

fn stopped(batch: &[Record], tally: &Tally) -> String {
    let line = batch.first().map_or(0, |record| record.line);
    format!("stopped at the batch from line {line}, with {} accepted; sending the file again counts nothing twice", tally.accepted)
}

/// Faults as they are told: the first ones, since a file with one in every line would bury the summary.
#[derive(Default)]
struct Faults {
    told: usize,
    untold: usize,
}

impl Faults {
    const TOLD: usize = 20;

    fn tell(&mut self, progress: &Progress, batch: &[Record], faults: &[Fault]) {
        let line = |record: Option<&Record>| record.map_or(0, |record| record.line);
        for fault in faults {
            if self.told == Self::TOLD {
                self.untold += 1;
                continue;
            }
            self.told += 1;
            let place = match fault.index.and_then(|index| batch.get(index)) {
                Some(record) => format!("line {}", record.line),
                None => format!("lines {} to {}", line(batch.first()), line(batch.last())),
            };
            progress.note(&format!("{place}: {} ({})", fault.message, fault.code));
        }
    }

    fn tell_rest(&self, progress: &Progress) {
        if self.untold > 0 {
            progress.note(&format!("and {} faults more", self.untold));
        }
    }
}

fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_PAUSE)
}

/// Up to a quarter longer, so that the requests in flight do not come back all at once.
fn jittered(pause: Duration) -> Duration {
    let quarter = pause.as_millis() / 4;
    let more = SystemRandom.number() % (quarter + 1);
    pause + Duration::from_millis(u64::try_from(more).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_prefix_is_sent_and_not_signed() {
        let check = |base: &str, expect: &str| {
            let api = Api::new(&base.parse().unwrap(), "/usage/api?historical=true".to_owned(), Credential::Key(String::new()), 0).unwrap();
            assert_eq!((api.url.as_str(), api.target.as_str()), (expect, "/usage/api?historical=true"));
        };
        check("https://abc.example", "https://abc.example/usage/api?historical=true");
        let local = "http://127.0.0.1:4566/_aws/execute-api/abc/$default";
        check(local, &format!("{local}/usage/api?historical=true"));
        check(&format!("{local}/"), &format!("{local}/usage/api?historical=true"));
    }

    #[test]
    fn pauses_grow_and_end_growing() {
        assert_eq!(pause(0), FIRST_PAUSE);
        assert_eq!(pause(3), FIRST_PAUSE * 8);
        assert_eq!(pause(60), LONGEST_PAUSE);
        let pause = Duration::from_secs(4);
        assert!((pause..=Duration::from_secs(5)).contains(&jittered(pause)));
    }
}
