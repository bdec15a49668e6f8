//! Ends the session at the provider itself (OpenID Connect RP-Initiated Logout), in the person's browser.

use url::Url;

use crate::credential::CredentialId;
use crate::error::{DiscoveryError, Error, LoginError};
use crate::vault::Vault;

impl Vault {
    /// Opens the provider's sign-out page. The tokens stay as they are: [`Vault::revoke`] is for those.
    ///
    /// # Errors
    /// [`LoginError::NotOffered`] where the provider has no such page; [`Error::Browser`].
    pub async fn open_sign_out(&self, id: CredentialId) -> Result<Url, Error> {
        let (credential, login) = self.inner.login_entry(id).await?;
        let settings = &login.settings;
        let page = settings.endpoints.end_session.as_ref().ok_or(LoginError::NotOffered("a sign-out page"))?;
        let bad = |_| {
            LoginError::Discovery(DiscoveryError::ForbiddenEndpoint { endpoint: "end_session_endpoint".to_owned() })
        };
        let mut page = Url::parse(page).map_err(bad)?;
        // The ID token that the specification would like as a hint is not kept after it was checked.
        page.query_pairs_mut().append_pair("client_id", &settings.client_id);
        if let Some(account) = &credential.account {
            page.query_pairs_mut().append_pair("logout_hint", account);
        }
        self.inner.ports.browser.open(&page).await?;
        Ok(page)
    }
}
