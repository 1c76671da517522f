//! Deliveries are tried again, under one id, and in the end are delivered or dead letters.

use super::world::{MASTER, World, later, to_both};
use crate::reports::{Mail, Mailer, Reports};
use ::reports::run::{DeliveryState, Failure, Making, Run, Status, What};
use ::reports::{Targets, webhook};
use async_trait::async_trait;
use ports::Clock;
use records::Errand;
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn a_report_is_kept_in_the_bucket_mailed_and_told() {
    let world = World::at("2026-11-27T12:00:00Z").await;
    world.ask("r1", &to_both()).await;
    world.work().await;
    let run = world.the_run().await;
    assert_eq!(run.status(), Status::Done);
    let Making::Made { key: Some(key), size_bytes, .. } = &run.making else { panic!("{run:?}") };
    let object = world.bucket.objects()[key].clone();
    assert_eq!((key.as_str(), *size_bytes), ("reports/made/acme/r1.html", object.len() as u64));
    let [mail] = world.mail.all().try_into().unwrap();
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("boss@example.com", "Digest: 16 November 2026 to 22 November 2026 (UTC)"));
    assert_eq!(mail.html.unwrap().as_bytes(), &object[..]);
    let told = &world.told()[0].1;
    assert_eq!(told["report"]["link"], "https://bucket.test/reports/made/acme/r1.html?expires=86400");
    assert_eq!(told["report"]["range"], json!({"from": "2026-11-16T00:00:00.000Z", "to": "2026-11-23T00:00:00.000Z"}));
    // Nothing is left to be found.
    world.minutes(30).await;
    assert_eq!(records::due::until(&*world.table, world.clock.now().plus_millis(86_400_000)).await.unwrap().0, []);
    assert_eq!((world.mail.all().len(), world.letters.all().len()), (1, 1));
}

#[tokio::test]
async fn a_webhook_that_answers_500_twice_and_then_200_is_called_with_one_id_and_good_signatures() {
    let world = World::at("2026-11-27T12:00:00Z").await;
    world.letters.answers.lock().unwrap().extend([later("it answered 500"), later("it answered 500")]);
    world.ask("r1", &Targets { mail: Vec::new(), ..to_both() }).await;
    world.work().await;
    let run = world.the_run().await;
    assert_eq!((run.status(), run.deliveries[0].attempts), (Status::Delivering, 1));
    assert_eq!(run.deliveries[0].error.as_deref(), Some("it answered 500"));
    assert_eq!(world.queue.let_go().iter().map(|(seconds, _)| *seconds).collect::<Vec<_>>(), [31]);
    world.minutes(4).await;
    let letters = world.letters.all();
    assert_eq!(letters.len(), 3);
    assert!(letters.iter().all(|letter| letter.delivery == "r1-0"));
    let secret = webhook::secret(MASTER, &world.tenant, ("on-demand", 1));
    for letter in &letters {
        assert_eq!(letter.signature, webhook::signature(&secret, letter.timestamp, &letter.body));
    }
    assert!(letters.windows(2).all(|pair| pair[0].timestamp < pair[1].timestamp));
    let run = world.the_run().await;
    assert_eq!((run.status(), run.deliveries[0].attempts, &run.deliveries[0].error), (Status::Done, 3, &None));
}

#[tokio::test]
async fn a_webhook_that_never_answers_ends_as_a_dead_letter_and_keeps_no_other_target_waiting() {
    let world = World::at("2026-11-27T12:00:00Z").await;
    *world.letters.never_answers.lock().unwrap() = true;
    world.ask("r1", &to_both()).await;
    world.minutes(60).await;
    let run = world.the_run().await;
    assert_eq!(run.status(), Status::Failed);
    let [mail, hook] = &run.deliveries[..] else { panic!("{run:?}") };
    assert_eq!((mail.state, mail.attempts), (DeliveryState::Delivered, 1));
    assert_eq!((hook.state, hook.attempts, hook.error.as_deref()), (DeliveryState::Dead, 3, Some("it did not answer in time")));
    assert_eq!(world.letters.all().len(), 3);
}

#[tokio::test]
async fn a_report_that_cannot_be_made_is_tried_again_and_then_visibly_failed() {
    let world = World::at("2026-11-27T12:00:00Z").await;
    world.faults.plan(|call| (call.service == "bucket").then_some(memory::Fault::Before));
    world.ask("r1", &to_both()).await;
    world.minutes(1).await;
    assert_eq!(world.the_run().await.status(), Status::Queued);
    world.minutes(20).await;
    let run = world.the_run().await;
    assert_eq!((run.status(), run.attempts), (Status::Failed, 3));
    assert_eq!(run.making, Making::Failed { error: "it cannot be kept".into() });
    assert_eq!((world.mail.all().len(), world.letters.all().len()), (0, 0));
}

#[tokio::test]
async fn a_notice_is_told_once_however_often_it_is_sent() {
    let world = World::at("2026-11-27T12:00:00Z").await;
    let now = world.clock.now();
    let what = What::Notice { title: "Budget at 80%".into(), text: "The budget is used up to 80%.".into(), data: json!({"percent": 80}) };
    let run = Run::new("budget-b1-80", what, &to_both(), (now, now)).of_budget("b1", 3);
    assert!(world.send("budget-b1-80", &run).await.unwrap());
    world.work().await;
    assert!(!world.send("budget-b1-80", &run).await.unwrap());
    world.minutes(5).await;
    let [mail] = world.mail.all().try_into().unwrap();
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Budget at 80%", "The budget is used up to 80%."));
    let [(id, told)] = world.told().try_into().unwrap();
    assert_eq!((id.as_str(), &told["notice"]["data"]), ("budget-b1-80-1", &json!({"percent": 80})));
    // It is signed with the secret that the budget showed.
    let [letter] = world.letters.all().try_into().unwrap();
    let secret = webhook::secret(MASTER, &world.tenant, (&webhook::of_budget("b1"), 3));
    assert_eq!(letter.signature, webhook::signature(&secret, letter.timestamp, &letter.body));
}

/// A mailer that takes so long that another function does what else there is to do of the same report.
struct Slow {
    mailer: Arc<dyn Mailer>,
    other: Reports,
    errand: Errand,
}

#[async_trait]
impl Mailer for Slow {
    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        self.other.errand(&self.errand).await.unwrap();
        self.mailer.send(mail).await
    }
}

#[tokio::test]
async fn what_one_function_has_delivered_is_remembered_though_another_one_delivers_the_rest_meanwhile() {
    let world = World::at("2026-11-27T12:00:00Z").await;
    world.ask("r1", &to_both()).await;
    let errand = Errand::Report { tenant: world.tenant.clone(), run: "r1".into(), entry: None };
    let slow = Slow { mailer: world.mail.clone(), other: world.reports.clone(), errand: errand.clone() };
    Reports { mailer: Arc::new(slow), ..world.reports.clone() }.errand(&errand).await.unwrap();
    let run = world.the_run().await;
    assert_eq!(run.status(), Status::Done, "{run:?}");
    world.minutes(30).await;
    assert_eq!((world.mail.all().len(), world.letters.all().len()), (1, 1));
}
