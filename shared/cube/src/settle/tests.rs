use super::*;
use crate::columns::{RowContext, from_events};
use crate::naive;
use crate::sample::{HOUR_MS, START, context, event, events};
use crate::segment::{self, Group, Opened, open};
use arrow_array::types::UInt64Type;
use bytes::Bytes;
use model::event::{AiUse, Facts, Tokens};
use model::price::Rates;
use model::{Event, EventId, ProjectId, TenantId};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn tenant() -> TenantId {
    TenantId::new("demo").unwrap()
}

/// Prices that differ from those the segments were written with: one changed in between, and one of a model that had none.
fn later_prices() -> PriceBook {
    let rates = |input_pico| Rates { input_pico, output_pico: 3 * input_pico, ..Rates::default() };
    PriceBook::builtin().clone().with_price("openai", "gpt-4", Timestamp::from_millis(START + 2 * HOUR_MS), rates(77)).with_price(
        "me",
        "home-made",
        Timestamp::from_millis(START + HOUR_MS),
        rates(5),
    )
}

fn segment(family: Family, events: &[Event]) -> Bytes {
    segment::encode(&tenant(), family, &from_events(family, events, &context(0)).unwrap()).unwrap()
}

/// Events of few ids, so that most have copies, which differ in what they say and when they were received; each with a number that decides
/// in which segment it is.
fn many_copies(family: Family) -> impl Strategy<Value = Vec<(Event, usize)>> {
    (events(family, 60), vec((0..9_u8, 0..3_i64, 0..4_usize), 60), vec(any::<prop::sample::Index>(), 0..20)).prop_map(
        |(events, ids, again)| {
            let change = |(event, (id, received, segment)): (Event, (u8, i64, usize))| {
                (Event { id: EventId::of_request(&id.to_string()), received: Timestamp::from_millis(START + received), ..event }, segment)
            };
            let mut all: Vec<(Event, usize)> = events.into_iter().zip(ids).map(change).collect();
            for index in again.into_iter().filter(|_| !all.is_empty()).collect::<Vec<_>>() {
                let (event, segment) = index.get(&all).clone();
                all.push((event, (segment + index.index(2)) % 4));
            }
            all
        },
    )
}

fn segments(family: Family, events: &[(Event, usize)]) -> Vec<Bytes> {
    let of = |number| events.iter().filter(|(_, segment)| *segment == number).map(|(event, _)| event.clone()).collect::<Vec<_>>();
    (0..4).map(|number| segment(family, &of(number))).collect()
}

/// What settling these objects comes to: each hour, and the log.
fn settle(family: Family, objects: &[Bytes], book: &PriceBook, chance: (u128, &[u32])) -> (BTreeMap<Hour, Settled>, Vec<LogObject>) {
    let (seed, order) = chance;
    let opened: Vec<Opened> = objects.iter().map(|object| open(object).unwrap()).collect();
    let groups = opened.iter().flat_map(|object| object.groups().iter().enumerate().map(move |(at, group)| (object, at, *group)));
    let mut places: Vec<(u32, (&Opened, usize, Group))> = (0..).zip(groups).collect();
    let mut settling = Settling::new(family, seed, book);
    places.sort_by_key(|(place, _)| order[*place as usize % order.len()]);
    for (place, (object, at, group)) in &places {
        settling.claim(*place, group.hour, &object.identities(*at).unwrap()).unwrap();
    }
    places.reverse();
    let mut log = LogWriter::new(&tenant(), family, LogSize { object_bytes: 20_000, rows: 50 });
    let mut written = Vec::new();
    for (place, (object, at, group)) in &places {
        if settling.won(*place, group.hour) > 0 {
            let kept = settling.fold(*place, group.hour, &object.events(*at).unwrap()).unwrap();
            assert!(kept.num_rows() > 0);
            written.extend(log.add(group.hour, &kept).unwrap());
        }
    }
    written.extend(log.finish().unwrap());
    (settling.finish(), written)
}

/// The same in the plainest way: the smallest copy of each event by (received, content hash), made into columns with these prices, folded.
fn reference(family: Family, events: &[Event], book: &PriceBook) -> BTreeMap<Hour, Settled> {
    let mut best: BTreeMap<(Hour, &str, &str), (Timestamp, u64, &Event)> = BTreeMap::new();
    for event in events {
        let (hour, row) = from_events(family, std::slice::from_ref(event), &context(0)).unwrap().remove(0);
        let content = row.column_by_name("content_hash").unwrap().as_primitive::<UInt64Type>().value(0);
        let copy = (event.received, content, event);
        let best = best.entry((hour, event.project.as_str(), event.id.as_str())).or_insert(copy);
        if (copy.0, copy.1) < (best.0, best.1) {
            *best = copy;
        }
    }
    let winners: Vec<Event> = best.values().map(|(_, _, event)| (*event).clone()).collect();
    let of_hour = |(hour, batch): (Hour, RecordBatch)| {
        let of = |event: &&Event| Hour::of(event.time, context(0).hour_offset) == hour;
        let times: Vec<Timestamp> = winners.iter().filter(of).map(|event| event.time).collect();
        let settled = Settled {
            state: crate::fold(family, &batch),
            events: times.len() as u64,
            copies: (events.iter().filter(of).count() - times.len()) as u64,
            first: *times.iter().min().unwrap(),
            last: *times.iter().max().unwrap(),
        };
        (hour, settled)
    };
    from_events(family, &winners, &RowContext { prices: book, ..context(0) }).unwrap().into_iter().map(of_hour).collect()
}

/// The rows of a log, by hour, in an order that does not depend on how they were written.
fn rows(log: &[LogObject]) -> BTreeMap<Hour, Vec<naive::Event>> {
    let mut rows: BTreeMap<Hour, Vec<naive::Event>> = BTreeMap::new();
    for (hour, batch) in log.iter().flat_map(|object| segment::decode(&object.bytes).unwrap()) {
        rows.entry(hour).or_default().extend(naive::events(&batch));
    }
    for rows in rows.values_mut() {
        rows.sort_by_cached_key(|row| format!("{row:?}"));
    }
    rows
}

fn family_and_copies() -> impl Strategy<Value = (Family, Vec<(Event, usize)>)> {
    prop::sample::select(&Family::ALL[..]).prop_flat_map(|family| (Just(family), many_copies(family)))
}

fn without_segments(events: &[(Event, usize)]) -> Vec<Event> {
    events.iter().map(|(event, _)| event.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn settled_is_the_fold_of_all_events_without_their_copies((family, events) in family_and_copies(), seed: u128, order in vec(any::<u32>(), 20)) {
        let book = later_prices();
        let (settled, log) = settle(family, &segments(family, &events), &book, (seed, &order));
        let expected = reference(family, &without_segments(&events), &book);
        prop_assert_eq!(&settled, &expected);
        let in_log = rows(&log);
        prop_assert_eq!(in_log.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (hour, rows) in &in_log {
            prop_assert_eq!(rows.len() as u64, expected[hour].events);
        }
    }

    #[test]
    fn settling_a_log_and_what_came_late_is_settling_all((family, events) in family_and_copies(), split in 0..80_usize, seed: u128, order in vec(any::<u32>(), 20)) {
        let (earlier, late) = events.split_at(split.min(events.len()));
        let (_, log) = settle(family, &segments(family, earlier), PriceBook::builtin(), (seed, &order));
        let objects: Vec<Bytes> = log.into_iter().map(|object| object.bytes).chain(segments(family, late)).collect();
        let book = later_prices();
        let (again, log_again) = settle(family, &objects, &book, (!seed, &order));
        let (at_once, log_at_once) = settle(family, &segments(family, &events), &book, (seed, &order));
        prop_assert_eq!(again.keys().collect::<Vec<_>>(), at_once.keys().collect::<Vec<_>>());
        for (hour, again) in &again {
            // The copies that the first settle dropped are not there to be counted again.
            prop_assert_eq!(again, &Settled { copies: again.copies, ..at_once[hour].clone() });
        }
        prop_assert_eq!(rows(&log_again), rows(&log_at_once));
    }

    #[test]
    fn rows_priced_anew_are_the_rows_of_events_with_those_prices(events in events(Family::Ai, 60)) {
        let book = later_prices();
        let before = from_events(Family::Ai, &events, &context(0)).unwrap();
        let expected = from_events(Family::Ai, &events, &RowContext { prices: &book, ..context(0) }).unwrap();
        for ((_, before), (_, expected)) in before.iter().zip(&expected) {
            prop_assert_eq!(naive::events(&prices::price(before, &book).unwrap()), naive::events(expected));
        }
    }

    #[test]
    fn a_log_holds_its_rows_whatever_the_turns_and_sizes((family, events) in family_and_copies(), order in vec(any::<u32>(), 60), target in 0..30_000_usize) {
        let mut batches = from_events(family, &without_segments(&events), &context(0)).unwrap();
        let expected = rows(&[LogObject { number: 0, bytes: segment::encode(&tenant(), family, &batches).unwrap(), hours: vec![] }]);
        batches = batches.iter().flat_map(|(hour, batch)| (0..batch.num_rows()).map(move |row| (*hour, batch.slice(row, 1)))).collect();
        batches.sort_by_cached_key(|(_, row)| order[naive::events(row)[0].len() % order.len()]);
        let mut writer = LogWriter::new(&tenant(), family, LogSize { object_bytes: target, rows: 5_000 });
        let mut log: Vec<LogObject> = batches.iter().flat_map(|(hour, row)| writer.add(*hour, row).unwrap()).collect();
        log.extend(writer.finish().unwrap());
        for (number, object) in (0..).zip(&log) {
            prop_assert_eq!(object.number, number);
            let mut hours: Vec<Hour> = open(&object.bytes).unwrap().groups().iter().map(|group| group.hour).collect();
            hours.sort_unstable();
            prop_assert_eq!(&hours, &object.hours, "a row group for each hour");
        }
        prop_assert_eq!(rows(&log), expected);
    }
}

fn request(id: &str, received: i64, input: i64) -> Event {
    let tokens = Tokens { input, ..Tokens::default() };
    let facts = Facts::Ai(AiUse { model: Some("gpt-4".to_owned()), tokens, ..AiUse::default() });
    Event { id: EventId::of_request(id), received: Timestamp::from_millis(received), ..event(facts, "request", 0) }
}

fn one_hour(events: &[Event]) -> (Hour, RecordBatch) {
    from_events(Family::Ai, events, &context(0)).unwrap().remove(0)
}

#[test]
fn of_copies_that_say_different_things_the_first_received_counts() {
    let copies = [request("a", 5, 100), request("a", 3, 20), request("a", 4, 3)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut settling = Settling::new(Family::Ai, 7, PriceBook::builtin());
        let batches = order.map(|at| one_hour(&copies[at..=at]));
        for (place, (hour, batch)) in (0..).zip(&batches) {
            settling.claim(place, *hour, batch).unwrap();
        }
        let kept: Vec<RecordBatch> =
            (0..).zip(&batches).map(|(place, (hour, batch))| settling.fold(place, *hour, batch).unwrap()).collect();
        let kept: Vec<naive::Event> = kept.iter().flat_map(naive::events).collect();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0]["input_tokens"], naive::Value::Number(20));
    }
}

#[test]
fn an_event_that_is_twice_in_one_batch_counts_once() {
    let (hour, batch) = one_hour(&[request("a", 0, 5), request("a", 0, 5), request("b", 0, 5)]);
    let mut settling = Settling::new(Family::Ai, 7, PriceBook::builtin());
    settling.claim(0, hour, &batch).unwrap();
    settling.claim(1, hour, &batch).unwrap();
    assert_eq!((settling.won(0, hour), settling.won(1, hour)), (2, 0));
    assert_eq!(settling.fold(0, hour, &batch).unwrap().num_rows(), 2);
    assert_eq!(settling.fold(1, hour, &batch).unwrap().num_rows(), 0);
    let settled = &settling.finish()[&hour];
    assert_eq!((settled.events, settled.copies), (2, 4));
}

#[test]
fn the_same_id_in_another_project_or_hour_is_another_event() {
    let other_project = Event { project: ProjectId::new("other").unwrap(), ..request("a", 0, 1) };
    let other_hour = Event { time: Timestamp::from_millis(START + HOUR_MS), ..request("a", 0, 1) };
    // A project's name and an id cannot run into each other: `ab` + `r:c` is not `a` + `br:c`.
    let batches = from_events(Family::Ai, &[request("a", 0, 1), other_project, other_hour], &context(0)).unwrap();
    let mut settling = Settling::new(Family::Ai, 7, PriceBook::builtin());
    for (place, (hour, batch)) in (0..).zip(&batches) {
        settling.claim(place, *hour, batch).unwrap();
    }
    let won: usize = (0..).zip(&batches).map(|(place, (hour, _))| settling.won(place, *hour)).sum();
    assert_eq!(won, 3);
}

#[test]
fn an_hour_of_which_a_place_was_not_folded_is_left_out() {
    let (hour, batch) = one_hour(&[request("a", 0, 5)]);
    let (_, other) = one_hour(&[request("b", 0, 5)]);
    let mut settling = Settling::new(Family::Ai, 7, PriceBook::builtin());
    settling.claim(0, hour, &batch).unwrap();
    settling.claim(1, hour, &other).unwrap();
    settling.fold(0, hour, &batch).unwrap();
    assert!(settling.finish().is_empty());
}

#[test]
fn an_hour_that_is_left_out_is_not_settled_and_the_others_are() {
    let batches = from_events(
        Family::Ai,
        &[request("a", 0, 1), Event { time: Timestamp::from_millis(START + HOUR_MS), ..request("a", 0, 1) }],
        &context(0),
    );
    let batches = batches.unwrap();
    let mut settling = Settling::new(Family::Ai, 7, PriceBook::builtin());
    for (place, (hour, batch)) in (0..).zip(&batches) {
        settling.claim(place, *hour, batch).unwrap();
    }
    settling.leave_out(batches[0].0);
    settling.fold(1, batches[1].0, &batches[1].1).unwrap();
    assert_eq!(settling.finish().into_keys().collect::<Vec<_>>(), [batches[1].0]);
}

#[test]
fn what_does_not_fit_what_was_claimed_is_refused() {
    let (hour, batch) = one_hour(&[request("a", 0, 5), request("b", 0, 5)]);
    let later = Hour::from_index(hour.index() + 1);
    let settling = || {
        let mut settling = Settling::new(Family::Ai, 7, PriceBook::builtin());
        settling.claim(0, hour, &batch).unwrap();
        settling.claim(1, later, &batch).unwrap();
        settling
    };
    assert!(matches!(settling().claim(0, hour, &batch), Err(SettleError::Claimed(0))));
    assert!(matches!(settling().fold(2, hour, &batch), Err(SettleError::NotClaimed(2))));
    assert!(matches!(settling().fold(1, later, &batch), Err(SettleError::OtherHour(1))));
    assert!(matches!(settling().fold(0, hour, &batch.slice(0, 1)), Err(SettleError::Changed { place: 0, claimed: 2, found: 1 })));
    assert!(matches!(settling().claim(2, hour, &batch.project(&[0]).unwrap()), Err(SettleError::Column("project"))));
    let mut begun = settling();
    begun.fold(0, hour, &batch).unwrap();
    assert!(matches!(begun.fold(0, hour, &batch), Err(SettleError::NotClaimed(0))));
    assert!(matches!(begun.claim(2, hour, &batch), Err(SettleError::Claimed(2))));
}

#[test]
fn a_large_hour_is_written_in_row_groups_that_fit_memory() {
    let (hour, batch) = one_hour(&(0..1_000).map(|id| request(&id.to_string(), 0, 5)).collect::<Vec<_>>());
    let mut writer = LogWriter::new(&tenant(), Family::Ai, LogSize { object_bytes: usize::MAX, rows: 0 });
    for _ in 0..140 {
        assert!(writer.add(hour, &batch).unwrap().is_empty());
    }
    let log = writer.finish().unwrap();
    let groups: Vec<usize> = open(&log[0].bytes).unwrap().groups().iter().map(|group| group.rows).collect();
    assert_eq!(groups, [131_072, 140_000 - 131_072]);
}
