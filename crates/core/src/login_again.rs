//! Signs in again to a login that is stored: same issuer, client and scopes, same account.
//!
//! The client secret comes out of the keychain and never passes through a window.

use crate::catalog::GrantKind;
use crate::credential::CredentialId;
use crate::error::Error;
use crate::vault::Vault;
use crate::view::LoginInput;

impl Vault {
    /// Returns what [`Vault::login`] needs to sign in to this credential once more; call it with
    /// `LoginOptions { again: Some(id), .. }`, so that another account is refused.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for anything but a login; keychain errors when there may be a client secret.
    pub async fn login_again(&self, id: CredentialId) -> Result<LoginInput, Error> {
        let entry = self.inner.entry(id).await?;
        let login = entry.login.ok_or(Error::WrongKind("an API key has no sign-in"))?;
        let client_secret = self.inner.slots.client_secret(id).await?;
        let (row, settings) = (entry.credential, login.settings);
        let subject = login.subject;
        // A bare subject identifier is no name that a provider's sign-in page would know.
        let named = row.account.filter(|account| subject.as_ref() != Some(account));
        // A host that stands for a custom issuer is no preset.
        let provider = row.provider.filter(|provider| self.inner.providers().find(provider).is_some());
        Ok(LoginInput {
            name: row.name,
            provider,
            issuer: Some(settings.issuer),
            fields: settings.fields,
            client_id: Some(settings.client_id),
            client_secret,
            scopes: settings.scopes,
            audience: settings.audience,
            account: settings.account_hint.or(named),
            environment: row.environment,
            redirect_uri: settings.redirect_uri,
            prompt: settings.prompt,
            timeout_seconds: None,
            token_endpoint: None,
            resources: settings.resources,
            client_key_id: settings.client_key_id,
            dpop: settings.dpop,
            register: false,
        })
    }

    /// Tells whether a login was signed in to on another device; that is how it is done again.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for anything but a login.
    pub async fn signs_in_by_device(&self, id: CredentialId) -> Result<bool, Error> {
        let (_, login) = self.inner.login_entry(id).await?;
        Ok(login.settings.grant == GrantKind::Device)
    }
}
