//! Manifests and rollups in a table in memory.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

use bytes::Bytes;
use cube::FamilyState;
use cube::rollup::{Contents, Part, pack};
use memory::MemoryTable;
use model::{AttemptId, Day, Family, Hour, Month, SegmentId, TenantId, Timestamp};
use ports::{Condition, Item, Key, Read, Table, Value};
use records::pending::{ATTRIBUTE, Kind, shard};
use rollups::{
    Absorbed, Anew, Bucket, Commit, DayManifest, Garbage, HourEntry, Log, ManifestError, MonthManifest, Owner, Rollup, RollupError, day,
    rollup, upper,
};

const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);

fn owner() -> Owner {
    Owner { tenant: TenantId::new("demo").unwrap(), family: Family::Ai }
}

fn today() -> Day {
    Day::from_key("2026-11-21").unwrap()
}

fn rollup_of(attempt: u128) -> Rollup {
    Rollup { attempt: AttemptId::new(attempt), contents: pack(FamilyState::empty(Family::Ai)).0 }
}

fn entry(attempt: u128) -> HourEntry {
    HourEntry {
        version: 1,
        settled_at: NOW,
        rollup: rollup_of(attempt),
        log: Some(Log { attempt: AttemptId::new(attempt + 1), objects: vec![0, 3], written_at: NOW }),
        base: Some(rollup_of(attempt + 2)),
        events: 12,
        first: NOW,
        last: NOW.plus_millis(5),
        configuration: 3,
        catalogue: 1,
        expires_at: NOW.plus_millis(1000),
        absorbed: vec![Absorbed { segment: SegmentId::from_digest([7; 32]), gone_since: Some(NOW) }],
    }
}

async fn get(table: &MemoryTable) -> DayManifest {
    day::get(table, &owner(), (today(), Read::Strong)).await.unwrap()
}

#[tokio::test]
async fn a_manifest_is_read_as_it_was_committed() {
    let table = MemoryTable::new();
    let mut manifest = get(&table).await;
    assert_eq!((manifest.edition, manifest.version), (0, 0));
    manifest.version = 1;
    manifest.body.hours.insert(today().first_hour(), entry(5));
    manifest.body.rollup = Some(rollup_of(9));
    manifest.body.garbage.push(Garbage {
        since: NOW,
        rollups: vec![(Bucket::Day(today()), rollup_of(8))],
        objects: vec![(AttemptId::new(8), 1)],
    });
    assert_eq!(day::commit(&table, &manifest).await.unwrap(), Commit::Won);
    assert_eq!(get(&table).await, DayManifest { edition: 1, ..manifest.clone() });
    let days = day::range(&table, &owner(), (today()..=today().next(), Read::Strong)).await.unwrap();
    assert_eq!(days, [DayManifest { edition: 1, ..manifest }]);
    assert_eq!(days[0].configuration(), 3);
}

#[tokio::test]
async fn the_outline_of_a_manifest_says_the_same_of_the_day_and_of_its_hours() {
    let table = MemoryTable::new();
    let mut manifest = DayManifest { version: 4, ..get(&table).await };
    let (first, last) = (today().first_hour(), today().last_hour());
    manifest.body.hours.insert(first, HourEntry { base: None, ..entry(5) });
    manifest.body.hours.insert(last, entry(6));
    manifest.body.rollup = Some(rollup_of(9));
    day::commit(&table, &manifest).await.unwrap();
    let read = async || day::outlines(&table, &owner(), (today()..=today().next(), Read::Strong), &Anew).await.unwrap();
    let [outline] = &read().await[..] else { panic!("one day has a manifest") };
    assert_eq!((outline.day, outline.version), (today(), 4));
    assert_eq!((&outline.rollup, &outline.base), (&manifest.body.rollup, &manifest.body.base));
    for hour in [first, last] {
        assert_eq!(outline.hour(hour).unwrap(), manifest.body.hours.get(&hour));
    }
    assert_eq!(outline.hour(Hour::from_index(first.index() + 1)).unwrap(), None);
    let hours: Vec<_> = outline.hours(first..last).map(Result::unwrap).collect();
    assert_eq!(hours, [(first, &manifest.body.hours[&first])], "the last one is left out");
    assert!(outline.is_merged(), "by its last hour");
    manifest.edition = 1;
    manifest.body.hours.remove(&last);
    day::commit(&table, &manifest).await.unwrap();
    assert!(!read().await[0].is_merged());
}

#[tokio::test]
async fn of_two_who_read_the_same_edition_one_commits_even_where_neither_raises_the_version() {
    let table = MemoryTable::new();
    for _ in 0..3 {
        let read = get(&table).await;
        assert_eq!(day::commit(&table, &read).await.unwrap(), Commit::Won);
        assert_eq!(day::commit(&table, &read).await.unwrap(), Commit::Lost);
    }
    assert_eq!((get(&table).await.edition, get(&table).await.version), (3, 0));
}

#[tokio::test]
async fn a_manifest_waits_in_the_index_while_anything_of_it_is_to_be_done() {
    let table = MemoryTable::new();
    let check = async |change: &dyn Fn(&mut DayManifest), waits: bool| {
        let mut manifest = get(&table).await;
        change(&mut manifest);
        assert_eq!(manifest.waits(), waits);
        day::commit(&table, &manifest).await.unwrap();
        let item = table.items().into_iter().find(|item| item.key.partition == owner().partition()).unwrap();
        let expected = waits.then(|| shard(Kind::Sweep, &owner().tenant));
        assert_eq!(item.text(ATTRIBUTE), expected.as_deref());
    };
    let hour = today().first_hour();
    check(&|_| {}, false).await;
    check(&|manifest| _ = manifest.body.hours.insert(hour, entry(1)), true).await;
    check(&|manifest| manifest.body.hours.get_mut(&hour).unwrap().absorbed.clear(), true).await;
    check(&|manifest| manifest.body.rollup = Some(rollup_of(2)), false).await;
    check(&|manifest| manifest.body.garbage = vec![Garbage { since: NOW, rollups: vec![], objects: vec![] }], true).await;
}

#[test]
fn a_manifest_knows_every_attempt_that_it_names() {
    let owner = owner();
    let mut manifest = DayManifest { owner, day: today(), edition: 1, version: 1, body: day::Body::default() };
    manifest.body.hours.insert(today().first_hour(), entry(10));
    manifest.body.rollup = Some(rollup_of(20));
    manifest.body.base = Some(rollup_of(21));
    manifest.body.garbage.push(Garbage {
        since: NOW,
        rollups: vec![(Bucket::Day(today()), rollup_of(22))],
        objects: vec![(AttemptId::new(23), 0)],
    });
    let named = (0..40).filter(|attempt| manifest.names(AttemptId::new(*attempt)));
    assert_eq!(named.collect::<Vec<_>>(), [10, 11, 12, 20, 21, 22, 23]);
}

#[tokio::test]
async fn a_month_is_current_while_its_rollup_was_built_from_what_is_needed() {
    let table = MemoryTable::new();
    let month = today().month();
    let mut manifest: MonthManifest = upper::month(&table, &owner(), (month, Read::Strong)).await.unwrap();
    assert!(!manifest.is_current(), "there is no rollup");
    assert!(manifest.need(today(), 3));
    assert!(!manifest.need(today(), 2), "what is needed never falls");
    manifest.body.rollup = Some(rollup_of(1));
    for (built, current) in [(2, false), (3, true), (4, true)] {
        manifest.body.parts.get_mut(&today()).unwrap().built = built;
        assert_eq!((manifest.is_current(), manifest.built(today())), (current, built));
    }
    manifest.version = 1;
    assert_eq!(upper::commit(&table, &manifest).await.unwrap(), Commit::Won);
    assert_eq!(upper::commit(&table, &manifest).await.unwrap(), Commit::Lost);
    assert_eq!(table.items()[0].text(ATTRIBUTE), None);
    assert!(manifest.names(AttemptId::new(1)) && !manifest.names(AttemptId::new(2)));
    // All time, and the days, lie beside it and are no months.
    upper::commit(&table, &upper::lifetime(&table, &owner(), Read::Strong).await.unwrap()).await.unwrap();
    day::commit(&table, &get(&table).await).await.unwrap();
    let months = upper::months(&table, &owner(), (Month::from_key("1990-01").unwrap()..=month.next(), Read::Strong)).await.unwrap();
    assert_eq!(months, [MonthManifest { edition: 1, ..manifest }]);
    assert_eq!(day::range(&table, &owner(), (today()..=today(), Read::Strong)).await.unwrap().len(), 1);
}

#[test]
fn keys_of_manifests_name_what_they_are_of() {
    let key = |sort: &str| Key::new(owner().partition(), sort);
    assert_eq!(day::of_key(&key("2026-11-21")), Some((owner(), today())));
    assert_eq!(upper::of_key(&key("month#2026-11")), Some((owner(), Some(today().month()))));
    assert_eq!(upper::of_key(&key("lifetime")), Some((owner(), None)));
    for (of_day, sort) in [(true, "lifetime"), (true, "month#2026-11"), (false, "2026-11-21"), (false, "month#2026")] {
        let is_named = if of_day { day::of_key(&key(sort)).is_some() } else { upper::of_key(&key(sort)).is_some() };
        assert!(!is_named, "{sort}");
    }
    assert_eq!(day::of_key(&Key::new("T#demo#P#ai", "2026-11-21")), None);
}

#[tokio::test]
async fn what_is_no_manifest_is_an_error_and_never_an_empty_one() {
    let table = MemoryTable::new();
    let whole =
        Item::new(Key::new(owner().partition(), today().to_string())).with("edition", Value::Number(1)).with("version", Value::Number(1));
    for body in [None, Some(&[9_u8, 1][..]), Some(&[1, 2, 3])] {
        let item = body.map_or(whole.clone(), |body| whole.clone().with("body", Value::Binary(Bytes::copy_from_slice(body))));
        table.put(item, Condition::Always).await.unwrap();
        let error = day::get(&table, &owner(), (today(), Read::Strong)).await.unwrap_err();
        assert!(matches!(error, ManifestError::Malformed { .. }) && !error.is_transient(), "{error}");
        let error = day::outlines(&table, &owner(), (today()..=today(), Read::Strong), &Anew).await.unwrap_err();
        assert!(matches!(error, ManifestError::Malformed { .. }) && !error.is_transient(), "{error}");
    }
}

#[tokio::test]
async fn a_rollup_is_read_in_the_order_asked_or_not_at_all() {
    let table = MemoryTable::new();
    let part = |name: &str| Part { name: name.to_owned(), bytes: Bytes::from(name.to_owned()) };
    let (attempt, bucket) = (AttemptId::new(4), Bucket::Hour(Hour::from_key("2026-11-21T05").unwrap()));
    let items = rollup::items(&owner(), bucket, (attempt, &[part("0"), part("users.1")], Some(77)));
    assert_eq!((items[1].key.partition.as_str(), items[1].number("expires_at")), ("T#demo#R#ai#hour", Some(77)));
    assert_eq!(items[1].key.sort, format!("2026-11-21T05#{attempt}#users.1"));
    table.put_many(items).await.unwrap();
    let states = async |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
        rollup::states(&table, &rollup::keys(&owner(), bucket, (attempt, &parts)), Read::Strong).await
    };
    assert_eq!(states(&["users.1", "0"]).await.unwrap(), ["users.1", "0"]);
    assert!(matches!(states(&["0", "users.2"]).await.unwrap_err(), RollupError::Missing { sort, .. } if sort.ends_with("users.2")));
    assert!(rollup::items(&owner(), Bucket::Lifetime, (attempt, &[part("0")], None))[0].number("expires_at").is_none());
    assert_eq!(Contents::default().names(), Vec::<String>::new());
}
