//! What every table, bucket and queue promises. Run against those in memory by this crate's tests, and against the AWS adapters on the
//! local AWS. Every function uses keys that begin with `scratch`, so that it can run again on what it left.

use bytes::Bytes;
use model::limits::{
    DYNAMODB_BATCH_KEYS, DYNAMODB_ITEM_BYTES, DYNAMODB_PARTITION_KEY_BYTES, DYNAMODB_SORT_KEY_BYTES, SQS_BATCH_BYTES, SQS_BATCH_MESSAGES,
};
use ports::{Added, Bucket, Condition, Depth, Item, Key, Page, PortError, Projection, Put, Queue, Range, Read, Table, Uploads, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a table promises.
pub async fn table(table: &dyn Table, scratch: &str) {
    items_come_back_as_they_were_put(table, scratch).await;
    a_put_is_refused_with_the_item_that_is_there(table, scratch).await;
    additions_stop_at_the_ceiling(table, scratch).await;
    a_query_answers_its_range_in_order(table, scratch).await;
    a_query_goes_on_where_its_page_ended(table, scratch).await;
    many_items_are_written_read_and_deleted_as_one_by_one(table, scratch).await;
    what_is_over_a_limit_is_not_sent(table, scratch).await;
    the_index_names_what_is_pending(table, scratch).await;
}

async fn items_come_back_as_they_were_put(table: &dyn Table, scratch: &str) {
    let key = Key::new(format!("{scratch}#items"), "all kinds");
    let map = BTreeMap::from([("deep".to_owned(), Value::List(vec![Value::Number(i64::MIN), Value::Bool(false)]))]);
    let item = Item::new(key.clone())
        .with("text", Value::Text("naïve ☃".into()))
        .with("nothing", Value::Text(String::new()))
        .with("number", Value::Number(i64::MAX))
        .with("bytes", Value::Binary(Bytes::from_static(&[0, 255, 7])))
        .with("map", Value::Map(map));
    assert_eq!(table.put(item.clone(), Condition::Always).await.unwrap(), Put::Written);
    assert_eq!(table.get(&key, Read::Strong).await.unwrap(), Some(item.clone()));

    let other = Item::new(key.clone()).with("number", Value::Number(1));
    assert_eq!(table.put(other.clone(), Condition::Always).await.unwrap(), Put::Written);
    assert_eq!(table.get(&key, Read::Strong).await.unwrap(), Some(other), "a put replaces the whole item");

    table.delete(&key).await.unwrap();
    table.delete(&key).await.unwrap();
    assert_eq!(table.get(&key, Read::Strong).await.unwrap(), None);
}

async fn a_put_is_refused_with_the_item_that_is_there(table: &dyn Table, scratch: &str) {
    let key = Key::new(format!("{scratch}#conditions"), "one");
    let version = |number| Item::new(key.clone()).with("version", Value::Number(number));
    let is = |value| Condition::NumberIs { attribute: "version", value };
    table.delete(&key).await.unwrap();

    assert_eq!(table.put(version(1), is(0)).await.unwrap(), Put::Refused(None));
    assert_eq!(table.put(version(1), Condition::Absent).await.unwrap(), Put::Written);
    assert_eq!(table.put(version(9), Condition::Absent).await.unwrap(), Put::Refused(Some(version(1))));
    assert_eq!(table.put(version(2), is(1)).await.unwrap(), Put::Written);
    assert_eq!(table.put(version(3), is(1)).await.unwrap(), Put::Refused(Some(version(2))));
    assert_eq!(table.get(&key, Read::Strong).await.unwrap(), Some(version(2)));
}

async fn additions_stop_at_the_ceiling(table: &dyn Table, scratch: &str) {
    let key = Key::new(format!("{scratch}#counters"), "one");
    table.delete(&key).await.unwrap();
    let add = async |amount, ceiling| table.add(&key, "taken", amount, ceiling, 4_000_000_000).await.unwrap();

    assert_eq!(add(11, Some(10)).await, Added::OverCeiling(0), "the first addition meets the ceiling too");
    assert_eq!(table.get(&key, Read::Strong).await.unwrap(), None, "a refused addition makes no item");
    assert_eq!(add(4, Some(10)).await, Added::To(4));
    assert_eq!(add(7, Some(10)).await, Added::OverCeiling(4));
    assert_eq!(add(11, Some(10)).await, Added::OverCeiling(4));
    assert_eq!(add(6, Some(10)).await, Added::To(10), "the ceiling itself is allowed");
    assert_eq!(add(1, Some(10)).await, Added::OverCeiling(10));
    assert_eq!(add(5, None).await, Added::To(15));
    assert_eq!(table.add(&key, "other", 2, None, 4_000_000_001).await.unwrap(), Added::To(2));

    let item = table.get(&key, Read::Strong).await.unwrap().unwrap();
    assert_eq!((item.number("taken"), item.number("other"), item.number("expires_at")), (Some(15), Some(2), Some(4_000_000_001)));
}

async fn a_query_answers_its_range_in_order(table: &dyn Table, scratch: &str) {
    let partition = format!("{scratch}#range");
    for sort in ["b#2", "a#1", "b#10", "c", "b#1"] {
        let item = Item::new(Key::new(&partition, sort)).with("kept", Value::Number(1)).with("left", Value::Number(2));
        table.put(item, Condition::Always).await.unwrap();
    }
    let sorts = async |range: Range| -> Vec<String> {
        let page = table.query(&partition, &range, Projection::All, Read::Strong, None).await.unwrap();
        assert_eq!(page.next, None);
        page.items.into_iter().map(|item| item.key.sort).collect()
    };
    assert_eq!(sorts(Range::All).await, ["a#1", "b#1", "b#10", "b#2", "c"]);
    assert_eq!(sorts(Range::Prefix("b#".into())).await, ["b#1", "b#10", "b#2"]);
    assert_eq!(sorts(Range::Prefix("d".into())).await, Vec::<String>::new());
    assert_eq!(sorts(Range::Between("a#1".into(), "b#10".into())).await, ["a#1", "b#1", "b#10"]);

    let page = table.query(&partition, &Range::All, Projection::Only(&["kept"]), Read::Eventual, None).await.unwrap();
    assert_eq!(page.items[0], Item::new(Key::new(&partition, "a#1")).with("kept", Value::Number(1)));
    let backwards = table.query(&partition, &Range::Between("b".into(), "a".into()), Projection::All, Read::Strong, None).await;
    assert!(matches!(backwards, Err(PortError::Refused { .. })), "{backwards:?}");
}

async fn a_query_goes_on_where_its_page_ended(table: &dyn Table, scratch: &str) {
    let partition = format!("{scratch}#pages");
    let large = Value::Binary(Bytes::from(vec![7; 300 * 1024]));
    for sort in 0..7 {
        table.put(Item::new(Key::new(&partition, sort.to_string())).with("large", large.clone()), Condition::Always).await.unwrap();
    }
    for projection in [Projection::All, Projection::Only(&["nothing"])] {
        let (mut sorts, mut pages, mut after) = (Vec::new(), 0, None);
        loop {
            let page = table.query(&partition, &Range::All, projection, Read::Strong, after.as_ref()).await.unwrap();
            assert!(page.items.len() < 7, "a page is at most 1 MB, whatever is projected");
            sorts.extend(page.items.into_iter().map(|item| item.key.sort));
            pages += 1;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(sorts, ["0", "1", "2", "3", "4", "5", "6"]);
        assert!(pages >= 2, "{pages} pages");
    }
}

async fn many_items_are_written_read_and_deleted_as_one_by_one(table: &dyn Table, scratch: &str) {
    // More than a request may hold, by number and by size: 130 keys; 60 items of 300 KB are 18 MB.
    let key = |number: usize| Key::new(format!("{scratch}#many#{}", number % 3), format!("{number:03}"));
    let keys: Vec<Key> = (0..2 * DYNAMODB_BATCH_KEYS).map(key).collect();
    let large = Value::Binary(Bytes::from(vec![7; 300 * 1024]));
    let items: Vec<Item> = keys[..DYNAMODB_BATCH_KEYS + 30]
        .iter()
        .enumerate()
        .map(|(place, key)| Item::new(key.clone()).with("body", if place < 60 { large.clone() } else { Value::Number(1) }))
        .collect();
    let read = async |keys: &[Key]| {
        let mut found = table.get_many(keys, Read::Strong).await.unwrap();
        found.sort_by(|a, b| a.key.sort.cmp(&b.key.sort));
        found
    };
    table.put_many(Vec::new()).await.unwrap();
    table.put_many(items.clone()).await.unwrap();
    let (found, twice) = (read(&keys).await, [&keys[..5], &keys[..5]].concat());
    assert!(found == items, "{} items came back of {}, or they differ", found.len(), items.len());
    assert!(read(&twice).await == items[..5], "a key given twice is one");
    assert_eq!(read(&[]).await, []);

    let replaced = Item::new(keys[0].clone()).with("other", Value::Bool(true));
    table.put_many(vec![replaced.clone()]).await.unwrap();
    assert_eq!(table.get(&keys[0], Read::Strong).await.unwrap(), Some(replaced), "a put replaces the whole item");

    let bad = |item: Item| vec![Item::new(Key::new(format!("{scratch}#many"), "good")), item];
    let too_large = table.put_many(bad(Item::new(Key::new(format!("{scratch}#many"), "s".repeat(DYNAMODB_SORT_KEY_BYTES + 1))))).await;
    assert!(matches!(too_large, Err(PortError::OverLimit { .. })), "{too_large:?}");
    let same = table.put_many(bad(Item::new(Key::new(format!("{scratch}#many"), "good")))).await;
    assert!(matches!(same, Err(PortError::Refused { .. })), "{same:?}");
    assert_eq!(read(&[Key::new(format!("{scratch}#many"), "good")]).await, [], "where one cannot be written, none is");

    table.delete_many(&[]).await.unwrap();
    table.delete_many(&[&keys[10..], &keys[10..12]].concat()).await.unwrap();
    assert_eq!(read(&keys).await.len(), 10);
    table.delete_many(&keys).await.unwrap();
    assert_eq!(read(&keys).await, []);
}

async fn what_is_over_a_limit_is_not_sent(table: &dyn Table, scratch: &str) {
    let over = |result: Result<Put, PortError>| assert!(matches!(result, Err(PortError::OverLimit { .. })), "{result:?}");
    let sized = |bytes: usize| {
        let item = Item::new(Key::new(format!("{scratch}#limits"), "large"));
        let filled = bytes - item.size_bytes() - "body".len();
        item.with("body", Value::Binary(Bytes::from(vec![1; filled])))
    };
    assert_eq!(table.put(sized(DYNAMODB_ITEM_BYTES), Condition::Always).await.unwrap(), Put::Written, "the limit itself is allowed");
    over(table.put(sized(DYNAMODB_ITEM_BYTES + 1), Condition::Always).await);
    over(table.put(Item::new(Key::new("p".repeat(DYNAMODB_PARTITION_KEY_BYTES + 1), "s")), Condition::Always).await);
    over(table.put(Item::new(Key::new(format!("{scratch}#limits"), "s".repeat(DYNAMODB_SORT_KEY_BYTES + 1))), Condition::Always).await);
    let empty = table.put(Item::new(Key::new(format!("{scratch}#limits"), "")), Condition::Always).await;
    assert!(matches!(empty, Err(PortError::Refused { .. })), "{empty:?}");
}

async fn the_index_names_what_is_pending(table: &dyn Table, scratch: &str) {
    let shard = format!("{scratch}-P07");
    let item =
        |partition: &str, sort: &str| Item::new(Key::new(format!("{scratch}#pending#{partition}"), sort)).with("n", Value::Number(1));
    for (partition, sort) in [("b", "1"), ("a", "2"), ("a", "1")] {
        table.put(item(partition, sort).with("pending", Value::Text(shard.clone())), Condition::Always).await.unwrap();
    }
    table.put(item("a", "3"), Condition::Always).await.unwrap();
    table.put(item("a", "4").with("pending", Value::Text(format!("{scratch}-P08"))), Condition::Always).await.unwrap();

    let keys = async |expected: usize| {
        // The index lags; each reading takes its time, so this waits without a clock.
        let mut page = Page::default();
        for _ in 0..200 {
            page = table.pending(&shard, None).await.unwrap();
            if page.items.len() == expected {
                break;
            }
        }
        assert!(page.items.iter().all(|item| item.attributes.is_empty()), "the index holds keys only: {page:?}");
        let mut keys: Vec<(String, String)> = page.items.into_iter().map(|item| (item.key.partition, item.key.sort)).collect();
        keys.sort();
        keys
    };
    let named = |partition: &str, sort: &str| (format!("{scratch}#pending#{partition}"), sort.to_owned());
    assert_eq!(keys(3).await, [named("a", "1"), named("a", "2"), named("b", "1")]);
    table.put(item("a", "1"), Condition::Always).await.unwrap();
    table.delete(&item("b", "1").key).await.unwrap();
    assert_eq!(keys(1).await, [named("a", "2")], "what is settled or gone leaves the index");
}

/// Everything that uploads in parts promise: an object is there whole, or not at all.
pub async fn uploads((bucket, uploads): (&dyn Bucket, &dyn Uploads), scratch: &str) {
    let key = format!("{scratch}/parts/ü.bin");
    bucket.delete(&key).await.unwrap();
    let upload = uploads.begin(&key, "application/octet-stream").await.unwrap();
    let large = |byte: u8| Bytes::from(vec![byte; model::limits::S3_PART_BYTES]);
    let parts = vec![
        uploads.part(&key, &upload, (1, large(1))).await.unwrap(),
        uploads.part(&key, &upload, (2, Bytes::from_static(b"end"))).await.unwrap(),
    ];
    assert_eq!(bucket.get(&key).await.unwrap(), None, "a part is nothing that is seen");
    uploads.complete(&key, &upload, &parts).await.unwrap();
    let whole = bucket.get(&key).await.unwrap().unwrap();
    assert_eq!((whole.len(), &whole[whole.len() - 3..]), (model::limits::S3_PART_BYTES + 3, &b"end"[..]));

    let upload = uploads.begin(&key, "application/octet-stream").await.unwrap();
    uploads.part(&key, &upload, (1, large(2))).await.unwrap();
    uploads.abort(&key, &upload).await.unwrap();
    uploads.abort(&key, &upload).await.unwrap();
    assert!(uploads.part(&key, &upload, (2, Bytes::from_static(b"late"))).await.is_err());
    assert_eq!(bucket.get(&key).await.unwrap(), Some(whole), "what was there before stays");
    bucket.delete(&key).await.unwrap();
}

/// Everything that a bucket promises.
pub async fn bucket(bucket: &dyn Bucket, scratch: &str) {
    let key = format!("{scratch}/a b/ü.bin");
    let put = async |key: &str, body: &'static [u8]| bucket.put(key, "application/octet-stream", Bytes::from_static(body)).await.unwrap();
    bucket.delete(&key).await.unwrap();
    assert_eq!(bucket.get(&key).await.unwrap(), None);
    put(&key, &[0, 1, 255]).await;
    assert_eq!(bucket.get(&key).await.unwrap(), Some(Bytes::from_static(&[0, 1, 255])));
    assert_eq!(bucket.get_range(&key, 1..3).await.unwrap(), Some(Bytes::from_static(&[1, 255])));
    assert_eq!(bucket.get_range(&key, 2..9).await.unwrap(), Some(Bytes::from_static(&[255])), "as much as there is");
    for range in [3..4, 1..1] {
        let nothing = bucket.get_range(&key, range).await;
        assert!(matches!(nothing, Err(PortError::Refused { .. })), "{nothing:?}");
    }
    assert_eq!(bucket.get_range(&format!("{key}-"), 0..1).await.unwrap(), None);
    put(&key, b"").await;
    assert_eq!(bucket.get(&key).await.unwrap(), Some(Bytes::new()), "a put replaces the object");
    bucket.delete(&key).await.unwrap();
    assert_eq!(bucket.get(&key).await.unwrap(), None);

    for number in [3, 1, 2] {
        put(&format!("{scratch}/list/{number}"), b"four").await;
    }
    put(&format!("{scratch}/listless"), b"").await;
    let found = bucket.list(&format!("{scratch}/list/")).await.unwrap();
    let found: Vec<(&str, u64)> = found.iter().map(|object| (object.key.as_str(), object.size_bytes)).collect();
    let expected: Vec<String> = (1..=3).map(|number| format!("{scratch}/list/{number}")).collect();
    assert_eq!(found, expected.iter().map(|key| (key.as_str(), 4)).collect::<Vec<_>>());
    assert_eq!(bucket.list(&format!("{scratch}/nothing/")).await.unwrap(), []);
}

/// Everything that a queue, empty at first, promises, but for what takes its visibility timeout.
pub async fn queue(queue: &dyn Queue) {
    assert_eq!(queue.send(&[]).await.unwrap(), Vec::<bool>::new());
    assert_eq!(queue.depth().await.unwrap().waiting, 0);

    // More than one request takes, by number and by size, and the largest there may be.
    let small = (0..2 * SQS_BATCH_MESSAGES + 3).map(|number| format!("small {number} <&> ☃"));
    let large = (0..5).map(|number| format!("{number}{}", "0".repeat(SQS_BATCH_BYTES / 3)));
    let bodies: Vec<String> = small.chain(large).chain([".".repeat(SQS_BATCH_BYTES)]).collect();
    assert_eq!(queue.send(&bodies).await.unwrap(), vec![true; bodies.len()]);
    assert_eq!(queue.depth().await.unwrap().waiting, bodies.len() as u64);

    let (mut came, mut sent) = (receive_all(queue).await, bodies);
    came.sort();
    sent.sort();
    assert!(came == sent, "{} bodies came, {} were sent, or they differ", came.len(), sent.len());

    assert_eq!(queue.depth().await.unwrap(), Depth::default(), "what is deleted is gone");

    let too_large = queue.send(&["fits".to_owned(), ".".repeat(SQS_BATCH_BYTES + 1)]).await;
    assert!(matches!(too_large, Err(PortError::OverLimit { .. })), "{too_large:?}");
    assert_eq!(queue.depth().await.unwrap().waiting, 0, "an error means that nothing is taken");
    let too_many = queue.receive(SQS_BATCH_MESSAGES + 1).await;
    assert!(matches!(too_many, Err(PortError::OverLimit { .. })), "{too_many:?}");
    let no_handle = queue.delete("no handle").await;
    assert!(matches!(no_handle, Err(PortError::Refused { .. })), "{no_handle:?}");
}

/// Receives and deletes until nothing comes.
async fn receive_all(queue: &dyn Queue) -> Vec<String> {
    let (mut bodies, mut handles, mut ids) = (Vec::new(), Vec::new(), BTreeSet::new());
    loop {
        let received = queue.receive(7).await.unwrap();
        assert!(received.len() <= 7, "{} messages came", received.len());
        if received.is_empty() {
            break;
        }
        handles.extend(received.iter().map(|message| message.handle.clone()));
        ids.extend(received.iter().map(|message| message.id.clone()));
        bodies.extend(received.into_iter().map(|message| message.body));
    }
    assert_eq!(ids.len(), bodies.len(), "every message has an id of its own");
    assert_eq!(queue.depth().await.unwrap(), Depth { waiting: 0, in_flight: bodies.len() as u64 }, "what is received is not gone");
    for handle in handles {
        queue.delete(&handle).await.unwrap();
    }
    bodies
}

#[cfg(test)]
mod tests {
    use crate::{MemoryBucket, MemoryQueue, MemoryTable};
    use ports::Queue;

    #[tokio::test]
    async fn the_table_in_memory_keeps_the_contract() {
        let table = MemoryTable::new();
        super::table(&table, "scratch").await;
        super::table(&table, "scratch").await;
    }

    #[tokio::test]
    async fn the_bucket_in_memory_keeps_the_contract() {
        super::bucket(&MemoryBucket::new(), "scratch").await;
    }

    #[tokio::test]
    async fn the_queue_in_memory_keeps_the_contract() {
        let queue = MemoryQueue::new();
        super::queue(&queue).await;
    }

    #[tokio::test]
    async fn what_is_received_and_not_deleted_comes_again() {
        let queue = MemoryQueue::new();
        queue.send(&["one".to_owned()]).await.unwrap();
        let first = queue.receive(1).await.unwrap();
        assert_eq!(queue.receive(1).await.unwrap(), []);
        queue.show_again();
        let second = queue.receive(1).await.unwrap();
        assert_eq!(second[0].body, "one");
        queue.delete(&first[0].handle).await.unwrap();
        assert_eq!(queue.depth().await.unwrap().in_flight, 1, "the handle of an earlier receipt deletes nothing");
    }
}
