//! Takes tokens back at the provider (RFC 7009), and says whether the provider confirmed it.

use crate::activity::Facts;
use crate::answer::harmless;
use crate::catalog::{Catalog, GrantKind, LoginState, What, Why};
use crate::client::{Client, NoAnswer};
use crate::credential::CredentialId;
use crate::error::{Error, OrNone as _, Verdict};
use crate::ports::KeychainError;
use crate::recovery::{self, Recovered};
use crate::rotation::Turn;
use crate::sealer::Purpose;
use crate::secret::Secret;
use crate::vault::{Inner, Vault};
use crate::view::{Revoked, RevokedView};

/// The reason that a login carries after the person revoked it.
pub(crate) const REVOKED: &str = "revoked_by_you";

impl Vault {
    /// Revokes the refresh token and the access token of a login. The credential itself stays.
    ///
    /// A provider that can't be asked, or does not confirm, is no error: the view says so, and the tokens count as
    /// alive (RFC 7009 §2.2.1).
    ///
    /// # Errors
    /// [`Error::WrongKind`] for an API key; keychain and storage errors as they are.
    pub async fn revoke(&self, id: CredentialId) -> Result<RevokedView, Error> {
        let vault = self.clone();
        // Not to be cut between the provider's yes and our own note of it.
        self.own(async move { vault.revoke_now(id).await }).await.unwrap_or(Err(Error::Fault))
    }

    async fn revoke_now(&self, id: CredentialId) -> Result<RevokedView, Error> {
        let inner = &self.inner;
        let held = inner.locks.hold(&id.to_string()).await?;
        // A renewal that was cut off is brought to its end first: the newest token is the one to take back.
        if recovery::settle(inner, id, &held).await? == Recovered::Unsaved {
            let why = "it did not take a renewed token yet, so the newest one can't be revoked";
            return Err(KeychainError::Other(why.to_owned()).into());
        }
        let (credential, login) = inner.login_entry(id).await?;
        let settings = &login.settings;
        let Some(endpoint) = settings.revocation_endpoint.as_deref() else {
            let page = self.show(id).await?.provider_page;
            return Ok(RevokedView { page, ..ended(Revoked::NotOffered, "") });
        };
        let secret = inner.client_secret(id, settings).await?;
        let client = Client { settings, secret: secret.as_ref(), dpop: None };
        let mut envelope = None;
        if login.renews && settings.grant != GrantKind::ClientCredentials {
            let turn =
                Turn { inner, credential: credential.clone(), login: login.clone(), why: Why::Asked, held: &held };
            let newest = recovery::current_envelope(&turn).await?;
            // It goes nowhere but to the provider that gave it (R4).
            if newest.issuer != settings.issuer || newest.client_id != settings.client_id {
                return Ok(ended(Revoked::NotConfirmed, "the token belongs to another issuer or client"));
            }
            envelope = Some(newest);
        }
        let access = match &login.sealed_access {
            Some(sealed) => opened(inner, id, sealed).await?,
            None => None,
        };
        let (mut first, mut second) = (None, None);
        if let Some(envelope) = &envelope {
            first = Some(ask(inner, &client, endpoint, &envelope.value, "refresh_token").await);
        }
        if let Some(token) = &access {
            second = Some(ask(inner, &client, endpoint, token, "access_token").await);
        }
        // The refresh token decides: with it goes everything that could be renewed.
        let Some(decisive) = first.or_else(|| second.clone()) else {
            return Ok(ended(Revoked::NotConfirmed, "there is no token to revoke"));
        };
        if let Err(why) = decisive {
            return Ok(ended(Revoked::NotConfirmed, &why));
        }
        let access_lives = matches!(second, Some(Err(_)));
        let access_ends_at = login.access_expires_at.filter(|_| access_lives);
        self.settle_revoked(id, settings.grant).await?;
        inner.note(&credential, What::Revoked, Facts::default()).await;
        inner.changed(vec![id]);
        Ok(RevokedView { access_lives, access_ends_at, ..ended(Revoked::Confirmed, "") })
    }

    async fn settle_revoked(&self, id: CredentialId, grant: GrantKind) -> Result<(), Error> {
        let now = self.inner.ports.clock.now();
        let mut tx = self.inner.catalog.begin().await?;
        Catalog::forget_access(&mut tx, id, now, false).await?;
        if grant != GrantKind::ClientCredentials {
            let verdict = Verdict { code: REVOKED.to_owned(), detail: String::new(), at: now };
            Catalog::journal_close(&mut tx, id).await?;
            Catalog::fail_login(&mut tx, id, LoginState::SignInNeeded, &verdict, None, false).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Removes the client that Fobwatch registered for this credential, if it registered one; tells whether the
    /// provider confirmed it.
    ///
    /// # Errors
    /// Keychain and storage errors.
    pub async fn remove_registered_client(&self, id: CredentialId) -> Result<Option<bool>, Error> {
        let (_, login) = self.inner.login_entry(id).await?;
        self.unregister(id, &login.settings).await
    }
}

fn ended(outcome: Revoked, why: &str) -> RevokedView {
    RevokedView { outcome, why: why.to_owned(), access_lives: false, access_ends_at: None, page: None }
}

async fn opened(inner: &Inner, id: CredentialId, sealed: &[u8]) -> Result<Option<Secret>, Error> {
    let plain = inner.sealer().await?.open(id, Purpose::Access, sealed).map_err(|_| Error::ItemLost)?;
    // Exposed to become text again; it goes to the endpoint that ends it.
    Ok(std::str::from_utf8(plain.expose()).map(Secret::new).ok_or_none())
}

/// Asks once; an error says in plain words why it is not confirmed.
async fn ask(inner: &Inner, client: &Client<'_>, endpoint: &str, token: &Secret, kind: &str) -> Result<(), String> {
    // Exposed to the one request that ends it.
    let fields = vec![("token", token.expose()), ("token_type_hint", kind)];
    match inner.post(client, endpoint, &fields).await {
        // An unknown token is gone as well (§2.2).
        Ok(raw) if raw.status.is_success() => Ok(()),
        Ok(raw) if raw.status.as_u16() == 503 => Err("it is busy just now".to_owned()),
        Ok(raw) => {
            // Exposed to the parser; the answer to a revocation holds no token.
            let said: serde_json::Value = serde_json::from_slice(raw.body.expose()).unwrap_or_default();
            let code = said.get("error").and_then(serde_json::Value::as_str);
            Err(match code {
                Some("unsupported_token_type") => "it does not revoke tokens of this kind".to_owned(),
                Some(code) => format!("it said {}", harmless(code, 64)),
                None => format!("it answered with HTTP {}", raw.status.as_u16()),
            })
        }
        Err(NoAnswer::Http(error)) => Err(error.to_string()),
        Err(NoAnswer::Settings(_)) => Err("the client's settings can't be sent".to_owned()),
    }
}

#[cfg(test)]
#[path = "revoke_test.rs"]
mod tests;
