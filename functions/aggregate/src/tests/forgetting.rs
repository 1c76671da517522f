//! People who are erased are taken out of what is kept: budgets, dashboards, schedules and reports.

use super::world::{NOW, World, id};
use crate::Tick;
use bytes::Bytes;
use memory::Fault;
use model::{HourOffset, UserId};
use ports::Bucket;
use records::budget::{self, Measure, Notice, Period, Recipients, Scope, Terms};
use records::dashboard::{self, Sharing};
use records::erasure::{self, Request};
use records::{Budget, Dashboard, Document, Shelf, document, object};
use reports::period::Period as Span;
use reports::run::{Making, What};
use reports::{Format, Run, Schedule, Targets};
use serde_json::json;

const PERSON: &str = "u1";

fn budget((id, name): (&str, &str), scope: Scope) -> Budget {
    let terms = Terms { scope, measure: Measure::Tokens, limit: 1000, period: Period::Day, timezone: "UTC".into() };
    let mail = vec!["u1@example.com".into(), "boss@example.com".into()];
    let recipients = Recipients { mail, ..Recipients::default() };
    let (id, name) = (id.to_owned(), name.to_owned());
    Budget { id, name, terms, terms_version: 1, thresholds: vec![50], recipients, version: 1, created_at: NOW, updated_at: NOW }
}

fn dashboard(name: &str, owner: &str, sharing: Sharing) -> Dashboard {
    let widget = |user: &str| json!({"title": user, "query": {"filters": {"user": [user]}}});
    let document = json!({"name": name, "widgets": [widget(PERSON), widget("u12")]}).to_string();
    let (id, name, owner) = (name.to_owned(), name.to_owned(), owner.to_owned());
    Dashboard { id, name, owner, sharing, widgets: 2, document, version: 1, created_at: NOW, updated_at: NOW }
}

impl World {
    async fn keep(&self, run: &str, file: &str) {
        let times = Span::Day.before(NOW, chrono_tz::UTC, HourOffset::default());
        let what = What::Report { template: "billing".into(), title: "Of u1".into(), format: Format::Csv, times };
        let mut kept = Run::new(run, what, &Targets::default(), (NOW, NOW));
        let key = object::report(&id("demo"), run, "csv");
        kept.made(Making::Made { key: Some(key.clone()), size_bytes: 1, took_ms: 1, at: NOW }, NOW);
        let text = serde_json::to_string(&kept).unwrap();
        document::create(&*self.table, (Shelf::Reports, &id("demo")), &Document::new(run, text, None, NOW)).await.unwrap();
        self.bucket.put(&key, "text/csv", Bytes::copy_from_slice(file.as_bytes())).await.unwrap();
    }

    async fn kept(&self, run: &str) -> Run {
        let document = document::get(&*self.table, (Shelf::Reports, &id("demo")), run).await.unwrap().unwrap();
        serde_json::from_str(&document.text).unwrap()
    }

    /// Everything that names the person, but for the erasure itself.
    fn named(&self) -> Vec<String> {
        let items = self.table.items().into_iter().filter(|item| !item.key.partition.ends_with("#C#erasures"));
        let items = items.map(|item| format!("{item:?}")).filter(|text| model::erasure::tells_of(text, PERSON));
        let files = self.bucket.objects().into_iter().map(|(key, file)| format!("{key} {}", String::from_utf8_lossy(&file)));
        items.chain(files.filter(|text| model::erasure::tells_of(text, PERSON))).collect()
    }

    async fn filled() -> Self {
        let world = Self::new().await;
        let (tenant, user) = (id("demo"), UserId::new(PERSON).unwrap());
        for one in [budget(("b1", "own"), Scope::User(user)), budget(("b2", "like u1"), Scope::Tenant)] {
            budget::create(&*world.table, &tenant, &one).await.unwrap();
        }
        let (period_start, at, run) = (NOW, NOW, None);
        let notice = Notice { budget: "b1".into(), terms_version: 1, period_start, threshold: 50, used: 500, limit: 1000, at, run };
        budget::tell(&*world.table, &tenant, &notice).await.unwrap();
        for one in [
            dashboard("private", PERSON, Sharing::Private),
            dashboard("shared", PERSON, Sharing::Tenant),
            dashboard("others", "u12", Sharing::Private),
        ] {
            dashboard::create(&*world.table, &tenant, &one).await.unwrap();
        }
        let schedule = Schedule {
            name: "About u1".into(),
            template: "usage".into(),
            format: Format::Csv,
            cadence: "daily".into(),
            timezone: chrono_tz::UTC,
            period: Span::Day,
            targets: Targets { mail: vec!["u1@example.com".into()], webhooks: vec![] },
            enabled: true,
            starts_at: None,
            ends_at: None,
            generation: 1,
        };
        let kept = Document::new("s1", serde_json::to_string(&schedule).unwrap(), Some(NOW), NOW);
        document::create(&*world.table, (Shelf::Schedules, &tenant), &kept).await.unwrap();
        world.keep("r1", "user,cost\r\nu1,3\r\n").await;
        world.keep("r2", "user,cost\r\nu12,3\r\n").await;
        let request = Request { tenant: &tenant, user: &UserId::new(PERSON).unwrap(), now: NOW, fresh_key: [7; 32], anew: false };
        erasure::begin(&*world.table, &request).await.unwrap();
        world
    }

    async fn forgotten(&self) {
        assert_eq!(self.named(), Vec::<String>::new());
        let tenant = id("demo");
        let budgets = budget::all(&*self.table, &tenant).await.unwrap();
        let [other] = &budgets[..] else { panic!("{budgets:?}") };
        assert_eq!((other.name.as_str(), &other.recipients.mail), ("like (erased)", &vec!["boss@example.com".to_owned()]));
        assert_eq!(budget::told(&*self.table, &tenant, "b1").await.unwrap(), []);
        let dashboards = dashboard::all(&*self.table, &tenant).await.unwrap();
        let seen: Vec<_> = dashboards.iter().map(|one| (one.name.as_str(), one.owner.as_str(), one.widgets)).collect();
        assert_eq!(seen, [("others", "u12", 1), ("shared", "", 1)]);
        let (gone, stays) = (self.kept("r1").await, self.kept("r2").await);
        assert!(gone.erased && matches!(gone.making, Making::Made { key: None, .. }), "{gone:?}");
        assert!(!stays.erased && matches!(stays.making, Making::Made { key: Some(_), .. }), "{stays:?}");
        assert_eq!(self.bucket.objects().len(), 1);
        let schedule = document::get(&*self.table, (Shelf::Schedules, &tenant), "s1").await.unwrap().unwrap();
        assert_eq!(schedule.next_at, Some(NOW), "it goes on");
    }
}

#[tokio::test]
async fn what_is_kept_names_nobody_who_is_erased_and_others_stay_as_they_were() {
    let world = World::filled().await;
    assert!(world.named().len() > 8, "{:?}", world.named());
    world.tick(Tick::Minute).await.unwrap();
    world.forgotten().await;
}

#[tokio::test]
async fn a_report_that_was_made_meanwhile_is_found_before_the_erasure_is_done() {
    let world = World::filled().await;
    world.tick(Tick::Minute).await.unwrap();
    world.keep("late", "user,cost\r\nu1,3\r\n").await;
    let mut is_done = false;
    for _ in 0..60 {
        world.clock.advance_millis(60_000);
        let (_, work) = world.tick(Tick::Minute).await.unwrap();
        for one in &work {
            assert_eq!(world.deliver([("m", one.body())], 300_000).await, Vec::<String>::new());
        }
        let _ = world.queue.drain();
        let (_, all) = erasure::all(&*world.table, &id("demo"), ports::Read::Strong).await.unwrap();
        is_done = all.iter().all(|erasure| erasure.progress.state == erasure::State::Done);
        if is_done {
            break;
        }
    }
    assert!(is_done);
    assert!(world.kept("late").await.erased);
    assert_eq!(world.bucket.objects().len(), 1, "that of somebody else");
}

#[tokio::test]
async fn whatever_call_fails_the_next_ticks_go_on_until_nothing_is_named() {
    let calls = {
        let world = World::filled().await;
        let before = world.faults.calls();
        world.tick(Tick::Minute).await.unwrap();
        world.faults.calls() - before
    };
    for after in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let world = World::filled().await;
            world.faults.crash_after(after, fault);
            let _ = world.tick(Tick::Minute).await;
            world.faults.heal();
            for _ in 0..3 {
                world.tick(Tick::Minute).await.unwrap();
            }
            world.forgotten().await;
        }
    }
}
