//! What a tenant's AI usage costs when it is stored.

use super::NONE;
use super::world::*;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use memory::Fault;
use model::event::{AiUse, Facts, Tokens};
use model::price::Rates;
use model::{Event, Timestamp};
use records::Price;

const OPUS: &str = "claude-3-opus-20240229";

fn thousand(id: &str, model: &str) -> Event {
    let tokens = Tokens { input: 1000, ..Tokens::default() };
    event(id, NOW, Facts::Ai(AiUse { model: Some(model.into()), tokens, ..AiUse::default() }))
}

async fn set(world: &World, tenant: &str, (model, effective, input_pico): (&str, Timestamp, i64)) {
    let rates = Rates { input_pico, ..Rates::default() };
    let price = Price { provider: "mine".into(), model: model.into(), effective, rates };
    records::price::set(&*world.table, &tenant_id(tenant), &price).await.unwrap();
}

/// What each stored segment of a tenant costs, smallest first.
fn costs(world: &World, tenant: &str) -> Vec<i64> {
    let mut costs = Vec::new();
    for (_, segment) in world.bucket.objects().into_iter().filter(|(key, _)| key.contains(&format!("/{tenant}/"))) {
        for (_, batch) in cube::segment::decode(&segment).unwrap() {
            costs.extend(batch.column_by_name("input_cost_pico").unwrap().as_primitive::<Int64Type>().values());
        }
    }
    costs.sort_unstable();
    costs
}

#[tokio::test]
async fn usage_costs_what_its_tenant_has_set_and_else_what_is_built_in() {
    let world = World::new();
    set(&world, "demo", (OPUS, NOW, 5)).await;
    set(&world, "demo", ("house", NOW.plus_millis(1), 7)).await;
    let records = ["demo", "other"].map(|tenant| record(tenant, message(tenant, vec![thousand("a", OPUS), thousand("b", "house")])));
    assert_eq!(world.store(records.into()).await, NONE);
    assert_eq!(costs(&world, "demo"), [0, 5000], "a price that is not yet in effect is none");
    assert_eq!(costs(&world, "other"), [0, 15_000_000_000]);
}

#[tokio::test]
async fn a_price_is_seen_within_a_minute_and_read_no_more_often() {
    let world = World::new();
    let store = async |id: &str| assert_eq!(world.store(vec![record(id, message("demo", vec![thousand(id, "house")]))]).await, NONE);
    let reads = || world.faults.history().iter().filter(|call| call.key.contains("#C#")).count();
    store("1").await;
    let first = reads();
    set(&world, "demo", ("house", NOW, 7)).await;
    let set = reads() - first;
    store("2").await;
    assert_eq!((costs(&world, "demo"), reads()), (vec![0, 0], first + set));
    world.clock.advance_millis(60_000);
    store("3").await;
    assert_eq!((costs(&world, "demo"), reads()), (vec![0, 0, 7000], first + set + first));
}

#[tokio::test]
async fn usage_is_not_stored_where_its_prices_cannot_be_read_and_other_events_are() {
    let world = World::new();
    world.faults.plan(|call| call.key.contains("#C#prices").then_some(Fault::Before));
    let records = vec![record("usage", message("demo", vec![request("r")])), record("view", message("demo", vec![view("v")]))];
    assert_eq!(world.store(records.clone()).await, ["usage"]);
    world.faults.heal();
    assert_eq!(world.store(records.into_iter().take(1).map(|record| attempt(2, record)).collect()).await, NONE);
    assert_eq!(world.counted("demo", model::Family::Ai).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_stored_where_it_cannot_be_read_who_is_erased() {
    let world = World::new();
    world.faults.plan(|call| call.key.contains("#C#erasures").then_some(Fault::Before));
    let records = vec![record("usage", message("demo", vec![request("r")])), record("view", message("demo", vec![view("v")]))];
    let mut failed = world.store(records).await;
    failed.sort();
    assert_eq!(failed, ["usage", "view"]);
}
