//! From the code to a stored login: the end of a sign-in, which nobody can cut short.

use jiff::Timestamp;
use url::Url;

use crate::answer::{self, Answer, Tokens};
use crate::catalog::{Catalog, ClientAuth, CredentialRow, LoginRow, LoginSettings, LoginState, What};
use crate::credential::{CredentialId, Kind};
use crate::error::{Error, LoginError};
use crate::jwt::{self, ASYMMETRIC_ALGS, IdToken, IdTokenExpect, Keys, MAX_STORED, Parsed};
use crate::login::{LoginProgress, Tell, host_of};
use crate::refresh::refresh_time;
use crate::secret::Secret;
use crate::slots::{Envelope, Slot};
use crate::store_answer::{after, seal_access};
use crate::token_request::{self, Grant, NoAnswer};
use crate::vault::Vault;
use crate::view::{CredentialView, LoginInput};

/// What the redirect brought, with what it must be checked against.
pub(crate) struct Signed {
    pub(crate) code: Secret,
    pub(crate) verifier: Secret,
    pub(crate) nonce: Option<Secret>,
    pub(crate) redirect_uri: Url,
}

/// A sign-in whose code is in hand.
pub(crate) struct Exchange {
    pub(crate) input: LoginInput,
    pub(crate) settings: LoginSettings,
    pub(crate) again: Option<CredentialId>,
    pub(crate) signed: Signed,
}

impl Vault {
    /// Redeems the code, checks everything about the answer, and stores the login.
    pub(crate) async fn exchange(&self, mut exchange: Exchange, tell: Tell) -> Result<CredentialView, Error> {
        let sent_at = self.inner.ports.clock.now();
        let tokens = self.redeem_as_known(&mut exchange).await?;
        if let Some(kind) = &tokens.foreign_type {
            return Err(LoginError::BadAnswer(format!("it gave a token of type {kind}")).into());
        }
        let identity = self.identify(&exchange, &tokens).await?;
        tell(LoginProgress::Storing);
        let id = self.store_login(&exchange, &tokens, identity.as_ref(), sent_at).await?;
        self.show(id).await
    }

    /// Redeems the code the way this client is registered. Metadata tells only what the server knows of, so a client
    /// that was registered for the other way of RFC 6749 §2.3.1 is refused as such, before the code is looked at.
    async fn redeem_as_known(&self, exchange: &mut Exchange) -> Result<Tokens, Error> {
        let first = self.redeem(exchange).await;
        let unknown =
            matches!(&first, Err(Error::Login(LoginError::Exchange { code, .. })) if code == "invalid_client");
        if !unknown || exchange.settings.auth != ClientAuth::Basic {
            return first;
        }
        exchange.settings.auth = ClientAuth::Post;
        // Whatever the second answer complains of, the first is what the person has to know.
        self.redeem(exchange).await.or(first)
    }

    /// Sends the code once (P17).
    async fn redeem(&self, exchange: &Exchange) -> Result<Tokens, Error> {
        let signed = &exchange.signed;
        let grant = Grant::Code { code: &signed.code, verifier: &signed.verifier, redirect_uri: &signed.redirect_uri };
        let secret = exchange.input.client_secret.as_ref();
        let raw = match token_request::send(&*self.inner.ports.http, &exchange.settings, secret, grant).await {
            Ok(raw) => raw,
            Err(NoAnswer::Http(error)) => return Err(LoginError::Discovery(error.into()).into()),
            Err(NoAnswer::Settings(_)) => return Err(LoginError::BadAnswer("bad endpoints".to_owned()).into()),
        };
        match answer::read(raw.status, &raw.headers, &raw.body, self.inner.ports.clock.now(), &exchange.settings.quirks)
        {
            Answer::Tokens(tokens) if tokens.access_token.is_some() => Ok(*tokens),
            Answer::Tokens(_) => Err(LoginError::BadAnswer("it gave no access token".to_owned()).into()),
            Answer::Ended(said) | Answer::Misconfigured(said) | Answer::TryAgain { said, .. } => {
                Err(LoginError::Exchange { code: said.code, detail: said.detail }.into())
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
            nonce: exchange.signed.nonce.as_ref().map(Secret::expose),
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
        self.check_with_issuer_keys(parsed, uri).await
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
            renews: tokens.refresh_token.is_some(),
            rotations: 0,
            refresh_at: access
                .expires_at
                .filter(|_| tokens.refresh_token.is_some())
                .map(|end| refresh_time(sent_at, end)),
            refreshed_at: None,
            sign_in_ends_at: tokens.refresh_expires_in.and_then(|life| after(sent_at, life)),
            state: LoginState::Ok,
            failures: 0,
            retry_demanded: false,
            error: None,
        };
        let mut row = before.clone().unwrap_or_else(|| self.new_row(id, exchange, identity, now));
        row.generation = generation;
        row.value_since = now;
        (row.shown_start, row.shown_end, row.value_len) = (access.shown_start, access.shown_end, access.len);
        let label = format!("Fobwatch: {}", row.name);
        if let (ClientAuth::Basic | ClientAuth::Post, Some(secret)) =
            (exchange.settings.auth, &exchange.input.client_secret)
        {
            inner.slots.set_client_secret(id, &label, secret).await?;
        }
        if let Some(value) = &tokens.refresh_token {
            inner.slots.write(&self.envelope(id, generation, exchange, value), &label).await?;
        }
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
        inner.note(&row, What::SignedIn, format!("at {}", host_of(&exchange.settings.issuer))).await;
        drop(held);
        inner.changed(vec![id]);
        Ok(id)
    }

    fn envelope(&self, id: CredentialId, generation: u64, exchange: &Exchange, value: &Secret) -> Envelope {
        Envelope {
            credential: id,
            device: self.inner.device.clone(),
            generation,
            issuer: exchange.settings.issuer.clone(),
            client_id: exchange.settings.client_id.clone(),
            token_endpoint: exchange.settings.token_endpoint.clone(),
            value: value.clone(),
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

    fn new_row(
        &self,
        id: CredentialId,
        exchange: &Exchange,
        identity: Option<&IdToken>,
        now: Timestamp,
    ) -> CredentialRow {
        let input = &exchange.input;
        let providers = self.inner.providers();
        let known = || providers.of_issuer(&exchange.settings.issuer).map(|provider| provider.id.clone());
        let provider = input.provider.clone().or_else(known);
        CredentialRow {
            id,
            name: input.name.clone(),
            kind: Kind::Oauth,
            provider: Some(provider.unwrap_or_else(|| host_of(&exchange.settings.issuer))),
            account: identity.map(IdToken::account).or_else(|| input.account.clone()),
            environment: input.environment,
            tags: Vec::new(),
            note: String::new(),
            header: crate::add_api_key::BEARER.to_owned(),
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
}
