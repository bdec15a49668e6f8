//! Stores a login once everything about the answer was checked.
//!
//! Invariant: until the commit the login that was there before can be used as it was (K2), and a failure puts every
//! keychain item back. An answer without a refresh token takes none away (K5).

use jiff::Timestamp;

use super::Exchange;
use super::new_row::new_row;
use super::same::{Asked, renewed, same_client};
use crate::activity::Facts;
use crate::answer::Tokens;
use crate::catalog::{
    Catalog, Committed, CredentialRow, Entry, Generation, GrantKind, LoginRow, LoginState, What, Why,
};
use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _};
use crate::forecast::{Given, SignInEnd, next_refresh, sign_in_end};
use crate::health::Fact;
use crate::identity::sha256_hex;
use crate::jwt::IdToken;
use crate::locks::Held;
use crate::login::{host_of, moved_endpoint};
use crate::provider::Refresh;
use crate::recovery::settle;
use crate::secret::Secret;
use crate::slots::{Envelope, Found, Slot};
use crate::store_answer::{Access, seal_access};
use crate::vault::{Vault, lock};

/// A sign-in that is complete.
#[derive(Clone, Copy)]
pub(super) struct Signature<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) tokens: &'a Tokens,
    pub(super) identity: Option<&'a IdToken>,
    pub(super) sent_at: Timestamp,
}

/// What a client proves itself by and is removed with, as it was before.
#[derive(Default)]
struct Before {
    client_secret: Option<Secret>,
    registration: Option<Secret>,
}

impl Signature<'_> {
    fn subject(&self) -> Option<&str> {
        self.identity.map(|identity| identity.subject.as_str())
    }

    pub(super) fn account(&self) -> Option<String> {
        self.identity.map(IdToken::account).or_else(|| self.exchange.input.account.clone())
    }

    /// A client that gets tokens for itself asks for the next one; it has no refresh token to keep (RFC 6749 §4.4.3).
    pub(super) fn by_itself(&self) -> bool {
        self.exchange.settings.grant == GrantKind::ClientCredentials
    }

    fn refresh_token(&self) -> Option<&Secret> {
        self.tokens.refresh_token.as_ref().filter(|_| !self.by_itself())
    }

    /// Tells whether the stored refresh token goes on: this answer brought none, and it is the same account's, for the
    /// same client at the same place.
    fn keeps(&self, stored: &LoginRow) -> bool {
        let settings = &self.exchange.settings;
        self.refresh_token().is_none()
            && !self.by_itself()
            && stored.renews
            && same_client(stored, settings)
            && stored.subject.as_deref() == self.subject()
            && stored.settings.refresh_endpoint() == settings.refresh_endpoint()
    }
}

impl Vault {
    pub(super) async fn store_login(&self, signed: Signature<'_>) -> Result<CredentialId, Error> {
        let inner = &self.inner;
        let id = self.id_for(&signed).await?;
        // There are tokens that exist nowhere else: whoever holds the lock, it is waited for.
        let held = inner.locks.hold_at_last(&id.to_string()).await?;
        let mut before = inner.catalog.entry(id).await?;
        let kept = before.as_ref().and_then(|entry| entry.login.as_deref()).is_some_and(|login| signed.keeps(login));
        let sealer = inner.sealer().await?;
        let ahead = inner.ahead_at(signed.exchange.settings.refresh_endpoint());
        let access = seal_access(&sealer, id, signed.sent_at, signed.tokens, ahead)?;
        if kept && !self.is_settled(id, &held).await? {
            self.keep_access_only(&signed, before, access).await?;
            return Ok(id);
        }
        if kept {
            // Settling may have moved the generation.
            before = inner.catalog.entry(id).await?;
        }
        let now = inner.ports.clock.now();
        let stored = before.as_ref().and_then(|entry| entry.login.as_deref());
        let mut row = before
            .as_ref()
            .map_or_else(|| new_row(&inner.providers(), id, &signed, now), |entry| entry.credential.clone());
        if before.is_some() && !kept {
            row.generation = self.next_generation(&row).await?;
        }
        row.value_since = now;
        row.shown_start.clone_from(&access.shown_start);
        row.shown_end.clone_from(&access.shown_end);
        row.value_len = access.len;
        let known = inner.known_refresh(&row);
        let facts = access.facts.clone();
        let login =
            login_row(&signed, access, stored.filter(|_| kept), stored, known.as_ref(), row.chosen.lead_seconds);
        self.commit(&signed, &row, (&login, &facts), before.is_none()).await?;
        // A renewal that still waited for the keychain belongs to the login before.
        lock(&inner.unsaved).remove(&id);
        if before.is_some()
            && !kept
            && let Err(error) = inner.slots.clear(id, Slot::of(row.generation + 1)).await
        {
            tracing::warn!(%error, "the slot of the login before was not emptied");
        }
        let what = if signed.by_itself() { What::Added } else { What::SignedIn };
        let facts = Facts {
            host: Some(host_of(&signed.exchange.settings.issuer)),
            scopes: u64::try_from(login.granted_scopes.len()).ok_or_none(),
            ..Facts::default()
        };
        inner.note(&row, what, facts).await;
        drop(held);
        inner.changed(vec![id]);
        Ok(id)
    }

    async fn id_for(&self, signed: &Signature<'_>) -> Result<CredentialId, Error> {
        let (entries, account) = (self.inner.catalog.entries().await?, signed.account());
        let exchange = signed.exchange;
        let asked = Asked {
            again: exchange.again,
            name: &exchange.input.name,
            settings: &exchange.settings,
            subject: signed.subject(),
            account: account.as_deref(),
        };
        let Some(entry) = renewed(&entries, &asked)? else { return Ok(CredentialId::random()) };
        // A person's endpoints were compared before the browser opened; a program has no browser.
        if let (true, Some(login)) = (signed.by_itself(), &entry.login) {
            moved_endpoint(&login.settings, &exchange.settings)?;
        }
        Ok(entry.credential.id)
    }

    /// Brings a refresh that was cut off to its end, so that the token that is kept is the live one.
    async fn is_settled(&self, id: CredentialId, held: &Held) -> Result<bool, Error> {
        if let Err(error) = settle(&self.inner, id, held).await {
            tracing::warn!(code = error.code(), %id, "a refresh that was cut off waits");
        }
        Ok(self.inner.catalog.journal(id).await?.is_none() && !lock(&self.inner.unsaved).contains_key(&id))
    }

    /// Takes the access token of a sign-in and leaves the rest to the refresh that is still open: its journal row
    /// tells how often the token was sent (K3), so it must stay.
    async fn keep_access_only(
        &self,
        signed: &Signature<'_>,
        before: Option<Entry>,
        access: Access,
    ) -> Result<(), Error> {
        let Some(Entry { credential, login: Some(login) }) = before else { return Err(Error::Fault) };
        let done = Committed {
            generation: credential.generation,
            new_token: None,
            granted_scopes: login.granted_scopes,
            refresh_at: next_refresh(Given {
                sent_at: signed.sent_at,
                access_ends_at: access.expires_at,
                refresh_expires_in: None,
                known: self.inner.known_refresh(&credential).as_ref(),
                lead_seconds: credential.chosen.lead_seconds,
            }),
            sealed_access: access.sealed,
            access_issued_at: signed.sent_at,
            access_expires_at: access.expires_at,
            access_alg: access.alg,
            facts: access.facts,
            shown_start: access.shown_start,
            shown_end: access.shown_end,
            value_len: access.len,
            sign_in_ends_at: None,
            frozen: None,
            at: self.inner.ports.clock.now(),
        };
        self.inner.catalog.keep_access(credential.id, &done).await?;
        let facts = Facts { host: Some(host_of(&login.settings.issuer)), ..Facts::default() };
        self.inner.note(&credential, What::SignedIn, facts).await;
        self.inner.changed(vec![credential.id]);
        Ok(())
    }

    /// Returns the generation after the newest that a slot holds, so that this one is not overwritten.
    async fn next_generation(&self, row: &CredentialRow) -> Result<u64, Error> {
        Ok(match self.inner.slots.read(row.id, Slot::of(row.generation + 1)).await? {
            Found::Good(envelope) => envelope.generation.max(row.generation) + 1,
            Found::Empty | Found::Bad => row.generation + 1,
        })
    }

    /// Puts the secrets into the keychain and the rest into the database; after a failure everything is as before.
    async fn commit(
        &self,
        signed: &Signature<'_>,
        row: &CredentialRow,
        (login, facts): (&LoginRow, &[(Fact, i64)]),
        is_new: bool,
    ) -> Result<(), Error> {
        let slots = &self.inner.slots;
        let before = if is_new {
            Before::default()
        } else {
            Before {
                client_secret: slots.client_secret(row.id).await?,
                registration: slots.registration(row.id).await?,
            }
        };
        let stored = async {
            self.keep_secrets(row, signed).await?;
            let mut tx = self.inner.catalog.begin().await?;
            if is_new {
                Catalog::insert(&mut tx, row).await?;
            } else {
                Catalog::commit_key(&mut tx, row).await?;
            }
            Catalog::put_login(&mut tx, row.id, login).await?;
            Catalog::put_facts(&mut tx, row.id, facts).await?;
            if let Some(value) = signed.refresh_token() {
                Catalog::add_generation(&mut tx, row.id, &self.first_generation(row, login, value).await?).await?;
            }
            tx.commit().await.map_err(Error::from)
        };
        let Err(error) = stored.await else {
            if let Some(registration) = &signed.exchange.registration {
                registration.keep();
            }
            return Ok(());
        };
        let undone = if is_new {
            slots.remove_all(row.id).await.map_err(Error::from)
        } else {
            self.put_back(row, signed, before).await
        };
        if let Err(error) = undone {
            tracing::warn!(code = error.code(), "items of a sign-in that was not stored stay in the keychain");
        }
        Err(error)
    }

    /// The first of a new family, for its history.
    async fn first_generation(
        &self,
        row: &CredentialRow,
        login: &LoginRow,
        value: &Secret,
    ) -> Result<Generation, Error> {
        Ok(Generation {
            number: row.generation,
            at: row.value_since,
            why: Why::SignedIn,
            fingerprint: self.inner.sealer().await?.fingerprint(value),
            scopes: login.granted_scopes.clone(),
        })
    }

    /// Puts into the keychain what the login can't be renewed without. The refresh token first: it has a slot of its
    /// own, the others stand where the ones before stood.
    async fn keep_secrets(&self, row: &CredentialRow, signed: &Signature<'_>) -> Result<(), Error> {
        let slots = &self.inner.slots;
        let exchange = signed.exchange;
        let label = label(row);
        if let Some(value) = signed.refresh_token() {
            slots.write(&self.envelope(row.id, row.generation, exchange, value), &label).await?;
        }
        if let Some(secret) = exchange.input.client_secret.as_ref().filter(|_| exchange.settings.has_secret()) {
            slots.set_client_secret(row.id, &label, secret).await?;
        }
        if let Some(registration) = &exchange.registration {
            slots.set_registration(row.id, &label, registration.token()).await?;
        }
        Ok(())
    }

    async fn put_back(&self, row: &CredentialRow, signed: &Signature<'_>, before: Before) -> Result<(), Error> {
        let slots = &self.inner.slots;
        if signed.refresh_token().is_some() {
            slots.clear(row.id, Slot::of(row.generation)).await?;
        }
        if let Some(secret) = before.client_secret {
            slots.set_client_secret(row.id, &label(row), &secret).await?;
        }
        if let Some(token) = before.registration {
            slots.set_registration(row.id, &label(row), &token).await?;
        }
        Ok(())
    }

    fn envelope(&self, id: CredentialId, generation: u64, exchange: &Exchange, value: &Secret) -> Envelope {
        Envelope {
            credential: id,
            device: self.inner.device.clone(),
            generation,
            issuer: exchange.settings.issuer.clone(),
            client_id: exchange.settings.client_id.clone(),
            token_endpoint: exchange.settings.refresh_endpoint().to_owned(),
            value: value.clone(),
            dpop: exchange.dpop.clone(),
        }
    }
}

fn label(row: &CredentialRow) -> String {
    format!("Fobwatch: {}", row.name)
}

/// Makes the row of the login; `kept` is the one whose refresh token goes on, `stored` the one that was there.
fn login_row(
    signed: &Signature<'_>,
    access: Access,
    kept: Option<&LoginRow>,
    stored: Option<&LoginRow>,
    known: Option<&Refresh>,
    lead_seconds: Option<u32>,
) -> LoginRow {
    let (exchange, tokens, sent_at) = (signed.exchange, signed.tokens, signed.sent_at);
    let renews = signed.by_itself() || signed.refresh_token().is_some() || kept.is_some();
    let mut settings = exchange.settings.clone();
    if settings.registered_at.is_none() {
        // The client is still the one that we registered, and can be removed there.
        let same = stored.filter(|stored| same_client(stored, &settings));
        settings.registered_at = same.and_then(|stored| stored.settings.registered_at.clone());
    }
    // Exposed to be hashed; it was in the address that the browser opened.
    settings.nonce_sha256 = exchange.nonce.as_ref().map(|nonce| sha256_hex(nonce.expose()));
    let known = known.filter(|_| !signed.by_itself());
    let refresh_expires_in = tokens.refresh_expires_in;
    let given = Given { sent_at, access_ends_at: access.expires_at, refresh_expires_in, known, lead_seconds };
    // Where the stored refresh token goes on, so does its end.
    let ends = kept.map_or_else(
        || sign_in_end(sent_at, refresh_expires_in, known),
        |kept| kept.sign_in_ends_at.map(|at| SignInEnd { at, usual: kept.sign_in_end_usual }),
    );
    LoginRow {
        settings,
        subject: signed.identity.map(|identity| identity.subject.clone()),
        granted_scopes: tokens.scopes.clone().unwrap_or_else(|| exchange.settings.scopes.clone()),
        sealed_access: access.sealed,
        access_issued_at: Some(sent_at),
        access_expires_at: access.expires_at,
        access_alg: access.alg,
        renews,
        rotations: 0,
        refresh_at: next_refresh(given).filter(|_| renews),
        refreshed_at: None,
        sign_in_ends_at: ends.map(|end| end.at),
        sign_in_end_usual: ends.is_some_and(|end| end.usual),
        signed_in_at: Some(sent_at),
        state: LoginState::Ok,
        failing_since: None,
        failures: 0,
        keeps: kept.map_or(0, |kept| kept.keeps),
        retry_demanded: false,
        error: None,
    }
}

#[cfg(test)]
#[path = "store_test.rs"]
mod tests;
