//! What a look at budgets tells, over a table and a bucket in memory that the function `store` has written to.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use budgets::{Asking, Look};
use memory::{Fault, Faults, MemoryBucket, MemoryQueue, MemoryTable, SettableClock};
use model::event::{AiUse, Tokens};
use model::message::{Message, pack};
use model::money::Currency;
use model::{Event, EventId, Facts, HourOffset, ProjectId, TenantId, Timestamp, UserId};
use ports::Clock;
use reader::{Owner, Reader};
use records::budget::{self, Measure, Notice, Period, Recipients, Scope, Terms};
use records::{Budget, Made, Shelf};
use reports::run::What;
use serde_json::json;
use std::sync::Arc;
use store::Store;

const NOW: &str = "2026-11-19T10:20:30.400Z";

struct World {
    faults: Faults,
    table: Arc<MemoryTable>,
    bucket: Arc<MemoryBucket>,
    errands: Arc<MemoryQueue>,
    clock: Arc<SettableClock>,
    stored: std::cell::Cell<u32>,
}

fn at(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn budget(id: &str, scope: Scope, (measure, limit): (Measure, i64)) -> Budget {
    let terms = Terms { scope, measure, limit, period: Period::Month, timezone: "Asia/Kolkata".into() };
    let (created_at, updated_at) = (at(NOW), at(NOW));
    let recipients =
        Recipients { mail: vec!["boss@example.com".into()], webhooks: vec!["https://hooks.example.com/".into()], generation: 2 };
    let (name, thresholds) = (id.into(), vec![50, 80, 100]);
    Budget { id: id.into(), name, terms, terms_version: 1, thresholds, recipients, version: 1, created_at, updated_at }
}

impl World {
    async fn with(budgets: &[Budget]) -> Self {
        let faults = Faults::none();
        let table = Arc::new(MemoryTable::with_faults(&faults));
        let bucket = Arc::new(MemoryBucket::with_faults(&faults));
        let errands = Arc::new(MemoryQueue::with_faults(&faults));
        let clock = Arc::new(SettableClock::at(at(NOW)));
        let (currency, hour_offset) = (Currency::USD, HourOffset::default());
        let owner = records::Tenant { id: tenant(), hour_offset, currency, pseudonymous: false, created_at: at(NOW) };
        records::tenant::create(&*table, &owner).await.unwrap();
        for budget in budgets {
            assert_eq!(budget::create(&*table, &tenant(), budget).await.unwrap(), Made::New);
        }
        Self { faults, table, bucket, errands, clock, stored: std::cell::Cell::new(0) }
    }

    /// Stores a request of a user that takes so many tokens.
    async fn used(&self, (user, project): (&str, &str), (time, tokens): (&str, i64), id: &str) {
        let tokens = Tokens { input: tokens, ..Tokens::default() };
        let facts = AiUse { model: Some("gpt-4".into()), status: Some("completed".into()), tokens, ..AiUse::default() };
        let event = Event {
            id: EventId::of_request(id),
            project: ProjectId::new(project).unwrap(),
            user: Some(UserId::new(user).unwrap()),
            session: None,
            kind: "ai.request".into(),
            time: at(time),
            original_time: None,
            received: at(NOW),
            plan: None,
            historical: false,
            facts: Facts::Ai(facts),
            properties: None,
        };
        let message = Message {
            tenant: tenant(),
            hour_offset: HourOffset::default(),
            currency: Currency::USD,
            received: at(NOW),
            events: vec![event],
        };
        let body = pack(message).unwrap().remove(0);
        self.stored.set(self.stored.get() + 1);
        let record = json!({"messageId": format!("m{}", self.stored.get()), "receiptHandle": "r", "body": body, "attributes": {}, "messageAttributes": {}, "eventSource": "aws:sqs"});
        let store = Store::new(self.table.clone(), self.bucket.clone(), self.clock.clone());
        let failed = store.handle(serde_json::from_value::<_>(json!({"Records": [record]})).unwrap()).await.batch_item_failures;
        assert!(failed.is_empty());
    }

    async fn settle(&self, day: &str) {
        let settler = settle::Settler {
            table: self.table.clone(),
            bucket: self.bucket.clone(),
            clock: self.clock.clone(),
            random: Arc::new(ports::SystemRandom),
            rules: settle::Rules::default(),
        };
        let day = model::Day::from_key(day).unwrap();
        let work = settle::Work::Settle { tenant: tenant(), family: model::Family::Ai, day, again: settle::Again::Nothing };
        assert!(settler.run(&work).await.unwrap().hours > 0);
    }

    async fn look(&self) -> Result<Vec<Notice>, budgets::LookError> {
        let reader = Reader::new(self.table.clone(), self.bucket.clone());
        let tenant = tenant();
        let owner = Owner { tenant: &tenant, hour_offset: HourOffset::default(), now: self.clock.now() };
        Look { table: &*self.table, errands: &*self.errands, reader: &reader, owner }.at().await
    }

    /// The runs by which recipients are told: the budget that each is of, and the threshold, in order; each is kept under another id.
    async fn runs(&self) -> Vec<(String, u64)> {
        let all = records::document::all(&*self.table, (Shelf::Reports, &tenant())).await.unwrap();
        let told = all.into_iter().map(|document| {
            let run: reports::Run = serde_json::from_str(&document.text).unwrap();
            assert_eq!(run.deliveries.len(), 2, "a mail and a webhook: {run:?}");
            let What::Notice { data, .. } = run.what else { panic!("{run:?}") };
            (run.budget.unwrap().0, data["threshold"].as_u64().unwrap())
        });
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    }

    /// What is told now.
    async fn told(&self) -> Vec<(String, u16)> {
        let told = self.look().await.unwrap();
        told.into_iter().map(|notice| (notice.budget, notice.threshold)).collect()
    }
}

fn named(pairs: &[(&str, u16)]) -> Vec<(String, u16)> {
    pairs.iter().map(|(budget, threshold)| ((*budget).to_owned(), *threshold)).collect()
}

#[tokio::test]
async fn each_threshold_is_told_once_a_period_of_whoever_the_budget_is_for() {
    let ann = Scope::User(UserId::new("ann").unwrap());
    let shop = Scope::Project(ProjectId::new("shop").unwrap());
    let all = [
        budget("ann", ann, (Measure::Tokens, 1000)),
        budget("shop", shop, (Measure::Tokens, 10_000)),
        budget("tenant", Scope::Tenant, (Measure::Money, 60_000)),
    ];
    let world = World::with(&all).await;
    assert_eq!(world.told().await, []);
    world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 499), "a").await;
    assert_eq!(world.told().await, []);
    world.used(("ann", "web"), ("2026-11-19T09:10:00Z", 1), "b").await;
    assert_eq!(world.told().await, named(&[("ann", 50)]));
    assert_eq!(world.told().await, []);
    // 1,500 tokens at 30 dollars a million are 4.5 cents of the tenant's 6.
    world.used(("ann", "shop"), ("2026-11-19T10:00:00Z", 1000), "c").await;
    assert_eq!(world.told().await, named(&[("ann", 80), ("ann", 100), ("tenant", 50)]));
    world.used(("bob", "shop"), ("2026-11-19T10:00:00Z", 9000), "d").await;
    assert_eq!(world.told().await, named(&[("shop", 50), ("shop", 80), ("shop", 100), ("tenant", 80), ("tenant", 100)]));
    assert_eq!(world.told().await, []);
    // In Calcutta it is December.
    world.clock.set(at("2026-11-30T19:00:00Z"));
    world.used(("ann", "shop"), ("2026-11-30T18:40:00Z", 600), "e").await;
    assert_eq!(world.told().await, named(&[("ann", 50)]));
    let history = budget::told(&*world.table, &tenant(), "ann").await.unwrap();
    let starts: Vec<_> = history.iter().map(|notice| (notice.threshold, notice.period_start, notice.used)).collect();
    let (november, december) = (at("2026-10-31T18:30:00Z"), at("2026-11-30T18:30:00Z"));
    assert_eq!(history.len(), 4);
    for (threshold, start, used) in [(50, november, 500), (80, november, 1500), (100, november, 1500), (50, december, 600)] {
        // Hours begin with UTC's here, and the hour that a day of Calcutta begins in belongs to the day that holds its middle.
        assert!(
            starts.iter().any(|found| found.0 == threshold && found.2 == used && found.1.millis_since(start).abs() <= 1_800_000),
            "{starts:?}"
        );
    }
}

#[tokio::test]
async fn a_settle_that_lowers_a_number_and_events_that_raise_it_again_tell_nothing_twice() {
    let world = World::with(&[budget("all", Scope::Tenant, (Measure::Tokens, 1000))]).await;
    world.clock.set(at("2026-11-19T11:30:00Z"));
    // One event, sent twice in two messages: 1,000 tokens until its hour is settled, 500 from then on.
    for _ in 0..2 {
        world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 500), "a").await;
    }
    assert_eq!(world.told().await, named(&[("all", 50), ("all", 80), ("all", 100)]));
    world.settle("2026-11-19").await;
    assert_eq!(world.told().await, []);
    world.used(("ann", "shop"), ("2026-11-19T10:00:00Z", 700), "b").await;
    assert_eq!(world.told().await, [], "crossed again, and told before");
    assert_eq!(world.runs().await, [50, 80, 100].map(|threshold| ("all".to_owned(), threshold)));
}

#[tokio::test]
async fn what_a_settle_raises_is_told_by_the_next_look() {
    let world = World::with(&[budget("all", Scope::Tenant, (Measure::Money, 20_000))]).await;
    world.clock.set(at("2026-11-19T11:30:00Z"));
    world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 300), "a").await;
    assert_eq!(world.told().await, [], "0.9 cents of 2");
    let dear = records::Price::of(
        "gpt-4",
        None,
        (at("2026-11-01T00:00:00Z"), model::price::Rates { input_pico: 60_000_000, ..Default::default() }),
    )
    .unwrap();
    records::price::enforce(&*world.table, (&tenant(), HourOffset::default()), &dear, at(NOW)).await.unwrap();
    world.settle("2026-11-19").await;
    assert_eq!(world.told().await, named(&[("all", 50), ("all", 80)]), "1.8 cents of 2");
    assert_eq!(world.runs().await, [50, 80].map(|threshold| ("all".to_owned(), threshold)));
}

#[tokio::test]
async fn whatever_call_fails_each_threshold_is_told_once_by_all_looks_together() {
    // The budgets, what is used, what was told; and for each threshold the entry, the run, its errand, and that it was told.
    for crash in 0..24 {
        for fault in [Fault::Before, Fault::After] {
            let world = World::with(&[budget("all", Scope::Tenant, (Measure::Tokens, 1000))]).await;
            world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 1200), "a").await;
            world.faults.crash_after(crash, fault);
            let first = world.look().await;
            world.faults.heal();
            world.look().await.unwrap();
            assert_eq!(world.told().await, [], "after {crash} calls: {first:?}");
            let told = budget::told(&*world.table, &tenant(), "all").await.unwrap();
            let thresholds: Vec<u16> = told.iter().map(|notice| notice.threshold).collect();
            assert_eq!(thresholds, [50, 80, 100], "after {crash} calls: {first:?}");
            assert_eq!(world.runs().await, [50, 80, 100].map(|threshold| ("all".to_owned(), threshold)), "after {crash} calls: {first:?}");
            assert!(told.iter().all(|notice| notice.run.is_some()), "after {crash} calls: {told:?}");
        }
    }
}

#[tokio::test]
async fn of_two_looks_at_once_one_tells() {
    let world = World::with(&[budget("all", Scope::Tenant, (Measure::Tokens, 1000))]).await;
    world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 900), "a").await;
    let (one, other) = tokio::join!(world.look(), world.look());
    let mut told: Vec<u16> = [one.unwrap(), other.unwrap()].concat().iter().map(|notice| notice.threshold).collect();
    told.sort_unstable();
    assert_eq!(told, [50, 80]);
    assert_eq!(world.runs().await, [50, 80].map(|threshold| ("all".to_owned(), threshold)));
}

#[tokio::test]
async fn recipients_are_told_what_is_used_of_what_and_others_only_the_history() {
    let ann = Scope::User(UserId::new("ann").unwrap());
    let quiet = Budget { recipients: Recipients::default(), ..budget("quiet", Scope::Tenant, (Measure::Tokens, 1000)) };
    let mut dear = budget("dear", ann, (Measure::Money, 20_000));
    dear.terms.timezone = "UTC".into();
    let world = World::with(&[dear, quiet]).await;
    world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 500), "a").await;
    assert_eq!(world.told().await, named(&[("dear", 50), ("quiet", 50)]));
    let [document] = records::document::all(&*world.table, (Shelf::Reports, &tenant())).await.unwrap().try_into().unwrap();
    let run: reports::Run = serde_json::from_str(&document.text).unwrap();
    let What::Notice { title, text, data } = &run.what else { panic!("{run:?}") };
    assert_eq!(title, "Budget dear: 50% is reached");
    assert_eq!(
        text,
        "0.015 USD of 0.02 USD are used by the user ann in the month 1 November 2026 to 30 November 2026 (UTC): 50% of the budget dear, or \
         more, as of 2026-11-19T10:20:30.400Z.\n"
    );
    assert_eq!((&data["used"], &data["limit"], &data["budget"]["userId"]), (&json!(0.015), &json!(0.02), &json!("ann")));
    assert_eq!(run.signed_as(), ("budget-dear".to_owned(), 2));
    let told = budget::told(&*world.table, &tenant(), "quiet").await.unwrap();
    assert_eq!((told.len(), &told[0].run), (1, &None));
    // The errand comes at once; the entry is for the case that it does not.
    assert_eq!(world.errands.bodies().len(), 1);
    assert_eq!(records::due::until(&*world.table, world.clock.now().plus_millis(60_000)).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn a_queue_that_takes_nothing_keeps_nobody_from_being_told() {
    let world = World::with(&[budget("all", Scope::Tenant, (Measure::Tokens, 1000))]).await;
    world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 500), "a").await;
    world.faults.down("queue");
    assert_eq!(world.told().await, named(&[("all", 50)]));
    world.faults.heal();
    let (due, _) = records::due::until(&*world.table, world.clock.now().plus_millis(60_000)).await.unwrap();
    assert_eq!(due.len(), 1, "the tick of report finds it");
}

#[tokio::test]
async fn other_terms_are_another_budget_and_another_name_is_not() {
    let first = budget("all", Scope::Tenant, (Measure::Tokens, 1000));
    let world = World::with(std::slice::from_ref(&first)).await;
    world.used(("ann", "shop"), ("2026-11-19T09:00:00Z", 1000), "a").await;
    assert_eq!(world.told().await.len(), 3);
    let renamed = Budget { name: "other".into(), version: 2, ..first.clone() };
    assert!(budget::replace(&*world.table, &tenant(), &renamed).await.unwrap());
    assert_eq!(world.told().await, []);
    let raised = Budget { terms: Terms { limit: 2000, ..first.terms.clone() }, terms_version: 3, version: 3, ..first };
    assert!(budget::replace(&*world.table, &tenant(), &raised).await.unwrap());
    assert_eq!(world.told().await, named(&[("all", 50)]));
}

#[test]
fn a_period_is_whole_in_its_zone_across_a_change_of_its_clocks() {
    let mut berlin = budget("all", Scope::Tenant, (Measure::Tokens, 1));
    berlin.terms.timezone = "Europe/Berlin".into();
    berlin.terms.period = Period::Day;
    let of = |text: &str| Asking::now(&berlin, (at(text), HourOffset::default())).unwrap().period;
    let day = of("2026-10-25T12:00:00Z");
    assert_eq!((day.from, day.to), (at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")), "25 hours");
    let first = of("2026-10-25T23:00:00Z");
    assert_eq!(first.from, at("2026-10-25T23:00:00Z"), "its first moment is of the new day");
}
