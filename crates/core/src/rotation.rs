//! The rotation protocol: one refresh, step by step (`rotation.md`).
//!
//! A provider that rotates refresh tokens kills the old one the moment it answers. From then until the commit,
//! the only copy that matters is the one in our hands, so between those two lines nothing may fail silently
//! (K2, K5). Every durable step stands between two named failpoints.

use jiff::{SignedDuration, Timestamp};

use crate::answer::{self, Answer, Said, Tokens};
use crate::catalog::{Catalog, CredentialRow, Generation, GrantKind, LoginRow, LoginState, What, Why};
use crate::client::{Client, NoAnswer};
use crate::client_credentials;
use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _, Verdict};
use crate::keychain_state::keychain_failed;
use crate::locks::Held;
use crate::ports::{HttpError, KeychainError};
use crate::quirks::Quirks;
use crate::recovery::{self, Recovered};
use crate::refresh::{Ask, Renewal, backoff, gate};
use crate::secret::SecretBytes;
use crate::slots::{Envelope, Slot};
use crate::step::step;
use crate::store_answer::{Received, next_generation, store};
use crate::token_request::Grant;
use crate::vault::{Inner, lock};

/// The connection broke while the provider was renewing, and the one allowed second try did not help (K6).
pub(crate) const ANSWER_LOST: &str = "answer_lost";
/// The provider gave no refresh token at sign-in.
pub(crate) const NO_REFRESH_TOKEN: &str = "no_refresh_token";
/// The keychain holds an older token than the vault knows of, and the provider took its one try for nothing (K6).
pub(crate) const KEYCHAIN_OLDER: &str = "keychain_older";
/// The client's own settings can't be sent.
pub(crate) const BAD_SETTINGS: &str = "bad_settings";
/// The refresh token was given for another address or client than the settings name now (R4).
pub(crate) const ENDPOINT_CHANGED: &str = "endpoint_changed";

/// A renewed token that neither journal nor keychain took yet.
#[derive(Clone)]
pub(crate) struct Unsaved {
    pub(crate) received: Received,
    /// The fingerprint of the token that it was given for: once another one is current, this is worth nothing.
    pub(crate) sent: String,
}

/// All that one refresh works with, read under the credential's lock (step 3).
pub(crate) struct Turn<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) credential: CredentialRow,
    pub(crate) login: LoginRow,
    /// Why it happens, for the family's history.
    pub(crate) why: Why,
    /// Proof that this process alone works on the credential.
    pub(crate) held: &'a Held,
}

impl Turn<'_> {
    pub(crate) fn id(&self) -> CredentialId {
        self.credential.id
    }

    pub(crate) fn label(&self) -> String {
        format!("Fobwatch: {}", self.credential.name)
    }
}

/// Renews a login if `ask` needs it. Runs to its end in a task that the vault owns (step 1).
pub(crate) async fn renew(inner: &Inner, id: CredentialId, ask: Ask, asked_at: Timestamp) -> Result<Renewal, Error> {
    let held = match ask {
        // Whoever holds it may hang: the scheduler has others to renew meanwhile, and looks again later.
        Ask::Due => inner.locks.try_hold(&id.to_string())?.ok_or(Error::Busy)?,
        Ask::Lasting(_) | Ask::Now => inner.locks.hold(&id.to_string()).await?,
    };
    let recovered = match recovery::settle(inner, id, &held).await {
        Ok(recovered) => recovered,
        // A token that waits for the keychain does not spoil the access token that came with it.
        Err(Error::Keychain(error)) => {
            keychain_failed(inner, &error);
            let (_, login) = inner.login_entry(id).await?;
            let needs = ask.needs(&login, inner.ports.clock.now(), asked_at);
            return if needs { Err(error.into()) } else { Ok(Renewal::StillFresh) };
        }
        Err(error) => return Err(error),
    };
    let (credential, login) = inner.login_entry(id).await?;
    let turn = Turn { inner, credential, login, why: ask.why(), held: &held };
    if recovered == Recovered::Committed {
        return Ok(Renewal::Renewed);
    }
    let now = inner.ports.clock.now();
    if recovered == Recovered::Unsaved {
        // The token in the slot is the old one, which the provider has replaced: it must not go out again (K2, K3).
        let why = || KeychainError::Other("it did not take the renewed token yet".to_owned());
        let error = lock(&inner.keychain_seen).clone().unwrap_or_else(why);
        return if ask.needs(&turn.login, now, asked_at) { Err(error.into()) } else { Ok(Renewal::StillFresh) };
    }
    // After a lost answer the one more try is made promptly, while a server's grace window may still be open.
    if recovered != Recovered::SentOnce && !ask.needs(&turn.login, now, asked_at) {
        return Ok(Renewal::StillFresh);
    }
    if let Some(refusal) = gate(inner, &turn.login, ask) {
        return Err(refusal);
    }
    let outcome = run(&turn, ask, recovered).await;
    inner.keep_clocks().await;
    if let Err(error) = &outcome {
        log_failure(&turn, error).await;
    }
    outcome
}

async fn run(turn: &Turn<'_>, ask: Ask, recovered: Recovered) -> Result<Renewal, Error> {
    let inner = turn.inner;
    if !turn.login.renews {
        let verdict = Verdict { code: NO_REFRESH_TOKEN.to_owned(), detail: String::new(), at: inner.ports.clock.now() };
        return Err(Error::SignInNeeded(verdict));
    }
    if turn.login.settings.grant == GrantKind::ClientCredentials {
        return client_credentials::again(turn).await;
    }
    // Step 4: nothing is sent while the answer could not be kept. That the keychain answers, keeps what it is given
    // and is unlocked, it shows by giving both slots: no item is read otherwise. Whether the store takes a value of
    // this size is known from its limit; the journal row below is the disk's turn to prove itself.
    let envelope = recovery::current_envelope(turn).await.inspect_err(|error| {
        if let Error::Keychain(error) = error {
            keychain_failed(inner, error);
        }
    })?;
    if envelope.device == inner.device {
        return go_out(turn, &envelope, recovered).await;
    }
    // The person can only have meant to take it over once it was said that it is another computer's.
    if ask != Ask::Now || turn.login.state != LoginState::OtherDevice {
        // A sending that the copy remembers still counts (K3).
        let row = if recovered == Recovered::SentOnce { Row::Keep } else { Row::Close };
        return write_down(turn, LoginState::OtherDevice, said("other_device"), None, row).await;
    }
    let (credential, envelope) = take_over(turn, envelope).await?;
    let turn = Turn { inner, credential, login: turn.login.clone(), why: turn.why, held: turn.held };
    go_out(&turn, &envelope, recovered).await
}

/// Makes the token of another computer this one's, as a generation of its own, before it goes out: whatever becomes of
/// the answer, nobody is asked again.
async fn take_over(turn: &Turn<'_>, theirs: Envelope) -> Result<(CredentialRow, Envelope), Error> {
    let inner = turn.inner;
    let generation = next_generation(turn.credential.generation, theirs.generation);
    let ours = Envelope { generation, device: inner.device.clone(), ..theirs.clone() };
    inner.slots.write(&ours, &turn.label()).await.inspect_err(|error| keychain_failed(inner, error))?;
    let taken = Generation {
        number: generation,
        at: inner.ports.clock.now(),
        why: Why::TakenOver,
        fingerprint: inner.sealer().await?.fingerprint(&ours.value),
        scopes: turn.login.granted_scopes.clone(),
    };
    inner.catalog.take_over(turn.id(), &taken).await?;
    if let Err(error) = inner.slots.clear(turn.id(), Slot::of(theirs.generation)).await {
        tracing::warn!(%error, "the slot of the other computer was not emptied");
    }
    Ok((CredentialRow { generation, ..turn.credential.clone() }, ours))
}

/// Sends the token, if there is no reason against it.
async fn go_out(turn: &Turn<'_>, envelope: &Envelope, recovered: Recovered) -> Result<Renewal, Error> {
    if let Some(over) = one_try_is_over(turn, envelope) {
        return Err(over);
    }
    let settings = &turn.login.settings;
    if envelope.token_endpoint != settings.refresh_endpoint() || envelope.client_id != settings.client_id {
        return fail(turn, LoginState::Misconfigured, said(ENDPOINT_CHANGED), None).await;
    }
    let attempt = match recovered {
        Recovered::SentOnce => {
            probe(turn).await?;
            2
        }
        _ => 1,
    };
    exchange(turn, envelope, attempt).await
}

/// A token older than the row has had its one try: only a keychain that holds the newer one, or the person who signs in
/// again, changes that (K3).
fn one_try_is_over(turn: &Turn<'_>, envelope: &Envelope) -> Option<Error> {
    let verdict = turn.login.error.as_ref().filter(|verdict| verdict.code == KEYCHAIN_OLDER)?;
    (envelope.generation < turn.credential.generation).then(|| Error::SignInNeeded(verdict.clone()))
}

/// Steps 5 to 7: say durably that the token goes out, send it once, and take what comes.
async fn exchange(turn: &Turn<'_>, envelope: &Envelope, attempt: u32) -> Result<Renewal, Error> {
    let inner = turn.inner;
    let id = turn.id();
    let secret = inner.client_secret(id, &turn.login.settings).await?;
    // Held until the answer is stored.
    let sealer = inner.sealer().await?;
    inner.catalog.journal_sent(id, &sealer.fingerprint(&envelope.value), attempt, inner.ports.clock.now()).await?;
    let sent_at = inner.ports.clock.now();
    let grant = Grant::Refresh(&envelope.value);
    let client = Client { settings: &turn.login.settings, secret: secret.as_ref(), dpop: envelope.dpop.as_ref() };
    let raw = match inner.ask_for_tokens(&client, grant).await {
        Ok(raw) => raw,
        Err(NoAnswer::Http(error)) => return no_answer(turn, &error, attempt).await,
        Err(NoAnswer::Settings(_)) => return fail(turn, LoginState::Misconfigured, said(BAD_SETTINGS), None).await,
    };
    step!("answer");
    match answer::read(raw.status, &raw.headers, &raw.body, inner.ports.clock.now(), &turn.login.settings.quirks) {
        Answer::Tokens(tokens) => {
            let received = Received { sent_at, body: raw.body };
            store(turn, envelope, received, *tokens).await.map(|()| Renewal::Renewed)
        }
        Answer::Ended(said) => ended(turn, envelope, said, attempt).await,
        Answer::Misconfigured(said) => not_taken(turn, LoginState::Misconfigured, said, None, attempt).await,
        // A success that can't be read may have rotated the token.
        Answer::TryAgain { said, .. } if said.code == "bad_answer" => lost(turn, said, attempt).await,
        // After a lost answer, a fault of the server may hide what became of the token.
        Answer::TryAgain { said, .. } if attempt > 1 && !turned_away(raw.status) => lost(turn, said, attempt).await,
        Answer::TryAgain { said, after } => {
            let after = after.and_then(|after| SignedDuration::try_from(after).ok_or_none());
            not_taken(turn, LoginState::Waiting, said, after, attempt).await
        }
    }
}

/// Tells whether the request was turned away before anybody looked at it.
fn turned_away(status: http::StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502..=504)
}

/// The token was certainly not redeemed. After a lost answer this was not the one more try: that is still to be made.
async fn not_taken<T>(
    turn: &Turn<'_>,
    state: LoginState,
    said: Said,
    after: Option<SignedDuration>,
    attempt: u32,
) -> Result<T, Error> {
    let row = if attempt > 1 { Row::TakeBack } else { Row::Close };
    write_down(turn, state, said, after, row).await
}

/// The provider says that the token is dead. A different one in the store means that a sibling won.
async fn ended(turn: &Turn<'_>, sent: &Envelope, said: Said, attempt: u32) -> Result<Renewal, Error> {
    let (credential, _) = turn.inner.login_entry(turn.id()).await?;
    if credential.generation > sent.generation && credential.generation != turn.credential.generation {
        return Ok(Renewal::StillFresh);
    }
    // Say what led here, not that the person did something (K6): the connection broke after the token had gone out, or
    // the keychain was put back to an older state.
    let said = match attempt {
        2.. if !turn.login.keeps_its_token() => Said { code: ANSWER_LOST.to_owned(), detail: said.code },
        _ if sent.generation < turn.credential.generation => {
            Said { code: KEYCHAIN_OLDER.to_owned(), detail: said.code }
        }
        _ => said,
    };
    fail(turn, LoginState::SignInNeeded, said, None).await
}

/// Nothing came back. Whether the token went out decides what that means.
pub(crate) async fn no_answer(turn: &Turn<'_>, error: &HttpError, attempt: u32) -> Result<Renewal, Error> {
    match error {
        HttpError::Connect { .. } => not_taken(turn, LoginState::Waiting, said("no_connection"), None, attempt).await,
        HttpError::Forbidden { .. } => {
            not_taken(turn, LoginState::Waiting, said("forbidden_address"), None, attempt).await
        }
        HttpError::Tls { reason, .. } => {
            let said = Said { code: "tls".to_owned(), detail: answer::harmless(reason, 200) };
            not_taken(turn, LoginState::Waiting, said, None, attempt).await
        }
        HttpError::Timeout { .. } => lost(turn, said("timeout"), attempt).await,
        HttpError::Broken { .. } => lost(turn, said("connection_broke"), attempt).await,
        HttpError::TooLarge { .. } => lost(turn, said("answer_too_large"), attempt).await,
    }
}

/// The answer is lost. The journal row stays, so that the token is sent at most once more (K3).
async fn lost(turn: &Turn<'_>, said: Said, attempt: u32) -> Result<Renewal, Error> {
    if attempt > 1 && !turn.login.keeps_its_token() {
        let said = Said { code: ANSWER_LOST.to_owned(), detail: said.code };
        return fail(turn, LoginState::SignInNeeded, said, None).await;
    }
    let now = turn.inner.ports.clock.now();
    let verdict = Verdict { code: said.code, detail: said.detail, at: now };
    // The one more try is made promptly; where there are more of them, they are not in a hurry.
    let failures = if attempt > 1 { turn.login.failures } else { 0 };
    let retry_at = now.checked_add(backoff(failures)).unwrap_or(now);
    let mut tx = turn.inner.catalog.begin().await?;
    Catalog::fail_login(&mut tx, turn.id(), LoginState::Waiting, &verdict, Some(retry_at), false).await?;
    tx.commit().await?;
    Err(Error::TryAgain(verdict))
}

/// Before a token is sent for the second and last time, the endpoint must show that it is alive: an outage
/// must not use up the one try that is left. The request carries nothing.
async fn probe(turn: &Turn<'_>) -> Result<(), Error> {
    let settings = &turn.login.settings;
    let alive = match http::Request::get(settings.refresh_endpoint()).body(Vec::new()) {
        Ok(request) => {
            // Any answer of its own will do: many endpoints have nothing but an error for a GET.
            let answer = turn.inner.send(&settings.issuer, request).await;
            answer.is_ok_and(|answer| !matches!(answer.status.as_u16(), 502..=504))
        }
        Err(_) => false,
    };
    if alive {
        return Ok(());
    }
    let now = turn.inner.ports.clock.now();
    let verdict = Verdict { code: "no_connection".to_owned(), detail: String::new(), at: now };
    let retry_at = now.checked_add(backoff(turn.login.failures)).unwrap_or(now);
    let mut tx = turn.inner.catalog.begin().await?;
    Catalog::fail_login(&mut tx, turn.id(), LoginState::Waiting, &verdict, Some(retry_at), false).await?;
    tx.commit().await?;
    Err(Error::TryAgain(verdict))
}

/// Writes down a definite outcome without tokens: the journal row closes, nothing is deleted (K5).
pub(crate) async fn fail<T>(
    turn: &Turn<'_>,
    state: LoginState,
    said: Said,
    after: Option<SignedDuration>,
) -> Result<T, Error> {
    write_down(turn, state, said, after, Row::Close).await
}

/// What becomes of the journal row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    /// The refresh is over.
    Close,
    /// It was not sent after all; an earlier sending stays open.
    TakeBack,
    /// Nothing was sent; an earlier sending stays open.
    Keep,
}

async fn write_down<T>(
    turn: &Turn<'_>,
    state: LoginState,
    said: Said,
    after: Option<SignedDuration>,
    row: Row,
) -> Result<T, Error> {
    let now = turn.inner.ports.clock.now();
    let verdict = Verdict { code: said.code, detail: said.detail, at: now };
    let wait = after.unwrap_or_else(|| backoff(turn.login.failures));
    let retry_at = (state == LoginState::Waiting).then(|| now.checked_add(wait).unwrap_or(now));
    let mut tx = turn.inner.catalog.begin().await?;
    match row {
        Row::Close => Catalog::journal_close(&mut tx, turn.id()).await?,
        Row::TakeBack => Catalog::journal_not_sent(&mut tx, turn.id()).await?,
        Row::Keep => {}
    }
    Catalog::fail_login(&mut tx, turn.id(), state, &verdict, retry_at, after.is_some()).await?;
    step!("failed.before", crate::error::StorageError);
    tx.commit().await?;
    step!("failed.after", crate::error::StorageError);
    Err(match state {
        LoginState::SignInNeeded => Error::SignInNeeded(verdict),
        LoginState::Misconfigured => Error::Misconfigured(verdict),
        LoginState::Frozen => Error::Frozen(verdict),
        LoginState::OtherDevice => Error::OtherDevice,
        LoginState::Waiting | LoginState::Ok => Error::TryAgain(verdict),
    })
}

pub(crate) fn said(code: &str) -> Said {
    Said { code: code.to_owned(), detail: String::new() }
}

async fn log_failure(turn: &Turn<'_>, error: &Error) {
    let known = turn.login.error.as_ref().map(|verdict| verdict.code.as_str());
    let code = match error {
        Error::SignInNeeded(verdict)
        | Error::Misconfigured(verdict)
        | Error::Frozen(verdict)
        | Error::TryAgain(verdict) => verdict.code.as_str(),
        other => other.code(),
    };
    // The hundredth time-out of one outage is not news; nor is a keychain that stays locked, which no row remembers.
    let last = turn.inner.catalog.activity(turn.id(), 1).await.unwrap_or_default();
    let logged = last.first().is_some_and(|last| last.is(What::RefreshFailed) && last.detail == code);
    if known != Some(code) && !logged {
        let ended = matches!(error, Error::SignInNeeded(_));
        turn.inner.note_refusal(&turn.credential, turn.inner.by(turn.why), code, ended).await;
    }
}

/// Tokens of an answer that was kept, and the bytes they came in. Its headers were not kept, so whatever can be read
/// as a form may be one: only a body that tokens were found in is ever kept.
pub(crate) fn reread(body: &SecretBytes, now: Timestamp, quirks: &Quirks) -> Option<Tokens> {
    let quirks = Quirks { form_answer: true, ..quirks.clone() };
    match answer::read(http::StatusCode::OK, &http::HeaderMap::new(), body, now, &quirks) {
        Answer::Tokens(tokens) => Some(*tokens),
        _ => None,
    }
}
