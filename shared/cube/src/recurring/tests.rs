use super::*;
use crate::catalogue::cube;
use crate::columns::from_events;
use crate::fold_cube;
use crate::sample::{HOUR_MS, START, by_user, context, event};
use crate::state::CubeState;
use model::event::{Facts, Sale};
use model::money::Currency;
use model::{Event, EventId, Family, Timestamp};
use proptest::prelude::*;

const DAY_MS: i64 = 24 * HOUR_MS;

fn day(days: i64) -> Timestamp {
    Timestamp::from_millis(START + days * DAY_MS)
}

fn state(events: &[Event]) -> CubeState {
    let mut state = CubeState::empty(cube("subscriptions").unwrap());
    for (_, batch) in from_events(Family::Sales, events, &context(0)).unwrap() {
        state.merge(&fold_cube(state.cube(), &batch));
    }
    state
}

/// An event of a subscription of user `u`, so many days after the start.
fn told(kind: &str, days: i64, sale: Sale) -> Event {
    by_user("u", event(Facts::Sales(sale), kind, days * DAY_MS))
}

fn created(days: i64, id: &str, micros: i64) -> Event {
    told("billing.subscription_created", days, Sale { amount_micros: Some(micros), ..named(id) })
}

fn cancelled(days: i64, id: &str) -> Event {
    told("billing.subscription_cancelled", days, named(id))
}

fn named(id: &str) -> Sale {
    Sale { subscription: Some(id.to_owned()).filter(|id| !id.is_empty()), ..Sale::default() }
}

fn over(events: &[Event], from: i64, to: i64) -> Movements {
    let courses = courses(&state(events), None, |_, _| None);
    movements(&courses, Range { from: day(from), to: day(to) }).get("USD").copied().unwrap_or_default()
}

fn standing(monthly_micros: i128, users: u64) -> Standing {
    Standing { monthly_micros, users }
}

#[test]
fn what_begins_grows_shrinks_ends_and_begins_again_is_told_apart() {
    let events = [created(1, "a", 10), created(2, "a", 25), created(3, "a", 20), cancelled(4, "a"), created(9, "a", 7)];
    let all = over(&events, 0, 10);
    let expect = Movements {
        after: standing(7, 1),
        new: 10,
        expansion: 15,
        contraction: 5,
        churned: 20,
        churned_users: 1,
        reactivated: 7,
        ..Movements::default()
    };
    assert_eq!(all, expect);
    assert_eq!(
        over(&events, 3, 5),
        Movements { before: standing(25, 1), contraction: 5, churned: 20, churned_users: 1, ..Movements::default() }
    );
    assert_eq!(over(&events, 5, 9), Movements::default());
}

#[test]
fn a_user_who_goes_from_one_subscription_to_another_has_not_churned() {
    let events = [created(1, "a", 10), created(2, "b", 30), cancelled(3, "a")];
    assert_eq!(
        over(&events, 2, 4),
        Movements { before: standing(10, 1), after: standing(30, 1), expansion: 30, contraction: 10, ..Movements::default() }
    );
}

#[test]
fn subscriptions_are_counted_by_the_plan_that_they_have_at_the_moment() {
    let events = [on("pro", created(1, "a", 10)), on("team", created(3, "a", 20)), on("pro", created(2, "b", 10)), created(2, "c", 5)];
    let ended = [on("pro", cancelled(5, "b"))];
    let check = |days: i64, expect: &[(&str, u64)]| {
        let plans = current_by_plan(&state(&[events.as_slice(), &ended].concat()), day(days), |_, _| None);
        assert_eq!(plans, expect.iter().map(|(plan, count)| ((*plan).to_owned(), *count)).collect(), "after {days} days");
    };
    check(0, &[]);
    check(2, &[("pro", 2), ("(none)", 1)]);
    check(4, &[("pro", 1), ("team", 1), ("(none)", 1)]);
    check(6, &[("team", 1), ("(none)", 1)]);
}

#[test]
fn a_cancellation_that_names_no_subscription_ends_all_of_the_user() {
    assert_eq!(over(&[created(1, "a", 10), created(1, "", 5), cancelled(2, "")], 0, 3).after, standing(0, 0));
}

#[test]
fn an_amount_is_brought_to_a_month() {
    for (interval, monthly) in
        [("year", 10_000_000), ("quarter", 40_000_000), ("month", 120_000_000), ("week", 520_000_000), ("day", 3_650_000_000)]
    {
        let sale = Sale { amount_micros: Some(120_000_000), subscription_interval: Some(interval.to_owned()), ..named("a") };
        assert_eq!(over(&[told("subscription", 1, sale)], 0, 2).after, standing(monthly, 1), "{interval}");
    }
}

#[test]
fn a_subscription_with_an_end_lasts_a_day_longer_unless_it_is_renewed_or_cancelled() {
    let paid =
        |from: i64, to: i64| told("subscription", from, Sale { amount_micros: Some(10), subscription_end: Some(day(to)), ..named("a") });
    let check = |events: &[Event], at: i64, micros: i128| assert_eq!(over(events, 0, at).after.monthly_micros, micros, "day {at}");
    check(&[paid(0, 30)], 31, 10);
    check(&[paid(0, 30)], 32, 0);
    check(&[paid(0, 30), cancelled(20, "a")], 30, 10);
    check(&[paid(0, 30), cancelled(20, "a")], 31, 0);
    let renewed = over(&[paid(0, 30), paid(31, 60)], 1, 50);
    assert_eq!(renewed, Movements { before: standing(10, 1), after: standing(10, 1), ..Movements::default() });
}

#[test]
fn what_is_refunded_pending_or_failed_changes_nothing() {
    let sale = |status: &str| Sale { amount_micros: Some(99), status: Some(status.to_owned()), ..named("a") };
    let others = [told("subscription", 2, sale("failed")), told("subscription", 3, sale("pending")), told("refund", 4, sale("completed"))];
    assert_eq!(over(&[&others[..], &[created(1, "a", 10)]].concat(), 0, 9).after, standing(10, 1));
}

#[test]
fn without_an_amount_it_is_worth_the_latest_payment_of_its_user_and_plan() {
    let unpriced = Event { plan: Some("pro".to_owned()), ..told("billing.subscription_created", 1, named("a")) };
    let latest = |user: &str, plan: Option<&str>| {
        (user == "u" && plan == Some("pro")).then(|| Payment { since: day(0), amount_micros: 19, currency: "EUR".to_owned() })
    };
    let courses = courses(&state(&[unpriced]), None, latest);
    assert_eq!((courses[0].currency.as_str(), courses[0].steps.as_slice()), ("EUR", &[(day(1), 19)][..]));
}

/// What courses come to after so many days, where the users' payments are these.
fn paid(subscriptions: &[Event], payments: &[Event], days: i64) -> Movements {
    let (subscriptions, mut customers) = (state(subscriptions), CubeState::empty(cube(Payments::CUBE).unwrap()));
    for (_, batch) in from_events(Family::Sales, payments, &context(0)).unwrap() {
        customers.merge(&fold_cube(customers.cube(), &batch));
    }
    let payments = Payments::of(&customers, &unpriced(&subscriptions), None);
    let courses = courses(&subscriptions, None, |user, plan| payments.of_plan(user, plan));
    movements(&courses, Range { from: day(0), to: day(days) }).get("USD").copied().unwrap_or_default()
}

fn on(plan: &str, event: Event) -> Event {
    Event { plan: Some(plan.to_owned()).filter(|plan| !plan.is_empty()), ..event }
}

fn payment(days: i64, micros: i64) -> Event {
    let sale = Sale { amount_micros: Some(micros), status: Some("completed".to_owned()), ..Sale::default() };
    told("billing.payment_success", days, sale)
}

#[test]
fn a_trial_is_worth_nothing_until_it_is_paid_for() {
    let trial = on("pro", told("billing.subscription_created", 1, named("a")));
    let payments = [on("pro", payment(15, 19)), on("pro", payment(45, 29)), on("team", payment(50, 99))];
    assert_eq!(paid(std::slice::from_ref(&trial), &[], 60), Movements::default());
    assert_eq!(paid(std::slice::from_ref(&trial), &payments, 15), Movements::default());
    assert_eq!(paid(std::slice::from_ref(&trial), &payments, 16), Movements { after: standing(29, 1), new: 29, ..Movements::default() });
    // One that was cancelled before was worth nothing at any time.
    assert_eq!(paid(&[trial, cancelled(10, "a")], &payments, 60), Movements::default());
    let of_any_plan = told("billing.subscription_created", 1, named("a"));
    assert_eq!(paid(&[of_any_plan], &payments, 60).after, standing(99, 1));
}

#[test]
fn who_changes_plans_does_not_stop_to_pay_until_the_next_payment() {
    let before = on("pro", created(1, "a", 10));
    let after = on("team", told("billing.subscription_created", 5, named("a")));
    let moved = paid(&[before, after], &[on("team", payment(6, 40))], 60);
    assert_eq!(moved, Movements { after: standing(40, 1), new: 10, expansion: 30, ..Movements::default() });
}

#[test]
fn a_customer_is_lost_when_it_pays_in_no_currency() {
    let euro = |days, id| told("subscription", days, Sale { amount_micros: Some(5), currency: Currency::from_code("EUR"), ..named(id) });
    let events = [created(1, "a", 10), euro(2, "b"), cancelled(3, "a"), cancelled(5, "b"), euro(8, "c")];
    let courses = courses(&state(&events), None, |_, _| None);
    let all = customers(&courses, &[0, 3, 5, 7].map(day), day(9));
    let expect = [
        Customers { after: 1, new: 1, ..Customers::default() },
        Customers { before: 1, after: 1, ..Customers::default() },
        Customers { before: 1, churned: 1, ..Customers::default() },
        Customers { after: 1, reactivated: 1, ..Customers::default() },
    ];
    assert_eq!(all, expect);
}

#[test]
fn currencies_are_never_added() {
    let euro = told("subscription", 1, Sale { amount_micros: Some(5), currency: Currency::from_code("EUR"), ..named("b") });
    let courses = courses(&state(&[created(1, "a", 10), euro]), None, |_, _| None);
    let all = movements(&courses, Range { from: day(0), to: day(2) });
    assert_eq!((all["USD"].after, all["EUR"].after), (standing(10, 1), standing(5, 1)));
}

fn history() -> impl Strategy<Value = Vec<Event>> {
    const KINDS: [&str; 4] = ["billing.subscription_created", "billing.subscription_cancelled", "subscription", "refund"];
    let one = (
        prop::sample::select(&KINDS[..]),
        0..30_i64,
        0..3_u8,
        prop::sample::select(&["", "a", "b"][..]),
        0..4_i64,
        prop::option::of(0..40_i64),
        any::<u16>(),
    );
    let event = |(kind, days, user, name, amount, ends, id): (&str, i64, u8, &str, i64, Option<i64>, u16)| {
        let sale = Sale { amount_micros: Some(amount * 10), subscription_end: ends.map(day), ..named(name) };
        let told = by_user(&format!("u{user}"), told(kind, days, sale));
        Event { id: EventId::of_request(&id.to_string()), ..told }
    };
    prop::collection::vec(one.prop_map(event), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_and_what_moved_make_what_is(events in history(), from in 0..20_i64, length in 1..20_i64) {
        for (_, all) in movements(&courses(&state(&events), None, |_, _| None), Range { from: day(from), to: day(from + length) }) {
            let moved = all.new + all.reactivated + all.expansion - all.contraction - all.churned;
            prop_assert_eq!(all.before.monthly_micros + moved, all.after.monthly_micros);
            prop_assert!([all.new, all.reactivated, all.expansion, all.contraction, all.churned].iter().all(|amount| *amount >= 0));
        }
    }

    #[test]
    fn spans_that_follow_each_other_move_as_each_does_alone(events in history(), from in 0..20_i64, lengths in prop::collection::vec(1..9_i64, 1..5)) {
        let courses = courses(&state(&events), None, |_, _| None);
        let starts: Vec<i64> = lengths.iter().scan(from, |at, length| Some(std::mem::replace(at, *at + length))).collect();
        let end = from + lengths.iter().sum::<i64>();
        let spans: Vec<Timestamp> = starts.iter().map(|start| day(*start)).collect();
        let people = customers(&courses, &spans, day(end));
        let all = series(&courses, &spans, day(end));
        for (place, (from, to)) in starts.iter().zip(starts.iter().skip(1).chain([&end])).enumerate() {
            let alone = movements(&courses, Range { from: day(*from), to: day(*to) });
            for (currency, spans) in &all {
                prop_assert_eq!(spans[place], alone.get(currency).copied().unwrap_or_default());
            }
            let Customers { before, after, new, reactivated, churned } = people[place];
            prop_assert_eq!(before + new + reactivated - churned, after);
            // With one currency, its users are all there are.
            if let Some(dollars) = alone.get("USD") {
                prop_assert_eq!((before, after, churned), (dollars.before.users, dollars.after.users, dollars.churned_users));
            }
        }
    }

    #[test]
    fn the_order_and_the_repeats_in_which_changes_arrive_do_not_show(
        events in history(), shuffled in any::<prop::sample::Index>(), repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..5)
    ) {
        let mut other = events.clone();
        if !events.is_empty() {
            other.rotate_left(shuffled.index(events.len()));
            other.reverse();
            other.extend(repeats.iter().map(|repeat| events[repeat.index(events.len())].clone()));
        }
        let (some, rest) = other.split_at(other.len() / 2);
        let mut merged = state(rest);
        merged.merge(&state(some));
        merged.merge(&state(rest));
        prop_assert_eq!(courses(&merged, None, |_, _| None), courses(&state(&events), None, |_, _| None));
    }

    #[test]
    fn of_copies_that_differ_the_same_one_counts_whatever_comes_first(a in 1..9_i64, b in 1..9_i64) {
        let (one, other) = (created(1, "a", a), created(1, "a", b));
        let check = |events: [Event; 2]| over(&events, 0, 2).after;
        prop_assert_eq!(check([one.clone(), other.clone()]), check([other, one]));
        prop_assert_eq!(check([created(1, "a", a), created(1, "a", b)]).monthly_micros, i128::from(a.min(b)));
    }
}
