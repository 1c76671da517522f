//! People who are erased in a run, and what may still name them at its end: nothing.

use crate::land::Land;
use crate::reference::Accepted;
use cube::catalogue::Dimension;
use cube::{FamilyState, segment};
use futures::FutureExt;
use memory::MemoryTable;
use model::erasure::Erasures;
use model::{TenantId, UserId};
use ports::{Item, Read};
use records::erasure::{self, State};
use std::collections::BTreeSet;

/// How many people send events for a tenant.
pub const PEOPLE: u64 = 5;

/// The id of one of them: no other text of a run has it in it.
pub fn name(person: u64) -> String {
    format!("person-no-{person}")
}

/// Who of a tenant is erased, as the table says.
pub fn of(land: &Land, tenant: &TenantId) -> Erasures {
    erasure::people(&MemoryTable::of(land.shelf.items()), tenant, Read::Strong).now_or_never().unwrap().unwrap()
}

/// Whether any erasure is not done.
pub fn are_open(land: &Land) -> bool {
    !open(land).is_empty()
}

fn open(land: &Land) -> Vec<String> {
    let table = MemoryTable::of(land.shelf.items());
    let all = land.tenants.iter().flat_map(|tenant| {
        let (_, erasures) = erasure::all(&table, &tenant.id, Read::Strong).now_or_never().unwrap().unwrap();
        erasures
    });
    all.filter(|erasure| erasure.progress.state != State::Done).map(|erasure| format!("an erasure is not done: {erasure:?}")).collect()
}

/// What names people who are erased: rows of any object, and items of those who have done nothing since.
pub fn faults(land: &Land, accepted: &Accepted) -> Vec<String> {
    let mut faults = open(land);
    for tenant in land.tenants.iter() {
        let erasures = of(land, &tenant.id);
        if erasures.is_empty() {
            continue;
        }
        let is_of_tenant = |key: &str| key.contains(&format!("/{}/", tenant.id));
        for (key, bytes) in land.objects.objects().into_iter().filter(|(key, _)| is_of_tenant(key)) {
            let opened = segment::open(&bytes).unwrap();
            let is_named = |group| cube::names_erased(&opened.events(group).unwrap(), &erasures);
            if (0..opened.groups().len()).any(is_named) {
                faults.push(format!("{key} names somebody who is erased"));
            }
        }
        let gone = gone(accepted, (&tenant.id, &erasures));
        let items = land.shelf.items();
        let of_tenant = items.iter().filter(|item| item.key.partition.starts_with(&format!("T#{}#", tenant.id)));
        faults.extend(of_tenant.filter(|item| names(item, &gone)).map(|item| format!("{:?} names somebody who is erased", item.key)));
    }
    faults
}

/// The people who are erased and have done nothing since.
fn gone(accepted: &Accepted, (tenant, erasures): (&TenantId, &Erasures)) -> BTreeSet<String> {
    let events = accepted.iter().filter(|((of, _), _)| of == tenant).flat_map(|(_, events)| events);
    let is_kept = |person: &String| {
        let before = erasures.of(person).map(|extent| extent.before);
        let mut own = events.clone().filter(|event| event.user.as_ref().map(UserId::as_str) == Some(person));
        before.is_none_or(|before| own.any(|event| event.time.min(event.received) >= before))
    };
    (0..PEOPLE).map(name).filter(|person| !is_kept(person)).collect()
}

fn names(item: &Item, people: &BTreeSet<String>) -> bool {
    let family = item.key.partition.split('#').find_map(model::Family::from_name);
    let state = family.zip(item.binary("state")).map(|(family, bytes)| FamilyState::decode(family, bytes).unwrap());
    let is_in = |person: &String| state.iter().flat_map(FamilyState::cubes).any(|cube| cube.has(Dimension::User, person));
    let text = format!("{item:?}");
    people.iter().any(|person| text.contains(person.as_str()) || is_in(person))
}
