use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_239_000_000);
const PATIENCE: Patience = Patience { attempts: 4, pause_ms: 30_000 };

fn run() -> Run {
    let what = What::Notice { title: "t".into(), text: "x".into(), data: Value::Null };
    let targets = Targets { mail: vec!["a@example.com".into()], webhooks: vec!["https://example.com/".into()] };
    Run::new("r1", what, &targets, (NOW, NOW))
}

fn made() -> Making {
    Making::Made { key: None, size_bytes: 1, took_ms: 2, at: NOW }
}

fn failure() -> Failure {
    Failure { error: "it answered 500".into(), is_final: false }
}

#[test]
fn a_run_is_made_and_then_delivered_to_each() {
    let mut run = run();
    assert_eq!((run.status(), run.next_delivery(NOW)), (Status::Queued, None));
    run.begin(NOW);
    assert!(!run.is_due(NOW.plus_millis(LEASE_MS - 1)) && run.is_due(NOW.plus_millis(LEASE_MS)));
    run.made(made(), NOW);
    assert_eq!(run.status(), Status::Delivering);
    for at in [0, 1] {
        assert_eq!(run.next_delivery(NOW), Some(at));
        run.begin_delivery(at, NOW);
        run.end_delivery(at, Ok(()), (NOW, PATIENCE));
    }
    assert_eq!((run.status(), run.wake_at), (Status::Done, None));
    assert_eq!(run.deliveries[0].id, "r1-0");
}

#[test]
fn a_delivery_is_tried_with_growing_pauses_and_then_is_a_dead_letter() {
    let mut run = run();
    run.made(made(), NOW);
    let mut now = NOW;
    let mut pauses = Vec::new();
    for _ in 0..4 {
        run.begin_delivery(1, now);
        run.end_delivery(1, Err(failure()), (now, PATIENCE));
        pauses.push(run.deliveries[1].try_at.millis_since(now) / 1000);
        now = run.deliveries[1].try_at;
    }
    assert_eq!(pauses[..3], [30, 60, 120]);
    assert_eq!((run.deliveries[1].state, run.deliveries[1].attempts), (DeliveryState::Dead, 4));
    run.begin_delivery(0, now);
    run.end_delivery(0, Ok(()), (now, PATIENCE));
    assert_eq!((run.status(), run.wake_at), (Status::Failed, None));
}

#[test]
fn what_would_always_fail_is_given_up_at_once() {
    let mut run = run();
    run.begin(NOW);
    run.not_made(Failure { is_final: true, ..failure() }, NOW, PATIENCE);
    assert_eq!((run.status(), run.wake_at), (Status::Failed, None));
}

#[test]
fn a_delivery_whose_taker_is_gone_is_tried_again_when_its_lease_is_over() {
    let mut run = run();
    run.made(made(), NOW);
    run.begin_delivery(0, NOW);
    run.begin_delivery(1, NOW);
    assert_eq!(run.next_delivery(NOW.plus_millis(LEASE_MS - 1)), None);
    assert_eq!(run.next_delivery(NOW.plus_millis(LEASE_MS)), Some(0));
}

#[test]
fn no_pause_is_longer_than_a_queue_keeps_a_message_back() {
    let patience = Patience { attempts: u32::MAX, pause_ms: 30_000 };
    assert_eq!(patience.again(5, &failure(), NOW).map(|at| at.millis_since(NOW)), Some(480_000));
    for attempts in [6, 40, 63, 64, 65, 1000] {
        assert_eq!(patience.again(attempts, &failure(), NOW).map(|at| at.millis_since(NOW)), Some(900_000), "{attempts}");
    }
}

#[test]
fn what_nobody_who_took_it_ever_ended_is_given_up() {
    let gone = |run: &mut Run, now: &mut Timestamp, begin: &dyn Fn(&mut Run, Timestamp)| {
        for _ in 0..PATIENCE.attempts {
            assert!(!run.give_up_worn((*now, PATIENCE)));
            begin(run, *now);
            *now = now.plus_millis(LEASE_MS);
        }
        assert!(run.give_up_worn((*now, PATIENCE)));
    };
    let (mut unmade, mut now) = (run(), NOW);
    gone(&mut unmade, &mut now, &|run, now| run.begin(now));
    assert_eq!((unmade.status(), unmade.wake_at, unmade.attempts), (Status::Failed, None, 4));

    let (mut untold, mut now) = (run(), NOW);
    untold.made(made(), NOW);
    untold.begin_delivery(0, NOW);
    untold.end_delivery(0, Ok(()), (NOW, PATIENCE));
    gone(&mut untold, &mut now, &|run, now| run.begin_delivery(1, now));
    assert_eq!((untold.status(), untold.wake_at, untold.deliveries[1].state), (Status::Failed, None, DeliveryState::Dead));
}
