//! From the answer to a stored login: the end of every sign-in, which nobody can cut short.

mod new_row;
pub(crate) mod same;
mod store;

use jiff::Timestamp;
use url::Url;

use self::store::Signature;
use crate::answer::{self, Answer, Tokens};
use crate::catalog::{ClientAuth, GrantKind, LoginSettings};
use crate::client::Client;
use crate::credential::CredentialId;
use crate::dpop::DpopKey;
use crate::error::{Error, LoginError};
use crate::explain::{Fact, Story};
use crate::jwt::{self, ASYMMETRIC_ALGS, IdToken, IdTokenExpect, Keys, MAX_STORED, Parsed};
use crate::login::{LoginProgress, host_of};
use crate::refusal::{refused, unanswered};
use crate::register::Registration;
use crate::secret::Secret;
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
    /// What removes a client that was registered for this sign-in.
    pub(crate) registration: Option<Registration>,
}

impl Vault {
    /// Redeems the code, checks everything about the answer, and stores the login.
    pub(crate) async fn exchange(
        &self,
        mut exchange: Exchange,
        signed: Signed,
        story: &Story,
    ) -> Result<CredentialView, Error> {
        // Held until the login is stored: a lock in between must not cost what the code brings.
        let _key = self.inner.sealer().await?;
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
        let providers = self.inner.providers();
        let provider = exchange.input.provider.as_deref().and_then(|id| providers.find(id)?.oauth.as_ref());
        let needs = provider.and_then(|oauth| oauth.refresh.needs.as_deref());
        story.note(&Fact::granted(&exchange.settings, tokens, needs));
        if let Some(withheld) = Fact::withheld(&exchange.settings, tokens) {
            story.note(&withheld);
        }
        check_type(exchange.settings.dpop, tokens)?;
        let identity = self.identify(exchange, tokens).await?;
        if identity.is_some() {
            story.note(&Fact::IdTokenHolds);
        }
        story.tell(LoginProgress::Storing);
        let id = self.store_login(Signature { exchange, tokens, identity: identity.as_ref(), sent_at }).await?;
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
        let Ok(tokens) = self.redeem(exchange, signed, story).await else {
            // Whatever the second answer complains of, the first is what the person has to know.
            return first;
        };
        story.note(&Fact::Worked(ClientAuth::Post));
        Ok(tokens)
    }

    /// Sends the code once (P17).
    async fn redeem(&self, exchange: &Exchange, signed: &Signed, story: &Story) -> Result<Tokens, Error> {
        let grant = Grant::Code { code: &signed.code, verifier: &signed.verifier, redirect_uri: &signed.redirect_uri };
        let secret = exchange.input.client_secret.as_ref();
        let client = Client { settings: &exchange.settings, secret, dpop: exchange.dpop.as_ref() };
        let sent_at = self.inner.ports.clock.now();
        let raw = self.inner.ask_for_tokens(&client, grant).await.map_err(unanswered)?;
        story.look_at_clock(&raw.headers, sent_at);
        let now = self.inner.ports.clock.now();
        match answer::read(raw.status, &raw.headers, &raw.body, now, &exchange.settings.quirks) {
            Answer::Tokens(tokens) if tokens.access_token.is_some() => Ok(*tokens),
            other => {
                if let Answer::Ended(said) | Answer::Misconfigured(said) | Answer::TryAgain { said, .. } = &other {
                    let host = host_of(&exchange.settings.token_endpoint);
                    story.note(&Fact::Refused { host, code: said.code.clone() });
                }
                Err(refused(other).into())
            }
        }
    }

    /// Validates the ID token; a sign-in in the browser with `openid` that brings none is refused.
    async fn identify(&self, exchange: &Exchange, tokens: &Tokens) -> Result<Option<IdToken>, Error> {
        let settings = &exchange.settings;
        if !settings.openid {
            return Ok(None);
        }
        let invalid = |why: String| Error::Login(LoginError::IdToken(why));
        let token = match &tokens.id_token {
            Some(token) => token,
            // OpenID Connect owes one to the code flow; of devices it says nothing, and servers differ.
            None if settings.grant == GrantKind::Device => return Ok(None),
            None => return Err(invalid("there is none".to_owned())),
        };
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
}

/// Refuses a token of a kind that can't be used as it is (RFC 6749 §7.1), and one that is not bound although that was
/// asked for (RFC 9449 §5).
fn check_type(bound: bool, tokens: &Tokens) -> Result<(), Error> {
    match (&tokens.foreign_type, bound) {
        (None, false) => Ok(()),
        (Some(kind), true) if kind.eq_ignore_ascii_case("dpop") => {
            // The key rests where the refresh token does: without it the next process would have a token and no key.
            let why = "it gave no refresh token, and the key (DPoP) of a sign-in is kept together with that";
            tokens.refresh_token.as_ref().map(|_| ()).ok_or_else(|| LoginError::BadAnswer(why.to_owned()).into())
        }
        (Some(kind), _) => Err(LoginError::BadAnswer(format!("it gave a token of type {kind}")).into()),
        (None, true) => {
            Err(LoginError::BadAnswer("it gave a token that is not bound to the key (DPoP)".to_owned()).into())
        }
    }
}
