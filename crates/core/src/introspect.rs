//! Asks the provider about a token: is it alive (RFC 7662), and whose is it (OIDC Core §5.3).

use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION};
use serde_json::{Map, Value};

use crate::answer;
use crate::catalog::Catalog;
use crate::client::{Client, RawAnswer};
use crate::credential::CredentialId;
use crate::discovery::{endpoint_url, issuer_url};
use crate::dpop::DpopKey;
use crate::error::{Error, LoginError, OrNone as _};
use crate::jwt::plain_rows;
use crate::quick_copy::COPY_VALIDITY;
use crate::refusal::{refused, unanswered};
use crate::sealer::Purpose;
use crate::secret::Secret;
use crate::slots::{Found, Slot};
use crate::vault::Vault;
use crate::view::{IntrospectedView, IntrospectionView};

impl Vault {
    /// Asks the provider whether the access token of a login is alive.
    ///
    /// A token that the provider calls dead is not handed out any more: the next use renews it.
    ///
    /// # Errors
    /// [`LoginError::NotOffered`] where the provider has no such endpoint; else as [`Vault::access_token`].
    pub async fn introspect(&self, id: CredentialId) -> Result<IntrospectionView, Error> {
        let (_, login) = self.inner.login_entry(id).await?;
        let settings = &login.settings;
        let endpoint = settings.endpoints.introspection.as_ref().ok_or(LoginError::NotOffered("introspection"))?;
        let token = self.access_token(id, std::time::Duration::ZERO).await?;
        let secret = self.inner.client_secret(id, settings).await?;
        let client = Client { settings, secret: secret.as_ref(), dpop: None };
        // Exposed to the provider that issued it.
        let fields = vec![("token", token.value.expose()), ("token_type_hint", "access_token")];
        let raw = self.inner.post(&client, endpoint, &fields).await.map_err(unanswered)?;
        if !raw.status.is_success() {
            let now = self.inner.ports.clock.now();
            let answer = answer::read(raw.status, &raw.headers, &raw.body, now, &login.settings.quirks);
            return Err(refused(answer).into());
        }
        let mut said = object(&raw)?;
        // Only the word true itself means alive (Q1).
        let active = said.remove("active") == Some(Value::Bool(true));
        if !active {
            self.put_aside(id, &token.value).await?;
            said.clear();
        }
        Ok(IntrospectionView { active, claims: Value::Object(said) })
    }

    /// As [`Vault::introspect`], as lines for the window.
    ///
    /// # Errors
    /// As [`Vault::introspect`].
    pub async fn introspect_lines(&self, id: CredentialId) -> Result<IntrospectedView, Error> {
        let said = self.introspect(id).await?;
        let rows = said.claims.as_object().map(plain_rows).unwrap_or_default();
        Ok(IntrospectedView { active: said.active, rows })
    }

    /// Returns what the provider's `UserInfo` endpoint says of the person who signed in.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when it speaks of somebody else (I12); [`LoginError::NotOffered`] where there is none.
    pub async fn userinfo(&self, id: CredentialId) -> Result<Value, Error> {
        let (_, login) = self.inner.login_entry(id).await?;
        let endpoint = login.settings.endpoints.userinfo.clone().ok_or(LoginError::NotOffered("UserInfo"))?;
        let issuer = issuer_url(&login.settings.issuer).map_err(LoginError::from)?;
        endpoint_url(&issuer, "userinfo_endpoint", &endpoint).map_err(LoginError::from)?;
        let (mut raw, token) = self.call(id, &endpoint).await?;
        if raw.status == StatusCode::UNAUTHORIZED && login.renews {
            // The provider may end an access token early (T12): one renewal, one more try.
            self.put_aside(id, &token).await?;
            (raw, _) = self.call(id, &endpoint).await?;
        }
        if !raw.status.is_success() {
            let now = self.inner.ports.clock.now();
            let answer = answer::read(raw.status, &raw.headers, &raw.body, now, &login.settings.quirks);
            return Err(refused(answer).into());
        }
        let said = object(&raw)?;
        let subject = said.get("sub").and_then(Value::as_str);
        if login.subject.is_some() && subject != login.subject.as_deref() {
            return Err(Error::Mismatch("UserInfo speaks of another person than the one who signed in"));
        }
        Ok(Value::Object(said))
    }

    /// Calls a protected address with the login's own token.
    async fn call(&self, id: CredentialId, address: &str) -> Result<(RawAnswer, Secret), Error> {
        let (_, login) = self.inner.login_entry(id).await?;
        let token = self.access_token(id, COPY_VALIDITY).await?.value;
        let key = self.dpop_key(id).await?;
        let raw = self.call_once(&login.settings.issuer, address, &token, key.as_ref()).await?;
        let wants_nonce = raw.status == StatusCode::UNAUTHORIZED && raw.headers.contains_key("dpop-nonce");
        let raw = match key {
            Some(key) if wants_nonce => self.call_once(&login.settings.issuer, address, &token, Some(&key)).await?,
            _ => raw,
        };
        Ok((raw, token))
    }

    /// Hands out an access token no more that the provider calls dead, if it is still the stored one and another can
    /// be had. A provider also says so of a token that it does not want to talk about (RFC 7662 §2.2), so a login that
    /// has nothing else keeps it.
    async fn put_aside(&self, id: CredentialId, dead: &Secret) -> Result<(), Error> {
        let inner = &self.inner;
        let _held = inner.locks.hold(&id.to_string()).await?;
        let (_, login) = inner.login_entry(id).await?;
        let Some(sealed) = login.sealed_access.as_deref().filter(|_| login.renews) else { return Ok(()) };
        let stored = inner.sealer().await?.open(id, Purpose::Access, sealed).map_err(|_| Error::ItemLost)?;
        // Both exposed to be compared.
        if stored.expose() != dead.expose().as_bytes() {
            return Ok(());
        }
        let mut tx = inner.catalog.begin().await?;
        Catalog::forget_access(&mut tx, id, inner.ports.clock.now(), true).await?;
        tx.commit().await?;
        inner.changed(vec![id]);
        Ok(())
    }

    async fn call_once(
        &self,
        issuer: &str,
        address: &str,
        token: &Secret,
        key: Option<&DpopKey>,
    ) -> Result<RawAnswer, Error> {
        let bad = || Error::Login(LoginError::BadAnswer("its address can't be used".to_owned()));
        let scheme = if key.is_some() { "DPoP" } else { "Bearer" };
        // Exposed to the one request that it authorises.
        let mut request = http::Request::get(address)
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, format!("{scheme} {}", token.expose()));
        if let Some(key) = key {
            let nonce = self.inner.nonces.of(address);
            let now = self.inner.ports.clock.now();
            request =
                request.header("dpop", key.proof("GET", address, nonce.as_deref(), Some(token), now).ok_or_else(bad)?);
        }
        let request = request.body(Vec::new()).map_err(|_| bad())?;
        let raw = self
            .inner
            .send(issuer, request)
            .await
            .map_err(|error| Error::Login(LoginError::Discovery(error.into())))?;
        self.inner.nonces.learn(address, &raw.headers);
        Ok(raw)
    }

    /// Returns the key that a login's tokens are bound to, if they are.
    pub(crate) async fn dpop_key(&self, id: CredentialId) -> Result<Option<DpopKey>, Error> {
        let (credential, login) = self.inner.login_entry(id).await?;
        if !login.settings.dpop {
            return Ok(None);
        }
        match self.inner.slots.read(id, Slot::of(credential.generation)).await? {
            Found::Good(envelope) => Ok(envelope.dpop.clone()),
            Found::Empty | Found::Bad => Err(Error::ItemLost),
        }
    }

    /// Signs a `DPoP` proof for one request to a service, with the token that goes with it (RFC 9449 §7).
    ///
    /// # Errors
    /// [`Error::WrongKind`] for a login whose tokens are not bound; else as [`Vault::access_token`].
    pub async fn dpop_proof(
        &self,
        id: CredentialId,
        method: &str,
        address: &str,
        nonce: Option<&str>,
    ) -> Result<String, Error> {
        let invalid = |field, why: &str| Error::Invalid { field, why: why.to_owned() };
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(invalid("method", "give an HTTP method such as GET"));
        }
        let url = url::Url::parse(address).map_err(|_| invalid("url", "it is not a URL"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(invalid("url", "give an https address"));
        }
        self.refuse_if_locked().await?;
        let key = self.dpop_key(id).await?;
        let key = key.ok_or(Error::WrongKind("this login's tokens are not bound to a key; sign in with --dpop"))?;
        let token = self.access_token(id, COPY_VALIDITY).await?;
        let known = self.inner.nonces.of(address);
        let nonce = nonce.or(known.as_deref());
        key.proof(method, address, nonce, Some(&token.value), self.inner.ports.clock.now()).ok_or(Error::ItemLost)
    }
}

fn object(raw: &RawAnswer) -> Result<Map<String, Value>, Error> {
    // Exposed to the parser; its error would quote the input, so it is dropped.
    let said: Option<Map<String, Value>> = serde_json::from_slice(raw.body.expose()).ok_or_none();
    said.ok_or_else(|| LoginError::BadAnswer("it is not a JSON object".to_owned()).into())
}

#[cfg(test)]
#[path = "introspect_test.rs"]
mod tests;
