//! Tasks, written and read back through a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use memory::MemoryTable;
use model::{TenantId, Timestamp};
use ports::Table;
use records::pending::{Kind, shard};
use records::task::{self, Outcome, Status, Taken, Task};

const NOW: Timestamp = Timestamp::from_millis(1_795_239_010_000);
const MINUTE: i64 = 60_000;

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

async fn made(table: &MemoryTable) -> Task {
    let task = Task::new((&demo(), "a1".into()), ("export", "{}".into()), NOW);
    task::create(table, &task).await.unwrap();
    task
}

async fn take(table: &MemoryTable, minute: i64) -> Taken {
    let now = NOW.plus_millis(minute * MINUTE);
    task::take(table, (&demo(), "a1"), (now, now.plus_millis(5 * MINUTE))).await.unwrap()
}

async fn waiting(table: &MemoryTable) -> usize {
    table.pending(&shard(Kind::Task, &demo()), None).await.unwrap().items.len()
}

#[tokio::test]
async fn a_task_waits_until_it_is_over_and_expires_only_then() {
    let table = MemoryTable::new();
    made(&table).await;
    assert_eq!(waiting(&table).await, 1);
    let Taken::Yours(mine) = take(&table, 0).await else { panic!("it was free") };
    let mine = task::progress(&table, &mine, (10, Some(30))).await.unwrap().unwrap();
    assert!(table.items()[0].number("expires_at").is_none());
    let outcome =
        Outcome { key: "exports/demo/a1/x.csv".into(), content_type: "text/csv".into(), file_name: "x.csv".into(), size_bytes: 9 };
    assert!(task::finish(&table, &mine, (outcome.clone(), 30, NOW)).await.unwrap());
    let over = task::get(&table, (&demo(), "a1")).await.unwrap().unwrap();
    assert_eq!((over.status, over.rows, over.outcome.clone()), (Status::Done, 30, Some(outcome)));
    assert_eq!(waiting(&table).await, 0);
    assert_eq!(table.items()[0].number("expires_at"), Some(over.expires_at().as_seconds()));
    assert_eq!(take(&table, 9).await, Taken::Over);
}

#[tokio::test]
async fn of_two_workers_one_is_at_it_and_the_other_may_not_end_it() {
    let table = MemoryTable::new();
    made(&table).await;
    let Taken::Yours(first) = take(&table, 0).await else { panic!("it was free") };
    assert_eq!(take(&table, 4).await, Taken::Busy);
    let Taken::Yours(second) = take(&table, 6).await else { panic!("the lease was over") };
    assert_eq!(second.attempts, 2);
    assert!(!task::fail(&table, &first, ("late", NOW)).await.unwrap());
    assert!(task::progress(&table, &first, (1, None)).await.unwrap().is_none());
    assert!(task::give_back(&table, &second).await.unwrap());
    assert!(matches!(take(&table, 7).await, Taken::Yours(third) if third.attempts == 3));
}

#[tokio::test]
async fn what_is_begun_again_and_again_is_given_up_and_says_so() {
    let table = MemoryTable::new();
    made(&table).await;
    for minute in [0, 10, 20] {
        assert!(matches!(take(&table, minute).await, Taken::Yours(_)), "{minute}");
    }
    assert_eq!(take(&table, 30).await, Taken::Over);
    let over = task::get(&table, (&demo(), "a1")).await.unwrap().unwrap();
    assert_eq!((over.status, over.error.is_some()), (Status::Failed, true));
    assert_eq!(waiting(&table).await, 0);
    assert_eq!(task::get(&table, (&TenantId::new("other").unwrap(), "a1")).await.unwrap(), None);
}
