use super::*;
use crate::sample::{HOUR_MS, by_user, context, event, events};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt64Type};
use model::Timestamp;
use model::event::{AiUse, Sale, Tokens};
use model::money::Currency;
use proptest::prelude::*;

fn request(model: &str) -> Facts {
    let tokens = Tokens { input: 1_000, output: 10, ..Tokens::default() };
    Facts::Ai(AiUse { model: Some(model.to_owned()), tokens, ..AiUse::default() })
}

fn one(family: Family, event: Event) -> crate::naive::Event {
    let batches = from_events(family, &[event], &context(0)).unwrap();
    crate::naive::events(&batches[0].1).remove(0)
}

#[test]
fn the_cost_of_a_request_is_worked_out_of_the_prices_and_so_is_who_serves_the_model() {
    let columns = one(Family::Ai, event(request("claude-3-opus-20240229"), "request", 0));
    let check = |column: &str, expect: &str| assert_eq!(crate::naive::label(&columns, column), expect, "{column}");
    check("input_cost_pico", "15000000000");
    check("output_cost_pico", "750000000");
    check("provider", "anthropic");
    check("priced", "true");
    check("cost_given", "false");
}

#[test]
fn a_model_without_a_price_costs_nothing_and_says_so() {
    let columns = one(Family::Ai, event(request("home-made"), "request", 0));
    let check = |column: &str, expect: &str| assert_eq!(crate::naive::label(&columns, column), expect, "{column}");
    check("input_cost_pico", "0");
    check("priced", "false");
    check("provider", "(none)");
}

#[test]
fn an_amount_without_a_currency_is_in_the_tenants() {
    let sale = |currency| event(Facts::Sales(Sale { currency, ..Sale::default() }), "purchase", 0);
    assert_eq!(crate::naive::label(&one(Family::Sales, sale(None)), "currency"), "USD");
    assert_eq!(crate::naive::label(&one(Family::Sales, sale(Currency::from_code("EUR"))), "currency"), "EUR");
}

#[test]
fn an_event_is_of_a_subscription_where_it_names_one_or_its_terms_or_changes_one() {
    let check = |kind: &str, sale: Sale, expect: &str| {
        let columns = one(Family::Sales, event(Facts::Sales(sale.clone()), kind, 0));
        assert_eq!(crate::naive::label(&columns, "of_subscription"), expect, "{kind} {sale:?}");
    };
    check("purchase", Sale::default(), "false");
    check("purchase", Sale { subscription: Some("sub_1".to_owned()), ..Sale::default() }, "true");
    check("purchase", Sale { subscription_interval: Some("year".to_owned()), ..Sale::default() }, "true");
    check("subscription", Sale::default(), "true");
    check("billing.subscription_cancelled", Sale::default(), "true");
    check("billing.payment_success", Sale::default(), "false");
}

#[test]
fn money_comes_in_once_and_goes_back_by_refunds() {
    let check = |kind: &str, status: &str, expect: &str| {
        let facts = Facts::Sales(Sale { status: Some(status.to_owned()), ..Sale::default() });
        assert_eq!(crate::naive::label(&one(Family::Sales, event(facts, kind, 0)), "effect"), expect, "{kind} {status}");
    };
    check("purchase", "completed", "revenue");
    check("subscription", "paid", "revenue");
    check("billing.payment_success", "completed", "revenue");
    check("purchase", "pending", "(none)");
    check("purchase", "failed", "(none)");
    check("purchase", "refunded", "refund");
    check("refund", "completed", "refund");
    check("refund", "pending", "(none)");
    check("billing.subscription_created", "completed", "change");
}

#[test]
fn empty_text_says_as_little_as_none() {
    let nobody = Event { plan: Some(String::new()), ..event(request("gpt-4"), "request", 0) };
    assert_eq!(crate::naive::label(&one(Family::Ai, nobody), "plan"), "(none)");
}

#[test]
fn events_are_split_by_the_tenants_hours() {
    let times = [HOUR_MS + 1, 0, HOUR_MS / 2, HOUR_MS - 1];
    let events: Vec<Event> = times.iter().map(|at| event(request("gpt-4"), "request", *at)).collect();
    let rows = |minutes| {
        let batches = from_events(Family::Ai, &events, &context(minutes)).unwrap();
        batches.iter().map(|(hour, batch)| (hour.to_string(), batch.num_rows())).collect::<Vec<_>>()
    };
    assert_eq!(rows(0), [("2026-03-28T22".to_owned(), 3), ("2026-03-28T23".to_owned(), 1)]);
    assert_eq!(rows(30), [("2026-03-28T21".to_owned(), 1), ("2026-03-28T22".to_owned(), 3)]);
}

#[test]
fn an_event_of_another_family_is_refused() {
    let refused = from_events(Family::Sales, &[event(request("gpt-4"), "request", 0)], &context(0));
    assert!(matches!(refused, Err(ColumnsError::OtherFamily { expected: Family::Sales, found: Family::Ai })));
}

#[test]
fn the_hash_of_an_event_is_the_same_in_every_build() {
    let hash = |event: Event| {
        let batches = from_events(Family::Ai, &[event], &context(0)).unwrap();
        batches[0].1.column_by_name("content_hash").unwrap().as_primitive::<UInt64Type>().value(0)
    };
    let original = event(request("gpt-4"), "request", 0);
    assert_eq!(hash(original.clone()), 0x790a_23f9_d890_ee23);
    assert_ne!(hash(original.clone()), hash(by_user("u1", original.clone())));
    assert_ne!(hash(original.clone()), hash(Event { received: Timestamp::from_millis(1), ..original }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn batches_have_their_schema_and_every_event_once(events in events(Family::Performance, 50)) {
        let batches = from_events(Family::Performance, &events, &context(45)).unwrap();
        prop_assert!(batches.iter().all(|(_, batch)| batch.schema() == schema(Family::Performance)));
        prop_assert!(batches.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let times = |batch: &RecordBatch| crate::naive::events(batch);
        let total: usize = batches.iter().map(|(_, batch)| times(batch).len()).sum();
        prop_assert_eq!(total, events.len());
    }

    #[test]
    fn the_order_of_events_does_not_show(events in events(Family::Ai, 30)) {
        let backwards: Vec<Event> = events.iter().rev().cloned().collect();
        let sum = |events: &[Event]| -> Vec<i64> {
            let batches = from_events(Family::Ai, events, &context(0)).unwrap();
            batches.iter().map(|(_, batch)| batch.column_by_name("input_tokens").unwrap().as_primitive::<Int64Type>().values().iter().sum()).collect()
        };
        prop_assert_eq!(sum(&events), sum(&backwards));
    }
}
