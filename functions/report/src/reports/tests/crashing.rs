//! The function crashes before or after any call of a port: each report is made once, kept once, and arrives; what is delivered twice has
//! one id.

use super::world::{World, at, daily};
use ::reports::run::Status;
use memory::Fault;
use std::collections::BTreeSet;

/// Three due times, and a crash at a call; then all goes on.
async fn crash(after: usize, fault: Fault) -> (usize, World) {
    let world = World::at("2026-03-27T12:00:00Z").await;
    world.schedule("s1", &daily()).await;
    world.clock.set(at("2026-03-30T11:00:00Z"));
    let before = world.faults.calls();
    world.faults.crash_after(after, fault);
    let _ = world.tick().await;
    world.work().await;
    let calls = world.faults.calls() - before;
    world.faults.heal();
    world.minutes(30).await;
    (calls, world)
}

#[tokio::test]
async fn a_crash_before_or_after_any_call_skips_no_report_makes_none_twice_and_delivers_each_under_one_id() {
    let (calls, _) = crash(usize::MAX / 2, Fault::Before).await;
    assert!(calls > 60, "{calls}");
    for after in 0..calls {
        for fault in [Fault::Before, Fault::After] {
            let (_, world) = crash(after, fault).await;
            let runs = world.runs().await;
            let what = format!("{fault:?} call {after}: {:?}", world.faults.history().get(after));
            assert_eq!(runs.len(), 3, "{what}");
            assert!(runs.iter().all(|(_, run)| run.status() == Status::Done), "{what}: {runs:#?}");
            // A page and its text for each, and no other object.
            assert_eq!(world.bucket.objects().len(), 6, "{what}");
            let ids = |all: Vec<String>| (all.len(), all.into_iter().collect::<BTreeSet<_>>().len());
            // One crash makes at most one delivery arrive twice, under the same id.
            let (mails, different) = ids(world.mail.all().into_iter().map(|mail| mail.id).collect());
            assert_eq!(different, 3, "{what}");
            let (letters, different) = ids(world.letters.all().into_iter().map(|letter| letter.delivery).collect());
            assert_eq!(different, 3, "{what}");
            assert!(mails + letters <= 7, "{what}: {mails} mails, {letters} letters");
        }
    }
}
