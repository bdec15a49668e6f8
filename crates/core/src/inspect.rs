//! The token inspector: what is inside a token, and whether its issuer signed it.

use std::time::Duration;

use jiff::Timestamp;

use crate::credential::CredentialId;
use crate::discovery::fetch;
use crate::error::{DiscoveryError, Error};
use crate::health::facts::{Stored, of_parsed};
use crate::jwt::{self, Context, Keys, MAX_INSPECTED, MAX_STORED, NoKeys, NotAJwt, Parsed, Signature, SignatureStatus};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::view::{ComparisonView, KeysInput, TokenProblemView, TokenSource, TokenView};

impl Vault {
    /// Lays the access token of a login, or a pasted token, open. Header and payload are returned in clear, the
    /// signature only as its length: without it the token is useless. `recheck` fetches the issuer's keys again.
    ///
    /// # Errors
    /// As [`Vault::access_token`].
    pub async fn token(&self, id: CredentialId, recheck: bool) -> Result<TokenView, Error> {
        self.stored_token(id, recheck, &KeysInput::Nothing).await
    }

    /// As [`Vault::token`], checked with keys that the person gives.
    ///
    /// # Errors
    /// As [`Vault::access_token`].
    pub async fn check_token(&self, id: CredentialId, keys: &KeysInput) -> Result<TokenView, Error> {
        self.stored_token(id, false, keys).await
    }

    async fn stored_token(&self, id: CredentialId, recheck: bool, keys: &KeysInput) -> Result<TokenView, Error> {
        self.refuse_if_locked().await?;
        let row = self.inner.entry(id).await?.credential;
        if let Some(jwt) = &row.chosen.jwt {
            return self.pasted_token(&row, jwt, recheck, keys).await;
        }
        let (_, login) = self.inner.login_entry(id).await?;
        let (token, sealed) = self.sealed_token(id, Duration::ZERO).await?;
        let now = self.inner.time_at(login.settings.refresh_endpoint()).await;
        // Exposed to the parser; what it keeps of the text is header and payload.
        let parsed = match Parsed::parse_any(token.value.expose(), MAX_INSPECTED) {
            Ok(parsed) => parsed,
            Err(why) => return Ok(TokenView { next_refresh_at: login.refresh_at, ..not_laid_open(why) }),
        };
        let (settings, chosen) = (&login.settings, self.settings_or_default().await);
        let asked = settings.audience.iter().chain(&settings.resources);
        let context = Context {
            issuer: Some(&settings.issuer),
            audiences: asked.map(String::as_str).collect(),
            client_id: Some(&settings.client_id),
            longest_hours: chosen.token_hours,
            secret_bytes: chosen.secret_bytes,
        };
        let mut view = shown(&parsed);
        view.next_refresh_at = login.refresh_at;
        let (signature, fetched_at) = match keys {
            KeysInput::Nothing => {
                self.issuer_says(&parsed, &settings.issuer, settings.jwks_uri.as_deref(), recheck).await
            }
            keys => self.keys_say(&parsed, keys).await,
        };
        self.note_found(id, &Stored::Access(sealed), &parsed, &signature, keys, secret_in(keys)).await;
        view.keys_fetched_at = fetched_at;
        view.inspection = Some(jwt::lay_out(parsed, signature, secret_in(keys), now, &context));
        Ok(view)
    }

    /// Returns the token of a credential to be looked into: of a pasted one also when it has ended.
    ///
    /// # Errors
    /// [`Error::Locked`]; else as [`Vault::access_token`].
    pub async fn looked_into(&self, id: CredentialId) -> Result<Secret, Error> {
        self.refuse_if_locked().await?;
        let row = self.inner.entry(id).await?.credential;
        let value = match row.chosen.jwt {
            Some(_) => self.key_value(&row).await?,
            None => self.access_token(id, Duration::ZERO).await?.value,
        };
        self.refuse_if_locked().await?;
        Ok(value)
    }

    /// Returns what the settings call long and short, for a token of which nothing else is known.
    pub async fn token_context(&self) -> Context<'static> {
        let chosen = self.settings_or_default().await;
        Context { longest_hours: chosen.token_hours, secret_bytes: chosen.secret_bytes, ..Context::default() }
    }

    /// Keeps for health what a look at a stored token found. What can't be kept is found again at the next look.
    ///
    /// Keys that the person tries say nothing of the token when they do not fit, so only a secret that does is noted.
    pub(crate) async fn note_found(
        &self,
        id: CredentialId,
        token: &Stored,
        parsed: &Parsed<'_>,
        signature: &Signature,
        tried: &KeysInput,
        secret: Option<&Secret>,
    ) {
        let untold = jwt::unchecked(parsed, &NoKeys::NotAsked);
        let judged = if matches!(tried, KeysInput::Nothing) { signature } else { &untold };
        let noted = async {
            self.note_looked(id, token, &of_parsed(parsed), judged).await?;
            match secret.filter(|_| signature.status == SignatureStatus::Verified) {
                Some(secret) => self.note_shared_secret(id, secret).await,
                None => Ok(()),
            }
        };
        if let Err(error) = noted.await {
            tracing::warn!(code = error.code(), "what a token is was not kept");
        }
    }

    /// Lays a pasted token open. Nothing of it is kept, and nothing is sent: only the address in `keys` is asked for
    /// keys, if there is one.
    pub async fn decode(&self, text: &Secret, keys: &KeysInput) -> TokenView {
        // Exposed to the parser; what it keeps of the text is header and payload.
        let parsed = match Parsed::parse_any(text.expose().trim_ascii(), MAX_INSPECTED) {
            Ok(parsed) => parsed,
            Err(why) => return not_laid_open(why),
        };
        let context = self.token_context().await;
        let mut view = shown(&parsed);
        let (signature, fetched_at) = self.keys_say(&parsed, keys).await;
        view.keys_fetched_at = fetched_at;
        let now = self.inner.ports.clock.now();
        view.inspection = Some(jwt::lay_out(parsed, signature, secret_in(keys), now, &context));
        view
    }

    /// Returns what the issuer's own keys say, and when they were fetched.
    pub(crate) async fn issuer_says(
        &self,
        parsed: &Parsed<'_>,
        issuer: &str,
        uri: Option<&str>,
        recheck: bool,
    ) -> (Signature, Option<Timestamp>) {
        let Some(uri) = uri else { return (jwt::unchecked(parsed, &NoKeys::NoneKnown), None) };
        if recheck {
            // A failure to fetch shows in the verdict below.
            drop(self.inner.keyset(issuer, uri, true).await);
        }
        let signature = match self.check_with_issuer_keys(parsed, issuer, uri).await {
            Ok(signature) => signature,
            Err(_) => jwt::unchecked(parsed, &NoKeys::Unavailable(uri.to_owned())),
        };
        let keys = self.inner.keyset(issuer, uri, false).await;
        (signature, keys.map_or(None, |keys| Some(keys.fetched_at)))
    }

    /// As [`Self::issuer_says`], of an issuer that first has to say where its keys are.
    pub(crate) async fn found_issuer_says(
        &self,
        parsed: &Parsed<'_>,
        issuer: &str,
        recheck: bool,
    ) -> (Signature, Option<Timestamp>) {
        match fetch(&*self.inner.ports.http, issuer).await {
            Ok(metadata) => self.issuer_says(parsed, issuer, metadata.jwks_uri.as_deref(), recheck).await,
            Err(_) => (jwt::unchecked(parsed, &NoKeys::Unavailable(issuer.to_owned())), None),
        }
    }

    /// Returns what the keys that the person gave say, and when they were fetched.
    pub(crate) async fn keys_say(&self, parsed: &Parsed<'_>, keys: &KeysInput) -> (Signature, Option<Timestamp>) {
        match keys {
            KeysInput::Nothing => (jwt::unchecked(parsed, &NoKeys::NotAsked), None),
            // Exposed to become keys.
            KeysInput::Key { text } => {
                let keys = Keys::KeyFile { bytes: text.expose().as_bytes(), source: "key".to_owned() };
                (jwt::check(parsed, &keys), None)
            }
            KeysInput::Secret { text } => (jwt::check(parsed, &Keys::Secret(text)), None),
            KeysInput::Issuer { url } => self.found_issuer_says(parsed, url, false).await,
            KeysInput::Jwks { url } => match self.inner.keyset(url, url, true).await {
                Ok(set) => {
                    let keys = Keys::Jwks { text: &set.text, source: url.clone() };
                    (jwt::check(parsed, &keys), Some(set.fetched_at))
                }
                Err(_) => (jwt::unchecked(parsed, &NoKeys::Unavailable(url.clone())), None),
            },
        }
    }

    /// Compares two tokens; each is pasted, or the present one of a stored credential.
    ///
    /// # Errors
    /// As [`Vault::access_token`], for a stored one.
    pub async fn compare_tokens(&self, first: &TokenSource, second: &TokenSource) -> Result<ComparisonView, Error> {
        let (first, second) = (self.source(first).await?, self.source(second).await?);
        // Exposed to the parser.
        let first = Parsed::parse_any(first.expose().trim_ascii(), MAX_INSPECTED);
        let second = Parsed::parse_any(second.expose().trim_ascii(), MAX_INSPECTED);
        let differences = match (&first, &second) {
            (Ok(first), Ok(second)) => Some(jwt::compare(first, second)),
            _ => None,
        };
        let problem = |read: Result<Parsed<'_>, NotAJwt>| read.err().map(TokenProblemView::from);
        Ok(ComparisonView { first_problem: problem(first), second_problem: problem(second), differences })
    }

    async fn source(&self, source: &TokenSource) -> Result<Secret, Error> {
        match source {
            TokenSource::Text { text } => Ok(text.clone()),
            TokenSource::Login { id } => {
                let id = id.parse().map_err(|_| Error::NotFound(String::new()))?;
                self.looked_into(id).await
            }
        }
    }

    /// Checks a signature with the keys an issuer publishes; an unknown key id fetches them once more (I13).
    pub(crate) async fn check_with_issuer_keys(
        &self,
        parsed: &Parsed<'_>,
        issuer: &str,
        uri: &str,
    ) -> Result<Signature, Error> {
        let keys = self.inner.keyset(issuer, uri, false).await?;
        let check = |text: &str| jwt::check(parsed, &Keys::Jwks { text, source: uri.to_owned() });
        let signature = check(&keys.text);
        if signature.reason != "unknown_key" {
            return Ok(signature);
        }
        let fetched = self.inner.keyset(issuer, uri, true).await?;
        Ok(check(&fetched.text))
    }

    /// Returns the keys that an issuer publishes, and where.
    ///
    /// # Errors
    /// Discovery and network errors.
    pub async fn issuer_keys(&self, issuer: &str) -> Result<(String, String), Error> {
        let metadata = fetch(&*self.inner.ports.http, issuer).await?;
        let uri = metadata
            .jwks_uri
            .ok_or_else(|| DiscoveryError::Invalid("the issuer publishes no signing keys".to_owned()))?;
        Ok((self.inner.keyset(issuer, &uri, false).await?.text.to_string(), uri))
    }

    /// Returns the text of a key set at an https address (or one on this computer).
    ///
    /// # Errors
    /// Discovery and network errors.
    pub async fn keys_at(&self, uri: &str) -> Result<String, Error> {
        Ok(self.inner.keyset(uri, uri, false).await?.text.to_string())
    }
}

/// The view of a text that is no JWT.
fn not_laid_open(why: NotAJwt) -> TokenView {
    TokenView {
        format: "opaque".to_owned(),
        header_segment: String::new(),
        payload_segment: String::new(),
        segments_cut: false,
        problem: Some(why.into()),
        signature_len: 0,
        inspection: None,
        keys_fetched_at: None,
        next_refresh_at: None,
    }
}

/// The view of a JWT before it is laid out. No window shows a megabyte of base64: what no login keeps is cut.
pub(crate) fn shown(parsed: &Parsed<'_>) -> TokenView {
    let segments = &parsed.jws.segments;
    // The parser let nothing through but ASCII.
    let cut = |segment: &str| segment.get(..MAX_STORED).unwrap_or(segment).to_owned();
    TokenView {
        format: "jwt".to_owned(),
        header_segment: cut(segments.header),
        payload_segment: cut(segments.payload),
        segments_cut: segments.header.len().max(segments.payload.len()) > MAX_STORED,
        problem: parsed.unclaimed.map(TokenProblemView::from),
        signature_len: segments.signature.len(),
        inspection: None,
        keys_fetched_at: None,
        next_refresh_at: None,
    }
}

pub(crate) fn secret_in(keys: &KeysInput) -> Option<&Secret> {
    match keys {
        KeysInput::Secret { text } => Some(text),
        _ => None,
    }
}
