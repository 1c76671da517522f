//! Time that passes only while something waits for it: what calls take, and calls side by side once, without waiting for any.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

#[derive(Default)]
struct Timers {
    now: Duration,
    waiting: BTreeMap<(Duration, u64), Waker>,
    set: u64,
}

thread_local! {
    // Each run has a thread, and a time, of its own.
    static TIMERS: RefCell<Timers> = RefCell::default();
}

/// The time that has passed on this thread.
pub fn now() -> Duration {
    TIMERS.with_borrow(|timers| timers.now)
}

/// Waits.
pub async fn sleep(time: Duration) {
    let (until, number) = TIMERS.with_borrow_mut(|timers| {
        timers.set += 1;
        (timers.now + time, timers.set)
    });
    poll_fn(|context| {
        TIMERS.with_borrow_mut(|timers| {
            if timers.now >= until {
                return Poll::Ready(());
            }
            timers.waiting.insert((until, number), context.waker().clone());
            Poll::Pending
        })
    })
    .await;
}

/// Runs work that waits for nothing but [`sleep`].
///
/// # Errors
/// Where it waits for something else.
pub fn run<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let mut work = pin!(work);
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Ok(done);
        }
        let next = TIMERS.with_borrow_mut(|timers| {
            let ((at, _), waker) = timers.waiting.pop_first()?;
            timers.now = timers.now.max(at);
            Some(waker)
        });
        next.ok_or_else(|| anyhow::anyhow!("the work waits for what never comes"))?.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};

    #[test]
    fn what_waits_side_by_side_is_counted_once() {
        let before = now();
        let one_after_the_other = async {
            sleep(Duration::from_millis(5)).await;
            sleep(Duration::from_millis(7)).await;
        };
        run(one_after_the_other).unwrap();
        assert_eq!(now().saturating_sub(before), Duration::from_millis(12));
        let before = now();
        let side_by_side = stream::iter(1..=10).map(|ms| sleep(Duration::from_millis(ms))).buffer_unordered(5).count();
        assert_eq!(run(side_by_side).unwrap(), 10);
        assert_eq!(now().saturating_sub(before), Duration::from_millis(15), "1 and 6, 2 and 7, ... 5 and 10");
    }

    #[test]
    fn work_that_never_ends_is_an_error() {
        assert!(run(std::future::pending::<()>()).is_err());
    }
}
