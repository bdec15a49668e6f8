//! Which state a credential is in: one pure function of what is stored and the time (DESIGN.md section 5).

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Entry, LoginRow, LoginState};
use crate::credential::{Lifetime, Line, Status, Tone};

/// What ends within this time and does not renew is urgent.
const NOW: SignedDuration = SignedDuration::from_mins(5);

/// A credential's state at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) line: Line,
    pub(crate) tone: Tone,
    /// What the meter draws.
    pub(crate) lifetime: Option<Lifetime>,
    /// When the state changes by time alone.
    pub(crate) changes_at: Option<Timestamp>,
}

/// Works out the state of a credential at `now`; `flying` when a refresh is under way here. What ends within `soon`
/// needs attention.
pub(crate) fn of(entry: &Entry, now: Timestamp, soon: SignedDuration, flying: bool) -> State {
    match &entry.login {
        Some(login) => of_login(login, now, soon, flying),
        None => of_key(entry, now, soon),
    }
}

fn of_key(entry: &Entry, now: Timestamp, soon: SignedDuration) -> State {
    let row = &entry.credential;
    let Some(end) = row.rotate_by else {
        return State {
            status: Status::NoExpiry,
            line: Line::NoExpiry,
            tone: Tone::Neutral,
            lifetime: None,
            changes_at: None,
        };
    };
    let left = end.duration_since(now);
    let (line, tone) = if left <= soon { (Line::Rotate, Tone::Warn) } else { (Line::Far, Tone::Neutral) };
    // A key past its rotate-by date still works; only the person's own promise is late.
    let status = if line == Line::Rotate { Status::Expiring } else { Status::Fresh };
    let lifetime = Some(Lifetime { from: row.value_since, until: end });
    State { status, line, tone, lifetime, changes_at: first_after(now, &[end.checked_sub(soon), Ok(end)]) }
}

fn of_login(login: &LoginRow, now: Timestamp, soon: SignedDuration, flying: bool) -> State {
    let left = login.access_expires_at.map(|end| end.duration_since(now));
    let expired = left.is_some_and(|left| left <= SignedDuration::ZERO);
    let lifetime = login.access_issued_at.zip(login.access_expires_at).map(|(from, until)| Lifetime { from, until });
    let (line, tone) = line_of(login, now, soon, left, expired);
    let status = match login.state {
        _ if flying => Status::Refreshing,
        LoginState::SignInNeeded => Status::SignInNeeded,
        LoginState::Misconfigured => Status::Misconfigured,
        LoginState::Frozen | LoginState::OtherDevice => Status::Frozen,
        LoginState::Waiting => Status::Waiting,
        LoginState::Ok if expired && !login.renews => Status::Expired,
        LoginState::Ok if left.is_none() => Status::NoExpiry,
        LoginState::Ok if !login.renews && left.is_some_and(|left| left <= soon) => Status::Expiring,
        // Expired and about to be renewed, because this machine slept.
        LoginState::Ok if expired => Status::Expired,
        LoginState::Ok => Status::Fresh,
    };
    let end = login.access_expires_at;
    let moments = [
        end.map_or(Ok(Timestamp::MIN), Ok),
        end.map_or(Ok(Timestamp::MIN), |end| end.checked_sub(NOW)),
        end.map_or(Ok(Timestamp::MIN), |end| end.checked_sub(soon)),
        login.sign_in_ends_at.map_or(Ok(Timestamp::MIN), |end| end.checked_sub(soon)),
    ];
    State { status, line, tone, lifetime, changes_at: first_after(now, &moments) }
}

/// The first matching line of the table wins.
fn line_of(
    login: &LoginRow,
    now: Timestamp,
    soon: SignedDuration,
    left: Option<SignedDuration>,
    expired: bool,
) -> (Line, Tone) {
    let sign_in_ends_soon = login.sign_in_ends_at.is_some_and(|end| end.duration_since(now) <= soon);
    let renews = login.renews && login.state == LoginState::Ok;
    match (login.state, left) {
        (LoginState::SignInNeeded | LoginState::Misconfigured | LoginState::Frozen | LoginState::OtherDevice, _) => {
            (Line::RefreshFailing, Tone::Bad)
        }
        _ if expired && !login.renews => (Line::Expired, Tone::Bad),
        (LoginState::Waiting, _) if expired => (Line::RefreshFailing, Tone::Bad),
        (LoginState::Waiting, _) => (Line::Retrying, Tone::Warn),
        (_, Some(left)) if !renews && left <= NOW => (Line::EndsNow, Tone::Bad),
        _ if sign_in_ends_soon => (Line::SignInBy, Tone::Warn),
        (_, Some(left)) if !renews && left <= soon => (Line::EndsSoon, Tone::Warn),
        (_, Some(_)) if renews => (Line::Renews, Tone::Neutral),
        (_, Some(_)) => (Line::Far, Tone::Neutral),
        (_, None) => (Line::NoExpiry, Tone::Neutral),
    }
}

fn first_after(now: Timestamp, moments: &[Result<Timestamp, jiff::Error>]) -> Option<Timestamp> {
    moments.iter().flatten().copied().filter(|moment| *moment > now).min()
}
