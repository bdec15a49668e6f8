//! Which login is renewed next: the part of the vault that is due, in order, within bounds. Pure.
//!
//! Every waiting login has a deadline, and the soonest goes first. It is the end of its access token; a token that
//! has ended already, or a try that failed, is not urgent (who needs it asks, and never waits here) and gets
//! [`SPREAD`]. One invariant: no host and no failure takes the places of the others. A host that does not answer is
//! asked by one login at a time, with growing pauses, and all such hosts together have a quarter of the places.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use crate::catalog::Due;
use crate::credential::CredentialId;

/// How many refreshes run at a time.
pub(super) const IN_FLIGHT: usize = 16;
/// How many of them at one host.
pub(super) const PER_HOST: usize = 4;
/// How many of them at hosts that did not answer last time.
pub(super) const AT_SILENT_HOSTS: usize = 4;
/// What is not urgent is started within this time at the latest, if places are free.
pub(super) const SPREAD: SignedDuration = SignedDuration::from_mins(5);
/// Logins of one host whose tokens have ended start this far apart on average, so that few do not take minutes.
const APART: SignedDuration = SignedDuration::from_millis(250);
/// The longest pause before a silent host is asked again.
const LONGEST_PAUSE: i64 = 60;
/// While the keychain does not work, one login tries whether it does again, this far apart.
const KEYCHAIN_PAUSE: SignedDuration = SignedDuration::from_secs(15);

/// What became of a refresh, as far as others are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Landed {
    /// The host answered, whatever it said.
    Answered,
    /// The host did not answer, or only that it can't.
    Silent,
    /// The keychain did not work: no other login would get further.
    KeychainFailed,
    /// Nobody was asked, so nothing was learnt of host or keychain.
    NotAsked,
}

/// A login that waits.
#[derive(Debug)]
struct Place {
    host: String,
    /// Not before this.
    start_at: Timestamp,
}

/// What is known of a host while it matters.
#[derive(Debug, Default)]
struct Host {
    running: usize,
    silent: Option<Silence>,
}

/// A host that did not answer.
#[derive(Debug)]
struct Silence {
    times: u32,
    until: Timestamp,
}

/// The logins that are due, and those that are being renewed.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: BTreeMap<(Timestamp, CredentialId), Place>,
    running: HashMap<CredentialId, String>,
    hosts: HashMap<String, Host>,
    /// Until when the keychain is left alone.
    keychain_rests: Option<Timestamp>,
}

impl Queue {
    /// Takes in what the database says is due, in place of what it said before.
    pub(super) fn fill(&mut self, due: Vec<Due>, now: Timestamp) {
        let before: HashMap<CredentialId, (Timestamp, Timestamp)> =
            std::mem::take(&mut self.waiting).into_iter().map(|((by, id), place)| (id, (by, place.start_at))).collect();
        let mut ended_at_host: HashMap<String, u32> = HashMap::new();
        for one in due.iter().filter(|one| has_ended(one, now) && !before.contains_key(&one.id)) {
            *ended_at_host.entry(one.host.clone()).or_default() += 1;
        }
        for one in due {
            if self.running.contains_key(&one.id) {
                continue;
            }
            let (by, start_at) = if !has_ended(&one, now) {
                let late = after(one.since, SPREAD);
                (one.ends_at.filter(|_| !one.failed).unwrap_or(late), now)
            } else if let Some(place) = before.get(&one.id) {
                *place
            } else {
                let crowd = ended_at_host.get(&one.host).copied().unwrap_or_default();
                let window = APART.saturating_mul(i32::try_from(crowd).unwrap_or(i32::MAX)).min(SPREAD);
                (after(now, SPREAD), after(now, window.mul_f64(fastrand::f64())))
            };
            self.waiting.insert((by, one.id), Place { host: one.host, start_at });
        }
    }

    /// Forgets every time that it holds: the clock was set.
    pub(super) fn clock_was_set(&mut self) {
        self.waiting.clear();
        self.keychain_rests = None;
        self.ask_all_hosts();
    }

    /// Takes all hosts for reachable again: the network is another one.
    pub(super) fn ask_all_hosts(&mut self) {
        self.hosts.retain(|_, host| {
            host.silent = None;
            host.running > 0
        });
    }

    /// Ends the rest of the keychain.
    pub(super) fn keychain_works(&mut self) {
        self.keychain_rests = None;
    }

    /// Returns the login that is to start now, and counts it as running.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<CredentialId> {
        if self.running.len() >= self.places() || self.keychain_rests.is_some_and(|until| until > now) {
            return None;
        }
        let silent = self.running.values().filter(|host| self.is_silent(host)).count();
        let free = |place: &Place| place.start_at <= now && self.takes(&place.host, silent, now);
        let key = *self.waiting.iter().find(|(_, place)| free(place))?.0;
        let place = self.waiting.remove(&key)?;
        self.hosts.entry(place.host.clone()).or_default().running += 1;
        self.running.insert(key.1, place.host);
        Some(key.1)
    }

    /// Counts a login as running no more, and learns from how it went.
    pub(super) fn landed(&mut self, id: CredentialId, how: Landed, now: Timestamp) {
        let Some(name) = self.running.remove(&id) else { return };
        match how {
            Landed::KeychainFailed => self.keychain_rests = Some(after(now, KEYCHAIN_PAUSE)),
            Landed::Answered | Landed::Silent => self.keychain_rests = None,
            Landed::NotAsked => {}
        }
        let Some(host) = self.hosts.get_mut(&name) else { return };
        host.running = host.running.saturating_sub(1);
        match how {
            Landed::Answered => host.silent = None,
            // Those that were on their way together are one silence.
            Landed::Silent if host.silent.as_ref().is_none_or(|silence| silence.until <= now) => {
                let times = host.silent.as_ref().map_or(1, |silence| silence.times.saturating_add(1));
                host.silent = Some(Silence { times, until: after(now, pause(times)) });
            }
            Landed::Silent | Landed::KeychainFailed | Landed::NotAsked => {}
        }
        if host.running == 0 && host.silent.is_none() {
            self.hosts.remove(&name);
        }
    }

    /// Returns when something may start by time alone; none when only a landing can make room.
    pub(super) fn wakes_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.waiting.is_empty() || self.running.len() >= self.places() {
            return None;
        }
        let silent_until = |host: &str| self.hosts.get(host)?.silent.as_ref().map(|silence| silence.until);
        let from = |place: &Place| {
            let bounds = [self.keychain_rests, silent_until(&place.host)];
            bounds.into_iter().flatten().fold(place.start_at, Timestamp::max)
        };
        self.waiting.values().map(from).filter(|at| *at > now).min()
    }

    fn places(&self) -> usize {
        if self.keychain_rests.is_some() { 1 } else { IN_FLIGHT }
    }

    fn is_silent(&self, host: &str) -> bool {
        self.hosts.get(host).is_some_and(|host| host.silent.is_some())
    }

    /// Tells whether a host has a place for one more, when `silent` run at hosts that did not answer.
    fn takes(&self, host: &str, silent: usize, now: Timestamp) -> bool {
        match self.hosts.get(host) {
            None => true,
            Some(Host { running, silent: None }) => *running < PER_HOST,
            Some(Host { running, silent: Some(silence) }) => {
                *running == 0 && silence.until <= now && silent < AT_SILENT_HOSTS
            }
        }
    }
}

/// Tells whether nobody can use the token of this login any more, and no try has failed yet.
fn has_ended(due: &Due, now: Timestamp) -> bool {
    !due.failed && due.ends_at.is_some_and(|end| end <= now)
}

/// Returns how long a host is left alone that did not answer for the `times`-th time: 1 to 2 s, up to a minute.
fn pause(times: u32) -> SignedDuration {
    let most = 1_i64.checked_shl(times.min(6)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
    SignedDuration::from_secs(most).mul_f64(0.5 + fastrand::f64() / 2.0)
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(at)
}

#[cfg(test)]
#[path = "queue_test.rs"]
mod tests;
