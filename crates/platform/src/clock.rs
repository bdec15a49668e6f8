//! The wall clock, and waiting that counts suspend.
//!
//! The one place that asks what time it is. Timers of the async runtime stand still while the machine sleeps
//! (`CLOCK_MONOTONIC`), and they wake the process several times for one wait. So waiting is left to the kernel where it
//! can (`timerfd_create(2)`): a span to a timer that counts suspend, a moment to one on the wall clock, which goes off at
//! that time whatever sleeps, and at once when the clock is set or the machine wakes (`TFD_TIMER_CANCEL_ON_SET`).
//! Elsewhere a span is cut into slices and a clock that counts suspend is asked after each: one that ended during a
//! suspend is noticed at most [`SLICE`] after the machine woke.

use std::time::Duration;

use async_trait::async_trait;
use fobwatch_core::ports::Clock;
use jiff::Timestamp;
#[cfg(target_os = "linux")]
use rustix::time::{ClockId, TimerfdClockId, TimerfdTimerFlags, Timespec, clock_gettime};

/// The longest stretch without a look at the clock that counts suspend.
const SLICE: Duration = Duration::from_secs(30);

/// The longest stretch without a look at the wall clock where the kernel tells when it is set: a virtual machine's
/// host, or a library that lies about the time, tells nobody.
#[cfg(target_os = "linux")]
const LOOK: Duration = Duration::from_mins(2);

/// A span that is shorter is left to the runtime: a timer of the kernel's takes four calls.
#[cfg(target_os = "linux")]
const SHORT: Duration = Duration::from_secs(1);

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
        wait(duration).await;
    }

    async fn sleep_until(&self, at: Timestamp) {
        let left = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
        look_again_within(left).await;
    }
}

/// Waits for `span`, suspend included.
#[cfg(target_os = "linux")]
async fn wait(span: Duration) {
    // Zero would stop the timer.
    let timer = async || kernel_timer(TimerfdClockId::Boottime, TimerfdTimerFlags::empty(), seconds(span)?).await;
    if span < SHORT || timer().await.is_err() {
        sleep_counted(span, elapsed).await;
    }
}

/// Waits for `span`, suspend included.
#[cfg(not(target_os = "linux"))]
async fn wait(span: Duration) {
    sleep_counted(span, elapsed).await;
}

/// Waits for `left`, or until the clock was set, or for [`LOOK`]: not every change of a clock is told.
#[cfg(target_os = "linux")]
async fn look_again_within(left: Duration) {
    let timer = async || {
        let at = clock_gettime(ClockId::Realtime).checked_add(seconds(left.min(LOOK))?);
        let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
        kernel_timer(TimerfdClockId::Realtime, flags, at.ok_or(std::io::ErrorKind::InvalidInput)?).await
    };
    if timer().await.is_err() {
        sleep_counted(left.min(SLICE), elapsed).await;
    }
}

/// Waits for `left`, but no longer than [`SLICE`]: nobody tells when the clock is set.
#[cfg(not(target_os = "linux"))]
async fn look_again_within(left: Duration) {
    sleep_counted(left.min(SLICE), elapsed).await;
}

#[cfg(target_os = "linux")]
fn seconds(span: Duration) -> std::io::Result<Timespec> {
    Timespec::try_from(span).map_err(|_| std::io::ErrorKind::InvalidInput.into())
}

/// Waits for a timer on one of the kernel's clocks.
#[cfg(target_os = "linux")]
async fn kernel_timer(clock: TimerfdClockId, flags: TimerfdTimerFlags, it_value: Timespec) -> std::io::Result<()> {
    use rustix::time::{Itimerspec, TimerfdFlags, timerfd_create, timerfd_settime};

    let timer = timerfd_create(clock, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
    let once = Itimerspec { it_interval: Timespec::default(), it_value };
    timerfd_settime(&timer, flags, &once)?;
    // Readable means that it went off or was cancelled: either way the caller looks at the clock.
    #[expect(
        deprecated,
        reason = "its successor is unsafe for descriptors that may change; one that is owned does not"
    )]
    let ready = tokio::io::unix::AsyncFd::new(timer)?;
    ready.readable().await.map(drop)
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
    since_boot(ClockId::Boottime)
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
    fn a_moment_that_has_come_is_not_waited_for_and_one_that_is_near_comes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let clock = SystemClock;
            for (ahead, least) in [(-10, 0), (0, 0), (50, 50)] {
                let at = clock.now().checked_add(jiff::SignedDuration::from_millis(ahead)).unwrap();
                let before = elapsed();
                clock.sleep_until(at).await;
                let took = elapsed().checked_sub(before).unwrap();
                assert!((least - 1..5_000).contains(&i64::try_from(took.as_millis()).unwrap()), "{ahead}: {took:?}");
            }
        });
    }

    #[test]
    fn a_span_takes_as_long_as_was_asked_whoever_waits_for_it() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for span in [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(1_050)] {
                let before = elapsed();
                SystemClock.sleep(span).await;
                let took = elapsed().checked_sub(before).unwrap();
                assert!((span..span + Duration::from_secs(5)).contains(&took), "{span:?}: {took:?}");
            }
        });
    }

    #[test]
    fn the_counted_clock_goes_forward() {
        let first = elapsed();
        assert!(elapsed() >= first);
    }
}
