//! A narrower token for one service, got in exchange for the login's own (RFC 8693). It is handed out or copied, and
//! not stored.

use jiff::Timestamp;
use serde::Deserialize;

use crate::activity::{By, Facts};
use crate::answer::{self, Answer};
use crate::catalog::{CredentialRow, What};
use crate::client::Client;
use crate::credential::CredentialId;
use crate::error::{Error, LoginError, OrNone as _};
use crate::quick_copy::{COPY_VALIDITY, Format, env_name, shaped};
use crate::refusal::{refused, unanswered};
use crate::secret::Secret;
use crate::store_answer::after;
use crate::token_request::Grant;
use crate::vault::Vault;
use crate::view::ClipboardView;

pub use crate::token_request::Narrower;

/// How a narrower token is sent, whatever header the credential's own token goes in.
const BEARER: &str = "Authorization: Bearer {}";

/// A token that was got in exchange.
#[derive(Debug, Clone)]
pub struct NarrowToken {
    /// The token, in the shape that was asked for.
    pub value: Secret,
    /// When it ends, if that is known.
    pub expires_at: Option<Timestamp>,
    /// What it is good for, where the provider says so.
    pub scopes: Option<Vec<String>>,
    /// Whether it is sent as `Authorization: Bearer`; one of another type is for the service that knows how.
    pub bearer: bool,
}

/// The one member that only an exchange has (RFC 8693 §2.2.1).
#[derive(Deserialize)]
struct Issued {
    issued_token_type: Option<String>,
}

impl Vault {
    /// Exchanges the access token of a login for a narrower one, in the shape asked for; one that is no Bearer token
    /// has only the raw shape.
    ///
    /// # Errors
    /// [`Error::Login`] when the provider refuses; else as [`Vault::access_token`].
    pub async fn narrower_token(
        &self,
        id: CredentialId,
        wanted: &Narrower,
        format: Format,
    ) -> Result<NarrowToken, Error> {
        let (credential, mut token) = self.exchanged(id, wanted).await?;
        if token.bearer {
            token.value = shaped(BEARER, &env_name(&credential), &token.value, format);
        }
        self.inner.note(&credential, What::HandedOut, Facts { narrower: true, ..Facts::default() }).await;
        Ok(token)
    }

    /// Exchanges the access token of a login for a narrower one, copies that to the clipboard and takes it away again
    /// after 30 s, if it is still there.
    ///
    /// # Errors
    /// As [`Vault::narrower_token`], and [`Error::Clipboard`].
    pub async fn copy_narrower(&self, id: CredentialId, wanted: &Narrower) -> Result<ClipboardView, Error> {
        let (credential, token) = self.exchanged(id, wanted).await?;
        let facts = Facts { narrower: true, ..Facts::default() };
        self.put_for_a_while(&credential, token.value, By::Window, facts).await
    }

    async fn exchanged(&self, id: CredentialId, wanted: &Narrower) -> Result<(CredentialRow, NarrowToken), Error> {
        self.refuse_if_locked().await?;
        let token = self.access_token(id, COPY_VALIDITY).await?;
        let (credential, login) = self.inner.login_entry(id).await?;
        let secret = self.inner.client_secret(id, &login.settings).await?;
        let client = Client { settings: &login.settings, secret: secret.as_ref(), dpop: None };
        let sent_at = self.inner.ports.clock.now();
        let grant = Grant::Exchange(&token.value, wanted);
        let raw = self.inner.ask_for_tokens(&client, grant).await.map_err(unanswered)?;
        let tokens = match answer::read(raw.status, &raw.headers, &raw.body, sent_at, &login.settings.quirks) {
            Answer::Tokens(tokens) => *tokens,
            answer => return Err(refused(answer).into()),
        };
        let bad = |why: &str| Error::Login(LoginError::BadAnswer(why.to_owned()));
        // Exposed to the parser; its error would quote the input, so it is dropped.
        let issued: Option<Issued> = serde_json::from_slice(raw.body.expose()).ok_or_none();
        if issued.and_then(|issued| issued.issued_token_type).is_none() {
            return Err(bad("it does not say what kind of token it gave"));
        }
        let value = tokens.access_token.ok_or_else(|| bad("it gave no token"))?;
        let token = NarrowToken {
            value,
            expires_at: tokens.expires_in.and_then(|life| after(sent_at, life)),
            scopes: tokens.scopes,
            bearer: tokens.foreign_type.is_none(),
        };
        self.refuse_if_locked().await?;
        Ok((credential, token))
    }
}

#[cfg(test)]
#[path = "narrower_test.rs"]
mod tests;
