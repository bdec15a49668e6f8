//! Opens pages in the person's browser: a provider's, or that of a sign-in that waits.
//!
//! The window names what to open, never an address: addresses come from the provider data or from a sign-in.

use url::Url;

use crate::credential::CredentialId;
use crate::error::Error;
use crate::vault::Vault;

impl Vault {
    /// Opens the provider's page of a credential, where keys are made and revoked.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::WrongKind`] when no page is known, [`Error::Browser`].
    pub async fn open_provider_page(&self, id: CredentialId) -> Result<(), Error> {
        self.open_known(self.show(id).await?.provider_page.as_deref()).await
    }

    /// Opens the page where a client is registered with a ready provider.
    ///
    /// # Errors
    /// [`Error::WrongKind`] when no page is known, [`Error::Browser`].
    pub async fn open_clients_page(&self, provider: &str) -> Result<(), Error> {
        let providers = self.inner.providers();
        let page = providers.find(provider).and_then(|provider| provider.oauth.as_ref()?.clients_page.as_deref());
        self.open_known(page).await
    }

    /// Opens the address of a sign-in that waits once more.
    ///
    /// # Errors
    /// [`Error::Browser`].
    pub async fn open_authorize_page(&self, authorize: &Url) -> Result<(), Error> {
        Ok(self.inner.ports.browser.open(authorize).await?)
    }

    async fn open_known(&self, page: Option<&str>) -> Result<(), Error> {
        let unknown = || Error::WrongKind("no page is known for this provider");
        let url = Url::parse(page.ok_or_else(unknown)?).map_err(|_| unknown())?;
        Ok(self.inner.ports.browser.open(&url).await?)
    }
}
