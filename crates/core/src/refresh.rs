//! Hands out a token that is fresh now, asking the provider only if needed.
//!
//! Inside one process, callers for one credential join a single flight; across processes they queue at the
//! credential's lock, re-read, and find what the winner stored (K4). The work itself runs in a task that the
//! vault owns, so a caller that goes away can't cut it between the provider's answer and the commit (K2).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use jiff::{SignedDuration, Timestamp};

use crate::answer::LONGEST_WAIT;
use crate::catalog::{LoginRow, LoginState, Why};
use crate::credential::CredentialId;
use crate::error::{Error, Verdict};
use crate::patience::Patience;
use crate::rotation;
use crate::sealer::Purpose;
use crate::secret::Secret;
use crate::vault::{Inner, Vault, lock};

/// After a definite "no", the provider is not asked again for this long, whoever asks.
const QUIET_AFTER_NO: SignedDuration = SignedDuration::from_mins(2);

/// What happened later than this from now was written down by a clock that was set back since.
const CLOCK_SET_BACK: SignedDuration = SignedDuration::from_mins(5);

/// A token whose end is not known is handed out for this long before somebody who asks causes a new one.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// A token that lives shorter than this, in milliseconds, can't be kept fresh.
const SHORTEST_LIFE: i128 = 2_000;

/// Why a refresh is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The scheduler found it due.
    Due,
    /// A person or a program wants a token that lasts this long.
    Lasting(Duration),
    /// A person wants a new token now.
    Now,
}

impl Ask {
    /// Returns what the family's history says of a renewal that was asked for in this way.
    pub(crate) fn why(self) -> Why {
        match self {
            Self::Due => Why::Due,
            Self::Lasting(_) => Why::Wanted,
            Self::Now => Why::Asked,
        }
    }

    /// Tells whether the login, as it is now, does not give what is asked for.
    pub(crate) fn needs(self, login: &LoginRow, now: Timestamp, asked_at: Timestamp) -> bool {
        // Somebody who renewed while this caller waited has done what was asked; so nobody loops for more
        // validity than the provider ever gives.
        let since_asked = login.refreshed_at.is_some_and(|at| at > asked_at) && lasts(login, now, Duration::ZERO);
        match self {
            Self::Due => login.refresh_at.is_some_and(|at| at <= now),
            Self::Lasting(wanted) => !since_asked && !lasts(login, now, wanted),
            Self::Now => !since_asked,
        }
    }
}

/// What became of a request to renew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// The provider gave new tokens.
    Renewed,
    /// The stored ones last long enough.
    StillFresh,
}

/// A token in hand.
#[derive(Debug, Clone)]
pub struct FreshToken {
    /// The access token or key.
    pub value: Secret,
    /// When it ends, if that is known.
    pub expires_at: Option<Timestamp>,
}

type Flight = Shared<BoxFuture<'static, Result<Renewal, Error>>>;

/// The refreshes under way in this process.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<CredentialId, (Flight, Patience)>>);

impl Flights {
    /// Tells whether a refresh of this credential is under way here.
    pub(crate) fn is_flying(&self, id: CredentialId) -> bool {
        lock(&self.0).contains_key(&id)
    }

    /// Tells whether any refresh is under way here.
    pub(crate) fn any(&self) -> bool {
        !lock(&self.0).is_empty()
    }

    /// How many are under way here.
    #[cfg(feature = "bench")]
    pub(crate) fn count(&self) -> usize {
        lock(&self.0).len()
    }

    /// Waits for all refreshes under way.
    pub(crate) async fn settle(&self) {
        let flights: Vec<Flight> = lock(&self.0).values().map(|(flight, _)| flight.clone()).collect();
        futures_util::future::join_all(flights).await;
    }
}

impl Vault {
    /// Returns the access token of a login, fresh for at least `min_validity` where the provider gives that much.
    ///
    /// # Errors
    /// [`Error::SignInNeeded`], [`Error::Misconfigured`], [`Error::Frozen`] when the provider said no;
    /// [`Error::TryAgain`] when it could not be asked; keychain and storage errors as they are.
    pub async fn access_token(&self, id: CredentialId, min_validity: Duration) -> Result<FreshToken, Error> {
        Ok(self.sealed_token(id, min_validity).await?.0)
    }

    /// As [`Self::access_token`], with the sealed token that it was: no other is sealed to the same bytes.
    pub(crate) async fn sealed_token(
        &self,
        id: CredentialId,
        min_validity: Duration,
    ) -> Result<(FreshToken, Vec<u8>), Error> {
        let inner = &self.inner;
        let asked_at = inner.ports.clock.now();
        let (_, login) = inner.login_entry(id).await?;
        if !lasts(&login, asked_at, min_validity) {
            let renewed = self.refresh(id, Ask::Lasting(min_validity)).await;
            // Where nobody knows an end, what is at hand may well be good still.
            let may_last = login.sealed_access.is_some() && login.access_expires_at.is_none();
            if let Err(error) = renewed
                && !may_last
            {
                return Err(error);
            }
        }
        let (_, login) = inner.login_entry(id).await?;
        let now = inner.ports.clock.now();
        if login.state == LoginState::Frozen {
            return Err(Error::Frozen(verdict(&login, now)));
        }
        if login.access_expires_at.is_some_and(|end| end <= now) {
            // The sign-in is well; what it gave has ended by our clock already.
            let ended = Verdict { code: "token_ended".to_owned(), detail: String::new(), at: now };
            return Err(stored_error(&login, now).unwrap_or(Error::TryAgain(ended)));
        }
        let sealed = login.sealed_access.ok_or(Error::NoValue)?;
        let plain = inner.sealer().await?.open(id, Purpose::Access, &sealed).map_err(|_| Error::ItemLost)?;
        // Exposed to become text again; it goes to whoever asked for the token.
        let text = std::str::from_utf8(plain.expose()).map_err(|_| Error::ItemLost)?;
        Ok((FreshToken { value: Secret::new(text), expires_at: login.access_expires_at }, sealed))
    }

    /// Renews a login if that is needed for `ask`. Concurrent callers share one request.
    ///
    /// # Errors
    /// As [`Self::access_token`].
    pub async fn refresh(&self, id: CredentialId, ask: Ask) -> Result<Renewal, Error> {
        let asked_at = self.inner.ports.clock.now();
        loop {
            let (flight, joined) = self.flight(id, ask, asked_at);
            let outcome = flight.await;
            // A forced refresh that joined somebody's look at a fresh token still wants its own.
            if joined && ask == Ask::Now && outcome == Ok(Renewal::StillFresh) {
                continue;
            }
            // Nor is the scheduler, which waits for no other process, the one to say that nobody can.
            if joined && ask != Ask::Due && outcome == Err(Error::Busy) {
                continue;
            }
            return outcome;
        }
    }

    fn flight(&self, id: CredentialId, ask: Ask, asked_at: Timestamp) -> (Flight, bool) {
        let mut flights = lock(&self.inner.flights.0);
        if let Some((flight, patience)) = flights.get(&id) {
            if ask != Ask::Due {
                patience.end();
            }
            return (flight.clone(), true);
        }
        let patience = if ask == Ask::Due { Patience::of_scheduler() } else { Patience::default() };
        let vault = self.clone();
        let task = self.own(patience.clone().during(async move {
            let _landing = Landing { vault: &vault, id };
            rotation::renew(&vault.inner, id, ask, asked_at).await
        }));
        // A panic in the task must not look like a verdict on the login.
        let flight = async move { task.await.unwrap_or(Err(Error::Fault)) }.boxed().shared();
        flights.insert(id, (flight.clone(), patience));
        (flight, false)
    }
}

/// Takes a flight off the board however it ends: a panic must not leave a credential that nobody can renew.
struct Landing<'a> {
    vault: &'a Vault,
    id: CredentialId,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        lock(&self.vault.inner.flights.0).remove(&self.id);
        self.vault.inner.changed(vec![self.id]);
    }
}

/// Tells whether the stored access token lasts for `min_validity` from `now`. Nobody can have more than the
/// provider gives: for short-lived tokens, a third of their lifetime is enough, so that no caller loops.
pub(crate) fn lasts(login: &LoginRow, now: Timestamp, min_validity: Duration) -> bool {
    if login.sealed_access.is_none() || matches!(login.state, LoginState::Frozen) {
        return false;
    }
    // Given out tomorrow: the clock was set back meanwhile, and its end can't be believed either.
    if login.access_issued_at.is_some_and(|issued| issued.duration_since(now) > CLOCK_SET_BACK) {
        return false;
    }
    let Some(end) = login.access_expires_at else {
        // Nobody knows when it ends, and only the provider's 401, which others see, would tell. Who asks for a token
        // that works gets a new one now and then; by itself none is renewed on a guess.
        let age = login.access_issued_at.map_or(SignedDuration::MAX, |issued| now.duration_since(issued));
        let waits = login.state == LoginState::Waiting && login.refresh_at.is_some_and(|at| at > now);
        return !login.renews || min_validity.is_zero() || age < BELIEVED_FOR || waits;
    };
    let third = login.access_issued_at.map_or(SignedDuration::ZERO, |issued| end.duration_since(issued) / 3);
    let wanted = SignedDuration::try_from(min_validity).unwrap_or(SignedDuration::MAX);
    end.duration_since(now) > wanted.min(third)
}

/// Returns when a token that lives from `issued` to `end` is to be renewed: 10 % of its life before the end, at
/// least 60 s and at most 300 s, never more than a third of its life, earlier by up to a tenth of that so that
/// many logins do not fire together.
pub(crate) fn refresh_time(issued: Timestamp, end: Timestamp) -> Timestamp {
    refresh_time_before(issued, end, None)
}

/// As [`refresh_time`], so many seconds before the end where somebody chose that; never more than a third of its life.
pub(crate) fn refresh_time_before(issued: Timestamp, end: Timestamp, lead_seconds: Option<u32>) -> Timestamp {
    let life = end.duration_since(issued).max(SignedDuration::ZERO).as_millis();
    if life < SHORTEST_LIFE {
        // Ended before it began (a clock that is off, or an absurd answer): not to be asked for without a pause.
        return issued.checked_add(SignedDuration::from_secs(30)).unwrap_or(end);
    }
    let usual = (life / 10).clamp(60_000, 300_000);
    let lead = lead_seconds.map_or(usual, |chosen| i128::from(chosen.max(1)) * 1000).min(life / 3);
    let jitter = i128::from(fastrand::u32(0..=1000)) * (lead / 10) / 1000;
    let before = i64::try_from(lead + jitter).unwrap_or(300_000);
    end.checked_sub(SignedDuration::from_millis(before)).unwrap_or(issued)
}

/// Returns how long to wait after the `failures`-th failure in a row: full jitter between 2 s and 15 min.
pub(crate) fn backoff(failures: u32) -> SignedDuration {
    let most = 2_000_u64.saturating_mul(1 << failures.min(10)).min(900_000);
    SignedDuration::from_millis(i64::try_from(fastrand::u64(2_000..=most.max(2_001))).unwrap_or(900_000))
}

/// Returns the refusal that is already known, if the provider must not be asked again now.
pub(crate) fn gate(inner: &Inner, login: &LoginRow, ask: Ask) -> Option<Error> {
    let now = inner.ports.clock.now();
    let verdict = verdict(login, now);
    let since = now.duration_since(verdict.at);
    let quiet = since < QUIET_AFTER_NO && since >= -CLOCK_SET_BACK;
    match login.state {
        LoginState::SignInNeeded | LoginState::Misconfigured | LoginState::Frozen if quiet || ask != Ask::Now => {
            stored_error(login, now)
        }
        // Only the person can say that a frozen login is fine, and does so by signing in again.
        LoginState::Frozen => stored_error(login, now),
        LoginState::SignInNeeded if verdict.code == rotation::ANSWER_LOST => stored_error(login, now),
        // Of another computer: whose the token is stands in its slot, which is looked at whenever somebody asks.
        LoginState::Ok | LoginState::SignInNeeded | LoginState::Misconfigured | LoginState::OtherDevice => None,
        LoginState::Waiting => {
            // A pause longer than any that is ever taken is one that the clock has made.
            let early =
                login.refresh_at.is_some_and(|at| at > now && at.duration_since(now).unsigned_abs() <= LONGEST_WAIT);
            // A person's wish is tried at once, unless the provider itself named a time.
            (early && (login.retry_demanded || ask == Ask::Due)).then_some(Error::TryAgain(verdict))
        }
    }
}

fn verdict(login: &LoginRow, now: Timestamp) -> Verdict {
    login.error.clone().unwrap_or(Verdict { code: "unknown".to_owned(), detail: String::new(), at: now })
}

/// Returns the error that a stored state stands for.
pub(crate) fn stored_error(login: &LoginRow, now: Timestamp) -> Option<Error> {
    let verdict = verdict(login, now);
    match login.state {
        LoginState::Ok => None,
        LoginState::Waiting => Some(Error::TryAgain(verdict)),
        LoginState::SignInNeeded => Some(Error::SignInNeeded(verdict)),
        LoginState::Misconfigured => Some(Error::Misconfigured(verdict)),
        LoginState::Frozen => Some(Error::Frozen(verdict)),
        LoginState::OtherDevice => Some(Error::OtherDevice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_lead_follows_the_lifetime() {
        for (life, least, most) in [(15, 5, 6), (180, 60, 66), (3600, 300, 330), (1_000_000, 300, 330)] {
            for _ in 0..50 {
                let lead = at(1000 + life).duration_since(refresh_time(at(1000), at(1000 + life))).as_secs();
                assert!((least..=most).contains(&lead), "{life}: {lead}");
            }
        }
    }

    #[test]
    fn a_token_that_has_ended_already_is_asked_for_after_a_pause() {
        for end in [0, 999, 1000, 1001] {
            assert_eq!(refresh_time(at(1000), at(end)), at(1030), "{end}");
            assert_eq!(refresh_time_before(at(1000), at(end), Some(60)), at(1030), "{end}");
        }
    }

    #[test]
    fn the_backoff_stays_between_two_seconds_and_fifteen_minutes() {
        for failures in [0, 1, 5, 10, 1000, u32::MAX] {
            let wait = backoff(failures).as_millis();
            assert!((2_000..=900_000).contains(&wait), "{failures}: {wait}");
        }
    }
}
