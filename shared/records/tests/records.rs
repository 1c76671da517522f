//! Records, written and read back through a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use memory::{Fault, Faults, MemoryTable};
use model::limits::PARTIAL_BYTES;
use model::money::Currency;
use model::{Family, Hour, HourOffset, ProjectId, SegmentId, TenantId, Timestamp};
use ports::{Item, Key, Read, Table, Value};
use records::buffer::{self, Place};
use records::partial::{self, Span};
use records::{ApiKey, Made, Partial, Pending, Project, Purpose, Quota, RecordError, Service, Tenant};
use records::{api_key, claim, limit, pending, project, service, tenant};

/// 2026-11-21T05:30:10Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_239_010_000);
const HOUR_MS: i64 = 3_600_000;

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

#[tokio::test]
async fn a_tenants_hours_stay_as_they_were_when_it_was_made() {
    let table = MemoryTable::new();
    let hour_offset = HourOffset::from_minutes(45).unwrap();
    let first = Tenant { id: demo(), hour_offset, currency: Currency::from_code("NPR").unwrap(), pseudonymous: false, created_at: NOW };
    assert_eq!(tenant::create(&table, &first).await.unwrap(), Made::New);
    let second = Tenant { hour_offset: HourOffset::default(), ..first.clone() };
    assert_eq!(tenant::create(&table, &second).await.unwrap(), Made::Before(first.clone()));
    assert_eq!(tenant::get(&table, &demo()).await.unwrap(), Some(first.clone()));
    assert_eq!(tenant::all(&table).await.unwrap(), [first]);
    assert_eq!(tenant::get(&table, &TenantId::new("other").unwrap()).await.unwrap(), None);
}

#[tokio::test]
async fn projects_keys_and_services_are_of_one_tenant() {
    let table = MemoryTable::new();
    let project = Project { id: ProjectId::new("shop").unwrap(), name: "The shop".into(), created_at: NOW };
    assert_eq!(project::create(&table, &demo(), &project).await.unwrap(), Made::New);
    let (hour_offset, currency) = (HourOffset::from_minutes(30).unwrap(), Currency::USD);
    let project_id = project.id.clone();
    let key = ApiKey {
        hash: "ab12".into(),
        tenant: demo(),
        purpose: Purpose::Project(project_id),
        hour_offset,
        currency,
        created_at: NOW,
        revoked_at: None,
    };
    assert_eq!(api_key::create(&table, &key).await.unwrap(), Made::New);
    let name = "billing".to_owned();
    let service = Service { name, tenant: demo(), hour_offset, currency, generation: 3, created_at: NOW, revoked_at: None };
    assert_eq!(service::create(&table, &service).await.unwrap(), Made::New);

    assert_eq!(project::all(&table, &demo()).await.unwrap(), [project]);
    let scraping = ApiKey { hash: "cd34".into(), purpose: Purpose::Scraping, ..key.clone() };
    assert_eq!(api_key::create(&table, &scraping).await.unwrap(), Made::New);
    assert_eq!(api_key::all(&table, &demo()).await.unwrap(), [key.clone(), scraping]);
    assert_eq!(service::all(&table, &demo()).await.unwrap(), std::slice::from_ref(&service));
    let other = TenantId::new("other").unwrap();
    assert_eq!(project::all(&table, &other).await.unwrap(), []);
    assert_eq!(api_key::get(&table, &other, "ab12").await.unwrap(), None);
    assert_eq!(service::get(&table, &other, "billing").await.unwrap(), None);

    // A revocation holds, whatever is asked afterwards.
    let revoked_at = Some(NOW);
    assert!(api_key::revoke(&table, &demo(), "ab12", NOW).await.unwrap());
    assert!(api_key::revoke(&table, &demo(), "ab12", NOW.plus_millis(HOUR_MS)).await.unwrap());
    assert_eq!(api_key::get(&table, &demo(), "ab12").await.unwrap(), Some(ApiKey { revoked_at, ..key.clone() }));
    assert_eq!(api_key::create(&table, &key).await.unwrap(), Made::Before(ApiKey { revoked_at, ..key }));
    assert!(service::revoke(&table, &demo(), "billing", NOW).await.unwrap());
    assert_eq!(service::get(&table, &demo(), "billing").await.unwrap(), Some(Service { revoked_at, ..service }));
    assert!(!api_key::revoke(&table, &demo(), "none", NOW).await.unwrap());
    assert!(!service::revoke(&table, &demo(), "none", NOW).await.unwrap());
}

#[tokio::test]
async fn an_id_keeps_the_time_of_its_first_arrival_even_when_the_answer_to_it_was_lost() {
    let faults = Faults::none();
    let table = MemoryTable::with_faults(&faults);
    let later = NOW.plus_millis(HOUR_MS);
    assert_eq!(claim::first_arrival(&table, &demo(), "b:1", NOW).await.unwrap(), NOW);
    assert_eq!(claim::first_arrival(&table, &demo(), "b:1", later).await.unwrap(), NOW);
    assert_eq!(claim::first_arrival(&table, &TenantId::new("other").unwrap(), "b:1", later).await.unwrap(), later);
    faults.fail_next(Fault::After);
    assert!(claim::first_arrival(&table, &demo(), "b:2", NOW).await.unwrap_err().is_transient());
    assert_eq!(claim::first_arrival(&table, &demo(), "b:2", later).await.unwrap(), NOW);
    assert!(table.items().iter().all(|item| item.number("expires_at").is_some_and(|at| at >= NOW.as_seconds() + 48 * 3600)));
}

#[tokio::test]
async fn a_window_gives_its_quota_and_no_more_and_the_next_one_gives_it_again() {
    let table = MemoryTable::new();
    let quota = Quota { limit: 10, seconds: 60 };
    let take = async |amount, now| {
        let taken = limit::take(&table, "key:ab12", quota, amount, now).await.unwrap();
        assert_eq!(taken.limit, 10);
        (taken.count, taken.exceeded, taken.reset_seconds)
    };
    assert_eq!(take(11, NOW).await, (0, true, 50), "NOW is ten seconds into its minute");
    assert_eq!(take(7, NOW).await, (7, false, 50));
    assert_eq!(take(4, NOW.plus_millis(49_999)).await, (7, true, 1), "all of it or nothing");
    assert_eq!(take(3, NOW.plus_millis(49_999)).await, (10, false, 1));
    assert_eq!(take(1, NOW.plus_millis(50_000)).await, (1, false, 60));
    let other = limit::take(&table, "key:cd34", quota, 10, NOW).await.unwrap();
    assert!(!other.exceeded);
    assert!(table.items().iter().all(|item| item.number("expires_at").is_some_and(|at| at > NOW.as_seconds())));
}

#[tokio::test]
async fn a_buffer_is_what_is_accepted_and_not_yet_stored() {
    let table = MemoryTable::new();
    let (tenant, project) = (demo(), ProjectId::new("shop").unwrap());
    let at = |received| Place { tenant: &tenant, project: &project, received };
    let depth = async || buffer::depth(&table, &tenant, &project, NOW).await.unwrap();
    buffer::accepted(&table, at(NOW), 5).await.unwrap();
    buffer::accepted(&table, at(NOW.plus_millis(-HOUR_MS)), 3).await.unwrap();
    buffer::stored(&table, at(NOW), 2).await.unwrap();
    assert_eq!(depth().await, 6);
    // A minute that was stored twice takes nothing from what another still holds.
    buffer::stored(&table, at(NOW), 9).await.unwrap();
    assert_eq!(depth().await, 3);
    buffer::accepted(&table, at(NOW.plus_millis(-30 * HOUR_MS)), 100).await.unwrap();
    assert_eq!(depth().await, 3, "of the last day");
}

#[tokio::test]
async fn what_a_key_sends_is_counted_once_for_its_limit_and_for_the_buffer() {
    let table = MemoryTable::new();
    let (tenant, project) = (demo(), ProjectId::new("shop").unwrap());
    let at = |received| Place { tenant: &tenant, project: &project, received };
    let depth = async || buffer::depth(&table, &tenant, &project, NOW).await.unwrap();
    let take = async |scope: &str, events, received| {
        let taken = buffer::take(&table, at(received), scope, 10, events).await.unwrap();
        (taken.count, taken.exceeded)
    };
    assert_eq!(take("key:a", 7, NOW).await, (7, false));
    assert_eq!(take("key:a", 4, NOW).await, (7, true), "all or nothing");
    assert_eq!(take("key:b", 4, NOW).await, (4, false), "each key has its own limit");
    assert_eq!(take("key:a", 4, NOW.plus_millis(-60_000)).await, (4, false), "and each minute");
    assert_eq!(depth().await, 15);
    buffer::stored(&table, at(NOW), 11).await.unwrap();
    buffer::give_back(&table, at(NOW.plus_millis(-60_000)), "key:a", 4).await.unwrap();
    assert_eq!(depth().await, 0);
}

fn of_hour(hour: i32, number: u8, state: Option<Vec<u8>>) -> Partial {
    let segment = SegmentId::from_digest([number; 32]);
    let state = state.map(Into::into);
    Partial { tenant: demo(), family: Family::Ai, hour: Hour::from_index(hour), segment, events: 7, first: NOW, last: NOW, state }
}

async fn read(table: &MemoryTable, from: i32, to: i32) -> Result<Vec<Partial>, RecordError> {
    let hours = Hour::from_index(from)..=Hour::from_index(to);
    partial::range(table, &Span { tenant: &demo(), family: Family::Ai, hours, read: Read::Strong }).await
}

#[tokio::test]
async fn partials_come_back_by_hour_across_pages_and_no_others() {
    let table = MemoryTable::new();
    // Segments that begin with each hexadecimal digit, and enough bytes for several pages.
    let partials: Vec<Partial> =
        (0..40_u8).map(|number| of_hour(500_000 + i32::from(number / 8), number * 6, Some(vec![number; 100_000]))).collect();
    for partial in partials.iter().rev() {
        partial::put(&table, partial, NOW).await.unwrap();
        partial::put(&table, partial, NOW).await.unwrap();
    }
    partial::put(&table, &Partial { family: Family::Sales, ..of_hour(500_000, 1, None) }, NOW).await.unwrap();
    partial::put(&table, &Partial { tenant: TenantId::new("demo2").unwrap(), ..of_hour(500_000, 1, None) }, NOW).await.unwrap();
    assert_eq!(read(&table, 500_000, 500_004).await.unwrap(), partials);
    assert_eq!(read(&table, 500_001, 500_002).await.unwrap(), partials[8..24], "both ends are included");
    assert_eq!(read(&table, 500_005, 500_009).await.unwrap(), []);
}

#[tokio::test]
async fn a_state_that_makes_the_item_too_large_is_left_out_and_any_other_is_kept() {
    let table = MemoryTable::new();
    let bare = of_hour(500_000, 1, None);
    partial::put(&table, &bare, NOW).await.unwrap();
    let room = PARTIAL_BYTES - table.items()[0].size_bytes() - "state".len();
    for (bytes, kept) in [(room, true), (room + 1, false)] {
        partial::put(&table, &of_hour(500_000, 1, Some(vec![1; bytes])), NOW).await.unwrap();
        assert_eq!(read(&table, 500_000, 500_000).await.unwrap()[0].state.is_some(), kept, "{bytes} bytes");
    }
}

#[tokio::test]
async fn a_malformed_partial_stops_the_reading_rather_than_counting_as_nothing() {
    let table = MemoryTable::new();
    let item = Item::new(Key::new("T#demo#P#ai", "2026-11-21T05#ab")).with("events", Value::Text("seven".into()));
    table.put(item, ports::Condition::Always).await.unwrap();
    let error = read(&table, 0, 600_000).await.unwrap_err();
    assert_eq!(error.to_string(), "the item T#demo#P#ai / 2026-11-21T05#ab has no good attribute events");
}

#[tokio::test]
async fn a_partial_waits_under_its_tenants_shard() {
    let table = MemoryTable::new();
    let tenants = ["demo", "acme", "x", "a-tenant-with-a-longer-name"].map(|name| TenantId::new(name).unwrap());
    for tenant in &tenants {
        partial::put(&table, &Partial { tenant: tenant.clone(), ..of_hour(500_000, 1, None) }, NOW).await.unwrap();
    }
    let mut found: Vec<Pending> = Vec::new();
    for shard in pending::shards(pending::Kind::Partial) {
        found.extend(pending::page(&table, &shard, None).await.unwrap().0);
    }
    found.sort();
    assert_eq!(
        found.iter().map(|pending| pending.tenant.as_str()).collect::<Vec<_>>(),
        ["a-tenant-with-a-longer-name", "acme", "demo", "x"]
    );
    for pending in &found {
        assert_eq!(Pending::of_key(&pending.key()).as_ref(), Some(pending));
        assert_eq!(partial::written_at(&table, pending).await.unwrap(), Some(Timestamp::from_millis(NOW.as_seconds() * 1000)));
    }
    // The shard of a tenant is for ever: what was written under another would never be found.
    assert_eq!(tenants.each_ref().map(|tenant| pending::shard(pending::Kind::Partial, tenant)), ["P06", "P15", "P07", "P14"]);
}
