//! Signing in again with what the first sign-in knew.

use crate::credential::CredentialId;
use crate::error::Error;
use crate::vault::Vault;
use crate::view::LoginInput;

impl Vault {
    /// Returns what a sign-in to a stored login needs, its client secret from the keychain included.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for anything but a login; keychain and storage errors as they are.
    pub async fn login_again(&self, id: CredentialId) -> Result<LoginInput, Error> {
        let entry = self.inner.entry(id).await?;
        let settings = entry.login.ok_or(Error::WrongKind("an API key has no sign-in"))?.settings;
        let row = entry.credential;
        Ok(LoginInput {
            name: row.name,
            provider: row.provider,
            issuer: Some(settings.issuer),
            client_id: Some(settings.client_id),
            client_secret: self.inner.slots.client_secret(id).await?,
            scopes: settings.scopes,
            audience: settings.audience,
            account: settings.account_hint.or(row.account),
            environment: row.environment,
            redirect_uri: settings.redirect_uri,
            prompt: settings.prompt,
            timeout_seconds: None,
        })
    }
}
