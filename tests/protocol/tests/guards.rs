//! The protocol holds as it is designed; without any one of its guards some history goes wrong.
#![expect(clippy::print_stdout, reason = "the shortest history is what a test is run for")]

use protocol::{Fault, Findings, Guard, Setup, Without, search};

fn holds(setup: Setup) {
    let found = search(setup, Without::default());
    println!("{found}");
    assert!(found.broken.is_none(), "{found}");
}

/// What goes wrong without a guard.
fn without(guard: Guard) -> (Fault, Findings) {
    let found = search(guard.setup(), Without::only(guard));
    println!("without {guard}\n{found}");
    let fault = found.broken.as_ref().map(|broken| broken.fault);
    (fault.unwrap_or_else(|| panic!("nothing goes wrong without {guard}: {found}")), found)
}

macro_rules! the_protocol_holds {
    ($($setup:ident: $name:ident;)+) => {
        $(#[test] fn $name() { holds(Setup::$setup()); })+

        #[test]
        fn every_setup_is_followed() {
            let followed = [$(Setup::$setup().name),+];
            assert_eq!(Setup::all().map(|setup| setup.name).to_vec(), followed);
        }
    };
}

macro_rules! without_the_guard {
    ($($guard:ident: $name:ident, $fault:pat,)+) => {
        $(#[test] fn $name() {
            let (fault, found) = without(Guard::$guard);
            assert!(matches!(fault, $fault), "another fault was expected: {found}");
        })+

        #[test]
        fn every_guard_has_a_history_that_needs_it() {
            assert_eq!(Guard::ALL, [$(Guard::$guard),+]);
        }
    };
}

the_protocol_holds! {
    day: two_settlers_a_redelivery_a_repeat_lost_answers_and_sweeps_lose_and_double_nothing;
    hours: hours_settled_in_rounds_keep_the_objects_they_share;
    prices: what_is_settled_with_new_prices_is_never_settled_with_old_ones;
    pruning: a_segment_is_counted_once_while_it_is_absorbed_gone_forgotten_and_delivered_again;
    month: a_month_is_its_days_wherever_it_says_that_it_is_current;
    lifetime: lifetime_is_its_months_wherever_it_says_that_it_is_current;
    late: a_late_settler_leaves_no_lifetime_that_can_never_be_current;
}

without_the_guard! {
    Attempt: with_one_attempt_for_all_a_loser_overwrites_what_was_committed, Fault::Lost(_) | Fault::Torn { .. },
    Absorbed: without_absorbed_segments_a_reader_counts_twice, Fault::ReadMore(_),
    Condition: without_the_manifests_condition_a_settle_is_undone, Fault::Lost(_),
    Edition: a_put_that_raises_no_edition_brings_back_an_old_mark, Fault::ReadMore(_),
    ReaderOrder: with_manifests_before_partials_a_reader_misses_what_is_settled_between, Fault::ReadFewer(_),
    DeleteAfterCommit: with_partials_deleted_before_the_commit_a_crash_loses_them, Fault::Lost(_),
    WriteBeforeCommit: with_the_commit_before_the_write_a_manifest_names_nothing, Fault::Gone,
    StrongReads: with_an_old_manifest_a_reader_misses_what_is_settled, Fault::ReadFewer(_),
    SweepDelay: with_attempts_swept_at_once_a_reader_finds_them_gone, Fault::ReadGone,
    StartAgain: with_a_missing_part_taken_for_nothing_a_reader_counts_too_few, Fault::ReadFewer(_),
    OrphanDelay: with_orphans_deleted_at_once_a_settle_commits_what_is_gone, Fault::Gone,
    LookAgain: with_a_refusal_taken_at_its_word_a_settler_deletes_what_it_has_committed, Fault::Gone,
    DayWithItsHours: with_a_put_of_its_own_the_day_is_not_its_hours, Fault::Torn { .. },
    Identity: without_identity_a_repeat_counts_twice_for_ever, Fault::SettledTwice(_) | Fault::LeftUnsettled(_),
    Revision: without_the_revision_an_old_price_comes_back, Fault::PricedBack,
    UnnamedOnly: with_a_shared_object_as_garbage_an_hour_is_gone, Fault::Gone,
    PruneDelay: with_a_segment_forgotten_at_once_a_reader_counts_it_twice, Fault::ReadMore(_),
    PruneLooks: with_a_segment_forgotten_unseen_a_reader_counts_it_twice, Fault::ReadMore(_),
    SeenAgain: with_an_old_mark_on_a_segment_seen_again_a_reader_counts_it_twice, Fault::ReadMore(_),
    MonthMark: without_its_mark_a_month_is_falsely_current, Fault::FalselyCurrent { .. },
    MarkBeforeCommit: with_the_mark_after_the_commit_a_month_is_falsely_current, Fault::FalselyCurrent { .. },
    NeedKept: with_needs_lowered_a_month_is_falsely_current, Fault::FalselyCurrent { .. },
    UpperCondition: without_its_condition_a_month_forgets_a_mark, Fault::FalselyCurrent { .. },
    ReaderMonthCurrent: a_reader_of_a_month_that_is_not_current_counts_too_few, Fault::ReadFewer(_),
    ReaderMonthVersion: a_reader_of_a_month_of_another_version_than_its_day_counts_wrong, Fault::ReadFewer(_) | Fault::ReadMore(_),
    LifetimeMark: without_its_mark_lifetime_is_falsely_current, Fault::FalselyCurrent { .. },
    LifetimeMarkAgain: with_the_mark_left_to_a_crashed_settler_lifetime_is_falsely_current, Fault::FalselyCurrent { .. },
    LifetimeOfCurrent: with_a_month_that_is_not_current_lifetime_is_falsely_current, Fault::FalselyCurrent { .. },
    ReaderLifetimeCurrent: a_reader_of_lifetime_that_is_not_current_counts_too_few, Fault::ReadFewer(_),
    ReaderLifetimeVersion: a_reader_of_lifetime_of_another_version_than_its_month_counts_wrong, Fault::ReadFewer(_) | Fault::ReadMore(_),
    StopIfBuilt: with_a_late_mark_lifetime_is_never_current_again, Fault::NeverCurrent(_),
}

#[test]
fn a_history_is_told_step_by_step_and_is_the_shortest() {
    let found = search(Setup::day(), Without::default().and(Guard::DeleteAfterCommit));
    let told = found.broken.map(|broken| broken.history).unwrap_or_default();
    let expected = [
        "A reads the day's manifest, version 0, edition 0",
        "A reads the partials, and absorbs P1",
        "A reads the segments and the log",
        "A writes attempt 5",
        "A deletes the partial of P1",
    ];
    assert_eq!(told, expected);
}
