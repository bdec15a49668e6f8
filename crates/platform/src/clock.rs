//! The wall clock, and waiting that counts suspend.
//!
//! The one place that asks what time it is. Timers of the async runtime stand still while the machine sleeps, so
//! a wait is cut into slices and a clock that counts suspend is asked after each: a wait that ended during a
//! suspend is noticed at most [`SLICE`] after the machine woke.

use std::time::Duration;

use async_trait::async_trait;
use fobwatch_core::ports::Clock;
use jiff::Timestamp;

/// The longest stretch without a look at the clock that counts suspend.
const SLICE: Duration = Duration::from_secs(30);

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock port: the one place that reads the wall clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        sleep_counted(duration, elapsed).await;
    }
}

/// Waits until `clock` has advanced by `duration`.
#[expect(clippy::disallowed_methods, reason = "this is the Clock port: the one place that waits")]
async fn sleep_counted(duration: Duration, clock: impl Fn() -> Duration) {
    let start = clock();
    loop {
        let left = duration.saturating_sub(clock().saturating_sub(start));
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(SLICE)).await;
    }
}

/// Returns the time since some fixed moment, on a clock that goes on during suspend.
#[cfg(target_os = "linux")]
fn elapsed() -> Duration {
    since_boot(rustix::time::ClockId::Boottime)
}

/// Returns the time since some fixed moment: on macOS the monotonic clock goes on during sleep.
#[cfg(target_os = "macos")]
fn elapsed() -> Duration {
    since_boot(rustix::time::ClockId::Monotonic)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn since_boot(clock: rustix::time::ClockId) -> Duration {
    // These clocks never go below zero.
    Duration::try_from(rustix::time::clock_gettime(clock)).unwrap_or_default()
}

/// Returns the time since the first call: the performance counter behind [`std::time::Instant`] goes on during
/// sleep on Windows; elsewhere this is the best that the standard library has.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn elapsed() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A clock that jumps by what it is told each time it is read.
    fn jumping(jumps: Vec<u64>) -> impl Fn() -> Duration {
        let state = Mutex::new((Duration::ZERO, jumps.into_iter()));
        move || {
            let mut state = state.lock().unwrap();
            let jump = state.1.next().expect("the clock was read too often");
            state.0 += Duration::from_secs(jump);
            state.0
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
    }

    #[test]
    fn a_wait_that_ended_during_a_suspend_ends_after_one_slice() {
        let runtime = runtime();
        runtime.block_on(async {
            tokio::time::pause();
            let before = tokio::time::Instant::now();
            // An hour to wait; the machine sleeps for two while the runtime's own timer sees one slice.
            sleep_counted(Duration::from_hours(1), jumping(vec![0, 0, 7200])).await;
            assert_eq!(before.elapsed().as_secs(), SLICE.as_secs());
        });
    }

    #[test]
    fn a_wait_without_suspend_takes_as_long_as_was_asked() {
        let runtime = runtime();
        runtime.block_on(async {
            tokio::time::pause();
            let before = tokio::time::Instant::now();
            sleep_counted(Duration::from_secs(70), || before.elapsed()).await;
            assert!((70..=71).contains(&before.elapsed().as_secs()));
        });
    }

    #[test]
    fn the_counted_clock_goes_forward() {
        let first = elapsed();
        assert!(elapsed() >= first);
    }
}
