use crate::reports::{HttpCourier, NoMailer, Reports, Rules};
use crate::{Nightly, NightlyError, Report};
use ::reports::run::Patience;
use ::reports::target::Loopback;
use cube::columns::{RowContext, from_events};
use memory::{Fault, Faults, MemoryBucket, MemoryQueue, MemoryTable, SettableClock};
use model::event::{AiUse, Facts, Sale, Tokens};
use model::money::Currency;
use model::price::PriceBook;
use model::{Event, EventId, Family, HourOffset, ProjectId, SegmentId, TenantId, Timestamp};
use records::{Partial, Tenant, partial, tenant};
use std::sync::Arc;

/// 2026-11-21T05:30:00Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);
/// 2026-11-20T00:00:00Z.
const YESTERDAY: Timestamp = Timestamp::from_millis(1_795_132_800_000);
const HOUR_MS: i64 = 3_600_000;

/// Reports that go nowhere but to the bucket.
pub fn reports_in((table, bucket): (Arc<MemoryTable>, Arc<MemoryBucket>), queue: Arc<MemoryQueue>, clock: Arc<SettableClock>) -> Reports {
    let patience = Patience { attempts: 3, pause_ms: 30_000 };
    Reports {
        table,
        links: bucket.clone(),
        bucket,
        queue,
        clock,
        mailer: Arc::new(NoMailer),
        courier: Arc::new(HttpCourier::new(Loopback::Refused)),
        rules: Rules { patience, master: "1f0c7a9be24d43688f0b6c1d2e934a55".into(), loopback: Loopback::Refused },
    }
}

struct World {
    faults: Faults,
    table: Arc<MemoryTable>,
    bucket: Arc<MemoryBucket>,
    report: Report,
}

impl World {
    async fn with_tenants(tenants: &[(&str, u8)]) -> Self {
        let faults = Faults::none();
        let (table, bucket) = (Arc::new(MemoryTable::with_faults(&faults)), Arc::new(MemoryBucket::with_faults(&faults)));
        for (name, minutes) in tenants {
            let hour_offset = HourOffset::from_minutes(*minutes).unwrap();
            let made =
                Tenant { id: TenantId::new(*name).unwrap(), hour_offset, currency: Currency::USD, pseudonymous: false, created_at: NOW };
            tenant::create(&*table, &made).await.unwrap();
        }
        let queue = Arc::new(MemoryQueue::with_faults(&faults));
        let report = Report::new(
            reports_in((table.clone(), bucket.clone()), queue, Arc::new(SettableClock::at(NOW))),
            (bucket.clone(), Arc::new(ports::SystemRandom)),
        );
        Self { faults, table, bucket, report }
    }

    /// Events of a tenant, counted.
    async fn count(&self, name: &str, events: Vec<Event>) {
        let tenant = tenant::get(&*self.table, &TenantId::new(name).unwrap()).await.unwrap().unwrap();
        let context = RowContext { prices: PriceBook::builtin(), hour_offset: tenant.hour_offset, currency: tenant.currency };
        for family in [Family::Ai, Family::Sales] {
            let of_family: Vec<Event> = events.iter().filter(|event| event.family() == family).cloned().collect();
            for (hour, batch) in from_events(family, &of_family, &context).unwrap() {
                let partial = Partial {
                    tenant: tenant.id.clone(),
                    family,
                    hour,
                    segment: SegmentId::from_digest([7; 32]),
                    events: batch.num_rows() as u64,
                    first: hour.start(tenant.hour_offset),
                    last: hour.start(tenant.hour_offset),
                    state: Some(cube::fold(family, &batch).encode().into()),
                };
                partial::put(&*self.table, &partial, NOW).await.unwrap();
            }
        }
    }

    fn file(&self, key: &str) -> String {
        String::from_utf8(self.bucket.objects()[key].to_vec()).unwrap()
    }
}

fn event(number: i64, time: Timestamp, facts: Facts) -> Event {
    let kind = if matches!(facts, Facts::Sales(_)) { "purchase" } else { "request" };
    Event {
        id: EventId::of_event(None, &number.to_string()),
        project: ProjectId::new("shop").unwrap(),
        user: None,
        session: None,
        kind: kind.into(),
        time,
        original_time: None,
        received: NOW,
        plan: None,
        historical: false,
        facts,
        properties: None,
    }
}

fn request(number: i64, time: Timestamp, model: &str) -> Event {
    let tokens = Tokens { input: 1_000_000, output: 10, ..Tokens::default() };
    event(number, time, Facts::Ai(AiUse { model: Some(model.into()), tokens, given_cost_pico: Some(250_000_000_001), ..AiUse::default() }))
}

fn sale(number: i64, time: Timestamp, currency: &str, amount_micros: i64) -> Event {
    let currency = Currency::from_code(currency);
    event(
        number,
        time,
        Facts::Sales(Sale { status: Some("completed".into()), amount_micros: Some(amount_micros), currency, ..Sale::default() }),
    )
}

fn of(date: &str, tenant: &str) -> Nightly {
    Nightly { date: Some(date.into()), tenant: Some(tenant.into()), time: None }
}

const HEADER: &str = "date,family,provider,model,requests,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,totalTokens,costUsd,\
                      currency,transactions,orders,revenue,refunds,refundAmount\r\n";

#[tokio::test]
async fn yesterdays_usage_and_sales_are_in_the_file() {
    let world = World::with_tenants(&[("demo", 0)]).await;
    let events = vec![
        request(1, YESTERDAY, "claude-3-opus-20240229"),
        request(2, YESTERDAY.plus_millis(24 * HOUR_MS - 1), "claude-3-opus-20240229"),
        request(3, YESTERDAY.plus_millis(HOUR_MS), "my, \"own\" model"),
        sale(4, YESTERDAY, "EUR", 29_990_000),
        sale(5, YESTERDAY, "EUR", 10_000),
        sale(6, YESTERDAY, "USD", 1_000_000),
        request(7, YESTERDAY.plus_millis(-1), "the day before"),
        request(8, YESTERDAY.plus_millis(24 * HOUR_MS), "today"),
    ];
    world.count("demo", events).await;
    let done = world.report.nightly(&Nightly::default()).await.unwrap();
    assert_eq!((done.date.as_str(), done.written), ("2026-11-20", 1));

    let expect = [
        HEADER,
        "2026-11-20,ai,(none),\"my, \"\"own\"\" model\",1,1000000,10,0,0,1000010,0.250000000001,,,,,,\r\n",
        "2026-11-20,ai,anthropic,claude-3-opus-20240229,2,2000000,20,0,0,2000020,0.500000000002,,,,,,\r\n",
        "2026-11-20,sales,,,,,,,,,,EUR,2,2,30,0,0\r\n",
        "2026-11-20,sales,,,,,,,,,,USD,1,1,1,0,0\r\n",
    ];
    assert_eq!(world.file("reports/daily/demo/2026-11-20/usage.csv"), expect.concat());
}

#[tokio::test]
async fn a_day_is_the_tenants_own() {
    let world = World::with_tenants(&[("delhi", 30)]).await;
    let half_past = YESTERDAY.plus_millis(HOUR_MS / 2);
    world.count("delhi", vec![sale(1, half_past.plus_millis(-1), "INR", 1_000_000), sale(2, half_past, "INR", 2_000_000)]).await;
    world.report.nightly(&of("2026-11-20", "delhi")).await.unwrap();
    assert!(world.file("reports/daily/delhi/2026-11-20/usage.csv").ends_with("INR,1,1,2,0,0\r\n"));
}

#[tokio::test]
async fn every_tenant_has_a_file_and_making_it_again_changes_nothing() {
    let world = World::with_tenants(&[("a", 0), ("b", 0), ("c", 15)]).await;
    world.count("a", vec![sale(1, YESTERDAY, "USD", 1)]).await;
    assert_eq!(world.report.nightly(&Nightly::default()).await.unwrap().written, 3);
    let objects = world.bucket.objects();
    assert_eq!(
        objects.keys().map(String::as_str).collect::<Vec<_>>(),
        ["a", "b", "c"].map(|name| format!("reports/daily/{name}/2026-11-20/usage.csv"))
    );
    assert_eq!(world.file("reports/daily/b/2026-11-20/usage.csv"), HEADER);
    world.report.nightly(&Nightly::default()).await.unwrap();
    assert_eq!(world.bucket.objects(), objects);
}

#[tokio::test]
async fn a_report_that_fails_fails_the_run_and_no_other_report() {
    let world = World::with_tenants(&[("a", 0), ("b", 0)]).await;
    world.faults.plan(|call| call.key.starts_with("reports/daily/a/").then_some(Fault::Before));
    let error = world.report.nightly(&Nightly::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "1 of 2 reports of 2026-11-20 were not written");
    assert_eq!(world.bucket.objects().len(), 1);
    world.faults.heal();
    assert_eq!(world.report.nightly(&Nightly::default()).await.unwrap().written, 2);
}

#[tokio::test]
async fn what_is_asked_for_and_not_there_is_refused() {
    let world = World::with_tenants(&[("demo", 0)]).await;
    assert!(matches!(world.report.nightly(&of("2026-11-20", "nobody")).await, Err(NightlyError::NoTenant(_))));
    assert!(matches!(world.report.nightly(&of("2026-13-20", "demo")).await, Err(NightlyError::Date)));
    assert!(matches!(world.report.nightly(&of("2026-11-20", "a#b")).await, Err(NightlyError::Tenant(_))));
    assert_eq!(world.bucket.objects().len(), 0);
}

#[tokio::test]
async fn a_label_is_never_a_formula() {
    let world = World::with_tenants(&[("demo", 0)]).await;
    world.count("demo", vec![request(1, YESTERDAY, "=HYPERLINK(\"http://example.com\")")]).await;
    world.report.nightly(&Nightly::default()).await.unwrap();
    assert!(world.file("reports/daily/demo/2026-11-20/usage.csv").contains(",\"'=HYPERLINK(\"\"http://example.com\"\")\","));
}
