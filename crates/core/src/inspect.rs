//! The token inspector: what is inside a login's access token, and whether its issuer signed it.

use std::time::Duration;

use crate::credential::CredentialId;
use crate::discovery::fetch;
use crate::error::{DiscoveryError, Error};
use crate::health::facts::of_parsed;
use crate::jwt::{self, Keys, MAX_INSPECTED, NoKeys, Parsed, Signature};
use crate::vault::Vault;
use crate::view::TokenView;

impl Vault {
    /// Lays the access token of a login, or a pasted token, open. Header and payload are returned in clear, the signature only as its
    /// length: without it the token is useless. `recheck` fetches the issuer's keys again.
    ///
    /// # Errors
    /// As [`Vault::access_token`].
    pub async fn token(&self, id: CredentialId, recheck: bool) -> Result<TokenView, Error> {
        let row = self.inner.entry(id).await?.credential;
        if let Some(jwt) = &row.chosen.jwt {
            return self.pasted_token(&row, jwt, recheck).await;
        }
        let (_, login) = self.inner.login_entry(id).await?;
        let token = self.access_token(id, Duration::ZERO).await?;
        let now = self.inner.time_at(login.settings.refresh_endpoint()).await;
        let mut view = TokenView {
            format: "opaque".to_owned(),
            header_segment: String::new(),
            payload_segment: String::new(),
            signature_len: 0,
            inspection: None,
            keys_fetched_at: None,
            next_refresh_at: login.refresh_at,
        };
        // Exposed to the parser; what it keeps of the text is header and payload.
        let Ok(parsed) = Parsed::parse(token.value.expose(), MAX_INSPECTED) else {
            return Ok(view);
        };
        "jwt".clone_into(&mut view.format);
        parsed.jws.segments.header.clone_into(&mut view.header_segment);
        parsed.jws.segments.payload.clone_into(&mut view.payload_segment);
        view.signature_len = parsed.jws.segments.signature.len();
        let issuer = &login.settings.issuer;
        let signature = match &login.settings.jwks_uri {
            None => jwt::unchecked(&parsed, &NoKeys::NoneKnown),
            Some(uri) => {
                if recheck {
                    // A failure to fetch shows in the verdict below.
                    drop(self.inner.keyset(issuer, uri, true).await);
                }
                let signature = match self.check_with_issuer_keys(&parsed, issuer, uri).await {
                    Ok(signature) => signature,
                    Err(_) => jwt::unchecked(&parsed, &NoKeys::Unavailable(uri.clone())),
                };
                let keys = self.inner.keyset(issuer, uri, false).await;
                view.keys_fetched_at = keys.map_or(None, |keys| Some(keys.fetched_at));
                signature
            }
        };
        // What can't be kept is found again at the next look.
        if let Err(error) = self.note_looked(id, of_parsed(&parsed), &signature).await {
            tracing::warn!(code = error.code(), "what a token is was not kept");
        }
        view.inspection = Some(jwt::lay_out(parsed, signature, None, now));
        Ok(view)
    }

    /// Returns the token of a credential to be looked into: of a pasted one also when it has ended.
    ///
    /// # Errors
    /// As [`Vault::access_token`].
    pub async fn looked_into(&self, id: CredentialId) -> Result<crate::secret::Secret, Error> {
        let row = self.inner.entry(id).await?.credential;
        match row.chosen.jwt {
            Some(_) => self.key_value(&row).await,
            None => Ok(self.access_token(id, Duration::ZERO).await?.value),
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
