//! Requests to models that wait for their end, through a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use memory::{Fault, Faults, MemoryTable};
use model::event::{AiUse, Facts};
use model::{Event, EventId, ProjectId, TenantId, Timestamp, UserId};
use records::OpenRequest;
use records::open_request::{self, Claim, begin, claim, find, queued};

const NOW: Timestamp = Timestamp::from_millis(1_795_239_010_000);
const DAY_MS: i64 = 24 * 3_600_000;

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn event(project: &str) -> Event {
    Event {
        id: EventId::of_request("r1"),
        project: ProjectId::new(project).unwrap(),
        user: UserId::new("u").ok(),
        session: None,
        kind: "request".into(),
        time: NOW,
        original_time: None,
        received: NOW,
        plan: None,
        historical: false,
        facts: Facts::Ai(AiUse { model: Some("gpt-4".into()), ..AiUse::default() }),
        properties: None,
    }
}

async fn found(table: &MemoryTable, project: Option<&str>, now: Timestamp) -> Vec<OpenRequest> {
    let project = project.map(|project| ProjectId::new(project).unwrap());
    find(table, (&demo(), "r1"), project.as_ref(), now).await.unwrap()
}

#[tokio::test]
async fn a_request_that_begins_twice_is_as_it_began_first() {
    let table = MemoryTable::new();
    begin(&table, (&demo(), "r1"), &event("shop"), NOW).await.unwrap();
    let later = Event { time: NOW.plus_millis(5), ..event("shop") };
    begin(&table, (&demo(), "r1"), &later, NOW.plus_millis(5)).await.unwrap();
    let [request] = &found(&table, None, NOW).await[..] else { panic!() };
    assert_eq!((&request.event, &request.update), (&event("shop"), &None));
    assert_eq!(find(&table, (&demo(), "r2"), None, NOW).await.unwrap(), []);
    assert_eq!(find(&table, (&TenantId::new("other").unwrap(), "r1"), None, NOW).await.unwrap(), []);
}

#[tokio::test]
async fn one_id_in_two_projects_is_two_requests() {
    let table = MemoryTable::new();
    for project in ["shop", "blog"] {
        begin(&table, (&demo(), "r1"), &event(project), NOW).await.unwrap();
    }
    assert_eq!(found(&table, None, NOW).await.len(), 2);
    let [request] = &found(&table, Some("blog"), NOW).await[..] else { panic!() };
    assert_eq!(request.event.project.as_str(), "blog");
    assert_eq!(found(&table, Some("other"), NOW).await, []);
}

#[tokio::test]
async fn a_request_waits_for_a_week_even_where_the_table_is_slow_to_clean_up() {
    let table = MemoryTable::new();
    begin(&table, (&demo(), "r1"), &event("shop"), NOW).await.unwrap();
    assert_eq!(found(&table, None, NOW.plus_millis(7 * DAY_MS - 1000)).await.len(), 1);
    let over = NOW.plus_millis(7 * DAY_MS);
    assert_eq!(found(&table, None, over).await, []);
    let again = Event { time: over, ..event("shop") };
    begin(&table, (&demo(), "r1"), &again, over).await.unwrap();
    assert_eq!(found(&table, None, over).await[0].event, again);
}

#[tokio::test]
async fn one_update_ends_a_request_and_no_other_does() {
    let table = MemoryTable::new();
    begin(&table, (&demo(), "r1"), &event("shop"), NOW).await.unwrap();
    let stale = found(&table, None, NOW).await.remove(0);
    let Claim::Taken(request, update) = claim(&table, stale.clone(), "a", NOW).await.unwrap() else { panic!() };
    assert_eq!((update.received, update.is_queued), (NOW, false));
    // It ended before it was queued: sent again it carries on, with the moment of its first arrival; another is too late.
    let later = NOW.plus_millis(DAY_MS);
    for seen in [stale.clone(), found(&table, None, later).await.remove(0)] {
        let Claim::Taken(_, again) = claim(&table, seen, "a", later).await.unwrap() else { panic!() };
        assert_eq!(again, update);
    }
    assert_eq!(claim(&table, stale.clone(), "b", later).await.unwrap(), Claim::Refused);
    queued(&table, *request, update, later).await.unwrap();
    assert_eq!(claim(&table, stale.clone(), "a", later).await.unwrap(), Claim::Done);
    assert_eq!(claim(&table, stale, "b", later).await.unwrap(), Claim::Refused);
    assert_eq!(found(&table, None, NOW.plus_millis(7 * DAY_MS)).await.len(), 1, "it is known for a week after its end");
}

#[tokio::test]
async fn a_claim_that_is_written_and_not_answered_is_found_again() {
    let faults = Faults::none();
    let table = MemoryTable::with_faults(&faults);
    begin(&table, (&demo(), "r1"), &event("shop"), NOW).await.unwrap();
    let request = found(&table, None, NOW).await.remove(0);
    faults.plan(|call| (call.operation == "put").then_some(Fault::After));
    assert!(claim(&table, request.clone(), "a", NOW).await.is_err());
    faults.heal();
    let Claim::Taken(_, update) = claim(&table, request, "a", NOW.plus_millis(1)).await.unwrap() else { panic!() };
    assert_eq!(update.received, NOW);
}

#[tokio::test]
async fn what_is_known_of_a_request_is_replaced_unless_it_changed_since() {
    let table = MemoryTable::new();
    begin(&table, (&demo(), "r1"), &event("shop"), NOW).await.unwrap();
    let [request] = &open_request::all(&table, &demo()).await.unwrap()[..] else { panic!() };
    let nameless = Event { user: None, ..event("shop") };
    assert!(open_request::replace(&table, request, nameless.clone()).await.unwrap());
    assert!(!open_request::replace(&table, request, event("shop")).await.unwrap());
    assert_eq!(found(&table, None, NOW).await[0].event, nameless);
}
