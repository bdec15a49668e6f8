//! From the answer to a stored login: the end of every sign-in, which nobody can cut short.

use jiff::Timestamp;
use url::Url;

use crate::answer::{self, Answer, Tokens};
use crate::catalog::{Catalog, ClientAuth, CredentialRow, GrantKind, LoginRow, LoginSettings, LoginState, What};
use crate::client::Client;
use crate::credential::{CredentialId, Kind};
use crate::device::unanswered;
use crate::dpop::DpopKey;
use crate::error::{Error, LoginError};
use crate::explain::{Fact, Story};
use crate::jwt::{self, ASYMMETRIC_ALGS, IdToken, IdTokenExpect, Keys, MAX_STORED, Parsed};
use crate::login::{LoginProgress, host_of};
use crate::provider::Providers;
use crate::refresh::refresh_time;
use crate::secret::Secret;
use crate::slots::{Envelope, Slot};
use crate::store_answer::{after, seal_access};
use crate::token_request::Grant;
use crate::vault::Vault;
use crate::view::{CredentialView, LoginInput};

/// What the redirect brought, with what it must be checked against.
pub(crate) struct Signed {
    pub(crate) code: Secret,
    pub(crate) verifier: Secret,
    pub(crate) redirect_uri: Url,
}

/// A sign-in that is under way.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) input: LoginInput,
    pub(crate) settings: LoginSettings,
    pub(crate) again: Option<CredentialId>,
    /// What the ID token must repeat; a sign-in on another device has none.
    pub(crate) nonce: Option<Secret>,
    /// The key that the tokens are bound to.
    pub(crate) dpop: Option<DpopKey>,
    /// The token that removes a client that was registered for this sign-in.
    pub(crate) registration: Option<Secret>,
}

impl Vault {
    /// Redeems the code, checks everything about the answer, and stores the login.
    pub(crate) async fn exchange(
        &self,
        mut exchange: Exchange,
        signed: Signed,
        story: &Story,
    ) -> Result<CredentialView, Error> {
        let sent_at = self.inner.ports.clock.now();
        let tokens = self.redeem_as_known(&mut exchange, &signed, story).await?;
        self.accept(&exchange, &tokens, sent_at, story).await
    }

    /// Checks everything about an answer and stores the login.
    pub(crate) async fn accept(
        &self,
        exchange: &Exchange,
        tokens: &Tokens,
        sent_at: Timestamp,
        story: &Story,
    ) -> Result<CredentialView, Error> {
        story.note(&Fact::granted(&exchange.settings, tokens));
        check_type(exchange.settings.dpop, tokens)?;
        let identity = self.identify(exchange, tokens).await?;
        if identity.is_some() {
            story.note(&Fact::IdTokenHolds);
        }
        story.tell(LoginProgress::Storing);
        let id = self.store_login(exchange, tokens, identity.as_ref(), sent_at).await?;
        story.note(&Fact::Stored);
        self.show(id).await
    }

    /// Redeems the code the way this client is registered. Metadata tells only what the server knows of, so a client
    /// that was registered for the other way of RFC 6749 §2.3.1 is refused as such, before the code is looked at.
    async fn redeem_as_known(&self, exchange: &mut Exchange, signed: &Signed, story: &Story) -> Result<Tokens, Error> {
        let first = self.redeem(exchange, signed, story).await;
        let unknown =
            matches!(&first, Err(Error::Login(LoginError::Exchange { code, .. })) if code == "invalid_client");
        if !unknown || exchange.settings.auth != ClientAuth::Basic {
            return first;
        }
        exchange.settings.auth = ClientAuth::Post;
        story.note(&Fact::TriesAgain(ClientAuth::Post));
        // Whatever the second answer complains of, the first is what the person has to know.
        self.redeem(exchange, signed, story).await.or(first)
    }

    /// Sends the code once (P17).
    async fn redeem(&self, exchange: &Exchange, signed: &Signed, story: &Story) -> Result<Tokens, Error> {
        let grant = Grant::Code { code: &signed.code, verifier: &signed.verifier, redirect_uri: &signed.redirect_uri };
        let secret = exchange.input.client_secret.as_ref();
        let client = Client { settings: &exchange.settings, secret, dpop: exchange.dpop.as_ref() };
        let raw = self.inner.ask_for_tokens(&client, grant).await.map_err(unanswered)?;
        story.look_at_clock(&raw.headers);
        let now = self.inner.ports.clock.now();
        let host = host_of(&exchange.settings.token_endpoint);
        let refused = |code: &str| Fact::Refused { host: host.clone(), code: code.to_owned() };
        match answer::read(raw.status, &raw.headers, &raw.body, now, &exchange.settings.quirks) {
            Answer::Tokens(tokens) if tokens.access_token.is_some() => Ok(*tokens),
            Answer::Tokens(_) => Err(LoginError::BadAnswer("it gave no access token".to_owned()).into()),
            Answer::Ended(said) | Answer::Misconfigured(said) => {
                story.note(&refused(&said.code));
                Err(LoginError::Exchange { code: said.code, detail: said.detail }.into())
            }
            // A code of the server's own is its word as well, whatever the status.
            Answer::TryAgain { said, .. } if is_said(&said.code) => {
                story.note(&refused(&said.code));
                Err(LoginError::Exchange { code: said.code, detail: said.detail }.into())
            }
            Answer::TryAgain { said, .. } => {
                story.note(&refused(&said.code));
                Err(LoginError::NoVerdict { code: said.code, detail: said.detail }.into())
            }
        }
    }

    /// Validates the ID token; a sign-in with `openid` that brings none is refused.
    async fn identify(&self, exchange: &Exchange, tokens: &Tokens) -> Result<Option<IdToken>, Error> {
        let settings = &exchange.settings;
        if !settings.openid {
            return Ok(None);
        }
        let invalid = |why: String| Error::Login(LoginError::IdToken(why));
        let token = tokens.id_token.as_ref().ok_or_else(|| invalid("there is none".to_owned()))?;
        // Exposed to the parser, which keeps header and claims only.
        let parsed = Parsed::parse(token.expose(), MAX_STORED).map_err(|error| invalid(error.to_string()))?;
        let signature = self.id_token_signature(exchange, &parsed).await?;
        let listed: Vec<&str> =
            settings.id_token_algs.iter().map(String::as_str).filter(|alg| *alg != "none").collect();
        let hmac_allowed = exchange.input.client_secret.is_some();
        let listed: Vec<&str> = listed.into_iter().filter(|alg| hmac_allowed || !alg.starts_with("HS")).collect();
        let expect = IdTokenExpect {
            issuer: &settings.issuer,
            client_id: &settings.client_id,
            trusted_audiences: &[],
            // Exposed for the comparison.
            nonce: exchange.nonce.as_ref().map(Secret::expose),
            access_token: tokens.access_token.as_ref(),
            subject: None,
            now: self.inner.ports.clock.now(),
            allowed_algs: if listed.is_empty() { &ASYMMETRIC_ALGS } else { &listed },
        };
        jwt::check_id_token(&parsed, &signature, &expect).map(Some).map_err(|error| invalid(error.to_string()))
    }

    async fn id_token_signature(&self, exchange: &Exchange, parsed: &Parsed<'_>) -> Result<jwt::Signature, Error> {
        let alg = parsed.jws.header.get("alg").and_then(|alg| alg.as_str()).unwrap_or_default();
        if let (true, Some(secret)) = (alg.starts_with("HS"), &exchange.input.client_secret) {
            return Ok(jwt::check(parsed, &Keys::Secret(secret)));
        }
        let Some(uri) = &exchange.settings.jwks_uri else {
            return Err(LoginError::IdToken("the issuer publishes no signing keys".to_owned()).into());
        };
        self.check_with_issuer_keys(parsed, &exchange.settings.issuer, uri).await
    }

    async fn store_login(
        &self,
        exchange: &Exchange,
        tokens: &Tokens,
        identity: Option<&IdToken>,
        sent_at: Timestamp,
    ) -> Result<CredentialId, Error> {
        let known = self.same_login(exchange, identity).await?;
        let id = known.as_ref().map_or_else(CredentialId::random, |row| row.id);
        let inner = &self.inner;
        let held = inner.locks.hold(&id.to_string()).await?;
        let now = inner.ports.clock.now();
        // Under the lock: a refresh may have moved the generation since.
        let before = inner.catalog.entry(id).await?.map(|entry| entry.credential);
        let generation = before.as_ref().map_or(0, |row| row.generation + 1);
        // What a client gets for itself it asks for again; it has no refresh token to keep (RFC 6749 §4.4.3).
        let by_itself = exchange.settings.grant == GrantKind::ClientCredentials;
        let refresh_token = tokens.refresh_token.as_ref().filter(|_| !by_itself);
        let renews = by_itself || refresh_token.is_some();
        let sealer = inner.sealer().await?;
        let access = seal_access(&sealer, id, sent_at, tokens)?;
        let login = LoginRow {
            settings: exchange.settings.clone(),
            subject: identity.map(|identity| identity.subject.clone()),
            granted_scopes: tokens.scopes.clone().unwrap_or_else(|| exchange.settings.scopes.clone()),
            sealed_access: access.sealed,
            access_issued_at: Some(sent_at),
            access_expires_at: access.expires_at,
            access_alg: access.alg,
            renews,
            rotations: 0,
            refresh_at: access.expires_at.filter(|_| renews).map(|end| refresh_time(sent_at, end)),
            refreshed_at: None,
            sign_in_ends_at: tokens.refresh_expires_in.and_then(|life| after(sent_at, life)),
            state: LoginState::Ok,
            failures: 0,
            retry_demanded: false,
            error: None,
        };
        let mut row = before.clone().unwrap_or_else(|| new_row(&inner.providers(), id, exchange, identity, now));
        row.generation = generation;
        row.value_since = now;
        (row.shown_start, row.shown_end, row.value_len) = (access.shown_start, access.shown_end, access.len);
        self.keep_secrets(&row, exchange, refresh_token).await?;
        let mut tx = inner.catalog.begin().await?;
        if before.is_none() {
            Catalog::insert(&mut tx, &row).await?;
        } else {
            Catalog::commit_key(&mut tx, &row).await?;
        }
        Catalog::put_login(&mut tx, id, &login).await?;
        tx.commit().await?;
        if let Some(before) = before {
            inner.slots.clear(id, Slot::of(before.generation)).await?;
        }
        let what = if by_itself { What::Added } else { What::SignedIn };
        inner.note(&row, what, format!("at {}", host_of(&exchange.settings.issuer))).await;
        drop(held);
        inner.changed(vec![id]);
        Ok(id)
    }

    /// Puts into the keychain what the login can't be renewed without.
    async fn keep_secrets(
        &self,
        row: &CredentialRow,
        exchange: &Exchange,
        refresh_token: Option<&Secret>,
    ) -> Result<(), Error> {
        let slots = &self.inner.slots;
        let label = format!("Fobwatch: {}", row.name);
        if let Some(secret) = exchange.input.client_secret.as_ref().filter(|_| exchange.settings.has_secret()) {
            slots.set_client_secret(row.id, &label, secret).await?;
        }
        if let Some(token) = &exchange.registration {
            slots.set_registration(row.id, &label, token).await?;
        }
        if let Some(value) = refresh_token {
            slots.write(&self.envelope(row.id, row.generation, exchange, value), &label).await?;
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

    /// Finds the credential that this sign-in renews: the one it was asked for, or the same name, issuer, client
    /// and subject. The identity is (issuer, subject), never the e-mail address (I15).
    async fn same_login(
        &self,
        exchange: &Exchange,
        identity: Option<&IdToken>,
    ) -> Result<Option<CredentialRow>, Error> {
        let subject = identity.map(|identity| identity.subject.as_str());
        for entry in self.inner.catalog.entries().await? {
            let Some(login) = &entry.login else { continue };
            let asked_for = exchange.again == Some(entry.credential.id);
            let same_account = login.subject.as_deref() == subject;
            if asked_for && !same_account {
                return Err(LoginError::WrongAccount.into());
            }
            let same_client = login.settings.issuer == exchange.settings.issuer
                && login.settings.client_id == exchange.settings.client_id;
            if asked_for || (entry.credential.name == exchange.input.name && same_client && same_account) {
                return Ok(Some(entry.credential));
            }
        }
        Ok(None)
    }
}

/// Tells an error code that the server wrote from the words that stand for its silence, and from those that only mean
/// "not now".
fn is_said(code: &str) -> bool {
    let ours = ["bad_answer", "html_answer", "no_token", "server_error", "temporarily_unavailable"];
    !code.starts_with("http_") && !ours.contains(&code)
}

/// Refuses a token of a kind that can't be used as it is (RFC 6749 §7.1), and one that is not bound although that was
/// asked for (RFC 9449 §5).
fn check_type(bound: bool, tokens: &Tokens) -> Result<(), Error> {
    match (&tokens.foreign_type, bound) {
        (None, false) => Ok(()),
        (Some(kind), true) if kind.eq_ignore_ascii_case("dpop") => Ok(()),
        (Some(kind), _) => Err(LoginError::BadAnswer(format!("it gave a token of type {kind}")).into()),
        (None, true) => {
            Err(LoginError::BadAnswer("it gave a token that is not bound to the key (DPoP)".to_owned()).into())
        }
    }
}

fn new_row(
    providers: &Providers,
    id: CredentialId,
    exchange: &Exchange,
    identity: Option<&IdToken>,
    now: Timestamp,
) -> CredentialRow {
    let input = &exchange.input;
    let known = || providers.of_issuer(&exchange.settings.issuer).map(|provider| provider.id.clone());
    let provider = input.provider.clone().or_else(known);
    CredentialRow {
        id,
        name: input.name.clone(),
        kind: if exchange.settings.grant == GrantKind::ClientCredentials {
            Kind::ClientCredentials
        } else {
            Kind::Oauth
        },
        provider: Some(provider.unwrap_or_else(|| host_of(&exchange.settings.issuer))),
        account: identity.map(IdToken::account).or_else(|| input.account.clone()),
        environment: input.environment,
        tags: Vec::new(),
        note: String::new(),
        header: if exchange.settings.dpop { "Authorization: DPoP {}" } else { crate::add_api_key::BEARER }.to_owned(),
        created_at: now,
        value_since: now,
        rotate_by: None,
        rotate_every_days: None,
        last_used_at: None,
        generation: 0,
        fingerprint: None,
        shown_start: String::new(),
        shown_end: String::new(),
        value_len: 0,
    }
}
