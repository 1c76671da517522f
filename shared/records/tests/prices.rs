//! Prices, set and read back through a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use memory::{Fault, Faults, MemoryTable};
use model::event::Tokens;
use model::price::Rates;
use model::{TenantId, Timestamp};
use ports::Read;
use records::price::{self, Configuration, Price};

/// 2026-11-14T00:00:00Z.
const DAY: Timestamp = Timestamp::from_millis(1_794_614_400_000);

fn demo() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn of(model: &str, effective: Timestamp, input_pico: i64) -> Price {
    let rates = Rates { input_pico, output_pico: 7, cache_read_pico: Some(1), cache_write_pico: None };
    Price { provider: "mine".into(), model: model.into(), effective, rates }
}

/// What a thousand tokens read cost.
fn thousand(configuration: &Configuration, model: &str, at: Timestamp) -> Option<i64> {
    let tokens = Tokens { input: 1000, ..Tokens::default() };
    configuration.book.cost(model, &tokens, at).map(|cost| cost.input_pico)
}

#[tokio::test]
async fn a_tenants_prices_lie_over_the_built_in_ones_from_their_date_on() {
    let table = MemoryTable::new();
    let before = price::configuration(&table, &demo(), Read::Strong).await.unwrap();
    assert_eq!((before.revision, thousand(&before, "house", DAY)), (0, None));
    let opus = thousand(&before, "claude-3-opus-20240229", DAY).unwrap();

    let set = [of("house", DAY, 3), of("claude-3-opus-20240229", DAY, 5)];
    assert_eq!(price::set(&table, &demo(), &set[0]).await.unwrap(), 1);
    assert_eq!(price::set(&table, &demo(), &set[1]).await.unwrap(), 2);
    let after = price::configuration(&table, &demo(), Read::Strong).await.unwrap();
    assert_eq!(after.revision, 2);
    assert_eq!(thousand(&after, "house", DAY), Some(3000));
    assert_eq!(thousand(&after, "house", DAY.plus_millis(-1)), None);
    assert_eq!(thousand(&after, "claude-3-opus-20240229", DAY), Some(5000));
    assert_eq!(thousand(&after, "claude-3-opus-20240229", DAY.plus_millis(-1)), Some(opus));
    assert_eq!(price::list(&table, &demo(), Read::Strong).await.unwrap(), [set[1].clone(), set[0].clone()]);

    // Before its date, a model keeps the price that it had, by whatever name the new one was set.
    price::set(&table, &demo(), &of("claude-3-opus", DAY.plus_millis(1), 6)).await.unwrap();
    let after = price::configuration(&table, &demo(), Read::Strong).await.unwrap();
    for name in ["claude-3-opus", "claude-3-opus-20240229"] {
        let costs = [-1, 0, 1].map(|ms| thousand(&after, name, DAY.plus_millis(ms)));
        assert_eq!(costs, [Some(opus), Some(5000), Some(6000)], "{name}");
    }

    let other = TenantId::new("other").unwrap();
    assert_eq!(price::list(&table, &other, Read::Strong).await.unwrap(), []);
    assert_eq!(price::revision(&table, &other, Read::Strong).await.unwrap(), 0);
}

#[tokio::test]
async fn a_price_set_again_takes_the_place_of_the_one_of_its_date() {
    let table = MemoryTable::new();
    for pico in [3, 4] {
        price::set(&table, &demo(), &of("house", DAY, pico)).await.unwrap();
    }
    price::set(&table, &demo(), &of("house", DAY.plus_millis(1), 9)).await.unwrap();
    let now = price::configuration(&table, &demo(), Read::Strong).await.unwrap();
    assert_eq!((now.revision, thousand(&now, "house", DAY), thousand(&now, "house", DAY.plus_millis(1))), (3, Some(4000), Some(9000)));
}

#[tokio::test]
async fn a_revision_never_stands_for_a_price_that_is_not_there_whatever_call_fails() {
    for fault in [Fault::Before, Fault::After] {
        for call in 0.. {
            let faults = Faults::none();
            let table = MemoryTable::with_faults(&faults);
            price::set(&table, &demo(), &of("house", DAY, 3)).await.unwrap();
            let failing = faults.calls() + call;
            faults.plan(move |call| (call.index == failing).then_some(fault));
            let failed = price::set(&table, &demo(), &of("house", DAY, 4)).await.is_err();
            faults.heal();
            let now = price::configuration(&table, &demo(), Read::Strong).await.unwrap();
            assert!(now.revision < 2 || thousand(&now, "house", DAY) == Some(4000), "{call} {fault:?}");
            if !failed {
                assert!(call > 0);
                break;
            }
            // Again is all there is to do.
            let revision = price::set(&table, &demo(), &of("house", DAY, 4)).await.unwrap();
            assert!(revision > now.revision);
            let now = price::configuration(&table, &demo(), Read::Strong).await.unwrap();
            assert_eq!((now.revision, thousand(&now, "house", DAY)), (revision, Some(4000)));
        }
    }
}
