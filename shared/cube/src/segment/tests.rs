use super::*;
use crate::columns::from_events;
use crate::sample::{context, events};
use model::Event;
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
            for (_, batch) in decode(&damaged.into()).unwrap_or_default() {
                _ = crate::fold(family, &batch);
            }
        }
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
fn the_id_of_a_segment_depends_on_its_messages_and_its_bytes_and_not_on_their_order() {
    let id_of = |messages: &[&str], bytes: &[u8]| id(messages, bytes);
    assert_eq!(id_of(&["m1", "m2"], b"x"), id_of(&["m2", "m1"], b"x"));
    assert_ne!(id_of(&["m1", "m2"], b"x"), id_of(&["m1", "m2"], b"y"));
    assert_ne!(id_of(&["m1", "m2"], b"x"), id_of(&["m1m2"], b"x"));
    assert_ne!(id_of(&["m1"], b"x"), id_of(&["m1", "m1"], b"x"));
}
