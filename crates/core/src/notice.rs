//! What goes wrong for several credentials at once, said once: the gravest, in one line.
//!
//! One login that fails says so in its own row. A provider that is down, a network that is gone, a clock that is wrong
//! or a vault that was copied are one cause for many rows, and one notice. It is worked out from what is stored, so it
//! goes away by itself when the cause does.

use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Failing, LoginState};
use crate::credential::Tone;
use crate::error::Error;
use crate::provider::Providers;
use crate::server_clock;
use crate::vault::Vault;
use crate::view::{NoticeKind, NoticeView, PausesView};

/// From how many logins on a cause is one notice rather than their rows' own business.
const SEVERAL: usize = 2;

impl Vault {
    /// Returns the gravest of what concerns several credentials, if there is anything. The keychain has a word of its
    /// own ([`Vault::keychain`]), which goes before this one.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn notice(&self) -> Result<Option<NoticeView>, Error> {
        let catalog = &self.inner.catalog;
        let now = self.inner.ports.clock.now();
        let failing = catalog.failing().await?;
        let world = World { providers: self.inner.providers(), now, last_renewal: catalog.last_renewal().await? };
        let clock = server_clock::off(&catalog.clocks().await?, now).map(clock);
        let paused = paused(catalog.pauses().await?);
        let mut all: Vec<NoticeView> = world.all(&failing).into_iter().chain(clock).chain(paused).collect();
        // The gravest, then in the order of the kinds, then whatever concerns most.
        all.sort_by_key(|notice| (std::cmp::Reverse(notice.tone), notice.kind, std::cmp::Reverse(notice.count)));
        Ok(all.into_iter().next())
    }
}

impl Vault {
    /// Tells whether nothing can be reached: then no provider is to blame.
    pub(crate) async fn is_offline(&self) -> Result<bool, Error> {
        let catalog = &self.inner.catalog;
        let failing = catalog.failing().await?;
        let now = self.inner.ports.clock.now();
        let world = World { providers: self.inner.providers(), now, last_renewal: catalog.last_renewal().await? };
        let waiting = by_issuer(failing.iter().filter(|login| login.state == LoginState::Waiting));
        Ok(world.offline(&waiting).is_some())
    }
}

/// What the logins are judged by.
struct World {
    providers: Providers,
    now: Timestamp,
    last_renewal: Option<Timestamp>,
}

/// Logins that fail at one issuer.
struct AtOne<'a> {
    issuer: &'a str,
    logins: Vec<&'a Failing>,
}

impl AtOne<'_> {
    fn since(&self) -> Option<Timestamp> {
        self.logins.iter().map(|login| login.since).min()
    }

    /// The code that all of them have.
    fn code(&self) -> Option<&str> {
        let first = self.logins.first()?.code.as_str();
        self.logins.iter().all(|login| login.code == first).then_some(first)
    }

    fn provider(&self) -> Option<String> {
        self.logins.first()?.provider.clone()
    }
}

impl World {
    fn all(&self, failing: &[Failing]) -> Vec<NoticeView> {
        let of = |fits: fn(&Failing) -> bool| by_issuer(failing.iter().filter(|login| fits(login)));
        let waiting = of(|login| login.state == LoginState::Waiting);
        let copied = failing.iter().filter(|login| login.state == LoginState::OtherDevice).count();
        let mut all: Vec<NoticeView> = (copied > 0).then(|| other_device(copied)).into_iter().collect();
        let refused = of(is_refused);
        all.extend(refused.iter().filter(|one| one.logins.len() >= SEVERAL).map(|one| self.refused(one)));
        match self.offline(&waiting) {
            Some(offline) => all.push(offline),
            None => all.extend(waiting.iter().filter(|one| one.logins.len() >= SEVERAL).map(|one| self.down(one))),
        }
        all
    }

    fn name(&self, one: &AtOne<'_>) -> String {
        let known = one.provider().and_then(|id| self.providers.find(&id).map(|provider| provider.name.clone()));
        known.unwrap_or_else(|| self.providers.issuer_face(one.issuer).0)
    }

    fn refused(&self, one: &AtOne<'_>) -> NoticeView {
        let count = one.logins.len();
        let rest = match one.code() {
            Some("invalid_grant") => "It ended the sign-ins themselves: a password or a policy was changed, perhaps.",
            Some("invalid_client" | "unauthorized_client") => "It does not know the client, or not its secret.",
            _ => "Asking again changes nothing. Nothing is deleted.",
        };
        NoticeView {
            kind: NoticeKind::Refused,
            tone: Tone::Bad,
            lead: format!("{} refuses {count} logins since {{since}}.", self.name(one)),
            rest: rest.to_owned(),
            since: one.since(),
            until: None,
            provider: one.provider(),
            count,
            code: one.code().map(str::to_owned),
        }
    }

    fn down(&self, one: &AtOne<'_>) -> NoticeView {
        let name = self.name(one);
        let cut = |login: &&Failing| matches!(&*login.code, "no_connection" | "timeout" | "connection_broke");
        let what = match one.code() {
            _ if one.logins.iter().all(cut) => format!("{name} can't be reached since {{since}}."),
            Some("tls") => format!("There is no trusted connection to {name} since {{since}}."),
            Some("http_429") => format!("{name} says since {{since}} that it is asked too often."),
            Some("html_answer") => format!("A web page answers instead of {name} since {{since}}."),
            _ => format!("{name} does not work since {{since}}."),
        };
        self.waits(NoticeKind::ProviderDown, what, one)
    }

    fn waits(&self, kind: NoticeKind, lead: String, one: &AtOne<'_>) -> NoticeView {
        let (count, ended) = (one.logins.len(), one.logins.iter().filter(|login| self.has_ended(login)).count());
        let usable = if ended == 0 {
            "Tokens that are still fresh can be copied."
        } else if ended == count {
            "None of them has a token that can be used now."
        } else {
            "Some have a token that can be used."
        };
        let wait = if count == 1 { "1 login waits and resumes by itself." } else { "resume by themselves." };
        let wait = if count == 1 { wait.to_owned() } else { format!("{count} logins wait and {wait}") };
        NoticeView {
            kind,
            tone: if ended == 0 { Tone::Warn } else { Tone::Bad },
            lead,
            rest: format!("{wait} {usable}"),
            since: one.since(),
            until: None,
            provider: (kind == NoticeKind::ProviderDown).then(|| one.provider()).flatten(),
            count,
            code: one.code().map(str::to_owned),
        }
    }

    fn has_ended(&self, login: &Failing) -> bool {
        login.ends_at.is_some_and(|end| end <= self.now)
    }

    /// When nothing can be reached at two providers or more, and no renewal worked since, the network is the cause.
    fn offline(&self, waiting: &[AtOne<'_>]) -> Option<NoticeView> {
        let cut = |one: &AtOne<'_>| one.logins.iter().all(|login| login.code == "no_connection");
        if waiting.len() < SEVERAL || !waiting.iter().all(cut) {
            return None;
        }
        let whole = AtOne { issuer: "", logins: waiting.iter().flat_map(|one| one.logins.iter().copied()).collect() };
        let since = whole.since()?;
        if self.last_renewal.is_some_and(|last| last > since) {
            return None;
        }
        let notice = self.waits(NoticeKind::Offline, "Offline since {since}.".to_owned(), &whole);
        // Nothing here is wrong, and nothing is to be done.
        Some(NoticeView { tone: Tone::Neutral, code: None, ..notice })
    }
}

/// Tells whether the provider itself said no.
fn is_refused(login: &Failing) -> bool {
    let not_theirs = [
        crate::rotation::ANSWER_LOST,
        crate::rotation::NO_REFRESH_TOKEN,
        crate::rotation::ENDPOINT_CHANGED,
        crate::rotation::KEYCHAIN_OLDER,
        crate::rotation::BAD_SETTINGS,
        crate::revoke::REVOKED,
    ];
    matches!(login.state, LoginState::SignInNeeded | LoginState::Misconfigured) && !not_theirs.contains(&&*login.code)
}

fn by_issuer<'a>(failing: impl Iterator<Item = &'a Failing>) -> Vec<AtOne<'a>> {
    let mut all: Vec<AtOne<'a>> = Vec::new();
    for login in failing {
        match all.iter_mut().find(|one| one.issuer == login.issuer) {
            Some(one) => one.logins.push(login),
            None => all.push(AtOne { issuer: &login.issuer, logins: vec![login] }),
        }
    }
    all
}

fn other_device(count: usize) -> NoticeView {
    let these = if count == 1 { "1 sign-in is".to_owned() } else { format!("{count} sign-ins are") };
    NoticeView {
        kind: NoticeKind::OtherDevice,
        tone: Tone::Bad,
        lead: "This vault comes from another computer.".to_owned(),
        rest: format!(
            "{these} not renewed here: two computers that share one sign each other out. Sign in here, or take it over."
        ),
        since: None,
        until: None,
        provider: None,
        count,
        code: None,
    }
}

/// What the person paused; one such login says so in its own row.
fn paused(PausesView { paused: count, until, .. }: PausesView) -> Option<NoticeView> {
    (count >= SEVERAL).then(|| NoticeView {
        kind: NoticeKind::Paused,
        tone: Tone::Neutral,
        lead: format!("Refreshing of {count} logins is paused."),
        rest: "Copying still gets a fresh token.".to_owned(),
        since: None,
        until,
        provider: None,
        count,
        code: None,
    })
}

fn clock(off: SignedDuration) -> NoticeView {
    let way = if off.is_negative() { "ahead" } else { "behind" };
    NoticeView {
        kind: NoticeKind::Clock,
        tone: Tone::Warn,
        lead: format!("This computer's clock is {} {way}.", span(off.abs())),
        rest: "Tokens are judged by the providers' time until it is corrected.".to_owned(),
        since: None,
        until: None,
        provider: None,
        count: 0,
        code: None,
    }
}

/// "4 min 10 s", "3 h 5 min", "12 d 4 h".
fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs();
    let two = |(large, large_unit): (i64, &str), (small, small_unit): (i64, &str)| {
        let head = format!("{large}\u{a0}{large_unit}");
        if small == 0 { head } else { format!("{head} {small}\u{a0}{small_unit}") }
    };
    match seconds {
        ..3_600 => two((seconds / 60, "min"), (seconds % 60, "s")),
        3_600..172_800 => two((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
        _ => two((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
    }
}

#[cfg(test)]
#[path = "notice_test.rs"]
mod tests;
