//! What providers' answers say about the clock (RFC 9110 §6.6.1).
//!
//! `expires_in` needs nobody's clock but ours, so a wrong one does no harm there. It matters where a moment is named:
//! `exp` in a token, `iat` in what we sign. One invariant: a difference is only believed as far as the time that the
//! answer was under way can't explain it, so a slow network never makes a clock look wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;
use url::Url;

use crate::catalog::HostClock;
use crate::error::{Error, OrNone as _};
use crate::ports::{Clock, Http, HttpError};
use crate::vault::{Event, Inner, Vault, lock};

/// A clock that is off by more than this makes tokens look ended or not yet valid.
pub(crate) const MATTERS: SignedDuration = SignedDuration::from_secs(60);
/// What was learned longer ago says nothing about today's clock.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Two readings of one clock differ by as much: `Date` has whole seconds, and answers take their time.
pub(crate) const SAME: SignedDuration = SignedDuration::from_secs(5);

/// The clocks of providers, as far as this process knows them.
#[derive(Default)]
pub(crate) struct ServerClocks {
    read: OnceCell<()>,
    known: Mutex<HashMap<String, HostClock>>,
    /// What the database does not know yet, and whether that clock was another before.
    news: Mutex<Vec<(HostClock, bool)>>,
}

/// Returns how far the clock behind `Date` is ahead of ours: the difference nearest to none that fits an answer which
/// was under way from `sent_at` to `now`.
pub(crate) fn ahead(headers: &HeaderMap, sent_at: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    let said = headers.get(http::header::DATE)?.to_str().ok_or_none()?;
    let date = Timestamp::try_from(httpdate::parse_http_date(said).ok_or_none()?).ok_or_none()?;
    // A clock that was set meanwhile measures nothing.
    let least = date.duration_since(now);
    let most = date.duration_since(sent_at).checked_add(SignedDuration::from_secs(1))?;
    (least <= most).then(|| SignedDuration::ZERO.clamp(least, most))
}

/// How far this computer's clock is off, if it is: the middle of what the providers say, the one nearer to none when
/// there are two. A single provider among several that is wrong itself moves nothing.
pub(crate) fn off(clocks: &[HostClock], now: Timestamp) -> Option<SignedDuration> {
    let mut all: Vec<SignedDuration> =
        clocks.iter().filter(|clock| is_fresh(clock, now, FORGOTTEN_AFTER)).map(|clock| clock.ahead).collect();
    all.sort();
    let middle = all.len() / 2;
    let upper = *all.get(middle)?;
    let lower = if all.len().is_multiple_of(2) { all[middle - 1] } else { upper };
    let nearer = if lower.abs() < upper.abs() { lower } else { upper };
    (nearer.abs() > MATTERS).then_some(nearer)
}

fn is_fresh(clock: &HostClock, now: Timestamp, within: SignedDuration) -> bool {
    now.duration_since(clock.learned_at).abs() <= within
}

/// The name that a clock is known by: two servers on one computer may have two.
fn place(url: &str) -> Option<String> {
    let url = Url::parse(url).ok_or_none()?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// The HTTP port of a vault: it learns from every answer that passes. Touches no disk, since an answer may hold a token
/// that is not safe yet (K2).
pub(crate) struct Listening {
    pub(crate) http: Arc<dyn Http>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) clocks: Arc<ServerClocks>,
}

#[async_trait]
impl Http for Listening {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, HttpError> {
        let (place, sent_at) = (place(&request.uri().to_string()), self.clock.now());
        let asks = request.method() == http::Method::POST;
        let answer = self.http.send(request).await?;
        if let Some(host) = place {
            let now = self.clock.now();
            // What a cache kept carries the time at which it was made (RFC 9111 §5.1).
            let kept = answer.headers().contains_key(http::header::AGE);
            if let Some(ahead) = ahead(answer.headers(), sent_at, now).filter(|_| !kept) {
                self.clocks.look(HostClock { host, ahead, learned_at: now }, asks);
            }
        }
        Ok(answer)
    }
}

impl ServerClocks {
    /// Takes a reading in. A page that was only fetched may come from a cache that does not say so: it never makes a
    /// known clock look worse (`asks` is off).
    fn look(&self, clock: HostClock, asks: bool) {
        let mut known = lock(&self.known);
        let before = known.get(&clock.host);
        if !asks && before.is_some_and(|before| before.ahead.abs() < clock.ahead.abs()) {
            return;
        }
        let moved = before.is_some_and(|before| (before.ahead - clock.ahead).abs() > SAME);
        let old = |before: &HostClock| !is_fresh(before, clock.learned_at, FORGOTTEN_AFTER / 2);
        if !moved && before.is_some_and(|before| !old(before)) {
            return;
        }
        if moved {
            // Most likely it is ours that was set: what the others showed before says nothing any more.
            known.clear();
        }
        known.insert(clock.host.clone(), clock.clone());
        lock(&self.news).push((clock, moved));
    }
}

impl Inner {
    /// Returns the time at a server, as far as its clock is known and matters.
    pub(crate) async fn time_at(&self, url: &str) -> Timestamp {
        self.read_clocks().await;
        let now = self.ports.clock.now();
        now.checked_add(self.ahead_at(url)).unwrap_or(now)
    }

    /// How far the clock of a server is ahead of ours, where that matters. Of a server that never answered, what the
    /// others say of our clock is the best guess.
    pub(crate) fn ahead_at(&self, url: &str) -> SignedDuration {
        let now = self.ports.clock.now();
        let known = lock(&self.clocks.known);
        match place(url).and_then(|place| known.get(&place)) {
            Some(clock) if is_fresh(clock, now, FORGOTTEN_AFTER) => {
                Some(clock.ahead).filter(|ahead| ahead.abs() > MATTERS)
            }
            _ => off(&known.values().cloned().collect::<Vec<_>>(), now),
        }
        .unwrap_or_default()
    }

    /// Writes down what was learned. What can't be written is learned again.
    pub(crate) async fn keep_clocks(&self) {
        let news = std::mem::take(&mut *lock(&self.clocks.news));
        for (clock, moved) in news {
            if let Err(error) = self.catalog.learn_clock(&clock, moved).await {
                tracing::warn!(%error, "the clock of a provider was not noted");
            }
        }
    }

    /// Reads what earlier processes learned, once.
    pub(crate) async fn read_clocks(&self) {
        let read = self.clocks.read.get_or_try_init(|| async {
            let clocks = self.catalog.clocks().await?;
            let mut known = lock(&self.clocks.known);
            for clock in clocks {
                known.entry(clock.host.clone()).or_insert(clock);
            }
            Ok::<(), crate::error::StorageError>(())
        });
        if let Err(error) = read.await {
            tracing::warn!(%error, "the clocks of providers are not known");
        }
    }
}

impl Vault {
    /// Asks every provider whose clock differs from ours once more what time it is, so that a clock that was put right
    /// is seen to be right. The requests carry nothing.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn check_clocks(&self) -> Result<(), Error> {
        let inner = &self.inner;
        let differs: Vec<HostClock> =
            inner.catalog.clocks().await?.into_iter().filter(|clock| clock.ahead.abs() > MATTERS).collect();
        let mut asked = Vec::new();
        for entry in inner.catalog.entries().await? {
            let Some(login) = entry.login else { continue };
            let endpoint = login.settings.refresh_endpoint();
            let place = place(endpoint);
            if asked.contains(&place) || !differs.iter().any(|clock| Some(&clock.host) == place.as_ref()) {
                continue;
            }
            if let Ok(request) = http::Request::get(endpoint).body(Vec::new())
                && let Err(error) = inner.send(&login.settings.issuer, request).await
            {
                tracing::info!(%error, "a provider was not asked for the time");
            }
            asked.push(place);
        }
        inner.keep_clocks().await;
        drop(inner.events.send(Event::Changed(Vec::new())));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_760_000_000 + seconds).unwrap()
    }

    fn date(seconds: i64) -> HeaderMap {
        let date = httpdate::fmt_http_date(at(seconds).into());
        HeaderMap::from_iter([(http::header::DATE, http::HeaderValue::from_str(&date).unwrap())])
    }

    #[test]
    fn a_slow_answer_does_not_make_a_clock_look_wrong() {
        let secs = SignedDuration::from_secs;
        for (said, sent, came, ahead_by) in [
            (0, 0, 0, Some(0)),
            (0, -30, 0, Some(0)),
            (-30, -30, 0, Some(0)),
            (100, 0, 10, Some(90)),
            (-100, 0, 10, Some(-99)),
            // The clock went back while the answer was under way.
            (0, 100, 0, None),
        ] {
            assert_eq!(ahead(&date(said), at(sent), at(came)), ahead_by.map(secs), "{said} {sent} {came}");
        }
        let mut nonsense = HeaderMap::new();
        assert_eq!(ahead(&nonsense, at(0), at(0)), None);
        nonsense.insert(http::header::DATE, http::HeaderValue::from_static("yesterday"));
        assert_eq!(ahead(&nonsense, at(0), at(0)), None);
    }

    #[test]
    fn a_page_from_a_cache_never_makes_a_clock_look_worse_and_one_that_moved_stands_alone() {
        let clocks = ServerClocks::default();
        let seen = |host: &str, ahead: i64, asks: bool| {
            let ahead = SignedDuration::from_secs(ahead);
            clocks.look(HostClock { host: host.to_owned(), ahead, learned_at: at(0) }, asks);
            let mut known: Vec<(String, i64)> =
                lock(&clocks.known).values().map(|clock| (clock.host.clone(), clock.ahead.as_secs())).collect();
            known.sort();
            known
        };
        let both = |a: i64, b: i64| vec![("a".to_owned(), a), ("b".to_owned(), b)];
        seen("a", 250, true);
        assert_eq!(seen("b", 252, false), both(250, 252));
        assert_eq!(seen("a", 3000, false), both(250, 252));
        assert_eq!(seen("a", 0, true), [("a".to_owned(), 0)]);
    }

    #[test]
    fn one_provider_that_is_wrong_among_several_is_not_our_clock() {
        let clock = |ahead, learned| HostClock {
            host: "h".to_owned(),
            ahead: SignedDuration::from_secs(ahead),
            learned_at: at(learned),
        };
        let judge = |clocks: &[HostClock]| off(clocks, at(0)).map(|off| off.as_secs());
        assert_eq!(judge(&[]), None);
        assert_eq!(judge(&[clock(250, 0)]), Some(250));
        assert_eq!(judge(&[clock(250, 0), clock(0, 0)]), None);
        assert_eq!(judge(&[clock(250, 0), clock(252, 0), clock(0, 0)]), Some(250));
        assert_eq!(judge(&[clock(-9000, 0), clock(-9001, 0)]), Some(-9000));
        assert_eq!(judge(&[clock(60, 0)]), None);
        assert_eq!(judge(&[clock(250, -90_000)]), None);
    }
}
