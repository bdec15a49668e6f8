//! Leaving logins alone: the scheduler renews nothing of them until the person, or the moment that was named, says so.
//!
//! A pause that ends by itself is ended by the scheduler, the only one whom it concerns; so the flag in the database is
//! the truth for everybody else.

use jiff::Timestamp;

use crate::activity::By;
use crate::catalog::CredentialRow;
use crate::change::one;
use crate::credential::CredentialId;
use crate::error::Error;
use crate::vault::Vault;
use crate::view::PausesView;

impl Vault {
    /// Tells the scheduler to leave logins alone, or to look after them again. A refresh that is under way lands; who
    /// asks for a token of a paused login still gets a fresh one.
    ///
    /// # Errors
    /// [`Error::WrongKind`] for what does not renew itself; then none has changed.
    pub async fn pause_refreshing(&self, ids: &[CredentialId], on: bool) -> Result<(), Error> {
        self.pause_rows(self.inner.asked_by(), self.rows(ids).await?, on, None).await
    }

    /// Tells the scheduler to leave all logins alone: until a moment within two days, or until the person says otherwise. What is paused
    /// already stays paused for as long as it was.
    ///
    /// # Errors
    /// Storage errors; then none has changed.
    pub async fn pause_all(&self, by: By, until: Option<Timestamp>) -> Result<(), Error> {
        let rows = self.logins(self.inner.catalog.logins_paused(false).await?).await?;
        self.pause_rows(by, rows, true, until).await
    }

    /// Looks after all logins again that were paused.
    ///
    /// # Errors
    /// Storage errors; then none has changed.
    pub async fn resume_all(&self, by: By) -> Result<(), Error> {
        let rows = self.logins(self.inner.catalog.logins_paused(true).await?).await?;
        self.pause_rows(by, rows, false, None).await
    }

    /// Tells how many logins are paused.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn pauses(&self) -> Result<PausesView, Error> {
        Ok(self.inner.catalog.pauses().await?)
    }

    /// Looks after those logins again whose pause has ended; returns when the next one does.
    pub(crate) async fn end_pauses(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        let ended = self.inner.catalog.pauses_ended(now).await?;
        if !ended.is_empty() {
            self.pause_rows(By::Background, self.logins(ended).await?, false, None).await?;
        }
        Ok(self.inner.catalog.next_pause_end().await?)
    }

    /// Returns those of the logins that are still there.
    async fn logins(&self, ids: Vec<CredentialId>) -> Result<Vec<CredentialRow>, Error> {
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            match self.inner.entry(id).await {
                Ok(entry) => rows.push(entry.credential),
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(rows)
    }

    async fn pause_rows(
        &self,
        by: By,
        mut rows: Vec<CredentialRow>,
        on: bool,
        until: Option<Timestamp>,
    ) -> Result<(), Error> {
        let mut tx = self.inner.catalog.begin().await?;
        let mut notes = Vec::new();
        for row in &mut rows {
            notes.extend(one::pause(&mut tx, row, on, until).await?);
        }
        tx.commit().await?;
        self.tell(by, &notes).await;
        Ok(())
    }
}

#[cfg(test)]
#[path = "pause_test.rs"]
mod tests;
