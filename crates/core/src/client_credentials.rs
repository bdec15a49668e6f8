//! Access for a program and no person: the client's own token (RFC 6749 §4.4).
//!
//! There is no refresh token to lose. A renewal is a new grant, so an answer that got lost costs nothing and no
//! journal is kept.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::answer::{self, Answer};
use crate::catalog::{Catalog, GrantKind, LoginState, What};
use crate::client::{Client, NoAnswer};
use crate::error::{Error, OrNone as _};
use crate::exchange::Exchange;
use crate::explain::Story;
use crate::keychain_state::keychain_failed;
use crate::ports::HttpError;
use crate::refresh::Renewal;
use crate::refusal::{refused, unanswered};
use crate::rotation::{Turn, fail, said};
use crate::store_answer::{plan, renewal};
use crate::token_request::Grant;
use crate::vault::Vault;
use crate::view::{CredentialView, LoginInput};

impl Vault {
    /// Stores a client that gets tokens for itself, once it has got its first.
    ///
    /// # Errors
    /// [`Error::Login`] when the server refuses; keychain, storage and discovery errors as they are. Nothing is
    /// stored then.
    pub async fn add_client(&self, input: LoginInput) -> Result<CredentialView, Error> {
        self.check_name(&input.name, None).await?;
        if input.client_secret.is_none() {
            let why = "a client that signs in by itself needs its secret or its private key".to_owned();
            return Err(Error::Invalid { field: "client_secret", why });
        }
        if input.dpop {
            // The key would have to rest where the refresh token does, and there is none.
            return Err(Error::Invalid { field: "dpop", why: "it is for sign-ins of a person only".to_owned() });
        }
        self.inner.ports.keychain.check().await?;
        let _key = self.inner.sealer().await?;
        // Nobody waits in a browser, so nobody is told.
        let story = Story::new(Arc::new(|_| {}), self.inner.ports.clock.clone());
        let settings = self.plan_login(&input, GrantKind::ClientCredentials, &story).await?.settings;
        let exchange = Exchange { input, settings, again: None, nonce: None, dpop: None, registration: None };
        let sent_at = self.inner.ports.clock.now();
        let secret = exchange.input.client_secret.as_ref();
        let client = Client { settings: &exchange.settings, secret, dpop: None };
        let raw = self.inner.ask_for_tokens(&client, Grant::ClientCredentials).await.map_err(unanswered)?;
        match answer::read(raw.status, &raw.headers, &raw.body, sent_at, &exchange.settings.quirks) {
            Answer::Tokens(tokens) if tokens.access_token.is_some() => {
                let vault = self.clone();
                let work = async move { vault.accept(&exchange, &tokens, sent_at, &story).await };
                self.own(work).await.unwrap_or(Err(Error::Fault))
            }
            answer => Err(refused(answer).into()),
        }
    }
}

/// Asks for the client's next token, under the credential's lock.
pub(crate) async fn again(turn: &Turn<'_>) -> Result<Renewal, Error> {
    let inner = turn.inner;
    let settings = &turn.login.settings;
    let secret = inner.client_secret(turn.id(), settings).await.inspect_err(|error| {
        if let Error::Keychain(error) = error {
            keychain_failed(inner, error);
        }
    })?;
    let client = Client { settings, secret: secret.as_ref(), dpop: None };
    let sent_at = inner.ports.clock.now();
    let raw = match inner.ask_for_tokens(&client, Grant::ClientCredentials).await {
        Ok(raw) => raw,
        Err(NoAnswer::Http(error)) => return fail(turn, LoginState::Waiting, said(unreached(&error)), None).await,
        Err(NoAnswer::Settings(_)) => return fail(turn, LoginState::Misconfigured, said("bad_settings"), None).await,
    };
    match answer::read(raw.status, &raw.headers, &raw.body, inner.ports.clock.now(), &settings.quirks) {
        Answer::Tokens(tokens) if tokens.access_token.is_some() => {
            let sealer = inner.sealer().await?;
            let done = plan(turn, &sealer, sent_at, &tokens, None)?;
            let mut tx = inner.catalog.begin().await?;
            Catalog::commit_login(&mut tx, turn.id(), &done).await?;
            tx.commit().await?;
            inner.note_by(&turn.credential, inner.by(turn.why), What::Refreshed, renewal(turn, &done)).await;
            done.frozen.map_or(Ok(Renewal::Renewed), |verdict| Err(Error::Frozen(verdict)))
        }
        Answer::Tokens(_) => fail(turn, LoginState::Waiting, said("no_token"), None).await,
        // A client has no sign-in that could end: whatever is refused, its settings are.
        Answer::Ended(said) | Answer::Misconfigured(said) => fail(turn, LoginState::Misconfigured, said, None).await,
        Answer::TryAgain { said, after } => {
            let after = after.and_then(|after| SignedDuration::try_from(after).ok_or_none());
            fail(turn, LoginState::Waiting, said, after).await
        }
    }
}

fn unreached(error: &HttpError) -> &'static str {
    match error {
        HttpError::Connect { .. } => "no_connection",
        HttpError::Forbidden { .. } => "forbidden_address",
        HttpError::Tls { .. } => "tls",
        HttpError::Timeout { .. } => "timeout",
        HttpError::Broken { .. } => "connection_broke",
        HttpError::TooLarge { .. } => "answer_too_large",
    }
}
