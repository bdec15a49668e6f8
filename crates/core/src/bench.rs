//! What the scale bench needs and no program has: thousands of logins at once, and a look into the scheduler.

use jiff::{SignedDuration, Timestamp};

use crate::catalog::Catalog;
use crate::credential::CredentialId;
use crate::error::Error;
use crate::refresh::refresh_time;
use crate::sealer::Purpose;
use crate::secret::{Secret, SecretBytes};
use crate::slots::{Envelope, Found, Slot};
use crate::vault::Vault;

/// A login to be planted.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Its name.
    pub name: String,
    /// Where it is renewed.
    pub token_endpoint: String,
    /// Its first refresh token; without one it is a row that nothing in the keychain stands behind.
    pub refresh_token: Option<String>,
    /// When its access token was issued.
    pub issued_at: Timestamp,
    /// How long that token lives.
    pub life: SignedDuration,
}

/// How a planted login stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// When its token ends.
    pub ends_at: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
}

impl Vault {
    /// Copies the login `of` as often as there are plants, each with tokens of its own.
    ///
    /// # Errors
    /// Keychain and storage errors as they are.
    pub async fn plant(&self, of: CredentialId, plants: &[Plant]) -> Result<(), Error> {
        let inner = &self.inner;
        let (row, login) = inner.login_entry(of).await?;
        let Found::Good(envelope) = inner.slots.read(of, Slot::of(row.generation)).await? else {
            return Err(Error::ItemLost);
        };
        let sealer = inner.sealer().await?;
        let mut tx = inner.catalog.begin().await?;
        for plant in plants {
            let id = CredentialId::random();
            let mut row = row.clone();
            (row.id, row.name) = (id, plant.name.clone());
            let mut login = login.clone();
            login.settings.token_endpoint.clone_from(&plant.token_endpoint);
            let end = plant.issued_at.checked_add(plant.life).unwrap_or(plant.issued_at);
            let access = SecretBytes::new(plant.name.as_bytes().to_vec());
            login.sealed_access = Some(sealer.seal(id, Purpose::Access, &access).map_err(|_| Error::ItemLost)?);
            login.access_issued_at = Some(plant.issued_at);
            login.access_expires_at = Some(end);
            login.refresh_at = Some(refresh_time(plant.issued_at, end));
            if let Some(value) = &plant.refresh_token {
                let (token_endpoint, value) = (plant.token_endpoint.clone(), Secret::new(value));
                let envelope = Envelope { credential: id, token_endpoint, value, ..(*envelope).clone() };
                inner.slots.write(&envelope, &plant.name).await?;
            }
            Catalog::insert(&mut tx, &row).await?;
            Catalog::put_login(&mut tx, id, &login).await?;
        }
        Ok(tx.commit().await.map_err(crate::error::StorageError::from)?)
    }

    /// Returns how many refreshes are under way in this process.
    #[must_use]
    pub fn flying(&self) -> usize {
        self.inner.flights.count()
    }

    /// Returns how all logins stand.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn standing(&self) -> Result<Vec<Standing>, Error> {
        let entries = self.inner.catalog.entries().await?;
        Ok(entries
            .into_iter()
            .filter_map(|entry| {
                let login = entry.login?;
                let error = login.error.map(|verdict| verdict.code);
                Some(Standing { name: entry.credential.name, ends_at: login.access_expires_at, error })
            })
            .collect())
    }
}
