//! Questions at random, about events at random: the answer is what the events say, however it is come by.

use super::*;
use std::sync::Arc;

/// A question at random about a family's events.
pub fn any_query() -> impl Strategy<Value = (Vec<Event>, MetricQuery, u8)> {
    let cubes = prop::sample::select(catalogue::cubes());
    cubes.prop_flat_map(|cube| {
        let family = prop::sample::select(cube.families);
        let groups = prop::sample::subsequence(cube.dimensions, 0..=2);
        let filter = prop::option::of((prop::sample::select(cube.dimensions), any::<prop::sample::Index>()));
        let granularity = prop::option::of(prop::sample::select(&Granularity::ALL[..]));
        // Zones whose days begin with hours of a tenant at 0 or 30 minutes.
        let zone = prop::sample::select(&[(Tz::UTC, 0), (Tz::Europe__Berlin, 0), (Tz::America__New_York, 0), (Tz::Asia__Kolkata, 30)][..]);
        let asked = (groups, filter, granularity, zone, 0..3_i64, 3..5_i64);
        (family.prop_flat_map(|family| events(family, 40)), asked).prop_map(move |(events, asked)| {
            let (groups, filter, granularity, (timezone, offset), from, to) = asked;
            let shift = i64::from(offset) * 60_000;
            let range = Range {
                from: Timestamp::from_millis(START + shift + from * HOUR_MS),
                to: Timestamp::from_millis(START + shift + to * HOUR_MS),
            };
            let measures: Vec<&str> = cube.measures.iter().map(|measure| measure.name).collect();
            let mut query = MetricQuery::new(cube.name, &measures, range);
            query.group_by = groups.iter().map(|dimension| dimension.name().to_owned()).collect();
            if cube.dimensions.contains(&catalogue::Dimension::Currency) && !groups.contains(&catalogue::Dimension::Currency) {
                query = query.by("currency");
            }
            if let Some((dimension, index)) = filter {
                // A label that some event has, so that the filter lets something through.
                let batches = events.first().map(|event| from_events(event.family(), &events, &context(0)).unwrap()).unwrap_or_default();
                let labels: BTreeSet<String> = batches
                    .iter()
                    .flat_map(|(_, batch)| naive::events(batch))
                    .map(|event| naive::label(&event, dimension.column()))
                    .collect();
                let labels: Vec<String> = labels.into_iter().collect();
                if !labels.is_empty() {
                    query = query.only(dimension.name(), &[index.get(&labels).as_str()]);
                }
            }
            query.granularity = granularity;
            query.timezone = timezone;
            (events, query, offset)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_is_what_its_events_say((events, asked, offset) in any_query()) {
        let query = asked.check().unwrap();
        let plan = query.plan(HourOffset::from_minutes(offset).unwrap());
        let (first, second) = events.split_at(events.len() / 2);
        let answer = query.evaluate(&plan, stored(&query, &[first, second], offset));
        prop_assert!(answer.is_aligned);
        check_answer(&asked, &events, &answer, offset);
    }

    #[test]
    fn an_answer_is_the_same_however_its_states_are_divided_and_prepared(
        (events, asked, offset) in any_query(), batches in prop::collection::vec(0..4_usize, 40), prepared in any::<u8>(),
    ) {
        let mut asked = asked;
        let cube = cube(&asked.cube).unwrap();
        asked.measures.extend(cube.derived.iter().map(|derived| derived.name.to_owned()));
        let query = asked.check().unwrap();
        let plan = query.plan(HourOffset::from_minutes(offset).unwrap());
        let whole = query.evaluate(&plan, stored(&query, &[&events], offset));
        let mut evaluation = query.evaluation(&plan);
        for batch in 0..4 {
            let own: Vec<Event> = events.iter().zip(&batches).filter(|(_, of)| **of == batch).map(|(event, _)| event.clone()).collect();
            for (at, (bucket, state)) in stored(&query, &[&own], offset).into_iter().enumerate() {
                match prepared >> ((batch + at) % 8) & 1 {
                    1 => evaluation.add_prepared(bucket, &Arc::new(query.prepare(state))),
                    _ => evaluation.add(bucket, &state),
                }
            }
        }
        prop_assert_eq!(evaluation.answer(), whole);
    }

    #[test]
    fn an_answer_in_slices_has_each_row_of_the_whole_once((events, asked, offset) in any_query(), depth in 1..5_usize) {
        let query = asked.check().unwrap();
        let plan = query.plan(HourOffset::from_minutes(offset).unwrap());
        let states = stored(&query, &[&events], offset);
        let answer = |query: &Query| query.evaluate(&plan, states.iter().map(|(bucket, state)| (*bucket, state)));
        let whole = answer(&query);
        let slices = if query.is_divisible() { depth } else { 0 };
        let slices = (0..slices).fold(vec![Slice::WHOLE], |slices, _| slices.into_iter().flat_map(|slice| slice.halves().unwrap()).collect());
        let mut rows: Vec<Row> = slices.iter().flat_map(|slice| answer(&query.sliced(*slice)).rows).collect();
        // Sorting keeps those of one bucket and group as they are: there is one of each.
        rows.sort_by(|a, b| (a.start, &a.labels).cmp(&(b.start, &b.labels)));
        let mut expect = whole.rows.clone();
        expect.sort_by(|a, b| (a.start, &a.labels).cmp(&(b.start, &b.labels)));
        prop_assert_eq!(rows, expect);
        let at_most = answer(&query.clone().at_most(whole.rows.len()));
        prop_assert_eq!((at_most.is_over, &at_most.rows), (false, &whole.rows));
        if let Some(fewer) = whole.rows.len().checked_sub(1) {
            let over = answer(&query.at_most(fewer));
            prop_assert!(over.is_over && over.rows.is_empty());
        }
    }

    #[test]
    fn a_plan_covers_its_range_once(from in 0..10_000_000_i64, length in 1..10_000_000_000_i64, offset in prop::sample::select(&[0_u8, 15, 30, 45][..])) {
        let offset = HourOffset::from_minutes(offset).unwrap();
        let range = Range { from: Timestamp::from_millis(START + from), to: Timestamp::from_millis(START + from + length) };
        let plan = MetricQuery::new("users", &["events"], range).check().unwrap().plan(offset);
        let hours = plan.hours();
        prop_assert!(plan.reads.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].grain != pair[1].grain), "each once, none left out");
        prop_assert!(plan.reads.iter().all(|span| span.from < span.to));
        prop_assert_eq!(hours.start, Hour::of(range.from, offset));
        prop_assert_eq!(hours.end.index() - 1, Hour::of(range.to.plus_millis(-1), offset).index());
        prop_assert_eq!(plan.covered.from, hours.start.start(offset));
        prop_assert!(plan.covered.to >= range.to && plan.covered.to.millis_since(range.to) < HOUR_MS);
    }

    #[test]
    fn the_buckets_of_a_series_follow_each_other_and_cover_it(from in 0..400_i64, days in 1..400_i64, zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]), granularity in prop::sample::select(&Granularity::ALL[1..])) {
        let from = START + from * 24 * HOUR_MS;
        let range = Range { from: Timestamp::from_millis(from), to: Timestamp::from_millis(from + days * 24 * HOUR_MS) };
        let answer = ask(&MetricQuery::new("users", &["events"], range).every(granularity, zone), &[]);
        let starts: Vec<Timestamp> = answer.rows.iter().map(|row| row.start.unwrap()).collect();
        prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
        // The hour that holds a day's beginning counts for the day that holds its middle.
        prop_assert!(starts[0].millis_since(range.from) <= HOUR_MS / 2, "{:?}", starts[0]);
        let longest = 32 * 24 * HOUR_MS;
        prop_assert!(range.to.millis_since(*starts.last().unwrap()) <= longest);
    }
}

/// Compares each row with the events that fall in it, and finds no event outside all rows.
pub fn check_answer(asked: &MetricQuery, events: &[Event], answer: &Answer, offset: u8) {
    let cube = cube(&asked.cube).unwrap();
    let dimension = |name: &str| catalogue::Dimension::from_name(name).unwrap().column();
    let all: Vec<naive::Event> = events
        .first()
        .map(|event| from_events(event.family(), events, &context(offset)).unwrap())
        .unwrap_or_default()
        .iter()
        .flat_map(|(_, batch)| naive::events(batch))
        .filter(|event| matches!(event["time"], naive::Value::Number(time) if (asked.range.from.as_millis()..asked.range.to.as_millis()).contains(&time)))
        .filter(|event| asked.filters.iter().all(|(name, values)| values.contains(&naive::label(event, dimension(name)))))
        .collect();
    let local = |start: Timestamp| {
        naive::bucket(
            &naive::Event::from([("time".to_owned(), naive::Value::Number(start.as_millis()))]),
            asked.granularity.unwrap(),
            asked.timezone,
        )
    };
    let labels = |event: &naive::Event| asked.group_by.iter().map(|name| naive::label(event, dimension(name))).collect::<Vec<_>>();
    let bucketed = naive::grouped(cube, &all, |event| {
        let bucket = asked.granularity.map(|granularity| naive::bucket(event, granularity, asked.timezone));
        bucket.into_iter().chain(labels(event)).collect()
    });
    let mut met = 0;
    for row in &answer.rows {
        let key: Vec<String> = row.start.map(local).into_iter().chain(row.labels.iter().cloned()).collect();
        let events = bucketed.get(&key).map(Vec::as_slice).unwrap_or_default();
        met += usize::from(!events.is_empty());
        for (measure, value) in cube.measures.iter().zip(&row.values) {
            crate::fold::check_number(&format!("{}.{} of {key:?}", cube.name, measure.name), value, &naive::measure(measure, events));
        }
    }
    assert_eq!(met, bucketed.len(), "every event is in a row");
}
