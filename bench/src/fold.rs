//! Folding: AI events of one hour, as columns, into all the cubes of their family, on one thread.

use crate::cpu::spent;
use crate::report::{Figure, median};
use crate::sample::{ai_events, context};
use cube::columns::from_events;
use model::Family;

const EVENTS: usize = 200_000;
const ROUNDS: usize = 7;

/// Events folded a second, and what making their columns takes beside it.
pub fn run() -> anyhow::Result<Vec<Figure>> {
    let events = ai_events(EVENTS)?;
    let columns = from_events(Family::Ai, &events, &context())?;
    let (mut folding, mut columnising) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folded = spent(|| {
            for (_, batch) in &columns {
                std::hint::black_box(cube::fold(Family::Ai, batch));
            }
        });
        folding.push(folded.cpu_s);
        let made = spent(|| drop(std::hint::black_box(from_events(Family::Ai, &events, &context()))));
        columnising.push(made.cpu_s);
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
    let rate = |seconds: Vec<f64>| (EVENTS as f64 / median(seconds)).round();
    let cubes = cube::catalogue::of_family(Family::Ai).count();
    Ok(vec![
        Figure::new("fold_ai", rate(folding), "events a second and core").with("events", EVENTS).with("cubes", cubes),
        Figure::new("columns_ai", rate(columnising), "events a second and core").with("events", EVENTS),
    ])
}
