//! Steps 7 to 10 of a rotation: from an answer in memory to the commit.
//!
//! First the answer is sealed into the journal, then the new value is written into the other slot and read back,
//! then one transaction moves the generation (the commit), and only then is the old slot emptied. Whatever fails
//! in between leaves at least one durable copy, or keeps the answer in memory and says so.

use jiff::{SignedDuration, Timestamp};

use crate::activity::Facts;
use crate::answer::Tokens;
use crate::catalog::{Catalog, Committed, Generation, GrantKind, LoginState, What, Why};
use crate::error::{Error, OrNone as _, StorageError, Verdict};
use crate::forecast::{Given, next_refresh};
use crate::health::{Fact, facts::of_token};
use crate::identity;
use crate::keychain_state::keychain_failed;
use crate::masked::shown;
use crate::patience::Patience;
use crate::rotation::{Turn, Unsaved};
use crate::sealer::{Purpose, Sealer};
use crate::secret::{Secret, SecretBytes};
use crate::slots::{Envelope, Slot};
use crate::step::step;
use crate::vault::{Event, lock};

/// After a keychain write failed, it is tried again this soon.
const SAVE_AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// A provider that gives no access token is asked again after this time.
const ASK_AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// An answer as it came, with the moment its request went out (lifetimes count from there).
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) sent_at: Timestamp,
    pub(crate) body: SecretBytes,
}

impl Received {
    /// The form that is sealed into the journal.
    pub(crate) fn to_bytes(&self) -> SecretBytes {
        // Exposed to be sealed.
        let body = self.body.expose();
        let mut bytes = Vec::with_capacity(8 + body.len());
        bytes.extend_from_slice(&self.sent_at.as_millisecond().to_le_bytes());
        bytes.extend_from_slice(body);
        SecretBytes::new(bytes)
    }

    /// Reads that form back.
    pub(crate) fn from_bytes(bytes: &SecretBytes) -> Option<Self> {
        // Exposed to be read by the recovery.
        let (sent_at, body) = bytes.expose().split_first_chunk::<8>()?;
        let sent_at = crate::catalog::time(i64::from_le_bytes(*sent_at));
        Some(Self { sent_at, body: SecretBytes::new(body.to_vec()) })
    }
}

/// Makes an answer durable and commits it. Returns an error only if the new tokens are not usable yet; they are
/// never dropped.
pub(crate) async fn store(turn: &Turn<'_>, old: &Envelope, received: Received, tokens: Tokens) -> Result<(), Error> {
    let usable = tokens.access_token.is_some();
    keep(turn, old, received, tokens).await?;
    if usable { Ok(()) } else { without_access(turn).await }
}

/// A renewal that brought no access token: what it did bring is kept, and the provider is asked again in a while. The
/// sign-in itself has not ended (K6).
async fn without_access(turn: &Turn<'_>) -> Result<(), Error> {
    let now = turn.inner.ports.clock.now();
    let verdict = Verdict { code: "no_access_token".to_owned(), detail: String::new(), at: now };
    let again = now.checked_add(ASK_AGAIN).ok_or_none();
    let mut tx = turn.inner.catalog.begin().await?;
    Catalog::fail_login(&mut tx, turn.id(), LoginState::Waiting, &verdict, again, false).await?;
    tx.commit().await?;
    Err(Error::TryAgain(verdict))
}

async fn keep(turn: &Turn<'_>, old: &Envelope, received: Received, tokens: Tokens) -> Result<(), Error> {
    let inner = turn.inner;
    let sealer = inner.sealer().await?;
    let new = tokens.refresh_token.clone().filter(|token| *token != old.value);
    let Some(value) = new else {
        // No new token: the old one stays where it is, only the expiry is news.
        let done = plan(turn, &sealer, received.sent_at, &tokens, None)?;
        commit(turn, &done).await?;
        if tokens.unusable_refresh {
            let facts = Facts { remark: Some("token_kept".to_owned()), ..Facts::default() };
            inner.note_by(&turn.credential, inner.by(turn.why), What::Refreshed, facts).await;
        }
        return Ok(());
    };
    // Step 7, before validation, logging or any other await.
    let blob = sealer.seal(turn.id(), Purpose::Received, &received.to_bytes()).map_err(|_| Error::ItemLost)?;
    let journaled = inner.catalog.journal_received(turn.id(), &blob, inner.ports.clock.now()).await;
    if let Err(error) = &journaled {
        // The slot below is the second chance, and waits for nobody; memory is the third.
        Patience::here().end();
        let sent = sealer.fingerprint(&old.value);
        lock(&inner.unsaved).insert(turn.id(), Unsaved { received: received.clone(), sent });
        tracing::error!(%error, "the journal did not take a renewed token");
    }
    save(turn, &sealer, old, &received, &tokens, value, journaled).await
}

/// Steps 8 to 10.
pub(crate) async fn save(
    turn: &Turn<'_>,
    sealer: &Sealer,
    old: &Envelope,
    received: &Received,
    tokens: &Tokens,
    value: Secret,
    journaled: Result<(), StorageError>,
) -> Result<(), Error> {
    let inner = turn.inner;
    let generation = next_generation(turn.credential.generation, old.generation);
    let envelope = Envelope { generation, value, device: inner.device.clone(), ..old.clone() };
    let mut done = plan(turn, sealer, received.sent_at, tokens, Some(&envelope))?;
    if let Err(error) = inner.slots.write(&envelope, &turn.label()).await {
        keychain_failed(inner, &error);
        // Neither journal nor keychain: the caller hears of it, the answer stays in memory.
        journaled?;
        // The login is safe in the sealed journal, and the access token can be used meanwhile.
        done.refresh_at = inner.ports.clock.now().checked_add(SAVE_AGAIN).ok_or_none();
        inner.catalog.keep_access(turn.id(), &done).await?;
        return Ok(());
    }
    let committed = commit(turn, &done).await;
    if !matches!(committed, Ok(()) | Err(Error::Frozen(_))) {
        return committed;
    }
    // A frozen login is committed like any other; only its token is not handed out.
    lock(&inner.unsaved).remove(&turn.id());
    // Step 10. A slot that can't be emptied now is overwritten by the next rotation.
    if let Err(error) = inner.slots.clear(turn.id(), Slot::of(old.generation)).await {
        tracing::warn!(%error, "the old slot was not emptied");
    }
    if let Some(error) = lock(&inner.keychain_seen).take() {
        tracing::info!(%error, "the keychain works again");
        drop(inner.events.send(Event::Keychain));
    }
    committed
}

async fn commit(turn: &Turn<'_>, done: &Committed) -> Result<(), Error> {
    let mut tx = turn.inner.catalog.begin().await?;
    Catalog::commit_login(&mut tx, turn.id(), done).await?;
    step!("commit.before", StorageError);
    tx.commit().await?;
    step!("commit.after", StorageError);
    let what = if done.new_token.is_some() { What::Rotated } else { What::Refreshed };
    turn.inner.note_by(&turn.credential, turn.inner.by(turn.why), what, renewal(turn, done)).await;
    match &done.frozen {
        Some(verdict) => Err(Error::Frozen(verdict.clone())),
        None => Ok(()),
    }
}

/// What the log says of a renewal.
pub(crate) fn renewal(turn: &Turn<'_>, done: &Committed) -> Facts {
    let remark = match turn.why {
        Why::Wanted => Some("longer_wanted"),
        Why::Recovered => Some("was_cut_off"),
        Why::Due | Why::Asked | Why::SignedIn | Why::TakenOver => None,
    };
    Facts {
        rotation: done.new_token.as_ref().map(|_| turn.login.rotations + 1),
        valid_seconds: done.access_expires_at.map(|end| end.duration_since(done.at).as_secs()),
        remark: remark.map(str::to_owned),
        ..Facts::default()
    }
}

/// The generation after `row` whose slot is not the one that `used` rests in.
pub(crate) fn next_generation(row: u64, used: u64) -> u64 {
    if Slot::of(row + 1) == Slot::of(used) { row + 2 } else { row + 1 }
}

/// Works out what the commit writes. The verdict on identity, scope and type is part of it, so that a crash
/// right after the commit can't hand out a token that should be frozen (R5).
pub(crate) fn plan(
    turn: &Turn<'_>,
    sealer: &Sealer,
    sent_at: Timestamp,
    tokens: &Tokens,
    new: Option<&Envelope>,
) -> Result<Committed, Error> {
    let now = turn.inner.ports.clock.now();
    let login = &turn.login;
    let granted_scopes = tokens.scopes.clone().unwrap_or_else(|| login.granted_scopes.clone());
    let frozen = identity::mismatch(login, tokens, &granted_scopes).map(|(code, detail)| Verdict {
        code: code.to_owned(),
        detail,
        at: now,
    });
    let ahead = turn.inner.ahead_at(login.settings.refresh_endpoint());
    let access = seal_access(sealer, turn.id(), sent_at, tokens, ahead)?;
    let known = turn.inner.known_refresh(&turn.credential);
    let given = Given {
        sent_at,
        access_ends_at: access.expires_at,
        refresh_expires_in: tokens.refresh_expires_in,
        known: known.as_ref().filter(|_| login.settings.grant != GrantKind::ClientCredentials),
        lead_seconds: turn.credential.chosen.lead_seconds,
    };
    let refresh_at = next_refresh(given);
    let sign_in_ends_at = tokens.refresh_expires_in.and_then(|life| after(sent_at, life));
    Ok(Committed {
        generation: new.map_or(turn.credential.generation, |new| new.generation),
        new_token: new.map(|new| Generation {
            number: new.generation,
            at: now,
            why: turn.why,
            fingerprint: sealer.fingerprint(&new.value),
            scopes: granted_scopes.clone(),
        }),
        granted_scopes,
        refresh_at,
        sealed_access: access.sealed,
        access_issued_at: sent_at,
        access_expires_at: access.expires_at,
        access_alg: access.alg,
        facts: access.facts,
        shown_start: access.shown_start,
        shown_end: access.shown_end,
        value_len: access.len,
        sign_in_ends_at,
        frozen,
        at: now,
    })
}

/// What is stored of an access token.
pub(crate) struct Access {
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) alg: Option<String>,
    pub(crate) facts: Vec<(Fact, i64)>,
    pub(crate) shown_start: String,
    pub(crate) shown_end: String,
    pub(crate) len: u64,
}

/// Seals the access token of an answer and works out its end: `expires_in`, else the JWT's own `exp`, else
/// unknown. An answer without an access token leaves the old one, which counts as ended.
pub(crate) fn seal_access(
    sealer: &Sealer,
    id: crate::credential::CredentialId,
    sent_at: Timestamp,
    tokens: &Tokens,
    ahead: SignedDuration,
) -> Result<Access, Error> {
    let Some(token) = &tokens.access_token else {
        let none = String::new;
        let end = Some(sent_at);
        let (shown_start, shown_end) = (none(), none());
        return Ok(Access {
            sealed: None,
            expires_at: end,
            alg: None,
            facts: Vec::new(),
            shown_start,
            shown_end,
            len: 0,
        });
    };
    // Exposed to be sealed, and to look at its form.
    let plain = SecretBytes::new(token.expose().as_bytes().to_vec());
    let jwt = identity::peek(token);
    let (shown_start, shown_end) = shown(token, jwt.is_some());
    let expires_at = match tokens.expires_in {
        Some(life) => after(sent_at, life),
        // A moment by the provider's clock; all that is stored is by ours.
        None => jwt.as_ref().and_then(|jwt| jwt.expires_at?.checked_sub(ahead).ok_or_none()),
    };
    Ok(Access {
        sealed: Some(sealer.seal(id, Purpose::Access, &plain).map_err(|_| Error::ItemLost)?),
        expires_at,
        alg: jwt.map(|jwt| jwt.alg),
        facts: of_token(token),
        shown_start,
        shown_end,
        len: u64::try_from(token.len()).unwrap_or(u64::MAX),
    })
}

/// The moment `seconds` after `from`, if there is such a moment.
pub(crate) fn after(from: Timestamp, seconds: i64) -> Option<Timestamp> {
    from.checked_add(SignedDuration::from_secs(seconds)).ok_or_none()
}

#[cfg(test)]
#[path = "store_answer_test.rs"]
mod tests;
