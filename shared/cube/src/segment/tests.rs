use super::*;
use crate::columns::from_events;
use crate::sample::{context, event, events};
use model::Event;
use model::event::{AiUse, Facts};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use proptest::prelude::*;

fn tenant() -> TenantId {
    TenantId::new("demo").unwrap()
}

fn family() -> impl Strategy<Value = (Family, Vec<Event>)> {
    prop::sample::select(&Family::ALL[..]).prop_flat_map(|family| (Just(family), events(family, 60)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_segment_read_is_the_segment_written((family, events) in family()) {
        let hours = from_events(family, &events, &context(30)).unwrap();
        let read = decode(&encode(&tenant(), family, &hours).unwrap()).unwrap();
        prop_assert_eq!(read.len(), hours.len());
        for ((hour, batch), (hour_read, batch_read)) in hours.iter().zip(&read) {
            prop_assert_eq!(hour, hour_read);
            prop_assert_eq!(batch.schema(), batch_read.schema());
            prop_assert_eq!(crate::naive::events(batch), crate::naive::events(batch_read));
            prop_assert_eq!(crate::fold(family, batch), crate::fold(family, batch_read));
        }
    }

    #[test]
    fn a_damaged_segment_is_a_segment_or_an_error((family, events) in family(), places in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 60)) {
        let hours = from_events(family, &events, &context(0)).unwrap();
        let bytes = encode(&tenant(), family, &hours).unwrap();
        for (at, flip) in places {
            let mut damaged = bytes.to_vec();
            damaged[at.index(bytes.len())] ^= flip;
            let damaged = damaged.into();
            for (_, batch) in decode(&damaged).unwrap_or_default() {
                _ = crate::fold(family, &batch);
            }
            if let Ok(opened) = open(&damaged) {
                for group in 0..opened.groups().len() {
                    _ = opened.identities(group);
                }
            }
        }
    }

    #[test]
    fn a_row_group_is_read_alone_and_only_the_columns_asked_for((family, events) in family()) {
        let hours = from_events(family, &events, &context(15)).unwrap();
        let opened = open(&encode(&tenant(), family, &hours).unwrap()).unwrap();
        let groups: Vec<Group> = hours.iter().map(|(hour, batch)| Group { hour: *hour, rows: batch.num_rows() }).collect();
        prop_assert_eq!(opened.groups(), &groups);
        for (group, (_, batch)) in hours.iter().enumerate() {
            prop_assert_eq!(&opened.events(group).unwrap(), batch);
            let identities = opened.identities(group).unwrap();
            let names: Vec<String> = identities.schema().fields().iter().map(|field| field.name().clone()).collect();
            prop_assert_eq!(names, ["id", "project", "received", "content_hash"]);
            prop_assert_eq!(identities.column_by_name("id"), batch.column_by_name("id"));
        }
        prop_assert!(opened.events(groups.len()).is_err());
    }

    #[test]
    fn bytes_that_are_no_segment_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode(&bytes.into()).is_err());
    }
}

#[test]
fn a_segment_says_whose_it_is() {
    let bytes = encode(&tenant(), Family::Sales, &[]).unwrap();
    let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).unwrap();
    let pairs = metadata.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let value = |key: &str| pairs.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
    assert_eq!(value("weir.tenant").as_deref(), Some("demo"));
    assert_eq!(value("weir.family").as_deref(), Some("sales"));
    assert!(decode(&bytes).unwrap().is_empty());
}

#[test]
fn a_row_group_that_does_not_say_its_hour_is_asked_for_it() {
    let properties = WriterProperties::builder().set_statistics_enabled(EnabledStatistics::None).build();
    let batch = from_events(Family::Ai, &[event(Facts::Ai(AiUse::default()), "request", 0)], &context(0)).unwrap().remove(0);
    let write = |batch: &RecordBatch| {
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.clone())).unwrap();
        writer.write(batch).unwrap();
        Bytes::from(writer.into_inner().unwrap())
    };
    assert_eq!(open(&write(&batch.1)).unwrap().groups(), [Group { hour: batch.0, rows: 1 }]);
    let without = batch.1.project(&[0, 1]).unwrap();
    assert!(matches!(open(&write(&without)), Err(SegmentError::NoHour)));
}

#[test]
fn the_id_of_a_segment_depends_on_its_messages_and_its_bytes_and_not_on_their_order() {
    let id_of = |messages: &[&str], bytes: &[u8]| id(messages, bytes);
    assert_eq!(id_of(&["m1", "m2"], b"x"), id_of(&["m2", "m1"], b"x"));
    assert_ne!(id_of(&["m1", "m2"], b"x"), id_of(&["m1", "m2"], b"y"));
    assert_ne!(id_of(&["m1", "m2"], b"x"), id_of(&["m1m2"], b"x"));
    assert_ne!(id_of(&["m1"], b"x"), id_of(&["m1", "m1"], b"x"));
}
