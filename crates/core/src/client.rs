//! The client's side of every request in which it proves who it is (RFC 6749 §2.3).
//!
//! Token, revocation, introspection, pushed and device authorization requests are all forms that differ in their
//! fields only, so there is one encoder and one place that authenticates, in exactly one way per request (T5). The
//! `oauth2` crate builds the authorization request; its token requests know neither `private_key_jwt` nor `DPoP` nor
//! half of these endpoints, and its own error would carry the body.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::catalog::{ClientAuth, LoginSettings};
use crate::credential::CredentialId;
use crate::dpop::DpopKey;
use crate::error::{Error, OrNone as _};
use crate::login::host_of;
use crate::ports::{HttpError, OnBehalfOf};
use crate::secret::{Secret, SecretBytes};
use crate::vault::Inner;

/// For how long a client assertion holds (RFC 7523 §3): one request.
const ASSERTION_SECONDS: i64 = 60;
/// How a PEM file begins; a "client secret" that begins so is the private key of `private_key_jwt`.
pub(crate) const PEM: &str = "-----BEGIN";

/// An answer whose body is wiped when it is dropped.
pub(crate) struct RawAnswer {
    pub(crate) status: http::StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: SecretBytes,
}

/// The settings hold something that is no URL, or a key that can't sign.
#[derive(Debug)]
pub(crate) struct BadSettings;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The network.
    Http(HttpError),
    /// Our own settings.
    Settings(BadSettings),
}

impl From<BadSettings> for NoAnswer {
    fn from(bad: BadSettings) -> Self {
        Self::Settings(bad)
    }
}

/// A registered client, with what it proves itself by.
#[derive(Clone, Copy)]
pub(crate) struct Client<'a> {
    pub(crate) settings: &'a LoginSettings,
    /// The client secret, or the private key as PEM.
    pub(crate) secret: Option<&'a Secret>,
    /// The key that the tokens are bound to (RFC 9449).
    pub(crate) dpop: Option<&'a DpopKey>,
}

/// The fields of a form, in order.
pub(crate) type Fields<'a> = Vec<(&'a str, &'a str)>;

impl Client<'_> {
    /// Makes the request; `fields` are what it asks for.
    pub(crate) fn request(
        &self,
        endpoint: &str,
        fields: &Fields<'_>,
        now: Timestamp,
    ) -> Result<http::Request<Vec<u8>>, BadSettings> {
        // Exposed to the one request that the client authenticates.
        let secret = self.secret.map(Secret::expose);
        let id = self.settings.client_id.as_str();
        let mut pairs = fields.clone();
        let mut basic = None;
        let signed;
        match (self.settings.auth, secret) {
            (ClientAuth::Basic, Some(secret)) => basic = Some(basic_header(id, secret)?),
            (ClientAuth::Post, Some(secret)) => pairs.extend([("client_id", id), ("client_secret", secret)]),
            (ClientAuth::PrivateKeyJwt, Some(key)) => {
                signed = assertion(self.settings, key, now)?;
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                pairs.extend([
                    ("client_id", id),
                    ("client_assertion_type", kind),
                    ("client_assertion", signed.as_str()),
                ]);
            }
            (_, None) | (ClientAuth::None, _) => pairs.push(("client_id", id)),
        }
        let (kind, body) = encode(&pairs, self.settings.quirks.json_body)?;
        let mut request =
            http::Request::post(endpoint).header(CONTENT_TYPE, kind).header(http::header::ACCEPT, "application/json");
        if let Some(basic) = basic {
            request = request.header(AUTHORIZATION, basic);
        }
        request.body(body).map_err(|_| BadSettings)
    }
}

/// Writes the fields as a form, or as JSON for a provider that wants that.
fn encode(pairs: &Fields<'_>, as_json: bool) -> Result<(&'static str, Vec<u8>), BadSettings> {
    if as_json {
        let object: std::collections::BTreeMap<&str, &str> = pairs.iter().copied().collect();
        return Ok(("application/json", serde_json::to_vec(&object).map_err(|_| BadSettings)?));
    }
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(4096));
    form.extend_pairs(pairs);
    Ok(("application/x-www-form-urlencoded", form.finish().into_bytes()))
}

/// HTTP Basic, with id and secret form-encoded first (RFC 6749 §2.3.1).
fn basic_header(id: &str, secret: &str) -> Result<HeaderValue, BadSettings> {
    use base64::Engine as _;
    let encode = |text: &str| Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
    let pair = Zeroizing::new(format!("{}:{}", *encode(id), *encode(secret)));
    let value = Zeroizing::new(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(&*pair)));
    let mut value = HeaderValue::from_str(&value).map_err(|_| BadSettings)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Signs the client's assertion (RFC 7523 §2.2). The audience is the issuer: an assertion that names an endpoint could
/// be carried to another server that named the same endpoint.
fn assertion(settings: &LoginSettings, pem: &str, now: Timestamp) -> Result<String, BadSettings> {
    let now = now.as_second();
    let claims = json!({
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": settings.issuer,
        "jti": uuid::Uuid::new_v4().as_simple().to_string(),
        "iat": now,
        "exp": now.saturating_add(ASSERTION_SECONDS),
    });
    let sign = |(key, algorithm): (EncodingKey, Algorithm)| {
        let header = Header { kid: settings.client_key_id.clone(), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, &claims, &key).ok_or_none()
    };
    signing_keys(pem).into_iter().find_map(sign).ok_or(BadSettings)
}

/// Every way in which a PEM may be a signing key; the file itself does not always say.
fn signing_keys(pem: &str) -> Vec<(EncodingKey, Algorithm)> {
    let pem = pem.as_bytes();
    let rsa = EncodingKey::from_rsa_pem(pem).ok_or_none().map(|key| (key, Algorithm::RS256));
    let ec = |algorithm| EncodingKey::from_ec_pem(pem).ok_or_none().map(|key| (key, algorithm));
    let ed = EncodingKey::from_ed_pem(pem).ok_or_none().map(|key| (key, Algorithm::EdDSA));
    [rsa, ec(Algorithm::ES256), ec(Algorithm::ES384), ed].into_iter().flatten().collect()
}

/// Tells whether a private key can sign a client's assertion.
pub(crate) fn can_sign(pem: &str) -> bool {
    let header = |algorithm| Header::new(algorithm);
    signing_keys(pem).into_iter().any(|(key, alg)| jsonwebtoken::encode(&header(alg), &json!({}), &key).is_ok())
}

impl Inner {
    /// Returns what the client of a stored login proves itself by.
    pub(crate) async fn client_secret(
        &self,
        id: CredentialId,
        settings: &LoginSettings,
    ) -> Result<Option<Secret>, Error> {
        if !settings.has_secret() {
            return Ok(None);
        }
        self.slots.client_secret(id).await?.map(Some).ok_or(Error::ItemLost)
    }

    /// Sends one authenticated form and returns the whole answer, whatever its status.
    pub(crate) async fn post(
        &self,
        client: &Client<'_>,
        endpoint: &str,
        fields: &Fields<'_>,
    ) -> Result<RawAnswer, NoAnswer> {
        let request = client.request(endpoint, fields, self.time_at(endpoint).await)?;
        self.send(&client.settings.issuer, request).await.map_err(NoAnswer::Http)
    }

    /// Sends a request on behalf of an issuer; its answer may hold secrets.
    pub(crate) async fn send(&self, issuer: &str, mut request: http::Request<Vec<u8>>) -> Result<RawAnswer, HttpError> {
        request.extensions_mut().insert(OnBehalfOf(host_of(issuer)));
        let (parts, body) = self.ports.http.send(request).await?.into_parts();
        Ok(RawAnswer { status: parts.status, headers: parts.headers, body: SecretBytes::new(body) })
    }
}

#[cfg(test)]
#[path = "client_test.rs"]
mod tests;
