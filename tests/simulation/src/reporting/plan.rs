//! What is asked of reports in a run: schedules from its beginning, and acts at times that the dice choose.

use super::ears::{DEAF, GONE, GOOD, MAILBOX, MOODY};
use memory::simulation::Dice;
use model::{TenantId, Timestamp};
use reports::{Format, Period, Schedule, Targets};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// 2026-03-27T12:05:00Z: two nights before Berlin's clocks go forward.
pub const START: Timestamp = Timestamp::from_millis(1_774_613_100_000);
/// 2026-03-30T20:00:00Z: nothing is due from then on.
pub const END: Timestamp = Timestamp::from_millis(1_774_900_800_000);
/// When they have reports due, worked out by hand: half past two at night in Berlin, which on the 29th is not there and is three o'clock; and
/// midnight and noon of UTC.
const NIGHTS: [i64; 3] = [1_774_661_400_000, 1_774_746_000_000, 1_774_830_600_000];
const HALF_DAYS: [i64; 6] =
    [1_774_656_000_000, 1_774_699_200_000, 1_774_742_400_000, 1_774_785_600_000, 1_774_828_800_000, 1_774_872_000_000];

/// Something that somebody does, again until it is done.
#[derive(Debug, Clone)]
pub enum Act {
    /// Asks for a report.
    Report(Targets),
    /// Asks for an export.
    Export,
    /// Uses tokens.
    Use(u64),
    /// Some of what was used turns out to have been counted twice.
    TakeBack,
}

pub fn tenant() -> TenantId {
    TenantId::new("berlin").unwrap()
}

fn targets(mail: &[&str], webhooks: &[&str]) -> Targets {
    let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    Targets { mail: owned(mail), webhooks: owned(webhooks) }
}

/// The schedules, by id, and when each is due.
pub fn schedules() -> [(&'static str, Schedule, &'static [i64]); 2] {
    let night = Schedule {
        name: "Nights".into(),
        template: "usage".into(),
        format: Format::Html,
        cadence: "30 2 * * *".into(),
        timezone: chrono_tz::Europe::Berlin,
        period: Period::Day,
        targets: targets(&[MAILBOX], &[MOODY]),
        enabled: true,
        starts_at: None,
        ends_at: Some(END),
        generation: 1,
    };
    let half = Schedule {
        name: "Half days".into(),
        format: Format::Json,
        cadence: "0 */12 * * *".into(),
        timezone: chrono_tz::UTC,
        targets: targets(&[], &[GOOD, DEAF]),
        ..night.clone()
    };
    [("nights", night, &NIGHTS), ("halves", half, &HALF_DAYS)]
}

/// Who is told of the budget.
pub fn budget_targets() -> Targets {
    targets(&[MAILBOX], &[MOODY])
}

/// What is done besides, and when: the last first.
pub fn acts(dice: &mut Dice) -> Vec<(Timestamp, Act)> {
    let mut acts = Vec::new();
    let span = u64::try_from(END.millis_since(START)).unwrap();
    let mut add = |act: Act, dice: &mut Dice| {
        acts.push((START.plus_millis(i64::try_from(dice.below(span)).unwrap()), act));
    };
    for to in [targets(&[MAILBOX], &[GOOD]), targets(&[], &[GONE, MOODY]), Targets::default()] {
        add(Act::Report(to), dice);
    }
    for _ in 0..3 {
        add(Act::Export, dice);
    }
    for _ in 0..10 {
        let tokens = 100 + dice.below(400);
        add(Act::Use(tokens), dice);
    }
    for _ in 0..4 {
        add(Act::TakeBack, dice);
    }
    acts.sort_by_key(|(due, _)| std::cmp::Reverse(*due));
    acts
}
