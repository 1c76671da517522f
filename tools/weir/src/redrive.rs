//! `weir redrive`: sends what lies in a dead-letter queue back to the queue it came from, once what kept it from being done is mended.
//!
//! A message is deleted there only after the other queue has taken it: what ends in between is sent twice, and counts once. What fails again
//! comes to lie there again. Events of a service take along what their first message was, by which those without an id are known.

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use model::limits::SQS_BATCH_MESSAGES;
use model::posted::{First, Posted, TENANT};
use ports::{Queue, Received};
use queue::Sqs;

/// Which dead-letter queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Messages of events that could not be stored.
    Store,
    /// Work on days, months and all time that could not be done.
    Work,
    /// Runs of functions that schedules have started, and that failed.
    Schedules,
}

/// What to send back. A dead-letter queue keeps what it is given for 14 days.
#[derive(Debug, clap::Args)]
pub struct Redrive {
    /// Which dead-letter queue.
    #[arg(long, value_enum, default_value_t = Which::Store)]
    queue: Which,
    /// Only tell how many messages lie there.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    addresses: Addresses,
}

/// The addresses of the deployment's queues: outputs of the stack.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Addresses {
    /// The stack's output `QueueUrl`.
    #[arg(long = "queue-url", env = "QUEUE_URL")]
    events: Option<String>,
    /// The stack's output `DlqUrl`.
    #[arg(long = "dlq-url", env = "DLQ_URL")]
    dead_events: Option<String>,
    /// The stack's output `WorkQueueUrl`.
    #[arg(long = "work-queue-url", env = "WORK_QUEUE_URL")]
    work: Option<String>,
    /// The stack's output `WorkDlqUrl`.
    #[arg(long = "work-dlq-url", env = "WORK_DLQ_URL")]
    dead_work: Option<String>,
    /// The stack's output `ScheduleDlqUrl`.
    #[arg(long = "schedule-dlq-url", env = "SCHEDULE_DLQ_URL")]
    dead_schedules: Option<String>,
}

impl Redrive {
    /// Carries it out; what to print.
    ///
    /// # Errors
    /// Where a queue does not answer, or does not take a message: what was sent back before stays sent.
    pub async fn run(self) -> Result<Vec<String>> {
        let Addresses { events, dead_events, work, dead_work, dead_schedules } = self.addresses;
        let config = aws::operator_config().await;
        let open = |address: Option<String>, option: &str, output: &str| {
            let address = address.with_context(|| format!("say which queue with {option}: the stack's output {output}"))?;
            anyhow::Ok(Sqs::new(&config, address))
        };
        let dead = match self.queue {
            Which::Store => open(dead_events, "--dlq-url", "DlqUrl")?,
            Which::Work => open(dead_work, "--work-dlq-url", "WorkDlqUrl")?,
            Which::Schedules => open(dead_schedules, "--schedule-dlq-url", "ScheduleDlqUrl")?,
        };
        if self.dry_run {
            return Ok(vec![format!("{} messages lie there", lying(&dead).await?)]);
        }
        match self.queue {
            Which::Store => send_back(&dead, &open(events, "--queue-url", "QueueUrl")?, of_events).await,
            Which::Work => send_back(&dead, &open(work, "--work-queue-url", "WorkQueueUrl")?, as_it_is).await,
            Which::Schedules => take_out(&dead).await,
        }
    }
}

/// About how many messages lie in a queue.
async fn lying(queue: &dyn Queue) -> Result<u64> {
    let depth = queue.depth().await?;
    Ok(depth.waiting + depth.in_flight)
}

/// What to send in place of a message: its body.
fn as_it_is(message: &Received) -> String {
    message.body.clone()
}

/// What to send in place of a message of events.
fn of_events(Received { body, id, sent, attributes, .. }: &Received) -> String {
    let first = First { id: id.clone(), sent_ms: sent.map(model::Timestamp::as_millis), tenant: attributes.get(TENANT).cloned() };
    Posted::sent_back(body.clone(), &first)
}

/// Sends messages back, no more than lay there at first: one that fails again at once would otherwise go round for ever.
async fn send_back(dead: &dyn Queue, queue: &dyn Queue, body: fn(&Received) -> String) -> Result<Vec<String>> {
    let lay = lying(dead).await?;
    let mut sent: u64 = 0;
    while sent < lay {
        let most = usize::try_from(lay - sent).unwrap_or(usize::MAX).min(SQS_BATCH_MESSAGES);
        let received = dead.receive(most).await.with_context(|| so_far(sent))?;
        if received.is_empty() {
            break;
        }
        for message in received {
            send_one(dead, queue, (&message.handle, body(&message))).await.with_context(|| so_far(sent))?;
            sent += 1;
        }
    }
    let left = lay.saturating_sub(sent);
    let mut lines = vec![so_far(sent)];
    if left > 0 {
        lines.push(format!("about {left} were not to be had now: what was received a moment ago is hidden for a time"));
    }
    Ok(lines)
}

async fn send_one(dead: &dyn Queue, queue: &dyn Queue, (handle, body): (&str, String)) -> Result<()> {
    let taken = queue.send(&[body]).await?;
    ensure!(taken == [true], "the queue did not take a message");
    Ok(dead.delete(handle).await?)
}

fn so_far(sent: u64) -> String {
    format!("{sent} messages are sent back")
}

/// Takes out what schedules have left. A tick needs no second try: the next one finds what it missed. A run of another function is shown, as
/// whoever wants it done starts it by hand.
async fn take_out(dead: &dyn Queue) -> Result<Vec<String>> {
    let lay = lying(dead).await?;
    let (mut taken, mut ticks) = (0, 0);
    let mut lines = Vec::new();
    while taken < lay {
        let received = dead.receive(SQS_BATCH_MESSAGES).await?;
        if received.is_empty() {
            break;
        }
        for Received { handle, body, .. } in received {
            taken += 1;
            match missed(&body) {
                Missed::Tick => {
                    ticks += 1;
                    dead.delete(&handle).await?;
                }
                Missed::Other { function, payload } => {
                    lines.push(format!("aws lambda invoke --function-name {function} --payload '{payload}' /dev/stdout"));
                    crate::say(lines.last().map_or("", String::as_str))?;
                    dead.delete(&handle).await?;
                }
            }
        }
    }
    Ok(vec![format!(
        "{taken} messages are taken out: {ticks} ticks, which the next ones make up for, and {} runs to start again",
        lines.len()
    )])
}

/// What did not happen.
#[derive(Debug, PartialEq, Eq)]
enum Missed {
    /// A tick of `aggregate`.
    Tick,
    /// A run of another function.
    Other { function: String, payload: String },
}

/// What a message of a schedule, or of a failed invocation, says. <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
fn missed(body: &str) -> Missed {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let (payload, function) = match json.get("requestPayload") {
        Some(payload) => (payload.clone(), json.pointer("/requestContext/functionArn").and_then(serde_json::Value::as_str)),
        None => (json.clone(), None),
    };
    if payload.get("tick").is_some() {
        return Missed::Tick;
    }
    let payload = if payload.is_null() { body.to_owned() } else { payload.to_string() };
    Missed::Other { function: function.unwrap_or("<the stack's output ReportFunctionName>").to_owned(), payload }
}

#[cfg(test)]
mod tests {
    use super::*;
    use memory::{Fault, Faults, MemoryQueue};

    async fn queue_of(bodies: &[&str]) -> MemoryQueue {
        let queue = MemoryQueue::new();
        queue.send(&bodies.iter().map(|body| (*body).to_owned()).collect::<Vec<_>>()).await.unwrap();
        queue
    }

    #[tokio::test]
    async fn everything_that_lies_there_is_sent_back_once() {
        let bodies: Vec<String> = (0..25).map(|number| format!("message {number}")).collect();
        let (dead, queue) = (MemoryQueue::new(), MemoryQueue::new());
        dead.send(&bodies).await.unwrap();
        assert_eq!(send_back(&dead, &queue, of_events).await.unwrap(), ["25 messages are sent back"]);
        assert_eq!(queue.bodies(), bodies);
        assert_eq!((dead.bodies().len(), dead.depth().await.unwrap().in_flight), (0, 0));
        assert_eq!(send_back(&dead, &queue, of_events).await.unwrap(), ["0 messages are sent back"]);
    }

    #[tokio::test]
    async fn wherever_it_ends_nothing_is_lost_and_it_goes_on() {
        let calls = 1 + 1 + 3 * 2;
        for (crash, fault) in (0..calls).flat_map(|crash| [(crash, Fault::Before), (crash, Fault::After)]) {
            let faults = Faults::none();
            let (dead, queue) = (MemoryQueue::with_faults(&faults), MemoryQueue::with_faults(&faults));
            dead.send(&["1", "2", "3"].map(str::to_owned)).await.unwrap();
            faults.crash_after(crash, fault);
            assert!(send_back(&dead, &queue, of_events).await.is_err(), "{crash} {fault:?}");
            faults.heal();
            dead.show_again();
            send_back(&dead, &queue, of_events).await.unwrap();
            let mut sent = queue.bodies();
            sent.sort();
            let twice = sent.len();
            sent.dedup();
            assert_eq!(sent, ["1", "2", "3"], "{crash} {fault:?}");
            assert!(twice <= 4, "at most the one that was under way is sent twice");
            assert_eq!(dead.bodies().len(), 0);
        }
    }

    #[tokio::test]
    async fn events_of_a_service_take_along_what_their_first_message_was() {
        let (dead, queue) = (MemoryQueue::new(), MemoryQueue::new());
        dead.post(r#"{"type":"user.signin","data":{}}"#, ("tenant", "demo"));
        let id = dead.receive(1).await.unwrap()[0].id.clone();
        dead.show_again();
        send_back(&dead, &queue, of_events).await.unwrap();
        let first = format!(r#"{{"id":"{id}","sentMs":null,"tenant":"demo"}}"#);
        assert_eq!(queue.bodies(), [format!(r#"{{"redriven":{first},"body":{{"type":"user.signin","data":{{}}}}}}"#)]);
        let work = r#"{"kind":"settle","tenant":"demo"}"#;
        send_back(&queue_of(&[work]).await, &queue, as_it_is).await.unwrap();
        assert_eq!(queue.bodies()[1], work);
    }

    #[tokio::test]
    async fn what_the_queue_does_not_take_stays_and_is_told() {
        let (dead, queue) = (queue_of(&["1", "2"]).await, MemoryQueue::new());
        queue.refuse_next(&[0]);
        let error = send_back(&dead, &queue, of_events).await.unwrap_err();
        assert_eq!(format!("{error:#}"), "0 messages are sent back: the queue did not take a message");
        dead.show_again();
        assert_eq!(dead.bodies().len(), 2);
    }

    #[tokio::test]
    async fn what_is_hidden_at_the_time_is_told() {
        let (dead, queue) = (queue_of(&["1", "2"]).await, MemoryQueue::new());
        dead.receive(1).await.unwrap();
        let said = send_back(&dead, &queue, of_events).await.unwrap();
        assert_eq!((said[0].as_str(), said.len()), ("1 messages are sent back", 2));
    }

    #[tokio::test]
    async fn ticks_are_made_up_for_and_other_runs_are_shown() {
        let tick = r#"{"requestContext":{"functionArn":"arn:a"},"requestPayload":{"tick":"daily"},"responsePayload":{}}"#;
        let report = r#"{"requestContext":{"functionArn":"arn:report"},"requestPayload":{"time":"2026-11-02T01:15:00Z"}}"#;
        assert_eq!(missed(tick), Missed::Tick);
        assert_eq!(missed(r#"{"tick":"minute"}"#), Missed::Tick);
        let payload = r#"{"time":"2026-11-02T01:15:00Z"}"#.to_owned();
        assert_eq!(missed(report), Missed::Other { function: "arn:report".into(), payload });
        let dead = queue_of(&[tick, r#"{"tick":"minute"}"#, report]).await;
        let said = take_out(&dead).await.unwrap();
        assert_eq!(said, ["3 messages are taken out: 2 ticks, which the next ones make up for, and 1 runs to start again"]);
        assert_eq!(dead.depth().await.unwrap(), ports::Depth::default());
    }
}
