//! When a login is renewed next, and when the sign-in itself will end. Pure.
//!
//! A refresh token dies in three ways that can be foreseen: the provider named its end, every sign-in there ends
//! after so many days, or nobody used it for so long. The last is ours to prevent: a login is renewed in time even
//! when its access token would last.

use jiff::{SignedDuration, Timestamp};

use crate::error::OrNone as _;
use crate::provider::Refresh;
use crate::refresh::refresh_time_before;

/// A refresh token is used when this share of the time is over after which it would die of idleness; a computer that
/// is off over a long weekend has the rest.
const KEPT_ALIVE_AT: f64 = 0.6;

/// A refresh token that dies sooner than this can't be kept alive without a storm of requests.
const SHORTEST_IDLE: SignedDuration = SignedDuration::from_secs(60);

/// What decides when a login is renewed next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// When the request went out that brought the tokens.
    pub(crate) sent_at: Timestamp,
    /// When the access token ends.
    pub(crate) access_ends_at: Option<Timestamp>,
    /// In how many seconds the refresh token itself ends, where the answer said so.
    pub(crate) refresh_expires_in: Option<i64>,
    /// What is known of the provider.
    pub(crate) known: Option<&'a Refresh>,
    /// How many seconds before the access token's end the person wants it renewed.
    pub(crate) lead_seconds: Option<u32>,
}

/// Returns when to renew: before the access token ends, and before the refresh token dies of idleness.
pub(crate) fn next_refresh(given: Given<'_>) -> Option<Timestamp> {
    let access = given.access_ends_at.map(|end| refresh_time_before(given.sent_at, end, given.lead_seconds));
    let idle = given.known.and_then(|known| known.idle_days).map(days);
    let said = given.refresh_expires_in.map(SignedDuration::from_secs);
    let alive = [idle, said].into_iter().flatten().filter(|life| *life >= SHORTEST_IDLE).min();
    // A little earlier each by itself, so that sign-ins of one day are not renewed in one minute.
    let share = KEPT_ALIVE_AT - fastrand::f64() / 20.0;
    let alive = alive.and_then(|life| given.sent_at.checked_add(life.mul_f64(share)).ok_or_none());
    [access, alive].into_iter().flatten().min()
}

/// The end of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignInEnd {
    pub(crate) at: Timestamp,
    /// Whether it is what is usual at the provider, rather than what it said.
    pub(crate) usual: bool,
}

/// Returns when a sign-in that was made at `signed_in_at` ends, where that can be known.
pub(crate) fn sign_in_end(
    signed_in_at: Timestamp,
    refresh_expires_in: Option<i64>,
    known: Option<&Refresh>,
) -> Option<SignInEnd> {
    let said = refresh_expires_in.map(|life| (SignedDuration::from_secs(life), false));
    let usual = known.and_then(|known| known.lifetime_days).map(|count| (days(count), true));
    let (life, usual) = said.or(usual)?;
    Some(SignInEnd { at: signed_in_at.checked_add(life).ok_or_none()?, usual })
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count.saturating_mul(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn next(access: Option<i64>, refresh_expires_in: Option<i64>, idle_days: Option<i64>) -> Option<i64> {
        let known = Refresh { idle_days, ..Refresh::default() };
        let given = Given {
            sent_at: at(0),
            access_ends_at: access.map(at),
            refresh_expires_in,
            known: Some(&known),
            lead_seconds: None,
        };
        next_refresh(given).map(|next| next.duration_since(at(0)).as_secs())
    }

    #[test]
    fn an_idle_refresh_token_is_used_before_it_dies() {
        const DAY: i64 = 86_400;
        let between = |found: Option<i64>, least: i64, most: i64| {
            let found = found.unwrap();
            assert!((least..=most).contains(&found), "{found} is not in {least}..={most}");
        };
        // The access token ends first, as nearly always.
        between(next(Some(3600), None, Some(90)), 3270, 3300);
        // Nobody knows when it ends, or it lasts too long.
        between(next(None, None, Some(90)), 49 * DAY, 54 * DAY);
        between(next(Some(365 * DAY), None, Some(90)), 49 * DAY, 54 * DAY);
        // The answer itself says how long the refresh token lives.
        between(next(Some(86_400), Some(1800), None), 989, 1080);
        between(next(None, Some(1800), Some(90)), 989, 1080);
        assert_eq!(next(None, None, None), None);
        assert_eq!(next(None, Some(0), None), None);
        assert_eq!(next(None, None, Some(i64::MAX)), None);
    }

    #[test]
    fn a_chosen_lead_is_kept_up_to_a_third_of_the_life() {
        let lead = |life: i64, lead_seconds: Option<u32>| {
            let given = Given {
                sent_at: at(0),
                access_ends_at: Some(at(life)),
                refresh_expires_in: None,
                known: None,
                lead_seconds,
            };
            at(life).duration_since(next_refresh(given).unwrap()).as_secs()
        };
        for _ in 0..50 {
            assert!((900..=990).contains(&lead(3600, Some(900))));
            assert!((1200..=1320).contains(&lead(3600, Some(86_400))), "never more than a third");
            assert!((300..=330).contains(&lead(3600, None)));
            assert!(lead(3600, Some(0)) >= 1);
        }
    }

    #[test]
    fn what_the_provider_said_is_worth_more_than_what_is_usual() {
        let known = Refresh { lifetime_days: Some(2), ..Refresh::default() };
        let end = |said, known| sign_in_end(at(0), said, known).map(|end| (end.at, end.usual));
        assert_eq!(end(Some(60), Some(&known)), Some((at(60), false)));
        assert_eq!(end(None, Some(&known)), Some((at(172_800), true)));
        assert_eq!(end(None, None), None);
        let absurd = Refresh { lifetime_days: Some(i64::MAX), ..Refresh::default() };
        assert_eq!(end(None, Some(&absurd)), None);
    }
}
