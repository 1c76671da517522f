//! The protocol of settling as a model: every history of small worlds is followed (by `stateright`, breadth first), with all of its guards
//! and without each of them.
//!
//! `cargo run -p protocol` follows the protocol as designed and says how many worlds there are; with `-- wide`, in larger setups, for a
//! minute or two; with the name of a guard (`-- Absorbed`), without that guard: then it prints the shortest history that goes wrong. The
//! tests do the first and the last. Change the protocol only together with this model.
//!
//! # What is in a world
//! - The store commits a second segment at any time, and puts the first one's partial again at any time, also after it was deleted.
//! - Two settlers make passes over a day: manifest, partials, log, marks, write, commit, deletion of each partial. Each port call is a
//!   step, anything may happen between two steps, and before any step a settler may crash for good. A commit's answer may get lost, so that
//!   the repeat of the call is refused by its own success.
//! - Superseded attempts are deleted, and manifests put without them; absorbed segments are marked when they are seen gone, and forgotten.
//! - The builders of the month and of lifetime read manifests one by one, then rollups, write, and commit; they crash as settlers do.
//! - One reader reads partials (a page for each day), then the manifests it needs, one by one and in any order, then the rollups they name.
//!
//! No world has all of that: what cannot disturb each other is in different [`Setup`]s.
//!
//! # What must hold in every world
//! - What the manifest names is there, the day's rollup is the sum of its hours, no event is in a rollup twice, and rollups and the
//!   partials that are not absorbed have all that was committed.
//! - A month or lifetime that says it is current is exactly the sum of its days: not only for a reader, and not only in the end.
//! - A reader counts every event that was committed before it began, and none more often than its copies were committed. It never has to
//!   start again, because nothing it may name is deleted while it reads.
//! - Wherever nobody is at work, one pass of everyone without a crash leaves no partials, every event settled once, and the month and
//!   lifetime current. So whatever crashed, there is a way on, and no rollup waits for a version that never comes.
//! - A day is never settled with an older configuration than it was before.
//!
//! # What a reader may see
//! A copy of an event in another segment counts until it is settled: then identity drops it. The same is so of a partial that is put again
//! more than an hour after it was seen gone (a message from the dead-letter queue, say): its entry may be forgotten, so its events count
//! once more, from that put until the next settle commits, and never longer. Put again within the hour, it counts once all the time.
//! Nothing is ever counted less. Days are read one after the other: a sum over several days need not have been true at any one moment,
//! though each of its days was true at one.
//!
//! # How time is told
//! There is no clock. A quarter of an hour is longer than any reader reads, so a superseded attempt is deleted only when no reader is
//! reading that began before. An hour is longer than a settle and a reader that begins during it, so a mark is an hour old only when none
//! of those is at work that began before it was made. Orphans, which no manifest names, are deleted only when their writer can no longer
//! commit: this delay must be longer than a settler may run.
//!
//! # What is left out
//! A loop of conditional puts is one step, the one that gets through. In the setups with a month, a call that nobody else can notice
//! (reading what never changes, writing what is not yet named) is one step with the one before. What a crash leaves written and unnamed is
//! as good as deleted. There is one month, and lifetime is made of it alone: several are marked, built and read each by itself. Builders
//! also build where a part is not yet what is needed, which is more than they do. Rollups and logs that expire, quarantine, and the base
//! that stands for an expired log are not modelled.

mod build;
mod faults;
mod guard;
mod history;
mod keep;
mod read;
mod set;
mod settle;
mod setup;
mod store;
mod tell;
mod world;

pub use faults::Fault;
pub use guard::{Guard, Without};
pub use history::{Broken, Findings, search};
pub use setup::Setup;
