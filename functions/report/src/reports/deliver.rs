//! Takes a run from one step to the next: made, then delivered to each of its targets, each step written down before and after it.

use super::{Letter, Mail, Place, Reports, ReportsError};
use ::reports::run::{Delivery, DeliveryState, Failure, Making, Patience, What};
use ::reports::target::Target;
use ::reports::{Format, Run, html, webhook};
use model::limits::SQS_DELAY_SECONDS;
use model::{TenantId, Timestamp};
use ports::LINK_SECONDS;
use records::dashboard::Written;
use records::{Document, Due, Errand, Shelf, object};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use setup::log::chain;

/// How many times somebody else's write is made way for.
const MOST_STEPS: usize = 200;

/// A run, and the version of it that was read.
struct Kept {
    document: Document,
    run: Run,
}

/// How a step has ended, of which attempt, and of a delivery its place too.
enum End {
    Made(u32, Result<Making, Failure>),
    Delivered((usize, u32), Result<(), Failure>),
}

impl End {
    /// Says so in a run as it is now; `false` where it is not for this step to say any more. What has succeeded holds, whoever has begun it
    /// again since.
    fn tell(&self, run: &mut Run, (now, patience): (Timestamp, Patience)) -> bool {
        match self {
            Self::Made(attempt, outcome) => {
                if run.making != Making::Waiting || (outcome.is_err() && run.attempts != *attempt) {
                    return false;
                }
                match outcome {
                    Ok(making) => run.made(making.clone(), now),
                    Err(failure) => run.not_made(failure.clone(), now, patience),
                }
            }
            Self::Delivered((at, attempt), outcome) => {
                let is_own = |delivery: &&Delivery| outcome.is_ok() || delivery.attempts == *attempt;
                let waits = |delivery: &Delivery| delivery.state == DeliveryState::Waiting;
                if !run.deliveries.get(*at).filter(is_own).is_some_and(waits) {
                    return false;
                }
                run.end_delivery(*at, outcome.clone(), (now, patience));
            }
        }
        true
    }
}

impl Reports {
    /// Does all that is due of a run now, and has the queue bring it back when something is due later.
    pub(super) async fn run(&self, place: Place<'_>) -> Result<(), ReportsError> {
        let mut has_done = false;
        for _ in 0..MOST_STEPS {
            let Some(mut kept) = self.kept(place).await? else { return Ok(()) };
            if !kept.run.is_due(self.clock.now()) {
                // Whoever takes a step says when the next one is due; who finds nothing to do leaves that alone.
                if has_done && let Some(at) = kept.run.wake_at {
                    self.bring_back(place, at).await;
                }
                return Ok(());
            }
            has_done |= self.step(place, &mut kept).await?;
        }
        Err(ReportsError::Untaken)
    }

    async fn kept(&self, place: Place<'_>) -> Result<Option<Kept>, ReportsError> {
        let document = records::document::get(&*self.table, (Shelf::Reports, place.tenant), place.id).await?;
        document.map(|document| Ok(Kept { run: serde_json::from_str(&document.text)?, document })).transpose()
    }

    /// One step; `false` where somebody else has taken it.
    async fn step(&self, place: Place<'_>, kept: &mut Kept) -> Result<bool, ReportsError> {
        let now = self.clock.now();
        if kept.run.give_up_worn((now, self.rules.patience)) {
            tracing::error!(tenant = %place.tenant, id = place.id, "a report is given up: whoever took it was gone each time");
            return self.save(place, kept).await;
        }
        if kept.run.making == Making::Waiting {
            kept.run.begin(now);
            if !self.save(place, kept).await? {
                return Ok(false);
            }
            let made = self.make((place.tenant, place.id), &kept.run.what).await.map_err(|error| {
                tracing::error!(tenant = %place.tenant, id = place.id, error = %chain(&error), "a report is not made");
                Failure { error: error.to_string(), is_final: false }
            });
            let end = End::Made(kept.run.attempts, made);
            return self.end(place, kept, &end).await;
        }
        // It is due, so that something waits.
        let Some(at) = kept.run.next_delivery(now) else { return Ok(false) };
        kept.run.begin_delivery(at, now);
        if !self.save(place, kept).await? {
            return Ok(false);
        }
        let outcome = self.deliver((place.tenant, place.id), &kept.run, &kept.run.deliveries[at]).await;
        if let Err(failure) = &outcome {
            let id = &kept.run.deliveries[at].id;
            tracing::warn!(tenant = %place.tenant, delivery = id, error = failure.error, "a delivery has failed");
        }
        let end = End::Delivered((at, kept.run.deliveries[at].attempts), outcome);
        self.end(place, kept, &end).await
    }

    /// Writes down how a step has ended, over the latest version: meanwhile others may have taken other steps of the same run.
    async fn end(&self, place: Place<'_>, kept: &mut Kept, end: &End) -> Result<bool, ReportsError> {
        for _ in 0..MOST_STEPS {
            if !end.tell(&mut kept.run, (self.clock.now(), self.rules.patience)) {
                return Ok(false);
            }
            if self.save(place, kept).await? {
                return Ok(true);
            }
            let Some(latest) = self.kept(place).await? else { return Ok(false) };
            *kept = latest;
        }
        Err(ReportsError::Untaken)
    }

    /// Writes a run over the version that was read, and before it, where something is due later, the entry by which that is found.
    async fn save(&self, place: Place<'_>, kept: &mut Kept) -> Result<bool, ReportsError> {
        let Kept { document, run } = kept;
        if let Some(at) = run.wake_at {
            records::due::put(&*self.table, &Due::of_run((place.tenant, place.id), at)).await?;
        }
        let next = document.next(serde_json::to_string(run)?, run.wake_at, self.clock.now());
        if records::document::replace(&*self.table, (Shelf::Reports, place.tenant), &next).await? == Written::Outdated {
            return Ok(false);
        }
        // What the version before waited for is done with.
        if let Some(before) = document.next_at.filter(|before| run.wake_at != Some(*before)) {
            records::due::delete(&*self.table, &Due::of_run((place.tenant, place.id), before)).await?;
        }
        *document = next;
        Ok(true)
    }

    /// Has the queue bring a run back when something is due. Where it does not, the tick finds it.
    async fn bring_back(&self, place: Place<'_>, at: Timestamp) {
        let seconds = at.millis_since(self.clock.now()).max(0).div_euclid(1000) + 1;
        let seconds = u32::try_from(seconds).unwrap_or(SQS_DELAY_SECONDS).min(SQS_DELAY_SECONDS);
        let body = Errand::Report { tenant: place.tenant.clone(), run: place.id.to_owned(), entry: None }.body();
        if let Err(error) = self.queue.send_later(&body, seconds).await {
            tracing::warn!(error = %chain(&error), "the queue does not bring a report back: the next tick finds it");
        }
    }

    async fn deliver(&self, place: (&TenantId, &str), run: &Run, delivery: &Delivery) -> Result<(), Failure> {
        match &delivery.target {
            Target::Mail(address) => self.mailer.send(&self.mail(place, run, (delivery, address)).await?).await,
            Target::Webhook(url) => self.courier.post(&self.letter(place, run, (delivery, url)).await?).await,
        }
    }

    async fn mail(&self, (tenant, id): (&TenantId, &str), run: &Run, (delivery, to): (&Delivery, &str)) -> Result<Mail, Failure> {
        let mail = |subject: String, text: String| Mail {
            id: delivery.id.clone(),
            to: to.to_owned(),
            subject,
            text,
            html: None,
            attachment: None,
            at: run.asked_at,
        };
        let (title, format, times) = match &run.what {
            What::Notice { title, text, .. } => return Ok(mail(title.clone(), text.clone())),
            What::Report { title, format, times, .. } => (title, *format, times),
        };
        let subject = format!("{title}: {}", html::span(times));
        let body = self.object(&object::report(tenant, id, format.name())).await?;
        if format != Format::Html {
            let text = format!("{subject}\n\nThe report is attached.\n");
            let name = format!("{id}.{}", format.name());
            return Ok(Mail { attachment: Some((name, format.content_type(), body.into_bytes())), ..mail(subject, text) });
        }
        let text = self.object(&object::report(tenant, id, super::make::TEXT)).await?;
        Ok(Mail { html: Some(body), ..mail(subject, text) })
    }

    async fn object(&self, key: &str) -> Result<String, Failure> {
        let object = self.bucket.get(key).await.map_err(|error| Failure { error: error.to_string(), is_final: false })?;
        let object = object.ok_or_else(|| Failure { error: "the report has expired".to_owned(), is_final: true })?;
        Ok(String::from_utf8_lossy(&object).into_owned())
    }

    async fn letter(&self, (tenant, id): (&TenantId, &str), run: &Run, (delivery, url): (&Delivery, &str)) -> Result<Letter, Failure> {
        let (name, generation) = run.signed_as();
        let secret = webhook::secret(self.rules.master.expose_secret(), tenant, (&name, generation));
        let timestamp = self.clock.now().as_seconds();
        let body = self.told((tenant, id), run, delivery).await?.to_string().into_bytes();
        let signature = webhook::signature(&secret, timestamp, &body);
        Ok(Letter { url: url.to_owned(), delivery: delivery.id.clone(), timestamp, signature, body })
    }

    /// What a webhook is told.
    async fn told(&self, (tenant, id): (&TenantId, &str), run: &Run, delivery: &Delivery) -> Result<Value, Failure> {
        let mut told = json!({"id": delivery.id, "tenant": tenant.as_str(), "attempt": delivery.attempts});
        match &run.what {
            What::Notice { title, text, data } => {
                told["type"] = json!("notice");
                told["notice"] = json!({"id": id, "title": title, "text": text, "data": data});
            }
            What::Report { template, title, format, times } => {
                let key = object::report(tenant, id, format.name());
                let link =
                    self.links.link(&key, LINK_SECONDS).await.map_err(|error| Failure { error: error.to_string(), is_final: false })?;
                let size_bytes = if let Making::Made { size_bytes, .. } = run.making { size_bytes } else { 0 };
                told["type"] = json!("report.ready");
                told["report"] = json!({
                    "id": id, "template": template, "title": title, "format": format.name(), "due": run.due.to_string(),
                    "schedule": run.schedule.as_ref().map(|(schedule, _)| schedule),
                    "range": {"from": times.range.from.to_string(), "to": times.range.to.to_string()},
                    "timezone": times.timezone.name(), "sizeBytes": size_bytes, "link": link,
                });
            }
        }
        Ok(told)
    }
}
