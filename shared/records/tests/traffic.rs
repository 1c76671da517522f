//! What functions count of requests.

use memory::MemoryTable;
use model::{TenantId, Timestamp};
use records::traffic::{self, Answered, BOUNDS_MICROS, Traffic};

fn counted(status: u16, micros: u64) -> Traffic {
    let mut traffic = Traffic::default();
    traffic.count(Answered { operation: "GET /health", status, micros, is_kept: status == 304 });
    traffic
}

#[tokio::test]
async fn what_instances_and_functions_have_counted_adds_up() {
    let (table, acme) = (MemoryTable::default(), TenantId::new("acme").unwrap());
    let now = Timestamp::from_millis(0);
    for (function, status, micros) in [("query", 200, 900), ("query", 304, 1_000), ("ingest", 200, 99_000_000)] {
        traffic::add(&table, (&acme, function), &counted(status, micros), now).await.unwrap();
    }
    traffic::add(&table, (&TenantId::new("other").unwrap(), "query"), &counted(500, 1), now).await.unwrap();
    let all = traffic::all(&table, &acme).await.unwrap();
    assert_eq!(all.requests().collect::<Vec<_>>(), [("GET /health", 200, 2), ("GET /health", 304, 1)]);
    assert_eq!((all.micros(), all.kept()), (99_001_900, 1));
    let cumulative = all.cumulative();
    assert_eq!(cumulative.len(), BOUNDS_MICROS.len() + 1);
    assert_eq!((cumulative[0], cumulative[BOUNDS_MICROS.len() - 1], cumulative[BOUNDS_MICROS.len()]), (2, 2, 3));
}

#[tokio::test]
async fn of_nobody_nothing_was_counted() {
    let all = traffic::all(&MemoryTable::default(), &TenantId::new("acme").unwrap()).await.unwrap();
    assert_eq!((all.requests().count(), all.cumulative().last()), (0, Some(&0)));
}
