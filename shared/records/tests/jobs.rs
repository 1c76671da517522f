//! Jobs, written and read back through a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use memory::MemoryTable;
use model::{Day, TenantId, Timestamp};
use ports::Table;
use records::job::{self, Progress, State};
use records::pending::{Kind, shard};
use records::{Job, Made};

/// 2026-11-21T05:30:10Z.
const NOW: Timestamp = Timestamp::from_millis(1_795_239_010_000);

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

/// The keys of the jobs that wait.
async fn waiting(table: &MemoryTable) -> Vec<(TenantId, u64)> {
    let page = table.pending(&shard(Kind::Job, &demo()), None).await.unwrap();
    page.items.iter().map(|item| job::of_key(&item.key).unwrap()).collect()
}

#[tokio::test]
async fn a_job_waits_until_it_is_done_and_expires_only_then() {
    let table = MemoryTable::new();
    let made = Job::new((&demo(), 3), Day::from_key("2026-11-14").unwrap(), NOW);
    assert_eq!(job::create(&table, &made).await.unwrap(), Made::New);
    assert_eq!(job::create(&table, &made).await.unwrap(), Made::Before(made.clone()));
    let progress = Progress { state: State::Watched, days: 8, done: 8, expired: 1, quarantined: 2, sent: Some(made.from), sent_at: NOW };
    assert!(job::save(&table, &made, (progress, NOW)).await.unwrap());
    assert_eq!(waiting(&table).await, [(demo(), 3)]);
    assert!(table.items()[0].number("expires_at").is_none());

    let read = job::get(&table, (&demo(), 3)).await.unwrap().unwrap();
    assert_eq!((read.progress, read.from, read.created_at), (progress, made.from, NOW));
    let done = Progress { state: State::Done, ..progress };
    assert!(job::save(&table, &read, (done, NOW)).await.unwrap());
    assert_eq!(waiting(&table).await, []);
    assert!(table.items()[0].number("expires_at").unwrap() > NOW.as_seconds());
}

#[tokio::test]
async fn of_two_who_write_a_job_the_second_is_refused() {
    let table = MemoryTable::new();
    let made = Job::new((&demo(), 1), Day::from_key("2026-11-14").unwrap(), NOW);
    job::create(&table, &made).await.unwrap();
    let further = Progress { days: 8, done: 1, ..made.progress };
    assert!(job::save(&table, &made, (further, NOW)).await.unwrap());
    assert!(!job::save(&table, &made, (made.progress, NOW)).await.unwrap());
    assert_eq!(job::all(&table, &demo()).await.unwrap()[0].progress, further);
    job::create(&table, &Job::new((&demo(), 10), made.from, NOW)).await.unwrap();
    let revisions: Vec<u64> = job::all(&table, &demo()).await.unwrap().iter().map(|job| job.revision).collect();
    assert_eq!(revisions, [1, 10]);
    assert_eq!(job::all(&table, &TenantId::new("other").unwrap()).await.unwrap(), []);
    assert_eq!(job::get(&table, (&demo(), 2)).await.unwrap(), None);
}
