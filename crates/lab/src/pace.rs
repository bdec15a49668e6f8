//! How soon a device asks again (RFC 8628 §3.5): a client that polls faster than it was told is complained of.
//!
//! Only the pause between two polls counts, as the RFC has it: the first may come at any time.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::answers::Reply;
use crate::module::At;
use crate::record::Seen;

/// The pause of a server that names none, or none that makes sense (§3.2).
const USUAL: u64 = 5;
/// What `slow_down` adds, for this and all later polls.
const SLOWER: Duration = Duration::from_secs(5);
/// Two clocks, and the way between them.
const SLACK: Duration = Duration::from_millis(200);

/// The pause that was asked for, and the poll that it counts from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    pause: Duration,
    last: Option<Instant>,
}

impl Pace {
    /// Notes a request that arrived at `now` with what it is answered, and says so if it is a poll that came too soon.
    pub(crate) fn note(&mut self, seen: &Seen, reply: &Reply, now: Instant) -> Option<String> {
        let said = || serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
        if seen.at == At::Device {
            let asked = said()["interval"].as_u64().filter(|seconds| *seconds > 0).unwrap_or(USUAL);
            *self = Self { pause: Duration::from_secs(asked), last: None };
        }
        if seen.at != At::Grant || seen.form("device_code").is_none() {
            return None;
        }
        let since = self.last.replace(now).map(|last| now.duration_since(last));
        let pause = self.pause;
        if said()["error"] == "slow_down" {
            self.pause += SLOWER;
        }
        since
            .filter(|since| *since + SLACK < pause)
            .map(|since| format!("a poll came after {} s, not {}", since.as_secs(), pause.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;

    fn seen(at: At) -> Seen {
        Seen { form: vec![("device_code".to_owned(), "lab".to_owned())], ..Seen::bare(at) }
    }

    /// Plays polls at these seconds, each with this error, and tells which came too soon.
    fn hasty(interval: &Value, polls: &[(u64, &str)]) -> Vec<bool> {
        let start = crate::clock::moment();
        let mut pace = Pace::default();
        let answer = |value: &Value| Reply::json(StatusCode::OK, value);
        assert_eq!(pace.note(&seen(At::Device), &answer(&json!({ "interval": interval })), start), None);
        let poll = |(at, error): &(u64, &str)| {
            let now = start + Duration::from_secs(*at);
            pace.note(&seen(At::Grant), &answer(&json!({ "error": error })), now).is_some()
        };
        polls.iter().map(poll).collect()
    }

    #[test]
    fn polls_keep_the_pause_that_was_asked_for() {
        let wait = "authorization_pending";
        assert_eq!(hasty(&json!(7), &[(0, wait), (7, wait), (13, wait)]), [false, false, true]);
        for nonsense in [json!(0), json!(-1), json!(null), json!("5")] {
            assert_eq!(hasty(&nonsense, &[(0, wait), (4, wait), (9, wait)]), [false, true, false], "{nonsense}");
        }
    }

    #[test]
    fn a_slow_down_holds_for_all_polls_after_it() {
        let polls = [(5, "slow_down"), (15, "slow_down"), (30, "x"), (45, "x"), (55, "x")];
        assert_eq!(hasty(&json!(5), &polls), [false, false, false, false, true]);
    }
}
