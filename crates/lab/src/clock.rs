//! The time, and waiting, of a server that plays for real clients: the only place that asks for either.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Returns the seconds since 1970.
pub(crate) fn now() -> i64 {
    i64::try_from(passed().as_secs()).unwrap_or(i64::MAX)
}

/// Returns the time since 1970, to tell how long ago something was.
#[expect(clippy::disallowed_methods, reason = "the lab is a program of its own and has no ports")]
pub(crate) fn passed() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Returns this moment, to measure from.
pub(crate) fn moment() -> Instant {
    Instant::now()
}

/// Writes the time of a clock that is so many seconds ahead as the header `Date` does.
pub(crate) fn date(ahead: u64) -> String {
    let now = u64::try_from(now()).unwrap_or_default();
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now + ahead))
}

/// Waits, as slow servers do.
#[expect(clippy::disallowed_methods, reason = "a server that is slow on purpose")]
pub(crate) async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}
