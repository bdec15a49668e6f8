//! Which state a credential is in: one pure function of what is stored and the time (DESIGN.md section 5).

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Entry, LoginRow, LoginState, PastedJwt};
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
    let mut state = match (&entry.login, &entry.credential.chosen.jwt) {
        (Some(login), _) => of_login(entry, login, now, soon, flying),
        (None, Some(jwt)) => of_jwt(entry, jwt, now, soon),
        (None, None) => of_key(entry, now, soon),
    };
    if lets_go(entry, &state, now) {
        state.tone = Tone::Neutral;
    }
    state
}

/// Returns the end that a credential is on its way to, as far as somebody has to see to it: what "let it expire" is
/// about. A login that fails is on its way since it fails.
pub(crate) fn end_of(entry: &Entry, state: &State) -> Option<Timestamp> {
    let login = entry.login.as_deref();
    match state.line {
        Line::Rotate => entry.credential.rotate_by,
        Line::SignInBy => login.and_then(|login| login.sign_in_ends_at),
        Line::RefreshFailing | Line::Retrying => {
            login.and_then(|login| login.failing_since.or(login.access_expires_at))
        }
        _ => state.lifetime.map(|life| life.until),
    }
}

/// Whether the person said of the end that comes now that it may come. A sign-in whose end was let come may fail then.
fn lets_go(entry: &Entry, state: &State, now: Timestamp) -> bool {
    let Some(let_end) = entry.credential.chosen.let_end else { return false };
    let sign_in_ended = || entry.login.as_deref().and_then(|login| login.sign_in_ends_at).filter(|end| *end <= now);
    let failed_after = state.line == Line::RefreshFailing && sign_in_ended() == Some(let_end);
    end_of(entry, state) == Some(let_end) || failed_after
}

/// A pasted token: nobody renews it.
fn of_jwt(entry: &Entry, jwt: &PastedJwt, now: Timestamp, soon: SignedDuration) -> State {
    let Some(end) = jwt.expires_at else {
        return State {
            status: Status::NoExpiry,
            line: Line::NoExpiry,
            tone: Tone::Neutral,
            lifetime: None,
            changes_at: None,
        };
    };
    let left = end.duration_since(now);
    let (line, tone) = match left {
        left if left <= SignedDuration::ZERO => (Line::Expired, Tone::Bad),
        left if left <= NOW => (Line::EndsNow, Tone::Bad),
        left if left <= soon => (Line::EndsSoon, Tone::Warn),
        _ => (Line::Far, Tone::Neutral),
    };
    let status = match line {
        Line::Expired => Status::Expired,
        Line::Far => Status::Fresh,
        _ => Status::Expiring,
    };
    // A token that does not say when it was issued is drawn from when it was pasted.
    let from = jwt.issued_at.unwrap_or(entry.credential.value_since).min(end);
    let changes_at = first_after(now, &[end.checked_sub(soon), end.checked_sub(NOW), Ok(end)]);
    State { status, line, tone, lifetime: Some(Lifetime { from, until: end }), changes_at }
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

fn of_login(entry: &Entry, login: &LoginRow, now: Timestamp, soon: SignedDuration, flying: bool) -> State {
    let left = login.access_expires_at.map(|end| end.duration_since(now));
    let expired = left.is_some_and(|left| left <= SignedDuration::ZERO);
    let mut lifetime =
        login.access_issued_at.zip(login.access_expires_at).map(|(from, until)| Lifetime { from, until });
    let row = &entry.credential;
    let (mut line, mut tone) = line_of(login, now, soon, left, expired);
    // The client's secret has an end of its own.
    if let Some(by) = row.rotate_by.filter(|by| by.duration_since(now) <= soon)
        && tone == Tone::Neutral
    {
        (line, tone) = (Line::Rotate, Tone::Warn);
        lifetime = Some(Lifetime { from: row.value_since.min(by), until: by });
    }
    if row.chosen.paused && (tone == Tone::Neutral || line == Line::Retrying || rests(login, line)) {
        (line, tone) = (Line::Paused, Tone::Neutral);
    }
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
        row.rotate_by.map_or(Ok(Timestamp::MIN), |end| end.checked_sub(soon)),
    ];
    State { status, line, tone, lifetime, changes_at: first_after(now, &moments) }
}

/// Whether a paused login only rests: nobody renews it by itself, but who asks for a token gets one.
fn rests(login: &LoginRow, line: Line) -> bool {
    login.renews && line == Line::RefreshFailing && login.state == LoginState::Waiting
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
