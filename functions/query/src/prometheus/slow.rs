//! What is read off everybody's own history, and what lies in the bucket: too much to be read for each page. It is worked out every few
//! minutes, or hours, and shown meanwhile as it was.
//!
//! Sessions are counted by days: those of days that are over are kept as they were the last time, and only yesterday's and today's are read.
//! A session that goes on past midnight is counted on both days where these are not read together, and a late event of an earlier day is not
//! seen; counting starts with the day before the first page.

use super::Scrape;
use super::family::Value;
use super::metrics::METRICS;
use super::page::Truth;
use super::truth::distribution;
use crate::Desk;
use crate::shape::units;
use cube::query::{Answer, MetricQuery, Number, Range};
use cube::recurring::{Payments, current_by_plan, unpriced};
use futures::stream::{self, StreamExt, TryStreamExt};
use model::{Day, Family, Hour, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use web::Problem;

const SESSIONS: &str = "user_session_duration_seconds";
const SUBSCRIPTIONS: &str = "subscriptions_current";
const STORAGE: &str = "analytics_storage_bytes";
/// How old what is read off histories may be, and how old the size of what lies in the bucket.
const HISTORIES_MS: i64 = 5 * 60_000;
const STORAGE_MS: i64 = 6 * 3_600_000;
/// How many days of sessions are read at most, after a time without a page: what was before them is left out.
const MOST_DAYS: i32 = 8;

/// When things were last worked out, in milliseconds since 1970, and what is kept of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Slow {
    histories_at: Option<i64>,
    storage_at: Option<i64>,
    /// The first day whose sessions are read, by its number.
    first_day: Option<i32>,
    /// The sessions of the days before it.
    ended: Option<Value>,
}

/// What is due to be worked out.
pub(super) struct Due {
    slow: Slow,
    histories: bool,
    pub storage: bool,
    /// The first day to read, and the first that is not over for sessions.
    days: (Day, Day),
}

impl Slow {
    /// What is due.
    pub fn due(&self, scrape: &Scrape) -> Due {
        let now = scrape.now.as_millis();
        let is_due = |at: Option<i64>, after: i64| at.is_none_or(|at| !(0..after).contains(&(now - at)));
        let yesterday = Hour::of(scrape.now, scrape.caller.hour_offset).day().index() - 1;
        let first = self.first_day.unwrap_or(yesterday).clamp(yesterday - MOST_DAYS, yesterday);
        Due {
            slow: self.clone(),
            histories: is_due(self.histories_at, HISTORIES_MS),
            storage: is_due(self.storage_at, STORAGE_MS),
            days: (Day::from_index(first), Day::from_index(yesterday)),
        }
    }
}

fn sessions(range: Range) -> MetricQuery {
    MetricQuery::new("sessions", &["sessionTimes", "sessionTime"], range)
}

impl Due {
    /// What must be asked: subscriptions and what was paid for them, the sessions that go on, and those that are over since.
    pub fn questions(&self, scrape: &Scrape) -> Vec<MetricQuery> {
        if !self.histories {
            return Vec::new();
        }
        let all = scrape.all_time();
        let start = |day: Day| day.first_hour().start(scrape.caller.hour_offset);
        let (first, yesterday) = self.days;
        let over = Range { from: start(first), to: start(yesterday) };
        let mut questions = vec![
            MetricQuery::new("subscriptions", &["transitions"], all).keeping_state(),
            MetricQuery::new(Payments::CUBE, &Payments::MEASURES, all).keeping_state(),
            sessions(Range { from: start(yesterday), to: all.to }),
        ];
        questions.extend((first < yesterday).then(|| sessions(over)));
        questions
    }

    /// Tells what was worked out, and what there was before of the rest.
    pub fn tell(mut self, truth: &mut Truth, scrape: &Scrape, answers: &[Answer], stored: Option<BTreeMap<Vec<String>, f64>>) {
        let now = scrape.now.as_millis();
        if let Some(stored) = stored {
            truth.gauges.insert(STORAGE, stored);
            self.slow.storage_at = Some(now);
        }
        if let [subscriptions, customers, lately, over @ ..] = answers {
            truth.gauges.extend(plans(scrape, subscriptions, customers).map(|plans| (SUBSCRIPTIONS, plans)));
            if let Some(over) = over.first().and_then(of_sessions) {
                self.slow.ended = Some(sum(self.slow.ended.as_ref(), over));
            }
            self.slow.first_day = Some(self.days.1.index());
            self.slow.histories_at = Some(now);
            let ended = self.slow.ended.as_ref();
            let all = of_sessions(lately).map(|lately| sum(ended, lately)).or_else(|| ended.cloned());
            truth.families.extend(all.map(|all| (SESSIONS, BTreeMap::from([(Vec::new(), all)]))));
        }
        truth.slow = self.slow;
    }
}

fn sum(before: Option<&Value>, mut value: Value) -> Value {
    if let Some(before) = before {
        value.add(before);
    }
    value
}

fn of_sessions(answer: &Answer) -> Option<Value> {
    let metric = METRICS.iter().find(|metric| metric.name == SESSIONS)?;
    let row = answer.rows.first()?;
    distribution(metric, row.values.first(), row.values.get(1).map_or(0, |total: &Number| units(total)))
}

/// How many subscriptions there are of each plan.
fn plans(scrape: &Scrape, subscriptions: &Answer, customers: &Answer) -> Option<BTreeMap<Vec<String>, f64>> {
    let (subscriptions, customers) = (subscriptions.state.as_ref()?, customers.state.as_ref()?);
    let payments = Payments::of(customers, &unpriced(subscriptions), None);
    let current = current_by_plan(subscriptions, scrape.now, |user, plan| payments.of_plan(user, plan));
    #[expect(clippy::cast_precision_loss, reason = "a count of what fits in memory")]
    Some(current.into_iter().map(|(plan, count)| (vec![plan], count as f64)).collect())
}

impl Desk {
    /// The bytes of the tenant's settled log in the bucket, where they are due. Segments, which are gone within 30 days, are so many that
    /// listing them would cost more than it tells.
    pub(super) async fn stored(&self, tenant: &TenantId, due: &Due) -> Result<Option<BTreeMap<Vec<String>, f64>>, Problem> {
        if !due.storage {
            return Ok(None);
        }
        let sizes = Family::ALL.into_iter().map(|family| async move {
            let objects = self.bucket.list(&records::object::log_of(family, tenant)).await.map_err(Problem::unavailable)?;
            Ok::<u64, Problem>(objects.iter().map(|object| object.size_bytes).sum())
        });
        let sizes: Vec<u64> = stream::iter(sizes).buffered(Family::ALL.len()).try_collect().await?;
        #[expect(clippy::cast_precision_loss, reason = "sizes far below 2^53")]
        Ok(Some(BTreeMap::from([(vec!["log".to_owned()], sizes.iter().sum::<u64>() as f64)])))
    }
}
